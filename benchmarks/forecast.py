"""Measure an engine on a set of series: accuracy against Naive2 as in the M4 competition, coverage, cost. No model lives here.

    python benchmarks/forecast.py --train T.parquet --test T.parquet --season 12 --horizon 18 --engine standard [--out F.parquet] [--json]

The frames hold `unique_id`, `ds` (a date or a timestamp) or `t` (an integer), and `y`. Series may end at different times: each is forecast
from its own end. A period without a row counts as no demand, an empty one as unknown, a repeated row once, different ones of a period add
up. Every series of the train frame is forecast; the rows of the test frame that fall into the horizon are scored. `--out` writes
`unique_id, h, forecast, lower_80, upper_80`. `--backtest-origins 12` times a backtest of the same series with the express engine,
`--reconcile-items 10000` (which may stand alone) the reconciliation of so many made-up items with families of fifty.
"""

import argparse
import itertools
import json
import math
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting import backtest, forecast_items, reconcile_families
from sop_pipeline.planning.forecasting.accuracy import naive2, relative_error, scaled_error, symmetric_error
from sop_pipeline.planning.forecasting.members import ENGINES
from sop_pipeline.planning.forecasting.panel import Floats, stack

COVERAGE_PERCENT = 80
RECONCILED_PERIODS = 24  # unless --horizon says otherwise
_DATE = pl.col("ds").cast(pl.Date)
_EPOCH_DAY = _DATE.cast(pl.Int32).cast(pl.Int64)
# Season -> number of the period of a date. Day 0 of the epoch was a Thursday, so that weeks begin on Monday.
PERIODS_OF_SEASON: Mapping[int, pl.Expr] = {
    4: _DATE.dt.year().cast(pl.Int64) * 4 + _DATE.dt.quarter(),
    7: _EPOCH_DAY,
    12: _DATE.dt.year().cast(pl.Int64) * 12 + _DATE.dt.month(),
    52: (_EPOCH_DAY + 3) // 7,
}


@dataclass(frozen=True)
class Series:
    """What is to be forecast and what came true.

    `history`: as `forecast_items` wants it, every series ending in period 0. `actual` (horizon x series) is NaN where the test frame says
    nothing. `names`: the ids as text, in order, with those of the frame beside them.
    """

    history: pl.DataFrame
    actual: Floats
    names: pl.DataFrame


def main(arguments: list[str] | None = None) -> None:
    """Read, forecast, score, print."""
    options = _options(arguments)
    if options.train is None:
        return _print({"reconcile_seconds": _reconcile_seconds(options.reconcile_items, options.horizon)}, as_json=options.json)
    try:
        series = read_series(options.train, options.test, season=options.season, horizon=options.horizon)
        score, methods = _measure(series, options)
    except (ValueError, OSError, ImportError, pl.exceptions.PolarsError) as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")
    if not options.json:
        print(f"{options.engine} engine, {series.names.height} series")
    _print(score, as_json=options.json)
    if not options.json:
        for method, rung, count in methods.group_by("method", "rung").len().sort("method", "rung").iter_rows():
            print(f"  {method}, {rung}: {count} series")
    return None


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Accuracy, coverage and cost of a forecast engine on a set of series.")
    parser.add_argument("--train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--season", type=int, default=12)
    parser.add_argument("--horizon", type=int, help=f"periods to forecast; to reconcile alone, {RECONCILED_PERIODS} unless said")
    parser.add_argument("--engine", choices=tuple(ENGINES), default="standard")
    parser.add_argument("--workers", type=int, default=1, help="processes, used for thousands of series")
    parser.add_argument("--out", type=Path, help="parquet file for the forecasts")
    parser.add_argument("--backtest-origins", type=int, default=0, help="also time a backtest with so many origins; 0 = leave it out")
    parser.add_argument("--reconcile-items", type=int, default=0, help="also time the reconciliation of so many items; 0 = leave it out")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    options = parser.parse_args(arguments)
    if options.train is None and options.test is None and options.reconcile_items > 0:
        options.horizon = RECONCILED_PERIODS if options.horizon is None else options.horizon
    elif None in (options.train, options.test, options.horizon):
        parser.error("--train, --test and --horizon are needed, or --reconcile-items alone")
    return options


