"""The review workbook as a whole: which sheets it has, in which order, from which tables. What each sheet shows stays in its module."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter

from sop_pipeline.landing.sources.excel import NIGHT_PROPERTY
from sop_pipeline.review.charts import (
    BACKLOG,
    DEMAND,
    GRID_SIZE,
    INVENTORY_VALUE,
    MONEY,
    STOCK,
    SUMMARY_SIZE,
    ChartData,
    insert_charts,
    load_series,
)
from sop_pipeline.review.entry_sheets import ENTRY_TITLES, write_choices, write_entries
from sop_pipeline.review.family_sheet import SUMMARY, GridSheet, Heading, Written
from sop_pipeline.review.grid import Grid, read_grids
from sop_pipeline.review.layout import TOTALLED_PERIODS, Layout, lay_out
from sop_pipeline.review.list_sheets import write_exceptions, write_glossary, write_notes, write_objectives, write_quality
from sop_pipeline.review.news import read_news
from sop_pipeline.review.page import Page
from sop_pipeline.review.resource_sheet import write_resources
from sop_pipeline.review.styles import STATUS_TITLES, Styles
from sop_pipeline.review.summary_sheet import STRATEGIES, FamilyRow, Summary, SummarySheet, company_years

REVIEW_TABLES = (
    "sop.family_review",
    "sop.current_balance",
    "sop.resource_plan",
    "sop.review_notes",
    "sop.exceptions",
    "sop.year_outlook",
    "sop.business_objectives",
    "sop.plan_change",
    "sop.strategy_comparison",
    "sop.decisions",
    "sop.assumptions",
    "sop.dim_family",
    "sop.dim_item",
    "sop.dim_period",
    "sop.extract_status",
    "sop.control_totals",
    "sop.quality_scorecard",
    "sop.quality_issues",
    "sop.metric_definition",
    "sop.run",
    "staging.overrides",
)
MONEY_IN_THOUSANDS_FROM = 1_000_000
LONGEST_SHEET_NAME = 31
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class WorkbookSettings:
    """What the tables do not say. `money_in_thousands`: None decides by the company's revenue."""

    money_in_thousands: bool | None = None


def write_workbook(path: Path, frames: Frames, settings: WorkbookSettings) -> None:
    """Write the workbook of a night, replacing an earlier one only when the new one is whole.

    `frames`: every table of REVIEW_TABLES, in the columns of its contract. Raises KeyError that names the tables missing.
    """
    missing = sorted(set(REVIEW_TABLES) - set(frames))
    if missing:
        raise KeyError(f"the review workbook needs {', '.join(missing)}: read every table of REVIEW_TABLES")
    building = path.with_name(f".build-{path.name}")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(building), options) as book:
        _Pack(book, frames, settings).write()
    building.replace(path)


