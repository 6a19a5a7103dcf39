"""Contracts of schema plan behind the family plan: items, lots, real mix, requirements, orders. Published names stay in schema sop."""

from sop_pipeline.contracts.base import Date, Number, Ratio, Table, Text, column

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
    """One row per resource and planned period of the horizon: what the items' lots take of it, the remainder of the current period."""

    scenario_id: Text = column("Scenario")
    resource_id: Text = column("Resource")
    period_start: Date = column("First day of the period")
    required_capacity: Number = column("Lots of every item × its own bill of resources", ge=0)


TABLES: dict[str, type[Table]] = {
    "plan.item_supply": ItemSupply,
    "plan.mix_load": MixLoad,
}
