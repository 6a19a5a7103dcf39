"""Hierarchies that add up: identities on any tree, and a case by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.forecasting import reconcile_families, reconcile_tree


def forecasts(values, **bounds):
    """One row per series and period ahead from {series: [quantity, ...]}."""
    rows = [(series_id, i + 1, quantity) for series_id, quantities in values.items() for i, quantity in enumerate(quantities)]
    frame = pl.DataFrame(rows, schema={"series_id": pl.String, "horizon_index": pl.Int64, "forecast_quantity": pl.Float64}, orient="row")
    return frame.with_columns((pl.col("forecast_quantity") * factor).alias(name) for name, factor in bounds.items())


def items(*rows):
    return pl.DataFrame(rows, schema={"item_id": pl.String, "family_id": pl.String, "weight": pl.Float64}, orient="row")


def cell(frame, series_id, horizon=1, column="forecast_quantity"):
    return frame.filter((pl.col("series_id") == series_id) & (pl.col("horizon_index") == horizon))[column].item()


def test_a_family_is_three_quarters_itself_and_its_items_share_the_rest():
    result = reconcile_families(forecasts({"a": [10], "b": [30]}), forecasts({"f": [120]}), items(("a", "f", 1), ("b", "f", 2)))
    # Items count 10 + 60 = 70 planning units; the family becomes 0.75 * 120 + 0.25 * 70 = 107.5, each item grows by 107.5 / 70.
    assert cell(result.families, "f") == pytest.approx(107.5, abs=1e-5)
    assert cell(result.items, "a") == pytest.approx(10 * 107.5 / 70, abs=1e-6)
    assert cell(result.items, "b") == pytest.approx(30 * 107.5 / 70, abs=1e-6)


def test_bounds_keep_their_ratio_to_the_forecast():
    result = reconcile_families(
        forecasts({"a": [10], "b": [30]}, lower_80=0.5, upper_80=2.0),
        forecasts({"f": [120]}, lower_80=0.9, upper_80=1.1),
        items(("a", "f", 1), ("b", "f", 2)),
    )
    a, f = cell(result.items, "a"), cell(result.families, "f")
    assert cell(result.items, "a", column="lower_80") == pytest.approx(0.5 * a, abs=1e-5)
    assert cell(result.items, "a", column="upper_80") == pytest.approx(2.0 * a, abs=1e-5)
    assert cell(result.families, "f", column="upper_80") == pytest.approx(1.1 * f, abs=1e-5)


def test_a_family_whose_items_expect_nothing_expects_nothing():
    result = reconcile_families(forecasts({"a": [0]}), forecasts({"f": [50]}), items(("a", "f", 1)))
    assert cell(result.families, "f") == 0
    assert cell(result.items, "a") == 0


def test_a_family_without_a_forecast_is_the_sum_of_its_items():
    result = reconcile_families(forecasts({"a": [3], "b": [4]}), forecasts({}), items(("a", "f", 1), ("b", "f", 10)))
    assert cell(result.families, "f") == 43
    assert cell(result.items, "b") == 4


def test_a_family_without_items_keeps_its_forecast():
    result = reconcile_families(forecasts({"a": [3]}), forecasts({"f": [3], "g": [9]}), items(("a", "f", 1)))
    assert cell(result.families, "g") == 9


def test_an_item_may_have_the_name_of_its_family():
    result = reconcile_families(forecasts({"x": [8]}), forecasts({"x": [16]}), items(("x", "x", 2)))
    assert cell(result.families, "x") == 16
    assert cell(result.items, "x") == 8


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("b", "f", 1.0)], "'a' has parent None"),
        ([("a", "f", 0.0)], "weight 0.0"),
        ([("a", "f", None)], "weight None"),
        ([("a", "f", 1.0), ("a", "g", 1.0)], "'a' has more than one parent"),
    ],
)
def test_a_tree_with_holes_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        reconcile_families(forecasts({"a": [1]}), forecasts({"f": [1]}), items(*rows))


def test_a_measure_that_does_not_add_up_is_refused():
    prices = forecasts({"a": [1]}).rename({"forecast_quantity": "net_price"})
    with pytest.raises(ValueError, match="net_price does not add up"):
        reconcile_tree([prices], [], measure="net_price")


quantities = st.lists(st.integers(0, 10**6).map(float), min_size=3, max_size=3)


@st.composite
def trees(draw):
    """Company, families, items: forecasts of every level and the links between them."""
    families = [f"f{i}" for i in range(draw(st.integers(1, 4)))]
    item_ids = [f"i{i}" for i in range(draw(st.integers(len(families), 10)))]
    weights = st.floats(0.01, 100)
    family_of = {item: families[i] if i < len(families) else draw(st.sampled_from(families)) for i, item in enumerate(item_ids)}
    levels = [{name: draw(quantities) for name in names} for names in (["c"], families, item_ids)]
    links = [
        [(family, "c", draw(weights)) for family in families],
        [(item, family_of[item], draw(weights)) for item in item_ids],
    ]
    return levels, links


def link_frame(rows):
    return pl.DataFrame(rows, schema={"child_id": pl.String, "parent_id": pl.String, "weight": pl.Float64}, orient="row")


@given(trees())
@settings(max_examples=40, deadline=None)
def test_every_level_is_the_weighted_sum_of_the_one_below_and_nothing_is_negative(tree):
    levels, links = tree
    bounded = [forecasts(level, lower_80=0.6, upper_80=1.7) for level in levels]
    result = reconcile_tree(bounded, [link_frame(rows) for rows in links])
    for above, below, rows in zip(result, result[1:], links, strict=False):
        parents, children = (dict(zip(zip(*frame[:, :2], strict=True), frame[:, 2], strict=True)) for frame in (above, below))
        for horizon in (1, 2, 3):
            sums = dict.fromkeys(above["series_id"].unique(), 0.0)
            for child, parent, weight in rows:
                sums[parent] += weight * children[child, horizon]
            for parent, total in sums.items():
                assert parents[parent, horizon] == pytest.approx(total, abs=1e-6, rel=1e-12)
    for frame in result:
        assert (frame["forecast_quantity"] >= 0).all()
        assert (frame["lower_80"] <= frame["forecast_quantity"]).all()
        assert (frame["forecast_quantity"] <= frame["upper_80"]).all()


@given(trees(), st.floats(0.1, 10))
@settings(max_examples=30, deadline=None)
def test_scaling_every_forecast_scales_the_result(tree, factor):
    levels, links = tree
    frames = [link_frame(rows) for rows in links]
    once = reconcile_tree([forecasts(level) for level in levels], frames)
    scaled = reconcile_tree([forecasts({k: [factor * q for q in v] for k, v in level.items()}) for level in levels], frames)
    for one, other in zip(once, scaled, strict=True):
        assert other["forecast_quantity"].to_numpy() == pytest.approx(factor * one["forecast_quantity"].to_numpy(), rel=1e-9, abs=0.1)


def test_the_order_of_the_rows_does_not_matter():
    generator = np.random.default_rng(4)
    names = [f"i{i:02d}" for i in range(30)]
    own = forecasts({name: generator.gamma(2, 50, 4).tolist() for name in names})
    family = forecasts({name: generator.gamma(2, 900, 4).tolist() for name in ("f", "g", "h")})
    of = items(*[(name, "fgh"[i % 3], 0.5 + i) for i, name in enumerate(names)])
    one = reconcile_families(own, family, of)
    other = reconcile_families(own.sample(fraction=1, shuffle=True, seed=1), family.reverse(), of.reverse())
    assert one.items.equals(other.items)
    assert one.families.equals(other.families)
