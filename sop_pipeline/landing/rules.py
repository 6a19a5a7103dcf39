"""Rules across extracts, `sql/checks/staging/<extract>__<rule>.sql`: run in order, what they find set aside or told. SQL says the rules."""

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import duckdb
import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company
from sop_pipeline.landing.breaches import breach_frame, with_row
from sop_pipeline.landing.issues import together
from sop_pipeline.landing.land import raw_view
from sop_pipeline.landing.quarantine import remove_rows
from sop_pipeline.landing.records import Load
from sop_pipeline.landing.worth import issues_of_rows
from sop_pipeline.sql_files import SqlFile, load_rules

SEVERITIES = ("info", "warning", "error", "stop")


@dataclass(frozen=True)
class CrossRule:
    """One rule of one extract, from its SQL file: the query gives source_file, source_line and value of rows that break it."""

    file: SqlFile
    extract: str
    name: str
    severity: str
    owner: str
    column: str
    hint: str

    @property
    def reads(self) -> frozenset[str]:
        """Tables the rule needs, as `schema.table`."""
        return frozenset(self.file.upstream)


@dataclass(frozen=True)
class RuleResult:
    """How one rule came out. `rows`: how many break it, None where it was not run because a table it reads is not there."""

    rule: CrossRule
    rows: int | None


@dataclass(frozen=True)
class RulesOutcome:
    """What the rules found.

    `issues`: schema `issues.ISSUE_SCHEMA`. `rejected`: rows taken out of each staging table. `stops`: rules that keep the night from
    publishing.
    """

    issues: pl.DataFrame
    results: tuple[RuleResult, ...]
    rejected: Mapping[str, int]

    @property
    def stops(self) -> tuple[RuleResult, ...]:
        return tuple(result for result in self.results if result.rule.severity == "stop" and result.rows)


def cross_rules(files: Mapping[str, SqlFile] | None = None) -> tuple[CrossRule, ...]:
    """The rules of schema staging in the order they run: errors first, masters before what refers to them, then what only tells.

    Raises ValueError on a file whose header lacks a field or names an unknown severity, and on rules that wait for each other.
    """
    rules = [_cross_rule(file) for file in (files or load_rules()).values() if file.schema == "staging"]
    place = {extract: index for index, extract in enumerate(_masters_first(rules))}
    return tuple(sorted(rules, key=lambda rule: (rule.severity != "error", place[rule.extract], rule.extract, rule.name)))


def apply_rules(
    con: duckdb.DuckDBPyConnection,
    company: Company,
    loads: Iterable[Load],
    rules: Sequence[CrossRule] | None = None,
) -> RulesOutcome:
    """Run the rules of the extracts in `loads`, as staged, on `staging`; rows that break an error rule are taken out.

    A row is named by every error rule it breaks, and what refers to it is judged without it. A rule that reads a table nobody staged, or
    one that is empty because its extract is unusable, is not run, and its result says so: a master that is missing is one mistake, not
    one a row of what refers to it.
    """
    loads = list(loads)
    views = {load.extract: raw_view(company, load) for load in loads}
    present = warehouse.table_names(con) - {f"staging.{load.extract}" for load in loads if load.status == "unusable"}
    values = rule_values(company, last_period_start(con, company, present))
    chosen = [rule for rule in rules or cross_rules() if rule.extract in views]
    found: list[pl.DataFrame] = []
    results: list[RuleResult] = []
    rejected: dict[str, int] = {}
    for (extract, removes), group in itertools.groupby(chosen, key=lambda rule: (rule.extract, rule.severity == "error")):
        broken = [breach_frame()]
        for rule in group:
            runs = rule.reads | {f"staging.{extract}"} <= present
            broken.append(_breaches(con, rule, values) if runs else breach_frame())
            results.append(RuleResult(rule, broken[-1].height if runs else None))
        breaches = pl.concat(broken)
        found.append(issues_of_rows(con, views[extract], breaches))
        rows = breaches.get_column("row").unique()
        if removes and rows.len():
            remove_rows(con, extract, rows)
            rejected[extract] = rows.len()
    return RulesOutcome(together(found), tuple(results), rejected)


def rule_values(company: Company, last_period: dt.date) -> dict[str, Any]:
    """The parameters a rule may use; `last_period`: first day of the last period of the horizon."""
    return {
        "as_of_date": company.as_of_date,
        "calendar": company.settings.calendar,
        "horizon_periods": company.settings.horizon_periods,
        "last_period_start": last_period,
        "reporting_currency": company.settings.reporting_currency,
    }


def last_period_start(con: duckdb.DuckDBPyConnection, company: Company, present: Collection[str]) -> dt.date:
    """First day of the last period of the horizon, in months or in the periods of the fiscal calendar.

    A calendar that ends within the horizon gives its last period, one that ended before, or was not staged, the as-of date: rules of its
    own tell of it, and others must not report the same again.
    """
    settings, day = company.settings, company.as_of_date
    if settings.calendar == "months":
        months = day.year * 12 + day.month - 1 + settings.horizon_periods - 1
        return dt.date(months // 12, months % 12 + 1, 1)
    if "staging.fiscal_calendar" not in present:
        return day
    ahead = "select period_start from staging.fiscal_calendar where period_end >= $day order by period_start limit $periods"
    starts = warehouse.query(con, ahead, {"day": day, "periods": settings.horizon_periods}).get_column("period_start")
    return starts[-1] if starts.len() else day


def _cross_rule(file: SqlFile) -> CrossRule:
    extract, _, name = file.table.partition("__")
    missing = [field for field in ("severity", "owner", "column", "hint") if field not in file.header]
    if missing:
        raise ValueError(f"{file.path}: the header lacks {', '.join(missing)}; write each as a comment line such as '-- severity: error'")
    if file.header["severity"] not in SEVERITIES:
        raise ValueError(f"{file.path}: severity {file.header['severity']!r} is none of {', '.join(SEVERITIES)}")
    return CrossRule(file, extract, name, file.header["severity"], file.header["owner"], file.header["column"], file.header["hint"])


def _masters_first(rules: Iterable[CrossRule]) -> list[str]:
    """Extracts in the order their error rules run: after the extracts those rules look things up in."""
    needs: dict[str, set[str]] = {}
    for rule in sorted(rules, key=lambda rule: rule.file.address):
        looked_up = {table.removeprefix("staging.") for table in rule.reads} - {rule.extract} if rule.severity == "error" else set()
        needs.setdefault(rule.extract, set()).update(looked_up)
    sorter = TopologicalSorter({extract: sorted(needs[extract]) for extract in sorted(needs)})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise ValueError(f"error rules wait for each other: {' -> '.join(error.args[1])}; make one of them a warning") from error


def _breaches(con: duckdb.DuckDBPyConnection, rule: CrossRule, values: Mapping[str, Any]) -> pl.DataFrame:
    failing = warehouse.failing_rows(con, rule.file, values)
    if not failing.height:
        return breach_frame()
    rows = with_row(con, rule.extract, failing.unique(["source_file", "source_line"], keep="first", maintain_order=True))
    told = {"column_name": rule.column, "rule": rule.name, "severity": rule.severity, "hint": rule.hint}
    return rows.select("row", *(pl.lit(text).alias(name) for name, text in told.items()), pl.col("value").cast(pl.String)).sort("row")
