"""Accuracy of what was published and of backtests, against errors added up by hand, and the classes of items."""

import datetime as dt

import polars as pl
import pytest
from plan_frames import assert_contract, month, months, table

from sop_pipeline.contracts.core.calendar import SiteWorkingDays
from sop_pipeline.contracts.core.facts import FamilyHistory, ItemPeriodHistory
from sop_pipeline.contracts.core.intentions import PastSubmissions, PublishedDemand, PublishedItemDemand
from sop_pipeline.contracts.core.masters import ItemCosts, ItemPrices, Items
from sop_pipeline.contracts.forecast import AuthorAccuracy, ItemBacktest, ItemClasses, PublishedAccuracy, PublishedItemAccuracy
from sop_pipeline.planning.cleaned_history import CleanedDemand
from sop_pipeline.planning.demand_accuracy import (
    backtest_items,
    class_items,
    measure_authors,
    measure_published,
    measure_published_items,
)
from sop_pipeline.planning.forecasting.history import CORRECTIONS_SCHEMA

CLOSED = 36


def family_history(demand: dict[int, float], family: str = "F") -> list[dict]:
    return [
        {"family_id": family, "period_start": month(t), "periods_from_now": t, "demand_quantity": demand.get(t, 100.0)}
        for t in range(-CLOSED, 0)
    ]


def said(offset: int, lag: int, **steps: float) -> list[dict]:
    cell = {"family_id": "F", "period_start": month(offset), "periods_from_now": offset, "lag_periods": lag}
    return [
        cell | {"step": step, "quantity": quantity, "record_kind": "night", "recorded_on": month(-20)} for step, quantity in steps.items()
    ]


def published(rows: list[dict], demand: dict[int, float]) -> dict[tuple[str, int], dict]:
    found = measure_published(table(PublishedDemand, rows), table(FamilyHistory, family_history(demand)), months(2, history=CLOSED))
    assert_contract(PublishedAccuracy, found)
    return {(row["step"], row["lag_periods"]): row for row in found.iter_rows(named=True)}


def test_what_was_published_is_held_against_what_came_and_against_the_season_before():
    demand = {-1: 120.0, -2: 80.0, -13: 110.0, -14: 90.0}
    found = published([*said(-1, 1, statistical=110.0), *said(-2, 1, statistical=100.0)], demand)["statistical", 1]
    assert (found["observations"], found["first_period_start"], found["last_period_start"]) == (2, month(-2), month(-1))
    assert found["wape_ratio"] == pytest.approx((10 + 20) / 200)
    assert found["bias_ratio"] == pytest.approx((-10 + 20) / 200)
    assert found["tracking_signal"] == pytest.approx(10 / 15)
    assert found["naive_wape_ratio"] == pytest.approx((10 + 10) / 200)
    assert found["value_added_ratio"] == pytest.approx((20 - 30) / 200)
    # twenty-two seasonal differences up to -3 and twenty-one up to -4: those of -13 and of -14 are 10 each
    assert found["mase_ratio"] == pytest.approx((10 / (20 / 22) + 20 / (20 / 21)) / 2)


def test_a_step_is_measured_against_the_step_before_in_the_same_version():
    rows = [*said(-1, 1, statistical=80.0, sales=90.0, executive=100.0), *said(-1, 2, statistical=100.0), *said(-2, 2, executive=70.0)]
    elsewhere = {"record_kind": "approved", "recorded_on": month(-5)}
    rows += [*said(-3, 3, statistical=80.0), *(row | elsewhere for row in said(-3, 3, executive=90.0))]
    found = published(rows, {})
    assert found["executive", 3]["value_added_over_before_ratio"] is None
    assert found["statistical", 1]["value_added_over_before_ratio"] is None
    assert found["sales", 1]["value_added_over_before_ratio"] == pytest.approx(0.1)
    assert found["executive", 1]["value_added_over_before_ratio"] == pytest.approx(0.1)
    assert found["executive", 2]["value_added_over_before_ratio"] is None
    assert found["executive", 2]["observations"] == 1


