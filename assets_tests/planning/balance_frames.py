"""Inputs of the balance for tests: one plain family unless the test says more, and what it asks of the result."""

import polars as pl
from plan_frames import assert_contract, month, months, table

from sop_pipeline.contracts.core.calendar import SiteWorkingDays
from sop_pipeline.contracts.core.facts import FamilyHistory, OrdersDue
from sop_pipeline.contracts.core.intentions import ApprovedPlans, Overrides
from sop_pipeline.contracts.core.masters import Families, InventoryPolicies, ItemMix, Items, SupplyPolicies
from sop_pipeline.contracts.core.resources import FamilyResources, FamilySources, FamilyUsage, ResourceCapacity, Resources, Workforce
from sop_pipeline.contracts.plan import FamilyBalance, FamilyDemand, FamilySupply, ResourceLoad, WorkforcePlan
from sop_pipeline.planning.balance import SupplyResult, balance_supply

CONTRACTS = {
    "family_demand": FamilyDemand,
    "families": Families,
    "items": Items,
    "item_mix": ItemMix,
    "site_working_days": SiteWorkingDays,
    "family_history": FamilyHistory,
    "orders_due": OrdersDue,
    "inventory_policies": InventoryPolicies,
    "supply_policies": SupplyPolicies,
    "overrides": Overrides,
    "approved_plans": ApprovedPlans,
    "family_usage": FamilyUsage,
    "family_sources": FamilySources,
    "family_resources": FamilyResources,
    "resources": Resources,
    "resource_capacity": ResourceCapacity,
    "workforce": Workforce,
}
PLAN = {"scenario_id": "base", "change_quantity": 0.0}


def demand_rows(family: str, quantities: list[float | None], steps: tuple[str, ...] = ("statistical", "executive")) -> list[dict]:
    rows = [PLAN | {"family_id": family, "period_start": month(t), "quantity": quantity} for t, quantity in enumerate(quantities)]
    return [row | {"step": step} for row in rows for step in steps]


def opening_row(family: str, stock: float | None, backlog: float = 0.0, **flows: float) -> dict:
    """The current period on its first day."""
    return {
        "family_id": family,
        "period_start": month(0),
        "periods_from_now": 0,
        "opening_inventory_quantity": stock,
        "closing_inventory_quantity": stock,
        "opening_backlog_quantity": backlog,
        "closing_backlog_quantity": backlog,
    } | flows


def day_rows(days: list[float], remaining: float | None = None, site: str = "") -> list[dict]:
    left = [days[0] if remaining is None else remaining, *days[1:]]
    return [
        {"site_id": site, "period_start": month(t), "working_days": whole, "remaining_working_days": rest}
        for t, (whole, rest) in enumerate(zip(days, left, strict=True))
    ]


def inputs(*, horizon: int, look_ahead: int = 0, remaining_ratio: float = 1.0, **rows: list[dict]) -> dict[str, pl.DataFrame]:
    frames = {name: table(contract, rows.get(name, [])) for name, contract in CONTRACTS.items()}
    assert set(rows) <= set(CONTRACTS), set(rows) - set(CONTRACTS)
    return frames | {"periods": months(horizon, look_ahead, history=12, remaining_ratio=remaining_ratio)}


def balance(frames: dict[str, pl.DataFrame], **settings: object) -> SupplyResult:
    result = balance_supply(**frames, **settings)
    assert_identities(frames, result)
    return result


def assert_contracts(frames: dict[str, pl.DataFrame], result: SupplyResult) -> None:
    """What goes in and what comes out holds its contract. Slow, so that only the broadest tests ask for it."""
    for name, contract in CONTRACTS.items():
        assert_contract(contract, frames[name])
    for contract, frame in (
        (FamilyBalance, result.family_balance),
        (FamilySupply, result.family_supply),
        (ResourceLoad, result.resource_load),
        (WorkforcePlan, result.workforce_plan),
    ):
        assert_contract(contract, frame)


def one(*, demand: list[float], stock: float = 0.0, backlog: float = 0.0, days: list[float] | None = None, **rows: list[dict]) -> dict:
    """Inputs of one family F on an own calendar of 20 days a month."""
    horizon = rows.pop("horizon", len(demand))  # type: ignore[call-overload]
    defaults = {
        "families": [{"family_id": "F"}],
        "family_demand": demand_rows("F", demand),
        "family_history": [opening_row("F", stock, backlog)],
        "site_working_days": day_rows(days or [20.0] * len(demand)),
    }
    return inputs(horizon=horizon, look_ahead=len(demand) - horizon, **(defaults | rows))


