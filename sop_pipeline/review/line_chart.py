"""A line chart as points for SVG: scaled series, a band, and what its axes say. How it looks is said in the template."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

WIDTH, HEIGHT = 560.0, 150.0  # of the drawing area, in SVG units
STEPS = (1, 2, 2.5, 5, 10)
NOTHING = 1e-9  # a span of less is a flat line
Values = Sequence[float | None]
Point = Callable[[int, float], tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """One series as the points of its unbroken pieces: unknown values are gaps."""

    name: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class LineChart:
    """A chart with its series; `now_x` parts what happened from what is planned."""

    title: str
    lines: tuple[Line, ...]
    band: str
    now_x: float
    y_marks: tuple[tuple[float, str], ...]
    x_marks: tuple[tuple[float, str], ...]


def line_chart(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Values],
    *,
    first_planned: int,
    band: tuple[Values, Values] | None = None,
    is_ratio: bool = False,
) -> LineChart | None:
    """Series over the same labels, scaled together from 0 (or the least value, where that is negative); None where nothing is known.

    `band`: lower and upper values; `first_planned`: position of the first planned label; `is_ratio`: the axis shows percent.
    """
    shown = {name: values for name, values in series.items() if any(_is_known(value) for value in values)}
    limits = [value for values in [*shown.values(), *(band or ())] for value in values if _is_known(value)]
    if not shown or not labels:
        return None
    low, high, step = _axis(min([0.0, *limits]), max([0.0, *limits]))
    across = WIDTH / len(labels)

    def point(position: int, value: float) -> tuple[float, float]:
        return round((position + 0.5) * across, 1), round(HEIGHT * (1 - (value - low) / (high - low)), 1)

    marks = [low + number * step for number in range(round((high - low) / step) + 1)]
    every = max(1, math.ceil(len(labels) / 8))
    return LineChart(
        title=title,
        lines=tuple(Line(name, tuple(_text(piece) for piece in _pieces(values, point))) for name, values in shown.items()),
        band=_band(*band, point) if band else "",
        now_x=round(first_planned * across, 1),
        y_marks=tuple((point(0, mark)[1], f"{mark:.0%}" if is_ratio else f"{mark:,.10g}") for mark in marks),
        x_marks=tuple((point(position, low)[0], labels[position]) for position in range(0, len(labels), every)),
    )


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """Round limits with three to six marks between them."""
    if high - low < NOTHING:
        return low, low + 1.0, 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in STEPS if step * power >= rough * (1 - 1e-9))
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _pieces(values: Values, point: Point) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for position, value in enumerate(values):
        if _is_known(value):
            pieces[-1].append(point(position, value))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _band(lower: Values, upper: Values, point: Point) -> str:
    known = [(place, low, high) for place, (low, high) in enumerate(zip(lower, upper, strict=True)) if _is_known(low) and _is_known(high)]
    there = [point(place, high) for place, _, high in known]
    back = [point(place, low) for place, low, _ in reversed(known)]
    return _text([*there, *back])


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
