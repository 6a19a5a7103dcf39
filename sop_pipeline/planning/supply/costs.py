"""What a plan costs: money by kind, family and period, and beside it the soft prices that steered it. Nothing is decided here."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.constraints.before import capacity_before, load_before
from sop_pipeline.planning.supply.constraints.mix import mix_deviation, mix_price
from sop_pipeline.planning.supply.constraints.perishables import scrap_price
from sop_pipeline.planning.supply.constraints.resources import overflow_price, overload_price
from sop_pipeline.planning.supply.constraints.sources import anchored, components_before, tie_break_prices
from sop_pipeline.planning.supply.constraints.stability import levelled_sources, rate_changes, rate_deviation
from sop_pipeline.planning.supply.constraints.workforce import heads_change_price
from sop_pipeline.planning.supply.inputs import KINDS, Floats, SupplyInputs
from sop_pipeline.planning.supply.lead_times import shifted
from sop_pipeline.planning.supply.model import Model
from sop_pipeline.planning.supply.plan import Quantities
from sop_pipeline.planning.supply.prices import LOST_STEPS, lost_sale_steps

COST_KINDS = (
    "production_cost",
    "subcontract_cost",
    "purchase_cost",
    "regular_labour_cost",
    "overtime_cost",
    "hiring_cost",
    "layoff_cost",
    "holding_cost",
    "backorder_cost",
    "lost_sales_cost",
)


@dataclass(frozen=True)
class Costs:
    """Money per kind, family and period (each FT); the costs of resources are shared to families by the hours they take."""

    by_kind: dict[str, Floats]

    def total(self, kind: str | None = None) -> float:
        """Money of one kind, or of all."""
        return float(sum(amount.sum() for name, amount in self.by_kind.items() if kind in (None, name)))


def money_costs(inputs: SupplyInputs, plan: Quantities) -> Costs:
    """Money only: no soft price, and backorders and lost sales only where a cost for them was given."""
    families = inputs.families
    by_kind = {f"{kind}_cost": supply_cost(inputs, plan.supply, number) for number, kind in enumerate(KINDS)}
    shares = hour_shares(inputs, plan.supply)
    by_kind |= {kind: share_to_families(inputs, shares, amount) for kind, amount in resource_costs(inputs, plan).items()}
    by_kind["holding_cost"] = holding_cost(inputs, plan.inventory)
    late = families.is_make_to_order[:, None] * np.fmax(families.promised_backlog_quantity, np.nan_to_num(families.target_backlog_quantity))
    backorder = np.maximum(plan.backlog - late, 0.0) * families.backorder_cost
    by_kind["backorder_cost"] = backorder * families.is_backorder_cost_given[:, None]
    by_kind["lost_sales_cost"] = plan.lost_sales * families.lost_sale_cost * families.is_lost_sale_cost_given[:, None]
    return Costs({kind: by_kind[kind] for kind in COST_KINDS})


def supply_cost(inputs: SupplyInputs, supply: Floats, kind: int) -> Floats:
    """Unit cost × quantity of the sources of a kind, per family and period."""
    sources = inputs.sources
    cost = np.zeros(inputs.shape)
    mine = sources.kind == kind
    np.add.at(cost, sources.family[mine], (sources.unit_cost * supply)[mine])
    return cost


def resource_costs(inputs: SupplyInputs, plan: Quantities) -> dict[str, Floats]:
    """Regular hours, overtime, hires and layoffs per resource and period (RT); heads are paid worked or idle."""
    crew, resources = inputs.workforce, inputs.resources
    shape = resources.regular_capacity.shape
    own_overtime = plan.overtime - _on_resources(crew.resource, plan.pool_overtime, shape)
    wages = crew.regular_wage_per_hour * crew.regular_hours_per_head * (plan.heads + crew.temporary_heads)
    overtime = crew.overtime_wage_per_hour * plan.pool_overtime
    machines = resources.overtime_cost * own_overtime + resources.extra_shift_cost * plan.extra_shift
    return {
        "regular_labour_cost": _on_resources(crew.resource, wages, shape) + resources.regular_cost * plan.regular_paid,
        "overtime_cost": _on_resources(crew.resource, overtime, shape) + machines,
        "hiring_cost": _on_resources(crew.resource, crew.hire_cost * plan.hires, shape),
        "layoff_cost": _on_resources(crew.resource, crew.layoff_cost * plan.layoffs, shape),
    }


def holding_cost(inputs: SupplyInputs, inventory: Floats) -> Floats:
    """Holding cost × closing stock, or the mean of opening and closing stock, above zero or above the minimum; FT, money."""
    families, switches = inputs.families, inputs.switches
    floor = np.nan_to_num(families.minimum_inventory_quantity) if switches.holding_cost_above == "minimum" else np.zeros(inputs.shape)
    closing = np.maximum(inventory - floor, 0.0)
    if switches.holding_cost_on == "closing":
        return families.holding_cost * closing
    first = np.maximum(inputs.opening_position_quantity - floor[:, 0], 0.0)
    opening = np.concatenate([first[:, None], closing[:, :-1]], axis=1)
    return families.holding_cost * (opening + closing) / 2


def soft_costs(model: Model, plan: Quantities, costs: Costs) -> dict[str, float]:
    """Everything in the objective that is not money, by what it is for; of backorders and lost sales what goes beyond their money."""
    inputs, prices, rules = model.inputs, model.prices, model.rules
    families, sources = inputs.families, inputs.sources
    soft = {
        hinge.name: float(hinge.stock_and_backlog_cost(plan.inventory, plan.backlog).sum())
        for hinge in model.hinges
        if hinge.name not in ("holding", "backorder")
    }
    backorder = next(hinge for hinge in model.hinges if hinge.name == "backorder")
    soft["backorder"] = float(backorder.stock_and_backlog_cost(plan.inventory, plan.backlog).sum()) - costs.total("backorder_cost")
    step = np.divide(families.demand_quantity, LOST_STEPS)
    filled = [np.clip(plan.lost_sales - number * step, 0.0, step) * price[:, None] for number, price in enumerate(lost_sale_steps(inputs))]
    soft["lost_sales"] = float((sum(filled) * prices.lost_sale).sum()) - costs.total("lost_sales_cost")
    soft["scrap"] = float((plan.scrap * scrap_price(inputs, prices, model.segments)).sum())
    held = anchored(inputs)[:, None] & ~np.isnan(sources.approved_quantity)
    approved = np.where(held, np.nan_to_num(sources.approved_quantity), plan.supply)
    soft["anchor"] = float((prices.anchor * np.abs(plan.supply - approved)).sum())
    soft["tie_break"] = float((tie_break_prices(inputs, prices) * plan.supply).sum())
    soft["components_before"] = float((components_before(inputs, prices) * plan.supply).sum())
    beyond = np.maximum(load_before(inputs, plan.supply) - capacity_before(inputs)[:, None], 0.0)
    soft["overload_before"] = float((beyond * prices.overload[:, None]).sum())
    soft["mix"] = float((mix_price(prices, inputs) * np.abs(mix_deviation(inputs, plan.supply))).sum())
    soft["rate_change"] = _rate_change_cost(model, plan)
    soft["heads_change"] = float((heads_change_price(inputs, rules) * (plan.hires + plan.layoffs)).sum())
    soft["overflow"] = float((plan.overflow * overflow_price(prices)[:, None]).sum())
    soft["overload"] = float((plan.forced_overload * overload_price(inputs, prices, rules)[:, None]).sum())
    soft["idle"] = float((plan.forbidden_idle * prices.idle[:, None]).sum())
    soft["uncovered_issue"] = float((plan.uncovered_issue * prices.forced[:, None]).sum())
    return soft


def hour_shares(inputs: SupplyInputs, supply: Floats) -> Floats:
    """Per usage and period its share of its resource's load (ET, sums to 1 per resource in use); equal shares where there is no load."""
    usages = inputs.usages
    shape = inputs.resources.regular_capacity.shape
    hours = np.zeros((usages.source.size, shape[1]))
    for offset in np.unique(usages.offset):
        now = usages.offset == offset
        hours[now] = usages.usage_per_unit[now][:, None] * shifted(inputs, usages.source[now], int(offset), supply)
    whole = np.zeros(shape)
    np.add.at(whole, usages.resource, hours)
    users = np.bincount(usages.resource, minlength=shape[0])
    total = whole[usages.resource]
    return np.divide(hours, total, out=np.broadcast_to(1.0 / users[usages.resource][:, None], hours.shape).copy(), where=total > 0)


