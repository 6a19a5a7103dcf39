"""One golden case per folder of `assets_tests/sql/<schema>/<table>/<case>/`: given inputs, parameters, expected rows. The cases hold no code.

A case tests the table its folder is named after. An input `<schema>.<table>.csv` may leave columns out: they are empty, or have the
contract's default. A table of core that a case does not give is built by its own SQL file; any other one is empty. `expected.csv` names
the columns the case is about, in any order of rows.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from ruamel.yaml import YAML

from sop_pipeline import warehouse
from sop_pipeline.contracts import CONTRACTS, column_specs, contract_of
from sop_pipeline.contracts.validation import validate
from sop_pipeline.sql_files import SqlFile, load_rules, load_sql_files

ROOT = Path(__file__).parent / "sql"
CASES = sorted(path.parent for path in ROOT.glob("*/*/*/expected.csv"))
FILES = {**load_sql_files("core"), **load_rules()}

DEFAULT_PARAMETERS: dict[str, Any] = {
    "as_of_date": dt.date(2026, 4, 1),
    "horizon_periods": 3,
    "look_ahead_periods": 1,
    "history_periods": 3,
    "calendar": "months",
    "reporting_currency": "EUR",
    "business_plan_version": None,
    "inventory_statuses": ["unrestricted", "quality", "transit"],
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_golden_case_gives_its_expected_rows(case: Path) -> None:
    address = f"{case.parent.parent.name}.{case.parent.name}"
    values = parameters_of(case)
    with warehouse.connect(None) as con:
        for upstream in FILES[address].upstream:
            provide(con, upstream, case, values)
        got = warehouse.query(con, FILES[address].query, FILES[address].bind(values))
    if address in CONTRACTS:
        verdict = validate(CONTRACTS[address], got)
        assert verdict.passed, f"{verdict.structure}\n{verdict.failures}"
        assert got.columns == list(CONTRACTS[address].to_schema().columns)
    expected = read_csv(case / "expected.csv", got.select(expected_columns(case)).schema)
    assert rows_of(got.select(expected.columns)) == rows_of(expected)


@pytest.mark.parametrize("address", sorted(load_sql_files("core")))
def test_a_company_that_sends_nothing_gives_tables_that_keep_their_contracts(address: str, empty_company: duckdb.DuckDBPyConnection) -> None:
    verdict = validate(contract_of(address), warehouse.read(empty_company, address))

    assert verdict.passed, f"{verdict.structure}\n{verdict.failures}"


@pytest.fixture(scope="module")
def empty_company() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(None) as con:
        for address in sorted(load_sql_files("core")):
            provide(con, address, ROOT, DEFAULT_PARAMETERS)
        yield con


def provide(con: duckdb.DuckDBPyConnection, address: str, case: Path, values: Mapping[str, Any]) -> None:
    """Make the table at `address` exist: from the case, from its own SQL file, or empty."""
    if address in warehouse.table_names(con):
        return
    given = case / f"{address}.csv"
    if address in FILES and not given.exists():
        for upstream in FILES[address].upstream:
            provide(con, upstream, case, values)
        warehouse.build(con, FILES[address], values)
        return
    columns = columns_of(address)
    con.execute(f"create table {address} ({', '.join(f'{name} {kind}' for name, (kind, _) in columns.items())})")
    if given.exists():
        fill(con, address, given, columns)


def columns_of(address: str) -> dict[str, tuple[str, str | None]]:
    """DuckDB type and default of each column."""
    return {spec.name: (DUCKDB_TYPES[spec.kind], spec.default) for spec in column_specs(contract_of(address))}


def fill(con: duckdb.DuckDBPyConnection, address: str, path: Path, columns: Mapping[str, tuple[str, str | None]]) -> None:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    unknown = set(header) - set(columns)
    assert not unknown, f"{path}: {address} has no column {', '.join(sorted(unknown))}"
    cells = ", ".join(f"cast(coalesce({cell(name, header)}, {literal(default)}) as {kind}) as {name}" for name, (kind, default) in columns.items())
    con.execute(
        f"insert into {address} select {cells} from read_csv(?, header = true, all_varchar = true, delim = ',', allow_quoted_nulls = false)",
        [str(path)],
    )


def cell(name: str, header: list[str]) -> str:
    return warehouse.quoted(name) if name in header else "null"


def literal(default: str | None) -> str:
    return "null" if default is None else f"'{default}'"


def parameters_of(case: Path) -> dict[str, Any]:
    path = case / "parameters.yaml"
    stated = YAML(typ="safe").load(path) if path.exists() else {}
    unknown = set(stated) - set(DEFAULT_PARAMETERS)
    assert not unknown, f"{path}: no parameter is called {', '.join(sorted(unknown))}"
    return {**DEFAULT_PARAMETERS, **stated}


def expected_columns(case: Path) -> list[str]:
    return (case / "expected.csv").read_text(encoding="utf-8").splitlines()[0].split(",")


def read_csv(path: Path, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Cells as the result types them; an empty cell is null, a quoted empty one the empty text."""
    with duckdb.connect() as con:
        cells = con.execute("select * from read_csv(?, header = true, all_varchar = true, delim = ',', allow_quoted_nulls = false)", [str(path)])
        rows = cells.fetchall()
    text = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    return text.with_columns(
        pl.col(name) == "true" if dtype == pl.Boolean else pl.col(name).str.to_date() if dtype == pl.Date else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
    )


def rows_of(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows in a fixed order, numbers to six digits."""
    rows = [tuple(rounded(value) for value in row) for row in frame.iter_rows()]
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row])


def rounded(value: Any) -> Any:
    # adding 0.0 turns a negative zero into zero
    return round(value, 6) + 0.0 if isinstance(value, float) and math.isfinite(value) else value


def test_every_table_of_core_has_a_golden_case() -> None:
    tested = {f"{case.parent.parent.name}.{case.parent.name}" for case in CASES}
    missing = {file.address for file in FILES.values() if isinstance(file, SqlFile)} - tested

    assert not missing
