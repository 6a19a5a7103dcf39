"""What the command prints: progress, questions, the summary of a night, what the doctor found. Nothing is decided here."""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click
import polars as pl
from rich.console import Console
from rich.table import Table

from sop_pipeline.company import Company
from sop_pipeline.extracts import NOTHING_TO_DO
from sop_pipeline.publish import published_rows
from sop_pipeline.report_cycles import repetition_lines

if TYPE_CHECKING:
    from sop_pipeline.defs.run import NightOutcome
    from sop_pipeline.mapping.propose import Question
    from sop_pipeline.mapping.trial import Trial

SHOWN_OF_A_KIND = 5
SHOWN_EXCEPTIONS = 8
STATUS_COUNTS = """
select
    family_id,
    any_value(production_strategy) as production_strategy,
    count(*) filter (where balance_status = 'short') as short,
    count(*) filter (where balance_status = 'overloaded') as overloaded,
    count(*) filter (where balance_status = 'below_target') as below_target,
    count(*) filter (where balance_status = 'excess') as excess,
    count(*) filter (where balance_status = 'balanced') as balanced,
    sum(revenue_amount)::double as revenue_amount,
    min(period_start) filter (where balance_status in ('short', 'overloaded')) as first_trouble
from sop.current_balance
where period_kind <> 'history'
group by family_id
order by short desc, overloaded desc, below_target desc, family_id
"""
TOP_EXCEPTIONS = """
select exception_status, money_at_stake_amount::double as money_at_stake_amount, sentence, owner, since, kind
from sop.exceptions
where exception_status <> 'gone'
order by exception_rank
"""
EXTRACT_COUNTS = """
select
    extract,
    load_status,
    reason,
    next_step,
    rows_read,
    rows_accepted,
    rows_rejected,
    value_rejected_amount::double as value_rejected_amount
from sop.extract_status
order by extract
"""
CONTROL_COUNTS = """
select
    measure,
    case when count(distinct unit) = 1 then any_value(unit) end as unit, -- quantities of different units have no sum
    count(*) as totals,
    count(*) filter (where verdict = 'differs') as differing,
    count(*) filter (where verdict = 'not_comparable') as not_comparable,
    sum(difference_value::decimal(38, 6))::double as difference,
    (
        sum(difference_value::decimal(38, 6))
        / nullif(sum(stated_value::decimal(38, 6)) filter (where verdict <> 'not_comparable'), 0)
    )::double as difference_ratio,
    string_agg(period_label || coalesce(' ' || nullif(family_id, '*'), ''), ', ' order by period_start, family_id)
        filter (where verdict = 'differs') as differing_where
from sop.control_totals
group by measure
order by measure
"""


SCORECARD = """
select department, owner, rows_open, rows_set_aside, value_affected_amount::double as value_affected_amount, oldest_first_seen
from sop.quality_scorecard
where rows_open > 0
order by rows_set_aside desc, rows_open desc, department
"""


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """What to call for every table done: a line on stderr while somebody watches, nothing otherwise."""
    console = Console(stderr=True, highlight=False)

    def show(address: str, rows: int) -> None:
        if sys.stderr.isatty():
            console.print(f"[green]✓[/] {address:<40} {rows:>10,} rows")

    yield show


def night_summary(company: Company, outcome: "NightOutcome") -> dict[str, Any]:
    """The end of a night as one document. `published` tells of the file in place: this night's, or the last good one's."""
    file = company.published / "sop.duckdb"
    summary: dict[str, Any] = {
        "company": company.settings.company,
        "as_of_date": company.as_of_date.isoformat(),
        "run_id": outcome.run_id,
        "succeeded": outcome.succeeded,
        "is_published": outcome.published,
        "seconds": round(outcome.seconds, 1),
        "failed_checks": [
            {"table": check.table, "check": check.name, "stopped_the_night": check.blocking, "details": dict(check.details)}
            for check in outcome.failed_checks
        ],
        "errors": list(outcome.errors),
        "published": None,
    }
    if file.exists():
        extracts = published_rows(file, EXTRACT_COUNTS)
        summary["published"] = {
            "run_id": published_rows(file, "select run_id from sop.run").item(),
            "file": str(file),
            "parquet": str(company.published / "parquet") if company.settings.publish.parquet else None,
            "currency": company.settings.reporting_currency,
            "rows_read": int(extracts["rows_read"].sum()),
            "rows_rejected": int(extracts["rows_rejected"].sum()),
            "stale": extracts.filter(pl.col("load_status") == "stale").select("extract", "reason").to_dicts(),
            "not_used": extracts.filter(pl.col("load_status") == "not_supplied", pl.col("next_step") != NOTHING_TO_DO)
            .select("extract", "reason", "next_step")
            .to_dicts(),
            "not_supplied": extracts.filter(pl.col("load_status") == "not_supplied")["extract"].to_list(),
            "rejected": extracts.filter(pl.col("rows_rejected") > 0).select("extract", "rows_rejected", "value_rejected_amount").to_dicts(),
            "quality": published_rows(file, SCORECARD).to_dicts(),
            "control_totals": published_rows(file, CONTROL_COUNTS).to_dicts(),
            "exceptions": published_rows(file, TOP_EXCEPTIONS).to_dicts(),
            "families": published_rows(file, STATUS_COUNTS).to_dicts(),
        }
    return summary


