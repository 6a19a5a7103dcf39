"""What holds for every plan: row order, units, warm starts, whole heads by brute force, the anchor, and what stops a wrong plan."""

import dataclasses
import itertools

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.supply import (
    Families,
    InputError,
    PlanMismatchError,
    Resources,
    SolverError,
    Sources,
    SupplyInputs,
    Switches,
    Usages,
    Workforce,
    plan_supply,
)
from sop_pipeline.planning.supply.from_frames import inputs_from_frames
from sop_pipeline.planning.supply.matrix import MatrixBuilder
from sop_pipeline.planning.supply.planner import read_plan
from sop_pipeline.planning.supply.solve import solve
from sop_pipeline.planning.supply.to_frames import family_frame, note_frame, price_frame, resource_frame, source_frame, workforce_frame

PERIODS = 6


def frames(seed: int = 0) -> dict[str, pl.DataFrame]:
    """A company of four families, twins among them, that share two resources and a labour pool."""
    random = np.random.default_rng(seed)
    names = ["bolts", "nuts", "pins", "screws"]
    demand = [random.uniform(50, 150, PERIODS) for _ in names]
    demand[1] = demand[0]
    grid = [(name, period) for name in names for period in range(PERIODS)]
    return {
        "families": pl.DataFrame(
            {
                "family_id": names,
                "strategy": ["hybrid", "hybrid", "least_cost", "chase"],
                "opening_inventory_quantity": [40.0, 40.0, 10.0, 0.0],
                "unit_value_amount": [10.0, 10.0, 14.0, 9.0],
                "is_lost_sale_allowed": [True, True, False, False],
            }
        ),
        "family_periods": pl.DataFrame(
            {
                "family_id": [name for name, _ in grid],
                "period_index": [period for _, period in grid],
                "demand_quantity": np.concatenate(demand),
                "target_inventory_quantity": [60.0] * len(grid),
                "holding_cost": [0.2] * len(grid),
                "backorder_cost": [2.5] * len(grid),
            }
        ),
        "sources": pl.DataFrame(
            {
                "family_id": [*names, "bolts", "nuts"],
                "source_kind": ["production"] * 4 + ["subcontract"] * 2,
                "source_id": ["main"] * 4 + ["partner"] * 2,
            }
        ),
        "source_periods": pl.DataFrame(
            {
                "family_id": [name for name, _ in grid],
                "source_kind": ["production"] * len(grid),
                "source_id": ["main"] * len(grid),
                "period_index": [period for _, period in grid],
                "unit_cost": [8.0] * len(grid),
                "approved_quantity": [90.0 if period < 3 else None for _, period in grid],
            }
        ),
        "usages": pl.DataFrame(
            {
                "family_id": names * 2,
                "resource_id": ["press"] * 4 + ["crew"] * 4,
                "lead_time_offset_periods": [0, 0, 1, 0] + [0] * 4,
                "usage_per_unit": [1.0, 1.0, 1.5, 0.5, 0.4, 0.4, 0.4, 0.4],
            }
        ),
        "issues": pl.DataFrame(
            {"family_id": ["screws"], "component_family_id": ["pins"], "lead_time_offset_periods": [0], "quantity_per_unit": [0.2]}
        ),
        "resources": pl.DataFrame({"resource_id": ["crew", "press"]}),
        "resource_periods": pl.DataFrame(
            {
                "resource_id": ["press"] * PERIODS + ["crew"] * PERIODS,
                "period_index": [*range(PERIODS)] * 2,
                "regular_capacity": [330.0] * PERIODS + [0.0] * PERIODS,
                "overtime_capacity": [30.0] * PERIODS + [0.0] * PERIODS,
                "overtime_cost": [1.0] * 2 * PERIODS,
            }
        ),
        "workforce": pl.DataFrame(
            {
                "resource_id": ["crew"],
                "opening_heads": [1.0],
                "regular_hours_per_head": [140.0],
                "regular_wage_per_hour": [4.0],
                "hire_cost": [90.0],
            }
        ),
    }


