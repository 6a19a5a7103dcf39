"""Items of a scenario: their shares of what it makes of their family, and what orders in hand take of it."""

import numpy as np
import polars as pl
import pytest
from balance_frames import demand_rows
from hypothesis import given
from hypothesis import strategies as st
from plan_frames import month, months, table
from polars.testing import assert_frame_equal
from test_scenarios import lines

from sop_pipeline.contracts.core.facts import ItemOrdersDue
from sop_pipeline.contracts.core.masters import Families, ItemMix, Items
from sop_pipeline.contracts.plan import FamilyDemand, ItemDemand
from sop_pipeline.planning.balance.demand import consume_by_item, consume_forecast
from sop_pipeline.planning.scenarios import change_demand, change_item_demand


def item_steps(cells: dict[str, list[float]], *, step: str = "executive") -> pl.DataFrame:
    """One step of items of the family F in months from the first on."""
    rows = [
        {"scenario_id": "base", "item_id": item, "family_id": "F", "period_start": month(t), "step": step, "quantity": quantity}
        for item, quantities in cells.items()
        for t, quantity in enumerate(quantities)
    ]
    return table(ItemDemand, [{**row, "change_quantity": row["quantity"]} for row in rows])


def family_of_items(items: pl.DataFrame, units: dict[str, float]) -> pl.DataFrame:
    rows = items.with_columns(units=pl.col("item_id").replace_strict(units)).group_by("period_start", "step", maintain_order=True)
    return table(
        FamilyDemand,
        [
            {"scenario_id": "base", "family_id": "F", **row, "change_quantity": row["quantity"]}
            for row in rows.agg((pl.col("quantity") * pl.col("units")).sum().round(6)).iter_rows(named=True)
        ],
    )


def masters(units: dict[str, float], mix: dict[str, float]) -> dict[str, pl.DataFrame]:
    return {
        "items": table(Items, [{"item_id": item, "family_id": "F", "planning_units_per_unit": factor} for item, factor in units.items()]),
        "item_mix": table(ItemMix, [{"item_id": item, "family_id": "F", "mix_ratio": ratio} for item, ratio in mix.items()]),
    }


def test_items_keep_their_shares_of_a_changed_family_and_follow_its_mix_where_it_had_no_demand() -> None:
    units = {"a": 1.0, "b": 10.0}
    before = item_steps({"a": [60.0, 0.0, 7.0], "b": [4.0, 0.0, 1.0]})
    base = family_of_items(before, units)
    asked = lines(
        {"measure": "demand", "factor": 1.5, "period_to": month(0)}, {"measure": "demand", "change": 40.0, "period_from": month(1)}
    )
    changed = change_demand(base, asked, "hot")
    items, families = change_item_demand(before, base, changed, **masters(units, {"a": 0.25, "b": 0.75}))
    assert items.filter(item_id="a")["quantity"].to_list() == pytest.approx([90, 10, 7 * 57 / 17])
    assert items.filter(item_id="b")["quantity"].to_list() == pytest.approx([6, 3, 57 / 17])
    assert families["quantity"].to_list() == pytest.approx([150, 40, 57])
    assert items["scenario_id"].unique().to_list() == ["hot"]


@given(
    quantities=st.lists(st.lists(st.integers(0, 10**9).map(lambda n: n / 1e6), min_size=2, max_size=2), min_size=1, max_size=6),
    units=st.lists(st.sampled_from([0.01, 1.0, 3.0, 1000.0]), min_size=6, max_size=6),
    factor=st.floats(0.0, 3.0),
)
def test_items_of_a_scenario_sum_to_their_family_and_a_factor_of_one_changes_no_cell(
    quantities: list[list[float]], units: list[float], factor: float
) -> None:
    names = [f"i{number}" for number in range(len(quantities))]
    per_item = dict(zip(names, units, strict=False))
    before = item_steps(dict(zip(names, quantities, strict=True)))
    base = family_of_items(before, per_item)
    mix = masters(per_item, {})
    same = change_item_demand(before, base, change_demand(base, lines({"measure": "demand", "factor": 1.0}), "hot"), **mix)
    assert_frame_equal(same[0].drop("scenario_id"), before.drop("scenario_id"))
    items, families = change_item_demand(before, base, change_demand(base, lines({"measure": "demand", "factor": factor}), "hot"), **mix)
    assert (items["quantity"] >= 0).all()
    for start in before["period_start"].unique():
        of_items = sum(
            quantity * per_item[item] for item, quantity in items.filter(period_start=start)[["item_id", "quantity"]].iter_rows()
        )
        wanted = families.filter(period_start=start)["quantity"].item()
        assert of_items == pytest.approx(wanted, rel=1e-6, abs=1e-6)
        before_family = base.filter(period_start=start)["quantity"].item()
        assert wanted == pytest.approx(before_family * factor, rel=1e-6, abs=5.1e-4)


def test_orders_in_hand_are_the_same_in_every_scenario_and_consume_what_it_forecasts() -> None:
    """100 a month of which 30 are ordered in the second: 130 % of it is 130, not 130 and 30 more, and none of it leaves the orders."""
    base = table(FamilyDemand, demand_rows("F", [100.0] * 3))
    before = item_steps({"a": [100.0] * 3})
    units = masters({"a": 1.0}, {"a": 1.0})
    due = table(ItemOrdersDue, [{"item_id": "a", "family_id": "F", "period_start": month(1), "orders_due_quantity": 30.0}])
    for factor, expected in ((1.3, 130.0), (0.0, 30.0)):
        changed = change_demand(base, lines({"measure": "demand", "factor": factor}), "hot")
        items, families = change_item_demand(before, base, changed, **units)
        consumed = consume_by_item(
            item_demand=items,
            item_orders_due=due,
            items=units["items"],
            families=table(Families, [{"family_id": "F"}]),
            periods=months(3),
            scenario_id="hot",
        )
        orders = np.array([[0.0, 30.0, 0.0]])
        final = families.filter(step="executive").sort("period_start")["quantity"].to_numpy()[None, :3]
        taken = np.zeros((1, 3))
        for start, quantity in consumed[["period_start", "consumed_quantity"]].iter_rows():
            taken[0, [month(t) for t in range(3)].index(start)] = quantity
        found = consume_forecast(
            final, orders, np.zeros(1), is_to_order=np.zeros(1, dtype=bool), fence_periods=np.zeros(1, dtype=np.int64), consumed=taken
        )
        assert found[0, 1] == pytest.approx(expected)
