"""A balance to plan as inputs of the supply model: one source per kind of supply of a family. Solving it, and the tables, stay out."""

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.balance.path import FamilyTask
from sop_pipeline.planning.balance.plan import StrategyPlan
from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.optimum.costs import SupplyCosts
from sop_pipeline.planning.supply import (
    Families,
    Issues,
    KindLimits,
    Resources,
    Sources,
    StockUsages,
    SupplyInputs,
    Switches,
    Timing,
    Usages,
    Workforce,
)
from sop_pipeline.planning.supply.fences import anchor_multiples
from sop_pipeline.planning.supply.inputs import KINDS, PRODUCTION, PURCHASE, STRATEGIES, SUBCONTRACT

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


def supply_inputs(balance: Balance, costs: SupplyCosts, plan: StrategyPlan, tasks: list[FamilyTask], switches: Switches) -> SupplyInputs:
    """The supply model's inputs for the horizon: what is left of the current period, then whole ones.

    `plan` is the arithmetic of the same strategy: it gives targets in planning units, backlog targets, and what level and chase keep
    without a policy. `tasks` hold limits, frozen periods and overrides of each family.
    """
    axes, start = balance.axes, balance.inputs
    horizon = axes.horizon
    sources = _sources(balance, costs, tasks, switches)
    families = _families(balance, costs, plan, sources, tasks=tasks, switches=switches)
    return SupplyInputs(
        families,
        sources,
        _limits(balance, tasks, sources),
        usages=_usages(balance, sources),
        issues=_issues(balance),
        resources=_resources(balance, costs),
        stock_usages=_stock_usages(balance, costs),
        workforce=_workforce(balance, costs),
        switches=switches,
        timing=Timing(
            first_period_ratio=axes.remaining_ratio,
            season_periods=axes.season,
            working_days_after=start.working_days[:, horizon:],
        ),
    )


def _families(
    balance: Balance, costs: SupplyCosts, plan: StrategyPlan, sources: Sources, *, tasks: list[FamilyTask], switches: Switches
) -> Families:
    axes, start, policies = balance.axes, balance.inputs, balance.policies
    levels = {name: np.array([getattr(level, name) for level in plan.levels]) for name in ("target", "minimum", "maximum")}
    follows = np.array([[name in ("level", "chase") for name in asked] for asked in plan.asked])
    most = np.array([task.maximum_stock for task in tasks])
    kept = np.fmin(np.fmax(start.opening.stock[:, None], levels["minimum"]), most)
    # Without a target level and chase keep today's stock, inside what the policy allows; who looks for the least cost is free.
    keeps = follows & np.isnan(levels["target"]) & ~start.is_to_order[:, None]
    # Where there is no minimum, the target is what stock beyond it is costed from.
    above_minimum = switches.holding_cost_above == "minimum"
    floor = np.where(np.isnan(levels["minimum"]) & above_minimum, levels["target"], levels["minimum"])
    ordered = np.array([task.waypoint for task in tasks])
    is_to_order = start.is_to_order
    backlog = np.where(is_to_order[:, None], np.array([path.target_backlog for path in plan.paths]), np.nan)
    share = policies.kind_share
    making = share[:, PRODUCTION] + share[:, SUBCONTRACT]
    both = np.zeros((2, len(share)), dtype=bool)
    both[0, sources.family[np.asarray(sources.kind) != PURCHASE]] = True
    both[1, sources.family[np.asarray(sources.kind) == PURCHASE]] = True
    mixed = both.all(axis=0) & (making > 0) & (share[:, PURCHASE] > 0)
    return Families(
        tuple(axes.family_ids),
        start.demand_left,
        start.days_left,
        opening_inventory_quantity=start.opening.stock,
        opening_backlog_quantity=start.opening.owed,
        unit_value_amount=costs.unit_value,
        holding_cost=costs.holding,
        backorder_cost=costs.backorder,
        lost_sale_cost=costs.lost_sale,
        is_backorder_cost_given=costs.is_backorder_given,
        is_lost_sale_cost_given=costs.is_lost_sale_given,
        is_make_to_order=is_to_order,
        is_lost_sale_allowed=policies.are_lost_sales_allowed.any(axis=1) & ~is_to_order,
        # A backlog in days is the objective of a family made to order, even where it comes to nothing.
        target_inventory_quantity=np.where(np.isnan(backlog), np.where(keeps, kept, levels["target"]), np.nan),
        minimum_inventory_quantity=floor,
        maximum_inventory_quantity=levels["maximum"],
        target_backlog_quantity=backlog,
        promised_backlog_quantity=_promised_backlog(balance, plan),
        maximum_backlog_quantity=policies.maximum_backlog,
        inventory_override_quantity=np.where(ordered >= 0, ordered, np.nan),
        backlog_override_quantity=np.where(ordered < 0, -ordered, np.nan),
        shelf_life_periods=policies.shelf_life.periods,
        fresh_opening_quantity=policies.shelf_life.fresh_opening,
        previous_rate=_previous_rate(balance, sources),
        purchase_ratio=np.where(mixed, share[:, PURCHASE] / np.where(mixed, making, 1.0), np.nan),
        period_strategy=np.array([[STRATEGIES.index(name) for name in asked] for asked in plan.asked]),
    )


