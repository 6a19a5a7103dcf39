"""Histories that break forecasting libraries, as rows of period and quantity. What is expected of their forecasts stays with the tests."""

import math

LENGTHS = range(1, 41)


def rows(quantities, *, drop=(), double=()):
    """One series of consecutive periods that ends in period 99, some dropped, some there twice."""
    kept = [(i, q) for i, q in enumerate(quantities) if i not in drop]
    kept += [(i, quantities[i]) for i in double]
    return [(i + 100 - len(quantities), q) for i, q in kept]


def waves(length):
    return [100 + 30 * math.sin(i / 12 * 2 * math.pi) + (i * 7) % 5 for i in range(length)]


def with_value(values, position, value):
    values = list(values)
    values[position] = value
    return values


def ramp(length):
    return [1e-6 * 10 ** (18 * i / max(length - 1, 1)) for i in range(length)]


SHAPES = {
    "constant": lambda n: rows([5.0] * n),
    "zeros": lambda n: rows([0.0] * n),
    "waves": lambda n: rows(waves(n)),
    "nan_inside": lambda n: rows(with_value(waves(n), n // 2, math.nan)),
    "nan_last": lambda n: rows(with_value(waves(n), -1, math.nan)),
    "null_last": lambda n: rows(with_value(waves(n), -1, None)),
    "all_nan": lambda n: rows([math.nan] * n),
    "infinite": lambda n: rows(with_value(waves(n), n // 2, math.inf)),
    "negative": lambda n: rows([-1.0 * (i % 3) for i in range(n)]),
    "mixed_signs": lambda n: rows([(-1.0) ** i * (i + 1) for i in range(n)]),
    "huge": lambda n: rows([1e12 * (1 + i % 4) for i in range(n)]),
    "largest": lambda n: rows([1e30] * n),
    "beyond": lambda n: rows(with_value(waves(n), n // 2, 1e308)),
    "over_float32": lambda n: rows([float(2**53 + i) for i in range(n)]),
    "tiny": lambda n: rows([1e-6 * (1 + i % 3) for i in range(n)]),
    "explosion": lambda n: rows(ramp(n)),
    "collapse": lambda n: rows(ramp(n)[::-1]),
    "spike_first": lambda n: rows(with_value([1.0] * n, 0, 1e12)),
    "spike_inside": lambda n: rows(with_value([1.0] * n, n // 2, 1e12)),
    "spike_last": lambda n: rows(with_value([1.0] * n, -1, 1e12)),
    "one_sale": lambda n: rows(with_value([0.0] * n, n // 3, 4.0)),
    "dead_tail": lambda n: rows(waves(n)[: n // 2 + 1] + [0.0] * (n - n // 2 - 1)),
    "every_third": lambda n: rows([9.0 if i % 3 == 0 else 0.0 for i in range(n)]),
    "doubled": lambda n: rows(waves(n), double=(0, n - 1)),
    "missing": lambda n: rows(waves(n), drop=range(1, n - 1, 3)),
}
