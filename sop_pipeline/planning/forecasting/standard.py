"""statsforecast's models on seasonally adjusted demand, and the seasonality test of the M competitions.

Our own models stay out.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from sop_pipeline.planning.forecasting.panel import Flags, Floats

USUAL_LEVEL = 1024.0  # the optimisers start from absolute values, so every series is brought to this size by a power of two
SERIES_WORTH_A_PROCESS = 2000  # a new process imports statsforecast for several seconds before it fits anything
SEASONALITY_LIMIT = 1.645  # one-sided 5 % of the normal distribution, as in the M competitions

LIBRARY_MODELS = ("theta", "dynamic_optimized_theta", "complex_smoothing")


def fit_library_models(histories: Sequence[Floats], horizon: int, workers: int = 1) -> Floats:
    """Forecast each adjusted history (oldest first, positive) with each library model; models x horizon x series, NaN where it failed.

    Series are independent, so the result does not depend on `workers`; processes start only where there is work for
    them.
    """
    processes = min(workers, len(histories) // SERIES_WORTH_A_PROCESS)
    if processes < 2:
        return _fit(histories, horizon)
    parts = [histories[start::processes] for start in range(processes)]
    forecast = np.empty((len(LIBRARY_MODELS), horizon, len(histories)))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for start, part in enumerate(pool.map(_fit, parts, [horizon] * processes)):
            forecast[:, :, start::processes] = part
    return forecast


def is_seasonal(values: Floats, season_length: int) -> Flags:
    """True where the autocorrelation of the demand at one season is significant at 5 % and three seasons are there."""
    lengths = np.isfinite(values).sum(axis=0)
    known = np.isfinite(values)
    largest = np.maximum(np.where(known, values, 0.0).max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    relative = np.where(known, values / largest, 0.0)
    centred = np.where(known, relative - relative.sum(axis=0) / np.maximum(lengths, 1), 0.0)
    variation = (centred**2).sum(axis=0)
    autocorrelation = np.zeros((season_length, values.shape[1]))
    for lag in range(1, min(season_length, len(values) - 1) + 1):
        autocorrelation[lag - 1] = (centred[lag:] * centred[:-lag]).sum(axis=0) / np.maximum(variation, 1e-300)
    limit = SEASONALITY_LIMIT * np.sqrt((1 + 2 * (autocorrelation[:-1] ** 2).sum(axis=0)) / np.maximum(lengths, 1))
    return (lengths >= 3 * season_length) & (np.abs(autocorrelation[-1]) > limit)


def _fit(histories: Sequence[Floats], horizon: int) -> Floats:
    from statsforecast.models import AutoCES, DynamicOptimizedTheta, Theta  # noqa: PLC0415 - the import costs seconds

    models: tuple[Any, ...] = (Theta(season_length=1), DynamicOptimizedTheta(season_length=1), AutoCES(season_length=1, model="N"))
    forecast = np.full((len(models), horizon, len(histories)), np.nan)
    for series, history in enumerate(histories):
        unit = 2.0 ** np.floor(np.log2(np.mean(history))) / USUAL_LEVEL
        for row, model in enumerate(models):
            try:
                forecast[row, :, series] = model.forecast(y=history / unit, h=horizon)["mean"] * unit
            except Exception:  # noqa: BLE001, S112 - the library raises bare Exceptions; NaN hands the series to the fallbacks, which name the model
                continue
    return forecast
