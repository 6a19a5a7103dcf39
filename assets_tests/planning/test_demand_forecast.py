"""Core's histories become the tables of schema forecast."""

import datetime as dt

import polars as pl
import pytest

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.validation import validate
from sop_pipeline.planning.demand_forecast import ForecastSetting, forecast_demand

CLOSED, PLANNED = 36, 6
SETTING = ForecastSetting(engine="express", workers=1, backtest_origins=6, per_working_day=False)


def months() -> pl.DataFrame:
    first = dt.date(2023, 1, 1)
    starts = [dt.date(first.year + i // 12, i % 12 + 1, 1) for i in range(CLOSED + PLANNED + 1)]
    return pl.DataFrame(
        {
            "period_start": starts[:-1],
            "period_end": [start - dt.timedelta(days=1) for start in starts[1:]],
            "periods_from_now": range(-CLOSED, PLANNED),
            "season_length_periods": [12] * (CLOSED + PLANNED),
        }
    )


def company() -> dict[str, pl.DataFrame]:
    periods = months()
    families = pl.DataFrame(
        {"family_id": ["PUMPS", "PRESSES", "NEW"], "production_strategy": ["make_to_stock", "make_to_order", "make_to_stock"]}
    )
    items = pl.DataFrame(
        {
            "item_id": ["P1", "P2", "Q1", "Q2", "N1"],
            "family_id": ["PUMPS", "PUMPS", "PRESSES", "PRESSES", "NEW"],
            "planning_units_per_unit": [1.0, 2.0, 1.0, 1.0, 1.0],
            "phase_out_date": pl.Series([None, dt.date(2026, 2, 10), None, None, None], dtype=pl.Date),
        }
    )
    closed = periods.filter(pl.col("periods_from_now") < 0)["periods_from_now"].to_list()
    demand = {item: [base + 10 * (i % 12) for i in range(CLOSED)] for item, base in [("P1", 100), ("P2", 50), ("Q1", 30), ("Q2", 90)]}
    item_history = pl.concat(
        pl.DataFrame({"item_id": item, "periods_from_now": closed, "demand_quantity": values}).cast({"demand_quantity": pl.Float64})
        for item, values in demand.items()
    )
    units = items.select("item_id", "family_id", "planning_units_per_unit")
    family_history = (
        item_history.join(units, on="item_id")
        .group_by("family_id", "periods_from_now")
        .agg(demand_quantity=(pl.col("demand_quantity") * pl.col("planning_units_per_unit")).sum())
    )
    empty = {
        table: pl.DataFrame(schema=dtypes(contract_of(f"core.{table}")))
        for table in ("promotion_periods", "item_successions", "one_off_orders", "product_launches", "price_changes")
    }
    silent = pl.DataFrame({"family_id": "NEW", "periods_from_now": closed, "demand_quantity": 0.0})
    return {
        "periods": periods,
        "site_working_days": periods.select(site_id=pl.lit(""), period_start="period_start", working_days=pl.lit(21.0)),
        "families": families,
        "items": items,
        **empty,
        "item_period_history": item_history.with_columns(shipped_quantity=pl.lit(0.0), closing_inventory_quantity=pl.lit(5.0)),
        "family_history": pl.concat([family_history, silent]),
    }


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return dict(forecast_demand(**company(), setting=SETTING).tables)


def test_every_table_keeps_its_contract(tables: dict[str, pl.DataFrame]) -> None:
    for address, frame in tables.items():
        columns = list(contract_of(address).to_schema().columns)
        assert validate(contract_of(address), frame.select(columns)).passed, address


def test_items_sum_to_their_family_in_planning_units(tables: dict[str, pl.DataFrame]) -> None:
    units = company()["items"].select("item_id", "planning_units_per_unit")
    summed = (
        tables["forecast.item_forecast"]
        .join(units, on="item_id")
        .group_by("family_id", "period_start")
        .agg(total=(pl.col("statistical_quantity") * pl.col("planning_units_per_unit")).sum())
    )
    both = tables["forecast.family_forecast"].join(summed, on=["family_id", "period_start"])
    assert both.height == 2 * PLANNED
    assert (both["statistical_quantity"] - both["total"]).abs().max() <= 1e-5


def test_a_family_without_demand_has_no_statistical_forecast(tables: dict[str, pl.DataFrame]) -> None:
    new = tables["forecast.family_forecast"].filter(pl.col("family_id") == "NEW")
    assert new.height == PLANNED
    assert new["statistical_quantity"].null_count() == PLANNED


def test_an_item_that_will_end_is_forecast_as_if_it_went_on(tables: dict[str, pl.DataFrame]) -> None:
    """Its end is an event of the demand plan, with a line of its own."""
    phased = tables["forecast.item_forecast"].filter(pl.col("item_id") == "P2")
    assert phased.filter(pl.col("period_start") > dt.date(2026, 2, 10))["statistical_quantity"].min() > 0


def test_a_make_to_order_family_is_split_by_the_mix_of_its_last_season(tables: dict[str, pl.DataFrame]) -> None:
    rows = tables["forecast.item_forecast"].filter(pl.col("family_id") == "PRESSES")
    total = {item: rows.filter(pl.col("item_id") == item)["statistical_quantity"].sum() for item in ("Q1", "Q2")}
    booked = {item: 12 * base + 10 * sum(range(12)) for item, base in (("Q1", 30), ("Q2", 90))}
    assert total["Q1"] / total["Q2"] == pytest.approx(booked["Q1"] / booked["Q2"], rel=1e-6)


def test_dividing_by_working_days_changes_nothing_where_all_periods_have_as_many() -> None:
    daily = ForecastSetting(engine="express", workers=1, backtest_origins=6, per_working_day=True)
    plain, divided = (forecast_demand(**company(), setting=setting).tables["forecast.family_forecast"] for setting in (SETTING, daily))
    both = plain.join(divided, on=["family_id", "period_start"], suffix="_daily").drop_nulls("statistical_quantity")
    assert (both["statistical_quantity"] / both["statistical_quantity_daily"] - 1).abs().max() < 1e-6


def test_a_family_whose_demand_follows_the_working_days_is_backtested_by_them() -> None:
    frames = company()
    days = frames["periods"].select("period_start", "periods_from_now", working_days=18.0 + (pl.col("periods_from_now").abs() * 5) % 7)
    frames["site_working_days"] = days.select("period_start", "working_days", site_id=pl.lit(""))
    steady = (
        frames["family_history"]
        .join(days, on="periods_from_now")
        .with_columns(demand_quantity=pl.when(pl.col("family_id") == "NEW").then(0.0).otherwise(5.0 * pl.col("working_days")))
    )
    frames["family_history"] = steady
    daily = ForecastSetting(engine="express", workers=1, backtest_origins=6, per_working_day=True)
    found, plain = (forecast_demand(**frames, setting=setting).tables["forecast.family_backtest"] for setting in (daily, SETTING))
    assert found["wape_ratio"].max() == pytest.approx(0.0, abs=1e-6)
    assert plain["wape_ratio"].min() > 0.01
    last_six = steady.filter((pl.col("family_id") == "PUMPS") & (pl.col("periods_from_now") >= -6))["demand_quantity"].sum()
    nearest = found.filter((pl.col("family_id") == "PUMPS") & (pl.col("lag_periods") == 1))
    assert nearest["actual_quantity"].item() == pytest.approx(last_six)


def test_a_company_without_any_history_gets_empty_tables() -> None:
    frames = company()
    frames["item_period_history"] = frames["item_period_history"].clear()
    frames["family_history"] = frames["family_history"].with_columns(demand_quantity=pl.lit(0.0))
    tables = forecast_demand(**frames, setting=SETTING).tables
    assert tables["forecast.family_forecast"]["statistical_quantity"].null_count() == 3 * PLANNED
    assert tables["forecast.item_forecast"].is_empty()
    assert tables["forecast.family_backtest"].is_empty()


def test_a_second_night_has_the_same_bytes_and_fits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    standard = ForecastSetting(engine="standard", workers=1, backtest_origins=2, per_working_day=False)
    first = forecast_demand(**company(), setting=standard)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a known history was fitted again")

    monkeypatch.setattr("sop_pipeline.planning.forecasting.fits.fit_library_model", never)
    second = forecast_demand(**company(), setting=standard, known_fits=first.fits)
    assert first.fits.height > 0
    assert second.fits.equals(first.fits)
    for address, frame in first.tables.items():
        key = contract_of(address).key_columns()
        assert frame.sort(key).equals(second.tables[address].sort(key)), address


def test_bounds_widen_with_the_level_and_those_at_80_are_the_published_ones() -> None:
    wide = ForecastSetting(engine="express", workers=1, backtest_origins=2, per_working_day=False, levels=(50, 95))
    tables = forecast_demand(**company(), setting=wide).tables
    intervals = tables["forecast.family_intervals"].pivot("level_ratio", index=["family_id", "period_start"], values="upper_quantity")
    assert intervals.columns[2:] == ["0.5", "0.95"]
    both = intervals.join(tables["forecast.family_forecast"], on=["family_id", "period_start"])
    assert both.filter(pl.col("0.5") > pl.col("statistical_upper_quantity")).is_empty()
    assert both.filter(pl.col("0.95") < pl.col("statistical_upper_quantity")).is_empty()


def test_an_item_made_to_order_that_is_off_sale_leaves_its_share_to_the_family() -> None:
    frames = company()
    ends = pl.when(pl.col("item_id") == "Q2").then(dt.date(2025, 12, 31)).otherwise("phase_out_date")
    frames["items"] = frames["items"].with_columns(phase_out_date=ends)
    tables = forecast_demand(**frames, setting=SETTING).tables
    items = tables["forecast.item_forecast"].filter(pl.col("family_id") == "PRESSES")
    assert items.filter(pl.col("item_id") == "Q2")["statistical_quantity"].max() == 0
    left = items.filter(pl.col("item_id") == "Q1").sort("period_start")["statistical_quantity"]
    family = tables["forecast.family_forecast"].join(items.select("family_id", "period_start").unique(), on=["family_id", "period_start"])
    assert left.to_list() == pytest.approx(family.sort("period_start")["statistical_quantity"].to_list())


def test_a_launch_expects_what_the_plan_says_of_its_like_item_and_what_one_that_ends_would_have_sold() -> None:
    frames = company()
    launch = {"launch_date": dt.date(2026, 1, 1), "like_item_scale": 1.0, "ramp_periods": 0, "confidence": "high", "family_id": "PUMPS"}
    launches = [launch | {"item_id": f"L{like}", "like_item_id": like} for like in ("P1", "P2")]
    frames["product_launches"] = pl.DataFrame(launches, schema=frames["product_launches"].schema)
    # what the family sold beyond its items makes the plan of an item more than the item's own history says
    frames["family_history"] = frames["family_history"].with_columns(pl.col("demand_quantity") * 1.5)
    tables = forecast_demand(**frames, setting=SETTING).tables
    planned, launched = (
        tables[address].pivot("item_id", index="period_start", values=value).sort("period_start")
        for address, value in (("forecast.item_forecast", "statistical_quantity"), ("forecast.launch_forecast", "expected_quantity"))
    )
    assert launched["LP1"].to_list() == planned["P1"].to_list()
    assert launched["LP2"].min() > 0  # type: ignore[operator]


def test_a_successor_to_come_takes_the_forecast_over_without_having_sold_anything() -> None:
    frames = company()
    frames["item_successions"] = pl.DataFrame(
        {
            "old_item_id": ["P1"],
            "new_item_id": ["P9"],
            "family_id": ["PUMPS"],
            "effective_date": [dt.date(2026, 3, 1)],
            "is_effective": [False],
        }
    )
    heir = pl.DataFrame({"item_id": ["P9"], "family_id": ["PUMPS"], "planning_units_per_unit": [1.0], "phase_out_date": [None]})
    frames["items"] = pl.concat([frames["items"], heir.cast({"phase_out_date": pl.Date})])
    rows = (
        forecast_demand(**frames, setting=SETTING)
        .tables["forecast.item_forecast"]
        .pivot("item_id", index="period_start", values="statistical_quantity")
    )
    before, after = rows.filter(pl.col("period_start") < dt.date(2026, 3, 1)), rows.filter(pl.col("period_start") >= dt.date(2026, 3, 1))
    assert (before["P9"].max(), after["P1"].max()) == (0.0, 0.0)
    assert before["P1"].min() > 0  # type: ignore[operator]
    assert after["P9"].min() > 0  # type: ignore[operator]
