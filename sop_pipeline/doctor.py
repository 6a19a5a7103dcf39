"""How the installation and a company's files are: versions, sizes, holders, staleness. Nothing is changed here."""

import importlib.metadata
import json
import platform
import shutil
import sqlite3
from typing import Any

from sop_pipeline.company import Company
from sop_pipeline.cycles import all_versions, tampered
from sop_pipeline.defs.lock import holder
from sop_pipeline.publish import content_digests, published_rows, storage_version_of
from sop_pipeline.record import versions_known

PACKAGES = ("sop-pipeline", "dagster", "duckdb", "polars", "pandera", "statsforecast", "highspy")


def examine(company: Company, *, with_digest: bool) -> dict[str, Any]:
    """Everything `sop doctor` says, as one document."""
    file = company.published / "sop.duckdb"
    found: dict[str, Any] = {
        "company": company.settings.company,
        "folder": str(company.folder),
        "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in PACKAGES}},
        "warehouse_held_by_process": holder(company),
        "disk_free_gib": round(shutil.disk_usage(company.folder).free / 2**30, 1),
        "sizes_mib": {name: _mebibytes(company, name) for name in ("extracts", "landed", "cycles", "warehouse", "published")},
        "schedule": {"cron": company.settings.schedule, "time_zone": company.settings.time_zone, "is_on": _schedule_is_on(company)},
        "signed_off": {
            version.key: {name: version.manifest[name] for name in ("as_of_date", "recorded_on", "by")}
            for version in all_versions(company.cycles)
        },
        "changed_files_of_signed_off": tampered(company.cycles, versions_known(company.cycles, company.as_of_date)),
        "published": None,
    }
    if file.exists():
        stale = "select extract, reason, hours_since_landed from sop.extract_status where load_status = 'stale' order by extract"
        found["published"] = {
            "file": str(file),
            "storage_version": storage_version_of(file),
            "run": published_rows(file, "select * from sop.run").to_dicts()[0],
            "stale_extracts": published_rows(file, stale).to_dicts(),
        }
        if with_digest:
            found["digests"] = dict(content_digests(file))
    return found


def _mebibytes(company: Company, name: str) -> float:
    folder = company.folder / name
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20, 1)


def _schedule_is_on(company: Company) -> bool:
    """Whether a running daemon has the nightly schedule switched on: read from the instance without importing the orchestrator."""
    store = company.dagster_home / "schedules" / "schedules.db"
    if not store.exists():
        return False
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as con:
        tables = {row[0] for row in con.execute("select name from sqlite_master")}
        if "jobs" not in tables:
            return False
        rows = con.execute("select status, job_body from jobs where job_type = 'SCHEDULE'").fetchall()
    return any(status in ("RUNNING", "DECLARED_IN_CODE") and "nightly_schedule" in json.dumps(body) for status, body in rows)
