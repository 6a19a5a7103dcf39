"""The family plan split to its items, in lots: what the master schedule starts from. Loads and requirements of them stay out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.handoffs import ItemSupply
from sop_pipeline.planning.demand_grid import positions
from sop_pipeline.planning.handoffs.horizon import Horizon, period_positions
from sop_pipeline.planning.handoffs.shares import SOURCE, family_levels, item_shares
from sop_pipeline.planning.supply.disaggregate import LOOK_AHEAD_PERIODS, ItemSplit, split_families

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

DECIMALS = 6


@dataclass(frozen=True)
class FamilyItems:
    """Items of families, sorted: N of them, in planning units of their family unless said."""

    item_ids: list[str]
    family_ids: NDArray[np.str_]
    units_per_item: Floats
    opening_quantity: Floats  # on hand less owed
    demand_quantity: Floats  # N × (T + look-ahead), from outside
    lot_minimum: Floats
    lot_multiple: Floats

    @property
    def position(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.item_ids)}


def split_to_items(
    horizon: Horizon,
    *,
    family_supply: pl.DataFrame,
    family_balance: pl.DataFrame,
    family_history: pl.DataFrame,
    item_demand: pl.DataFrame,
    items: pl.DataFrame,
    item_mix: pl.DataFrame,
    item_sources: pl.DataFrame,
    item_positions: pl.DataFrame,
    item_requirements: pl.DataFrame,
    planning_options: pl.DataFrame,
    scenario_id: str = "base",
) -> pl.DataFrame:
    """Split every source of the plan that `supply_policies` ask for over the items that can come from it.

    Frames are those of the contracts in core and plan; result: contract ItemSupply, item units, the remainder of the current period.
    Families are split consumers first: what their items' lots take of other families' items counts there as demand.
    """
    supply = _planned(family_supply, scenario_id)
    known = items.filter(pl.col("family_id").is_not_null())
    shares = item_shares(supply, item_sources, known)
    own = _read_items(horizon, known, shares, item_demand.filter(pl.col("scenario_id") == scenario_id), item_positions)
    left = demand_still_to_come(family_balance, family_history, scenario_id)
    own.demand_quantity[:, 0] *= np.array([left.get(family, horizon.remaining_ratio) for family in own.family_ids])
    mix = _mix(horizon, own, item_mix)
    position = own.position
    usages = item_requirements.filter(
        pl.col("is_of_other_family") & pl.col("item_id").is_in(own.item_ids) & pl.col("component_item_id").is_in(own.item_ids)
    )
    options = planning_options.filter(pl.col("item_id").is_in(own.item_ids))
    levels = family_levels(_feeds(usages, options, dict(zip(own.item_ids, own.family_ids, strict=True))))
    shares = shares.with_columns(level=pl.col("family_id").replace_strict(levels, default=0, return_dtype=pl.Int64))
    # A family listed below its consumers is not in a hurry; within a level the order of the sources is kept.
    shares = shares.sort("level", *SOURCE, "item_id")
    item = positions(shares, "item_id", position, "core.items")
    source_rows = shares.select(SOURCE).unique(maintain_order=True).with_row_index("source")
    source = shares.join(source_rows, on=SOURCE, maintain_order="left")["source"].to_numpy().astype(np.int64)
    turn = shares.group_by("level", *SOURCE, maintain_order=True).agg(pl.col("turn").first())["turn"].to_numpy()
    quantity = _source_quantity(horizon, supply, source_rows)
    level = shares["level"].to_numpy()
    demand = own.demand_quantity
    run_out, lots, residual = (np.zeros((item.size, horizon.count)) for _ in range(3))
    family_of_source = source_rows["family_id"].to_numpy()
    is_made = np.asarray(source_rows["source_kind"].to_numpy() == "production")
    for number in np.unique(level):
        rows = np.flatnonzero(level == number)
        first, last = int(source[rows[0]]), int(source[rows[-1]]) + 1
        split = split_families(
            item[rows],
            source[rows] - first,
            turn[first:last],
            opening_quantity=own.opening_quantity,
            demand_quantity=demand,
            source_quantity=quantity[first:last],
            lot_minimum=own.lot_minimum * own.units_per_item,
            lot_multiple=own.lot_multiple * own.units_per_item,
        )
        split = _rounded(split, source[rows] - first, own.units_per_item[item[rows]], quantity[first:last])
        run_out[rows], lots[rows], residual[rows] = split.run_out_quantity, split.lot_quantity, split.residual_quantity
        made = np.zeros((len(own.item_ids), horizon.count))
        in_house = rows[is_made[source[rows]]]
        np.add.at(made, item[in_house], lots[in_house])
        made_by_family = {
            family: quantity[first:last][is_made[first:last] & (family_of_source[first:last] == family)].sum(axis=0)
            for family in sorted(set(family_of_source[first:last]))
        }
        demand = demand + _taken(horizon, own, made, usages) + _options_taken(horizon, own, made_by_family, options)
    columns = {
        "mix_ratio": np.round(mix[item], 9),
        "run_out_time_quantity": run_out,
        "lot_rounded_quantity": lots,
        "residual_quantity": residual,
    }
    cells = shares.join(horizon.starts.to_frame("period_start"), how="cross", maintain_order="left_right")
    return cells.with_columns(
        scenario_id=pl.lit(scenario_id), **{name: pl.Series(values.ravel()) for name, values in columns.items()}
    ).select(pl.col(name).cast(dtype) for name, dtype in dtypes(ItemSupply).items())


def _planned(frame: pl.DataFrame, scenario_id: str) -> pl.DataFrame:
    return frame.filter((pl.col("strategy") == "planned") & (pl.col("scenario_id") == scenario_id))


def _read_items(
    horizon: Horizon, known: pl.DataFrame, shares: pl.DataFrame, item_demand: pl.DataFrame, item_positions: pl.DataFrame
) -> FamilyItems:
    rows = (
        known.join(shares.select("item_id").unique(), on="item_id", how="semi")
        .join(item_positions, on="item_id", how="left")
        .with_columns(pl.col("on_hand_quantity", "owed_quantity", "lot_minimum_quantity", "lot_multiple_quantity").fill_null(0.0))
        .sort("item_id")
    )
    units = rows["planning_units_per_unit"].to_numpy().astype(np.float64)
    ids = rows["item_id"].to_list()
    starts = pl.concat([horizon.starts, horizon.look_ahead]).head(horizon.count + LOOK_AHEAD_PERIODS - 1)
    final = item_demand.filter((pl.col("step") == DEMAND_STEPS[-1]) & pl.col("item_id").is_in(ids))
    place, period = positions(final, "item_id", dict(zip(ids, range(len(ids)), strict=True)), "core.items"), period_positions(final, starts)
    demand = np.zeros((len(ids), horizon.count + LOOK_AHEAD_PERIODS - 1))
    inside = period >= 0
    demand[place[inside], period[inside]] = final["quantity"].to_numpy()[inside]
    # Without a look-ahead the last periods go on as they were.
    demand[:, len(starts) :] = demand[:, len(starts) - 1 : len(starts)]
    return FamilyItems(
        item_ids=ids,
        family_ids=rows["family_id"].to_numpy(),
        units_per_item=units,
        opening_quantity=(rows["on_hand_quantity"].to_numpy() - rows["owed_quantity"].to_numpy()) * units,
        demand_quantity=demand * units[:, None],
        lot_minimum=rows["lot_minimum_quantity"].to_numpy(),
        lot_multiple=rows["lot_multiple_quantity"].to_numpy(),
    )


def demand_still_to_come(family_balance: pl.DataFrame, family_history: pl.DataFrame, scenario_id: str = "base") -> dict[str, float]:
    """Per family with demand in the current period, the part of it that is still to come."""
    planned = _planned(family_balance, scenario_id)
    current = planned.filter(pl.col("period_start") == pl.col("period_start").min())
    whole = current.select("family_id", "demand_quantity")
    to_date = family_history.filter(pl.col("periods_from_now") == 0).select("family_id", to_date="demand_quantity")
    rows = whole.join(to_date, on="family_id", how="left").filter(pl.col("demand_quantity") > 0)
    ratio = (1 - pl.col("to_date").fill_null(0.0) / pl.col("demand_quantity")).clip(0.0, 1.0)
    return dict(rows.select("family_id", ratio).iter_rows())


def _mix(horizon: Horizon, own: FamilyItems, item_mix: pl.DataFrame) -> Floats:
    """Each item's share of its family's demand, N × T; of a family without demand its usual share."""
    families = {family: number for number, family in enumerate(sorted(set(own.family_ids)))}
    family = np.array([families[name] for name in own.family_ids], dtype=np.int64)
    demand = own.demand_quantity[:, : horizon.count]
    total = np.zeros((len(families), horizon.count))
    np.add.at(total, family, demand)
    usual = dict(item_mix.select("item_id", "mix_ratio").iter_rows())
    even = np.array([usual.get(item, 0.0) for item in own.item_ids])
    return np.divide(demand, total[family], out=np.repeat(even[:, None], horizon.count, axis=1), where=total[family] > 0)


def _feeds(usages: pl.DataFrame, options: pl.DataFrame, family_of: dict[str, str]) -> pl.DataFrame:
    """Pairs of families of which one takes items of the other."""
    schema = {"family_id": pl.String, "component_family_id": pl.String}
    pairs = {(family, family_of[component]) for family, component in usages.select("family_id", "component_item_id").iter_rows()}
    pairs |= {(family, family_of[item]) for family, item in options.select("family_id", "item_id").iter_rows()}
    return pl.DataFrame(sorted(pairs), schema=schema, orient="row")


def _source_quantity(horizon: Horizon, supply: pl.DataFrame, sources: pl.DataFrame) -> Floats:
    rows = supply.join(sources, on=SOURCE)
    return horizon.grid(rows, "quantity", rows["source"].to_numpy().astype(np.int64), sources.height)


def _rounded(split: ItemSplit, source: Positions, units: Floats, source_quantity: Floats) -> ItemSplit:
    """Quantities in item units, to 6 decimals; of a source's residuals the one of its largest item takes what rounding leaves."""
    run_out, lots, residual = (
        np.round(values / units[:, None], DECIMALS) + 0.0
        for values in (split.run_out_quantity, split.lot_quantity, split.residual_quantity)
    )
    count = source_quantity.shape[0]
    made = np.cumsum(lots, axis=1) * units[:, None]
    left = np.cumsum(source_quantity, axis=1)
    np.subtract.at(left, source, made + residual * units[:, None])
    largest = np.lexsort((-np.arange(source.size), made[:, -1], source))
    last = np.searchsorted(source[largest], np.arange(count), side="right") - 1
    taker = largest[last]
    residual[taker] = np.round(residual[taker] + left / units[taker, None], DECIMALS) + 0.0
    return ItemSplit(run_out, lots, residual)


