"""Nonsense that extracts of the supply side hold: which rows get which values, and where a night has to tell of it.

What is told as an issue names the row; what is legitimate and cannot be met becomes an exception of one of the kinds given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sound_company import FAMILIES, PLANNED, Row, Tables

SHORT, LOADED = ("short", "below_target"), ("overloaded", "short", "below_target")


@dataclass(frozen=True)
class Nonsense:
    """`values` for the rows of `extract` that match `where`, or one new row of both where none does.

    `column`: the column an issue must name, None where any issue of the rows will do. `kinds`: exceptions one of which tells it instead;
    no two with kinds share a night. Neither where the value is odd and can be planned with. `is_second`: the rows stay, and copies of
    them get the values. `kept_rows`: the extract ends after so many. `also`: what has to stand in other extracts for it.
    """

    extract: str
    where: Mapping[str, Any]
    values: Mapping[str, Any]
    column: str | None = None
    kinds: tuple[str, ...] = ()
    is_told: bool = True
    is_second: bool = False
    kept_rows: int | None = None
    also: tuple["Nonsense", ...] = ()

    def put(self, tables: Tables) -> list[Row]:
        """Change the tables; returns the rows that hold nonsense now."""
        rows = tables.setdefault(self.extract, [])
        del rows[len(rows) if self.kept_rows is None else self.kept_rows :]
        found = [row for row in rows if all(row.get(name) == value for name, value in self.where.items())]
        if not found or self.is_second:
            found = [dict(row) for row in found] or [dict.fromkeys(rows[0] if rows else (), "") | dict(self.where)]
            rows += found
        for row in found:
            row.update(self.values)
        for other in self.also:
            other.put(tables)
        return found


def issue(extract: str, where: Mapping[str, Any], column: str, value: Any, **others: Any) -> Nonsense:
    """A value that an issue has to name."""
    return Nonsense(extract, where, {column: value, **others}, column)


def trouble(extract: str, where: Mapping[str, Any], kinds: tuple[str, ...], **values: Any) -> Nonsense:
    """Values that cannot be met: an exception tells it."""
    return Nonsense(extract, where, values, None, kinds)


def odd(extract: str, where: Mapping[str, Any], **values: Any) -> Nonsense:
    """Values that are odd and can be planned with."""
    return Nonsense(extract, where, values, is_told=False)


def cost(cost_type: str, scope: str = "company", scope_id: str = "") -> dict[str, str]:
    return {"scope": scope, "scope_id": scope_id, "cost_type": cost_type}


def order(number: str, measure: str, family: str, month: int = 1) -> dict[str, Any]:
    return {
        "override_id": number,
        "measure": measure,
        "item_id": "",
        "family_id": family,
        "period_start": PLANNED[month],
        "step": "supply_review",
        "quantity": "",
        "reason": "Because",
        "author": "Planner",
        "entered_on": "2026-03-30",
    }


LINE, MILL, CREW = {"resource_id": "LINE"}, {"resource_id": "MILL"}, {"resource_id": "CREW"}
STORE, PARTNER = {"resource_id": "STORE"}, {"resource_id": "PARTNER"}
ALPHA, BETA, GOODS, PARTS = ({"family_id": family} for family in FAMILIES)
R1 = {"item_id": "R-1", "supplier_id": "S-1"}
A1, A2, P1 = {"item_id": "A-1"}, {"item_id": "A-2"}, {"item_id": "P-1"}

NONSENSE: dict[str, Nonsense] = {
    # stock
    "negative stock": issue("inventory", A1, "quantity", -500),
    "stock of a billion": odd("inventory", P1, quantity=1e9),
    "stock of a millionth": odd("inventory", A2, quantity=0.0001),
    # capacity
    "no hour a day": trouble("resources", LINE, LOADED, hours_per_day=0),
    "no capacity said": issue("resources", MILL, "resource_id", "MILL", hours_per_day=""),
    "negative hours a day": issue("resources", LINE, "hours_per_day", -8),
    "more hours than a day has": issue("resources", LINE, "hours_per_day", 80),
    "negative number of units": issue("resources", MILL, "number_of_units", -1),
    "negative overtime ratio": issue("resources", LINE, "overtime_ratio", -0.2),
    "overtime as per cent": issue("resources", LINE, "overtime_ratio", 20),
    "efficiency of nothing": issue("resources", MILL, "efficiency_ratio", 0),
    "efficiency as per cent": issue("resources", LINE, "efficiency_ratio", 95),
    "negative utilisation": issue("resources", LINE, "utilisation_ratio", -0.8),
    "utilisation as per cent": issue("resources", LINE, "utilisation_ratio", 85),
    "negative demonstrated capacity": issue("resources", LINE, "demonstrated_capacity_per_day", -5),
    "negative months to add capacity": issue("resources", LINE, "months_to_add_capacity", -2),
    "no store": trouble("resources", STORE, ("overloaded",), number_of_units=0),
    # Whoever has a partner, or stock, gets through a month without the line: nothing to tell.
    "no capacity in a period": odd("resource_capacity", LINE, regular_capacity=0, overtime_capacity=0, planned_downtime=0),
    "negative capacity in a period": issue("resource_capacity", LINE, "regular_capacity", -5),
    "negative overtime in a period": issue("resource_capacity", LINE, "overtime_capacity", -5),
    "negative downtime in a period": issue("resource_capacity", LINE, "planned_downtime", -5),
    "downtime above capacity": issue("resource_capacity", LINE, "planned_downtime", 100_000),
    "capacity of an unknown resource": issue(
        "resource_capacity", {"resource_id": "NOBODY", "period_start": PLANNED[0]}, "resource_id", "NOBODY"
    ),
    # heads
    "negative heads": issue("workforce", CREW, "headcount", -3),
    "heads above their maximum": trouble("workforce", CREW, ("heads_bound",), headcount=40, maximum_layoffs=2),
    "heads below a minimum out of reach": trouble(
        "workforce", CREW, ("heads_bound",), minimum_headcount=30, maximum_headcount=40, maximum_hires=1
    ),
    "least heads above most": issue("workforce", CREW, "minimum_headcount", 9, maximum_headcount=3),
    "negative least heads": issue("workforce", CREW, "minimum_headcount", -1),
    "negative most heads": issue("workforce", CREW, "maximum_headcount", -1, minimum_headcount=""),
    "negative hires": issue("workforce", CREW, "maximum_hires", -1),
    "negative layoffs": issue("workforce", CREW, "maximum_layoffs", -1),
    "negative leavers": issue("workforce", CREW, "expected_leavers", -2),
    "more leavers than heads": trouble("workforce", CREW, ("heads_bound", *LOADED), expected_leavers=50),
    "negative temporary heads": issue("workforce", CREW, "temporary_headcount", -1),
    "negative overtime of a head": issue("workforce", CREW, "overtime_hours_per_head", -5),
    "a head works all month": issue("workforce", CREW, "overtime_hours_per_head", 5000),
    "a head works no hour": issue("workforce", CREW, "hours_per_head_per_day", 0),
    "a head works thirty hours a day": issue("workforce", CREW, "hours_per_head_per_day", 30),
    "absence above all": issue("workforce", CREW, "absence_ratio", 1.5),
    "negative absence": issue("workforce", CREW, "absence_ratio", -0.1),
    "heads of an unknown resource": issue("workforce", {"resource_id": "NOBODY", "period_start": PLANNED[0]}, "resource_id", "NOBODY"),
    "heads of a machine": issue("workforce", {"resource_id": "MILL", "period_start": PLANNED[0], "headcount": 3}, "resource_id", "MILL"),
    # what management asks for
    "least production above most": issue("supply_policies", ALPHA, "minimum_production", 90, maximum_production=10),
    "negative least production": issue("supply_policies", ALPHA, "minimum_production", -90),
    "negative most production": issue("supply_policies", PARTS, "maximum_production", -1),
    "production of a billion": trouble("supply_policies", ALPHA, ("overloaded", "excess"), minimum_production=1e9),
    "a closed family": trouble("supply_policies", BETA, ("lead_time_over_target", *SHORT), maximum_production=0),
    "a closed component": trouble("supply_policies", PARTS, SHORT, maximum_production=0),
    "negative backlog allowed": issue("supply_policies", BETA, "maximum_backlog_quantity", -5),
    "no backlog and no production": trouble("supply_policies", BETA, SHORT, maximum_backlog_quantity=0, maximum_production=0),
    "a policy of the far past": issue("supply_policies", GOODS, "valid_from", "1899-01-01"),
    "a policy of the far future": odd("supply_policies", GOODS, valid_from="2199-01-01"),
    "an unknown family's policy": issue("supply_policies", {"family_id": "NONE", "strategy": "level"}, "family_id", "NONE"),
    "production ordered beyond all capacity": trouble("overrides", order("V1", "production", "ALPHA"), ("overloaded",), quantity=1e6),
    "negative production ordered": issue("overrides", order("V2", "production", "ALPHA", 2), "quantity", -5),
    "a stock ordered that nobody can make": trouble(
        "overrides", order("V3", "closing_inventory", "ALPHA", 3), ("overloaded", "below_target", "excess"), quantity=1e6
    ),
    "a purchase of what is made": odd("overrides", order("V4", "purchase", "PARTS", 2), quantity=50),
    "a production of what is bought": odd("overrides", order("V5", "production", "GOODS", 2), quantity=50),
    "an order of the far past": odd("overrides", order("V6", "production", "ALPHA") | {"period_start": "1999-01-01"}, quantity=5),
    "a backlog ordered of a stock family": odd("overrides", order("V7", "closing_backlog", "ALPHA", 4), quantity=10),
    "target below its minimum": issue("inventory_policies", ALPHA, "target_days_of_supply", 2, minimum_days_of_supply=20),
    "target above its maximum": issue("inventory_policies", ALPHA, "target_days_of_supply", 90),
    "negative target days": issue("inventory_policies", PARTS, "target_days_of_supply", -5),
    "negative target": issue("inventory_policies", GOODS, "target_quantity", -100),
    "negative backlog days": issue("inventory_policies", BETA, "target_backlog_days", -10),
    "negative least days": issue("inventory_policies", PARTS, "minimum_days_of_supply", -10),
    "negative most days": issue("inventory_policies", GOODS, "maximum_days_of_supply", -1, minimum_days_of_supply=""),
    "a service level of all": issue("inventory_policies", GOODS, "service_level", 1.0),
    "a target of a billion": trouble("inventory_policies", PARTS, ("limit_not_kept",), target_quantity=1e9),
    # engineering
    "a billion planning units": issue("items", A1, "planning_units_per_unit", 1e9),
    "a billionth planning unit": issue("items", A2, "planning_units_per_unit", 1e-9),
    "negative lot multiple": issue("items", A1, "lot_multiple", -5),
    "negative lot minimum": issue("items", A1, "lot_minimum", -5),
    "lots of a billion": odd("items", P1, lot_minimum=1e9, lot_multiple=1e9),
    "negative volume": issue("items", A1, "storage_volume_m3", -1),
    "a volume of a billion": issue("items", A1, "storage_volume_m3", 1e9),
    "a lead time of centuries": odd("items", P1, lead_time_days=30_000),
    "a lead time of all time": issue("items", {"item_id": "R-1"}, "lead_time_days", 10**12),
    "negative customer lead time": issue("product_families", BETA, "customer_lead_time_days", -5),
    "frozen beyond the horizon": odd("product_families", ALPHA, planning_time_fence_periods=1000),
    "a million parts a unit": trouble("bill_of_materials", {"parent_item_id": "A-1", "component_item_id": "P-1"}, LOADED, quantity_per=1e6),
    "a millionth part a unit": odd("bill_of_materials", {"parent_item_id": "A-2", "component_item_id": "P-1"}, quantity_per=1e-6),
    "a part needed long before": odd(
        "bill_of_materials", {"parent_item_id": "B-1", "component_item_id": "P-1"}, lead_time_offset_days=10_000
    ),
    "a part needed after": issue("bill_of_materials", {"parent_item_id": "B-1", "component_item_id": "P-1"}, "lead_time_offset_days", -90),
    "an item inside its own part": issue(
        "bill_of_materials", {"parent_item_id": "R-1", "component_item_id": "A-1"}, "component_item_id", "A-1", quantity_per=1
    ),
    "families inside each other": trouble(
        "bill_of_materials", {"parent_item_id": "P-2", "component_item_id": "A-2"}, ("circular_families",), quantity_per=0.1
    ),
    "a family without an item": Nonsense(
        "product_families",
        {"family_id": "EMPTY"},
        {"family_name": "Empty", "planning_unit": "pc", "production_strategy": "make_to_stock"},
        "family_id",
        also=(
            odd(
                "sales_forecasts",
                {"author": "Nobody", "family_id": "EMPTY"},
                submitted_on="2026-03-20",
                period_start=PLANNED[1],
                quantity=9,
            ),
        ),
    ),
    "a yield of nearly nothing": issue("routings", {"item_id": "P-1"}, "yield_ratio", 0.0001),
    "a yield of nothing": issue("routings", {"item_id": "A-1"}, "yield_ratio", 0),
    "a million hours a unit": issue("routings", {"item_id": "A-1"}, "run_hours_per_unit", 1e6),
    "a billionth hour a unit": odd("routings", {"item_id": "B-1"}, run_hours_per_unit=1e-9),
    "negative labour hours": issue("routings", {"item_id": "A-1"}, "labour_hours_per_unit", -1),
    "work a hundred periods before": odd("routings", {"item_id": "B-1"}, lead_time_offset_periods=100),
    "shares far below one": issue("routings", {"item_id": "A-2", "routing_id": "main"}, "share_ratio", 0.1),
    "a negative share": issue("routings", {"item_id": "A-2", "routing_id": "out"}, "share_ratio", -1),
    "use of a resource after completion": issue(
        "bill_of_resources", {"family_id": "GOODS", "resource_id": "MILL", "usage_per_unit": 0.1}, "lead_time_offset_periods", -3
    ),
    "use of a resource a hundred periods before": odd(
        "bill_of_resources", {"family_id": "GOODS", "resource_id": "MILL", "usage_per_unit": 0.1}, lead_time_offset_periods=100
    ),
    "work before all time": issue("routings", {"item_id": "B-1"}, "lead_time_offset_periods", 10**12),
    "a part needed before all time": issue(
        "bill_of_materials", {"parent_item_id": "B-1", "component_item_id": "P-1"}, "lead_time_offset_days", 10**12
    ),
    "frozen for all time": odd("product_families", ALPHA, planning_time_fence_periods=10**12, demand_time_fence_periods=0),
    "a market that waits for all time": issue("product_families", BETA, "customer_lead_time_days", 10**12),
    "months without end to add capacity": issue("resources", LINE, "months_to_add_capacity", 10**12),
    # money
    "wages of a billion": odd("planning_costs", cost("regular_wage_per_hour"), value=1e9),
    "no wage": odd("planning_costs", cost("regular_wage_per_hour"), value=0),
    "negative wage": issue("planning_costs", cost("regular_wage_per_hour"), "value", -25),
    "negative overtime wage": issue("planning_costs", cost("overtime_wage_per_hour"), "value", -25),
    "overtime below the wage": odd("planning_costs", cost("overtime_wage_per_hour"), value=1),
    "no holding cost": odd("planning_costs", cost("inventory_carrying_rate_per_year"), value=0),
    "holding at 500 %": odd("planning_costs", cost("inventory_carrying_rate_per_year"), value=5),
    "negative holding rate": issue("planning_costs", cost("inventory_carrying_rate_per_year"), "value", -0.2),
    "negative backorder cost": issue("planning_costs", cost("backorder_cost_per_unit_period"), "value", -5),
    "backorders cost nothing": odd("planning_costs", cost("backorder_cost_per_unit_period"), value=0),
    "a reward for hiring": issue("planning_costs", cost("hire_cost_per_head"), "value", -1000),
    "negative production cost": issue("planning_costs", cost("production_cost_per_unit", "family", "ALPHA"), "value", -7),
    "a subcontractor paid by nobody": odd("planning_costs", cost("subcontract_cost_per_unit", "family", "ALPHA"), value=0),
    "negative days of payment": issue("planning_costs", cost("days_sales_outstanding"), "value", -10),
    "paid at the end of time": issue("planning_costs", cost("days_sales_outstanding"), "value", 1e12),
    "a trillion for each of a billion": odd("sales_orders", {"order_id": "O-G-1-04"}, ordered_quantity=1e9, net_unit_price=1e12),
    "all the stock there can be": odd("inventory", {"item_id": "G-1"}, quantity=9e13),
    "a forecast of all there can be": odd("sales_forecasts", {"family_id": "GOODS", "period_start": PLANNED[3]}, quantity=3e12),
    "a cost of a trillion": issue("standard_costs", A1, "total_cost", 1e12),
    "a cost of nearly nothing": odd("standard_costs", {"item_id": "B-1"}, total_cost=0.0001),
    "sold for nothing": odd("prices", {"item_id": "G-1"}, net_price=0),
    "sold for a trillion": odd("prices", A1, net_price=1e12),
    # time
    "hardly a working day": issue("working_calendar", {"period_start": PLANNED[1]}, "working_days", 0.001),
    "every day is a working day": odd("working_calendar", {"period_start": PLANNED[2]}, working_days=30),
    "more working days than days": issue("working_calendar", {"period_start": PLANNED[3]}, "working_days", 45),
    "negative working days": issue("working_calendar", {"period_start": PLANNED[4]}, "working_days", -3),
    "a calendar that ended": Nonsense("working_calendar", {}, {}, "period_start", kept_rows=4),
    "no working day is known": Nonsense("working_calendar", {}, {}, is_told=False, kept_rows=0),
    # twice
    "two policies of a family": Nonsense("supply_policies", GOODS, {"maximum_backlog_quantity": 7}, "family_id", is_second=True),
    "two headcounts": Nonsense("workforce", CREW, {"headcount": 3}, "resource_id", is_second=True),
    "two resources of one name": Nonsense("resources", MILL, {"hours_per_day": 9}, "resource_id", is_second=True),
    "two lines of one part": Nonsense(
        "bill_of_materials", {"parent_item_id": "A-1", "component_item_id": "P-1"}, {"quantity_per": 3}, "parent_item_id", is_second=True
    ),
    "the same stock twice": Nonsense("inventory", A1, {}, "item_id", is_second=True),
    "two orders on one cell": Nonsense(
        "overrides",
        order("V8", "production", "ALPHA", 4),
        {"quantity": 40},
        also=(odd("overrides", order("V9", "production", "ALPHA", 4), quantity=60),),
    ),
    # suppliers
    "negative minimum order": issue("supplier_items", R1, "minimum_order_quantity", -5),
    "an order multiple of nothing": issue("supplier_items", R1, "order_multiple", 0),
    "negative order multiple": issue("supplier_items", R1, "order_multiple", -10),
    "negative supplier price": issue("supplier_items", R1, "price", -4),
    "negative supplier lead time": issue("supplier_items", R1, "lead_time_days", -20),
    "a supplier's lead time of decades": odd("supplier_items", R1, lead_time_days=30_000),
    "a supplier's lead time of all time": issue("supplier_items", R1, "lead_time_days", 10**12),
    "supplier shares above one": issue("supplier_items", R1, "share_ratio", 5),
    "a negative supplier share": issue("supplier_items", R1, "share_ratio", -0.5),
    "negative supplier capacity": issue("supplier_capacity", {"item_id": "G-1", "period_start": PLANNED[2]}, "maximum_quantity", -5),
    "a supplier who delivers nothing": trouble("supplier_capacity", {"item_id": "G-1"}, SHORT, maximum_quantity=0),
    # orders
    "one giant order": trouble("sales_orders", {"order_id": "O-A-1-04"}, ("short",), ordered_quantity=1e9),
    "a work order of centuries ago": odd("open_work_orders", {"work_order_id": "W-1"}, due_date="1950-01-01"),
    "a negative work order": issue("open_work_orders", {"work_order_id": "W-1"}, "remaining_quantity", -5),
    "a work order of a billion": trouble("open_work_orders", {"work_order_id": "W-1"}, ("schedule_off_plan",), remaining_quantity=1e9),
    "a purchase order of centuries to come": odd("open_purchase_orders", {"purchase_order_id": "PO-1"}, due_date="2190-01-01"),
    "a purchase order of a billion": odd("open_purchase_orders", {"purchase_order_id": "PO-1"}, open_quantity=1e9),
    "a forecast of a billion": trouble(
        "sales_forecasts", {"family_id": "BETA", "period_start": PLANNED[2]}, ("short", "below_target"), quantity=1e9
    ),
    "a forecast beyond all money": issue("sales_forecasts", {"family_id": "BETA", "period_start": PLANNED[3]}, "quantity", 9e13),
    "a forecast of nothing": Nonsense("sales_forecasts", {"author": "Sales"}, {"quantity": 0}, kinds=SHORT, is_told=False),
}
