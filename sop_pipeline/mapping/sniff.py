"""A file of any kind as columns of distinct texts: dialect, sheet and header recognised by the readers of landing. Meaning stays out."""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.extracts import SUFFIXES
from sop_pipeline.landing.canonical import BLANKS
from sop_pipeline.landing.sources.base import (
    DELIMITERS,
    HEADER_SEARCH_LINES,
    Limits,
    Reading,
    UnreadableSourceError,
    Wanted,
    comparable,
    first_record,
)
from sop_pipeline.landing.sources.delimited import read_delimited
from sop_pipeline.landing.sources.dialect import decompress, recognise_encoding, transcode
from sop_pipeline.landing.sources.excel import read_sheet, sheet_names
from sop_pipeline.landing.sources.parquet import read_parquet
from sop_pipeline.settings import Format

MOST_SHEETS = 20
TOTAL_WORDS = ("Summe", "Gesamtsumme", "Gesamt", "Endsumme", "Zwischensumme", "Ergebnis", "Total", "Grand Total", "Subtotal", "Sum")
NUMBER_OR_DATE = re.compile(r"^[-+(]?[\d.,:/ -]+\)?$")

Known = Callable[[str], bool]


@dataclass(frozen=True)
class Column:
    """One column of a file. `values`: its distinct texts without blanks around, in order of appearance; `filled`: cells that hold one."""

    name: str
    values: pl.Series
    filled: int


@dataclass(frozen=True)
class Sniffed:
    """What a file holds. `format`: as `format:` of sop.yaml writes it, without number marks and dates; `kind`: suffix without .gz."""

    path: Path
    kind: str
    format: Format
    columns: tuple[Column, ...]
    rows: int
    ragged: int
    header_line: int
    notes: tuple[str, ...] = field(default=())


def kind_of(path: Path) -> str:
    """The suffix without .gz, such as .csv. Raises UnreadableSourceError for a kind that cannot be read."""
    name = path.name.casefold().removesuffix(".gz")
    kind = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if kind is None:
        raise UnreadableSourceError(f"{path}: none of {', '.join(SUFFIXES)}, also .gz. Export it as one of these.")
    return kind


def sniff(path: Path, known: Known, limits: Limits | None = None) -> Sniffed:
    """Read a file of any kind; `known` says whether a cell is a heading somebody uses, which is how the header line is found.

    Raises UnreadableSourceError when the file is missing, empty, damaged, beyond a limit, or no line of it looks like a header.
    """
    kind = kind_of(path)
    if not path.is_file():
        raise UnreadableSourceError(f"{path}: no such file.")
    bounds = limits or Limits()
    with TemporaryDirectory(prefix="sop-map-") as folder:
        target = Path(folder) / "read.parquet"
        if kind == ".parquet":
            found = _Dialect(Format(), Format(), frozenset())
        elif kind == ".xlsx":
            found = _sheet(path, known, bounds, target)
        else:
            found = _dialect(path, known, bounds, Path(folder))
        reading = read_any(path, Wanted(found.read_with, found.expected, bounds), target)
        return _sniffed(path, kind, found.format, reading, target)


def read_any(path: Path, wanted: Wanted, target: Path) -> Reading:
    """Write the rows of a file of any kind to `target`, all text. Raises UnreadableSourceError as the readers do."""
    kind = kind_of(path)
    if kind == ".xlsx":
        return read_sheet(path, wanted, target)
    with warehouse.connect(None) as con:
        return read_parquet(con, path, wanted, target) if kind == ".parquet" else read_delimited(con, path, wanted, target)


@dataclass(frozen=True)
class _Dialect:
    """`format`: what sop.yaml needs; `read_with`: that with the header line, which landing finds by the mapped columns."""

    format: Format
    read_with: Format
    expected: frozenset[str]


def _dialect(path: Path, known: Known, limits: Limits, folder: Path) -> _Dialect:
    plain = path
    if path.suffix.casefold() == ".gz":
        plain = folder / path.stem
        decompress(path, plain, limits)
    encoding = recognise_encoding(plain, None)
    shown = "" if encoding in ("utf-8", "ascii") else encoding
    if shown:
        transcode(plain, encoding, folder / "plain.utf8")
        plain = folder / "plain.utf8"
    lines = _first_lines(plain, limits)
    candidates = [
        (sum(known(cell) for cell in cells), delimiter, row, cells)
        for delimiter in DELIMITERS
        for row in range(len(lines))
        if (cells := first_record(lines[row:], delimiter)[0])
    ]
    best = max(candidates, key=lambda found: (found[0], len(found[3]), -found[2]), default=None)
    if best is None or not any(line.strip() for line in lines):
        raise UnreadableSourceError(f"{path}: the file is empty.")
    _, delimiter, row, cells = best if best[0] >= 2 or (best[0] == 1 and len(best[3]) <= 2) else _by_shape(path, lines)
    given = Format(delimiter=delimiter, encoding=_encoding_name(shown))
    return _Dialect(given, given.model_copy(update={"header_row": row + 1}), frozenset(comparable(cell) for cell in cells))


