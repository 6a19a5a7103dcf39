"""Time fences from a folder of extracts: what was approved holds in the first month, nearly in the next two, and gives way after."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from nights import planned, rows, run
from textbook_companies import MONTHS, Case, write_textbook_company
from worked_example.company import write_extract

from sop_pipeline.cli import main

CASE = Case("VALVES", (95, 90, 100, 100, 100, 100), production_cost=10, holding_cost=1, may_backorder=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    company = write_textbook_company(tmp_path_factory.mktemp("fenced"), [CASE], slushy_fence_periods=2, slushy_multiple=10)
    write_extract(
        company,
        "product_families",
        [
            {
                "family_id": "VALVES",
                "family_name": "Valves",
                "planning_unit": "pc",
                "production_strategy": "make_to_stock",
                "site_id": "VALVES",
                "planning_time_fence_periods": 1,
            }
        ],
    )
    write_extract(
        company,
        "approved_plans",
        [
            {
                "cycle_id": "2025-12",
                "family_id": "VALVES",
                "period_start": month,
                "approved_on": "2025-12-20",
                "production_quantity": 100,
            }
            for month in MONTHS[:6]
        ],
    )
    assert run(company).succeeded
    return company


def test_what_is_too_much_of_the_fenced_months_is_taken_out_of_the_first_liquid_one(folder: Path) -> None:
    assert planned(folder, "VALVES", "production_quantity") == pytest.approx([100, 100, 100, 85, 100, 100], abs=1e-4)


def test_what_each_fence_costs_is_published(folder: Path) -> None:
    """A piece of January is held for three months, one of February for two; either takes April from what was approved: 0.40."""
    values = rows(folder, "select marginal_value_amount from sop.supply_plan order by period_start")["marginal_value_amount"].to_list()
    assert values[:4] == pytest.approx([3.4, 2.4, 1.4, 0], abs=1e-3)


def test_explain_tells_what_a_fence_costs(folder: Path) -> None:
    told = CliRunner().invoke(main, ["explain", "VALVES", "2026-02", "production", "--company", str(folder)])
    assert told.exit_code == 0
    assert "Production stays at what was approved: one pc less would save 2.4 EUR." in told.output
