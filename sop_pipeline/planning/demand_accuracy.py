"""How good the demand plan was: published steps against what came, backtests of items, and the classes they give items.

Formulas of the ratios stay in `forecasting/accuracy`, backtests of families in `demand_forecast`.
"""

import polars as pl

from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.planning.cleaned_history import FAMILY_PROMOTION, CleanedDemand
from sop_pipeline.planning.forecasting.accuracy import measure_accuracy
from sop_pipeline.planning.forecasting.backtest import PAIRS_SCHEMA, backtest
from sop_pipeline.planning.forecasting.demand_class import profile_demand
from sop_pipeline.planning.forecasting.history import prepare_history
from sop_pipeline.planning.forecasting.working_days import pairs_from_daily_rate, to_daily_rate

LAGS = 6
LAST_CLOSED = -1
PROMOTED = ("promotion", "pull_forward", *FAMILY_PROMOTION.values())
A_SHARE, B_SHARE = 0.8, 0.95  # of the margin: Pareto's classes as ABC analysis draws them
X_ERROR, Y_ERROR = 0.2, 0.5  # WAPE one period ahead up to which an item can be planned well, or fairly
CELL = ["family_id", "step", "lag_periods"]
MEASURES = {
    "observations": "pairs",
    "actual_quantity": "actual_quantity",
    "wape_ratio": "wape_ratio",
    "bias_ratio": "bias_ratio",
    "mase_ratio": "mase_ratio",
    "tracking_signal": "tracking_signal",
    "naive_wape_ratio": "naive_wape_ratio",
    "value_added_ratio": "value_added_ratio",
    "compared_quantity": "compared_quantity",
}


