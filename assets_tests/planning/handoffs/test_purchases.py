"""What strategies buy: whose plan takes the place of the planned one, and which orders name no supplier."""

from handoff_frames import APRIL, MAY, frame, items

from sop_pipeline.planning.handoffs.purchases import plan_of_strategy, purchases_of

SOURCE = {"family_id": "PUMPS", "source_kind": "production", "source_id": "main"}


def supply_of(strategy: str, quantity: float, scenario_id: str = "base") -> dict[str, object]:
    return {**SOURCE, "scenario_id": scenario_id, "strategy": strategy, "period_start": APRIL, "quantity": quantity}


def balance_of(strategy: str, demand_quantity: float, scenario_id: str = "base") -> dict[str, object]:
    return {
        "scenario_id": scenario_id,
        "strategy": strategy,
        "family_id": "PUMPS",
        "period_start": APRIL,
        "demand_quantity": demand_quantity,
    }


def test_a_strategy_takes_the_place_of_the_planned_one_in_base() -> None:
    plan = plan_of_strategy(
        frame("plan.family_supply", supply_of("planned", 10), supply_of("level", 7), supply_of("level", 5, "dry")),
        frame("plan.family_balance", balance_of("planned", 3), balance_of("level", 4), balance_of("level", 5, "dry")),
        "level",
    )

    assert plan is not None
    assert plan["family_supply"].select("scenario_id", "strategy", "quantity").rows() == [("base", "planned", 7)]
    assert plan["family_balance"].select("scenario_id", "strategy", "demand_quantity").rows() == [("base", "planned", 4)]


def test_a_strategy_that_supplies_what_is_planned_needs_no_plan_of_its_own() -> None:
    supply = frame("plan.family_supply", supply_of("planned", 10), supply_of("hybrid", 10), supply_of("hybrid", 99, "dry"))

    assert plan_of_strategy(supply, frame("plan.family_balance"), "hybrid") is None


def test_orders_of_bought_items_stand_by_supplier_and_under_none_where_none_is_named() -> None:
    bought = items(CASTING=None, SEAL=None, PUMP="PUMPS")
    named = {"scenario_id": "base", "period_start": MAY}
    required = frame(
        "plan.material_requirements",
        {**named, "item_id": "CASTING", "planned_order_quantity": 30.0},
        {**named, "item_id": "SEAL", "planned_order_quantity": 40.0},
        {**named, "item_id": "SEAL", "period_start": APRIL, "planned_order_quantity": 0.0},
        {**named, "item_id": "PUMP", "planned_order_quantity": 100.0},
    )
    ordered = frame(
        "plan.supplier_orders",
        {**named, "item_id": "CASTING", "supplier_id": "NORTH", "planned_order_quantity": 20.0},
        {**named, "item_id": "CASTING", "supplier_id": "SOUTH", "planned_order_quantity": 10.0},
    )
    sourced = bought.with_columns(sourcing=bought["item_id"].replace_strict({"PUMP": "make"}, default="buy"))

    purchases = purchases_of("chase", required, ordered, sourced)

    assert sorted(purchases.select("strategy", "supplier_id", "item_id", "planned_order_quantity").rows()) == [
        ("chase", "", "SEAL", 40.0),
        ("chase", "NORTH", "CASTING", 20.0),
        ("chase", "SOUTH", "CASTING", 10.0),
    ]
