"""The sheet of a family, a product group or the company: the grid with live formulas, conditional formats and notes.

What the grid holds comes from `grid`, where its columns stand from `layout`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sop_pipeline.review.grid import Grid, Key, Line, Sum, formula_of, ratio_keys, ratio_orders, total_of
from sop_pipeline.review.layout import LABEL, UNIT, Layout, TotalColumn
from sop_pipeline.review.lines import COLUMN_TITLES, NOTE_TITLES, SECTION_TITLES
from sop_pipeline.review.page import link_to
from sop_pipeline.review.styles import ACCENT, MUTED, NOW, PAST, RULE, STATUS_COLOURS, TOTAL, Styles

SUMMARY = "Summary"
TITLE_ROW, ABOUT_ROW, STATUS_ROW, PERIOD_ROW, KIND_ROW, FIRST_ROW = range(6)
LABEL_WIDTH, UNIT_WIDTH, VALUE_WIDTH = 40, 8, 11.5
FULL = 1.005  # heads follow their load; what rounding adds is no news
FILL = {"history": PAST, "to_date": NOW, "remainder": NOW, "current": NOW}


@dataclass(frozen=True)
class Heading:
    """What stands above a grid."""

    title: str
    about: str
    status: str


@dataclass(frozen=True)
class Written:
    """A grid on its sheet: worksheet row of each line, and the first free row."""

    sheet_name: str
    grid: Grid
    rows: Mapping[Key, int]
    next_row: int


class GridSheet:
    """Writes one grid to one worksheet."""

    def __init__(self, sheet: Worksheet, grid: Grid, layout: Layout, styles: Styles) -> None:
        self._sheet = sheet
        self._grid = grid
        self._layout = layout
        self._styles = styles
        self._rows = _rows_of(grid)

    def write(self, heading: Heading, overtime_ratios: Mapping[str, float]) -> Written:
        """Write the heading, every line and the notes. `overtime_ratios`: overtime ÷ regular capacity by resource."""
        self._write_heading(heading)
        section = None
        for line in self._grid.lines:
            if line.section != section:
                section = line.section
                titles = [SECTION_TITLES[section], *[""] * (self._layout.last_printed - LABEL)]
                self._sheet.write_row(self._rows[line.key] - 1, LABEL, titles, self._styles.section())
            self._write_line(line)
        self._add_conditions(overtime_ratios)
        next_row = self._write_notes(max(self._rows.values(), default=FIRST_ROW) + 2)
        self._set_columns()
        self._sheet.freeze_panes(FIRST_ROW, UNIT + 1)
        self._sheet.hide_gridlines(2)
        return Written(self._sheet.get_name(), self._grid, self._rows, next_row)

    def _write_heading(self, heading: Heading) -> None:
        sheet, styles = self._sheet, self._styles
        sheet.set_row(TITLE_ROW, 24)
        sheet.write_string(TITLE_ROW, LABEL, heading.title, styles.title())
        back = styles.get(font_color=ACCENT, underline=1, align="right")
        sheet.write_url(TITLE_ROW, self._layout.last_printed, link_to(SUMMARY), back, "Summary")
        sheet.write_string(ABOUT_ROW, LABEL, heading.about, styles.subtitle())
        sheet.write_string(STATUS_ROW, LABEL, heading.status, styles.text(bold=True))
        head = styles.heading(align="center")
        kind = styles.heading(align="center", bold=False, italic=True, font_size=8)
        sheet.write_string(PERIOD_ROW, LABEL, "", head)
        sheet.write_string(PERIOD_ROW, UNIT, "unit", head)
        sheet.write_row(KIND_ROW, LABEL, ["", ""], kind)
        for column in self._layout.columns:
            place = self._layout.places[column.order]
            sheet.write_string(PERIOD_ROW, place, column.label, head)
            sheet.write_string(KIND_ROW, place, COLUMN_TITLES[column.kind], kind)
        for total in self._layout.totals:
            sheet.write_string(PERIOD_ROW, total.place, total.title, head)
            sheet.write_string(KIND_ROW, total.place, "total, end", kind)

    def _write_line(self, line: Line) -> None:
        sheet, styles, row = self._sheet, self._styles, self._rows[line.key]
        is_money = line.kind.style in ("money", "money_change")
        emphasis = {"bold": True} if line.kind.is_key else {}
        unit = styles.money_unit(line.unit) if is_money else line.unit
        sheet.write_string(row, LABEL, line.label, styles.text(indent=1, **emphasis))
        sheet.write_string(row, UNIT, unit, styles.text(font_size=8, font_color=MUTED))
        for remark in line.remarks:
            sheet.write_comment(row, LABEL, remark, {"x_scale": 1.5, "y_scale": 0.6})
        for column in self._layout.columns:
            place = self._layout.places[column.order]
            fill = {"bg_color": FILL[column.kind]} if column.kind in FILL else {}
            look = styles.get(line.kind.style, bottom=4, bottom_color=RULE, **emphasis, **fill)
            value, formula = line.values.get(column.order), formula_of(self._grid, line, column)
            if value is None:
                sheet.write_blank(row, place, None, look)
            elif formula is None:
                sheet.write_number(row, place, value, look)
            else:
                sheet.write_formula(row, place, self._written(formula), look, value)
        for total in self._layout.totals:
            self._write_total(line, total, styles.get(line.kind.style, bold=True, bg_color=TOTAL))
        if line.kind.is_quiet and line.is_empty:
            sheet.set_row(row, None, None, {"level": 1, "hidden": True})

    def _written(self, formula: Sum) -> str:
        cells = [self._cell(key, order) for _, key, order in formula.terms]
        if formula.is_ratio:
            return f"={cells[0]}/{cells[1]}"
        signed = "".join(("+" if sign > 0 else "-") + cell for (sign, _, _), cell in zip(formula.terms, cells, strict=True))
        return "=" + signed.removeprefix("+")

    def _write_total(self, line: Line, total: TotalColumn, look: Format) -> None:
        sheet, row = self._sheet, self._rows[line.key]
        value = total_of(self._grid, line, total.orders)
        if value is None:
            sheet.write_blank(row, total.place, None, look)
            return
        there = [order for order in total.orders if order in line.values]
        if line.kind.total == "sum":
            formula = f"=SUM({self._area(line.key, there)})"
        elif line.kind.total == "ratio":
            orders = ratio_orders(self._grid, line, total.orders)
            above, below = (self._area(key, orders) for key in ratio_keys(line))
            formula = f"=SUM({above})/SUM({below})"
        else:
            formula = f"={self._cell(line.key, there[0] if line.kind.total == 'first' else there[-1])}"
        sheet.write_formula(row, total.place, formula, look, value)

    def _cell(self, key: Key, order: int) -> str:
        return str(xl_rowcol_to_cell(self._rows[key], self._layout.places[order]))

    def _area(self, key: Key, orders: list[int]) -> str:
        """A range where the columns stand side by side, else one range for each run of them."""
        places = [self._layout.places[order] for order in orders]
        runs: list[list[int]] = []
        for place in places:
            if runs and runs[-1][1] == place - 1:
                runs[-1][1] = place
            else:
                runs.append([place, place])
        return ",".join(xl_range(self._rows[key], first, self._rows[key], last) for first, last in runs)

    def _add_conditions(self, overtime_ratios: Mapping[str, float]) -> None:
        for measure in ("closing_shortage_quantity", "lost_sales_quantity", "past_due_quantity"):
            self._colour(measure, None, f"=N({self._first_cell(measure)})>0", "short")
        stock, target = self._first_cell("closing_inventory_quantity"), self._first_cell("target_inventory_quantity")
        least, most = self._first_cell("minimum_inventory_quantity"), self._first_cell("maximum_inventory_quantity")
        for limit, sign, status in ((least or target, "<", "below_target"), (most, ">", "excess")):
            if limit:
                formula = f'=AND({limit}<>"",{stock}<>"",{stock}{sign}ROUND({limit},0))'
                self._colour("closing_inventory_quantity", None, formula, status)
        backlog, limit = self._first_cell("closing_backlog_quantity"), self._first_cell("target_backlog_quantity")
        if limit:
            self._colour("closing_backlog_quantity", None, f'=AND({limit}<>"",{backlog}>ROUND({limit},0))', "below_target")
        for measure, resource_id in self._rows:
            if measure == "load_ratio" and resource_id:
                ratio = f"ROUND(N({self._first_cell(measure, resource_id)}),4)"
                self._colour(measure, resource_id, f"={ratio}>{1 + overtime_ratios.get(resource_id, 0.0):.4f}", "overloaded")
                self._colour(measure, resource_id, f"={ratio}>{FULL}", "below_target")

    def _colour(self, measure: str, resource_id: str | None, formula: str, status: str) -> None:
        row = self._rows.get((measure, resource_id))
        if row is not None:
            fill, ink = STATUS_COLOURS[status]
            rule = {"type": "formula", "criteria": formula, "format": self._styles.get(bg_color=fill, font_color=ink)}
            self._sheet.conditional_format(row, self._first_place, row, self._layout.width - 1, rule)

    def _first_cell(self, measure: str, resource_id: str | None = None) -> str | None:
        """The first cell of a line, as a rule that slides along the columns names it."""
        row = self._rows.get((measure, resource_id))
        return None if row is None else str(xl_rowcol_to_cell(row, self._first_place, row_abs=True))

    @property
    def _first_place(self) -> int:
        return min(self._layout.places.values())

    def _write_notes(self, row: int) -> int:
        sheet, styles = self._sheet, self._styles
        if not self._grid.notes:
            return row
        sheet.write_row(row, LABEL, [SECTION_TITLES["notes"], *[""] * (self._layout.last_printed - LABEL)], styles.section())
        for note in self._grid.notes:
            row += 1
            sheet.write_string(row, LABEL, NOTE_TITLES[note.kind], styles.text(indent=1))
            sheet.write_string(row, UNIT, note.label, styles.text(font_size=8, font_color=MUTED))
            sheet.write_string(row, UNIT + 1, note.text, styles.text())
        return row + 2

    def _set_columns(self) -> None:
        sheet, layout = self._sheet, self._layout
        sheet.set_column(LABEL, LABEL, LABEL_WIDTH)
        sheet.set_column(UNIT, UNIT, UNIT_WIDTH)
        sheet.set_column(UNIT + 1, layout.width - 1, VALUE_WIDTH)
        for place in layout.folded:
            sheet.set_column(place, place, VALUE_WIDTH, None, {"level": 1, "hidden": True})
        for place in sorted({place + 1 for place in layout.folded} - set(layout.folded)):
            sheet.set_column(place, place, VALUE_WIDTH, None, {"collapsed": True})


def _rows_of(grid: Grid) -> dict[Key, int]:
    """A row for each line, with a row for the title of each section before its first."""
    rows: dict[Key, int] = {}
    row, section = FIRST_ROW, None
    for line in grid.lines:
        row += line.section != section
        section = line.section
        rows[line.key] = row
        row += 1
    return rows
