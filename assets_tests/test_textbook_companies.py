"""Textbook aggregate plans, from a folder of extracts to the published costs, to the cent."""

from dataclasses import replace

import pytest
from nights import rows, run
from textbook_companies import Case, Crew, write_textbook_company

CENT = 0.005
HUGHES_DEMAND, HUGHES_DAYS = (900, 700, 800, 1200, 1500, 1100), (22, 18, 21, 21, 22, 20)
JC_DEMAND, JC_DAYS = (1800, 1500, 1100, 900, 1100, 1600), (22, 19, 21, 21, 22, 20)
JC_SAFETY = tuple(0.25 * quantity for quantity in JC_DEMAND)

# One company per set of switches; every family is a case of its own.
CLOSING = (
    Case(
        "SAILCO",
        (40, 60, 75, 25, 0, 0),
        opening_inventory=10,
        standard_cost=400,
        production_cost=400,
        holding_cost=20,
        may_backorder=False,
        capacity=(40,) * 6,
        overtime_capacity=1000,
        overtime_cost=50,
    ),
    Case(
        "SAILCO-TAUGHT",
        (40, 60, 70, 25, 0, 0),
        opening_inventory=10,
        standard_cost=400,
        production_cost=400,
        holding_cost=20,
        may_backorder=False,
        capacity=(40,) * 6,
        overtime_capacity=1000,
        overtime_cost=50,
    ),
    Case(
        "HUGHES-LEVEL",
        HUGHES_DEMAND,
        strategy="level",
        working_days=HUGHES_DAYS,
        standard_cost=8,
        holding_cost=5,
        crew=Crew(10, 1.6, wage=5, is_constant=True),
    ),
    Case(
        "HUGHES-NEWER-LEVEL",
        HUGHES_DEMAND,
        strategy="level",
        working_days=HUGHES_DAYS,
        standard_cost=16,
        holding_cost=5,
        crew=Crew(10, 1.6, wage=10, is_constant=True),
    ),
    Case(
        "HUGHES-SUBCONTRACT",
        HUGHES_DEMAND,
        working_days=HUGHES_DAYS,
        standard_cost=8,
        holding_cost=5,
        subcontract_cost=10,
        crew=Crew(7.6, 1.6, wage=5, is_constant=True),
    ),
    Case(
        "HUGHES-NEWER",
        HUGHES_DEMAND,
        working_days=HUGHES_DAYS,
        standard_cost=16,
        holding_cost=5,
        subcontract_cost=20,
        crew=Crew(7.6, 1.6, wage=10, is_constant=True),
    ),
)
AVERAGE = (
    Case(
        "SKATEBOARDS",
        (200, 200, 300, 400, 500, 200),
        strategy="level",
        standard_cost=2,
        production_cost=2,
        holding_cost=1,
        backorder_cost=5,
    ),
    Case(
        "SKATEBOARDS-OVERTIME",
        (200, 200, 300, 400, 500, 200),
        standard_cost=2,
        production_cost=2,
        holding_cost=1,
        backorder_cost=5,
        capacity=(280,) * 6,
        overtime_capacity=40,
        overtime_cost=1,
        ordered={"production": (280, 280, 320, 320, 320, 280)},
    ),
    Case(
        "STEVENSON",
        (300, 320, 320, 340, 320, 320),
        standard_cost=40,
        production_cost=40,
        holding_cost=10,
        may_backorder=False,
        capacity=(300,) * 6,
        overtime_capacity=20,
        overtime_cost=10,
        subcontract_cost=60,
        ordered={"production": (320,) * 6, "subcontract": (0,) * 6},
    ),
)
JC = {"standard_cost": 120.0, "holding_cost": 1.5, "opening_inventory": 400, "working_days": JC_DAYS, "backorder_cost": 5}
BUSY = (
    Case(
        "JC-EXACT",
        JC_DEMAND,
        strategy="chase",
        target_inventory=JC_SAFETY,
        production_cost=20,
        crew=Crew(53, 5, wage=0, hire=200, layoff=250),
        **JC,  # type: ignore[arg-type]
    ),
    Case(
        "JC-OVERTIME",
        JC_DEMAND,
        target_inventory=JC_SAFETY,
        may_backorder=False,
        crew=Crew(38, 5, wage=4, overtime_wage=6, overtime_hours_per_head=1000, is_constant=True),
        **JC,  # type: ignore[arg-type]
    ),
    Case("JC-CONSTANT", JC_DEMAND, target_inventory=JC_SAFETY, crew=Crew(40, 5, wage=4, is_constant=True), **JC),  # type: ignore[arg-type]
    Case(
        "JC-SUBCONTRACT",
        JC_DEMAND,
        strategy="chase",
        target_inventory=JC_SAFETY,
        subcontract_cost=20,
        crew=Crew(25, 5, wage=4, is_constant=True),
        **JC,  # type: ignore[arg-type]
    ),
    Case(
        "HUGHES-NEWER-CHASE",
        HUGHES_DEMAND,
        strategy="chase",
        working_days=HUGHES_DAYS,
        standard_cost=16,
        production_cost=16,
        holding_cost=5,
        crew=Crew(41, 1, wage=0, hours_per_day=1, hire=300, layoff=600),
    ),
    Case(
        "HUGHES-CHASE",
        HUGHES_DEMAND,
        strategy="chase",
        working_days=HUGHES_DAYS,
        standard_cost=8,
        production_cost=8,
        holding_cost=5,
        crew=Crew(41, 1, wage=0, hours_per_day=1, hire=300, layoff=600),
    ),
)


ROUNDED_UP = (replace(BUSY[0], family="JC-EXACT-UP"),)


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Total cost of the published plan by case."""
    found = {}
    for name, cases, switches in (
        ("closing", CLOSING, {}),
        ("average", AVERAGE, {"holding_cost_on": "average"}),
        ("busy", BUSY, {"idle_hours": "none", "holding_cost_above": "minimum", "whole_heads": "nearest"}),
        ("rounded up", ROUNDED_UP, {"idle_hours": "none", "holding_cost_above": "minimum", "whole_heads": "up"}),
    ):
        folder = write_textbook_company(tmp_path_factory.mktemp(name), cases, **switches)
        outcome = run(folder)
        assert outcome.succeeded, name
        measured = rows(
            folder, "select family_id, value from sop.strategy_comparison where strategy = 'planned' and measure = 'total_cost'"
        )
        found |= dict(measured.iter_rows())
    return found


@pytest.mark.parametrize(
    ("case", "published"),
    [
        ("SAILCO", 78_450),
        ("SAILCO-TAUGHT", 76_200),
        ("HUGHES-LEVEL", 58_850),
        ("HUGHES-NEWER-LEVEL", 108_450),
        ("HUGHES-NEWER-CHASE", 117_800),
        ("HUGHES-SUBCONTRACT", 52_576),
        ("HUGHES-NEWER", 105_152),
        ("SKATEBOARDS", 4_700),
        ("SKATEBOARDS-OVERTIME", 4_640),
        ("STEVENSON", 78_600),
        ("JC-EXACT", 172_800),
        ("JC-EXACT-UP", 172_350),
        ("JC-OVERTIME", 165_494),  # 165,491 where the book rounds overtime and stock to whole units
        ("JC-CONSTANT", 162_488),
        ("JC-SUBCONTRACT", 160_000),
        ("HUGHES-CHASE", 68_200),
    ],
)
def test_a_textbook_company_costs_what_the_book_says(costs: dict[str, float], case: str, published: float) -> None:
    assert costs[case] == pytest.approx(published, abs=CENT)
