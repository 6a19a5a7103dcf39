"""Contracts of the fact tables of core: orders, shipments, flows, stock, backlog, and the history they add up to. Masters stay out."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Table, Text, column


class OrderLines(Table, key=("order_id", "order_line", "schedule_line")):
    """One row per standard order line, or schedule line where the line is split, ordered before the as-of date."""

    order_id: Text = column("Order")
    order_line: Text = column("Line")
    schedule_line: Text = column("Schedule line; empty where the order line is not split")
    item_id: Text = column("Item")
    family_id: Text = column("Family")
    customer_id: Text = column("Customer", optional=True)
    order_date: Date = column("Day of the order")
    demand_date: Date = column("Requested day, else the day of the order")
    due_date: Date = column("Promised day, else the requested one, else the day of the order")
    net_quantity: Number = column("Ordered less cancelled, in the item's unit; the open rest of a closed line counts as cancelled")
    open_quantity: Number = column("Net quantity not shipped before the as-of date, in the item's unit", ge=0)
    shipped_quantity: Number = column("Shipped before the as-of date, in the item's unit")
    last_ship_date: Date = column("Day of the last shipment before the as-of date", optional=True)
    net_unit_price_amount: Number = column(
        "Net price of one item unit, in the reporting currency at the order date's rate; empty without a rate", optional=True, ge=0
    )
    planning_units_per_unit: Number = column("Planning units in one item unit", gt=0)


class ShipmentLines(Table, key=("shipment_id", "shipment_line")):
    """One row per delivered line shipped before the as-of date."""

    shipment_id: Text = column("Shipment, or the order where shipments are not supplied")
    shipment_line: Text = column("Line")
    order_id: Text = column("Order", optional=True)
    order_line: Text = column("Order line", optional=True)
    schedule_line: Text = column("Schedule line, where the delivery is derived from one; else empty")
    item_id: Text = column("Item")
    family_id: Text = column("Family; empty for what no family plans, such as a sample of a raw item", optional=True)
    ship_date: Date = column("Day of shipment")
    shipped_quantity: Number = column("Delivered, in the item's unit; returns negative")
    revenue_amount: Number = column("Net amount at the actual rate of the ship date", optional=True)
    revenue_budget_rate_amount: Number = column("Net amount at the budget rate of the ship date", optional=True)
    is_derived: Flag = column("From order lines, because shipments are not supplied")


class UnorderedDeliveries(Table, key=("shipment_id", "shipment_line")):
    """One row per shipment line that delivers more than its order line, or delivers without an order, or takes goods back."""

    shipment_id: Text = column("Shipment")
    shipment_line: Text = column("Line")
    item_id: Text = column("Item")
    ship_date: Date = column("Day of shipment, on which it counts as booked")
    unordered_quantity: Number = column("The part no standard order line asked for, in the item's unit; goods taken back are negative")


class ShipmentCosts(Table, key=("shipment_id", "shipment_line")):
    """One row per shipment line of an item with a standard cost: what it cost on its day, in the reporting currency."""

    shipment_id: Text = column("Shipment")
    shipment_line: Text = column("Line")
    cost_of_sales_amount: Number = column("Shipped quantity at the standard cost of the day of shipment")


class ComponentIssues(Table, key=("item_id", "issue_date")):
    """One row per item of a planned family and day on which the production of others took some of it, in the item's unit."""

    item_id: Text = column("Item that is taken")
    issue_date: Date = column("Day of the movement, or of the completion that took it")
    issued_quantity: Number = column("Quantity taken")
    is_derived: Flag = column("Parents' good and scrapped production × bill of material, because no issues are booked")


class ItemFlows(Table, key=("item_id", "flow_date")):
    """One row per item and day on which something moved before the as-of date, in the item's unit."""

    item_id: Text = column("Item")
    family_id: Text = column("Family; empty for items no family plans", optional=True)
    flow_date: Date = column("Day")
    period_start: Date = column("First day of the period that holds it")
    demand_quantity: Number = column("Demand by requested day")
    booked_quantity: Number = column("Bookings by order day, over-delivery on its ship day")
    shipped_quantity: Number = column("Shipments")
    production_quantity: Number = column("Good quantity completed")
    subcontract_quantity: Number = column("Receipts of made items")
    purchase_quantity: Number = column("Receipts of bought items")
    issued_quantity: Number = column("Taken by the production of other families")
    other_movement_quantity: Number = column("Adjustments, scrap, samples, returns and others, signed")
    revenue_amount: Number = column("Revenue at actual rates; empty where none of the day's is known", optional=True)
    revenue_budget_rate_amount: Number = column("Revenue at budget rates; empty where none of the day's is known", optional=True)
    is_issued_derived: Flag = column("Issues come from parents' production × bill of material, not from movements")


