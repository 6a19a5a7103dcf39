"""The pooled ridge against least squares on rows stacked one by one."""

import numpy as np
import pytest

from sop_pipeline.planning.forecasting.ridge import pooled_ridge, seasonal_scale

SEASON, PENALTY = 4, 50.0
LAGS = 2 * SEASON


def panel(*lengths, seed=0):
    generator = np.random.default_rng(seed)
    values = generator.normal(0, 0.3, (max(lengths), len(lengths))).cumsum(axis=0) + 4
    for column, length in enumerate(lengths):
        values[: max(lengths) - length, column] = np.nan
    return values


def loop_scale(series):
    gap = SEASON if len(series) > SEASON + 3 else 1
    return sum(abs(b - a) for a, b in zip(series, series[gap:], strict=False)) / (len(series) - gap) + 2e-3


def stacked(logs, horizon):
    """Every window of every series as (regressors, targets per horizon or None, weight)."""
    rows = []
    for column in logs.T:
        series = column[np.isfinite(column)]
        scale = loop_scale(list(series))
        full = max(len(series) - LAGS - horizon + 1, 1)
        for end in range(LAGS, len(series)):
            level = series[end - SEASON : end].mean()
            past = np.append((series[end - LAGS : end] - level) / scale, 1.0)
            future = [(series[end + k] - level) / scale if end + k < len(series) else None for k in range(horizon)]
            rows.append((past, future, 1 / min(full, 60)))
    return rows


def solve(rows, horizon, weights):
    """Ridge coefficients per horizon as least squares on rows augmented by the penalty."""
    coefficients = []
    for step in range(horizon):
        taught = [(past, future[step], weight) for (past, future, _), weight in zip(rows, weights, strict=True) if future[step] is not None]
        root = np.sqrt([weight for _, _, weight in taught])
        design = np.array([past for past, _, _ in taught]) * root[:, None]
        size = design.shape[1]
        strength = PENALTY * 1e-3 * (design**2).sum() / size
        augmented = np.concatenate([design, np.sqrt(strength) * np.eye(size)])
        target = np.concatenate([np.array([value for _, value, _ in taught]) * root, np.zeros(size)])
        coefficients.append(np.linalg.lstsq(augmented, target, rcond=None)[0])
    return coefficients


def loop_ridge(logs, horizon):
    rows = stacked(logs, horizon)
    weights = [weight for _, _, weight in rows]
    coefficients = solve(rows, horizon, weights)
    residuals = [
        np.mean([abs(f - c @ past) for f, c in zip(future, coefficients, strict=True) if f is not None]) for past, future, _ in rows
    ]
    typical = np.median(residuals)
    coefficients = solve(rows, horizon, [w * typical / max(r, typical) for w, r in zip(weights, residuals, strict=True)])
    forecast = np.full((horizon, logs.shape[1]), np.nan)
    for i, column in enumerate(logs.T):
        series = column[np.isfinite(column)]
        scale, level = loop_scale(list(series)), series[-SEASON:].mean()
        past = np.append((series[-LAGS:] - level) / scale, 1.0)
        forecast[:, i] = [level + scale * (c @ past) for c in coefficients]
    return forecast


def fit(logs, horizon, pools=None, repeat_periods=1):
    pools = np.zeros(logs.shape[1], dtype=np.int64) if pools is None else pools
    return pooled_ridge(logs, pools, horizon=horizon, season_length=SEASON, penalty=PENALTY, repeat_periods=repeat_periods)


def test_the_pooled_regression_equals_least_squares_on_stacked_rows():
    logs = panel(30, 25, 18, 12)
    assert fit(logs, 3) == pytest.approx(loop_ridge(logs, 3), rel=1e-9)


def test_pools_do_not_teach_each_other():
    logs = panel(30, 25, 28, 27)
    apart = fit(logs, 3, np.array([0, 1, 0, 1]))
    assert apart[:, [0, 2]] == pytest.approx(fit(logs[:, [0, 2]], 3), rel=1e-12)
    assert apart[:, [1, 3]] == pytest.approx(fit(logs[:, [1, 3]], 3), rel=1e-12)


def test_horizons_nobody_could_learn_repeat_the_last_learned():
    logs = panel(11, 11, 10)
    forecast = fit(logs, 8)
    assert np.isfinite(forecast).all()
    assert forecast[3:].tolist() == [forecast[2].tolist()] * 5
    seasonal = fit(logs, 8, repeat_periods=SEASON)
    assert np.isnan(seasonal[[3, 7]]).all()
    assert seasonal[4:7].tolist() == seasonal[:3].tolist()


def test_a_series_below_two_seasons_is_left_to_others():
    forecast = fit(panel(30, 7), 2)
    assert np.isfinite(forecast[:, 0]).all()
    assert np.isnan(forecast[:, 1]).all()
    assert np.isnan(fit(panel(7), 2)).all()


def test_the_scale_of_a_series_is_its_mean_seasonal_difference():
    logs = panel(20, 8, 7, 5)
    expected = [loop_scale(list(column[np.isfinite(column)])) for column in logs.T]
    assert seasonal_scale(logs, SEASON) == pytest.approx(expected)
    assert seasonal_scale(np.array([[1.0]]), SEASON) == pytest.approx([0.102])
