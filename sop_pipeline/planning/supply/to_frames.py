"""A supply plan as polars frames keyed by business keys and period number. Rounding and the published tables stay out."""

import numpy as np
import polars as pl

from sop_pipeline.planning.supply.costs import COST_KINDS
from sop_pipeline.planning.supply.inputs import KINDS, Floats, SupplyInputs
from sop_pipeline.planning.supply.planner import SupplyPlan

PERIOD = "period_index"
FULL = 1e-6  # of capacity: as close as this to the limit is at it


def family_frame(plan: SupplyPlan) -> pl.DataFrame:
    """One row per family and period: flows and closing stocks in planning units, marginal cost and every kind of cost in money.

    shipped = opening shortage or backlog + demand − lost sales − closing one, which identity 4 of the plan asks for.
    """
    inputs, done = plan.inputs, plan.quantities
    families = inputs.families
    good = np.zeros((len(KINDS), *inputs.shape))
    np.add.at(good, (inputs.sources.kind, inputs.sources.family), done.supply * inputs.sources.yield_ratio[:, None])
    opening_backlog = np.concatenate([np.maximum(-inputs.opening_position_quantity, 0.0)[:, None], done.backlog[:, :-1]], axis=1)
    opening_inventory = np.concatenate([np.maximum(inputs.opening_position_quantity, 0.0)[:, None], done.inventory[:, :-1]], axis=1)
    columns = {
        "demand_quantity": families.demand_quantity,
        **{f"{kind}_quantity": good[number] for number, kind in enumerate(KINDS)},
        "issued_quantity": done.issued,
        "scrap_quantity": done.scrap,
        "lost_sales_quantity": done.lost_sales,
        "shipped_quantity": np.maximum(opening_backlog + families.demand_quantity - done.lost_sales - done.backlog, 0.0),
        "opening_inventory_quantity": opening_inventory,
        "closing_inventory_quantity": done.inventory,
        "opening_backlog_quantity": opening_backlog,
        "closing_backlog_quantity": done.backlog,
        "marginal_cost_amount": plan.marginal_cost,
        **{f"{kind}_amount": plan.costs.by_kind[kind] for kind in COST_KINDS},
    }
    return _long({"family_id": families.family_ids}, columns, inputs)


def source_frame(plan: SupplyPlan) -> pl.DataFrame:
    """One row per family, source and period: quantity, its cost, and the price of a limit or freeze that binds, per unit."""
    inputs, sources = plan.inputs, plan.inputs.sources
    days = inputs.families.working_days[sources.family]
    supply = plan.quantities.supply
    columns = {
        "quantity": supply,
        "rate_per_working_day": np.divide(supply, days, out=np.full_like(supply, np.nan), where=days > 0),
        "supply_cost_amount": supply * sources.unit_cost,
        "reduced_cost_amount": plan.supply_reduced_cost,
    }
    keys = {
        "family_id": tuple(inputs.families.family_ids[family] for family in sources.family),
        "source_kind": tuple(KINDS[kind] for kind in sources.kind),
        "source_id": sources.source_ids,
    }
    return _long(keys, columns, inputs).with_columns(pl.col("rate_per_working_day").fill_nan(None))


def resource_frame(plan: SupplyPlan) -> pl.DataFrame:
    """One row per resource and period in its capacity unit: required, regular, overtime, overload, ratio, status, value of one more.

    Status: free, full, full but costless (at its limit, though more of it would save nothing), overloaded.
    """
    inputs, done = plan.inputs, plan.quantities
    limit = done.available + inputs.resources.overtime_capacity + inputs.resources.extra_shift_capacity
    crew = inputs.workforce
    limit[crew.resource] += crew.overtime_hours_per_head * (done.heads + crew.temporary_heads)
    ratio = np.divide(done.required, done.available, out=np.full_like(limit, np.nan), where=done.available > 0)
    full = done.required >= limit * (1 - FULL)
    status = np.where(full & (limit > 0), np.where(plan.resource_value > 0, "full", "full but costless"), "free")
    columns = {
        "required_capacity": done.required,
        "regular_capacity": done.available,
        "overtime": done.overtime,
        "extra_shift": done.extra_shift,
        "overload": done.overload,
        "load_ratio": ratio,
        "marginal_value_amount": plan.resource_value,
        "load_status": np.where(done.overload > 0, "overloaded", status),
    }
    return _long({"resource_id": inputs.resources.resource_ids}, columns, inputs).with_columns(pl.col("load_ratio").fill_nan(None))