def night_text(summary: dict[str, Any]) -> str:
    """The summary as a planner reads it."""
    console = _recorder()
    if not summary["succeeded"]:
        state = "stopped; what was published before stays in place"
    else:
        state = "published" if summary["is_published"] else "the selection is done; what was published before stays in place"
    console.print(f"{summary['company']}, night of {summary['as_of_date']}: {state} ({summary['seconds']} s)")
    for error in summary["errors"]:
        console.print(f"  error: {error}")
    stops = [check for check in summary["failed_checks"] if check["stopped_the_night"]]
    for check in stops:
        console.print(f"  stopped by: {check['table']} {check['check']}")
        for line in _detail_lines(check["details"]):
            console.print(f"    {line}")
    others = len(summary["failed_checks"]) - len(stops)
    if others and not summary["succeeded"]:
        console.print(f"  {others} other checks found something and stop nothing; `sop check`, `sop run --json` and the web UI tell what.")
    found = summary["published"]
    if found is None or not summary["succeeded"]:
        return console.file.getvalue()  # type: ignore[attr-defined]
    console.print(f"{found['rows_read']:,} rows read, {found['rows_rejected']:,} set aside (sop.quality_issues tells which and why).")
    for row in found["quality"]:
        console.print(f"  {_scorecard_text(row, found['currency'])}")
    for row in found["stale"]:
        console.print(f"  stale: {row['extract']}: {row['reason']}")
    for row in found["not_used"]:
        console.print(f"  not used: {row['extract']}: {row['reason']} {row['next_step']}")
    if found["not_supplied"]:
        console.print(f"  not supplied: {', '.join(found['not_supplied'])}")
    for row in found["control_totals"]:
        console.print(f"  {_control_text(row)}")
    table = Table(title=f"Planned periods per family, {found['currency']}", title_justify="left")
    table.add_column("family")
    table.add_column("strategy")
    for name in ("short", "overloaded", "below target", "excess", "balanced", "revenue"):
        table.add_column(name, justify="right")
    table.add_column("first trouble")
    for row in found["families"]:
        revenue = "not supplied" if row["revenue_amount"] is None else f"{row['revenue_amount']:,.0f}"
        counts = [str(row[name] or "") for name in ("short", "overloaded", "below_target", "excess", "balanced")]
        table.add_row(row["family_id"], row["production_strategy"], *counts, revenue, str(row["first_trouble"] or ""))
    console.print(table)
    for line in repetition_lines(summary["repetition"]) if "repetition" in summary else ():
        console.print(line)
    shown = found["exceptions"][:SHOWN_EXCEPTIONS]
    console.print(f"Exceptions by money at stake, {len(shown)} of {len(found['exceptions'])} (sop.exceptions tells all):")
    for row in shown:
        money = "no price" if row["money_at_stake_amount"] is None else f"{row['money_at_stake_amount']:,.0f}"
        console.print(f"  {money:>12}  {row['exception_status']:<4}  {row['sentence']}")
    console.print(f"Read it: {found['file']}" + (f" and {found['parquet']}" if found["parquet"] else ""))
    return console.file.getvalue()  # type: ignore[attr-defined]


def _detail_lines(details: dict[str, str]) -> Iterator[str]:
    """What a check says: a line a text, the first rows of a table."""
    for name, value in details.items():
        if not value.startswith("| "):
            yield f"{name.replace('_', ' ')}: {value}"
            continue
        header, _, *rows = value.splitlines()
        yield f"{name.replace('_', ' ')}:"
        yield from (f"  {line.strip('| ')}" for line in [header, *rows[:SHOWN_OF_A_KIND]])
        if len(rows) > SHOWN_OF_A_KIND:
            yield f"  … and {len(rows) - SHOWN_OF_A_KIND} more"


