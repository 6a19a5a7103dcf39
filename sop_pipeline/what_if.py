"""What-ifs beside the last night: changes asked for on the spot, planned on what its warehouse holds. Nothing is written or published."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.contracts.staging.planning import SCENARIO_MEASURES
from sop_pipeline.planning.balance.demand import consume_by_item
from sop_pipeline.planning.optimum import OptimumResult, optimise_base, optimise_scenario
from sop_pipeline.planning.optimum.reads import COST_READS, FAMILY_USAGE, SUPPLY_READS, by_name, plan_settings
from sop_pipeline.planning.scenarios import BASE, change_demand, change_item_demand, change_money, of_scenario

WHAT_IF = "what_if"
CHANGE = re.compile(
    r"(?P<measure>\w+):(?P<who>[^=]+)=(?:(?P<factor>\d+(?:\.\d+)?)|(?P<change>[+-]\d+(?:\.\d+)?))"
    r"(?:@(?P<first>\d{4}-\d\d-\d\d)?\.\.(?P<last>\d{4}-\d\d-\d\d)?)?"
)
BY_RESOURCE = ("capacity",)
ITEM_READS = ("plan.item_demand", "core.item_orders_due", "core.items", "core.item_mix")
SCHEMA = {
    "scenario_id": pl.String,
    "line": pl.String,
    "measure": pl.String,
    "family_id": pl.String,
    "resource_id": pl.String,
    "period_from": pl.Date,
    "period_to": pl.Date,
    "factor": pl.Float64,
    "change": pl.Float64,
}


def read_changes(asked: Sequence[str], families: set[str], resources: set[str]) -> pl.DataFrame:
    """Changes as lines of a scenario, in order: `measure:who=1.1` or `measure:who=+20`, `@from..to` behind it, `*` for all.

    Raises ConfigurationError for a change that cannot be read, and for a measure, family or resource that nobody knows.
    """
    rows = []
    for number, text in enumerate(asked, start=1):
        found = CHANGE.fullmatch(text)
        if found is None:
            raise ConfigurationError(
                f"{text!r} is no change; write measure:who=factor or measure:who=+change, such as demand:GARDEN=1.15@2027-06-01..2027-08-01"
            )
        measure, who = found["measure"], found["who"]
        if measure not in SCENARIO_MEASURES:
            raise ConfigurationError(f"{text!r}: {measure} is no measure; one of {', '.join(SCENARIO_MEASURES)}")
        is_resource = measure in BY_RESOURCE or (measure == "cost" and who in resources)
        known = resources if is_resource else families
        if who != "*" and who not in known:
            kind = "resource" if is_resource else "family"
            raise ConfigurationError(f"{text!r}: no {kind} {who}; known: {', '.join(sorted(known)) or 'none'}, or * for all")
        rows.append(
            {
                "scenario_id": WHAT_IF,
                "line": str(number),
                "measure": measure,
                "family_id": None if is_resource or who == "*" else who,
                "resource_id": who if is_resource and who != "*" else None,
                "period_from": dt.date.fromisoformat(found["first"]) if found["first"] else None,
                "period_to": dt.date.fromisoformat(found["last"]) if found["last"] else None,
                "factor": float(found["factor"]) if found["factor"] else None,
                "change": float(found["change"]) if found["change"] else None,
            }
        )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def plan_what_if(company: Company, asked: Sequence[str]) -> dict[str, Any]:
    """Plan base and the changes on the tables of the last night.

    Returns `measures`, the company's strategy measures with base, what_if and change; and `families`, the periods in trouble of each.
    Raises ConfigurationError where no night has run yet, and as `read_changes`.
    """
    if not company.warehouse_file.exists():
        raise ConfigurationError(f"{company.warehouse_file} does not exist: run a night first, with sop run")
    with warehouse.connect(company.warehouse_file, read_only=True) as con:
        frames = {address: warehouse.read(con, address) for address in (*SUPPLY_READS, *COST_READS, *ITEM_READS)}
    tables, costs = by_name(frames, SUPPLY_READS), by_name(frames, COST_READS)
    changes = read_changes(asked, set(tables["families"]["family_id"]), set(tables["resources"]["resource_id"]))
    first_planned = tables["periods"].filter(pl.col("periods_from_now") == 0)["period_start"].item()
    demand = change_demand(tables["family_demand"], changes, WHAT_IF)
    money = change_money(costs["family_money"], frames[FAMILY_USAGE], changes, WHAT_IF, first_planned)
    items, item_orders_due = frames["core.items"], frames["core.item_orders_due"]
    item_demand, demand = change_item_demand(
        frames["plan.item_demand"], tables["family_demand"], demand, items=items, item_mix=frames["core.item_mix"]
    )
    consumed = consume_by_item(
        item_demand=item_demand,
        item_orders_due=item_orders_due,
        items=items,
        families=tables["families"],
        periods=tables["periods"],
        scenario_id=WHAT_IF,
    )
    tables["family_demand"] = pl.concat([of_scenario(tables["family_demand"], BASE), demand])
    tables["forecast_consumption"] = pl.concat([of_scenario(tables["forecast_consumption"], BASE), consumed])
    costs["family_money"] = pl.concat([of_scenario(costs["family_money"], BASE), money])
    settings = plan_settings(company)
    base = optimise_base(tables=tables, costs=costs, strategies=("planned",), **settings)
    changed = optimise_scenario(WHAT_IF, tables=tables, costs=costs, scenarios=changes, start=base.basis, **settings)
    return {"measures": _measures(base, changed), "families": _troubles(base, changed)}


def _measures(base: OptimumResult, changed: OptimumResult) -> list[dict[str, Any]]:
    before, after = (
        result.strategy_comparison.filter(pl.col("family_id") == "*").select("measure", "unit", "value") for result in (base, changed)
    )
    joined = before.join(after, on=["measure", "unit"], suffix="_after", maintain_order="left")
    return [
        {"measure": measure, "unit": unit, "base": value, "what_if": later, "change": round(later - value, 6)}
        for measure, unit, value, later in joined.iter_rows()
    ]


def _troubles(base: OptimumResult, changed: OptimumResult) -> list[dict[str, Any]]:
    counts = [
        result.family_balance.group_by("family_id", maintain_order=True).agg(
            short=(pl.col("balance_status") == "short").sum(), overloaded=(pl.col("balance_status") == "overloaded").sum()
        )
        for result in (base, changed)
    ]
    joined = counts[0].join(counts[1], on="family_id", suffix="_after", maintain_order="left")
    names = ("family_id", "short", "overloaded", "short_what_if", "overloaded_what_if")
    return [dict(zip(names, row, strict=True)) for row in joined.iter_rows()]
