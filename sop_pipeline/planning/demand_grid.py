"""The cells of the demand plan as arrays, with spreading, rolling up and rounding. The steps that change quantities stay out."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]

PLANNED_KINDS = ("current", "horizon", "look_ahead")
QUANTITY_DECIMALS = 6


def positions(frame: pl.DataFrame, column: str, known: dict[str, int], table: str) -> Positions:
    """Translate the ids of a column into positions; an id without one is an error of the table it comes from."""
    values = frame[column].to_list()
    unknown = sorted({value for value in values if value not in known})
    if unknown:
        raise ValueError(
            f"{table}: column {column} holds {len(unknown)} ids that core does not know ({', '.join(unknown[:5])}); "
            "add them to the master extract, or take the rows out of the extract that names them"
        )
    return np.array([known[value] for value in values], dtype=np.int64)


@dataclass(frozen=True)
class DemandGrid:
    """Families × periods and items × periods, in the order of the ids; items are grouped by family."""

    families: pl.DataFrame
    items: pl.DataFrame
    periods: pl.DataFrame
    item_family: Positions
    units_per_item: Floats
    mix_ratio: Floats

    @property
    def shape(self) -> tuple[int, int]:
        return self.families.height, self.periods.height

    @property
    def item_shape(self) -> tuple[int, int]:
        return self.items.height, self.periods.height

    def family_cells(self, frame: pl.DataFrame, table: str) -> tuple[Positions, Positions]:
        """Positions of family and period of each row; the rows must lie in the planned periods."""
        return positions(frame, "family_id", _index(self.families["family_id"]), table), self._period_positions(frame)

    def item_cells(self, frame: pl.DataFrame, table: str) -> tuple[Positions, Positions]:
        """Positions of item and period of each row; the rows must lie in the planned periods."""
        return positions(frame, "item_id", _index(self.items["item_id"]), table), self._period_positions(frame)

    def _period_positions(self, frame: pl.DataFrame) -> Positions:
        return self.periods["period_start"].search_sorted(frame["period_start"]).to_numpy().astype(np.int64)

    def roll_up(self, item_quantity: Floats) -> Floats:
        """Sum items to families, planning units."""
        total = np.zeros(self.shape)
        np.add.at(total, self.item_family, item_quantity)
        return total

    def spread(self, item_quantity: Floats, family_quantity: Floats) -> Floats:
        """Scale items so that they sum to their family; items that sum to 0 take the family's mix. An unknown family is 0."""
        total = self.roll_up(item_quantity)
        wanted = np.nan_to_num(family_quantity)
        ratio = np.divide(wanted, total, out=np.zeros_like(total), where=total > 0)
        by_mix = self.mix_ratio[:, None] * wanted[self.item_family]
        return np.where(total[self.item_family] > 0, item_quantity * ratio[self.item_family], by_mix)


def build_grid(
    families: pl.DataFrame, items: pl.DataFrame, item_mix: pl.DataFrame, periods: pl.DataFrame, item_frames: dict[str, pl.DataFrame]
) -> DemandGrid:
    """Lay out the cells: every family, the items with a mix or named in `item_frames` (table → frame with item_id), the planned periods.

    The mix of a family is scaled to sum to 1; a family whose items have none shares evenly.
    """
    family_frame = families.select("family_id").sort("family_id")
    named = pl.concat([frame.select("item_id") for frame in (item_mix, *item_frames.values())]).unique().filter(pl.col("item_id") != "")
    masters = items.filter(pl.col("family_id").is_not_null())
    known = dict.fromkeys(masters["item_id"].to_list(), 0)
    for table, frame in {"core.item_mix": item_mix, **item_frames}.items():
        positions(frame.filter(pl.col("item_id") != ""), "item_id", known, table)
    item_frame = (
        masters.join(named, on="item_id", how="semi")
        .join(item_mix.select("item_id", "mix_ratio"), on="item_id", how="left")
        .select("family_id", "item_id", "planning_units_per_unit", pl.col("mix_ratio").fill_null(0.0))
        .sort("family_id", "item_id")
    )
    item_family = positions(item_frame, "family_id", _index(family_frame["family_id"]), "core.items")
    mix_ratio = item_frame["mix_ratio"].to_numpy().copy()
    total = np.bincount(item_family, weights=mix_ratio, minlength=family_frame.height)
    count = np.bincount(item_family, minlength=family_frame.height)
    has_mix = total[item_family] > 0
    scaled = np.divide(mix_ratio, total[item_family], out=np.zeros_like(mix_ratio), where=has_mix)
    return DemandGrid(
        families=family_frame,
        items=item_frame,
        periods=planned_periods(periods),
        item_family=item_family,
        units_per_item=item_frame["planning_units_per_unit"].to_numpy(),
        mix_ratio=np.where(has_mix, scaled, 1.0 / np.maximum(count[item_family], 1)),
    )


def planned_periods(periods: pl.DataFrame) -> pl.DataFrame:
    """Periods that are planned, look-ahead included, in order; without a current one there is nothing to plan."""
    planned = periods.filter(pl.col("period_kind").is_in(PLANNED_KINDS)).sort("period_start")
    if planned.is_empty() or planned["period_kind"][0] != "current":
        raise ValueError("core.periods: no row has period_kind 'current'; the calendar must hold the as-of date (extend fiscal_calendar)")
    return planned


def round_to_family(grid: DemandGrid, family_quantity: Floats, item_quantity: Floats) -> tuple[Floats, Floats]:
    """Round families (planning units) and items (returned in item units) to 6 decimals so that the items still sum to their family.

    Of the items with at least an average share, the one in the finest unit takes what rounding leaves, the largest of equals.
    Where even that unit is too coarse, the family is what its items sum to.
    """
    family_rounded = np.round(family_quantity, QUANTITY_DECIMALS)
    units = grid.units_per_item[:, None]
    item_rounded = np.round(item_quantity / units, QUANTITY_DECIMALS)
    bounds = np.searchsorted(grid.item_family, np.arange(grid.shape[0] + 1))
    columns = np.arange(grid.shape[1])
    for family, (first, last) in enumerate(pairwise(bounds)):
        if first == last:
            continue
        own, own_units = item_quantity[first:last], units[first:last]
        candidate = own >= own.mean(axis=0) * (1 - 1e-9)
        finest = np.where(candidate, own_units, np.inf).min(axis=0)
        taker = first + np.where(candidate & (own_units == finest), own, -1.0).argmax(axis=0)
        wanted = np.nan_to_num(family_rounded[family])
        residual = wanted - (item_rounded[first:last] * own_units).sum(axis=0)
        taken = item_rounded[taker, columns] + residual / grid.units_per_item[taker]
        item_rounded[taker, columns] = np.maximum(0.0, np.round(taken, QUANTITY_DECIMALS))
        total = (item_rounded[first:last] * own_units).sum(axis=0)
        too_coarse = np.abs(total - wanted) > 5e-7 * np.maximum(1.0, wanted)
        family_rounded[family] = np.where(too_coarse, np.round(total, QUANTITY_DECIMALS), family_rounded[family])
    return family_rounded, item_rounded


def _index(ids: pl.Series) -> dict[str, int]:
    return {value: position for position, value in enumerate(ids.to_list())}
