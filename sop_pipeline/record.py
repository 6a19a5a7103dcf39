"""The record of nights: what each published, as Parquet under `cycles/<cycle_id>/nights/<as_of_date>/`. What it means stays in SQL."""

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from sop_pipeline.contracts.base import Table, dtypes
from sop_pipeline.contracts.record import RecordedAssumptions, RecordedDecisions, RecordedExceptions, RecordedIssues, RecordedPlans

KEPT_NIGHTS = 90
FILES: Mapping[str, type[Table]] = {
    "plans": RecordedPlans,
    "issues": RecordedIssues,
    "exceptions": RecordedExceptions,
    "decisions": RecordedDecisions,
    "assumptions": RecordedAssumptions,
}


def record_night(cycles: Path, cycle_id: str, as_of_date: dt.date, frames: Mapping[str, pl.DataFrame]) -> Path:
    """Keep what a night published; the same date replaces. Old nights go, except the last of each cycle.

    `frames`: one of every name in FILES, in the columns of its contract.
    """
    folder = cycles / cycle_id / "nights" / as_of_date.isoformat()
    building = folder.with_name(f".{folder.name}")
    if building.exists():
        shutil.rmtree(building)
    building.mkdir(parents=True)
    for name, contract in FILES.items():
        frame = frames[name].select(list(dtypes(contract))).sort(contract.key_columns())
        frame.write_parquet(building / f"{name}.parquet")
    if folder.exists():
        shutil.rmtree(folder)
    building.rename(folder)
    _prune(cycles)
    return folder


def read_record(cycles: Path, name: str, before: dt.date) -> pl.DataFrame:
    """Rows of one of FILES of every recorded night with an as-of date before `before`, in the columns of its contract.

    A night recorded before there was such a file has no rows in it.
    """
    schema = dtypes(FILES[name])
    frames = [
        pl.read_parquet(folder / f"{name}.parquet").select(list(schema)).cast(schema)
        for folder in _nights(cycles)
        if dt.date.fromisoformat(folder.name) < before and (folder / f"{name}.parquet").exists()
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _nights(cycles: Path) -> list[Path]:
    """Folders of recorded nights, oldest first."""
    folders = (path for path in cycles.glob("*/nights/*") if path.is_dir() and not path.name.startswith("."))
    return sorted(folders, key=lambda path: path.name)


def _prune(cycles: Path) -> None:
    nights = _nights(cycles)
    last_of_cycle = {folder.parent: folder for folder in nights}
    for folder in nights[:-KEPT_NIGHTS]:
        if last_of_cycle[folder.parent] != folder:
            shutil.rmtree(folder)
