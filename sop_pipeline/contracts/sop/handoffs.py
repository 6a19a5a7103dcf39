"""Contracts of what the plan hands off: to the master schedule, to material planning, to suppliers. The plan of families stays out."""

from sop_pipeline.contracts.base import Date, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS


def _cycle() -> Text:
    return column("Planning cycle: the period that holds the as-of date")


def _version() -> Text:
    return column("working, frozen or approved", isin=PLAN_VERSIONS)


class MasterScheduleInput(Table, key=("cycle_id", "scenario_id", "plan_version", "item_id", "site_id", "period_start")):
    """One row per cycle, scenario, plan version, item, site and planned period: what the master schedule is to make of the family plan."""

    cycle_id: Text = _cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = _version()
    family_id: Text = column("Product family")
    item_id: Text = column("Item")
    site_id: Text = column("Site that makes it; empty for a company without sites")
    period_start: Date = column("First day of the period")
    unit_of_measure: Text = column("Unit of the quantities: the item's own")
    mix_ratio: Ratio = column("Share of the family's demand in the period, in planning units", optional=True, ge=0)
    run_out_time_quantity: Number = column(
        "Share of the family's planned production, and of what lots before left over, with which its items run out on the same day; "
        "of the remainder in the current period",
        ge=0,
    )
    lot_rounded_quantity: Number = column("The same in whole lots, rounded over the periods so that nothing drifts", ge=0)
    residual_quantity: Number = column("Planned to date, less lots to date; a family's items sum to its plan − lots to date")
    scheduled_quantity: Number = column("Remaining quantity of open work orders due in the period; late ones in the current period", ge=0)


TABLES: dict[str, type[Table]] = {
    "sop.master_schedule_input": MasterScheduleInput,
}
