"""Contracts of the dimensions and the glossary of figures. Facts stay out."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Table, Text, column


class DimFamily(Table, key=("family_id",)):
    """One row per product family."""

    family_id: Text = column("Family")
    family_name: Text = column("Name")
    product_group: Text = column("Product group")
    planning_unit: Text = column("Unit it is planned in")
    production_strategy: Text = column("How demand is met")
    site_id: Text = column("Site whose working days it follows; empty for the company's calendar")
    planner: Text = column("Planner", optional=True)
    is_uncapacitated: Flag = column("No routing and no bill of resources")


class DimItem(Table, key=("item_id",)):
    """One row per item."""

    item_id: Text = column("Item")
    item_name: Text = column("Name")
    item_type: Text = column("Kind of item")
    family_id: Text = column("Family", optional=True)
    unit_of_measure: Text = column("Unit")
    planning_units_per_unit: Number = column("Planning units in one unit")
    sourcing: Text = column("make or buy")
    lifecycle: Text = column("Stage of life", optional=True)
    introduction_date: Date = column("First day on sale", optional=True)
    phase_out_date: Date = column("Last day on sale", optional=True)
    demand_class: Text = column("smooth, erratic, intermittent, lumpy or no_demand (Syntetos–Boylan)", optional=True)
    average_interval_periods: Number = column("Periods since the first demand ÷ periods with demand", optional=True)
    squared_variation: Number = column("Squared coefficient of variation of the demand of periods that have some", optional=True)
    abc_class: Text = column("A: the items that make the first 80 % of the margin, B: up to 95 %, C: the rest", optional=True)
    xyz_class: Text = column("X: forecast error one period ahead up to 20 %, Y: up to 50 %, Z: above", optional=True)
    forecast_method: Text = column("How its demand is forecast", optional=True)


class DimPeriod(Table, key=("period_start",)):
    """One row per published period."""

    period_start: Date = column("First day")
    period_end: Date = column("Last day")
    period_key: Count = column("First day as yyyymmdd")
    period_label: Text = column("Name")
    fiscal_year: Count = column("Fiscal year")
    fiscal_quarter: Count = column("Fiscal quarter")
    period_of_year: Count = column("Number in the fiscal year")
    period_kind: Text = column("history, current or horizon")
    periods_from_now: Count = column("0 is the current period")


class DimDate(Table, key=("calendar_date",)):
    """One row per day of the published periods."""

    calendar_date: Date = column("Day")
    period_start: Date = column("Period that holds it")
    is_weekday: Flag = column("Monday to Friday")
    iso_week: Text = column("ISO week, YYYY-Www")


class DimResource(Table, key=("resource_id",)):
    """One row per resource."""

    resource_id: Text = column("Resource")
    resource_name: Text = column("Name")
    site_id: Text = column("Site; empty for the company's calendar")
    resource_type: Text = column("labour, equipment, facility, material or subcontractor")
    capacity_unit: Text = column("Unit of its capacity")
    is_critical: Flag = column("Counts for the status of families")
    is_stock_based: Flag = column("Taken by stock, not by supply: room or working capital")
    is_storable: Flag = column("Keeps what is not used for the next period: material in units, supplier quota of a component")


class DimScenario(Table, key=("scenario_id",)):
    """One row per scenario."""

    scenario_id: Text = column("Scenario")
    scenario_name: Text = column("Name")


class MetricDefinition(Table, key=("metric",)):
    """One row per measure of the published plan."""

    metric: Text = column("Column name of the measure")
    description: Text = column("What it means")
    formula: Text = column("How it is computed")
    unit: Text = column("planning unit, currency, ratio, days or heads")
    good_direction: Text = column("up, down, target or none", isin=("up", "down", "target", "none"))


TABLES: dict[str, type[Table]] = {
    "sop.dim_family": DimFamily,
    "sop.dim_item": DimItem,
    "sop.dim_period": DimPeriod,
    "sop.dim_date": DimDate,
    "sop.dim_resource": DimResource,
    "sop.dim_scenario": DimScenario,
    "sop.metric_definition": MetricDefinition,
}
