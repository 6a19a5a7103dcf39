"""A planned cell planned again from the tables of the working warehouse, beside what was published. Nothing is written."""

import math
from typing import Any

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.explain.cell import Cell
from sop_pipeline.planning.optimum import optimise_base
from sop_pipeline.planning.optimum.reads import COST_READS, SUPPLY_READS, by_name, plan_settings
from sop_pipeline.publish import published_rows

PLANNED = "planned"
SAME = 1e-6  # relative: the published plan is rounded to six decimals


def replay(company: Company, cell: Cell) -> list[dict[str, Any]]:
    """Each measure of the cell as published and as a new solve gives it, and whether they are the same.

    Raises ConfigurationError for a closed period, and where the working warehouse does not hold the published night.
    """
    if not cell.is_planned:
        raise ConfigurationError(f"{cell.period['period_label']} is closed: a night that planned it is repeated with sop run --as-of DATE")
    published = published_rows(company.published / "sop.duckdb", "select run_id from sop.run").item()
    if not company.warehouse_file.exists():
        raise ConfigurationError(f"{company.warehouse_file} does not exist: run a night first, with sop run")
    with warehouse.connect(company.warehouse_file, read_only=True) as con:
        if "sop.run" not in warehouse.table_names(con) or warehouse.read(con, "sop.run")["run_id"].to_list() != [published]:
            raise ConfigurationError("the working warehouse holds another night than the published file: run a night first, with sop run")
        frames = {address: warehouse.read(con, address) for address in (*SUPPLY_READS, *COST_READS)}
    result = optimise_base(
        tables=by_name(frames, SUPPLY_READS), costs=by_name(frames, COST_READS), strategies=(PLANNED,), **plan_settings(company)
    )
    again = result.family_balance.filter(
        (pl.col("strategy") == PLANNED) & (pl.col("family_id") == cell.family_id) & (pl.col("period_start") == cell.period_start)
    ).to_dicts()[0]
    return [
        {"measure": name, "published": cell.balance[name], "replayed": again[name], "is_same": _is_same(cell.balance[name], again[name])}
        for name in cell.measures
        if name in again and cell.balance[name] is not None
    ]


def _is_same(published: float, replayed: float | None) -> bool:
    return replayed is not None and math.isclose(published, replayed, rel_tol=SAME, abs_tol=SAME)
