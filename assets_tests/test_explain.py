"""The explanation of a cell: its sums come to the value, its rows are those of the extracts, its errors name what was meant."""

import csv
import datetime as dt
import json
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nights import company_of, rows, shared_night

from sop_pipeline.cli import main
from sop_pipeline.company import ConfigurationError
from sop_pipeline.explain import Cell, explain, find_cell, normal_measure
from sop_pipeline.explain.arithmetic import SUMS, parts_of_the_current_period, terms_of
from sop_pipeline.explain.sources import SOURCES
from sop_pipeline.explain.text import explanation_text

Quantities = st.floats(min_value=0, max_value=1e6)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_night(tmp_path_factory, "level")


def explained(night: Path, family: str, period: str, measure: str | None) -> dict[str, Any]:
    company = company_of(night)
    file = company.published / "sop.duckdb"
    return explain(file, company.warehouse_file, find_cell(file, family, period), measure)


def asked(night: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["explain", *arguments, "--company", str(night)])


@given(st.lists(Quantities, min_size=8, max_size=8), st.sampled_from(["production", "subcontract", "purchase"]))
def test_the_terms_of_a_supply_come_to_it_where_the_stock_balances(numbers: list[float], supply: str) -> None:
    names = ["opening_inventory", "production", "subcontract", "purchase", "other_movement", "issued", "shipped", "unexplained"]
    balance: dict[str, Any] = {f"{name}_quantity": value for name, value in zip(names, numbers, strict=True)}
    signs = [1, 1, 1, 1, 1, -1, -1, 1]
    balance["closing_inventory_quantity"] = sum(sign * value for sign, value in zip(signs, numbers, strict=True))
    balance |= {"period_kind": "horizon", "production_strategy": "make_to_stock"}
    for measure in (f"{supply}_quantity", "closing_inventory_quantity"):
        assert sum(term.value for term in terms_of(measure, balance)) == pytest.approx(balance[measure], abs=1e-6)


def test_every_sum_of_every_published_row_comes_to_its_value(night: Path) -> None:
    checked = 0
    for balance in rows(night, "select * from sop.current_balance").to_dicts():
        for measure in (*SUMS, "production_quantity", "shipped_quantity"):
            for terms in (terms_of(measure, balance), parts_of_the_current_period(measure, balance)):
                if terms and balance[measure] is not None:
                    assert sum(term.value for term in terms) == pytest.approx(float(balance[measure]), abs=1e-4), (measure, balance)
                    checked += 1
    assert checked > 50


def test_a_planned_demand_names_its_steps_and_the_line_of_the_submission(night: Path) -> None:
    found = explained(night, "PUMPS", "2026-05", "demand_quantity")
    assert [(step["step"], step["quantity"]) for step in found["steps"]][2:] == [
        (step, 1200) for step in ("sales", "finance", "demand_review", "executive")
    ]
    (source,) = [source for source in found["sources"] if source["extract"] == "sales_forecasts"]
    (row,) = source["rows"]
    with (night / row["source_file"]).open(encoding="utf-8", newline="") as file:
        line = list(csv.DictReader(file))[row["source_line"] - 2]
    assert (line["period_start"], float(line["quantity"]), row["quantity"]) == ("2026-05-01", 1200, 1200)


def test_a_past_production_is_the_sum_of_its_completions(night: Path) -> None:
    found = explained(night, "PUMPS", "2026-02-14", "production_quantity")
    (source,) = found["sources"]
    assert source["extract"] == "production_history"
    assert found["measure"]["value"] == sum(row["quantity"] for row in source["rows"]) == 1010


def test_a_load_names_the_binding_resource(night: Path) -> None:
    found = explained(night, "PUMPS", "2026-06", "load_ratio")
    assert [row["resource_id"] for row in found["resources"] if row["is_binding"]] == ["TEST_CELL"]


