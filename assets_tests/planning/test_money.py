"""Price and cost of a planning unit, and the money of the worked example."""

import polars as pl
import pytest
from plan_frames import assert_contract, month, months, shuffled, table
from polars.testing import assert_frame_equal

from sop_pipeline.contracts.core.facts import ItemPeriodHistory
from sop_pipeline.contracts.core.intentions import BusinessPlanItemPrices
from sop_pipeline.contracts.core.masters import Families, ItemCosts, ItemMix, ItemPrices, Items
from sop_pipeline.contracts.plan import FamilyMoney, ItemDemand
from sop_pipeline.planning.money import price_families


def inputs(
    *,
    demand: dict[str, float],
    prices: dict[str, float],
    costs: dict[str, float],
    shipped: dict[str, float] | None = None,
    planned: dict[str, float] | None = None,
) -> dict[str, pl.DataFrame]:
    """Family F with A, sold by the piece, and B, sold in boxes of 10; April is planned, March is history."""
    items = {"A": 1.0, "B": 10.0}
    shipped = shipped or {}
    return {
        "item_demand": table(
            ItemDemand,
            [
                {"scenario_id": "base", "item_id": item, "family_id": "F", "period_start": month(0), "step": step, "quantity": quantity}
                for item, quantity in demand.items()
                for step in ("statistical", "executive")
            ],
        ),
        "item_history": table(
            ItemPeriodHistory,
            [
                {
                    "item_id": item,
                    "family_id": "F",
                    "period_start": month(-1),
                    "periods_from_now": -1,
                    "demand_quantity": 0.0,
                    "booked_quantity": 0.0,
                    "shipped_quantity": quantity,
                }
                for item, quantity in shipped.items()
            ],
        ),
        "item_prices": table(
            ItemPrices,
            [
                {
                    "item_id": item,
                    "period_start": month(t),
                    "net_price_amount": price,
                    "net_price_budget_rate_amount": 1.1 * price,
                    "is_derived": False,
                }
                for item, price in prices.items()
                for t in (-1, 0)
            ],
        ),
        "item_costs": table(
            ItemCosts,
            [{"item_id": item, "period_start": month(t), "total_cost_amount": cost} for item, cost in costs.items() for t in (-1, 0)],
        ),
        "business_plan_item_prices": table(
            BusinessPlanItemPrices,
            [{"item_id": item, "period_start": month(0), "business_plan_price_amount": price} for item, price in (planned or {}).items()],
        ),
        "item_mix": table(ItemMix, [{"item_id": item, "family_id": "F", "mix_ratio": 0.5} for item in items]),
        "items": table(Items, [{"item_id": item, "family_id": "F", "planning_units_per_unit": unit} for item, unit in items.items()]),
        "families": table(Families, [{"family_id": "F"}, {"family_id": "G"}]),
        "periods": months(1, history=1),
    }


def price(frames: dict[str, pl.DataFrame], offset: int = 0, family: str = "F") -> dict:
    result = price_families(**frames)
    assert_contract(FamilyMoney, result)
    return result.filter((pl.col("family_id") == family) & (pl.col("period_start") == month(offset))).row(0, named=True)


def test_family_quantity_times_price_is_its_items_quantity_times_price():
    row = price(inputs(demand={"A": 60.0, "B": 4.0}, prices={"A": 5.0, "B": 40.0}, costs={"A": 3.0, "B": 20.0}))
    assert 100 * row["net_price_amount"] == pytest.approx(60 * 5 + 4 * 40)
    assert 100 * row["net_price_budget_rate_amount"] == pytest.approx(1.1 * (60 * 5 + 4 * 40))
    assert 100 * row["unit_cost_amount"] == pytest.approx(60 * 3 + 4 * 20)


def test_history_is_weighted_by_shipments_and_returns_count_nothing():
    frames = inputs(demand={}, prices={"A": 5.0, "B": 40.0}, costs={}, shipped={"A": 30.0, "B": -3.0})
    assert price(frames, -1)["net_price_amount"] == 5.0
    assert price(frames, -1)["unit_cost_amount"] is None


def test_without_demand_the_mix_weights():
    frames = inputs(demand={"A": 0.0, "B": 0.0}, prices={"A": 5.0, "B": 40.0}, costs={})
    assert price(frames)["net_price_amount"] == 4.5


def test_an_item_without_a_price_is_left_out_of_it():
    frames = inputs(demand={"A": 60.0, "B": 4.0}, prices={"A": 5.0}, costs={"B": 20.0})
    assert (price(frames)["net_price_amount"], price(frames)["unit_cost_amount"]) == (5.0, 2.0)


def test_prices_of_the_business_plan_are_weighted_by_the_mix_of_the_plan_and_items_it_does_not_name_left_out():
    frames = inputs(demand={"A": 60.0, "B": 4.0}, prices={"A": 5.0, "B": 40.0}, costs={}, planned={"A": 6.0, "B": 30.0})
    assert 100 * price(frames)["business_plan_price_amount"] == pytest.approx(60 * 6 + 4 * 30)
    assert price(frames, -1)["business_plan_price_amount"] is None
    only_b = inputs(demand={"A": 60.0, "B": 4.0}, prices={}, costs={}, planned={"B": 30.0})
    assert price(only_b)["business_plan_price_amount"] == 3.0


def test_a_family_without_priced_items_has_no_price():
    frames = inputs(demand={"A": 60.0}, prices={}, costs={"A": 3.0})
    assert price(frames)["net_price_amount"] is None
    assert price(frames, family="G")["unit_cost_amount"] is None


def test_row_order_does_not_matter():
    frames = inputs(demand={"A": 61.7, "B": 4.3}, prices={"A": 5.1, "B": 40.7}, costs={"A": 3.3, "B": 19.9})
    assert_frame_equal(
        price_families(**{name: shuffled(frame, 3) for name, frame in frames.items()}), price_families(**frames), check_exact=True
    )


def test_the_worked_examples_money_follows_from_quantity_price_and_cost():
    row = price(inputs(demand={"A": 6800.0}, prices={"A": 100.0}, costs={"A": 62.0}))
    quantity, planned = 6800.0, sum([1120, 1120, 1150, 1120, 1000, 1080])
    revenue, margin = quantity * row["net_price_amount"], quantity * (row["net_price_amount"] - row["unit_cost_amount"])
    assert (revenue, margin) == (680_000.0, 258_400.0)
    assert (planned * 102, planned * (102 - 61)) == (672_180, 270_190)
    volume, price_part = (quantity - planned) * 102, (row["net_price_amount"] - 102) * quantity
    assert (volume, price_part, revenue - planned * 102) == (21_420.0, -13_600.0, 7_820.0)
    margin_volume, cost = (quantity - planned) * (102 - 61), (61 - row["unit_cost_amount"]) * quantity
    assert (margin_volume, cost, margin - planned * 41) == (8_610.0, -6_800.0, -11_790.0)
    assert margin_volume + price_part + cost == margin - planned * 41
