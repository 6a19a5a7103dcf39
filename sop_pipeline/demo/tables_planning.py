"""What the S&OP lead of the demo company sends: overrides, plans approved before, supply policies, scenarios, decisions."""

from functools import partial

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import BOTTLENECK
from sop_pipeline.demo.frames import dates, repeated, rows, texts, where, whole_or_tenths
from sop_pipeline.demo.supply import LEVEL_MONTHS, PLAN_MONTHS
from sop_pipeline.demo.tables_finance import BUDGET_PRICE_RATIO
from sop_pipeline.demo.timeline import Floats
from sop_pipeline.demo.world import World, delivered

CYCLES = 24  # how many approved plans are kept


def _month(world: World, offset: int) -> np.datetime64:
    """First day of a month, counted from the as-of month."""
    return world.timeline.month_dates(np.array([max(world.now + offset, 0)]))[0]


def _known(world: World, lines: list[tuple[object, ...]], column: int) -> list[tuple[object, ...]]:
    """Lines whose family exists; the others belong to larger companies."""
    known = {family.family_id for family in world.catalogue.families}
    return [line for line in lines if line[column] is None or line[column] in known]


def overrides(world: World) -> pl.DataFrame:
    at = partial(_month, world)
    entered, last = at(0) - 6, at(0) - 3
    lines: list[tuple[object, ...]] = [
        ("OV-01", "demand", "CENTRIFUGAL", at(4), "sales", 180, None, "Waterworks tender won", "Key accounts", entered, None),
        ("OV-02", "demand", "SUBMERSIBLE", at(7), "demand_review", None, -0.06, "Sales plan too high for a year", "S&OP lead", last, None),
        ("OV-03", "demand", "SUBMERSIBLE", at(8), "demand_review", None, -0.06, "Sales plan too high for a year", "S&OP lead", last, None),
        ("OV-04", "demand", "KITS", at(1), "finance", None, 0.05, "Customers buy ahead of the price increase", "Finance", entered, None),
        ("OV-05", "purchase", "VALVES", at(1), "supply_review", None, -0.25, "Stock is above its maximum", "Purchasing", last, None),
        ("OV-06", "demand", "BOOSTER", at(2), "executive", 12, None, "Housing programme signed", "Director", last, None),
        ("OV-07", "demand", "DOSING", at(1), "marketing", 40, None, "Trade fair, given up", "Marketing", at(-5), at(-1)),
    ]  # fmt: skip
    header = "override_id measure family_id period_start step change_quantity change_ratio reason author entered_on expires_on"
    return rows(header, *_known(world, lines, 2))


def open_backlog(world: World) -> Floats:
    """Orders not delivered, by family and first day of a month of the history, in planning units."""
    catalogue, timeline, now = world.catalogue, world.timeline, world.now
    change = np.zeros((len(catalogue.items), now + 1))
    net = world.lines.quantity - world.lines.cancelled
    np.add.at(change, (world.lines.item, timeline.month_of_day[world.lines.order_day]), net)
    gone = delivered(world)
    out = gone.quantity > 0
    np.add.at(change, (world.lines.item[gone.line[out]], timeline.month_of_day[gone.day[out]]), -gone.quantity[out])
    at_end = catalogue.planning_sums(change).cumsum(axis=1)
    return np.concatenate([np.zeros((len(at_end), 1)), at_end[:, :-1]], axis=1)


