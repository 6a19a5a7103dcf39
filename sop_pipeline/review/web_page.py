"""The review as one web page that needs nothing else: for reading and printing. What comes back as extracts stays in the workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import polars as pl

from sop_pipeline.review.line_chart import LineChart, line_chart
from sop_pipeline.review.news import read_news
from sop_pipeline.review.styles import STATUS_COLOURS, STATUS_TITLES
from sop_pipeline.review.summary_sheet import LETTERS, MEASURES, STRATEGIES, company_years

PAST_SHOWN, PERIODS_SHOWN, EXCEPTIONS_SHOWN = 12, 6, 15
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class FamilyView:
    """A family on the page."""

    family_id: str
    name: str
    about: str
    statuses: Sequence[tuple[str, str]]  # period label, status
    charts: Sequence[LineChart]
    rows: Sequence[tuple[str, Sequence[float | None], str]]  # measure, value of each of the next periods, format
    labels: Sequence[str]
    notes: Sequence[str]


def write_page(path: Path, frames: Frames) -> None:
    """Write the page of a night, replacing an earlier one only when the new one is whole. `frames`: as the workbook takes them."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters.update(number=_number, money=_money, percent=_percent)
    text = environment.get_template("web_page.html.j2").render(**page_content(frames))
    building = path.with_name(f".build-{path.name}")
    building.write_text(text, encoding="utf-8")
    building.replace(path)


def page_content(frames: Frames) -> dict[str, Any]:
    """What the template shows, by name."""
    run = frames["sop.run"].row(0, named=True)
    periods = frames["sop.dim_period"].sort("period_start")
    labels = dict(periods.select("period_start", "period_label").iter_rows())
    balance = frames["sop.current_balance"].sort("family_id", "period_start")
    planned = balance.filter(pl.col("period_kind") != "history")
    families = frames["sop.dim_family"].sort("product_group", "family_id")
    resources = frames["sop.resource_plan"].filter((pl.col("scenario_id") == "base") & (pl.col("plan_version") == "working"))
    exceptions = frames["sop.exceptions"].filter(pl.col("exception_status") != "gone").sort("exception_rank")
    season = int(periods["period_of_year"].max() or 12)  # type: ignore[arg-type]
    next_season = planned.filter(pl.col("period_start").is_in(planned["period_start"].unique().sort().head(season).implode()))
    views = [_family_view(row, balance.filter(pl.col("family_id") == row["family_id"]), labels) for row in families.iter_rows(named=True)]
    status = frames["sop.extract_status"]
    totals = frames["sop.control_totals"]
    return {
        "run": run,
        "currency": balance["currency"].item(0) if balance.height else "",
        "season": season,
        "figures": _figures(next_season, views, exceptions),
        "labels": views[0].labels if views else [],
        "status_labels": [label for label, _ in views[0].statuses] if views else [],
        "families": views,
        "letters": LETTERS,
        "titles": STATUS_TITLES,
        "colours": STATUS_COLOURS,
        "exceptions": exceptions.head(EXCEPTIONS_SHOWN).to_dicts(),
        "exception_count": exceptions.height,
        "news": read_news(frames["sop.plan_change"], frames["sop.strategy_comparison"], frames["sop.dim_family"]),
        "years": company_years(frames["sop.year_outlook"]).to_dicts(),
        "measures": MEASURES,
        "resources": _resource_view(resources, labels),
        "decisions": frames["sop.decisions"].filter(~pl.col("is_closed")).sort("due_date", "decision_id", nulls_last=True).to_dicts(),
        "stale": status.filter(pl.col("load_status") == "stale").sort("extract").to_dicts(),
        "not_supplied": status.filter(pl.col("load_status") == "not_supplied").sort("extract")["extract"].to_list(),
        "rows_read": int(status["rows_read"].sum()),
        "rows_rejected": int(status["rows_rejected"].sum()),
        "differing": totals.filter(pl.col("verdict") == "differs").sort("measure", "period_start", "family_id").to_dicts(),
        "total_count": totals.height,
    }


