"""The page on textbook cases: the company it shows is run as it stands there, and every name it uses exists."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from nights import planned, rows

from sop_pipeline.cli import main
from sop_pipeline.contracts.staging.finance import COST_TYPES
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.settings import SupplySettings
from sop_pipeline.templates import sent_columns

PAGE = Path(__file__).parents[1] / "docs" / "textbook_cases.md"
FILE = re.compile(r"^`(?P<path>[\w./]+)`[^\n]*\n\n```(?:yaml|csv)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
NAME = re.compile(r"`(?:supply: )?([a-z]+_[a-z_]+)(?:`| )")
CENT = 0.005


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    company = tmp_path_factory.mktemp("copied")
    for found in FILE.finditer(PAGE.read_text(encoding="utf-8")):
        path = company / found["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found["text"], encoding="utf-8")
    told = CliRunner().invoke(main, ["run", "--company", str(company)])
    assert told.exit_code == 0, told.output
    return company


def total(folder: Path, family: str) -> float:
    query = f"select value from sop.strategy_comparison where strategy = 'planned' and measure = 'total_cost' and family_id = '{family}'"
    return float(rows(folder, query).item())


def test_the_company_of_the_page_costs_what_the_page_says(folder: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for family, printed in (("TOOLS", "422,275"), ("TIRES", "105,900"), ("*", "528,175")):
        assert printed in text
        assert total(folder, family) == pytest.approx(float(printed.replace(",", "")), abs=CENT)


def test_the_limits_of_the_page_are_kept(folder: Path) -> None:
    assert planned(folder, "TOOLS", "closing_inventory_quantity")[-1] == pytest.approx(500)
    assert max(planned(folder, "TIRES", "closing_shortage_quantity")) == pytest.approx(0, abs=1e-6)
    assert planned(folder, "TIRES", "subcontract_quantity") == pytest.approx([150, 50, 0, 0, 0, 0], abs=1e-4)


def test_the_command_of_the_page_prints_the_total_of_both_books(folder: Path) -> None:
    told = CliRunner().invoke(main, ["explain", "--costs", "--company", str(folder)])
    assert told.exit_code == 0
    assert "528,175" in next(line for line in told.output.splitlines() if "total_cost" in line)


def test_nothing_but_given_money_is_in_the_total_of_the_page(folder: Path) -> None:
    assert rows(folder, "select * from sop.derived_costs where is_money").is_empty()


def test_no_row_of_the_page_is_set_aside(folder: Path) -> None:
    assert rows(folder, "select sum(rows_rejected) from sop.extract_status").item() == 0


def test_every_name_in_the_tables_of_the_page_is_one_of_the_extracts_or_the_settings() -> None:
    known = set(EXTRACTS) | set(SupplySettings.model_fields) | {"supply_review", "as_of_date", "horizon_periods", *COST_TYPES}
    known |= {spec.name for extract in EXTRACTS for spec in sent_columns(extract)}
    named = {name for row in TABLE_ROW.findall(PAGE.read_text(encoding="utf-8")) for name in NAME.findall(row)}
    assert len(named) > 30
    assert named <= known, named - known
