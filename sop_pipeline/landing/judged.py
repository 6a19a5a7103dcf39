"""Which columns of a staged table a contract must see row by row, and which are judged as a whole. Breaches are found elsewhere."""

from dataclasses import dataclass

import duckdb
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from sop_pipeline.contracts import Table
from sop_pipeline.warehouse import quoted

MOST_VALUES = 200


@dataclass(frozen=True)
class JudgedColumns:
    """`looked_at`: SQL list of the columns to fetch; `known_good`: the others, as a value that stands for all; `order`: all names."""

    looked_at: str
    known_good: list[pl.Expr]
    order: list[str]


def judged_columns(con: duckdb.DuckDBPyConnection, table: str, contract: type[Table]) -> JudgedColumns:
    """Split the columns of a table: ten million codes need not pass through Python to learn that they are there.

    A text that no rule over rows reads is good as a whole when no cell is empty, or may be, and no rule looks into it, or all of
    its few values satisfy theirs. A column without any value is known without being fetched. What is not as the contract says is
    fetched, so that it is found.
    """
    schema = contract.to_schema().columns
    in_rows = {name for rule in contract.row_rules().values() for name in rule.holds.meta.root_names()}
    described = [(row[0], row[1]) for row in con.execute(f"describe {table}").fetchall()]
    counts = ", ".join(f"count({quoted(name)})" for name, _ in described)
    rows, *given = con.execute(f"select count(*), {counts} from {table}").fetchall()[0]
    empty = con.sql(f"select * from {table} limit 0").pl().schema
    fetched, known_good = [], []
    for (name, kind), cells in zip(described, given, strict=True):
        column = schema.get(name)
        if not cells:
            known_good.append(pl.lit(None, empty[name]).alias(name))
            continue
        is_text = kind == "VARCHAR" and column is not None and str(column.dtype) == "String"
        if column is None or not is_text or name in in_rows or column.unique:
            fetched.append(name)
            continue
        values = _values(con, table, name) if column.checks else _letter(name, cells, rows)
        if values is not None and _is_good(values, column):
            known_good.append(pl.lit(values.get_column(name).drop_nulls().first() if values.height else None, pl.String).alias(name))
        else:
            fetched.append(name)
    return JudgedColumns(", ".join(quoted(name) for name in fetched) or "null", known_good, [name for name, _ in described])


def _values(con: duckdb.DuckDBPyConnection, table: str, name: str) -> pl.DataFrame | None:
    """The values of a column where they are few."""
    values = con.sql(f"select distinct {quoted(name)} from {table} limit {MOST_VALUES + 1}").pl()
    return values if values.height <= MOST_VALUES else None


def _letter(name: str, given: int, rows: int) -> pl.DataFrame:
    """One letter for a column nothing looks into, and an empty one where it has empty cells."""
    cells = ["x"] * (given > 0) + [None] * (given < rows)
    return pl.DataFrame({name: cells}, schema={name: pl.String})


def _is_good(values: pl.DataFrame, column: pa.Column) -> bool:
    try:
        pa.DataFrameSchema({values.columns[0]: column}).validate(values, lazy=True)
    except SchemaErrors:
        return False
    return values.height > 0
