"""Published aggregate plans, and random ones in their manner, from a folder of extracts to the least cost: to the cent."""

from pathlib import Path

import pytest
from book_optimum import book_optimum
from click.testing import CliRunner
from nights import planned, rows, run
from published_plans import BOOKS, Book
from textbook_companies import Case, write_textbook_company

from sop_pipeline.cli import main

CENT = 0.005
PUBLISHED = {
    ("as it comes", "RED-TOMATO"): 422_275,
    ("as it comes", "RED-TOMATO-MATERIAL"): 422_275,
    ("as it comes", "RED-TOMATO-JANUARY"): 421_915,
    ("as it comes", "RED-TOMATO-JANUARY-TWICE"): 456_750,
    ("as it comes", "RED-TOMATO-APRIL-TWICE"): 536_200,
    ("as it comes", "RED-TOMATO-VARIABLE"): 432_858 + 1 / 3,  # the book drops the cents
    ("as it comes", "RED-TOMATO-APRIL"): 438_857 - 1 / 3,
    ("whole heads", "RED-TOMATO"): 422_660,
    ("four months", "FARNSWORTH"): 105_900,
    ("four months", "TRANSPORT"): 124_730,
    ("a year of lots", "WAGNER-WHITIN"): 864,
    ("four months", "SURESTEP"): 692_820,
    ("four months", "SURESTEP-LATE"): 690_180,
    ("no idle hour", "CANDY"): 832_000,
    ("no idle hour", "CANDY-LEVEL"): 870_000,
    ("no idle hour", "CANDY-CHASE"): 835_000,
}
BY_LEAST_COST = [(name, case) for name, book in BOOKS.items() for case in book.cases if case.strategy == "least_cost"]


class Nights:
    """One night of each company, when the first of its cases is asked for."""

    def __init__(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self._tmp_path_factory = tmp_path_factory
        self._folders: dict[str, Path] = {}

    def folder(self, name: str) -> Path:
        if name not in self._folders:
            folder = write_company(self._tmp_path_factory.mktemp("book"), BOOKS[name])
            assert run(folder).succeeded, name
            self._folders[name] = folder
        return self._folders[name]

    def cost(self, name: str, family: str, measure: str = "total_cost") -> float:
        published = f"family_id = '{family}' and measure = '{measure}' and strategy = 'planned'"
        return float(rows(self.folder(name), f"select value from sop.strategy_comparison where {published}")["value"].item())


def write_company(folder: Path, book: Book) -> Path:
    return write_textbook_company(
        folder,
        book.cases,
        months=book.months,
        holding_cost_on=book.holding_cost_on,
        idle_hours=book.idle_hours,
        whole_heads=book.whole_heads,
        gap=1e-9,
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return Nights(tmp_path_factory)


@pytest.mark.parametrize(("name", "case"), BY_LEAST_COST, ids=lambda value: value.family if isinstance(value, Case) else value)
def test_a_published_plan_costs_what_its_own_programme_says(nights: Nights, name: str, case: Case) -> None:
    book = BOOKS[name]
    least = book_optimum(case, holding_cost_on=book.holding_cost_on, idle_hours=book.idle_hours, whole_heads=book.whole_heads == "optimal")
    assert nights.cost(name, case.family) == pytest.approx(least, abs=CENT)


@pytest.mark.parametrize(("name", "family"), PUBLISHED)
def test_a_published_plan_costs_what_its_book_printed(nights: Nights, name: str, family: str) -> None:
    assert nights.cost(name, family) == pytest.approx(PUBLISHED[name, family], abs=CENT)


def test_wagner_and_whitin_s_lots_are_made_in_the_months_they_printed(nights: Nights) -> None:
    lots = planned(nights.folder("a year of lots"), "WAGNER-WHITIN", "production_quantity")
    assert lots == pytest.approx([98, 0, 97, 0, 121, 0, 0, 112, 0, 67, 135, 0], abs=1e-4)


def test_closing_heads_are_those_that_are_asked_for(nights: Nights) -> None:
    heads = rows(
        nights.folder("as it comes"),
        "select planned_heads from sop.workforce_plan where resource_id = 'RED-TOMATO-HEADS-CREW' order by period_start",
    )
    assert heads["planned_heads"].to_list()[-1] == pytest.approx(80)


def test_explain_costs_prints_the_kinds_of_a_plan(nights: Nights) -> None:
    """A level plan of 100,000 pounds a quarter: 400,000 at 2, and 140,000 held over at 0.50."""
    assert nights.cost("no idle hour", "CANDY-LEVEL", "production_cost") == pytest.approx(800_000, abs=CENT)
    assert nights.cost("no idle hour", "CANDY-LEVEL", "holding_cost") == pytest.approx(70_000, abs=CENT)
    told = CliRunner().invoke(main, ["explain", "--costs", "--company", str(nights.folder("no idle hour"))])
    assert told.exit_code == 0
    total = next(line for line in told.output.splitlines() if "total_cost" in line)
    assert "2,537,000" in total
