"""Random companies for tests of the supply plan, in the frames of core and plan. What must hold of their plans stays in the tests."""

import polars as pl
from balance_frames import day_rows, demand_rows, inputs, opening_row
from hypothesis import strategies as st
from plan_frames import month

HORIZON, LOOK_AHEAD = 5, 2
amounts = st.floats(0, 1000).map(lambda value: round(value, 4))


@st.composite
def families(draw: st.DrawFn) -> dict:
    to_order = draw(st.booleans())
    return {
        "to_order": to_order,
        "demand": draw(st.lists(amounts, min_size=HORIZON + LOOK_AHEAD, max_size=HORIZON + LOOK_AHEAD)),
        "stock": draw(st.floats(-100, 2000).map(lambda value: round(value, 4))),
        "backlog": draw(amounts),
        "past_due": draw(st.sampled_from([0.0, 12.3456])),
        "target": draw(st.one_of(st.none(), amounts)),
        "days": draw(st.one_of(st.none(), st.floats(0, 60).map(lambda value: round(value, 2)))),
        "minimum": draw(st.sampled_from([None, 20.0])),
        "maximum": draw(st.sampled_from([None, 333.3333])),
        "strategy": draw(st.sampled_from(["level", "chase", "least_cost"])),
        "override": draw(st.sampled_from([None, "production", "closing_inventory", "closing_backlog", "purchase"])),
        "usage": draw(st.sampled_from([None, 0.5, 3.0])),
        "buys": draw(st.booleans()),
    }


def company(drawn: list[dict], elapsed: bool) -> dict[str, pl.DataFrame]:
    ids = [f"F{number}" for number in range(len(drawn))]
    pairs = list(zip(ids, drawn, strict=True))
    every = [(family, spec, t) for family, spec in pairs for t in range(HORIZON)]
    flows = {"shipped_quantity": 3.25, "production_quantity": 8.5, "booked_quantity": 1.5, "demand_quantity": 2.0} if elapsed else {}
    remaining = 0.25 if elapsed else 1.0
    return inputs(
        horizon=HORIZON,
        look_ahead=LOOK_AHEAD,
        remaining_ratio=remaining,
        families=[
            {"family_id": family, "production_strategy": "make_to_order" if spec["to_order"] else "make_to_stock"} for family, spec in pairs
        ],
        family_demand=[row for family, spec in pairs for row in demand_rows(family, spec["demand"])],
        family_history=[
            opening_row(family, spec["stock"], spec["backlog"], **flows) | {"opening_inventory_quantity": spec["stock"] - 5.25 * elapsed}
            for family, spec in pairs
        ],
        orders_due=[{"family_id": family, "period_start": month(0), "past_due_quantity": spec["past_due"]} for family, spec in pairs],
        site_working_days=day_rows([20.0, 22.0, 15.0, 23.0, 21.0, 20.0, 20.0], remaining=20.0 * remaining),
        inventory_policies=[
            {
                "family_id": family,
                "period_start": month(t),
                "target_quantity": None if spec["to_order"] else spec["target"],
                "target_days_of_supply": spec["days"],
                "target_backlog_days": spec["days"] if spec["to_order"] else None,
            }
            for family, spec, t in every
        ],
        supply_policies=[
            {
                "family_id": family,
                "period_start": month(t),
                "strategy": spec["strategy"],
                "minimum_production_quantity": spec["minimum"],
                "maximum_production_quantity": spec["maximum"],
            }
            for family, spec, t in every
        ],
        overrides=[
            {"override_id": family, "measure": spec["override"], "family_id": family, "period_start": month(1), "step": "executive"}
            | ({"quantity": 77.7} if number % 2 else {"change_ratio": 0.3})
            for number, (family, spec) in enumerate(pairs)
            if spec["override"]
        ],
        family_usage=[
            {
                "family_id": family,
                "component_family_id": ids[number + 1],
                "quantity_per_unit": spec["usage"],
                "lead_time_offset_periods": number,
            }
            for number, (family, spec) in enumerate(pairs[:-1])
            if spec["usage"]
        ],
        family_sources=[
            {"family_id": family, "source_kind": kind, "source_id": "s", "share_ratio": 0.5}
            for family, spec in pairs
            if spec["buys"]
            for kind in ("production", "purchase")
        ],
        resources=[{"resource_id": "CREW", "resource_type": "labour", "is_headcount_based": True}, {"resource_id": "MILL"}],
        resource_capacity=[
            {"resource_id": resource, "period_start": month(t), "working_days": 20.0, "regular_capacity": 500.0, "overtime_capacity": 50.0}
            for resource in ("CREW", "MILL")
            for t in range(HORIZON)
        ],
        workforce=[
            {
                "resource_id": "CREW",
                "period_start": month(t),
                "opening_headcount": 5.0,
                "regular_hours_per_head": 133.333 * (remaining if t == 0 else 1.0),
                "maximum_hires": 2.0,
                "expected_leavers": 0.5,
            }
            for t in range(HORIZON)
        ],
        family_resources=[
            {"family_id": family, "resource_id": resource, "usage_per_unit": 0.37 * (number + 1), "lead_time_offset_periods": number}
            for family in ids
            for number, resource in enumerate(("CREW", "MILL"))
        ],
    )
