"""Contracts of what changes demand beside promotions: launches, successions, prices, assumptions, one-off orders. Plans stay out."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Ratio, Table, Text, column

# in the order in which they stand on the plan
EVENT_KINDS = ("phase_out", "launch", "promotion", "pull_forward", "price_change", "market_assumption", "floor")


class ItemSuccessions(Table, key=("old_item_id",)):
    """One row per item that another of its family takes over from: from an engineering change, else from its own phase-out."""

    old_item_id: Text = column("Item that goes")
    new_item_id: Text = column("Item that takes over its demand, planning unit for planning unit")
    family_id: Text = column("Family of both")
    effective_date: Date = column("First day on which demand goes to the new item")
    is_effective: Flag = column("It took over with the first planned period or before")


class OneOffOrders(Table, key=("order_id", "order_line", "schedule_line")):
    """One row per abnormal order line: more than twice what any other order of its season asked for, of an item with nine orders in it.

    Seasons are counted back from the as-of date, the current period belongs to the last one. Such a line is named in the corrections of
    the history, and does not consume the forecast.
    """

    order_id: Text = column("Order")
    order_line: Text = column("Line")
    schedule_line: Text = column("Schedule line; empty where the line is not split")
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period whose demand it is part of; empty beyond the horizon", optional=True)
    order_quantity: Number = column("Net quantity, in the item's unit", gt=0)
    other_quantity: Number = column("Largest line of any other order of the season", gt=0)


class ProductLaunches(Table, key=("item_id",)):
    """One row per launched item of a family, in the item's unit."""

    item_id: Text = column("Item launched")
    family_id: Text = column("Its family")
    launch_date: Date = column("First day of sales")
    like_item_id: Text = column("Item whose demand it is expected to follow", optional=True)
    like_item_scale: Ratio = column("Expected demand as a share of the like item's")
    ramp_periods: Count = column("Periods until the expected level is reached", ge=0)
    expected_period_quantity: Number = column("Expected quantity of a period once ramped up", optional=True)
    confidence: Text = column("How sure marketing is: low, medium or high", optional=True)


class PriceChanges(Table, key=("item_id", "period_start")):
    """One row per item of a family and period in which its listed price changed, the changes of a period multiplied."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    price_ratio: Number = column("New price ÷ old price, in one currency", gt=0)
    day_share_ratio: Ratio = column("Share of the period's days on which the last of the new prices holds", gt=0, le=1)


class AssumptionPeriods(Table, key=("assumption_id", "family_id", "period_start")):
    """One row per market assumption with an effect, family it concerns and planned period it covers; broken and expired ones left out."""

    assumption_id: Text = column("Assumption")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    assumption_status: Text = column("open or confirmed", isin=("open", "confirmed"))
    effect_ratio: Ratio = column("Effect on demand if it comes true")
    probability_ratio: Ratio = column("How likely it is; 1 once confirmed, empty where nobody said", optional=True, ge=0, le=1)
    owner: Text = column("Who watches it", optional=True)
    statement: Text = column("What is assumed")


TABLES: dict[str, type[Table]] = {
    "core.item_successions": ItemSuccessions,
    "core.one_off_orders": OneOffOrders,
    "core.product_launches": ProductLaunches,
    "core.price_changes": PriceChanges,
    "core.assumption_periods": AssumptionPeriods,
}
