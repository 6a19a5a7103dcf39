"""PostgreSQL as a source, on a real server that the test starts on loopback: exact values, reading only, and no password anywhere."""

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from database_case import free_port, mapped, night, raw, run_as
from nights import run
from worked_example.company import write_worked_example

from sop_pipeline.company import load_company

psycopg = pytest.importorskip("psycopg", reason="the driver is not installed: pip install 'sop-pipeline[postgres]'")
PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda folder: int(folder.parent.name))
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL server on this machine: apt-get install postgresql"),
]
PASSWORD = "corr3ct/horse@battery"  # noqa: S105 - of the server that this test starts
ENCODED = "corr3ct%2Fhorse%40battery"
KINDS = """
create table kinds as select
    12.10::numeric(18, 2) as money, 0.1000::numeric as free, 123456789012345678901234.5::numeric as large, 0.1::float8 as double,
    true as flag, date '2026-01-05' as day, timestamp '2026-01-05 22:30' as moment,
    timestamptz '2026-01-05 23:30+00' as zoned, null::text as nothing, ''::text as empty, 'Größe'::text as words,
    '{"a": 1}'::jsonb as document, '{1,2}'::int[] as list, date 'infinity' as never, 7::bigint as whole
"""


@dataclass
class Server:
    """A server with a table `made` of five rows, one of them with a date no calendar holds."""

    folder: Path
    port: int

    def uri(self, password: str = ENCODED) -> str:
        return f"postgresql://planner:{password}@127.0.0.1:{self.port}/postgres"

    def program(self, name: str, *arguments: str) -> None:
        assert PROGRAMS is not None
        run_as("postgres", self.folder, str(PROGRAMS / name), "-D", str(self.folder / "data"), *arguments)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c datestyle=german,dmy"
        self.program("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.program("pg_ctl", "-w", "-m", "fast", "stop")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # below /tmp: the server's own user must be able to get there
    folder = Path(tempfile.mkdtemp(prefix="sop-postgresql-"))
    (folder / "password").write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (folder, folder / "password"):
            shutil.chown(path, "postgres", "postgres")
    own = Server(folder, free_port())
    own.program("initdb", "-U", "planner", "--pwfile", str(folder / "password"), "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N")
    own.start()
    try:
        with psycopg.connect(own.uri()) as con:
            con.execute("create table made (id bigint, item text, day date, good numeric(18, 2), scrap numeric)")
            con.execute(
                "insert into made values (1, '007', '2026-01-05', 12.10, null), (2, 'Größe', '2026-01-06', 0.1, 0),"
                " (3, 'B', '2026-01-07', 20, 1.5000), (4, 'B', 'infinity', 1, null), (5, '', '2026-01-08', 1, null)"
            )
            con.execute(KINDS)
            con.execute("create sequence numbers")
        yield own
    finally:
        own.stop()
        shutil.rmtree(folder)


def test_rows_come_with_exact_decimals_and_a_bad_date_is_named(tmp_path: Path, server: Server):
    taken = night(mapped(tmp_path, server.uri()))
    kept = taken.rows.sort("source_line").select("production_id", "item_id", "completion_date", "good_quantity", "source_line").rows()
    assert kept == [
        ("1", "007", dt.date(2026, 1, 5), Decimal("12.1000"), 1),
        ("2", "Größe", dt.date(2026, 1, 6), Decimal("0.1000"), 2),
        ("3", "B", dt.date(2026, 1, 7), Decimal("20.0000"), 3),
    ]
    assert taken.issues == [
        ("production_history (database query)", 4, "completion_date", "completion_date_type", "error"),
        ("production_history (database query)", 5, "item_id", "item_id_required", "error"),
    ]


def test_every_kind_of_value_is_the_text_the_server_writes(tmp_path: Path, server: Server):
    text = {
        "money": "12.10", "free": "0.1000", "large": "123456789012345678901234.5", "double": "0.1", "flag": "t", "day": "2026-01-05",
        "moment": "2026-01-05 22:30:00", "zoned": "2026-01-05 23:30:00+00", "nothing": None, "empty": None, "words": "Größe",
        "document": '{"a": 1}', "list": "{1,2}", "never": "infinity", "whole": "7",
    }  # fmt: skip
    for name, expected in text.items():
        query = f"select '1' as production_id, {name} as item_id, '2026-01-05' as completion_date, 1 as good_quantity from kinds"
        company = mapped(tmp_path, server.uri(), query)
        assert [row[1] for row in raw(company)] == [expected], name


def test_many_rows_come_in_order_and_in_pieces(tmp_path: Path, server: Server):
    query = "select n as production_id, 'A' as item_id, date '2026-01-05' as completion_date, n / 100.0 as good_quantity"
    taken = night(mapped(tmp_path, server.uri(), f"{query} from generate_series(1, 50001) as n order by n"))
    assert taken.rows.sort("source_line")["production_id"].to_list() == [str(n) for n in range(1, 50_002)]
    assert taken.rows["good_quantity"].sum() == sum(Decimal(n) / 100 for n in range(1, 50_002))


@pytest.mark.parametrize(
    "attempt",
    ["delete from made", "drop table made", "select 1; delete from made", "copy made to stdout", "select nextval('numbers')", "select x"],
)
def test_a_query_reads_and_does_nothing_else(tmp_path: Path, server: Server, attempt: str):
    load = night(mapped(tmp_path, server.uri(), attempt)).staged.load
    assert load.status == "unusable"
    assert "nextval" not in attempt or "read-only transaction" in load.reason
    with psycopg.connect(server.uri()) as con:
        assert con.execute("select count(*) from made").fetchall() == [(5,)]


def test_a_wrong_password_leaves_the_last_good_load_and_shows_no_password(tmp_path: Path, server: Server):
    assert night(mapped(tmp_path, server.uri())).staged.load.status == "fresh"
    taken = night(mapped(tmp_path, server.uri("wr0ng-one")))
    assert (taken.staged.load.status, taken.rows.height) == ("stale", 3)
    assert f"postgresql://127.0.0.1:{server.port}/postgres gives no rows" in taken.staged.load.reason
    assert "password authentication failed" in taken.staged.load.reason
    assert "wr0ng-one" not in taken.staged.load.reason


def test_a_server_that_is_down_leaves_the_last_good_load(tmp_path: Path, server: Server):
    company = mapped(tmp_path, server.uri())
    night(company)
    server.stop()
    try:
        taken = night(company)
    finally:
        server.start()
    assert (taken.staged.load.status, taken.rows.height) == ("stale", 3)
    assert "refused" in taken.staged.load.reason


def test_a_night_on_a_database_writes_the_password_nowhere(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "company"
    write_worked_example(folder, "level")
    items = next(folder.glob("extracts/engineering/items*.csv"))
    with psycopg.connect(server.uri()) as con, con.cursor() as cursor:
        columns = items.read_text().splitlines()[0].split(",")
        cursor.execute(f"create table items ({', '.join(f'{name} text' for name in columns)})")
        with cursor.copy("copy items from stdin (format csv, header)") as copy:
            copy.write(items.read_text())
    items.unlink()
    sources = (
        "\nextracts:\n  items: {database: '${ERP_URI}', query: select * from items}\n"
        "  customers: {database: '${WRONG_URI}', query: select 1}\n"
    )
    settings = folder / "sop.yaml"
    settings.write_text(settings.read_text() + sources)
    monkeypatch.setenv("ERP_URI", server.uri())
    monkeypatch.setenv("WRONG_URI", server.uri("wr0ng-one"))
    outcome = run(folder)
    assert outcome.succeeded, outcome.errors
    assert "wr0ng" not in repr(load_company(folder))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        content = path.read_bytes()
        for secret in (PASSWORD, ENCODED, "wr0ng-one"):
            assert secret.encode() not in content, path
