"""What finance of the demo company sends: costs, prices, business plan, exchange rates, planning costs, objectives, control totals."""

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import RESOURCES
from sop_pipeline.demo.demand import is_in_dollars, line_prices, list_prices
from sop_pipeline.demo.flows import flows_by_month
from sop_pipeline.demo.frames import dates, money, repeated, rows, texts, where
from sop_pipeline.demo.tables_engineering import not_ready
from sop_pipeline.demo.tables_production import heads
from sop_pipeline.demo.timeline import Floats, Ints, stream
from sop_pipeline.demo.world import World, delivered

COST_INCREASE_PER_YEAR = 0.022
COST_PARTS = (0.56, 0.24)  # material, labour; the rest is overhead
BUDGET_ERROR = {"SUBMERSIBLE": -0.07, "CIRCULATOR": 0.03, "VACUUM": 0.08, "PROCESS": -0.05}  # what the coming year's budget misses
BUDGET_PRICE_RATIO = 0.93  # of list price: what customers pay on average after their discounts, in prices and budget alike
CREDIT_NOTE_MONTH = -8  # the ledger booked a credit note that no shipment shows
CREDIT_NOTE_RATIO = 0.018
CONTROL_MONTHS = 12


def _years(world: World) -> Ints:
    first, last = int(world.timeline.year_of_month[0]), int(world.timeline.year_of_month[world.now])
    return np.arange(first, last + 2)


def _january(year: Ints) -> np.ndarray:
    return (np.asarray(year) - 1970).astype("datetime64[Y]").astype("datetime64[D]")


def standard_costs(world: World) -> pl.DataFrame:
    """Costs of a year from 1 January; small purchased parts are costed per hundred. What is not ready for launch has none."""
    own, parts = world.catalogue.items, world.catalogue.components
    years = _years(world)[:-1]
    per = np.concatenate([np.ones(len(own), dtype=np.int64), parts.per_quantity])
    ids = np.concatenate([own.item_id, parts.item_id])
    level = (1 + COST_INCREASE_PER_YEAR) ** (years - years[-1])
    total = np.round(np.concatenate([own.cost, parts.cost])[:, None] * per[:, None] * level[None, :], 2)
    bought = np.concatenate([world.catalogue.is_bought, np.ones(len(parts), dtype=bool)])[:, None]
    material = np.round(np.where(bought, total, total * COST_PARTS[0]), 2)
    labour = np.round(np.where(bought, 0, total * COST_PARTS[1]), 2)
    number, year = np.nonzero(~np.isin(np.arange(len(ids)), not_ready(world))[:, None] * np.ones_like(total))
    return pl.DataFrame(
        {
            "item_id": texts(ids[number]),
            "valid_from": dates(_january(years)[year]),
            "material_cost": money(material[number, year]),
            "labour_cost": money(labour[number, year]),
            "overhead_cost": money((total - material - labour)[number, year]),
            "total_cost": money(total[number, year]),
            "currency": repeated("EUR", len(number)),
            "per_quantity": where(per[number] > 1, pl.Series(per[number])),
        }
    )


def prices(world: World) -> pl.DataFrame:
    """Net prices of a year from 1 January, the coming year's included: list prices less what discounts take on average."""
    own, years = world.catalogue.items, _years(world)
    table = list_prices(world.catalogue, years)
    number, year = np.nonzero(~np.isin(np.arange(len(own)), not_ready(world))[:, None] * np.ones_like(table))
    return pl.DataFrame(
        {
            "item_id": texts(own.item_id[number]),
            "valid_from": dates(_january(years)[year]),
            "net_price": money(BUDGET_PRICE_RATIO * table[number, year]),
            "currency": repeated("EUR", len(number)),
        }
    )


def business_plan(world: World) -> pl.DataFrame:
    """A budget by family and month for every year of the history and the next; a strategic plan by product group and year."""
    rng = stream(world.seed, "business_plan")
    catalogue, own = world.catalogue, world.catalogue.items
    by_family = catalogue.planning_sums(world.expected)
    value = catalogue.family_sums(world.expected * own.price[:, None]) * BUDGET_PRICE_RATIO
    cost = catalogue.family_sums(world.expected * own.cost[:, None])
    lines: list[tuple[object, ...]] = []
    years = _years(world)
    for year in years:
        months = np.flatnonzero(world.timeline.year_of_month == year)
        for number, family in enumerate(catalogue.families):
            missed = BUDGET_ERROR.get(family.family_id, 0.0) if year == years[-1] else 0.0
            factor = 1 + missed + rng.normal(0, 0.02)
            target = family.archetype.target_days / 21
            for month in months:
                quantity = by_family[number, month] * factor
                lines.append(
                    (
                        f"Budget {year}",
                        "annual",
                        family.family_id,
                        None,
                        world.timeline.month_dates(np.array([month]))[0],
                        1,
                        f"{quantity:.0f}",
                        f"{value[number, month] * factor:.2f}",
                        f"{(value[number, month] - cost[number, month]) * factor:.2f}",
                        f"{cost[number, month] * target:.2f}" if family.archetype.is_made_to_stock else None,
                        "EUR",
                        f"{year - 1}-10-15",
                    )
                )
    groups = sorted({family.archetype.product_group for family in catalogue.families})
    now_year = int(world.timeline.year_of_month[world.now])
    last_year = value[:, world.now - 12 : world.now].sum(axis=1)
    for year in range(now_year + 1, now_year + 4):
        for group in groups:
            revenue = sum(last_year[number] for number, family in enumerate(catalogue.families) if family.archetype.product_group == group)
            revenue *= 1.06 ** (year - now_year)
            money_columns = (f"{revenue:.0f}", f"{revenue * 0.36:.0f}", None, "EUR", f"{now_year}-06-30")
            lines.append((f"Strategy {now_year + 1}", "strategic", None, group, f"{year}-01-01", 12, None, *money_columns))
    header = (
        "version plan_level family_id product_group period_start period_months quantity revenue gross_margin inventory_value "
        "currency approved_on"
    )
    return rows(header, *lines)


