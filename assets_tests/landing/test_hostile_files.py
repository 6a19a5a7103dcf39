"""Files made to do harm: names that are SQL stay names, and whatever would fill memory or disk is an error first."""

import contextlib
import gzip
import io
import json
import sqlite3
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from landing_case import company_of, take

from sop_pipeline import warehouse
from sop_pipeline.company import Company
from sop_pipeline.landing.sources.base import Limits, UnreadableSourceError, Wanted
from sop_pipeline.landing.sources.delimited import read_delimited
from sop_pipeline.landing.sources.excel import read_sheet
from sop_pipeline.landing.sources.parquet import read_parquet
from sop_pipeline.settings import Format

HEADER = "item_id,item_name,item_type,family_id,unit_of_measure,sourcing"
INJECTED = "'); drop table staging.items; --"
NAMES = ("items_'; drop table x; --.csv", 'items_"quoted".csv', "items_[1]*?.csv", "items_$name {0} %s.csv", "items_ü ;.csv")
WANTED = Wanted(Format(), frozenset({"code"}), Limits())


def status(company: Company, name: str = "items") -> tuple[str, str, int]:
    """What became of an extract: status, reason, rows."""
    with warehouse.connect(None) as con:
        con.execute("create table staging.witness as select 1 as one")
        taken = take(con, company, name)
        assert con.execute("select one from staging.witness").fetchall() == [(1,)]
    return taken.staged.load.status, taken.staged.load.reason, taken.rows.height


def test_names_of_files_that_are_sql_or_globs_are_names(tmp_path: Path):
    files: dict[str, str | bytes] = {
        f"extracts/engineering/{name}": f"{HEADER}\nI{number},Pump,finished,P,pc,make\n" for number, name in enumerate(NAMES)
    }
    assert status(company_of(tmp_path, files)) == ("fresh", "", len(NAMES))


def test_names_of_columns_and_sheets_and_values_that_are_sql_are_text(tmp_path: Path):
    place = tmp_path / "extracts/engineering"
    place.mkdir(parents=True)
    row = {"item_id": "A", "item_name": INJECTED, "item_type": "finished", "unit_of_measure": "pc", "sourcing": "make", INJECTED: INJECTED}
    pl.DataFrame({**row, 'x" from y; --': "1"}).write_parquet(place / "items_1.parquet")
    with xlsxwriter.Workbook(str(place / "items_2.xlsx")) as book:
        page = book.add_worksheet("drop'; --")
        page.write_row(0, 0, list(row))
        page.write_row(1, 0, ["B", *list(row.values())[1:]])
    (place / "items_3.csv").write_text(f'{HEADER},"{INJECTED}"\nC,"{INJECTED}",finished,P,pc,make,"{INJECTED}"\n')
    assert status(company_of(tmp_path, {})) == ("fresh", "", 3)


def test_columns_and_values_of_a_query_and_of_a_database_that_are_sql_are_text(tmp_path: Path):
    columns = f"item_id, '{INJECTED.replace(chr(39), chr(39) * 2)}' as item_name, 'finished' as item_type, 'pc' as unit_of_measure"
    query = f"""select {columns}, 'make' as sourcing, 1 as "x"" from y; --", 2 as "{INJECTED}" from (select 'A' as item_id) as given"""
    assert status(company_of(tmp_path, {}, f"extracts: {{items: {json.dumps({'query': query})}}}\n")) == ("fresh", "", 1)
    with contextlib.closing(sqlite3.connect(tmp_path / "erp.db")) as con:
        con.execute("create table t (a)")
        con.commit()
    source = {"query": query, "database": "sqlite:///erp.db"}
    assert status(company_of(tmp_path, {}, f"extracts: {{items: {json.dumps(source)}}}\n")) == ("fresh", "", 1)


