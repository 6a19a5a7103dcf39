"""An interior point method for programmes that fall apart into blocks: an almost optimal point, never an answer.

Mehrotra's predictor and corrector with Gondzio's further correctors, on the normal equations. What an answer is made of it stays out.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError
from scipy.sparse import csc_matrix, hstack
from threadpoolctl import threadpool_limits

from sop_pipeline.planning.supply.inputs import Floats
from sop_pipeline.planning.supply.matrix import Programme
from sop_pipeline.planning.supply.normal_equations import MOST_PRODUCTS, NormalEquations, find_blocks

GAP = 1e-7  # what distances from bounds times their prices come to, beside the objective; beyond, rows begin to lose digits
RESIDUAL = 1e-4  # of rows and of reduced costs, relative; a wide range of Θ keeps some programmes from more than 1e-5
MOST_ITERATIONS = 100
NO_PROGRESS = 8  # iterations that did not halve what is left end it
USEFUL_GAP = 1e-4  # good enough to say where most columns rest
CORRECTORS = 2
SHORT_OF_BOUND = 0.995
REGULAR = 1e-12
NEAR = 1e-9  # of the right-hand side: what a solve may leave
MOST_GRADIENTS = 12


class Direction(NamedTuple):
    """Where to go: columns, row duals, distances to bounds, prices of bounds."""

    x: Floats
    y: Floats
    distance: Floats
    price: Floats


@dataclass(frozen=True)
class Resting:
    """How surely columns rest on their bounds at an almost optimal point: a bound's price beside the distance from it; 0 where none is."""

    lower: Floats
    upper: Floats
    iterations: int

    def at_lower(self, sure: float) -> NDArray[np.bool_]:
        """Columns whose lower bound's price is more than `sure` times the distance from it."""
        return (self.lower > sure) & (self.lower >= self.upper)

    def at_upper(self, sure: float) -> NDArray[np.bool_]:
        """The same of upper bounds."""
        return (self.upper > sure) & (self.upper > self.lower)


@dataclass(frozen=True)
class Equations:
    """min cost·x, matrix·x = right, lower ≤ x ≤ upper: the columns of a programme that are not fixed, and the slacks of its rows.

    Every finite bound is an entry of `column`, `sign` (+1 lower, −1 upper) and `at`.
    """

    place: NDArray[np.int64]  # of a column in the programme; slacks come behind all columns
    matrix: csc_matrix
    right: Floats
    cost: Floats
    offset: float
    lower: Floats
    upper: Floats
    column: NDArray[np.int64]
    sign: Floats
    at: Floats


def find_resting(programme: Programme) -> Resting | None:
    """Where the columns of a programme rest near its optimum; None where the programme does not fall apart, or the method gets stuck."""
    equations = _equations(programme)
    blocks = find_blocks(equations.matrix)
    if blocks is None or not equations.column.size:
        return None
    normal = NormalEquations(equations.matrix, blocks)
    if normal.products() > MOST_PRODUCTS:
        return None
    # Threads would gain little here, wait for one another, and add up in another order on another machine.
    with threadpool_limits(limits=1, user_api="blas"), np.errstate(all="ignore"):
        return _rest(programme.cost.size, equations, _Iteration(equations, normal))


def _rest(columns: int, equations: Equations, iteration: "_Iteration") -> Resting | None:
    try:
        count = iteration.run()
    except LinAlgError:
        return None
    if count is None:
        return None
    surely = iteration.price / iteration.distance
    lower, upper = (np.zeros(equations.place.size) for _ in range(2))
    for side, sign in ((lower, 1.0), (upper, -1.0)):
        mine = equations.sign == sign
        side[equations.column[mine]] = surely[mine]
    whole = np.zeros((2, max(columns, int(equations.place[-1]) + 1)))
    whole[:, equations.place] = lower, upper
    return Resting(whole[0, :columns], whole[1, :columns], count)