def _by_shape(path: Path, lines: Sequence[str]) -> tuple[int, str, int, list[str]]:
    """The header of a file whose headings nobody knows: the first line of texts, all different, as wide as most lines."""
    best: tuple[int, str, int, list[str]] | None = None
    for delimiter in DELIMITERS:
        records = [first_record([line], delimiter)[0] for line in lines]
        widths = [len(cells) for cells in records if any(cell.strip() for cell in cells)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        support = widths.count(usual)
        header = next((row for row, cells in enumerate(records) if len(cells) == usual and _is_header(cells)), None)
        if usual > 1 and header is not None and (best is None or (support, usual) > (best[0], len(best[3]))):
            best = (support, delimiter, header, records[header])
    if best is None:
        start = next((line for line in lines if line.strip()), "").strip()[:120]
        raise UnreadableSourceError(
            f"{path}: no line of the first {HEADER_SEARCH_LINES} looks like a header; the file begins with {start!r}."
        )
    return best


def _is_header(cells: Sequence[str]) -> bool:
    names = [cell.strip() for cell in cells]
    return all(names) and len(set(names)) == len(names) and not any(NUMBER_OR_DATE.match(name) for name in names)


def _first_lines(plain: Path, limits: Limits) -> list[str]:
    """The first lines, as far as a line may be long; a longer one ends them, and the reader says what is wrong with it."""
    lines: list[str] = []
    with plain.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        while len(lines) < HEADER_SEARCH_LINES and (line := file.readline(limits.header_characters)):
            lines.append(line)
            if len(line) == limits.header_characters:
                break
    return lines


def _encoding_name(encoding: str) -> str | None:
    return codecs.lookup(encoding).name if encoding else None


def _sheet(path: Path, known: Known, limits: Limits, target: Path) -> _Dialect:
    """The sheet and the row that hold most known headings; the first where nobody knows any."""
    plain = path
    names: Sequence[str | None] = [None] if path.suffix.casefold() == ".gz" else sheet_names(plain, limits)[:MOST_SHEETS]
    best: tuple[int, str | None, int, frozenset[str]] | None = None
    for name in names:
        given = Format(sheet=name, header_row=1)
        try:
            reading = read_sheet(plain, Wanted(given, frozenset(), limits), target)
        except UnreadableSourceError:
            if len(names) == 1:
                raise
            continue
        for row, cells in _first_rows(target, reading):
            found = (sum(known(cell) for cell in cells), name, row, frozenset(comparable(cell) for cell in cells))
            if best is None or found[0] > best[0]:
                best = found
    if best is None:
        raise UnreadableSourceError(f"{path}: no sheet of it holds anything.")
    _, name, row, expected = best
    return _Dialect(Format(sheet=name if name != names[0] else None), Format(sheet=name, header_row=row), expected)


def _first_rows(target: Path, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """Row numbers of a sheet and the texts in them, the first that were read."""
    yield reading.header_line, [name for name in reading.columns if not re.fullmatch(r"column_\d+", name)]
    rows = pl.read_parquet(target, n_rows=HEADER_SEARCH_LINES)
    for cells in rows.iter_rows(named=True):
        line = cells.pop("source_line")
        if line <= HEADER_SEARCH_LINES:
            yield line, [cell for cell in cells.values() if cell]


def _sniffed(path: Path, kind: str, given: Format, reading: Reading, target: Path) -> Sniffed:
    rows = pl.scan_parquet(target)
    total, kept = _total_rows(rows, reading.columns)
    columns = []
    for name in reading.columns:
        texts = kept.select(pl.col(name).str.strip_chars(BLANKS).replace("", None).alias("value")).drop_nulls()
        counted = texts.group_by("value", maintain_order=True).len().collect()
        columns.append(Column(name, counted["value"], int(counted["len"].sum())))
    notes = []
    if total:
        given = given.model_copy(update={"skip_rows_like": total})
    if reading.has_unreadable_characters:
        notes.append("some bytes mean nothing in this encoding; give format.encoding")
    return Sniffed(path, kind, given, tuple(columns), reading.rows, len(reading.ragged), reading.header_line, tuple(notes))


def _total_rows(rows: pl.LazyFrame, columns: Sequence[str]) -> tuple[str | None, pl.LazyFrame]:
    """A pattern for rows that total the others, None without any; and the rows without them."""
    first = pl.coalesce(columns).str.strip_chars(BLANKS)
    words = "|".join(TOTAL_WORDS)
    # a total leaves most cells empty; an order of the customer `Total` does not
    is_sparse = pl.sum_horizontal(pl.col(columns).is_not_null().cast(pl.Int64)) * 2 <= len(columns)
    is_total = first.str.contains(rf"^({words})\b") & is_sparse if len(columns) > 1 else pl.lit(value=False)
    found = rows.filter(is_total).select(first.str.extract(rf"^({words})\b")).unique().collect().to_series()
    if not found.len():
        return None, rows
    pattern = rf"^\W*({'|'.join(sorted(found))})\b" if found.len() > 1 else rf"^\W*{found[0]}\b"
    return pattern, rows.filter(~is_total.fill_null(value=False))
