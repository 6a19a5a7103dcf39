"""What the demo company's customers want: expected demand by item and month, and the order lines drawn from it.

How it is met stays out.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sop_pipeline.demo.archetypes import CUSTOMER_GROUPS, GROUP_DISCOUNT_RATIO, GROUP_ORDER_LEAD_DAYS, US_DISTRIBUTORS
from sop_pipeline.demo.masters import NEVER, Catalogue, Texts
from sop_pipeline.demo.timeline import AS_OF, Flags, Floats, Ints, Timeline, stream

PRICE_INCREASE_PER_YEAR = 0.025
BUDGET_DOLLARS_PER_EURO = 1.10
RAMP = (0.35, 0.6, 0.8, 0.95)  # of the expected level, in the first months of a launch
FADE = (0.85, 0.7, 0.55, 0.4, 0.3, 0.2)  # of the usual level, in the last months before a phase-out
UNITS_PER_BOX = 10


@dataclass(frozen=True)
class Promotion:
    """A promotion of a family, or of one item of it, in a month; `month` is an offset from the as-of month."""

    promotion_id: str
    stem: str
    month: int
    uplift_ratio: float
    pull_forward_ratio: float
    status: str
    cost: int
    item: int | None = None
    states_uplift: bool = True


PROMOTIONS = (
    Promotion("PR-2024-04", "GARDEN", -31, 0.36, 0.25, "committed", 60_000, states_uplift=False),
    Promotion("PR-2024-10", "CIRCULATOR", -25, 0.22, 0.20, "committed", 25_000, states_uplift=False),
    Promotion("PR-2025-04", "GARDEN", -19, 0.40, 0.25, "committed", 65_000, states_uplift=False),
    Promotion("PR-2025-09", "VALVES", -14, 0.30, 0.30, "committed", 12_000, item=2, states_uplift=False),
    Promotion("PR-2025-10", "CIRCULATOR", -13, 0.25, 0.20, "cancelled", 25_000),
    Promotion("PR-2026-04", "GARDEN", -7, 0.33, 0.25, "committed", 70_000, states_uplift=False),
    Promotion("PR-2027-04", "GARDEN", 5, 0.35, 0.25, "committed", 75_000),
    Promotion("PR-2027-05", "SUBMERSIBLE", 6, 0.15, 0.20, "planned", 40_000),
    Promotion("PR-2027-09", "KITS", 10, 0.10, 0.0, "idea", 5_000),
)


@dataclass(frozen=True)
class Lines:
    """Order lines. Days and items are numbers; quantities are in the item's unit. `order_type` holds text."""

    item: Ints
    customer: Ints
    order_day: Ints
    requested_day: Ints
    promised_day: Ints
    quantity: Ints
    cancelled: Ints
    order_type: Texts

    def __len__(self) -> int:
        return len(self.item)

    def take(self, which: Any) -> "Lines":
        return Lines(**{name: values[which] for name, values in vars(self).items()})


def expected_demand(timeline: Timeline, catalogue: Catalogue) -> Floats:
    """Demand by item and month without noise, promotions included, life of items respected; in the item's unit."""
    kinds = [family.archetype for family in catalogue.families]
    month = np.arange(len(timeline.months))
    years_from_now = (month - timeline.history_months) / 12
    growth = np.array([kind.growth_per_year for kind in kinds])[:, None]
    amplitude = np.array([kind.season_amplitude for kind in kinds])[:, None]
    peak = np.array([kind.season_peak for kind in kinds])[:, None]
    angle = 2 * np.pi * (timeline.month_of_year[None, :] + 1 - peak) / 12
    season = 1 + amplitude * np.cos(angle) + 0.2 * amplitude * np.cos(2 * angle)
    by_family = (1 + growth) ** years_from_now[None, :] * season * promotion_factors(timeline, catalogue)
    expected: Floats = catalogue.items.monthly_quantity[:, None] * by_family[catalogue.items.family]
    for promotion, item in _item_promotions(catalogue):
        at = timeline.history_months + promotion.month
        if 0 <= at < len(month) - 1:
            expected[item, at] *= 1 + promotion.uplift_ratio
            expected[item, at + 1] *= 1 - promotion.uplift_ratio * promotion.pull_forward_ratio
    return expected * _life(catalogue, month)


