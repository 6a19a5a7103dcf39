"""Sheets that are lists: exceptions, objectives, notes, data quality, glossary. Grids of families and loads of resources stay out."""

from collections.abc import Mapping

import polars as pl

from sop_pipeline.review.lines import NOTE_TITLES
from sop_pipeline.review.page import HEADER_ROW, ListColumn, Page
from sop_pipeline.review.styles import STATUS_TITLES

ISSUES_SHOWN = 500
OBJECTIVE_STYLES = {"ratio": "ratio", "days": "days", "turns": "days", "heads": "heads"}  # money and quantities are whole numbers

STATUS_MEANINGS = {
    "short": "shortage or lost sales; past-due orders of a family made to order",
    "overloaded": "a critical resource above regular and overtime capacity",
    "below_target": "stock below its minimum (its target where there is none), backlog above target; load above regular capacity",
    "excess": "stock above its maximum",
    "balanced": "none of these",
}


def write_exceptions(page: Page, exceptions: pl.DataFrame, sheets: Mapping[str, str], currency: str) -> None:
    """Every exception, dearest first, with a link to the sheet it is about. `sheets`: name of the sheet by family."""
    columns = [
        ListColumn("kind", "Kind", 20, "status"),
        ListColumn("exception_status", "Status", 9),
        ListColumn("family_id", "Family", 16),
        ListColumn("resource_id", "Resource", 13),
        ListColumn("period_start", "From", 11, "date"),
        ListColumn("periods", "Periods", 9, "count"),
        ListColumn("sentence", "What is wrong", 80, "wrapped"),
        ListColumn("money_at_stake_amount", f"At stake, {page.styles.money_unit(currency)}", 15, "money"),
        ListColumn("owner", "Owner", 18),
        ListColumn("since", "Since", 11, "date"),
    ]
    page.title(
        "Exceptions",
        "What the working plan does not reach and what it cannot rest on, ordered by the money at stake; empty where no price is known. "
        "New: first seen tonight. Gone: last night still saw it.",
    )
    last = page.list(columns, exceptions)
    page.links(exceptions["family_id"].to_list(), 2, sheets)
    page.sheet.conditional_format(HEADER_ROW + 1, 7, last, 7, {"type": "data_bar", "bar_color": "#F4B6AE", "bar_solid": True})


def write_objectives(page: Page, objectives: pl.DataFrame, sheets: Mapping[str, str]) -> None:
    """What management aims at, at the last closed period, now and at the end of the plan; then the strategic plan, by its own spans."""
    columns = [
        ListColumn("measure", "Measure", 26),
        ListColumn("held_for", "Family or group", 18),
        ListColumn("period_start", "From", 11, "date"),
        ListColumn("period_end", "To", 11, "date"),
        ListColumn("unit", "Unit", 9),
        ListColumn("actual_value", "Actual", 14, "quantity", "number_style"),
        ListColumn("plan_value", "Plan", 14, "quantity", "number_style"),
        ListColumn("target_value", "Target", 14, "quantity", "number_style"),
        ListColumn("gap_value", "Gap", 14, "quantity", "number_style"),
        ListColumn("reached", "Reached", 10),
        ListColumn("plan_level", "Target of", 18),
        ListColumn("owner", "Owner", 18),
        ListColumn("not_covered", "Not covered", 36, "wrapped"),
    ]
    of_periods, of_strategy = (objectives.filter(pl.col("plan_level") == level) for level in ("objective", "strategic"))
    latest = pl.col("period_start") == pl.col("period_start").max().over("measure", "family_id", "period_kind")
    told = of_periods.filter(latest | (pl.col("period_kind") == "current"))
    order = ("measure", "family_id", "product_group", "period_start", "period_end")
    shown = pl.concat([rows.sort(order, nulls_last=False) for rows in (told, of_strategy)]).with_columns(
        pl.col("measure").str.replace_all("_", " ").str.replace(" amount$", ""),
        pl.coalesce("family_id", "product_group", pl.lit("Company")).alias("held_for"),
        pl.when("is_reached").then(pl.lit("yes")).when(~pl.col("is_reached")).then(pl.lit("no")).alias("reached"),
        pl.col("plan_level").replace({"objective": "management", "strategic": "strategic plan"}),
        pl.col("unit").replace_strict(OBJECTIVE_STYLES, default="quantity", return_dtype=pl.String).alias("number_style"),
    )
    page.title(
        "Objectives",
        "Gap = actual or plan − target. Of the strategic plan: actual is what has passed of its span, plan the outlook over all of it; "
        "empty where the horizon ends before the span does.",
    )
    last = page.list(columns, shown)
    page.links(shown["family_id"].to_list(), 1, sheets)
    page.colour_texts((HEADER_ROW + 1, 9, last, 9), {"no": "below_target", "yes": "balanced"})


def write_notes(page: Page, notes: pl.DataFrame, sheets: Mapping[str, str]) -> None:
    """Product changes, assumptions, risks and decisions of all families and of the company."""
    columns = [
        ListColumn("note_kind", "What", 18),
        ListColumn("level_id", "Family", 16),
        ListColumn("note_date", "Date", 11, "date"),
        ListColumn("note", "Note", 95, "wrapped"),
        ListColumn("effect_ratio", "Effect", 9, "ratio"),
    ]
    shown = notes.with_columns(
        pl.col("note_kind").replace_strict(NOTE_TITLES, return_dtype=pl.String),
        level_id=pl.when(pl.col("level") == "company").then(pl.lit("Company")).otherwise("level_id"),
    )
    page.title(
        "Product changes, assumptions, decisions", "What is going to change, what the plan takes for granted, what is decided or waits."
    )
    page.list(columns, shown)
    page.links(shown["level_id"].to_list(), 1, sheets)