def test_an_item_that_was_planned_and_never_sold_counts_with_all_it_was_planned_for():
    cell = {
        "family_id": "F",
        "period_start": month(-1),
        "periods_from_now": -1,
        "lag_periods": 1,
        "record_kind": "night",
        "recorded_on": month(-2),
    }
    plans = [cell | {"item_id": item, "step": "statistical", "quantity": 30.0} for item in ("even", "launch")]
    found = measure_published_items(
        table(PublishedItemDemand, plans), table(ItemPeriodHistory, item_history("even", [40.0] * CLOSED)), months(2, history=CLOSED)
    )
    assert_contract(PublishedItemAccuracy, found)
    assert found.sort("item_id").select("item_id", "actual_quantity", "wape_ratio", "value_added_ratio").rows() == [
        ("even", 40.0, 0.25, -0.25),
        ("launch", 0.0, None, None),
    ]


def test_people_are_held_to_what_they_submitted_and_to_the_cells_they_changed():
    cell = {"author": "Ada", "family_id": "F", "item_id": "", "customer_group": "", "submitted_on": month(-4)}
    submitted = [
        cell
        | {
            "period_start": month(-1),
            "lag_periods": 1,
            "submitted_quantity": 110.0,
            "actual_quantity": 100.0,
            "previous_year_quantity": 80.0,
        },
        cell
        | {
            "period_start": month(-2),
            "lag_periods": 1,
            "submitted_quantity": 60.0,
            "actual_quantity": 50.0,
            "previous_year_quantity": None,
        },
    ]
    plans = [
        row | {"author": "Fin" if row["step"] == "finance" else None} for row in said(-1, 1, sales=120.0, finance=90.0, executive=90.0)
    ]
    found = measure_authors(
        table(PublishedDemand, plans),
        table(PastSubmissions, submitted),
        table(FamilyHistory, family_history({})),
        months(2, history=CLOSED),
    )
    assert_contract(AuthorAccuracy, found)
    measures = ("wape_ratio", "bias_ratio", "value_added_ratio", "value_added_over_before_ratio")
    by_author = {(row["author"], row["step"], row["basis"]): [row[name] for name in measures] for row in found.iter_rows(named=True)}
    assert by_author == {
        ("Ada", "sales", "submitted"): [pytest.approx(20 / 150), pytest.approx(20 / 150), pytest.approx(0.1), None],
        ("Fin", "finance", "published"): [pytest.approx(0.1), pytest.approx(-0.1), pytest.approx(-0.1), pytest.approx(0.1)],
    }


def test_a_family_that_sold_nothing_has_no_ratio():
    found = published(said(-1, 1, statistical=0.0), dict.fromkeys(range(-CLOSED, 0), 0.0))["statistical", 1]
    assert [found[name] for name in ("wape_ratio", "mase_ratio", "value_added_ratio")] == [None] * 3


def item_history(item: str, quantities: list[float]) -> list[dict]:
    return [
        {
            "item_id": item,
            "family_id": "F",
            "period_start": month(t),
            "periods_from_now": t,
            "demand_quantity": q,
            "booked_quantity": q,
            "shipped_quantity": q,
        }
        for t, q in zip(range(-len(quantities), 0), quantities, strict=True)
    ]


