"""Promotions taken out of history before the fit, and what they usually do.

Other events (launches, phase-outs, prices) stay out, and so does what planned promotions do to the plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.baseline import expected_demand
from sop_pipeline.planning.forecasting.history import CORRECTIONS_SCHEMA, prepare_history
from sop_pipeline.planning.forecasting.panel import Counts, Flags, Floats, Panel, known_median, take_series

PRIOR_PROMOTIONS = 0.75  # k past promotions weigh k / (k + 0.75) against what promotions usually do
SHARE_TO_TEACH = 0.25  # a promotion of a few days drowns in the noise of its period
RATIO_DECIMALS = 6
LEAST_EXCESS = -0.9  # what a promoted period fell below its baseline, at most, when its uplift is measured

UPLIFTS_SCHEMA = pl.Schema(
    {
        "series_id": pl.String,
        "uplift_ratio": pl.Float64,
        "pull_forward_ratio": pl.Float64,
        "promoted_periods": pl.Int64,
        "own_weight_ratio": pl.Float64,
        "reason": pl.String,
    }
)


@dataclass(frozen=True)
class CleanedHistory:
    """History without promotions.

    `history`: the rows given; quantities of promoted periods without the uplift, those of the period after with what had been taken from
    it. `uplifts`: one row per series: `uplift_ratio` (0.3 = 30 % more than without, while the promotion runs), `pull_forward_ratio` (share
    of the uplift missing in the period after), `promoted_periods` they were learned from, `own_weight_ratio` of the series against the
    pool, `reason`. `corrections`: one row per quantity changed, as in `ItemForecasts`.
    """

    history: pl.DataFrame
    uplifts: pl.DataFrame
    corrections: pl.DataFrame


@dataclass(frozen=True)
class _Learned:
    """Per series of the panel: uplift in logs, share of it taken from the period after, periods it was learned from; and of the pool."""

    log_uplift: Floats
    pull_forward: Floats
    count: Counts
    pooled_log_uplift: float
    pooled_pull_forward: float


def clean_promotions(history: pl.DataFrame, promotions: pl.DataFrame, *, season_length: int) -> CleanedHistory:
    """Estimate what promotions added and took away, and take it out of the history.

    `history`: as in `forecast_items`. `promotions`: one row per series and promoted closed period: `series_id, period_index`, optionally
    `day_share_ratio` (part of the period it ran; 1 where not given; several promotions of a period add up to 1 at most). The baseline of
    a series is its seasonal indices times the running median of the periods neither promoted nor following one. The uplift is the median
    log deviation from it in promoted periods, for a whole period; the pull-forward what is missing in the periods after, as a share of
    what was added. Both are drawn to the median of all series by weight k / (k + 0.75) for k promoted periods, and neither falls below 0.
    A series that was never promoted gets those of the pool; without any promotion in the data they are 0.
    """
    share = pl.col("day_share_ratio") if "day_share_ratio" in promotions.columns else pl.lit(1.0)
    shares = (
        promotions.select(pl.col("series_id").cast(pl.String), pl.col("period_index").cast(pl.Int64), share=share.cast(pl.Float64))
        .group_by("series_id", "period_index")
        .agg(pl.col("share").sum().clip(0.0, 1.0))
    )
    ids = history["series_id"].cast(pl.String).unique().sort()
    touched = history.filter(pl.col("series_id").cast(pl.String).is_in(shares["series_id"].implode()))
    last_period_index = int(history["period_index"].max()) if history.height else 0  # type: ignore[arg-type]
    series = touched.select(pl.col("series_id").cast(pl.String)).unique()
    prepared = prepare_history(touched, series, season_length=season_length, last_period_index=last_period_index)
    panel = prepared.panel
    first_index = prepared.last_period_index - panel.periods + 1
    columns = pl.DataFrame(
        {"series_id": panel.series_ids, "column": np.arange(len(panel.series_ids))}, schema_overrides={"series_id": pl.String}
    )
    at = shares.join(columns, on="series_id").filter(pl.col("period_index").is_between(first_index, prepared.last_period_index))
    promoted = np.zeros(panel.values.shape)
    promoted[at["period_index"].to_numpy() - first_index, at["column"].to_numpy()] = at["share"].to_numpy()
    promoted[~np.isfinite(panel.values)] = 0.0

    learned = _learn(panel.values, promoted, season_length)
    added = panel.values * (1.0 - 1.0 / (1.0 + promoted * np.expm1(learned.log_uplift)))
    taken = np.zeros_like(added)
    taken[1:] = np.where(promoted[1:] > 0, 0.0, np.nan_to_num(np.maximum(added[:-1], 0.0)) * learned.pull_forward)
    uplifts = _uplift_rows(panel, ids.filter(~ids.is_in(panel.series_ids)).to_list(), learned)
    cleaned, corrections = _clean(history, columns, first_index, added, taken)
    return CleanedHistory(cleaned, uplifts, corrections)


def _learn(values: Floats, promoted: Floats, season_length: int) -> _Learned:
    is_promoted = promoted > 0
    follows = np.zeros_like(is_promoted)
    follows[1:] = is_promoted[:-1] & ~is_promoted[1:] & np.isfinite(values[1:])
    touched = np.flatnonzero(is_promoted.any(axis=0))
    expected = np.full(values.shape, np.nan)
    unusable = take_series(is_promoted | follows, touched)
    expected[:, touched] = expected_demand(take_series(values, touched), unusable, season_length)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = (values / expected - 1.0) / promoted
    teaches = (promoted >= SHARE_TO_TEACH) & (expected > 0) & (values > 0)
    deviation = np.where(teaches, np.log1p(np.maximum(np.where(teaches, excess, 0.0), LEAST_EXCESS)), np.nan)
    count = teaches.sum(axis=0)
    log_uplift, pooled = _drawn_to_the_pool(known_median(deviation.T), count)
    # What sold less in a promotion was going anyway: nobody promotes in order to sell less.
    log_uplift, pooled = np.maximum(log_uplift, 0.0), max(pooled, 0.0)

    uplift = np.where(is_promoted, values - np.where(np.isfinite(expected), expected, values), 0.0)
    before = follows & np.roll(teaches, 1, axis=0)
    added = _sum(np.roll(uplift, 1, axis=0), before)
    missing = _sum(expected - values, before)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(added > 0, missing / added, np.nan)
    pull_forward, pooled_pull = _drawn_to_the_pool(own, np.where(added > 0, before.sum(axis=0), 0))
    # Rounded, as the noise of summing must not show as a correction.
    bounded = np.round(np.clip(pull_forward, 0.0, 1.0), RATIO_DECIMALS).astype(np.float64)
    return _Learned(log_uplift, bounded, count, pooled, round(min(max(pooled_pull, 0.0), 1.0), RATIO_DECIMALS))


def _drawn_to_the_pool(own: Floats, count: Counts) -> tuple[Floats, float]:
    """Weigh what each series showed against the median of all, and return that as well."""
    pooled = float(np.nan_to_num(known_median(own[None])[0]))
    weight = count / (count + PRIOR_PROMOTIONS)
    return np.where(count > 0, weight * np.nan_to_num(own) + (1 - weight) * pooled, pooled), pooled


def _sum(values: Floats, where: Flags) -> Floats:
    return np.where(where, values, 0.0).sum(axis=0)


def _clean(
    history: pl.DataFrame, columns: pl.DataFrame, first_index: int, added: Floats, taken: Floats
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The history less what promotions added and plus what they took, and a row for each quantity changed."""
    row, column = np.nonzero((np.nan_to_num(added) != 0) | (taken != 0))
    changes = pl.DataFrame({"period_index": row + first_index, "column": column, "added": added[row, column], "taken": taken[row, column]})
    cells = changes.with_columns(pl.col("added").fill_nan(0.0)).join(columns, on="column").drop("column")
    marked = history.with_columns(
        pl.col("series_id").cast(pl.String), pl.col("period_index").cast(pl.Int64), pl.col("quantity").cast(pl.Float64)
    ).join(cells, on=["series_id", "period_index"], how="left", maintain_order="left")
    without = pl.col("quantity") - pl.col("added").fill_null(0.0) + pl.col("taken").fill_null(0.0)
    marked = marked.with_columns(without=without)
    changed = marked.filter(pl.col("without") != pl.col("quantity"))
    is_promotion = pl.col("added") != 0
    uplift = (pl.col("quantity") / (pl.col("quantity") - pl.col("added")) - 1).round(4)
    corrections = changed.select(
        "series_id",
        "period_index",
        kind=pl.when(is_promotion).then(pl.lit("promotion")).otherwise(pl.lit("pull_forward")),
        before="quantity",
        after="without",
        reason=pl.when(is_promotion)
        .then(pl.format("the period was promoted; without the uplift ratio of {} it would have sold less", uplift))
        .otherwise(pl.lit("the promotion of the period before took from this one; what it took is put back")),
    )
    return marked.with_columns(quantity="without").select(history.columns), corrections.cast(CORRECTIONS_SCHEMA).sort(
        "series_id", "period_index"
    )


def _uplift_rows(panel: Panel, others: Sequence[str], learned: _Learned) -> pl.DataFrame:
    """One row per series; those never promoted, or without demand, take what promotions usually do."""
    pooled = float(np.expm1(learned.pooled_log_uplift))
    promoted = [*learned.count.tolist(), *[0] * len(others)]
    reason = [
        f"median of {periods} promoted periods, drawn to the {pooled:.4f} of all series"
        if periods
        else "never promoted: the median of all series"
        for periods in promoted
    ]
    rows = {
        "series_id": [*panel.series_ids, *others],
        "uplift_ratio": [*np.expm1(learned.log_uplift).tolist(), *[pooled] * len(others)],
        "pull_forward_ratio": [*learned.pull_forward.tolist(), *[learned.pooled_pull_forward] * len(others)],
        "promoted_periods": promoted,
        "own_weight_ratio": [periods / (periods + PRIOR_PROMOTIONS) for periods in promoted],
        "reason": reason,
    }
    return pl.DataFrame(rows, schema=UPLIFTS_SCHEMA).sort("series_id")
