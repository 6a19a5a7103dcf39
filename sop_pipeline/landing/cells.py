"""Where in a workbook a value stands, as Excel writes it: Overrides!H6. Reading sheets and judging values stay out."""

import re
from collections.abc import Sequence

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from sop_pipeline.landing.mapping import match_columns
from sop_pipeline.landing.raw import RawView
from sop_pipeline.landing.sources.base import Reading

PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def cell_address(reading: Reading, line: int | None, columns: Sequence[str | None]) -> str | None:
    """The cells of some columns of a row (columns as the sheet calls them, None for one it lacks), the row where none is named.

    None where nothing of a sheet was read, or no row is meant.
    """
    if reading.sheet is None or line is None:
        return None
    sheet = reading.sheet if PLAIN_NAME.fullmatch(reading.sheet) else "'" + reading.sheet.replace("'", "''") + "'"
    places = [reading.first_column + reading.columns.index(name) for name in columns if name in reading.columns]
    cells = ", ".join(f"{xl_col_to_name(place)}{line}" for place in places) or f"{line}:{line}"
    return f"{sheet}!{cells}"


def issue_cells(view: RawView, issues: pl.DataFrame) -> pl.Series:
    """The cell of every issue (`source_file`, `source_line`, `column_name`: ours, several joined by a comma); null outside workbooks."""
    files = {file.name: file for file in view.files if file.reading.sheet is not None}
    nowhere = pl.Series("source_cell", [None] * issues.height, pl.String)
    if not files:
        return nowhere
    theirs = {name: match_columns(name, file.reading.columns, view.specs, view.mapping).theirs for name, file in files.items()}
    cells = [
        cell_address(files[name].reading, line, [theirs[name].get(part) for part in (column or "").split(", ")]) if name in files else None
        for name, line, column in issues.select("source_file", "source_line", "column_name").iter_rows()
    ]
    return pl.Series("source_cell", cells, pl.String)
