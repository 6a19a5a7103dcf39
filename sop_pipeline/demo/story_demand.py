"""What a reviewer finds on the demand side of a demo company, and in its money, in figures of its own data. Making the data stays out."""

from typing import Any

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import US_DISTRIBUTORS
from sop_pipeline.demo.catalogue import LAUNCH_SCALE
from sop_pipeline.demo.demand import is_in_dollars, line_prices
from sop_pipeline.demo.flows import Flows
from sop_pipeline.demo.masters import NEVER
from sop_pipeline.demo.tables_finance import CREDIT_NOTE_MONTH, CREDIT_NOTE_RATIO, actual_rates
from sop_pipeline.demo.tables_sales import OVERSTATED_RATIO, SILENT_SINCE, SUBMISSIONS, sales_forecasts
from sop_pipeline.demo.telling import Finding, family_total, month_name, percent
from sop_pipeline.demo.timeline import AS_OF
from sop_pipeline.demo.world import World, delivered


def promotions(world: World, flows: Flows) -> Finding | None:
    family = world.catalogue.family_of("GARDEN")
    if family is None or world.now < 24:
        return None
    demand = family_total(world, family, flows.demanded)
    april = demand[world.now - 7]
    return (
        "Promotions, past and planned.",
        (
            f"Garden pumps are promoted every April since 2024: {april:,.0f} were asked for in {month_name(world, -7)}, after "
            f"{demand[world.now - 8]:,.0f} in the month before, and part of it is missing in May. Past promotions state no uplift, it is "
            f"in the data; those of {month_name(world, 5)} (garden pumps, committed, 35 %) and {month_name(world, 6)} (submersible "
            "pumps, planned, 15 %) do. One was cancelled, one is an idea: neither counts."
        ),
    )


def launches(world: World, _flows: Flows) -> Finding | None:
    items = world.catalogue.items
    coming = np.flatnonzero(items.launch_month > world.now)
    recent = np.flatnonzero((items.launch_month >= 0) & (items.launch_month <= world.now))
    if not len(coming):
        return None
    new, like = items.item_id[coming[0]], items.item_id[items.like_item[coming[0]]]
    launched = ", ".join(f"{items.item_id[item]} ({world.timeline.months[items.launch_month[item]]})" for item in recent[::-1])
    return (
        "A launch that is not ready.",
        (
            f"{new} is to be sold from {world.timeline.months[items.launch_month[coming[0]]]} and expected to follow {like} at "
            f"{percent(LAUNCH_SCALE['GARDEN'])}; it has no history, and no bill of material, routing, cost or price yet. Launched "
            f"before: {launched}."
        ),
    )


def phase_outs(world: World, flows: Flows) -> Finding | None:
    items = world.catalogue.items
    leaving = np.flatnonzero((items.phase_out_month > world.now) & (items.phase_out_month < NEVER))
    gone = np.flatnonzero(items.phase_out_month <= world.now)
    if not len(leaving):
        return None
    soonest = leaving[np.argmin(items.phase_out_month[leaving])]
    stock = flows.stock[soonest, -1]
    left = world.expected[soonest, world.now : items.phase_out_month[soonest]].sum()
    if stock <= left:
        return None
    others = ", ".join(
        f"{items.item_id[item]} at the end of {world.timeline.months[items.phase_out_month[item] - 1]}"
        for item in (*leaving, *gone)
        if item != soonest
    )
    return (
        "A phase-out with stock left.",
        (
            f"{items.item_id[soonest]} ends with {world.timeline.months[items.phase_out_month[soonest] - 1]} and is followed by "
            f"{items.item_id[items.successor[soonest]]}. {stock:,} are in stock. Demand fades; as the "
            f"data is made, about {left:,.0f} are still wanted and {stock - left:,.0f} pieces worth "
            f"{(stock - left) * items.cost[soonest]:,.0f} euro at standard cost will be left. A forecast that sees only the "
            "history expects more demand and leaves less (`sop.product_changes`). Others: "
            f"{others}."
        ),
    )


def sales_plan(world: World, flows: Flows) -> Finding | None:
    families = [family for family in world.catalogue.families if family.family_id in OVERSTATED_RATIO]
    if not families or world.now < SUBMISSIONS:
        return None
    submitted = sales_forecasts(world).filter(
        pl.col("family_id") == families[0].family_id,
        pl.col("period_start") - pl.col("submitted_on") < pl.duration(days=10),
        pl.col("period_start") < pl.lit(AS_OF - 1).cast(pl.Date),
    )
    promised = submitted.select(pl.col("quantity").cast(pl.Float64).sum()).item()
    bias = promised / family_total(world, families[0], flows.demanded)[-SUBMISSIONS:].sum() - 1
    known = {family.family_id for family in world.catalogue.families}
    silent = "".join(
        f" Nobody has submitted anything for {name} since {month_name(world, month - 2)}."
        for name, month in SILENT_SINCE.items()
        if name in known
    )
    return (
        "A sales plan that promises too much.",
        (
            f"What sales submitted for {families[0].family_id} a week before a month began was {percent(bias)} above what came, over "
            f"{SUBMISSIONS} months; the demand review takes part of it back (overrides OV-02, OV-03).{silent} Garden and submersible "
            "pumps are submitted by customer group, booster sets also by item."
        ),
    )


def currency(world: World, _flows: Flows) -> Finding | None:
    gone = delivered(world)
    recent = gone.day >= world.timeline.as_of_day - 365
    line = gone.line[recent]
    amount = gone.quantity[recent] * line_prices(world.timeline, world.catalogue, world.lines)[line]
    dollars = is_in_dollars(world.catalogue, world.lines.customer[line])
    rates = actual_rates(world)
    euros = amount * np.where(dollars, rates[-1], 1)
    if not dollars.any():
        return None
    return (
        "One customer group pays in dollars.",
        (
            f"{US_DISTRIBUTORS} make {percent(euros[dollars].sum() / euros.sum(), 1)} of the last twelve months' revenue of "
            f"{euros.sum() / 1e6:,.1f} million euro. A dollar was {rates[0]:.2f} euro at the start and is {rates[-1]:.2f} now; budgets "
            "have rates of their own."
        ),
    )


def differences(world: World, _flows: Flows) -> Finding | None:
    def listed(events: Any) -> str:
        return ", ".join(
            f"{world.catalogue.items.item_id[item]} {quantity:+d} ({world.timeline.months[world.timeline.month_of_day[day]]})"
            for item, day, quantity in zip(events.item, events.day, events.quantity, strict=True)
        )

    if not len(world.unexplained.item):
        return None
    blocked = f" Booked, but blocked ever since: {listed(world.blocked)}." if len(world.blocked.item) else ""
    credit = ""
    if world.now + CREDIT_NOTE_MONTH >= 0:
        below = f"{month_name(world, CREDIT_NOTE_MONTH)} is {percent(CREDIT_NOTE_RATIO, 1)} below the shipments"
        credit = f" The ledger's revenue of {below}: a credit note."
    return ("Differences nobody booked.", f"{listed(world.unexplained)}.{blocked}{credit}")
