"""What-if scenarios: the lines of a scenario applied to the frames a plan is made of. Planning on them, and comparing plans, stay out."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from sop_pipeline.contracts.core.intentions import DEMAND_STEPS

BASE = "base"
MADE_COSTS = ("production_cost_per_unit", "purchase_cost_per_unit", "subcontract_cost_per_unit")
WAGES = ("regular_wage_per_hour", "overtime_wage_per_hour")
KEY = ["family_id", "period_start"]
STEP = [*KEY, "step"]
STEP_ORDER = pl.col("step").replace_strict({step: number for number, step in enumerate(DEMAND_STEPS)}, return_dtype=pl.Int64)

Frames = Mapping[str, pl.DataFrame]
Line = Mapping[str, Any]


def scenario_ids(scenarios: pl.DataFrame) -> list[str]:
    """The scenarios of the extract, sorted; base has no lines."""
    return sorted(set(scenarios["scenario_id"].to_list()) - {BASE})


def scenario_lines(scenarios: pl.DataFrame, scenario_id: str) -> Iterator[Line]:
    """The lines of a scenario in the order they apply: numbers by size, other text after them."""
    rows = [row for row in scenarios.iter_rows(named=True) if row["scenario_id"] == scenario_id]
    yield from sorted(rows, key=lambda row: (not row["line"].isdigit(), int(row["line"]) if row["line"].isdigit() else 0, row["line"]))


def of_scenario(frame: pl.DataFrame, scenario_id: str) -> pl.DataFrame:
    """The rows of one scenario."""
    return frame.filter(pl.col("scenario_id") == scenario_id)


def change_demand(family_demand: pl.DataFrame, scenarios: pl.DataFrame, scenario_id: str) -> pl.DataFrame:
    """The demand plan (contract FamilyDemand) of a scenario: every step of base in proportion, so that the steps still add up."""
    demand = of_scenario(family_demand, BASE).with_columns(scenario_id=pl.lit(scenario_id))
    asked = [line for line in scenario_lines(scenarios, scenario_id) if line["measure"] == "demand"]
    for line in asked:
        demand = demand.with_columns(
            pl.when(_concerns(demand, line)).then(_changed_steps(line)).otherwise(pl.col("quantity")).alias("quantity")
        )
    return _with_changes(demand, KEY) if asked else demand


def change_item_demand(
    item_demand: pl.DataFrame, family_demand: pl.DataFrame, changed: pl.DataFrame, *, items: pl.DataFrame, item_mix: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The item demand plan (contract ItemDemand) of the scenario whose families' plan is `changed`, and that plan as its items sum to it.

    `family_demand` and `item_demand` hold base. Items keep their shares of the family after every step; where it had no demand they follow
    its mix, evenly where it has none. Author and reason are those of base, whose steps these are. A family changes only where the
    coarsest decimals of its items are more than a rounding.
    """
    scenario = pl.lit(changed["scenario_id"].first(), dtype=pl.String).alias("scenario_id")
    base = of_scenario(item_demand, BASE)
    families = (
        of_scenario(family_demand, BASE)
        .select(*STEP, was="quantity")
        .join(changed.select(*STEP, wanted="quantity"), on=STEP, maintain_order="left")
    )
    moved = families.filter(pl.col("was") != pl.col("wanted")).select(KEY).unique()
    if moved.is_empty():
        return base.with_columns(scenario), changed
    masters = items.select("item_id", units="planning_units_per_unit").join(
        item_mix.select("item_id", "mix_ratio"), on="item_id", how="left"
    )
    cells = (
        base.join(moved, on=KEY, how="semi", maintain_order="left")
        .join(families, on=STEP, how="left", maintain_order="left")
        .join(masters, on="item_id", how="left", maintain_order="left")
    )
    mix = pl.col("mix_ratio").fill_null(0.0)
    share = (
        pl.when(pl.col("was") > 0)
        .then(pl.col("quantity") * pl.col("units") / pl.col("was"))
        .when(mix.sum().over(STEP) > 0)
        .then(mix / mix.sum().over(STEP))
        .otherwise(1.0 / pl.len().over(STEP))
    )
    cells = cells.with_columns(own=pl.col("wanted") * share).with_columns(quantity=(pl.col("own") / pl.col("units")).round(6))
    # Of the items with at least an average share, the one in the finest unit takes what rounding leaves, the largest of equals.
    is_small = pl.col("own") < pl.col("own").mean().over(STEP) * (1 - 1e-9)
    best = pl.struct(is_small=is_small, units="units", less=-pl.col("own"), item_id="item_id").rank("ordinal").over(STEP) == 1
    left = pl.col("wanted") - (pl.col("quantity") * pl.col("units")).sum().over(STEP)
    whole = (pl.col("quantity") + left / pl.col("units")).round(6).clip(lower_bound=0.0)
    cells = cells.with_columns(quantity=pl.when(best).then(whole).otherwise(pl.col("quantity")))
    kept = base.join(moved, on=KEY, how="anti", maintain_order="left")
    spread = _with_changes(cells, ["item_id", "period_start"]).select(base.columns)
    sums = cells.group_by(STEP).agg(items_quantity=(pl.col("quantity") * pl.col("units")).sum().round(6))
    is_coarse = (pl.col("items_quantity") - pl.col("quantity")).abs() > 5e-7 * pl.max_horizontal(1.0, "quantity")
    settled = changed.join(sums, on=STEP, how="left", maintain_order="left").with_columns(
        quantity=pl.when(is_coarse).then("items_quantity").otherwise("quantity")
    )
    return (
        pl.concat([kept, spread]).sort("item_id", "period_start", STEP_ORDER).with_columns(scenario),
        _with_changes(settled, KEY).select(changed.columns),
    )


