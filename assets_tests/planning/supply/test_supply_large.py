"""How a large plan is solved: blocks and shared rows, columns at rest, and the whole programme that proves or mends the guess."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csc_matrix

from assets_tests.planning.supply.instances import nasty_company
from sop_pipeline.planning.supply import Families, Resources, Sources, SupplyInputs, Switches, Usages, Workforce, interior_point
from sop_pipeline.planning.supply import solve as solving
from sop_pipeline.planning.supply.inputs import STRATEGIES
from sop_pipeline.planning.supply.interior_point import Resting, find_resting
from sop_pipeline.planning.supply.matrix import Programme
from sop_pipeline.planning.supply.model import build_model
from sop_pipeline.planning.supply.normal_equations import NormalEquations, find_blocks
from sop_pipeline.planning.supply.solve import Session, Solution

Guess = Callable[[Programme], Resting | None]


def company(seed: int, families: int = 20, periods: int = 6) -> SupplyInputs:
    """Families with two makers and a partner, sharing four machines, one of them full, and a team."""
    random = np.random.default_rng(seed)
    demand = random.lognormal(4, 0.5, (families, periods))
    family = np.repeat(np.arange(families), 3)
    makers = np.flatnonzero(np.arange(family.size) % 3 < 2)
    machine = random.integers(0, 4, makers.size)
    return SupplyInputs(
        Families(
            tuple(f"family {number:02}" for number in range(families)),
            demand,
            20.0,
            opening_inventory_quantity=demand[:, 0] * random.uniform(0, 1, families),
            unit_value_amount=10.0,
            holding_cost=0.2,
            backorder_cost=3.0,
            is_lost_sale_allowed=random.random(families) < 0.5,
            target_inventory_quantity=0.5 * demand,
            minimum_inventory_quantity=0.2 * demand,
            strategies=tuple(random.choice(STRATEGIES, families).tolist()),
        ),
        Sources(
            ("line 1", "line 2", "partner") * families,
            family,
            np.tile([0, 0, 1], families),
            unit_cost=(10.0 * np.tile([1.0, 1.1, 1.4], families) * random.uniform(0.9, 1.1, family.size))[:, None],
            maximum_quantity=np.where(np.arange(family.size) % 3 == 2, 0.5 * demand.mean(), np.inf)[:, None],
            approved_quantity=np.where((np.arange(family.size) % 3 < 2)[:, None], demand[family] / 2, np.nan),
        ),
        usages=Usages(
            np.repeat(makers, 2),
            np.stack([machine, np.full(makers.size, 4)], axis=1).ravel(),
            np.stack([random.integers(0, 2, makers.size), np.zeros(makers.size, dtype=int)], axis=1).ravel(),
            random.uniform(0.5, 1.5, 2 * makers.size),
        ),
        resources=Resources(
            ("lathe", "mill", "press", "saw", "team"),
            regular_capacity=(demand.mean() * families * np.array([0.1, 0.2, 0.4, 1.0, 0.0]))[:, None] * np.ones(periods),
            overtime_capacity=(demand.mean() * families * np.array([0.02, 0.05, 0.1, 0.0, 0.0]))[:, None] * np.ones(periods),
            overtime_cost=2.0,
        ),
        workforce=Workforce(np.array([4]), np.array([8.0]), 150.0, regular_wage_per_hour=1.0, hire_cost=50.0, layoff_cost=80.0),
    )


def solve_with(programme: Programme, guess: Guess) -> tuple[Solution, list[Resting | None]]:
    """A cold solve as if the programme were large, and what the guess said."""
    said: list[Resting | None] = []

    def asked(whole: Programme) -> Resting | None:
        said.append(guess(whole))
        return said[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "INTERIOR_COLUMNS", 1)
        patch.setattr(interior_point, "find_resting", asked)
        return Session(programme).run(), said


def solve_plainly(programme: Programme) -> Solution:
    """The dual simplex method of HiGHS, without any guess."""
    assert programme.cost.size < solving.INTERIOR_COLUMNS
    return Session(programme).run()


def assert_proven(programme: Programme, solution: Solution, plain: Solution) -> None:
    """The objective of the plain solve, and reduced costs that prove it: none pulls a column off its bound."""
    assert solution.objective_amount == pytest.approx(plain.objective_amount, rel=1e-9, abs=1e-6 * programme.money)
    values, reduced = solution.values / programme.column_scale, solution.reduced_costs * programme.column_scale / programme.money
    assert (reduced[values > programme.lower + 1e-6] < 1e-6).all()
    assert (reduced[values < programme.upper - 1e-6] > -1e-6).all()


@pytest.mark.parametrize("strategy", [*STRATEGIES, "planned"])
def test_columns_at_rest_lead_to_the_same_plan(strategy: str) -> None:
    for seed in range(4):
        programme = build_model(company(seed), strategy).programme
        plain = solve_plainly(programme)
        guessed, (resting,) = solve_with(programme, find_resting)
        assert resting is not None
        assert_proven(programme, guessed, plain)
        np.testing.assert_allclose(guessed.values / programme.column_scale, plain.values / programme.column_scale, atol=1e-6)


def test_columns_said_to_rest_do_rest_and_nearly_all_are_named() -> None:
    programme = build_model(company(1), "least_cost").programme
    values = solve_plainly(programme).values / programme.column_scale
    resting = find_resting(programme)
    assert resting is not None
    at_lower, at_upper = resting.at_lower(1.0), resting.at_upper(1.0)
    assert not (at_lower & at_upper).any()
    np.testing.assert_allclose(values[at_lower], programme.lower[at_lower], atol=1e-5)
    np.testing.assert_allclose(values[at_upper], programme.upper[at_upper], atol=1e-5)
    open_columns = (programme.upper > programme.lower) & ~at_lower & ~at_upper
    assert open_columns.sum() <= 1.1 * programme.row_lower.size


@given(st.integers(0, 10**6))
def test_nonsense_is_solved_as_well_as_without_a_guess(seed: int) -> None:
    inputs = nasty_company(seed).swap(switches=Switches())
    programme = solving.without_whole_numbers(build_model(inputs, (*STRATEGIES, "planned")[seed % 5]).programme)
    guessed, _ = solve_with(programme, find_resting)
    plain = solve_plainly(programme)
    assert guessed.objective_amount == pytest.approx(plain.objective_amount, rel=1e-7, abs=1e-5 * programme.money)


@given(st.integers(0, 10**6), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_wrong_guess_costs_time_and_never_the_optimum(seed: int, lower: float, upper: float) -> None:
    programme = build_model(company(seed % 10), "planned").programme

    def wrong(whole: Programme) -> Resting:
        drawn = np.random.default_rng(seed).random(whole.cost.size)
        return Resting(np.where(drawn < lower, 10.0, 0.0), np.where((drawn > 1 - upper) & np.isfinite(whole.upper), 10.0, 0.0), 0)

    guessed, _ = solve_with(programme, wrong)
    assert_proven(programme, guessed, solve_plainly(programme))


def test_twice_the_same_large_plan_has_the_same_bytes() -> None:
    programme = build_model(company(2), "planned").programme
    first, second = (solve_with(programme, find_resting)[0] for _ in range(2))
    for name in ("values", "reduced_costs", "row_duals"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert first.basis == second.basis


def test_bounds_changed_before_the_first_run_hold() -> None:
    programme = build_model(company(3), "least_cost").programme
    column = int(np.flatnonzero(solve_plainly(programme).values[: programme.column_blocks["supply"].size] > 1.0)[0])
    none = np.zeros(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "INTERIOR_COLUMNS", 1)
        session = Session(programme)
        session.change_column_bounds(np.array([column], dtype=np.int32), none, none)
        changed = session.run()
    lower, upper = programme.lower.copy(), programme.upper.copy()
    lower[column] = upper[column] = 0.0
    without = solve_plainly(dataclasses.replace(programme, lower=lower, upper=upper))
    assert changed.values[column] == 0.0
    assert changed.objective_amount == pytest.approx(without.objective_amount, rel=1e-9)


def test_normal_equations_agree_with_a_dense_solve() -> None:
    random = np.random.default_rng(5)
    programme = build_model(company(4), "planned").programme
    matrix = csc_matrix((programme.value, programme.index, programme.start), shape=(programme.row_lower.size, programme.cost.size))
    blocks = find_blocks(matrix)
    assert blocks is not None
    assert np.array_equal(np.sort(np.concatenate([blocks.shared, blocks.order])), np.arange(matrix.shape[0]))
    theta = random.lognormal(0, 2, matrix.shape[1])
    right = random.normal(size=matrix.shape[0])
    equations = NormalEquations(matrix, blocks)
    equations.factor(theta)
    whole = (matrix.multiply(theta) @ matrix.T).toarray()
    np.testing.assert_allclose(equations.solve(right), np.linalg.solve(whole, right), rtol=1e-6, atol=1e-9)


def test_blocks_are_families_and_shared_rows_their_resources() -> None:
    model = build_model(company(0, families=80), "least_cost")
    programme = model.programme
    matrix = csc_matrix((programme.value, programme.index, programme.start), shape=(programme.row_lower.size, programme.cost.size))
    blocks = find_blocks(matrix)
    assert blocks is not None
    balance = programme.row_blocks["balance"]
    family = (np.arange(balance.start, balance.start + balance.size) - balance.start) // 6
    of_row = dict(zip(blocks.order.tolist(), blocks.block.tolist(), strict=True))
    for number in range(80):
        rows = np.arange(balance.start, balance.start + balance.size)[family == number]
        assert {of_row[row] for row in rows.tolist()} == {of_row[int(rows[0])]}
    assert blocks.sizes[np.unique([of_row[row] for row in range(balance.start, balance.start + balance.size)])].max() == 6
    assert set(blocks.shared.tolist()) <= set(range(programme.row_lower.size)) - set(range(balance.start, balance.start + balance.size))


def test_a_programme_that_does_not_fall_apart_has_no_blocks() -> None:
    assert find_blocks(csc_matrix(np.ones((300, 300)))) is None
    chain = csc_matrix(np.eye(2000) + np.eye(2000, k=1))
    assert find_blocks(chain) is None
