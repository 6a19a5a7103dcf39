"""The models of statsforecast on seasonally adjusted demand, one of them vectorised. Seasonal adjustment and our own models stay out."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from sop_pipeline.planning.forecasting.distributed import Backend, fit_on_cluster
from sop_pipeline.planning.forecasting.dynamic_theta import dynamic_theta
from sop_pipeline.planning.forecasting.panel import Floats

# The optimisers start from absolute values and stop at absolute differences, so every series is brought to this size by a power of two; a
# larger one costs Theta a quarter more time and moves its forecasts by less than a ten-thousandth.
USUAL_LEVEL = 32.0
SERIES_WORTH_A_PROCESS = 2000  # a new process takes a second or more to start before it fits anything

DYNAMIC_THETA, COMPLEX_SMOOTHING, DAMPED_ETS = "dynamic_optimized_theta", "complex_smoothing", "damped_ets"
# The same numbers at a seventh of the library's cost; on a cluster the library's own is as quick.
VECTORISED: Mapping[str, Callable[[Sequence[Floats], int], Floats]] = {DYNAMIC_THETA: dynamic_theta}
# Where the search for the smoothing constant begins and must stay, real and imaginary part. With an imaginary part of 1 this is simple
# smoothing by the real part less 1. Below that, old errors would weigh more than new ones: noise without level or trend is fitted best
# there, by a balance so fine that a search for it hardly ever ends.
START, LOWEST, HIGHEST = (np.array(constant) for constant in ((1.3, 1.0), (1.0, 0.01), (1.8, 1.9)))


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
    at_once = process_count(len(histories), workers)
    if at_once == 1:
        return _fit(model, histories, horizon)
    parts = [histories[start::at_once] for start in range(at_once)]
    forecast = np.empty((horizon, len(histories)))
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        for start, part in enumerate(pool.map(_fit, [model] * at_once, parts, [horizon] * at_once)):
            forecast[:, start::at_once] = part
    return forecast


def process_count(series: int, workers: int) -> int:
    """How many processes so many series are worth; 1 is this one."""
    return max(min(workers, series // SERIES_WORTH_A_PROCESS), 1)


def _model(name: str) -> Any:
    """A model of the library; a new one is one line here."""
    from statsforecast.models import AutoETS, DynamicOptimizedTheta  # noqa: PLC0415 - the import costs seconds

    models: Mapping[str, Callable[[], Any]] = {
        DYNAMIC_THETA: lambda: DynamicOptimizedTheta(season_length=1),
        COMPLEX_SMOOTHING: _bounded_smoothing,
        DAMPED_ETS: lambda: AutoETS(season_length=1, model="ZZN", damped=True),
    }
    return models[name]()


def _bounded_smoothing() -> Any:
    """Complex smoothing with its search held where new errors weigh most, which `AutoCES` does not offer."""
    from statsforecast import ces  # noqa: PLC0415 - the import costs seconds
    from statsforecast.models import AutoCES  # noqa: PLC0415

    start, lower, upper, unset = START, LOWEST, HIGHEST, float("nan")

    # Defined here, a class goes to the workers of a cluster by value: they need the library, not this package.
    class BoundedSmoothing(AutoCES):  # type: ignore[misc, unused-ignore]
        def forecast(self, y: Floats, h: int, **_how: Any) -> dict[str, Floats]:  # type: ignore[override, unused-ignore]
            if (y == y[0]).all():
                return {"mean": np.full(h, y[0])}
            states = ces.initstate(y, 1, "N")
            optimised = (start, lower, upper, *start, unset, unset, True, True, False, False)
            real, imaginary = ces._ces.optimize(*optimised, y, 1, states, 2, "N", 3)[0]  # noqa: SLF001
            fitted = ces.auto_ces(y, m=1, model="N", alpha_0=real, alpha_1=imaginary)
            return {"mean": ces.forecast_ces(fitted, h)["mean"]}

    return BoundedSmoothing(season_length=1, model="N")


def _fit(name: str, histories: Sequence[Floats], horizon: int) -> Floats:
    if name in VECTORISED:
        return VECTORISED[name](histories, horizon)
    return fit_one_by_one(_model(name), histories, horizon)


def fit_one_by_one(model: Any, histories: Sequence[Floats], horizon: int) -> Floats:
    """Forecast each history with a model of the library; horizon x series, NaN where it failed."""
    forecast = np.full((horizon, len(histories)), np.nan)
    for series, history in enumerate(histories):
        try:
            forecast[:, series] = model.forecast(y=history, h=horizon)["mean"]
        except Exception:  # noqa: BLE001, S112 - the library raises bare Exceptions; NaN hands the series to the fallbacks, which name the model
            continue
    return forecast
