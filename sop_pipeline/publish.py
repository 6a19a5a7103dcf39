"""Publishing: build the file BI reads, verify it, swap it in by one rename, put an older one back. Its content is schema sop's affair."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from sop_pipeline.cycles import Version
from sop_pipeline.warehouse import CONFIG, quoted

SCHEMA_VERSION = "1.0"
# what differs between two nights on the same inputs: left out of the digest of the content
CLOCK_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "run": ("run_id", "started_at_utc", "finished_at_utc"),
    "extract_status": ("last_good_load_at_utc", "hours_since_landed"),
}
VERIFY = """
import json, sys
import duckdb
path, config, expected, storage = sys.argv[1].replace("'", "''"), *map(json.loads, sys.argv[2:5])
con = duckdb.connect(config=config)
try:
    con.execute(f"attach '{path}' as published (read_only)")
    con.execute("use published")
    found = {t: con.execute(f'select count(*) from sop."{t}"').fetchall()[0][0] for t in expected}
    tag = con.execute("select tags['storage_version'] from duckdb_databases() where database_name = 'published'").fetchall()[0][0]
finally:
    con.close()
wrong = {t: (expected[t], found[t]) for t in expected if expected[t] != found[t]}
if wrong or not tag.startswith(storage):
    sys.exit(f"tables with other row counts than were written: {wrong}; storage version {tag}, wanted {storage}")
"""


class PublishError(RuntimeError):
    """The built file is not what was to be published; the published one stays."""


@dataclass(frozen=True)
class TableNotes:
    """What a published table and its columns say about themselves."""

    grain: str
    columns: Mapping[str, str]


def publish(
    work: Path,
    published: Path,
    notes: Mapping[str, TableNotes],
    versions: Sequence[Version] = (),
    *,
    run_id: str,
    storage_version: str,
    keep_previous: int,
    parquet: bool,
) -> Mapping[str, int]:
    """Copy schema `sop` of the working warehouse, and versions beside it, into `published/sop.duckdb`; returns the rows of each table.

    The new file is built beside the old one, verified by a process of its own, synced, and renamed over it: a reader sees the old
    file or the new one. Raises PublishError, leaving the old file, when the new one does not hold what was written.
    """
    published.mkdir(parents=True, exist_ok=True)
    _remove_orphans(published)
    building = published / f".build-{run_id}.duckdb"
    rows = _build(work, building, notes, versions, storage_version)
    _verify(building, rows, storage_version)
    _sync(building)
    target = published / "sop.duckdb"
    if target.exists():
        _keep(target, published / "previous", keep_previous)
    # a log left beside the published path would break every reader of the new file
    Path(f"{target}.wal").unlink(missing_ok=True)
    building.chmod(0o644)
    building.replace(target)
    _sync(published)
    if parquet:
        _export_parquet(target, published / "parquet", rows)
    return rows


def rollback(published: Path) -> Path:
    """Put the newest previous file back in place of the published one; returns the file it came from."""
    previous = sorted((published / "previous").glob("*.duckdb"))
    if not previous:
        raise PublishError(f"{published / 'previous'} holds no earlier file: there is nothing to go back to")
    copy = published / ".build-rollback.duckdb"
    shutil.copyfile(previous[-1], copy)
    _sync(copy)
    Path(f"{published / 'sop.duckdb'}.wal").unlink(missing_ok=True)
    copy.replace(published / "sop.duckdb")
    previous[-1].unlink()
    _sync(published)
    return previous[-1]


def content_digests(file: Path) -> Mapping[str, str]:
    """Digest of every table of schema sop, whatever its row order, without the clock columns."""
    with _opened(file) as con:
        tables = [row[0] for row in con.execute(TABLES_SQL).fetchall()]
        return {table: _table_digest(con, table) for table in sorted(tables)}


def storage_version_of(file: Path) -> str:
    with _opened(file) as con:
        return str(con.execute("select tags['storage_version'] from duckdb_databases() where database_name = 'published'").fetchall()[0][0])


def published_rows(file: Path, query: str) -> pl.DataFrame:
    """Rows of a query on the published file."""
    with _opened(file) as con:
        return con.sql(query).pl()


def working_plan(file: Path, cycle_id: str) -> Mapping[str, pl.DataFrame]:
    """Every table of the published file that has versions, by name: the working rows of a cycle."""
    with _opened(file) as con:
        tables = [row[0] for row in con.execute(PLAN_TABLES_SQL).fetchall()]
        query = "select * from sop.{} where plan_version = 'working' and cycle_id = $cycle_id"
        return {table: con.sql(query.format(quoted(table)), params={"cycle_id": cycle_id}).pl() for table in tables}


PLAN_TABLES_SQL = """
select columns.table_name
from duckdb_columns() as columns
inner join duckdb_tables() as tables using (database_name, schema_name, table_name)
where database_name = 'published' and schema_name = 'sop' and columns.column_name = 'plan_version'
order by 1
"""
TABLES_SQL = "select table_name from duckdb_tables() where database_name = 'published' and schema_name = 'sop'"


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file under the name `published`, so that `sop.table` means the schema: as `sop` it would be ambiguous."""
    con = duckdb.connect(config=CONFIG)
    try:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach {_text(file)} as published (read_only)")
        con.execute("use published")
        yield con
    finally:
        con.close()