def _previous_rate(balance: Balance, sources: Sources) -> Floats:
    """The daily rate production comes from, for families that produce: what others buy or hand out has no rate of its own to keep."""
    makes = np.zeros(len(balance.axes.family_ids), dtype=bool)
    makes[sources.family[np.asarray(sources.kind) == PRODUCTION]] = True
    return np.where(makes, balance.inputs.previous_rate, np.nan)


def _promised_backlog(balance: Balance, plan: StrategyPlan) -> Floats:
    """What the market waits for: customer lead time × the family's mean planned shipments a working day."""
    start = balance.inputs
    days = start.days_left.sum(axis=1)
    shipped = np.array([path.shipped.sum() for path in plan.paths])
    rate = np.divide(shipped, days, out=np.zeros_like(days), where=days > 0)
    promised = np.where(start.is_to_order, start.customer_lead_time_days * rate, 0.0)
    return np.broadcast_to(promised[:, None], start.days_left.shape).copy()


def _sources(balance: Balance, costs: SupplyCosts, tasks: list[FamilyTask], switches: Switches) -> Sources:
    """Every kind a family has a source of, or somebody ordered; making where there is nothing else."""
    axes = balance.axes
    has = np.zeros((len(axes.family_ids), len(KINDS)), dtype=bool)
    for family, kind in balance.family_sources.select("family_id", "source_kind").iter_rows():
        has[axes.family_position[family], KINDS.index(kind)] = True
    has |= np.array([(task.lower > 0).any(axis=1) for task in tasks])
    has[~has.any(axis=1), PRODUCTION] = True
    family, kind = np.nonzero(has)
    approved = np.full((family.size, axes.horizon), np.nan)
    made = kind == PRODUCTION
    approved[made] = balance.inputs.approved_production[family[made]]
    approved[:, 0] = np.maximum(approved[:, 0] - balance.inputs.opening.to_date["production"][family], 0.0)
    unit_cost = np.stack([costs.production, costs.subcontract, costs.purchase])
    run = np.where(made & switches.minimum_runs, balance.policies.minimum_run[family], 0.0)[:, None].repeat(axes.horizon, axis=1)
    run[:, 0] = np.maximum(run[:, 0] - balance.inputs.opening.to_date["production"][family], 0.0)
    multiples = anchor_multiples(
        balance.inputs.fence_periods,
        axes.horizon,
        slushy_periods=switches.slushy_fence_periods,
        slushy_multiple=switches.slushy_multiple,
    )
    return Sources(
        ("main",) * family.size,
        family,
        kind,
        unit_cost=unit_cost[kind, family],
        approved_quantity=approved,
        minimum_run_quantity=run,
        anchor_multiple=multiples[family],
    )


def _limits(balance: Balance, tasks: list[FamilyTask], sources: Sources) -> KindLimits:
    least, most = (np.array([getattr(task, name) for task in tasks]).transpose(1, 0, 2).copy() for name in ("lower", "upper"))
    other = np.zeros(len(tasks), dtype=bool)
    other[sources.family[np.asarray(sources.kind) != SUBCONTRACT]] = True
    closed = ~balance.policies.is_subcontract_allowed & other[:, None] & (least[SUBCONTRACT] == 0)
    most[SUBCONTRACT] = np.where(closed, 0.0, most[SUBCONTRACT])
    # What somebody ordered, or what is frozen, stays even beyond what suppliers can deliver.
    most[PURCHASE] = np.maximum(np.minimum(most[PURCHASE], balance.policies.maximum_purchase), least[PURCHASE])
    return KindLimits(least, most)


