"""Extracts that come in workbooks: a value is named by its cell, and of review workbooks the one of the later night counts."""

import dataclasses
from pathlib import Path

import polars as pl
import xlsxwriter
from landing_case import company_of, take

from sop_pipeline import warehouse
from sop_pipeline.landing.cells import cell_address
from sop_pipeline.landing.sources.base import Limits, Wanted
from sop_pipeline.landing.sources.excel import NIGHT_PROPERTY, read_sheet
from sop_pipeline.settings import Format

WANTED = Wanted(Format(), frozenset({"code", "name", "amount"}), Limits())


def test_a_value_is_named_by_its_cell_wherever_the_table_begins(tmp_path: Path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Bob's plan")
        sheet.write_row("C4", ["code", "name", "amount"])
        sheet.write_row("C5", ["A1", "", "12O"])
    reading = read_sheet(path, WANTED, tmp_path / "landed.parquet")

    assert cell_address(reading, 5, ["amount"]) == "'Bob''s plan'!E5"
    assert cell_address(reading, 5, ["code", "amount"]) == "'Bob''s plan'!C5, E5"
    assert cell_address(reading, 5, [None]) == "'Bob''s plan'!5:5"
    assert cell_address(reading, None, ["amount"]) is None
    assert cell_address(dataclasses.replace(reading, sheet=None), 5, ["amount"]) is None


def test_of_two_review_workbooks_the_one_of_the_later_night_counts_whatever_they_are_called(tmp_path: Path):
    place = tmp_path / "extracts/planning"
    place.mkdir(parents=True)
    for name, night, text in [("may", "2026-05-04", "Hire two"), ("june", "2026-06-02", "Hire one"), ("april", None, "Hire nobody")]:
        with xlsxwriter.Workbook(str(place / f"review_{name}.xlsx")) as book:
            if night:
                book.set_custom_property(NIGHT_PROPERTY, night, "text")
            sheet = book.add_worksheet("decisions")
            sheet.write_row("A1", ["decision_id", "raised_on", "text", "decision_status"])
            sheet.write_row("A2", ["1", "2026-04-01", text, "proposed"])
    with warehouse.connect(None) as con:
        taken = take(con, company_of(tmp_path, {}), "decisions")
    assert taken.rows["text"].to_list() == ["Hire one"]
    told = taken.staged.issues.filter(pl.col("rule") == "key_in_later_file")["source_file"].to_list()
    assert told == [f"extracts/planning/review_{name}.xlsx:decisions" for name in ("april", "may")]
