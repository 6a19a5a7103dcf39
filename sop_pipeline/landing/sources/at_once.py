"""Regular delimited text read by DuckDB in parallel, once it is proved regular; what is not proved is read line by line elsewhere."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sop_pipeline.landing.sources.base import Ragged, Reading
from sop_pipeline.landing.sources.dialect import Dialect, Survey
from sop_pipeline.landing.sources.row_shape import fits, is_blank, ragged, wrong_width
from sop_pipeline.landing.sql_text import glob_literal, literal
from sop_pipeline.warehouse import quoted

# beyond, the expression that counts the ragged lines before a row grows too long
MOST_RAGGED_LINES = 1_000
# a larger dictionary of texts saves little room and costs a fifth of the time
LARGEST_DICTIONARY = 2_500
RAGGED_ERRORS = {"MISSING COLUMNS", "TOO MANY COLUMNS"}


def read_at_once(con: duckdb.DuckDBPyConnection, plain: Path, dialect: Dialect, counted: Survey, target: Path) -> Reading | None:
    """Let DuckDB read a UTF-8 file; None where the file is not proved regular, and nothing of `target` counts.

    Regular: rows and ragged lines are as many as the lines behind the header. A quoted line break or a blank line makes fewer and nothing
    makes more, so that each line is one row or ragged, in order. And there are as many delimiters as those rows have and their cells hold:
    DuckDB passes over one too many at the end of a line, which may be a decimal comma.
    """
    if not counted.has_plain_line_ends or counted.nulls or dialect.header_lines > 1 or not dialect.delimiter.isascii():
        return None
    scan = _Scan(con, plain, dialect, '"' if counted.quotes else "", target)
    lines = () if scan.write() else scan.write_but_ragged_lines()
    if lines is None:
        return None
    rows = scan.rows
    delimiters = rows * (len(dialect.columns) - 1) + scan.delimiters_in_head() + sum(line.text.count(dialect.delimiter) for line in lines)
    if counted.quotes:
        delimiters += scan.delimiters_in_cells()
    if rows + len(lines) != counted.lines - dialect.header_line or delimiters != counted.delimiters:
        return None
    told = tuple(ragged(line.source_line, line.text, line.problem) for line in lines)
    bare = not (counted.has_blanks or counted.quotes)
    return Reading(dialect.columns, rows, dialect.header_line, dialect.header_line + 1, told, dialect.delimiter, has_bare_cells=bare)


@dataclass
class _Scan:
    """One file on its way through DuckDB."""

    con: duckdb.DuckDBPyConnection
    plain: Path
    dialect: Dialect
    quote: str
    target: Path
    rows: int = 0

    def write(self) -> bool:
        """All rows to the target; false where a line is not as DuckDB wants it."""
        try:
            self.rows = self._copy("")
        except duckdb.Error:
            return False
        return True

    def write_but_ragged_lines(self) -> tuple[Ragged, ...] | None:
        """All rows but ragged lines to the target, and those lines; None where they are many, or something else is wrong."""
        self.con.execute("drop table if exists ragged_lines; drop table if exists ragged_scans")
        options = ", store_rejects = true, rejects_table = 'ragged_lines', rejects_scan = 'ragged_scans', rejects_limit = 0"
        try:
            self.rows = self._copy(options)
            found = self.con.execute("select distinct line, error_type from ragged_lines order by line").fetchall()
        except duckdb.Error:
            return None
        if len(found) > MOST_RAGGED_LINES or not {kind for _, kind in found} <= RAGGED_ERRORS:
            return None
        return self._ragged({int(line) for line, _ in found})

    def delimiters_in_head(self) -> int:
        with self.plain.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return sum(file.readline().count(self.dialect.delimiter) for _ in range(self.dialect.header_line))

    def delimiters_in_cells(self) -> int:
        sums = " + ".join(_delimiters_in(quoted(name)) for name in self.dialect.columns)
        source = f"read_parquet({literal(glob_literal(self.target))})"
        return int(self.con.execute(f"select {sums} from {source}", {"mark": self.dialect.delimiter}).fetchall()[0][0])

    def _copy(self, options: str) -> int:
        types = {f"c{index}": "varchar" for index in range(len(self.dialect.columns))}
        renamed = ", ".join(f"c{index} as {quoted(name)}" for index, name in enumerate(self.dialect.columns))
        scan = (
            "read_csv($path, auto_detect = false, header = false, skip = $skip, delim = $delimiter, quote = $quote, escape = $quote, "
            f"columns = {types!r}, strict_mode = true{options})"
        )
        values = {
            "path": glob_literal(self.plain),
            "skip": self.dialect.header_line,
            "delimiter": self.dialect.delimiter,
            "quote": self.quote,
        }
        how = f"format parquet, compression lz4, parquet_version v2, dictionary_size_limit {LARGEST_DICTIONARY}"
        copy = f"copy (select {renamed} from {scan}) to {literal(str(self.target))} ({how})"
        return int(self.con.execute(copy, values).fetchall()[0][0])

    def _ragged(self, numbers: set[int]) -> tuple[Ragged, ...] | None:
        """The physical lines of these numbers, each seen to be ragged; None where one is not, so that no line is told of wrongly."""
        lines = []
        with self.plain.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for number, text in enumerate(file, start=1):
                if number not in numbers:
                    continue
                cells: Sequence[str] = next(csv.reader([text], delimiter=self.dialect.delimiter), [])
                if fits(cells, self.dialect) or is_blank(cells, self.dialect):
                    return None
                lines.append(Ragged(number, text, wrong_width(cells, self.dialect)))
        return tuple(lines)


def _delimiters_in(column: str) -> str:
    return f"coalesce(sum(case when contains({column}, $mark) then length({column}) - length(replace({column}, $mark, '')) end), 0)"
