"""The second dimension of the forecast: families by region or channel, adding up to the family. How families are forecast stays out."""

import polars as pl

from sop_pipeline.planning.forecasting import forecast_items

QUANTITY_DECIMALS = 6
NUMBERS = ("statistical_quantity", "statistical_lower_quantity", "statistical_upper_quantity")
SEGMENT = ["family_id", "dimension", "segment"]
CELL = ["family_id", "dimension", "period_start"]


def forecast_segments(
    segment_history: pl.DataFrame, family_forecast: pl.DataFrame, periods: pl.DataFrame, *, season_length: int
) -> pl.DataFrame:
    """Share every family's forecast among the segments of each dimension, in proportion to what each is forecast to ask for.

    Frames are those of the contracts in core and forecast. Segments are forecast by the express engine on their own history, promotions
    included, as only their proportions count; where none expects anything, those of all their demand do, else they share alike. The
    segments of a dimension sum to their family after rounding; bounds keep their ratio to the forecast. A family without a forecast, or
    without demand by segment, has no rows. Returns the columns of the contract SegmentForecast.
    """
    segments = segment_history.select(SEGMENT).unique().sort(SEGMENT).with_row_index("position")
    planned = periods.filter(pl.col("periods_from_now") >= 0).select(
        "period_start", horizon_index=pl.col("periods_from_now").cast(pl.Int64) + 1
    )
    if segments.is_empty():
        return segments.join(planned, how="cross").select(*SEGMENT, "period_start", *(pl.lit(0.0).alias(name) for name in NUMBERS))
    numbered = segments.with_columns(series_id=pl.col("position").cast(pl.String).str.zfill(9))
    history = segment_history.join(numbered, on=SEGMENT).select(
        "series_id", pl.col("periods_from_now").cast(pl.Int64).alias("period_index"), pl.col("demand_quantity").alias("quantity")
    )
    found = forecast_items(
        history,
        series=numbered.select("series_id", group_id="family_id"),
        horizon_periods=planned.height,
        season_length=season_length,
        engine="express",
        levels=(),
        last_period_index=-1,
    ).forecasts
    asked = history.group_by("series_id").agg(all_quantity=pl.col("quantity").sort().sum().clip(0.0))
    cells = (
        found.join(numbered, on="series_id")
        .join(planned, on="horizon_index")
        .join(asked, on="series_id", how="left")
        .join(family_forecast.drop_nulls("statistical_quantity"), on=["family_id", "period_start"])
        .sort(*CELL, "segment")
    )
    return _shared(cells)


def _shared(cells: pl.DataFrame) -> pl.DataFrame:
    """Numbers of the family times the share of the segment; the largest segment of a cell takes what rounding leaves."""
    forecast, asked = pl.col("forecast_quantity"), pl.col("all_quantity").fill_null(0.0)
    share = (
        pl.when(forecast.sum().over(CELL) > 0)
        .then(forecast / forecast.sum().over(CELL))
        .when(asked.sum().over(CELL) > 0)
        .then(asked / asked.sum().over(CELL))
        .otherwise(1.0 / pl.len().over(CELL))
    )
    shared = cells.with_columns(share=share)
    is_largest = pl.int_range(pl.len()).over(CELL) == pl.col("share").arg_max().over(CELL)
    rounded = shared.with_columns((pl.col(name) * pl.col("share")).round(QUANTITY_DECIMALS).alias(f"{name}_of_segment") for name in NUMBERS)
    part = {name: pl.col(f"{name}_of_segment") for name in NUMBERS}
    left = {name: pl.col(name) - part[name].sum().over(CELL) for name in NUMBERS}
    return rounded.select(
        *SEGMENT,
        "period_start",
        *(
            (part[name] + pl.when(is_largest).then(left[name]).otherwise(0.0)).round(QUANTITY_DECIMALS).clip(0.0).alias(name)
            for name in NUMBERS
        ),
    )
