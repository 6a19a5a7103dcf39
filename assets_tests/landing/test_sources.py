"""Sources: whatever the dialect, cells come back as written; both ways to read text agree; bombs and fuzz get an error, not a crash."""

import csv
import datetime as dt
import gzip
import io
import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from landing_case import company_of, take

from sop_pipeline import warehouse
from sop_pipeline.landing.sources.at_once import read_at_once
from sop_pipeline.landing.sources.base import Limits, Reading, UnreadableSourceError, Wanted
from sop_pipeline.landing.sources.delimited import read_delimited, read_line_by_line
from sop_pipeline.landing.sources.dialect import Dialect, recognise_dialect, survey
from sop_pipeline.landing.sources.excel import read_sheet
from sop_pipeline.landing.sources.parquet import read_parquet
from sop_pipeline.settings import Format

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
COLUMNS = ("code", "name", "amount")
EXPECTED = frozenset(COLUMNS)
SMALL = Limits(columns=20, header_characters=2_000, decompressed_bytes=10_000, decompressed_ratio=1)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(None) as opened:
        yield opened


def wanted(limits: Limits | None = None, **given_format: object) -> Wanted:
    return Wanted(Format(**given_format), EXPECTED, limits or Limits())


def landed(target: Path, reading: Reading) -> list[tuple[object, ...]]:
    """Cells and line of every row, whichever way they were written."""
    rows = pl.read_parquet(target)
    if reading.first_line is not None:
        ragged = {line.source_line for line in reading.ragged}
        lines = (line for line in itertools.count(reading.first_line) if line not in ragged)
        rows = rows.with_columns(source_line=pl.Series(list(itertools.islice(lines, rows.height)), dtype=pl.Int64))
    return rows.select(*reading.columns, "source_line").rows()


# what may stand in a cell: anything but what no text file can hold, or what a reader rightly takes for another line end
texts = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs")) | st.sampled_from('",;\t|\n'), max_size=8)
cells = st.lists(st.tuples(texts.map(lambda text: f"k{text}"), texts, texts), max_size=8)


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, str]:
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "line_end": draw(st.sampled_from(["\n", "\r\n"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])),
        "quoting": draw(st.sampled_from(["minimal", "all"])),
        "title": draw(st.sampled_from(["", "Report", "Report;;"])),
    }