def _equations(programme: Programme) -> Equations:
    rows, columns = programme.row_lower.size, programme.cost.size
    loose = np.flatnonzero(programme.row_lower != programme.row_upper)
    slack = csc_matrix((-np.ones(loose.size), (loose, np.arange(loose.size))), shape=(rows, loose.size))
    matrix = hstack([csc_matrix((programme.value, programme.index, programme.start), shape=(rows, columns)), slack]).tocsc()
    lower = np.concatenate([programme.lower, programme.row_lower[loose]])
    upper = np.concatenate([programme.upper, programme.row_upper[loose]])
    cost = np.concatenate([programme.cost, np.zeros(loose.size)])
    right = programme.row_lower.copy()
    right[loose] = 0.0
    free = upper > lower
    fixed = lower[~free]
    right -= matrix[:, ~free] @ fixed
    lower, upper = lower[free], upper[free]
    below, above = np.flatnonzero(np.isfinite(lower)), np.flatnonzero(np.isfinite(upper))
    return Equations(
        place=np.flatnonzero(free),
        matrix=matrix[:, free].tocsc(),
        right=right,
        cost=cost[free],
        offset=programme.offset + float(cost[~free] @ fixed),
        lower=lower,
        upper=upper,
        column=np.concatenate([below, above]),
        sign=np.concatenate([np.ones(below.size), -np.ones(above.size)]),
        at=np.concatenate([lower[below], upper[above]]),
    )


