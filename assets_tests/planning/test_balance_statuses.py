"""Statuses of the balance by arithmetic, and what it refuses or says of families without data."""

import pytest
from balance_frames import day_rows, demand_rows, one, override, plan, policy, supply_policy
from plan_frames import month

from sop_pipeline.planning.balance import balance_supply


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ({"supply_policies": supply_policy(1, maximum_production_quantity=90.0)}, "short"),
        ({"inventory_policies": policy([50.0]), "overrides": [override("closing_inventory", 0, quantity=40.0)]}, "below_target"),
        (
            {
                "inventory_policies": policy([50.0], minimum_days_of_supply=6.0),
                "overrides": [override("closing_inventory", 0, quantity=40.0)],
            },
            "balanced",
        ),
        (
            {
                "inventory_policies": policy([50.0], minimum_days_of_supply=9.0),
                "overrides": [override("closing_inventory", 0, quantity=40.0)],
            },
            "below_target",
        ),
        ({"inventory_policies": policy([50.0], maximum_days_of_supply=9.0)}, "excess"),
        ({"inventory_policies": policy([50.0])}, "balanced"),
    ],
)
def test_the_status_is_the_first_that_holds(rows, status):
    assert plan("balance_status", demand=[100.0], **rows) == [status]


def test_make_to_order_is_short_while_anything_is_past_due_and_below_target_above_its_backlog():
    presses = {"demand": [100.0, 100.0], "backlog": 50.0, "families": [{"family_id": "F", "production_strategy": "make_to_order"}]}
    due = [{"family_id": "F", "period_start": month(0), "past_due_quantity": 5.0}]
    assert plan("balance_status", **presses, orders_due=due) == ["short", "balanced"]
    kept = {
        "overrides": [override("production", t, quantity=60.0) for t in range(2)],
        "inventory_policies": policy(target_backlog_days=10.0)[:2],
    }
    assert plan("balance_status", **presses, **kept) == ["below_target", "below_target"]


def test_a_block_without_periods_is_refused():
    with pytest.raises(ValueError, match=r"level_block_periods is 0.*correct sop\.yaml"):
        balance_supply(**one(demand=[1.0]), level_block_periods=0)


def test_a_family_that_core_does_not_know_is_refused():
    with pytest.raises(ValueError, match=r"core\.approved_plans: column family_id holds 1 ids .*GHOST"):
        balance_supply(**one(demand=[1.0], approved_plans=[{"family_id": "GHOST", "period_start": month(0)}]))


def test_a_period_without_working_days_is_refused():
    with pytest.raises(ValueError, match=r"core\.site_working_days: no working_days for site '' in the period of 2026-05-01"):
        balance_supply(**one(demand=[1.0, 1.0], site_working_days=day_rows([20.0])))


def test_a_family_without_history_says_in_every_row_what_it_is_planned_on():
    submitted = demand_rows("F", [40.0, 0.0], steps=("executive",))
    assert plan("note", demand=[40.0, 0.0], family_demand=submitted) == [
        "no sales history: planned on the submitted sales forecast",
        "no sales history and no sales forecast: planned at 0",
    ]


def test_a_family_without_a_demand_plan_is_planned_at_zero_and_says_so():
    assert plan("note", demand=[0.0], family_demand=[]) == ["no demand plan: planned at 0"]
