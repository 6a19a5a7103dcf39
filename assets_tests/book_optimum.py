"""The optimum of a textbook case by a small programme of its own, as a book writes it: an oracle for plans of company folders."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from textbook_companies import Case

FLOWS = ("made", "overtime_units", "subcontracted", "stock", "owed", "lost", "heads", "hired", "laid_off", "overtime_hours", "held")


def book_optimum(case: Case, *, holding_cost_on: str = "closing", idle_hours: str = "allowed", whole_heads: bool = False) -> float:
    """Least total cost of a case: nothing is owed and the closing inventory is there at the end. Fails where no plan can do that."""
    periods = len(case.demand)
    at = {name: np.arange(periods) + number * periods for number, name in enumerate(FLOWS)}
    size = periods * len(FLOWS)
    cost, upper = np.zeros(size), np.full(size, np.inf)
    rows: list[np.ndarray] = []
    lows: list[float] = []
    highs: list[float] = []

    def require(terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        row = np.zeros(size)
        for column, value in terms:
            row[column] += value
        rows.append(row)
        lows.append(low)
        highs.append(high)

    cost[at["made"]] = case.production_cost if case.material_cost is None else case.material_cost
    cost[at["overtime_units"]] = case.overtime_cost
    cost[at["subcontracted"]] = case.subcontract_cost or 0.0
    cost[at["held"]] = case.holding_cost
    cost[at["owed"]] = case.backorder_cost or 0.0
    cost[at["lost"]] = case.lost_sale_cost or 0.0
    upper[at["overtime_units"]] = case.overtime_capacity
    upper[at["subcontracted"]] = 0.0 if case.subcontract_cost is None else case.subcontract_capacity or np.inf
    upper[at["lost"]] = 0.0 if case.lost_sale_cost is None else case.demand
    if not case.may_backorder:
        upper[at["owed"]] = 0.0
    upper[at["owed"][-1]] = 0.0
    for t in range(periods):
        opening = case.opening_inventory - case.opening_backlog if t == 0 else 0.0
        before = [] if t == 0 else [(at["stock"][t - 1], 1.0), (at["owed"][t - 1], -1.0)]
        supply = [(at["made"][t], 1.0), (at["subcontracted"][t], 1.0), (at["lost"][t], 1.0)]
        wanted = case.demand[t] - opening
        require([*before, *supply, (at["stock"][t], -1.0), (at["owed"][t], 1.0)], wanted, wanted)
        if case.capacity:
            require([(at["made"][t], 1.0), (at["overtime_units"][t], -1.0)], -np.inf, case.capacity[t])
        # Held: closing stock, or the mean of opening and closing.
        weight = 1.0 if holding_cost_on == "closing" else 0.5
        first = case.opening_inventory if t == 0 and holding_cost_on == "average" else 0.0
        earlier = [] if t == 0 or holding_cost_on == "closing" else [(at["stock"][t - 1], weight)]
        require([*earlier, (at["stock"][t], weight), (at["held"][t], -1.0)], -first / 2, -first / 2)
    if case.closing_inventory is not None:
        require([(at["stock"][-1], 1.0)], case.closing_inventory, np.inf)
    integrality = np.zeros(size)
    if case.crew:
        crew = case.crew
        hours = crew.hours_per_day * np.asarray(case.working_days, dtype=float)
        cost[at["heads"]] = hours * (np.asarray(crew.wages) if crew.wages else crew.wage or 0.0)
        cost[at["hired"]], cost[at["laid_off"]] = crew.hire, crew.layoff
        cost[at["overtime_hours"]] = crew.overtime_wage or 0.0
        upper[at["hired"]] = np.inf if crew.maximum_hires is None else crew.maximum_hires
        integrality[at["heads"]] = 1.0 if whole_heads else 0.0
        for t in range(periods):
            worked = [(at["made"][t], crew.hours_per_unit), (at["heads"][t], -hours[t]), (at["overtime_hours"][t], -1.0)]
            require(worked, 0.0 if idle_hours == "none" else -np.inf, 0.0)
            require([(at["overtime_hours"][t], 1.0), (at["heads"][t], -crew.overtime_hours_per_head)], -np.inf, 0.0)
            before, opening = ([], crew.heads) if t == 0 else ([(at["heads"][t - 1], -1.0)], 0.0)
            require([*before, (at["heads"][t], 1.0), (at["hired"][t], -1.0), (at["laid_off"][t], 1.0)], opening, opening)
            if crew.closing_heads is not None and t == periods - 1:
                require([(at["heads"][t], 1.0)], crew.closing_heads, crew.closing_heads)
            if crew.is_constant:
                require([(at["heads"][t], 1.0)], crew.heads, crew.heads)
    constraints = LinearConstraint(np.array(rows), np.array(lows), np.array(highs))
    found = milp(cost, constraints=constraints, bounds=Bounds(0.0, upper), integrality=integrality, options={"mip_rel_gap": 0.0})
    assert found.status == 0, f"{case.family}: {found.message}"
    return float(found.fun)
