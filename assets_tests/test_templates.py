"""What a new company folder is filled with: complete, consistent, and true to the contracts."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from assets_tests.staged_rows import staged_example
from sop_pipeline.contracts import column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.planning.optimum import costs as optimum_costs
from sop_pipeline.templates import commented_sop_yaml, data_dictionary_markdown, example_csv, sent_columns, template_csv

# Where the values of a column must be found, for every extract that holds it.
REFERENCES = {
    "item_id": "items",
    "family_id": "product_families",
    "resource_id": "resources",
    "supplier_id": "suppliers",
    "customer_id": "customers",
    "order_id": "sales_orders",
}
ITEM_COLUMNS = ("item_id", "like_item_id", "successor_item_id", "parent_item_id", "component_item_id", "old_item_id", "new_item_id")


def rows(extract: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(example_csv(extract)), strict=True))


def uses(column: str) -> Iterator[tuple[str, str]]:
    """Every value an example holds in a column of this name, with the extract."""
    for extract in EXTRACTS:
        yield from ((extract, row[column]) for row in rows(extract) if row.get(column))


@pytest.mark.parametrize("extract", EXTRACTS)
def test_template_and_example_have_the_columns_a_department_sends(extract: str):
    names = [spec.name for spec in column_specs(contract_of(f"staging.{extract}"))]
    assert names[-2:] == ["source_file", "source_line"]
    assert template_csv(extract) == ",".join(names[:-2]) + "\n"
    assert example_csv(extract).startswith(template_csv(extract))
    assert all(None not in row and None not in row.values() for row in rows(extract)), "a row is longer or shorter than the header"


@pytest.mark.parametrize("extract", EXTRACTS)
def test_every_cell_of_an_example_is_a_value_of_its_column(extract: str):
    frame = staged_example(extract)
    for spec in sent_columns(extract):
        texts = [row[spec.name] for row in rows(extract)]
        values = frame[spec.name].to_list()
        lost = [text for text, value in zip(texts, values, strict=True) if text and value is None]
        assert lost == [], f"{extract}.{spec.name}"


@pytest.mark.parametrize(("column", "master"), REFERENCES.items())
def test_the_examples_name_only_what_the_masters_know(column: str, master: str):
    known = {row[column] for row in rows(master)}
    assert {use for use in uses(column) if use[1] not in known} == set()


def test_every_item_column_of_the_examples_names_a_known_item():
    known = {row["item_id"] for row in rows("items")}
    assert {use for column in ITEM_COLUMNS for use in uses(column) if use[1] not in known} == set()


def test_the_examples_hold_what_sums_to_one():
    variants = [float(row["mix_ratio"]) for row in rows("planning_bills") if row["kind"] == "variant"]
    shares: dict[str, float] = {}
    for row in rows("supplier_items"):
        shares[row["item_id"]] = shares.get(row["item_id"], 0) + float(row["share_ratio"])
    assert sum(variants) == pytest.approx(1)
    assert shares == pytest.approx(dict.fromkeys(shares, 1))


def test_every_currency_of_the_examples_has_a_rate():
    rated = {row["from_currency"] for row in rows("exchange_rates")} | {"EUR"}
    assert {use for use in uses("currency") if use[1] not in rated} == set()


@pytest.mark.parametrize(("item", "opening", "closing"), [("CP-100", 28, 33), ("CP-200", 21, 24)])
def test_the_stock_of_the_examples_rolls_forward_over_october(item: str, opening: float, closing: float):
    factor = {"": 1.0, "BOX": 10.0}
    snapshots: dict[str, float] = {}
    for row in rows("inventory"):
        if row["item_id"] == item:
            snapshots[row["snapshot_date"]] = snapshots.get(row["snapshot_date"], 0) + float(row["quantity"])
    assert snapshots == {"2026-09-30": opening, "2026-10-31": closing}
    made = sum(
        float(r["good_quantity"]) for r in rows("production_history") if r["item_id"] == item and r["completion_date"][:7] == "2026-10"
    )
    moved = sum(float(r["quantity"]) for r in rows("inventory_movements") if r["item_id"] == item)
    shipped = sum(
        float(r["shipped_quantity"]) * factor[r["unit_of_measure"]]
        for r in rows("shipments")
        if r["item_id"] == item and r["ship_date"][:7] == "2026-10"
    )
    assert opening + made + moved - shipped == closing


def test_the_control_total_of_revenue_is_what_the_examples_shipped():
    invoiced = sum(float(row["net_amount"]) for row in rows("shipments") if row["ship_date"].startswith("2026-10"))
    stated = [float(row["amount"]) for row in rows("control_totals") if row["measure"] == "revenue"]
    assert stated == [invoiced]


def test_the_settings_state_every_key_with_its_default():
    settings = YAML(typ="safe").load(commented_sop_yaml("Kolibri Pumps", "EUR"))
    assert settings == {
        "company": "Kolibri Pumps",
        "reporting_currency": "EUR",
        "as_of_date": None,
        "horizon_periods": 24,
        "look_ahead_periods": 6,
        "history_periods": 36,
        "calendar": "months",
        "time_zone": "Europe/Berlin",
        "schedule": "30 3 * * *",
        "forecast": {"engine": "standard", "levels": [80, 95], "backtest_origins": 12, "workers": 2, "distributed": None},
        "supply": {
            "strategy": "least_cost",
            "whole_heads": False,
            "minimum_runs": False,
            "idle_hours": "allowed",
            "holding_cost_on": "closing",
            "holding_cost_above": "zero",
            "level_block_periods": 12,
            "stability_weight": 1.0,
            "slushy_fence_periods": None,
            "slushy_multiple": 10.0,
            "gap": 1.0e-4,
            "node_limit": 100000,
        },
        "costs": {"inventory_carrying_rate_per_year": 0.18, "backorder_cost_ratio": 0.25, "lost_sale_cost_ratio": 1.0},
        "inventory_statuses": ["unrestricted", "quality", "transit"],
        "business_plan_version": None,
        "read_from": [],
        "tolerances": {"rejected_rows_ratio": 0.02, "control_total_ratio": 0.01, "unexplained_ratio": 0.005},
        "exceptions": {
            "negligible_ratio": 0.005,
            "lead_time_tolerance_days": 1.0,
            "schedule_off_plan_ratio": 0.1,
            "schedule_periods": 1,
            "sales_plan_periods": 3,
            "unexplained_periods": 3,
            "bias_ratio": 0.1,
        },
        "publish": {"storage_version": "v1.2.0", "keep_previous": 3, "parquet": True, "workbook": True, "html": True},
        "extracts": {},
    }


def test_the_settings_say_what_the_ratios_of_costs_are_shares_of():
    """As the derived costs of the plan say it themselves."""
    derived = Path(optimum_costs.__file__).read_text(encoding="utf-8")
    said = dict(re.findall(r"^  (\w+_ratio): [\d.]+ +# of (\w+ \w+)", commented_sop_yaml("Acme", "EUR"), re.MULTILINE))
    for name in ("backorder_cost_ratio", "lost_sale_cost_ratio"):
        assert f"{name} × {said[name]}" in derived


def test_the_commented_mapping_is_yaml_once_the_comment_signs_are_gone():
    text = commented_sop_yaml("Kolibri Pumps", "CHF")
    mapping = text[text.index("# extracts:") :].replace("# ", "", 1).replace("\n# ", "\n")
    mapping = re.sub(r"\$\{\w+\}", "x", mapping)
    extracts = YAML(typ="safe").load(mapping)["extracts"]
    assert set(extracts) <= set(EXTRACTS)
    assert set(extracts["sales_orders"]["columns"]) <= {spec.name for spec in sent_columns("sales_orders")}
    assert extracts["sales_orders"]["constants"] == {"currency": "CHF", "order_type": "standard"}
    assert extracts["sales_orders"]["format"]["date"] == "%d.%m.%Y"


@given(name=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_any_company_name_comes_back_from_the_settings(name: str):
    settings = YAML(typ="safe").load(commented_sop_yaml(name, "EUR"))
    assert settings["company"] == name
    assert settings["reporting_currency"] == "EUR"


def test_the_data_dictionary_describes_every_column_of_every_extract_once():
    text = data_dictionary_markdown()
    entries = {entry.split("\n", 1)[0]: entry for entry in re.split(r"^### ", text, flags=re.MULTILINE)[1:]}
    assert list(entries) == list(EXTRACTS)
    for extract, entry in entries.items():
        lines = [re.findall(r"[^|]+", line) for line in entry.splitlines() if line.startswith("| ")][1:]
        assert [cells[0].strip(" *") for cells in lines] == [spec.name for spec in sent_columns(extract)]
        assert {len(cells) for cells in lines} == {4}
        assert all(cell.strip() for cells in lines for cell in cells)
        assert ("Required" in entry) == EXTRACTS[extract].is_required


def test_the_data_dictionary_states_keys_ranges_lists_defaults_and_rules():
    text = data_dictionary_markdown()
    assert "| **order_id** | text | no | Sales order |" in text
    assert "| ordered_quantity | quantity | no | Quantity ordered, in the row's unit; > 0 |" in text
    assert "; one of low, medium, high |" in text
    assert "| per_quantity | quantity | yes: 1 | " in text
    assert "- end_date_not_before_start_date: end_date must not lie before start_date; correct the dates. (error)" in text
    assert "(warning)" in text


def test_a_name_that_is_no_extract_is_refused():
    with pytest.raises(KeyError, match=r"staging\.nonsense has no contract"):
        template_csv("nonsense")