def change_money(
    family_money: pl.DataFrame, family_usage: pl.DataFrame, scenarios: pl.DataFrame, scenario_id: str, first_planned: dt.date
) -> pl.DataFrame:
    """Prices and costs (contract FamilyMoney) of a scenario, out of those of base: planned periods only, history has no scenarios.

    What makes a family dearer makes those that it goes into (`family_usage`) dearer too.
    """
    money = of_scenario(family_money, BASE).filter(pl.col("period_start") >= first_planned).with_columns(scenario_id=pl.lit(scenario_id))
    for line in scenario_lines(scenarios, scenario_id):
        if line["measure"] == "price":
            money = _changed(money, line, ("net_price_amount", "net_price_budget_rate_amount"))
        elif line["measure"] == "cost" and line["resource_id"] is None:
            money = _pass_on(money, _changed(money, line, ("unit_cost_amount",)), family_usage)
    return money


def _pass_on(before: pl.DataFrame, money: pl.DataFrame, family_usage: pl.DataFrame) -> pl.DataFrame:
    """Unit costs raised by what the components of other families cost more than before, up through the structure."""
    usage = family_usage.group_by("family_id", "component_family_id").agg(pl.col("quantity_per_unit").sum())
    rise = before.select(*KEY, was="unit_cost_amount").join(money.select(*KEY, now="unit_cost_amount"), on=KEY, maintain_order="left")
    rise = rise.select(*KEY, more=pl.col("now") - pl.col("was")).filter(pl.col("more") != 0)
    # A structure is no deeper than there are families; circles stop there too.
    for _ in range(money["family_id"].n_unique()):
        rise = (
            usage.join(rise.rename({"family_id": "component_family_id"}), on="component_family_id")
            .group_by(KEY)
            .agg(more=(pl.col("quantity_per_unit") * pl.col("more")).sort().sum())
        )
        if rise.is_empty():
            break
        dearer = money.join(rise, on=KEY, how="left", maintain_order="left")
        money = dearer.with_columns(
            unit_cost_amount=(pl.col("unit_cost_amount") + pl.col("more").fill_null(0.0)).clip(lower_bound=0.0).round(9)
        ).drop("more")
    return money


def change_supply(tables: Frames, scenarios: pl.DataFrame, scenario_id: str) -> dict[str, pl.DataFrame]:
    """Capacity, heads' hours, targets, supplier limits and given costs of a scenario: the frames of core, by name, that a plan reads."""
    changed = dict(tables)
    for line in scenario_lines(scenarios, scenario_id):
        for table, change in _CHANGES.get(line["measure"], {}).items():
            if table in changed:
                changed[table] = change(changed[table], line)
    return changed


def _changed_steps(line: Line) -> pl.Expr:
    """The quantity after every step: a change is one of the last step, which the others follow in proportion."""
    if line["factor"] is not None:
        return (pl.col("quantity") * line["factor"]).clip(lower_bound=0.0).round(6)
    final = pl.when(pl.col("step") == DEMAND_STEPS[-1]).then(pl.col("quantity")).max().over(KEY).fill_null(0.0)
    changed = (final + line["change"]).clip(lower_bound=0.0)
    return pl.when(final > 0).then(pl.col("quantity") * changed / final).otherwise(pl.col("quantity") + changed).round(6)


