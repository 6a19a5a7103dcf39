"""Items that end and leave their demand to no other: which they are, and what the plan loses. Successors stay in `hand_over`."""

import polars as pl

from sop_pipeline.planning.demand_grid import DemandGrid, Floats

ENDS_SCHEMA = {"item_id": pl.String, "family_id": pl.String, "phase_out_date": pl.Date, "successor_item_id": pl.String}


def ends_without_heir(items: pl.DataFrame, item_successions: pl.DataFrame | None) -> pl.DataFrame:
    """Items of a family with a last day on sale, but for those whose successor has their demand in the statistical forecast already.

    Frames of the contracts in core. Returns `item_id, family_id, phase_out_date, successor_item_id` (one that inherits nothing).
    """
    ending = items.filter(pl.col("family_id").is_not_null() & pl.col("phase_out_date").is_not_null())
    if item_successions is not None:
        ending = ending.join(item_successions, left_on="item_id", right_on="old_item_id", how="anti")
    return ending.select(ENDS_SCHEMA.keys())


def what_ends_takes(grid: DemandGrid, ends: pl.DataFrame, item_quantity: Floats) -> pl.DataFrame:
    """Take what items were expected to sell after their last day, by the days of the period.

    `item_quantity`: items × periods, planning units. Returns one row per ending item and planned period: `item_id, family_id, period_start,
    change_quantity` (planning units, not above 0), `reason`.
    """
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    rows = (
        ends.join(grid.items.select("item_id"), on="item_id", how="semi")
        .join(grid.periods.select("period_start", "period_end"), how="cross")
        .with_columns(gone_ratio=((pl.col("period_end") - pl.col("phase_out_date")).dt.total_days().clip(0, days) / days))
    )
    expected = pl.Series(item_quantity[grid.item_cells(rows, "core.items")], dtype=pl.Float64)
    heir = (
        pl.when(pl.col("successor_item_id").is_null())
        .then(pl.lit("and no item takes over from it"))
        .otherwise(pl.format("and its successor {} is of another family, so that nothing goes to it", "successor_item_id"))
    )
    return rows.select(
        "item_id",
        "family_id",
        "period_start",
        change_quantity=-expected * pl.col("gone_ratio"),
        reason=pl.format("item {} is on sale until {}, {}", "item_id", "phase_out_date", heir),
    )
