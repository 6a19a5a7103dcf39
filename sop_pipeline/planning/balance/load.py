"""What the supply plan takes of each resource, and the heads that follow it. Deciding the supply, and its money, stay out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.inputs import Axes
from sop_pipeline.planning.balance.issues import shift_back
from sop_pipeline.planning.demand_grid import positions

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-6
GRAIN = 1e-6


@dataclass(frozen=True)
class Resources:
    """Resources, sorted, and what there is of them per period of the horizon (resources × periods), the remainder of the current one."""

    resource_ids: list[str]
    is_critical: Flags
    is_labour: Flags  # follows its heads
    is_subcontractor: Flags
    is_stock_based: Flags  # stores and working capital
    is_storable: Flags  # material and supplier quotas: what a period leaves is there in the next
    regular_capacity: Floats  # of storable resources with what is there at the start
    overtime_capacity: Floats
    is_capacity_known: Flags  # resources × periods: a capacity row says something
    workforce: dict[str, Floats]  # columns of core.workforce, NaN where there is no row or limit


@dataclass(frozen=True)
class Usage:
    """Bill of resources: capacity units per planning unit of a family, needed so many periods before completion."""

    family: NDArray[np.int64]
    resource: NDArray[np.int64]
    offset_periods: NDArray[np.int64]
    usage_per_unit: Floats


@dataclass(frozen=True)
class Heads:
    """The workforce of labour resources (resources × periods), NaN for other resources."""

    required: Floats
    opening: Floats
    planned: Floats
    temporary: Floats
    hires: Floats
    layoffs: Floats
    leavers: Floats
    regular_capacity: Floats
    overtime_capacity: Floats


WORKFORCE_COLUMNS = (
    "opening_headcount",
    "regular_hours_per_head",
    "overtime_hours_per_head",
    "expected_leavers",
    "temporary_headcount",
    "maximum_hires",
    "maximum_layoffs",
    "minimum_headcount",
    "maximum_headcount",
)


def read_resources(axes: Axes, resources: pl.DataFrame, resource_capacity: pl.DataFrame, workforce: pl.DataFrame) -> Resources:
    """Read core.resources, core.resource_capacity and core.workforce; a period without capacity row has none.

    What is there of a storable resource at the start is capacity of the first period that has a row.
    """
    resources = resources.sort("resource_id")
    ids = resources["resource_id"].to_list()
    known = {resource: position for position, resource in enumerate(ids)}

    def grid(frame: pl.DataFrame, column: str, missing: float, table: str) -> Floats:
        rows = frame.join(axes.periods.select("period_start", "position"), on="period_start").filter(
            pl.col("position").is_between(0, axes.horizon - 1)
        )
        values = np.full((len(ids), axes.horizon), missing)
        values[positions(rows, "resource_id", known, table), rows["position"].to_numpy()] = (
            rows[column].cast(pl.Float64).fill_null(missing).to_numpy()
        )
        return values

    heads = {column: grid(workforce, column, np.nan, "core.workforce") for column in WORKFORCE_COLUMNS}
    known_capacity = grid(resource_capacity, "regular_capacity", np.nan, "core.resource_capacity")
    return Resources(
        resource_ids=ids,
        is_critical=resources["is_critical"].to_numpy(),
        is_labour=resources["is_headcount_based"].to_numpy() & ~np.isnan(heads["opening_headcount"][:, 0]),
        is_subcontractor=np.asarray(resources["resource_type"].to_numpy() == "subcontractor"),
        is_stock_based=np.asarray(resources["is_stock_based"].fill_null(value=False).to_numpy(), dtype=bool),
        is_storable=np.asarray(resources["is_storable"].fill_null(value=False).to_numpy(), dtype=bool),
        regular_capacity=np.nan_to_num(known_capacity) + grid(resource_capacity, "opening_capacity", 0.0, "core.resource_capacity"),
        overtime_capacity=grid(resource_capacity, "overtime_capacity", 0.0, "core.resource_capacity"),
        is_capacity_known=~np.isnan(known_capacity),
        workforce=heads,
    )


def read_usage(axes: Axes, resources: Resources, family_resources: pl.DataFrame) -> Usage:
    """Read core.family_resources in the order of its key."""
    rows = family_resources.sort("family_id", "resource_id", "lead_time_offset_periods")
    known = {resource: position for position, resource in enumerate(resources.resource_ids)}
    return Usage(
        family=positions(rows, "family_id", axes.family_position, "core.family_resources"),
        resource=positions(rows, "resource_id", known, "core.family_resources"),
        offset_periods=rows["lead_time_offset_periods"].to_numpy(),
        usage_per_unit=rows["usage_per_unit"].to_numpy(),
    )


def family_loads(
    usage: Usage, resources: Resources, production_ahead: Floats, subcontract_ahead: Floats, *, horizon: int, remaining_ratio: float
) -> dict[tuple[int, int], Floats]:
    """Load per (family, resource) and period of the horizon: production × usage, subcontract × usage on subcontractors' resources.

    `…_ahead` are families × periods, beyond the horizon too, for what is needed before its completion.
    """
    loads: dict[tuple[int, int], Floats] = {}
    for family, resource, offset, per_unit in zip(usage.family, usage.resource, usage.offset_periods, usage.usage_per_unit, strict=True):
        supply = (subcontract_ahead if resources.is_subcontractor[resource] else production_ahead)[family]
        load = shift_back(supply, int(offset), remaining_ratio)[:horizon] * per_unit
        key = (int(family), int(resource))
        loads[key] = loads[key] + load if key in loads else load
    return loads


def follow_heads(resources: Resources, required_capacity: Floats) -> Heads:
    """Plan the heads of each labour resource to follow what it needs, within what hiring, layoffs and head limits allow.

    Required heads = required hours ÷ regular hours of a head. Temporary heads work first. Heads = heads before + hires − layoffs −
    leavers. Limits on heads hold as far as hiring and layoffs reach them. A period without hours left keeps its heads.
    """
    work = {name: np.round(values, 6) for name, values in resources.workforce.items()}
    hours = resources.workforce["regular_hours_per_head"]
    with np.errstate(divide="ignore", invalid="ignore"):
        required = np.where(hours > 0, required_capacity / hours, np.nan)
    shape = required_capacity.shape
    opening, planned, hires, layoffs, leavers = (np.full(shape, np.nan) for _ in range(5))
    temporary = np.nan_to_num(work["temporary_headcount"])
    before = np.maximum(0.0, np.nan_to_num(work["opening_headcount"][:, 0]))
    for period in range(shape[1]):
        opening[:, period] = before
        leavers[:, period] = np.minimum(before, np.nan_to_num(work["expected_leavers"][:, period]))
        stay = before - leavers[:, period]
        least = np.maximum(0.0, stay - np.nan_to_num(work["maximum_layoffs"][:, period], nan=np.inf))
        most = stay + np.nan_to_num(work["maximum_hires"][:, period], nan=np.inf)
        wanted = np.where(np.isnan(required[:, period]), stay, np.maximum(0.0, required[:, period] - temporary[:, period]))
        wanted = np.fmin(np.fmax(wanted, work["minimum_headcount"][:, period]), work["maximum_headcount"][:, period])
        # Rounded up, or heads that cover the need would seem to work overtime.
        heads = np.round(np.ceil(np.clip(wanted, least, most) / GRAIN - 1e-3) * GRAIN, 6)
        change = np.round(heads - stay, 6)
        hires[:, period], layoffs[:, period] = np.maximum(0.0, change), np.maximum(0.0, -change)
        planned[:, period] = before = heads
    there = planned + temporary
    is_labour = resources.is_labour[:, None]
    return Heads(
        required=np.where(np.isnan(required), there, required),
        opening=opening,
        planned=planned,
        temporary=temporary,
        hires=hires,
        layoffs=layoffs,
        leavers=leavers,
        regular_capacity=np.where(is_labour, there * np.nan_to_num(hours), resources.regular_capacity),
        overtime_capacity=np.where(
            is_labour, there * np.nan_to_num(resources.workforce["overtime_hours_per_head"]), resources.overtime_capacity
        ),
    )


def carry_over(resources: Resources, regular: Floats, required: Floats, overtime_used: Floats) -> Floats:
    """Regular capacity with what storable resources have left from the periods before; resources × periods, capacity units.

    Of a storable resource whose capacity in a period is not known it is NaN, and nothing is carried out of that period. What its
    overtime brings in without being used stays as well; overtime that was not called for does not.
    """
    available = regular.copy()
    for resource in np.flatnonzero(resources.is_storable):
        left = 0.0
        for period, is_known in enumerate(resources.is_capacity_known[resource].tolist()):
            there = left + regular[resource, period]
            available[resource, period] = there if is_known else np.nan
            left = max(0.0, there + overtime_used[resource, period] - required[resource, period]) if is_known else 0.0
    return available


def load_status(required: Floats, regular: Floats, overtime: Floats, is_labour: Flags) -> NDArray[np.str_]:
    """free, full or overloaded per resource and period; heads that follow the need are full only once they work overtime.

    Costless fullness is a matter of marginal values, which this arithmetic does not know. Capacity that is NaN limits nothing.
    """
    slack = TOLERANCE * np.maximum(1.0, required)
    is_overloaded = required > regular + overtime + slack
    is_full = np.where(is_labour[:, None], required > regular + slack, required >= regular - slack) & (required > slack)
    return np.where(is_overloaded, "overloaded", np.where(is_full, "full", "free"))