def test_shuffled_rows_give_the_same_bytes() -> None:
    given = frames()
    straight = plan_supply(inputs_from_frames(**given))
    for seed in range(3):
        shuffled = plan_supply(
            inputs_from_frames(**{name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in given.items()})
        )
        for report in (family_frame, source_frame, resource_frame, workforce_frame, note_frame, price_frame):
            assert report(shuffled).equals(report(straight))


def test_a_plan_s_frames_balance_family_by_family() -> None:
    table = family_frame(plan_supply(inputs_from_frames(**frames())))
    supply = pl.col("production_quantity") + pl.col("subcontract_quantity") + pl.col("purchase_quantity")
    closing = (
        pl.col("opening_inventory_quantity") + supply - pl.col("issued_quantity") - pl.col("shipped_quantity") - pl.col("scrap_quantity")
    )
    backlog = pl.col("opening_backlog_quantity") + pl.col("demand_quantity") - pl.col("shipped_quantity") - pl.col("lost_sales_quantity")
    off = table.select(
        (closing - pl.col("closing_inventory_quantity")).abs().max(), (backlog - pl.col("closing_backlog_quantity")).abs().max().alias("b")
    )
    assert max(off.row(0)) < 1e-6


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 7.0, 1e6])
def test_a_family_counted_in_other_units_gets_the_same_plan(factor: float) -> None:
    given = inputs_from_frames(**frames())
    plain = plan_supply(given)
    scale = np.array([factor, 1.0, 1.0, 1.0])
    families, sources = given.families, given.sources
    of_source = scale[sources.family]
    quantities = {
        name: getattr(families, name) * scale for name in ("opening_inventory_quantity", "opening_backlog_quantity", "previous_rate")
    }
    grids = (
        "demand_quantity",
        "target_inventory_quantity",
        "minimum_inventory_quantity",
        "maximum_inventory_quantity",
        "promised_backlog_quantity",
    )
    quantities |= {name: getattr(families, name) * scale[:, None] for name in grids}
    prices = {name: getattr(families, name) / scale[:, None] for name in ("holding_cost", "backorder_cost", "lost_sale_cost")}
    other = SupplyInputs(
        dataclasses.replace(families, **quantities, **prices, unit_value_amount=families.unit_value_amount / scale),
        dataclasses.replace(
            sources, unit_cost=sources.unit_cost / of_source[:, None], approved_quantity=sources.approved_quantity * of_source[:, None]
        ),
        usages=dataclasses.replace(given.usages, usage_per_unit=given.usages.usage_per_unit / of_source[given.usages.source]),
        issues=given.issues,
        resources=given.resources,
        workforce=given.workforce,
    )
    scaled = plan_supply(other)
    np.testing.assert_allclose(scaled.quantities.supply / of_source[:, None], plain.quantities.supply, atol=1e-4)
    assert scaled.costs.total() == pytest.approx(plain.costs.total(), rel=1e-7)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_money_in_other_units_gives_the_same_plan(factor: float) -> None:
    given = inputs_from_frames(**frames())
    families, crew = given.families, given.workforce
    costs = {name: getattr(families, name) * factor for name in ("holding_cost", "backorder_cost", "lost_sale_cost", "unit_value_amount")}
    other = dataclasses.replace(
        given,
        families=dataclasses.replace(families, **costs),
        sources=dataclasses.replace(given.sources, unit_cost=given.sources.unit_cost * factor),
        resources=dataclasses.replace(given.resources, overtime_cost=given.resources.overtime_cost * factor),
        workforce=dataclasses.replace(crew, regular_wage_per_hour=crew.regular_wage_per_hour * factor, hire_cost=crew.hire_cost * factor),
    )
    np.testing.assert_allclose(plan_supply(other).quantities.supply, plan_supply(given).quantities.supply, atol=1e-4)