def share_to_families(inputs: SupplyInputs, shares: Floats, amount: Floats) -> Floats:
    """Money of resources (RT) as money of families (FT); what nobody uses is shared equally, so that families sum to the company."""
    usages = inputs.usages
    shared = np.zeros(inputs.shape)
    if not amount.size:
        return shared
    np.add.at(shared, inputs.sources.family[usages.source], shares * amount[usages.resource])
    unused = np.setdiff1d(np.arange(amount.shape[0]), usages.resource)
    return shared + amount[unused].sum(axis=0) / max(inputs.shape[0], 1)


def _rate_change_cost(model: Model, plan: Quantities) -> float:
    inputs = model.inputs
    changes = rate_changes(inputs, model.rules)
    counted = levelled_sources(inputs)
    rate = np.zeros(inputs.shape)
    np.add.at(rate, inputs.sources.family[counted], plan.supply[counted])
    days = inputs.families.working_days
    rate = np.divide(rate, days, out=np.zeros_like(rate), where=days > 0)
    weight = model.rules.rate_change[changes.family, changes.period]
    return float((weight * rate_deviation(inputs, changes, rate)).sum())


def _on_resources(rows: np.ndarray, values: Floats, shape: tuple[int, ...]) -> Floats:
    full = np.zeros(shape)
    full[rows] = values
    return full
