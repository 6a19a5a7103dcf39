"""The sheet of resources: load ÷ capacity as live formulas over the figures below it. What a plan takes is computed elsewhere."""

import datetime as dt
from collections.abc import Mapping

import polars as pl
from xlsxwriter.utility import xl_rowcol_to_cell

from sop_pipeline.review.page import HEADER_ROW, Page
from sop_pipeline.review.styles import STATUS_COLOURS

RATIO = "Load ÷ regular capacity"
BLOCKS = {  # column of sop.resource_plan and number style of each block under the ratios
    "Load": ("required_capacity", "hours"),
    "Regular capacity": ("regular_capacity", "hours"),
    "Overtime capacity": ("overtime_capacity", "hours"),
    "Heads needed": ("required_heads", "heads"),
    "Heads on hand": ("planned_heads", "heads"),
}
HEADS = ("Heads needed", "Heads on hand")
NAMES = ("resource_name", "resource_type", "capacity_unit")
FIRST_PERIOD = len(NAMES)


def write_resources(page: Page, resource_plan: pl.DataFrame, dim_period: pl.DataFrame) -> None:
    """A block per figure, a row per resource, a column per planned period. `resource_plan`: sop.resource_plan of the base scenario."""
    page.title("Resources", "Load of the working plan ÷ regular capacity; the current period stands for what is left of it.")
    labels = dim_period.join(resource_plan.select("period_start").unique(), on="period_start").sort("period_start")
    places = {start: FIRST_PERIOD + number for number, start in enumerate(labels["period_start"])}
    resources = resource_plan.select("resource_id", *NAMES).unique().sort("resource_id")
    tops = {title: HEADER_ROW + number * (resources.height + 2) for number, title in enumerate([RATIO, *BLOCKS])}
    for title, top in tops.items():
        for place, text in enumerate([title, "kind", "unit", *labels["period_label"]]):
            page.sheet.write_string(top, place, text, page.styles.heading(align="left" if place < FIRST_PERIOD else "right"))
        for row, names in enumerate(resources.select(NAMES).iter_rows(), start=top + 1):
            for place, name in enumerate(names):
                page.sheet.write_string(row, place, name, page.styles.text())
            if title in HEADS and names[1] != "labour":
                page.sheet.set_row(row, None, None, {"hidden": True})
    offsets = {resource_id: number for number, resource_id in enumerate(resources["resource_id"], start=1)}
    for record in resource_plan.iter_rows(named=True):
        _write_period(page, record, tops, offsets[record["resource_id"]], places[record["period_start"]])
    last_place = FIRST_PERIOD + labels.height - 1
    _colour_loads(page, tops, resources.height, last_place)
    page.sheet.set_column(0, 0, 30)
    page.sheet.set_column(1, 2, 10)
    page.sheet.set_column(FIRST_PERIOD, max(last_place, FIRST_PERIOD), 8)
    page.sheet.freeze_panes(HEADER_ROW + 1, FIRST_PERIOD)
    page.print_up_to(max(tops.values()) + resources.height, max(last_place, FIRST_PERIOD), pages_tall=0)


def _write_period(page: Page, record: Mapping[str, float | str | dt.date | None], tops: Mapping[str, int], offset: int, place: int) -> None:
    for title, (column, style) in BLOCKS.items():
        value = record[column]
        if isinstance(value, float):
            page.sheet.write_number(tops[title] + offset, place, value, page.styles.get(style))
    required, regular = record["required_capacity"], record["regular_capacity"]
    if isinstance(required, float) and isinstance(regular, float) and regular:
        load, capacity = (xl_rowcol_to_cell(tops[title] + offset, place) for title in ("Load", "Regular capacity"))
        page.sheet.write_formula(tops[RATIO] + offset, place, f"={load}/{capacity}", page.styles.get("ratio"), required / regular)


def _colour_loads(page: Page, tops: Mapping[str, int], height: int, last_place: int) -> None:
    if not height:
        return
    area = (tops[RATIO] + 1, FIRST_PERIOD, tops[RATIO] + height, last_place)
    load, regular, overtime = (
        xl_rowcol_to_cell(tops[title] + 1, FIRST_PERIOD) for title in ("Load", "Regular capacity", "Overtime capacity")
    )
    for allowed, status in ((f"{regular}+{overtime}", "overloaded"), (regular, "below_target")):
        fill, ink = STATUS_COLOURS[status]
        look = page.styles.get(bg_color=fill, font_color=ink)
        formula = f"=ROUND(N({load}),4)>ROUND({allowed},4)"
        page.sheet.conditional_format(*area, {"type": "formula", "criteria": formula, "format": look, "stop_if_true": True})
    scale = {"type": "2_color_scale", "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
    page.sheet.conditional_format(*area, {**scale, "min_color": "#FFFFFF", "max_color": "#C9D6E2"})