def measured(
    items: list[dict],
    history: list[dict],
    margins: dict[str, float],
    days: dict[int, float] | None = None,
    *,
    per_working_day: bool = False,
    cleaned: CleanedDemand | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    closed = pl.DataFrame(
        [(row["item_id"], row["periods_from_now"], row["demand_quantity"]) for row in history],
        schema={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64},
        orient="row",
    )
    members = pl.DataFrame(
        [(row["item_id"], row["family_id"], row.get("phase_out_date")) for row in items],
        schema={"item_id": pl.String, "family_id": pl.String, "phase_out_date": pl.Date},
        orient="row",
    )
    seen = CleanedDemand(closed, closed.clear(), pl.DataFrame(schema=CORRECTIONS_SCHEMA), pl.DataFrame())
    money = [(item, t, margin) for item, margin in margins.items() for t in range(-12, 0)]
    periods, sold = months(2, history=CLOSED), table(ItemPeriodHistory, history)
    backtest, _ = backtest_items(
        periods=periods,
        site_working_days=table(
            SiteWorkingDays,
            [
                {"site_id": "", "period_start": month(t), "working_days": (days or {}).get(t, 20.0), "remaining_working_days": 0.0}
                for t in range(-CLOSED, 2)
            ],
        ),
        item_period_history=sold,
        cleaned=cleaned or seen,
        members=members,
        origins=12,
        per_working_day=per_working_day,
    )
    prices = table(ItemPrices, [{"item_id": i, "period_start": month(t), "net_price_amount": 5.0 + m} for i, t, m in money])
    costs = table(ItemCosts, [{"item_id": i, "period_start": month(t), "total_cost_amount": 5.0} for i, t, m in money])
    classes = class_items(
        item_backtest=backtest,
        periods=periods,
        items=table(Items, items),
        item_period_history=sold,
        item_prices=prices,
        item_costs=costs,
    )
    assert_contract(ItemBacktest, backtest.select(list(ItemBacktest.to_schema().columns)))
    assert_contract(ItemClasses, classes.select(list(ItemClasses.to_schema().columns)))
    return backtest, classes


ITEMS = [{"item_id": item, "family_id": "F"} for item in ("even", "odd", "rare", "dead")]
HISTORY = [
    *item_history("even", [100.0] * CLOSED),
    *item_history("odd", [100.0 if t % 2 else 300.0 for t in range(CLOSED)]),
    *item_history("rare", [50.0 if t % 4 == 0 else 0.0 for t in range(CLOSED)]),
    *item_history("dead", [0.0] * CLOSED),
]


def test_a_constant_item_is_foreseen_without_error_at_every_lag():
    backtest, _ = measured(ITEMS, HISTORY, {})
    even = backtest.filter(pl.col("item_id") == "even").sort("lag_periods")
    assert even["lag_periods"].to_list() == [1, 2, 3, 4, 5, 6]
    assert even["observations"].to_list() == [12, 11, 10, 9, 8, 7]
    assert even["wape_ratio"].to_list() == pytest.approx([0.0] * 6, abs=1e-6)


def test_items_are_classed_by_how_demand_comes_what_they_earn_and_how_well_they_are_foreseen():
    _, classes = measured(ITEMS, HISTORY, {"even": 4.0, "odd": 1.0, "rare": 1.0})
    found = {row["item_id"]: row for row in classes.iter_rows(named=True)}
    assert {item: row["demand_class"] for item, row in found.items()} == {
        "even": "smooth",
        "odd": "smooth",
        "rare": "intermittent",
        "dead": "no_demand",
    }
    assert found["rare"]["average_interval_periods"] == pytest.approx(CLOSED / 9)
    assert found["odd"]["squared_variation"] == pytest.approx(100.0**2 / 200.0**2)
    # 4800, 2400 and 150 of 7350: the second starts at 65 %, the third at 98 %
    assert {item: (row["margin_amount"], row["abc_class"]) for item, row in found.items()} == {
        "even": (4800.0, "A"),
        "odd": (2400.0, "A"),
        "rare": (150.0, "C"),
        "dead": (0.0, "C"),
    }
    assert [found[item]["xyz_class"] for item in ("even", "rare", "dead")] == ["X", "Z", None]


def test_an_item_without_price_or_cost_has_no_margin_and_no_class():
    _, classes = measured(ITEMS, HISTORY, {"odd": 1.0})
    found = {row["item_id"]: row for row in classes.iter_rows(named=True)}
    assert (found["even"]["margin_amount"], found["even"]["abc_class"]) == (None, None)
    assert found["odd"]["abc_class"] == "A"


def test_periods_after_the_phase_out_are_not_judged():
    items = [{"item_id": "even", "family_id": "F", "phase_out_date": month(-4) + dt.timedelta(days=9)}]
    backtest, _ = measured(items, item_history("even", [100.0] * (CLOSED - 3) + [0.0] * 3), {})
    assert backtest.sort("lag_periods")["observations"].to_list() == [9, 8, 7, 6, 5, 4]


def test_demand_that_follows_the_working_days_is_foreseen_by_them():
    days = {t: 18.0 + (t * t) % 7 for t in range(-CLOSED, 0)}
    history = item_history("even", [5.0 * days[t] for t in range(-CLOSED, 0)])
    by_days, _ = measured(ITEMS[:1], history, {}, days, per_working_day=True)
    plain, _ = measured(ITEMS[:1], history, {}, days)
    assert by_days["wape_ratio"].max() == pytest.approx(0.0, abs=1e-6)
    assert by_days["actual_quantity"].to_list() == pytest.approx(plain["actual_quantity"].to_list())
    assert plain["wape_ratio"].min() > 0.01


def test_a_company_without_history_gets_empty_tables():
    backtest, classes = measured([], [], {})
    assert backtest.is_empty()
    assert classes.is_empty()


def cleaned_history(quantities: list[float], corrections: list[tuple[str, int, str, float, float, str]] | None = None) -> CleanedDemand:
    rows = [("even", t, q) for t, q in zip(range(-len(quantities), 0), quantities, strict=True)]
    items = pl.DataFrame(rows, schema={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64}, orient="row")
    return CleanedDemand(items, items.clear(), pl.DataFrame(corrections or [], schema=CORRECTIONS_SCHEMA, orient="row"), pl.DataFrame())


def test_a_promotion_does_not_teach_the_backtest_and_is_put_back_where_it_ran():
    sold = [100.0] * CLOSED
    sold[-3], sold[-2] = 150.0, 80.0
    corrections = [("even", -3, "promotion", 150.0, 100.0, ""), ("even", -2, "pull_forward", 80.0, 100.0, "")]
    backtest, _ = measured(ITEMS[:1], item_history("even", sold), {}, cleaned=cleaned_history([100.0] * CLOSED, corrections))
    nearest = backtest.filter(pl.col("lag_periods") == 1).row(0, named=True)
    assert nearest["actual_quantity"] == 10 * 100.0 + 150.0 + 80.0
    assert nearest["wape_ratio"] == pytest.approx(0.0, abs=1e-6)
    assert nearest["naive_wape_ratio"] == pytest.approx(70.0 / 1230.0)


def test_demand_a_stock_out_hid_counts_as_it_was_asked_for():
    sold = [100.0] * CLOSED
    sold[-4] = 40.0
    backtest, _ = measured(ITEMS[:1], item_history("even", sold), {}, cleaned=cleaned_history([100.0] * CLOSED))
    nearest = backtest.filter(pl.col("lag_periods") == 1).row(0, named=True)
    assert (nearest["actual_quantity"], nearest["wape_ratio"]) == (1140.0, pytest.approx(60.0 / 1140.0))


def test_a_successor_is_foreseen_by_what_it_inherited_and_judged_from_its_own_first_demand():
    backtest, _ = measured(ITEMS[:1], item_history("even", [100.0] * 5), {}, cleaned=cleaned_history([100.0] * CLOSED))
    assert backtest.sort("lag_periods")["observations"].to_list() == [5] * 6
    assert backtest["wape_ratio"].max() == pytest.approx(0.0, abs=1e-6)
    assert backtest["naive_wape_ratio"].null_count() == 6
