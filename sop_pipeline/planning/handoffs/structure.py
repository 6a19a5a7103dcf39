"""Items, bills of materials, lead times and lots as the arrays that requirements planning reads. Demand and stock over time stay out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from sop_pipeline.planning.demand_grid import positions
from sop_pipeline.planning.handoffs.horizon import Horizon
from sop_pipeline.planning.supply.requirements import ItemStructure

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

WITH_PARENT = -1  # a line without a lead of its own is taken when its parent is released


@dataclass(frozen=True)
class Materials:
    """All items, sorted, what goes into them, and what only dates need."""

    structure: ItemStructure
    lead_days: Positions  # N, 0 where unknown
    is_lead_known: NDArray[np.bool_]  # N

    @property
    def position(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.structure.item_ids)}


def read_materials(
    horizon: Horizon,
    *,
    items: pl.DataFrame,
    item_components: pl.DataFrame,
    item_suppliers: pl.DataFrame,
    item_positions: pl.DataFrame,
    planning_options: pl.DataFrame,
    scheduled_items: set[str],
) -> Materials:
    """Lay out core.items and core.item_components; `scheduled_items` follow their family's plan.

    What is bought is not taken apart. A bought item has lead time and lots of the supplier with the largest share, else its own. Options
    and common parts of a planning bill follow the family as a whole: they are not taken by its variants as well. Lines that run in a
    circle, a reported error, take nothing.
    """
    main = item_suppliers.sort("item_id", "share_ratio", "supplier_id", descending=[False, True, False]).unique(
        "item_id", keep="first", maintain_order=True
    )
    rows = (
        items.join(
            main.select("item_id", "minimum_order_quantity", "order_multiple_quantity", supplier_days="lead_time_days"),
            on="item_id",
            how="left",
        )
        .join(item_positions.select("item_id", "on_hand_quantity", "safety_quantity"), on="item_id", how="left")
        .with_columns(is_bought=pl.col("sourcing") == "buy", is_phantom=pl.col("item_type") == "phantom")
        .with_columns(
            lead=pl.when("is_phantom")
            .then(0)
            .when("is_bought")
            .then(pl.coalesce("supplier_days", "lead_time_days"))
            .otherwise("lead_time_days"),
            minimum=_lot("minimum_order_quantity", "lot_minimum_quantity"),
            multiple=_lot("order_multiple_quantity", "lot_multiple_quantity"),
        )
        .sort("item_id")
    )
    ids = rows["item_id"].to_list()
    position = {item: number for number, item in enumerate(ids)}
    lines = _lines(items, item_components, planning_options)
    parent = positions(lines, "parent_item_id", position, "core.items")
    component = positions(lines, "component_item_id", position, "core.items")
    straight = ~_in_circle(parent, component, len(ids))
    line_days = lines["lead_time_offset_days"].round().to_numpy().astype(np.int64)[straight]
    lead_days = rows["lead"].fill_null(0).to_numpy().astype(np.int64)
    kinds = np.unique(np.concatenate([lead_days, line_days]))
    structure = ItemStructure(
        item_ids=tuple(ids),
        parent=parent[straight],
        component=component[straight],
        quantity_per=lines["gross_quantity_per"].to_numpy()[straight],
        timing=horizon.begun(kinds),
        lead=np.searchsorted(kinds, lead_days),
        line_lead=np.where(line_days > 0, np.searchsorted(kinds, line_days), WITH_PARENT),
        is_scheduled=np.array([item in scheduled_items for item in ids], dtype=np.bool_),
        on_hand_quantity=rows["on_hand_quantity"].fill_null(0.0).to_numpy(),
        safety_quantity=rows["safety_quantity"].fill_null(0.0).to_numpy(),
        lot_minimum=rows["minimum"].to_numpy(),
        lot_multiple=rows["multiple"].to_numpy(),
    )
    return Materials(structure, lead_days, rows["lead"].is_not_null().to_numpy())


def _lot(of_supplier: str, of_item: str) -> pl.Expr:
    lot = pl.when("is_bought").then(pl.coalesce(of_supplier, of_item)).otherwise(of_item)
    return pl.when("is_phantom").then(0.0).otherwise(lot.fill_null(0.0))


def _lines(items: pl.DataFrame, item_components: pl.DataFrame, planning_options: pl.DataFrame) -> pl.DataFrame:
    made = items.filter(pl.col("sourcing") != "buy").select(parent_item_id="item_id", family_id="family_id")
    planned = planning_options.select("family_id", component_item_id="item_id")
    return (
        item_components.join(made, on="parent_item_id")
        .join(planned, on=["family_id", "component_item_id"], how="anti")
        .sort("parent_item_id", "component_item_id")
    )


def _in_circle(parent: Positions, component: Positions, count: int) -> NDArray[np.bool_]:
    """Lines whose two items go into each other, at whatever levels."""
    graph = sp.csr_matrix((np.ones(parent.size), (parent, component)), shape=(count, count))
    _, circle = sp.csgraph.connected_components(graph, connection="strong")
    return np.asarray(circle[parent] == circle[component])
