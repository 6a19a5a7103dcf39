"""Random companies planned by the optimiser: identities hold, contracts hold, and row order changes no bit."""

import polars as pl
from balance_companies import HORIZON, company, families
from balance_frames import balance
from hypothesis import given, settings
from hypothesis import strategies as st
from optimum_frames import assert_all_contracts, optimum
from plan_frames import shuffled
from polars.testing import assert_frame_equal

from sop_pipeline.planning.supply import Switches

TABLES = (
    "family_balance",
    "family_supply",
    "resource_load",
    "workforce_plan",
    "strategy_comparison",
    "stability_curve",
    "derived_costs",
    "shortage_pegs",
)
QUANTITIES = (
    "production_quantity",
    "purchase_quantity",
    "issued_quantity",
    "closing_inventory_quantity",
    "closing_shortage_quantity",
    "closing_backlog_quantity",
    "target_inventory_quantity",
    "target_backlog_quantity",
)
KEY = ["strategy", "family_id", "period_start"]


@settings(max_examples=15, deadline=None)
@given(drawn=st.lists(families(), min_size=1, max_size=4), elapsed=st.booleans(), block=st.integers(1, 6), seed=st.integers(0, 99))
def test_any_company_has_a_plan_of_every_strategy_and_row_order_changes_no_bit(drawn, elapsed, block, seed):
    frames = company(drawn, elapsed)
    switches = Switches(level_block_periods=block)
    result = optimum(frames, switches=switches)
    again = optimum({name: shuffled(frame, seed) for name, frame in frames.items()}, switches=switches)
    assert result.family_balance.height == 5 * len(drawn) * HORIZON
    for name in TABLES:
        assert_frame_equal(getattr(again, name), getattr(result, name), check_exact=True)
    assert_all_contracts(frames, result)


@settings(max_examples=15, deadline=None)
@given(drawn=st.lists(families(), min_size=1, max_size=3), elapsed=st.booleans(), block=st.integers(1, 6))
def test_where_nothing_limits_it_the_optimum_of_level_and_chase_is_the_arithmetic(drawn, elapsed, block):
    unlimited = [spec | {"minimum": None, "maximum": None, "override": None, "buys": False, "usage": None} for spec in drawn]
    frames = company(unlimited, elapsed) | {"resources": company([], elapsed)["resources"].clear()}
    frames |= {name: frames[name].clear() for name in ("resource_capacity", "workforce", "family_resources")}
    by_formula = balance(frames, level_block_periods=block, strategies=("level", "chase")).family_balance
    optimal = optimum(frames, switches=Switches(level_block_periods=block), strategies=("level", "chase")).family_balance
    joined = by_formula.select(*KEY, *QUANTITIES).join(optimal.select(*KEY, *QUANTITIES), on=KEY, suffix="_optimal", validate="1:1")
    for name in QUANTITIES:
        largest = joined.select(pl.max_horizontal(pl.lit(1.0), pl.col(name).abs().max())).to_series().max()
        gap = (joined[name] - joined[f"{name}_optimal"]).abs().max()
        assert gap is None or gap <= 1e-5 * largest, (name, joined.select(*KEY, name, f"{name}_optimal"))
