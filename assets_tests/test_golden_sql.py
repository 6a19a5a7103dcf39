"""One golden case per folder of `assets_tests/sql/`, a tree that mirrors `sql/`: inputs, parameters, expected rows. Cases hold no code.

A case tests the table or rule its folder is named after. An input `<schema>.<table>.csv` may leave columns out: they are empty, or have
the contract's default. A table of core that a case does not give is built by its own SQL file; any other one is empty. `expected.csv`
names the columns the case is about, in any order of rows. An empty cell is null, a quoted empty one the empty text.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from ruamel.yaml import YAML
from sql_cases import CELLS, CORE, DEFAULT_PARAMETERS, FILES, clear, header_of, provide

from sop_pipeline import warehouse
from sop_pipeline.contracts import CONTRACTS, contract_of
from sop_pipeline.contracts.validation import validate

ROOT = Path(__file__).parent / "sql"
CASES = sorted(path.parent for path in ROOT.rglob("expected.csv"))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(None) as con:
        yield con


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_golden_case_gives_its_expected_rows(case: Path, con: duckdb.DuckDBPyConnection) -> None:
    address = f"{case.parent.parent.name}.{case.parent.name}"
    values = parameters_of(case)
    clear(con)
    provide(con, FILES[address].upstream, case, values, provided=set())

    got = warehouse.query(con, FILES[address].query, FILES[address].bind(values))

    if address in CONTRACTS:
        verdict = validate(CONTRACTS[address], got)
        assert verdict.passed, f"{verdict.structure}\n{verdict.failures}"
        assert got.columns == list(CONTRACTS[address].to_schema().columns)
    expected = expected_rows(con, case, got.schema)
    assert rows_of(got.select(expected.columns)) == rows_of(expected)


def test_a_company_that_sends_nothing_gives_tables_that_keep_their_contracts(con: duckdb.DuckDBPyConnection) -> None:
    clear(con)
    provide(con, tuple(CORE), ROOT, DEFAULT_PARAMETERS, provided=set())

    verdicts = {address: validate(contract_of(address), warehouse.read(con, address)) for address in CORE}

    assert not {address: verdict for address, verdict in verdicts.items() if not verdict.passed}


def test_every_table_and_rule_of_core_has_a_golden_case() -> None:
    tested = {f"{case.parent.parent.name}.{case.parent.name}" for case in CASES}

    assert not {address for address in FILES if address.startswith("core.")} - tested


def parameters_of(case: Path) -> dict[str, Any]:
    path = case / "parameters.yaml"
    stated = YAML(typ="safe").load(path) if path.exists() else {}
    unknown = set(stated) - set(DEFAULT_PARAMETERS)
    assert not unknown, f"{path}: no parameter is called {', '.join(sorted(unknown))}"
    return {**DEFAULT_PARAMETERS, **stated}


def expected_rows(con: duckdb.DuckDBPyConnection, case: Path, schema: pl.Schema) -> pl.DataFrame:
    """The cells of expected.csv, typed like the columns of the result."""
    path = case / "expected.csv"
    names = header_of(path)
    unknown = set(names) - set(schema)
    assert not unknown, f"{path}: the result has no column {', '.join(sorted(unknown))}"
    rows = con.execute(f"select {', '.join(names)} {CELLS}", [str(path)]).fetchall()
    text = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return text.with_columns(typed(name, schema[name]) for name in names)


def typed(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean:
        return pl.col(name) == "true"
    return pl.col(name).str.to_date() if dtype == pl.Date else pl.col(name).cast(dtype)


def rows_of(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows in a fixed order, numbers to six digits."""
    rows = [tuple(rounded(value) for value in row) for row in frame.iter_rows()]
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row])


def rounded(value: Any) -> Any:
    # adding 0.0 turns a negative zero into zero
    return round(value, 6) + 0.0 if isinstance(value, float) and math.isfinite(value) else value
