"""The gap to the business plan: whatever the figures, its parts are the formula's to two cents each, and sum to it to the last cent."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_frames import AS_OF_DATE, frame
from sql_cases import FILES

from sop_pipeline import warehouse

FILE = FILES["sop.financial_plan"]
CENT = Decimal("0.01")

money = st.decimals(min_value="-9999.99", max_value="99999.99", places=2)
prices = st.fractions(min_value=0, max_value=500, max_denominator=97)
quantities = st.fractions(min_value=Fraction(1, 7), max_value=9999, max_denominator=7)
figures = st.fixed_dictionaries(
    {
        "planned_quantity": quantities,
        "planned_revenue": money,
        "planned_margin": money,
        "quantity": st.one_of(st.just(Fraction(0)), quantities),
        "item_price": st.one_of(st.none(), prices),
        "at_budget_rates": money,
        "at_current_rates": money,
        "cost": money,
    }
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(None) as con:
        for address in FILE.upstream:
            warehouse.write(con, address, frame(address, []))
        yield con


@settings(max_examples=25)
@given(given_figures=st.lists(figures, min_size=1, max_size=20))
def test_the_parts_of_a_gap_are_the_formulas_and_sum_to_it(con: duckdb.DuckDBPyConnection, given_figures: list[dict]) -> None:
    keys = [{"family_id": f"F{place:02}", "period_start": AS_OF_DATE} for place in range(len(given_figures))]
    _give(con, "core.business_plan", [{**key, **_planned(row)} for key, row in zip(keys, given_figures, strict=True)])
    _give(con, "plan.family_money", [{**key, **_item_price(row)} for key, row in zip(keys, given_figures, strict=True)])
    _give(con, "sop.supply_demand_balance", [{**key, **_balance(row)} for key, row in zip(keys, given_figures, strict=True)])

    found = warehouse.query(con, f"{FILE.query} order by family_id", FILE.bind({})).to_dicts()

    for row, got in zip(given_figures, found, strict=True):
        revenue = [got[f"revenue_gap_{part}_amount"] for part in ("volume", "price_and_mix", "exchange_rate")]
        margin = [got[f"margin_gap_{part}_amount"] for part in ("volume", "price_and_mix", "exchange_rate", "cost")]
        assert sum(revenue) == got["revenue_gap_amount"] == row["at_current_rates"] - row["planned_revenue"]
        assert sum(margin) == got["margin_gap_amount"] == row["at_current_rates"] - row["cost"] - row["planned_margin"]
        for side in ("revenue", "margin"):
            price, mix = got[f"{side}_gap_price_amount"], got[f"{side}_gap_mix_amount"]
            assert (price is None) == (mix is None) == (row["item_price"] is None)
            if price is not None:
                assert price + mix == got[f"{side}_gap_price_and_mix_amount"]
        for name, wanted in _by_hand(row).items():
            assert got[name] is None or abs(Fraction(got[name]) - wanted) <= 3 * Fraction(CENT), name


def _by_hand(row: dict) -> dict[str, Fraction]:
    """The parts as the plan defines them, in exact fractions: Q, P, C of the plan, with 0 behind of the business plan."""
    q, q0 = row["quantity"], row["planned_quantity"]
    p0, m0 = Fraction(row["planned_revenue"]) / q0, Fraction(row["planned_margin"]) / q0
    brought = Fraction(row["at_budget_rates"])
    parts = {
        "revenue_gap_volume_amount": (q - q0) * p0,
        "revenue_gap_price_and_mix_amount": brought - p0 * q,
        "revenue_gap_exchange_rate_amount": Fraction(row["at_current_rates"]) - brought,
        "margin_gap_volume_amount": (q - q0) * m0,
        "margin_gap_cost_amount": (p0 - m0) * q - Fraction(row["cost"]),
    }
    if row["item_price"] is not None:
        parts["revenue_gap_price_amount"] = brought - row["item_price"] * q
        parts["revenue_gap_mix_amount"] = (row["item_price"] - p0) * q
    return parts


def _planned(row: dict) -> dict:
    return {
        "business_plan_quantity": float(row["planned_quantity"]),
        "business_plan_revenue_amount": float(row["planned_revenue"]),
        "business_plan_margin_amount": float(row["planned_margin"]),
    }


def _balance(row: dict) -> dict:
    return {
        "scenario_id": "base",
        "plan_version": "working",
        "period_kind": "current",
        "shipped_quantity": float(row["quantity"]),
        "revenue_amount": row["at_current_rates"],
        "revenue_budget_rate_amount": row["at_budget_rates"],
        "cost_of_sales_amount": row["cost"],
        "margin_amount": row["at_current_rates"] - row["cost"],
        "business_plan_revenue_amount": row["planned_revenue"],
    }


def _item_price(row: dict) -> dict:
    price = row["item_price"]
    return {"scenario_id": "base", "business_plan_price_amount": None if price is None else float(price)}


def _give(con: duckdb.DuckDBPyConnection, address: str, rows: list[dict]) -> None:
    warehouse.write(con, address, frame(address, rows))
