"""Contracts of the resource and structure tables of core: what a unit of a family takes, and what there is of it."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Ratio, Table, Text, column

RESOURCE_TYPES = ("labour", "equipment", "facility", "material", "subcontractor")


class Resources(Table, key=("resource_id",)):
    """One row per resource."""

    resource_id: Text = column("Resource")
    resource_name: Text = column("Name")
    site_id: Text = column("Site; empty for the company's default calendar")
    resource_type: Text = column("Kind", isin=RESOURCE_TYPES)
    capacity_unit: Text = column("hours, m3, pallets, units or a currency code; of a supplier quota the component's unit")
    is_critical: Flag = column("Counts for load_ratio and status of the families that use it")
    is_headcount_based: Flag = column("Labour with workforce rows: capacity follows heads")
    is_stock_based: Flag = column(
        "Room (facility in m3, pallets or units) or working capital (facility or material in a currency): taken by stock, not by supply"
    )
    is_storable: Flag = column(
        "What a period does not use of it is there in the next: material in units, and supplier quotas of components"
    )
    is_supplier_quota: Flag = column("What the suppliers of a bought component can deliver of it, beside what is there already")
    demonstrated_capacity_per_day: Number = column("Output per working day it has shown", optional=True, ge=0)
    months_to_add_capacity: Number = column("Months until more of it can be had", optional=True, ge=0)


class FamilyStorage(Table, key=("family_id",)):
    """One row per family with items in its mix: what a planning unit of it takes of a store, weighted by the mix of its supply."""

    family_id: Text = column("Family")
    volume_m3_per_unit: Number = column("m3 of a planning unit; empty where no item has a size", optional=True, ge=0)
    pallets_per_unit: Number = column("Pallets of a planning unit; empty where no item has a size", optional=True, ge=0)
    units_per_unit: Number = column("Item units of a planning unit", ge=0)


class QuotaComponents(Table, key=("item_id",)):
    """One row per bought component of planned families all of whose suppliers have stated what they can deliver in the horizon."""

    item_id: Text = column("Component, bought, and no item of a planned family")
    resource_id: Text = column("Storable resource that its quotas are: quota:<item_id>")
    resource_name: Text = column("Name of that resource")
    unit_of_measure: Text = column("Unit of the item, and of the resource's capacity")


class SupplierQuotas(Table, key=("supplier_id", "item_id", "period_start")):
    """One row per component with supplier quotas, supplier with a share of it or an open order, and planned period, in the item's unit."""

    supplier_id: Text = column("Supplier")
    item_id: Text = column("Component")
    period_start: Date = column("First day of the period")
    limit_quantity: Number = column(
        "What it can deliver, less what was received of it this period; empty without a limit, 0 of a supplier without a share. A limit"
        " without item is shared by the supplier's items: what limits by item leave, by need of the last season × share of orders",
        optional=True,
        ge=0,
    )
    on_order_quantity: Number = column("Open orders with it, due in the period or overdue", ge=0)


class ComponentQuotas(Table, key=("item_id", "period_start")):
    """One row per component with supplier quotas and planned period whose quotas are known, in the item's unit."""

    item_id: Text = column("Component")
    resource_id: Text = column("Storable resource that its quotas are")
    period_start: Date = column("First day of the period")
    deliverable_quantity: Number = column(
        "Over its suppliers the larger of the limit that is left and the open orders due, which are part of it", ge=0
    )
    opening_quantity: Number = column(
        "In the first such period what is on hand and what released work orders have taken already; 0 later", ge=0
    )


class FamilyItemLimits(Table, key=("family_id",)):
    """One row per family whose items spoil or are made in smallest lots: how long it keeps, and the smallest run it is made in."""

    family_id: Text = column("Family")
    shelf_life_days: Count = column(
        "Calendar days it keeps: the life that half of its supply mix does not outlast; empty where more than half never spoils",
        optional=True,
        ge=0,
    )
    shelf_life_periods: Count = column(
        "Those days in mean planned periods, rounded down, at least 1: what is made in a period is good for so many period ends",
        optional=True,
        ge=1,
    )
    shortest_shelf_life_days: Count = column("The shortest life of an item of its supply mix", optional=True, ge=0)
    perishable_ratio: Ratio = column("Share of its supply mix that spoils at all", ge=0, le=1)
    minimum_run_quantity: Number = column(
        "Smallest lots of its make items, weighted by their supply mix, planning units; one without a smallest lot counts as 0",
        optional=True,
        gt=0,
    )


