"""Where the forecast of an item goes: to its successor, and to nobody once it is off sale. Phase-outs to come stay in `events`."""

from collections.abc import Sequence

import polars as pl

QUANTITY_DECIMALS = 6
KEYS = ("series_id", "horizon_index")


def hand_over(forecasts: pl.DataFrame, members: pl.DataFrame, item_successions: pl.DataFrame, planned: pl.DataFrame) -> pl.DataFrame:
    """Give the forecast of an item to its successor from the day that takes over, and expect nothing of what is off sale already.

    `forecasts`: as `ItemForecasts.forecasts`, of the items in `members` (`item_id`, `weight`, `phase_out_date`). `planned`: `horizon_index,
    period_start, period_end`. In the period that holds the day both share by days. Quantities and bounds move planning unit for planning
    unit, so families keep their totals; where a chain has several links the oldest moves first. What will end without a successor is
    forecast as if it went on: the demand plan takes that away in a line of its own.
    """
    numbers = [name for name in forecasts.columns if name not in KEYS]
    weight = dict(members.select("item_id", "weight").iter_rows())
    found = forecasts.join(planned, on="horizon_index", how="left", maintain_order="left")
    present = set(found["series_id"].unique())
    # A past succession has moved the history already: what the old item still gets is 0.
    links = item_successions.filter(~pl.col("is_effective")).sort("effective_date", "old_item_id")
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    for old, new, day in links.select("old_item_id", "new_item_id", "effective_date").iter_rows():
        if old not in present:
            continue
        moved_share = ((pl.col("period_end") - pl.lit(day)).dt.total_days() + 1).clip(0, days) / days
        is_old = pl.col("series_id") == old
        received = weight[old] / weight[new] if new in present else 0.0
        moved = found.filter(is_old).select("horizon_index", *((pl.col(name) * moved_share).alias(f"{name}_moved") for name in numbers))
        factor = pl.when(is_old).then(-1.0).when(pl.col("series_id") == new).then(received).otherwise(0.0)
        found = found.join(moved, on="horizon_index", how="left", maintain_order="left").with_columns(
            (pl.col(name) + factor * pl.col(f"{name}_moved")).clip(0.0).alias(name) for name in numbers
        )
        found = found.drop(f"{name}_moved" for name in numbers)
    off_sale = members.filter(pl.col("phase_out_date") < planned["period_start"].min())["item_id"]
    is_listed = ~pl.col("series_id").is_in(off_sale.implode())
    return found.select(*KEYS, *((pl.col(name) * is_listed).round(QUANTITY_DECIMALS).alias(name) for name in numbers)).select(
        forecasts.columns
    )


def as_if_kept(
    planned: Sequence[pl.DataFrame], own: Sequence[pl.DataFrame], members: pl.DataFrame, item_successions: pl.DataFrame
) -> pl.DataFrame:
    """What a launch may follow: the forecasts of the plan, and of items that end what the models said, as if they went on.

    `planned`, `own`: frames as `ItemForecasts.forecasts`, after and before families and ends had their say. `members`: as in `hand_over`.
    Returns `series_id, horizon_index, forecast_quantity`.
    """
    columns = (*KEYS, "forecast_quantity")
    going = pl.concat([members.filter(pl.col("phase_out_date").is_not_null())["item_id"], item_successions["old_item_id"]]).unique()
    ends = pl.col("series_id").is_in(going.implode())
    return pl.concat([*(frame.select(columns).filter(~ends) for frame in planned), *(frame.select(columns).filter(ends) for frame in own)])
