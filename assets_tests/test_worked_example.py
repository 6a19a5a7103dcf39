"""The worked example, from a folder of extracts to the published tables, number by number."""

from pathlib import Path

import pytest
from nights import planned, rows, shared_night

PUMPS_HISTORY = (
    "from sop.supply_demand_balance where period_kind = 'history' and family_id = 'PUMPS' and period_start >= '2026-01-01' order by 1"
)


@pytest.fixture(scope="module")
def level(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_night(tmp_path_factory, "level")


@pytest.fixture(scope="module")
def chase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_night(tmp_path_factory, "chase")


def sheet(folder: Path, family: str, column: str) -> list[float]:
    """A column of the planned periods as the sheet rounds it."""
    query = f"select {column} from sop.rounded_balance where family_id = '{family}' and column_kind in ('current', 'horizon')"
    return rows(folder, f"{query} order by period_start")[column].to_list()


def history_line(folder: Path, measure: str) -> list[float]:
    """A line of the pumps' review sheet in the closed periods."""
    query = f"select value from sop.family_review where level_id = 'PUMPS' and measure = '{measure}' and column_kind = 'history'"
    return rows(folder, f"{query} order by period_start")["value"].to_list()


def test_history_closes_with_nothing_unexplained(level: Path) -> None:
    history = rows(
        level,
        "select period_start, opening_inventory_quantity, demand_quantity, production_quantity, other_movement_quantity,"
        f" closing_inventory_quantity, unexplained_quantity, approved_demand_quantity, approved_production_quantity {PUMPS_HISTORY}",
    )
    assert [row[1:] for row in history.iter_rows()] == [
        (1200, 950, 980, -5, 1225, 0, 1000, 1000),
        (1225, 1080, 1010, 0, 1155, 0, 1000, 1000),
        (1155, 1110, 1020, -5, 1060, 0, 1050, 1050),
    ]


def test_the_sheet_adds_up_the_variances_of_history(level: Path) -> None:
    assert history_line(level, "cumulative_demand_variance_quantity") == [-50, 30, 90]
    assert history_line(level, "cumulative_production_variance_quantity") == [-20, -10, -40]


def test_the_demand_plan_is_what_sales_submitted(level: Path) -> None:
    assert planned(level, "PUMPS", "consensus_quantity") == [1150, 1200, 1250, 1100, 1000, 1100]
    assert planned(level, "PUMPS", "approved_demand_quantity") == [1100, 1100, 1150, 1100, 1000, 1050]
    assert planned(level, "PUMPS", "business_plan_quantity") == [1120, 1120, 1150, 1120, 1000, 1080]


def test_level_makes_6740_at_one_daily_rate(level: Path) -> None:
    production = planned(level, "PUMPS", "production_quantity")
    assert sum(production) == pytest.approx(6740, abs=1e-4)
    rates = rows(level, "select distinct round(rate_per_working_day, 4) as rate from sop.supply_plan where family_id = 'PUMPS'")
    assert rates["rate"].to_list() == [55.2459]
    assert sheet(level, "PUMPS", "production_quantity") == [1105, 1105, 1215, 1271, 829, 1215]
    assert sheet(level, "PUMPS", "closing_inventory_quantity") == [1015, 920, 885, 1056, 885, 1000]


def test_days_of_supply_walk_forward_over_demand(level: Path) -> None:
    assert planned(level, "PUMPS", "days_of_supply") == pytest.approx([16.9, 16.2, 18.5, 16.1, 17.7, 20.0], abs=0.05)


def test_level_loads_the_test_cell_alike_and_takes_11_8_heads(level: Path) -> None:
    assert planned(level, "PUMPS", "load_ratio") == pytest.approx([0.98653] * 6, abs=5e-6)
    assert set(
        rows(level, "select binding_resource_id from sop.supply_demand_balance where load_ratio is not null")["binding_resource_id"]
    ) == {"TEST_CELL"}
    heads = rows(level, "select required_heads from sop.resource_plan where resource_type = 'labour' order by period_start")
    assert heads["required_heads"].to_list() == pytest.approx([11.84] * 6, abs=0.005)


def test_the_sheet_loads_the_test_cell_with_the_rounded_plan(level: Path) -> None:
    shown = rows(level, "select load_ratio from sop.review_resources where resource_id = 'TEST_CELL' order by period_start")
    assert [round(ratio, 3) for ratio in shown["load_ratio"]] == [0.987, 0.987, 0.986, 0.987, 0.987, 0.986]


def test_level_lives_below_the_target_between_its_ends_and_chase_never_does(level: Path, chase: Path) -> None:
    status = planned(level, "PUMPS", "balance_status")
    assert status == ["balanced", "below_target", "below_target", "balanced", "below_target", "balanced"]
    # 119 % of regular time is within the overtime of 20 %
    assert set(planned(chase, "PUMPS", "balance_status")) == {"balanced"}
    assert planned(level, "PRESSES", "balance_status") == [*["below_target"] * 5, "balanced"]


def test_chase_ends_every_period_at_the_target(chase: Path) -> None:
    assert planned(chase, "PUMPS", "production_quantity") == pytest.approx([1090, 1200, 1250, 1100, 1000, 1100], abs=1e-4)
    assert planned(chase, "PUMPS", "closing_inventory_quantity") == pytest.approx([1000] * 6, abs=1e-4)
    assert planned(chase, "PUMPS", "load_ratio") == pytest.approx([0.973, 1.071, 1.015, 0.854, 1.190, 0.893], abs=5e-4)
    heads = rows(chase, "select required_heads from sop.resource_plan where resource_type = 'labour'")["required_heads"]
    assert (heads.min(), heads.max()) == (pytest.approx(10.25, abs=0.05), pytest.approx(14.29, abs=0.05))


def test_money_stands_beside_the_business_plan(level: Path) -> None:
    total = rows(
        level,
        "select sum(revenue_amount)::double as revenue, sum(business_plan_revenue_amount)::double as planned,"
        " sum(margin_amount)::double as margin, sum(business_plan_gap_amount)::double as gap"
        " from sop.supply_demand_balance where family_id = 'PUMPS' and period_kind <> 'history'",
    )
    assert total.row(0) == (680_000, 672_180, 258_400, 7_820)


def test_the_gap_to_the_business_plan_is_volume_price_and_cost(level: Path) -> None:
    columns = [
        "revenue_gap_amount",
        "revenue_gap_volume_amount",
        "revenue_gap_price_and_mix_amount",
        "revenue_gap_exchange_rate_amount",
        "margin_gap_amount",
        "margin_gap_volume_amount",
        "margin_gap_price_and_mix_amount",
        "margin_gap_cost_amount",
    ]
    sums = ", ".join(f"sum({column})::double" for column in columns)
    found = rows(level, f"select {sums} from sop.financial_plan where family_id = 'PUMPS' and period_kind <> 'history'")
    assert found.row(0) == (7_820, 21_420, -13_600, 0, -11_790, 8_610, -13_600, -6_800)


def test_open_orders_are_booked_already_and_raise_no_booking_to_come(level: Path) -> None:
    assert planned(level, "PRESSES", "orders_due_quantity") == [255, 0, 225, 0, 0, 0]
    assert planned(level, "PRESSES", "booked_quantity") == [210, 190, 230, 220, 180, 200]


def test_the_backlog_of_history_is_rolled_back_from_the_open_orders(level: Path) -> None:
    closing = rows(
        level,
        "select opening_backlog_quantity, booked_quantity, shipped_quantity, closing_backlog_quantity from sop.supply_demand_balance"
        " where family_id = 'PRESSES' and period_kind = 'history' order by period_start",
    )
    assert closing.rows() == [(470, 210, 205, 475), (475, 190, 200, 465), (465, 225, 210, 480)]


def test_presses_lower_their_backlog_from_480_to_420_at_one_rate(level: Path) -> None:
    assert planned(level, "PRESSES", "opening_backlog_quantity")[0] == 480
    assert sum(planned(level, "PRESSES", "production_quantity")) == pytest.approx(1290, abs=1e-3)
    backlog = planned(level, "PRESSES", "closing_backlog_quantity")
    assert backlog == pytest.approx([478.52, 457.05, 454.43, 431.23, 452.62, 420], abs=0.005)
    assert sheet(level, "PRESSES", "production_quantity") == [211, 211, 233, 243, 159, 233]
    assert sheet(level, "PRESSES", "closing_backlog_quantity") == [479, 458, 455, 432, 453, 420]


def test_the_sheet_shows_the_rounded_days_of_backlog(level: Path) -> None:
    shown = rows(
        level,
        "select value from sop.family_review where level = 'family' and level_id = 'PRESSES' and measure = 'backlog_days'"
        " and column_kind in ('current', 'horizon') order by period_start",
    )
    assert shown["value"].to_list() == pytest.approx([45.3, 43.3, 43.0, 40.9, 42.8, 39.7], abs=0.05)
