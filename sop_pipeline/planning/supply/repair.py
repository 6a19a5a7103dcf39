"""Nonsense in the inputs: what is planned instead, and a note for each. The constraints themselves stay out."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sop_pipeline.planning.supply.arrays import below_range
from sop_pipeline.planning.supply.inputs import KINDS, Floats, SupplyInputs, Workforce


@dataclass(frozen=True)
class Note:
    """One value that could not stand: where, what was asked, what is planned with, and by which rule. `period` is -1 for all periods."""

    table: str
    column: str
    key: str
    period: int
    asked: float
    used: float
    rule: str


def repair(inputs: SupplyInputs) -> tuple[SupplyInputs, tuple[Note, ...]]:
    """Inputs a plan always exists for, and what was changed to get there.

    Values below their range are lifted to it; limits that contradict each other give way in the order fixed > maximum > minimum; heads stay
    inside what hires and layoffs can reach; families that take of each other in a circle lose those issues.
    """
    notes: list[Note] = []
    for name in ("families", "sources", "limits", "usages", "issues", "resources", "stock_usages", "workforce"):
        table = getattr(inputs, name)
        changes = {}
        for column, bad in below_range(table).items():
            values = getattr(table, column)
            low = next(item.metadata["low"] for item in dataclasses.fields(table) if item.name == column)
            changes[column] = np.where(bad, low, values)
            notes += _notes(inputs, (name, column), values, changes[column], f"below {low:g}, which is planned with instead")
        if changes:
            inputs = inputs.swap(**{name: dataclasses.replace(table, **changes)})
    # What lies a whole horizon or more before its completion lies before the horizon for every plan that ends with it.
    _, periods = inputs.shape
    periods = periods if not inputs.timing.working_days_after.shape[1] else np.iinfo(np.int64).max
    inside = (np.flatnonzero(table.offset < periods) for table in (inputs.usages, inputs.issues))
    inputs = inputs.swap(usages=inputs.usages.take(next(inside)), issues=inputs.issues.take(next(inside)))
    for step in (_break_circles, _usable_yields, _source_limits, _kind_limits, _runs_inside_limits, _reachable_heads):
        inputs, found = step(inputs)
        notes += found
    return inputs, tuple(notes)


def family_levels(inputs: SupplyInputs) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Per family the longest chain of consumers above it: 0 = nobody takes it. -1 where it takes part in, or hangs below, a circle."""
    families, _ = inputs.shape
    component, consumer = inputs.issues.component, inputs.issues.consumer
    waiting = np.bincount(component, minlength=families)
    levels = np.full(families, -1)
    level = 0
    ready = np.flatnonzero(waiting == 0)
    while ready.size:
        levels[ready] = level
        taken = component[np.isin(consumer, ready)]
        np.subtract.at(waiting, taken, 1)
        ready = np.unique(taken[waiting[taken] == 0])
        level += 1
    return levels


def _break_circles(inputs: SupplyInputs) -> tuple[SupplyInputs, list[Note]]:
    levels = family_levels(inputs)
    issues = inputs.issues
    circular = (levels[issues.component] < 0) & (levels[issues.consumer] < 0)
    if not circular.any():
        return inputs, []
    kept = ~circular
    used = issues.take(np.flatnonzero(kept))
    names = inputs.families.family_ids
    notes = [
        Note(
            "issues",
            "quantity_per_unit",
            f"{names[c]} in {names[g]}",
            -1,
            float(q),
            0.0,
            "families take of each other in a circle; not planned",
        )
        for c, g, q in zip(issues.component[circular], issues.consumer[circular], issues.quantity_per_unit[circular], strict=True)
    ]
    return inputs.swap(issues=used), notes


def _usable_yields(inputs: SupplyInputs) -> tuple[SupplyInputs, list[Note]]:
    given = inputs.sources.yield_ratio
    used = np.where(given > 0, given, 1.0)
    notes = _notes(inputs, ("sources", "yield_ratio"), given, used, "a source that yields nothing; planned as 1")
    return inputs.swap(sources=dataclasses.replace(inputs.sources, yield_ratio=used)), list(notes)


def _source_limits(inputs: SupplyInputs) -> tuple[SupplyInputs, list[Note]]:
    sources = inputs.sources
    fixed = ~np.isnan(sources.fixed_quantity)
    run = sources.minimum_run_quantity
    lowered = np.minimum(sources.minimum_quantity, sources.maximum_quantity)
    upper = np.where((lowered == 0) & (sources.maximum_quantity < run), 0.0, sources.maximum_quantity)
    notes = [
        *_notes(
            inputs,
            ("sources", "minimum_quantity"),
            sources.minimum_quantity,
            np.where(fixed, sources.minimum_quantity, lowered),
            "above the maximum",
        ),
        *_notes(
            inputs,
            ("sources", "maximum_quantity"),
            sources.maximum_quantity,
            np.where(fixed, sources.maximum_quantity, upper),
            "below the minimum run",
        ),
    ]
    minimum, maximum = (np.where(fixed, sources.fixed_quantity, bound) for bound in (lowered, upper))
    return inputs.swap(sources=dataclasses.replace(sources, minimum_quantity=minimum, maximum_quantity=maximum)), notes


