"""`raw.<extract>`: a view over the landed copies, all text, in the contract's columns. What a text is worth is decided in staging."""

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from sop_pipeline.company import ConfigurationError, ExtractMapping
from sop_pipeline.contracts import ColumnSpec
from sop_pipeline.landing.canonical import canonical, trimmed, with_values
from sop_pipeline.landing.mapping import data_columns, match_columns
from sop_pipeline.landing.records import LandedFile
from sop_pipeline.landing.sources.base import LINE_COLUMN, comparable
from sop_pipeline.landing.sql_text import glob_literal, literal
from sop_pipeline.warehouse import quoted


def create_raw_view(
    con: duckdb.DuckDBPyConnection,
    extract: str,
    specs: Sequence[ColumnSpec],
    *,
    files: Sequence[LandedFile],
    folder: Path,
    mapping: ExtractMapping,
    time_zone: str,
) -> None:
    """Replace the view `raw.<extract>`: the contract's columns as text, then source_file and source_line (BIGINT); empty without files.

    `folder`: where the landed copies of the extract lie. Blank rows, repeated headers and rows like `skip_rows_like` are left out.
    Raises ConfigurationError when `skip_rows_like` is no pattern.
    """
    selects = [_file_select(file, specs, folder, mapping, time_zone) for file in files] or [_empty_select(specs)]
    body = "\nunion all\n".join(selects)
    try:
        con.execute(f"create or replace view raw.{quoted(extract)} as\n{body}")
    except duckdb.InvalidInputException as error:
        raise ConfigurationError(f"extracts.{extract}.format: {error}") from error


def repeated_headers(con: duckdb.DuckDBPyConnection, file: LandedFile, folder: Path) -> list[int]:
    """Lines of a file that say the header again."""
    if not file.reading.header_line:
        return []
    found = con.execute(f"select {_line(file)} from {_scan(file, folder)} where {_is_header(file.reading.columns)} order by 1").fetchall()
    return [row[0] for row in found]


def _file_select(file: LandedFile, specs: Sequence[ColumnSpec], folder: Path, mapping: ExtractMapping, time_zone: str) -> str:
    columns = file.reading.columns
    match = match_columns(file.name, columns, specs, mapping)
    texts, shown = [], []
    for spec in data_columns(specs):
        theirs = match.theirs[spec.name]
        name = quoted(spec.name)
        if spec.name in mapping.constants:
            text = f"{literal(mapping.constants[spec.name])}::varchar"
        elif theirs is None:
            text = "null::varchar"
        else:
            text = trimmed(quoted(theirs))
        texts.append(f"{with_values(text, mapping.values.get(spec.name, {}))} as {name}")
        shift = mapping.shift_days.get(spec.name, 0)
        shown.append(f"{canonical(name, spec, mapping.format, time_zone, shift)} as {name}")
    kept = [_is_no_blank(columns)]
    if file.reading.header_line:
        kept.append(f"not ({_is_header(columns)})")
    if mapping.format.skip_rows_like:
        cells = ", ".join(f"coalesce({quoted(column)}, '')" for column in columns)
        row = f"concat_ws({literal(file.reading.delimiter)}, {cells})"
        kept.append(f"not regexp_matches({row}, {literal(mapping.format.skip_rows_like)})")
    return (
        f"select {', '.join(shown)}, {literal(file.name)} as source_file, source_line\n"
        f"from (select {', '.join(texts)}, {_line(file)} as source_line from {_scan(file, folder)} where {' and '.join(kept)})"
    )


def _empty_select(specs: Sequence[ColumnSpec]) -> str:
    nulls = ", ".join(f"null::varchar as {quoted(spec.name)}" for spec in data_columns(specs))
    return f"select {nulls}, null::varchar as source_file, null::bigint as source_line where false"


def _scan(file: LandedFile, folder: Path) -> str:
    numbered = "" if file.reading.first_line is None else ", file_row_number = true"
    return f"read_parquet({literal(glob_literal(folder / file.landed))}{numbered})"


def _line(file: LandedFile) -> str:
    first = file.reading.first_line
    return LINE_COLUMN if first is None else f"file_row_number::bigint + {first}"


def _is_no_blank(columns: Sequence[str]) -> str:
    return f"coalesce({', '.join(quoted(column) for column in columns)}) is not null"


def _is_header(columns: Sequence[str]) -> str:
    """Every column that has a name holds that name."""
    named = [column for column in columns if not re.fullmatch(r"column_\d+", column)]
    return " and ".join(f"coalesce(lower({trimmed(quoted(column))}) = {literal(comparable(column))}, false)" for column in named) or "false"
