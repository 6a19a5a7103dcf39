"""The identities of the plan, recomputed from a published file alone: which do not hold. Nothing of the software is asked."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from nights import rows

TOLERANCE = 1e-6
KEY = ["cycle_id", "scenario_id", "plan_version"]
COST_KINDS = (
    "production_cost",
    "regular_labour_cost",
    "overtime_cost",
    "hiring_cost",
    "layoff_cost",
    "subcontract_cost",
    "purchase_cost",
    "holding_cost",
    "backorder_cost",
    "lost_sales_cost",
)


def broken_identities(folder: Path) -> list[str]:
    """Sentences on the identities of the published plan that do not hold, none where all do."""
    return [*_balance(folder), *_demand(folder), *_resources(folder), *_heads(folder), *_costs(folder), *_items(folder), *_finite(folder)]


def _off(frame: pl.DataFrame, name: str, difference: pl.Expr, *terms: str | pl.Expr) -> Iterator[str]:
    """One sentence where a difference is more than rounding beside the largest of its terms."""
    size = pl.max_horizontal(1.0, *((pl.col(term) if isinstance(term, str) else term).abs() for term in terms))
    found = frame.with_columns(difference=difference, size=size).filter(pl.col("difference").abs() > TOLERANCE * pl.col("size"))
    if found.height:
        yield f"{name}: {found.height} rows, such as {found.row(0, named=True)}"


def _planned(folder: Path) -> pl.DataFrame:
    balance = rows(folder, "select * from sop.supply_demand_balance where period_kind <> 'history'").sort(*KEY, "family_id", "period_start")
    return balance.with_columns(pl.col(name).fill_null(0.0) for name in balance.columns if name.endswith("_quantity"))


def _balance(folder: Path) -> Iterator[str]:
    planned = _planned(folder)
    quantity = {name.removesuffix("_quantity"): pl.col(name) for name in planned.columns if name.endswith("_quantity")}
    came = quantity["opening_inventory"] + quantity["production"] + quantity["subcontract"] + quantity["purchase"]
    went = quantity["issued"] + quantity["shipped"] - quantity["other_movement"] - quantity["unexplained"]
    yield from _off(planned, "1 stock rolls forward", came - went - quantity["closing_inventory"], came, went)
    for position in ("inventory", "backlog", "shortage"):
        before = pl.col(f"closing_{position}_quantity").shift(1).over(*KEY, "family_id")
        follows = planned.with_columns(before=before).drop_nulls("before")
        yield from _off(follows, f"2 {position} opens where it closed", pl.col(f"opening_{position}_quantity") - pl.col("before"), "before")
    to_order = planned.filter(pl.col("production_strategy") != "make_to_stock")
    owed = quantity["opening_backlog"] + quantity["booked"]
    yield from _off(to_order, "3 backlog rolls forward", owed - quantity["shipped"] - quantity["closing_backlog"], owed)
    due = quantity["opening_shortage"] + quantity["demand"]
    given = quantity["shipped"] + quantity["lost_sales"] + quantity["closing_shortage"]
    to_stock = planned.filter(pl.col("production_strategy") == "make_to_stock")
    yield from _off(to_stock, "4 demand is shipped, lost or short", due - given, due)
    for name in ("production", "subcontract", "purchase", "issued", "shipped", "lost_sales", "closing_inventory", "closing_backlog"):
        below = planned.filter(quantity[name] < -TOLERANCE)
        if below.height:
            yield f"{name} below zero: {below.height} rows"
    is_short = (quantity["closing_shortage"] > 1e-4) & (pl.col("production_strategy") == "make_to_stock")
    silent = planned.filter(is_short & (pl.col("balance_status") != "short"))
    if silent.height:
        yield f"a shortage whose status is not short: {silent.height} rows"


def _demand(folder: Path) -> Iterator[str]:
    steps = rows(folder, "select * from sop.demand_plan where scenario_id = 'base'").sort("step_order")
    last = steps.group_by(*KEY, "family_id", "period_start").agg(
        total=pl.col("change_quantity").sum(), quantity=pl.col("quantity").sort_by("step_order").last()
    )
    yield from _off(last.drop_nulls(), "5 steps sum to the plan", pl.col("total") - pl.col("quantity"), "quantity")
    items = rows(
        folder,
        "select plan.cycle_id, plan.scenario_id, plan.plan_version, plan.family_id, plan.period_start,"
        " sum(plan.quantity * item.planning_units_per_unit) as total from sop.item_demand_plan as plan"
        " inner join sop.dim_item as item using (item_id) where plan.step = 'executive' group by all",
    )
    final = steps.filter(pl.col("step") == "executive").join(items, on=[*KEY, "family_id", "period_start"])
    yield from _off(final.drop_nulls(["total", "quantity"]), "5 items sum to their family", pl.col("total") - pl.col("quantity"), "total")


def _resources(folder: Path) -> Iterator[str]:
    load = rows(folder, "select * from sop.resource_plan where plan_version = 'working'")
    room = pl.col("regular_capacity") + pl.col("overtime_capacity")
    known = load.drop_nulls("regular_capacity")
    beyond = known.filter(
        (pl.col("load_status") != "overloaded") & (pl.col("required_capacity") > room + 1e-4 * pl.max_horizontal(1.0, room))
    )
    if beyond.height:
        yield f"6 load above capacity that is no overload: {beyond.row(0, named=True)}"
    within = known.filter((pl.col("load_status") == "overloaded") & (pl.col("required_capacity") < room))
    if within.height:
        yield f"6 an overload within capacity: {within.row(0, named=True)}"
    told = rows(folder, "select resource_id from sop.exceptions where kind = 'overloaded'")["resource_id"].to_list()
    over = known.filter((pl.col("load_status") == "overloaded") & pl.col("is_critical") & (pl.col("scenario_id") == "base"))
    untold = sorted(set(over.filter(pl.col("required_capacity") > room)["resource_id"]) - set(told))
    if untold:
        yield f"an overload without an exception: {untold}"


def _heads(folder: Path) -> Iterator[str]:
    crew = rows(folder, "select * from sop.workforce_plan where plan_version = 'working'").sort(
        "scenario_id", "resource_id", "period_start"
    )
    change = pl.col("opening_heads") + pl.col("hires") - pl.col("layoffs") - pl.col("leavers")
    yield from _off(crew, "7 heads roll forward", change - pl.col("planned_heads"), "opening_heads", "planned_heads")
    before = crew.with_columns(before=pl.col("planned_heads").shift(1).over("scenario_id", "resource_id")).drop_nulls("before")
    yield from _off(before, "7 heads open where they closed", pl.col("opening_heads") - pl.col("before"), "before")
    for name in ("planned_heads", "hires", "layoffs", "leavers", "regular_hours", "overtime_hours", "idle_hours"):
        below = crew.filter(pl.col(name) < -TOLERANCE)
        if below.height:
            yield f"{name} below zero: {below.row(0, named=True)}"


def _costs(folder: Path) -> Iterator[str]:
    cells = rows(folder, "select * from sop.strategy_comparison where plan_version = 'working' and value is not null")
    wide = cells.pivot("measure", index=["scenario_id", "family_id", "strategy"], values="value")
    kinds = [name for name in COST_KINDS if name in wide.columns]
    parts = pl.sum_horizontal(pl.col(name).fill_null(0.0) for name in kinds)
    yield from _off(wide, "a total is the sum of its kinds", parts - pl.col("total_cost"), "total_cost", *kinds)
    money = cells.filter(pl.col("measure").is_in(["total_cost", *kinds]))
    key = ["scenario_id", "strategy", "measure"]
    company = money.filter(pl.col("family_id") == "*").select(*key, company="value")
    summed = money.filter(pl.col("family_id") != "*").group_by(key).agg(families=pl.col("value").sum(), size=pl.col("value").abs().max())
    yield from _off(company.join(summed, on=key), "families sum to the company", pl.col("families") - pl.col("company"), "company", "size")


def _items(folder: Path) -> Iterator[str]:
    split = rows(
        folder,
        "select plan.scenario_id, plan.family_id, plan.period_start, sum(plan.lot_rounded_quantity * item.planning_units_per_unit) as lots,"
        " sum(plan.residual_quantity * item.planning_units_per_unit) as residual"
        " from sop.master_schedule_input as plan inner join sop.dim_item as item using (item_id) where plan_version = 'working'"
        " group by all",
    )
    planned = _planned(folder).filter(pl.col("plan_version") == "working")
    left = pl.col("production_quantity") - pl.col("production_to_date_quantity").fill_null(0.0)
    both = planned.join(split, on=["scenario_id", "family_id", "period_start"]).sort("scenario_id", "family_id", "period_start")
    both = both.with_columns(
        planned=left.cum_sum().over("scenario_id", "family_id"), lots=pl.col("lots").cum_sum().over("scenario_id", "family_id")
    )
    gap = pl.col("lots") + pl.col("residual") - pl.col("planned")
    yield from _off(both, "lots to date and their residual are the plan", gap, "lots", "planned")


def _finite(folder: Path) -> Iterator[str]:
    for table in ("supply_demand_balance", "resource_plan", "workforce_plan", "supply_plan", "strategy_comparison", "material_plan"):
        frame = rows(folder, f"select * from sop.{table}")
        for name, kind in frame.schema.items():
            if kind == pl.Float64 and not frame[name].drop_nulls().is_finite().all():
                yield f"{table}.{name} holds what is no number"
