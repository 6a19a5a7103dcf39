"""What the command prints: progress, the summary of a night, what a check or the doctor found. Nothing is decided here."""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.table import Table

from sop_pipeline.checking import Checked
from sop_pipeline.company import Company
from sop_pipeline.publish import published_rows

if TYPE_CHECKING:
    from sop_pipeline.defs.run import NightOutcome

SHOWN_OF_A_KIND = 5
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
EXTRACT_COUNTS = """
select extract, load_status, reason, rows_read, rows_accepted, rows_rejected, value_rejected_amount::double as value_rejected_amount
from sop.extract_status
order by extract
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
        "seconds": round(outcome.seconds, 1),
        "failed_checks": [
            {"table": check.table, "check": check.name, "stopped_the_night": check.blocking, "details": check.details}
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
            "not_supplied": extracts.filter(pl.col("load_status") == "not_supplied")["extract"].to_list(),
            "rejected": extracts.filter(pl.col("rows_rejected") > 0).select("extract", "rows_rejected", "value_rejected_amount").to_dicts(),
            "families": published_rows(file, STATUS_COUNTS).to_dicts(),
        }
    return summary


def night_text(summary: dict[str, Any]) -> str:
    """The summary as a planner reads it."""
    console = _recorder()
    state = "published" if summary["succeeded"] else "stopped; what was published before stays in place"
    console.print(f"{summary['company']}, night of {summary['as_of_date']}: {state} ({summary['seconds']} s)")
    for error in summary["errors"]:
        console.print(f"  error: {error}")
    for check in summary["failed_checks"]:
        if check["stopped_the_night"] or not summary["succeeded"]:
            console.print(f"  failed check: {check['table']} {check['check']}\n    {check['details']}")
    found = summary["published"]
    if found is None or not summary["succeeded"]:
        return console.file.getvalue()  # type: ignore[attr-defined]
    console.print(f"{found['rows_read']:,} rows read, {found['rows_rejected']:,} set aside (sop.quality_issues tells which and why).")
    for row in found["stale"]:
        console.print(f"  stale: {row['extract']}: {row['reason']}")
    if found["not_supplied"]:
        console.print(f"  not supplied: {', '.join(found['not_supplied'])}")
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
    console.print(f"Read it: {found['file']}" + (f" and {found['parquet']}" if found["parquet"] else ""))
    return console.file.getvalue()  # type: ignore[attr-defined]


def check_document(found: Checked) -> dict[str, Any]:
    """What a check found as one document, every issue in it."""
    return {"stops": list(found.stops), "extracts": found.statuses.to_dicts(), "issues": found.issues.to_dicts(), "csv": str(found.csv)}


def check_text(found: Checked) -> str:
    """What a check found, like causes together: where, what was there, the rule, what to do; then totals."""
    lines = []
    groups = found.issues.group_by("extract", "column_name", "rule", "severity", "hint", maintain_order=True)
    for (extract, column_name, rule, severity, hint), rows in groups:
        lines.append(f"{severity}: {extract}{f'.{column_name}' if column_name else ''}: {rule} ({rows.height} rows). {hint or ''}".rstrip())
        shown = rows.head(SHOWN_OF_A_KIND).iter_rows(named=True)
        lines += [f"  {_place(row)}: {row['value'] if row['value'] is not None else '(empty)'}" for row in shown]
        if rows.height > SHOWN_OF_A_KIND:
            lines.append(f"  … and {rows.height - SHOWN_OF_A_KIND} more")
    set_aside = found.issues.filter(pl.col("severity") == "error").unique(["extract", "source_file", "source_line"])
    for (extract, currency), rows in set_aside.group_by("extract", "currency", maintain_order=True):
        quantity, value = rows["quantity"].abs().sum(), rows["value_amount"].abs().sum()
        lines.append(f"set aside: {extract}: {rows.height} rows, quantity {quantity:,.2f}, value {value:,.2f} {currency or ''}".rstrip())
    counts = found.statuses
    lines.append(
        f"{counts['rows_read'].sum():,} rows of {counts.filter(pl.col('status') != 'not_supplied').height} extracts read, "
        f"{counts['rows_accepted'].sum():,} accepted, {counts['rows_rejected'].sum():,} set aside. Full list: {found.csv} and {found.json}"
    )
    lines += [f"stop: {reason}" for reason in found.stops]
    return "\n".join(lines)


def _place(row: dict[str, Any]) -> str:
    parts = [str(row[name]) for name in ("source_file", "source_line", "column_name") if row[name] is not None]
    return ":".join(parts) or str(row["extract"])


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
    """A console that writes into memory, as wide as the terminal or wide enough for a table."""
    width = Console().width if sys.stdout.isatty() else 120
    return Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True, no_color=not sys.stdout.isatty())
