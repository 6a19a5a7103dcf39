"""The extracts of one night, all or some: land and stage each, then the rules across them. Who runs this, and what it stops, stays out."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from sop_pipeline.company import Company
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.issues import together
from sop_pipeline.landing.land import land, record_load
from sop_pipeline.landing.quarantine import Staged, stage
from sop_pipeline.landing.records import Records
from sop_pipeline.landing.rules import RulesOutcome, apply_rules
from sop_pipeline.landing.status import ExtractStatus, extract_status
from sop_pipeline.sql_files import SqlFile


@dataclass(frozen=True)
class StagedNight:
    """What a night has of its extracts. `issues`: of rows, files and rules across extracts together."""

    staged: Mapping[str, Staged]
    rules: RulesOutcome
    statuses: Mapping[str, ExtractStatus]
    issues: pl.DataFrame

    @property
    def stops(self) -> tuple[str, ...]:
        """Why the night must not publish: extracts it cannot do without, rules of severity stop."""
        unusable = [f"{name}: {item.load.reason}" for name, item in self.staged.items() if item.load.status == "unusable"]
        return (*unusable, *(f"{result.rule.extract}: {result.rule.name}: {result.rule.hint}" for result in self.rules.stops))


def without_copies(company: Company) -> list[str]:
    """Extracts of which the company's night has no landed copies, nor word that they were not supplied: it would read today's files."""
    records = Records(company.landed)
    return [name for name in sorted(EXTRACTS) if records.night(name, company.as_of_date) is None]


def stage_all(
    con: duckdb.DuckDBPyConnection,
    company: Company,
    names: Iterable[str],
    files: Mapping[str, SqlFile],
    *,
    landed_at: dt.datetime,
    staged_one: Callable[[str, int], None],
) -> StagedNight:
    """Land and stage extracts by name, in order of name, and record their loads; `staged_one(address, rows)` hears of each.

    Raises ConfigurationError on a mapping that cannot be right; never on bad data.
    """
    staged: dict[str, Staged] = {}
    for name in sorted(names):
        extract, file = EXTRACTS[name], files[f"staging.{name}"]
        load = land(con, company, extract, as_of_date=company.as_of_date, landed_at=landed_at)
        staged[name] = stage(con, company, extract, load, file)
        staged_one(file.address, staged[name].rows_accepted)
    rules = apply_rules(con, company, [item.load for item in staged.values()])
    for item in staged.values():
        record_load(company, item.load)
    statuses = {name: extract_status(item, rules.rejected.get(name, 0)) for name, item in staged.items()}
    return StagedNight(staged, rules, statuses, together([*(item.issues for item in staged.values()), rules.issues]))