def test_every_measure_of_every_kind_of_period_can_be_explained(night: Path) -> None:
    reached = set()
    for period in ("2026-01", "2026-04", "2026-05"):
        for measure in sorted({measure for source in SOURCES for measure in source.measures} - {"binding_resource_id"}):
            found = explained(night, "PUMPS", period, measure)
            reached |= {source["extract"] for source in found["sources"]}
    assert reached >= {"sales_orders", "sales_forecasts", "production_history", "inventory", "prices", "standard_costs", "business_plan"}


def test_another_night_in_the_warehouse_is_told_and_not_mixed_in(night: Path, tmp_path: Path) -> None:
    company = company_of(night)
    file = company.published / "sop.duckdb"
    found = explain(file, tmp_path / "none.duckdb", find_cell(file, "PUMPS", "2026-05"), "demand_quantity")
    assert found["sources"] == []
    assert "does not exist" in found["sources_note"]


def test_the_command_prints_a_document_and_a_text(night: Path) -> None:
    document = json.loads(asked(night, "PUMPS", "2026-04", "production", "--json").stdout)
    assert document["measure"]["name"] == "production_quantity"
    text = asked(night, "presses", "2026-04")
    assert text.exit_code == 0
    assert "closing_backlog_quantity 478.52 = 480 opening backlog + 210 booked − 211.48 shipped" in text.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("PUMP", "2026-04"), "Did you mean PUMPS?"),
        (("PUMPS", "2026-14"), "is no published period. Did you mean 2026-"),
        (("PUMPS", "2026-04", "producton"), "Did you mean production_quantity?"),
        (("PUMPS",), "name a family and a period"),
    ],
)
def test_what_is_not_known_is_a_mistake_of_usage_that_names_the_nearest(night: Path, arguments: tuple[str, ...], said: str) -> None:
    result = asked(night, *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_before_the_first_night_there_is_nothing_to_explain(night: Path, tmp_path: Path) -> None:
    (tmp_path / "sop.yaml").write_text((night / "sop.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    result = asked(tmp_path, "PUMPS", "2026-04")
    assert (result.exit_code, "Run: sop run" in result.output) == (3, True)


def test_costs_of_a_file_without_a_comparison_are_refused_with_the_reason(night: Path) -> None:
    tables = rows(night, "select table_name from information_schema.tables where table_schema = 'sop'")["table_name"].to_list()
    result = asked(night, "--costs")
    assert result.exit_code == (0 if "strategy_comparison" in tables else 3)
    assert "strategy_comparison" in result.output or "total_cost" in result.output


@pytest.mark.parametrize(
    ("peg", "said"),
    [
        (
            {"share_ratio": 0.75, "relief_quantity": 40.0, "relief_amount": 1200.5},
            (
                "120 pcs wait or are lost because PRESS is full from 2026-04-01 on, 75% of the scarcity. "
                "A tenth more of it in that time would end 40 pcs of it and save 1,200.5 EUR."
            ),
        ),
        (
            {"share_ratio": None, "relief_quantity": None, "relief_amount": None},
            "120 pcs wait or are lost because PRESS is full from 2026-04-01 on.",
        ),
        (
            {"resource_name": "Store", "is_stock_based": True, "share_ratio": 0.4, "relief_quantity": None, "relief_amount": None},
            "because Store is full from 2026-04-01 on, so that no more can be made ahead, 40% of the scarcity.",
        ),
        (
            {"resource_name": "Supplier quota of component S (Seal)", "is_storable": True, "share_ratio": None, "relief_quantity": None},
            "because Supplier quota of component S (Seal) is used up from 2026-04-01 on.",
        ),
        ({"resource_id": ""}, "120 pcs wait or are lost; no resource is scarce: an override, a freeze or time itself binds."),
    ],
)
def test_a_shortage_is_told_with_the_resource_the_window_the_share_and_the_relief(night: Path, peg: dict[str, Any], said: str) -> None:
    known = {"resource_id": "PRESS", "shortage_quantity": 120.0, "planning_unit": "pcs", "window_start": dt.date(2026, 4, 1)}
    found = {**explained(night, "PUMPS", "2026-06", None), "shortage_pegs": [{**known, "currency": "EUR", **peg}]}
    assert said in " ".join(explanation_text(found).split())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            {"marginal_value_amount": 2.22, "is_as_approved": True},
            "Production stays at what was approved: one pcs less would save 2.22 EUR.",
        ),
        (
            {"marginal_value_amount": -3.1, "is_as_approved": False},
            "Production is held by a limit, a freeze or an override: one pcs more would save 3.1 EUR.",
        ),
        ({"marginal_value_amount": 0.001, "is_as_approved": True}, None),
        ({"marginal_value_amount": 9.0, "is_as_approved": False, "quantity": 0.0}, None),
        ({"marginal_value_amount": None, "is_as_approved": False}, None),
    ],
)
def test_what_holds_a_source_is_told_with_its_price(night: Path, source: dict[str, Any], said: str | None) -> None:
    known = {"source_kind": "production", "quantity": 120.0, "planning_unit": "pcs", "currency": "EUR"}
    found = {**explained(night, "PUMPS", "2026-06", None), "supply": [{**known, **source}]}
    told = " ".join(explanation_text(found).split())
    assert (said in told) if said else not re.search("Production (stays|is held)", told)


