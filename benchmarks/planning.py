"""How long a supply plan takes: everything but the solve against the solve, strategies, what-ifs, whole heads, split and requirements.

    python benchmarks/planning.py --families 50 --periods 24 --resources 10 [--strategy hybrid] [--whole-heads] [--json]

Prints a table a person can read or, with --json, one JSON line. Seconds are of the processor: everything runs on one thread, and what else
the machine does stays out of the figures.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from sop_pipeline.planning.supply import Families, Resources, Sources, SupplyInputs, Switches, Usages, Workforce
from sop_pipeline.planning.supply.disaggregate import split_families
from sop_pipeline.planning.supply.inputs import STRATEGIES
from sop_pipeline.planning.supply.model import build_model
from sop_pipeline.planning.supply.planner import plan_supply, read_plan
from sop_pipeline.planning.supply.requirements import ItemStructure, plan_requirements, whole_leads
from sop_pipeline.planning.supply.solve import Session

Answer = TypeVar("Answer")


def main() -> None:
    """Read the sizes, run every measurement, print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", type=int, default=50)
    parser.add_argument("--periods", type=int, default=24)
    parser.add_argument("--resources", type=int, default=10)
    parser.add_argument("--strategy", choices=(*STRATEGIES, "planned"), default="least_cost")
    parser.add_argument("--whole-heads", action="store_true", help="also plan with whole heads, to a gap of 1e-4")
    parser.add_argument("--what-ifs", type=int, default=20, help="how many warm-started what-ifs to time")
    parser.add_argument("--items", type=int, default=20_000, help="items for the split and the requirements; 0 = leave them out")
    parser.add_argument("--json", action="store_true", help="one JSON line instead of the table")
    asked = parser.parse_args()
    figures = measure(
        company(asked.families, asked.periods, asked.resources), asked.strategy, whole_heads=asked.whole_heads, what_ifs=asked.what_ifs
    )
    sizes = {"families": asked.families, "periods": asked.periods, "resources": asked.resources, "strategy": asked.strategy}
    if asked.items:
        figures |= measure_items(asked.items, asked.periods)
    if asked.json:
        print(json.dumps(sizes | figures))
        return
    print(f"{asked.families} families × {asked.periods} periods × {asked.resources} resources, {asked.strategy}")
    for name, value in figures.items():
        print(f"  {name:32} {value:12.4f}" if isinstance(value, float) else f"  {name:32} {value:12}")


def measure(inputs: SupplyInputs, strategy: str, *, whole_heads: bool, what_ifs: int) -> dict[str, Any]:
    """Seconds, sizes and money of one company and strategy."""
    model, build_seconds = timed(lambda: build_model(inputs, strategy))
    session, pass_seconds = timed(lambda: Session(model.programme))
    solution, solve_seconds = timed(session.run)
    plan, read_seconds = timed(lambda: read_plan(strategy, model, solution))
    figures: dict[str, Any] = {
        "columns": model.programme.cost.size,
        "rows": model.programme.row_lower.size,
        "coefficients": model.programme.value.size,
        "build_seconds": build_seconds,
        "pass_seconds": pass_seconds,
        "solve_seconds": solve_seconds,
        "read_and_verify_seconds": read_seconds,
        "all_but_solve_seconds": build_seconds + pass_seconds + read_seconds,
        "all_but_solve_ratio": (build_seconds + pass_seconds + read_seconds) / solve_seconds,
        "iterations": solution.iterations,
        "total_cost_amount": plan.costs.total(),
    }
    if what_ifs:
        _, figures["what_ifs_seconds"] = timed(
            lambda: [plan_supply(demand_up(inputs, number), strategy, start=plan.basis) for number in range(what_ifs)]
        )
    if whole_heads:
        rounded = inputs.swap(switches=Switches(whole_heads="optimal"))
        whole, figures["whole_heads_seconds"] = timed(lambda: plan_supply(rounded, strategy))
        figures["whole_heads_gap_ratio"] = whole.solution.gap_ratio
        figures["whole_heads_cost_ratio"] = whole.solution.objective_amount / solution.objective_amount - 1
    return figures


