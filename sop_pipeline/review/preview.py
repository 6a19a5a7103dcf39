"""What the web UI shows of a night's review beside the link to the workbook: a few rows of each table. The workbook itself stays out."""

from collections.abc import Mapping

import polars as pl

PERIODS_SHOWN, EXCEPTIONS_SHOWN = 3, 10
BALANCE = {
    "demand_quantity": 0,
    "production_quantity": 0,
    "closing_inventory_quantity": 0,
    "closing_backlog_quantity": 0,
    "load_ratio": 2,
    "revenue_amount": 0,
}


def preview(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The first planned periods of each family, the dearest exceptions, the years of the company; as texts, numbers as people read them.

    `frames`: sop.current_balance, sop.dim_period, sop.exceptions and sop.year_outlook at least.
    """
    labels = frames["sop.dim_period"].select("period_start", period="period_label")
    balance = (
        frames["sop.current_balance"]
        .filter(pl.col("period_kind") != "history")
        .join(labels, on="period_start")
        .sort("family_id", "period_start")
        .group_by("family_id", maintain_order=True)
        .head(PERIODS_SHOWN)
        .select("family_id", "period", *(_number(name, digits) for name, digits in BALANCE.items()), "balance_status")
    )
    exceptions = (
        frames["sop.exceptions"]
        .filter(pl.col("exception_status") != "gone")
        .sort("exception_rank")
        .head(EXCEPTIONS_SHOWN)
        .select("exception_status", "kind", _number("money_at_stake_amount", 0), "sentence", "owner", pl.col("since").cast(pl.String))
    )
    values = ("actual_to_date_value", "plan_to_go_value", "outlook_value", "business_plan_value", "gap_value", "last_year_value")
    year = (
        frames["sop.year_outlook"]
        .filter(pl.col("level") == "company")
        .sort("fiscal_year", "measure")
        .select(pl.col("fiscal_year").cast(pl.String), "measure", "unit", *(_number(name, 0) for name in values))
    )
    return {"balance": balance, "top_exceptions": exceptions, "year_outlook": year}


def _number(name: str, digits: int) -> pl.Expr:
    return pl.col(name).cast(pl.Float64).map_elements(lambda value: f"{value:,.{digits}f}", return_dtype=pl.String).alias(name)
