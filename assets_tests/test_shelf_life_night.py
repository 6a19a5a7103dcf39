"""Items that spoil and items made in smallest lots, from the extracts to the published tables, against figures worked out by hand."""

from pathlib import Path

import pytest
from nights import planned, rows, run
from textbook_companies import Case, write_textbook_company

CASES = (
    # A month of life: what April needs beyond its own 100 waits since March at most, and March can make 100.
    Case("SALAD", (10, 10, 10, 300, 10, 10), capacity=(100,) * 6, holding_cost=1, production_cost=100, shelf_life_days=31),
    Case("PICKLES", (10, 10, 10, 300, 10, 10), capacity=(100,) * 6, holding_cost=1, production_cost=100),
    # Two months of life: of the 100 in stock 60 came in in December, the other 40 before; customers take 30, 20, 20.
    Case(
        "YOGHURT",
        (30, 20, 20, 0, 0, 0),
        opening_inventory=100,
        holding_cost=1,
        shelf_life_days=62,
        received={"2025-11-10": 500, "2025-12-10": 60},
    ),
    # Six months' need in runs of 25 at least: two of 30 leave 60 in stock over the months, any other pair leaves more.
    Case("BOARDS", (10,) * 6, holding_cost=2, production_cost=100, may_backorder=False, lot_minimum=25),
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_textbook_company(tmp_path_factory.mktemp("spoils"), CASES, minimum_runs="true")
    assert run(folder).succeeded
    return folder


def test_a_peak_is_built_ahead_only_as_far_as_stock_keeps(company: Path) -> None:
    assert planned(company, "PICKLES", "production_quantity") == pytest.approx([30, 100, 100, 100, 10, 10], abs=1e-3)
    assert planned(company, "SALAD", "production_quantity") == pytest.approx([10, 20, 100, 100, 100, 20], abs=1e-3)
    assert planned(company, "SALAD", "closing_shortage_quantity") == pytest.approx([0, 0, 0, 100, 10, 0], abs=1e-3)
    assert planned(company, "SALAD", "other_movement_quantity") == [0.0] * 6


def test_what_spoils_leaves_the_balance_as_an_other_movement_and_is_an_exception_with_its_value(company: Path) -> None:
    assert planned(company, "YOGHURT", "other_movement_quantity") == pytest.approx([-10, -40, 0, 0, 0, 0])
    assert planned(company, "YOGHURT", "closing_inventory_quantity")[:2] == pytest.approx([60, 0])
    assert "10 spoil: stock keeps 2 periods" in planned(company, "YOGHURT", "note")[0]
    told = rows(
        company,
        "select family_id, period_start::varchar, periods, sentence, money_at_stake_amount from sop.exceptions where kind = 'spoiled'",
    )
    sentence = "YOGHURT: up to 40 pc spoil before anybody takes them, from 2026-01 to 2026-02"
    assert [(*row[:4], float(row[4])) for row in told.rows()] == [("YOGHURT", "2026-01-01", 2, sentence, 5000.0)]
    query = "select family_id, value from sop.strategy_comparison where measure = 'spoiled_amount' and strategy = 'planned' and value > 0"
    measured = dict(rows(company, query).iter_rows())
    assert measured == pytest.approx({"YOGHURT": 5000.0, "*": 5000.0})


def test_a_family_with_a_smallest_lot_is_made_in_runs(company: Path) -> None:
    assert planned(company, "BOARDS", "production_quantity") == pytest.approx([30, 0, 0, 30, 0, 0], abs=1e-3)
