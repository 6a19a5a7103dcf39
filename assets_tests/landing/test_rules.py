"""Rules across extracts: each has data that breaks it and data that does not; the engine sets aside, tells and orders."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing_case import FAMILIES, company_of, take

from sop_pipeline import warehouse
from sop_pipeline.company import Company
from sop_pipeline.contracts import ColumnSpec, column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.rules import CrossRule, apply_rules, cross_rules, last_period_start, rule_values
from sop_pipeline.settings import Settings
from sop_pipeline.sql_files import SqlFile
from sop_pipeline.warehouse import quoted

AS_OF = dt.date(2026, 11, 2)
COMPANY = Company(Path(), Settings(company="Acme", reporting_currency="EUR", calendar="fiscal", horizon_periods=3), AS_OF)
LAST_PERIOD = dt.date(2027, 1, 1)
RULES = {rule.file.table: rule for rule in cross_rules()}
Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

FILLER = {"text": "x", "date": dt.date(2026, 1, 1), "quantity": 1, "money": 1, "ratio": 1.0, "count": 1, "flag": True}
SQL_TYPES = {
    "text": "varchar",
    "date": "date",
    "quantity": "decimal(18, 4)",
    "money": "decimal(18, 4)",
    "ratio": "double",
    "count": "bigint",
    "flag": "boolean",
}


@dataclass(frozen=True)
class Case:
    """`breaks`: rows of the rule's own extract that must be named, by their line (the first row is line 1); the others must not."""

    own: Sequence[Row]
    breaks: Sequence[int]
    others: Tables = field(default_factory=dict)


def filled(spec: ColumnSpec, row: Row, line: int) -> Any:
    if spec.name == "source_line":
        return line
    if spec.name in row:
        return row[spec.name]
    if spec.is_optional and spec.default is None:
        return None
    return spec.allowed_values[0] if spec.allowed_values else spec.default or FILLER[spec.kind]