def _figures(planned: pl.DataFrame, views: Sequence[FamilyView], exceptions: pl.DataFrame) -> list[tuple[str, float | None, str]]:
    """Title, figure and format of the tiles."""
    last = planned.filter(pl.col("period_start") == pl.col("period_start").max())
    troubled = sum(any(status in ("short", "overloaded") for _, status in view.statuses) for view in views)
    return [
        ("Revenue", _sum(planned["revenue_amount"]), "money"),
        ("Margin", _sum(planned["margin_amount"]), "money"),
        ("Gap to business plan", _sum(planned["business_plan_gap_amount"]), "money"),
        ("Inventory value at the end", _sum(last["inventory_value_amount"]), "money"),
        (f"of {len(views)} families short or overloaded", float(troubled), "number"),
        ("At stake in exceptions", _sum(exceptions["money_at_stake_amount"]), "money"),
    ]


def _family_view(family: Mapping[str, Any], rows: pl.DataFrame, labels: Mapping[Any, str]) -> FamilyView:
    past = rows.filter(pl.col("period_kind") == "history").tail(PAST_SHOWN)
    planned = rows.filter(pl.col("period_kind") != "history")
    shown = pl.concat([past, planned])
    names = [labels[start] for start in shown["period_start"]]
    is_history = pl.col("period_kind") == "history"

    def values(column: str, *, of_plan: bool | None = None) -> list[float | None]:
        chosen = pl.col(column).cast(pl.Float64)
        if of_plan is not None:
            chosen = pl.when(is_history != of_plan).then(chosen)
        return shown.select(chosen)[column].to_list()

    to_order = family["production_strategy"] != "make_to_stock"
    demand = "booked_quantity" if to_order else "demand_quantity"
    stock = "backlog" if to_order else "inventory"
    charts = [
        line_chart(
            f"{'Bookings' if to_order else 'Demand'}, {family['planning_unit']}",
            names,
            {
                "actual": values(demand, of_plan=False),
                "consensus": values("consensus_quantity", of_plan=True),
                "business plan": values("business_plan_quantity"),
            },
            first_planned=past.height,
            band=(values("statistical_lower_quantity", of_plan=True), values("statistical_upper_quantity", of_plan=True)),
        ),
        line_chart(
            f"{stock.capitalize()}, {family['planning_unit']}",
            names,
            {"closing": values(f"closing_{stock}_quantity"), "target": values(f"target_{stock}_quantity")},
            first_planned=past.height,
        ),
        line_chart("Highest load of its resources", names, {"load": values("load_ratio")}, first_planned=past.height, is_ratio=True),
    ]
    soon = planned.head(PERIODS_SHOWN)
    measures = [
        ("Demand", demand if to_order else "consensus_quantity", "number"),
        ("Production", "production_quantity", "number"),
        ("Shipments", "shipped_quantity", "number"),
        (f"Closing {stock}", f"closing_{stock}_quantity", "number"),
        *([("Past due", "past_due_quantity", "number")] if to_order else [("Shortage", "closing_shortage_quantity", "number")]),
        *([] if to_order else [("Days of supply", "days_of_supply", "number")]),
        ("Load", "load_ratio", "percent"),
        ("Revenue", "revenue_amount", "money"),
    ]
    planner = f" · planner {family['planner']}" if family["planner"] else ""
    return FamilyView(
        family_id=family["family_id"],
        name=family["family_name"],
        about=f"{STRATEGIES[family['production_strategy']]} · {family['product_group'] or 'no group'}{planner}",
        statuses=[(labels[start], status) for start, status in planned.select("period_start", "balance_status").iter_rows()],
        charts=[chart for chart in charts if chart],
        rows=[(title, soon[column].cast(pl.Float64).to_list(), style) for title, column, style in measures],
        labels=[labels[start] for start in soon["period_start"]],
        notes=planned["note"].drop_nulls().unique(maintain_order=True).to_list(),
    )


def _resource_view(resources: pl.DataFrame, labels: Mapping[Any, str]) -> list[tuple[str, list[tuple[str, float | None, str]]]]:
    """Load of each critical resource in each planned period: label, ratio, status."""
    view = []
    for (name,), rows in resources.filter("is_critical").sort("resource_id", "period_start").group_by("resource_name", maintain_order=True):
        cells = rows.select("period_start", "load_ratio", "load_status").iter_rows()
        view.append((str(name), [(labels[start], ratio, status) for start, ratio, status in cells]))
    return view


def _sum(values: pl.Series) -> float | None:
    return float(values.cast(pl.Float64).sum()) if values.is_not_null().any() else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _money(value: float | None) -> str:
    """Thousands above a million, whole money below."""
    if value is None:
        return "not supplied"
    return f"{value / 1000:,.0f} k" if abs(value) >= 1_000_000 else f"{value:,.0f}"