@pytest.mark.parametrize(
    "attempt",
    [
        "select * from read_csv('{own}/linked.csv')",
        "select * from read_text('{own}/folder/*')",
        "select * from '{own}/linked.csv'",
        "select * from read_csv('file://{outside}/secret.csv')",
        "select * from read_text('/proc/self/environ')",
        "select * from parquet_metadata('{outside}/secret.csv')",
        "select * from sniff_csv('{outside}/secret.csv')",
        "select * from duckdb_secrets()",
        "select * from enable_logging(storage = 'file', storage_path = '{own}/written')",
        "select * from query('copy (select 1) to ''{own}/written''')",
        "with w as (copy (select 1) to '{own}/written') select 1",
        "load httpfs",
        "force install httpfs",
        "pragma threads = 4",
        "reset lock_configuration",
        "set allowed_directories = ['/']",
        "select * from read_csv('http://127.0.0.1:9/x.csv')",
        "select * from read_csv('s3://bucket/x.csv')",
    ],
)
def test_a_query_cannot_leave_the_companys_folders_by_link_function_or_setting(tmp_path: Path, attempt: str):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.csv").write_text("item_id\nsecret\n")
    (own / "linked.csv").symlink_to(tmp_path / "secret.csv")
    (own / "folder").symlink_to(tmp_path)
    query = attempt.format(own=own, outside=tmp_path)
    state, reason, _ = status(company_of(own, {}, f"extracts: {{items: {json.dumps({'query': query})}}}\n"))
    assert (state, "extracts.items.query: the query" in reason) == ("unusable", True), reason
    assert not (own / "written").exists()


def test_a_header_of_ten_million_columns_is_refused_in_seconds_not_read(tmp_path: Path):
    path = tmp_path / "t.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(100):
            file.write(b"code," * 100_000)
    with warehouse.connect(None) as con, pytest.raises(UnreadableSourceError, match="line 1 is longer than 1,000,000 characters"):
        read_delimited(con, path, WANTED, tmp_path / "landed.parquet")


def lying_workbook(path: Path, unpacked: int) -> None:
    """A workbook whose sheet says that it holds 1000 bytes, and holds so many more."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Data").write(0, 0, "code")
    packed = io.BytesIO()
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.namelist():
            content = given.read(member)
            if member == sheet:
                cell = b'<row r="2"><c r="A2" t="inlineStr"><is><t>' + b"A" * unpacked + b"</t></is></c></row>"
                content = content.replace(b"</sheetData>", cell + b"</sheetData>")
                believed = zlib.crc32(content[:1000]).to_bytes(4, "little")
            made.writestr(member, content)
    content = bytearray(packed.getvalue())
    for mark, checksum, size, name in ((b"PK\x03\x04", 14, 22, 30), (b"PK\x01\x02", 16, 24, 46)):
        at = content.find(mark)
        while at >= 0:
            if content[at + name : at + name + len(sheet)] == sheet.encode():
                content[at + checksum : at + checksum + 4] = believed
                content[at + size : at + size + 4] = (1000).to_bytes(4, "little")
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    with zipfile.ZipFile(path) as lying:
        assert lying.getinfo(sheet).file_size == 1000
        assert lying.testzip() is None


def test_a_workbook_that_lies_about_its_size_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    lying_workbook(path, 3_000_000)
    small = Wanted(Format(), frozenset({"code"}), Limits(decompressed_bytes=1_000_000, decompressed_ratio=1))
    with pytest.raises(UnreadableSourceError, match=r"t.xlsx: unpacks to more than 1,000,000 bytes"):
        read_sheet(path, small, tmp_path / "landed.parquet")
    assert read_sheet(path, WANTED, tmp_path / "landed.parquet").columns == ("code",)


def test_a_parquet_file_of_very_many_columns_is_refused_before_they_are_described(tmp_path: Path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({f"c{number}": [1] for number in range(3000)}), path)
    few = Wanted(Format(), frozenset({"code"}), Limits(footer_bytes=100_000))
    with warehouse.connect(None) as con:
        with pytest.raises(UnreadableSourceError, match=r"describes its columns in .* bytes, more than 100,000"):
            read_parquet(con, path, few, tmp_path / "landed.parquet")
        with pytest.raises(UnreadableSourceError, match="3000 columns, more than 2000"):
            read_parquet(con, path, WANTED, tmp_path / "landed.parquet")


def test_a_query_of_very_many_columns_is_refused(tmp_path: Path):
    query = f"select {', '.join(f'{number} as c{number}' for number in range(2500))}"
    state, reason, _ = status(company_of(tmp_path, {}, f"extracts: {{items: {json.dumps({'query': query})}}}\n"))
    assert state == "unusable"
    assert "the header has 2500 columns, more than 2000" in reason
