"""MariaDB, which speaks as MySQL does, as a source, on a real server that the test starts on loopback."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_case import as_user, free_port, mapped, night, raw, run_as

pymysql = pytest.importorskip("pymysql", reason="the driver is not installed: pip install 'sop-pipeline[mysql]'")
SERVER, INSTALL = shutil.which("mariadbd", path="/usr/sbin:/usr/bin"), shutil.which("mariadb-install-db")
pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(SERVER is None or INSTALL is None, reason="no MariaDB server on this machine: apt-get install mariadb-server"),
]
START_SECONDS = 60


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    """The address of a server with a table `made`, whose second row has a date that is none."""
    folder = Path(tempfile.mkdtemp(prefix="sop-mariadb-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "mysql", "mysql")
    assert SERVER is not None
    assert INSTALL is not None
    port, place, lines = free_port(), ["--no-defaults", f"--datadir={folder / 'data'}"], folder / "sql"
    lines.write_text(
        "create database erp character set utf8mb4;\n"
        "create table erp.made (id bigint, item varchar(20), day date, good decimal(18, 2), scrap double);\n"
        "set sql_mode='';\n"
        "insert into erp.made values (1, '007', '2026-01-05', 12.10, 0.1);\n"
        "insert into erp.made values (2, 'B', '0000-00-00', 0.1, null), (3, '', '2026-01-07', 20, 1);\n"
        "create user 'planner'@'127.0.0.1' identified by 'p@ss/word';\n"
        "grant all on erp.* to 'planner'@'127.0.0.1';\n"
    )
    run_as("mysql", folder, INSTALL, *place, "--auth-root-authentication-method=normal")
    here = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder / 'socket'}", "--skip-name-resolve", f"--init-file={lines}"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*as_user("mysql"), SERVER, *place, *here], cwd=folder, stdout=log, stderr=log)
    try:
        written = f"mysql://planner:p%40ss%2Fword@127.0.0.1:{port}/erp"
        wait_for(port)
        yield written
    finally:
        server.terminate()
        server.wait(START_SECONDS)
        shutil.rmtree(folder)


def wait_for(port: int) -> None:
    """Until the server lets the planner in."""
    for _ in range(START_SECONDS * 5):
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="planner", password="p@ss/word", database="erp").close()  # noqa: S106
        except pymysql.Error:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("MariaDB does not start")


def test_rows_come_as_the_server_writes_them_and_a_date_that_is_none_is_named(tmp_path: Path, uri: str):
    assert raw(mapped(tmp_path, uri)) == [
        ("1", "007", "2026-01-05", "12.10", "0.1", 1),
        ("2", "B", "0000-00-00", "0.10", None, 2),
        ("3", None, "2026-01-07", "20.00", "1", 3),
    ]
    assert [issue[1:4] for issue in night(mapped(tmp_path, uri)).issues] == [
        (2, "completion_date", "completion_date_type"),
        (3, "item_id", "item_id_required"),
    ]


@pytest.mark.parametrize("attempt", ["delete from made", "create table other (a int)", "select 1; delete from made"])
def test_a_query_reads_and_does_nothing_else(tmp_path: Path, uri: str, attempt: str):
    assert night(mapped(tmp_path, uri, attempt)).staged.load.status == "unusable"
    assert len(raw(mapped(tmp_path / "again", uri))) == 3


def test_a_wrong_password_is_the_reason_and_not_shown(tmp_path: Path, uri: str):
    load = night(mapped(tmp_path, uri.replace("p%40ss%2Fword", "wr0ng-one"))).staged.load
    assert "Access denied for user 'planner'" in load.reason
    assert "wr0ng-one" not in load.reason
