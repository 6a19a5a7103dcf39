"""Native charts of the sheets, and the hidden sheet that lines their data up without gaps. Grids and their formulas stay out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sop_pipeline.review.family_sheet import Written
from sop_pipeline.review.grid import Grid
from sop_pipeline.review.layout import Layout
from sop_pipeline.review.styles import FONT, MUTED, RULE, SERIES_COLOURS

DATA_SHEET = "chart_data"
LOADS_SHOWN = 3
SUMMARY_SIZE, GRID_SIZE = (432, 260), (582, 270)  # pixels
ROW_PIXELS = 20


@dataclass(frozen=True)
class Series:
    """One line or set of columns: the measure it shows, its name, and how it looks."""

    measure: str
    name: str
    look: str  # columns, line, dashed, dotted
    colour: str
    resource_id: str | None = None


BLUE, ORANGE, GREEN, RED, VIOLET, GREY = SERIES_COLOURS
DEMAND = (
    Series("demand_quantity", "Demand, actual and planned", "columns", "#C9D6E2"),
    Series("consensus_quantity", "Sales plan, new", "line", BLUE),
    Series("approved_demand_quantity", "Sales plan, old", "dashed", ORANGE),
    Series("business_plan_quantity", "Business plan", "dotted", GREY),
)
STOCK = (
    Series("closing_inventory_quantity", "Closing stock", "columns", "#C9D6E2"),
    Series("target_inventory_quantity", "Target", "line", BLUE),
    Series("minimum_inventory_quantity", "Minimum", "dashed", RED),
    Series("maximum_inventory_quantity", "Maximum", "dotted", GREY),
)
BACKLOG = (
    Series("closing_backlog_quantity", "Closing backlog", "columns", "#C9D6E2"),
    Series("target_backlog_quantity", "Target", "line", BLUE),
)
MONEY = (
    Series("revenue_amount", "Revenue", "columns", "#C9D6E2"),
    Series("margin_amount", "Margin", "line", GREEN),
)
INVENTORY_VALUE = (Series("inventory_value_amount", "Inventory value", "columns", "#C9D6E2"),)


class ChartData:
    """The hidden sheet behind the charts: one row per series, one column per whole period."""

    def __init__(self, book: xlsxwriter.Workbook, layout: Layout) -> None:
        self._book = book
        self._layout = layout
        self._sheet = book.add_worksheet(DATA_SHEET)
        self._sheet.hide()
        self._orders = [column.order for column in layout.columns if column.kind in ("history", "current", "horizon")]
        self._row = 1
        labels = {column.order: column.label for column in layout.columns}
        for place, order in enumerate(self._orders, start=1):
            self._sheet.write_string(0, place, labels[order])

    def chart(self, written: Written, title: str, series: Sequence[Series], number: str) -> Chart | None:
        """A chart of the series that the grid holds; None where it holds none. `number`: number format of the axis."""
        there = [one for one in series if (one.measure, one.resource_id) in written.rows]
        columns = [self._add(written, one) for one in there if one.look == "columns"]
        lines = [self._add(written, one) for one in there if one.look != "columns"]
        made = []
        for kind, described in (("column", columns), ("line", lines)):
            if described:
                chart = self._book.add_chart({"type": kind})
                for one in described:
                    chart.add_series(one)
                made.append(chart)
        if not made:
            return None
        if len(made) > 1:
            made[0].combine(made[1])
        _dress(made[0], title, number)
        return made[0]

    def _add(self, written: Written, series: Series) -> dict[str, Any]:
        key = (series.measure, series.resource_id)
        sheet = written.sheet_name.replace("'", "''")
        self._sheet.write_string(self._row, 0, series.name)
        for place, order in enumerate(self._orders, start=1):
            value = written.grid.cells.get((key, order))
            if value is not None:
                cell = xl_rowcol_to_cell(written.rows[key], self._layout.places[order])
                self._sheet.write_formula(self._row, place, f"='{sheet}'!{cell}", None, value)
        described = {
            "name": [DATA_SHEET, self._row, 0],
            "categories": [DATA_SHEET, 0, 1, 0, len(self._orders)],
            "values": [DATA_SHEET, self._row, 1, self._row, len(self._orders)],
            **_look(series),
        }
        self._row += 1
        return described


def load_series(grid: Grid) -> tuple[Series, ...]:
    """The resources of a grid with the highest loads."""
    loads = {line.key[1]: (max(line.values.values()), line.label.rsplit(":", 1)[0]) for line in grid.lines if line.key[0] == "load_ratio"}
    highest = sorted(loads, key=lambda resource: (-loads[resource][0], str(resource)))[:LOADS_SHOWN]
    return tuple(
        Series("load_ratio", loads[resource][1], "line", SERIES_COLOURS[place], resource) for place, resource in enumerate(highest)
    )


def insert_charts(sheet: Worksheet, row: int, charts: Sequence[Chart | None], size: tuple[int, int]) -> int:
    """Side by side from this row on; returns the last row they reach."""
    width, height = size
    there = [chart for chart in charts if chart is not None]
    for place, chart in enumerate(there):
        chart.set_size({"width": width, "height": height})
        sheet.insert_chart(row, 0, chart, {"x_offset": 4 + place * (width + 8), "object_position": 3})
    return row + (height // ROW_PIXELS + 1 if there else 0)


def _look(series: Series) -> Mapping[str, Any]:
    if series.look == "columns":
        return {"fill": {"color": series.colour}, "border": {"none": True}, "gap": 40}
    dash = {"line": "solid", "dashed": "dash", "dotted": "round_dot"}[series.look]
    return {"line": {"color": series.colour, "width": 1.75, "dash_type": dash}, "marker": {"type": "none"}}


def _dress(chart: Chart, title: str, number: str) -> None:
    small = {"name": FONT, "size": 8, "color": MUTED}
    chart.set_title(
        {"name": title, "name_font": {"name": FONT, "size": 10, "bold": True}, "overlay": False, "layout": {"x": 0.02, "y": 0.03}}
    )
    chart.set_x_axis({"num_font": {**small, "rotation": -45}, "line": {"color": RULE}, "interval_unit": 3, "label_position": "low"})
    chart.set_y_axis(
        {"num_font": small, "num_format": number, "line": {"none": True}, "major_gridlines": {"visible": True, "line": {"color": RULE}}}
    )
    chart.set_legend({"position": "bottom", "font": small})
    chart.set_chartarea({"border": {"color": RULE}})
    chart.show_blanks_as("gap")
