"""How a text file is written: encoding, delimiter, header line; recognised with care, or as `format:` says. Rows are read elsewhere."""

import codecs
import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sop_pipeline.landing.sources.base import (
    DELIMITERS,
    HEADER_SEARCH_LINES,
    Limits,
    UnreadableSourceError,
    Wanted,
    column_names,
    first_record,
    header_score,
)

CHUNK_BYTES = 1 << 22
REPLACEMENT = "\ufffd".encode()
START_BYTES = 4096
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Dialect:
    """The delimiter and the header of a text file.

    `header_line`: physical line of the header, from 1; `header_lines`: how many lines it takes; `named_width`: columns up to the last
    one with a name; `row_width`: cells of the first row, because exports end header or rows with a delimiter too many.
    """

    delimiter: str
    columns: tuple[str, ...]
    named_width: int
    row_width: int
    header_line: int
    header_lines: int = 1


@dataclass(frozen=True)
class Survey:
    """What a UTF-8 file holds, counted in one pass. `has_blanks`: a space, a tab that is no delimiter, or any sign beyond ASCII."""

    line_feeds: int
    carriage_returns: int
    carriage_returns_before_line_feed: int
    delimiters: int
    quotes: int
    nulls: int
    replacements: int
    ends_with_line_feed: bool
    has_blanks: bool

    @property
    def lines(self) -> int:
        """Physical lines, where line feeds end them."""
        return self.line_feeds + (not self.ends_with_line_feed)

    @property
    def has_plain_line_ends(self) -> bool:
        """Every line ends the same way and no line break of another kind hides in a cell."""
        return self.carriage_returns == self.carriage_returns_before_line_feed and self.carriage_returns in (0, self.line_feeds)


def decompress(path: Path, target: Path, limits: Limits) -> None:
    """Unpack a .gz file. Raises UnreadableSourceError when it is damaged or grows beyond the limit."""
    allowed = limits.decompressed(path.stat().st_size)
    written = 0
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            while chunk := packed.read(CHUNK_BYTES):
                written += len(chunk)
                if written > allowed:
                    raise UnreadableSourceError(f"{path.name}: unpacks to more than {allowed:,} bytes. Send it unpacked if it is meant.")
                plain.write(chunk)
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableSourceError(f"{path.name}: the .gz file is damaged ({error}). Send it again.") from error


def recognise_encoding(path: Path, given: str | None) -> str:
    """Encoding of a text file: as given, else by byte-order mark, else UTF-16 by its zero bytes, UTF-8 where it decodes, else cp1252."""
    if given is not None:
        name = codecs.lookup(given).name
        if name.startswith("utf-16") and _starts_with_bom(path):
            return "utf-16"
        # Python's utf-16 wants a mark; without one the zero bytes tell the order, and most programs write the little end first
        return (_order_of_utf_16(path) or "utf-16-le") if name == "utf-16" else name
    with path.open("rb") as file:
        start = file.read(START_BYTES)
        for bom, encoding in BOMS:
            if start.startswith(bom):
                return encoding
        if order := _order_of_utf_16(path):
            return order
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK_BYTES):
                if decoder.getstate()[0] or not chunk.isascii():
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _order_of_utf_16(path: Path) -> str | None:
    """Which bytes of each pair are mostly zero in a file without a mark; None where it is no UTF-16."""
    with path.open("rb") as file:
        start = file.read(START_BYTES)
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) > len(start) // 4 else None