def series(frame: pl.DataFrame, column: str, strategy: str = "level", **key: str) -> list:
    rows = frame.filter(pl.col("strategy") == strategy, *(pl.col(name) == value for name, value in key.items())).sort("period_start")
    return rows[column].to_list()


def assert_identities(frames: dict[str, pl.DataFrame], result: SupplyResult) -> None:
    """Identities 1 to 4, 6 and 7, recomputed from the published frames, and nothing below zero."""
    history = frames["family_history"].filter(pl.col("periods_from_now") == 0)
    to_date = history.select("family_id", "period_start", demand_to_date="demand_quantity", shipped_to_date="shipped_quantity")
    rows = (
        result.family_balance.join(to_date, on=["family_id", "period_start"], how="left")
        .join(frames["families"].select("family_id", "production_strategy"), on="family_id")
        .with_columns(pl.col("demand_to_date", "shipped_to_date").fill_null(0.0))
        .sort("strategy", "family_id", "period_start")
    )
    before = None
    for row in rows.iter_rows(named=True):
        inflow = [row[f"{name}_quantity"] for name in ("opening_inventory", "production", "subcontract", "purchase", "other_movement")]
        assert_same(
            sum(inflow) + (row["unexplained_quantity"] or 0.0) - row["issued_quantity"] - row["shipped_quantity"],
            row["closing_inventory_quantity"],
            row,
        )
        owed = "shortage" if row["production_strategy"] == "make_to_stock" else "backlog"
        if before is not None and (before["strategy"], before["family_id"]) == (row["strategy"], row["family_id"]):
            assert row["opening_inventory_quantity"] == before["closing_inventory_quantity"]
            assert row[f"opening_{owed}_quantity"] == before[f"closing_{owed}_quantity"]
        if owed == "backlog":
            came, went = row["booked_quantity"], row["shipped_quantity"]
        else:
            came, went = row["demand_quantity"] - row["demand_to_date"], row["shipped_quantity"] - row["shipped_to_date"]
        assert_same(row[f"opening_{owed}_quantity"] + came - went - row["lost_sales_quantity"], row[f"closing_{owed}_quantity"], row)
        before = row
    supply = result.family_supply
    assert (supply["quantity"] >= 0).all()
    heads = result.workforce_plan
    moved = heads["opening_heads"] + heads["hires"] - heads["layoffs"] - heads["leavers"]
    assert (
        (moved - heads["planned_heads"]).abs() <= 1e-6 * heads.select(pl.max_horizontal(pl.lit(1.0), "planned_heads")).to_series()
    ).all()
    hours = heads.join(
        frames["workforce"].select("resource_id", "period_start", "regular_hours_per_head"), on=["resource_id", "period_start"]
    )
    there = (hours["planned_heads"] + hours["temporary_heads"]) * hours["regular_hours_per_head"]
    assert (hours["regular_hours"] <= there + 1e-6 * hours.select(pl.max_horizontal(pl.lit(1.0), "regular_hours")).to_series()).all()


def assert_same(left: float, right: float, row: dict) -> None:
    assert abs(left - right) <= 1e-6 * max(1.0, abs(left), abs(right)), (left, right, row)


def policy(quantities: list[float | None] | None = None, **columns: float) -> list[dict]:
    values = quantities if quantities is not None else [None] * 4
    return [{"family_id": "F", "period_start": month(t), "target_quantity": value, **columns} for t, value in enumerate(values)]


def supply_policy(count: int = 4, **columns: object) -> list[dict]:
    return [{"family_id": "F", "period_start": month(t), "strategy": "level", **columns} for t in range(count)]


def override(measure: str, offset: int = 1, **columns: object) -> dict:
    key = {"override_id": f"{measure}{offset}{columns}", "family_id": "F", "period_start": month(offset), "step": "supply_review"}
    return key | {"measure": measure} | columns


def plan(column: str, strategy: str = "level", **rows: object) -> list:
    return series(balance(one(**rows)).family_balance, column, strategy)