def sheet_names(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Names that Excel accepts and that differ in more than case, each as close to the wanted one as can be."""
    used = {name.casefold() for name in taken}
    names = []
    for text in wanted:
        clean = re.sub(r"[\[\]:*?/\\]", " ", text).strip().strip("'") or "sheet"
        name, number = clean[:LONGEST_SHEET_NAME], 1
        while name.casefold() in used or name.casefold() == "history":
            number += 1
            ending = f" {number}"
            name = clean[: LONGEST_SHEET_NAME - len(ending)] + ending
        used.add(name.casefold())
        names.append(name)
    return names


class _Pack:
    """One workbook in the making."""

    def __init__(self, book: xlsxwriter.Workbook, frames: Frames, settings: WorkbookSettings) -> None:
        self._book = book
        self._frames = frames
        self._run = frames["sop.run"].row(0, named=True)
        self._periods = frames["sop.dim_period"].sort("period_start")
        self._base_resources = frames["sop.resource_plan"].filter((pl.col("scenario_id") == "base") & (pl.col("plan_version") == "working"))
        names = dict(self._base_resources.select("resource_id", "resource_name").unique().iter_rows())
        self._grids = read_grids(frames["sop.family_review"], self._periods, names)
        revenue = max(
            (abs(value) for grid in self._grids for (key, _), value in grid.cells.items() if key[0] == "revenue_amount"), default=0
        )
        in_thousands = settings.money_in_thousands
        self._styles = Styles(book, money_in_thousands=revenue >= MONEY_IN_THOUSANDS_FROM if in_thousands is None else in_thousands)
        balance = frames["sop.current_balance"]
        self._currency = str(balance["currency"].item(0)) if balance.height else ""
        self._exceptions = frames["sop.exceptions"].sort("exception_rank")

    def write(self) -> None:
        run = self._run
        self._book.set_properties(
            {
                "title": f"{run['company']}: S&OP review {run['cycle_id']}",
                "company": run["company"],
                "created": dt.datetime.combine(run["as_of_date"], dt.time()),
            }
        )
        self._book.set_custom_property(NIGHT_PROPERTY, run["as_of_date"].isoformat(), "text")
        self._book.set_size(2400, 1400)
        company = next(grid for grid in self._grids if grid.level == "company")
        groups = [grid for grid in self._grids if grid.level == "product_group"]
        families = [grid for grid in self._grids if grid.level == "family"]
        last = ["Resources", "Objectives", "Notes", *ENTRY_TITLES, "Data quality", "Glossary"]
        fixed = [SUMMARY, "Exceptions", "Company", *last, "chart_data", "lists"]
        group_names = sheet_names([f"Group {grid.level_id}" for grid in groups], fixed)
        family_names = sheet_names([grid.level_id for grid in families], [*fixed, *group_names])
        links = dict(zip((grid.level_id for grid in families), family_names, strict=True))
        order = [SUMMARY, "Exceptions", "Company", *group_names, *family_names, *last]
        pages = {name: Page(self._book.add_worksheet(name), self._styles, f"{run['company']} · {run['cycle_id']}") for name in order}
        layout = lay_out(company.columns, is_first_day=self._is_first_day(families))
        data = ChartData(self._book, layout)
        written = {
            name: self._write_grid(pages[name], grid, layout, data)
            for name, grid in zip(["Company", *group_names, *family_names], [company, *groups, *families], strict=True)
        }
        self._write_summary(pages[SUMMARY], layout, written["Company"], [written[name] for name in family_names], data)
        write_exceptions(pages["Exceptions"], self._exceptions, links, self._currency)
        write_resources(pages["Resources"], self._base_resources, self._periods)
        write_objectives(pages["Objectives"], self._frames["sop.business_objectives"], links)
        write_notes(pages["Notes"], self._frames["sop.review_notes"].sort("level", "level_id", "line"), links)
        self._write_entries(pages)
        quality = ("sop.extract_status", "sop.quality_scorecard", "sop.control_totals", "sop.quality_issues")
        write_quality(pages["Data quality"], *(self._frames[address] for address in quality), currency=self._currency)
        write_glossary(pages["Glossary"], self._frames["sop.metric_definition"].sort("metric"))
        pages[SUMMARY].sheet.activate()

    def _is_first_day(self, families: list[Grid]) -> bool:
        """Nothing has passed of the current period."""
        days = [line.values.get(order, 0.0) for grid in families for order in grid.orders("to_date") if (line := grid.line("working_days"))]
        return not any(days)

    def _write_grid(self, page: Page, grid: Grid, layout: Layout, data: ChartData) -> Written:
        overtime = (
            self._base_resources.filter(pl.col("regular_capacity") > 0)
            .group_by("resource_id")
            .agg((pl.col("overtime_capacity") / pl.col("regular_capacity")).min())
        )
        written = GridSheet(page.sheet, grid, layout, self._styles).write(self._heading(grid), dict(overtime.iter_rows()))
        thousands = "#,##0,"
        money_axis = thousands if self._styles.money_in_thousands else "#,##0"
        if grid.level == "family":
            stock = BACKLOG if ("closing_backlog_quantity", None) in written.rows else STOCK
            title = "Stock" if stock is STOCK else "Backlog"
            charts = [data.chart(written, "Demand", DEMAND, "#,##0"), data.chart(written, title, stock, "#,##0")]
        else:
            charts = [
                data.chart(written, f"Revenue and margin, {self._styles.money_unit(self._currency)}", MONEY, money_axis),
                data.chart(written, f"Inventory value, {self._styles.money_unit(self._currency)}", INVENTORY_VALUE, money_axis),
            ]
        charts.append(data.chart(written, "Load ÷ regular capacity", load_series(grid), "0%"))
        last_row = insert_charts(page.sheet, written.next_row, charts, GRID_SIZE)
        page.print_up_to(last_row, layout.last_printed)
        return written

    def _heading(self, grid: Grid) -> Heading:
        run = self._run
        when = f"{run['company']} · cycle {run['cycle_id']} · as of {run['as_of_date']} · working plan"
        if grid.level != "family":
            name = run["company"] if grid.level == "company" else grid.level_id
            return Heading(str(name), when, "Money, hours and heads of all families; quantities stand on the sheets of the families.")
        family = self._frames["sop.dim_family"].row(by_predicate=pl.col("family_id") == grid.level_id, named=True)
        about = [when, STRATEGIES[family["production_strategy"]], f"in {family['planning_unit']}", family["product_group"]]
        about += [f"planner {family['planner']}"] if family["planner"] else []
        rows = self._planned(grid.level_id)
        counts = rows["balance_status"].value_counts(sort=True).rows()
        status = ", ".join(f"{STATUS_TITLES[name].lower()} in {count}" for name, count in counts)
        notes = list(rows["note"].drop_nulls().unique(maintain_order=True))
        sentence = f"Of {rows.height} planned periods: {status}." + (f" {' · '.join(notes)}." if notes else "")
        return Heading(f"{family['family_name']} ({grid.level_id})", " · ".join(about), sentence)

    def _planned(self, family_id: str) -> pl.DataFrame:
        balance = self._frames["sop.current_balance"]
        return balance.filter((pl.col("family_id") == family_id) & (pl.col("period_kind") != "history")).sort("period_start")

    def _write_summary(self, page: Page, layout: Layout, company: Written, families: list[Written], data: ChartData) -> None:
        run = self._run
        labels = dict(self._periods.select("period_start", "period_label").iter_rows())
        dims = {row["family_id"]: row for row in self._frames["sop.dim_family"].iter_rows(named=True)}
        rows = []
        for written in families:
            planned = self._planned(written.grid.level_id).select("period_start", "balance_status")
            statuses = {labels[start]: status for start, status in planned.iter_rows()}
            dim = dims[written.grid.level_id]
            rows.append(FamilyRow(dim["family_id"], dim["family_name"], dim["production_strategy"], written, statuses))
        status = self._frames["sop.extract_status"]["load_status"].to_list()
        set_aside = int(self._frames["sop.extract_status"]["rows_rejected"].sum())
        counts = ", ".join(f"{status.count(name)} {name.replace('_', ' ')}" for name in ("fresh", "stale", "not_supplied"))
        news = f"Extracts: {counts}; {set_aside:,} rows set aside."
        shown = [column.label for column in layout.columns if column.kind in ("current", "horizon")][:TOTALLED_PERIODS]
        summary = Summary(
            title=f"{run['company']}: S&OP review {run['cycle_id']}",
            about=f"As of {run['as_of_date']} · working plan, base scenario · money in {self._styles.money_unit(self._currency)}",
            news=news,
            company=company,
            families=rows,
            outlooks=company_years(self._frames["sop.year_outlook"]),
            exceptions=self._exceptions.filter(pl.col("exception_status") != "gone"),
            changes_and_costs=read_news(
                self._frames["sop.plan_change"], self._frames["sop.strategy_comparison"], self._frames["sop.dim_family"]
            ),
            decisions=self._decisions(),
            period_labels=shown,
            currency=self._currency,
        )
        row = SummarySheet(page, layout, summary).write()
        unit = self._styles.money_unit(self._currency)
        axis = "#,##0," if self._styles.money_in_thousands else "#,##0"
        insert_charts(
            page.sheet,
            row,
            [
                data.chart(company, f"Revenue and margin, {unit}", MONEY, axis),
                data.chart(company, f"Inventory value, {unit}", INVENTORY_VALUE, axis),
                data.chart(company, "Load ÷ regular capacity", load_series(company.grid), "0%"),
            ],
            SUMMARY_SIZE,
        )

    def _decisions(self) -> list[str]:
        """Decisions that are not done, those that wait first."""
        rows = self._frames["sop.decisions"].filter(~pl.col("is_closed"))
        waits_first = pl.col("decision_status") != "proposed"
        told = []
        for row in rows.sort(waits_first, "due_date", "decision_id", nulls_last=True).iter_rows(named=True):
            due = f"{'overdue since' if row['is_overdue'] else 'due'} {row['due_date']}" if row["due_date"] else None
            particulars = ", ".join(part for part in (row["decision_status"], row["owner"], due) if part)
            told.append(f"{row['family_id'] or 'Company'}: {row['text']} ({particulars})")
        return told

    def _write_entries(self, pages: Mapping[str, Page]) -> None:
        planned = self._periods.filter(pl.col("periods_from_now") >= 0)["period_start"].to_list()
        lists = {
            "family_id": sorted(self._frames["sop.dim_family"]["family_id"]),
            "item_id": sorted(self._frames["sop.dim_item"]["item_id"]),
            "period_start": planned,
        }
        choices = write_choices(self._book, lists, self._styles)
        as_of = self._run["as_of_date"]
        in_force = {
            "overrides": (pl.col("period_start") >= planned[0]) & (pl.col("expires_on").is_null() | (pl.col("expires_on") > as_of)),
            "decisions": ~pl.col("is_closed"),
            "market_assumptions": ~pl.col("is_closed"),
        }
        standing = {"overrides": "staging.overrides", "decisions": "sop.decisions", "market_assumptions": "sop.assumptions"}
        for extract in ENTRY_TITLES:
            rows = self._frames[standing[extract]].filter(in_force[extract])
            # an empty key is stored as an asterisk
            write_entries(pages[extract], extract, rows.with_columns(pl.col(pl.String).replace("*", None)), choices)
