"""Cases of rules on what engineering, production and supply chain send."""

from rule_case import ITEM, RESOURCE, Case, bom, day, order, unknown

CASES: dict[str, Case] = {
    "engineering_changes__unknown_item": unknown("new_item_id", ITEM, "A"),
    "bill_of_materials__unknown_parent": unknown("parent_item_id", ITEM, "A"),
    "bill_of_materials__unknown_component": unknown("component_item_id", ITEM, "A"),
    "routings__unknown_labour_resource": unknown("labour_resource_id", RESOURCE, "R"),
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
    "product_families__fence_on_make_to_stock": Case(
        [
            {"family_id": strategy[8:] + str(periods), "production_strategy": strategy, "demand_time_fence_periods": periods}
            for strategy in ("make_to_stock", "make_to_order")
            for periods in (2, 0)
        ],
        [1],
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
}
