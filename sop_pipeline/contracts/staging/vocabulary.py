"""What staging contracts share: the columns that point to the source row, and rules over columns of one row. No contract lives here."""

import polars as pl

from sop_pipeline.contracts.base import Rule, column

A_CENTURY_DAYS = 36_525  # no lead time and no payment takes longer
SOURCE_FILE = column("File the row came from, relative to the company folder, or the name of the query")
MOST_TIMES = 10
SOURCE_LINE = column("Physical line in that file where the row begins, from 1", ge=1)


def exactly_one_of(*names: str) -> Rule:
    return Rule(_number_given(names) == 1, f"Give exactly one of {_listed(names)}; leave the others empty.")


def at_least_one_of(*names: str) -> Rule:
    return Rule(_number_given(names) >= 1, f"Give at least one of {_listed(names)}.")


def at_most_one_of(*names: str) -> Rule:
    return Rule(_number_given(names) <= 1, f"Give at most one of {_listed(names)}; leave the others empty.")


def not_before(later: str, earlier: str, severity: str = "error") -> Rule:
    """`later` is on or after `earlier`, where both are given."""
    return Rule(pl.col(later) >= pl.col(earlier), f"{later} must not lie before {earlier}; correct the dates.", severity)


def not_above(lower: str, upper: str, severity: str = "error") -> Rule:
    """`lower` is at most `upper`, where both are given."""
    return Rule(pl.col(lower) <= pl.col(upper), f"{lower} must not be above {upper}; correct one of the two.", severity)


def at_most(name: str, limit: int, unit: str, severity: str = "error") -> Rule:
    """`name` is no more than anything real: what lies beyond is a mistake, and leads out of the calendar."""
    return Rule(pl.col(name) <= limit, f"{name} is more than {limit} {unit}; correct it.", severity)


def not_a_percentage(name: str) -> Rule:
    """A ratio of more than ten times is most likely a percentage; it is used and told."""
    return Rule(
        pl.col(name) <= MOST_TIMES,
        f"{name} says more than {MOST_TIMES} times as much again; 15 % is 0.15. Divide it by 100 where it is a percentage.",
        "warning",
    )


def _number_given(names: tuple[str, ...]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in names)


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
