"""An explanation as one document, from the published file and the working warehouse. How it is printed stays in text."""

from pathlib import Path
from typing import Any

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.explain.arithmetic import parts_of_the_current_period, terms_of
from sop_pipeline.explain.cell import Cell
from sop_pipeline.explain.sources import DEMAND, LOADS, SUPPLY, query_of, sources_of, values_of
from sop_pipeline.publish import published_rows

ROWS_SHOWN = 15
SAME = 1e-5  # of a quantity: rounding
EVENTS = """
select event_kind, event_id, item_id, change_quantity, reason
from plan.demand_events
where scenario_id = 'base' and family_id = $family_id and period_start = $period_start
order by event_order
"""
PEGS = (
    "resource_id",
    "shortage_quantity",
    "planning_unit",
    "window_start",
    "share_ratio",
    "relief_quantity",
    "relief_amount",
    "currency",
)
SOURCES = ("source_kind", "source_id", "quantity", "rate_per_working_day", "marginal_value_amount", "planning_unit", "currency")
OVERVIEW = (
    "demand_quantity",
    "shipped_quantity",
    "production_quantity",
    "subcontract_quantity",
    "purchase_quantity",
    "closing_inventory_quantity",
    "closing_backlog_quantity",
    "closing_shortage_quantity",
    "load_ratio",
    "revenue_amount",
    "margin_amount",
    "business_plan_gap_amount",
)


def explain(file: Path, warehouse_file: Path, cell: Cell, measure: str | None) -> dict[str, Any]:
    """Everything known about a measure of a cell; without a measure an overview of the cell, without rows of extracts.

    `file`: the published file. `warehouse_file`: the working warehouse; its rows are told only where it holds the published night.
    """
    run = published_rows(file, "select run_id, as_of_date, cycle_id from sop.run").to_dicts()[0]
    found: dict[str, Any] = {
        "family": cell.family_id,
        "family_name": cell.family["family_name"],
        "period": cell.period["period_label"],
        "period_start": cell.period_start,
        "period_kind": cell.balance["period_kind"],
        "as_of_date": run["as_of_date"],
        "balance_status": cell.balance["balance_status"],
        "note": cell.balance["note"],
    }
    if measure is None:
        found["values"] = [_valued(file, cell, name) for name in OVERVIEW if cell.balance[name] is not None]
    else:
        found["measure"] = _valued(file, cell, measure)
    shown = [measure] if measure else ["closing_inventory_quantity", "closing_backlog_quantity"]
    found["sums"] = [
        {"measure": name, "value": cell.balance[name], "terms": [vars(term) for term in terms]}
        for name in shown
        for terms in (terms_of(name, cell.balance), parts_of_the_current_period(name, cell.balance))
        if terms and cell.balance[name] is not None
    ]
    about_demand = measure is None or measure in DEMAND
    about_supply = measure is None or measure in (*SUPPLY, *LOADS, "closing_inventory_quantity", "closing_shortage_quantity")
    if cell.is_planned and about_demand:
        found["steps"] = _rows(file, "demand_plan", cell, ("step", "quantity", "change_quantity", "author", "reason"), "step_order")
        found["forecast_methods"] = _methods(file, cell)
    if cell.is_planned and about_supply:
        found["supply"] = [_held(row, cell) for row in _rows(file, "supply_plan", cell, SOURCES, "source_kind")]
        found["resources"] = _resources(file, cell)
        found["shortage_pegs"] = _pegs(file, cell)
    if measure in ("business_plan_gap_amount", "margin_amount", "revenue_amount"):
        found["gap"] = _gap(file, cell)
    found["exceptions"] = _exceptions(file, cell)
    if measure is not None:
        found |= _behind(warehouse_file, run, cell, measure)
    return found


def _valued(file: Path, cell: Cell, measure: str) -> dict[str, Any]:
    defined = published_rows(file, "select * from sop.metric_definition").filter(metric=measure).to_dicts()
    about = defined[0] if defined else {"description": None, "formula": None, "unit": None}
    value = cell.balance[measure]
    unit = about["unit"]
    unit = cell.balance["planning_unit"] if unit == "planning unit" else cell.balance["currency"] if unit == "currency" else unit
    number = float(value) if value is not None and not isinstance(value, str) else value
    return {"name": measure, "value": number, "unit": unit, "meaning": about["description"], "formula": about["formula"]}


def _rows(file: Path, table: str, cell: Cell, columns: tuple[str, ...], order: str) -> list[dict[str, Any]]:
    rows = published_rows(file, f"select * from sop.{table} where scenario_id = 'base' and plan_version = 'working'")
    here = rows.filter(family_id=cell.family_id, period_start=cell.period_start)
    if "cycle_id" in here.columns:
        here = here.filter(cycle_id=cell.balance["cycle_id"])
    return here.sort(order, *columns).select(columns).to_dicts()


