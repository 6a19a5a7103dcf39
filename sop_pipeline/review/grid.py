"""One sheet as a grid: its columns, its lines, and for each cell the formula that gives the value the table holds. No workbook here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from sop_pipeline.review.lines import LINES, MADE, LineKind

CLOSE = 1e-9  # a formula stands in for a value only where it gives that value

Key = tuple[str, str | None]  # measure and resource


@dataclass(frozen=True)
class Column:
    """One column of the sheet, as sop.family_review orders it."""

    order: int
    kind: str
    period_start: dt.date
    label: str


@dataclass(frozen=True)
class Note:
    """A line of words: what it is about, the period it stands in, the sentence."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line: values by order of the column."""

    grid_row: int
    section: str
    key: Key
    kind: LineKind
    label: str
    unit: str
    values: Mapping[int, float]
    remarks: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not any(self.values.values())


@dataclass(frozen=True)
class Sum:
    """A formula over cells of the grid: signed, or one divided by the other where `is_ratio`."""

    terms: tuple[tuple[int, Key, int], ...]
    is_ratio: bool = False

    def value(self, cells: Mapping[tuple[Key, int], float]) -> float | None:
        numbers = [sign * cells[key, order] for sign, key, order in self.terms]
        if self.is_ratio:
            return numbers[0] / numbers[1] if numbers[1] else None
        return sum(numbers)


@dataclass(frozen=True)
class Grid:
    """A sheet of one family, product group or the company."""

    level: str
    level_id: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[Note, ...]
    cells: Mapping[tuple[Key, int], float] = field(repr=False)

    def line(self, measure: str, resource_id: str | None = None) -> Line | None:
        return next((line for line in self.lines if line.key == (measure, resource_id)), None)

    def orders(self, *kinds: str) -> list[int]:
        return [column.order for column in self.columns if column.kind in kinds]


def read_grids(family_review: pl.DataFrame, dim_period: pl.DataFrame, resource_names: Mapping[str, str]) -> list[Grid]:
    """The sheets of the base scenario: families, then product groups, then the company; each in the order of its names.

    `family_review`: sop.family_review, one row per line and column. `dim_period`: sop.dim_period, for the labels of periods.
    """
    labels = dict(dim_period.select("period_start", "period_label").iter_rows())
    base = family_review.filter(pl.col("scenario_id") == "base").sort("grid_row", "line", "column_order")
    columns = tuple(
        Column(order, kind, start, labels[start])
        for order, kind, start in base.select("column_order", "column_kind", "period_start").unique().sort("column_order").iter_rows()
    )
    rank = {"family": 0, "product_group": 1, "company": 2}
    parts = base.partition_by("level", "level_id", as_dict=True)
    ordered = sorted(parts, key=lambda key: (rank[key[0]], key[1]))
    return [_grid(level, level_id, columns, parts[level, level_id], resource_names) for level, level_id in ordered]


def formula_of(grid: Grid, line: Line, column: Column) -> Sum | None:
    """The formula that gives the value of a cell, if one of those its line may have does."""
    value = line.values.get(column.order)
    if value is None:
        return None
    for candidate in _candidates(grid, line, column):
        found = candidate.value(grid.cells)
        if found is not None and abs(found - value) <= CLOSE * max(1.0, abs(value)):
            return candidate
    return None


def total_of(grid: Grid, line: Line, orders: Sequence[int]) -> float | None:
    """What a total column shows for a line: sum, first, last, or a ratio of sums; None where there is nothing to total."""
    there = [order for order in orders if order in line.values]
    if not there or line.kind.total == "none":
        return None
    if line.kind.total == "sum":
        return sum(line.values[order] for order in there)
    if line.kind.total == "ratio" and line.kind.ratio:
        above, below = (sum(grid.cells[key, order] for order in ratio_orders(grid, line, orders)) for key in ratio_keys(line))
        return above / below if below else None
    return line.values[there[0] if line.kind.total == "first" else there[-1]]


def ratio_keys(line: Line) -> tuple[Key, Key]:
    """Numerator and denominator of a ratio line."""
    above, below = line.kind.ratio or ("", "")
    return (above, line.key[1]), (below, line.key[1])


