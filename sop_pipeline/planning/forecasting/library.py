"""The models of statsforecast on seasonally adjusted demand, one series at a time. Seasonal adjustment and our own models stay out."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from sop_pipeline.planning.forecasting.distributed import Backend, fit_on_cluster
from sop_pipeline.planning.forecasting.panel import Floats

USUAL_LEVEL = 1024.0  # the optimisers start from absolute values, so every series is brought to this size by a power of two
SERIES_WORTH_A_PROCESS = 2000  # a new process imports statsforecast for several seconds before it fits anything

DYNAMIC_THETA, COMPLEX_SMOOTHING, DAMPED_ETS = "dynamic_optimized_theta", "complex_smoothing", "damped_ets"


def fit_library_model(
    model: str, histories: Sequence[Floats], horizon: int, *, workers: int = 1, distributed: Backend | None = None
) -> Floats:
    """Forecast each adjusted history (oldest first, positive) with one of the library's models; horizon x series, NaN where it failed.

    Series are independent, so the result does not depend on `workers`; processes start only where there is work for them.
    `distributed`: fit on a cluster instead, see `fit_on_cluster`.
    """
    units = [2.0 ** np.floor(np.log2(np.mean(history))) / USUAL_LEVEL for history in histories]
    scaled = [history / unit for history, unit in zip(histories, units, strict=True)]
    if distributed is not None:
        return fit_on_cluster(_model(model), scaled, horizon, distributed) * np.array(units)
    return _fit_here(model, scaled, horizon, workers) * np.array(units)


def _fit_here(model: str, histories: Sequence[Floats], horizon: int, workers: int) -> Floats:
    processes = min(workers, len(histories) // SERIES_WORTH_A_PROCESS)
    if processes < 2:
        return _fit(model, histories, horizon)
    parts = [histories[start::processes] for start in range(processes)]
    forecast = np.empty((horizon, len(histories)))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for start, part in enumerate(pool.map(_fit, [model] * processes, parts, [horizon] * processes)):
            forecast[:, start::processes] = part
    return forecast


def _model(name: str) -> Any:
    """A model of the library; a new one is one line here."""
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta  # noqa: PLC0415 - the import costs seconds

    return {
        DYNAMIC_THETA: DynamicOptimizedTheta(season_length=1),
        COMPLEX_SMOOTHING: AutoCES(season_length=1, model="N"),
        DAMPED_ETS: AutoETS(season_length=1, model="ZZN", damped=True),
    }[name]


def _fit(name: str, histories: Sequence[Floats], horizon: int) -> Floats:
    model = _model(name)
    forecast = np.full((horizon, len(histories)), np.nan)
    for series, history in enumerate(histories):
        try:
            forecast[:, series] = model.forecast(y=history, h=horizon)["mean"]
        except Exception:  # noqa: BLE001, S112 - the library raises bare Exceptions; NaN hands the series to the fallbacks, which name the model
            continue
    return forecast
