"""The models of statsforecast on seasonally adjusted demand, by the library or the same vectorised. Seasonal adjustment stays out."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from sop_pipeline.planning.forecasting.distributed import Backend, fit_on_cluster
from sop_pipeline.planning.forecasting.dynamic_theta import dynamic_theta
from sop_pipeline.planning.forecasting.panel import Floats

# The optimisers start from absolute values and stop at absolute differences, so every series is brought to this size by a power of two; a
# larger one costs Theta a quarter more time and moves its forecasts by less than a ten-thousandth.
USUAL_LEVEL = 32.0
SERIES_WORTH_A_PROCESS = 2000  # a new process imports statsforecast for several seconds before it fits anything

DYNAMIC_THETA, COMPLEX_SMOOTHING, DAMPED_ETS = "dynamic_optimized_theta", "complex_smoothing", "damped_ets"
VECTORISED: Mapping[str, Callable[[Sequence[Floats], int], Floats]] = {DYNAMIC_THETA: dynamic_theta}
# The search of complex smoothing lets other threads of the process run, that of the others does not; more threads than this gain nothing.
THREADS: Mapping[str, int] = {COMPLEX_SMOOTHING: 2}
# A search takes two milliseconds; a thread that waits five for its turn, as usual, leaves the second core idle.
SWITCH_SECONDS = 0.0005


def fit_library_model(
    model: str, histories: Sequence[Floats], horizon: int, *, workers: int = 1, distributed: Backend | None = None
) -> Floats:
    """Forecast each adjusted history (oldest first, positive) with one of the library's models; horizon x series, NaN where it failed.

    What is `VECTORISED` needs no library here and gives its numbers. Series are independent, so the result does not depend on `workers`;
    processes start only where there is work for them. `distributed`: fit on a cluster instead, see `fit_on_cluster`.
    """
    units = [2.0 ** np.floor(np.log2(np.mean(history))) / USUAL_LEVEL for history in histories]
    scaled = [history / unit for history, unit in zip(histories, units, strict=True)]
    if distributed is not None:
        return fit_on_cluster(_model(model), scaled, horizon, distributed) * np.array(units)
    if model in VECTORISED:
        return VECTORISED[model](scaled, horizon) * np.array(units)
    return _fit_here(model, scaled, horizon, workers) * np.array(units)


def _fit_here(model: str, histories: Sequence[Floats], horizon: int, workers: int) -> Floats:
    at_once = process_count(len(histories), workers)
    pool: Executor
    if at_once > 1:
        pool = ProcessPoolExecutor(at_once, mp_context=get_context("spawn"))
    else:
        at_once = THREADS.get(model, 1)
        pool = ThreadPoolExecutor(at_once)
    parts = [histories[start::at_once] for start in range(at_once)]
    forecast = np.empty((horizon, len(histories)))
    with pool:
        for start, part in enumerate(pool.map(_fit, [model] * at_once, parts, [horizon] * at_once)):
            forecast[:, start::at_once] = part
    return forecast


@contextlib.contextmanager
def quick_turns() -> Iterator[None]:
    """Threads of this process take turns more often meanwhile."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def process_count(series: int, workers: int) -> int:
    """How many processes so many series are worth; 1 is this one."""
    return max(min(workers, series // SERIES_WORTH_A_PROCESS), 1)


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