def _with_changes(demand: pl.DataFrame, cell: list[str]) -> pl.DataFrame:
    """Every quantity less that of the step before in its cell, the first known one being all change."""
    known = pl.col("quantity").fill_null(0.0)
    before = known.shift(1).over(cell, order_by=STEP_ORDER).fill_null(0.0)
    return demand.with_columns(change_quantity=(known - before).round(6))


def _changed(frame: pl.DataFrame, line: Line, columns: tuple[str, ...], *, only: pl.Expr | None = None) -> pl.DataFrame:
    """The columns multiplied by the factor, or raised by the change, in the rows that the line speaks of; amounts never fall below 0."""
    concerns = _concerns(frame, line) if only is None else _concerns(frame, line) & only
    changed = []
    for name in columns:
        new = pl.col(name) * line["factor"] if line["factor"] is not None else pl.col(name) + line["change"]
        changed.append(pl.when(concerns).then(new.round(9).clip(lower_bound=0.0)).otherwise(pl.col(name)).alias(name))
    return frame.with_columns(changed)


def _concerns(frame: pl.DataFrame, line: Line) -> pl.Expr:
    """Whether a row is in the periods of a line, and of its family and resource where the frame has such a column."""
    concerns = pl.lit(value=True)
    if line["period_from"] is not None:
        concerns &= pl.col("period_start") >= line["period_from"]
    if line["period_to"] is not None:
        concerns &= pl.col("period_start") <= line["period_to"]
    for name in ("family_id", "resource_id"):
        if line[name] is not None and name in frame.columns:
            concerns &= pl.col(name) == line[name]
    return concerns


def _capacity(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    """Capacity of a resource, or of all: what suppliers deliver is a measure of its own, unless a line names the quota."""
    only = ~pl.col("is_supplier_quota") if line["resource_id"] is None else None
    return _changed(frame, line, ("regular_capacity", "overtime_capacity"), only=only)


def _heads(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    """A crew's capacity is the hours of its heads; an absolute change of hours is shared by the opening heads."""
    if line["factor"] is None:
        heads = pl.col("opening_headcount").clip(lower_bound=1.0)
        more = pl.col("regular_hours_per_head") + line["change"] / heads
        concerns = _concerns(frame, line)
        return frame.with_columns(
            regular_hours_per_head=pl.when(concerns).then(more.clip(lower_bound=0.0).round(9)).otherwise(pl.col("regular_hours_per_head"))
        )
    return _changed(frame, line, ("regular_hours_per_head", "overtime_hours_per_head"))


def _targets(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    """Targets of stock; an absolute change is one of quantity, so that it leaves targets in days alone."""
    columns = ("target_quantity",) if line["factor"] is None else ("target_quantity", "target_days_of_supply")
    return _changed(frame, line, columns)


def _quotas(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    """What suppliers can deliver of components; stock that is there already stays."""
    return _changed(frame, {**line, "resource_id": None}, ("regular_capacity",), only=pl.col("is_supplier_quota"))


def _limits(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    return _changed(frame, line, ("limit_quantity",))


def _deliveries(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    """What suppliers can deliver: of all of them, for a supplier's limit is not one family's."""
    return _changed(frame.with_columns(pl.col("maximum_quantity").cast(pl.Float64)), line, ("maximum_quantity",))


def _given_costs(frame: pl.DataFrame, line: Line) -> pl.DataFrame:
    """Costs that are given: of a family, or of all, what its supply costs; of a resource its wages."""
    kinds, scope, scope_id = (
        (WAGES, "resource", line["resource_id"]) if line["resource_id"] is not None else (MADE_COSTS, "family", line["family_id"])
    )
    only = pl.col("cost_type").is_in(kinds)
    if scope_id is not None:
        only &= (pl.col("scope") == scope) & (pl.col("scope_id") == scope_id)
    return _changed(frame, line, ("cost_value",), only=only)


_CHANGES: dict[str, dict[str, Callable[[pl.DataFrame, Line], pl.DataFrame]]] = {
    "capacity": {"resource_capacity": _capacity, "workforce": _heads},
    "inventory_target": {"inventory_policies": _targets},
    "cost": {"planning_costs": _given_costs},
    "supplier_capacity": {"supplier_capacity": _deliveries, "resource_capacity": _quotas, "supplier_quotas": _limits},
}
