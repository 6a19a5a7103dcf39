"""One gradient boosting model for all series of a pool, the extra member of the `max` engine. Every other member stays out."""

import numpy as np

from sop_pipeline.planning.forecasting.panel import Counts, Floats, take_series
from sop_pipeline.planning.forecasting.ridge import seasonal_scale

WINDOWS = 60  # the most recent starting points of each series teach
STRIDE = 3  # of the windows and horizons every third pair: neighbours hardly differ
TREES = 80
PARAMETERS = {
    "objective": "l1",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 200,
    "max_bin": 63,
    "verbose": -1,
    # One thread and fixed rows: the same bytes every night.
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
}


def pooled_boosting(logs: Floats, horizon: int, season_length: int) -> Floats:
    """Forecast adjusted log series by one LightGBM model over all of them, the horizon being one of its inputs; horizon x series.

    `logs`: periods x series, NaN before the start. Inputs are the last two seasons less the mean of the last one, over the mean absolute
    seasonal difference of the series, the horizon and that difference. NaN where nothing can be learned and for series below two seasons.

    Raises ModuleNotFoundError, with what to install, where LightGBM is not there.
    """
    try:
        import lightgbm  # noqa: PLC0415 - an extra that only this engine needs
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the forecast engine 'max' needs LightGBM: install sop-pipeline[max], or set forecast.engine to standard"
        ) from error
    forecast = np.full((horizon, logs.shape[1]), np.nan)
    scale = seasonal_scale(logs, season_length)
    lengths = np.isfinite(logs).sum(axis=0)
    rows = _teaching_rows(logs / scale, lengths, scale, horizon, season_length)
    if rows is None:
        return forecast
    inputs, targets, weights = rows
    model = lightgbm.train(PARAMETERS, lightgbm.Dataset(inputs, targets, weight=weights), TREES)
    columns = np.flatnonzero(lengths >= 2 * season_length)
    past, level = _window(logs / scale, columns, len(logs), season_length)
    for step in range(1, horizon + 1):
        predicted = np.asarray(model.predict(_inputs(past, step, scale[columns]), num_threads=1))
        forecast[step - 1, columns] = (predicted + level) * scale[columns]
    return forecast


def _teaching_rows(
    scaled: Floats, lengths: Counts, scale: Floats, horizon: int, season_length: int
) -> tuple[Floats, Floats, Floats] | None:
    """Inputs, targets and weights of all windows whose future has closed; a series weighs the same whatever its length."""
    periods, lags = len(scaled), 2 * season_length
    series_weight = 1.0 / np.clip(lengths - lags - horizon + 1, 1, WINDOWS)
    inputs, targets, weights = [], [], []
    for closed in range(1, min(WINDOWS + horizon - 1, periods - lags) + 1):
        columns = np.flatnonzero(lengths >= lags + closed)
        if not len(columns):
            break
        past, level = _window(scaled, columns, periods - closed, season_length)
        for step in range(1, min(closed, horizon) + 1):
            if (closed + step) % STRIDE == 0:
                inputs.append(_inputs(past, step, scale[columns]))
                targets.append(scaled[periods - closed + step - 1, columns] - level)
                weights.append(series_weight[columns])
    if not inputs:
        return None
    return np.concatenate(inputs), np.concatenate(targets), np.concatenate(weights)


def _window(scaled: Floats, columns: Counts, end: int, season_length: int) -> tuple[Floats, Floats]:
    """The two seasons before `end` less the mean of the last one (series x lags), and that mean."""
    past = take_series(scaled[end - 2 * season_length : end], columns)
    level = past[-season_length:].mean(axis=0)
    return (past - level).T, level


def _inputs(past: Floats, step: int, scale: Floats) -> Floats:
    return np.column_stack([past, np.full(len(past), float(step)), scale])
