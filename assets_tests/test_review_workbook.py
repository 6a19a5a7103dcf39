"""The review workbook: its figures are the table's, its formulas come to them, its texts stay texts, and its entries come back."""

import datetime as dt
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_frames import AS_OF_DATE, MONTHS, workbook_frames, worked_example
from workbook_cells import MAIN, Book, letters, read_book

from sop_pipeline.landing.sources.base import Limits, Wanted
from sop_pipeline.landing.sources.excel import night_of_workbook, read_sheet
from sop_pipeline.review.preview import preview
from sop_pipeline.review.workbook import REVIEW_TABLES, WorkbookSettings, sheet_names, write_workbook
from sop_pipeline.settings import Format
from sop_pipeline.templates import sent_columns

HOSTILE = ["=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", '=HYPERLINK("http://x","y")', 'O\'Brien <&> "quoted"', "\t=1"]
FIGURES = re.compile(r"^-?[\d.]")

COLUMNS = ("override_id", "measure", "family_id", "period_start", "step", "reason", "author")
OVERRIDES = [
    dict(zip(COLUMNS, cells, strict=True)) | {"item_id": "*", "entered_on": dt.date(2026, 3, 30), **change}
    for cells, change in [
        (("00123", "demand", "PUMPS", MONTHS[5], "sales", HOSTILE[0], HOSTILE[3]), {"change_quantity": 120.5}),
        (("OV-2", "production", "PRESSES", MONTHS[6], "supply_review", "holiday", "Ada"), {"quantity": 200}),
        (("OLD", "demand", "PUMPS", MONTHS[0], "sales", "long past", "Ada"), {"change_ratio": 0.1}),
    ]
]
DECISIONS = [
    {"decision_id": "D-1", "family_id": "PUMPS", "text": HOSTILE[1], "owner": HOSTILE[4], "decision_status": "proposed"},
    {"decision_id": "D-2", "text": HOSTILE[5], "decision_status": "decided", "due_date": dt.date(2026, 3, 15)},
    {"decision_id": "D-3", "text": "closed", "decision_status": "done"},
]


EXCEPTIONS = [
    {"exception_rank": rank, "exception_status": status, "kind": kind, "family_id": family_id, "sentence": sentence}
    | {"money_at_stake_amount": money, "since": AS_OF_DATE, "exception_id": str(rank)}
    for rank, status, kind, family_id, sentence, money in [
        (2, "open", "stale_extract", None, "inventory is stale", None),
        (3, "gone", "excess", "PUMPS", "too much", 9000.0),
        (1, "new", "short", "PUMPS", HOSTILE[0], 4000.0),
    ]
]


def example() -> dict[str, Any]:
    """The worked example with hostile texts in every place that people fill."""
    rows = worked_example()
    families = [{**row, "family_name": HOSTILE[place], "planner": HOSTILE[3]} for place, row in enumerate(rows["core.families"])]
    return {
        **rows,
        "core.families": families,
        "staging.overrides": OVERRIDES,
        "sop.decisions": [
            {**row, "raised_on": dt.date(2026, 3, 1), "is_closed": row["decision_status"] == "done", "is_overdue": "due_date" in row}
            for row in DECISIONS
        ],
        "sop.year_outlook": [
            {"fiscal_year": 2026, "level": "company", "measure": "revenue_amount", "not_covered": "last year without 1"}
            | {
                "actual_to_date_value": 10.5,
                "plan_to_go_value": 20.0,
                "outlook_value": 30.5,
                "last_year_value": 20.0,
                "change_value": 10.5,
            },
            {"fiscal_year": 2026, "level": "family", "measure": "revenue_amount"},
        ],
        "sop.exceptions": EXCEPTIONS,
        "sop.dim_item": [{"item_id": HOSTILE[2]}],
        "sop.quality_issues": [
            {
                "issue_key": "k",
                "extract": "items",
                "value": HOSTILE[2],
                "rule": "r",
                "severity": "error",
                "hint": HOSTILE[6],
                "is_resolved": False,
            }
        ],
        "sop.quality_scorecard": [
            {
                "department": "sales",
                "owner": "team:sales",
                "rows_open": 3,
                "rows_set_aside": 2,
                "value_affected_amount": 130,
                "rows_resolved": 1,
            }
        ],
        "sop.extract_status": [
            {"extract": "open_work_orders", "load_status": "not_supplied", "rows_read": 0, "rows_rejected": 0, "reason": HOSTILE[0]}
        ],
        "sop.metric_definition": [{"metric": "m", "description": HOSTILE[1], "formula": HOSTILE[0], "unit": "u", "good_direction": "up"}],
    }


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    return workbook_frames(example())