def test_a_source_says_whether_it_makes_what_was_approved(night: Path) -> None:
    for period in ("2026-04", "2026-05"):
        approved, made = rows(
            night,
            "select approved_production_quantity, production_quantity from sop.current_balance where family_id = 'PUMPS' "
            f"and period_start = '{period}-01'",
        ).row(0)
        (source,) = explained(night, "PUMPS", period, "production_quantity")["supply"]
        assert source["is_as_approved"] == (approved is not None and abs(approved - made) < 1e-3)


def test_a_measure_of_the_sheet_means_the_column_behind_it() -> None:
    columns = ["production_quantity", "customer_lead_time_days", "load_ratio"]
    assert normal_measure("Planned production quantity", columns) == "production_quantity"
    assert normal_measure("backlog_days", columns) == "customer_lead_time_days"
    assert normal_measure("load", columns) == "load_ratio"
    with pytest.raises(ConfigurationError, match="known"):
        normal_measure("xyz", columns)


def test_only_numbers_of_the_balance_are_measures() -> None:
    cell = Cell({"family_id": "A"}, {}, {"family_id": "A", "note": None, "demand_quantity": 1.0, "working_days": 20.0})
    assert cell.measures == ["demand_quantity", "working_days"]


def test_a_cell_planned_again_is_what_was_published(night: Path) -> None:
    found = json.loads(asked(night, "PUMPS", "2026-06", "--replay", "--json").output)
    by_measure = {row["measure"]: row for row in found["replay"]}
    assert round(by_measure["production_quantity"]["replayed"]) == 1215
    assert all(row["is_same"] for row in found["replay"]), found["replay"]
    assert len(by_measure) > 15


def test_a_plan_that_was_changed_by_hand_is_not_what_is_planned_again(night: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(night, tmp_path / "company")
    with duckdb.connect() as con:
        con.execute(f"attach '{folder / 'published' / 'sop.duckdb'}' as file")
        con.execute(
            "update file.sop.supply_demand_balance set production_quantity = production_quantity + 5 where period_start = '2026-06-01'"
        )
    rows_found = json.loads(asked(folder, "PUMPS", "2026-06", "--replay", "--json").output)["replay"]
    assert [row["measure"] for row in rows_found if not row["is_same"]] == ["production_quantity"]


def test_a_closed_period_cannot_be_planned_again_and_says_what_can_be_done(night: Path) -> None:
    result = asked(night, "PUMPS", "2026-02", "--replay")
    assert result.exit_code == 2
    assert "sop run --as-of" in result.output
