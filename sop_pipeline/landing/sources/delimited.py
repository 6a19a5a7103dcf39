"""Delimited text (.csv .tsv .txt, each also .gz) as Parquet: every cell as text, every row with its physical line. Meaning stays out."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sop_pipeline.landing.sources.base import LINE_COLUMN, Limits, Ragged, Reading, Wanted
from sop_pipeline.landing.sources.dialect import (
    Dialect,
    Survey,
    decompress,
    recognise_dialect,
    recognise_encoding,
    survey,
    transcode,
)
from sop_pipeline.landing.sql_text import glob_literal, literal
from sop_pipeline.warehouse import quoted

BATCH_ROWS = 100_000
RAGGED_TEXT_CHARACTERS = 500


def read_delimited(con: duckdb.DuckDBPyConnection, path: Path, wanted: Wanted, target: Path) -> Reading:
    """Write the rows of a text file to `target`.

    Raises UnreadableSourceError when the file is empty, damaged, has no header or exceeds a limit.
    """
    with TemporaryDirectory(dir=target.parent, prefix=".reading-") as folder:
        plain = path
        if path.suffix.casefold() == ".gz":
            plain = Path(folder) / path.stem
            decompress(path, plain, wanted.limits)
        encoding = recognise_encoding(plain, wanted.format.encoding)
        if encoding not in ("utf-8", "ascii"):
            unicode = Path(folder) / f"{plain.name}.utf8"
            transcode(plain, encoding, unicode)
            plain = unicode
        dialect = recognise_dialect(plain, path.name, wanted)
        counted = survey(plain, dialect.delimiter if dialect.delimiter.isascii() else ",")
        reading = read_at_once(con, plain, dialect, counted, target) or read_line_by_line(plain, dialect, target, wanted.limits)
        return replace(reading, has_unreadable_characters=counted.replacements > 0)


def read_at_once(con: duckdb.DuckDBPyConnection, plain: Path, dialect: Dialect, counted: Survey, target: Path) -> Reading | None:
    """Let DuckDB read a regular file in parallel; None where the file is not proved regular, and nothing of `target` counts.

    Regular: as many rows as lines behind the header, because a quoted line break, a blank or a ragged line each make fewer and nothing
    makes more, so that row n is line n; and as many delimiters as those rows have and their cells hold, because DuckDB passes over one too
    many at the end of a line, which may be a decimal comma.
    """
    if not counted.has_plain_line_ends or counted.nulls or dialect.header_lines > 1 or not dialect.delimiter.isascii():
        return None
    mark = '"' if counted.quotes else ""
    names = {f"c{index}": "varchar" for index in range(len(dialect.columns))}
    rename = ", ".join(f"c{index} as {quoted(name)}" for index, name in enumerate(dialect.columns))
    scan = (
        "read_csv($path, auto_detect = false, header = false, skip = $skip, delim = $delimiter, quote = $mark, escape = $mark, "
        f"columns = {names!r}, strict_mode = true)"
    )
    values = {"path": glob_literal(plain), "skip": dialect.header_line, "delimiter": dialect.delimiter, "mark": mark}
    try:
        written = con.execute(
            f"copy (select {rename} from {scan}) to {literal(str(target))} (format parquet, compression lz4)", values
        ).fetchall()
    except duckdb.Error:
        # whatever DuckDB does not take is read line by line, where each bad line gets its own message
        return None
    rows = int(written[0][0])
    delimiters = rows * (len(dialect.columns) - 1) + _delimiters_in_head(plain, dialect)
    if counted.quotes:
        delimiters += _delimiters_in_cells(con, target, dialect)
    if rows != counted.lines - dialect.header_line or delimiters != counted.delimiters:
        return None
    return Reading(dialect.columns, rows, dialect.header_line, dialect.header_line + 1, delimiter=dialect.delimiter)


def read_line_by_line(plain: Path, dialect: Dialect, target: Path, limits: Limits) -> Reading:
    """Read a file record by record with its physical lines: right also after quoted line breaks, blank and ragged lines."""
    ragged: list[Ragged] = []
    schema = pa.schema([*((name, pa.string()) for name in dialect.columns), (LINE_COLUMN, pa.int64())])
    rows = 0
    with (
        plain.open(encoding="utf-8-sig", errors="replace", newline="") as file,
        pq.ParquetWriter(target, schema, compression="lz4") as writer,
    ):
        lines = _Lines(file, limits.record_lines)
        for _ in range(dialect.header_line + dialect.header_lines - 1):
            next(lines)
        batch: list[list[str | None]] = []
        numbers: list[int] = []
        for number, record in _records(lines, dialect):
            if isinstance(record, Ragged):
                ragged.append(record)
                continue
            batch.append(record)
            numbers.append(number)
            if len(batch) == BATCH_ROWS:
                writer.write_table(_table(batch, numbers, schema))
                rows += len(batch)
                batch, numbers = [], []
        writer.write_table(_table(batch, numbers, schema))
        rows += len(batch)
    return Reading(dialect.columns, rows, dialect.header_line, None, tuple(ragged), dialect.delimiter)


def _delimiters_in_head(plain: Path, dialect: Dialect) -> int:
    with plain.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return sum(file.readline().count(dialect.delimiter) for _ in range(dialect.header_line))


def _delimiters_in_cells(con: duckdb.DuckDBPyConnection, target: Path, dialect: Dialect) -> int:
    columns = [quoted(name) for name in dialect.columns]
    sums = " + ".join(
        f"coalesce(sum(case when contains({name}, $mark) then length({name}) - length(replace({name}, $mark, '')) end), 0)"
        for name in columns
    )
    found = con.execute(f"select {sums} from read_parquet({literal(glob_literal(target))})", {"mark": dialect.delimiter}).fetchall()
    return int(found[0][0])


class _UnclosedQuoteError(Exception):
    """A record takes more lines than a cell with line breaks plausibly does."""


class _Lines:
    """Physical lines one by one; those of a record that turns out wrong can be put back and read again on their own."""

    def __init__(self, lines: Iterable[str], record_lines: int) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._record_lines = record_lines
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == self._record_lines:
            raise _UnclosedQuoteError
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.taken.append(line)
        return line

    def keep_first(self) -> str:
        """Put back all lines of the record but the first, and return that."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        return self.taken[0]


def _records(lines: _Lines, dialect: Dialect) -> Iterator[tuple[int, list[str | None] | Ragged]]:
    """Each record with the line it begins on; one that does not fit the header comes as Ragged and costs its first line only."""
    width, least = len(dialect.columns), dialect.named_width
    reader = csv.reader(lines, delimiter=dialect.delimiter)
    while True:
        lines.taken.clear()
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_UnclosedQuoteError, csv.Error):
            problem = "a quote that never closes"
        else:
            if len(cells) < least and not any(cell.strip() for cell in cells):
                continue
            if len(cells) == width:
                yield start, [cell or None for cell in cells]
                continue
            # a cell too many is none where it ends every line; elsewhere it may be a decimal comma
            if least <= len(cells) <= max(width, dialect.row_width) and not any(cells[width:]):
                yield start, [*(cell or None for cell in cells[:width]), *[None] * (width - len(cells))]
                continue
            problem = f"{len(cells)} cells where the header has {least}"
        text = lines.keep_first()
        reader = csv.reader(lines, delimiter=dialect.delimiter)
        yield start, Ragged(start, text.rstrip("\r\n")[:RAGGED_TEXT_CHARACTERS], problem)


def _table(rows: list[list[str | None]], numbers: list[int], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    return pa.table([*columns, pa.array(numbers, pa.int64())], schema=schema)
