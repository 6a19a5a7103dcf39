"""The demand plan step by step: promotions, submissions, overrides, families without history, items that sum to their family."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_frames import assert_contract, month, months, shuffled, table
from polars.testing import assert_frame_equal

from sop_pipeline.contracts.core.facts import FamilyHistory
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS, Overrides, PromotionPeriods, SalesSubmissions
from sop_pipeline.contracts.core.masters import Families, ItemMix, Items
from sop_pipeline.contracts.forecast import FamilyForecast, ItemForecast
from sop_pipeline.contracts.plan import FamilyDemand, ItemDemand
from sop_pipeline.planning.consensus import DemandPlan, plan_family_demand


def inputs(**changed: list[dict]) -> dict[str, pl.DataFrame]:
    """PUMPS sells A (60 of 100) and B in boxes of 10 (4 boxes); LAUNCH has no history and the items N and M."""
    rows = {
        "family_forecast": [{"family_id": "PUMPS", "period_start": month(t), "statistical_quantity": 100.0} for t in range(4)]
        + [{"family_id": "LAUNCH", "period_start": month(t)} for t in range(4)],
        "item_forecast": [
            {"item_id": item, "family_id": "PUMPS", "period_start": month(t), "statistical_quantity": quantity}
            for item, quantity in (("A", 60.0), ("B", 4.0))
            for t in range(4)
        ],
        "sales_submissions": [],
        "promotion_periods": [],
        "overrides": [],
        "families": [{"family_id": "PUMPS"}, {"family_id": "LAUNCH"}],
        "items": [
            {"item_id": "A", "family_id": "PUMPS"},
            {"item_id": "B", "family_id": "PUMPS", "planning_units_per_unit": 10.0},
            {"item_id": "N", "family_id": "LAUNCH"},
            {"item_id": "M", "family_id": "LAUNCH"},
        ],
        "item_mix": [
            {"item_id": item, "family_id": family, "mix_ratio": ratio}
            for item, family, ratio in (("A", "PUMPS", 0.6), ("B", "PUMPS", 0.4), ("N", "LAUNCH", 0.75), ("M", "LAUNCH", 0.25))
        ],
        "family_history": [],
    } | changed
    contracts = {
        "family_forecast": FamilyForecast,
        "item_forecast": ItemForecast,
        "sales_submissions": SalesSubmissions,
        "promotion_periods": PromotionPeriods,
        "overrides": Overrides,
        "families": Families,
        "items": Items,
        "item_mix": ItemMix,
        "family_history": FamilyHistory,
    }
    return {name: table(contract, rows[name]) for name, contract in contracts.items()} | {"periods": months(3, look_ahead=1, history=2)}


def plan(**changed: list[dict]) -> DemandPlan:
    result = plan_family_demand(**inputs(**changed))
    assert_contract(FamilyDemand, result.family_demand)
    assert_contract(ItemDemand, result.item_demand)
    assert_items_sum_to_families(result, inputs(**changed)["items"])
    return result


def assert_items_sum_to_families(result: DemandPlan, items: pl.DataFrame) -> None:
    totals = (
        result.item_demand.join(items.select("item_id", "planning_units_per_unit"), on="item_id")
        .group_by("family_id", "period_start", "step")
        .agg(total=(pl.col("quantity") * pl.col("planning_units_per_unit")).sum())
    )
    families = result.family_demand.filter(pl.col("quantity").is_not_null())
    joined = families.join(totals, on=["family_id", "period_start", "step"], how="left").with_columns(pl.col("total").fill_null(0.0))
    gap = (joined["quantity"] - joined["total"]).abs()
    assert (gap <= 1e-6 * joined.select(pl.max_horizontal(pl.lit(1.0), "quantity")).to_series()).all()


def quantity(result: DemandPlan, key: str, offset: int, step: str) -> float | None:
    frame = result.family_demand if key.isupper() and len(key) > 1 else result.item_demand
    column = "family_id" if key.isupper() and len(key) > 1 else "item_id"
    return frame.filter((pl.col(column) == key) & (pl.col("period_start") == month(offset)) & (pl.col("step") == step))["quantity"].item()


def row(result: DemandPlan, family: str, offset: int, step: str) -> dict:
    cell = (pl.col("family_id") == family) & (pl.col("period_start") == month(offset)) & (pl.col("step") == step)
    return result.family_demand.filter(cell).row(0, named=True)


def said(result: DemandPlan, item: str, step: str) -> tuple:
    cell = (pl.col("item_id") == item) & (pl.col("period_start") == month(1)) & (pl.col("step") == step)
    return result.item_demand.filter(cell).select("change_quantity", "author", "reason").row(0)


def promotion(**columns: object) -> dict:
    return {"promotion_id": "P1", "family_id": "PUMPS", "period_start": month(1), **columns}


def override(**columns: object) -> dict:
    return {"override_id": "O1", "measure": "demand", "family_id": "PUMPS", "period_start": month(1), "step": "finance", **columns}


def test_without_anyone_speaking_every_step_keeps_the_statistical_quantity():
    result = plan()
    assert [quantity(result, "PUMPS", 1, step) for step in DEMAND_STEPS] == [100.0] * 6
    assert [quantity(result, "B", 1, step) for step in DEMAND_STEPS] == [4.0] * 6
    assert [row(result, "PUMPS", 1, step)["change_quantity"] for step in DEMAND_STEPS] == [100.0, 0, 0, 0, 0, 0]


def test_a_promotion_lifts_by_its_ratio_for_the_days_it_runs_and_takes_from_the_period_after():
    result = plan(promotion_periods=[promotion(uplift_ratio=0.5, day_share_ratio=0.4, pull_forward_ratio=0.25)])
    assert [quantity(result, "PUMPS", t, "marketing") for t in range(4)] == [100.0, 120.0, 95.0, 100.0]
    assert quantity(result, "A", 1, "marketing") == 72.0
    assert row(result, "PUMPS", 1, "marketing")["reason"] == "promotion P1 (planned)"


def test_a_promotion_quantity_is_spread_by_its_days_and_an_item_promotion_rolls_up_in_planning_units():
    result = plan(promotion_periods=[promotion(item_id="B", uplift_quantity=5.0, promotion_share_ratio=0.4)])
    assert quantity(result, "B", 1, "marketing") == 6.0
    assert quantity(result, "A", 1, "marketing") == 60.0
    assert quantity(result, "PUMPS", 1, "marketing") == 120.0


def test_two_promotions_lift_the_plan_before_them_not_each_other():
    both = [promotion(uplift_ratio=0.1), promotion(promotion_id="P2", uplift_ratio=0.2)]
    assert quantity(plan(promotion_periods=both), "PUMPS", 1, "marketing") == 130.0


def test_a_promotion_without_uplift_uses_the_estimated_one_and_says_when_there_is_none():
    assert "no uplift given or estimated" in row(plan(promotion_periods=[promotion()]), "PUMPS", 1, "marketing")["reason"]
    estimates = pl.DataFrame([{"promotion_id": "P1", "family_id": "PUMPS", "item_id": "", "estimated_uplift_ratio": 0.3}])
    result = plan_family_demand(**inputs(promotion_periods=[promotion(day_share_ratio=0.5)]), estimated_uplifts=estimates)
    assert quantity(result, "PUMPS", 1, "marketing") == 115.0


def test_a_promotion_of_the_last_closed_period_still_takes_from_the_current_one():
    sold = {"family_id": "PUMPS", "period_start": month(-1), "periods_from_now": -1, "demand_quantity": 150.0}
    gone = promotion(period_start=month(-1), uplift_ratio=0.5, pull_forward_ratio=0.2)
    result = plan(promotion_periods=[gone], family_history=[sold])
    assert [quantity(result, "PUMPS", t, "marketing") for t in range(2)] == [90.0, 100.0]


def test_a_pull_forward_never_makes_demand_negative():
    result = plan(promotion_periods=[promotion(uplift_ratio=5.0, pull_forward_ratio=1.0)])
    assert quantity(result, "PUMPS", 2, "marketing") == 0.0


def test_a_promotion_on_a_family_without_a_quantity_has_nothing_to_lift():
    result = plan(promotion_periods=[promotion(family_id="LAUNCH", uplift_quantity=50.0)])
    assert row(result, "LAUNCH", 1, "marketing")["quantity"] is None
    assert "nothing to lift" in row(result, "LAUNCH", 1, "marketing")["reason"]


def test_a_family_submission_sets_the_total_and_item_submissions_the_mix():
    result = plan(
        sales_submissions=[
            {"family_id": "PUMPS", "period_start": month(1), "submitted_quantity": 200.0, "reason": "fair"},
            {"family_id": "PUMPS", "item_id": "A", "period_start": month(1), "submitted_quantity": 120.0, "author": "Bea"},
            {"family_id": "PUMPS", "item_id": "A", "period_start": month(2), "submitted_quantity": 30.0},
        ]
    )
    assert quantity(result, "PUMPS", 1, "sales") == 200.0
    assert (quantity(result, "A", 1, "sales"), quantity(result, "B", 1, "sales")) == (150.0, 5.0)
    assert (row(result, "PUMPS", 1, "sales")["author"], row(result, "PUMPS", 1, "sales")["reason"]) == ("Bea, Sam", "fair")
    assert quantity(result, "PUMPS", 2, "sales") == 70.0
    assert quantity(result, "PUMPS", 0, "sales") == 100.0


def test_a_family_without_history_plans_on_its_sales_forecast_and_says_so():
    result = plan(sales_submissions=[{"family_id": "LAUNCH", "period_start": month(1), "submitted_quantity": 40.0}])
    assert [quantity(result, "LAUNCH", 1, step) for step in DEMAND_STEPS] == [None, None, 40.0, 40.0, 40.0, 40.0]
    assert row(result, "LAUNCH", 1, "sales")["reason"] == "no sales history: planned on the submitted sales forecast"
    assert row(result, "LAUNCH", 1, "sales")["change_quantity"] == 40.0
    assert (quantity(result, "N", 1, "sales"), quantity(result, "M", 1, "sales")) == (30.0, 10.0)
    assert "no step gave a quantity" in row(result, "LAUNCH", 2, "demand_review")["reason"]


def test_a_family_with_neither_is_planned_at_zero_from_the_consensus_on_and_says_so():
    result = plan()
    assert [quantity(result, "LAUNCH", 1, step) for step in DEMAND_STEPS] == [None, None, None, None, 0.0, 0.0]
    assert row(result, "LAUNCH", 1, "demand_review")["reason"] == "no sales history and no sales forecast: planned at 0"


def test_an_unknown_cell_of_the_look_ahead_stays_empty():
    assert quantity(plan(), "LAUNCH", 3, "executive") is None


def test_overrides_act_in_the_order_of_the_steps_and_each_is_measured():
    result = plan(
        overrides=[
            override(override_id="O1", step="executive", quantity=500.0),
            override(override_id="O2", step="marketing", change_quantity=20.0),
            override(override_id="O3", step="finance", change_ratio=-0.5, author="Fin", reason="credit limit"),
        ]
    )
    assert [quantity(result, "PUMPS", 1, step) for step in DEMAND_STEPS] == [100.0, 120.0, 120.0, 60.0, 60.0, 500.0]
    assert [row(result, "PUMPS", 1, step)["change_quantity"] for step in DEMAND_STEPS] == [100.0, 20.0, 0.0, -60.0, 0.0, 440.0]
    assert (row(result, "PUMPS", 1, "finance")["author"], row(result, "PUMPS", 1, "finance")["reason"]) == ("Fin", "credit limit")
    assert (quantity(result, "A", 1, "executive"), quantity(result, "B", 1, "executive")) == (300.0, 20.0)


def test_item_overrides_roll_up_before_the_family_override_acts_on_their_total():
    result = plan(overrides=[override(item_id="B", change_quantity=2.0), override(override_id="O2", change_ratio=0.5)])
    assert quantity(result, "PUMPS", 1, "finance") == 180.0
    assert (quantity(result, "A", 1, "finance"), quantity(result, "B", 1, "finance")) == (90.0, 9.0)


@pytest.mark.parametrize("is_superseded", [0, 1])
def test_of_two_overrides_on_one_cell_the_later_entry_counts(is_superseded):
    early = override(override_id="Z", quantity=1.0, entered_on=dt.date(2026, 3, 1), is_superseded=is_superseded)
    late = override(override_id="A", quantity=2.0, entered_on=dt.date(2026, 3, 2))
    assert quantity(plan(overrides=[late, early]), "PUMPS", 1, "finance") == 2.0


def test_an_item_says_who_changed_it_itself_or_through_its_family():
    result = plan(
        overrides=[
            override(item_id="B", change_quantity=2.0, author="Ivo", reason="one tender"),
            override(override_id="O2", step="executive", change_ratio=0.5, author="Eve", reason="new market"),
        ]
    )
    assert [said(result, item, "finance") for item in "AB"] == [(0.0, None, None), (2.0, "Ivo", "one tender")]
    assert [said(result, item, "executive") for item in "AB"] == [(30.0, "Eve", "new market"), (3.0, "Eve", "new market")]
    assert row(result, "PUMPS", 1, "finance")["author"] == "Ivo"


def test_the_changes_of_an_item_sum_to_its_quantity():
    result = plan(overrides=[override(change_quantity=7.0), override(override_id="O2", item_id="A", step="executive", quantity=1.0)])
    walked = result.item_demand.with_columns(pl.col("change_quantity").cum_sum().over("item_id", "period_start").alias("walked"))
    assert (walked["walked"] - walked["quantity"]).abs().max() <= 1e-6


def test_a_submission_without_its_items_keeps_their_mix_and_items_of_a_family_row_set_it():
    submitted = [{"family_id": "PUMPS", "period_start": month(1), "submitted_quantity": 200.0}]
    assert [quantity(plan(sales_submissions=submitted), item, 1, "sales") for item in "AB"] == [120.0, 8.0]
    with_mix = [*submitted, submitted[0] | {"item_id": "A", "submitted_quantity": 40.0}]
    assert [quantity(plan(sales_submissions=with_mix), item, 1, "sales") for item in "AB"] == [100.0, 10.0]
    assert quantity(plan(sales_submissions=with_mix), "PUMPS", 1, "sales") == 200.0


def test_a_change_never_makes_demand_negative_and_a_ratio_of_nothing_stays_unknown():
    result = plan(overrides=[override(change_quantity=-500.0), override(family_id="LAUNCH", override_id="O2", change_ratio=0.5)])
    assert quantity(result, "PUMPS", 1, "finance") == 0.0
    assert quantity(result, "LAUNCH", 1, "finance") is None


def test_a_family_at_zero_takes_an_override_by_its_mix():
    result = plan(overrides=[override(step="sales", quantity=0.0), override(override_id="O2", step="executive", quantity=50.0)])
    assert (quantity(result, "A", 1, "executive"), quantity(result, "B", 1, "executive")) == (30.0, 2.0)


def test_an_override_without_exactly_one_value_is_refused_by_name():
    with pytest.raises(ValueError, match="override O1 holds 1 rows without exactly one of"):
        plan_family_demand(**inputs(overrides=[override(quantity=1.0, change_ratio=0.5)]))


def test_an_unknown_item_is_refused_with_its_table():
    unknown = [{"family_id": "PUMPS", "item_id": "X", "period_start": month(1), "submitted_quantity": 1.0}]
    with pytest.raises(ValueError, match=r"core\.sales_submissions: column item_id holds 1 ids .*X"):
        plan_family_demand(**inputs(sales_submissions=unknown))


def test_supply_overrides_and_overrides_of_the_past_leave_demand_alone():
    rows = [
        override(measure="production", step="supply_review", quantity=7.0),
        override(override_id="O2", period_start=month(-1), quantity=7.0),
    ]
    assert_frame_equal(plan(overrides=rows).family_demand, plan().family_demand)


cells = st.fixed_dictionaries(
    {
        "family_id": st.sampled_from(["F1", "F2", "F3"]),
        "item_id": st.sampled_from(["", "a", "b", "c"]),
        "offset": st.integers(0, 3),
        "amount": st.floats(0, 1e6, allow_nan=False).map(lambda value: round(value, 4)),
        "kind": st.sampled_from(["submission", "promotion", "quantity", "change_quantity", "change_ratio"]),
        "step": st.sampled_from(["marketing", "sales", "finance", "demand_review", "executive"]),
    }
)


@settings(max_examples=15, deadline=None)
@given(
    events=st.lists(cells, max_size=12),
    units=st.lists(st.sampled_from([0.001, 0.4536, 1.0, 12.0, 1000.0]), min_size=9, max_size=9),
    seed=st.integers(0, 99),
)
def test_items_sum_to_their_family_steps_sum_to_the_consensus_and_row_order_does_not_matter(events, units, seed):
    families = ["F1", "F2", "F3"]
    items = [f"{family}{item}" for family in families for item in "abc"]
    submissions, promotions, overrides = {}, [], []
    for number, event in enumerate(events):
        item = event["item_id"] and event["family_id"] + event["item_id"]
        key = {"family_id": event["family_id"], "item_id": item, "period_start": month(event["offset"])}
        if event["kind"] == "submission":
            submissions[tuple(key.values())] = key | {"submitted_quantity": event["amount"]}
        elif event["kind"] == "promotion":
            promotions.append(key | {"promotion_id": f"P{number}", "uplift_ratio": event["amount"] / 1e6, "pull_forward_ratio": 0.5})
        else:
            value = event["amount"] / 1e6 - 0.5 if event["kind"] == "change_ratio" else event["amount"]
            overrides.append(key | {"override_id": f"O{number}", "measure": "demand", "step": event["step"], event["kind"]: value})
    frames = inputs(
        families=[{"family_id": family} for family in families],
        items=[{"item_id": item, "family_id": item[:2], "planning_units_per_unit": unit} for item, unit in zip(items, units, strict=True)],
        item_mix=[
            {"item_id": item, "family_id": item[:2], "mix_ratio": ratio} for item, ratio in zip(items, [0.7, 0.3, 0.0] * 3, strict=True)
        ],
        family_forecast=[
            {"family_id": family, "period_start": month(t), "statistical_quantity": None if family == "F3" else 7.77 * (t + 1)}
            for family in families
            for t in range(4)
        ],
        item_forecast=[
            {"item_id": item, "family_id": item[:2], "period_start": month(t), "statistical_quantity": 2.59 * (t + 1) / unit}
            for item, unit in zip(items[:6], units[:6], strict=True)
            for t in range(4)
        ],
        sales_submissions=list(submissions.values()),
        promotion_periods=promotions,
        overrides=overrides,
    )
    result = plan_family_demand(**frames)
    assert_contract(FamilyDemand, result.family_demand)
    assert_contract(ItemDemand, result.item_demand)
    assert_items_sum_to_families(result, frames["items"])

    by_step = result.family_demand.pivot("step", index=["family_id", "period_start"], values="change_quantity")
    consensus = result.family_demand.filter(pl.col("step") == "demand_review").sort("family_id", "period_start")
    walked = by_step.sort("family_id", "period_start").select(pl.sum_horizontal(*DEMAND_STEPS[:5])).to_series()
    scale = consensus.select(pl.max_horizontal(pl.lit(1.0), pl.col("quantity").fill_null(0.0))).to_series()
    assert ((walked - consensus["quantity"].fill_null(0.0)).abs() <= 1e-6 * scale).all()

    again = plan_family_demand(**{name: shuffled(frame, seed) for name, frame in frames.items()})
    assert_frame_equal(again.family_demand, result.family_demand, check_exact=True)
    assert_frame_equal(again.item_demand, result.item_demand, check_exact=True)
