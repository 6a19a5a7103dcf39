"""What items need of materials and when it is to be ordered, through all levels. Which supplier delivers it stays out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.handoffs import MaterialRequirements
from sop_pipeline.planning.demand_grid import positions
from sop_pipeline.planning.handoffs.horizon import Horizon
from sop_pipeline.planning.handoffs.item_supply import demand_still_to_come
from sop_pipeline.planning.handoffs.quotas import item_room
from sop_pipeline.planning.handoffs.structure import Materials, read_materials
from sop_pipeline.planning.supply.requirements import Requirements, plan_requirements

Floats = NDArray[np.float64]

DECIMALS = 6


def plan_materials(
    horizon: Horizon,
    *,
    item_supply: pl.DataFrame,
    family_supply: pl.DataFrame,
    family_balance: pl.DataFrame,
    family_history: pl.DataFrame,
    item_demand: pl.DataFrame,
    items: pl.DataFrame,
    item_components: pl.DataFrame,
    item_suppliers: pl.DataFrame,
    item_positions: pl.DataFrame,
    scheduled_receipts: pl.DataFrame,
    planning_options: pl.DataFrame,
    supplier_quotas: pl.DataFrame | None = None,
    scenario_id: str = "base",
) -> pl.DataFrame:
    """Requirements of every item that is needed, there or ordered; result: contract MaterialRequirements.

    Items of planned families are received as their lots in `item_supply` say, less what is ordered already; all others are netted against
    stock, open orders and safety stock. A need falls in the middle of what is left of its period; components are taken when their parent
    is released, or their own days before it is received. What waits for customers stands in the first period. What suppliers with quotas
    cannot deliver in a period is ordered ahead.
    """
    supply = item_supply.filter(pl.col("scenario_id") == scenario_id)
    materials = read_materials(
        horizon,
        items=items,
        item_components=item_components,
        item_suppliers=item_suppliers,
        item_positions=item_positions,
        planning_options=planning_options,
        scheduled_items=set(supply["item_id"].to_list()),
    )
    position = materials.position
    count = len(position)

    def grid(frame: pl.DataFrame, column: str, table: str) -> Floats:
        return horizon.grid(frame, column, positions(frame, "item_id", position, table), count)

    final = item_demand.filter((pl.col("step") == DEMAND_STEPS[-1]) & (pl.col("scenario_id") == scenario_id))
    independent = grid(final, "quantity", "plan.item_demand")
    left = demand_still_to_come(family_balance, family_history, scenario_id)
    family_of = dict(items.select("item_id", "family_id").iter_rows())
    independent[:, 0] *= np.array([left.get(family_of[item], horizon.remaining_ratio) for item in materials.structure.item_ids])
    independent[:, 0] += _per_item(item_positions, "owed_quantity", position)
    independent += grid(_options(family_supply, planning_options, scenario_id), "quantity", "core.planning_options")
    work, unissued, bought = (
        grid(scheduled_receipts, f"{name}_quantity", "core.scheduled_receipts")
        for name in ("work_order", "unissued_work_order", "purchase_order")
    )
    planned = grid(supply, "lot_rounded_quantity", "plan.item_supply")
    found = plan_requirements(
        materials.structure,
        independent,
        work + bought,
        planned_quantity=planned,
        unissued_quantity=unissued,
        most_quantity=item_room(horizon, supplier_quotas, position),
    )
    return _frame(scenario_id, horizon, materials, found, work + bought)


def _per_item(frame: pl.DataFrame, column: str, position: dict[str, int]) -> Floats:
    values = np.zeros(len(position))
    values[positions(frame, "item_id", position, "core.item_positions")] = frame[column].fill_null(0.0).to_numpy()
    return values


def _options(family_supply: pl.DataFrame, planning_options: pl.DataFrame, scenario_id: str) -> pl.DataFrame:
    """What families planned as a whole take of their options and common parts, by their production."""
    made = family_supply.filter(
        (pl.col("strategy") == "planned") & (pl.col("scenario_id") == scenario_id) & (pl.col("source_kind") == "production")
    )
    return planning_options.join(made, on="family_id").select(
        "item_id", "period_start", quantity=pl.col("quantity") * pl.col("quantity_per_unit")
    )


def _frame(scenario_id: str, horizon: Horizon, materials: Materials, found: Requirements, on_order: Floats) -> pl.DataFrame:
    structure = materials.structure
    opening = np.concatenate([structure.on_hand_quantity[:, None], found.projected_quantity[:, :-1]], axis=1)
    past_due = np.zeros_like(on_order)
    past_due[:, 0] = found.past_due_quantity
    columns = {
        "gross_requirement_quantity": found.gross_quantity,
        "on_hand_quantity": opening,
        "on_order_quantity": on_order,
        "net_requirement_quantity": found.net_quantity,
        "planned_order_quantity": found.receipt_quantity,
        "planned_release_quantity": found.release_quantity,
        "past_due_release_quantity": past_due,
    }
    used = (found.gross_quantity > 0).any(axis=1) | (on_order > 0).any(axis=1) | (structure.on_hand_quantity != 0)
    used |= (found.receipt_quantity > 0).any(axis=1)
    order_by = horizon.need_day[None, :] - materials.lead_days[:, None]
    is_ordered = (np.round(found.receipt_quantity, DECIMALS) > 0) & materials.is_lead_known[:, None]
    chosen = np.flatnonzero(used)
    cells = pl.DataFrame({"item_id": [structure.item_ids[number] for number in chosen]}, schema={"item_id": pl.String}).join(
        horizon.starts.to_frame("period_start"), how="cross", maintain_order="left_right"
    )
    return cells.with_columns(
        scenario_id=pl.lit(scenario_id),
        is_master_scheduled=pl.Series(np.repeat(structure.is_scheduled[chosen], horizon.count), dtype=pl.Boolean),
        order_by_date=pl.when(pl.Series(is_ordered[chosen].ravel(), dtype=pl.Boolean)).then(
            pl.Series(order_by[chosen].ravel().astype(np.int32), dtype=pl.Int32).cast(pl.Date)
        ),
        **{name: pl.Series(np.round(values[chosen].ravel(), DECIMALS) + 0.0, dtype=pl.Float64) for name, values in columns.items()},
    ).select(pl.col(name).cast(dtype) for name, dtype in dtypes(MaterialRequirements).items())