def stage_rows(con: duckdb.DuckDBPyConnection, tables: Tables, extracts: Iterable[str] = EXTRACTS) -> None:
    """Staging tables: the rows named, what a row leaves out filled where it is required; empty where not named."""
    for extract in extracts:
        specs = column_specs(contract_of(f"staging.{extract}"))
        listed = ", ".join(f"{quoted(spec.name)} {SQL_TYPES[spec.kind]}" for spec in specs)
        con.execute(f"create or replace table staging.{extract} ({listed})")
        for line, row in enumerate(tables.get(extract, ()), start=1):
            unknown = row.keys() - {spec.name for spec in specs}
            assert not unknown, f"{extract} has no column {unknown}"
            marks = ", ".join("?" for _ in specs)
            con.execute(f"insert into staging.{extract} values ({marks})", [filled(spec, row, line) for spec in specs])


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One database for all rules; each stages what it reads anew."""
    with warehouse.connect(None) as opened:
        yield opened


def found_lines(con: duckdb.DuckDBPyConnection, rule: CrossRule, tables: Tables) -> list[int]:
    stage_rows(con, tables, {rule.extract, *(table.removeprefix("staging.") for table in rule.reads)})
    failing = warehouse.failing_rows(con, rule.file, rule_values(COMPANY, LAST_PERIOD))
    assert failing.columns == ["source_file", "source_line", "value"]
    assert failing["value"].null_count() == 0
    return sorted(set(failing["source_line"]))


ITEM = {"items": [{"item_id": "A", "unit_of_measure": "pc", "family_id": "P", "sourcing": "make", "item_type": "finished"}]}
FAMILY = {"product_families": [{"family_id": "P", "product_group": "G"}]}
RESOURCE = {"resources": [{"resource_id": "R", "resource_type": "labour"}]}


def unknown(column: str, masters: Tables, known: str, **more: Any) -> Case:
    """A known code, an unknown one, and none where the column may be empty."""
    return Case([{column: known, **more}, {column: "nobody", **more}, {column: None, **more}], [2], masters)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


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
RATES = {
    "exchange_rates": [
        {"from_currency": "USD", "to_currency": "EUR", "rate_type": "actual", "valid_from": day("2026-03-01")},
        {"from_currency": "EUR", "to_currency": "GBP", "rate_type": "actual", "valid_from": day("2026-03-01")},
        {"from_currency": "CHF", "to_currency": "EUR", "rate_type": "actual", "valid_from": day("2026-11-02")},
    ]
}
UNITS = {
    **ITEM,
    "unit_conversions": [
        {"item_id": None, "from_unit": "doz", "to_unit": "pc"},
        {"item_id": "A", "from_unit": "pc", "to_unit": "box"},
        {"item_id": "B", "from_unit": "pal", "to_unit": "pc"},
    ],
}


def bom(*lines: str) -> list[Row]:
    return [{"parent_item_id": line[0], "component_item_id": line[1]} for line in lines]


def rates(*stated: tuple[str, float]) -> list[Row]:
    return [{"from_currency": pair[:3], "to_currency": pair[3:], "rate": rate} for pair, rate in stated]


def order(**more: Any) -> Row:
    return {"order_id": "1", "order_line": "1", "item_id": "A", "ordered_quantity": 10, "order_date": day("2026-02-01"), **more}


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
    "engineering_changes__unknown_item": unknown("new_item_id", ITEM, "A"),
    "bill_of_materials__unknown_parent": unknown("parent_item_id", ITEM, "A"),
    "bill_of_materials__unknown_component": unknown("component_item_id", ITEM, "A"),
    "product_launches__unknown_like_item": unknown("like_item_id", ITEM, "A"),
    "routings__unknown_labour_resource": unknown("labour_resource_id", RESOURCE, "R"),
    "business_plan__unknown_product_group": unknown("product_group", FAMILY, "G"),
    "planning_costs__unknown_family": unknown("scope_id", FAMILY, "P", scope="family"),
    "planning_costs__unknown_resource": unknown("scope_id", RESOURCE, "R", scope="resource"),
    "items__unknown_successor": Case([{"item_id": "A", "successor_item_id": "B"}, {"item_id": "B", "successor_item_id": "C"}], [2]),
    "items__successor_loop": Case(
        [
            {"item_id": "A", "successor_item_id": "B"},
            {"item_id": "B", "successor_item_id": "C"},
            {"item_id": "C", "successor_item_id": "B"},
            {"item_id": "D", "successor_item_id": "E"},
            {"item_id": "E"},
        ],
        [2, 3],
    ),
    "items__sold_without_family": Case(
        [{"item_id": "A"}, {"item_id": "B"}, {"item_id": "C", "family_id": "P"}],
        [1],
        {"sales_orders": [order(item_id="A"), order(item_id="B", order_type="free"), order(item_id="C")]},
    ),
    "items__sold_without_cost": Case(
        [{"item_id": "A"}, {"item_id": "B"}, {"item_id": "C"}],
        [1],
        {"shipments": [{"item_id": "A"}, {"item_id": "B"}], "standard_costs": [{"item_id": "B"}]},
    ),
    "shipments__shipped_before_ordered": Case(
        [
            {"order_id": "1", "order_line": "1", "ship_date": day("2026-01-31")},
            {"order_id": "1", "order_line": "1", "ship_date": day("2026-02-01")},
            {"order_id": "2", "order_line": "1", "ship_date": day("2026-01-01")},
        ],
        [1],
        {"sales_orders": [order()]},
    ),
    "shipments__unknown_order": unknown("order_id", {"sales_orders": [order()]}, "1"),
    "shipments__return_as_positive_quantity": Case(
        [{"shipped_quantity": 1, "net_amount": -5}, {"shipped_quantity": -1, "net_amount": -5}, {"shipped_quantity": 1, "net_amount": 5}],
        [1],
    ),
    "sales_orders__cancelled_left_open": Case(
        [
            order(order_status="cancelled"),
            order(order_status="cancelled", cancelled_quantity=10),
            order(order_status="cancelled", cancelled_quantity=6, shipped_quantity=4),
            order(order_status="open"),
        ],
        [1],
    ),
    "sales_orders__closed_with_open_rest": Case(
        [
            order(order_status="closed", shipped_quantity=8),
            order(order_status="closed", shipped_quantity=8, cancelled_quantity=2),
            order(order_status="closed"),
            order(order_status="open", shipped_quantity=8),
        ],
        [1],
    ),
    "sales_orders__open_without_rest": Case(
        [
            order(order_status="open", shipped_quantity=8, cancelled_quantity=2),
            order(order_status="open", shipped_quantity=8),
            order(order_status="closed", shipped_quantity=10),
        ],
        [1],
    ),
    "sales_orders__price_unlike_item": Case(
        [*(order(net_unit_price=price) for price in (9, 10, 10, 11, 10, 1000)), order(net_unit_price=1000, per_quantity=100)], [6]
    ),
    "sales_orders__shipments_disagree": Case(
        [
            order(shipped_quantity=8),
            order(order_id="2", shipped_quantity=3),
            order(order_id="2", schedule_line="2", shipped_quantity=4),
            order(order_id="3", shipped_quantity=1),
            order(order_id="4", shipped_quantity=9, last_ship_date=AS_OF),
        ],
        [1],
        {
            "shipments": [
                {"order_id": number, "order_line": "1", "item_id": "A", "shipped_quantity": quantity}
                for number, quantity in (("1", 5), ("1", 2), ("2", 7), ("4", 1))
            ]
        },
    ),
    "sales_forecasts__after_phase_out": Case(
        [
            {"item_id": "A", "period_start": day("2026-04-01")},
            {"item_id": "A", "period_start": day("2026-03-01")},
            {"item_id": "A", "period_start": day("2026-04-01"), "quantity": 0},
            {"item_id": "B", "period_start": day("2026-04-01")},
        ],
        [1],
        {"items": [{"item_id": "A", "phase_out_date": day("2026-03-15")}, {"item_id": "B"}]},
    ),
    "overrides__two_on_one_cell": Case(
        [
            {
                "override_id": str(number),
                "measure": "demand",
                "family_id": family,
                "step": step,
                "entered_on": day(entered),
                "quantity": 5,
                **dates,
            }
            for number, (family, step, entered, dates) in enumerate(
                [
                    ("F", "sales", "2026-10-20", {"period_start": day("2026-12-01")}),
                    ("F", "sales", "2026-10-21", {"period_start": day("2026-12-01")}),
                    ("F", "finance", "2026-10-21", {"period_start": day("2026-12-01")}),
                    ("F", "sales", "2026-10-22", {"period_start": day("2026-12-01"), "expires_on": AS_OF}),
                    ("F", "sales", "2026-11-03", {"period_start": day("2026-12-01")}),
                    ("G", "sales", "2026-08-21", {"period_start": day("2026-09-01")}),
                    ("G", "sales", "2026-08-22", {"period_start": day("2026-09-01")}),
                ]
            )
        ],
        [1, 2],
    ),
    "product_families__fence_on_make_to_stock": Case(
        [
            {"family_id": strategy[8:] + str(periods), "production_strategy": strategy, "demand_time_fence_periods": periods}
            for strategy in ("make_to_stock", "make_to_order")
            for periods in (2, 0)
        ],
        [1],
    ),
    "overrides__expired": Case(
        [
            {"override_id": str(number), "entered_on": day(entered), "period_start": day(period), "expires_on": expires}
            for number, (entered, period, expires) in enumerate(
                [
                    ("2026-10-20", "2026-12-01", AS_OF),
                    ("2026-10-20", "2026-12-01", day("2026-11-03")),
                    ("2026-10-20", "2026-12-01", None),
                    ("2026-08-20", "2026-09-01", day("2026-09-20")),
                    ("2026-11-03", "2026-12-01", day("2026-10-20")),
                ]
            )
        ],
        [1],
    ),
    "product_launches__before_routing": Case(
        [{"item_id": name, "launch_date": day("2026-06-01")} for name in "ABCD"],
        [2, 3],
        {
            "items": [{"item_id": name, "sourcing": "buy" if name == "D" else "make"} for name in "ABCD"],
            "routings": [{"item_id": "A"}, {"item_id": "B", "valid_from": day("2026-06-02")}],
        },
    ),
    "product_launches__before_bill_of_material": Case(
        [{"item_id": name, "launch_date": day("2026-06-01")} for name in "ABCD"],
        [2, 3],
        {
            "items": [{"item_id": name, "sourcing": "buy" if name == "D" else "make"} for name in "ABCD"],
            "bill_of_materials": [{"parent_item_id": "A"}, {"parent_item_id": "B", "valid_from": day("2026-06-02")}],
        },
    ),
    "bill_of_materials__cycle": Case(bom("AB", "BC", "CB", "BD", "DE", "EF", "FD", "GH"), [2, 3, 5, 6, 7]),
    "unit_conversions__inverse_disagrees": Case(
        [
            {"from_unit": "box", "to_unit": "pc", "factor": 12},
            {"from_unit": "pc", "to_unit": "box", "factor": 0.08},
            {"from_unit": "doz", "to_unit": "pc", "factor": 12},
            {"from_unit": "pc", "to_unit": "doz", "factor": 0.08333333},
            {"item_id": "A", "from_unit": "pc", "to_unit": "doz", "factor": 0.1},
        ],
        [1, 2],
    ),
    "unit_conversions__looks_inverted": Case(
        [
            {"item_id": name, "from_unit": "box", "to_unit": "pc", "factor": factor}
            for name, factor in zip("ABCD", (12, 12, 0.0833, 6), strict=True)
        ],
        [3],
    ),
    "exchange_rates__directions_disagree": Case(
        rates(("USDEUR", 0.9), ("EURUSD", 1.0), ("GBPEUR", 1.25), ("EURGBP", 0.8), ("CHFEUR", 1.0)), [1, 2]
    ),
    "exchange_rates__triangle_disagrees": Case(
        rates(("USDEUR", 0.9), ("USDGBP", 0.75), ("GBPEUR", 1.2), ("JPYUSD", 0.01), ("JPYEUR", 0.02)), [5]
    ),
    "inventory__snapshot_without_site": Case(
        [
            {"snapshot_date": day("2026-01-31"), "site_id": "N"},
            {"snapshot_date": day("2026-01-31"), "site_id": "S"},
            {"snapshot_date": day("2026-02-28"), "site_id": "N"},
            {"snapshot_date": day("2026-03-31"), "site_id": "N"},
            {"snapshot_date": day("2026-03-31"), "site_id": "S"},
        ],
        [3],
    ),
    "inventory__negative_stock": Case([{"quantity": -1}, {"quantity": 0}], [1]),
    "resources__without_capacity": Case(
        [
            {"resource_id": "A", "hours_per_day": 8},
            {"resource_id": "B"},
            {"resource_id": "C", "is_critical": False},
            {"resource_id": "D", "resource_type": "labour"},
            {"resource_id": "E"},
            {"resource_id": "F"},
            {"resource_id": "STORE", "resource_type": "facility", "capacity_unit": "m3", "number_of_units": 60},
            {"resource_id": "YARD", "resource_type": "facility", "capacity_unit": "m3", "number_of_units": 1},
            {"resource_id": "CASH", "resource_type": "material", "capacity_unit": "EUR", "number_of_units": 50000},
            {"resource_id": "MILL", "resource_type": "equipment", "capacity_unit": "hours", "number_of_units": 3},
            {"resource_id": "LATHE", "resource_type": "equipment", "capacity_unit": "hours"},
        ],
        [2, 5, 8, 10, 11],
        {
            "workforce": [
                {"resource_id": "D", "headcount": 3, "period_start": day("2026-11-01")},
                {"resource_id": "LATHE", "headcount": 3, "period_start": day("2026-11-01")},
            ],
            "resource_capacity": [
                {"resource_id": "E", "regular_capacity": 9, "period_start": day("2026-12-01")},
                {"resource_id": "F", "regular_capacity": 9, "period_start": day("2027-01-01")},
            ],
        },
    ),
    "resources__store_with_opening_hours": Case(
        [
            {"resource_id": "A", "resource_type": "facility", "capacity_unit": "pallets", "number_of_units": 480, "hours_per_day": 24},
            {"resource_id": "B", "resource_type": "facility", "capacity_unit": "m3", "hours_per_day": 800},
            {"resource_id": "C", "resource_type": "material", "capacity_unit": "EUR", "number_of_units": 9000, "hours_per_day": 8},
            {"resource_id": "D", "resource_type": "facility", "capacity_unit": "pallets", "number_of_units": 480},
            {"resource_id": "E", "resource_type": "facility", "capacity_unit": "hours", "hours_per_day": 16},
        ],
        [1, 3],
    ),
    "product_families__without_items": Case(
        [{"family_id": "P"}, {"family_id": "Q"}], [2], {"items": [{"item_id": "A", "family_id": "P"}, {"item_id": "R", "family_id": None}]}
    ),
    "product_families__make_without_routing": Case(
        [{"family_id": name} for name in "PQRS"],
        [2],
        {
            **RESOURCE,
            "items": [
                {"item_id": name, "family_id": family, "item_type": "finished", "sourcing": sourcing}
                for name, family, sourcing in (("A", "P", "make"), ("B", "Q", "make"), ("C", "R", "make"), ("D", "S", "buy"))
            ],
            "routings": [{"item_id": "A"}],
            "bill_of_resources": [{"family_id": "R"}],
        },
    ),
    "routings__two_sites": Case(
        [
            {"item_id": "A", "routing_id": "main", "resource_id": "R"},
            {"item_id": "A", "routing_id": "main", "resource_id": "S"},
            {"item_id": "A", "routing_id": "second", "resource_id": "S"},
        ],
        [1, 2],
        {"resources": [{"resource_id": "R", "site_id": "N"}, {"resource_id": "S", "site_id": "S"}]},
    ),
    "routings__shares_not_one": Case(
        [
            {"item_id": "A", "routing_id": "main", "share_ratio": 0.5},
            {"item_id": "A", "routing_id": "main", "share_ratio": 0.5},
            {"item_id": "A", "routing_id": "second", "share_ratio": 0.4},
            {"item_id": "B", "routing_id": "main", "share_ratio": 0.6},
            {"item_id": "B", "routing_id": "second", "share_ratio": 0.4},
            {"item_id": "C", "routing_id": "main"},
            {"item_id": "C", "routing_id": "second"},
        ],
        [1],
    ),
    "planning_bills__variants_not_one": Case(
        [
            {"family_id": "P", "item_id": "A", "mix_ratio": 0.5, "kind": "variant"},
            {"family_id": "P", "item_id": "B", "mix_ratio": 0.4, "kind": "variant"},
            {"family_id": "Q", "item_id": "A", "mix_ratio": 1, "kind": "variant"},
            {"family_id": "Q", "item_id": "B", "mix_ratio": 0.3, "kind": "option"},
        ],
        [1],
    ),
    "supplier_items__shares_not_one": Case(
        [
            {"item_id": "A", "supplier_id": "S", "share_ratio": 0.7},
            {"item_id": "A", "supplier_id": "T", "share_ratio": 0.4},
            {"item_id": "B", "supplier_id": "S", "share_ratio": 0.9, "valid_from": day("2026-01-01")},
            {"item_id": "B", "supplier_id": "S", "share_ratio": 1, "valid_from": day("2026-02-01")},
            {"item_id": "C", "supplier_id": "S"},
        ],
        [1],
    ),
    "sales_forecasts__worth_beyond_money": Case(
        [
            {"item_id": None, "family_id": "P", "quantity": 10**12},
            {"item_id": None, "family_id": "P", "quantity": 2 * 10**12 + 1},
            {"item_id": "A", "family_id": None, "quantity": 10**12},
            {"item_id": "B", "family_id": None, "quantity": 10**12},
            {"item_id": "C", "family_id": None, "quantity": 9 * 10**13},
        ],
        [2, 4],
        {
            "items": [
                {"item_id": "A", "family_id": "P", "planning_units_per_unit": 1.0},
                {"item_id": "B", "family_id": "P", "planning_units_per_unit": 5.0},
                {"item_id": "C", "family_id": None},
            ],
            "prices": [{"item_id": "A", "net_price": 100}, {"item_id": "B", "net_price": 300}],
            "standard_costs": [{"item_id": "A", "total_cost": 60}, {"item_id": "B", "total_cost": 100}],
        },
    ),
    "standard_costs__far_from_all_others": Case(
        [
            {"item_id": "A", "total_cost": 4},
            {"item_id": "B", "total_cost": 60},
            {"item_id": "C", "total_cost": 60_000_000},
            {"item_id": "D", "total_cost": 6_100_000_000},
            {"item_id": "E", "total_cost": 6_100_000_000, "per_quantity": 1000},
            {"item_id": "F", "total_cost": 0.001, "per_quantity": 1000},
            {"item_id": "G", "total_cost": 60},
            {"item_id": "H", "total_cost": 60},
            {"item_id": "I", "total_cost": 60},
        ],
        [4, 6],
    ),
    "scenarios__no_supplier_limit": Case(
        [
            {"measure": "supplier_capacity", "period_from": day("2026-12-01")},
            {"measure": "supplier_capacity", "period_to": day("2026-11-01")},
            {"measure": "demand", "period_from": day("2026-12-01")},
        ],
        [1],
        {"supplier_capacity": [{"period_start": day("2026-11-01")}]},
    ),
    "workforce__resource_without_labour": Case(
        [{"resource_id": "R"}, {"resource_id": "M"}],
        [2],
        {"resources": [*RESOURCE["resources"], {"resource_id": "M", "resource_type": "equipment"}]},
    ),
    "working_calendar__ends_before_horizon": Case(
        [
            {"site_id": "N", "period_start": day("2026-11-01")},
            {"site_id": "N", "period_start": day("2026-12-01")},
            {"site_id": "S", "period_start": day("2027-01-01")},
        ],
        [2],
    ),
    "fiscal_calendar__ends_before_horizon": Case(
        [
            {"period_start": day("2026-10-01"), "period_end": day("2026-10-31")},
            {"period_start": day("2026-11-01"), "period_end": day("2026-11-28")},
            {"period_start": day("2026-11-29"), "period_end": day("2026-12-26")},
        ],
        [3],
    ),
    "fiscal_calendar__gap_or_overlap": Case(
        [
            {"period_start": day("2026-10-01"), "period_end": day("2026-10-31")},
            {"period_start": day("2026-11-02"), "period_end": day("2026-11-28")},
            {"period_start": day("2026-11-28"), "period_end": day("2026-12-26")},
            {"period_start": day("2026-12-27"), "period_end": day("2027-01-23")},
        ],
        [2, 3],
    ),
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
    "fiscal_calendar__label_not_unique": Case([{"period_label": label} for label in ("P01", "P02", "P01")], [1, 3]),
}


def test_every_rule_has_a_case_and_every_case_a_rule():
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_rule_names_the_rows_that_break_it_and_no_other(con: duckdb.DuckDBPyConnection, name: str):
    case, rule = CASES[name], RULES[name]
    assert 0 < len(case.breaks) < len(case.own), "a case holds rows that break the rule and rows that do not"
    assert found_lines(con, rule, {**case.others, rule.extract: case.own}) == list(case.breaks)


@pytest.mark.parametrize(
    ("calendar", "horizon_periods", "starts", "expected"),
    [
        ("months", 3, [], "2027-01-01"),
        ("months", 14, [], "2027-12-01"),
        # 4-4-5 weeks: the as-of date lies in the period of 26 October
        ("fiscal", 1, [4, 4, 5, 4, 4, 5], "2026-10-26"),
        ("fiscal", 3, [4, 4, 5, 4, 4, 5], "2026-12-28"),
        ("fiscal", 9, [4, 4, 5, 4, 4, 5], "2027-01-25"),
        ("fiscal", 3, [], "2026-11-02"),
    ],
)
def test_the_horizon_counts_periods_of_the_companys_calendar(
    con: duckdb.DuckDBPyConnection, calendar: str, horizon_periods: int, starts: list[int], expected: str
):
    first = dt.date(2026, 8, 31)
    rows = []
    for weeks in starts:
        end = first + dt.timedelta(weeks=weeks, days=-1)
        rows.append({"period_start": first, "period_end": end})
        first = end + dt.timedelta(days=1)
    stage_rows(con, {"fiscal_calendar": rows}, {"fiscal_calendar"})
    settings = Settings(company="Acme", reporting_currency="EUR", calendar=calendar, horizon_periods=horizon_periods)
    assert last_period_start(con, Company(Path(), settings, AS_OF), {"staging.fiscal_calendar"}) == day(expected)


def test_a_horizon_of_thirteen_periods_a_year_asks_the_working_calendar_for_no_more(tmp_path: Path):
    """Thirteen periods of four weeks end before the thirteenth month begins; a calendar that reaches them is complete."""
    starts = [dt.date(2026, 10, 12) + dt.timedelta(weeks=4 * number) for number in range(14)]
    fiscal = "".join(f"{start},{start + dt.timedelta(days=27)},P{number:02},2026,1\n" for number, start in enumerate(starts))
    files = {
        "extracts/finance/fiscal_calendar.csv": "period_start,period_end,period_label,fiscal_year,fiscal_quarter\n" + fiscal,
        "extracts/production/working_calendar.csv": "site_id,period_start,working_days\n"
        + "".join(f"N,{start},20\n" for start in starts[:13])
        + "".join(f"S,{start},20\n" for start in starts[:12]),
    }
    company = company_of(tmp_path, files, "calendar: fiscal\nhorizon_periods: 13\n")
    with warehouse.connect(None) as opened:
        loads = [take(opened, company, name).staged.load for name in ("fiscal_calendar", "working_calendar")]
        found = apply_rules(opened, company, loads).issues
    assert found.select("rule", "value").rows() == [("ends_before_horizon", f"S ends {starts[11]}")]


def test_in_months_a_period_begins_on_the_first(tmp_path: Path):
    """A row that no period begins with is joined with nothing: it is set aside with its quantity, not lost."""
    files = {
        "extracts/finance/fiscal_calendar.csv": "period_start,period_end,period_label,fiscal_year,fiscal_quarter\n"
        "2026-11-15,2026-12-14,P1,2026,1\n",
        "extracts/sales/sales_forecasts.csv": "submitted_on,author,family_id,period_start,quantity\n"
        "2026-10-30,Ann,P,2026-12-01,7\n2026-10-30,Ann,P,2026-12-15,9\n",
        "extracts/engineering/product_families.csv": FAMILIES,
    }
    company = company_of(tmp_path, files)
    with warehouse.connect(None) as opened:
        loads = [take(opened, company, name).staged.load for name in ("fiscal_calendar", "product_families", "sales_forecasts")]
        outcome = apply_rules(opened, company, loads)
        kept = warehouse.read(opened, "staging.sales_forecasts")
    named = outcome.issues.filter(rule="no_period_begins").select("source_line", "column_name", "value", "severity", "quantity")
    assert named.rows() == [(3, "period_start", "2026-12-15", "error", 9.0)]
    assert kept.get_column("quantity").cast(int).to_list() == [7]


def test_a_master_that_cannot_be_read_is_one_mistake_not_one_a_row(tmp_path: Path):
    """Without items nothing is published anyway; that no item is known then says nothing of the rows that name them."""
    company = company_of(
        tmp_path,
        {
            "extracts/engineering/items.csv": "material\nA\n",
            "extracts/production/production_history.csv": "production_id,item_id,completion_date,good_quantity\n1,A,2026-01-05,10\n",
        },
    )
    with warehouse.connect(None) as opened:
        taken = [take(opened, company, name).staged for name in ("items", "production_history")]
        outcome = apply_rules(opened, company, [staged.load for staged in taken])
        kept = warehouse.count(opened, "staging.production_history")
    assert taken[0].load.status == "unusable"
    assert outcome.issues.height == 0
    assert kept == 1
    not_run = {result.rule.file.table for result in outcome.results if result.rows is None}
    assert "production_history__unknown_item" in not_run


def test_masters_that_are_not_supplied_make_nobody_unknown(con: duckdb.DuckDBPyConnection):
    for name in ("routings__unknown_resource", "sales_orders__unknown_customer", "purchase_receipts__unknown_supplier"):
        assert found_lines(con, RULES[name], {RULES[name].extract: CASES[name].own}) == []


def test_error_rules_run_masters_first_and_before_what_only_tells():
    order_of_run = [rule.file.table for rule in cross_rules()]
    assert order_of_run.index("bill_of_materials__unknown_component") < order_of_run.index("items__sold_without_family")
    severities = [rule.severity == "error" for rule in cross_rules()]
    assert severities == sorted(severities, reverse=True)


def rule_of(name: str, query: str, severity: str = "error") -> CrossRule:
    header = f"-- Rows.\n-- severity: {severity}\n-- owner: team:x\n-- column: item_id\n-- hint: Do it.\n"
    return cross_rules({name: SqlFile(Path(name), name, header + query)})[0]


def test_what_refers_to_a_row_that_is_set_aside_is_unknown_too(tmp_path: Path):
    no_items = rule_of("staging.items__bad", "select source_file, source_line, item_id as value from staging.items where item_id = 'B'")
    with warehouse.connect(None) as con:
        files = {
            "extracts/engineering/items.csv": (
                "item_id,item_name,item_type,unit_of_measure,sourcing\nA,Pump,finished,pc,make\nB,Bad,finished,pc,make\n"
            ),
            "extracts/production/production_history.csv": (
                "production_id,item_id,completion_date,good_quantity\n1,A,2026-01-05,10\n2,B,2026-01-05,20\n3,C,2026-01-05,40\n"
            ),
        }
        company = company_of(tmp_path, files)
        loads = [take(con, company, extract).staged.load for extract in ("items", "production_history")]
        outcome = apply_rules(con, company, loads, [no_items, RULES["production_history__unknown_item"]])
        kept = warehouse.read(con, "staging.production_history")
    assert kept["production_id"].to_list() == ["1"]
    assert outcome.rejected == {"items": 1, "production_history": 2}
    told = outcome.issues.filter(extract="production_history").select("source_line", "column_name", "value", "rule", "quantity")
    assert told.rows() == [(3, "item_id", "B", "unknown_item", 20.0), (4, "item_id", "C", "unknown_item", 40.0)]


def test_a_row_is_named_by_every_error_rule_it_breaks_and_set_aside_once(tmp_path: Path):
    content = "production_id,item_id,completion_date,good_quantity\n1,C,2026-01-05,10\n"
    rules = [
        rule_of(f"staging.production_history__{name}", "select source_file, source_line, 'no' as value from staging.production_history")
        for name in ("first", "second")
    ]
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {"extracts/production/production_history.csv": content})
        load = take(con, company, "production_history").staged.load
        outcome = apply_rules(con, company, [load], rules)
        left = warehouse.count(con, "staging.production_history")
    assert outcome.issues.select("rule", "value", "quantity").rows() == [("first", "no", 10.0), ("second", "no", 10.0)]
    assert (outcome.rejected, left) == ({"production_history": 1}, 0)


def test_a_stop_keeps_its_rows_and_is_reported_as_one(tmp_path: Path):
    content = (
        "period_start,period_end,period_label,fiscal_year,fiscal_quarter\n"
        "2026-10-01,2026-10-28,P01,2026,1\n2026-10-29,2026-11-25,P01,2026,1\n2026-11-27,2026-12-23,P03,2026,1\n"
    )
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {"extracts/finance/fiscal_calendar.csv": content}, "calendar: fiscal\n")
        taken = take(con, company, "fiscal_calendar")
        outcome = apply_rules(con, company, [taken.staged.load])
        left = warehouse.count(con, "staging.fiscal_calendar")
    assert [(result.rule.name, result.rows) for result in outcome.stops] == [("gap_or_overlap", 1), ("label_not_unique", 2)]
    assert left == 3


def test_a_rule_whose_tables_nobody_staged_says_it_did_not_run(tmp_path: Path):
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {})
        load = take(con, company, "prices").staged.load
        results = apply_rules(con, company, [load]).results
    assert {result.rows for result in results} == {None}


def test_a_rule_file_without_a_header_field_or_with_an_unknown_severity_is_refused():
    with pytest.raises(ValueError, match="the header lacks severity, owner, column, hint"):
        cross_rules({"staging.items__x": SqlFile(Path("x.sql"), "staging.items__x", "-- Rows.\nselect 1")})
    with pytest.raises(ValueError, match="severity 'fatal' is none of"):
        rule_of("staging.items__x", "select 1", severity="fatal")


def test_overrides_of_one_cell_say_what_each_wanted(con: duckdb.DuckDBPyConnection):
    cell = {"measure": "demand", "family_id": "F", "period_start": day("2026-12-01"), "step": "sales", "source_file": "o.csv"}
    own = [
        {"override_id": "A", "entered_on": day("2026-10-20"), "change_ratio": 0.5, **cell},
        {"override_id": "B", "entered_on": day("2026-10-21"), "change_quantity": -7, **cell},
        {"override_id": "C", "entered_on": day("2026-10-22"), "quantity": 120, **cell},
    ]
    stage_rows(con, {"overrides": own}, {"overrides"})
    told = warehouse.failing_rows(con, RULES["overrides__two_on_one_cell"].file, rule_values(COMPANY, LAST_PERIOD))
    assert sorted(told["value"]) == [
        "A (change +50 %), entered on 2026-10-20, gives way to C",
        "B (change -7), entered on 2026-10-21, gives way to C",
        "C (quantity 120.0), entered on 2026-10-22, counts",
    ]
