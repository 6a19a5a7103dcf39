"""Promotions on the demand plan: what they lift and what they take from the period after. Their traces in history stay out."""

import numpy as np
import polars as pl

from sop_pipeline.planning.demand_grid import DemandGrid, Flags, Floats

UPLIFTS_SCHEMA = {"promotion_id": pl.String, "family_id": pl.String, "item_id": pl.String, "estimated_uplift_ratio": pl.Float64}


def lift_by_promotions(
    grid: DemandGrid,
    family_quantity: Floats,
    item_quantity: Floats,
    *,
    promotion_periods: pl.DataFrame,
    family_history: pl.DataFrame,
    estimated_uplifts: pl.DataFrame | None,
) -> tuple[Floats, Floats, pl.DataFrame]:
    """Add each promotion's uplift to the cells it touches, and take its pull-forward from the period after each.

    `family_quantity` (families × periods, NaN unknown) and `item_quantity` (items × periods) are the plan before, in planning units;
    every promotion lifts that plan, never another promotion's lift. Uplift = quantity × uplift_ratio × days of the promotion in the
    period ÷ days of the period, or uplift_quantity × days in the period ÷ days of the promotion, else the ratio of `estimated_uplifts`
    (promotion_id, family_id, item_id, estimated_uplift_ratio). A promotion of the last closed period still takes its pull-forward from
    the current one, off the demand that `family_history` holds. An unknown cell stays unknown: there is nothing to lift.

    Returns family and item quantities after, and one note per cell and promotion (family_id, period_start, author, reason).
    """
    calendar = grid.periods.select("period_start", period=pl.int_range(pl.len()))
    estimates = pl.DataFrame(schema=UPLIFTS_SCHEMA) if estimated_uplifts is None else estimated_uplifts
    rows = (
        promotion_periods.join(estimates, on=["promotion_id", "family_id", "item_id"], how="left")
        .with_columns(
            pl.col("pull_forward_ratio").fill_null(0.0),
            ratio=pl.coalesce("uplift_ratio", "estimated_uplift_ratio") * pl.col("day_share_ratio"),
        )
        .sort("promotion_id", "family_id", "item_id", "period_start")
    )
    planned = rows.join(calendar, on="period_start")
    family_lift = np.zeros(grid.shape)
    item_lift = np.zeros(grid.item_shape)
    for is_item, part in ((False, planned.filter(pl.col("item_id") == "")), (True, planned.filter(pl.col("item_id") != ""))):
        row, column = (grid.item_cells if is_item else grid.family_cells)(part, "core.promotion_periods")
        lift, plan = (item_lift, item_quantity) if is_item else (family_lift, family_quantity)
        units = grid.units_per_item[row] if is_item else 1.0
        by_quantity = part["uplift_quantity"].to_numpy() * part["promotion_share_ratio"].to_numpy() * units
        by_ratio = np.nan_to_num(plan[row, column]) * part["ratio"].to_numpy()
        uplift = np.nan_to_num(np.where(np.isnan(by_quantity), by_ratio, by_quantity))
        np.add.at(lift, (row, column), uplift)
        has_next = column + 1 < grid.shape[1]
        taken = uplift * part["pull_forward_ratio"].to_numpy()
        np.subtract.at(lift, (row[has_next], column[has_next] + 1), taken[has_next])
    family_dip, item_dip = _dip_after_history(grid, rows, family_history)
    family_lift[:, 0] -= family_dip
    item_lift[:, 0] -= item_dip

    lifted_items = np.maximum(0.0, item_quantity + item_lift)
    is_known = ~np.isnan(family_quantity)
    lifted_family = np.maximum(0.0, grid.roll_up(lifted_items) + family_lift)
    has_items = np.isin(np.arange(grid.shape[0]), grid.item_family)
    lifted_family = np.where(has_items[:, None], lifted_family, np.maximum(0.0, family_quantity + family_lift))
    lifted_family = np.where(is_known, lifted_family, np.nan)
    return lifted_family, grid.spread(lifted_items, lifted_family), _notes(planned, grid, is_known)


def _dip_after_history(grid: DemandGrid, rows: pl.DataFrame, family_history: pl.DataFrame) -> tuple[Floats, Floats]:
    """What promotions of the last closed period take from the current one, per family and per item, planning units."""
    family_dip, item_dip = np.zeros(grid.shape[0]), np.zeros(grid.items.height)
    closed = family_history.filter(pl.col("periods_from_now") == -1).select("family_id", "period_start", "demand_quantity")
    past = rows.join(closed, on=["family_id", "period_start"]).with_columns(period_start=pl.lit(grid.periods["period_start"][0]))
    for is_item, part in ((False, past.filter(pl.col("item_id") == "")), (True, past.filter(pl.col("item_id") != ""))):
        row, _ = (grid.item_cells if is_item else grid.family_cells)(part, "core.promotion_periods")
        units, share = (grid.units_per_item[row], grid.mix_ratio[row]) if is_item else (1.0, 1.0)
        # What was sold holds the uplift already: sold = base × (1 + ratio).
        by_ratio = part["demand_quantity"].to_numpy() * share * (part["ratio"] / (1.0 + part["ratio"])).to_numpy()
        by_quantity = part["uplift_quantity"].to_numpy() * part["promotion_share_ratio"].to_numpy() * units
        uplift = np.nan_to_num(np.where(np.isnan(by_quantity), by_ratio, by_quantity))
        np.add.at(item_dip if is_item else family_dip, row, uplift * part["pull_forward_ratio"].to_numpy())
    return family_dip, item_dip


def _notes(planned: pl.DataFrame, grid: DemandGrid, is_known: Flags) -> pl.DataFrame:
    row, column = grid.family_cells(planned, "core.promotion_periods")
    has_uplift = pl.coalesce("uplift_quantity", "ratio").is_not_null()
    sentence = (
        pl.when(~pl.col("is_known"))
        .then(pl.lit(": nothing to lift"))
        .when(~has_uplift)
        .then(pl.lit(": no uplift given or estimated"))
        .otherwise(pl.lit(""))
    )
    return planned.with_columns(is_known=pl.Series(is_known[row, column], dtype=pl.Boolean)).select(
        "family_id",
        "period_start",
        author=pl.lit(None, dtype=pl.String),
        reason=pl.format("promotion {} ({}){}", "promotion_id", "promotion_status", sentence),
    )
