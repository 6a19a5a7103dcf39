"""The models of statsforecast on a Dask, Ray or Spark cluster, for very many series. Fitting on this machine stays in `library`."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from sop_pipeline.planning.forecasting.panel import Floats

Backend = Literal["dask", "ray", "spark"]

SERIES_PER_PARTITION = 2000  # smaller ones spend more on shuffling than on fitting


def fit_on_cluster(model: Any, histories: Sequence[Floats], horizon: int, backend: Backend) -> Floats:
    """Forecast histories (oldest first) with a model of the library through its Fugue backend; horizon x series, NaN where it failed.

    Runs on whatever cluster the process is connected to (a Dask client, an initialised Ray, an active Spark session), or on a local one
    that the backend starts. Results come back in single precision: within 1e-6 of those of this machine, relative to their size.

    Raises ModuleNotFoundError, with what to install, where the backend is not there.
    """
    try:
        to_cluster = BACKENDS[backend]
    except KeyError:
        raise ValueError(f"forecast backend {backend!r} is none of {', '.join(BACKENDS)}") from None
    from statsforecast import StatsForecast  # noqa: PLC0415 - the import costs seconds
    from statsforecast.models import WindowAverage  # noqa: PLC0415

    if not histories:
        return np.empty((horizon, 0))
    # A window longer than any history averages to NaN: the way to hear of a failed model without losing the run.
    nothing = WindowAverage(window_size=10**9)
    try:
        answer = to_cluster(_long_frame(histories), lambda frame: _forecast(StatsForecast, model, nothing, frame, horizon))
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"forecast.distributed is {backend}, but {error.name} is not installed: install sop-pipeline[{backend}], or leave it empty"
        ) from error
    answer = answer.sort_values(["unique_id", "ds"])
    (column,) = set(answer.columns) - {"unique_id", "ds"}
    return answer[column].to_numpy(dtype=np.float64, na_value=np.nan).reshape(len(histories), horizon).T


def _forecast(library: Any, model: Any, nothing: Any, frame: Any, horizon: int) -> Any:
    return library(models=[model], freq=1, fallback_model=nothing).forecast(df=frame, h=horizon)


def _long_frame(histories: Sequence[Floats]) -> Any:
    """One row per series and period for the library: ids that sort as the series stand, periods counted to the same end."""
    import pandas as pd  # noqa: PLC0415 - the backends speak pandas, this project does not

    lengths = [len(history) for history in histories]
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"{i:09d}" for i in range(len(histories))], lengths),
            "ds": np.concatenate([np.arange(-length, 0) for length in lengths]),
            "y": np.concatenate(histories),
        }
    )


def _on_dask(frame: Any, forecast: Callable[[Any], Any]) -> Any:
    import dask.dataframe as dd  # noqa: PLC0415 - an extra

    return forecast(dd.from_pandas(frame, npartitions=_partitions(frame))).compute()


def _on_ray(frame: Any, forecast: Callable[[Any], Any]) -> Any:
    import fugue_ray.registry  # noqa: F401, PLC0415 - importing it makes Ray known to Fugue
    import ray  # noqa: PLC0415 - an extra

    return forecast(ray.data.from_pandas(frame).repartition(_partitions(frame))).to_pandas()


def _on_spark(frame: Any, forecast: Callable[[Any], Any]) -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

    session = SparkSession.getActiveSession()
    if session is None:
        # Workers on this machine would start the `python3` of the path, which need not have the packages of this one.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        session = SparkSession.builder.getOrCreate()
    return forecast(session.createDataFrame(frame).repartition(_partitions(frame), "unique_id")).toPandas()


def _partitions(frame: Any) -> int:
    return max(int(frame["unique_id"].nunique()) // SERIES_PER_PARTITION, 1)


BACKENDS: Mapping[str, Callable[[Any, Callable[[Any], Any]], Any]] = {"dask": _on_dask, "ray": _on_ray, "spark": _on_spark}
