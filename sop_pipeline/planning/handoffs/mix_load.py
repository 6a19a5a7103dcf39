"""The load again, with the real mix: what a family's mean bill of resources hid. Capacities and the load of the family plan stay out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.handoffs import MixLoad
from sop_pipeline.planning.demand_grid import positions
from sop_pipeline.planning.handoffs.horizon import Horizon
from sop_pipeline.planning.supply.disaggregate import item_load

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


def load_of_mix(
    horizon: Horizon,
    *,
    item_supply: pl.DataFrame,
    family_supply: pl.DataFrame,
    item_resources: pl.DataFrame,
    family_resources: pl.DataFrame,
    resources: pl.DataFrame,
    planning_options: pl.DataFrame,
    items: pl.DataFrame,
    scenario_id: str = "base",
) -> pl.DataFrame:
    """Load of every resource by the items' lots, their own bills of resources and offsets; result: contract MixLoad.

    Stores and working capital are no part of it: stock takes them, whatever a bill of resources says of a unit in stock.
    A subcontractor's resources are loaded by what is subcontracted, all others by what is made. Options and common parts that are
    planned with their family follow its production; a family without items follows its own bill.
    """
    ids = resources.filter(~pl.col("is_stock_based").fill_null(value=False))["resource_id"].sort().to_list()
    known = {resource: number for number, resource in enumerate(ids)}
    item_resources, family_resources = (bill.filter(pl.col("resource_id").is_in(ids)) for bill in (item_resources, family_resources))
    subcontractors = resources.filter(pl.col("resource_type") == "subcontractor")["resource_id"].to_list()
    supply = family_supply.filter((pl.col("strategy") == "planned") & (pl.col("scenario_id") == scenario_id))
    own = items.filter(pl.col("family_id").is_not_null()).select("item_id", "family_id")
    made_of_families = supply.filter(pl.col("source_kind") == "production")
    options = (
        planning_options.join(own, on=["item_id", "family_id"])
        .join(made_of_families, on="family_id")
        .select("item_id", "period_start", source_kind=pl.lit("production"), quantity=pl.col("quantity") * pl.col("quantity_per_unit"))
    )
    of_items = pl.concat([item_supply.select("item_id", "period_start", "source_kind", quantity="lot_rounded_quantity"), options])
    without_items = supply.join(item_supply.select("family_id").unique(), on="family_id", how="anti")
    of_families = family_resources.with_columns(is_outside=pl.col("resource_id").is_in(subcontractors))
    of_single = item_resources.with_columns(is_outside=pl.col("resource_id").is_in(subcontractors))
    required = _load(horizon, of_items, "item_id", of_single, known) + _load(horizon, without_items, "family_id", of_families, known)
    cells = pl.DataFrame({"resource_id": ids}, schema={"resource_id": pl.String}).join(
        horizon.starts.to_frame("period_start"), how="cross", maintain_order="left_right"
    )
    schema = dtypes(MixLoad)
    return cells.with_columns(
        scenario_id=pl.lit(scenario_id), required_capacity=pl.Series(np.round(required.ravel(), 6) + 0.0, dtype=pl.Float64)
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _load(horizon: Horizon, supply: pl.DataFrame, column: str, usage: pl.DataFrame, known: dict[str, int]) -> Floats:
    """Usage per unit × supply of items or families, resources × periods."""
    load = np.zeros((len(known), horizon.count))
    makers = {name: number for number, name in enumerate(sorted(set(supply[column].to_list())))}
    rows = usage.filter(pl.col(column).is_in(list(makers))).sort(column, "resource_id", "lead_time_offset_periods")
    is_outside = rows["is_outside"].to_numpy()
    offsets = rows["lead_time_offset_periods"].to_numpy()
    for kind, lines in (("production", ~is_outside), ("subcontract", is_outside)):
        of_kind = supply.filter(pl.col("source_kind") == kind)
        quantity = horizon.grid(of_kind, "quantity", positions(of_kind, column, makers, "plan.item_supply"), len(makers))
        for offset in np.unique(offsets[lines]).tolist():
            chosen = rows.filter(pl.Series(lines & (offsets == offset)))
            maker = positions(chosen, column, makers, "core.item_resources")
            resource = positions(chosen, "resource_id", known, "core.item_resources")
            load += item_load(maker, resource, chosen["usage_per_unit"].to_numpy(), horizon.ahead(quantity, offset), len(known))
    return load