class _Iteration:
    """The state of the method: columns x, row duals y, and per bound the distance from it and its price."""

    def __init__(self, equations: Equations, normal: NormalEquations) -> None:
        self.equations = equations
        self.normal = normal
        self.rows = equations.matrix.tocsr()
        self.transposed = equations.matrix.T.tocsr()
        self._begin()

    def run(self) -> int | None:
        """Go on until primal and dual meet, and say after how many iterations; None where they do not."""
        right, cost = 1.0 + np.linalg.norm(self.equations.right), 1.0 + np.linalg.norm(self.equations.cost)
        best, since = np.inf, 0
        for iteration in range(MOST_ITERATIONS):
            missing = self.equations.right - self.rows @ self.x
            reduced = self.equations.cost - self.transposed @ self.y - self._spread(self.price)
            primal = float(self.equations.cost @ self.x)
            complementarity = float(self.distance @ self.price)
            gap = complementarity / (1.0 + max(abs(primal), abs(primal + self.equations.offset)))
            if not np.isfinite(gap):
                return None
            if gap < GAP and np.linalg.norm(missing) < RESIDUAL * right and np.linalg.norm(reduced) < RESIDUAL * cost:
                return iteration
            if complementarity < best / 2:
                best, since = complementarity, iteration
            try:
                stuck = iteration - since >= NO_PROGRESS
                if not stuck:
                    self._advance(missing, reduced)
            except LinAlgError:
                stuck = True
            if stuck:
                return iteration if gap < USEFUL_GAP else None
        return None

    def _begin(self) -> None:
        """A point well inside all bounds, from the least-squares answers of rows and of reduced costs."""
        e = self.equations
        width = e.upper - e.lower
        inside = np.where(np.isfinite(width), np.minimum(1.0, width / 2), 1.0)
        x = np.where(np.isfinite(e.lower), e.lower + inside, np.where(np.isfinite(e.upper), e.upper - inside, 0.0))
        self.normal.factor(np.ones(x.size))
        move = self.transposed @ self.normal.solve(e.right - self.rows @ x)
        self.y = self.normal.solve(self.rows @ e.cost)
        reduced = e.cost - self.transposed @ self.y
        least = np.minimum(1.0 + np.abs(move).mean(), width / 4)
        self.x = np.clip(x + move, e.lower + least, e.upper - least)
        self.distance = e.sign * (self.x[e.column] - e.at)
        self.price = np.maximum(e.sign * reduced[e.column], 0.0) + np.abs(reduced).mean()

    def _advance(self, missing: Floats, reduced: Floats) -> None:
        """One step: predict, correct, correct again while the step grows by it."""
        mean = self.distance @ self.price / self.distance.size
        curvature = self._gather(self.price / self.distance) + REGULAR
        theta = 1.0 / curvature
        self.normal.factor(theta)
        product = self.distance * self.price
        ahead = self._direction(theta, missing, reduced, -product)
        primal, dual = self._steps(ahead)
        after = (self.distance + primal * ahead.distance) @ (self.price + dual * ahead.price) / product.size
        target = (after / mean) ** 3 * mean
        way = self._direction(theta, missing, reduced, target - product - ahead.distance * ahead.price)
        primal, dual = self._steps(way)
        target = max(target, 1e-3 * mean)
        for _ in range(CORRECTORS):
            if min(primal, dual) > 0.95:
                break
            trial = (self.distance + min(1.0, 1.5 * primal + 0.1) * way.distance) * (self.price + min(1.0, 1.5 * dual + 0.1) * way.price)
            towards = np.maximum(np.clip(trial, 0.1 * target, 10.0 * target) - trial, -10.0 * target)
            more = self._direction(theta, np.zeros_like(missing), np.zeros_like(reduced), towards)
            corrected = Direction(*(a + b for a, b in zip(way, more, strict=True)))
            steps = self._steps(corrected)
            if sum(steps) <= primal + dual + 0.02:
                break
            way, (primal, dual) = corrected, steps
        primal, dual = (1.0 if step == 1.0 else SHORT_OF_BOUND * step for step in (primal, dual))
        self.x = self.x + primal * way.x
        self.distance = self.distance + primal * way.distance
        self.y = self.y + dual * way.y
        self.price = self.price + dual * way.price

    def _direction(self, theta: Floats, missing: Floats, reduced: Floats, product: Floats) -> Direction:
        """Newton's direction that closes the residuals and changes distance × price by `product`."""
        pull = reduced - self._spread(product / self.distance)
        near = max(1e-2 * float(np.linalg.norm(missing)), NEAR * float(np.linalg.norm(self.equations.right)))
        y = self._solve(theta, missing + self.rows @ (theta * pull), near)
        x = theta * (self.transposed @ y - pull)
        distance = self.equations.sign * x[self.equations.column]
        return Direction(x, y, distance, (product - self.price * distance) / self.distance)

    def _solve(self, theta: Floats, right: Floats, near: float) -> Floats:
        """Row duals by conjugate gradients: the factors answer all but exactly, except where Θ ranges too far for their digits."""
        y = self.normal.solve(right)
        left = right - self.rows @ (theta * (self.transposed @ y))
        towards, before = np.zeros_like(y), 1.0
        for _ in range(MOST_GRADIENTS):
            if np.linalg.norm(left) <= near:
                break
            answer = self.normal.solve(left)
            size = float(left @ answer)
            towards = answer + size / before * towards
            before = size
            image = self.rows @ (theta * (self.transposed @ towards))
            bend = float(towards @ image)
            if size <= 0.0 or bend <= 0.0:
                break
            y += size / bend * towards
            left -= size / bend * image
        return y

    def _steps(self, way: Direction) -> tuple[float, float]:
        return _longest(self.distance, way.distance), _longest(self.price, way.price)

    def _spread(self, per_bound: Floats) -> Floats:
        """Per column the sum of its bounds, upper ones with a minus."""
        return self._gather(self.equations.sign * per_bound)

    def _gather(self, per_bound: Floats) -> Floats:
        return np.bincount(self.equations.column, weights=per_bound, minlength=self.equations.cost.size).astype(np.float64)


def _longest(value: Floats, change: Floats) -> float:
    """How much of a change keeps every value positive, at most all of it."""
    ratio = float((-change / value).max(initial=0.0))
    return 1.0 if ratio <= 1.0 else 1.0 / ratio
