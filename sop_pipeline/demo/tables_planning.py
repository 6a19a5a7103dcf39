"""What the S&OP lead of the demo company sends: overrides, plans approved before, supply policies, scenarios, decisions."""

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import BOTTLENECK
from sop_pipeline.demo.frames import dates, rows, whole_or_tenths
from sop_pipeline.demo.supply import LEVEL_MONTHS, PLAN_MONTHS
from sop_pipeline.demo.timeline import Floats
from sop_pipeline.demo.world import World, delivered

CYCLES = 24  # how many approved plans are kept


def _month(world: World, offset: int) -> np.datetime64:
    return world.timeline.month_dates(np.array([max(world.now + offset, 0)]))[0]


def _known(world: World, lines: list[tuple[object, ...]], column: int) -> list[tuple[object, ...]]:
    """Lines whose family exists; the others belong to larger companies."""
    known = {family.family_id for family in world.catalogue.families}
    return [line for line in lines if line[column] is None or line[column] in known]


def overrides(world: World) -> pl.DataFrame:
    entered, last = _month(world, 0) - 6, _month(world, 0) - 3
    lines: list[tuple[object, ...]] = [
        ("OV-01", "demand", None, "CENTRIFUGAL", _month(world, 4), "sales", None, 180, None, "Waterworks tender won", "Key accounts", entered, None),
        ("OV-02", "demand", None, "SUBMERSIBLE", _month(world, 7), "demand_review", None, None, -0.06, "Sales plan has been too high for a year", "S&OP lead", last, None),
        ("OV-03", "demand", None, "SUBMERSIBLE", _month(world, 8), "demand_review", None, None, -0.06, "Sales plan has been too high for a year", "S&OP lead", last, None),
        ("OV-04", "demand", None, "KITS", _month(world, 1), "finance", None, None, 0.05, "Price increase in January is bought ahead", "Finance", entered, None),
        ("OV-05", "purchase", None, "VALVES", _month(world, 1), "supply_review", None, None, -0.25, "Stock is above its maximum", "Purchasing", last, None),
        ("OV-06", "demand", None, "BOOSTER", _month(world, 2), "executive", None, 12, None, "Housing programme signed", "Managing director", last, None),
        ("OV-07", "demand", None, "DOSING", _month(world, 1), "marketing", None, 40, None, "Trade fair, given up", "Marketing", _month(world, -5), _month(world, -1)),
    ]  # fmt: skip
    header = (
        "override_id measure item_id family_id period_start step quantity change_quantity change_ratio reason author entered_on expires_on"
    )
    return rows(header, *_known(world, lines, 3))


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
    """Plans of the last cycles, by family and month; approved on the 22nd of the month before."""
    plans, now, catalogue = world.supply.plans, world.now, world.catalogue
    backlog = open_backlog(world)
    price = catalogue.family_sums(world.catalogue.items.monthly_quantity * catalogue.items.price) / catalogue.planning_sums(
        catalogue.items.monthly_quantity
    )
    parts = []
    for cycle in range(max(now - CYCLES, 1), now):
        months = np.arange(cycle, cycle + PLAN_MONTHS)
        first = _month(world, cycle - now)
        approved = world.timeline.month_dates(np.array([cycle - 1]))[0] + 21
        for number, family in enumerate(catalogue.families):
            demand, to_stock = plans.demand[number, cycle], family.archetype.is_made_to_stock
            levelled = np.repeat(demand.reshape(-1, LEVEL_MONTHS).mean(axis=1), LEVEL_MONTHS)
            made = plans.production[number, cycle] if to_stock else levelled
            closing = plans.closing[number, cycle] if to_stock else backlog[number, cycle] + (demand - made).cumsum()
            closing = np.maximum(np.rint(closing), 0)
            nothing = pl.Series([None] * PLAN_MONTHS, dtype=pl.String)
            parts.append(
                pl.DataFrame(
                    {
                        "cycle_id": [str(first)[:7]] * PLAN_MONTHS,
                        "family_id": [family.family_id] * PLAN_MONTHS,
                        "period_start": dates(world.timeline.month_dates(months)),
                        "approved_on": dates(np.full(PLAN_MONTHS, approved)),
                        "demand_quantity": whole_or_tenths(np.rint(demand)),
                        "production_quantity": nothing if family.archetype.is_bought else whole_or_tenths(np.rint(made)),
                        "closing_inventory_quantity": whole_or_tenths(closing) if to_stock else nothing,
                        "closing_backlog_quantity": nothing if to_stock else whole_or_tenths(closing),
                        "revenue": whole_or_tenths(np.rint(demand * price[number] * 0.93)),
                        "currency": ["EUR"] * PLAN_MONTHS,
                    }
                )
            )
    return pl.concat(parts)


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
            None,
            _STRATEGIES[family.archetype.stem],
            None,
            None,
            "true" if family.archetype.stem == "GARDEN" else "false",
            None,
            "true" if family.archetype.stem == "KITS" else "false",
        )
        for family in world.catalogue.families
    ]
    header = "family_id valid_from strategy minimum_production maximum_production subcontract_allowed maximum_backlog_quantity lost_sales_allowed"
    return rows(header, *lines)


def scenarios(world: World) -> pl.DataFrame:
    summer = (_month(world, 7), _month(world, 9))
    lines: list[tuple[object, ...]] = [
        ("dry_summer", 1, "Demand for garden and well pumps up by 15 % in summer", "demand", "GARDEN", None, *summer, 1.15, None),
        ("dry_summer", 2, "Demand for garden and well pumps up by 15 % in summer", "demand", "SUBMERSIBLE", None, *summer, 1.15, None),
        ("more_test_benches", 1, "One more test bench from April", "capacity", None, BOTTLENECK, _month(world, 5), None, 1.33, None),
        ("less_stock", 1, "Inventory targets down by a fifth", "inventory_target", None, None, _month(world, 2), None, 0.8, None),
        ("copper", 1, "Copper makes motors 6 % dearer", "cost", "MOTORS", None, _month(world, 2), None, 1.06, None),
    ]
    header = "scenario_id line scenario_name measure family_id resource_id period_from period_to factor change"
    return rows(header, *_known(world, lines, 4))


def decisions(world: World) -> pl.DataFrame:
    lines: list[tuple[object, ...]] = [
        ("D-01", "CIRCULATOR", _month(world, -1), "Second shift on the circulator line until the shortage is made up", "J. Brandt", _month(world, 1), "decided"),
        ("D-02", "VALVES", _month(world, -1), "No new valve orders above the agreed minimum before spring", "S. Hansen", _month(world, 3), "decided"),
        ("D-03", None, _month(world, -1), "Order a further test bench for Kiel, or pre-build from February", "Production", _month(world, 1), "proposed"),
        ("D-04", "SUBMERSIBLE", _month(world, -15), "Second supplier for shaft seals", "Purchasing", _month(world, -13), "done"),
        ("D-05", "PROCESS", _month(world, -2), "Two more fitters in Ulm for process pumps", "M. Weber", _month(world, 2), "proposed"),
        ("D-06", "GARDEN", _month(world, -1), "Release the solar pump only with routing, cost and price", "Engineering", _month(world, 2), "decided"),
    ]  # fmt: skip
    return rows("decision_id family_id raised_on text owner due_date decision_status", *_known(world, lines, 1))
