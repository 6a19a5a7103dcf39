"""Measure an engine on a set of monthly series: accuracy against Naive2 as in the M4 competition, coverage, cost. No model lives here.

    python benchmarks/forecast.py --train T.parquet --test T.parquet --season 12 --horizon 18 --engine standard [--out F.parquet] [--json]

The frames hold `unique_id`, `ds` (a date) or `t` (an integer), and `y`. Series may end at different times: each is forecast from its own
end. `--out` writes `unique_id, h, forecast, lower_80, upper_80`. `--backtest-origins 12` times a backtest of the same series with the
express engine, `--reconcile-items 10000` the reconciliation of so many made-up items with families of fifty.
"""

import argparse
import json
import math
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.accuracy import naive2, relative_error, scaled_error, symmetric_error
from sop_pipeline.planning.forecasting.backtest import backtest
from sop_pipeline.planning.forecasting.members import ENGINES
from sop_pipeline.planning.forecasting.panel import Floats, stack
from sop_pipeline.planning.forecasting.reconcile import reconcile_families

COVERAGE_PERCENT = 80


def main() -> None:
    """Read, forecast, score, print."""
    arguments = _arguments()
    train, test = (
        pl.read_parquet(path).with_columns(pl.col("unique_id").cast(pl.String).alias("series_id"))
        for path in (arguments.train, arguments.test)
    )
    series_ids = sorted(set(train["series_id"]) & set(test["series_id"]))
    if not series_ids:
        sys.exit(f"no unique_id of {arguments.test} stands in {arguments.train}; both frames must name the series alike")
    history, actual = _history(train, series_ids, arguments.season), _actual(test, series_ids, arguments.horizon)
    if arguments.engine != "express":
        import statsforecast.models  # noqa: F401, PLC0415 - the import costs seconds and is not what is measured

    wall, cpu = time.perf_counter(), _cpu_seconds()
    result = forecast_items(
        history,
        series=pl.DataFrame({"series_id": series_ids}),
        horizon_periods=arguments.horizon,
        season_length=arguments.season,
        engine=arguments.engine,
        levels=(COVERAGE_PERCENT,),
        workers=arguments.workers,
    )
    wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
    score = _score(result.forecasts, history, series_ids, actual, arguments.season)
    score |= {
        "engine": arguments.engine,
        "series": len(series_ids),
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "cpu_ms_per_series": 1000 * cpu / len(series_ids),
        "peak_memory_gigabytes": _peak_memory_gigabytes(),
    }
    if arguments.backtest_origins:
        score["backtest_ms_per_series"] = _backtest_seconds(history, series_ids, arguments) * 1000 / len(series_ids)
    if arguments.reconcile_items:
        score["reconcile_seconds"] = _reconcile_seconds(arguments.reconcile_items, arguments.horizon)
    if arguments.out:
        names = {"horizon_index": "h", "forecast_quantity": "forecast"}
        given = train.select("series_id", "unique_id").unique()
        result.forecasts.rename(names).join(given, on="series_id", maintain_order="left").select(
            "unique_id", pl.exclude("unique_id", "series_id")
        ).write_parquet(arguments.out)
    if arguments.json:
        # JSON has no word for what cannot be said, such as the error relative to a reference that makes none
        print(json.dumps({name: None if isinstance(value, float) and math.isnan(value) else value for name, value in score.items()}))
    else:
        _print_table(score, result.methods)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Accuracy, coverage and cost of a forecast engine on a set of series.")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--season", type=int, default=12)
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--engine", choices=tuple(ENGINES), default="standard")
    parser.add_argument("--workers", type=int, default=1, help="processes, used for thousands of series")
    parser.add_argument("--out", type=Path, help="parquet file for the forecasts")
    parser.add_argument("--backtest-origins", type=int, default=0, help="also time a backtest with so many origins; 0 = leave it out")
    parser.add_argument("--reconcile-items", type=int, default=0, help="also time the reconciliation of so many items; 0 = leave it out")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    return parser.parse_args()


def _history(train: pl.DataFrame, series_ids: list[str], season: int) -> pl.DataFrame:
    """The rows as the engine wants them, every series shifted to end in the same period."""
    if "t" in train.columns:
        period = pl.col("t").cast(pl.Int64)
    elif season == 12 and train.schema["ds"] in (pl.Date, pl.Datetime):
        period = pl.col("ds").dt.year().cast(pl.Int64) * 12 + pl.col("ds").dt.month()
    else:
        period = pl.col("ds").rank("dense").over("series_id").cast(pl.Int64)
    rows = train.filter(pl.col("series_id").is_in(series_ids)).with_columns(period.alias("period"))
    return rows.select(
        "series_id",
        (pl.col("period") - pl.col("period").max().over("series_id")).alias("period_index"),
        pl.col("y").cast(pl.Float64).alias("quantity"),
    )


