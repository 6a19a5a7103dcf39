"""What BI reads is swapped in whole or not at all."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from sop_pipeline import publish as publisher
from sop_pipeline import warehouse
from sop_pipeline.cycles import Version
from sop_pipeline.publish import PublishError, TableNotes, content_digests, publish, published_rows, rollback, storage_version_of

NOTES = {
    "plan": TableNotes("One row per family.", {"family_id": "Family", "quantity": "It's planned"}),
    "run": TableNotes("One row.", {"run_id": "Run", "as_of_date": "Day"}),
    "current": TableNotes("One row per family.", {"family_id": "Family"}),
}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse" / "warehouse.duckdb"
    fill(path, quantity=1.5, run_id="first")
    return path


def fill(path: Path, *, quantity: float, run_id: str) -> None:
    with warehouse.connect(path) as con:
        con.execute("create or replace table sop.plan as select 'PUMPS' as family_id, ?::double as quantity", [quantity])
        con.execute("create or replace table sop.run as select ? as run_id, date '2026-11-02' as as_of_date", [run_id])
        con.execute("create or replace view sop.current as select family_id from sop.plan")


def send(work: Path, run_id: str = "r", keep: int = 3) -> dict[str, int]:
    target = work.parent.parent / "published"
    return dict(publish(work, target, NOTES, run_id=run_id, storage_version="v1.2.0", keep_previous=keep, parquet=True))


def test_a_published_file_holds_the_tables_views_comments_and_the_old_storage_version(work: Path, tmp_path: Path) -> None:
    assert send(work) == {"plan": 1, "run": 1, "current": 1}
    file = tmp_path / "published" / "sop.duckdb"
    assert storage_version_of(file) == "v1.2.0+"
    comments = published_rows(file, "select column_name, comment from duckdb_columns() where schema_name = 'sop' and table_name = 'plan'")
    assert comments.rows() == [("family_id", "Family"), ("quantity", "It's planned")]
    assert published_rows(file, "select family_id from sop.current").item() == "PUMPS"
    assert sorted(path.name for path in (tmp_path / "published" / "parquet").iterdir()) == [
        "current.parquet",
        "plan.parquet",
        "run.parquet",
    ]


def test_nothing_but_the_published_files_is_left_behind(work: Path, tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / ".build-killed.duckdb").write_text("half a file")
    (tmp_path / "published" / "sop.duckdb.wal").write_text("stale log")
    send(work)
    assert sorted(path.name for path in (tmp_path / "published").iterdir()) == ["parquet", "sop.duckdb"]


def test_a_file_that_does_not_hold_what_was_written_is_not_published(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send(work)
    fill(work, quantity=2.5, run_id="second")
    monkeypatch.setattr(publisher, "VERIFY", publisher.VERIFY.replace("count(*)", "count(*) + 1"))
    with pytest.raises(PublishError, match="other row counts"):
        send(work, "second")
    assert published_rows(tmp_path / "published" / "sop.duckdb", "select quantity from sop.plan").item() == 1.5


def test_a_reader_keeps_its_file_while_a_new_one_is_swapped_in(work: Path, tmp_path: Path) -> None:
    send(work)
    file = tmp_path / "published" / "sop.duckdb"
    held, content = file.stat().st_ino, file.read_bytes()
    with file.open("rb") as reader:
        fill(work, quantity=2.5, run_id="second")
        send(work, "second")
        assert reader.read() == content
    assert file.stat().st_ino != held
    assert published_rows(file, "select quantity from sop.plan").item() == 2.5


def test_rollback_puts_the_last_file_back_and_only_so_many_are_kept(work: Path, tmp_path: Path) -> None:
    for number in range(4):
        fill(work, quantity=float(number), run_id=str(number))
        send(work, str(number), keep=2)
    file = tmp_path / "published" / "sop.duckdb"
    assert len(list((tmp_path / "published" / "previous").iterdir())) == 2
    rollback(tmp_path / "published")
    assert published_rows(file, "select quantity from sop.plan").item() == 2.0
    rollback(tmp_path / "published")
    with pytest.raises(PublishError, match="nothing to go back to"):
        rollback(tmp_path / "published")


def test_the_digest_sees_values_but_neither_row_order_nor_the_clock(work: Path, tmp_path: Path) -> None:
    send(work)
    file = tmp_path / "published" / "sop.duckdb"
    first = content_digests(file)
    fill(work, quantity=1.5, run_id="another run")
    send(work)
    assert content_digests(file) == first
    fill(work, quantity=1.6, run_id="first")
    send(work)
    changed = {table for table, digest in content_digests(file).items() if digest != first[table]}
    assert changed == {"plan"}


def test_a_second_writer_is_told_who_holds_the_warehouse(work: Path) -> None:
    import subprocess
    import sys

    script = f"import duckdb; con = duckdb.connect({str(work)!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(warehouse.WarehouseBusyError, match=str(other.pid)), warehouse.connect(work):
            pass
        other.communicate("\n")


def test_the_warehouse_cannot_load_extensions() -> None:
    with warehouse.connect(None) as con, pytest.raises(duckdb.Error):
        con.execute("load httpfs")


def test_a_view_reads_its_table_under_whatever_name_the_file_is_opened(work: Path, tmp_path: Path) -> None:
    send(work)
    file = tmp_path / "published" / "sop.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        assert con.execute("select family_id from sop.sop.current").fetchall() == [("PUMPS",)]
    with duckdb.connect() as con:
        con.execute(f"attach '{file}' as plan (read_only)")
        assert con.execute("select family_id from plan.sop.current").fetchall() == [("PUMPS",)]


def test_versions_stand_beside_the_working_plan_as_they_are_in_the_columns_of_today(work: Path, tmp_path: Path) -> None:
    with warehouse.connect(work) as con:
        con.execute(
            "create table sop.balance as select 'base' as scenario_id, 'working' as plan_version, 1.5::double as quantity, 'x' as note"
        )
    signed = {"scenario_id": ["base", "low"], "plan_version": "approved", "quantity": [0.1 + 0.2, 9.0], "gone": 1}
    folder = tmp_path / "cycles" / "2026-10" / "approved"
    folder.mkdir(parents=True)
    pl.DataFrame(signed).write_parquet(folder / "balance.parquet")
    version = Version(folder, {"files": {"balance.parquet": {}}})
    columns = dict.fromkeys(("scenario_id", "plan_version", "quantity", "note"), "Column")
    notes = {**NOTES, "balance": TableNotes("One row per scenario and version.", columns)}
    target = tmp_path / "published"
    written = publish(work, target, notes, [version], run_id="r", storage_version="v1.2.0", keep_previous=0, parquet=False)
    assert written["balance"] == 2
    rows = published_rows(target / "sop.duckdb", "select * from sop.balance order by plan_version").rows()
    assert rows == [("base", "approved", 0.1 + 0.2, None), ("base", "working", 1.5, "x")]
