"""Contracts of the production extracts: resources, capacity, heads, working days, what was made and is being made.

Routings are engineering's.
"""

import polars as pl

from sop_pipeline.contracts.base import Count, Date, Flag, Quantity, Ratio, Rule, Table, Text, column
from sop_pipeline.contracts.staging.vocabulary import SOURCE_FILE, SOURCE_LINE, at_most, not_a_percentage, not_above

RESOURCE_TYPES = ("labour", "equipment", "facility", "material", "subcontractor")
CAPACITY_UNITS = r"^(hours|m3|pallets|units|[A-Z]{3})$"  # the last is a currency code
DAYS_OF_A_PERIOD = 35  # the longest of a fiscal calendar: five weeks
HOURS_OF_A_PERIOD = 24 * DAYS_OF_A_PERIOD
WORK_ORDER_STATUSES = ("planned", "firm", "released")


class Resources(
    Table,
    key=("resource_id",),
    rules={
        "hours_per_day_of_a_day": Rule(
            (pl.col("capacity_unit") != "hours") | (pl.col("hours_per_day") <= 24),
            "hours_per_day is what one unit can work on a working day, at most 24; several of them belong into number_of_units.",
            severity="warning",
        ),
        "overtime_ratio_not_a_percentage": not_a_percentage("overtime_ratio"),
    },
):
    """One row per resource."""

    resource_id: Text = column("Resource: a machine group, a crew, a store, a subcontractor")
    resource_name: Text = column("Name of the resource")
    site_id: Text = column("Site it stands at", optional=True)
    resource_type: Text = column("What it is", isin=RESOURCE_TYPES)
    capacity_unit: Text = column("Unit of capacity and load: hours, m3, pallets, units or a currency code", matches=CAPACITY_UNITS)
    is_critical: Flag = column("The plan is limited by it", default="true")
    number_of_units: Quantity = column(
        "How many of it there are; of a store its places, m3 or money", default="1", ge=0, severity="warning"
    )
    hours_per_day: Quantity = column(
        "Capacity of one unit on a working day, in the capacity unit; a store has its room on every day: up to 24 are opening hours",
        optional=True,
        ge=0,
        severity="warning",
    )
    overtime_ratio: Ratio = column("Overtime possible, as a share of regular capacity", optional=True, ge=0, severity="warning")
    efficiency_ratio: Ratio = column("Standard hours earned in an hour worked: 0.95", optional=True, gt=0, le=2, severity="warning")
    utilisation_ratio: Ratio = column("Hours worked in an hour available: 0.85", optional=True, gt=0, le=2, severity="warning")
    demonstrated_capacity_per_day: Quantity = column(
        "Output shown on a working day, in the capacity unit; of a store the most stock it has held",
        optional=True,
        ge=0,
        severity="warning",
    )
    months_to_add_capacity: Quantity = column("Months it takes to add capacity", optional=True, ge=0, le=600, severity="warning")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ResourceCapacity(
    Table,
    key=("resource_id", "period_start"),
    rules={"planned_downtime_not_above_regular_capacity": not_above("planned_downtime", "regular_capacity", severity="warning")},
):
    """One row per resource and period whose capacity is not the usual one."""

    resource_id: Text = column("Resource")
    period_start: Date = column("First day of the planning period")
    regular_capacity: Quantity = column("Regular capacity of the period, in the resource's capacity unit", optional=True, ge=0)
    overtime_capacity: Quantity = column(
        "Overtime capacity of the period, in the resource's capacity unit", optional=True, ge=0, severity="warning"
    )
    planned_downtime: Quantity = column(
        "Capacity lost to planned downtime, in the resource's capacity unit", optional=True, ge=0, severity="warning"
    )
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Workforce(
    Table,
    key=("resource_id", "period_start"),
    # More hours than there are may stand for no limit, or for another unit of work: they are told, and used.
    rules={
        "minimum_headcount_not_above_maximum": not_above("minimum_headcount", "maximum_headcount"),
        "hours_per_head_per_day_of_a_day": at_most("hours_per_head_per_day", 24, "hours", severity="warning"),
        "overtime_hours_per_head_of_a_period": at_most("overtime_hours_per_head", HOURS_OF_A_PERIOD, "hours", severity="warning"),
    },
):
    """One row per labour resource and period: the first planned period opens, later ones limit."""

    resource_id: Text = column("Labour resource")
    period_start: Date = column("First day of the planning period")
    headcount: Quantity = column("Heads, in full-time equivalents", optional=True, ge=0, severity="warning")
    hours_per_head_per_day: Quantity = column("Regular hours of a head on a working day", default="8", gt=0, severity="warning")
    absence_ratio: Ratio = column("Share of the hours lost to holidays and illness: 0.12", optional=True, ge=0, lt=1, severity="warning")
    overtime_hours_per_head: Quantity = column("Overtime hours a head may work in the period", optional=True, ge=0, severity="warning")
    expected_leavers: Quantity = column("Heads expected to leave in the period", optional=True, ge=0, severity="warning")
    temporary_headcount: Quantity = column("Temporary heads in the period", optional=True, ge=0, severity="warning")
    maximum_hires: Quantity = column("Heads that can be hired in the period", optional=True, ge=0, severity="warning")
    maximum_layoffs: Quantity = column("Heads that can be laid off in the period", optional=True, ge=0, severity="warning")
    minimum_headcount: Quantity = column("Fewest heads allowed", optional=True, ge=0, severity="warning")
    maximum_headcount: Quantity = column("Most heads allowed", optional=True, ge=0, severity="warning")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class WorkingCalendar(
    Table,
    key=("site_id", "period_start"),
    rules={
        "working_days_plausible": Rule(
            pl.col("working_days").is_between(0.5, DAYS_OF_A_PERIOD),
            f"A period has half a working day to {DAYS_OF_A_PERIOD} of them; correct working_days, or leave the period out.",
            severity="warning",
        ),
    },
):
    """One row per site and period."""

    site_id: Text = column("Site")
    period_start: Date = column("First day of the planning period")
    working_days: Quantity = column("Working days of the site in the period", gt=0)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ProductionHistory(Table, key=("production_id",)):
    """One row per completion report of a production order."""

    production_id: Text = column("Completion report")
    item_id: Text = column("Item made")
    site_id: Text = column("Site that made it", optional=True)
    completion_date: Date = column("Day of completion")
    good_quantity: Quantity = column("Good quantity, in the item's unit", ge=0)
    scrap_quantity: Quantity = column("Scrapped quantity, in the item's unit", optional=True)
    machine_hours: Quantity = column("Machine hours used", optional=True)
    labour_hours: Quantity = column("Labour hours used", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class OpenWorkOrders(Table, key=("work_order_id",)):
    """One row per work order that is not complete."""

    work_order_id: Text = column("Work order")
    item_id: Text = column("Item being made")
    site_id: Text = column("Site that makes it", optional=True)
    remaining_quantity: Quantity = column("Quantity still to be made, in the item's unit", ge=0)
    due_date: Date = column("Day it is due")
    work_order_status: Text = column("Planned, firm or released", isin=WORK_ORDER_STATUSES)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.resources": Resources,
    "staging.resource_capacity": ResourceCapacity,
    "staging.workforce": Workforce,
    "staging.working_calendar": WorkingCalendar,
    "staging.production_history": ProductionHistory,
    "staging.open_work_orders": OpenWorkOrders,
}
