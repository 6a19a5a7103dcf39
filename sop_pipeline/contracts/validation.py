"""Holding a frame against its contract, and telling which rows break which rule. What happens to such rows is decided elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandera.errors
import polars as pl

from sop_pipeline.contracts.base import Table

# Comparisons of a column as expressions, by the names Pandera gives them; any other check is left to Pandera
HOLDS: Mapping[str, Callable[[pl.Expr, Mapping[str, Any]], pl.Expr]] = {
    "greater_than_or_equal_to": lambda cells, given: cells >= given["min_value"],
    "greater_than": lambda cells, given: cells > given["min_value"],
    "less_than_or_equal_to": lambda cells, given: cells <= given["max_value"],
    "less_than": lambda cells, given: cells < given["max_value"],
    "isin": lambda cells, given: cells.is_in(given["allowed_values"]),
}
FAILURES_SCHEMA = {"rule": pl.String, "column_name": pl.String, "value": pl.String, "row_index": pl.Int64}


@dataclass(frozen=True)
class Verdict:
    """What a contract says of a frame: `structure` names wrong or missing columns; `failures` has one row per failing row and rule."""

    structure: tuple[str, ...]
    failures: pl.DataFrame

    @property
    def passed(self) -> bool:
        return not self.structure and self.failures.is_empty()


def validate(contract: type[Table], frame: pl.DataFrame) -> Verdict:
    """Check columns, types, ranges, row rules and the key of a frame.

    NaN counts as empty: range checks would let it pass. With a wrong structure no row is judged.
    """
    numbers = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    frame = frame.with_columns(pl.col(numbers).fill_nan(None))
    if _keeps_everything(contract, frame):
        return Verdict((), pl.DataFrame(schema=FAILURES_SCHEMA))
    structure: list[str] = []
    failures = pl.DataFrame(schema=FAILURES_SCHEMA)
    try:
        contract.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        structural = cases.filter(pl.col("index").is_null())
        structure = [f"{row['check']}: {row['failure_case']}" for row in structural.iter_rows(named=True)]
        failures = cases.filter(pl.col("index").is_not_null()).select(
            rule=pl.col("check").cast(pl.String),
            column_name=pl.col("column").cast(pl.String),
            value=pl.col("failure_case").cast(pl.String),
            row_index=pl.col("index").cast(pl.Int64),
        )
    if not structure:
        failures = pl.concat([failures, _repeated_keys(contract, frame)])
    return Verdict(tuple(structure), failures.sort("row_index", "column_name", "rule"))


def _keeps_everything(contract: type[Table], frame: pl.DataFrame) -> bool:
    """Whether nothing is wrong, asked in one query of what the contract says; where in doubt, false.

    Pandera runs several queries for each column, to be able to tell which rows fail; in most tables none does.
    """
    columns = contract.to_schema().columns
    if set(frame.columns) != set(columns) or any(frame.schema[name] != column.dtype.type for name, column in columns.items()):
        return False
    checks = [(check, pl.col(name)) for name, column in columns.items() for check in column.checks]
    if any(check.name not in HOLDS for check, _ in checks):
        return False
    filled = [pl.col(name).null_count() == 0 for name, column in columns.items() if not column.nullable]
    # what cannot be judged, as a value is empty, breaks no rule
    judged = [HOLDS[check.name](cells, check.statistics).all() for check, cells in checks]
    rules = [rule.holds.all() for rule in contract.row_rules().values()]
    verdicts = frame.select(expression.alias(str(i)) for i, expression in enumerate([*filled, *judged, *rules]))
    keys = [contract.key_columns(), *((name,) for name, column in columns.items() if column.unique)]
    return all(verdicts.row(0)) and not any(frame.select(key).is_duplicated().any() for key in keys if key)


def _repeated_keys(contract: type[Table], frame: pl.DataFrame) -> pl.DataFrame:
    key = list(contract.key_columns())
    if not key:
        return pl.DataFrame(schema=FAILURES_SCHEMA)
    repeated = frame.with_row_index("row_index").filter(pl.struct(key).is_duplicated())
    return repeated.select(
        rule=pl.lit("unique_key"),
        column_name=pl.lit(", ".join(key)),
        value=pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in key], separator=", "),
        row_index=pl.col("row_index").cast(pl.Int64),
    )
