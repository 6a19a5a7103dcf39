"""What-ifs beside the last night: changes asked for on the spot, planned on what its warehouse holds. Nothing is written or published."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.contracts.staging.planning import SCENARIO_FAMILY_MEASURES, SCENARIO_MEASURES, SCENARIO_RESOURCE_MEASURES
from sop_pipeline.planning.balance.demand import consume_by_item
from sop_pipeline.planning.optimum import OptimumResult, optimise_base, optimise_scenario
from sop_pipeline.planning.optimum.reads import COST_READS, FAMILY_USAGE, SCENARIOS, SUPPLY_READS, by_name, plan_settings
from sop_pipeline.planning.scenarios import (
    BASE,
    change_demand,
    change_item_demand,
    change_money,
    of_scenario,
    scenario_ids,
    scenario_lines,
)

WHAT_IF = "what_if"
CHANGE = re.compile(
    r"(?P<measure>\w+):(?P<who>[^=]+)=(?:(?P<factor>\d+(?:\.\d+)?)|(?P<change>[+-]\d+(?:\.\d+)?))"
    r"(?:@(?P<first>\d{4}-\d\d-\d\d)?\.\.(?P<last>\d{4}-\d\d-\d\d)?)?"
)
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


def read_changes(asked: Sequence[str], families: set[str], resources: set[str], scenarios: pl.DataFrame | None = None) -> pl.DataFrame:
    """Changes as lines of a scenario, in order: `measure:who=1.1` or `measure:who=+20`, `@from..to` behind it, `*` for all.

    A scenario of the extract (`scenarios`) named instead stands for its lines.
    Raises ConfigurationError for a change that cannot be read or that contradicts itself, and for a scenario, measure, family or
    resource that nobody knows.
    """
    known = [] if scenarios is None else scenario_ids(scenarios)
    rows: list[dict[str, Any]] = []
    for text in asked:
        if scenarios is not None and text in known:
            rows += [{name: line[name] for name in SCHEMA} for line in scenario_lines(scenarios, text)]
        else:
            rows.append(_read_change(text, families, resources, known))
    numbered = [{**row, "scenario_id": WHAT_IF, "line": str(number)} for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=SCHEMA, orient="row")


def list_scenarios(company: Company) -> list[dict[str, Any]]:
    """The scenarios of the extract as the last night read it: id, name and lines, these written as changes where they can be.

    Raises ConfigurationError where no night has run yet.
    """
    scenarios = _last_night(company, (SCENARIOS,))[SCENARIOS]
    listed = []
    for scenario in scenario_ids(scenarios):
        lines = list(scenario_lines(scenarios, scenario))
        listed.append(
            {"scenario_id": scenario, "scenario_name": lines[0]["scenario_name"], "changes": [_change_text(line) for line in lines]}
        )
    return listed


def _read_change(text: str, families: set[str], resources: set[str], scenarios: Sequence[str]) -> dict[str, Any]:
    found = CHANGE.fullmatch(text)
    if found is None:
        raise ConfigurationError(
            f"{text!r} is no change; write measure:who=factor or measure:who=+change, such as demand:GARDEN=1.15@2027-06-01..2027-08-01, "
            f"or a scenario of the extract scenarios ({', '.join(scenarios) or 'the last night read none'})"
        )
    measure, who = found["measure"], found["who"]
    if measure not in SCENARIO_MEASURES:
        raise ConfigurationError(f"{text!r}: {measure} is no measure; one of {', '.join(SCENARIO_MEASURES)}")
    by_family, by_resource = measure in SCENARIO_FAMILY_MEASURES, measure in SCENARIO_RESOURCE_MEASURES
    if who != "*" and not by_family and not by_resource:
        raise ConfigurationError(f"{text!r}: {measure} changes for all at once; write {measure}:*=…")
    is_resource = by_resource and (not by_family or who in resources)
    known = resources if is_resource else families
    if who != "*" and who not in known:
        kind = "resource" if is_resource else "family or resource" if by_resource else "family"
        names = sorted(families | resources if by_family and by_resource else known)
        raise ConfigurationError(f"{text!r}: no {kind} {who}; known: {', '.join(names) or 'none'}, or * for all")
    first, last = (_read_day(text, found[name]) for name in ("first", "last"))
    if first is not None and last is not None and last < first:
        raise ConfigurationError(f"{text!r}: {last} lies before {first}; write the earlier day first")
    return {
        "measure": measure,
        "family_id": None if is_resource or who == "*" else who,
        "resource_id": who if is_resource and who != "*" else None,
        "period_from": first,
        "period_to": last,
        "factor": float(found["factor"]) if found["factor"] else None,
        "change": float(found["change"]) if found["change"] else None,
    }


def _read_day(text: str, day: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(day) if day else None
    except ValueError:
        raise ConfigurationError(f"{text!r}: {day} is no day of the calendar; write YYYY-MM-DD") from None


def _change_text(line: Mapping[str, Any]) -> str:
    """A line as the change that asks for the same."""
    size = f"{line['factor']:g}" if line["factor"] is not None else f"{line['change']:+g}"
    first, last = (line[name].isoformat() if line[name] is not None else "" for name in ("period_from", "period_to"))
    return f"{line['measure']}:{line['family_id'] or line['resource_id'] or '*'}={size}" + (f"@{first}..{last}" if first or last else "")


def _check_periods(asked: pl.DataFrame, periods: pl.DataFrame) -> None:
    """Raises ConfigurationError for lines that no planned period is in: a line changes the periods that begin in its days."""
    starts = periods.filter(pl.col("periods_from_now") >= 0)["period_start"].sort()
    for line in asked.iter_rows(named=True):
        first, last = line["period_from"] or starts[0], line["period_to"] or starts[-1]
        if starts.filter(starts.is_between(first, last)).is_empty():
            raise ConfigurationError(
                f"{_change_text(line)!r}: no planned period begins in these days; the first begins on {starts[0]}, the last on {starts[-1]}"
            )


def _last_night(company: Company, addresses: Sequence[str]) -> dict[str, pl.DataFrame]:
    if not company.warehouse_file.exists():
        raise ConfigurationError(f"{company.warehouse_file} does not exist: run a night first, with sop run")
    with warehouse.connect(company.warehouse_file, read_only=True) as con:
        return {address: warehouse.read(con, address) for address in addresses}


def plan_what_if(company: Company, asked: Sequence[str]) -> dict[str, Any]:
    """Plan base and the changes on the tables of the last night.

    Returns `measures`, the company's strategy measures with base, what_if and change; and `families`, the periods in trouble of each.
    Raises ConfigurationError where no night has run yet, and as `read_changes`.
    """
    frames = _last_night(company, (*SUPPLY_READS, *COST_READS, *ITEM_READS, SCENARIOS))
    tables, costs = by_name(frames, SUPPLY_READS), by_name(frames, COST_READS)
    families, resources = set(tables["families"]["family_id"]), set(tables["resources"]["resource_id"])
    changes = read_changes(asked, families, resources, frames[SCENARIOS])
    _check_periods(changes, tables["periods"])
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