def _usages(balance: Balance, sources: Sources) -> Usages:
    """Subcontractors work for what is subcontracted, all other resources for what is made."""
    usage, resources = balance.usage, balance.resources
    at = np.full((len(balance.axes.family_ids), len(KINDS)), -1)
    at[sources.family, sources.kind] = np.arange(len(sources.source_ids))
    kind = np.where(resources.is_subcontractor[usage.resource], SUBCONTRACT, PRODUCTION)
    source = at[usage.family, kind]
    kept = np.flatnonzero(source >= 0)
    order = kept[np.lexsort((usage.offset_periods[kept], usage.resource[kept], source[kept]))]
    return Usages(source[order], usage.resource[order], usage.offset_periods[order], usage.usage_per_unit[order])


def _issues(balance: Balance) -> Issues:
    usage, position = balance.family_usage, balance.axes.family_position
    rows = sorted(
        (position[component], position[consumer], offset, per_unit)
        for consumer, component, offset, per_unit in usage.select(
            "family_id", "component_family_id", "lead_time_offset_periods", "quantity_per_unit"
        ).iter_rows()
    )
    component, consumer, offset = (np.array([row[part] for row in rows], dtype=np.int64) for part in range(3))
    return Issues(component, consumer, offset, np.array([row[3] for row in rows], dtype=np.float64))


def limiting(balance: Balance) -> NDArray[np.bool_]:
    """Resources and periods whose capacity limits the plan: known, and critical, or a subcontractor's."""
    resources = balance.resources
    return resources.is_capacity_known & (resources.is_critical | resources.is_subcontractor)[:, None]


def _resources(balance: Balance, costs: SupplyCosts) -> Resources:
    resources = balance.resources
    pool = resources.is_labour[:, None]
    limits = limiting(balance)
    paid = ~pool & costs.is_wage_given[:, None]
    regular = np.where(pool, 0.0, np.where(limits, resources.regular_capacity, np.inf))
    return Resources(
        tuple(resources.resource_ids),
        regular_capacity=regular,
        regular_cost=np.where(paid, costs.wage, 0.0),
        overtime_capacity=np.where(pool, 0.0, np.where(limits, resources.overtime_capacity, 0.0)),
        overtime_cost=np.where(pool, 0.0, costs.overtime),
        is_storable=resources.is_storable,
    )


def _stock_usages(balance: Balance, costs: SupplyCosts) -> StockUsages:
    """What stock takes of stores and working capital that limit the plan; the others only show their load."""
    use = balance.stock_use
    per_unit = use.per_unit(costs.unit_value)
    limits = np.asarray(limiting(balance).any(axis=1))
    kept = np.flatnonzero(limits[use.resource] & (per_unit > 0))
    return StockUsages(use.family[kept], use.resource[kept], per_unit[kept])


def _workforce(balance: Balance, costs: SupplyCosts) -> Workforce:
    resources = balance.resources
    pools = np.flatnonzero(resources.is_labour)
    crew = {name: values[pools] for name, values in resources.workforce.items()}
    return Workforce(
        pools,
        opening_heads=np.nan_to_num(crew["opening_headcount"][:, 0]),
        regular_hours_per_head=np.nan_to_num(crew["regular_hours_per_head"]),
        overtime_hours_per_head=np.nan_to_num(crew["overtime_hours_per_head"]),
        regular_wage_per_hour=costs.wage[pools],
        overtime_wage_per_hour=costs.overtime[pools],
        hire_cost=costs.hire[pools],
        layoff_cost=costs.layoff[pools],
        expected_leavers=np.nan_to_num(crew["expected_leavers"]),
        temporary_heads=np.nan_to_num(crew["temporary_headcount"]),
        maximum_hires=_unlimited(crew["maximum_hires"]),
        maximum_layoffs=_unlimited(crew["maximum_layoffs"]),
        minimum_heads=np.nan_to_num(crew["minimum_headcount"]),
        maximum_heads=_unlimited(crew["maximum_headcount"]),
    )


def _unlimited(limit: Floats) -> Floats:
    return np.where(np.isnan(limit), np.inf, limit)
