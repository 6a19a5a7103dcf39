"""The working warehouse: connecting, building a table from a SQL file, moving frames in and out. No business rule and no Dagster here."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sop_pipeline.sql_files import SqlFile

SCHEMAS = ("raw", "staging", "core", "forecast", "plan", "sop")

# DuckDB wants the same settings from every connection of a process to one file; extensions could only come from the network.
CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    # the working warehouse lives for a night: searching for the smallest encoding of texts costs a tenth of the time of writing a table
    "disabled_compression_methods": "dict_fsst,fsst,zstd",
}


AMOUNT = "DECIMAL(18,2)"


class WarehouseBusyError(RuntimeError):
    """Another process holds the working warehouse."""


class AmountError(ValueError):
    """An amount has more digits than a table holds: what the extracts say cannot be meant."""


@contextlib.contextmanager
def connect(path: Path | None, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse (in memory when `path` is None), with its schemas, in UTC; closed on every way out.

    Raises WarehouseBusyError that says which process holds the file.
    """
    if path is not None and not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(str(path) if path is not None else ":memory:", read_only=read_only, config=CONFIG)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise WarehouseBusyError(f"{path}: {error}. Wait for that run to end, or stop it.") from error
        raise
    try:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        if not read_only:
            for schema in SCHEMAS:
                con.execute(f"create schema if not exists {schema}")
        yield con
    finally:
        con.close()


def quoted(identifier: str) -> str:
    """An identifier as SQL, whatever characters it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def build(con: duckdb.DuckDBPyConnection, file: SqlFile, values: Mapping[str, Any]) -> int:
    """Replace the table at the file's address by the rows of its query, a view where its header says so; returns their number.

    Raises AmountError on an amount that no column of money can hold.
    """
    kind = "view" if file.header.get("kind") == "view" else "table"
    try:
        con.execute(f"create or replace {kind} {file.address} as\n{file.query}", file.bind(values))
    except duckdb.ConversionException as error:
        reason = str(error).partition("\n")[0]
        if AMOUNT not in reason:
            raise
        # The message says all there is to say; what the database adds is the text of the query.
        raise AmountError(
            f"{file.address}: an amount has more than 16 digits before the point ({reason.removeprefix('Conversion Error: ')}). A quantity,"
            " price or cost of the extracts cannot be meant: sop check tells the odd ones; correct it there and run again."
        ) from None
    return count(con, file.address)


def write(con: duckdb.DuckDBPyConnection, address: str, frame: pl.DataFrame) -> int:
    """Replace the table at `address` by a frame; returns the number of rows."""
    con.register("incoming_frame", frame.to_arrow())
    try:
        con.execute(f"create or replace table {address} as select * from incoming_frame")
    finally:
        con.unregister("incoming_frame")
    return frame.height


def read(con: duckdb.DuckDBPyConnection, address: str) -> pl.DataFrame:
    """The whole table at `address`."""
    return con.sql(f"select * from {address}").pl()


def query(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of a query, with named parameters."""
    return con.sql(sql, params=dict(values or {})).pl()


def failing_rows(con: duckdb.DuckDBPyConnection, rule: SqlFile, values: Mapping[str, Any]) -> pl.DataFrame:
    """The rows that break a rule of `sql/checks/`; none means it holds."""
    return query(con, rule.query, rule.bind(values))


def count(con: duckdb.DuckDBPyConnection, address: str) -> int:
    return int(con.execute(f"select count(*) from {address}").fetchall()[0][0])


def table_names(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Every table and view, as `schema.table`."""
    rows = con.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
    return {row[0] for row in rows}