class FamilyLeadTimes(Table, key=("family_id",)):
    """One row per family with items of known lead time in its mix: their lead times in periods, weighted by the mix of demand."""

    family_id: Text = column("Family")
    lead_time_periods: Number = column("Lead time of its items, of bought ones that of their suppliers by share", ge=0)


class ResourceCapacity(Table, key=("resource_id", "period_start")):
    """One row per resource with a known capacity and planned period, look-ahead included; the current period holds its remainder."""

    resource_id: Text = column("Resource")
    period_start: Date = column("First day of the period")
    working_days: Number = column("Working days left in the period", ge=0)
    regular_capacity: Number = column(
        "(Regular − planned downtime) × utilisation × efficiency; labour with workforce: of the opening heads; stores: the whole room", ge=0
    )
    overtime_capacity: Number = column("Capacity beyond regular", ge=0)
    demonstrated_capacity: Number = column("Demonstrated per day × working days; of a store as it is", optional=True, ge=0)
    opening_capacity: Number = column("Storable resources: what is there beside what the period brings; 0 for all others", ge=0)
    is_supplier_quota: Flag = column("Is what suppliers of a component can deliver")


class Workforce(Table, key=("resource_id", "period_start")):
    """One row per labour resource with workforce and planned period (look-ahead included)."""

    resource_id: Text = column("Labour resource")
    period_start: Date = column("First day of the period")
    opening_headcount: Number = column("Heads at the start of the first planned period", ge=0)
    regular_hours_per_head: Number = column("Hours a head × working days left × (1 − absence)", ge=0)
    overtime_hours_per_head: Number = column("Most overtime of a head in the period", ge=0)
    absence_ratio: Ratio = column("Share of hours not worked", ge=0, lt=1)
    expected_leavers: Number = column("Heads expected to leave in the period", ge=0)
    temporary_headcount: Number = column("Temporary heads available in the period", ge=0)
    maximum_hires: Number = column("Most hires of the period", optional=True, ge=0)
    maximum_layoffs: Number = column("Most layoffs of the period", optional=True, ge=0)
    minimum_headcount: Number = column("Least heads", optional=True, ge=0)
    maximum_headcount: Number = column("Most heads", optional=True, ge=0)


class ItemRequirements(Table, key=("item_id", "component_item_id", "lead_time_offset_days", "is_in_bill_of_resources")):
    """One row per item of a family, item that a unit of it takes (itself included) and days before completion.

    Exploded down to, not into, components of other families and bought items.
    """

    item_id: Text = column("Item of a family")
    family_id: Text = column("Its family")
    component_item_id: Text = column("Item that goes into it, at any level")
    lead_time_offset_days: Number = column("Days before the item's completion", ge=0)
    is_in_bill_of_resources: Flag = column("Its hours stand in the bill of resources of an item above it")
    gross_quantity_per: Number = column("Component units per item unit, scrap included", gt=0)
    is_of_other_family: Flag = column("Belongs to another planned family, whose supply it is")


class RoutingUsage(Table, key=("item_id", "resource_id", "lead_time_offset_periods")):
    """One row per item with a routing, resource and offset: what a good unit takes in the item's own operations, over its routings."""

    item_id: Text = column("Item")
    resource_id: Text = column("Resource")
    lead_time_offset_periods: Count = column("Periods before completion in which it is needed", ge=0)
    is_subcontract: Flag = column("Of a routing that runs on subcontractors: taken by a subcontracted unit, not by one made in house")
    usage_per_unit: Number = column("Capacity units per good unit, yield losses and setups included", gt=0)


