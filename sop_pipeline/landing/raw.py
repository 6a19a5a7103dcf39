"""`raw.<extract>`: a view over the landed copies, all text, in the contract's columns. What a text is worth is decided in staging."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

from sop_pipeline.company import ConfigurationError
from sop_pipeline.contracts import ColumnSpec
from sop_pipeline.landing.canonical import BLANKS, canonical, trimmed, with_values
from sop_pipeline.landing.mapping import data_columns, match_columns
from sop_pipeline.landing.records import LandedFile
from sop_pipeline.landing.sources.base import LINE_COLUMN, Reading, comparable
from sop_pipeline.landing.sql_text import glob_literal, literal
from sop_pipeline.settings import ExtractMapping
from sop_pipeline.warehouse import quoted


@dataclass(frozen=True)
class RawView:
    """What the view `raw.<extract>` is made of: the landed files below `folder`, read by `mapping`."""

    extract: str
    specs: tuple[ColumnSpec, ...]
    files: tuple[LandedFile, ...]
    folder: Path
    mapping: ExtractMapping
    time_zone: str


def create_raw_view(con: duckdb.DuckDBPyConnection, view: RawView) -> None:
    """Replace the view `raw.<extract>`: the contract's columns as text, then source_file and source_line (BIGINT); empty without files.

    Blank rows, repeated headers and rows like `skip_rows_like` are left out. Raises ConfigurationError when that is no pattern.
    """
    selects = [_file_select(view, file) for file in view.files] or [_empty_select(view.specs)]
    body = "\nunion all\n".join(selects)
    try:
        con.execute(f"create or replace view raw.{quoted(view.extract)} as\n{body}")
    except duckdb.InvalidInputException as error:
        raise ConfigurationError(f"extracts.{view.extract}.format: {error}") from error


def as_received(name: str) -> str:
    """The column of `received_rows` that holds what the file says where `name` holds what it means: 1.234,5- and -1234.5."""
    return f"{name} as received"


def received_rows(con: duckdb.DuckDBPyConnection, view: RawView, lines: pl.DataFrame) -> pl.DataFrame:
    """The rows of `raw.<extract>` at some places (`source_file`, `source_line`), each column also `as_received`.

    The other rows are passed over before a text is looked at.
    """
    con.register("places_wanted", lines.select("source_file", "source_line").to_arrow())
    named = set(lines.get_column("source_file"))
    try:
        selects = [_file_select(view, file, "places_wanted") for file in view.files if file.name in named] or [_empty_select(view.specs)]
        return con.sql("\nunion all\n".join(selects)).pl()
    finally:
        con.unregister("places_wanted")


def empty_cells(view: RawView) -> dict[str, int]:
    """Empty cells of every column of the contract, as landed; 0 for a column whose emptiness the mapping or a default fills."""
    counts = dict.fromkeys((spec.name for spec in data_columns(view.specs)), 0)
    filled = {spec.name for spec in view.specs if spec.default is not None} | view.mapping.constants.keys()
    for file in view.files:
        nulls = _null_counts(view.folder / file.landed)
        theirs = match_columns(file.name, file.reading.columns, view.specs, view.mapping).theirs
        for name, column in theirs.items():
            if name not in filled:
                counts[name] += file.reading.rows if column is None else nulls.get(column, 0)
    return counts


def has_odd_rows(con: duckdb.DuckDBPyConnection, parquet: Path, reading: Reading) -> bool:
    """Whether rows of a landed file have no value at all, or say the header again."""
    source = _source(parquet, is_numbered=False)
    if all(_null_counts(parquet).get(column, 0) for column in reading.columns):
        return True
    header = _is_header(reading.columns) if reading.header_line else "false"
    return bool(con.execute(f"select exists (select 1 from {source} where {header})").fetchall()[0][0])


def repeated_headers(con: duckdb.DuckDBPyConnection, file: LandedFile, folder: Path) -> list[int]:
    """Lines of a file that say the header again."""
    if not (file.reading.header_line and file.reading.has_odd_rows):
        return []
    found = con.execute(f"select {_line(file)} from {_scan(file, folder)} where {_is_header(file.reading.columns)} order by 1").fetchall()
    return [row[0] for row in found]


def _file_select(view: RawView, file: LandedFile, places: str | None = None) -> str:
    """The rows of one file; only those at `places`, a table of source_file and source_line, where it is named."""
    mapping, columns = view.mapping, file.reading.columns
    match = match_columns(file.name, columns, view.specs, mapping)
    texts, shown = [], []
    for spec in data_columns(view.specs):
        theirs = match.theirs[spec.name]
        name = quoted(spec.name)
        if spec.name in mapping.constants:
            text = f"{literal(mapping.constants[spec.name])}::varchar"
        elif theirs is not None:
            text = quoted(theirs) if file.reading.has_bare_cells else trimmed(quoted(theirs))
        elif "" in mapping.values.get(spec.name, {}):
            text = "null::varchar"
        else:
            shown.append(f"null::varchar as {name}")
            if places:
                shown.append(f"null::varchar as {quoted(as_received(spec.name))}")
            continue
        if places:
            texts.append(f"{text} as {quoted(as_received(spec.name))}")
            shown.append(quoted(as_received(spec.name)))
        texts.append(f"{with_values(text, mapping.values.get(spec.name, {}))} as {name}")
        shift = mapping.shift_days.get(spec.name, 0)
        shown.append(f"{canonical(name, spec, mapping.format, view.time_zone, shift)} as {name}")
    kept = [_is_usual(file.reading)] if file.reading.has_odd_rows else ["true"]
    if mapping.format.skip_rows_like:
        cells = ", ".join(f"coalesce({quoted(column)}, '')" for column in columns)
        row = f"concat_ws({literal(file.reading.delimiter)}, {cells})"
        kept.append(f"not regexp_matches({row}, {literal(mapping.format.skip_rows_like)})")
    if places:
        kept.append(f"{_line(file)} in (select source_line from {places} where source_file = {literal(file.name)})")
    return (
        f"select {', '.join(shown)}, {literal(file.name)} as source_file, source_line\n"
        f"from (select {', '.join([*texts, f'{_line(file)} as source_line'])} "
        f"from {_scan(file, view.folder)} where {' and '.join(kept)})"
    )


def _null_counts(parquet: Path) -> dict[str, int]:
    """Nulls by column, from the statistics every Parquet writer keeps; a file without them counts as full."""
    head = pq.read_metadata(parquet)
    counts: dict[str, int] = {}
    for group in range(head.num_row_groups):
        for index in range(head.num_columns):
            column = head.row_group(group).column(index)
            statistics = column.statistics
            known = statistics is not None and statistics.has_null_count
            counts[column.path_in_schema] = counts.get(column.path_in_schema, 0) + (statistics.null_count if known else 0)
    return counts


def _empty_select(specs: Sequence[ColumnSpec]) -> str:
    nulls = ", ".join(f"null::varchar as {quoted(spec.name)}" for spec in data_columns(specs))
    return f"select {nulls}, null::varchar as source_file, null::bigint as source_line where false"


def _scan(file: LandedFile, folder: Path) -> str:
    return _source(folder / file.landed, is_numbered=file.reading.first_line is not None)


def _source(parquet: Path, *, is_numbered: bool) -> str:
    return f"read_parquet({literal(glob_literal(parquet))}{', file_row_number = true' if is_numbered else ''})"


def _line(file: LandedFile) -> str:
    """The physical line of a row: kept beside it, or its place in the file and the ragged lines before it."""
    first = file.reading.first_line
    if first is None:
        return LINE_COLUMN
    # the place of the first row behind each ragged line
    behind = [line.source_line - first - before for before, line in enumerate(file.reading.ragged)]
    return f"file_row_number::bigint + {first} + {_ragged_before(behind, 0, len(behind))}"


def _ragged_before(behind: Sequence[int], least: int, most: int) -> str:
    """How many places of `behind` a row has reached, between `least` and `most`, by halving: some hundreds cost a dozen comparisons."""
    if least == most:
        return str(least)
    middle = (least + most) // 2
    fewer, more = _ragged_before(behind, least, middle), _ragged_before(behind, middle + 1, most)
    return f"case when file_row_number < {behind[middle]} then {fewer} else {more} end"


def _is_usual(reading: Reading) -> str:
    """Some cell holds something, and the row does not say the header again."""
    filled = f"coalesce({', '.join(quoted(column) for column in reading.columns)}) is not null"
    return f"{filled} and not {_is_header(reading.columns)}" if reading.header_line else filled


def _is_header(columns: Sequence[str]) -> str:
    """Every column that has a name holds that name."""
    named = [column for column in columns if not re.fullmatch(r"column_\d+", column)]
    tests = [f"lower(trim({quoted(column)}, {literal(BLANKS)})) = {literal(comparable(column))}" for column in named]
    # lengths are compared first: they are at hand, and differ almost always
    lengths = f"length({quoted(named[0])}) >= {len(named[0])}" if named else "false"
    return f"coalesce({' and '.join([lengths, *tests])}, false)"
