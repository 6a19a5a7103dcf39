"""The fiscal year in money: what happened, what is planned to come, against the business plan and the year before. Cells stay out."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class YearOutlook:
    """Money of one fiscal year; None where it is not known for the whole year."""

    fiscal_year: int
    measure: str
    actual_to_date: float
    plan_to_go: float
    business_plan: float | None
    last_year: float | None


def year_outlook(balance: pl.DataFrame, family_review: pl.DataFrame, dim_period: pl.DataFrame) -> list[YearOutlook]:
    """Revenue and margin of the current fiscal year, and of later ones that lie wholly in the horizon.

    `balance`: sop.current_balance; `family_review`: sop.family_review, for the current period to date; `dim_period`: sop.dim_period. A year
    is whole when all its periods are published; last year counts only where it is.
    """
    season = dim_period.select(pl.col("period_of_year").max()).item() or 0
    years = dim_period.group_by("fiscal_year").agg(pl.len(), newest=pl.col("periods_from_now").max()).sort("fiscal_year")
    whole = set(years.filter(pl.col("len") >= season)["fiscal_year"])
    current_year = dim_period.filter(pl.col("periods_from_now") == 0)["fiscal_year"].item()
    rows = balance.join(dim_period.select("period_start", "fiscal_year"), on="period_start")
    to_date = family_review.filter((pl.col("level") == "company") & (pl.col("column_kind") == "to_date"))
    outlooks = []
    for year in (year for year in years["fiscal_year"] if year >= current_year and year in whole):
        of_year = rows.filter(pl.col("fiscal_year") == year)
        for measure in ("revenue_amount", "margin_amount"):
            begun = _sum(to_date.filter(pl.col("measure") == measure), "value") if year == current_year else 0.0
            outlooks.append(
                YearOutlook(
                    fiscal_year=year,
                    measure=measure,
                    actual_to_date=_sum(of_year.filter(pl.col("period_kind") == "history"), measure) + begun,
                    plan_to_go=_sum(of_year.filter(pl.col("period_kind") != "history"), measure) - begun,
                    business_plan=_known(of_year, "business_plan_revenue_amount") if measure == "revenue_amount" else None,
                    last_year=_known(rows.filter(pl.col("fiscal_year") == year - 1), measure) if year - 1 in whole else None,
                )
            )
    return outlooks


def _sum(rows: pl.DataFrame, column: str) -> float:
    return float(rows[column].cast(pl.Float64).sum())


def _known(rows: pl.DataFrame, column: str) -> float | None:
    return _sum(rows, column) if rows[column].is_not_null().any() else None
