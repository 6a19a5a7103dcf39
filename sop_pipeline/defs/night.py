"""The night as a resource: which company, which as-of date, which warehouse, which parameters. What is done with them stays out."""

import contextlib
import datetime as dt
import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from sop_pipeline import warehouse
from sop_pipeline.company import Company, load_company, now_utc
from sop_pipeline.cycles import Version, all_versions
from sop_pipeline.defs.lock import refuse_if_held
from sop_pipeline.publish import SCHEMA_VERSION
from sop_pipeline.record import record_digest, versions_read

NIGHT_TABLE = "raw.night"
NIGHT_COLUMNS = "as_of_date date, run_id varchar, started_at_utc timestamp, versions varchar, record_digest varchar"


class Night(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One company's night. The as-of date is read once, when the extracts are landed, and kept in the warehouse for the stages after."""

    folder: str
    as_of_date: str = ""

    def begin(self, run_id: str, *, afresh: bool) -> Company:
        """Start a night: settle the as-of date and write it down; `afresh` in a new warehouse file, since DuckDB's never shrink."""
        company = self._load(dt.date.fromisoformat(self.as_of_date) if self.as_of_date else None)
        if afresh:
            refuse_if_held(company)
            company.warehouse_file.unlink(missing_ok=True)
        versions = versions_read(company.cycles, company.as_of_date, replays_night=company.replays_night)
        digest = record_digest(company.cycles, company.as_of_date, versions)
        keys = json.dumps([version.key for version in versions])
        with self.connect(company) as con:
            con.execute(f"create or replace table {NIGHT_TABLE} ({NIGHT_COLUMNS})")
            con.execute(f"insert into {NIGHT_TABLE} values (?, ?, ?, ?, ?)", [company.as_of_date, run_id, _utc(), keys, digest])
        return company

    def company(self) -> Company:
        """The company as of the night that the warehouse holds. Raises Failure when there is none, or one of another date was asked for."""
        path = self._load(None).warehouse_file
        if not path.exists():
            raise dg.Failure(f"{path} does not exist: no night has landed yet. Materialize the raw assets first, or run: sop run")
        with warehouse.connect(path) as con:
            found = con.execute(f"select as_of_date from {NIGHT_TABLE}").fetchall() if NIGHT_TABLE in warehouse.table_names(con) else []
        if not found:
            raise dg.Failure(f"{path} holds no night. Materialize the raw assets first, or run: sop run")
        if self.as_of_date and self.as_of_date != found[0][0].isoformat():
            raise dg.Failure(f"the warehouse holds the night of {found[0][0]}, asked for is {self.as_of_date}: land the extracts again too")
        return self._load(found[0][0])

    @contextlib.contextmanager
    def connect(self, company: Company) -> Iterator[duckdb.DuckDBPyConnection]:
        """The working warehouse, unless another night is under way on it."""
        refuse_if_held(company)
        with warehouse.connect(company.warehouse_file) as con:
            yield con

    def _load(self, as_of_date: dt.date | None) -> Company:
        return load_company(Path(self.folder), as_of_date)


def parameters(con: duckdb.DuckDBPyConnection, company: Company) -> Mapping[str, Any]:
    """Every parameter a SQL file may name."""
    settings = company.settings
    run_id, started_at, record = con.execute(f"select run_id, started_at_utc, record_digest from {NIGHT_TABLE}").fetchall()[0]
    return {
        "as_of_date": company.as_of_date,
        "horizon_periods": settings.horizon_periods,
        "look_ahead_periods": settings.look_ahead_periods,
        "history_periods": settings.history_periods,
        "calendar": settings.calendar,
        "company": settings.company,
        "reporting_currency": settings.reporting_currency,
        "business_plan_version": settings.business_plan_version,
        "inventory_statuses": list(settings.inventory_statuses),
        "control_total_ratio": settings.tolerances.control_total_ratio,
        "unexplained_ratio": settings.tolerances.unexplained_ratio,
        **settings.exceptions.model_dump(),
        "run_id": run_id,
        "started_at_utc": started_at,
        "finished_at_utc": _utc(),
        "code_version": importlib.metadata.version("sop-pipeline"),
        "schema_version": SCHEMA_VERSION,
        "settings_digest": company.settings_digest,
        "record_digest": record,
    }


def versions_of_night(con: duckdb.DuckDBPyConnection, company: Company) -> list[Version]:
    """The versions that the night read when it began: one made while it ran is not among them."""
    keys = json.loads(con.execute(f"select versions from {NIGHT_TABLE}").fetchall()[0][0])
    return [version for version in all_versions(company.cycles) if version.key in keys]


def _utc() -> dt.datetime:
    return now_utc().replace(tzinfo=None)
