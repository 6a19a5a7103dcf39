"""Contracts of schema plan behind the family plan: items, lots, real mix, requirements, orders. Published names stay in schema sop."""

from sop_pipeline.contracts.base import Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.plan import STRATEGIES

SOURCE_KINDS = ("production", "subcontract", "purchase")


class ItemSupply(Table, key=("scenario_id", "item_id", "source_kind", "source_id", "period_start")):
    """One row per item, source of its family and planned period of the horizon: its share of the family plan, in the item's unit."""

    scenario_id: Text = column("Scenario")
    item_id: Text = column("Item")
    family_id: Text = column("Family")
    source_kind: Text = column("production, subcontract or purchase", isin=SOURCE_KINDS)
    source_id: Text = column("Routing, subcontractor or supplier")
    site_id: Text = column("Site of the source; empty for a company without sites")
    period_start: Date = column("First day of the period")
    mix_ratio: Ratio = column("Share of the family's demand in the period", ge=0)
    run_out_time_quantity: Number = column(
        "Share of what the source supplies and its lots before left over, so that all items that get any run out on the same day", ge=0
    )
    lot_rounded_quantity: Number = column("The same in whole lots", ge=0)
    residual_quantity: Number = column(
        "Of the family plan to date, what lots leave for later periods; below zero where they are ahead. Over a source's items it sums to "
        "plan − lots to date"
    )


class MixLoad(Table, key=("scenario_id", "resource_id", "period_start")):
    """One row per resource that supply takes and planned period of the horizon: what the items' lots take of it, of the remainder now."""

    scenario_id: Text = column("Scenario")
    resource_id: Text = column("Resource")
    period_start: Date = column("First day of the period")
    required_capacity: Number = column("Lots of every item × its own bill of resources", ge=0)


class MaterialRequirements(Table, key=("scenario_id", "item_id", "period_start")):
    """One row per item that is needed, there or ordered, and planned period of the horizon, in the item's unit."""

    scenario_id: Text = column("Scenario")
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period")
    is_master_scheduled: Flag = column("Received as the plan of its family says; other items are netted")
    gross_requirement_quantity: Number = column("Demand from outside, what waits for it, and what its parents take", ge=0)
    on_hand_quantity: Number = column("Stock at the start of the period, as planned; below zero what is missing by then")
    on_order_quantity: Number = column("Open work and purchase orders that arrive in the period", ge=0)
    net_requirement_quantity: Number = column("What stock, open orders and orders planned before leave open", ge=0)
    planned_order_quantity: Number = column("The same in lots: planned orders by the period they arrive in", ge=0)
    planned_release_quantity: Number = column("Planned orders by the period they are released in", ge=0)
    past_due_release_quantity: Number = column("Of the first period's releases, those whose day has passed", ge=0)
    order_by_date: Date = column("Latest day to order what arrives in the period; empty without order or known lead time", optional=True)


class SupplierOrders(Table, key=("scenario_id", "supplier_id", "item_id", "period_start")):
    """One row per supplier, item and period with a planned order from it, in the item's unit."""

    scenario_id: Text = column("Scenario")
    supplier_id: Text = column("Supplier")
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period it arrives in")
    planned_order_quantity: Number = column("Its part of the item's planned orders", gt=0)
    order_by_date: Date = column("Latest day to order it from this supplier")


class StrategyPurchases(Table, key=("scenario_id", "strategy", "supplier_id", "item_id", "period_start")):
    """One row per strategy, supplier, bought item and period with a planned order, in the item's unit."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "Strategy; planned has the orders of plan.supplier_orders and, without a supplier, of plan.material_requirements", isin=STRATEGIES
    )
    supplier_id: Text = column("Supplier; empty where none is named for the item")
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period it arrives in")
    planned_order_quantity: Number = column("Planned orders", gt=0)


TABLES: dict[str, type[Table]] = {
    "plan.item_supply": ItemSupply,
    "plan.mix_load": MixLoad,
    "plan.material_requirements": MaterialRequirements,
    "plan.supplier_orders": SupplierOrders,
    "plan.strategy_purchases": StrategyPurchases,
}
