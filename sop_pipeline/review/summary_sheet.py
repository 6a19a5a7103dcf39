"""Page one: key figures, the year, the families at a glance, what is wrong and what waits for a decision. Grids stay on their sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_rowcol_to_cell

from sop_pipeline.review.charts import ROW_PIXELS, SUMMARY_SIZE
from sop_pipeline.review.family_sheet import FULL, Written
from sop_pipeline.review.grid import Key, total_of
from sop_pipeline.review.layout import Layout, TotalColumn
from sop_pipeline.review.news import News, write_news
from sop_pipeline.review.page import Page, link_to
from sop_pipeline.review.styles import ACCENT, MUTED, RULE, STATUS_COLOURS, STATUS_TITLES, TOTAL

STRATEGIES = {"make_to_stock": "to stock", "make_to_order": "to order", "assemble_to_order": "assembled to order"}
MEASURES = {"revenue_amount": "Revenue", "margin_amount": "Margin"}
LETTERS = {"short": "S", "overloaded": "O", "below_target": "B", "excess": "E", "balanced": ""}
EXCEPTIONS_SHOWN, DECISIONS_SHOWN = 8, 6
FIGURES_ROW = 3
LAST_FIGURE = 11  # worksheet column of the last figure of a family; statuses follow
STATUS_WIDTH = 3.4


def company_years(year_outlook: pl.DataFrame) -> pl.DataFrame:
    """The rows of sop.year_outlook that page one shows: the company's money, year by year."""
    shown = (pl.col("level") == "company") & pl.col("measure").is_in(list(MEASURES))
    order = pl.col("measure").replace_strict({measure: place for place, measure in enumerate(MEASURES)}, default=None)
    return year_outlook.filter(shown).sort("fiscal_year", order)


@dataclass(frozen=True)
class FamilyRow:
    """A family on page one: its sheet, and its status by period label."""

    family_id: str
    name: str
    production_strategy: str
    written: Written
    statuses: Mapping[str, str]


@dataclass(frozen=True)
class Summary:
    """What page one tells."""

    title: str
    about: str
    news: str
    company: Written
    families: Sequence[FamilyRow]
    outlooks: pl.DataFrame  # rows of sop.year_outlook
    exceptions: pl.DataFrame
    changes_and_costs: News
    decisions: Sequence[str]
    period_labels: Sequence[str]
    currency: str


