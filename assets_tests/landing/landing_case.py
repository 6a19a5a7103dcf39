"""A company folder made of a few texts, landed and staged: what the tests of landing start from."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company, load_company
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.land import land, record_load
from sop_pipeline.landing.quarantine import Staged, stage
from sop_pipeline.sql_files import load_sql_files

BASIS = "company: Acme\nreporting_currency: EUR\nas_of_date: 2026-11-02\ntolerances: {rejected_rows_ratio: 1}\n"
AS_OF = dt.date(2026, 11, 2)
NIGHT = dt.datetime(2026, 11, 2, 2, 30, tzinfo=dt.UTC)
STAGING = load_sql_files("staging")

FAMILIES = "family_id,family_name,planning_unit,production_strategy\nP,Pumps,pc,make_to_stock\n"


@dataclass(frozen=True)
class Landed:
    """One staged extract: its rows, its issues of warning and error, and the outcome itself."""

    staged: Staged
    rows: pl.DataFrame

    @property
    def issues(self) -> list[tuple[str | None, int | None, str | None, str, str]]:
        """File, line, column, rule and severity of each."""
        named = self.staged.issues.select("source_file", "source_line", "column_name", "rule", "severity")
        return list(named.iter_rows())


def company_of(folder: Path, files: dict[str, str | bytes], settings: str = "", as_of_date: dt.date | None = None) -> Company:
    """Write files, by name below the folder, and sop.yaml: the basis and `settings`."""
    (folder / "sop.yaml").write_text(BASIS + settings, encoding="utf-8")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_company(folder, as_of_date)


def take(con: duckdb.DuckDBPyConnection, company: Company, name: str, landed_at: dt.datetime = NIGHT) -> Landed:
    """Land, stage and record one extract, as a night does."""
    extract = EXTRACTS[name]
    load = land(con, company, extract, as_of_date=company.as_of_date, landed_at=landed_at)
    staged = stage(con, company, extract, load, STAGING[f"staging.{name}"])
    record_load(company, staged.load)
    return Landed(staged, warehouse.read(con, f"staging.{name}"))


def take_text(folder: Path, name: str, content: str | bytes, settings: str = "") -> Landed:
    """Stage one extract from the content of one .csv file."""
    extract = EXTRACTS[name]
    company = company_of(folder, {f"extracts/{extract.department}/{name}.csv": content}, settings)
    with warehouse.connect(None) as con:
        return take(con, company, name)
