"""The family plan split to items: who shares what, consumers before suppliers, the current period, options of a planning bill."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from handoff_frames import APRIL, AS_OF, JUNE, MAY, demand, frame, horizon, items, supply
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.handoffs.item_supply import split_to_items
from sop_pipeline.planning.handoffs.mix_load import load_of_mix
from sop_pipeline.planning.handoffs.shares import family_levels, item_shares

PAIR = {"family_id": pl.String, "component_family_id": pl.String}


def split(as_of: dt.date = AS_OF, **changes: pl.DataFrame) -> pl.DataFrame:
    tables = {
        "family_supply": supply(),
        "family_balance": frame("plan.family_balance"),
        "family_history": frame("core.family_history"),
        "item_demand": demand(),
        "items": items(),
        "item_mix": frame("core.item_mix"),
        "item_sources": frame("core.item_sources"),
        "item_positions": frame("core.item_positions"),
        "item_requirements": frame("core.item_requirements"),
        "planning_options": frame("core.planning_options"),
    } | changes
    return split_to_items(horizon(as_of=as_of), **tables)


def lots(result: pl.DataFrame, item: str) -> list[float]:
    return result.filter(pl.col("item_id") == item).sort("period_start")["lot_rounded_quantity"].to_list()


def test_items_of_a_family_run_out_together_and_stock_less_what_is_owed_counts() -> None:
    result = split(
        family_supply=supply(("PUMPS", APRIL, 90)),
        items=items(A="PUMPS", B="PUMPS"),
        item_demand=demand(*((item, start, 50) for item in "AB" for start in (APRIL, MAY, JUNE))),
        item_positions=frame("core.item_positions", {"item_id": "A", "on_hand_quantity": 50.0, "owed_quantity": 20.0}),
    )
    assert lots(result, "A") == pytest.approx([30, 0, 0])
    assert lots(result, "B") == pytest.approx([60, 0, 0])
    assert result["mix_ratio"].to_list() == pytest.approx([0.5] * 6)


def test_what_a_family_takes_of_anothers_items_is_demand_there() -> None:
    """Two motors go into every pump; nobody buys motors: motor M gets all, motor N, which no pump takes, none."""
    usage = {"item_id": "P", "family_id": "PUMPS", "component_item_id": "M", "gross_quantity_per": 2.0, "is_of_other_family": True}
    result = split(
        family_supply=pl.concat([supply(("MOTORS", APRIL, 20), ("MOTORS", MAY, 40)), supply(("PUMPS", APRIL, 10), ("PUMPS", MAY, 20))]),
        items=items(M="MOTORS", N="MOTORS", P="PUMPS"),
        item_demand=demand(("P", APRIL, 10), ("P", MAY, 20), ("N", APRIL, 0)),
        item_requirements=frame("core.item_requirements", {**usage, "lead_time_offset_days": 0.0}),
    )
    assert lots(result, "M") == pytest.approx([20, 40, 0])
    assert lots(result, "N") == pytest.approx([0, 0, 0])


def test_options_of_another_family_follow_the_family_that_is_planned_as_a_whole() -> None:
    result = split(
        family_supply=supply(("BOOSTERS", APRIL, 10), ("PANELS", APRIL, 7)),
        items=items(V="BOOSTERS", X="PANELS", Y="PANELS"),
        item_demand=demand(("V", APRIL, 10), ("Y", APRIL, 3)),
        planning_options=frame(
            "core.planning_options", {"family_id": "BOOSTERS", "item_id": "X", "kind": "option", "quantity_per_unit": 0.4}
        ),
    )
    assert lots(result, "X")[0] == pytest.approx(4, abs=0.2)
    assert lots(result, "Y")[0] == pytest.approx(3, abs=0.2)


def test_only_what_is_still_to_come_of_the_current_periods_demand_counts() -> None:
    result = split(
        dt.date(2026, 4, 16),
        family_supply=supply(("PUMPS", APRIL, 50)),
        family_balance=frame(
            "plan.family_balance",
            {"scenario_id": "base", "strategy": "planned", "family_id": "PUMPS", "period_start": APRIL, "demand_quantity": 100.0},
        ),
        family_history=frame("core.family_history", {"family_id": "PUMPS", "periods_from_now": 0, "demand_quantity": 70.0}),
        items=items(A="PUMPS", B="PUMPS"),
        item_demand=demand(("A", APRIL, 60), ("B", APRIL, 40), ("A", MAY, 10), ("B", MAY, 10)),
    )
    # left of April: 18 and 12; the rate of the coming periods tells how long what is left lasts
    a, b = lots(result, "A")[0], lots(result, "B")[0]
    assert a + b == pytest.approx(50)
    assert (a - 18) / (18 + 10) == pytest.approx((b - 12) / (12 + 10))


def test_a_source_is_shared_by_the_items_that_name_it_or_else_by_all_of_fitting_sourcing() -> None:
    named = {"item_id": "A", "family_id": "PUMPS", "source_kind": "production", "source_id": "main", "site_id": "NORTH"}
    masters = items(A="PUMPS", B="PUMPS", C="PUMPS").with_columns(
        sourcing=pl.when(pl.col("item_id") == "C").then(pl.lit("buy")).otherwise(pl.col("sourcing"))
    )
    sources = pl.concat([supply(("PUMPS", APRIL, 1)), supply(("PUMPS", APRIL, 1), kind="subcontract", source="OUT")])
    shares = item_shares(sources, frame("core.item_sources", named), masters)
    assert shares.select("source_kind", "item_id", "site_id", "turn").rows() == [
        ("production", "A", "NORTH", 0),
        ("subcontract", "A", "NORTH", 1),
        ("subcontract", "B", "NORTH", 1),
    ]


def test_families_are_split_after_all_that_take_of_them_and_a_circle_ends() -> None:
    chain = pl.DataFrame([("PUMPS", "MOTORS"), ("MOTORS", "WIRE"), ("PUMPS", "WIRE")], schema=PAIR, orient="row")
    assert family_levels(chain) == {"PUMPS": 0, "MOTORS": 1, "WIRE": 2}
    circle = pl.DataFrame([("A", "B"), ("B", "A")], schema=PAIR, orient="row")
    assert set(family_levels(circle)) == {"A", "B"}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_lots_and_what_they_leave_sum_to_the_plan_of_every_source_to_date(seed: int) -> None:
    random = np.random.default_rng(seed)
    families = {f"item{number}": f"family{random.integers(0, 2)}" for number in range(6)}
    masters = items(**families).with_columns(
        planning_units_per_unit=pl.Series(random.choice([1.0, 0.25, 12.0], 6)),
        lot_minimum_quantity=pl.Series(random.choice([0.0, 30.0], 6)),
        lot_multiple_quantity=pl.Series(random.choice([0.0, 8.0], 6)),
    )
    starts = [APRIL, MAY, JUNE]
    cells = [(family, start) for family in sorted(set(families.values())) for start in starts]
    plan = pl.concat(
        [supply(*((*cell, round(random.uniform(0, most), 6)) for cell in cells), source=source) for source, most in (("a", 90), ("b", 9))]
    )
    result = split(
        family_supply=plan,
        items=masters,
        item_demand=demand(*((item, start, float(random.integers(0, 30))) for item in families for start in starts)),
        item_positions=frame(
            "core.item_positions",
            *({"item_id": item, "on_hand_quantity": float(random.integers(0, 50)), "owed_quantity": 9.0} for item in families),
        ),
    )
    units = dict(masters.select("item_id", "planning_units_per_unit").iter_rows())
    planned: dict[tuple[str, str], float] = {}
    given_out: dict[tuple[str, str], float] = {}
    for start in starts:
        for family, source in plan.select("family_id", "source_id").unique().sort("family_id", "source_id").iter_rows():
            key = (family, source)
            of_plan = plan.filter((pl.col("family_id") == family) & (pl.col("source_id") == source) & (pl.col("period_start") == start))
            rows = result.filter((pl.col("family_id") == family) & (pl.col("source_id") == source) & (pl.col("period_start") == start))
            planned[key] = planned.get(key, 0.0) + of_plan["quantity"][0]
            left = 0.0
            for row in rows.iter_rows(named=True):
                given_out[key] = given_out.get(key, 0.0) + row["lot_rounded_quantity"] * units[row["item_id"]]
                left += row["residual_quantity"] * units[row["item_id"]]
            assert given_out[key] + left == pytest.approx(planned[key], abs=2e-5)


def test_the_real_mix_loads_what_its_items_take_and_subcontractors_what_is_subcontracted() -> None:
    key = {"scenario_id": "base", "family_id": "PUMPS", "source_id": "main"}
    item_supply = frame(
        "plan.item_supply",
        {**key, "item_id": "A", "source_kind": "production", "period_start": APRIL, "lot_rounded_quantity": 10.0},
        {**key, "item_id": "B", "source_kind": "production", "period_start": MAY, "lot_rounded_quantity": 4.0},
        {**key, "item_id": "A", "source_kind": "subcontract", "period_start": JUNE, "lot_rounded_quantity": 3.0},
    )
    bills = [("A", "CELL", 0, 2.0), ("B", "CELL", 1, 5.0), ("A", "OUT", 0, 1.0), ("OPTION", "CELL", 0, 0.5)]
    result = load_of_mix(
        horizon(),
        item_supply=item_supply,
        family_supply=pl.concat([supply(("PUMPS", APRIL, 20)), supply(("BARE", JUNE, 7))]),
        item_resources=frame(
            "core.item_resources",
            *({"item_id": i, "resource_id": r, "lead_time_offset_periods": o, "usage_per_unit": u} for i, r, o, u in bills),
        ),
        family_resources=frame(
            "core.family_resources",
            {"family_id": "BARE", "resource_id": "CELL", "lead_time_offset_periods": 0, "usage_per_unit": 3.0},
            {"family_id": "BARE", "resource_id": "STORE", "lead_time_offset_periods": 0, "usage_per_unit": 0.5},
        ),
        resources=frame(
            "core.resources",
            {"resource_id": "CELL", "resource_type": "equipment"},
            {"resource_id": "OUT", "resource_type": "subcontractor"},
            {"resource_id": "STORE", "resource_type": "facility", "is_stock_based": True},
        ),
        planning_options=frame(
            "core.planning_options", {"family_id": "PUMPS", "item_id": "OPTION", "kind": "option", "quantity_per_unit": 0.5}
        ),
        items=items(A="PUMPS", B="PUMPS", OPTION="PUMPS"),
    )
    # April: 10 of A, next month's 4 of B, 10 options; June: the family without items
    assert result.filter(pl.col("resource_id") == "CELL")["required_capacity"].to_list() == pytest.approx([20 + 20 + 5, 0, 21])
    assert result.filter(pl.col("resource_id") == "OUT")["required_capacity"].to_list() == pytest.approx([0, 0, 3])
    # Half a pallet of a unit in stock is no load of a unit that is made.
    assert set(result["resource_id"]) == {"CELL", "OUT"}


def test_a_company_without_items_hands_off_nothing() -> None:
    nothing = split(family_supply=supply(("PUMPS", APRIL, 5)))
    assert nothing.is_empty()
    load = load_of_mix(
        horizon(),
        item_supply=nothing,
        family_supply=supply(),
        item_resources=frame("core.item_resources"),
        family_resources=frame("core.family_resources"),
        resources=frame("core.resources"),
        planning_options=frame("core.planning_options"),
        items=items(),
    )
    assert load.is_empty()
