"""What changed since the plan before, and what each strategy costs: a block of page one. Which rows the tables hold is decided in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sop_pipeline.review.page import Page
from sop_pipeline.review.styles import MUTED, RULE

CHANGES_SHOWN = 5
STRATEGY_ORDER = ("planned", "least_cost", "hybrid", "level", "chase")
CAUSES = {"demand": "demand", "other": "price and mix"}  # of a change of revenue
VERSIONS = {"approved": "the approved plan", "last_night": "last night"}  # the first that there is counts


@dataclass(frozen=True)
class Change:
    """How the planned revenue of a family differs from the plan before, and the cause that did most of it."""

    family_name: str
    amount: float
    cause: str


@dataclass(frozen=True)
class News:
    """`since` says what the changes are measured against; `costs` are the company's total cost by strategy."""

    since: str
    changes: Sequence[Change]
    costs: Sequence[tuple[str, float]]


def read_news(plan_change: pl.DataFrame, strategy_comparison: pl.DataFrame, dim_family: pl.DataFrame) -> News:
    """The largest changes of revenue against the approved plan, else last night's, and what the strategies cost.

    `plan_change`, `strategy_comparison`, `dim_family`: tables of sop.
    """
    there = set(plan_change["compared_with"])
    version = next((name for name in VERSIONS if name in there), None)
    revenue = plan_change.filter((pl.col("compared_with") == (version or "")) & (pl.col("measure") == "revenue_amount"))
    by_cause = revenue.group_by("family_id", "cause").agg(pl.col("change_value").sum()).sort("family_id", "cause")
    by_family = (
        by_cause.group_by("family_id", maintain_order=True)
        .agg(amount=pl.col("change_value").sum(), cause=pl.col("cause").sort_by(pl.col("change_value").abs(), descending=True).first())
        .join(dim_family.select("family_id", "family_name"), on="family_id", maintain_order="left")
        .sort(pl.col("amount").abs(), "family_id", descending=[True, False])
    )
    costs = strategy_comparison.filter(
        (pl.col("family_id") == "*")
        & (pl.col("measure") == "total_cost")
        & (pl.col("scenario_id") == "base")
        & (pl.col("plan_version") == "working")
    )
    totals = dict(costs.select("strategy", "value").iter_rows())
    return News(
        since=VERSIONS[version] if version else "",
        changes=[
            Change(name, amount, CAUSES.get(cause, cause))
            for name, amount, cause in by_family.head(CHANGES_SHOWN).select("family_name", "amount", "cause").iter_rows()
        ],
        costs=[(name.replace("_", " "), totals[name]) for name in STRATEGY_ORDER if name in totals],
    )


def write_news(page: Page, row: int, news: News, *, width: int, unit: str) -> int:
    """Changes beside costs; returns the row below them."""
    line = {"bottom": 4, "bottom_color": RULE}
    said = f"What changed since {news.since}: planned revenue, {unit}" if news.since else "What changed: there is no plan before this one"
    page.section(row, 0, 7, said)
    page.section(row, 8, width, f"What each strategy would cost over the horizon, {unit}")
    for position, change in enumerate(news.changes, start=row + 1):
        page.merge(position, 0, 1, change.family_name, page.styles.text(**line))
        page.sheet.write_number(position, 2, change.amount, page.styles.get("money_change", **line))
        page.merge(position, 3, 7, f"mostly {change.cause}", page.styles.text(font_size=8, font_color=MUTED, indent=1, **line))
    for position, (strategy, amount) in enumerate(news.costs, start=row + 1):
        is_planned = position == row + 1 and strategy == "planned"
        page.merge(position, 8, 10, strategy, page.styles.text(bold=is_planned, **line))
        page.sheet.write_number(position, 11, amount, page.styles.get("money", bold=is_planned, **line))
    return row + 1 + max(len(news.changes), len(news.costs))
