"""Contracts of the calendar tables: periods and working days. Facts and masters stay out."""

from sop_pipeline.contracts.base import Count, Date, Number, Table, Text, column

PERIOD_KINDS = ("history", "current", "horizon", "look_ahead")


class Periods(Table, key=("period_start",)):
    """One row per period, from the first fact to the end of the look-ahead."""

    period_start: Date = column("First day of the period")
    period_end: Date = column("Last day of the period")
    period_label: Text = column("Name of the period: YYYY-MM, or the fiscal calendar's label")
    period_key: Count = column("First day as yyyymmdd")
    fiscal_year: Count = column("Fiscal year the period belongs to; the calendar year without a fiscal calendar")
    fiscal_quarter: Count = column("Fiscal quarter, 1 to 4", ge=1, le=4)
    period_of_year: Count = column("Number of the period in its fiscal year, from 1", ge=1, le=13)
    periods_from_now: Count = column("0 is the period that holds the as-of date; history is negative")
    period_kind: Text = column("history, current, horizon, or look_ahead (planned, not published)", isin=PERIOD_KINDS)
    remaining_ratio: Number = column("Weekdays from the as-of date on ÷ weekdays of the period: 0 in history, 1 in the horizon", ge=0, le=1)
    season_length_periods: Count = column("Periods of a fiscal year: 12 or 13", isin=(12, 13))


class SiteWorkingDays(Table, key=("site_id", "period_start")):
    """One row per site and period; the empty site is the company's default calendar."""

    site_id: Text = column("Site; empty text is the default of the company")
    period_start: Date = column("First day of the period")
    working_days: Number = column("Working days of the site in the period; Monday to Friday where the site sends none", gt=0)
    remaining_working_days: Number = column("Working days from the as-of date on: working days × remaining ratio", ge=0)


TABLES: dict[str, type[Table]] = {"core.periods": Periods, "core.site_working_days": SiteWorkingDays}
