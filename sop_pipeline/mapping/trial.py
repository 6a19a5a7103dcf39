"""A proposed mapping tried on its file: pasted, parsed, landed and staged in a folder of its own; the company's record stays as it is."""

import datetime as dt
import functools
import glob
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sop_pipeline import warehouse
from sop_pipeline.company import Company, parse_settings
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.land import land
from sop_pipeline.landing.quarantine import stage
from sop_pipeline.sql_files import SqlFile, load_sql_files


@dataclass(frozen=True)
class Trial:
    """How the rows fared. `reason`: why none was read, empty where they were; `rules`: rows by the rule that sets them aside."""

    rows_read: int
    rows_accepted: int
    rows_rejected: int
    reason: str
    rules: dict[str, int]


def try_mapping(company: Company, extract: str, text: str, path: Path) -> Trial:
    """Land one file by the YAML `text`, whatever share of it is set aside; facts after the as-of date are neither accepted nor rejected.

    Raises ConfigurationError where the text is no mapping.
    """
    basis = f"company: Trial\nreporting_currency: {company.settings.reporting_currency}\ntime_zone: {company.settings.time_zone}\n"
    with TemporaryDirectory(prefix="sop-map-") as folder, warehouse.connect(None) as con:
        settings = parse_settings(f"{basis}tolerances: {{rejected_rows_ratio: 1}}\n{text}", Path(folder) / "sop.yaml", {})
        mapping = settings.extracts[extract].model_copy(update={"files": (glob.escape(str(path.resolve())),)})
        own = settings.model_copy(update={"extracts": {extract: mapping}, "read_from": (str(path.resolve().parent),)})
        trial = Company(Path(folder).resolve(), own, company.as_of_date)
        now = dt.datetime.combine(company.as_of_date, dt.time(), dt.UTC)
        load = land(con, trial, EXTRACTS[extract], as_of_date=company.as_of_date, landed_at=now)
        staged = stage(con, trial, EXTRACTS[extract], load, _staging_files()[f"staging.{extract}"])
    errors = staged.issues.filter(severity="error").group_by("rule").len().sort("rule")
    reason = "" if staged.load.has_rows_to_stage else staged.load.reason
    return Trial(staged.rows_read, staged.rows_accepted, staged.rows_rejected, reason, dict(errors.iter_rows()))


@functools.cache
def _staging_files() -> dict[str, SqlFile]:
    return load_sql_files("staging")