class ItemResources(Table, key=("item_id", "resource_id", "lead_time_offset_periods")):
    """One row per item, resource and offset: hours (or other capacity units) one item unit takes, with its own components."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    resource_id: Text = column("Resource")
    lead_time_offset_periods: Count = column("Periods before completion in which it is needed", ge=0)
    usage_per_unit: Number = column("Capacity units per item unit", gt=0)
    basis: Text = column(
        "routing, bill_of_resources, or bill_of_materials for supplier quotas", isin=("routing", "bill_of_resources", "bill_of_materials")
    )


class FamilyResources(Table, key=("family_id", "resource_id", "lead_time_offset_periods")):
    """One row per family, resource and offset: the bill of resources, mix-weighted, per planning unit."""

    family_id: Text = column("Family")
    resource_id: Text = column("Resource")
    lead_time_offset_periods: Count = column("Periods before completion in which it is needed", ge=0)
    usage_per_unit: Number = column("Capacity units per planning unit", gt=0)
    basis: Text = column(
        "routing, bill_of_resources or both; bill_of_materials for supplier quotas",
        isin=("routing", "bill_of_resources", "both", "bill_of_materials"),
    )


class ItemComponents(Table, key=("parent_item_id", "component_item_id")):
    """One row per parent and component item whose bill of material is valid at the as-of date."""

    parent_item_id: Text = column("Item that is made")
    component_item_id: Text = column("Item that goes into it")
    gross_quantity_per: Number = column("Component units per parent unit ÷ (1 − scrap ratio)", gt=0)
    lead_time_offset_days: Number = column("Days before the parent's completion", ge=0)


class FamilyUsage(Table, key=("family_id", "component_family_id", "lead_time_offset_periods")):
    """One row per consuming and supplying family and offset: planning units of the supplier in one of the consumer, mix-weighted."""

    family_id: Text = column("Family whose production takes it")
    component_family_id: Text = column("Family it is taken from")
    lead_time_offset_periods: Count = column("Periods before the consumer's completion", ge=0)
    quantity_per_unit: Number = column("Planning units of the component family per planning unit", gt=0)


class FamilySources(Table, key=("family_id", "source_kind", "source_id")):
    """One row per way to supply a family."""

    family_id: Text = column("Family")
    source_kind: Text = column("production, subcontract or purchase", isin=("production", "subcontract", "purchase"))
    source_id: Text = column("Routing, subcontracting resource or supplier; 'main' where none is named")
    share_ratio: Ratio = column("Usual share of the family's supply", ge=0, le=1)


class ItemSources(Table, key=("item_id", "source_kind", "source_id")):
    """One row per item of a family and way to supply it."""

    item_id: Text = column("Item")
    family_id: Text = column("Its family")
    source_kind: Text = column("production, subcontract or purchase", isin=("production", "subcontract", "purchase"))
    source_id: Text = column("Routing, subcontracting resource or supplier; 'main' where none is named")
    site_id: Text = column("Site of the routing's resources, else of the family; empty for a company without sites")


class ItemSuppliers(Table, key=("item_id", "supplier_id")):
    """One row per item and supplier that may deliver it at the as-of date, in the item's unit."""

    item_id: Text = column("Item")
    supplier_id: Text = column("Supplier")
    share_ratio: Ratio = column("Share of the item's orders; the shares of an item sum to 1", ge=0, le=1)
    lead_time_days: Count = column("Calendar days from order to receipt", ge=0)
    minimum_order_quantity: Number = column("Least quantity of an order", optional=True, ge=0)
    order_multiple_quantity: Number = column("Orders are multiples of it", optional=True, ge=0)
    price_amount: Number = column("Price of one item unit at the last actual rate, in the reporting currency", optional=True, ge=0)


class PlanningOptions(Table, key=("family_id", "item_id")):
    """One row per family and option or common part of its planning bill: item units in one planning unit of the family."""

    family_id: Text = column("Family, planned as a whole")
    item_id: Text = column("Item that goes into it")
    kind: Text = column("option or common", isin=("option", "common"))
    quantity_per_unit: Number = column("Item units in one planning unit of the family, on average over its orders", gt=0)


TABLES: dict[str, type[Table]] = {
    "core.planning_options": PlanningOptions,
    "core.item_sources": ItemSources,
    "core.item_suppliers": ItemSuppliers,
    "core.resources": Resources,
    "core.resource_capacity": ResourceCapacity,
    "core.quota_components": QuotaComponents,
    "core.supplier_quotas": SupplierQuotas,
    "core.component_quotas": ComponentQuotas,
    "core.family_storage": FamilyStorage,
    "core.family_item_limits": FamilyItemLimits,
    "core.family_lead_times": FamilyLeadTimes,
    "core.workforce": Workforce,
    "core.item_requirements": ItemRequirements,
    "core.routing_usage": RoutingUsage,
    "core.item_resources": ItemResources,
    "core.family_resources": FamilyResources,
    "core.item_components": ItemComponents,
    "core.family_usage": FamilyUsage,
    "core.family_sources": FamilySources,
}