def promotion_factors(timeline: Timeline, catalogue: Catalogue) -> Floats:
    """What the promotions of whole families make of demand, by family and month; cancelled ones and ideas make nothing of it."""
    factors = np.ones((len(catalogue.families), len(timeline.months)))
    for promotion in PROMOTIONS:
        at = timeline.history_months + promotion.month
        if promotion.item is not None or promotion.status in ("cancelled", "idea") or at < 0:
            continue
        for number, family in enumerate(catalogue.families):
            if family.family_id == promotion.stem:
                factors[number, at] *= 1 + promotion.uplift_ratio
                factors[number, at + 1] *= 1 - promotion.uplift_ratio * promotion.pull_forward_ratio
    return factors


def _item_promotions(catalogue: Catalogue) -> list[tuple[Promotion, int]]:
    found = []
    for promotion in PROMOTIONS:
        family = catalogue.family_of(promotion.stem)
        if promotion.item is not None and family is not None and promotion.item < family.item_count:
            found.append((promotion, family.first_item + promotion.item))
    return found


def _life(catalogue: Catalogue, month: Ints) -> Floats:
    items = catalogue.items
    life = np.ones((len(items), len(month)))
    for item in np.flatnonzero(items.launch_month >= 0):
        age = month - items.launch_month[item]
        life[item] = np.where(age < 0, 0, np.array([*RAMP, 1.0])[np.clip(age, 0, len(RAMP))])
    for item in np.flatnonzero(items.phase_out_month < NEVER):
        left = items.phase_out_month[item] - month
        fading = np.array([0.0, *reversed(FADE), 1.0])[np.clip(left, 0, len(FADE) + 1)]
        life[item] *= fading
        heir = items.successor[item]
        if items.launch_month[heir] < 0:
            life[heir] += (1 - fading) * items.monthly_quantity[item] / items.monthly_quantity[heir]
    return life


def draw_lines(timeline: Timeline, catalogue: Catalogue, expected: Floats, seed: int) -> Lines:
    """Order lines taken before the as-of date, by order day, customer and item; promised days of what is made to order come later."""
    rng = stream(seed, "demand")
    items = catalogue.items
    to_stock = catalogue.is_made_to_stock
    horizon = timeline.history_months + 3
    wanted = expected[:, :horizon] * _noise(rng, catalogue, horizon)
    wanted[~to_stock, timeline.history_months :] = 0
    rate = items.lines_per_month[:, None] * np.ones(horizon)
    drawn = rng.poisson(rate)
    is_steady = items.lines_per_month[:, None] >= 1
    count = np.where(is_steady, np.maximum(drawn, 1), drawn)
    count[wanted <= 0] = 0
    mean = wanted / np.where(is_steady, np.maximum(count, 1), rate)

    item, month = np.divmod(np.repeat(np.arange(count.size), count.ravel()), horizon)
    quantity = _nice(mean[item, month] * rng.lognormal(-0.01, 0.15, len(item)))
    customer = _draw_customers(rng, catalogue, items.family[item])
    group = catalogue.customers.group[customer]
    day = timeline.draw_working_days(rng, month)
    lead = np.array([GROUP_ORDER_LEAD_DAYS[name] for name in CUSTOMER_GROUPS])
    ahead = rng.integers(lead[group, 0], lead[group, 1] + 1)
    made_to_stock = to_stock[item]
    order_day = np.where(made_to_stock, np.maximum(day - ahead, 0), day)
    weekend_shop = np.char.isdigit(items.item_id[item].astype(str))  # spare part kits sell in a web shop, also on Sundays
    order_day = np.where(weekend_shop, order_day, np.minimum(timeline.next_working_day(order_day), day))
    requested = np.where(made_to_stock, day, order_day)
    lines = Lines(
        item=item,
        customer=customer,
        order_day=order_day,
        requested_day=requested,
        promised_day=requested.copy(),
        quantity=quantity,
        cancelled=np.zeros(len(item), dtype=np.int64),
        order_type=np.full(len(item), "standard"),
    )
    lines = lines.take(lines.order_day < timeline.as_of_day)
    lines = lines.take(np.lexsort((lines.item, lines.customer, lines.order_day)))
    return _with_exceptions(rng, lines, to_stock[lines.item])