@pytest.fixture(scope="module")
def path(frames: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("review") / "2026-04.xlsx"
    write_workbook(target, frames, WorkbookSettings())
    return target


@pytest.fixture(scope="module")
def book(path: Path) -> Book:
    return read_book(path)


def row_of(book: Book, sheet: str, label: str) -> int:
    return next(int(name[1:]) for name, cell in book.sheets[sheet].items() if re.fullmatch(r"A\d+", name) and cell.value == label)


def row_values(book: Book, sheet: str, label: str, title_row: int = 4) -> dict[str, float]:
    """Values of a line by the title of their column; the current period together."""
    row = row_of(book, sheet, label)
    values = {}
    for place in range(3, 40):
        title, kind, cell = (book.sheets[sheet].get(f"{letters(place)}{line}") for line in (title_row, title_row + 1, row))
        if title and kind and cell and isinstance(cell.value, float) and kind.value not in ("to date", "to go"):
            values[str(title.value)] = cell.value
    return values


def test_the_data_quality_sheet_tells_what_waits_in_each_department(book: Book) -> None:
    row = row_of(book, "Data quality", "sales")
    cells = [book.sheets["Data quality"].get(f"{column}{row}") for column in "BCDEF"]
    assert [cell.value if cell else None for cell in cells] == [3, "team:sales", 2, 130, 1]


def test_every_formula_comes_to_the_value_it_shows(book: Book) -> None:
    checked = 0
    for sheet, cells in book.sheets.items():
        for name, cell in cells.items():
            if cell.formula is not None:
                assert book.evaluate(sheet, cell.formula) == pytest.approx(cell.value, rel=1e-9, abs=1e-9), (
                    f"{sheet}!{name}: {cell.formula}"
                )
                checked += 1
    assert checked > 400


def test_a_line_shows_the_table_and_totals_it(book: Book) -> None:
    made = row_values(book, "PUMPS", "Production plan, new")
    assert list(made.values()) == [1105, 1105, 1215, 1271, 829, 1215, 6740]
    assert row_values(book, "PUMPS", "Closing stock")["Next 6"] == 1000
    assert row_values(book, "PUMPS", "Opening stock")["Next 6"] == 1060
    assert row_values(book, "PUMPS", "Variance, cumulative")["Last 3"] == 90
    assert row_values(book, "PRESSES", "Closing backlog") == {
        "2026-04": 479, "2026-05": 458, "2026-06": 455, "2026-07": 432, "2026-08": 453, "2026-09": 420, "Next 6": 420,
    }  # fmt: skip
    assert row_values(book, "Company", "Revenue")["Next 6"] == 680_000


def test_what_follows_from_other_lines_is_a_live_formula(book: Book) -> None:
    column = next(name for name, cell in book.sheets["PUMPS"].items() if cell.value == "2026-06" and name.endswith("4"))[:-1]
    for label in ("Change, new − old", "Gap, sales plan − business plan", "Opening stock", "Closing stock", "Gap, closing − target"):
        assert book.sheets["PUMPS"][f"{column}{row_of(book, 'PUMPS', label)}"].formula, label
    for label in ("Sales plan, new (consensus)", "Target stock"):
        assert book.sheets["PUMPS"][f"{column}{row_of(book, 'PUMPS', label)}"].formula is None, label


def test_a_text_that_looks_like_a_formula_stays_a_text(book: Book) -> None:
    found = set()
    for sheet, cells in book.sheets.items():
        for name, cell in cells.items():
            if isinstance(cell.value, str) and cell.value in HOSTILE:
                assert cell.formula is None, f"{sheet}!{name}"
                found.add(cell.value)
                if sheet != "lists" and not FIGURES.match(cell.value):
                    assert cell.style in book.quoted_styles, f"{sheet}!{name} would become a formula when somebody edits it"
    assert found >= {*HOSTILE[:4], HOSTILE[5], HOSTILE[6]}


def test_exceptions_stand_by_rank_and_what_is_gone_counts_no_more(book: Book) -> None:
    cells = book.sheets["Exceptions"]
    shown = [[cells[f"{column}{row}"].value for column in "ABG"] for row in (5, 6, 7)]
    assert shown == [["Short", "new", HOSTILE[0]], ["Stale extract", "open", "inventory is stale"], ["Excess", "gone", "too much"]]
    summary = book.sheets["Summary"]
    at_stake = next(name for name, cell in summary.items() if str(cell.value).startswith("Money at stake"))
    assert summary[f"{at_stake.rstrip('0123456789')}5"].value == 4000
    assert "too much" not in {cell.value for cell in summary.values()}


def test_the_workbook_says_which_night_wrote_it(path: Path) -> None:
    assert night_of_workbook(path) == AS_OF_DATE.isoformat()


def test_page_one_tells_the_year_and_the_decisions_that_wait(book: Book) -> None:
    cells = book.sheets["Summary"]
    row = row_of(book, "Summary", "Revenue 2026")
    assert [cells[f"{column}{row}"].value for column in "BCDEGH"] == [10.5, 20, 30.5, "not supplied", 20, 10.5]
    told = {cell.value for cell in cells.values() if isinstance(cell.value, str) and "decided" in cell.value}
    assert told == {f"Company: {HOSTILE[5]} (decided, overdue since 2026-03-15)"}


def test_the_preview_tells_the_next_periods_and_what_is_wrong_in_readable_numbers(frames: dict[str, pl.DataFrame]) -> None:
    shown = preview(frames)
    pumps = shown["balance"].filter(pl.col("family_id") == "PUMPS")
    assert pumps.select("period", "production_quantity", "revenue_amount").rows() == [
        ("2026-04", "1,105", "115,000"),
        ("2026-05", "1,105", "120,000"),
        ("2026-06", "1,215", "125,000"),
    ]
    assert shown["top_exceptions"].select("kind", "money_at_stake_amount").rows() == [("short", "4,000"), ("stale_extract", None)]
    assert shown["year_outlook"]["outlook_value"].to_list() == ["30"]


def test_entries_in_force_come_back_as_they_went_out(path: Path, tmp_path: Path) -> None:
    expected = {
        "overrides": [["00123", "2026-06-01", "120.5", HOSTILE[0]], ["OV-2", "2026-07-01", None, "holiday"]],
        "decisions": [["D-1", "2026-03-01", HOSTILE[1]], ["D-2", "2026-03-01", HOSTILE[5]]],
    }
    shown = {"overrides": ["override_id", "period_start", "change_quantity", "reason"], "decisions": ["decision_id", "raised_on", "text"]}
    for extract, columns in shown.items():
        names = [spec.name for spec in sent_columns(extract)]
        wanted = Wanted(Format(sheet=extract), frozenset(names), Limits())
        target = tmp_path / f"{extract}.parquet"
        reading = read_sheet(path, wanted, target)
        assert set(names) <= set(reading.columns)
        got = pl.read_parquet(target).select(pl.col(columns).str.replace(" 00:00:00", ""))
        assert [list(row) for row in got.iter_rows()] == expected[extract]


def test_keys_that_stand_are_locked_and_everything_else_is_open(book: Book) -> None:
    cells = book.sheets["overrides"]
    assert book.xml["overrides"].find(f"{MAIN}sheetProtection") is not None
    columns = {cell.value: name.rstrip("0123456789") for name, cell in cells.items() if name.endswith("4") and isinstance(cell.value, str)}
    assert cells[f"{columns['override_id']}5"].style not in book.unlocked_styles
    assert cells[f"{columns['change_quantity']}5"].style in book.unlocked_styles
    assert cells[f"{columns['override_id']}9"].style in book.unlocked_styles
    lists = [
        rule.findtext(f"{MAIN}formula1") or "" for rule in book.xml["overrides"].iter(f"{MAIN}dataValidation") if rule.get("type") == "list"
    ]
    assert any("supply_review" in rule for rule in lists)
    assert sum(rule.startswith("lists!") for rule in lists) == 3


def test_a_table_that_is_missing_is_named(tmp_path: Path, frames: dict[str, pl.DataFrame]) -> None:
    with pytest.raises(KeyError, match=r"sop\.run"):
        write_workbook(tmp_path / "x.xlsx", {name: frames[name] for name in REVIEW_TABLES if name != "sop.run"}, WorkbookSettings())
    assert not list(tmp_path.iterdir())


@given(st.lists(st.text(min_size=0, max_size=40), max_size=12))
def test_sheet_names_are_accepted_by_excel_and_differ(wanted: list[str]) -> None:
    names = sheet_names(wanted, ["Summary"])
    assert len(names) == len(wanted)
    assert len({name.casefold() for name in [*names, "Summary"]}) == len(names) + 1
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set("[]:*?/\\") & set(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


@pytest.mark.campaign
def test_libreoffice_recalculates_every_figure_to_what_is_shown(path: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    command = [
        office,
        f"-env:UserInstallation=file://{profile}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=180, env={**os.environ, "HOME": str(tmp_path)})
    before, after = read_book(path), read_book(tmp_path / path.name)
    checked = 0
    for sheet, cells in before.sheets.items():
        for name, cell in cells.items():
            if cell.formula is not None:
                assert after.sheets[sheet][name].value == pytest.approx(cell.value, rel=1e-9, abs=0.005), f"{sheet}!{name}"
                checked += 1
    assert checked > 400


ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
