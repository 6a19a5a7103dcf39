"""What launched items are expected to sell until their own history speaks. Items with a history of their own stay with the models."""

import polars as pl

# How far a launch may miss on either side, by the confidence marketing gave; the lowest where it gave none.
SPREAD_RATIO = {"high": 0.15, "medium": 0.3, "low": 0.5}
QUANTITY_DECIMALS = 6


def forecast_launches(product_launches: pl.DataFrame, item_forecasts: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Expect of each launch what its like item is forecast to sell, or the quantity given, along its ramp.

    `product_launches`, `periods`: of the contracts in core. `item_forecasts`: one row per item and planned period: `item_id, period_start,
    forecast_quantity`, as if nothing were phased out. Expected quantity = like item's forecast × scale; where a quantity is given too, that
    quantity with the like item's season; without a like item that is forecast, that quantity. The k-th period of a ramp of r periods
    expects k ÷ (r + 1) of it, the first one only the share of its days from the launch on. A launch whose ramp is over by the current
    period leaves it to the item's own history. Returns the columns of the contract LaunchForecast; a launch that has nothing to go by has
    no rows.
    """
    calendar = periods.sort("period_start").select("period_start", "period_end", number=pl.col("periods_from_now").cast(pl.Int64))
    launched = product_launches.sort("launch_date").join_asof(
        calendar.select("period_start", launched_in="number"), left_on="launch_date", right_on="period_start", strategy="backward"
    )
    like = item_forecasts.select("period_start", like_item_id="item_id", like_quantity="forecast_quantity")
    season = like.group_by("like_item_id").agg(usual_quantity=pl.col("like_quantity").mean())
    cells = (
        launched.select(pl.exclude("period_start"))
        # a launch before the calendar begins is long over
        .filter(pl.col("launched_in").is_not_null() & (pl.col("launched_in") + pl.col("ramp_periods") >= 0))
        .join(calendar.filter(pl.col("number") >= 0), how="cross")
        .filter(pl.col("number") >= pl.col("launched_in"))
        .join(like, on=["like_item_id", "period_start"], how="left")
        .join(season, on="like_item_id", how="left")
    )
    period = pl.col("number") - pl.col("launched_in")
    ramp = ((period + 1) / (pl.col("ramp_periods") + 1)).clip(0.0, 1.0)
    days = (pl.col("period_end") - pl.col("launch_date")).dt.total_days() + 1
    days_of_period = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    share = pl.when(period == 0).then(days / days_of_period).otherwise(1.0)
    shape = pl.when(pl.col("usual_quantity") > 0).then(pl.col("like_quantity") / pl.col("usual_quantity")).otherwise(1.0)
    level = pl.coalesce(pl.col("expected_period_quantity") * shape, pl.col("like_quantity") * pl.col("like_item_scale"))
    spread = pl.col("confidence").replace_strict(SPREAD_RATIO, default=SPREAD_RATIO["low"], return_dtype=pl.Float64)
    given = pl.col("expected_period_quantity").cast(pl.String).str.strip_suffix(".0")
    described = (
        pl.when(pl.col("expected_period_quantity").is_null())
        .then(pl.format("{} % of the forecast of {}", _percent(pl.col("like_item_scale")), "like_item_id"))
        .when(pl.col("like_quantity").is_null())
        .then(pl.format("{} a period as given", given))
        .otherwise(pl.format("{} a period as given, with the season of {}", given, "like_item_id"))
    )
    expected = cells.with_columns(quantity=(level * ramp * share).round(QUANTITY_DECIMALS), spread=spread, ramp=ramp).drop_nulls("quantity")
    return expected.select(
        "item_id",
        "family_id",
        "period_start",
        expected_quantity="quantity",
        lower_quantity=(pl.col("quantity") * (1 - pl.col("spread"))).round(QUANTITY_DECIMALS),
        upper_quantity=(pl.col("quantity") * (1 + pl.col("spread"))).round(QUANTITY_DECIMALS),
        reason=pl.format(
            "launch on {}: {}, {} % of the ramp reached, confidence {}",
            "launch_date",
            described,
            _percent(pl.col("ramp")),
            pl.col("confidence").fill_null("not given"),
        ),
    )


def _percent(ratio: pl.Expr) -> pl.Expr:
    return (100 * ratio).round().cast(pl.Int64)
