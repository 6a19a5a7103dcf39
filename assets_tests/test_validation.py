"""A frame is held against its contract; every failing row and rule comes out."""

import math

import polars as pl

from sop_pipeline.contracts.base import Number, Table, Text, column
from sop_pipeline.contracts.validation import validate


class Stock(Table, key=("item_id",)):
    """One row per item."""

    item_id: Text = column("Item")
    quantity: Number = column("Stock", ge=0)


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