def _actual(test: pl.DataFrame, series_ids: list[str], horizon: int) -> Floats:
    """What came true, horizon x series."""
    order = "t" if "t" in test.columns else "ds"
    rows = test.filter(pl.col("series_id").is_in(series_ids)).sort("series_id", order).group_by("series_id", maintain_order=True)
    values = rows.agg(pl.col("y").cast(pl.Float64).head(horizon))
    short = values.filter(pl.col("y").list.len() < horizon)
    if short.height:
        sys.exit(f"test: series {short['series_id'][0]!r} has fewer than {horizon} rows; lower --horizon or complete it")
    return np.array(values["y"].to_list()).T


def _score(forecasts: pl.DataFrame, history: pl.DataFrame, series_ids: list[str], actual: Floats, season: int) -> dict[str, float]:
    horizon = len(actual)
    point, lower, upper = (
        forecasts[name].to_numpy().reshape(len(series_ids), horizon).T
        for name in ("forecast_quantity", f"lower_{COVERAGE_PERCENT}", f"upper_{COVERAGE_PERCENT}")
    )
    ordered = history.sort("series_id", "period_index").group_by("series_id", maintain_order=True).agg("quantity")
    past = stack(series_ids, [np.array(values, dtype=np.float64) for values in ordered["quantity"].to_list()]).values
    reference = naive2(past, horizon, season)
    return {
        "owa": relative_error(point, reference, actual, past, season),
        "smape_percent": 100 * float(symmetric_error(point, actual).mean()),
        "mase": float(np.nanmean(scaled_error(point, actual, past, season))),
        "naive2_smape_percent": 100 * float(symmetric_error(reference, actual).mean()),
        "naive2_mase": float(np.nanmean(scaled_error(reference, actual, past, season))),
        "coverage_80_ratio": float(((actual >= lower) & (actual <= upper)).mean()),
    }


def _backtest_seconds(history: pl.DataFrame, series_ids: list[str], arguments: argparse.Namespace) -> float:
    """Processor seconds of a backtest with full refits, lags 1 to 3."""
    started = _cpu_seconds()
    backtest(
        history,
        series=pl.DataFrame({"series_id": series_ids}),
        season_length=arguments.season,
        origins=arguments.backtest_origins,
    )
    return _cpu_seconds() - started


def _reconcile_seconds(items: int, horizon: int, seed: int = 0) -> float:
    """Processor seconds to make the forecasts and bounds of items agree with those of their families."""
    random = np.random.default_rng(seed)
    families = max(items // 50, 1)

    def forecasts(prefix: str, count: int, level: float) -> pl.DataFrame:
        point = random.lognormal(level, 1, count * horizon)
        return pl.DataFrame(
            {
                "series_id": np.repeat([f"{prefix}{number:06}" for number in range(count)], horizon),
                "horizon_index": np.tile(np.arange(1, horizon + 1), count),
                "forecast_quantity": point,
                f"lower_{COVERAGE_PERCENT}": 0.8 * point,
                f"upper_{COVERAGE_PERCENT}": 1.2 * point,
            }
        )

    members = pl.DataFrame(
        {
            "item_id": [f"item {number:06}" for number in range(items)],
            "family_id": [f"family {number:06}" for number in random.integers(0, families, items)],
            "weight": np.ones(items),
        }
    )
    of_items, of_families = forecasts("item ", items, 3), forecasts("family ", families, 7)
    started = _cpu_seconds()
    reconcile_families(of_items, of_families, members)
    return _cpu_seconds() - started


def _cpu_seconds() -> float:
    """Processor time of this process and of the worker processes that have ended."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def _peak_memory_gigabytes() -> float:
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes / 1e6


def _print_table(score: dict[str, float], methods: pl.DataFrame) -> None:
    print(f"{score['engine']} engine, {score['series']} series")
    for name in ("owa", "smape_percent", "mase", "naive2_smape_percent", "naive2_mase", "coverage_80_ratio"):
        print(f"  {name:<24}{score[name]:>10.4f}")
    costs = ("cpu_seconds", "wall_seconds", "cpu_ms_per_series", "peak_memory_gigabytes", "backtest_ms_per_series", "reconcile_seconds")
    for name in (cost for cost in costs if cost in score):
        print(f"  {name:<24}{score[name]:>10.3f}")
    for method, rung, count in methods.group_by("method", "rung").len().sort("method", "rung").iter_rows():
        print(f"  {method}, {rung}: {count} series")


if __name__ == "__main__":
    main()
