"""`sop check`: land and check extracts in a warehouse of its own, without planning anything. How rows are judged stays in landing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError, now_utc
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.all_extracts import stage_all
from sop_pipeline.landing.status import status_frame
from sop_pipeline.sql_files import load_sql_files


@dataclass(frozen=True)
class Checked:
    """What a check found. `issues` as in landing, `statuses` one row per extract; `csv` and `json` hold all issues."""

    issues: pl.DataFrame
    statuses: pl.DataFrame
    stops: tuple[str, ...]
    csv: Path
    json: Path


def check_extracts(company: Company, names: Sequence[str] = ()) -> Checked:
    """Check extracts by name, all of them where none is named. Raises ConfigurationError for a name that is no extract."""
    unknown = sorted(set(names) - set(EXTRACTS))
    if unknown:
        raise ConfigurationError(f"{', '.join(unknown)}: no such extract; known: {', '.join(sorted(EXTRACTS))}")
    with warehouse.connect(None) as con:
        night = stage_all(
            con,
            company,
            names or EXTRACTS,
            load_sql_files("staging"),
            landed_at=now_utc(),
            staged_one=lambda _address, _rows: None,
        )
    folder = company.warehouse_file.parent / "check"
    folder.mkdir(parents=True, exist_ok=True)
    night.issues.write_csv(folder / "issues.csv")
    night.issues.write_json(folder / "issues.json")
    return Checked(night.issues, status_frame(list(night.statuses.values())), night.stops, folder / "issues.csv", folder / "issues.json")