def _scorecard_text(row: dict[str, Any], currency: str) -> str:
    """What waits in one department, for whom and since when."""
    rows = f"{row['rows_open']:,} row{'s' if row['rows_open'] != 1 else ''}"
    parts = [f"{row['department'].replace('_', ' ')}: {rows} to mend, {row['rows_set_aside']:,} set aside"]
    if row["value_affected_amount"]:
        parts.append(f"{row['value_affected_amount']:,.2f} {currency}")
    return "; ".join([*parts, f"the oldest since {row['oldest_first_seen']}", row["owner"]])


def _control_text(row: dict[str, Any]) -> str:
    """One measure of the control totals: how far the extracts are off in all, and where by more than the tolerance."""
    parts = [f"control totals: {row['measure'].replace('_', ' ')}: {row['totals']} compared"]
    if row["not_comparable"]:
        parts[0] = f"{parts[0]}, {row['not_comparable']} of them with nothing to compare"
    if row["difference"] and row["unit"]:
        ratio = "" if row["difference_ratio"] is None else f" ({row['difference_ratio']:+.3%})"
        parts.append(f"extracts − stated = {row['difference']:+,.2f} {row['unit']}{ratio}")
    parts.append(f"outside tolerance: {row['differing_where']}" if row["differing"] else "none outside tolerance")
    return "; ".join(parts)


def ask(question: "Question") -> str | None:
    """Put a question on the terminal; None where the answer is `later`."""
    click.echo(question.text, err=True)
    for answer, line in question.options.items():
        click.echo(f"  {answer}: {line}", err=True)
    said = str(click.prompt("Which one", type=click.Choice([*question.options, "later"]), default="later", show_choices=False, err=True))
    return None if said == "later" else said


def trial_text(trial: "Trial") -> str:
    """How a proposed mapping fared on its file."""
    if trial.reason:
        return f"tried: not one row can be read yet: {trial.reason}"
    rules = ", ".join(f"{rule} {rows}" for rule, rows in trial.rules.items())
    told = f"tried: {trial.rows_accepted:,} of {trial.rows_read:,} rows would be used, {trial.rows_rejected:,} set aside"
    return f"{told} ({rules})" if rules else told


def scenarios_text(listed: list[dict[str, Any]]) -> str:
    """The scenarios of the extract with their changes, and what to write next."""
    if not listed:
        return "The last night read no scenarios: send the extract scenarios, or write a change such as demand:*=1.1"
    lines = [f"{row['scenario_id']}: {row['scenario_name']}\n  {' '.join(row['changes'])}" for row in listed]
    return "\n".join([*lines, f"sop scenario {listed[0]['scenario_id']} plans it beside base; sop scenario CHANGE… plans other changes"])


def what_if_text(found: dict[str, Any], currency: str) -> str:
    """The company's measures with base and what-if side by side, then the families whose periods in trouble change."""
    table = Table("measure", "unit", title="Base and what-if")
    for column in ("base", "what-if", "change"):
        table.add_column(column, justify="right")
    for row in found["measures"]:
        unit = currency if row["unit"] == "money" else row["unit"]
        decimals = 3 if row["unit"] == "ratio" else 0 if row["unit"] == "money" else 1
        table.add_row(row["measure"], unit, *(f"{row[name]:,.{decimals}f}" for name in ("base", "what_if", "change")))
    console = _recorder()
    console.print(table)
    for row in found["families"]:
        before, after = (row["short"], row["overloaded"]), (row["short_what_if"], row["overloaded_what_if"])
        if before != after:
            console.print(f"{row['family_id']}: short {before[0]} → {after[0]} periods, overloaded {before[1]} → {after[1]}")
    return console.file.getvalue()  # type: ignore[attr-defined]


def doctor_text(found: dict[str, Any], indent: int = 0) -> str:
    """The document of the doctor as indented lines."""
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines.append(f"{' ' * indent}{name}:")
            lines.append(doctor_text(value, indent + 2))
        else:
            shown = "none" if value in (None, []) else value
            lines.append(f"{' ' * indent}{name}: {shown}")
    return "\n".join(line for line in lines if line)


def _recorder() -> Console:
    """A console that writes into memory, as wide as the terminal or wide enough for a table; brackets in a text are no markup."""
    width = Console().width if sys.stdout.isatty() else 120
    file = io.StringIO()
    is_shown = sys.stdout.isatty()
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True, no_color=not is_shown)
