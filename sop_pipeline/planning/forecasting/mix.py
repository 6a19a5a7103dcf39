"""Splits the forecast of families that are forecast as a whole (make-to-order) to their items. Families forecast item by item stay out."""

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.reconcile import FamilyForecasts

QUANTITY_DECIMALS = 6


def split_by_mix(
    family_forecasts: pl.DataFrame, item_bookings: pl.DataFrame, items: pl.DataFrame, *, season_length: int, last_period_index: int
) -> FamilyForecasts:
    """Split family forecasts by the mix of items booked in the last season.

    `family_forecasts`: as `ItemForecasts.forecasts`, `series_id` the family, in planning units. `item_bookings`: one row per item and
    period: `item_id, period_index, quantity` in units of the item. `items`: one row per item: `item_id, family_id`, `weight` (planning
    units per unit, above 0). Returns the items in their own units and the families as the sum of their rounded items. A family without
    bookings in the last season is split by all there ever were, one without any evenly.

    Raises ValueError for a family with a forecast but no items, and for a weight that is not above 0.
    """
    members = items.filter(pl.col("family_id").is_in(family_forecasts["series_id"].unique().to_list())).sort("family_id", "item_id")
    wrong = members.filter(~(pl.col("weight") > 0).fill_null(value=False))
    if wrong.height:
        raise ValueError(f"item {wrong['item_id'][0]!r} has weight {wrong['weight'][0]}; planning units per unit are above 0")
    childless = family_forecasts.join(members, left_on="series_id", right_on="family_id", how="anti")
    if childless.height:
        raise ValueError(f"family {childless['series_id'].min()!r} has a forecast but no item; assign its items or drop the family")

    families = members["family_id"].unique().sort()
    family = np.searchsorted(families.to_numpy(), members["family_id"].to_numpy())
    weight = members["weight"].cast(pl.Float64).to_numpy()
    closed = item_bookings.filter(pl.col("period_index") <= last_period_index)
    recent = closed.filter(pl.col("period_index") > last_period_index - season_length)
    share = np.zeros(members.height)
    for basis in (_booked(members, recent) * weight, _booked(members, closed) * weight, np.ones(members.height)):
        total = np.bincount(family, weights=basis, minlength=len(families))
        undecided = np.bincount(family, weights=share, minlength=len(families)) == 0
        take = undecided[family] & (total[family] > 0)
        share[take] = (basis / np.where(total > 0, total, 1.0)[family])[take]

    numbers = [name for name in family_forecasts.columns if name not in {"series_id", "horizon_index"}]
    split = (
        members.select("item_id", "family_id", "weight", pl.Series("units_per_family_unit", share / weight))
        .join(family_forecasts, left_on="family_id", right_on="series_id")
        .with_columns((pl.col(name) * pl.col("units_per_family_unit")).round(QUANTITY_DECIMALS) for name in numbers)
        .sort("family_id", "horizon_index", "item_id")
    )
    keys = split.select("family_id", "horizon_index").unique(maintain_order=True)
    position = split.join(keys.with_row_index("key"), on=["family_id", "horizon_index"], maintain_order="left")["key"].to_numpy()
    sums = {
        name: np.round(np.bincount(position, weights=(split[name] * split["weight"]).to_numpy(), minlength=keys.height), QUANTITY_DECIMALS)
        for name in numbers
    }
    return FamilyForecasts(
        items=split.select(pl.col("item_id").alias("series_id"), "horizon_index", *numbers).sort("series_id", "horizon_index"),
        families=keys.rename({"family_id": "series_id"}).with_columns(**{name: pl.Series(total) for name, total in sums.items()}),
    )


def _booked(members: pl.DataFrame, bookings: pl.DataFrame) -> np.ndarray:
    """What was booked of each member, in its unit; net cancellations count as 0."""
    position = members.select("item_id").with_row_index("position")
    found = bookings.join(position, on="item_id").sort("position", "period_index", "quantity")
    booked = np.bincount(found["position"].to_numpy(), weights=found["quantity"].cast(pl.Float64).to_numpy(), minlength=members.height)
    return np.maximum(booked, 0.0)