def actual_rates(world: World) -> Floats:
    """Euro for a dollar by month of the history and the as-of month: the dollar loses over the years."""
    rng = stream(world.seed, "rates")
    month = np.arange(world.now + 1)
    falling = 0.925 - 0.055 * month / max(world.now, 1)
    return np.round(falling + rng.normal(0, 0.006, len(month)), 4)


def exchange_rates(world: World) -> pl.DataFrame:
    rates = actual_rates(world)
    months = world.timeline.month_dates(np.arange(world.now + 1))
    lines: list[tuple[object, ...]] = []
    for year in _years(world):
        earlier = np.flatnonzero(world.timeline.year_of_month[: world.now + 1] < year)
        rate = rates[earlier[-1]] if len(earlier) else rates[0]
        lines.append(("USD", "EUR", "budget", f"{year}-01-01", f"{rate:.2f}"))
    lines += [("USD", "EUR", "actual", month, rate) for month, rate in zip(months, rates, strict=True)]
    return rows("from_currency to_currency rate_type valid_from rate", *lines)


def planning_costs(world: World) -> pl.DataFrame:
    company = (
        ("inventory_carrying_rate_per_year", 0.16, None),
        ("hire_cost_per_head", 4500, "EUR"),
        ("layoff_cost_per_head", 12000, "EUR"),
        ("days_sales_outstanding", 42, None),
        ("days_payables_outstanding", 35, None),
        ("minimum_cash", 2_000_000, "EUR"),
        ("opening_cash", 6_500_000, "EUR"),
        ("fixed_cost_per_period", 900_000, "EUR"),
    )
    lines: list[tuple[object, ...]] = [("company", None, name, None, value, currency) for name, value, currency in company]
    for resource in RESOURCES:
        if resource.resource_type == "labour":
            lines += [
                ("resource", resource.resource_id, "regular_wage_per_hour", None, 34, "EUR"),
                ("resource", resource.resource_id, "overtime_wage_per_hour", None, 44, "EUR"),
            ]
    garden = world.catalogue.family_of("GARDEN")
    if garden is not None:
        own = world.catalogue.items
        share = own.monthly_quantity[garden.items]
        cost = float((own.cost[garden.items] * share).sum() / share.sum()) * 1.18
        lines.append(("family", garden.family_id, "subcontract_cost_per_unit", None, f"{cost:.2f}", "EUR"))
    return rows("scope scope_id cost_type valid_from value currency", *lines)


def business_objectives(world: World) -> pl.DataFrame:
    def month(offset: int) -> np.datetime64:
        return world.timeline.month_dates(np.array([max(world.now + offset, 0)]))[0]

    crews = [resource for resource in RESOURCES if resource.resource_type == "labour"]
    people = int(sum(heads(world, resource)[world.now] for resource in crews))
    cost = world.catalogue.items.cost
    stock = float((flows_by_month(world).stock[:, -13:].mean(axis=1) * cost).sum())
    lines: list[tuple[object, ...]] = [
        ("gross_margin_ratio", None, month(-10_000), 0.36, "Finance"),
        ("gross_margin_ratio", None, month(2), 0.37, "Finance"),
        ("on_time_in_full_ratio", None, month(-10_000), 0.95, "Supply chain"),
        ("inventory_turns", None, month(-10_000), 9, "Supply chain"),
        ("inventory_value", None, month(-10_000), f"{stock * 0.9:.0f}", "Finance"),
        ("labour_productivity_ratio", None, month(-10_000), 0.95, "Production"),
        ("headcount", None, month(0), people + 2, "Production"),
        ("working_capital", None, month(0), 12_000_000, "Finance"),
    ]
    lines += [
        ("customer_lead_time_days", family.family_id, month(-10_000), family.archetype.customer_lead_time_days, family.archetype.planner)
        for family in world.catalogue.families
        if not family.archetype.is_made_to_stock
    ]
    return rows("measure family_id period_start target owner", *lines)


def control_totals(world: World) -> pl.DataFrame:
    """What ledger and warehouse say of the last twelve months: as the extracts say, but for one credit note in the ledger."""
    timeline, catalogue, now = world.timeline, world.catalogue, world.now
    gone = delivered(world)
    month = timeline.month_of_day[gone.day]
    amount = gone.quantity * line_prices(timeline, catalogue, world.lines)[gone.line]
    rate = np.where(is_in_dollars(catalogue, world.lines.customer[gone.line]), actual_rates(world)[month], 1.0)
    revenue = np.bincount(month, np.round(amount, 2) * rate, now)
    flows = flows_by_month(world)
    lines: list[tuple[object, ...]] = []
    measured = (
        ("shipped_quantity", flows.shipped),
        ("production_quantity", flows.produced),
        ("inventory_quantity", flows.stock[:, 1:]),
    )
    by_family = [(name, catalogue.planning_sums(quantity)) for name, quantity in measured]
    for one in range(max(now - CONTROL_MONTHS, 0), now):
        first = timeline.month_dates(np.array([one]))[0]
        booked = revenue[one] * (1 - CREDIT_NOTE_RATIO if one == now + CREDIT_NOTE_MONTH else 1)
        lines.append(("revenue", first, None, f"{booked:.2f}", "EUR"))
        for name, quantity in by_family:
            lines += [
                (name, first, family.family_id, f"{quantity[number, one]:.0f}", None) for number, family in enumerate(catalogue.families)
            ]
    return rows("measure period_start family_id amount currency", *lines)
