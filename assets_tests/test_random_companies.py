"""Whole nights of random small companies: whatever is supplied, the night publishes, and what it publishes adds up."""

import random
from pathlib import Path

import polars as pl
import pytest
from nights import rows, run

from sop_pipeline.demo import write_demo
from sop_pipeline.extracts import EXTRACTS

OPTIONAL = sorted(name for name, extract in EXTRACTS.items() if not extract.is_required)
KEY = ["scenario_id", "plan_version", "family_id"]
TOLERANCE = 1e-6


def random_company(folder: Path, seed: int) -> list[str]:
    """A demo company of random size without some of its optional extracts; returns their names."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    families = draw.randint(1, 5)
    write_demo(folder, families=families, items=draw.randint(families, 40), years=draw.choice([2, 2, 3]), seed=seed)
    dropped = OPTIONAL if seed % 10 == 0 else draw.sample(OPTIONAL, draw.randint(0, 12))
    for name in dropped:
        for path in (folder / "extracts" / EXTRACTS[name].department).glob(f"{name}*.csv"):
            if path.stem == name or path.stem[len(name) :].strip("_0123456789") == "":
                path.unlink()
    return dropped


def broken(balance: pl.DataFrame, difference: pl.Expr, *terms: str) -> pl.DataFrame:
    """Rows in which a difference is more than rounding, measured against the largest term."""
    size = pl.max_horizontal(1.0, *(pl.col(term).fill_null(0.0).abs() for term in terms))
    return balance.with_columns(difference=difference).filter(pl.col("difference").abs() > TOLERANCE * size)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(50))
def test_what_a_night_publishes_adds_up_whatever_is_supplied(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "company"
    dropped = random_company(folder, seed)

    outcome = run(folder)

    assert outcome.succeeded, (dropped, outcome.errors, [check for check in outcome.failed_checks if check.blocking])
    status = dict(rows(folder, "select extract, load_status from sop.extract_status").iter_rows())
    assert {name for name in dropped if status[name] != "not_supplied"} == set()
    balance = rows(folder, "select * from sop.supply_demand_balance order by scenario_id, plan_version, family_id, period_start")
    balance = balance.with_columns(pl.col(name).fill_null(0.0) for name in balance.columns if name.endswith("_quantity"))
    planned = balance.filter(pl.col("period_kind") != "history")
    quantity = {
        name: pl.col(f"{name}_quantity") for name in ("shipped", "production", "subcontract", "purchase", "issued", "other_movement")
    }
    stock = pl.col("opening_inventory_quantity") + quantity["production"] + quantity["subcontract"] + quantity["purchase"]
    stock = stock + quantity["other_movement"] - quantity["issued"] - quantity["shipped"] + pl.col("unexplained_quantity")
    flows = ("opening_inventory_quantity", "production_quantity", "shipped_quantity", "closing_inventory_quantity")
    assert broken(planned, stock - pl.col("closing_inventory_quantity"), *flows).is_empty()
    for position in ("inventory", "backlog", "shortage"):
        before = pl.col(f"closing_{position}_quantity").shift(1).over(KEY)
        follows = planned.with_columns(before=before).drop_nulls("before")
        gap = pl.col(f"opening_{position}_quantity") - pl.col("before")
        assert broken(follows, gap, f"opening_{position}_quantity", "before").is_empty(), position
    to_order = planned.filter(pl.col("production_strategy") != "make_to_stock")
    backlog = pl.col("opening_backlog_quantity") + pl.col("booked_quantity") - quantity["shipped"] - pl.col("closing_backlog_quantity")
    assert broken(to_order, backlog, "opening_backlog_quantity", "booked_quantity").is_empty()
    to_stock = planned.filter(pl.col("production_strategy") == "make_to_stock")
    owed = pl.col("opening_shortage_quantity") + pl.col("demand_quantity") - quantity["shipped"]
    owed = owed - pl.col("lost_sales_quantity") - pl.col("closing_shortage_quantity")
    assert broken(to_stock, owed, "opening_shortage_quantity", "demand_quantity").is_empty()
    assert planned.filter(pl.col("closing_inventory_quantity") < -TOLERANCE).is_empty()
    working = "where scenario_id = 'base' and plan_version = 'working'"
    steps = rows(folder, f"select * from sop.demand_plan {working}").sort("step_order")
    last = steps.group_by("family_id", "period_start").agg(pl.col("change_quantity").sum(), pl.col("quantity").sort_by("step_order").last())
    assert broken(last.drop_nulls(), pl.col("change_quantity") - pl.col("quantity"), "quantity").is_empty()
    items = rows(
        folder, "select * from sop.item_demand_plan where scenario_id = 'base' and plan_version = 'working' and step = 'executive'"
    )
    assert items.filter(pl.col("quantity") < -TOLERANCE).is_empty()
