"""Demand per working day and back, for calendars whose periods differ in length. The calendar itself and the models stay out."""

import polars as pl

QUANTITY_DECIMALS = 6


def to_daily_rate(history: pl.DataFrame, working_days: pl.DataFrame) -> pl.DataFrame:
    """Divide the quantity of every history row by the working days of its period.

    `history`: `series_id, period_index, quantity`; `working_days`: one row per period: `period_index, working_days` (above 0). Other
    columns and the order of the rows stay. Raises ValueError for a period of the history without working days.
    """
    divided = _with_days(history, working_days, "period_index")
    return divided.with_columns(pl.col("quantity") / pl.col("working_days")).drop("working_days")


def from_daily_rate(forecasts: pl.DataFrame, working_days: pl.DataFrame) -> pl.DataFrame:
    """Multiply forecast and bounds of every row by the working days of its period, rounded to 6 decimals.

    `forecasts`: as `ItemForecasts.forecasts`; `working_days`: one row per period ahead: `horizon_index, working_days` (above 0).
    Raises ValueError for a period ahead without working days.
    """
    numbers = [name for name in forecasts.columns if name not in {"series_id", "horizon_index"}]
    multiplied = _with_days(forecasts, working_days, "horizon_index")
    return multiplied.with_columns((pl.col(name) * pl.col("working_days")).round(QUANTITY_DECIMALS) for name in numbers).drop(
        "working_days"
    )


def pairs_from_daily_rate(pairs: pl.DataFrame, working_days: pl.DataFrame) -> pl.DataFrame:
    """Multiply all quantities of a backtest's pairs by the working days of the period they are for.

    `pairs`: as `backtest` returns them; `working_days`: one row per period: `period_index, working_days` (above 0). Raises ValueError for a
    period without working days.
    """
    numbers = [name for name in pairs.columns if name.endswith("_quantity")]
    multiplied = _with_days(pairs, working_days, "period_index")
    return multiplied.with_columns(pl.col(numbers) * pl.col("working_days")).drop("working_days")


def _with_days(rows: pl.DataFrame, working_days: pl.DataFrame, period: str) -> pl.DataFrame:
    days = working_days.select(period, pl.col("working_days").cast(pl.Float64))
    joined = rows.join(days, on=period, how="left", maintain_order="left", validate="m:1")
    unusable = joined.filter(~(pl.col("working_days") > 0).fill_null(value=False))
    if unusable.height:
        row = unusable.row(0, named=True)
        raise ValueError(
            f"{period} {row[period]} has {row['working_days']} working days; give every period at least a fraction of one, "
            "or forecast without working days"
        )
    return joined
