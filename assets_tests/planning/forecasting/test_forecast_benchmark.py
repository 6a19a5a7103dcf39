"""The benchmark as a user calls it: whatever the frames hold, forecasts that can be used, or an error that says what to change."""

import importlib.util
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from awkward_series import LENGTHS, SHAPES
from hypothesis import given, settings
from hypothesis import strategies as st

FILE = Path(__file__).parents[3] / "benchmarks" / "forecast.py"
SPEC = importlib.util.spec_from_file_location("forecast_benchmark", FILE)
benchmark = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(benchmark)

WAVES = [100.0 + 30 * (i % 12 > 5) + i % 5 for i in range(60)]
ENGINES = [
    "express",
    "standard",
    pytest.param("max", marks=pytest.mark.skipif(importlib.util.find_spec("lightgbm") is None, reason="needs the extra")),
]


def month(index):
    return date(2000 + index // 12, index % 12 + 1, 1)


TIMES = {
    "t": lambda i: i,
    "date": month,
    "month_end": lambda i: month(i + 1) - timedelta(days=1),
    "datetime": lambda i: datetime.combine(month(i), datetime.min.time()),
}


def frame(cells, time="t", dtype=pl.Float64):
    """From rows of id, period and quantity."""
    column = "t" if time == "t" else "ds"
    return pl.DataFrame(
        {
            "unique_id": [key for key, _, _ in cells],
            column: [TIMES[time](index) for _, index, _ in cells],
            "y": pl.Series([quantity for _, _, quantity in cells], dtype=dtype),
        }
    )


def run(folder, train, test, *, season=12, horizon=6, engine="express", capsys=None):
    """The forecasts and, where output is caught, the scores."""
    train.write_parquet(folder / "train.parquet")
    test.write_parquet(folder / "test.parquet")
    options = {"train": folder / "train.parquet", "test": folder / "test.parquet", "season": season, "horizon": horizon, "engine": engine}
    benchmark.main([*(f"--{name}={value}" for name, value in options.items()), f"--out={folder / 'out.parquet'}", "--json"])
    score = json.loads(capsys.readouterr().out) if capsys else None
    return pl.read_parquet(folder / "out.parquet"), score


def assert_usable(out, train, horizon):
    assert out.columns == ["unique_id", "h", "forecast", "lower_80", "upper_80"]
    assert out.schema["unique_id"] == train.schema["unique_id"]
    assert (
        out.group_by("unique_id")
        .agg(pl.col("h").sort())
        .sort("unique_id")
        .equals(pl.DataFrame({"unique_id": train["unique_id"].unique().sort()}).with_columns(h=pl.lit(list(range(1, horizon + 1)))))
    )
    bounds = out.select("lower_80", "forecast", "upper_80").to_numpy()
    assert np.isfinite(bounds).all()
    assert (bounds[:, 0] >= 0).all()
    assert (np.diff(bounds, axis=1) >= 0).all()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("engine", ENGINES)
def test_awkward_series_of_every_length_in_one_frame_get_usable_forecasts(engine, time, tmp_path):
    cells = [(f"{shape}{n:02d}", i, quantity) for shape, rows in SHAPES.items() for n in LENGTHS for i, quantity in rows(n)]
    train = frame(cells, time)
    test = frame([(key, 100 + h, 5.0) for key in sorted({key for key, _, _ in cells}) for h in range(7)], time)
    out, _ = run(tmp_path, train, test, horizon=7, engine=engine)
    assert_usable(out, train, 7)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("length", [1, 5, 13, 24, 60])
def test_one_series_alone_is_forecast_further_than_it_is_long(length, engine, tmp_path, capsys):
    train = frame([("a", i, WAVES[i]) for i in range(length)])
    out, score = run(tmp_path, train, frame([("a", length + i, 100.0) for i in range(70)]), horizon=70, engine=engine, capsys=capsys)
    assert_usable(out, train, 70)
    assert score["smape_percent"] < 40
    assert score["coverage_80_ratio"] is not None


@st.composite
def frames(draw):
    """Series of any length that end anywhere, rows missing, doubled and empty, in any order, ids and quantities of any type."""
    horizon = draw(st.integers(1, 30))
    key = draw(st.sampled_from([lambda i: f"item {i}", lambda i: 10 - i]))
    quantity = draw(
        st.sampled_from(
            [
                (st.integers(-3, 10**12), pl.Int64),
                (st.decimals(0, 1000, places=2), pl.Decimal(18, 2)),
                (st.one_of(st.none(), st.just(float("nan")), st.floats(-10, 1e9)), pl.Float64),
                (st.none(), pl.Float64),
                (st.none(), pl.Null),
            ]
        )
    )
    season = draw(st.sampled_from([4, 7, 12, 13, 52]))
    time = draw(st.sampled_from(sorted(TIMES))) if season == 12 else "t"
    train, test = [], []
    for i in range(draw(st.integers(1, 4))):
        end = draw(st.integers(0, 150))
        periods = draw(st.lists(st.integers(max(end - 140, 0), end), min_size=1, max_size=120))
        train += [(key(i), period, draw(quantity[0])) for period in periods]
        kept = draw(st.lists(st.integers(1, horizon), max_size=horizon))
        test += [(key(i), max(periods) + h, 3.0) for h in kept]
    test = test or [(key(0), max(period for name, period, _ in train if name == key(0)) + 1, 3.0)]
    return frame(draw(st.permutations(train)), time, quantity[1]), frame(test, time), horizon, season


@settings(deadline=None)
@given(frames())
def test_any_frame_gets_usable_forecasts(tmp_path_factory, drawn):
    train, test, horizon, season = drawn
    out, _ = run(tmp_path_factory.mktemp("any"), train, test, season=season, horizon=horizon)
    assert_usable(out, train, horizon)


def regular(time="t", dtype=pl.Float64):
    train = [(key, i, int(WAVES[i] * (1 + len(key)))) for key in ("a", "bb", "ccc") for i in range(48)]
    test = [(key, i, int(WAVES[i] * (1 + len(key)))) for key in ("a", "bb", "ccc") for i in range(48, 54)]
    return frame(train, time, dtype), frame(test, time, dtype)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("dtype", [pl.Int32, pl.Decimal(18, 2), pl.Float32])
def test_the_type_of_the_columns_and_the_order_of_the_rows_change_nothing(time, dtype, tmp_path, capsys):
    expected, score = run(tmp_path, *regular(), capsys=capsys)
    train, test = (part.sample(fraction=1, shuffle=True, seed=1) for part in regular(time, dtype))
    out, other = run(tmp_path, pl.concat([train, train.head(20)]), test, capsys=capsys)
    assert out.equals(expected)
    assert other["owa"] == score["owa"]


def test_numbers_as_ids_come_back_as_numbers_beside_their_own_forecasts(tmp_path):
    train, test = (frame([(key, i, 10.0**key) for key in (10, 9, 2) for i in periods]) for periods in (range(36), range(36, 42)))
    out, _ = run(tmp_path, train, test)
    assert out.filter(pl.col("h") == 1).sort("unique_id")["forecast"].to_list() == pytest.approx([1e2, 1e9, 1e10], rel=0.01)


def test_a_test_frame_may_hold_a_part_of_what_is_forecast(tmp_path, capsys):
    train, test = regular()
    whole, _ = run(tmp_path, train, test, capsys=capsys)
    out, score = run(tmp_path, train, test.filter((pl.col("unique_id") == "bb") & (pl.col("t") != 49)), capsys=capsys)
    assert out.equals(whole)
    actual = test.filter(pl.col("unique_id") == "bb").with_columns(h=pl.col("t") - 47).join(whole, on=["unique_id", "h"])
    known = actual.filter(pl.col("h") != 2)
    error = known.select((2 * (pl.col("forecast") - pl.col("y")).abs() / (pl.col("forecast") + pl.col("y"))).mean()).item()
    assert score["smape_percent"] == pytest.approx(100 * error)
    assert score["coverage_80_ratio"] == known.select(pl.col("y").is_between("lower_80", "upper_80").mean()).item()


def test_quarters_weeks_and_days_without_a_row_count_as_no_demand(tmp_path):
    starts = {4: (date(2015, 1, 1), 91.3125), 52: (date(2015, 1, 5), 7), 7: (date(2015, 1, 1), 1)}
    for season, (start, days) in starts.items():
        cells = [(i, 50.0) for i in range(3 * season) if i % 3 != 1]
        dated = pl.DataFrame(
            {"unique_id": "a", "ds": [start + timedelta(days=i * days + (days > 7)) for i, _ in cells], "y": [q for _, q in cells]}
        )
        numbered = pl.DataFrame({"unique_id": "a", "t": [i for i, _ in cells], "y": [q for _, q in cells]})
        test = pl.DataFrame({"unique_id": "a", "ds": [start + timedelta(days=3 * season * days + (days > 7))], "y": [50.0]})
        counted = pl.DataFrame({"unique_id": "a", "t": [3 * season], "y": [50.0]})
        assert run(tmp_path, dated, test, season=season)[0].equals(run(tmp_path, numbered, counted, season=season)[0])


GOOD = frame([("a", i, 5.0) for i in range(30)])


@pytest.mark.parametrize(
    ("train", "test", "options", "message"),
    [
        (GOOD.drop("y"), GOOD, {}, r"train.parquet has no column y; it needs unique_id, t or ds, and y"),
        (GOOD.drop("t"), GOOD, {}, r"train.parquet has no column t or ds"),
        (GOOD.head(0), GOOD, {}, r"train.parquet has no rows"),
        (GOOD.with_columns(t=None), GOOD, {}, r"train.parquet: t is empty in 30 of 30 rows"),
        (GOOD.with_columns(unique_id=pl.lit(None, pl.String)), GOOD, {}, r"train.parquet: unique_id is empty in 30 of 30 rows"),
        (GOOD.with_columns(y=pl.lit("five")), GOOD, {}, r"train.parquet: y is String; it must hold numbers"),
        (GOOD, GOOD.with_columns(unique_id=pl.lit("b")), {}, r"test.parquet has none of the series of .*train.parquet"),
        (GOOD, GOOD.with_columns(y=pl.lit(None, pl.Float64)), {}, r"test.parquet has no quantity within 6 periods"),
        (GOOD, GOOD.rename({"t": "ds"}), {}, r"must both hold t or both ds"),
        (GOOD, GOOD, {"season": 1}, r"season_length 1"),
        (GOOD, GOOD, {"horizon": 0}, r"--horizon is 0; it starts at 1"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_what_to_change(train, test, options, message, tmp_path):
    with pytest.raises(SystemExit, match=message):
        run(tmp_path, train, test, **options)


@pytest.mark.skipif(importlib.util.find_spec("lightgbm") is not None, reason="the message is for those without the extra")
def test_an_engine_whose_extra_is_missing_says_what_to_install(tmp_path):
    with pytest.raises(SystemExit, match=r"install sop-pipeline\[max\]"):
        run(tmp_path, *regular(), engine="max")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"none\.parquet"):
        benchmark.main([f"--train={tmp_path / 'none.parquet'}", f"--test={tmp_path / 'none.parquet'}", "--horizon=3"])


def test_backtest_and_reconciliation_are_timed_beside_the_score_or_alone(tmp_path, capsys):
    for name, part in zip(("train", "test"), regular(), strict=True):
        part.write_parquet(tmp_path / f"{name}.parquet")
    files = [f"--train={tmp_path / 'train.parquet'}", f"--test={tmp_path / 'test.parquet'}", "--horizon=6", "--engine=express"]
    benchmark.main([*files, "--backtest-origins=12", "--reconcile-items=100", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["backtest_ms_per_series"] > 0
    assert found["reconcile_seconds"] > 0
    benchmark.main(["--reconcile-items=100", "--json"])
    assert list(json.loads(capsys.readouterr().out)) == ["reconcile_seconds"]


def test_quantities_keep_their_decimals(tmp_path):
    cells = [("a", i, Decimal("1.25")) for i in range(36)]
    out, _ = run(tmp_path, frame(cells, dtype=pl.Decimal(18, 2)), frame([("a", 36, 1.25)]))
    assert out["forecast"].to_list() == pytest.approx([1.25] * 6, rel=1e-3)