def write_quality(
    page: Page,
    extract_status: pl.DataFrame,
    scorecard: pl.DataFrame,
    control_totals: pl.DataFrame,
    quality_issues: pl.DataFrame,
    *,
    currency: str,
) -> None:
    """How fresh each extract is, what waits in each department, where it misses the ledger, and the rows that could not be used."""
    extracts = [
        ListColumn("extract", "Extract", 24),
        ListColumn("load_status", "Status", 14),
        ListColumn("owner", "Owner", 20),
        ListColumn("rows_read", "Read", 12, "count"),
        ListColumn("rows_rejected", "Set aside", 16, "count"),
        ListColumn("rows_after_as_of", "Later", 14, "count"),
        ListColumn("last_good_load_at_utc", "Load in use, UTC", 18, "timestamp"),
        ListColumn("reason", "Reason", 70, "wrapped"),
    ]
    rank = pl.col("load_status").replace_strict({"stale": 0, "not_supplied": 1, "fresh": 2}, return_dtype=pl.Int64)
    status = extract_status.sort(rank, "extract").with_columns(pl.col("load_status").str.replace("_", " "))
    page.title(
        "Data quality and staleness",
        "Stale: the last good load stands in. Not supplied: what depends on it is empty, never zero. Later: dated after the as-of date.",
    )
    last = page.list(extracts, status)
    page.colour_texts((HEADER_ROW + 1, 1, last, 1), {"stale": "short", "not supplied": "below_target", "fresh": "balanced"})
    departments = [
        ListColumn("department", "Department", 24),
        ListColumn("rows_open", "Rows open", 14, "count"),
        ListColumn("owner", "Owner", 20),
        ListColumn("rows_set_aside", "Set aside", 12, "count"),
        ListColumn("value_affected_amount", f"Affected, {page.styles.money_unit(currency)}", 16, "money"),
        ListColumn("rows_resolved", "Mended", 14, "count"),
        ListColumn("oldest_first_seen", "Oldest since", 18, "date"),
        ListColumn("oldest_issue", "Oldest", 70, "wrapped"),
    ]
    page.sheet.write_string(last + 2, 0, "What waits in each department", page.styles.section())
    waiting = scorecard.sort("rows_open", "department", descending=[True, False]).with_columns(pl.col("department").str.replace("_", " "))
    last = page.table(last + 3, departments, waiting)
    totals = [
        ListColumn("measure", "Measure", 24),
        ListColumn("verdict", "Verdict", 14),
        ListColumn("family_id", "Family", 20),
        ListColumn("stated_value", "Sent", 12, "count"),
        ListColumn("computed_value", "Extracts", 16, "count"),
        ListColumn("difference_value", "Difference", 14, "count"),
        ListColumn("period_label", "Period", 18),
        ListColumn("note", "Why not compared", 70, "wrapped"),
    ]
    agreeing = control_totals.filter(pl.col("verdict") == "agrees")
    verdicts = control_totals.filter(pl.col("verdict") != "agrees").with_columns(pl.col("measure", "verdict").str.replace("_", " "))
    found = f"Control totals: {agreeing.height:,} of {control_totals.height:,} agree; all are in sop.control_totals"
    page.sheet.write_string(last + 2, 0, found, page.styles.section())
    first = last + 4
    last = page.table(last + 3, totals, verdicts.sort("verdict", "measure", "period_start", "family_id"))
    page.colour_texts((first, 1, max(first, last), 1), {"differs": "short", "not comparable": "below_target"})
    issues = [
        ListColumn("extract", "Extract", 24),
        ListColumn("severity", "Severity", 14),
        ListColumn("owner", "Owner", 20),
        ListColumn("place", "Line or cell", 12),
        ListColumn("column_name", "Column", 16),
        ListColumn("value", "Value", 14),
        ListColumn("rule", "Rule", 18),
        ListColumn("hint", "What to do", 70, "wrapped"),
    ]
    still_open = quality_issues.filter(~pl.col("is_resolved")).sort("extract", "source_file", "source_line", "rule")
    shown = still_open.head(ISSUES_SHOWN).with_columns(pl.coalesce("source_cell", pl.col("source_line").cast(pl.String)).alias("place"))
    found = f"Rows with an issue: {shown.height:,} of {still_open.height:,} shown; all are in sop.quality_issues"
    page.sheet.write_string(last + 2, 0, found, page.styles.section())
    page.print_up_to(page.table(last + 3, issues, shown), len(issues) - 1, pages_tall=0)


def write_glossary(page: Page, metric_definition: pl.DataFrame) -> None:
    """Every measure with its formula, and what the colours mean."""
    columns = [
        ListColumn("metric", "Measure", 32),
        ListColumn("description", "Meaning", 55, "wrapped"),
        ListColumn("formula", "Formula", 65, "wrapped"),
        ListColumn("unit", "Unit", 13),
        ListColumn("good_direction", "Good", 9),
    ]
    page.title(
        "Glossary",
        "Variance = actual − plan. Change = new − old plan. Gap = plan − business plan. Error = forecast − actual.",
    )
    last = page.list(columns, metric_definition)
    page.sheet.write_string(last + 2, 0, "Colours", page.styles.section())
    for row, (status, meaning) in enumerate(STATUS_MEANINGS.items(), start=last + 3):
        page.sheet.write_string(row, 0, STATUS_TITLES[status], page.styles.status(status))
        page.sheet.write_string(row, 1, meaning, page.styles.get())
    page.print_up_to(last + 3 + len(STATUS_MEANINGS), len(columns) - 1, pages_tall=0)
