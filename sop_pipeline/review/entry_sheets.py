"""The sheets that come back: overrides, decisions and market assumptions, with lists to choose from and keys that stay.

Saved into the planning department's extracts they are read by name of sheet and of column; how they are read stays in landing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from sop_pipeline.contracts import ColumnSpec, column_specs, contract_of
from sop_pipeline.review.page import HEADER_ROW, Page
from sop_pipeline.review.styles import ENTRY, RULE, Styles

LISTS_SHEET = "lists"
ENTRY_ROWS = 200
PLACE_COLUMNS = ("source_file", "source_line")
WIDTHS = {"reason": 44, "text": 60, "statement": 60, "owner": 18, "author": 18}
NUMBER_STYLES = {"date": "date", "quantity": "decimal", "money": "decimal", "ratio": "decimal", "count": "count"}
CALENDAR_STARTS = dt.date(2000, 1, 1)

ENTRY_TITLES = {
    "overrides": "Overrides: change demand, production, subcontract, purchase, closing stock or backlog of a family or an item",
    "decisions": "Decisions: what is to be decided, and what was",
    "market_assumptions": "Assumptions: what the plan takes for granted",
}
INSTRUCTIONS = (
    "Fill the yellow cells, save the workbook as review….xlsx in extracts/planning, and the next night follows them. Keys that stand are "
    "locked. An earlier workbook in that folder counts too, for keys that this one lacks: remove what is out of date."
)


@dataclass(frozen=True)
class Choices:
    """Lists to choose from, as ranges of the hidden sheet of lists."""

    ranges: Mapping[str, str]


def write_choices(book: xlsxwriter.Workbook, lists: Mapping[str, Sequence[Any]], styles: Styles) -> Choices:
    """Put the values that keys may take on a hidden sheet: families, items, periods."""
    sheet = book.add_worksheet(LISTS_SHEET)
    sheet.hide()
    ranges = {}
    for place, (name, values) in enumerate(lists.items()):
        sheet.write_string(0, place, name)
        for row, value in enumerate(values, start=1):
            if isinstance(value, dt.date):
                sheet.write_datetime(row, place, value, styles.get("date"))
            else:
                sheet.write_string(row, place, value)
        if values:
            ranges[name] = f"={LISTS_SHEET}!{xl_range_abs(1, place, len(values), place)}"
    return Choices(ranges)


def write_entries(page: Page, extract: str, rows: pl.DataFrame, choices: Choices) -> None:
    """One sheet of entries: what stands, its keys locked, and empty rows below. `rows`: the staged extract, what is in force of it."""
    sheet, styles = page.sheet, page.styles
    specs = [spec for spec in column_specs(contract_of(f"staging.{extract}")) if spec.name not in PLACE_COLUMNS]
    page.title(ENTRY_TITLES[extract], INSTRUCTIONS)
    first, filled = HEADER_ROW + 1, HEADER_ROW + 1 + rows.height
    for place, spec in enumerate(specs):
        sheet.write_string(HEADER_ROW, place, spec.name, styles.heading())
        sheet.write_comment(
            HEADER_ROW, place, f"{spec.description}.{'' if spec.is_optional else ' Required.'}", {"x_scale": 1.6, "y_scale": 0.8}
        )
        sheet.set_column(place, place, WIDTHS.get(spec.name, 15))
        _validate(sheet, (first, place, filled + ENTRY_ROWS - 1, place), spec, choices)
        standing, free = _look(spec, styles, is_locked=spec.is_key), _look(spec, styles, is_locked=False)
        for row, value in enumerate(rows[spec.name], start=first):
            _write(sheet, row, place, value, standing)
        for row in range(filled, filled + ENTRY_ROWS):
            sheet.write_blank(row, place, None, free)
    sheet.freeze_panes(first, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True, "insert_rows": True})
    page.print_up_to(max(filled, first), len(specs) - 1, pages_tall=0)


def _look(spec: ColumnSpec, styles: Styles, *, is_locked: bool) -> Format:
    shown = {"border": 1, "border_color": RULE, "locked": is_locked, **({} if is_locked else {"bg_color": ENTRY})}
    number = NUMBER_STYLES.get(spec.kind)
    # as text a key keeps its zeros
    return styles.get(number, **shown) if number else styles.text(num_format="@", **shown)


def _write(sheet: Worksheet, row: int, place: int, value: Any, look: Format) -> None:
    if value is None:
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, place, value, look)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, place, value, look)
    else:
        sheet.write_number(row, place, float(value), look)


def _validate(sheet: Worksheet, area: tuple[int, int, int, int], spec: ColumnSpec, choices: Choices) -> None:
    said = {"input_title": spec.name[:32], "input_message": spec.description[:255], "error_title": spec.name[:32], "ignore_blank": True}
    if spec.allowed_values:
        message = f"Choose one of: {', '.join(spec.allowed_values)}."
        sheet.data_validation(*area, {"validate": "list", "source": list(spec.allowed_values), "error_message": message[:255], **said})
    elif spec.name in choices.ranges:
        message = f"Choose a {spec.name} that the plan knows."
        sheet.data_validation(*area, {"validate": "list", "source": choices.ranges[spec.name], "error_message": message, **said})
    elif spec.kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": CALENDAR_STARTS, "error_message": "Write a date."}
        sheet.data_validation(*area, {**rule, **said})
    elif spec.kind in NUMBER_STYLES:
        rule = {"validate": "decimal", "criteria": "between", "minimum": -1e12, "maximum": 1e12, "error_message": "Write a number."}
        sheet.data_validation(*area, {**rule, **said})
