"""Contracts of the engineering extracts: items, families, units, bills, routings, changes. Resources are production's, costs finance's."""

import polars as pl

from sop_pipeline.contracts.base import Count, Date, Quantity, Ratio, Rule, Table, Text, column
from sop_pipeline.contracts.staging.vocabulary import A_CENTURY_DAYS, SOURCE_FILE, SOURCE_LINE, at_most, exactly_one_of

ITEM_TYPES = ("finished", "semi_finished", "raw", "packaging", "phantom", "service")
SOURCINGS = ("make", "buy")
LIFECYCLES = ("design", "launch", "active", "phase_out", "obsolete")
PRODUCTION_STRATEGIES = ("make_to_stock", "make_to_order", "assemble_to_order")
PLANNING_BILL_KINDS = ("variant", "option", "common")
DISPOSITIONS = ("use_up", "rework", "scrap")
MOST_ROOM_PER_UNIT = 100_000
MOST_HOURS_PER_UNIT = 100_000  # a ship takes more, and is not one unit of a family
MOST_OFFSET_PERIODS = 1_300  # a century of 13 periods a year
CHANGE_STATUSES = ("draft", "approved", "released", "done")


class Items(
    Table,
    key=("item_id",),
    rules={
        "lead_time_days_plausible": at_most("lead_time_days", A_CENTURY_DAYS, "days"),
        "planning_units_per_unit_plausible": Rule(
            pl.col("planning_units_per_unit").is_between(1e-6, 1e6),
            "One unit of the item would be more than a million, or less than a millionth, planning units; correct planning_units_per_unit.",
            severity="warning",
        ),
    },
):
    """One row per item."""

    item_id: Text = column("Item")
    item_name: Text = column("Name of the item")
    item_type: Text = column("What it is; an item counts as finished if it was sold", isin=ITEM_TYPES)
    family_id: Text = column("Family of what is sold or planned as a module; sold without one: family unassigned", optional=True)
    unit_of_measure: Text = column("Unit every quantity of the item is in, unless a row names its own")
    planning_units_per_unit: Ratio = column("Planning units of the family in one unit of the item", gt=0, default="1")
    sourcing: Text = column("Made or bought", isin=SOURCINGS)
    lifecycle: Text = column("Stage of its life", optional=True, isin=LIFECYCLES)
    introduction_date: Date = column("First day of sales", optional=True)
    phase_out_date: Date = column("Last day of sales; nothing is forecast after it", optional=True)
    successor_item_id: Text = column("Item that takes over its demand", optional=True)
    lead_time_days: Count = column("Lead time in calendar days", optional=True, ge=0)
    lot_minimum: Quantity = column("Smallest lot, in the item's unit", optional=True, ge=0, severity="warning")
    lot_multiple: Quantity = column("Lots are multiples of this, in the item's unit", optional=True, ge=0, severity="warning")
    storage_volume_m3: Ratio = column(
        "Cubic metres one unit takes in store", optional=True, ge=0, le=MOST_ROOM_PER_UNIT, severity="warning"
    )
    storage_pallets: Ratio = column("Pallets one unit takes in store", optional=True, ge=0, le=MOST_ROOM_PER_UNIT, severity="warning")
    shelf_life_days: Count = column("Days it keeps", optional=True, ge=0, severity="warning")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ProductFamilies(Table, key=("family_id",)):
    """One row per product family, the level the plan is made on."""

    family_id: Text = column("Product family")
    family_name: Text = column("Name of the family")
    product_group: Text = column("Group of families the business plan speaks of", optional=True)
    planning_unit: Text = column("Unit the family is planned in")
    production_strategy: Text = column("What the family is made to", isin=PRODUCTION_STRATEGIES)
    site_id: Text = column("Main site; the one with most of its routing hours where empty", optional=True)
    customer_lead_time_days: Count = column(
        "Working days from order to shipment that the market accepts", optional=True, ge=0, le=A_CENTURY_DAYS, severity="warning"
    )
    demand_time_fence_periods: Count = column("Periods from now in which only orders count as demand", ge=0, default="0")
    planning_time_fence_periods: Count = column(
        "Periods from now in which approved production holds; then it is dear to leave, see supply.slushy_fence_periods",
        ge=0,
        default="0",
    )
    planner: Text = column("Who plans the family", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class UnitConversions(Table, key=("item_id", "from_unit", "to_unit")):
    """One row per item and pair of units; without an item it holds for all items."""

    item_id: Text = column("Item it holds for; every item where empty", optional=True)
    from_unit: Text = column("Unit that is converted")
    to_unit: Text = column("Unit it becomes")
    factor: Ratio = column("One from_unit is so many to_units", gt=0)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class BillOfMaterials(
    Table,
    key=("parent_item_id", "component_item_id", "valid_from"),
    rules={
        "valid_to_after_valid_from": Rule(
            pl.col("valid_to") > pl.col("valid_from"),
            "The row holds until the day before valid_to, so valid_to must lie after valid_from; correct the dates.",
        ),
        "component_is_not_its_parent": Rule(
            pl.col("component_item_id") != pl.col("parent_item_id"),
            "An item cannot be part of itself; correct one of the two items.",
        ),
    },
):
    """One row per parent item, component and validity date."""

    parent_item_id: Text = column("Item that is made")
    component_item_id: Text = column("Item that goes into it")
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    valid_to: Date = column("First day it holds no longer", optional=True)
    quantity_per: Ratio = column("Component units in one unit of the parent", gt=0)
    scrap_ratio: Ratio = column("Share of the component that is lost: 0.02 is 2 %", optional=True, ge=0, lt=1)
    lead_time_offset_days: Count = column(
        "Calendar days before the parent's due date that the component is needed",
        optional=True,
        ge=0,
        le=A_CENTURY_DAYS,
        severity="warning",
    )
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class PlanningBills(Table, key=("family_id", "item_id", "valid_from")):
    """One row per assemble-to-order family, item and validity date: the mix the family is sold in."""

    family_id: Text = column("Family sold assembled to order")
    item_id: Text = column("Variant, option or common part")
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    mix_ratio: Ratio = column("Units of the item in one planning unit of the family; variants sum to 1", ge=0)
    kind: Text = column("Variant (one of several), option, or common to all", isin=PLANNING_BILL_KINDS)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Routings(
    Table,
    key=("item_id", "routing_id", "operation"),
    rules={
        "lead_time_offset_periods_plausible": at_most("lead_time_offset_periods", MOST_OFFSET_PERIODS, "periods"),
        "run_hours_per_unit_plausible": at_most("run_hours_per_unit", MOST_HOURS_PER_UNIT, "hours", severity="warning"),
        "yield_ratio_plausible": Rule(
            pl.col("yield_ratio") >= 0.01,
            "Less than one unit of a hundred would be good; write yield_ratio as 0.98 for 98 %.",
            severity="warning",
        ),
    },
):
    """One row per item, routing and operation."""

    item_id: Text = column("Item that is made")
    routing_id: Text = column("Routing, where an item has several", default="main")
    operation: Text = column("Operation")
    resource_id: Text = column("Resource that works; its site is the routing's site")
    setup_hours: Quantity = column("Hours to set up for a lot", optional=True, ge=0)
    run_hours_per_unit: Ratio = column("Hours of the resource for one unit of the item", ge=0)
    labour_resource_id: Text = column("Labour resource beside it", optional=True)
    labour_hours_per_unit: Ratio = column("Labour hours for one unit of the item", optional=True, ge=0, severity="warning")
    yield_ratio: Ratio = column("Good units out of units started: 0.98 is 98 %", optional=True, gt=0, le=1)
    lead_time_offset_periods: Count = column("Periods before completion that the work falls in", optional=True, ge=0)
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    share_ratio: Ratio = column("Share of the item made on this routing, where it has several", optional=True, ge=0, severity="warning")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class BillOfResources(
    Table,
    key=("family_id", "item_id", "resource_id", "valid_from"),
    rules={"exactly_one_of_item_and_family": exactly_one_of("family_id", "item_id")},
):
    """One row per family or item, resource and validity date."""

    family_id: Text = column("Family, where usage is known by family", optional=True)
    item_id: Text = column("Item, where usage is known by item", optional=True)
    resource_id: Text = column("Resource used")
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    usage_per_unit: Ratio = column("Capacity units of the resource for one planning unit of the family, or unit of the item", gt=0)
    lead_time_offset_periods: Count = column(
        "Periods before completion that the use falls in", optional=True, ge=0, le=MOST_OFFSET_PERIODS, severity="warning"
    )
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class EngineeringChanges(Table, key=("change_id",)):
    """One row per engineering change."""

    change_id: Text = column("Engineering change")
    old_item_id: Text = column("Item replaced", optional=True)
    new_item_id: Text = column("Item that comes")
    effective_date: Date = column("First day of the new item")
    disposition: Text = column("What happens to stock of the old item", isin=DISPOSITIONS)
    change_status: Text = column("Where the change stands", isin=CHANGE_STATUSES)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.items": Items,
    "staging.product_families": ProductFamilies,
    "staging.unit_conversions": UnitConversions,
    "staging.bill_of_materials": BillOfMaterials,
    "staging.planning_bills": PlanningBills,
    "staging.routings": Routings,
    "staging.bill_of_resources": BillOfResources,
    "staging.engineering_changes": EngineeringChanges,
}
