"""Databases as sources: values come exact, only what was named is read, and no password is shown anywhere."""

import contextlib
import datetime as dt
import sqlite3
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from database_case import QUERY, mapped, night, raw
from hypothesis import given
from hypothesis import strategies as st
from landing_case import company_of

from sop_pipeline.company import ConfigurationError
from sop_pipeline.landing.sources.database import as_text
from sop_pipeline.landing.sources.servers import mssql_connection_string, mysql_arguments, oracle_arguments
from sop_pipeline.landing.uri import address_of
from sop_pipeline.settings import Settings

ROWS = [("1", "007", "2026-01-05", "12.10"), ("2", "Größe", "2026-01-06", "0.1"), ("3", "O'Brien", "2026-01-07", "20")]


def in_sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as con:
        con.execute("create table made (id integer, item text, day text, good decimal, scrap real)")
        con.executemany("insert into made values (?, ?, ?, ?, null)", ROWS)
        con.commit()


def in_duckdb(path: Path) -> None:
    with contextlib.closing(duckdb.connect(str(path))) as con:
        con.execute("create table made (id bigint, item varchar, day date, good decimal(18, 2), scrap double)")
        con.executemany("insert into made values (?, ?, ?, ?, null)", ROWS)


def test_a_sqlite_file_is_read_with_row_numbers_for_lines(tmp_path: Path):
    in_sqlite(tmp_path / "erp.db")
    company = mapped(tmp_path, "sqlite:///erp.db")
    assert raw(company) == [
        ("1", "007", "2026-01-05", "12.1", None, 1),
        ("2", "Größe", "2026-01-06", "0.1", None, 2),
        ("3", "O'Brien", "2026-01-07", "20", None, 3),
    ]
    taken = night(company)
    assert taken.rows["source_file"].unique().to_list() == ["production_history (database query)"]
    assert taken.rows["good_quantity"].to_list() == [Decimal("12.1000"), Decimal("0.1000"), Decimal("20.0000")]


def test_a_duckdb_file_is_read_with_its_decimals_as_they_stand(tmp_path: Path):
    in_duckdb(tmp_path / "erp.duckdb")
    rows = raw(mapped(tmp_path, "duckdb:///erp.duckdb"))
    assert [row[3] for row in rows] == ["12.10", "0.10", "20.00"]
    assert [row[1] for row in rows] == ["007", "Größe", "O'Brien"]


def test_the_same_rows_are_kept_once_and_other_rows_beside_them(tmp_path: Path):
    in_sqlite(tmp_path / "erp.db")
    company = mapped(tmp_path, "sqlite:///erp.db")
    first, again = night(company), night(company)
    assert first.staged.load.fingerprint == again.staged.load.fingerprint
    with contextlib.closing(sqlite3.connect(tmp_path / "erp.db")) as con:
        con.execute("update made set good = 13 where id = 1")
        con.commit()
    assert night(company).staged.load.fingerprint != first.staged.load.fingerprint
    assert len(list((tmp_path / "landed/production_history").glob("*.parquet"))) == 2


def test_text_that_is_no_utf8_and_a_value_of_another_type_are_read_as_they_are(tmp_path: Path):
    with contextlib.closing(sqlite3.connect(tmp_path / "erp.db")) as con:
        con.execute("create table made (id, item, day, good, scrap)")
        con.execute("insert into made values (1, cast(x'47726fdf65' as text), '2026-01-05', 'n/a', x'')")
        con.commit()
    taken = night(mapped(tmp_path, "sqlite:///erp.db"))
    assert taken.rows.is_empty()
    issue = taken.staged.issues.row(0, named=True)
    assert (issue["source_line"], issue["column_name"], issue["value"], issue["rule"]) == (1, "good_quantity", "n/a", "good_quantity_type")
    assert '"item_id":"Große"' in issue["row_json"]


