"""What production of the demo company sends: resources, their capacity, heads, working days, what was made and is being made."""

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import ABSENCE_RATIO, BOTTLENECK, RESOURCES, SHORT_LINE, SUBCONTRACTOR, Resource
from sop_pipeline.demo.flows import is_subcontracted
from sop_pipeline.demo.frames import dates, ratio, repeated, rows, texts, where
from sop_pipeline.demo.timeline import SITES, Floats, stream
from sop_pipeline.demo.world import World, calibrated_hours, lots_done, total_requirements

CALENDAR_MONTHS_AHEAD = 37
LIMIT_MONTHS = 24
SUBCONTRACTOR_UNITS_PER_DAY = 25
PALLETS = 5200


def resources(world: World) -> pl.DataFrame:
    header = (
        "resource_id resource_name site_id resource_type capacity_unit is_critical number_of_units hours_per_day overtime_ratio "
        "efficiency_ratio utilisation_ratio demonstrated_capacity_per_day months_to_add_capacity"
    )
    lines: list[tuple[object, ...]] = []
    for resource in RESOURCES:
        is_labour = resource.resource_type == "labour"
        number = heads(world, resource)[world.now] if is_labour else world.units[resource.resource_id]
        rated = number * resource.hours_per_day * resource.efficiency_ratio * resource.utilisation_ratio
        lines.append(
            (
                resource.resource_id,
                resource.name,
                resource.site_id,
                resource.resource_type,
                "hours",
                "true",
                int(number),
                resource.hours_per_day,
                resource.overtime_ratio,
                None if is_labour else resource.efficiency_ratio,
                None if is_labour else resource.utilisation_ratio,
                round(rated * 0.97, 1),
                resource.months_to_add_capacity,
            )
        )
    lines.append(
        (
            SUBCONTRACTOR,
            "Kowalski, contract assembly",
            "KIEL",
            "subcontractor",
            "units",
            "false",
            1,
            SUBCONTRACTOR_UNITS_PER_DAY,
            0,
            None,
            None,
            None,
            1,
        )
    )
    lines.append(("STORE-K", "High-bay store Kiel", "KIEL", "facility", "pallets", "false", 1, PALLETS, 0, None, None, None, 12))
    return rows(header, *lines)


def hours_by_month(world: World, resource_id: str) -> Floats:
    """Hours of a resource if production followed expected demand, by month."""
    hours = calibrated_hours(world)[resource_id]
    return np.asarray((hours[:, None] * total_requirements(world.catalogue, world.expected)).sum(axis=0))


def rated_capacity(world: World, resource: Resource) -> Floats:
    """Regular hours by month, before planned downtime."""
    number = heads(world, resource) if resource.resource_type == "labour" else world.units[resource.resource_id]
    per_day = resource.hours_per_day * resource.efficiency_ratio * resource.utilisation_ratio
    return np.asarray(number * per_day * world.timeline.site_working_days(resource.site_id))


def heads(world: World, resource: Resource) -> Floats:
    """Heads of a crew by month: what a year's hours around the month ask for, with the crew's usual load."""
    hours = hours_by_month(world, resource.resource_id)
    days = world.timeline.site_working_days(resource.site_id)
    padded = np.concatenate([hours[:12], hours, hours[-12:]])
    padded_days = np.concatenate([days[:12], days, days[-12:]])
    window = np.ones(12)
    smooth = (np.convolve(padded, window, "same") / np.convolve(padded_days, window, "same"))[12:-12]
    return np.maximum(np.rint(smooth / (resource.hours_per_day * (1 - ABSENCE_RATIO) * resource.load_ratio)), 1)


def resource_capacity(world: World) -> pl.DataFrame:
    """Planned downtime: the repair of the circulator line, the yearly inspection of the test benches."""

    def month(offset: int) -> np.datetime64:
        return world.timeline.month_dates(np.array([world.now + offset]))[0]

    lines = [
        (SHORT_LINE, month(0), None, None, 40 * world.units[SHORT_LINE]),
        (BOTTLENECK, month(3), None, None, 24 * world.units[BOTTLENECK]),
    ]
    lines += [(BOTTLENECK, month(15), None, None, 24 * world.units[BOTTLENECK])]
    return rows("resource_id period_start regular_capacity overtime_capacity planned_downtime", *lines)


