"""What a change of price does to demand, where the history shows that it does anything. Prices and money themselves stay out."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.history import prepare_history
from sop_pipeline.planning.forecasting.panel import Counts, Floats, known_median
from sop_pipeline.planning.forecasting.seasonality import log_demand, past_effect, seasonal_indices

LEAST_CHANGE_RATIO = 0.03  # yearly rounding-up moves nobody, and tells nothing
FEWEST_CHANGES = 8  # below, no response is believed
STANDARD_ERRORS = 2.0  # the response must be this far from none
PRIOR_CHANGES = 5.0  # k past changes of a family weigh k / (k + 5) against those of all
STRONGEST_ELASTICITY = -4.0
ROBUST_DEVIATION = 1.4826  # standard deviation of a normal distribution per median absolute deviation
MEDIAN_INFLATION = 1.2533  # standard error of the median per standard error of the mean

EFFECTS_SCHEMA = {
    "item_id": pl.String,
    "family_id": pl.String,
    "period_start": pl.Date,
    "price_ratio": pl.Float64,
    "effect_ratio": pl.Float64,
    "reason": pl.String,
}


@dataclass(frozen=True)
class PriceResponse:
    """Elasticity of all past changes together (log demand per log price), its standard error, their number; by family what to use."""

    elasticity: float
    standard_error: float
    changes: int
    by_family: pl.DataFrame

    @property
    def is_shown(self) -> bool:
        """Whether the data carry it: enough changes, and demand that clearly falls where prices rise."""
        return self.changes >= FEWEST_CHANGES and self.elasticity + STANDARD_ERRORS * self.standard_error < 0


def price_effects(price_changes: pl.DataFrame, history: pl.DataFrame, periods: pl.DataFrame, *, season_length: int) -> pl.DataFrame:
    """Expect of each coming change of price what past ones did.

    `price_changes`, `periods`: of the contracts in core. `history`: closed periods of items: `series_id, period_index, quantity`, without
    promotions. Effect = price ratio ^ elasticity − 1, of all changes of the item since the last closed period together; in the period of a
    change for the share of its days. Where the history shows no response the effect is 0 and the reason says so. Returns the columns of
    the contract PriceEffects: one row per item and planned period from its first coming change on.
    """
    index = periods.select("period_start", period_index=pl.col("periods_from_now").cast(pl.Int64))
    numbered = price_changes.filter(pl.col("price_ratio") > 0).join(index, on="period_start").with_columns(step=pl.col("price_ratio").log())
    coming = numbered.filter(pl.col("period_index") >= 0)
    if coming.is_empty():
        return pl.DataFrame(schema=EFFECTS_SCHEMA)
    response = measure_response(numbered.filter(pl.col("period_index") < 0), history, season_length=season_length)
    planned = index.filter(pl.col("period_index") >= 0).select("period_start", planned_index="period_index")
    share = pl.when(pl.col("planned_index") == pl.col("period_index")).then("day_share_ratio").otherwise(1.0)
    cumulated = (
        coming.drop("period_start")
        .join(planned, how="cross")
        .filter(pl.col("planned_index") >= pl.col("period_index"))
        .sort("item_id", "period_start", "period_index")
        .group_by("item_id", "family_id", "period_start", maintain_order=True)
        .agg(step=(pl.col("step") * share).sum())
        .join(response.by_family, on="family_id", how="left", maintain_order="left")
        .with_columns(elasticity=pl.col("elasticity").fill_null(response.elasticity))
    )
    counted = f"{response.changes} past changes of {LEAST_CHANGE_RATIO:.0%} or more"
    shown = pl.format(f"price × {{}}; elasticity {{}} from {counted}", pl.col("step").exp().round(4), pl.col("elasticity").round(3))
    silent = pl.format(f"price × {{}}; {counted} show no response of demand", pl.col("step").exp().round(4))
    effect = (pl.col("step") * pl.col("elasticity")).exp() - 1
    return cumulated.select(
        "item_id",
        "family_id",
        "period_start",
        price_ratio=pl.col("step").exp(),
        effect_ratio=effect if response.is_shown else pl.lit(0.0),
        reason=shown if response.is_shown else silent,
    )


def measure_response(changes: pl.DataFrame, history: pl.DataFrame, *, season_length: int) -> PriceResponse:
    """Compare demand in the half season after each past change of price with that of the half season before, season and trend taken out.

    `changes`: `item_id, family_id, period_index, step` (log of the price ratio). Only changes from 3 % on with demand in every period of
    both halves tell anything. Elasticity = median of log demand ratio ÷ step; families are drawn to the median of all.
    """
    prepared = prepare_history(history, history.select("series_id").unique(), season_length=season_length)
    position = {series: i for i, series in enumerate(prepared.panel.series_ids)}
    told = changes.filter(pl.col("step").abs() >= np.log1p(LEAST_CHANGE_RATIO)).filter(pl.col("item_id").is_in(list(position)))
    told = told.sort("item_id", "period_index")
    values = prepared.panel.values
    logs = log_demand(values)
    adjusted = np.where(values > 0, logs - past_effect(seasonal_indices(logs, season_length), len(logs)), np.nan)
    column = np.array([position[item] for item in told["item_id"]], dtype=np.int64)
    row = told["period_index"].to_numpy() - prepared.last_period_index - 1 + len(values)
    ratio = _log_ratio_around(adjusted, row, column, season_length // 2)
    measured = told.with_columns(elasticity=pl.Series(ratio, dtype=pl.Float64) / pl.col("step")).filter(pl.col("elasticity").is_not_nan())
    if measured.is_empty():
        return PriceResponse(0.0, 0.0, 0, pl.DataFrame(schema={"family_id": pl.String, "elasticity": pl.Float64}))
    all_changes = measured["elasticity"].to_numpy()
    pooled = float(np.median(all_changes))
    deviation = ROBUST_DEVIATION * float(np.median(np.abs(all_changes - pooled)))
    error = MEDIAN_INFLATION * deviation / float(np.sqrt(len(all_changes)))
    weight = pl.len() / (pl.len() + PRIOR_CHANGES)
    by_family = measured.group_by("family_id").agg(
        elasticity=(weight * pl.col("elasticity").median() + (1 - weight) * pooled).clip(STRONGEST_ELASTICITY, 0.0)
    )
    return PriceResponse(max(pooled, STRONGEST_ELASTICITY), error, len(all_changes), by_family.sort("family_id"))


def _log_ratio_around(adjusted: Floats, row: Counts, column: Counts, reach: int) -> Floats:
    """Mean of the `reach` periods after that of the change less that of those before it, beyond what is usual for the series.

    What is usual is the median of the same difference at periods further than `reach` from any change: a series that has been falling all
    along did not fall because of its price. NaN where a period is missing or nothing is known of the usual.
    """
    periods = len(adjusted)
    if not len(row) or periods < 2 * reach + 1:
        return np.full(len(row), np.nan)
    means = np.lib.stride_tricks.sliding_window_view(adjusted, reach, axis=0).mean(axis=-1)
    differences = np.full(adjusted.shape, np.nan)
    differences[reach : periods - reach] = means[reach + 1 :] - means[: periods - 2 * reach]
    usual = differences.copy()
    for change, series in zip(row, column, strict=True):
        usual[max(change - reach, 0) : max(change + reach + 1, 0), series] = np.nan
    inside = (row >= 0) & (row < periods)
    at = np.where(inside, row, 0)
    return np.where(inside, differences[at, column] - known_median(usual.T)[column], np.nan)
