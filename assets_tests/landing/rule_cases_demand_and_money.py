"""Cases of rules on what sales, marketing, finance and the planners send."""

from rule_case import AS_OF, FAMILY, ITEM, RESOURCE, Case, day, order, rates, unknown

CASES: dict[str, Case] = {
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
    "product_launches__unknown_like_item": unknown("like_item_id", ITEM, "A"),
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
    "business_plan__unknown_product_group": unknown("product_group", FAMILY, "G"),
    "planning_costs__unknown_family": unknown("scope_id", FAMILY, "P", scope="family"),
    "planning_costs__unknown_resource": unknown("scope_id", RESOURCE, "R", scope="resource"),
    "exchange_rates__directions_disagree": Case(
        rates(("USDEUR", 0.9), ("EURUSD", 1.0), ("GBPEUR", 1.25), ("EURGBP", 0.8), ("CHFEUR", 1.0)), [1, 2]
    ),
    "exchange_rates__triangle_disagrees": Case(
        rates(("USDEUR", 0.9), ("USDGBP", 0.75), ("GBPEUR", 1.2), ("JPYUSD", 0.01), ("JPYEUR", 0.02)), [5]
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
    "fiscal_calendar__label_not_unique": Case([{"period_label": label} for label in ("P01", "P02", "P01")], [1, 3]),
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
    "scenarios__no_supplier_limit": Case(
        [
            {"measure": "supplier_capacity", "period_from": day("2026-12-01")},
            {"measure": "supplier_capacity", "period_to": day("2026-11-01")},
            {"measure": "demand", "period_from": day("2026-12-01")},
        ],
        [1],
        {"supplier_capacity": [{"period_start": day("2026-11-01")}]},
    ),
}