@pytest.mark.parametrize(
    "attempt",
    [
        "delete from made",
        "attach 'other.db' as o",
        "pragma journal_mode = delete",
        "select * from pragma_database_list",
        "select load_extension('x')",
        "select 1; select 2",
        "create table x (a)",
        "vacuum into 'copy.db'",
        "select nothing from made",
    ],
)
def test_a_sqlite_query_reads_its_own_file_and_does_nothing_else(tmp_path: Path, attempt: str):
    in_sqlite(tmp_path / "erp.db")
    before = (tmp_path / "erp.db").read_bytes()
    load = night(mapped(tmp_path, "sqlite:///erp.db", attempt)).staged.load
    assert load.status == "unusable"
    assert "extracts.production_history.database: erp.db: the query fails" in load.reason
    assert (tmp_path / "erp.db").read_bytes() == before
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize(
    "attempt",
    [
        "delete from made",
        "select * from read_csv('{outside}/secret.csv')",
        "select * from read_text('{outside}/own/../secret.csv')",
        "select * from glob('{outside}/*')",
        "attach '{outside}/other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "select * from read_csv('https://127.0.0.1:9/x.csv')",
        "copy made to 'x.csv'",
    ],
)
def test_a_duckdb_query_reads_the_companys_folders_and_does_nothing_else(tmp_path: Path, attempt: str):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    own = tmp_path / "own"
    own.mkdir()
    in_duckdb(own / "erp.duckdb")
    load = night(mapped(own, "duckdb:///erp.duckdb", attempt.format(outside=tmp_path))).staged.load
    assert load.status == "unusable", attempt
    assert "extracts.production_history.database: the query" in load.reason


def test_a_database_file_outside_the_companys_folders_is_refused(tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    in_sqlite(tmp_path / "erp.db")
    (own / "linked.db").symlink_to(tmp_path / "erp.db")
    for uri in ("sqlite:///../erp.db", f"sqlite:///{tmp_path}/erp.db", "sqlite:///linked.db", "duckdb:///../erp.db"):
        with pytest.raises(ConfigurationError, match="lies outside the company folder"):
            night(mapped(own, uri))


def test_an_address_of_no_known_kind_is_refused_without_showing_it(tmp_path: Path):
    for uri in ("s3cret-password", "redis://:s3cret@h/0", "sqlite://s3cret.db", "postgresql://u:s3cret@[h/x"):
        with pytest.raises(ConfigurationError, match=r"extracts.production_history.database: ") as refused:
            night(mapped(tmp_path, uri))
        assert "s3cret-" not in str(refused.value)
        assert ":s3cret@" not in str(refused.value)


def test_a_database_file_that_is_not_there_leaves_the_last_good_load(tmp_path: Path):
    in_sqlite(tmp_path / "erp.db")
    company = mapped(tmp_path, "sqlite:///erp.db")
    night(company)
    (tmp_path / "erp.db").unlink()
    taken = night(company)
    assert (taken.staged.load.status, taken.rows.height) == ("stale", 3)
    assert taken.staged.load.reason.startswith("extracts.production_history.database: erp.db: there is no such file")


@pytest.mark.parametrize(
    ("uri", "driver", "extra"),
    [
        ("postgresql://u:s3cret@127.0.0.1/erp", "psycopg", "postgres"),
        ("mysql://u:s3cret@127.0.0.1/erp", "pymysql", "mysql"),
        ("mssql://u:s3cret@127.0.0.1/erp", "mssql_python", "mssql"),
        ("oracle://u:s3cret@127.0.0.1/erp", "oracledb", "oracle"),
    ],
)
def test_a_missing_driver_is_named_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str, driver: str, extra: str
):
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(ConfigurationError, match=rf"sop-pipeline\[{extra}\]") as refused:
        night(mapped(tmp_path, uri))
    assert "s3cret" not in str(refused.value)


class Driver:
    """Stands in for a driver whose errors repeat everything it was given, as some do."""

    @staticmethod
    def connect(**arguments: object) -> None:
        raise RuntimeError(f"cannot connect\nwith {arguments} mysql://u:p%40ss@h")


def test_what_a_driver_says_reaches_the_reason_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pymysql", Driver)
    monkeypatch.setitem(sys.modules, "pymysql.cursors", type("Cursors", (), {"SSCursor": object}))
    monkeypatch.setitem(sys.modules, "pymysql.converters", type("Converters", (), {"encoders": {}}))
    load = night(mapped(tmp_path, "mysql://planner:p%40ss@db.example:3307/erp?ssl_key=k3y")).staged.load
    assert load.status == "unusable"
    assert "mysql://db.example:3307/erp gives no rows: cannot connect with" in load.reason
    assert "planner" in load.reason
    assert not {secret for secret in ("p@ss", "p%40ss", "k3y") if secret in load.reason}


passwords = st.text(st.characters(codec="ascii", exclude_characters="*"), min_size=4, max_size=12).filter(lambda text: text.strip() == text)


