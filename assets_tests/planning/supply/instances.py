"""Random companies for tests and nothing else: ordinary ones, and nasty ones that hold every nonsense an extract can hold."""

import numpy as np

from sop_pipeline.planning.supply import (
    Families,
    Issues,
    KindLimits,
    Resources,
    Sources,
    StockUsages,
    SupplyInputs,
    Switches,
    Usages,
    Workforce,
)
from sop_pipeline.planning.supply.inputs import STRATEGIES


def nasty_company(seed: int) -> SupplyInputs:
    """A small company with most features on, and about one value in ten absurd: negative, zero, huge or contradictory."""
    random = np.random.default_rng(seed)
    families, periods = int(random.integers(1, 6)), int(random.integers(1, 9))
    resources = int(random.integers(1, 5))
    size = 10.0 ** random.uniform(-3, 6, families)

    def absurd(values: np.ndarray, choices: tuple[float, ...], share: float = 0.1) -> np.ndarray:
        return np.where(random.random(values.shape) < share, random.choice(choices, values.shape), values)

    def maybe(values: np.ndarray, share: float = 0.5) -> np.ndarray:
        return np.where(random.random(values.shape) < share, values, np.nan)

    grid = (families, periods)
    quantity = size[:, None] * random.lognormal(0, 0.5, grid)
    sources = _sources(random, families, periods, size)
    count = len(sources.source_ids)
    links = np.unique(
        np.stack([random.integers(0, count, 2 * count), random.integers(0, resources, 2 * count), random.integers(0, 3, 2 * count)]), axis=1
    )
    usage = absurd(random.lognormal(0, 1, links.shape[1]) / size[np.asarray(sources.family)[links[0]]], (0.0, -1.0, 1e-9))
    pairs = np.unique(np.sort(random.integers(0, families, (2, 3)), axis=0)[::-1], axis=1)
    pairs = pairs[:, pairs[0] != pairs[1]]
    taken = random.uniform(0, 2, pairs.shape[1]) * size[pairs[0]] / size[pairs[1]]
    pools = np.unique(random.integers(0, resources, int(random.integers(0, 3))))
    labour = (pools.size, periods)
    stores = np.unique(np.stack([random.integers(0, families, 2), random.integers(0, resources, 2)]), axis=1)
    minimum = np.where(random.random((3, *grid)) < 0.1, quantity * random.choice([0.5, 1.0, 3.0, 100.0]), 0.0)
    maximum = np.where(random.random((3, *grid)) < 0.1, quantity * random.choice([0.0, 0.5, 1.0]), np.inf)
    return SupplyInputs(
        Families(
            tuple(f"family {number}" for number in range(families)),
            absurd(quantity, (0.0, -5.0)),
            absurd(np.full(grid, 20.0), (0.0, -1.0)),
            opening_inventory_quantity=absurd(size * random.uniform(0, 3, families), (-3.0, 0.0, 1e7)),
            opening_backlog_quantity=absurd(size * random.integers(0, 2, families), (-1.0,)),
            unit_value_amount=absurd(100 / size, (0.0,)),
            holding_cost=absurd(np.broadcast_to((1 / size)[:, None], grid), (0.0, -1.0)),
            backorder_cost=absurd(np.broadcast_to((25 / size)[:, None], grid), (0.0,)),
            is_backorder_cost_given=random.random(families) < 0.5,
            lost_sale_cost=absurd(np.broadcast_to((200 / size)[:, None], grid), (0.0,)),
            is_lost_sale_cost_given=random.random(families) < 0.5,
            is_make_to_order=random.random(families) < 0.4,
            is_lost_sale_allowed=random.random(families) < 0.4,
            target_inventory_quantity=maybe(quantity),
            minimum_inventory_quantity=maybe(quantity * 1.5),
            maximum_inventory_quantity=maybe(quantity * 0.7),
            target_backlog_quantity=maybe(quantity),
            promised_backlog_quantity=absurd(np.zeros(grid), (1.0,)),
            maximum_backlog_quantity=absurd(np.full(grid, np.inf), (0.0, 1.0, -1.0)),
            inventory_override_quantity=maybe(quantity, 0.1),
            backlog_override_quantity=maybe(quantity, 0.1),
            shelf_life_periods=random.choice([0, 0, 1, 2], families),
            fresh_opening_periods=random.choice([0, 1, 2], families),
            previous_rate=maybe(size / 20),
            strategies=tuple(random.choice(STRATEGIES, families).tolist()),
        ),
        sources,
        KindLimits(minimum, maximum),
        usages=Usages(links[0], links[1], links[2], usage),
        issues=Issues(pairs[0], pairs[1], random.integers(0, 2, pairs.shape[1]), taken),
        resources=Resources(
            tuple(f"resource {number}" for number in range(resources)),
            regular_capacity=absurd(random.lognormal(1, 1, (resources, periods)), (0.0, -1.0, np.inf)),
            regular_cost=absurd(np.zeros((resources, periods)), (5.0,)),
            overtime_capacity=absurd(np.ones((resources, periods)), (0.0, -2.0)),
            overtime_cost=absurd(np.full((resources, periods), 20.0), (0.0,)),
            extra_shift_capacity=0.5,
            extra_shift_cost=30.0,
            is_storable=random.random(resources) < 0.3,
        ),
        stock_usages=StockUsages(stores[0], stores[1], 1 / size[stores[0]]),
        workforce=Workforce(
            pools,
            absurd(np.full(pools.size, 3.0), (0.0, -4.0)),
            absurd(np.full(labour, 1.0), (0.0,)),
            overtime_hours_per_head=0.2,
            regular_wage_per_hour=10.0,
            overtime_wage_per_hour=15.0,
            hire_cost=20.0,
            layoff_cost=30.0,
            expected_leavers=absurd(np.zeros(labour), (1.0, 50.0)),
            temporary_heads=absurd(np.zeros(labour), (2.0,)),
            maximum_hires=absurd(np.full(labour, np.inf), (0.0, 0.3, 1.0)),
            maximum_layoffs=absurd(np.full(labour, np.inf), (0.0, 0.3)),
            minimum_heads=absurd(np.zeros(labour), (2.0, 80.0)),
            maximum_heads=absurd(np.full(labour, np.inf), (0.0, 1.5)),
        ),
        switches=Switches(
            holding_cost_on=str(random.choice(["closing", "average"])),
            holding_cost_above=str(random.choice(["zero", "minimum"])),
            idle_hours=str(random.choice(["allowed", "none"])),
            whole_heads=str(random.choice(["false", "nearest", "up", "optimal"], p=[0.6, 0.15, 0.15, 0.1])),
            overload=str(random.choice(["last_resort", "before_strategy"])),
            level_block_periods=int(random.integers(1, 6)),
        ),
    )


def _sources(random: np.random.Generator, families: int, periods: int, size: np.ndarray) -> Sources:
    keys = sorted(
        {(int(family), int(kind), f"source {number}") for family, kind, number in random.integers(0, (families, 3, 2), (2 * families, 3))}
    )
    family, kind = (np.array([key[axis] for key in keys]) for axis in (0, 1))
    shape = (family.size, periods)
    scale = size[family][:, None]
    odd = random.random(shape)
    return Sources(
        tuple(key[2] for key in keys),
        family,
        kind,
        unit_cost=np.where(odd < 0.05, 0.0, random.uniform(60, 140, shape) / scale),
        yield_ratio=np.where(random.random(family.size) < 0.1, random.choice([0.0, 0.5, -1.0]), 1.0),
        minimum_quantity=np.where(odd > 0.95, scale * 0.5, 0.0),
        maximum_quantity=np.where(odd > 0.9, scale * 0.3, np.inf),
        fixed_quantity=np.where((odd > 0.5) & (odd < 0.55), scale, np.nan),
        approved_quantity=np.where(random.random(shape) < 0.3, scale, np.nan),
        minimum_run_quantity=np.where(random.random(family.size) < 0.03, size[family], 0.0)[:, None],
    )
