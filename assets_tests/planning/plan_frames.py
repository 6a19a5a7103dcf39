"""Small frames in the shape of their contract: a test names the columns it is about, the rest is the plainest value there is."""

import datetime as dt
from functools import cache

import polars as pl

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.core import calendar, facts, intentions, masters, resources
from sop_pipeline.contracts.forecast import FamilyBacktest, FamilyForecast, ItemForecast
from sop_pipeline.contracts.validation import validate

APRIL = dt.date(2026, 4, 1)

PLAIN = {
    calendar.Periods: {"fiscal_quarter": 1, "period_of_year": 1, "remaining_ratio": 1.0, "season_length_periods": 12},
    masters.Families: {
        "family_name": "Family",
        "product_group": "ungrouped",
        "planning_unit": "pcs",
        "production_strategy": "make_to_stock",
        "site_id": "",
        "demand_time_fence_periods": 0,
        "planning_time_fence_periods": 0,
        "is_uncapacitated": False,
    },
    masters.Items: {
        "item_name": "Item",
        "item_type": "finished",
        "unit_of_measure": "pcs",
        "planning_units_per_unit": 1.0,
        "sourcing": "make",
        "is_finished": True,
    },
    masters.ItemMix: {"basis": "last_season", "supply_mix_ratio": 0.0},
    masters.SupplyPolicies: {"is_subcontract_allowed": False, "are_lost_sales_allowed": False},
    intentions.Overrides: {"item_id": "", "reason": "because", "author": "Ann", "entered_on": dt.date(2026, 3, 30), "is_superseded": 0},
    intentions.SalesSubmissions: {"item_id": "", "submitted_on": dt.date(2026, 3, 30), "author": "Sam", "customer_groups": 0},
    intentions.PromotionPeriods: {
        "item_id": "",
        "promotion_status": "planned",
        "day_share_ratio": 1.0,
        "promotion_share_ratio": 1.0,
        "pull_forward_ratio": 0.0,
    },
    intentions.ApprovedPlans: {"cycle_id": "2026-03", "approved_on": dt.date(2026, 3, 10)},
    facts.FamilyHistory: {
        "is_reconstructed": False,
        **dict.fromkeys(
            (
                "demand_quantity",
                "requested_quantity",
                "booked_quantity",
                "shipped_quantity",
                "production_quantity",
                "subcontract_quantity",
                "purchase_quantity",
                "issued_quantity",
                "other_movement_quantity",
                "opening_backlog_quantity",
                "closing_backlog_quantity",
                "on_time_quantity",
                "due_quantity",
            ),
            0.0,
        ),
    },
    facts.OrdersDue: {"orders_due_quantity": 0.0, "past_due_quantity": 0.0},
    resources.Resources: {
        "resource_name": "Resource",
        "site_id": "",
        "resource_type": "equipment",
        "capacity_unit": "hours",
        "is_critical": True,
        "is_headcount_based": False,
        "is_stock_based": False,
        "is_storable": False,
        "is_supplier_quota": False,
    },
    resources.ResourceCapacity: {"overtime_capacity": 0.0, "opening_capacity": 0.0, "is_supplier_quota": False},
    resources.Workforce: {"overtime_hours_per_head": 0.0, "absence_ratio": 0.0, "expected_leavers": 0.0, "temporary_headcount": 0.0},
    resources.FamilyResources: {"lead_time_offset_periods": 0, "basis": "routing"},
    resources.FamilyUsage: {"lead_time_offset_periods": 0},
    ItemForecast: {"statistical_lower_quantity": 0.0, "statistical_upper_quantity": 1e9},
    FamilyForecast: {},
    FamilyBacktest: {"observations": 12},
}


def table(contract: type[Table], rows: list[dict]) -> pl.DataFrame:
    """Fill the columns the rows leave out, in the types of the contract."""
    schema = schema_of(contract)
    if not rows:
        return pl.DataFrame(schema=schema)
    plain = PLAIN.get(contract, {})
    full = [{name: row.get(name, plain.get(name)) for name in schema} for row in rows]
    for row in rows:
        assert set(row) <= set(schema), f"{contract.__name__} has no column {set(row) - set(schema)}"
    return pl.DataFrame(full, schema=schema)


@cache
def schema_of(contract: type[Table]) -> dict[str, pl.DataType]:
    return {name: column.dtype.type for name, column in contract.to_schema().columns.items()}


def assert_contract(contract: type[Table], frame: pl.DataFrame) -> None:
    """Fail with what breaks the contract."""
    verdict = validate(contract, frame)
    assert verdict.passed, f"{contract.__name__}: {verdict.structure} {verdict.failures}"


def month(offset: int, first: dt.date = APRIL) -> dt.date:
    """First day of the month so many months after April 2026."""
    years, index = divmod(first.month - 1 + offset, 12)
    return dt.date(first.year + years, index + 1, 1)


def months(horizon: int, look_ahead: int = 0, history: int = 0, remaining_ratio: float = 1.0) -> pl.DataFrame:
    """Periods: April 2026 is the current one."""
    rows = []
    for offset in range(-history, horizon + look_ahead):
        start = month(offset)
        kind = "history" if offset < 0 else "current" if offset == 0 else "horizon" if offset < horizon else "look_ahead"
        rows.append(
            {
                "period_start": start,
                "period_end": month(offset + 1) - dt.timedelta(days=1),
                "period_label": start.strftime("%Y-%m"),
                "period_key": int(start.strftime("%Y%m%d")),
                "fiscal_year": start.year,
                "fiscal_quarter": (start.month - 1) // 3 + 1,
                "period_of_year": start.month,
                "periods_from_now": offset,
                "period_kind": kind,
                "remaining_ratio": 0.0 if offset < 0 else remaining_ratio if offset == 0 else 1.0,
            }
        )
    return table(calendar.Periods, rows)


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The same rows in another order."""
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)
