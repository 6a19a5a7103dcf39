"""Makes forecasts of items, families and what is above them add up: two-pass forecast proportions on a tree.

Forecasting and events stay out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from sop_pipeline.planning.forecasting.panel import Flags, Floats

OWN_WEIGHT = 0.75  # a node believes its own forecast this much, the sum of its children the rest
QUANTITY_DECIMALS = 6
ADDITIVE_SUFFIXES = ("_quantity", "_hours", "_amount", "_value", "_cost", "_heads")


@dataclass(frozen=True)
class FamilyForecasts:
    """Coherent forecasts of items (in their unit) and families (in planning units), in the shape of `ItemForecasts.forecasts`."""

    items: pl.DataFrame
    families: pl.DataFrame


@dataclass(frozen=True)
class _Parents:
    """For each node of a level: the position of its parent one level up, and what one unit of it counts there."""

    position: npt.NDArray[np.int64]
    weight: Floats
    parent_count: int

    def total(self, children: Floats) -> Floats:
        """Weighted sum per parent (horizon x parents), added up in the order of the children."""
        sums = [np.bincount(self.position, row, self.parent_count) for row in children * self.weight]
        return np.array(sums, dtype=np.float64).reshape(len(children), self.parent_count)

    @property
    def childless(self) -> Flags:
        return np.bincount(self.position, minlength=self.parent_count) == 0


def reconcile_families(item_forecasts: pl.DataFrame, family_forecasts: pl.DataFrame, items: pl.DataFrame) -> FamilyForecasts:
    """Make items and families agree: the planning units of a family are exactly those of its items, none below 0.

    `item_forecasts`, `family_forecasts`: as `ItemForecasts.forecasts`; `series_id` is the item, the family. `items`: one row per item:
    `item_id, family_id`, `weight` (planning units per unit, above 0).

    Raises ValueError for an item without a family or with a weight that is not above 0.
    """
    links = items.select(pl.col("item_id").alias("child_id"), pl.col("family_id").alias("parent_id"), "weight")
    families, reconciled_items = reconcile_tree([family_forecasts, item_forecasts], [links])
    return FamilyForecasts(reconciled_items, families)


def reconcile_tree(
    forecasts: Sequence[pl.DataFrame], links: Sequence[pl.DataFrame], measure: str = "forecast_quantity"
) -> list[pl.DataFrame]:
    """Make the levels of a tree add up, top level first, and return them in the same order and shape.

    `forecasts`: one frame per level: `series_id, horizon_index`, the measure, and any `lower_<level>`, `upper_<level>`. A node above the
    bottom without a forecast of its own is the sum of its children. `links`: one frame per pair of neighbouring levels: `child_id,
    parent_id, weight`, the weight being what one unit of the child counts in its parent: planning units per unit from item to family,
    net price from family to company. A second dimension (region, channel) is one more level below the items.

    Going up, a node is 0.75 of its own forecast and 0.25 of the weighted sum of its children; going down, every parent is shared in
    proportion to its children. A parent whose children all expect nothing is 0. Bounds keep their ratio to the forecast. The lowest
    level is rounded to 6 decimals and the others are summed from it, so that the totals hold after rounding.

    Raises ValueError for a measure that does not add up, a child without a parent or with two, and weights that are not above 0.
    """
    if not measure.endswith(ADDITIVE_SUFFIXES):
        raise ValueError(f"{measure} does not add up over a hierarchy; only {', '.join(ADDITIVE_SUFFIXES)} can be reconciled")
    if len(links) != len(forecasts) - 1:
        raise ValueError(f"{len(forecasts)} levels need {len(forecasts) - 1} frames of links between them, not {len(links)}")
    bounds = [name for name in forecasts[-1].columns if name.startswith(("lower_", "upper_"))]
    horizons = pl.concat([frame.select("horizon_index") for frame in forecasts]).unique().sort("horizon_index")
    ids, parents = _tree(forecasts, links)
    names = [measure, *bounds]
    cells = _with_sums_of_children([_cells(frame, own, horizons, names) for frame, own in zip(forecasts, ids, strict=True)], parents)
    reconciled = _summed_from_the_bottom(_two_pass([level[0] for level in cells], parents), parents)
    return [
        _frame(own, horizons, dict(zip(names, _carry_bounds(level, value), strict=True)))
        for own, level, value in zip(ids, cells, reconciled, strict=True)
    ]


def _tree(forecasts: Sequence[pl.DataFrame], links: Sequence[pl.DataFrame]) -> tuple[list[list[str]], list[_Parents]]:
    """Ids of every level, in order: those with a forecast and the parents of those below; and how each level hangs on the one above."""
    below = sorted(forecasts[-1]["series_id"].unique())
    ids = [below]
    parents: list[_Parents] = []
    for frame, link in zip(forecasts[-2::-1], links[::-1], strict=True):
        of_below = _links_of(below, link)
        above = sorted({*frame["series_id"], *of_below["parent_id"]})
        position = {parent: i for i, parent in enumerate(above)}
        where = np.array([position[parent] for parent in of_below["parent_id"]], dtype=np.int64)
        parents.insert(0, _Parents(where, of_below["weight"].to_numpy(), len(above)))
        ids.insert(0, above)
        below = above
    return ids, parents


def _links_of(children: Sequence[str], link: pl.DataFrame) -> pl.DataFrame:
    """The parent and weight of each child, in order of the children."""
    found = pl.DataFrame({"child_id": children}, schema={"child_id": pl.String}).join(
        link.select("child_id", "parent_id", pl.col("weight").cast(pl.Float64)), on="child_id", how="left", maintain_order="left"
    )
    wrong = found.filter(pl.col("parent_id").is_null() | ~(pl.col("weight") > 0).fill_null(value=False) | ~pl.col("weight").is_finite())
    if wrong.height:
        row = wrong.row(0, named=True)
        raise ValueError(
            f"{row['child_id']!r} has parent {row['parent_id']!r} and weight {row['weight']}: "
            "every node below the top needs a parent and a weight above 0"
        )
    if found.height > len(children):
        twice = found.filter(pl.col("child_id").is_duplicated())["child_id"].min()
        raise ValueError(f"{twice!r} has more than one parent; a node belongs to one parent, a second dimension is a level of its own")
    return found


def _cells(frame: pl.DataFrame, ids: Sequence[str], horizons: pl.DataFrame, names: Sequence[str]) -> Floats:
    """The numbers of a level as measures x horizon x ids, NaN where a node has none."""
    cells = np.full((len(names), horizons.height, len(ids)), np.nan)
    columns = pl.DataFrame({"series_id": ids, "column": np.arange(len(ids))}, schema={"series_id": pl.String, "column": pl.Int64})
    known = frame.join(columns, on="series_id").join(horizons.with_row_index("row"), on="horizon_index")
    for measure, name in enumerate(names):
        if name in known.columns:
            # Less than what is published counts as nothing, and would overflow the ratios below.
            cells[measure, known["row"].to_numpy(), known["column"].to_numpy()] = known[name].round(QUANTITY_DECIMALS).to_numpy()
    return cells


def _with_sums_of_children(cells: list[Floats], parents: Sequence[_Parents]) -> list[Floats]:
    """Give nodes without numbers of their own the sums of their children, from the bottom up; without those 0."""
    filled = [np.nan_to_num(cells[-1], nan=0.0)]
    for level, link in zip(cells[-2::-1], parents[::-1], strict=True):
        sums = np.array([link.total(children) for children in filled[0]])
        filled.insert(0, np.where(np.isfinite(level), level, sums))
    return filled


def _two_pass(own: Sequence[Floats], parents: Sequence[_Parents]) -> list[Floats]:
    """Blend with the children going up, share in proportion going down; horizon x ids per level."""
    blended = [np.maximum(own[-1], 0.0)]
    for level, link in zip(own[-2::-1], parents[::-1], strict=True):
        children = link.total(blended[0])
        mixed = np.where(children > 0, OWN_WEIGHT * np.maximum(level, 0.0) + (1 - OWN_WEIGHT) * children, 0.0)
        blended.insert(0, np.where(link.childless, np.maximum(level, 0.0), mixed))
    shared = [blended[0]]
    for level, link in zip(blended[1:], parents, strict=True):
        children = link.total(level)
        ratio = np.where(children > 0, shared[-1] / np.where(children > 0, children, 1.0), 0.0)
        shared.append(level * ratio[:, link.position])
    return shared


def _summed_from_the_bottom(values: Sequence[Floats], parents: Sequence[_Parents]) -> list[Floats]:
    """Round the lowest level and every childless node, and sum the rest from them."""
    summed: list[Floats] = [np.round(values[-1], QUANTITY_DECIMALS)]
    for level, link in zip(values[-2::-1], parents[::-1], strict=True):
        summed.insert(0, np.round(np.where(link.childless, level, link.total(summed[0])), QUANTITY_DECIMALS).astype(np.float64))
    return summed


def _carry_bounds(cells: Floats, values: Floats) -> list[Floats]:
    """The reconciled values followed by their bounds, each as far from its value, in ratio, as before."""
    own = cells[0]
    ratio = np.where(own > 0, values / np.where(own > 0, own, 1.0), 0.0)
    carried = [values]
    for bound in cells[1:]:
        scaled = np.round(np.where(own > 0, bound * ratio, values), QUANTITY_DECIMALS)
        carried.append(np.where(bound < own, np.minimum(scaled, values), np.maximum(scaled, values)))
    return carried


def _frame(ids: Sequence[str], horizons: pl.DataFrame, numbers: Mapping[str, Floats]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "series_id": pl.Series(ids, dtype=pl.String).repeat_by(horizons.height).explode(),
            "horizon_index": np.tile(horizons["horizon_index"].to_numpy(), len(ids)),
            **{name: cells.T.ravel() for name, cells in numbers.items()},
        }
    )