def workforce_frame(plan: SupplyPlan) -> pl.DataFrame:
    """One row per labour pool and period: heads, hires, layoffs, leavers, and regular, overtime and idle hours."""
    inputs, done, crew = plan.inputs, plan.quantities, plan.inputs.workforce
    required, available = done.required[crew.resource], done.available[crew.resource]
    hours = crew.regular_hours_per_head
    columns = {
        "required_heads": np.divide(required, hours, out=np.zeros_like(required), where=hours > 0),
        "planned_heads": done.heads,
        "hires": done.hires,
        "layoffs": done.layoffs,
        "leavers": crew.expected_leavers,
        "required_hours": required,
        "regular_hours": np.minimum(required, available),
        "overtime_hours": done.pool_overtime,
        "idle_hours": np.maximum(available - required, 0.0),
    }
    return _long({"resource_id": tuple(inputs.resources.resource_ids[number] for number in crew.resource)}, columns, inputs)


def note_frame(plan: SupplyPlan) -> pl.DataFrame:
    """One row per value that could not stand: table, column, key, period_index (null for all), asked, used, rule."""
    schema = {
        "table": pl.String,
        "column": pl.String,
        "key": pl.String,
        PERIOD: pl.Int64,
        "asked": pl.Float64,
        "used": pl.Float64,
        "rule": pl.String,
    }
    rows = [
        (note.table, note.column, note.key, None if note.period < 0 else note.period, note.asked, note.used, note.rule)
        for note in plan.notes
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def price_frame(plan: SupplyPlan) -> pl.DataFrame:
    """One row per derived price and family or resource: what steers the plan where no cost was given; money per unit, mean over periods."""
    inputs, prices = plan.inputs, plan.model.prices
    given = inputs.families.backorder_cost > 0
    by_family = {
        "backlog": np.where(given, np.nan, prices.backlog),
        "below_target": prices.below_target,
        "below_minimum": prices.below_minimum,
        "above_maximum": prices.above_maximum,
        "below_backlog_target": prices.below_backlog_target,
        "lost_sale": np.where(inputs.families.lost_sale_cost > 0, np.nan, prices.lost_sale),
        "end": prices.end[:, None],
        "forced": prices.forced[:, None],
    }
    frames = [_price_rows(name, "family", inputs.families.family_ids, values) for name, values in by_family.items()]
    frames += [_price_rows("overload", "resource", inputs.resources.resource_ids, prices.overload[:, None])]
    return pl.concat(frames).filter(pl.col("price_amount").is_not_nan())


def _price_rows(name: str, scope: str, keys: tuple[str, ...], values: Floats) -> pl.DataFrame:
    return pl.DataFrame(
        {"price": [name] * len(keys), "scope": [scope] * len(keys), "scope_id": list(keys), "price_amount": values.mean(axis=1)},
        schema={"price": pl.String, "scope": pl.String, "scope_id": pl.String, "price_amount": pl.Float64},
    )


def _long(keys: dict[str, tuple[str, ...]], columns: dict[str, np.ndarray], inputs: SupplyInputs) -> pl.DataFrame:
    """Arrays of keys × periods as one row per key and period."""
    _, periods = inputs.shape
    count = len(next(iter(keys.values())))
    frame = {name: pl.Series(name, values, dtype=pl.String).gather(np.repeat(np.arange(count), periods)) for name, values in keys.items()}
    frame[PERIOD] = pl.Series(PERIOD, np.tile(np.arange(periods), count), dtype=pl.Int64)
    return pl.DataFrame(frame | {name: pl.Series(name, values.ravel()) for name, values in columns.items()})
