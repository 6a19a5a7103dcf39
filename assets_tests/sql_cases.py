"""Builds tables of core from few given rows: for the golden cases and for properties. What is expected of them stays in the tests."""

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from sop_pipeline import warehouse
from sop_pipeline.contracts import column_specs, contract_of
from sop_pipeline.settings import ExceptionSettings
from sop_pipeline.sql_files import load_rules, load_sql_files

CORE = load_sql_files("core")
FILES = {**CORE, **load_sql_files("sop"), **load_rules()}

DEFAULT_PARAMETERS: dict[str, Any] = {
    "as_of_date": dt.date(2026, 4, 1),
    "horizon_periods": 3,
    "look_ahead_periods": 1,
    "history_periods": 3,
    "calendar": "months",
    "reporting_currency": "EUR",
    "business_plan_version": None,
    "inventory_statuses": ["unrestricted", "quality", "transit"],
    "unexplained_ratio": 0.05,
    "control_total_ratio": 0.01,
    **ExceptionSettings().model_dump(),
}
DUCKDB_TYPES = {
    "text": "varchar",
    "timestamp": "timestamp",
    "date": "date",
    "quantity": "decimal(18, 4)",
    "money": "decimal(18, 4)",
    "ratio": "double",
    "count": "bigint",
    "flag": "boolean",
}
CELLS = "from read_csv(?, header = true, all_varchar = true, delim = ',', allow_quoted_nulls = false)"


def clear(con: duckdb.DuckDBPyConnection) -> None:
    for schema in warehouse.SCHEMAS:
        con.execute(f"drop schema {schema} cascade")
        con.execute(f"create schema {schema}")


def provide(con: duckdb.DuckDBPyConnection, addresses: tuple[str, ...], case: Path, values: Mapping[str, Any], provided: set[str]) -> None:
    """Make the tables exist: from the case, from their own SQL files, or empty."""
    for address in addresses:
        if address in provided:
            continue
        given = case / f"{address}.csv"
        if address in FILES and not given.exists():
            provide(con, FILES[address].upstream, case, values, provided)
            con.execute(f"create table {address} as\n{FILES[address].query}", FILES[address].bind(values))
        else:
            columns = columns_of(address)
            con.execute(f"create table {address} ({', '.join(f'{name} {kind}' for name, (kind, _) in columns.items())})")
            if given.exists():
                fill(con, address, given, columns)
        provided.add(address)


@functools.cache
def columns_of(address: str) -> dict[str, tuple[str, str | None]]:
    """DuckDB type and default of each column."""
    return {spec.name: (DUCKDB_TYPES[spec.kind], spec.default) for spec in column_specs(contract_of(address))}


def fill(con: duckdb.DuckDBPyConnection, address: str, path: Path, columns: Mapping[str, tuple[str, str | None]]) -> None:
    given = header_of(path)
    unknown = set(given) - set(columns)
    assert not unknown, f"{path}: {address} has no column {', '.join(sorted(unknown))}"
    cells = [
        f"cast(coalesce({name if name in given else 'null'}, {literal(default)}) as {kind})" for name, (kind, default) in columns.items()
    ]
    con.execute(f"insert into {address} select {', '.join(cells)} {CELLS}", [str(path)])


def literal(default: str | None) -> str:
    return "null" if default is None else f"'{default}'"


def header_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")
