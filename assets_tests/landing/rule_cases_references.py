"""Cases of rules that many extracts share: unknown codes, missing rates and factors, dates inside periods."""

from rule_case import FAMILY, ITEM, RATES, RESOURCE, UNITS, Case, day, unknown

OF_ITEMS = (
    "sales_orders",
    "shipments",
    "sales_forecasts",
    "promotions",
    "product_launches",
    "inventory",
    "inventory_movements",
    "production_history",
    "open_work_orders",
    "planning_bills",
    "routings",
    "bill_of_resources",
    "standard_costs",
    "prices",
    "business_plan",
    "inventory_policies",
    "supplier_items",
    "supplier_capacity",
    "open_purchase_orders",
    "purchase_receipts",
    "overrides",
    "unit_conversions",
)
OF_FAMILIES = (
    "sales_forecasts",
    "promotions",
    "market_assumptions",
    "planning_bills",
    "bill_of_resources",
    "business_plan",
    "business_objectives",
    "control_totals",
    "inventory_policies",
    "overrides",
    "approved_plans",
    "supply_policies",
    "scenarios",
    "decisions",
    "items",
)
OF_RESOURCES = ["routings", "bill_of_resources", "resource_capacity", "workforce", "scenarios"]
OF_CURRENCIES = {
    "sales_orders": "order_date",
    "shipments": "ship_date",
    "standard_costs": "valid_from",
    "prices": "valid_from",
    "purchase_receipts": "received_date",
    "open_purchase_orders": "due_date",
    "promotions": "start_date",
    "business_plan": "period_start",
    "control_totals": "period_start",
    "approved_plans": "period_start",
}


def currency_case(date: str) -> Case:
    rows = [
        {"currency": "EUR", date: day("2026-01-01")},
        {"currency": "USD", date: day("2026-03-01")},
        {"currency": "USD", date: day("2026-02-28")},
        {"currency": "GBP", date: day("2027-03-01")},
        {"currency": "CHF", date: day("2027-03-01")},
        {"currency": "JPY", date: day("2026-03-01")},
    ]
    # a rate is a fact before the as-of date only; a budget rate, where it counts, is one too
    return Case(rows, [3, 5, 6], RATES)


# the calendar says nothing of what lies before and after it
WITHIN_A_PERIOD = Case(
    [{"period_start": day(start)} for start in ("2026-11-01", "2026-11-29", "2026-11-30", "2026-12-26", "2026-10-15", "2027-01-05")],
    [3, 4],
    {
        "fiscal_calendar": [
            {"period_start": day("2026-11-01"), "period_end": day("2026-11-28")},
            {"period_start": day("2026-11-29"), "period_end": day("2026-12-26")},
        ]
    },
)


CASES: dict[str, Case] = {
    **{f"{extract}__unknown_item": unknown("item_id", ITEM, "A") for extract in OF_ITEMS},
    **{f"{extract}__unknown_family": unknown("family_id", FAMILY, "P") for extract in OF_FAMILIES},
    **{f"{extract}__unknown_resource": unknown("resource_id", RESOURCE, "R") for extract in OF_RESOURCES},
    **{f"{extract}__currency_without_rate": currency_case(date) for extract, date in OF_CURRENCIES.items()},
    **{
        f"{extract}__currency_without_rate": Case([{"currency": code} for code in ("EUR", "USD", "CHF", "JPY")], [3, 4], RATES)
        for extract in ("planning_costs", "supplier_items")
    },
    **{
        f"{extract}__unit_without_factor": Case(
            [{"item_id": "A", "unit_of_measure": unit} for unit in ("pc", None, "doz", "box", "pal", "kg")], [5, 6], UNITS
        )
        for extract in ("sales_orders", "shipments", "inventory", "open_purchase_orders")
    },
    **{
        f"{extract}__unknown_customer": unknown("customer_id", {"customers": [{"customer_id": "C"}]}, "C")
        for extract in ("sales_orders", "shipments")
    },
    **{
        f"{extract}__unknown_supplier": unknown("supplier_id", {"suppliers": [{"supplier_id": "S"}]}, "S")
        for extract in ("supplier_items", "supplier_capacity", "open_purchase_orders", "purchase_receipts")
    },
    **{
        f"{extract}__no_period_begins": WITHIN_A_PERIOD
        for extract in (
            "approved_plans",
            "business_objectives",
            "business_plan",
            "control_totals",
            "overrides",
            "resource_capacity",
            "sales_forecasts",
            "supplier_capacity",
            "workforce",
            "working_calendar",
        )
    },
}