def _pegs(file: Path, cell: Cell) -> list[dict[str, Any]]:
    """What the family's shortage in the period hangs on, with the name and nature of each resource."""
    resources = published_rows(file, "select resource_id, resource_name, is_stock_based, is_storable from sop.dim_resource")
    known = {row["resource_id"]: row for row in resources.to_dicts()}
    return [peg | known.get(peg["resource_id"], {}) for peg in _rows(file, "shortage_pegs", cell, PEGS, "resource_id")]


def _held(row: dict[str, Any], cell: Cell) -> dict[str, Any]:
    """A source, and whether what it makes is what was approved for the period."""
    approved, made = cell.balance["approved_production_quantity"], cell.balance["production_quantity"]
    is_made = row["source_kind"] == "production" and approved is not None and made is not None
    return row | {"is_as_approved": is_made and abs(made - approved) <= SAME * max(1.0, approved)}


def _methods(file: Path, cell: Cell) -> list[dict[str, Any]]:
    """How the items' forecasts came about: items by method."""
    items = published_rows(file, "select family_id, forecast_method from sop.dim_item where forecast_method is not null")
    counts = items.filter(family_id=cell.family_id).group_by("forecast_method").agg(items=pl.len())
    return counts.sort(["items", "forecast_method"], descending=[True, False]).to_dicts()


def _resources(file: Path, cell: Cell) -> list[dict[str, Any]]:
    """The resources the family uses in the period, the fullest first."""
    query = "select * from sop.resource_plan where scenario_id = 'base' and plan_version = 'working'"
    rows = published_rows(file, query).filter(period_start=cell.period_start)
    if "cycle_id" in rows.columns:
        rows = rows.filter(cycle_id=cell.balance["cycle_id"])
    used = rows.filter(pl.col("families").fill_null("").str.split(",").list.contains(cell.family_id))
    columns = ("resource_id", "resource_name", "is_critical", "required_capacity", "regular_capacity", "overtime_capacity", "load_ratio")
    priced = ("load_status", "capacity_unit", "marginal_value_amount", "currency")
    shown = used.sort("load_ratio", "resource_id", descending=[True, False], nulls_last=True).select(*columns, *priced)
    return shown.with_columns(is_binding=pl.col("resource_id").eq(pl.lit(cell.balance["binding_resource_id"]))).to_dicts()


def _gap(file: Path, cell: Cell) -> dict[str, Any]:
    """The gap to the business plan in its parts."""
    rows = published_rows(file, "select * from sop.financial_plan where scenario_id = 'base' and plan_version = 'working'")
    here = rows.filter(family_id=cell.family_id, period_start=cell.period_start).to_dicts()
    return {name: float(value) for name, value in here[0].items() if "_gap_" in name and value is not None} if here else {}


def _exceptions(file: Path, cell: Cell) -> list[dict[str, Any]]:
    """Exceptions of the family, or of a resource it uses, in the period or in none."""
    rows = published_rows(file, "select * from sop.exceptions where exception_status <> 'gone' order by exception_rank")
    resources = [row["resource_id"] for row in _resources(file, cell)] if cell.is_planned else []
    is_about_it = (pl.col("family_id") == cell.family_id) | pl.col("resource_id").is_in(resources)
    is_now = (pl.col("period_start") <= cell.period_start) & (pl.col("last_period_start") >= cell.period_start)
    here = rows.filter(is_about_it & (pl.col("period_start").is_null() | is_now))
    return here.select("kind", "sentence", "money_at_stake_amount", "owner", "since").to_dicts()


def _behind(warehouse_file: Path, run: dict[str, Any], cell: Cell, measure: str) -> dict[str, Any]:
    """What only the working warehouse knows: the rows of extracts behind a measure, and of a planned demand the events that changed it."""
    nothing: dict[str, Any] = {"events": [], "sources": []}
    if not warehouse_file.exists():
        return nothing | {"sources_note": f"{warehouse_file} does not exist: the rows of the extracts are told after the next night"}
    values = {
        "family_id": cell.family_id,
        "period_start": cell.period_start,
        "period_end": cell.period["period_end"],
        "as_of_date": run["as_of_date"],
    }
    with warehouse.connect(warehouse_file, read_only=True) as con:
        held = warehouse.query(con, "select run_id from sop.run").item() if "sop.run" in warehouse.table_names(con) else None
        if held != run["run_id"]:
            another = f"{warehouse_file.name} holds another night than the published one"
            return nothing | {"sources_note": f"{another}: the rows of the extracts are told after the next night"}
        found = []
        for source in sources_of(measure, period_kind=str(cell.balance["period_kind"])):
            rows = warehouse.query(con, query_of(source, ROWS_SHOWN), values_of(source, values))
            if rows.height:
                found.append({"extract": source.extract, "found": rows["found"].item(0), "rows": rows.drop("found").to_dicts()})
        planned_demand = cell.is_planned and measure in DEMAND
        events = warehouse.query(con, EVENTS, {name: values[name] for name in ("family_id", "period_start")}) if planned_demand else None
    return {"events": events.to_dicts() if events is not None else [], "sources": found, "sources_note": None}
