"""What the plan takes of resources, and the heads that follow: offsets, limits, statuses, families that share a resource."""

import pytest
from balance_frames import balance, day_rows, demand_rows, inputs, one, series
from plan_frames import month, months


def capacity(resource: str, regular: float, overtime: float = 0.0, count: int = 3) -> list[dict]:
    return [
        {
            "resource_id": resource,
            "period_start": month(t),
            "working_days": 20.0,
            "regular_capacity": regular,
            "overtime_capacity": overtime,
        }
        for t in range(count)
    ]


def workforce(count: int = 3, **columns: float) -> list[dict]:
    plain = {"resource_id": "CREW", "opening_headcount": 10.0, "regular_hours_per_head": 100.0}
    return [plain | {"period_start": month(t)} | columns for t in range(count)]


def labour(**rows: object) -> dict:
    """Family F takes 10 hours of CREW a unit; 100 units are 10 heads."""
    return {
        "resources": [{"resource_id": "CREW", "resource_type": "labour", "is_headcount_based": True}],
        "resource_capacity": capacity("CREW", 1000.0),
        "family_resources": [{"family_id": "F", "resource_id": "CREW", "usage_per_unit": 10.0}],
    } | rows


def machine(**rows: object) -> dict:
    return {
        "resources": [{"resource_id": "MILL"}],
        "family_resources": [{"family_id": "F", "resource_id": "MILL", "usage_per_unit": 2.0}],
    } | rows


def test_a_resource_is_free_then_full_then_overloaded():
    result = balance(one(demand=[40.0, 55.0, 70.0], **machine(resource_capacity=capacity("MILL", 100.0, 20.0))))
    assert series(result.resource_load, "required_capacity", "chase") == [80.0, 110.0, 140.0]
    assert series(result.resource_load, "load_ratio", "chase") == [0.8, 1.1, 1.4]
    assert series(result.resource_load, "load_status", "chase") == ["free", "full", "overloaded"]
    assert series(result.family_balance, "balance_status", "chase") == ["balanced", "balanced", "overloaded"]
    assert series(result.family_balance, "binding_resource_id", "chase") == ["MILL"] * 3


def test_a_resource_without_capacity_is_overloaded_and_has_no_ratio():
    result = balance(one(demand=[40.0], **machine()))
    assert series(result.resource_load, "load_ratio") == [None]
    assert series(result.resource_load, "load_status") == ["overloaded"]
    assert series(result.family_balance, "binding_resource_id") == ["MILL"]


def test_a_resource_that_is_not_critical_neither_binds_nor_overloads():
    rows = machine(resources=[{"resource_id": "MILL", "is_critical": False}], resource_capacity=capacity("MILL", 10.0))
    result = balance(one(demand=[40.0], **rows))
    assert (series(result.family_balance, "load_ratio"), series(result.family_balance, "balance_status")) == ([None], ["balanced"])


def test_load_lies_its_offset_before_completion_and_beyond_the_horizon_the_mean_rate_goes_on():
    offset = [
        {"family_id": "F", "resource_id": "MILL", "usage_per_unit": usage, "lead_time_offset_periods": lag}
        for usage, lag in ((1.0, 0), (3.0, 1))
    ]
    rows = machine(family_resources=offset, resource_capacity=capacity("MILL", 100.0))
    result = balance(one(demand=[10.0, 20.0, 60.0], **rows))
    assert series(result.resource_load, "required_capacity", "chase") == [10 + 60, 20 + 180, 60 + 90]


def test_load_for_later_completions_falls_on_the_current_period_in_proportion_to_what_is_left_of_it():
    offset = [{"family_id": "F", "resource_id": "MILL", "usage_per_unit": 1.0, "lead_time_offset_periods": 1}]
    frames = one(demand=[10.0, 80.0], site_working_days=day_rows([20.0, 20.0], remaining=5.0), **machine(family_resources=offset))
    frames["periods"] = months(2, history=12, remaining_ratio=0.25)
    assert series(balance(frames).resource_load, "required_capacity", "chase")[0] == 20.0


def test_families_that_share_a_resource_add_up_and_stand_in_the_order_of_their_load():
    frames = inputs(
        horizon=1,
        families=[{"family_id": "A"}, {"family_id": "B"}],
        family_demand=demand_rows("A", [10.0]) + demand_rows("B", [30.0]),
        site_working_days=day_rows([20.0]),
        resources=[{"resource_id": "MILL"}],
        family_resources=[{"family_id": family, "resource_id": "MILL", "usage_per_unit": 2.0} for family in ("A", "B")],
        resource_capacity=capacity("MILL", 100.0, count=1),
    )
    result = balance(frames)
    assert (series(result.resource_load, "required_capacity"), series(result.resource_load, "families")) == ([80.0], ["B,A"])
    assert series(result.family_balance, "load_ratio", family_id="A") == [0.8]


