"""HiGHS: pass a programme, run it on one thread with a fixed seed, and take no answer that is not optimal. No planning knowledge here."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from highspy._core import _Highs  # see Session.__init__
from numpy.typing import NDArray

from sop_pipeline.planning.supply.inputs import Floats
from sop_pipeline.planning.supply.matrix import INTEGER, SEMI_CONTINUOUS, Programme

SEED = 1
# From here on an interior point method beats the simplex method on a cold start.
INTERIOR_COLUMNS = 30_000
LOOSE = 1.2  # open columns a row, above which many plans are about equal and the interior point method finishes sooner
SURE = (1.0, 100.0)  # how surely a column rests on its bound to be fixed there: as many as seem to, then fewer if those leave no plan
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4  # HiGHS's values of simplex_strategy
# Of reduced costs. Tie-breaks lie between the two: so near the optimum it costs nothing to let them decide.
USUAL_TOLERANCE, FINE_TOLERANCE = 1e-7, 1e-9
# Every programme of a plan has a least cost; where HiGHS says otherwise its presolve has lost digits.
UNDECIDED = (highspy.HighsModelStatus.kUnboundedOrInfeasible, highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kInfeasible)
WHOLE = 1e-7  # HiGHS's own 1e-6 leaves minimum runs open that it then refuses itself
ZERO_RUN = 1e-6  # a minimum run below this share of a solver unit was not started


class SolverError(RuntimeError):
    """HiGHS refused, warned about or did not finish a programme; the message holds what it said."""


@dataclass(frozen=True)
class Basis:
    """Where a solve ended, to start the next one of the same structure from."""

    signature: tuple[Any, ...]
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]


@dataclass(frozen=True)
class Solution:
    """An optimal answer in natural units: column values, and money per natural unit for reduced costs and row duals."""

    values: Floats
    reduced_costs: Floats
    row_duals: Floats
    objective_amount: float
    gap_ratio: float  # proven distance to the best whole-number plan; 0 for a plain programme
    iterations: int
    basis: Basis


class Session:
    """One programme inside HiGHS, kept so that a changed bound or cost starts from the last answer. Close over it; it is not shared."""

    def __init__(self, programme: Programme, *, start: Basis | None = None, gap: float = 1e-4, node_limit: int = 100_000) -> None:
        self.programme = programme
        self._is_cold = programme.cost.size >= INTERIOR_COLUMNS and not programme.is_mixed_integer  # large, and as it was passed
        # highspy.Highs() prints a banner on stdout before any option can silence it; its base class, which does all the work, does not.
        self._highs = _Highs()
        self._option("output_flag", value=False)
        self._option("threads", value=1)
        self._option("parallel", value="off")
        self._option("random_seed", value=SEED)
        self._option("mip_rel_gap", value=gap)
        self._option("mip_feasibility_tolerance", value=WHOLE)
        self._option("mip_max_nodes", value=node_limit)
        arrays = (programme.cost, programme.lower, programme.upper, programme.row_lower, programme.row_upper)
        matrix = (programme.start, programme.index, programme.value)
        sizes = (programme.cost.size, programme.row_lower.size, programme.value.size)
        layout = (int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), float(programme.offset))
        self._require(self._highs.passModel(*sizes, *layout, *arrays, *matrix, programme.kind), "passModel")
        if start is not None and start.signature == programme.signature and not programme.is_mixed_integer:
            basis = highspy.HighsBasis()
            basis.col_status, basis.row_status, basis.valid = list(start.columns), list(start.rows), True
            self._require(self._highs.setBasis(basis), "setBasis")
            self._is_cold = False
        elif self._is_cold:
            self._option("solver", value="ipm")

    def run(self) -> Solution:
        """Solve what is there now. Raises SolverError unless it ends optimal, or a whole-number search at its node limit with a plan."""
        earlier = self._approach() if self._is_cold else 0
        done = self._highs.run()
        status = self._highs.getModelStatus()
        if done == highspy.HighsStatus.kError or status in UNDECIDED:
            # Prices a trillion times apart look unbounded to presolve; the programme as it stands has an answer.
            self._option("presolve", value="off")
            done = self._highs.run()
            status = self._highs.getModelStatus()
            self._option("presolve", value="choose")
        if done == highspy.HighsStatus.kError:
            raise SolverError("HiGHS could not run the programme; an input is out of the solver's range")
        # The simplex method starts from the last basis, and finishes what the interior point method cannot.
        self._option("solver", value="choose")
        self._option("simplex_strategy", value=DUAL_SIMPLEX)
        self._option("dual_feasibility_tolerance", value=USUAL_TOLERANCE)
        if status != highspy.HighsModelStatus.kOptimal and not self.programme.is_mixed_integer:
            self._highs.run()
            status = self._highs.getModelStatus()
        info = self._highs.getInfo()
        stopped = status in (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kIterationLimit)
        usable = (
            stopped
            and self.programme.is_mixed_integer
            and info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        )
        if status != highspy.HighsModelStatus.kOptimal and not usable:
            raise SolverError(f"HiGHS ended with {self._highs.modelStatusToString(status)}; an input is out of its range")
        return self._solution(info, earlier)

    def change_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """Set the bounds of one row, in solver units, for the next run."""
        self._is_cold = False
        self._require(self._highs.changeRowBounds(row, lower, upper), "changeRowBounds")

    def change_column_bounds(self, columns: NDArray[np.int32], lower: Floats, upper: Floats) -> None:
        """Set bounds of columns, in solver units, for the next run."""
        self._is_cold = False
        self._require(self._highs.changeColsBounds(columns.size, columns, lower, upper), "changeColsBounds")

    def _approach(self) -> int:
        """Put HiGHS next to the optimum of a large programme, and say how many iterations that took.

        Our own interior point method says which columns rest on a bound. With those fixed little is left to solve. The basis that it ends
        with starts the whole programme, where the primal simplex method prices every column: one fixed wrongly costs time, no more.
        Where that method does not apply, HiGHS's own is set as it was.
        """
        from sop_pipeline.planning.supply.interior_point import find_resting  # noqa: PLC0415 - smaller plans do without its imports

        programme = self.programme
        self._is_cold = False
        resting = find_resting(programme)
        if resting is None:
            return 0
        iterations = resting.iterations
        for sure in SURE:
            at_upper = resting.at_upper(sure)
            fixed = np.flatnonzero(resting.at_lower(sure) | at_upper).astype(np.int32)
            taken, basis = self._solve_fixed(fixed, np.where(at_upper, programme.upper, programme.lower)[fixed])
            iterations += taken
            if basis is None:
                continue
            columns = list(basis.col_status)
            for column in fixed:
                if columns[column] != highspy.HighsBasisStatus.kBasic:
                    columns[column] = highspy.HighsBasisStatus.kUpper if at_upper[column] else highspy.HighsBasisStatus.kLower
            basis.col_status = columns
            self._require(self._highs.setBasis(basis), "setBasis")
            self._option("solver", value="simplex")
            self._option("simplex_strategy", value=PRIMAL_SIMPLEX)
            self._option("dual_feasibility_tolerance", value=FINE_TOLERANCE)
            return iterations
        self._option("solver", value="ipm")
        return iterations

    def _solve_fixed(self, columns: NDArray[np.int32], at: Floats) -> tuple[int, Any | None]:
        """Iterations and, where there is one, the optimal basis with some columns fixed, which are free again afterwards."""
        programme = self.programme
        self.change_column_bounds(columns, at, at)
        left = int((programme.upper > programme.lower).sum()) - columns.size
        self._option("solver", value="ipm" if left > LOOSE * programme.row_lower.size else "choose")
        self._highs.run()
        info, status, basis = self._highs.getInfo(), self._highs.getModelStatus(), self._highs.getBasis()
        self.change_column_bounds(columns, programme.lower[columns], programme.upper[columns])
        iterations = max(int(info.simplex_iteration_count), 0) + max(int(info.ipm_iteration_count), 0)
        if status == highspy.HighsModelStatus.kOptimal:
            return iterations, basis
        self._require(self._highs.clearSolver(), "clearSolver")
        return iterations, None

    def _option(self, name: str, *, value: Any) -> None:
        self._require(self._highs.setOptionValue(name, value), f"option {name}")

    def _require(self, status: Any, what: str) -> None:
        if status != highspy.HighsStatus.kOk:
            raise SolverError(
                f"HiGHS answered {status} to {what}; a warning means that it dropped or changed numbers, so the model must be rescaled"
            )

    def _solution(self, info: Any, earlier: int) -> Solution:
        programme = self.programme
        answer = self._highs.getSolution()
        basis = self._highs.getBasis()
        columns, rows = programme.column_scale, programme.row_scale
        duals = np.asarray(answer.row_dual) if len(answer.row_dual) else np.zeros(rows.size)
        reduced = np.asarray(answer.col_dual) if len(answer.col_dual) else np.zeros(columns.size)
        return Solution(
            values=np.asarray(answer.col_value) * columns,
            reduced_costs=reduced * programme.money / columns,
            row_duals=duals * programme.money / rows,
            objective_amount=float(info.objective_function_value) * programme.money,
            gap_ratio=float(info.mip_gap) if programme.is_mixed_integer else 0.0,
            iterations=earlier + int(info.simplex_iteration_count + info.ipm_iteration_count),
            basis=Basis(programme.signature, tuple(basis.col_status), tuple(basis.row_status)),
        )


def solve(programme: Programme, *, start: Basis | None = None, gap: float = 1e-4, node_limit: int = 100_000) -> Solution:
    """The optimum of a programme. With whole numbers or minimum runs: search, fix what was found, and solve again for duals.

    Raises SolverError for anything but an optimum, and for every warning.
    """
    solution = Session(programme, start=start, gap=gap, node_limit=node_limit).run()
    if not programme.is_mixed_integer:
        return solution
    priced = Session(fix_whole_numbers(programme, solution.values / programme.column_scale)).run()
    return dataclasses.replace(priced, gap_ratio=solution.gap_ratio, iterations=solution.iterations + priced.iterations)


def without_whole_numbers(programme: Programme) -> Programme:
    """The programme with heads in fractions and runs of any size."""
    runs = programme.kind == SEMI_CONTINUOUS
    return dataclasses.replace(programme, lower=np.where(runs, 0.0, programme.lower), kind=np.zeros_like(programme.kind))


def fix_whole_numbers(programme: Programme, values: Floats) -> Programme:
    """The programme with whole numbers set to the nearest whole value and minimum runs either started or not; solver units."""
    whole = programme.kind == INTEGER
    runs = programme.kind == SEMI_CONTINUOUS
    idle = runs & (values < ZERO_RUN * np.maximum(programme.lower, 1.0))
    nearest = np.round(values)
    lower = np.where(whole, nearest, np.where(idle, 0.0, programme.lower))
    upper = np.where(whole, nearest, np.where(idle, 0.0, programme.upper))
    return dataclasses.replace(programme, lower=lower, upper=upper, kind=np.zeros_like(programme.kind))