def ratio_orders(grid: Grid, line: Line, orders: Sequence[int]) -> list[int]:
    """Columns that hold both parts of a ratio line."""
    return [order for order in orders if all((key, order) in grid.cells for key in ratio_keys(line))]


def _grid(level: str, level_id: str, columns: tuple[Column, ...], rows: pl.DataFrame, resource_names: Mapping[str, str]) -> Grid:
    figures = rows.filter((pl.col("section") != "notes") & pl.col("value").is_not_null())
    lines = tuple(_line(part, resource_names) for part in figures.partition_by("grid_row", "line", maintain_order=True))
    labels = {column.order: column.label for column in columns}
    notes = tuple(
        Note(measure, labels[order], text)
        for measure, order, text in rows.filter(pl.col("section") == "notes").select("measure", "column_order", "text").iter_rows()
    )
    cells = {(line.key, order): value for line in lines for order, value in line.values.items()}
    return Grid(level, level_id, columns, lines, notes, cells)


def _line(rows: pl.DataFrame, resource_names: Mapping[str, str]) -> Line:
    first = rows.row(0, named=True)
    values = dict(rows.select("column_order", "value").iter_rows())
    if first["section"] == "resources":
        # load and heads are planned for what is left of the current period, and so stand for all of it
        at = dict(rows.select("column_kind", "column_order").iter_rows())
        if "remainder" in at:
            values.setdefault(at["remainder"] + 1, values[at["remainder"]])
    measure, resource_id = first["measure"], first["resource_id"]
    kind = LINES[measure]
    name = resource_names.get(resource_id, resource_id) if resource_id else None
    label = f"{name}: {kind.label[0].lower()}{kind.label[1:]}" if name else kind.label
    return Line(
        grid_row=first["grid_row"],
        section=first["section"],
        key=(measure, resource_id),
        kind=kind,
        label=label,
        unit=first["unit"],
        values=values,
        remarks=tuple(rows["text"].drop_nulls().unique(maintain_order=True)),
    )


def _candidates(grid: Grid, line: Line, column: Column) -> list[Sum]:
    measure, resource_id = line.key
    there = [(sign, _measured(grid, name, column.order), column.order) for sign, name in line.kind.terms]
    terms = [(sign, (name, resource_id), order) for sign, name, order in there if name and ((name, resource_id), order) in grid.cells]
    earlier = _before(grid, column)
    candidates = []
    if line.kind.before and earlier is not None and ((line.kind.before, resource_id), earlier) in grid.cells:
        candidates.append(Sum(((1, (line.kind.before, resource_id), earlier), *terms)))
    if line.kind.ratio:
        pair = [((name, resource_id), column.order) for name in line.kind.ratio]
        if all(cell in grid.cells for cell in pair):
            candidates.append(Sum(tuple((1, key, order) for key, order in pair), is_ratio=True))
    if column.kind == "current" and (line.kind.is_additive or measure in MADE):
        candidates += _together(grid, measure, resource_id)
    if terms:
        candidates.append(Sum(tuple(terms)))
    if column.kind == "current":
        candidates += [Sum(((1, line.key, order),)) for order in grid.orders("remainder") if (line.key, order) in grid.cells]
    return candidates


def _together(grid: Grid, measure: str, resource_id: str | None) -> list[Sum]:
    """The current period as to date + to go."""
    (to_date,), (to_go,) = grid.orders("to_date"), grid.orders("remainder")
    done = _measured(grid, "made_quantity", to_date) if measure in MADE else measure
    parts = [((done, resource_id), to_date), ((measure, resource_id), to_go)]
    if not all(cell in grid.cells for cell in parts):
        return []
    return [Sum(tuple((1, (str(name), resource), order) for (name, resource), order in parts))]


def _measured(grid: Grid, name: str, order: int) -> str | None:
    if name != "made_quantity":
        return name
    return next((made for made in MADE if ((made, None), order) in grid.cells), None)


def _before(grid: Grid, column: Column) -> int | None:
    """The column whose end this one begins with: to date and together begin with the last closed one, to go with to date."""
    if column.kind == "remainder":
        return next(iter(grid.orders("to_date")), None)
    earlier: Sequence[int] = [order for order in grid.orders("history", "current", "horizon") if order < column.order]
    return earlier[-1] if earlier else None
