"""The same forecasts on a local cluster as on this machine; each backend is an extra."""

import importlib.util
import shutil

import numpy as np
import pytest

from sop_pipeline.planning.forecasting.distributed import fit_on_cluster
from sop_pipeline.planning.forecasting.library import COMPLEX_SMOOTHING, DYNAMIC_THETA, fit_library_model

MODELS = (DYNAMIC_THETA, COMPLEX_SMOOTHING)


def histories():
    generator = np.random.default_rng(5)
    return [level * np.exp(generator.normal(0, 0.1, length)) for level, length in ((1.0, 40), (5e6, 30), (80.0, 24), (1e-3, 40))]


def assert_the_same_as_here(backend):
    for model in MODELS:
        here = fit_library_model(model, histories(), 5)
        there = fit_library_model(model, histories(), 5, distributed=backend)
        assert there == pytest.approx(here, rel=1e-5)


@pytest.mark.campaign
@pytest.mark.skipif(importlib.util.find_spec("dask") is None, reason="needs the extra")
def test_a_dask_cluster_forecasts_the_same():
    from dask.distributed import Client, LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
        assert_the_same_as_here("dask")
        failed = fit_library_model(DYNAMIC_THETA, [np.array([5.0, 6.0]), np.full(30, 7.0)], 3, distributed="dask")
        assert np.isnan(failed[:, 0]).all()
        assert np.isfinite(failed[:, 1]).all()


@pytest.mark.campaign
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra")
def test_a_ray_cluster_forecasts_the_same():
    import ray

    ray.init(num_cpus=1, include_dashboard=False)
    try:
        assert_the_same_as_here("ray")
    finally:
        ray.shutdown()


@pytest.mark.campaign
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None or shutil.which("java") is None, reason="needs the extra and Java")
def test_a_spark_that_is_started_here_forecasts_the_same_with_the_packages_of_this_python(monkeypatch: pytest.MonkeyPatch):
    from pyspark.sql import SparkSession

    # What the call sets is undone after the test.
    monkeypatch.setenv("PYSPARK_PYTHON", "unset next")
    monkeypatch.delenv("PYSPARK_PYTHON")
    # Nothing of it listens beyond this machine.
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        assert_the_same_as_here("spark")
    finally:
        SparkSession.builder.getOrCreate().stop()


@pytest.mark.parametrize("backend", ["dask", "ray", "spark"])
def test_a_backend_that_is_not_installed_says_what_to_install(backend):
    if importlib.util.find_spec({"spark": "pyspark"}.get(backend, backend)):
        pytest.skip("the message is for those without the extra")
    with pytest.raises(ModuleNotFoundError, match=rf"install sop-pipeline\[{backend}\]"):
        fit_library_model(DYNAMIC_THETA, histories(), 3, distributed=backend)


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match="backend 'abacus' is none of dask, ray, spark"):
        fit_on_cluster(None, [], 3, "abacus")
