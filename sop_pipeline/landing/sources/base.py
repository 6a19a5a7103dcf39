"""What all kinds of source share: the result of reading one, its limits, the error that makes an extract unusable. No format lives here."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sop_pipeline.settings import Format

LINE_COLUMN = "source_line"
# names of our own in a landed file; a column of that name in the file gets a number behind it
RESERVED = ("source_file", LINE_COLUMN, "file_row_number", "filename")
HEADER_SEARCH_LINES = 30
DELIMITERS = (",", ";", "\t", "|")


class UnreadableSourceError(ValueError):
    """A source cannot be read; its extract is unusable. The message names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost before it is refused: a bomb gets an error, not a dead machine."""

    columns: int = 2_000
    header_characters: int = 1_000_000
    record_lines: int = 1_000
    decompressed_bytes: int = 256 * 1024 * 1024
    decompressed_ratio: int = 200
    footer_bytes: int = 32 * 1024 * 1024

    def decompressed(self, compressed_bytes: int) -> int:
        """Bytes a compressed file may grow to: at least `decompressed_bytes`, more for a large file of a usual ratio."""
        return max(self.decompressed_bytes, self.decompressed_ratio * compressed_bytes)


@dataclass(frozen=True)
class Wanted:
    """How a source is to be read. `expected`: the comparable names its header may hold."""

    format: Format
    expected: frozenset[str]
    limits: Limits


@dataclass(frozen=True)
class Ragged:
    """A line that has more or fewer cells than the header, or a quote that never closes."""

    source_line: int
    text: str
    problem: str


@dataclass(frozen=True)
class Reading:
    """What was read from one source into one Parquet file.

    `first_line`: physical line of the first row where every row is one line and nothing but ragged lines lies between; None where the
    Parquet file holds a column `source_line` instead. `has_unreadable_characters`: some bytes mean nothing in the file's encoding and
    became U+FFFD. `has_odd_rows`: rows without any value, or that say the header again; they are landed and left out of `raw`.
    `has_bare_cells`: no cell has a blank at its ends and no empty one is written as a text, so that nothing need be trimmed.
    `sheet`: name of the sheet that was read, `first_column` the place of its first column, 0 for A; no sheet where the file is none.
    """

    columns: tuple[str, ...]
    rows: int
    header_line: int
    first_line: int | None
    ragged: tuple[Ragged, ...] = ()
    delimiter: str = ","
    has_unreadable_characters: bool = False
    has_odd_rows: bool = True
    has_bare_cells: bool = False
    sheet: str | None = None
    first_column: int = 0


def column_names(header: Sequence[str | None], path: str, limits: Limits) -> tuple[str, ...]:
    """Names of the columns: trimmed, never empty, never twice. Raises UnreadableSourceError on more columns than the limit."""
    if len(header) > limits.columns:
        raise UnreadableSourceError(
            f"{path}: the header has {len(header)} columns, more than {limits.columns}. Is this the right file and delimiter?"
        )
    seen: dict[str, int] = dict.fromkeys(RESERVED, 1)
    names = []
    for number, cell in enumerate(header, start=1):
        name = re.sub(r"\s+", " ", (cell or "").replace("\ufeff", "")).strip() or f"column_{number}"
        unique = name
        while unique in seen:
            seen[name] += 1
            unique = f"{name}_{seen[name]}"
        seen[unique] = 1
        names.append(unique)
    return tuple(names)


def comparable(name: str | None) -> str:
    """A column name as it is compared: capitals and spaces around do not matter."""
    return (name or "").replace("\ufeff", "").strip().casefold()


def header_score(cells: Iterable[str | None], expected: frozenset[str]) -> int:
    """How many of the expected names (`comparable`) stand in a line."""
    return len({comparable(cell) for cell in cells} & expected)


def first_record(lines: Sequence[str], delimiter: str) -> tuple[list[str], int]:
    """Cells of the first record of some lines and the number of lines it takes; no cells where it cannot be parsed."""
    reader = csv.reader(iter(lines), delimiter=delimiter)
    try:
        return next(reader, []), max(reader.line_num, 1)
    except csv.Error:
        return [], 1


def write_rows(columns: Sequence[str], rows: pl.DataFrame, target: Path) -> None:
    """Write all-text rows; `rows` has the columns in order, then `source_line`. Empty text and null are one thing: null."""
    texts = [pl.col(name).cast(pl.String).replace("", None) for name in columns]
    rows.select(*texts, pl.col(LINE_COLUMN).cast(pl.Int64)).write_parquet(target, compression="lz4")