def measure_published(published_demand: pl.DataFrame, family_history: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Measure what versions of earlier cycles said of closed periods: the frame of contract PublishedAccuracy.

    `published_demand` and `family_history` are core's. The seasonal naive of a period is the demand of the same period a season before,
    which every version knew (lags are shorter than a season); the scale of MASE is the mean absolute seasonal difference of the periods
    closed when the version was made. The step before is that of the same version.
    """
    pairs = _published_pairs(published_demand, family_history, periods, "family_id")
    spans = pairs.group_by(CELL).agg(first_period_start=pl.col("period_start").min(), last_period_start=pl.col("period_start").max())
    return (
        measure_accuracy(pairs, CELL)
        .join(spans, on=CELL)
        .select(*CELL, "first_period_start", "last_period_start", "value_added_over_before_ratio", **MEASURES)
    )


def measure_authors(
    published_demand: pl.DataFrame, past_submissions: pl.DataFrame, family_history: pl.DataFrame, periods: pl.DataFrame
) -> pl.DataFrame:
    """Measure people: what each submitted, and what the cells came to in which they changed a plan. The frame of contract AuthorAccuracy.

    Frames are core's. Submissions are judged cell by cell (family or item, customer group) in planning units of the family; changes of
    published plans on the whole family's cell, against the step before. Several authors of one cell stand together.
    """
    submitted = past_submissions.select(
        "author",
        "family_id",
        "actual_quantity",
        step=pl.lit("sales"),
        lag_periods="lag_periods",
        basis=pl.lit("submitted"),
        forecast_quantity="submitted_quantity",
        naive_quantity="previous_year_quantity",
        scale_quantity=pl.lit(None, dtype=pl.Float64),
        before_quantity=pl.lit(None, dtype=pl.Float64),
    )
    changed = _published_pairs(published_demand, family_history, periods, "family_id").filter(pl.col("author").is_not_null())
    pairs = pl.concat([submitted, changed.with_columns(basis=pl.lit("published")).select(submitted.columns)])
    by = ["author", *CELL, "basis"]
    return measure_accuracy(pairs, by).select(*by, "value_added_over_before_ratio", **MEASURES)


def measure_published_items(published_item_demand: pl.DataFrame, item_period_history: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """The same of items, in their units: the frame of contract PublishedItemAccuracy. A planned item that never sold was worth 0."""
    pairs = _published_pairs(published_item_demand, item_period_history, periods, "item_id")
    by = ["item_id", "family_id", "step", "lag_periods"]
    return measure_accuracy(pairs, by).select(*by, "value_added_over_before_ratio", **MEASURES)


def _published_pairs(published: pl.DataFrame, history: pl.DataFrame, periods: pl.DataFrame, key: str) -> pl.DataFrame:
    """Pairs of `measure_accuracy` for every published cell of a closed period; `key` is family_id or item_id."""
    season = int(periods["season_length_periods"][0])
    closed = _closed(history, key)
    a_season_before, known = _seasonal_naive(closed, key, season)
    order = pl.col("step").replace_strict({step: position for position, step in enumerate(DEMAND_STEPS)}, return_dtype=pl.Int64)
    version = [key, "period_start", "lag_periods", "record_kind", "recorded_on"]
    return (
        published.rename({"quantity": "forecast_quantity"})
        .sort(key, "period_start", "lag_periods", order)
        .with_columns(
            before_quantity=pl.col("forecast_quantity").shift(1).over(version),
            # a version of the cycle so many periods before was made before that cycle's own period closed
            last_known=pl.col("periods_from_now") - pl.col("lag_periods") - 1,
        )
        .join(closed, on=[key, "periods_from_now"], how="left")
        .with_columns(pl.col("actual_quantity").fill_null(0.0))
        .join(a_season_before, on=[key, "periods_from_now"], how="left")
        .join(known, on=[key, "last_known"], how="left")
    )


def _closed(history: pl.DataFrame, key: str) -> pl.DataFrame:
    """What was asked for in closed periods: `key, periods_from_now, actual_quantity`."""
    return history.filter(pl.col("periods_from_now") < 0).select(
        key, "periods_from_now", actual_quantity=pl.col("demand_quantity").cast(pl.Float64)
    )


def _seasonal_naive(closed: pl.DataFrame, key: str, season: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The demand of the same period a season before (`naive_quantity`), and its mean absolute error by last known period."""
    a_season_before = closed.select(key, pl.col("periods_from_now") + season, naive_quantity="actual_quantity")
    known = (
        closed.join(a_season_before, on=[key, "periods_from_now"])
        .sort(key, "periods_from_now")
        .select(
            key,
            last_known="periods_from_now",
            scale_quantity=(pl.col("actual_quantity") - pl.col("naive_quantity")).abs().cum_sum().over(key)
            / pl.int_range(1, pl.len() + 1).over(key),
        )
    )
    return a_season_before, known


def backtest_items(
    *,
    periods: pl.DataFrame,
    site_working_days: pl.DataFrame,
    item_period_history: pl.DataFrame,
    cleaned: CleanedDemand,
    members: pl.DataFrame,
    origins: int,
    per_working_day: bool,
    kept_pairs: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Backtest every item that is forecast with the express engine: the frame of contract ItemBacktest, and the pairs behind it.

    Frames are those of the contracts in core; `cleaned` and `members` those of the night's forecast. Each origin forecasts the history the
    night would have seen, promotions out and predecessors joined, puts back what was promoted in the period, as the plan does, and is held
    against the demand that came. An item is judged from its own first demand until its last listed day. `per_working_day` divides demand
    by working days before the fit and multiplies after. The pairs are to be given back as `kept_pairs` the next night.
    """
    season = int(periods["season_length_periods"][0])
    closed = _closed(item_period_history, "item_id").cast({"periods_from_now": pl.Int64})
    days = periods.join(site_working_days.filter(pl.col("site_id") == ""), on="period_start").select(
        "working_days", period_index=pl.col("periods_from_now").cast(pl.Int64)
    )
    pairs = backtest(
        to_daily_rate(cleaned.items, days) if per_working_day else cleaned.items,
        series=members.select(series_id="item_id", group_id="family_id"),
        season_length=season,
        horizon_periods=LAGS,
        origins=origins,
        last_period_index=LAST_CLOSED,
        kept_pairs=kept_pairs,
    )
    judged = _as_sold(pairs_from_daily_rate(pairs, days) if per_working_day else pairs, closed, cleaned.corrections, season)
    starts = periods.select("period_start", period_index=pl.col("periods_from_now").cast(pl.Int64))
    listed = (
        judged.join(members.select("item_id", "family_id", "phase_out_date"), left_on="series_id", right_on="item_id")
        .join(starts, on="period_index")
        .filter((pl.col("period_start") <= pl.col("phase_out_date")).fill_null(value=True))
        .select("family_id", *PAIRS_SCHEMA)
    )
    measured = measure_accuracy(listed, ["family_id", "series_id", "lag"])
    return measured.select("family_id", item_id="series_id", lag_periods="lag", **MEASURES), pairs


def _as_sold(pairs: pl.DataFrame, closed: pl.DataFrame, corrections: pl.DataFrame, season: int) -> pl.DataFrame:
    """Pairs of a backtest on cleaned histories, held against what was asked for, promotions put back into the forecast.

    What came is `closed`, from the first own demand of an item on: what it inherited was asked of another item.
    """
    a_season_before, known = _seasonal_naive(closed, "item_id", season)
    promoted = (
        corrections.filter(pl.col("kind").is_in(PROMOTED) & (pl.col("after") > 0))
        .sort("series_id", "period_index", "kind")
        .group_by("series_id", "period_index", maintain_order=True)
        .agg(put_back_ratio=(pl.col("before") / pl.col("after")).product())
    )
    cell, other = ["series_id", "period_index"], ["item_id", "periods_from_now"]
    return (
        pairs.select("series_id", "origin_index", "lag", "period_index", "forecast_quantity")
        .join(closed, left_on=cell, right_on=other)
        .join(a_season_before, left_on=cell, right_on=other, how="left")
        .join(known, left_on=["series_id", "origin_index"], right_on=["item_id", "last_known"], how="left")
        .join(promoted, on=cell, how="left")
        .with_columns(pl.col("forecast_quantity") * pl.col("put_back_ratio").fill_null(1.0))
        .select(*PAIRS_SCHEMA)
    )


def class_items(
    *,
    item_backtest: pl.DataFrame,
    periods: pl.DataFrame,
    items: pl.DataFrame,
    item_period_history: pl.DataFrame,
    item_prices: pl.DataFrame,
    item_costs: pl.DataFrame,
) -> pl.DataFrame:
    """Demand class (Syntetos–Boylan) of all of the history, ABC on the margin of the last season, XYZ on the error one period ahead.

    `item_backtest` as `backtest_items` returns it, the others core's: the frame of contract ItemClasses.
    """
    season = int(periods["season_length_periods"][0])
    members = items.filter(pl.col("family_id").is_not_null()).join(item_period_history, on="item_id", how="semi").sort("item_id")
    history = (
        _closed(item_period_history, "item_id")
        .join(members, on="item_id", how="semi")
        .select(series_id="item_id", period_index=pl.col("periods_from_now").cast(pl.Int64), quantity="actual_quantity")
    )
    margins = _margins(item_period_history, item_prices, item_costs, season)
    panel = prepare_history(history, members.select(series_id="item_id"), season_length=season, last_period_index=LAST_CLOSED).panel
    profile = profile_demand(panel, season)
    classes = pl.DataFrame(
        {
            "item_id": pl.Series(panel.series_ids, dtype=pl.String),
            "demand_class": pl.Series(profile.demand_class.tolist(), dtype=pl.String),
            "average_interval_periods": profile.average_interval,
            "squared_variation": profile.squared_variation,
        }
    )
    earning = (
        members.select("item_id")
        .join(margins.with_columns(was_shipped=True), on="item_id", how="left")
        .with_columns(margin_amount=pl.when(pl.col("was_shipped").fill_null(value=False)).then("margin_amount").otherwise(0.0))
        .filter(pl.col("margin_amount").is_not_null())
        .sort(pl.col("margin_amount"), pl.col("item_id"), descending=[True, False])
        .with_columns(gain=pl.col("margin_amount").clip(lower_bound=0.0))
        .with_columns(share_before=(pl.col("gain").cum_sum() - pl.col("gain")) / pl.col("gain").sum())
        .with_columns(
            abc_class=pl.when((pl.col("gain") > 0) & (pl.col("share_before") < A_SHARE))
            .then(pl.lit("A"))
            .when((pl.col("gain") > 0) & (pl.col("share_before") < B_SHARE))
            .then(pl.lit("B"))
            .otherwise(pl.lit("C"))
        )
        .select("item_id", "margin_amount", "abc_class")
    )
    error = item_backtest.filter(pl.col("lag_periods") == 1).select("item_id", error_ratio="wape_ratio")
    by_error = pl.when(pl.col("error_ratio") <= X_ERROR).then(pl.lit("X")).when(pl.col("error_ratio") <= Y_ERROR).then(pl.lit("Y"))
    return (
        members.select("item_id", "family_id")
        .join(classes, on="item_id", how="left")
        .join(earning, on="item_id", how="left")
        .join(error, on="item_id", how="left")
        .with_columns(
            pl.col("demand_class").fill_null("no_demand"),
            xyz_class=pl.when(pl.col("error_ratio").is_not_null()).then(by_error.otherwise(pl.lit("Z"))),
        )
    )


def _margins(item_period_history: pl.DataFrame, item_prices: pl.DataFrame, item_costs: pl.DataFrame, season: int) -> pl.DataFrame:
    """Margin of the last season's shipments at list price and standard cost; null where what was shipped lacks either.

    Items without shipments have no row.
    """
    cell = ["item_id", "period_start"]
    shipped = item_period_history.filter(pl.col("periods_from_now").is_between(-season, -1) & (pl.col("shipped_quantity") != 0))
    return (
        shipped.join(item_prices.select(*cell, "net_price_amount"), on=cell, how="left")
        .join(item_costs.select(*cell, "total_cost_amount"), on=cell, how="left")
        .sort(cell)
        .with_columns(margin=pl.col("shipped_quantity") * (pl.col("net_price_amount") - pl.col("total_cost_amount")))
        .group_by("item_id", maintain_order=True)
        .agg(margin_amount=pl.when(pl.col("margin").null_count() == 0).then(pl.col("margin").sum().round(6)))
    )
