"""One ridge regression with direct horizons for all series of a pool, refitted each cycle.

Seasonal adjustment and choice of pools stay out.
"""

import numpy as np

from sop_pipeline.planning.forecasting.panel import Counts, Floats

WINDOWS = 60  # the most recent starting points of each series teach, older ones do not
SCALE_FLOOR = 2e-3  # a series that never moves must not divide by 0
SHORT_SCALE = 0.1


def pooled_ridge(logs: Floats, pools: Counts, *, horizon: int, season_length: int, penalty: float, repeat_periods: int) -> Floats:
    """Forecast each log series from its last two seasons by the regression its pool shares; horizon x series.

    `logs`: periods x series, NaN before the start; `pools`: pool number per series. A window holds two seasons of
    lags and a constant, less the mean of its last season, over the mean absolute seasonal difference of its series.
    Every horizon has its own coefficients, learned from all windows whose future has closed that far. A series weighs
    1 in its pool whatever its length; one round of Huber reweighting by the mean absolute residual of a window keeps
    wild ones from leading. Horizons beyond what the pool could learn repeat the last `repeat_periods` learned (1 for
    adjusted series, a season for raw ones); without that many, and for series below two seasons, the forecast is NaN.
    """
    forecast = np.full((horizon, logs.shape[1]), np.nan)
    for pool in np.unique(pools):
        members = np.flatnonzero(pools == pool)
        forecast[:, members] = _one_pool(np.ascontiguousarray(logs[:, members]), horizon, season_length, penalty)
    for step in range(repeat_periods, horizon):
        forecast[step] = np.where(np.isfinite(forecast[step]), forecast[step], forecast[step - repeat_periods])
    return forecast


def seasonal_scale(logs: Floats, season_length: int) -> Floats:
    """Mean absolute seasonal difference of each series; the one-period difference where it is hardly longer than a season."""
    lengths = np.isfinite(logs).sum(axis=0)
    seasonal = _mean_absolute(logs[season_length:] - logs[:-season_length])
    stepwise = _mean_absolute(np.diff(logs, axis=0))
    scale = np.where(lengths > season_length + 3, seasonal, np.where(lengths > 1, stepwise, SHORT_SCALE))
    return scale + SCALE_FLOOR


def _mean_absolute(differences: Floats) -> Floats:
    known = np.isfinite(differences)
    return np.where(known, np.abs(differences), 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _one_pool(logs: Floats, horizon: int, season_length: int, penalty: float) -> Floats:
    periods = len(logs)
    lags = 2 * season_length
    scale = seasonal_scale(logs, season_length)
    lengths = np.isfinite(logs).sum(axis=0)
    futures = range(1, min(WINDOWS + horizon - 1, periods - lags) + 1)
    weight = _series_weights(lengths, lags, horizon)

    def window(closed: int) -> tuple[Floats, Floats, Counts]:
        """The windows that ended `closed` periods ago: regressors, level, and the series that have one."""
        columns = np.flatnonzero(lengths >= lags + closed)
        past = logs[periods - closed - lags : periods - closed, columns]
        level = past[-season_length:].mean(axis=0)
        return np.concatenate([(past - level) / scale[columns], np.ones((1, len(columns)))]), level, columns

    def targets(closed: int, level: Floats, columns: Counts) -> Floats:
        reach = min(closed, horizon)
        return (logs[periods - closed : periods - closed + reach, columns] - level) / scale[columns]

    row_weights = {closed: weight[lengths >= lags + closed] for closed in futures}
    coefficients = np.full((horizon, lags + 1), np.nan)
    for final in (False, True):
        grams, products = np.zeros((horizon, lags + 1, lags + 1)), np.zeros((horizon, lags + 1))
        for closed in futures:
            regressors, level, columns = window(closed)
            weighted = regressors * row_weights[closed]
            reach = min(closed, horizon)
            grams[reach - 1] += weighted @ regressors.T
            products[:reach] += targets(closed, level, columns) @ weighted.T
        coefficients = _solve(np.cumsum(grams[::-1], axis=0)[::-1], products, penalty)
        if not final:
            residuals = {}
            for closed in futures:
                regressors, level, columns = window(closed)
                reach = min(closed, horizon)
                residuals[closed] = np.abs(targets(closed, level, columns) - coefficients[:reach] @ regressors).mean(axis=0)
            if not residuals:
                return np.full((horizon, logs.shape[1]), np.nan)
            typical = float(np.median(np.concatenate(list(residuals.values()))))
            row_weights = {closed: row_weights[closed] * typical / np.maximum(residuals[closed], max(typical, 1e-12)) for closed in futures}
    regressors, level, columns = window(0)
    forecast = np.full((horizon, logs.shape[1]), np.nan)
    forecast[:, columns] = level + (coefficients @ regressors) * scale[columns]
    return forecast


def _series_weights(lengths: Counts, lags: int, horizon: int) -> Floats:
    windows = np.clip(lengths - lags - horizon + 1, 1, WINDOWS)
    return 1.0 / windows


def _solve(grams: Floats, products: Floats, penalty: float) -> Floats:
    """Coefficients per horizon; NaN where no window reaches that far.

    The penalty is per thousand of the mean square regressor.
    """
    size = grams.shape[1]
    mean_square = np.trace(grams, axis1=1, axis2=2) / size
    coefficients = np.full(products.shape, np.nan)
    learned = mean_square > 0
    ridge = grams[learned] + (penalty * 1e-3 * mean_square[learned])[:, None, None] * np.eye(size)
    coefficients[learned] = np.linalg.solve(ridge, products[learned][:, :, None])[:, :, 0]
    return coefficients
