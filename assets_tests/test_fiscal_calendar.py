"""Whole nights in fiscal periods, 4-4-5 and thirteen of four weeks: the calendar, history, forecasts and the plan keep to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from fiscal_company import AS_OF, FOUR_FOUR_FIVE, STOCK, THIRTEEN, Period, write_fiscal_company
from nights import failed, rows, run

from sop_pipeline import warehouse


@dataclass(frozen=True)
class FiscalNight:
    """A night as published. `periods`: those of the calendar that the plan shows, history first."""

    folder: Path
    periods: Sequence[Period]
    season: int

    @property
    def history(self) -> list[Period]:
        return [period for period in self.periods if period.end < AS_OF][-26:]

    @property
    def planned(self) -> list[Period]:
        return [period for period in self.periods if period.end >= AS_OF][: self.season]

    def balance(self, family: str, columns: str, kind: str) -> pl.DataFrame:
        kinds = "= 'history'" if kind == "history" else "<> 'history'"
        query = f"select {columns} from sop.supply_demand_balance where family_id = '{family}' and period_kind {kinds}"
        return rows(self.folder, f"{query} order by period_start")

    def table(self, address: str) -> pl.DataFrame:
        with warehouse.connect(self.folder / "warehouse" / "warehouse.duckdb", read_only=True) as con:
            return warehouse.read(con, address)


@pytest.fixture(scope="module", params=[FOUR_FOUR_FIVE, THIRTEEN], ids=["4-4-5", "13 periods"])
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FiscalNight:
    folder = tmp_path_factory.mktemp("fiscal")
    periods = write_fiscal_company(folder, request.param)
    outcome = run(folder)
    assert outcome.succeeded, (outcome.errors, list(failed(outcome)))
    return FiscalNight(folder, periods, len(request.param))


def test_the_plan_is_in_the_periods_of_the_calendar(night: FiscalNight) -> None:
    shown = rows(night.folder, "select period_start, period_end, period_label, fiscal_year, period_of_year from sop.dim_period order by 1")
    expected = [(period.start, period.end, period.label, period.year, period.number) for period in (*night.history, *night.planned)]
    assert shown.rows() == expected
    assert set(night.table("core.periods")["season_length_periods"]) == {night.season}


def test_history_adds_up_in_every_fiscal_period(night: FiscalNight) -> None:
    columns = "demand_quantity, production_quantity, opening_inventory_quantity, closing_inventory_quantity, unexplained_quantity"
    assert night.balance("PUMPS", columns, "history").rows() == [
        (made := period.weeks * period.weekly("P-1"), made, STOCK, STOCK, 0) for period in night.history
    ]


def test_forecasts_repeat_the_season_and_the_weeks_of_each_period(night: FiscalNight) -> None:
    """Demand follows the place of a period in its year; a season of another length would be half a wave off within three years."""
    for item, family in (("P-1", "PUMPS"), ("X-1", "PRESSES")):
        forecast = night.table("forecast.family_forecast").filter(family_id=family).sort("period_start")
        expected = pl.Series([period.weeks * period.weekly(item) for period in night.planned], dtype=pl.Float64)
        assert forecast["period_start"].to_list()[: night.season] == [period.start for period in night.planned]
        missed = (forecast["statistical_quantity"].head(night.season) / expected - 1).abs()
        assert missed.max() < 0.05, (family, missed.to_list())


def test_every_planned_period_balances(night: FiscalNight) -> None:
    planned = night.balance("PUMPS", "*", "planned")
    balance = planned["opening_inventory_quantity"] + planned["production_quantity"] - planned["shipped_quantity"]
    assert balance.to_list() == pytest.approx(planned["closing_inventory_quantity"].to_list())
    assert planned["opening_inventory_quantity"].to_list()[1:] == pytest.approx(planned["closing_inventory_quantity"].to_list()[:-1])
    assert planned["opening_inventory_quantity"][0] == STOCK


def test_a_submission_and_a_yearly_plan_fall_into_fiscal_periods(night: FiscalNight) -> None:
    presses = night.balance("PRESSES", "period_start, consensus_quantity", "planned")
    assert presses.filter(period_start=night.planned[2].start)["consensus_quantity"].to_list() == [777]
    # a year of 52 weeks, each of five working days
    plan = night.balance("PUMPS", "business_plan_quantity", "planned")["business_plan_quantity"].to_list()
    assert plan == pytest.approx([10_400 * period.weeks / 52 for period in night.planned], abs=0.01)


def test_capacity_is_that_of_the_weeks_of_each_period(night: FiscalNight) -> None:
    query = "select regular_capacity from sop.resource_plan where resource_id = 'CELL' order by period_start"
    capacity = rows(night.folder, query)["regular_capacity"].to_list()
    assert capacity[1:] == [period.weeks * 5 * 16 for period in night.planned][1:]