def _measure(series: Series, options: argparse.Namespace) -> tuple[dict[str, float], pl.DataFrame]:
    if options.engine != "express":
        import statsforecast.models  # noqa: F401, PLC0415 - the import costs seconds and is not what is measured

    wall, cpu = time.perf_counter(), _cpu_seconds()
    result = forecast_items(
        series.history,
        series=series.names.select("series_id"),
        horizon_periods=options.horizon,
        season_length=options.season,
        engine=options.engine,
        levels=(COVERAGE_PERCENT,),
        workers=options.workers,
    )
    wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
    # Ratios to an error of 0, and of the largest numbers, are left to what prints them.
    with np.errstate(all="ignore"):
        score = _score(result.forecasts, series, options.season)
    score |= {
        "engine": options.engine,
        "series": series.names.height,
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "cpu_ms_per_series": 1000 * cpu / series.names.height,
        "peak_memory_gigabytes": _peak_memory_gigabytes(),
    }
    if options.backtest_origins:
        cpu, ids = _cpu_seconds(), series.names.select("series_id")
        backtest(series.history, series=ids, season_length=options.season, origins=options.backtest_origins)
        score["backtest_ms_per_series"] = 1000 * (_cpu_seconds() - cpu) / ids.height
    if options.reconcile_items:
        score["reconcile_seconds"] = _reconcile_seconds(options.reconcile_items, options.horizon)
    if options.out:
        names = {"horizon_index": "h", "forecast_quantity": "forecast"}
        rows = result.forecasts.join(series.names, on="series_id", maintain_order="left").rename(names)
        rows.select("unique_id", "h", "forecast", f"lower_{COVERAGE_PERCENT}", f"upper_{COVERAGE_PERCENT}").write_parquet(options.out)
    return score, result.methods


def read_series(train_file: Path, test_file: Path, *, season: int, horizon: int) -> Series:
    """Read and check the two frames, and lay what came true along the horizon of each series.

    Raises ValueError for frames without rows or columns that are needed, empty ids or periods, and frames without a series in common.
    """
    if horizon < 1:
        raise ValueError(f"--horizon is {horizon}; it starts at 1")
    frames = {file: pl.read_parquet(file) for file in (train_file, test_file)}
    for file, frame in frames.items():
        _check(file, frame)
    train, test = frames.values()
    order = "t" if all("t" in frame.columns for frame in frames.values()) else "ds"
    if any(order not in frame.columns for frame in frames.values()):
        raise ValueError(f"{train_file} and {test_file} must both hold t or both ds")
    numbered = _numbered(train, test, order, season)
    rows, coming = (
        frame.group_by("series_id", "period").agg(
            pl.when(pl.col("y").n_unique() > 1).then(pl.col("y").unique().sort().sum()).otherwise(pl.col("y").first()).alias("y")
        )
        for frame in numbered
    )
    end = rows.group_by("series_id").agg(pl.col("period").max().alias("end"))
    history = rows.join(end, on="series_id").select("series_id", period_index=pl.col("period") - pl.col("end"), quantity=pl.col("y"))
    names = train.select(series_id=pl.col("unique_id").cast(pl.String), unique_id="unique_id").unique("series_id").sort("series_id")
    coming = coming.join(end, on="series_id")
    if coming.is_empty():
        raise ValueError(f"{test_file} has none of the series of {train_file}")
    # A test frame may count on from the train frame or anew.
    first = pl.col("period").min().over("series_id")
    ahead = pl.when(first > pl.col("end")).then(pl.col("period") - pl.col("end")).otherwise(pl.col("period") - first + 1)
    cells = coming.with_columns(h=ahead).filter(pl.col("h") <= horizon).join(names.with_row_index("column"), on="series_id")
    if cells["y"].is_not_null().sum() == 0:
        raise ValueError(f"{test_file} has no quantity within {horizon} periods after the end of any series of {train_file}")
    actual = np.full((horizon, names.height), np.nan)
    actual[cells["h"].to_numpy() - 1, cells["column"].to_numpy()] = cells["y"].to_numpy()
    return Series(history.sort("series_id", "period_index"), actual, names)


