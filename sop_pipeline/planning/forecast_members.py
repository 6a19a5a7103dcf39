"""Which items are forecast, until when, and which of their closed periods hid demand. Cleaning and forecasting them stay out."""

import polars as pl


def forecast_members(
    items: pl.DataFrame, families: pl.DataFrame, item_period_history: pl.DataFrame, item_successions: pl.DataFrame, with_history: pl.Series
) -> pl.DataFrame:
    """The items to forecast: those with a history and those that take over from one, of the families `with_history`.

    Returns `item_id, family_id, phase_out_date, weight` (planning units per unit) and `production_strategy`, by item; what has been
    succeeded counts as phased out on the day before.
    """
    sold = item_period_history["item_id"]
    heirs = item_successions.filter(pl.col("old_item_id").is_in(sold.implode()))["new_item_id"]
    gone = item_successions.filter("is_effective").select(item_id="old_item_id", last_day=pl.col("effective_date").dt.offset_by("-1d"))
    return (
        items.filter(
            pl.col("family_id").is_in(with_history.implode()) & pl.col("item_id").is_in(pl.concat([sold, heirs]).unique().implode())
        )
        .select("item_id", "family_id", "phase_out_date", weight=pl.col("planning_units_per_unit"))
        .join(gone, on="item_id", how="left")
        .with_columns(phase_out_date=pl.min_horizontal("phase_out_date", "last_day"))
        .drop("last_day")
        .join(families.select("family_id", "production_strategy"), on="family_id")
        .sort("item_id")
    )


def with_stock_outs(item_period_history: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Flag the periods that hid demand: nothing left in stock at the end, and nothing asked for beyond what was shipped.

    Where orders wait for goods, demand is known however empty the shelf. What is made to order has no stock to run out of.
    """
    stocked = members.filter(pl.col("production_strategy") == "make_to_stock")["item_id"]
    hidden = (
        pl.col("item_id").is_in(stocked.implode())
        & (pl.col("closing_inventory_quantity") <= 0)
        & (pl.col("demand_quantity") <= pl.col("shipped_quantity"))
    )
    ever_stocked = (pl.col("closing_inventory_quantity") > 0).any().over("item_id")
    return item_period_history.with_columns(is_stock_out=(hidden & ever_stocked).fill_null(value=False))


def last_listed(periods: pl.DataFrame) -> pl.Expr:
    """Index of the closed period in which an item was listed last; null while it is listed."""
    ends = periods.sort("period_start")
    index = pl.lit(None, dtype=pl.Int64)
    for start, end, number in ends.select("period_start", "period_end", "periods_from_now").iter_rows():
        if number < 0:
            index = pl.when(pl.col("phase_out_date").is_between(start, end)).then(pl.lit(number, dtype=pl.Int64)).otherwise(index)
    return index