def test_a_subcontractors_resource_is_loaded_by_what_is_subcontracted():
    rows = machine(
        resources=[{"resource_id": "MILL", "resource_type": "subcontractor"}],
        family_sources=[
            {"family_id": "F", "source_kind": kind, "source_id": "x", "share_ratio": 0.5} for kind in ("production", "subcontract")
        ],
        supply_policies=[{"family_id": "F", "period_start": month(0), "strategy": "level", "is_subcontract_allowed": True}],
    )
    result = balance(one(demand=[40.0], **rows))
    assert series(result.family_balance, "subcontract_quantity") == [20.0]
    assert series(result.resource_load, "required_capacity") == [40.0]


def test_heads_follow_the_need_and_are_never_the_bottleneck_while_they_do():
    result = balance(one(demand=[90.0, 120.0, 110.0], **labour(workforce=workforce())))
    heads = result.workforce_plan
    assert series(heads, "required_heads", "chase") == [9.0, 12.0, 11.0]
    assert series(heads, "planned_heads", "chase") == [9.0, 12.0, 11.0]
    assert series(heads, "hires", "chase") == [0.0, 3.0, 0.0]
    assert series(heads, "layoffs", "chase") == [1.0, 0.0, 1.0]
    assert series(heads, "idle_hours", "chase") == [0.0] * 3
    assert series(result.resource_load, "load_status", "chase") == ["free"] * 3
    assert series(result.family_balance, "required_heads", "chase") == [9.0, 12.0, 11.0]


def test_heads_that_cannot_follow_work_overtime_until_it_ends():
    rows = labour(workforce=workforce(maximum_hires=1.0, maximum_layoffs=0.0, overtime_hours_per_head=10.0))
    result = balance(one(demand=[50.0, 118.0, 140.0], **rows))
    heads = result.workforce_plan
    assert series(heads, "planned_heads", "chase") == [10.0, 11.0, 12.0]
    assert series(heads, "regular_hours", "chase") == [500.0, 1100.0, 1200.0]
    assert series(heads, "idle_hours", "chase") == [500.0, 0.0, 0.0]
    assert series(heads, "overtime_hours", "chase") == [0.0, 80.0, 120.0]
    assert series(heads, "is_feasible", "chase") == [True, True, False]
    assert series(result.resource_load, "load_status", "chase") == ["free", "full", "overloaded"]
    assert series(result.family_balance, "balance_status", "chase")[2] == "overloaded"


def test_leavers_go_before_anyone_is_hired_and_limits_on_heads_hold_as_far_as_hiring_reaches():
    result = balance(one(demand=[100.0] * 3, **labour(workforce=workforce(expected_leavers=2.0)))).workforce_plan
    assert (series(result, "leavers"), series(result, "hires")) == ([2.0] * 3, [2.0] * 3)
    bounded = balance(one(demand=[100.0] * 3, **labour(workforce=workforce(maximum_headcount=8.0)))).workforce_plan
    assert series(bounded, "planned_heads") == [8.0] * 3
    reached = balance(one(demand=[100.0] * 3, **labour(workforce=workforce(minimum_headcount=15.0, maximum_hires=2.0)))).workforce_plan
    assert series(reached, "planned_heads") == [12.0, 14.0, 15.0]


def test_temporary_heads_work_first():
    result = balance(one(demand=[100.0] * 3, **labour(workforce=workforce(temporary_headcount=3.0)))).workforce_plan
    assert (series(result, "planned_heads"), series(result, "temporary_heads")) == ([7.0] * 3, [3.0] * 3)
    assert series(result, "regular_hours") == [1000.0] * 3


def test_a_period_without_hours_left_keeps_its_heads():
    rows = workforce()
    rows[0] |= {"regular_hours_per_head": 0.0}
    frames = one(demand=[0.0, 100.0, 100.0], site_working_days=day_rows([20.0] * 3, remaining=0.0), **labour(workforce=rows))
    assert series(balance(frames).workforce_plan, "planned_heads") == pytest.approx([10.0, 10.0, 10.0])


def test_an_unknown_resource_is_refused():
    with pytest.raises(ValueError, match=r"core\.family_resources: column resource_id holds 1 ids .*MILL"):
        balance(one(demand=[1.0], **machine(resources=[])))
