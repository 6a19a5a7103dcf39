"""Nights for tests: a company folder written, a night run on it, the published file read. What must hold of it stays in the tests."""

import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from worked_example.company import write_worked_example

from sop_pipeline.company import Company, load_company
from sop_pipeline.defs.run import NightOutcome, run_night
from sop_pipeline.publish import published_rows

PLANNED = "from sop.supply_demand_balance where period_kind <> 'history' and family_id = '{}' order by period_start"


def company_of(folder: Path, as_of: dt.date | None = None) -> Company:
    return load_company(folder, as_of)


def run(folder: Path, as_of: dt.date | None = None) -> NightOutcome:
    return run_night(company_of(folder, as_of))


def shared_night(tmp_path_factory: pytest.TempPathFactory, strategy: str) -> Path:
    """The worked example after one night, run once for all modules and test processes: read it, or change a copy of it."""
    base = tmp_path_factory.getbasetemp()
    # every process of a parallel run has a folder of its own below the common one
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = common / f"worked_example_{strategy}"
    with (common / f"worked_example_{strategy}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            write_worked_example(folder, strategy)
            assert run(folder).succeeded
    return folder


def rows(folder: Path, query: str) -> pl.DataFrame:
    return published_rows(folder / "published" / "sop.duckdb", query)


def planned(folder: Path, family: str, column: str) -> list[float]:
    """One column of the planned periods of a family, in order."""
    return rows(folder, f"select {column} {PLANNED.format(family)}")[column].to_list()


def failed(outcome: NightOutcome) -> Iterator[str]:
    """Failed checks as `schema.table check`."""
    return (f"{check.table} {check.name}" for check in outcome.failed_checks)