@FEW
@given(rows=cells, dialect=dialects(), packed=st.booleans())
def test_a_table_written_in_any_dialect_comes_back_unchanged_with_its_lines(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: list[tuple[str, str, str]], dialect: dict[str, str], packed: bool
):
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if dialect["quoting"] == "all" else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=dialect["delimiter"], lineterminator=dialect["line_end"], quoting=quoting)
    if dialect["title"]:
        text.write(dialect["title"] + dialect["line_end"])
    writer.writerow(COLUMNS)
    expected = []
    for row in rows:
        # a break counts as a line wherever it stands, the end of a line once however it is written
        line = text.getvalue().replace("\r\n", "\n").count("\n") + 1
        writer.writerow(row)
        expected.append((*(cell or None for cell in row), line))
    content = text.getvalue().encode(dialect["encoding"])
    # a UTF-8 decoder that happens to accept cp1252 bytes is right to: they are the same file
    given_encoding = "cp1252" if dialect["encoding"] == "cp1252" else None
    path = tmp_path / ("table.csv.gz" if packed else "table.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    target = tmp_path / "landed.parquet"
    reading = read_delimited(con, path, wanted(encoding=given_encoding), target)
    assert reading.columns == COLUMNS
    assert reading.ragged == ()
    assert landed(target, reading) == expected


@FEW
@given(
    body=st.text(st.sampled_from('ab1 ",\n\r'), max_size=60),
    ending=st.sampled_from(["\n", "\r\n", ""]),
)
@example(body='1,2,3\n"a,b",2,3,\n', ending="\n")
@example(body='1,"2\n",3\n', ending="")
@example(body="1,2,3\r4,5,6\n\n", ending="\n")
@example(body='1,2"2,3\n4,"5""5",6\n', ending="\n")
@example(body='1,"2"x,3\n', ending="\n")
@example(body="1,2\n1,2,3\n\n1,2,3,\n", ending="\n")
@example(body="1,2\n1,2,3\n1,2,3,4\n1\n2,3,4\n", ending="\n")
@example(body='1,2\n1,"2,2",3\n"1,1",2,3,4\n2,3,4\n', ending="\r\n")
def test_reading_at_once_gives_what_reading_line_by_line_gives(con: duckdb.DuckDBPyConnection, tmp_path: Path, body: str, ending: str):
    path = tmp_path / "table.csv"
    path.write_bytes(f"code,name,amount{ending or chr(10)}{body}{ending}".encode())
    dialect = Dialect(",", COLUMNS, 3, 3, 1)
    at_once = read_at_once(con, path, dialect, survey(path, ","), tmp_path / "at_once.parquet")
    line_by_line = read_line_by_line(path, dialect, tmp_path / "line_by_line.parquet", Limits())
    if at_once is None:
        return
    assert at_once.ragged == line_by_line.ragged
    assert landed(tmp_path / "at_once.parquet", at_once) == landed(tmp_path / "line_by_line.parquet", line_by_line)


def test_a_regular_file_is_read_at_once_and_an_odd_one_line_by_line(con: duckdb.DuckDBPyConnection, tmp_path: Path):
    path = tmp_path / "table.csv"
    for body, is_regular in (
        ("1,a,2\n2,b,3\n", True),
        ('1,"a,b",2\n', True),
        ('1,"a""b",2\n', True),
        ("1,,\n", True),
        ('1,"a\nb",2\n', False),
        ("1,a\n2,b,3\n1,a,2,4\n", True),
        ("1,a\n\n2,b,3\n", False),
        ("1,a,2,\n", False),
        ("1,a,2\n\n2,b,3\n", False),
        ("1,a,2\r2,b,3\n", False),
    ):
        path.write_text("code,name,amount\n" + body, newline="")
        dialect = recognise_dialect(path, path.name, wanted())
        reading = read_at_once(con, path, dialect, survey(path, ","), tmp_path / "landed.parquet")
        assert (reading is not None) == is_regular, body


@FEW
@given(body=st.text(st.sampled_from('ab1 ",\t\n\u00a0é'), max_size=40))
@example(body="1,a,2\n")
@example(body="1,,2\n")
@example(body="1,a ,2\n")
@example(body="1,\u00a0a,2\n")
@example(body='1,"",2\n')
def test_a_file_said_to_have_bare_cells_has_no_cell_that_trimming_would_change(con: duckdb.DuckDBPyConnection, tmp_path: Path, body: str):
    path = tmp_path / "table.csv"
    path.write_text(f"code,name,amount\n{body}", encoding="utf-8", newline="")
    reading = read_delimited(con, path, wanted(), tmp_path / "landed.parquet")
    cells = [cell for row in landed(tmp_path / "landed.parquet", reading) for cell in row[:-1]]
    assert not reading.has_bare_cells or all(cell is None or (cell and cell == str(cell).strip()) for cell in cells)
    if reading.first_line and set(body) <= set("ab1,\n"):
        assert reading.has_bare_cells


@FEW
@given(content=st.binary(max_size=300), name=st.sampled_from(["table.csv", "table.csv.gz", "table.tsv"]))
def test_bytes_of_any_kind_are_read_or_refused_in_words(con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes, name: str):
    path = tmp_path / name
    for start in (b"", b"code,name,amount\n"):
        path.write_bytes(start + content)
        refused, reading = "", None
        try:
            reading = read_delimited(con, path, wanted(), tmp_path / "landed.parquet")
        except UnreadableSourceError as error:
            refused = str(error)
        assert name in refused if reading is None else len(landed(tmp_path / "landed.parquet", reading)) == reading.rows


@FEW
@given(content=st.binary(max_size=300))
def test_a_damaged_workbook_or_parquet_file_is_refused_in_words(con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes):
    target = tmp_path / "landed.parquet"
    for name, start in (("t.xlsx", b""), ("t.xlsx", b"PK\x03\x04"), ("t.parquet", b""), ("t.parquet", b"PAR1")):
        path = tmp_path / name
        path.write_bytes(start + content)
        with pytest.raises(UnreadableSourceError, match=name):
            _ = read_sheet(path, wanted(), target) if name == "t.xlsx" else read_parquet(con, path, wanted(), target)


def test_bombs_are_refused_before_they_go_off(con: duckdb.DuckDBPyConnection, tmp_path: Path):
    target = tmp_path / "landed.parquet"
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(b"code,name,amount\n" + b"1,a,2\n" * 10_000))
    with pytest.raises(UnreadableSourceError, match=r"t.csv.gz: unpacks to more than 10,000 bytes"):
        read_delimited(con, packed, wanted(SMALL), target)
    wide = tmp_path / "wide.csv"
    wide.write_text("code," + ",".join(f"c{n}" for n in range(30)) + "\n")
    with pytest.raises(UnreadableSourceError, match="31 columns, more than 20"):
        read_delimited(con, wide, wanted(SMALL), target)
    wide.write_text("code," * 1_000_000)
    with pytest.raises(UnreadableSourceError, match="line 1 is longer than 2,000 characters"):
        read_delimited(con, wide, wanted(SMALL), target)
    book = tmp_path / "t.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_000)
    with pytest.raises(UnreadableSourceError, match=r"t.xlsx: unpacks to more than 10,000 bytes"):
        read_sheet(book, wanted(SMALL), target)
    columns = tmp_path / "t.parquet"
    pl.DataFrame({"code": ["x" * 1000] * 1000}).write_parquet(columns, use_pyarrow=True, pyarrow_options={"use_dictionary": False})
    with pytest.raises(UnreadableSourceError, match=r"t.parquet: unpacks to"):
        read_parquet(con, columns, wanted(SMALL), target)


