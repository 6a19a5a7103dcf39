"""Vollmann's rough cut from a folder of extracts: routings and bills of material to hours per unit, and a master schedule to loads."""

from pathlib import Path

import polars as pl
import pytest
from nights import rows, run
from textbook_companies import MONTHS, SETTINGS, write_company
from worked_example.company import Row

# item, its usual lot, work centre, hours of a setup and of a run
ROUTINGS = (
    ("A", 40, "100", 1.0, 0.025),
    ("B", 20, "100", 1.0, 1.25),
    ("C", 40, "200", 1.0, 0.575),
    ("C", 40, "300", 1.0, 0.175),
    ("D", 60, "200", 2.0, 0.0667),
    ("E", 100, "200", 2.0, 0.08),
    ("F", 100, "200", 2.0, 0.0425),
)
BILL = (("A", "C", 1), ("A", "D", 1), ("B", "D", 1), ("B", "E", 2), ("E", "F", 2))
SCHEDULE = {
    "A": (33, 33, 33, 40, 40, 40, 30, 30, 30, 37, 37, 37, 37),
    "B": (17, 17, 17, 13, 13, 13, 25, 25, 25, 27, 27, 27, 27),
}
PRINTED_BILLS = {("A", "100"): 0.05, ("A", "200"): 0.7, ("A", "300"): 0.2, ("B", "100"): 1.3, ("B", "200"): 0.55}
PRINTED_LOADS = {
    "100": (23.75,) * 3 + (18.9,) * 3 + (34.0,) * 3 + (36.95,) * 4,
    "200": (32.45,) * 3 + (35.15,) * 3 + (34.75,) * 3 + (40.75,) * 4,
    "300": (6.6,) * 3 + (8.0,) * 3 + (6.0,) * 3 + (7.4,) * 4,
}
PRINTED_TOTAL = 62.8  # hours of the first period


def company_rows() -> dict[str, list[Row]]:
    lots = {item: lot for item, lot, *_ in ROUTINGS}
    months = MONTHS[:13]
    return {
        "product_families": [
            {"family_id": family, "family_name": family, "planning_unit": "pc", "production_strategy": "make_to_stock"}
            for family in SCHEDULE
        ],
        "items": [
            {
                "item_id": item,
                "item_name": item,
                "item_type": "finished" if item in SCHEDULE else "semi_finished",
                "family_id": item if item in SCHEDULE else "",
                "unit_of_measure": "pc",
                "sourcing": "make",
                "lot_minimum": lot,
            }
            for item, lot in lots.items()
        ],
        "bill_of_materials": [
            {"parent_item_id": parent, "component_item_id": component, "quantity_per": quantity} for parent, component, quantity in BILL
        ],
        "routings": [
            {"item_id": item, "operation": number, "resource_id": centre, "setup_hours": setup, "run_hours_per_unit": hours}
            for number, (item, _, centre, setup, hours) in enumerate(ROUTINGS, start=1)
        ],
        "resources": [
            {"resource_id": centre, "resource_name": f"Work centre {centre}", "resource_type": "equipment", "capacity_unit": "hours"}
            for centre in PRINTED_LOADS
        ],
        "standard_costs": [{"item_id": item, "valid_from": "2025-01-01", "total_cost": 10, "currency": "EUR"} for item in lots],
        "inventory": [{"snapshot_date": "2025-12-31", "item_id": item, "stock_status": "unrestricted", "quantity": 0} for item in SCHEDULE],
        "sales_forecasts": [
            {"submitted_on": "2025-12-15", "author": "Sales", "family_id": family, "period_start": month, "quantity": quantity}
            for family, schedule in SCHEDULE.items()
            for month, quantity in zip(months, schedule, strict=True)
        ],
        "overrides": [
            {
                "override_id": f"{family}-{month}",
                "measure": "production",
                "family_id": family,
                "period_start": month,
                "step": "supply_review",
                "quantity": quantity,
                "reason": "The master schedule",
                "author": "Planner",
                "entered_on": "2025-12-20",
            }
            for family, schedule in SCHEDULE.items()
            for month, quantity in zip(months, schedule, strict=True)
        ],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    company = write_company(tmp_path_factory.mktemp("rough_cut"), f"{SETTINGS}horizon_periods: 13\n", company_rows())
    assert run(company).succeeded
    return company


def test_setups_and_runs_roll_up_the_bill_of_material_to_the_printed_bill_of_capacity(folder: Path) -> None:
    found = rows(folder, "select family_id, resource_id, usage_per_unit from sop.bill_of_resources")
    hours = {(family, centre): round(usage, 2) for family, centre, usage in found.iter_rows()}
    assert hours == PRINTED_BILLS


@pytest.mark.parametrize("centre", PRINTED_LOADS)
def test_a_master_schedule_loads_each_work_centre_as_printed(folder: Path, centre: str) -> None:
    query = f"select required_capacity from sop.resource_plan where resource_id = '{centre}' order by period_start"
    assert rows(folder, query)["required_capacity"].round(2).to_list() == pytest.approx(PRINTED_LOADS[centre], abs=1e-9)


def test_the_work_centres_of_a_period_come_to_the_printed_total(folder: Path) -> None:
    first = rows(folder, "select required_capacity from sop.resource_plan where period_start = date '2026-01-01'")
    assert first.select(pl.col("required_capacity").sum().round(1)).item() == PRINTED_TOTAL
