"""One ridge regression with direct horizons for all series of a pool, refitted each cycle.

Seasonal adjustment and choice of pools stay out.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sop_pipeline.planning.forecasting.panel import Counts, Floats, take_series

WINDOWS = 60  # the most recent starting points of each series teach, older ones do not
SCALE_FLOOR = 2e-3  # a series that never moves must not divide by 0
SHORT_SCALE = 0.1
SMALLEST_RESIDUAL = 1e-12
KEPT_SERIES = 2000  # windows of larger pools are cut anew for each pass: keeping them would take gigabytes


def pooled_ridge(logs: Floats, pools: Counts, *, horizon: int, season_length: int, penalty: float, repeat_periods: int) -> Floats:
    """Forecast each log series from its last two seasons by the regression its pool shares; horizon x series.

    `logs`: periods x series, NaN before the start; `pools`: pool number per series. A window holds two seasons of
    lags and a constant, less the mean of its last season, over the mean absolute seasonal difference of its series.
    Every horizon has its own coefficients, learned from all windows whose future has closed that far. A series weighs
    1 in its pool whatever its length; one round of Huber reweighting by the mean absolute residual of a window keeps
    wild ones from leading. Horizons beyond what the pool could learn repeat the last `repeat_periods` learned (1 for
    adjusted series, a season for raw ones); those with none to repeat are NaN, as are
    series below two seasons.
    """
    forecast = np.full((horizon, logs.shape[1]), np.nan)
    for pool in np.unique(pools):
        members = np.flatnonzero(pools == pool)
        forecast[:, members] = _one_pool(take_series(logs, members), horizon, season_length, penalty)
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
    scale = seasonal_scale(logs, season_length)
    windows = _Windows(logs / scale, np.isfinite(logs).sum(axis=0), horizon, season_length)
    forecast = np.full((horizon, logs.shape[1]), np.nan)
    if not windows.closed:
        return forecast
    coefficients = _solve(*_normal_equations(windows, windows.series_weights()), penalty)
    residuals = {}
    for closed in windows.closed:
        regressors, targets, _ = windows.at(closed)
        residuals[closed] = np.abs(targets - coefficients[: len(targets)] @ regressors).mean(axis=0)
    typical = max(float(np.median(np.concatenate(list(residuals.values())))), SMALLEST_RESIDUAL)
    huber = {closed: weight * typical / np.maximum(residuals[closed], typical) for closed, weight in windows.series_weights().items()}
    coefficients = _solve(*_normal_equations(windows, huber), penalty)
    regressors, _, level = windows.at(0)
    columns = windows.columns(0)
    forecast[:, columns] = (level + coefficients @ regressors) * scale[columns]
    return forecast


@dataclass(frozen=True)
class _Windows:
    """All windows of a pool, named by the number of periods that have closed since they ended; `scaled`: logs over their scale."""

    scaled: Floats
    lengths: Counts
    horizon: int
    season_length: int
    kept: dict[int, tuple[Floats, Floats, Floats]] = field(default_factory=dict)

    @property
    def lags(self) -> int:
        return 2 * self.season_length

    @functools.cached_property
    def closed(self) -> range:
        """Windows that teach: those with a future, the most recent ones."""
        longest = int(self.lengths.max(initial=0)) - self.lags
        return range(1, min(WINDOWS + self.horizon - 1, longest) + 1)

    def columns(self, closed: int) -> Counts:
        return np.flatnonzero(self.lengths >= self.lags + closed)

    def at(self, closed: int) -> tuple[Floats, Floats, Floats]:
        """Regressors (lags and a constant x series), targets (reach x series) and level of the series that have this window."""
        if closed in self.kept:
            return self.kept[closed]
        window = self._cut(closed)
        if len(self.lengths) <= KEPT_SERIES:
            self.kept[closed] = window
        return window

    def _cut(self, closed: int) -> tuple[Floats, Floats, Floats]:
        end = len(self.scaled) - closed
        columns = self.columns(closed)
        rows = self.scaled[end - self.lags : end + min(closed, self.horizon)]
        # The older windows lack the young series; the recent ones, most of them, need no copy.
        rows = rows if len(columns) == rows.shape[1] else take_series(rows, columns)
        level = rows[self.season_length : self.lags].mean(axis=0)
        regressors = np.empty((self.lags + 1, len(columns)))
        np.subtract(rows[: self.lags], level, out=regressors[:-1])
        regressors[-1] = 1.0
        return regressors, rows[self.lags :] - level, level

    def series_weights(self) -> dict[int, Floats]:
        """Weight of each window such that those with a full future sum to 1 per series."""
        weight = 1.0 / np.clip(self.lengths - self.lags - self.horizon + 1, 1, WINDOWS)
        return {closed: weight[self.columns(closed)] for closed in self.closed}


def _normal_equations(windows: _Windows, weights: Mapping[int, Floats]) -> tuple[Floats, Floats]:
    """Gram matrix and products per horizon: a window counts for the horizons that have closed since."""
    size = windows.lags + 1
    grams, products = np.zeros((windows.horizon, size, size)), np.zeros((windows.horizon, size))
    for closed in windows.closed:
        regressors, targets, _ = windows.at(closed)
        weighted = regressors * weights[closed]
        grams[len(targets) - 1] += weighted @ regressors.T
        products[: len(targets)] += targets @ weighted.T
    return np.cumsum(grams[::-1], axis=0)[::-1], products


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