def workbook(path: Path, rows: list[list[object]], first_row: int = 0, sheet: str = "Data") -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy", "nan_inf_to_errors": True})
    book.add_worksheet("Cover").write(0, 0, "nothing here")
    page = book.add_worksheet(sheet)
    page.merge_range(0, 0, 0, 3, "Production report")
    for number, row in enumerate(rows, start=first_row):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("="):
                page.write_formula(number, column, value, None, "#DIV/0!")
            elif value is not None:
                page.write(number, column, value)
    book.close()


def test_a_sheet_is_read_with_its_row_numbers_dates_text_numbers_and_errors(tmp_path: Path):
    place = tmp_path / "extracts/production"
    place.mkdir(parents=True)
    header: list[object] = ["production_id", "item_id", "completion_date", "good_quantity", "scrap_quantity"]
    rows: list[list[object]] = [
        header,
        ["1", "00123", dt.date(2026, 1, 5), 10, None],
        ["2", "B", 46028, "20.5", None],
        [None, None, None, None, None],
        ["3", "C", dt.date(2026, 1, 7), "n/a", None],
        ["4", "C", dt.date(2026, 1, 7), 1, "=1/0"],
        ["Total", None, None, 31.5, None],
    ]
    workbook(place / "production_history.xlsx", rows, first_row=3)
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {}, "extracts: {production_history: {format: {sheet: Data, skip_rows_like: ^Total}}}\n")
        taken = take(con, company, "production_history")
    kept = taken.rows.select("production_id", "item_id", "completion_date", "source_line").rows()
    assert kept == [("1", "00123", dt.date(2026, 1, 5), 5), ("2", "B", dt.date(2026, 1, 6), 6)]
    errors = taken.staged.issues.select("source_line", "column_name", "value", "rule").rows()
    assert errors == [
        (8, "good_quantity", "n/a", "good_quantity_type"),
        (9, "scrap_quantity", "#DIV/0!", "scrap_quantity_type"),
    ]


def test_a_sheet_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path):
    path = tmp_path / "book.xlsx"
    workbook(path, [["code", "name"], ["1", "a"]], first_row=1)
    with pytest.raises(UnreadableSourceError, match="no sheet 'Nope'; there are Cover, Data"):
        read_sheet(path, wanted(sheet="Nope"), tmp_path / "landed.parquet")
    with pytest.raises(UnreadableSourceError, match="no header"):
        read_sheet(path, wanted(), tmp_path / "landed.parquet")


def test_sheets_of_the_review_workbook_come_beside_the_extracts_files(tmp_path: Path):
    place = tmp_path / "extracts/planning"
    place.mkdir(parents=True)
    header: list[object] = ["decision_id", "raised_on", "text", "decision_status"]
    workbook(place / "review_2026-11.xlsx", [header, ["2", dt.date(2026, 11, 1), "Hire", "proposed"]], first_row=1, sheet="decisions")
    files = {"extracts/planning/decisions.csv": "decision_id,raised_on,text,decision_status\n1,2026-10-01,Wait,done\n"}
    with warehouse.connect(None) as con:
        taken = take(con, company_of(tmp_path, files), "decisions")
    assert taken.rows.select("decision_id", "source_file", "source_line").rows() == [
        ("1", "extracts/planning/decisions.csv", 2),
        ("2", "extracts/planning/review_2026-11.xlsx:decisions", 3),
    ]


def test_parquet_columns_of_any_type_come_as_text(con: duckdb.DuckDBPyConnection, tmp_path: Path):
    frame = pl.DataFrame({"code": ["007", None], "amount": [1.5, None], "day": [dt.date(2026, 1, 5), None], "is_open": [True, None]})
    frame.write_parquet(tmp_path / "t[1].parquet")
    reading = read_parquet(con, tmp_path / "t[1].parquet", wanted(), tmp_path / "landed.parquet")
    assert landed(tmp_path / "landed.parquet", reading) == [("007", "1.5", "2026-01-05", "true", 1), (None, None, None, None, 2)]


def test_a_header_row_as_given_is_taken_even_where_another_line_fits_better(con: duckdb.DuckDBPyConnection, tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("code,name,amount\ncode,x,y\n1,a,2\n")
    reading = read_delimited(con, path, wanted(header_row=2), tmp_path / "landed.parquet")
    assert (reading.columns, reading.header_line) == (("code", "x", "y"), 2)