def measure_items(items: int, periods: int, seed: int = 0) -> dict[str, Any]:
    """Seconds of the split of families to items, and of requirements through six levels with about three lines an item."""
    random = np.random.default_rng(seed)
    families = max(items // 40, 1)
    family = np.sort(np.concatenate([np.arange(families), random.integers(0, families, items - families)]))
    base = random.lognormal(3, 1.2, items)
    demand = base[:, None] * random.lognormal(0, 0.3, (items, periods))
    wanted = np.zeros((families, periods))
    np.add.at(wanted, family, demand)
    lot = np.maximum(1.0, np.round(base * random.uniform(0.2, 2.0, items)))
    opening = base * random.uniform(0, 2, items)
    split, split_seconds = timed(
        lambda: split_families(
            np.arange(items),
            family,
            np.zeros(families),
            opening_quantity=opening,
            demand_quantity=demand,
            source_quantity=wanted,
            lot_minimum=np.zeros(items),
            lot_multiple=lot,
        )
    )

    level = np.sort(random.integers(0, 6, items))
    parent = np.repeat(np.flatnonzero(level < 5), 4)
    first = np.searchsorted(level, level[parent] + 1)
    component = first + (random.random(parent.size) * (items - first)).astype(np.int64)
    parent, component = np.unique(np.stack([parent, component]), axis=1)
    structure = ItemStructure(
        tuple(f"item {number}" for number in range(items)),
        parent,
        component,
        random.integers(1, 4, parent.size).astype(float),
        whole_leads(np.arange(3), periods),
        random.integers(0, 3, items),
        np.full(parent.size, -1),
        np.zeros(items, dtype=bool),
        np.round(random.exponential(100, items)),
        np.round(random.exponential(10, items)),
        np.zeros(items),
        np.where(random.random(items) < 0.5, 1.0, random.integers(10, 200, items)),
    )
    sold = np.where((level == 0)[:, None], np.round(demand), 0.0)
    _, requirement_seconds = timed(lambda: plan_requirements(structure, sold, np.zeros((items, periods))))
    return {
        "split_seconds": split_seconds,
        "split_largest_residual_lots": float(np.abs(np.bincount(family, split.residual_quantity[:, -1])).max() / lot.max()),
        "structure_lines": parent.size,
        "requirements_seconds": requirement_seconds,
    }


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """What a call returns, and its seconds of processor time."""
    started = time.process_time()
    answer = work()
    return answer, time.process_time() - started


def demand_up(inputs: SupplyInputs, number: int) -> SupplyInputs:
    """The company with one family's demand a tenth higher."""
    families = inputs.families
    demand = families.demand_quantity.copy()
    demand[number % demand.shape[0]] *= 1.1
    return inputs.swap(families=Families(**{**families.__dict__, "demand_quantity": demand}))


def company(families: int, periods: int, resources: int, seed: int = 0) -> SupplyInputs:
    """A made-up company: seasonal demand, three sources a family, three labour pools beside the resources, an approved plan."""
    random = np.random.default_rng(seed)
    base = random.lognormal(8, 1, families)
    season = 1 + 0.3 * np.sin(2 * np.pi * (np.arange(periods) + random.integers(0, 12, families)[:, None]) / 12)
    demand = base[:, None] * season * random.lognormal(0, 0.1, (families, periods))
    cost = random.lognormal(3, 0.6, families)
    kinds = ((0, "line 1", 1.0), (0, "line 2", 1.06), (1, "partner", 1.35))
    family = np.repeat(np.arange(families), len(kinds))
    kind = np.tile([key[0] for key in kinds], families)
    pools, machines = 3, resources
    making = np.flatnonzero(kind == 0)
    links = sorted(
        {(int(source), int(number), int(random.integers(0, 2))) for source in making for number in random.integers(0, machines, 3)}
    )
    links += [(int(source), machines + int(random.integers(0, pools)), 0) for source in making]
    links.sort(key=lambda link: link[:3])
    source, resource, offset = (np.array(column) for column in zip(*links, strict=True))
    # Labour is a fifth of the unit cost at 25 an hour; machines take about as long.
    usage = random.lognormal(0, 0.4, len(links)) * cost[family[source]] * 0.2 / 25
    load = np.zeros((machines + pools, periods))
    np.add.at(load, resource, usage[:, None] * demand[family[source]] * 0.5)
    heads = np.ceil(load[machines:].mean(axis=1) / 150)
    return SupplyInputs(
        Families(
            tuple(f"family {number:05}" for number in range(families)),
            demand,
            random.integers(18, 23, periods)[None, :].astype(float),
            opening_inventory_quantity=base * random.uniform(0.3, 1.0, families),
            unit_value_amount=cost,
            holding_cost=0.015 * cost,
            backorder_cost=0.25 * cost,
            lost_sale_cost=2.0 * cost,
            is_lost_sale_allowed=random.random(families) < 0.5,
            target_inventory_quantity=0.6 * demand,
            minimum_inventory_quantity=0.3 * demand,
            maximum_inventory_quantity=2.0 * demand,
            strategies=tuple(random.choice(STRATEGIES, families).tolist()),
        ),
        Sources(
            tuple(key[1] for key in kinds) * families,
            family,
            kind,
            unit_cost=(cost[family] * np.tile([key[2] for key in kinds], families))[:, None],
            maximum_quantity=np.where(kind == 1, 0.3 * base[family], np.inf)[:, None],
            approved_quantity=np.where((kind == 0)[:, None], demand[family] * 0.5, np.nan),
        ),
        usages=Usages(source, resource, offset, usage),
        resources=Resources(
            tuple(f"resource {number:04}" for number in range(machines + pools)),
            regular_capacity=np.where(np.arange(machines + pools)[:, None] < machines, 1.05 * load.mean(axis=1, keepdims=True), 0.0),
            overtime_capacity=np.where(np.arange(machines + pools)[:, None] < machines, 0.15 * load.mean(axis=1, keepdims=True), 0.0),
            overtime_cost=20.0,
        ),
        workforce=Workforce(
            np.arange(machines, machines + pools),
            heads,
            150.0,
            overtime_hours_per_head=30.0,
            regular_wage_per_hour=25.0,
            overtime_wage_per_hour=37.5,
            hire_cost=2000.0,
            layoff_cost=4000.0,
        ),
    )


if __name__ == "__main__":
    main()
