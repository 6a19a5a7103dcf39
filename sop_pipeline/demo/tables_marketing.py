"""What marketing of the demo company sends: promotions, launches, assumptions."""

import numpy as np
import polars as pl

from sop_pipeline.demo.demand import PROMOTIONS
from sop_pipeline.demo.frames import rows
from sop_pipeline.demo.world import World


def promotions(world: World) -> pl.DataFrame:
    found = []
    for promotion in PROMOTIONS:
        family = world.catalogue.family_of(promotion.stem)
        at = world.now + promotion.month
        if family is None or at < 0 or (promotion.item or 0) >= family.item_count:
            continue
        first = world.timeline.month_dates(np.array([at]))[0]
        last = world.timeline.month_dates(np.array([at + 1]))[0] - 1
        item = None if promotion.item is None else world.catalogue.items.item_id[family.first_item + promotion.item]
        found.append(
            (
                promotion.promotion_id,
                item,
                None if item else family.family_id,
                first,
                last,
                promotion.status,
                promotion.uplift_ratio if promotion.states_uplift else None,
                promotion.pull_forward_ratio if promotion.states_uplift else None,
                promotion.cost,
                "EUR",
            )
        )
    header = "promotion_id item_id family_id start_date end_date promotion_status uplift_ratio pull_forward_ratio cost currency"
    return rows(header, *found)


def product_launches(world: World) -> pl.DataFrame:
    items = world.catalogue.items
    found = []
    for item in np.flatnonzero(items.launch_month >= 0):
        like, launch = items.like_item[item], items.launch_month[item]
        confidence = "medium" if launch > world.now else "high"
        first = world.timeline.month_dates(np.array([launch]))[0]
        found.append(
            (
                items.item_id[item],
                first,
                items.item_id[like],
                round(items.monthly_quantity[item] / items.monthly_quantity[like], 2),
                4,
                None,
                confidence,
            )
        )
    header = "item_id launch_date like_item_id like_item_scale ramp_periods expected_period_quantity confidence"
    return rows(header, *found)


def market_assumptions(world: World) -> pl.DataFrame:
    def month(offset: int) -> np.datetime64:
        return world.timeline.month_dates(np.array([max(world.now + offset, 0)]))[0]

    known = {family.family_id for family in world.catalogue.families}
    table = (
        (
            "A-01",
            "SUBMERSIBLE",
            "A dry summer: demand for well pumps as in the summer of this year",
            month(6),
            month(9),
            0.05,
            0.5,
            "Marketing",
            "open",
        ),
        ("A-02", "CIRCULATOR", "The subsidy for heating renovation is prolonged", month(0), month(13), 0.04, 0.7, "Sales", "confirmed"),
        ("A-03", "VALVES", "A competitor leaves the market for brass valves", month(-10), month(2), 0.20, 0.4, "Purchasing", "broken"),
        ("A-04", None, "The dollar stays below 0.88 euro", month(0), month(11), None, 0.6, "Finance", "open"),
        ("A-05", "PROCESS", "Two chemical parks order replacements", month(2), month(8), 0.06, 0.6, "Sales", "open"),
    )
    header = "assumption_id family_id statement period_from period_to effect_ratio probability owner assumption_status"
    return rows(header, *(line for line in table if line[1] is None or line[1] in known))