class ItemPeriodHistory(Table, key=("item_id", "period_start")):
    """One row per item of a family and period from its first demand to the current one, gaps filled with 0, in the item's unit."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    periods_from_now: Count = column("0 is the current period, to date", le=0)
    demand_quantity: Number = column("Demand of make-to-stock, bookings of the other strategies: what the family is planned on")
    booked_quantity: Number = column("Bookings")
    shipped_quantity: Number = column("Shipments")
    closing_inventory_quantity: Number = column("Stock by the period's closing snapshot", optional=True)


class SnapshotSites(Table, key=("snapshot_date", "site_id")):
    """One row per snapshot day, and site whose snapshot stands for it; only days for which every site that reports stock has one."""

    snapshot_date: Date = column("Day whose close it is")
    site_id: Text = column("Site; empty where the extract names none")
    site_snapshot_date: Date = column("Day of the site's snapshot that stands for it: the same day, or up to 4 days before")
    period_start: Date = column("First day of the period that holds the day")
    is_closing: Flag = column("The period closes with it: its last one, in its last 5 days")
    is_latest: Flag = column("The last one before the as-of date")


class ItemStock(Table, key=("snapshot_date", "item_id")):
    """One row per snapshot day that closes a period or is the latest, and item with stock on it, all sites, in the item's unit."""

    snapshot_date: Date = column("Day whose close it is")
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period that holds the day")
    stock_quantity: Number = column("Stock that counts")
    is_closing: Flag = column("The period closes with it")
    is_latest: Flag = column("The last one before the as-of date")


class FamilySnapshots(Table, key=("family_id", "snapshot_date")):
    """One row per family and day for which every site that reports stock has a snapshot, in planning units."""

    family_id: Text = column("Family")
    snapshot_date: Date = column("Day whose close it is")
    period_start: Date = column("First day of the period that holds it")
    stock_quantity: Number = column("Stock that counts, all sites")
    stock_amount: Number = column("The same at standard cost, in the reporting currency", optional=True)
    is_closing: Flag = column("The period closes with it: its last one, in its last 5 days")
    is_latest: Flag = column("The last one before the as-of date")


class FamilyFlows(Table, key=("family_id", "period_start")):
    """One row per family and period up to the current one, zero where nothing moved, in planning units."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    periods_from_now: Count = column("0 is the current period, to date", le=0)
    demand_quantity: Number = column("Demand of make-to-stock, bookings of the other strategies")
    requested_quantity: Number = column("Net order quantity by requested day, whatever the strategy")
    booked_quantity: Number = column("Bookings")
    shipped_quantity: Number = column("Shipments")
    production_quantity: Number = column("Good production")
    subcontract_quantity: Number = column("Subcontract receipts")
    purchase_quantity: Number = column("Purchase receipts")
    issued_quantity: Number = column("Issued to other families")
    other_movement_quantity: Number = column("Other movements, signed")
    stock_change_after_snapshot_quantity: Number = column("Of these, the change of stock after the latest snapshot day")
    revenue_amount: Number = column("Revenue at actual rates; empty where none of it is known", optional=True)
    revenue_budget_rate_amount: Number = column("Revenue at budget rates; empty where none of it is known", optional=True)
    cost_of_sales_amount: Number = column("Shipments at the standard cost of their day; empty where none is known", optional=True)


class FamilyHistory(Table, key=("family_id", "period_start")):
    """One row per family and period of history, plus the current period to date, in planning units."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    periods_from_now: Count = column("0 is the current period, to date", le=0)
    demand_quantity: Number = column("Demand of make-to-stock, bookings of the other strategies")
    requested_quantity: Number = column("Net order quantity by requested day, whatever the strategy")
    booked_quantity: Number = column("Bookings")
    shipped_quantity: Number = column("Shipments")
    production_quantity: Number = column("Good production")
    subcontract_quantity: Number = column("Subcontract receipts")
    purchase_quantity: Number = column("Purchase receipts")
    issued_quantity: Number = column("Issued to other families")
    other_movement_quantity: Number = column("Other movements, signed")
    opening_inventory_quantity: Number = column("Stock at the start", optional=True)
    closing_inventory_quantity: Number = column("Stock at the end, or at the as-of date in the current period", optional=True)
    unexplained_quantity: Number = column("Closing less what the flows say; empty where the closing is rolled", optional=True)
    is_reconstructed: Flag = column("No snapshot closes the period: the closing is rolled forward or back")
    opening_backlog_quantity: Number = column("Open order quantity at the start, rolled back from today's")
    closing_backlog_quantity: Number = column("Open order quantity at the end, or at the as-of date")
    past_due_quantity: Number = column("Open orders whose due date has passed; known for the as-of date only", optional=True)
    orders_due_quantity: Number = column("Open orders due from the as-of date to the end of the current period", optional=True)
    on_time_quantity: Number = column("Of the net quantity due in the period, shipped in full by its due date")
    due_quantity: Number = column("Net quantity due in the period")
    revenue_amount: Number = column("Revenue at actual rates", optional=True)
    revenue_budget_rate_amount: Number = column("Revenue at budget rates", optional=True)
    cost_of_sales_amount: Number = column("Shipments at the standard cost of their day", optional=True)
    inventory_value_amount: Number = column("Closing stock at standard cost", optional=True)


