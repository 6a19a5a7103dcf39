"""What supply costs: the costs that are given, those derived from standard costs where none is, and a list of the latter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.demand_grid import positions

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OVERTIME_TO_WAGE = 1.5  # an hour of overtime, where only the wage is given
WAGE_TO_VALUE = 0.01  # what steers hours nobody has priced: shares of the value of what an hour makes
OVERTIME_TO_VALUE = 0.05
SAME = 1e-9  # of a cost: parts that make up the total


@dataclass(frozen=True)
class CostRatios:
    """The `costs:` of the company: where planning_costs says nothing; ratios per period of standard cost, of net price."""

    inventory_carrying_rate_per_year: float = 0.18
    backorder_cost_ratio: float = 0.25
    lost_sale_cost_ratio: float = 1.0


@dataclass(frozen=True)
class Derived:
    """A cost that nobody gave, mean over the periods of the horizon, and what it was derived from."""

    cost: str
    scope: str
    scope_id: str
    amount: float
    unit: str
    only_steers: bool
    basis: str


@dataclass(frozen=True)
class SupplyCosts:
    """Money per unit, hour or head and period of the horizon; F families, R resources, H periods. Steering prices are no money."""

    unit_value: Floats  # F, mean over the periods
    standard: Floats  # FH, standard cost, 0 where none is known
    production: Floats  # FH
    subcontract: Floats  # FH
    purchase: Floats  # FH
    holding: Floats  # FH
    backorder: Floats  # FH
    is_backorder_given: Flags  # F
    lost_sale: Floats  # FH
    is_lost_sale_given: Flags  # F
    wage: Floats  # RH
    is_wage_given: Flags  # R
    overtime: Floats  # RH
    is_overtime_given: Flags  # R: given, or derived from a wage that is
    hire: Floats  # RH
    layoff: Floats  # RH
    derived: tuple[Derived, ...]


def read_costs(
    balance: Balance,
    *,
    planning_costs: pl.DataFrame,
    family_money: pl.DataFrame,
    item_costs: pl.DataFrame,
    item_mix: pl.DataFrame,
    items: pl.DataFrame,
    resources: pl.DataFrame,
    ratios: CostRatios,
) -> SupplyCosts:
    """Costs of supply per planning unit, hour and head, in the reporting currency.

    The narrowest scope of `planning_costs` wins. Making costs production_cost_per_unit, else the standard cost without what other planned
    families supply, and without its labour where a labour resource of the family has a wage. What is bought or subcontracted costs its
    standard cost where nothing is said. An hour of overtime that nobody priced costs 1.5 times a given wage; hours without any price are
    steered by a share of what an hour makes, which is in no total.
    """
    axes = balance.axes
    given = _Given(planning_costs, axes.horizon_starts, axes.family_ids, balance.resources.resource_ids)
    standard = np.nan_to_num(axes.grid(family_money, "unit_cost_amount", "plan.family_money", count=axes.horizon))
    price = np.nan_to_num(axes.grid(family_money, "net_price_amount", "plan.family_money", count=axes.horizon))
    is_labour = np.asarray(resources.sort("resource_id")["resource_type"].to_numpy() == "labour")
    wage = given.of_resources("regular_wage_per_hour", company_for=is_labour)
    overtime = given.of_resources("overtime_wage_per_hour", company_for=is_labour)
    is_wage_given = _always(wage)
    is_overtime_given = is_wage_given | _always(overtime)

    is_paid_by_hour = np.zeros(len(axes.family_ids), dtype=bool)
    paid = is_labour[balance.usage.resource] & is_wage_given[balance.usage.resource]
    is_paid_by_hour[balance.usage.family[paid]] = True
    labour = _labour_share(balance, item_costs, item_mix, items) * is_paid_by_hour[:, None]
    own = np.maximum(standard * (1.0 - labour) - _component_value(balance, standard), 0.0)
    made, bought, subcontracted = (given.of_families(f"{kind}_cost_per_unit") for kind in ("production", "purchase", "subcontract"))
    holding, backorder, lost = (
        given.of_families(name) for name in ("holding_cost_per_unit_period", "backorder_cost_per_unit_period", "lost_sale_cost_per_unit")
    )
    carrying = given.of_families("inventory_carrying_rate_per_year")
    carrying = np.where(np.isnan(carrying), ratios.inventory_carrying_rate_per_year, carrying)
    hour_value = _hour_value(balance, standard)[:, None]
    costs = {
        "production": (made, own, "standard cost without other families' components and without labour that wages pay"),
        "subcontract": (subcontracted, standard, "standard cost"),
        "purchase": (bought, standard, "standard cost"),
        "holding": (holding, carrying * standard / axes.season, "carrying rate a year × standard cost ÷ periods of a year"),
        "backorder": (backorder, ratios.backorder_cost_ratio * standard, "backorder_cost_ratio × standard cost"),
        "lost_sale": (lost, ratios.lost_sale_cost_ratio * price, "lost_sale_cost_ratio × net price"),
    }
    derived_overtime = np.where(is_wage_given[:, None], OVERTIME_TO_WAGE * wage, OVERTIME_TO_VALUE * hour_value)
    hours = {
        "wage": (wage, np.broadcast_to(WAGE_TO_VALUE * hour_value, wage.shape), "a hundredth of what an hour makes"),
        "overtime": (overtime, derived_overtime, "1.5 × the wage; a twentieth of what an hour makes where there is no wage"),
    }
    needed = _needed(balance, is_labour)
    return SupplyCosts(
        unit_value=standard.mean(axis=1),
        standard=standard,
        **{name: np.where(np.isnan(known), derived, known) for name, (known, derived, _) in (costs | hours).items()},
        is_backorder_given=_always(backorder),
        is_lost_sale_given=_always(lost),
        is_wage_given=is_wage_given,
        is_overtime_given=is_overtime_given,
        hire=np.nan_to_num(given.of_resources("hire_cost_per_head", company_for=is_labour)),
        layoff=np.nan_to_num(given.of_resources("layoff_cost_per_head", company_for=is_labour)),
        derived=(
            *_derived(
                costs, needed, ids=axes.family_ids, scope="family", unit="planning unit", is_money=np.ones(len(axes.family_ids), dtype=bool)
            ),
            *_derived(hours, needed, ids=balance.resources.resource_ids, scope="resource", unit="hour", is_money=is_wage_given),
        ),
    )


def _always(known: Floats) -> Flags:
    """Per row whether a cost is given for every period."""
    return np.asarray(np.isfinite(known).all(axis=1))


class _Given:
    """The costs of core.planning_costs as arrays of families or resources × periods; NaN where none is given."""

    def __init__(self, planning_costs: pl.DataFrame, starts: pl.Series, family_ids: Sequence[str], resource_ids: Sequence[str]) -> None:
        period = {start: number for number, start in enumerate(starts.to_list())}
        self._cells: dict[tuple[str, str, str], Floats] = {}
        self._periods, self._families, self._resources = len(period), family_ids, resource_ids
        for scope, scope_id, cost_type, start, value in planning_costs.select(
            "scope", "scope_id", "cost_type", "period_start", "cost_value"
        ).iter_rows():
            if start in period and value is not None:
                row = self._cells.setdefault((scope, scope_id, cost_type), np.full(self._periods, np.nan))
                row[period[start]] = value

    def of_families(self, cost_type: str) -> Floats:
        return self._narrowest("family", self._families, cost_type, np.ones(len(self._families), dtype=bool))

    def of_resources(self, cost_type: str, company_for: Flags) -> Floats:
        """`company_for`: the resources that a cost of the whole company speaks of."""
        return self._narrowest("resource", self._resources, cost_type, company_for)

    def _narrowest(self, scope: str, ids: Sequence[str], cost_type: str, company_for: Flags) -> Floats:
        none = np.full(self._periods, np.nan)
        company = self._cells.get(("company", "", cost_type), none)
        rows = []
        for key, counts in zip(ids, company_for, strict=True):
            own = self._cells.get((scope, key, cost_type), none)
            rows.append(np.where(np.isnan(own), company if counts else none, own))
        return np.array(rows).reshape(len(ids), self._periods)


def _labour_share(balance: Balance, item_costs: pl.DataFrame, item_mix: pl.DataFrame, items: pl.DataFrame) -> Floats:
    """Share of labour in the standard cost of a family, weighted by its mix; 0 where the parts of a cost are not given. FH."""
    axes = balance.axes
    rest = pl.col("total_cost_amount") - pl.col("material_cost_amount") - pl.col("labour_cost_amount")
    cells = (
        item_costs.join(item_mix.select("item_id", "mix_ratio"), on="item_id")
        .join(items.filter(pl.col("family_id").is_not_null()).select("item_id", "family_id", "planning_units_per_unit"), on="item_id")
        .filter(pl.col("family_id").is_in(axes.family_ids))
        .with_columns(
            weight=pl.col("mix_ratio") / pl.col("planning_units_per_unit"),
            # An overhead that is left out is none where material and labour make up the total.
            labour=pl.when(
                pl.col("overhead_cost_amount").is_not_null() | (rest.abs() <= SAME * pl.col("total_cost_amount")),
                pl.col("material_cost_amount").is_not_null(),
            ).then(pl.col("labour_cost_amount")),
        )
        .sort("family_id", "period_start", "item_id")
        .group_by("family_id", "period_start", maintain_order=True)
        .agg(
            labour=(pl.col("weight") * pl.col("labour").fill_null(0.0)).sum(),
            total=(pl.col("weight") * pl.col("total_cost_amount")).sum(),
        )
        .with_columns(share=pl.when(pl.col("total") > 0).then(pl.col("labour") / pl.col("total")).otherwise(0.0))
    )
    return axes.grid(cells, "share", "core.item_costs", missing=0.0, count=axes.horizon)


def _component_value(balance: Balance, standard: Floats) -> Floats:
    """What the components that other planned families supply are worth in a unit, at their standard cost; FH."""
    value = np.zeros_like(standard)
    usage = balance.family_usage.sort("family_id", "component_family_id", "lead_time_offset_periods")
    consumer = positions(usage, "family_id", balance.axes.family_position, "core.family_usage")
    component = positions(usage, "component_family_id", balance.axes.family_position, "core.family_usage")
    np.add.at(value, consumer, usage["quantity_per_unit"].to_numpy()[:, None] * standard[component])
    return value


def _hour_value(balance: Balance, standard: Floats) -> Floats:
    """Per resource the standard cost of what an hour of it makes, mean over the families that use it; 1 where none has a cost. R."""
    usage = balance.usage
    value, users = np.zeros(len(balance.resources.resource_ids)), np.zeros(len(balance.resources.resource_ids))
    np.add.at(value, usage.resource, standard.mean(axis=1)[usage.family] / usage.usage_per_unit)
    np.add.at(users, usage.resource, 1.0)
    mean = np.divide(value, users, out=np.zeros_like(value), where=users > 0)
    return np.where(mean > 0, mean, 1.0)


def _needed(balance: Balance, is_labour: Flags) -> dict[str, Flags]:
    """Which families and resources a cost concerns at all: one that nothing could ever cost is not worth listing."""
    share = balance.policies.kind_share
    used = np.zeros(len(balance.resources.resource_ids), dtype=bool)
    used[balance.usage.resource] = True
    resources = balance.resources
    beyond = np.where(
        resources.is_labour[:, None], np.nan_to_num(resources.workforce["overtime_hours_per_head"]), resources.overtime_capacity
    )
    overtime = (beyond > 0).any(axis=1)
    every = np.ones(len(share), dtype=bool)
    return {
        "production": (share[:, 0] > 0) | (share.sum(axis=1) == 0),
        "subcontract": (share[:, 1] > 0) | balance.policies.is_subcontract_allowed.any(axis=1),
        "purchase": share[:, 2] > 0,
        "holding": every,
        "backorder": every,
        "lost_sale": balance.policies.are_lost_sales_allowed.any(axis=1),
        "wage": used & is_labour & balance.resources.is_labour,
        "overtime": used & overtime,
    }


def _derived(
    costs: dict[str, tuple[Floats, Floats, str]], needed: dict[str, Flags], *, scope: str, ids: Sequence[str], unit: str, is_money: Flags
) -> Iterator[Derived]:
    for name, (known, derived, basis) in costs.items():
        for position in np.flatnonzero(~_always(known) & needed[name]).tolist():
            # Without a given cost, backorders and lost sales steer the plan and enter no total.
            only_steers = name in ("backorder", "lost_sale") or not is_money[position]
            yield Derived(f"{name}_cost", scope, ids[position], float(derived[position].mean()), unit, only_steers, basis)
