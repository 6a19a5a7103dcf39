"""Histories before the fit: what was hidden, promoted, inherited or out of the ordinary, for items and their family alike."""

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.planning.cleaned_history import CleanedDemand, clean_demand

CLOSED = 24
MEMBERS = pl.DataFrame({"item_id": ["A", "B"], "family_id": ["F", "F"], "weight": [1.0, 2.0]})


def month(index: int) -> dt.date:
    return dt.date(2026 + (index + 3) // 12, (index + 3) % 12 + 1, 1)


PERIODS = pl.DataFrame({"period_start": [month(i) for i in range(-CLOSED, 3)], "periods_from_now": range(-CLOSED, 3)})


def level(quantity: float, **changed: float) -> list[float]:
    """A flat history; `p5=30` sets period -5 to 30."""
    values = [quantity] * CLOSED
    for name, value in changed.items():
        values[-int(name[1:])] = value
    return values


def rows(address: str, *given: Mapping[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(given), schema=dtypes(contract_of(address)), orient="row")


def promoted(index: int, item_id: str = "", share: float = 1.0) -> Mapping[str, object]:
    return {
        "promotion_id": "P",
        "family_id": "F",
        "item_id": item_id,
        "period_start": month(index),
        "promotion_status": "committed",
        "day_share_ratio": share,
        "promotion_share_ratio": 1.0,
    }


def clean(
    a: Sequence[float],
    b: Sequence[float],
    *,
    stock_outs: Sequence[int] = (),
    promotions: Sequence[Mapping[str, object]] = (),
    successions: Sequence[Mapping[str, object]] = (),
    one_offs: Sequence[Mapping[str, object]] = (),
) -> CleanedDemand:
    items = pl.concat(
        pl.DataFrame(
            {
                "series_id": item,
                "period_index": range(-CLOSED, 0),
                "quantity": values,
                "is_stock_out": [item == "A" and i in stock_outs for i in range(-CLOSED, 0)],
            }
        ).cast({"quantity": pl.Float64, "period_index": pl.Int64})
        for item, values in (("A", a), ("B", b))
        if len(values)
    )
    family = (
        items.join(MEMBERS, left_on="series_id", right_on="item_id")
        .group_by("period_index", maintain_order=True)
        .agg(quantity=(pl.col("quantity") * pl.col("weight")).sum())
        .select("period_index", "quantity", series_id=pl.lit("F"))
    )
    return clean_demand(
        item_history=items,
        family_history=family,
        members=MEMBERS,
        promotion_periods=rows("core.promotion_periods", *promotions),
        item_successions=rows("core.item_successions", *successions),
        one_off_orders=rows("core.one_off_orders", *one_offs),
        periods=PERIODS,
        season_length=12,
    )


def quantities(frame: pl.DataFrame, series: str) -> list[float]:
    return frame.filter(pl.col("series_id") == series).sort("period_index")["quantity"].to_list()


def total_of_items(cleaned: CleanedDemand) -> list[float]:
    return [a + 2.0 * b for a, b in zip(quantities(cleaned.items, "A"), quantities(cleaned.items, "B"), strict=True)]


def test_a_month_without_stock_does_not_teach_that_nobody_wanted_the_item() -> None:
    cleaned = clean(level(10.0, p5=0.0), level(20.0), stock_outs=[-5])
    assert quantities(cleaned.items, "A") == pytest.approx(level(10.0))
    assert quantities(cleaned.families, "F") == pytest.approx(level(50.0))
    assert cleaned.corrections.select("series_id", "period_index", "kind", "before").rows() == [("A", -5, "stock_out", 0.0)]


def test_a_month_without_stock_that_sold_more_than_expected_keeps_what_it_sold() -> None:
    cleaned = clean(level(10.0, p5=15.0), level(20.0), stock_outs=[-5])
    assert quantities(cleaned.items, "A") == level(10.0, p5=15.0)
    assert cleaned.corrections.is_empty()


def test_a_promotion_of_a_family_leaves_its_items_in_proportion() -> None:
    cleaned = clean(level(15.0, p8=30.0), level(20.0, p8=40.0), promotions=[promoted(-8)])
    assert quantities(cleaned.families, "F") == pytest.approx(level(55.0))
    assert quantities(cleaned.items, "A") == pytest.approx(level(15.0))
    assert total_of_items(cleaned) == pytest.approx(quantities(cleaned.families, "F"))
    assert set(cleaned.corrections["kind"]) == {"family_promotion"}
    estimate = cleaned.uplifts.row(0, named=True)
    assert (estimate["estimated_uplift_ratio"], estimate["promoted_periods"]) == (pytest.approx(1.0), 1)


def test_a_promotion_of_an_item_changes_its_family_by_its_planning_units() -> None:
    cleaned = clean(level(15.0), level(20.0, p8=30.0), promotions=[promoted(-8, "B")])
    assert quantities(cleaned.items, "A") == level(15.0)
    assert quantities(cleaned.items, "B") == pytest.approx(level(20.0))
    assert quantities(cleaned.families, "F") == pytest.approx(level(55.0))


def test_a_promotion_nobody_has_seen_the_like_of_has_no_estimate() -> None:
    cleaned = clean(level(15.0), level(20.0), promotions=[promoted(1)])
    assert cleaned.uplifts["estimated_uplift_ratio"].to_list() == [None]


def test_an_item_never_promoted_does_what_its_family_did() -> None:
    cleaned = clean(level(15.0, p8=30.0), level(20.0, p8=40.0), promotions=[promoted(-8), {**promoted(1, "A"), "promotion_id": "Q"}])
    assert cleaned.uplifts.filter(pl.col("promotion_id") == "Q")["estimated_uplift_ratio"].to_list() == [pytest.approx(1.0)]


def succession(old: str, new: str, *, is_effective: bool = True) -> Mapping[str, object]:
    return {
        "old_item_id": old,
        "new_item_id": new,
        "family_id": "F",
        "effective_date": month(-6),
        "is_effective": is_effective,
    }


def test_a_successor_inherits_the_demand_planning_unit_for_planning_unit() -> None:
    old = [8.0] * (CLOSED - 6) + [0.0] * 6
    new = [0.0] * (CLOSED - 6) + [4.0] * 6
    cleaned = clean(old, new, successions=[succession("A", "B")])
    assert quantities(cleaned.items, "B") == [4.0] * CLOSED
    assert quantities(cleaned.families, "F") == level(8.0)
    inherited = cleaned.corrections.filter(pl.col("kind") == "predecessor")
    assert inherited["period_index"].to_list() == list(range(-CLOSED, -6))
    assert "took over from A" in inherited["reason"][0]


def test_a_chain_of_successors_hands_the_demand_on() -> None:
    chain = [succession("A", "B"), {**succession("B", "A"), "effective_date": month(-2)}]
    cleaned = clean(level(8.0), level(4.0), successions=chain)
    assert quantities(cleaned.items, "B") == level(8.0)
    assert quantities(cleaned.items, "A") == level(24.0)
    assert cleaned.corrections.height == 2 * CLOSED


def test_a_successor_without_a_sale_yet_starts_with_the_history_of_its_predecessor() -> None:
    cleaned = clean(level(8.0), [], successions=[succession("A", "B")])
    assert quantities(cleaned.items, "B") == level(4.0)


def test_a_succession_to_come_leaves_the_history_alone() -> None:
    cleaned = clean(level(8.0), level(4.0), successions=[succession("A", "B", is_effective=False)])
    assert quantities(cleaned.items, "B") == level(4.0)
    assert cleaned.corrections.is_empty()


def test_a_one_off_order_is_flagged_and_stays() -> None:
    order = {"order_id": "7", "order_line": "1", "schedule_line": "", "item_id": "A", "period_start": month(-3)}
    cleaned = clean(level(10.0, p3=110.0), level(5.0), one_offs=[{**order, "order_quantity": 100.0, "other_quantity": 10.0}])
    assert quantities(cleaned.items, "A") == level(10.0, p3=110.0)
    flag = cleaned.corrections.row(0, named=True)
    assert (flag["kind"], flag["before"], flag["after"]) == ("one_off_order", 110.0, 110.0)
    assert "order 7 for 100.0 (no other order of the season asked for more than 10.0)" in flag["reason"]
