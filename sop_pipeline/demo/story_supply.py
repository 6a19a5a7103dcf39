"""What a reviewer finds on the supply side of a demo company, in figures of its own data. Making the data stays out."""

import numpy as np

from sop_pipeline.demo.archetypes import BOTTLENECK, RESOURCES, SHORT_LINE
from sop_pipeline.demo.flows import Flows
from sop_pipeline.demo.supply import BREAKDOWN_MONTHS, STOCK_OUT_MONTHS
from sop_pipeline.demo.tables_production import hours_by_month, rated_capacity
from sop_pipeline.demo.telling import Finding, family_total, month_name, percent, undelivered, weeks_of_backlog
from sop_pipeline.demo.world import World

_SUMMER = (7, 8, 9)  # months from the as-of month: June to August


def _load(world: World, resource_id: str, offsets: tuple[int, ...]) -> str:
    resource = next(one for one in RESOURCES if one.resource_id == resource_id)
    months = world.now + np.array(offsets)
    ratio = hours_by_month(world, resource_id)[months] / rated_capacity(world, resource)[months]
    return ", ".join(percent(value) for value in ratio)


def _overtime(resource_id: str) -> str:
    return percent(next(one for one in RESOURCES if one.resource_id == resource_id).overtime_ratio)


def shortage(world: World, flows: Flows) -> Finding | None:
    family = world.catalogue.family_of("CIRCULATOR")
    if family is None:
        return None
    made = family_total(world, family, flows.produced)
    broken = made[[world.now + month for month in BREAKDOWN_MONTHS]].mean()
    before = made[world.now - 9 : world.now + BREAKDOWN_MONTHS[0]].mean()
    stock = family_total(world, family, flows.stock)[-1]
    return (
        "Circulator pumps are short.",
        (
            f"The line {SHORT_LINE} stood still half the time from {month_name(world, BREAKDOWN_MONTHS[0])} to "
            f"{month_name(world, BREAKDOWN_MONTHS[-1])}: {broken:,.0f} pumps a month instead of {before:,.0f}, just before the heating "
            f"season. On the as-of date {stock:,.0f} are in stock and {undelivered(world, family, past_due=True):,} are past due. If "
            f"production followed demand, the line would need {_load(world, SHORT_LINE, (0, 1, 2))} of its regular hours in the first "
            f"three months, and overtime gives {_overtime(SHORT_LINE)}."
        ),
    )


def bottleneck(world: World, _flows: Flows) -> Finding | None:
    if not any(operation.resource_id == BOTTLENECK for family in world.catalogue.families for operation in family.archetype.operations):
        return None
    first, last = month_name(world, _SUMMER[0]), month_name(world, _SUMMER[-1])
    return (
        f"The test benches in Kiel ({BOTTLENECK}) are the bottleneck of next summer.",
        (
            f"Following demand would load them {_load(world, BOTTLENECK, _SUMMER)} from {first} to {last}, against "
            f"{_load(world, BOTTLENECK, (1, 2, 3))} in winter; overtime gives {_overtime(BOTTLENECK)}. Garden and submersible pumps peak "
            "together. More benches take nine months, so the way out is to build ahead, to buy in garden pumps, or to decide now "
            "(decision D-03)."
        ),
    )


def stock_out(world: World, flows: Flows) -> Finding | None:
    family = world.catalogue.family_of("SUBMERSIBLE")
    months = [world.now + month for month in STOCK_OUT_MONTHS]
    if family is None or months[0] < 3:
        return None
    made, stock = family_total(world, family, flows.produced), family_total(world, family, flows.stock)
    lowest = months[0] + 1 + int(stock[months[0] + 1 : months[-1] + 5].argmin())
    empty = int((flows.stock[family.items, lowest] == 0).sum())
    return (
        "A stock-out in the past.",
        (
            f"The only supplier of shaft seals failed: from {month_name(world, STOCK_OUT_MONTHS[0])} to "
            f"{month_name(world, STOCK_OUT_MONTHS[-1])} {made[months].mean():,.0f} submersible pumps a month were made instead of "
            f"{made[months[0] - 3 : months[0]].mean():,.0f}. Stock at month end fell from {stock[months[0]]:,.0f} to "
            f"{stock[lowest]:,.0f}, {empty} of {family.item_count} items to nothing, and orders waited. Demand went on: history must "
            "not take what was shipped for what was wanted. Since then seals have two suppliers."
        ),
    )


def lead_time(world: World, flows: Flows) -> Finding | None:
    family = world.catalogue.family_of("PROCESS")
    if family is None:
        return None
    backlog = undelivered(world, family, past_due=False)
    to_order = [one for one in world.catalogue.families if not one.archetype.is_made_to_stock and one is not family]
    others = ", ".join(f"{weeks_of_backlog(world, flows, one):.1f} weeks ({one.family_id})" for one in to_order[:3]) or "for nothing"
    return (
        "Process pumps take longer than the market accepts.",
        (
            f"Bookings outgrew the crew in Ulm. {backlog:,} pumps are on order and not shipped, "
            f"{weeks_of_backlog(world, flows, family):.1f} weeks of bookings, {undelivered(world, family, past_due=True):,} of them past "
            f"due; customers accept {family.archetype.customer_lead_time_days} working days. The policy brings the backlog down in steps "
            f"from {month_name(world, 2)}. The other families made to order wait {others}."
        ),
    )


def excess(world: World, flows: Flows) -> Finding | None:
    family = world.catalogue.family_of("VALVES")
    if family is None:
        return None
    stock = family_total(world, family, flows.stock)[-1]
    daily = family_total(world, family, world.expected)[world.now : world.now + 3].sum() / 62
    kind = family.archetype
    return (
        "Valves are far above their target.",
        (
            f"Purchasing bet on a competitor leaving the market (assumption A-03, broken): {stock:,.0f} in stock are about "
            f"{stock / daily:.0f} working days of demand, against a target of {kind.target_days} and a maximum of "
            f"{kind.target_days * 1.6:.0f}. They are bought, wholesale orders them in boxes of ten, and orders on the supplier are open."
        ),
    )


def components(world: World, flows: Flows) -> Finding | None:
    family = world.catalogue.family_of("MOTORS")
    if family is None or not world.supply.issued.sum():
        return None
    issued, shipped = family_total(world, family, world.supply.issued)[-12:].sum(), family_total(world, family, flows.shipped)[-12:].sum()
    return (
        "A family that feeds the others.",
        (
            f"Of the motors of the last twelve months {issued:,.0f} went into pumps and {shipped:,.0f} to customers. They are made in "
            "Ulm; what the assembly in Kiel takes next month is transferred there at the end of a month."
        ),
    )


def rough_cut(world: World, _flows: Flows) -> Finding | None:
    if world.catalogue.family_of("FIRE") is None:
        return None
    return (
        "Not everything has a routing.",
        (
            "Fire-fighting sets are planned on a bill of resources; centrifugal pumps have one beside their routings, and it asks for 6 "
            "% more of the test benches. Some garden pumps have a second routing at a subcontractor, which was used in two springs."
        ),
    )