def approved_plans(world: World) -> pl.DataFrame:
    """Plans of the last cycles, by family and month: approved on the 22nd of the cycle's own month, planned from the month after."""
    plans, now, catalogue = world.supply.plans, world.now, world.catalogue
    firsts = np.arange(max(now - CYCLES, 1), now)
    shape = (len(firsts), len(catalogue.families), PLAN_MONTHS)
    families = [family.archetype for family in catalogue.families]
    to_stock = np.broadcast_to(np.array([kind.is_made_to_stock for kind in families])[:, None], shape)
    is_bought = np.broadcast_to(np.array([kind.is_bought for kind in families])[:, None], shape)
    usual = catalogue.items.monthly_quantity
    price = catalogue.family_sums(usual * catalogue.items.price) / catalogue.planning_sums(usual)

    demand = plans.demand[:, firsts].swapaxes(0, 1)
    levelled = demand.reshape(*shape[:2], -1, LEVEL_MONTHS).mean(axis=3).repeat(LEVEL_MONTHS, axis=2)
    made = np.where(to_stock, plans.production[:, firsts].swapaxes(0, 1), levelled)
    backlog = open_backlog(world)[:, firsts].T[:, :, None] + (demand - made).cumsum(axis=2)
    closing = np.maximum(np.rint(np.where(to_stock, plans.closing[:, firsts].swapaxes(0, 1), backlog)), 0).ravel()
    first = np.broadcast_to(firsts[:, None, None], shape).ravel()
    ahead = np.broadcast_to(np.arange(PLAN_MONTHS), shape).ravel()
    family_id = np.array([family.family_id for family in catalogue.families])
    return pl.DataFrame(
        {
            "cycle_id": texts(world.timeline.months[first - 1].astype(str)),
            "family_id": texts(np.broadcast_to(family_id[:, None], shape).ravel()),
            "period_start": dates(world.timeline.month_dates(first + ahead)),
            "approved_on": dates(world.timeline.month_dates(first - 1) + 21),
            "demand_quantity": whole_or_tenths(np.rint(demand).ravel()),
            "production_quantity": where(~is_bought.ravel(), whole_or_tenths(np.rint(made).ravel())),
            "closing_inventory_quantity": where(to_stock.ravel(), whole_or_tenths(closing)),
            "closing_backlog_quantity": where(~to_stock.ravel(), whole_or_tenths(closing)),
            "revenue": whole_or_tenths(np.rint(demand * price[:, None] * BUDGET_PRICE_RATIO).ravel()),
            "currency": repeated("EUR", len(first)),
        }
    )


_STRATEGIES = {
    "GARDEN": "hybrid",
    "SUBMERSIBLE": "hybrid",
    "CENTRIFUGAL": "level",
    "CIRCULATOR": "least_cost",
    "DOSING": "level",
    "MOTORS": "least_cost",
    "VALVES": "chase",
    "KITS": "chase",
    "BOOSTER": "chase",
    "FIRE": "level",
    "PROCESS": "least_cost",
    "VACUUM": "level",
}


def supply_policies(world: World) -> pl.DataFrame:
    lines = [
        (
            family.family_id,
            _STRATEGIES[family.archetype.stem],
            "true" if family.archetype.stem == "GARDEN" else "false",
            "true" if family.archetype.stem == "KITS" else "false",
        )
        for family in world.catalogue.families
    ]
    return rows("family_id strategy subcontract_allowed lost_sales_allowed", *lines)


def scenarios(world: World) -> pl.DataFrame:
    at = partial(_month, world)
    summer = (at(7), at(9))
    lines: list[tuple[object, ...]] = [
        ("dry_summer", 1, "Demand for garden and well pumps up by 15 % in summer", "demand", "GARDEN", None, *summer, 1.15, None),
        ("dry_summer", 2, "Demand for garden and well pumps up by 15 % in summer", "demand", "SUBMERSIBLE", None, *summer, 1.15, None),
        ("more_test_benches", 1, "One more test bench from April", "capacity", None, BOTTLENECK, at(5), None, 1.33, None),
        ("less_stock", 1, "Inventory targets down by a fifth", "inventory_target", None, None, at(2), None, 0.8, None),
        ("copper", 1, "Copper makes motors 6 % dearer", "cost", "MOTORS", None, at(2), None, 1.06, None),
    ]
    header = "scenario_id line scenario_name measure family_id resource_id period_from period_to factor change"
    return rows(header, *_known(world, lines, 4))


def decisions(world: World) -> pl.DataFrame:
    at = partial(_month, world)
    lines: list[tuple[object, ...]] = [
        ("D-01", "CIRCULATOR", at(-1), "A second shift on the circulator line", "J. Brandt", at(1), "decided"),
        ("D-02", "VALVES", at(-1), "No valve orders above the agreed minimum", "S. Hansen", at(3), "decided"),
        ("D-03", None, at(-1), "A further test bench for Kiel, or pre-build in spring", "Production", at(1), "proposed"),
        ("D-04", "SUBMERSIBLE", at(-15), "Second supplier for shaft seals", "Purchasing", at(-13), "done"),
        ("D-05", "PROCESS", at(-2), "Two more fitters in Ulm for process pumps", "M. Weber", at(2), "proposed"),
        ("D-06", "GARDEN", at(-1), "No solar pump without routing, cost and price", "Engineering", at(2), "decided"),
    ]  # fmt: skip
    return rows("decision_id family_id raised_on text owner due_date decision_status", *_known(world, lines, 1))