def transcode(path: Path, encoding: str, target: Path) -> None:
    """Write the file as UTF-8. A byte that means nothing in its encoding becomes U+FFFD, which a rule finds afterwards."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as plain:
        while chunk := source.read(CHUNK_BYTES):
            plain.write(decoder.decode(chunk))
        plain.write(decoder.decode(b"", final=True))


def survey(path: Path, delimiter: str) -> Survey:
    """Count line ends, delimiters, quotes and zero bytes of a UTF-8 file in one pass; `delimiter` is one ASCII sign."""
    counts: Counter[str] = Counter()
    last = b""
    has_blanks = False
    blanks = tuple(blank for blank in (b" ", b"\t") if blank != delimiter.encode())
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            # signs in every line are compared all at once; one that is mostly absent is looked for, which is faster than counting it
            signs = np.frombuffer(chunk, np.uint8)
            for name, frequent in (("delimiters", delimiter), ("line_feeds", "\n")):
                counts[name] += int(np.count_nonzero(signs == ord(frequent)))
            for name, rare in (("carriage_returns", b"\r"), ("quotes", b'"'), ("nulls", b"\0")):
                counts[name] += chunk.count(rare) if rare in chunk else 0
            if counts["carriage_returns"]:
                counts["pairs"] += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            if not chunk.isascii():
                has_blanks = True
                counts["replacements"] += chunk.count(REPLACEMENT)
            has_blanks = has_blanks or any(blank in chunk for blank in blanks)
            last = chunk[-1:]
    return Survey(
        line_feeds=counts["line_feeds"],
        carriage_returns=counts["carriage_returns"],
        carriage_returns_before_line_feed=counts["pairs"],
        delimiters=counts["delimiters"],
        quotes=counts["quotes"],
        nulls=counts["nulls"],
        replacements=counts["replacements"],
        ends_with_line_feed=last in (b"\n", b""),
        has_blanks=has_blanks,
    )


def recognise_dialect(path: Path, name: str, wanted: Wanted) -> Dialect:
    """Delimiter and header of a UTF-8 file; `name` is what errors call it.

    The header is the line, and the delimiter the mark, that give most of the expected names; `format:` wins where it says so. Raises
    UnreadableSourceError when the file is empty, when no line of the first thirty holds an expected name, or beyond a limit.
    """
    given, expected, limits = wanted.format, wanted.expected, wanted.limits
    lines = _first_lines(path, (given.header_row or 0) + HEADER_SEARCH_LINES, name, limits)
    if not any(line.strip() for line in lines):
        raise UnreadableSourceError(f"{name}: the file is empty. Send it again; a statement that there is nothing has a header line.")
    rows = [given.header_row - 1] if given.header_row else range(min(len(lines), HEADER_SEARCH_LINES))
    delimiters = (given.delimiter,) if given.delimiter else _likely_delimiters(path)
    found: Dialect | None = None
    best = (0, 0)
    for row in rows:
        for delimiter in delimiters:
            cells, taken = first_record(lines[row:], delimiter)
            score = (header_score(cells, expected), len(cells))
            if score[0] > best[0] or (row == rows[0] and score > best and not expected):
                best = score
                first_row, _ = first_record([line for line in lines[row + taken :] if line.strip()], delimiter)
                found = Dialect(delimiter, column_names(cells, name, limits), _named_width(cells), len(first_row), row + 1, taken)
    if found is None:
        where = f"line {given.header_row}" if given.header_row else f"the first {HEADER_SEARCH_LINES} lines"
        start = next(line for line in lines if line.strip()).strip()[:120]
        raise UnreadableSourceError(
            f"{name}: no header: {where} hold none of the columns {', '.join(sorted(expected)[:8])}, …; the file begins with {start!r}. "
            "Add a header line, or map the columns of the file in sop.yaml."
        )
    return found


def _named_width(cells: Sequence[str]) -> int:
    return max((index for index, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _likely_delimiters(path: Path) -> tuple[str, ...]:
    """The candidates; the one of a .tsv first, so that it wins where two do as well."""
    return ("\t", ",", ";", "|") if ".tsv" in path.suffixes else DELIMITERS


def _first_lines(path: Path, count: int, name: str, limits: Limits) -> list[str]:
    lines: list[str] = []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for _ in range(count):
            line = file.readline(limits.header_characters + 1)
            if not line:
                break
            if len(line) > limits.header_characters:
                raise UnreadableSourceError(
                    f"{name}: line {len(lines) + 1} is longer than {limits.header_characters:,} characters. Is this a text file?"
                )
            lines.append(line)
    return lines


def _starts_with_bom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
