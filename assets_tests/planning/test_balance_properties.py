"""Random companies: identities hold, nothing is negative, plain loops agree, row order changes no bit, and it is fast enough."""

import time

import polars as pl
import pytest
from balance_companies import amounts, company, families
from balance_frames import assert_contracts, balance, day_rows, demand_rows, inputs, opening_row, series
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_frames import month, shuffled
from polars.testing import assert_frame_equal

from sop_pipeline.planning.balance import balance_supply


@settings(max_examples=12, deadline=None)
@given(drawn=st.lists(families(), min_size=1, max_size=4), elapsed=st.booleans(), block=st.integers(1, 6), seed=st.integers(0, 99))
def test_random_companies_balance_and_row_order_changes_no_bit(drawn, elapsed, block, seed):
    frames = company(drawn, elapsed)
    result = balance(frames, level_block_periods=block)
    again = balance_supply(**{name: shuffled(frame, seed) for name, frame in frames.items()}, level_block_periods=block)
    for name in ("family_balance", "family_supply", "resource_load", "workforce_plan"):
        assert_frame_equal(getattr(again, name), getattr(result, name), check_exact=True)
    assert_loads_are_supply_times_usage(frames, result)
    assert_contracts(frames, result)


def assert_loads_are_supply_times_usage(frames: dict[str, pl.DataFrame], result: object) -> None:
    """Identity 6 where no offset reaches beyond: CREW has none."""
    made = result.family_supply.filter(pl.col("source_kind") == "production")
    usage = frames["family_resources"].filter(pl.col("resource_id") == "CREW").select("family_id", "usage_per_unit")
    load = (
        made.join(usage, on="family_id")
        .group_by("strategy", "period_start")
        .agg(load=(pl.col("quantity") * pl.col("usage_per_unit")).sum())
    )
    joined = result.resource_load.filter(pl.col("resource_id") == "CREW").join(load, on=["strategy", "period_start"], how="left")
    gap = (joined["required_capacity"] - joined["load"].fill_null(0.0)).abs()
    assert (gap <= 1e-6 * joined.select(pl.max_horizontal(pl.lit(1.0), "required_capacity")).to_series()).all()


@settings(max_examples=15, deadline=None)
@given(
    demand=st.lists(amounts, min_size=6, max_size=6),
    targets=st.lists(amounts, min_size=6, max_size=6),
    stock=amounts,
    past_due=amounts,
    block=st.integers(1, 6),
)
def test_level_and_chase_agree_with_a_plain_loop(demand, targets, stock, past_due, block):
    days = [20.0, 20.0, 22.0, 23.0, 15.0, 22.0]
    frames = inputs(
        horizon=6,
        families=[{"family_id": "F"}],
        family_demand=demand_rows("F", demand),
        family_history=[opening_row("F", stock)],
        orders_due=[{"family_id": "F", "period_start": month(0), "past_due_quantity": past_due}],
        site_working_days=day_rows(days),
        inventory_policies=[{"family_id": "F", "period_start": month(t), "target_quantity": target} for t, target in enumerate(targets)],
    )
    result = balance(frames, level_block_periods=block).family_balance
    for strategy, length in (("level", block), ("chase", 1)):
        inventory, shortage = stock, past_due
        made, stocks = [], []
        for start in range(0, 6, length):
            stretch = range(start, min(start + length, 6))
            needed = sum(demand[t] for t in stretch) + shortage + targets[stretch[-1]] - inventory
            rate = max(0.0, needed) / sum(days[t] for t in stretch)
            for t in stretch:
                made.append(rate * days[t])
                shipped = min(demand[t] + shortage, inventory + made[-1])
                inventory, shortage = inventory + made[-1] - shipped, shortage + demand[t] - shipped
                stocks.append(inventory)
        assert series(result, "production_quantity", strategy) == pytest.approx(made, abs=2e-5)
        assert series(result, "closing_inventory_quantity", strategy) == pytest.approx(stocks, abs=2e-5)


def test_two_hundred_families_are_balanced_within_seconds():
    ids = [f"F{number:03d}" for number in range(200)]
    frames = inputs(
        horizon=24,
        look_ahead=6,
        families=[{"family_id": family} for family in ids],
        family_demand=[
            row for place, family in enumerate(ids) for row in demand_rows(family, [50.0 + (place * t) % 37 for t in range(30)])
        ],
        site_working_days=day_rows([20.0 + t % 3 for t in range(30)]),
        inventory_policies=[
            {"family_id": family, "period_start": month(t), "target_days_of_supply": 15.0} for family in ids for t in range(24)
        ],
        resources=[{"resource_id": f"R{number}"} for number in range(10)],
        family_resources=[
            {"family_id": family, "resource_id": f"R{number}", "usage_per_unit": 0.5} for family in ids for number in range(10)
        ],
    )
    started = time.process_time()
    result = balance_supply(**frames)
    assert result.family_balance.height == 200 * 24 * 3
    assert time.process_time() - started < 5.0
