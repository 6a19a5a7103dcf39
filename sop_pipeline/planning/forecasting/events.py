"""Promotions taken out of history before the fit and put back for the planned ones.

Other events (launches, phase-outs, prices) stay out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.baseline import expected_demand
from sop_pipeline.planning.forecasting.history import CORRECTIONS_SCHEMA, prepare_history
from sop_pipeline.planning.forecasting.panel import Counts, Floats, Panel, known_median, take_series
from sop_pipeline.planning.forecasting.seasonality import log_demand

PRIOR_PROMOTIONS = 0.75  # k past promotions weigh k / (k + 0.75) against what promotions usually do
QUANTITY_DECIMALS = 6

UPLIFTS_SCHEMA = pl.Schema(
    {"series_id": pl.String, "uplift_ratio": pl.Float64, "promoted_periods": pl.Int64, "own_weight_ratio": pl.Float64, "reason": pl.String}
)


@dataclass(frozen=True)
class CleanedHistory:
    """History without promotions.

    `history`: the rows given, quantities of promoted periods divided by 1 + uplift. `uplifts`: one row per series: `uplift_ratio` (0.3 =
    30 % more than without), `promoted_periods` it was learned from, `own_weight_ratio` of the series against the pool, `reason`.
    `corrections`: one row per quantity changed, as in `ItemForecasts`.
    """

    history: pl.DataFrame
    uplifts: pl.DataFrame
    corrections: pl.DataFrame


def clean_promotions(history: pl.DataFrame, promotions: pl.DataFrame, *, season_length: int) -> CleanedHistory:
    """Estimate what promotions added and take it out of the history.

    `history`: as in `forecast_items`. `promotions`: one row per series and promoted closed period: `series_id, period_index`. The
    baseline of a series is its seasonal indices times the running median of the periods without promotion; the uplift is the median log
    deviation from it in promoted periods, drawn to the median of all series by weight k / (k + 0.75) for k of them. A series that was
    never promoted gets the uplift of the pool; without any promotion in the data it is 0.
    """
    flags = promotions.select(pl.col("series_id").cast(pl.String), pl.col("period_index").cast(pl.Int64)).unique()
    series = history.select(pl.col("series_id").cast(pl.String)).unique()
    prepared = prepare_history(history, series, season_length=season_length)
    panel = prepared.panel
    first_index = prepared.last_period_index - panel.periods + 1
    columns = pl.DataFrame(
        {"series_id": panel.series_ids, "column": np.arange(len(panel.series_ids))}, schema_overrides={"series_id": pl.String}
    )
    at = flags.join(columns, on="series_id").filter(pl.col("period_index").is_between(first_index, prepared.last_period_index))
    promoted = np.zeros(panel.values.shape, dtype=np.bool_)
    promoted[at["period_index"].to_numpy() - first_index, at["column"].to_numpy()] = True
    promoted &= np.isfinite(panel.values)

    touched = np.flatnonzero(promoted.any(axis=0))
    expected = np.full(panel.values.shape, np.nan)
    expected[:, touched] = expected_demand(take_series(panel.values, touched), take_series(promoted, touched), season_length)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.where(promoted & (expected > 0), log_demand(panel.values) - np.log(expected), np.nan)
    own = known_median(deviation.T)
    pooled = float(np.nan_to_num(known_median(own[None])[0]))
    count = np.isfinite(deviation).sum(axis=0)
    weight = count / (count + PRIOR_PROMOTIONS)
    log_uplift = np.where(count > 0, weight * np.nan_to_num(own) + (1 - weight) * pooled, pooled)
    uplifts = _uplift_rows(panel, prepared.never_sold, log_uplift, count, pooled)

    ratio = pl.when(pl.col("promoted")).then(1 + pl.col("uplift_ratio")).otherwise(1.0)
    marked = (
        history.with_columns(
            pl.col("series_id").cast(pl.String), pl.col("period_index").cast(pl.Int64), pl.col("quantity").cast(pl.Float64)
        )
        .join(flags.with_columns(promoted=pl.lit(value=True)), on=["series_id", "period_index"], how="left", maintain_order="left")
        .join(uplifts, on="series_id", how="left", maintain_order="left")
        .with_columns(pl.col("promoted").fill_null(value=False), (pl.col("quantity") / ratio).alias("without"))
    )
    changed = marked.filter(pl.col("promoted") & (pl.col("without") != pl.col("quantity")))
    corrections = changed.select(
        "series_id",
        "period_index",
        pl.lit("promotion").alias("kind"),
        pl.col("quantity").alias("before"),
        pl.col("without").alias("after"),
        pl.format("the period was promoted; without the uplift ratio of {} it would have sold less", pl.col("uplift_ratio").round(4)).alias(
            "reason"
        ),
    )
    cleaned = marked.with_columns(quantity=pl.col("without")).select(history.columns)
    return CleanedHistory(cleaned, uplifts, corrections.cast(CORRECTIONS_SCHEMA).sort("series_id", "period_index"))


def apply_promotions(forecasts: pl.DataFrame, planned: pl.DataFrame, uplifts: pl.DataFrame) -> pl.DataFrame:
    """Put planned promotions into a forecast and keep what they add apart.

    `forecasts`: as `ItemForecasts.forecasts`, of cleaned history. `planned`: one row per series and promoted period ahead: `series_id,
    horizon_index`, optionally `uplift_ratio` (as the department expects it; null: as estimated). `uplifts`: as `CleanedHistory.uplifts`.
    Forecast and bounds of promoted periods are multiplied by 1 + uplift; the result has two more columns, `baseline_quantity` and
    `uplift_quantity`, with forecast = baseline + uplift. A series without an estimate and an expectation keeps its baseline.

    Raises ValueError where a period of a series is planned twice or an expected uplift is not above -1.
    """
    given = pl.col("uplift_ratio") if "uplift_ratio" in planned.columns else pl.lit(None)
    expected = planned.select("series_id", "horizon_index", given.cast(pl.Float64).alias("expected_ratio"), promoted=pl.lit(value=True))
    twice = expected.filter(pl.struct("series_id", "horizon_index").is_duplicated())
    impossible = expected.filter(
        (pl.col("expected_ratio") <= -1) | pl.col("expected_ratio").is_infinite() | pl.col("expected_ratio").is_nan()
    )
    if twice.height or impossible.height:
        row = (twice if twice.height else impossible).row(0, named=True)
        rule = (
            "is promoted twice; add the promotions up first" if twice.height else f"has uplift_ratio {row['expected_ratio']}, not above -1"
        )
        raise ValueError(f"planned promotions: series {row['series_id']!r}, period {row['horizon_index']} ahead, {rule}")
    numbers = [name for name in forecasts.columns if name not in {"series_id", "horizon_index"}]
    ratio = pl.when(pl.col("promoted")).then(pl.coalesce("expected_ratio", "uplift_ratio", pl.lit(0.0))).otherwise(0.0)
    joined = (
        forecasts.join(expected, on=["series_id", "horizon_index"], how="left", maintain_order="left")
        .join(uplifts.select("series_id", "uplift_ratio"), on="series_id", how="left", maintain_order="left")
        .with_columns(ratio.alias("ratio"), baseline_quantity=pl.col("forecast_quantity"))
        .with_columns((pl.col(name) * (1 + pl.col("ratio"))).round(QUANTITY_DECIMALS) for name in numbers)
    )
    return joined.with_columns(uplift_quantity=(pl.col("forecast_quantity") - pl.col("baseline_quantity")).round(QUANTITY_DECIMALS)).select(
        *forecasts.columns, "baseline_quantity", "uplift_quantity"
    )


def _uplift_rows(panel: Panel, never_sold: Sequence[str], log_uplift: Floats, count: Counts, pooled: float) -> pl.DataFrame:
    """One row per series; those without demand take what promotions usually add."""
    ratio = [*np.expm1(log_uplift).tolist(), *[float(np.expm1(pooled))] * len(never_sold)]
    promoted = [*count.tolist(), *[0] * len(never_sold)]
    reason = [
        f"median of {periods} promoted periods, drawn to the {np.expm1(pooled):.4f} of all series"
        if periods
        else "never promoted: the median of all series"
        for periods in promoted
    ]
    weight = [periods / (periods + PRIOR_PROMOTIONS) for periods in promoted]
    rows = {"series_id": [*panel.series_ids, *never_sold], "uplift_ratio": ratio, "promoted_periods": promoted}
    return pl.DataFrame({**rows, "own_weight_ratio": weight, "reason": reason}, schema=UPLIFTS_SCHEMA).sort("series_id")
