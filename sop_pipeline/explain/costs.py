"""What each strategy costs, by kind of cost, from the published comparison. How costs are computed stays in planning."""

from pathlib import Path
from typing import Any

from sop_pipeline.publish import published_rows

COMPARISON = "strategy_comparison"


class NothingToExplainError(RuntimeError):
    """The published file lacks what was asked for."""


def explain_costs(file: Path) -> dict[str, Any]:
    """Measures of every strategy of the whole company. Raises NothingToExplainError where the file has no comparison of strategies."""
    tables = published_rows(file, "select table_name from information_schema.tables where table_schema = 'sop'")["table_name"].to_list()
    if COMPARISON not in tables:
        raise NothingToExplainError(f"{file} has no table sop.{COMPARISON}: no night with this version of the pipeline compared strategies")
    rows = published_rows(file, f"select * from sop.{COMPARISON} where family_id = '*'")
    if "scenario_id" in rows.columns:
        rows = rows.filter(scenario_id="base")
    if "plan_version" in rows.columns:
        rows = rows.filter(plan_version="working")
    measures: dict[str, dict[str, Any]] = {}
    for row in rows.sort("measure", "strategy").iter_rows(named=True):
        measures.setdefault(row["measure"], {"unit": row["unit"]})[row["strategy"]] = row["value"]
    return {"strategies": sorted(rows["strategy"].unique()), "measures": measures}
