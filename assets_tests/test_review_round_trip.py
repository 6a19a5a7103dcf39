"""From the workbook back into the plan: what is entered in its sheets moves the next night by exactly that, or is named by its cell."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from nights import company_of, planned, rows, run, shared_night
from workbook_cells import read_book
from workbook_entries import save_with_entries

from sop_pipeline.check_report import check_text
from sop_pipeline.checking import check_extracts

JULY = dt.date(2026, 7, 1)
TODAY = dt.date(2026, 4, 1)
DEMAND = {
    "override_id": "00123",
    "measure": "demand",
    "family_id": "PUMPS",
    "period_start": JULY,
    "step": "demand_review",
    "change_quantity": 120.5,
    "reason": "=1+1",
    "author": "@Ada",
    "entered_on": TODAY,
}
PRODUCTION = DEMAND | {"override_id": "O-2", "measure": "production", "family_id": "PRESSES", "step": "supply_review", "author": "Bo"}
DECISION = {
    "decision_id": "D-1",
    "family_id": "PUMPS",
    "raised_on": TODAY,
    "text": "-2+3 shifts in July?",
    "owner": "Ada",
    "due_date": dt.date(2026, 4, 20),
    "decision_status": "proposed",
}
ASSUMPTION = {
    "assumption_id": "A-1",
    "family_id": "PUMPS",
    "statement": "+5 % market",
    "period_from": JULY,
    "period_to": dt.date(2026, 9, 1),
    "assumption_status": "open",
}


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A copy of the worked example after its night of 1 April."""
    return Path(shutil.copytree(shared_night(tmp_path_factory, "level"), tmp_path / "company"))


def send_back(company: Path, entries: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, int], int]:
    (company / "extracts" / "planning").mkdir(exist_ok=True)
    return save_with_entries(
        company / "published" / "review" / "2026-04.xlsx", company / "extracts" / "planning" / "review_april.xlsx", entries
    )


def test_what_is_entered_in_the_workbook_moves_the_next_night_by_exactly_that(company: Path) -> None:
    before = {(family, column): planned(company, family, column) for family, column in MOVED}
    send_back(
        company,
        {"overrides": [DEMAND, PRODUCTION | {"change_quantity": 30}], "decisions": [DECISION], "market_assumptions": [ASSUMPTION]},
    )
    assert run(company).succeeded
    for key, moves in MOVED.items():
        after = planned(company, *key)
        assert [new - old for new, old in zip(after, before[key], strict=True)] == pytest.approx(moves, abs=1e-6), key
    steps = rows(
        company,
        "select step, change_quantity, author, reason from sop.demand_plan "
        "where family_id = 'PUMPS' and period_start = '2026-07-01' and author is not null order by step_order",
    )
    assert steps.rows()[-1] == ("demand_review", 120.5, "@Ada", "=1+1")
    notes = dict(rows(company, "select note_kind, note from sop.review_notes where level_id = 'PUMPS'").rows())
    assert "-2+3 shifts in July?" in notes["decision"]
    assert "+5 % market" in notes["assumption"]
    # and the next workbook holds them as texts, with their keys as they were entered
    cells = read_book(company / "published" / "review" / "2026-04.xlsx").sheets["overrides"]
    texts = {cell.value for cell in cells.values()}
    assert {"00123", "O-2", "=1+1", "@Ada"} <= texts
    assert not any(cell.formula for cell in cells.values())


# planned periods April to September; production is level over one block of 122 working days, over the other 99 where July is overridden
MOVED = {
    ("PUMPS", "consensus_quantity"): [0, 0, 0, 120.5, 0, 0],
    ("PUMPS", "demand_quantity"): [0, 0, 0, 120.5, 0, 0],
    ("PUMPS", "production_quantity"): [120.5 * days / 122 for days in (20, 20, 22, 23, 15, 22)],
    ("PRESSES", "production_quantity"): [30 if days == 23 else -30 * days / (122 - 23) for days in (20, 20, 22, 23, 15, 22)],
}


def test_a_wrong_entry_is_named_by_sheet_and_cell(company: Path) -> None:
    at = send_back(
        company,
        {
            "overrides": [DEMAND, PRODUCTION | {"change_quantity": "12O"}],
            "decisions": [DECISION | {"decision_status": "later"}],
        },
    )
    found = check_extracts(company_of(company), ["overrides", "decisions"])
    told = set(found.issues.select("source_file", "source_line", "source_cell", "column_name", "value").rows())
    overrides, decisions = at["overrides", 1], at["decisions", 0]
    assert told >= {
        ("extracts/planning/review_april.xlsx:overrides", overrides, f"overrides!H{overrides}", "change_quantity", "12O"),
        ("extracts/planning/review_april.xlsx:decisions", decisions, f"decisions!G{decisions}", "decision_status", "later"),
    }
    assert f"extracts/planning/review_april.xlsx: overrides!H{overrides}: 12O" in check_text(found)
    assert f"overrides!H{overrides}" in found.csv.read_text(encoding="utf-8")
    assert run(company).succeeded
    published = rows(company, "select source_cell from sop.quality_issues where column_name = 'change_quantity'")
    assert published.rows() == [(f"overrides!H{overrides}",)]