def _check(file: Path, frame: pl.DataFrame) -> None:
    for wanted in (("unique_id",), ("t", "ds"), ("y",)):
        found = [name for name in wanted if name in frame.columns]
        if not found:
            raise ValueError(f"{file} has no column {' or '.join(wanted)}; it needs unique_id, t or ds, and y")
        if wanted != ("y",) and frame[found[0]].null_count():
            raise ValueError(f"{file}: {found[0]} is empty in {frame[found[0]].null_count()} of {frame.height} rows; complete or drop them")
    if frame.is_empty():
        raise ValueError(f"{file} has no rows")
    if not (frame["y"].dtype.is_numeric() or frame["y"].dtype == pl.Null):
        raise ValueError(f"{file}: y is {frame['y'].dtype}; it must hold numbers")


def _numbered(train: pl.DataFrame, test: pl.DataFrame, order: str, season: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames as `series_id, period, y`, periods numbered without gaps where the calendar of the season is known."""
    kept = [
        frame.select(
            pl.col("unique_id").cast(pl.String).alias("series_id"),
            pl.col(order).str.to_datetime().alias(order) if frame.schema[order] == pl.String else pl.col(order),
            pl.col("y").cast(pl.Float64).fill_nan(None),
        )
        for frame in (train, test)
    ]
    dates = [frame.schema[order].is_temporal() for frame in kept]
    if all(dates) and season in PERIODS_OF_SEASON:
        number = PERIODS_OF_SEASON[season]
    elif not any(dates):
        number = pl.col(order).cast(pl.Int64)
    else:
        # A calendar that is not known: one period from each time that occurs to the next.
        times = pl.concat([frame.select(pl.col(order).cast(pl.Datetime("us"))) for frame in kept]).unique().sort(order).to_series()
        number = pl.lit(times).search_sorted(pl.col(order).cast(pl.Datetime("us"))).cast(pl.Int64)
    first, second = (frame.select("series_id", number.alias("period"), "y") for frame in kept)
    return first, second


def _score(forecasts: pl.DataFrame, series: Series, season: int) -> dict[str, float]:
    horizon, count = series.actual.shape
    cells = [
        forecasts[name].to_numpy().reshape(count, horizon).T
        for name in ("forecast_quantity", f"lower_{COVERAGE_PERCENT}", f"upper_{COVERAGE_PERCENT}")
    ]
    scored = np.isfinite(series.actual).any(axis=0)
    actual = series.actual[:, scored]
    point, lower, upper = (cell[:, scored] for cell in cells)
    past = _past(series)[:, scored]
    reference = naive2(past, horizon, season)
    known = np.isfinite(actual)
    return {
        "owa": relative_error(point, reference, actual, past, season),
        "smape_percent": 100 * float(symmetric_error(point, actual).mean()),
        "mase": _mean(scaled_error(point, actual, past, season)),
        "naive2_smape_percent": 100 * float(symmetric_error(reference, actual).mean()),
        "naive2_mase": _mean(scaled_error(reference, actual, past, season)),
        "coverage_80_ratio": float(((actual >= lower) & (actual <= upper))[known].mean()),
    }


def _past(series: Series) -> Floats:
    """What Naive2 and the scale of MASE see: 0 where there is no row, the last known quantity where it is empty, 0 before the first."""
    ids, index = series.history["series_id"], series.history["period_index"].to_numpy()
    starts = np.append(np.flatnonzero(np.append(True, ids[1:] != ids[:-1])), len(ids)) if len(ids) else np.zeros(1, dtype=np.int64)
    quantity = series.history["quantity"].fill_null(math.nan).to_numpy()
    histories = []
    for start, stop in itertools.pairwise(starts):
        grid = np.zeros(1 - index[start])
        grid[index[start:stop] - index[stop - 1] - 1] = quantity[start:stop]
        known = np.maximum.accumulate(np.where(np.isnan(grid), -1, np.arange(len(grid))))
        histories.append(np.where(known < 0, 0.0, grid[known]))
    return stack(series.names["series_id"].to_list(), histories).values


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else math.nan


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
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1e6


def _print(score: Mapping[str, float], *, as_json: bool) -> None:
    if as_json:
        # What cannot be computed is null: NaN is no JSON.
        print(json.dumps({name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in score.items()}))
        return
    for name, value in score.items():
        if name not in ("engine", "series"):
            print(f"  {name:<24}{value:>12.4f}")


if __name__ == "__main__":
    main()
