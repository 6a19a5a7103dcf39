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

from sop_pipeline.landing.sources.at_once import read_at_once
from sop_pipeline.landing.sources.base import LINE_COLUMN, Limits, Ragged, Reading, Wanted
from sop_pipeline.landing.sources.dialect import Dialect, decompress, recognise_dialect, recognise_encoding, survey, transcode
from sop_pipeline.landing.sources.row_shape import fits, is_blank, ragged, wrong_width

BATCH_ROWS = 100_000


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


def read_line_by_line(plain: Path, dialect: Dialect, target: Path, limits: Limits) -> Reading:
    """Read a file record by record with its physical lines: right also after quoted line breaks, blank and ragged lines."""
    told: list[Ragged] = []
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
                told.append(record)
                continue
            batch.append(record)
            numbers.append(number)
            if len(batch) == BATCH_ROWS:
                writer.write_table(_table(batch, numbers, schema))
                rows += len(batch)
                batch, numbers = [], []
        writer.write_table(_table(batch, numbers, schema))
        rows += len(batch)
    return Reading(dialect.columns, rows, dialect.header_line, None, tuple(told), dialect.delimiter)


class _UnclosedQuoteError(Exception):
    """A record takes more lines than a cell with line breaks plausibly does, or more than there are."""


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
        try:
            line = self._again.popleft() if self._again else next(self._lines)
        except StopIteration:
            # a record that has begun asks for another line only within quotes
            if self.taken:
                raise _UnclosedQuoteError from None
            raise
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
    width = len(dialect.columns)
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
            if is_blank(cells, dialect):
                continue
            if len(cells) == width:
                yield start, [cell or None for cell in cells]
                continue
            if fits(cells, dialect):
                yield start, [*(cell or None for cell in cells[:width]), *[None] * (width - len(cells))]
                continue
            problem = wrong_width(cells, dialect)
        text = lines.keep_first()
        reader = csv.reader(lines, delimiter=dialect.delimiter)
        yield start, ragged(start, text, problem)


def _table(rows: list[list[str | None]], numbers: list[int], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    return pa.table([*columns, pa.array(numbers, pa.int64())], schema=schema)