def test_a_family_that_costs_billions_leaves_the_others_a_plan() -> None:
    """Presolve takes this programme for an unbounded one."""
    given, is_dear = frames(), pl.col("family_id") == "pins"
    for table, column, price in (
        ("families", "unit_value_amount", 1e10),
        ("source_periods", "unit_cost", 1e10),
        ("family_periods", "holding_cost", 2e8),
    ):
        given[table] = given[table].with_columns(pl.when(is_dear).then(price).otherwise(pl.col(column)).alias(column))
    plan = plan_supply(inputs_from_frames(**given), "chase")
    supplied = plan.quantities.supply.sum() - plan.quantities.issued.sum()
    needed = plan.inputs.families.demand_quantity.sum() - 90.0  # of opening stock
    assert supplied == pytest.approx(needed + plan.quantities.position[:, -1].sum(), abs=1e-4)


def test_a_warm_start_changes_the_time_and_not_the_plan() -> None:
    given = inputs_from_frames(**frames())
    base = plan_supply(given)
    demand = given.families.demand_quantity * np.array([1.2, 1.0, 0.9, 1.0])[:, None]
    changed = dataclasses.replace(given, families=dataclasses.replace(given.families, demand_quantity=demand))
    cold, warm = plan_supply(changed), plan_supply(changed, start=base.basis)
    np.testing.assert_allclose(warm.quantities.supply, cold.quantities.supply, atol=1e-6)
    assert warm.solution.iterations < cold.solution.iterations