class SummarySheet:
    """Writes page one from top to bottom."""

    def __init__(self, page: Page, layout: Layout, summary: Summary) -> None:
        self._page = page
        self._sheet = page.sheet
        self._styles = page.styles
        self._layout = layout
        self._summary = summary
        self._next = next(total for total in layout.totals if total.title.startswith("Next"))
        self._width = LAST_FIGURE + len(summary.period_labels)

    def write(self) -> int:
        """Everything but the charts; returns the row they go to."""
        self._page.title(self._summary.title, self._summary.about)
        self._sheet.write_string(2, 0, self._summary.news, self._styles.text(font_color=MUTED))
        self._write_figures()
        row = self._write_year(FIGURES_ROW + 4)
        row = self._write_families(row + 1)
        row = self._write_exceptions(row + 1)
        unit = self._styles.money_unit(self._summary.currency)
        row = write_news(self._page, row + 1, self._summary.changes_and_costs, width=self._width, unit=unit)
        self._sheet.set_column(0, 0, 25)
        self._sheet.set_column(1, 1, 15)
        self._sheet.set_column(2, LAST_FIGURE, 9.5)
        self._sheet.set_column(LAST_FIGURE + 1, self._width, STATUS_WIDTH)
        self._page.print_up_to(row + SUMMARY_SIZE[1] // ROW_PIXELS + 2, self._width)
        return row + 1

    def _write_figures(self) -> None:
        """The company over the next periods, each figure a link into its grid."""
        troubled = sum(bool({"short", "overloaded"} & set(family.statuses.values())) for family in self._summary.families)
        worth = self._summary.exceptions["money_at_stake_amount"].sum()
        unit = self._styles.money_unit(self._summary.currency)
        period = self._next.title.lower()
        figures = [
            (f"Revenue, {period}, {unit}", "revenue_amount", "money", 0, 1),
            (f"Margin, {period}, {unit}", "margin_amount", "money", 2, 3),
            (f"Gap to business plan, {unit}", "business_plan_gap_amount", "money_change", 4, 6),
            (f"Inventory value at the end, {unit}", "inventory_value_amount", "money", 7, 9),
        ]
        for label, measure, style, first, last in figures:
            self._tile(label, first, last)
            look = self._styles.get(style, font_size=15, bold=True, align="center", bg_color=TOTAL)
            self._total((measure, None), self._summary.company, FIGURES_ROW + 1, first, look)
        self._tile("Families short or overloaded", 10, 11)
        big = self._styles.text(font_size=15, bold=True, align="center", bg_color=TOTAL)
        self._sheet.write_string(FIGURES_ROW + 1, 10, f"{troubled} of {len(self._summary.families)}", big)
        self._tile(f"Money at stake in exceptions, {unit}", 12, self._width)
        self._sheet.write_number(
            FIGURES_ROW + 1, 12, float(worth or 0), self._styles.get("money", font_size=15, bold=True, align="center", bg_color=TOTAL)
        )

    def _tile(self, label: str, first: int, last: int) -> None:
        self._sheet.set_row(FIGURES_ROW + 1, 24)
        small = self._styles.get(font_size=8, font_color=MUTED, align="center", bg_color=TOTAL, left=5, left_color="#FFFFFF")
        self._page.merge(FIGURES_ROW, first, last, label, small)
        self._page.merge(FIGURES_ROW + 1, first, last, "", self._styles.get(bg_color=TOTAL))

    def _total(self, key: Key, written: Written, row: int, place: int, look: object) -> None:
        """The next periods' total of a line, as a link to the cell that holds it."""
        line = written.grid.line(*key)
        value = total_of(written.grid, line, self._next.orders) if line else None
        if value is None:
            self._sheet.write_blank(row, place, None, look)
        else:
            self._sheet.write_formula(row, place, f"={self._reference(key, written, self._next)}", look, value)

    def _reference(self, key: Key, written: Written, total: TotalColumn) -> str:
        name = written.sheet_name.replace("'", "''")
        return f"'{name}'!{xl_rowcol_to_cell(written.rows[key], total.place)}"

    def _write_year(self, row: int) -> int:
        """Fiscal years beside the decisions that wait."""
        unit = self._styles.money_unit(self._summary.currency)
        self._page.section(row, 0, 7, f"Year outlook, {unit}")
        self._page.section(row, 8, self._width, "Decisions, those that wait first")
        titles = ["", "Actual to date", "Plan to go", "Outlook", "Business plan", "Gap", "Last year", "Change"]
        for place, title in enumerate(titles):
            self._sheet.write_string(row + 1, place, title, self._styles.heading(align="left" if place == 0 else "right"))
        for position, outlook in enumerate(self._summary.outlooks.iter_rows(named=True), start=row + 2):
            self._write_outlook(position, outlook)
        for position, decision in enumerate(self._summary.decisions[:DECISIONS_SHOWN], start=row + 1):
            self._page.merge(position, 8, self._width, decision, self._styles.text(shrink=True, indent=1))
        shown = min(len(self._summary.decisions), DECISIONS_SHOWN)
        return row + 2 + max(self._summary.outlooks.height, shown)

    def _write_outlook(self, row: int, outlook: Mapping[str, Any]) -> None:
        label = f"{MEASURES[outlook['measure']]} {outlook['fiscal_year']}"
        self._sheet.write_string(row, 0, label, self._styles.get(bold=True, bottom=4, bottom_color=RULE))
        money, change = (self._styles.get(style, bottom=4, bottom_color=RULE) for style in ("money", "money_change"))
        done, to_go, total, plan, before = (xl_rowcol_to_cell(row, place) for place in (1, 2, 3, 4, 6))
        missing = self._styles.get(font_color=MUTED, align="right", font_size=8)
        if outlook["outlook_value"] is None:
            self._sheet.write_string(row, 3, "not supplied", missing)
            return
        self._sheet.write_number(row, 1, outlook["actual_to_date_value"], money)
        self._sheet.write_number(row, 2, outlook["plan_to_go_value"], money)
        bold = self._styles.get("money", bold=True, bottom=4, bottom_color=RULE)
        self._sheet.write_formula(row, 3, f"={done}+{to_go}", bold, outlook["outlook_value"])
        for place, cell, other, gap in ((4, plan, "business_plan_value", "gap_value"), (6, before, "last_year_value", "change_value")):
            if outlook[other] is None:
                self._sheet.write_string(row, place, "not supplied", missing)
            else:
                self._sheet.write_number(row, place, outlook[other], money)
                self._sheet.write_formula(row, place + 1, f"={total}-{cell}", change, outlook[gap])
        if outlook["not_covered"]:
            self._sheet.write_comment(row, 0, outlook["not_covered"])

    def _write_families(self, row: int) -> int:
        """A row per family: totals of the next periods as links, and the status of each period as a colour."""
        self._page.section(row, 0, self._width, f"Families, {self._next.title.lower()} periods")
        unit = self._styles.money_unit(self._summary.currency)
        titles = [
            "Family",
            "Made",
            "Demand",
            "vs old plan",
            "vs last year",
            "Stock or backlog",
            "Target",
            "Days",
            "Highest load",
            f"Revenue, {unit}",
            f"Margin, {unit}",
            f"Gap, {unit}",
        ]
        self._sheet.set_row(row + 1, 34)
        for place, title in enumerate(titles):
            self._sheet.write_string(row + 1, place, title, self._styles.heading(align="left" if place < 2 else "right"))
        for place, label in enumerate(self._summary.period_labels, start=LAST_FIGURE + 1):
            self._sheet.write_string(row + 1, place, label, self._styles.heading(rotation=90, font_size=7, align="center"))
        for position, family in enumerate(self._summary.families, start=row + 2):
            self._write_family(position, family)
        last = row + 1 + len(self._summary.families)
        for place, (status, letter) in enumerate(LETTERS.items()):
            self._sheet.write_string(
                last + 1, 1 + place, f"{letter or '·'} {STATUS_TITLES[status]}", self._styles.status(status, font_size=8)
            )
        return last + 2

    def _write_family(self, row: int, family: FamilyRow) -> None:
        written = family.written
        line: dict[str, Any] = {"bottom": 4, "bottom_color": RULE}
        link = self._styles.text(font_color=ACCENT, underline=1, **line)
        self._sheet.write_url(row, 0, link_to(written.sheet_name), link, family.name)
        self._sheet.write_string(row, 1, STRATEGIES[family.production_strategy], self._styles.get(font_size=8, **line))
        owed = "inventory" if ("target_inventory_quantity", None) in written.rows or ("days_of_supply", None) in written.rows else "backlog"
        days = "days_of_supply" if owed == "inventory" else "backlog_days"
        self._total(("demand_quantity", None), written, row, 2, self._styles.get("quantity", **line))
        self._ratio(row, 3, written, "demand_plan_change_quantity", "approved_demand_quantity", less=0)
        self._ratio(row, 4, written, "demand_quantity", "previous_year_demand_quantity", less=1)
        for place, measure, style in (
            (5, f"closing_{owed}_quantity", "quantity"),
            (6, f"target_{owed}_quantity", "quantity"),
            (7, days, "days"),
            (9, "revenue_amount", "money"),
            (10, "margin_amount", "money"),
            (11, "business_plan_gap_amount", "money_change"),
        ):
            self._total((measure, None), written, row, place, self._styles.get(style, **line))
        self._highest_load(row, 8, written)
        for place, label in enumerate(self._summary.period_labels, start=LAST_FIGURE + 1):
            status = family.statuses.get(label)
            if status:
                look = self._styles.status(status, align="center", font_size=7, bold=True, border=1, border_color="#FFFFFF")
                self._sheet.write_string(row, place, LETTERS[status], look)

    def _ratio(self, row: int, place: int, written: Written, above: str, below: str, *, less: int) -> None:
        """Total of one line ÷ that of another, less 1 or 0; only where the first has no period that the second lacks."""
        look = self._styles.get(num_format="+0.0%;[Red]-0.0%;–", align="right", bottom=4, bottom_color=RULE)
        self._sheet.write_blank(row, place, None, look)
        numerator, denominator = (written.grid.line(measure) for measure in (above, below))
        if numerator is None or denominator is None:
            return
        orders = [order for order in self._next.orders if order in numerator.values]
        base = total_of(written.grid, denominator, self._next.orders)
        if base and all(order in denominator.values for order in orders):
            value = (total_of(written.grid, numerator, self._next.orders) or 0) / base - less
            cells = [self._reference((measure, None), written, self._next) for measure in (above, below)]
            self._sheet.write_formula(row, place, f"={cells[0]}/{cells[1]}-{less}", look, value)

    def _highest_load(self, row: int, place: int, written: Written) -> None:
        loads = [
            (key, order, written.grid.cells[key, order])
            for key in written.rows
            if key[0] == "load_ratio"
            for order in self._next.orders
            if (key, order) in written.grid.cells
        ]
        look = self._styles.get("ratio", bottom=4, bottom_color=RULE)
        if not loads:
            self._sheet.write_blank(row, place, None, look)
            return
        key, order, value = max(loads, key=lambda load: load[2])
        name = written.sheet_name.replace("'", "''")
        cell = xl_rowcol_to_cell(written.rows[key], self._layout.places[order])
        self._sheet.write_formula(row, place, f"='{name}'!{cell}", look, value)
        fill, ink = STATUS_COLOURS["below_target"]
        rule = {"type": "cell", "criteria": ">", "value": FULL, "format": self._styles.get(bg_color=fill, font_color=ink)}
        self._sheet.conditional_format(row, place, row, place, rule)

    def _write_exceptions(self, row: int) -> int:
        exceptions = self._summary.exceptions
        shown = exceptions.head(EXCEPTIONS_SHOWN)
        self._page.section(row, 0, self._width, f"What is wrong, dearest first: {shown.height} of {exceptions.height}")
        for position, record in enumerate(shown.iter_rows(named=True), start=row + 1):
            self._page.cell(position, 0, record["kind"], "status")
            line = {"bottom": 4, "bottom_color": RULE}
            self._page.merge(position, 1, 9, record["sentence"], self._styles.text(**line))
            self._page.cell(position, 10, record["money_at_stake_amount"], "money")
            self._page.merge(
                position, 11, self._width, record["owner"] or "", self._styles.text(font_size=8, font_color=MUTED, indent=1, **line)
            )
        return row + 1 + shown.height