def _taken(horizon: Horizon, own: FamilyItems, made: Floats, usages: pl.DataFrame) -> Floats:
    """What the items made take of items of other families, planning units of those."""
    taken = np.zeros_like(own.demand_quantity)
    offsets = (usages["lead_time_offset_days"] / horizon.days_per_period).round().to_numpy().astype(np.int64)
    parent = positions(usages, "item_id", own.position, "core.items")
    component = positions(usages, "component_item_id", own.position, "core.items")
    per_unit = usages["gross_quantity_per"].to_numpy()
    for offset in np.unique(offsets).tolist():
        rows = offsets == offset
        needed = horizon.ahead(made, offset)
        amount = needed[parent[rows]] * (per_unit[rows] * own.units_per_item[component[rows]])[:, None]
        np.add.at(taken[:, : horizon.count], component[rows], amount)
    return _continued(horizon, taken)


def _options_taken(horizon: Horizon, own: FamilyItems, made: dict[str, Floats], options: pl.DataFrame) -> Floats:
    """What families planned as a whole take of options and common parts that other families hold."""
    taken = np.zeros_like(own.demand_quantity)
    position = own.position
    for family, item, per_unit in options.select("family_id", "item_id", "quantity_per_unit").sort("family_id", "item_id").iter_rows():
        place = position[item]
        if family in made and own.family_ids[place] != family:
            taken[place, : horizon.count] += made[family] * per_unit * own.units_per_item[place]
    return _continued(horizon, taken)


def _continued(horizon: Horizon, taken: Floats) -> Floats:
    """Beyond the horizon consumers go on at the mean of its last periods."""
    taken[:, horizon.count :] = taken[:, max(horizon.count - LOOK_AHEAD_PERIODS, 0) : horizon.count].mean(axis=1, keepdims=True)
    return taken
