"""Contracts of the supply chain extracts: stock, movements, inventory policies, suppliers and purchasing. What is made is production's."""

from sop_pipeline.contracts.base import CURRENCY_CODE, Count, Date, Money, Quantity, Ratio, Table, Text, column
from sop_pipeline.contracts.staging.vocabulary import A_CENTURY_DAYS, SOURCE_FILE, SOURCE_LINE, at_most, exactly_one_of, not_above

STOCK_STATUSES = ("unrestricted", "quality", "blocked", "transit")
MOVEMENT_TYPES = ("issue", "adjustment", "transfer", "scrap", "sample", "return", "status_change", "other")


class Inventory(Table, key=("snapshot_date", "site_id", "item_id", "stock_status")):
    """One row per snapshot date, site, item and stock status."""

    snapshot_date: Date = column("Day whose closing stock this is")
    site_id: Text = column("Site", optional=True)
    item_id: Text = column("Item")
    stock_status: Text = column("Blocked stock is not counted as available", isin=STOCK_STATUSES)
    quantity: Quantity = column("Stock, in the row's unit; negative stock is named, not hidden")
    unit_of_measure: Text = column("Unit of the quantity; the item's where empty", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class InventoryMovements(Table, key=("movement_id", "movement_line")):
    """One row per movement line."""

    movement_id: Text = column("Movement document")
    movement_line: Text = column("Line of the document", optional=True)
    item_id: Text = column("Item moved")
    site_id: Text = column("Site whose stock changes", optional=True)
    movement_date: Date = column("Day of the movement")
    movement_type: Text = column("Why stock changed", isin=MOVEMENT_TYPES)
    quantity: Quantity = column("Change of stock, in the item's unit: in is positive, out is negative")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class InventoryPolicies(
    Table,
    key=("item_id", "family_id", "valid_from"),
    rules={
        "exactly_one_of_item_and_family": exactly_one_of("item_id", "family_id"),
        "minimum_days_not_above_maximum": not_above("minimum_days_of_supply", "maximum_days_of_supply"),
        "target_days_not_below_minimum": not_above("minimum_days_of_supply", "target_days_of_supply", severity="warning"),
        "target_days_not_above_maximum": not_above("target_days_of_supply", "maximum_days_of_supply", severity="warning"),
    },
):
    """One row per item or family and validity date: management's objective for inventory or backlog."""

    item_id: Text = column("Item, where the objective is by item", optional=True)
    family_id: Text = column("Family, where the objective is by family; it wins over the sum of its items", optional=True)
    valid_from: Date = column("First day it holds, until the next row")
    target_days_of_supply: Quantity = column("Stock aimed at, in working days of coming demand", optional=True, ge=0, severity="warning")
    target_quantity: Quantity = column("Stock aimed at, as a quantity; it wins over days", optional=True, ge=0, severity="warning")
    minimum_days_of_supply: Quantity = column("Least stock, in working days", optional=True, ge=0, severity="warning")
    maximum_days_of_supply: Quantity = column("Most stock, in working days", optional=True, ge=0, severity="warning")
    service_level: Ratio = column(
        "Chance of no shortage in a period, which gives the minimum where none is set: 0.95", optional=True, gt=0, lt=1
    )
    target_backlog_days: Quantity = column(
        "Backlog aimed at, in working days, for what is made to order", optional=True, ge=0, severity="warning"
    )
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Suppliers(Table, key=("supplier_id",)):
    """One row per supplier."""

    supplier_id: Text = column("Supplier")
    supplier_name: Text = column("Name of the supplier")
    country: Text = column("Country", optional=True)
    payment_terms_days: Count = column("Days until an invoice is due", optional=True, ge=0, le=A_CENTURY_DAYS, severity="warning")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class SupplierItems(
    Table,
    key=("item_id", "supplier_id", "valid_from"),
    rules={"lead_time_days_plausible": at_most("lead_time_days", A_CENTURY_DAYS, "days")},
):
    """One row per item, supplier and validity date."""

    item_id: Text = column("Item bought")
    supplier_id: Text = column("Supplier")
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    lead_time_days: Count = column("Calendar days from order to receipt", ge=0)
    minimum_order_quantity: Quantity = column("Smallest order, in the item's unit", optional=True, ge=0, severity="warning")
    order_multiple: Quantity = column("Orders are multiples of this, in the item's unit", optional=True, gt=0, severity="warning")
    price: Money = column("Price of one unit", optional=True, currency="currency", ge=0, severity="warning")
    currency: Text = column("Currency of the price, ISO 4217", optional=True, matches=CURRENCY_CODE)
    share_ratio: Ratio = column("Share of the item bought here; shares of an item sum to 1", optional=True, ge=0, severity="warning")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class SupplierCapacity(Table, key=("supplier_id", "item_id", "period_start")):
    """One row per supplier, item and period."""

    supplier_id: Text = column("Supplier")
    item_id: Text = column("Item; where empty all of the supplier together: what limits by item leave, shared by need", optional=True)
    period_start: Date = column("First day of the planning period")
    maximum_quantity: Quantity = column("Most the supplier delivers in the period", ge=0)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class OpenPurchaseOrders(Table, key=("purchase_order_id", "purchase_order_line")):
    """One row per open purchase order line."""

    purchase_order_id: Text = column("Purchase order")
    purchase_order_line: Text = column("Line of the order")
    supplier_id: Text = column("Supplier")
    item_id: Text = column("Item bought")
    site_id: Text = column("Site that receives", optional=True)
    order_date: Date = column("Day of the order")
    due_date: Date = column("Day it is due")
    confirmed_date: Date = column("Day the supplier confirmed", optional=True)
    open_quantity: Quantity = column("Quantity still to come, in the row's unit", gt=0)
    unit_of_measure: Text = column("Unit of the quantity; the item's where empty", optional=True)
    unit_price: Money = column("Price of one unit", optional=True, currency="currency", ge=0, severity="warning")
    currency: Text = column("Currency of the price, ISO 4217", optional=True, matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class PurchaseReceipts(Table, key=("receipt_id", "receipt_line")):
    """One row per receipt line."""

    receipt_id: Text = column("Receipt")
    receipt_line: Text = column("Line of the receipt", optional=True)
    purchase_order_id: Text = column("Purchase order it fulfils", optional=True)
    item_id: Text = column("Item received; of an item that is made, the receipt is subcontract")
    site_id: Text = column("Site that received", optional=True)
    supplier_id: Text = column("Supplier", optional=True)
    received_date: Date = column("Day of the receipt")
    quantity: Quantity = column("Quantity received, in the item's unit")
    unit_price: Money = column("Price of one unit", optional=True, currency="currency", ge=0, severity="warning")
    currency: Text = column("Currency of the price, ISO 4217", optional=True, matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.inventory": Inventory,
    "staging.inventory_movements": InventoryMovements,
    "staging.inventory_policies": InventoryPolicies,
    "staging.suppliers": Suppliers,
    "staging.supplier_items": SupplierItems,
    "staging.supplier_capacity": SupplierCapacity,
    "staging.open_purchase_orders": OpenPurchaseOrders,
    "staging.purchase_receipts": PurchaseReceipts,
}