def workforce(world: World) -> pl.DataFrame:
    header = (
        "resource_id period_start headcount hours_per_head_per_day absence_ratio overtime_hours_per_head expected_leavers "
        "temporary_headcount maximum_hires maximum_layoffs minimum_headcount maximum_headcount"
    )
    lines: list[tuple[object, ...]] = []
    for resource in RESOURCES:
        if resource.resource_type != "labour":
            continue
        number = heads(world, resource)
        now = int(number[world.now])
        for month in range(world.now + LIMIT_MONTHS):
            first = world.timeline.month_dates(np.array([month]))[0]
            ahead = month - world.now
            given = (resource.resource_id, first)
            if ahead <= 0:
                limits = (2, 2, int(now * 0.9), int(now * 1.15)) if ahead == 0 else (None,) * 4
                lines.append((*given, int(number[month]), 8, ABSENCE_RATIO, 16, None, None, *limits))
            if ahead > 0:
                leaver = 1 if ahead == 2 else 0
                limits = (max(1, now // 20), max(1, now // 30), int(now * 0.85), int(np.ceil(now * 1.2)))
                lines.append((*given, None, 8, ABSENCE_RATIO, 16, leaver, 0, *limits))
    return rows(header, *lines)


def working_calendar(world: World) -> pl.DataFrame:
    count = world.now + CALENDAR_MONTHS_AHEAD
    return pl.concat(
        pl.DataFrame(
            {
                "site_id": repeated(site, count),
                "period_start": dates(world.timeline.month_dates(np.arange(count))),
                "working_days": world.timeline.site_working_days(site)[:count],
            }
        )
        for site in SITES
    )


def production_history(world: World) -> pl.DataFrame:
    """Completion reports of what is made here; hours are the standard's with the day's ups and downs."""
    rng = stream(world.seed, "hours")
    lots = lots_done(world, done=True)
    is_bought = world.catalogue.is_bought[lots.item]
    kept = np.flatnonzero(~is_bought & ~is_subcontracted(world, lots.item, lots.day))
    item, day = lots.item[kept], lots.day[kept]
    made = lots.good[kept] + lots.scrap[kept]
    hours = calibrated_hours(world)
    machine = sum(hours[r.resource_id] for r in RESOURCES if r.resource_type != "labour")
    labour = sum(hours[r.resource_id] for r in RESOURCES if r.resource_type == "labour")
    return pl.DataFrame(
        {
            "production_id": texts(f"P{number + 1:06d}" for number in range(len(kept))),
            "item_id": texts(world.catalogue.items.item_id[item]),
            "site_id": texts(world.catalogue.item_site[item]),
            "completion_date": dates(world.timeline.dates(day)),
            "good_quantity": lots.good[kept],
            "scrap_quantity": where(lots.scrap[kept] > 0, pl.Series(lots.scrap[kept])),
            "machine_hours": ratio(made * np.asarray(machine)[item] * rng.normal(1.02, 0.04, len(kept)), 1),
            "labour_hours": ratio(made * np.asarray(labour)[item] * rng.normal(1.06, 0.05, len(kept)), 1),
        }
    )


def open_work_orders(world: World) -> pl.DataFrame:
    """What is on the shop floor: the as-of month's lots made to stock, and lots of open orders made to order."""
    lots = lots_done(world, done=False)
    kept = np.flatnonzero(~world.catalogue.is_bought[lots.item])
    item, day = lots.item[kept], lots.day[kept]
    ahead = day - world.timeline.as_of_day
    return pl.DataFrame(
        {
            "work_order_id": texts(f"W{number + 1:05d}" for number in range(len(kept))),
            "item_id": texts(world.catalogue.items.item_id[item]),
            "site_id": texts(world.catalogue.item_site[item]),
            "remaining_quantity": lots.good[kept],
            "due_date": dates(world.timeline.dates(day)),
            "work_order_status": texts(np.where(ahead < 10, "released", np.where(ahead < 25, "firm", "planned"))),
        }
    )