@given(password=passwords)
def test_no_password_survives_in_a_message_or_a_representation_however_it_is_written(password: str):
    written = f"postgresql://planner:{password}@db.example/erp"
    address = address_of(written)
    assert address is not None
    assert address.host == "db.example"
    said = address.without_secrets(f"bad address {written}: {password!s} of planner")
    assert password not in said.replace("db.example", "").replace("planner", "")
    assert repr(address) == repr(address_of("postgresql://planner:another@db.example/erp"))  # whatever it is, it is not shown
    assert address.place == "postgresql://db.example/erp"


def test_settings_that_are_printed_or_dumped_do_not_hold_the_address():
    settings = Settings.model_validate(
        {"company": "A", "reporting_currency": "EUR", "extracts": {"items": {"database": "mysql://u:s3cret@h/d", "query": "select 1"}}}
    )
    assert "s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_an_address_that_is_no_text_is_not_repeated_by_the_error(tmp_path: Path):
    for written in ("12345678", "[s3cret]", "{a: s3cret}"):
        with pytest.raises(ConfigurationError, match=r"extracts\.items\.database") as refused:
            company_of(tmp_path, {}, f"extracts: {{items: {{query: select 1, database: {written}}}}}\n")
        assert "12345678" not in str(refused.value)
        assert "s3cret" not in str(refused.value)


def test_the_parts_of_an_address_reach_the_drivers_decoded():
    address = address_of("mysql+pymysql://pl%40n:a%2Fb@[::1]:3307/erp%20db?ssl_verify_cert=true&ssl_ca=/ca.pem")
    assert address is not None
    arguments = mysql_arguments(address)
    assert (arguments["host"], arguments["port"], arguments["user"], arguments["password"]) == ("::1", 3307, "pl@n", "a/b")
    assert (arguments["database"], arguments["ssl_verify_cert"], arguments["ssl_ca"]) == ("erp db", True, "/ca.pem")
    oracle = address_of("oracle://planner:x@ora.example/ERP.WORLD?protocol=tcps")
    assert oracle is not None
    assert {"host": "ora.example", "port": 1521, "service_name": "ERP.WORLD", "protocol": "tcps"}.items() <= oracle_arguments(
        oracle
    ).items()


def test_no_value_adds_a_setting_to_the_connection_string_of_sql_server():
    address = address_of("mssql://sa:x}%3BTrustServerCertificate=yes@sql.example/erp?Encrypt=strict")
    assert address is not None
    assert mssql_connection_string(address) == (
        "Server={tcp:sql.example,1433};Database={erp};UID={sa};PWD={x}};TrustServerCertificate=yes};Encrypt={strict}"
    )
    unknown = address_of("mssql://sa:x@sql.example/erp?Driver=evil")
    assert unknown is not None
    with pytest.raises(ConfigurationError, match="Driver: no option of this database"):
        mssql_connection_string(unknown)


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13))
def test_a_decimal_keeps_every_digit(value: Decimal):
    text = as_text(value)
    assert text is not None
    assert Decimal(text) == value
    assert "E" not in text
    assert len(text.partition(".")[2]) == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ("007", "007"),
        (True, "true"),
        (12, "12"),
        (0.1, "0.1"),
        (Decimal("12.10"), "12.10"),
        (Decimal("1E+3"), "1000"),
        (dt.date(2026, 1, 5), "2026-01-05"),
        (dt.datetime(2026, 1, 5, 22, 30), "2026-01-05 22:30:00"),  # noqa: DTZ001 - what drivers give for a moment without zone
        (dt.datetime(2026, 1, 5, 22, 30, tzinfo=dt.UTC), "2026-01-05 22:30:00+00:00"),
        (b"Gr\xc3\xb6\xc3\x9fe", "Größe"),
        (b"Gr\xf6\xdfe", "Größe"),
        (memoryview(b""), None),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_a_value_of_a_driver_becomes_the_text_a_person_would_write(value: object, text: str | None):
    assert as_text(value) == text


def test_a_moment_of_a_driver_is_the_companys_day(tmp_path: Path):
    in_sqlite(tmp_path / "erp.db")
    moments = [dt.datetime(2026, 1, 5, 23, 30, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, 23, 30)]  # noqa: DTZ001
    for moment, day in zip(moments, (dt.date(2026, 1, 6), dt.date(2026, 1, 5)), strict=True):
        query = QUERY.replace("day as", f"'{as_text(moment)}' as")
        assert night(mapped(tmp_path, "sqlite:///erp.db", query)).rows["completion_date"].unique().to_list() == [day]