def _table_digest(con: duckdb.DuckDBPyConnection, table: str) -> str:
    columns = con.execute(
        "select column_name from duckdb_columns() where database_name = 'published' and schema_name = 'sop' and table_name = ? order by 1",
        [table],
    ).fetchall()
    kept = [quoted(name) for (name,) in columns if name not in CLOCK_COLUMNS.get(table, ())]
    row = f"md5(row({', '.join(kept)})::varchar)"
    found = con.execute(f"select md5(string_agg(digest, '' order by digest)) from (select {row} as digest from sop.{quoted(table)})")
    return str(found.fetchall()[0][0])


def _build(
    work: Path, building: Path, notes: Mapping[str, TableNotes], versions: Sequence[Version], storage_version: str
) -> dict[str, int]:
    con = duckdb.connect(config=CONFIG)
    rows: dict[str, int] = {}
    try:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set temp_directory = ?", [str(building.with_suffix(".tmp"))])
        con.execute(f"attach {_text(work)} as work (read_only)")
        con.execute(f"attach {_text(building)} as o (storage_version {_text(storage_version)})")
        con.execute("begin")
        con.execute("create schema o.sop")
        present = con.execute(
            "select table_name, table_type from information_schema.tables where table_catalog = 'work' and table_schema = 'sop'"
        ).fetchall()
        views = sorted(name for name, kind in present if kind == "VIEW")
        for table in sorted(name for name, kind in present if kind != "VIEW"):
            note = notes[table]
            order = ", ".join(quoted(column) for column in note.columns)
            con.execute(f"create table o.sop.{quoted(table)} as select * from work.sop.{quoted(table)} order by {order}")
            _append(con, table, [path for version in versions if (path := version.table(table)) is not None])
            rows[table] = int(con.execute(f"select count(*) from o.sop.{quoted(table)}").fetchall()[0][0])
        con.execute("use o.sop")
        for view in views:
            query = con.execute("select sql from duckdb_views() where database_name = 'work' and view_name = ?", [view]).fetchall()[0][0]
            # opened directly, the file is a database `sop` with a schema `sop`: a name qualified by one of them would be ambiguous
            con.execute(re.sub(r"\bsop\.(?=\w)", "", query))
            rows[view] = int(con.execute(f"select count(*) from o.sop.{quoted(view)}").fetchall()[0][0])
        for name in rows:
            kind = "view" if name in views else "table"
            con.execute(f"comment on {kind} o.sop.{quoted(name)} is {_text(notes[name].grain)}")
            for column, description in notes[name].columns.items():
                con.execute(f"comment on column o.sop.{quoted(name)}.{quoted(column)} is {_text(description)}")
        con.execute("commit")
        con.execute("use memory")
        con.execute("checkpoint o")
        con.execute("detach o")
    finally:
        con.close()
    if Path(f"{building}.wal").exists():
        raise PublishError(f"{building.name} still has a log after its checkpoint: it is not whole")
    return rows


def _append(con: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    """Rows of versions, as they are: a column they do not have yet is empty, one that is gone is left out.

    What was signed off is the plan of the base scenario. The scenarios beside it stay in the version's own files: of thirteen cycles they
    would make the published file several times as large.
    """
    if not files:
        return
    source = f"read_parquet([{', '.join(_text(path) for path in files)}], union_by_name = true)"
    known = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    kept = [quoted(row[0]) for row in con.execute(f"describe o.sop.{quoted(table)}").fetchall() if row[0] in known]
    con.execute(f"insert into o.sop.{quoted(table)} by name select {', '.join(kept)} from {source} where scenario_id = 'base'")


def _verify(building: Path, rows: Mapping[str, int], storage_version: str) -> None:
    # a process of its own: the file must open for a stranger, and this process must not hold it
    arguments = [str(building), json.dumps(CONFIG), json.dumps(rows), json.dumps(storage_version)]
    done = subprocess.run([sys.executable, "-c", VERIFY, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PublishError(f"{building.name}: {done.stderr.strip()}. The published file of last night stays.")


def _keep(target: Path, previous: Path, keep: int) -> None:
    previous.mkdir(exist_ok=True)
    number = 1 + max((int(path.stem) for path in previous.glob("*.duckdb")), default=0)
    if keep:
        os.link(target, previous / f"{number:06d}.duckdb")
    for old in sorted(previous.glob("*.duckdb"))[: -keep or None]:
        old.unlink()


def _export_parquet(target: Path, folder: Path, rows: Mapping[str, int]) -> None:
    folder.mkdir(exist_ok=True)
    with _opened(target) as con:
        for table in sorted(rows):
            building = folder / f".build-{table}.parquet"
            con.execute(f"copy (select * from sop.{quoted(table)}) to {_text(building)} (format parquet, compression zstd)")
            building.replace(folder / f"{table}.parquet")
    for stale in set(folder.glob("*.parquet")) - {folder / f"{table}.parquet" for table in rows}:
        stale.unlink()


def _remove_orphans(published: Path) -> None:
    for path in published.glob(".build-*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