def _kind_limits(inputs: SupplyInputs) -> tuple[SupplyInputs, list[Note]]:
    sources, limits = inputs.sources, inputs.limits
    least, most = np.zeros_like(limits.minimum_quantity), np.zeros_like(limits.minimum_quantity)
    np.add.at(least, (sources.kind, sources.family), sources.minimum_quantity)
    np.add.at(most, (sources.kind, sources.family), sources.maximum_quantity)
    minimum = np.minimum(limits.minimum_quantity, most)
    maximum = np.maximum(limits.maximum_quantity, np.maximum(least, 0.0))
    minimum = np.minimum(minimum, maximum)
    notes = [
        *_notes(
            inputs, ("limits", "minimum_quantity"), limits.minimum_quantity, minimum, "more than its sources can supply or its maximum"
        ),
        *_notes(inputs, ("limits", "maximum_quantity"), limits.maximum_quantity, maximum, "less than what its sources are fixed at"),
    ]
    used = dataclasses.replace(limits, minimum_quantity=minimum, maximum_quantity=maximum)
    return inputs.swap(limits=used), notes


def _runs_inside_limits(inputs: SupplyInputs) -> tuple[SupplyInputs, list[Note]]:
    """Minimum runs give way to what is asked for or frozen; a maximum below the run leaves nothing to make. Changes nothing, says it."""
    sources, limits = inputs.sources, inputs.limits
    run = sources.minimum_run_quantity
    least = np.maximum(sources.minimum_quantity, limits.minimum_quantity[sources.kind, sources.family])
    most = limits.maximum_quantity[sources.kind, sources.family]
    wins = (least > 0) & (least < run)
    closed = (least == 0) & (most > 0) & (most < run)
    asked = "frozen or asked for, which wins over the minimum run"
    notes = [
        *_notes(inputs, ("sources", "minimum_run_quantity"), run, np.where(wins, least, run), asked),
        *_notes(inputs, ("sources", "maximum_quantity"), most, np.where(closed, 0.0, most), "below the minimum run"),
    ]
    return inputs, notes


def _reachable_heads(inputs: SupplyInputs) -> tuple[SupplyInputs, list[Note]]:
    crew = inputs.workforce
    used = reachable(crew, whole=inputs.switches.whole_heads == "optimal")
    notes: list[Note] = []
    for column in ("minimum_heads", "maximum_heads", "expected_leavers", "maximum_hires", "maximum_layoffs"):
        asked, got = getattr(crew, column), getattr(used, column)
        notes += _notes(inputs, ("workforce", column), asked, got, "out of reach of hires and layoffs from the heads before")
    return inputs.swap(workforce=used), notes


def reachable(crew: Workforce, *, whole: bool) -> Workforce:
    """Head limits moved as little as needed so that hires, layoffs and leavers can always meet them, period by period.

    `whole`: heads must be whole numbers; where none lies between the limits, hires or layoffs are allowed to the nearest.
    """
    minimum, maximum = crew.minimum_heads.copy(), np.maximum(crew.maximum_heads, 0.0)
    leavers, hires, layoffs = crew.expected_leavers.copy(), crew.maximum_hires.copy(), crew.maximum_layoffs.copy()
    least, most = crew.opening_heads.copy(), crew.opening_heads.copy()
    for period in range(minimum.shape[1]):
        leavers[:, period] = np.minimum(leavers[:, period], most + hires[:, period])
        low = np.maximum(least - leavers[:, period] - layoffs[:, period], 0.0)
        high = most - leavers[:, period] + hires[:, period]
        minimum[:, period] = np.minimum(minimum[:, period], np.minimum(high, np.maximum(maximum[:, period], low)))
        maximum[:, period] = np.maximum(maximum[:, period], low)
        if whole:
            down, up = np.floor(np.minimum(high, maximum[:, period])), np.ceil(np.maximum(low, minimum[:, period]))
            stuck = up > down
            hires[:, period] = np.where(stuck, hires[:, period] + 1.0, hires[:, period])
            high = np.where(stuck, np.maximum(high, up), high)
            maximum[:, period] = np.where(stuck, np.maximum(maximum[:, period], up), maximum[:, period])
        least, most = np.maximum(low, minimum[:, period]), np.minimum(high, maximum[:, period])
        if whole:
            least, most = np.ceil(least), np.floor(most)
    return dataclasses.replace(
        crew, minimum_heads=minimum, maximum_heads=maximum, expected_leavers=leavers, maximum_hires=hires, maximum_layoffs=layoffs
    )


def _notes(inputs: SupplyInputs, place: tuple[str, str], asked: Floats, used: Floats, rule: str) -> Iterator[Note]:
    table, column = place
    for cell in np.argwhere((asked != used) & ~(np.isnan(asked) & np.isnan(used))):
        position = tuple(cell.tolist())
        period = position[-1] if asked.ndim > 1 else -1
        yield Note(table, column, _key(inputs, table, position), period, float(asked[position]), float(used[position]), rule)


def _key(inputs: SupplyInputs, table: str, position: tuple[int, ...]) -> str:
    """The business key of a row of an input table."""
    families, resources = inputs.families.family_ids, inputs.resources.resource_ids
    row = position[0]
    if table == "families":
        return families[row]
    if table == "sources":
        return f"{families[inputs.sources.family[row]]}/{KINDS[inputs.sources.kind[row]]}/{inputs.sources.source_ids[row]}"
    if table == "limits":
        return f"{families[position[1]]}/{KINDS[row]}"
    if table == "issues":
        return f"{families[inputs.issues.component[row]]} in {families[inputs.issues.consumer[row]]}"
    if table == "resources":
        return resources[row]
    pointer = getattr(inputs, table).resource
    return resources[pointer[row]]
