"""Sheets of Excel workbooks as all-text Parquet, every row with its row number in the sheet. Meaning stays out."""

import re
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import fastexcel
import polars as pl

from sop_pipeline.landing.sources.base import (
    HEADER_SEARCH_LINES,
    LINE_COLUMN,
    Limits,
    Reading,
    UnreadableSourceError,
    Wanted,
    column_names,
    header_score,
    write_rows,
)
from sop_pipeline.landing.sources.dialect import CHUNK_BYTES, decompress
from sop_pipeline.settings import Format

# a review workbook says which night wrote it, and programs that save it keep that
NIGHT_PROPERTY = "sop_as_of_date"
PROPERTIES_PART, PROPERTIES_BYTES = "docProps/custom.xml", 100_000
# the names Excel shows, for what the reader calls them
CELL_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def read_sheet(path: Path, wanted: Wanted, target: Path) -> Reading:
    """Write the rows of a sheet (`format.sheet`, else the first) to `target`; titles above the header are passed over.

    Dates come as 2026-01-31 00:00:00, numbers without format, a failed formula as the error Excel shows. Raises
    UnreadableSourceError when the workbook is damaged, has no such sheet, no header, or exceeds a limit.
    """
    given, limits = wanted.format, wanted.limits
    with TemporaryDirectory(dir=target.parent, prefix=".reading-") as folder:
        plain = path
        if path.suffix.casefold() == ".gz":
            plain = Path(folder) / path.stem
            decompress(path, plain, limits)
        cells, sheet, first_column = _cells(plain, path.name, given.sheet, limits)
    header = _header_row(cells, path.name, given, wanted.expected)
    names = [cell if cell is None or isinstance(cell, str) else str(cell) for cell in cells.row(header)]
    columns = column_names(names, path.name, limits)
    below = cells.with_row_index(LINE_COLUMN, offset=1).slice(header + 1)
    rows = below.select(*(pl.col(old).alias(new) for old, new in zip(cells.columns, columns, strict=True)), LINE_COLUMN)
    rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns)) if columns else rows
    write_rows(columns, rows, target)
    return Reading(columns, rows.height, header + 1, first_line=None, sheet=sheet, first_column=first_column)


def sheet_names(path: Path, limits: Limits) -> list[str]:
    """Names of the sheets of a workbook. Raises UnreadableSourceError when it is damaged, or unpacks to more than it may."""
    _refuse_bomb(path, path.name, limits)
    return _names(path)


def night_of_workbook(path: Path) -> str:
    """As-of date (2026-01-31) of the night that wrote a review workbook, whoever saved it since; empty where it does not say."""
    try:
        with zipfile.ZipFile(path) as packed, packed.open(PROPERTIES_PART) as part:
            text = part.read(PROPERTIES_BYTES).decode("utf-8", "replace")
    # reading its sheets tells what is wrong with it
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, KeyError):
        return ""
    found = re.search(rf'name="{NIGHT_PROPERTY}"[^>]*>\s*<[^>]*>(\d{{4}}-\d\d-\d\d)<', text)
    return found[1] if found else ""


def _names(path: Path) -> list[str]:
    try:
        return list(fastexcel.read_excel(path).sheet_names)
    except fastexcel.FastExcelError as error:
        raise UnreadableSourceError(f"{path.name}: no Excel workbook, or a damaged one. Save it again as .xlsx.") from error


def _cells(path: Path, name: str, sheet: str | None, limits: Limits) -> tuple[pl.DataFrame, str, int]:
    """Cells of a sheet from its first row on, its name, and the place of its first column."""
    _refuse_bomb(path, name, limits)
    names = _names(path)
    if sheet is not None and sheet not in names:
        raise UnreadableSourceError(f"{name}: no sheet {sheet!r}; there are {', '.join(names)}. Correct format.sheet.")
    try:
        # skip_rows=0 keeps empty rows at the top, so that row numbers are those of the sheet
        loaded = fastexcel.read_excel(path).load_sheet(sheet or names[0], header_row=None, skip_rows=0, dtypes="string")
        batch, errors = loaded.to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        raise UnreadableSourceError(f"{name}: sheet {sheet or names[0]!r} cannot be read ({error}).") from error
    cells = pl.DataFrame(batch)
    for failed in errors.errors if errors else ():
        row, column = failed.offset_position
        found = re.search(r"Error\((\w+)\)", failed.detail)
        shown = CELL_ERRORS.get(found[1], f"#{found[1]}") if found else "#ERROR"
        cells[row, column] = shown
    first_column = min((column.absolute_index for column in loaded.available_columns()), default=0)
    return cells.with_columns(pl.all().cast(pl.String).replace("", None)), loaded.name, first_column


def _refuse_bomb(path: Path, name: str, limits: Limits) -> None:
    """Unpack once and count: what the archive says about its own size is not believed."""
    allowed = limits.decompressed(path.stat().st_size)
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist():
                member.file_size = allowed + 1
                del member.CRC  # of as many bytes as the archive says
                with packed.open(member) as content:
                    while unpacked <= allowed and (chunk := content.read(CHUNK_BYTES)):
                        unpacked += len(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise UnreadableSourceError(f"{name}: no Excel workbook, or a damaged one. Save it again as .xlsx.") from error
    if unpacked > allowed:
        raise UnreadableSourceError(f"{name}: unpacks to more than {allowed:,} bytes. Send it as CSV if it is meant.")


def _header_row(cells: pl.DataFrame, name: str, given: Format, expected: frozenset[str]) -> int:
    if not cells.height:
        raise UnreadableSourceError(f"{name}: the sheet is empty. Send it again; a statement that there is nothing has a header row.")
    candidates = [given.header_row - 1] if given.header_row else range(min(cells.height, HEADER_SEARCH_LINES))
    scored = [(header_score(cells.row(row), expected), -row) for row in candidates if row < cells.height]
    score, row = max(scored, default=(0, 0))
    if score == 0 and expected:
        raise UnreadableSourceError(
            f"{name}: no header: the first rows hold none of the columns {', '.join(sorted(expected)[:8])}, …. "
            "Add a header row, set format.sheet or format.header_row, or map the columns in sop.yaml."
        )
    return -row