def _noise(rng: np.random.Generator, catalogue: Catalogue, months: int) -> Floats:
    by_family = np.zeros((len(catalogue.families), months))
    shock = rng.normal(0, 0.035, by_family.shape)
    for month in range(months):
        by_family[:, month] = (0.5 * by_family[:, month - 1] if month else 0) + shock[:, month]
    by_item = rng.normal(0, 0.12, (len(catalogue.items), months))
    noise: Floats = np.exp(by_family[catalogue.items.family] + by_item).astype(np.float64)
    return noise


def _nice(quantity: Floats) -> Ints:
    """Quantities people order: whole, in fives above 30, in tens above 80."""
    step = np.where(quantity > 80, 10, np.where(quantity > 30, 5, 1))
    return np.maximum(np.round(quantity / step) * step, 1).astype(np.int64)


def _draw_customers(rng: np.random.Generator, catalogue: Catalogue, family: Ints) -> Ints:
    customers = catalogue.customers
    share = np.array([one.archetype.group_mix for one in catalogue.families]).cumsum(axis=1)
    group = (rng.uniform(0, 1, len(family))[:, None] >= share[family]).sum(axis=1).clip(0, len(CUSTOMER_GROUPS) - 1)
    cumulated = np.concatenate([[0.0], customers.weight.cumsum()])
    first = np.searchsorted(customers.group, np.arange(len(CUSTOMER_GROUPS)))
    last = np.searchsorted(customers.group, np.arange(len(CUSTOMER_GROUPS)), side="right")
    point = rng.uniform(cumulated[first[group]], cumulated[last[group]])
    return np.minimum(np.searchsorted(cumulated, point, side="right") - 1, last[group] - 1)


def _with_exceptions(rng: np.random.Generator, lines: Lines, made_to_stock: Flags) -> Lines:
    """Some lines are cancelled, wholly or in part; some are samples, or free of charge."""
    draw = rng.uniform(0, 1, len(lines))
    part = np.maximum(lines.quantity // 3, 0)
    cancelled = np.where(draw < 0.010, lines.quantity, np.where(draw < 0.018, part, 0))
    order_type = lines.order_type.astype("<U12")
    order_type[(draw > 0.997) & made_to_stock] = "sample"
    order_type[(draw > 0.995) & (draw <= 0.997) & made_to_stock] = "free"
    quantity = np.where(order_type == "sample", np.minimum(lines.quantity, 2), lines.quantity)
    return replace(lines, quantity=quantity, cancelled=np.where(order_type == "standard", cancelled, 0), order_type=order_type)


def list_prices(catalogue: Catalogue, year: Ints) -> Floats:
    """Net list price in euro of one unit, by item and year."""
    years_from_now = year.astype(np.float64) - int(str(AS_OF.astype("datetime64[Y]")))
    return np.round(catalogue.items.price[:, None] * (1 + PRICE_INCREASE_PER_YEAR) ** years_from_now[None, :], 2)


def line_prices(timeline: Timeline, catalogue: Catalogue, lines: Lines) -> Floats:
    """Net price of one unit in the customer's currency: list price of the order's year less the group's discount."""
    year = timeline.year_of_month[timeline.month_of_day[lines.order_day]]
    first_year = int(timeline.year_of_month[0])
    price = list_prices(catalogue, np.unique(timeline.year_of_month))[lines.item, year - first_year]
    group = catalogue.customers.group[lines.customer]
    discount = np.array([GROUP_DISCOUNT_RATIO[name] for name in CUSTOMER_GROUPS])[group]
    in_dollars = is_in_dollars(catalogue, lines.customer)
    net = np.round(price * (1 - discount) * np.where(in_dollars, BUDGET_DOLLARS_PER_EURO, 1.0), 2)
    return np.where(lines.order_type == "standard", net, 0.0)


def is_in_dollars(catalogue: Catalogue, customer: Ints) -> Flags:
    return np.asarray(catalogue.customers.group[customer] == CUSTOMER_GROUPS.index(US_DISTRIBUTORS))