class OrdersDue(Table, key=("family_id", "period_start")):
    """One row per family and period from the current one on in which open orders are due; past-due orders stand in the current one."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    orders_due_quantity: Number = column("Open quantity due from the as-of date on, in planning units", ge=0)
    past_due_quantity: Number = column("Open quantity whose due date is before the as-of date", ge=0)


class ItemOrdersDue(Table, key=("item_id", "period_start")):
    """One row per item and period from the current one on in which open orders are due, those past due left out, in the item's unit."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    orders_due_quantity: Number = column("Open quantity due from the as-of date on", gt=0)
    abnormal_quantity: Number = column("The part that does not consume the forecast: what core.one_off_orders names", ge=0)


class ScheduledQuantity(Table, key=("family_id", "period_start")):
    """One row per family and period: what work orders in hand will complete, in planning units; late ones in the current period."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    scheduled_quantity: Number = column("Remaining quantity of open work orders", ge=0)


class ScheduledReceipts(Table, key=("item_id", "site_id", "period_start")):
    """One row per item, site and period: what open work and purchase orders will bring, in the item's unit; late ones now."""

    item_id: Text = column("Item")
    site_id: Text = column("Site the order names; empty where it names none")
    period_start: Date = column("First day of the period")
    work_order_quantity: Number = column("Remaining quantity of open work orders by due date", ge=0)
    unissued_work_order_quantity: Number = column("Part of it that is not released: its components are still to be taken", ge=0)
    purchase_order_quantity: Number = column("Open quantity of purchase orders by confirmed, else due date", ge=0)


class ItemPositions(Table, key=("item_id",)):
    """One row per item that is there, owed to customers or held as safety stock at the as-of date, in the item's unit."""

    item_id: Text = column("Item")
    on_hand_quantity: Number = column("Last count and what has moved since; empty where nothing was counted", optional=True)
    owed_quantity: Number = column("Past-due orders of make-to-stock families, all open orders of the others", ge=0)
    safety_quantity: Number = column("Target quantity of the item's own inventory policy", optional=True, ge=0)


class SegmentHistory(Table, key=("family_id", "dimension", "segment", "period_start")):
    """One row per family, dimension (region, channel), segment and period with demand, in planning units; none without customers."""

    family_id: Text = column("Family")
    dimension: Text = column("region or channel", isin=("region", "channel"))
    segment: Text = column("Region or channel of the customer; 'not given' where unknown")
    period_start: Date = column("First day of the period")
    periods_from_now: Count = column("0 is the period that holds the as-of date", lt=0)
    demand_quantity: Number = column("Demand of orders: by requested date in make-to-stock families, bookings in the others", ge=0)


TABLES: dict[str, type[Table]] = {
    "core.order_lines": OrderLines,
    "core.shipment_lines": ShipmentLines,
    "core.unordered_deliveries": UnorderedDeliveries,
    "core.shipment_costs": ShipmentCosts,
    "core.component_issues": ComponentIssues,
    "core.item_flows": ItemFlows,
    "core.item_period_history": ItemPeriodHistory,
    "core.segment_history": SegmentHistory,
    "core.snapshot_sites": SnapshotSites,
    "core.item_stock": ItemStock,
    "core.family_snapshots": FamilySnapshots,
    "core.family_flows": FamilyFlows,
    "core.family_history": FamilyHistory,
    "core.orders_due": OrdersDue,
    "core.item_orders_due": ItemOrdersDue,
    "core.scheduled_quantity": ScheduledQuantity,
    "core.scheduled_receipts": ScheduledReceipts,
    "core.item_positions": ItemPositions,
}