def test_a_new_family_without_demand_leaves_the_others_alone() -> None:
    given = frames()
    more = dict(given)
    more["families"] = pl.concat([given["families"], pl.DataFrame({"family_id": ["anchors"]})], how="diagonal")
    none = pl.DataFrame({"family_id": ["anchors"] * PERIODS, "period_index": range(PERIODS), "demand_quantity": [0.0] * PERIODS})
    more["family_periods"] = pl.concat([given["family_periods"], none], how="diagonal")
    alone, together = (plan_supply(inputs_from_frames(**tables)).quantities.supply for tables in (given, more))
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_whole_heads_cost_what_trying_every_headcount_costs(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand, opening = random.integers(0, 9, 3).astype(float), 1
    wage, hire, layoff, holding = random.uniform(5, 20), random.uniform(1, 15), random.uniform(1, 15), random.uniform(0.5, 3)
    families = Families(("a",), demand[None], unit_value_amount=5, holding_cost=holding, maximum_backlog_quantity=0)
    crew = Workforce([0], opening, 3.0, regular_wage_per_hour=wage / 3, hire_cost=hire, layoff_cost=layoff, maximum_heads=4)
    inputs = SupplyInputs(
        families,
        Sources(("main",), [0], [0], unit_cost=1.0),
        resources=Resources(("crew",)),
        usages=Usages([0], [0], [0], [1.0]),
        workforce=crew,
        switches=Switches(whole_heads="optimal", gap=0.0),
    )
    best = np.inf
    for heads in itertools.product(range(5), repeat=3):
        changes = np.diff([opening, *heads])
        people = wage * sum(heads) + hire * np.maximum(changes, 0).sum() + layoff * np.maximum(-changes, 0).sum()
        for made in itertools.product(*(range(3 * head + 1) for head in heads)):
            stock = np.cumsum(made) - np.cumsum(demand)
            if (stock >= 0).all():
                best = min(best, people + sum(made) + holding * stock.sum())
    if np.isfinite(best):
        assert plan_supply(inputs, "least_cost").costs.total() == pytest.approx(best, abs=1e-4)
    else:
        assert plan_supply(inputs, "least_cost").quantities.backlog.max() > 0


@pytest.mark.parametrize("seed", range(6))
def test_minimum_runs_cost_what_trying_every_run_costs(seed: int) -> None:
    random = np.random.default_rng(100 + seed)
    demand, holding, run = random.integers(1, 6, 3).astype(float), random.uniform(0.1, 2.0), 4
    costs = random.integers(1, 9, 3).astype(float)
    families = Families(("a",), demand[None], unit_value_amount=5, holding_cost=holding, maximum_backlog_quantity=0)
    inputs = SupplyInputs(
        families, Sources(("main",), [0], [0], unit_cost=costs[None], minimum_run_quantity=[float(run)]), switches=Switches(gap=0.0)
    )
    best = np.inf
    for made in itertools.product((0, *range(run, int(demand.sum()) + run + 1)), repeat=3):
        stock = np.cumsum(made) - np.cumsum(demand)
        if (stock >= 0).all():
            best = min(best, (costs * made).sum() + holding * stock.sum())
    assert plan_supply(inputs, "least_cost").costs.total() == pytest.approx(best, abs=1e-3)


def test_the_anchor_keeps_a_plan_where_moving_it_hardly_pays() -> None:
    families = Families(("a",), np.array([[10.0, 10, 10, 10]]), unit_value_amount=100, holding_cost=0.1)
    free = Sources(("main",), [0], [0], unit_cost=100.0)
    held = dataclasses.replace(free, approved_quantity=np.array([[12.0, 9, 9, 10]]))
    np.testing.assert_allclose(plan_supply(SupplyInputs(families, free), "least_cost").quantities.supply, 10)
    np.testing.assert_allclose(plan_supply(SupplyInputs(families, held), "least_cost").quantities.supply, [[12, 9, 9, 10]])


def test_a_frozen_quantity_is_kept_and_its_overload_is_seen() -> None:
    families = Families(("a",), np.array([[10.0, 10]]), unit_value_amount=100)
    sources = Sources(("main",), [0], [0], unit_cost=100.0, fixed_quantity=np.array([[25.0, np.nan]]))
    plan = plan_supply(
        SupplyInputs(families, sources, resources=Resources(("r",), regular_capacity=15.0), usages=Usages([0], [0], [0], [1.0])),
        "least_cost",
    )
    np.testing.assert_allclose(plan.quantities.supply, [[25, 0]], atol=1e-9)
    np.testing.assert_allclose(plan.quantities.overload, [[10, 0]], atol=1e-6)


def test_a_coefficient_that_the_solver_would_drop_stops_the_plan() -> None:
    matrix = MatrixBuilder()
    columns, rows = matrix.columns("x", (1,), cost=1.0), matrix.rows("r", (1,), 1.0, 2.0)
    matrix.put(rows, columns, 1.0)
    programme = matrix.build()
    with pytest.raises(SolverError, match="rescaled"):
        solve(dataclasses.replace(programme, value=np.array([1e-12])))


@pytest.mark.parametrize("block", ["supply", "ladder", "heads", "overtime"])
def test_a_plan_that_does_not_follow_from_its_tables_is_refused(block: str) -> None:
    plan = plan_supply(inputs_from_frames(**frames()))
    values = plan.solution.values.copy()
    values[plan.model.programme.column_blocks[block].start] += 3.0
    with pytest.raises(PlanMismatchError):
        read_plan("planned", plan.model, dataclasses.replace(plan.solution, values=values))


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("families", lambda frame: pl.concat([frame, frame.head(1)]), "twice"),
        ("usages", lambda frame: frame.with_columns(resource_id=pl.lit("lathe")), "lathe"),
        ("resource_periods", lambda frame: frame.rename({"overtime_cost": "overtime_price"}), "overtime_price"),
        ("family_periods", lambda frame: frame.filter(pl.col("period_index") != 2), "without a gap"),
        ("family_periods", lambda frame: frame.head(PERIODS + 1), "needs all"),
    ],
)
def test_frames_that_cannot_be_planned_with_say_why(table: str, change: object, message: str) -> None:
    given = frames()
    given[table] = change(given[table])
    with pytest.raises(InputError, match=message):
        inputs_from_frames(**given)


def test_nonsense_is_planned_around_and_noted() -> None:
    given = frames()
    given["families"] = given["families"].with_columns(opening_inventory_quantity=pl.lit(-5.0))
    notes = note_frame(plan_supply(inputs_from_frames(**given)))
    assert notes["key"].to_list() == ["bolts", "nuts", "pins", "screws"]
    assert notes["used"].to_list() == [0.0] * 4
