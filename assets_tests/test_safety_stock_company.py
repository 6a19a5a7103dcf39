"""Safety stock from a folder of extracts: z × σ × √(lead time), σ the forecast error of one period that the night itself measures."""

import datetime as dt
import math
import random
from pathlib import Path
from statistics import NormalDist

import pytest
from nights import company_of, planned, run
from textbook_companies import SETTINGS, write_company
from worked_example.company import Row

from sop_pipeline import warehouse

LEAD_TIME_DAYS = {"SOON": 30, "LATE": 270, "UNSAID": ""}
SERVICE_LEVEL = 0.95
MONTHS = tuple(dt.date(2023 + number // 12, 1 + number % 12, 10) for number in range(36))


def company_rows() -> dict[str, list[Row]]:
    draw = random.Random(9)  # noqa: S311 - test data
    demand = [round(draw.gauss(1000, 40)) for _ in MONTHS]
    families = list(LEAD_TIME_DAYS)
    return {
        "product_families": [
            {"family_id": family, "family_name": family, "planning_unit": "pc", "production_strategy": "make_to_stock"}
            for family in families
        ],
        "items": [
            {
                "item_id": f"{family}-1",
                "item_name": family,
                "item_type": "finished",
                "family_id": family,
                "unit_of_measure": "pc",
                "sourcing": "make",
                "lead_time_days": days,
            }
            for family, days in LEAD_TIME_DAYS.items()
        ],
        "standard_costs": [
            {"item_id": f"{family}-1", "valid_from": "2023-01-01", "total_cost": 10, "currency": "EUR"} for family in families
        ],
        "sales_orders": [
            {
                "order_id": f"{family}-{day:%Y%m}",
                "order_line": "1",
                "item_id": f"{family}-1",
                "order_date": day,
                "requested_date": day,
                "ordered_quantity": quantity,
                "shipped_quantity": quantity,
                "last_ship_date": day,
                "net_unit_price": 20,
                "currency": "EUR",
                "order_type": "standard",
                "order_status": "closed",
            }
            for family in families
            for day, quantity in zip(MONTHS, demand, strict=True)
        ],
        "inventory": [
            {"snapshot_date": "2025-12-31", "item_id": f"{family}-1", "stock_status": "unrestricted", "quantity": 500}
            for family in families
        ],
        "inventory_policies": [{"family_id": family, "valid_from": "2025-01-01", "service_level": SERVICE_LEVEL} for family in families],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = SETTINGS.replace("backtest_origins: 1", "backtest_origins: 6")
    company = write_company(tmp_path_factory.mktemp("safety_stock"), f"{settings}horizon_periods: 3\n", company_rows())
    assert run(company).succeeded
    return company


def test_nine_times_the_lead_time_takes_three_times_the_safety_stock(folder: Path) -> None:
    soon, late = (planned(folder, family, "minimum_inventory_quantity")[0] for family in ("SOON", "LATE"))
    assert soon > 0
    assert late / soon == pytest.approx(3, rel=1e-6)


@pytest.mark.parametrize(("family", "periods"), [("LATE", 270 / (365 / 12)), ("UNSAID", 1.0)])
def test_safety_stock_is_z_times_the_measured_error_times_the_root_of_the_lead_time(folder: Path, family: str, periods: float) -> None:
    with warehouse.connect(company_of(folder).warehouse_file, read_only=True) as con:
        backtest = warehouse.read(con, "forecast.family_backtest").filter(family_id=family, lag_periods=1)
    error = backtest["error_deviation_quantity"].item()
    expected = NormalDist().inv_cdf(SERVICE_LEVEL) * error * math.sqrt(periods)
    assert planned(folder, family, "minimum_inventory_quantity") == pytest.approx([expected] * 3, rel=1e-6)
