"""The record of nights: what each published, as Parquet under `cycles/<cycle_id>/nights/<as_of_date>/`. What it means stays in SQL."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from sop_pipeline.contracts.base import Table, dtypes
from sop_pipeline.contracts.record import (
    JUDGED_STEPS,
    RecordedAssumptions,
    RecordedDecisions,
    RecordedDemand,
    RecordedExceptions,
    RecordedIssues,
    RecordedItemDemand,
    RecordedOrders,
    RecordedPlans,
    RecordedPurchaseOrders,
)
from sop_pipeline.cycles import MANIFEST, Version, all_versions

KEPT_NIGHTS = 90


# each file of a recorded night is shown as raw.recorded_<name>
FILES: Mapping[str, type[Table]] = {
    "plans": RecordedPlans,
    "demand": RecordedDemand,
    "item_demand": RecordedItemDemand,
    "issues": RecordedIssues,
    "exceptions": RecordedExceptions,
    "orders": RecordedOrders,
    "purchase_orders": RecordedPurchaseOrders,
    "decisions": RecordedDecisions,
    "assumptions": RecordedAssumptions,
}
# of these only the last night is shown: they are large, and older ones tell nothing more
LAST_NIGHT_ONLY = frozenset({"orders"})
# the table of a frozen or approved version that gives rows of such a file too
VERSION_TABLES: Mapping[str, str] = {"plans": "supply_demand_balance", "demand": "demand_plan", "item_demand": "item_demand_plan"}
# items are many: only what they are judged by is kept and read, of the first three periods after the current one
ROWS_KEPT: Mapping[str, pl.Expr] = {
    "item_demand": pl.col("step").is_in(JUDGED_STEPS) & (pl.col("period_start") < pl.col("as_of_date").dt.offset_by("124d"))
}
# and only as far back as a season of such periods needs it
DAYS_READ: Mapping[str, int] = {"item_demand": 500}


def record_night(cycles: Path, cycle_id: str, as_of_date: dt.date, frames: Mapping[str, pl.DataFrame], manifest: Mapping[str, Any]) -> Path:
    """Keep what a night published; the same date replaces. Old nights go, except the last of each cycle.

    `frames`: one for every name of FILES, with the columns of its contract. `manifest`: what the night was made of and came to.
    """
    folder = cycles / cycle_id / "nights" / as_of_date.isoformat()
    building = folder.with_name(f".{folder.name}")
    if building.exists():
        shutil.rmtree(building)
    building.mkdir(parents=True)
    for name, contract in FILES.items():
        schema = dtypes(contract)
        frame = frames[name].filter(ROWS_KEPT.get(name, pl.lit(value=True))).select(list(schema)).cast(schema).sort(contract.key_columns())  # type: ignore[arg-type]
        frame.write_parquet(building / f"{name}.parquet")
    text = json.dumps({**manifest, "as_of_date": as_of_date.isoformat()}, ensure_ascii=False, indent=2, sort_keys=True)
    (building / MANIFEST).write_text(text + "\n", encoding="utf-8")
    # a calendar that names its periods anew would leave the date twice
    for known in cycles.glob(f"*/nights/{folder.name}"):
        shutil.rmtree(known)
    building.rename(folder)
    _prune(cycles)
    return folder


def read_record(cycles: Path, name: str, before: dt.date, versions: Sequence[Version] = ()) -> pl.DataFrame:
    """Rows of a file of FILES: of every recorded night with an as-of date before `before`, then of versions; columns of its contract.

    Of the files in LAST_NIGHT_ONLY the last such night counts alone. A column that an earlier night did not record is empty; a version
    gives the planned rows of its base scenario.
    """
    schema = dtypes(FILES[name])
    oldest = before - dt.timedelta(days=DAYS_READ[name]) if name in DAYS_READ else dt.date.min
    nights = [folder / f"{name}.parquet" for folder in _nights(cycles) if oldest <= _date(folder) < before]
    if name in LAST_NIGHT_ONLY:
        nights = nights[-1:]
    frames = [_in_schema(pl.read_parquet(path), schema) for path in nights if path.is_file()]
    if name in VERSION_TABLES:
        given = ((version, version.table(VERSION_TABLES[name])) for version in versions if version.as_of_date >= oldest)
        kept = ROWS_KEPT.get(name, pl.lit(value=True))
        frames += [
            _in_schema(_planned_rows(pl.read_parquet(path), version).filter(kept), schema) for version, path in given if path is not None
        ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def versions_read(cycles: Path, as_of_date: dt.date, *, replays_night: bool) -> list[Version]:
    """The versions a night reads: those made up to its as-of date; when a past night is repeated, those it read then."""
    known = night_manifest(cycles, as_of_date) if replays_night else None
    versions = all_versions(cycles)
    if known is not None:
        return [version for version in versions if version.key in known["versions"]]
    return [version for version in versions if version.recorded_on <= as_of_date]


def record_digest(cycles: Path, before: dt.date, versions: Sequence[Version]) -> str:
    """Digest of all that a night reads of the record: files of earlier nights, and versions."""
    digest = hashlib.sha256()
    for folder in _nights(cycles):
        if _date(folder) < before:
            for path in sorted(folder.glob("*.parquet")):
                digest.update(f"{path.relative_to(cycles).as_posix()}:".encode())
                digest.update(path.read_bytes())
    for version in versions:
        digest.update(f"{version.key}:{version.digest}".encode())
    return digest.hexdigest()


def night_manifest(cycles: Path, as_of_date: dt.date) -> Mapping[str, Any] | None:
    """The manifest of a recorded night; None where there is none."""
    for path in cycles.glob(f"*/nights/{as_of_date.isoformat()}/{MANIFEST}"):
        return dict(json.loads(path.read_text(encoding="utf-8")))
    return None


def versions_known(cycles: Path, up_to: dt.date) -> Mapping[str, str]:
    """Digests of the manifests of versions, as the latest night up to a date saw them."""
    seen = [folder / MANIFEST for folder in _nights(cycles) if _date(folder) <= up_to and (folder / MANIFEST).is_file()]
    return dict(json.loads(seen[-1].read_text(encoding="utf-8"))["versions"]) if seen else {}


def nights_before(cycles: Path, before: dt.date) -> int:
    return sum(_date(folder) < before for folder in _nights(cycles))


def last_night(cycles: Path, cycle_id: str) -> dt.date | None:
    """As-of date of the last recorded night of a cycle."""
    return max((_date(folder) for folder in _nights(cycles) if folder.parent.parent.name == cycle_id), default=None)


def recorded_cycles(cycles: Path) -> list[str]:
    """Cycles with a recorded night, oldest first."""
    return list(dict.fromkeys(folder.parent.parent.name for folder in _nights(cycles)))


@dataclass(frozen=True)
class Repeated:
    """How a repeated night compares with what it published before: tables that differ, and what else was not the same."""

    tables: tuple[str, ...]
    causes: tuple[str, ...]


def compare_nights(before: Mapping[str, Any], after: Mapping[str, Any], without_copies: Sequence[str] = ()) -> Repeated:
    """Name what differs between two manifests of one night. `without_copies`: extracts the repetition had to read from today's files."""
    tables = sorted(name for name in {*before["tables"], *after["tables"]} if before["tables"].get(name) != after["tables"].get(name))
    causes = []
    for name, title in (("code_version", "version of sop_pipeline"), ("schema_version", "version of the tables")):
        if before[name] != after[name]:
            causes.append(f"{title}: {before[name]} then, {after[name]} now")
    if before["settings_digest"] != after["settings_digest"]:
        changed = [name for name, value in after["settings"].items() if before["settings"].get(name) != value]
        causes.append(f"sop.yaml says something else now: {', '.join(changed) or 'extracts or read_from'}")
    for name in sorted({*before["extracts"], *after["extracts"]}):
        if before["extracts"].get(name) != after["extracts"].get(name):
            how = "no landed copy of that night, today's file was read" if name in without_copies else "other content than that night"
            causes.append(f"extract {name}: {how}")
    if before["versions"] != after["versions"]:
        causes.append(f"versions read: {', '.join(before['versions']) or 'none'} then, {', '.join(after['versions']) or 'none'} now")
    if before["nights_read"] != after["nights_read"]:
        causes.append(f"earlier nights in the record: {before['nights_read']} then, {after['nights_read']} now")
    elif before["record_digest"] != after["record_digest"] and before["versions"] == after["versions"]:
        causes.append("the record of an earlier night has changed: that night was run again")
    if {"quality_issues", "extract_status"} & set(tables):
        causes += [
            f"extract {name}: the file refused that night is kept in no copy, so its issues are not told again" for name in before["stale"]
        ]
    if tables and not causes:
        causes.append("every input is the same, so the code or the machine is not")
    return Repeated(tuple(tables), tuple(causes))


def _planned_rows(frame: pl.DataFrame, version: Version) -> pl.DataFrame:
    rows = frame.filter(pl.col("scenario_id") == "base")
    if "period_kind" in rows.columns:
        rows = rows.filter(pl.col("period_kind") != "history")
    return rows.with_columns(
        as_of_date=pl.lit(version.as_of_date), recorded_on=pl.lit(version.recorded_on), record_kind=pl.lit(version.kind)
    )


def _in_schema(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    columns = [pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in schema]
    return frame.select(columns).cast(schema)  # type: ignore[arg-type]


def _nights(cycles: Path) -> list[Path]:
    """Folders of recorded nights, oldest first."""
    folders = (path for path in cycles.glob("*/nights/*") if path.is_dir() and not path.name.startswith("."))
    return sorted(folders, key=lambda path: path.name)


def _date(folder: Path) -> dt.date:
    return dt.date.fromisoformat(folder.name)


def _prune(cycles: Path) -> None:
    nights = _nights(cycles)
    last_of_cycle = {folder.parent: folder for folder in nights}
    for folder in nights[:-KEPT_NIGHTS]:
        if last_of_cycle[folder.parent] != folder:
            shutil.rmtree(folder)
