"""A frame is held against its contract; every failing row and rule comes out."""

import math

import polars as pl
import pytest

from sop_pipeline.contracts.base import Number, Rule, Table, Text, column
from sop_pipeline.contracts.validation import validate


class Stock(Table, key=("item_id",)):
    """One row per item."""

    item_id: Text = column("Item")
    quantity: Number = column("Stock", ge=0)


class Range(
    Table, key=("item_id",), rules={"ordered": Rule(pl.col("low_quantity") <= pl.col("high_quantity"), "Swap them.", severity="warning")}
):
    """One row per item, under every kind of check that is asked in one query."""

    item_id: Text = column("Item")
    code: Text = column("Code", unique=True)
    status: Text = column("Status", isin=["open", "closed"])
    low_quantity: Number = column("From", ge=0, lt=10, optional=True)
    high_quantity: Number = column("To", gt=0, le=10, optional=True)


def stock(rows: list[tuple[str | None, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"item_id": pl.String, "quantity": pl.Float64}, orient="row")


def test_a_good_frame_passes_and_so_does_an_empty_one() -> None:
    assert validate(Stock, stock([("a", 1.0), ("b", 0.0)])).passed
    assert validate(Stock, stock([])).passed


def test_each_broken_rule_names_its_row() -> None:
    verdict = validate(Stock, stock([("a", -1.0), (None, 2.0), ("c", math.nan), ("d", 1.0), ("d", 2.0)]))
    found = verdict.failures.select("row_index", "column_name").rows()
    assert found == [(0, "quantity"), (1, "item_id"), (2, "quantity"), (3, "item_id"), (4, "item_id")]
    assert verdict.failures["rule"].to_list()[-1] == "unique_key"


def test_missing_surplus_and_mistyped_columns_are_structure_not_rows() -> None:
    verdict = validate(Stock, pl.DataFrame({"item_id": ["a"], "extra": [1]}))
    assert not verdict.passed
    assert verdict.failures.is_empty()
    assert any("quantity" in line for line in verdict.structure)
    assert any("extra" in line for line in verdict.structure)


@pytest.mark.parametrize(
    ("changed", "passes"),
    [
        ({}, True),
        ({"low_quantity": 9.999, "high_quantity": 10.0}, True),
        ({"low_quantity": None, "high_quantity": math.nan}, True),
        ({"low_quantity": -0.001}, False),
        ({"low_quantity": 10.0, "high_quantity": None}, False),
        ({"low_quantity": 0.0, "high_quantity": 0.0}, False),
        ({"high_quantity": 10.001}, False),
        ({"low_quantity": 5.0}, False),
        ({"status": "lost"}, False),
        ({"status": None}, False),
        ({"code": "second"}, False),
        ({"item_id": "b"}, False),
    ],
)
def test_every_kind_of_check_passes_at_its_limit_and_fails_beyond(changed: dict[str, object], *, passes: bool) -> None:
    row = {"item_id": "a", "code": "first", "status": "open", "low_quantity": 0.0, "high_quantity": 4.0}
    other = {"item_id": "b", "code": "second", "status": "closed", "low_quantity": 1.0, "high_quantity": 1.0}
    columns = {name: pl.Float64 if name.endswith("quantity") else pl.String for name in row}
    verdict = validate(Range, pl.DataFrame([row | changed, other], schema=columns))
    assert verdict.passed is passes
    assert verdict.failures.is_empty() is passes


def test_a_column_of_another_type_is_structure() -> None:
    assert validate(Stock, pl.DataFrame({"item_id": ["a"], "quantity": [1]})).structure
