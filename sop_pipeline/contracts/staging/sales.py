"""Contracts of the sales extracts: orders, shipments, the sales forecast, customers. Prices are finance's."""

import polars as pl

from sop_pipeline.contracts.base import CURRENCY_CODE, Count, Date, Money, Quantity, Rule, Table, Text, column
from sop_pipeline.contracts.staging.vocabulary import SOURCE_FILE, SOURCE_LINE, exactly_one_of, not_before

ORDER_TYPES = ("standard", "return", "sample", "intercompany", "free")
ORDER_STATUSES = ("open", "closed", "cancelled")


class SalesOrders(
    Table,
    key=("order_id", "order_line", "schedule_line"),
    rules={
        "last_ship_date_not_before_order_date": not_before("last_ship_date", "order_date", severity="warning"),
        "cancelled_date_not_before_order_date": not_before("cancelled_date", "order_date", severity="warning"),
        "shipped_and_cancelled_within_ordered": Rule(
            pl.col("shipped_quantity").fill_null(0) + pl.col("cancelled_quantity").fill_null(0) <= pl.col("ordered_quantity"),
            "More was shipped and cancelled than ordered; correct the quantities or raise the order line.",
            severity="warning",
        ),
    },
):
    """One row per order line, or per schedule line where an order line is split; open and closed."""

    order_id: Text = column("Sales order")
    order_line: Text = column("Line of the order")
    schedule_line: Text = column("Delivery schedule line, where an order line is split", optional=True)
    item_id: Text = column("Item ordered")
    site_id: Text = column("Site that delivers", optional=True)
    customer_id: Text = column("Customer", optional=True)
    order_date: Date = column("Day the order was taken")
    requested_date: Date = column("Day the customer wants it; the order date where empty", optional=True)
    promised_date: Date = column("Day that was promised to the customer", optional=True)
    ordered_quantity: Quantity = column("Quantity ordered, in the row's unit", gt=0)
    shipped_quantity: Quantity = column("Quantity shipped so far, in the row's unit", optional=True, ge=0)
    cancelled_quantity: Quantity = column("Quantity cancelled, in the row's unit; it is no demand", optional=True, ge=0)
    cancelled_date: Date = column("Day of the cancellation", optional=True)
    last_ship_date: Date = column("Day of the last shipment", optional=True)
    unit_of_measure: Text = column("Unit of the quantities; the item's where empty", optional=True)
    net_unit_price: Money = column("Net price of per_quantity units", ge=0, currency="currency")
    per_quantity: Quantity = column("The price is for so many units", gt=0, default="1")
    currency: Text = column("Currency of the price, ISO 4217", matches=CURRENCY_CODE)
    order_type: Text = column("Only standard lines are demand", isin=ORDER_TYPES)
    order_status: Text = column("A closed line with an open rest counts the rest as cancelled", isin=ORDER_STATUSES)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Shipments(Table, key=("shipment_id", "shipment_line")):
    """One row per delivered line."""

    shipment_id: Text = column("Delivery")
    shipment_line: Text = column("Line of the delivery")
    order_id: Text = column("Sales order it delivers", optional=True)
    order_line: Text = column("Line of that order", optional=True)
    item_id: Text = column("Item shipped")
    site_id: Text = column("Site that shipped", optional=True)
    customer_id: Text = column("Customer", optional=True)
    ship_date: Date = column("Day of the shipment")
    shipped_quantity: Quantity = column("Quantity shipped, in the row's unit; a return is negative")
    unit_of_measure: Text = column("Unit of the quantity; the item's where empty", optional=True)
    net_amount: Money = column("Net invoice amount; negative for a return", currency="currency")
    currency: Text = column("Currency of the amount, ISO 4217", matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class SalesForecasts(
    Table,
    key=(
        "submitted_on",
        "author",
        "item_id",
        "family_id",
        "customer_group",
        "period_start",
    ),
    rules={"exactly_one_of_item_and_family": exactly_one_of("item_id", "family_id")},
):
    """One row per submission, author, item or family, customer group and period."""

    submitted_on: Date = column("Day of the submission; the latest of a cell counts")
    author: Text = column("Who submitted it; accuracy is measured by author")
    item_id: Text = column("Item, where the forecast is by item: it sets the mix below a family's total", optional=True)
    family_id: Text = column("Family, where the forecast is by family: it sets the total", optional=True)
    customer_group: Text = column("Customer group, where the forecast is made by group", optional=True)
    period_start: Date = column("First day of the planning period")
    quantity: Quantity = column("Quantity forecast: the item's unit, or the family's planning unit", ge=0)
    reason: Text = column("Why", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Customers(Table, key=("customer_id",)):
    """One row per customer."""

    customer_id: Text = column("Customer")
    customer_name: Text = column("Name of the customer")
    customer_group: Text = column("Group the sales force forecasts by", optional=True)
    channel: Text = column("Sales channel", optional=True)
    region: Text = column("Sales region", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.sales_orders": SalesOrders,
    "staging.shipments": Shipments,
    "staging.sales_forecasts": SalesForecasts,
    "staging.customers": Customers,
}
