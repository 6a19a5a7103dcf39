"""Which cell is meant: family, period and measure as a person writes them, found in the published file. What explains it stays out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sop_pipeline.company import ConfigurationError
from sop_pipeline.publish import published_rows
from sop_pipeline.settings import nearest

SUFFIXES = ("_quantity", "_amount", "_ratio", "_days", "_heads")
# what the sheet calls by a name of its own, and the column of the balance behind it
SHEET_NAMES = {
    "planned_production_quantity": "production_quantity",
    "demand_plan_change_quantity": "consensus_quantity",
    "demand_variance_quantity": "demand_quantity",
    "cumulative_demand_variance_quantity": "demand_quantity",
    "business_plan_gap_quantity": "business_plan_quantity",
    "production_plan_change_quantity": "production_quantity",
    "production_variance_quantity": "production_quantity",
    "cumulative_production_variance_quantity": "production_quantity",
    "schedule_difference_quantity": "scheduled_quantity",
    "target_inventory_gap_quantity": "target_inventory_quantity",
    "backlog_days": "customer_lead_time_days",
    "required_capacity": "load_ratio",
    "regular_capacity": "load_ratio",
    "planned_heads": "required_heads",
    "plan_attainment_ratio": "production_quantity",
}


@dataclass(frozen=True)
class Cell:
    """One family and period of the published working plan, with its row of the balance."""

    family: Mapping[str, Any]
    period: Mapping[str, Any]
    balance: Mapping[str, Any]

    @property
    def family_id(self) -> str:
        return str(self.family["family_id"])

    @property
    def period_start(self) -> dt.date:
        return cast("dt.date", self.period["period_start"])

    @property
    def measures(self) -> list[str]:
        """The columns of the balance that hold a number."""
        return [name for name in self.balance if name.endswith((*SUFFIXES, "working_days"))]

    @property
    def is_planned(self) -> bool:
        return bool(self.balance["period_kind"] != "history")


def find_cell(file: Path, family_id: str, period: str) -> Cell:
    """The cell of a family and a period, given by its label or by a day in it. Raises ConfigurationError that names the nearest."""
    families = published_rows(file, "select * from sop.dim_family order by family_id").to_dicts()
    family = _by_name(families, "family_id", family_id, "family")
    periods = published_rows(file, "select * from sop.dim_period order by period_start").to_dicts()
    found = _by_day(periods, period) or _by_name(periods, "period_label", period, "published period")
    rows = published_rows(file, "select * from sop.current_balance").filter(
        family_id=family["family_id"],
        period_start=found["period_start"],
    )
    if rows.is_empty():
        raise ConfigurationError(f"the published balance has no row of {family['family_id']} in {found['period_label']}: run a night first")
    return Cell(family, found, rows.to_dicts()[0])


def normal_measure(measure: str, columns: Iterable[str]) -> str:
    """The column of the balance that a measure of the sheet means; `production` is `production_quantity`.

    Raises ConfigurationError that names the nearest.
    """
    known = set(columns)
    wanted = measure.casefold().replace("-", "_").replace(" ", "_")
    for name in (wanted, *(f"{wanted}{suffix}" for suffix in SUFFIXES)):
        column = SHEET_NAMES.get(name, name)
        if column in known:
            return column
    raise ConfigurationError(f"{measure} is no measure of the sheet{nearest(wanted, {*known, *SHEET_NAMES})}")


def _by_name(rows: list[dict[str, Any]], column: str, name: str, what: str) -> dict[str, Any]:
    for row in rows:
        if str(row[column]).casefold() == name.casefold():
            return row
    raise ConfigurationError(f"{name} is no {what}{nearest(name, (str(row[column]) for row in rows))}")


def _by_day(periods: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return next((row for row in periods if row["period_start"] <= day <= row["period_end"]), None)
