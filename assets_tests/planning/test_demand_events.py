"""Every event on the demand plan is a line of its own; the lines of a cell add up to what all events did to it."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_frames import assert_contract, month, months, table

from sop_pipeline.contracts.core.events import AssumptionPeriods, ItemSuccessions
from sop_pipeline.contracts.core.facts import FamilyHistory, ItemPeriodHistory
from sop_pipeline.contracts.core.intentions import Overrides, PromotionPeriods, SalesSubmissions
from sop_pipeline.contracts.core.masters import Families, ItemMix, Items
from sop_pipeline.contracts.forecast import EstimatedUplifts, FamilyForecast, ItemForecast, LaunchForecast, PriceEffects
from sop_pipeline.contracts.plan import DemandEvents
from sop_pipeline.planning.consensus import DemandPlan, plan_family_demand


def plan(
    *,
    promotions: list[dict] | None = None,
    uplifts: list[dict] | None = None,
    launches: list[dict] | None = None,
    prices: list[dict] | None = None,
    assumptions: list[dict] | None = None,
    ends: dict[str, dt.date] | None = None,
    heirs: dict[str, str] | None = None,
    successions: list[dict] | None = None,
    sold: list[dict] | None = None,
) -> DemandPlan:
    """PUMPS sells 60 of A and 4 boxes of 10 of B each period, and nothing of C yet; NEW has no history and the item N."""
    items = [("A", "PUMPS", 1.0), ("B", "PUMPS", 10.0), ("C", "PUMPS", 2.0), ("N", "NEW", 1.0)]
    result = plan_family_demand(
        family_forecast=table(
            FamilyForecast,
            [{"family_id": "PUMPS", "period_start": month(t), "statistical_quantity": 100.0} for t in range(4)]
            + [{"family_id": "NEW", "period_start": month(t)} for t in range(4)],
        ),
        item_forecast=table(
            ItemForecast,
            [
                {"item_id": item, "family_id": "PUMPS", "period_start": month(t), "statistical_quantity": quantity}
                for item, quantity in (("A", 60.0), ("B", 4.0))
                for t in range(4)
            ],
        ),
        sales_submissions=table(SalesSubmissions, []),
        promotion_periods=table(PromotionPeriods, promotions or []),
        overrides=table(Overrides, []),
        families=table(Families, [{"family_id": "PUMPS"}, {"family_id": "NEW"}]),
        items=table(
            Items,
            [
                {
                    "item_id": item,
                    "family_id": family,
                    "planning_units_per_unit": unit,
                    "phase_out_date": (ends or {}).get(item),
                    "successor_item_id": (heirs or {}).get(item),
                }
                for item, family, unit in items
            ],
        ),
        item_successions=table(ItemSuccessions, successions or []),
        item_period_history=table(ItemPeriodHistory, sold or []),
        item_mix=table(ItemMix, [{"item_id": item, "family_id": family, "mix_ratio": 0.5} for item, family, _ in items]),
        periods=months(3, look_ahead=1, history=2),
        family_history=table(FamilyHistory, []),
        estimated_uplifts=table(EstimatedUplifts, uplifts or []),
        launch_forecast=table(LaunchForecast, launches or []),
        price_effects=table(PriceEffects, prices or []),
        assumption_periods=table(AssumptionPeriods, assumptions or []),
    )
    assert_contract(DemandEvents, result.demand_events)
    return result


KEY = {"promotion_id": "P1", "family_id": "PUMPS", "item_id": ""}
ESTIMATE = {**KEY, "estimated_uplift_ratio": 0.4, "estimated_pull_forward_ratio": 0.25}


def promotion(**columns: object) -> dict:
    return {"promotion_id": "P1", "family_id": "PUMPS", "period_start": month(1), "pull_forward_ratio": None, **columns}


def launch(item: str, family: str, quantity: float) -> dict:
    return {
        "item_id": item,
        "family_id": family,
        "period_start": month(1),
        "expected_quantity": quantity,
        "lower_quantity": 0.0,
        "upper_quantity": 2 * quantity,
        "reason": "launched",
    }


def assumption(**columns: object) -> dict:
    return {
        "assumption_id": "dry",
        "family_id": "PUMPS",
        "period_start": month(1),
        "assumption_status": "open",
        "effect_ratio": 0.2,
        "probability_ratio": 0.5,
        "statement": "A dry summer",
        **columns,
    }


def lines(result: DemandPlan, offset: int = 1) -> list[tuple]:
    columns = ("event_kind", "event_id", "quantity_before", "change_quantity", "quantity_after")
    return result.demand_events.filter(pl.col("period_start") == month(offset)).sort("event_order").select(columns).rows()


def marketing(result: DemandPlan, family: str = "PUMPS", offset: int = 1) -> float | None:
    cell = (pl.col("family_id") == family) & (pl.col("period_start") == month(offset)) & (pl.col("step") == "marketing")
    return result.family_demand.filter(cell)["quantity"].item()


def test_each_event_is_a_line_with_the_quantity_before_and_after():
    given_one = promotion(uplift_ratio=0.3, pull_forward_ratio=0.5)
    result = plan(promotions=[given_one], launches=[launch("C", "PUMPS", 5.0)], assumptions=[assumption()])
    assert lines(result) == [
        ("launch", "C", 100.0, 10.0, 110.0),
        ("promotion", "P1", 110.0, 30.0, 140.0),
        ("market_assumption", "dry", 140.0, 10.0, 150.0),
    ]
    assert lines(result, 2) == [("pull_forward", "P1", 100.0, -15.0, 85.0)]
    assert (marketing(result), marketing(result, offset=2)) == (150.0, 85.0)


def test_what_was_estimated_counts_where_nothing_was_given():
    result = plan(promotions=[promotion()], uplifts=[ESTIMATE])
    assert lines(result) == [("promotion", "P1", 100.0, 40.0, 140.0)]
    assert lines(result, 2) == [("pull_forward", "P1", 100.0, -10.0, 90.0)]
    given_instead = plan(promotions=[promotion(uplift_ratio=0.1, pull_forward_ratio=0.0)], uplifts=[ESTIMATE])
    assert lines(given_instead) == [("promotion", "P1", 100.0, 10.0, 110.0)]
    assert lines(given_instead, 2) == []


def test_an_estimated_pull_forward_waits_for_the_end_of_the_promotion():
    running = [promotion(), promotion(period_start=month(2))]
    result = plan(promotions=running, uplifts=[ESTIMATE])
    assert lines(result, 2) == [("promotion", "P1", 100.0, 40.0, 140.0)]
    assert lines(result, 3) == [("pull_forward", "P1", 100.0, -10.0, 90.0)]


def test_a_launch_raises_its_item_to_what_is_expected_and_no_further():
    assert lines(plan(launches=[launch("A", "PUMPS", 75.0)])) == [("launch", "A", 100.0, 15.0, 115.0)]
    assert lines(plan(launches=[launch("A", "PUMPS", 50.0)])) == []


def test_a_launch_gives_a_family_without_history_its_first_quantity():
    result = plan(launches=[launch("N", "NEW", 7.0)])
    assert lines(result) == [("launch", "N", 0.0, 7.0, 7.0)]
    assert (marketing(result, "NEW"), marketing(result, "NEW", 2)) == (7.0, None)


def test_a_change_of_price_changes_its_item_in_planning_units():
    dearer = {"item_id": "B", "family_id": "PUMPS", "period_start": month(1), "price_ratio": 1.1, "effect_ratio": -0.25, "reason": "dearer"}
    assert lines(plan(prices=[dearer])) == [("price_change", "B", 100.0, -10.0, 90.0)]
    assert lines(plan(prices=[{**dearer, "effect_ratio": 0.0}])) == []


def test_an_assumption_without_a_probability_counts_in_full_and_says_so():
    result = plan(assumptions=[assumption(probability_ratio=None)])
    assert lines(result) == [("market_assumption", "dry", 100.0, 20.0, 120.0)]
    assert "probability not given, taken as 1: A dry summer" in result.demand_events["reason"][0]


def test_an_assumption_on_an_unknown_quantity_is_no_line():
    assert lines(plan(assumptions=[assumption(family_id="NEW")])) == []


def said(result: DemandPlan, offset: int = 1) -> tuple:
    cell = (pl.col("family_id") == "PUMPS") & (pl.col("period_start") == month(offset)) & (pl.col("step") == "marketing")
    return result.family_demand.filter(cell).select("author", "reason").row(0)


def test_an_item_that_ends_takes_its_demand_with_it_from_the_day_after_its_last():
    result = plan(ends={"B": dt.date(2026, 5, 10)})
    assert [marketing(result, offset=t) for t in range(4)] == pytest.approx([100.0, 60.0 + 40.0 * 10 / 31, 60.0, 60.0], abs=1e-6)
    assert lines(result, 2) == [("phase_out", "B", 100.0, -40.0, 60.0)]
    assert said(result, 2) == (None, "item B is on sale until 2026-05-10, and no item takes over from it")
    left = result.item_demand.filter((pl.col("step") == "marketing") & (pl.col("period_start") == month(2)))
    assert dict(left.select("item_id", "quantity").rows()) == {"A": 60.0, "B": 0.0, "C": 0.0}


def test_a_successor_of_another_family_inherits_nothing_and_the_line_says_so():
    result = plan(ends={"B": dt.date(2026, 5, 31)}, heirs={"B": "N"})
    assert said(result, 2)[1] == "item B is on sale until 2026-05-31, and its successor N is of another family, so that nothing goes to it"


def test_what_has_a_successor_ends_in_the_statistical_forecast_already():
    link = {"old_item_id": "B", "new_item_id": "C", "family_id": "PUMPS", "effective_date": dt.date(2026, 5, 11), "is_effective": False}
    assert lines(plan(ends={"B": dt.date(2026, 5, 10)}, successions=[link]), 2) == []


def test_no_event_moves_what_has_ended():
    both = [promotion(period_start=month(2), item_id=item, promotion_id=f"P{item}", uplift_ratio=0.5) for item in "AB"]
    result = plan(ends={"B": dt.date(2026, 5, 10)}, promotions=both, assumptions=[assumption(period_start=month(2))])
    assert lines(result, 2) == [
        ("phase_out", "B", 100.0, -40.0, 60.0),
        ("promotion", "PA", 60.0, 30.0, 90.0),
        ("market_assumption", "dry", 90.0, 6.0, 96.0),
    ]


def test_a_promotion_of_a_launched_item_lifts_what_is_expected_of_it():
    lift = promotion(item_id="C", uplift_ratio=0.5, pull_forward_ratio=0.0)
    result = plan(promotions=[lift], launches=[launch("C", "PUMPS", 5.0)])
    assert lines(result) == [("launch", "C", 100.0, 10.0, 110.0), ("promotion", "P1", 110.0, 5.0, 115.0)]


def test_a_promotion_of_an_item_that_sells_nothing_says_so():
    assert said(plan(promotions=[promotion(item_id="C", uplift_ratio=0.5)]))[1] == "promotion P1 (planned): nothing to lift"
    assert said(plan(promotions=[promotion(item_id="C", uplift_ratio=0.0)]))[1] == "promotion P1 (planned)"


def test_a_past_promotion_of_an_item_takes_its_pull_forward_off_what_that_item_sold():
    past = promotion(period_start=month(-1), item_id="B", uplift_ratio=0.5, pull_forward_ratio=0.4)
    sold = {"item_id": "B", "family_id": "PUMPS", "period_start": month(-1), "periods_from_now": -1, "demand_quantity": 6.0}
    # 6 boxes of 10 were sold in place of 4: 0.4 of the 20 more are missing now
    assert lines(plan(promotions=[past], sold=[sold]), 0) == [("pull_forward", "P1", 100.0, -8.0, 92.0)]


def test_every_event_says_on_the_plan_what_it_did_and_an_assumption_whose_it_is():
    result = plan(
        promotions=[promotion(uplift_ratio=0.3, pull_forward_ratio=0.5)],
        prices=[
            {"item_id": "A", "family_id": "PUMPS", "period_start": month(2), "price_ratio": 1.1, "effect_ratio": -0.1, "reason": "dearer"}
        ],
        launches=[launch("C", "PUMPS", 5.0)],
        assumptions=[assumption(owner="Mia", period_start=month(3))],
    )
    assert said(result)[1] == "item C: launched; promotion P1 (planned)"
    assert said(result, 2)[1] == "item A: dearer; promotion P1 takes 50 % of its uplift from this period"
    assert said(result, 3) == ("Mia", "assumption dry (open): effect 0.2 × probability 0.5: A dry summer")


def test_what_zero_holds_back_is_a_line_as_well():
    result = plan(assumptions=[assumption(effect_ratio=-1.0, probability_ratio=1.0), assumption(assumption_id="wet", effect_ratio=-1.0)])
    assert lines(result) == [
        ("market_assumption", "dry", 100.0, -100.0, 0.0),
        ("market_assumption", "wet", 0.0, -50.0, -50.0),
        ("floor", "", -50.0, 50.0, 0.0),
    ]
    less = plan(assumptions=[assumption(effect_ratio=-1.00000000001, probability_ratio=1.0)])
    assert str(less.demand_events["quantity_after"].to_list()) == "[0.0]"


@settings(max_examples=25, deadline=None)
@given(
    ratios=st.lists(st.tuples(st.sampled_from(["", "A", "B"]), st.floats(-2, 3), st.floats(0, 1)), max_size=5),
    effects=st.lists(st.floats(-1, 1), max_size=3),
    launched=st.floats(0, 50),
)
def test_the_lines_of_a_cell_lead_from_the_statistical_to_the_marketing_quantity(ratios, effects, launched):
    result = plan(
        promotions=[
            promotion(promotion_id=f"P{i}", item_id=item, uplift_ratio=uplift, pull_forward_ratio=pull)
            for i, (item, uplift, pull) in enumerate(ratios)
        ],
        assumptions=[assumption(assumption_id=f"A{i}", effect_ratio=effect) for i, effect in enumerate(effects)],
        launches=[launch("C", "PUMPS", launched)],
    )
    for offset in range(4):
        cell = lines(result, offset)
        assert marketing(result, offset=offset) == pytest.approx(cell[-1][4] if cell else 100.0, abs=1e-5)
        assert [line[4] for line in cell[:-1]] == pytest.approx([line[2] for line in cell[1:]], abs=1e-5)
