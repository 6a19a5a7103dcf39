"""The list of extracts, the contract of each and the SQL that types it say the same."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_tests.staged_rows import STAGING_FILES, staged
from sop_pipeline.contracts import contract_of, staging
from sop_pipeline.extracts import EXTRACTS, SUFFIXES, extract_of_file
from sop_pipeline.sql_files import SqlFile
from sop_pipeline.templates import sent_columns

# What a cell of each kind may hold that is no value of that kind, beyond plain words.
UNFIT = {
    "date": ("infinity", "-infinity", "2026-02-30"),
    "quantity": ("nan", "12345678901234567"),
    "money": ("nan", "12345678901234567"),
    "ratio": ("nan", "inf", "-infinity", "1e400"),
    "count": ("1.5", "nan", "99999999999999999999"),
    "flag": ("2", "maybe"),
}


def fitting(kind: str, position: int) -> tuple[str, Any]:
    """A text a column of this kind may hold, other for every position, and the value it stands for."""
    exact = Decimal(f"-{position}.0625")
    return {
        "date": (f"2026-01-{position + 1:02}", dt.date(2026, 1, position + 1)),
        "quantity": (str(exact), exact),
        "money": (str(exact), exact),
        "ratio": (f"{position + 1}.5e-07", (position + 1.5) / 1e7),
        "count": (str(position), position),
        "flag": ("true", True),
    }.get(kind, (f"0{position} Text", f"0{position} Text"))


def test_every_extract_has_a_contract_and_a_query_and_nothing_else_has_one():
    expected = {f"staging.{name}" for name in EXTRACTS}
    assert set(staging.TABLES) == expected
    assert set(STAGING_FILES) == expected


@pytest.mark.parametrize("name", EXTRACTS)
def test_the_contract_of_an_extract_lives_in_the_module_of_its_department_and_is_named_after_it(name: str):
    contract, department = contract_of(f"staging.{name}"), EXTRACTS[name].department
    assert contract.__module__ == f"sop_pipeline.contracts.staging.{department}"
    assert contract.__name__ == name.title().replace("_", "")
    assert EXTRACTS[name].owner == f"team:{department}"


@pytest.mark.parametrize("name", EXTRACTS)
def test_a_staging_query_reads_its_own_raw_view_and_opens_with_the_grain_of_the_contract(name: str):
    file: SqlFile = STAGING_FILES[f"staging.{name}"]
    assert file.upstream == (f"raw.{name}",)
    assert file.grain == contract_of(f"staging.{name}").grain()
    assert not file.parameters


@pytest.mark.parametrize("name", EXTRACTS)
def test_a_staging_query_yields_the_columns_of_the_contract_in_order_and_type(name: str):
    expected = {column: spec.dtype.type for column, spec in contract_of(f"staging.{name}").to_schema().columns.items()}
    assert list(staged(name, {}).schema.items()) == list(expected.items())


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_column_takes_the_cell_of_its_own_name(name: str):
    specs = sent_columns(name)
    pairs = {spec.name: fitting(spec.kind, position) for position, spec in enumerate(specs)}
    row = staged(name, {column: [text] for column, (text, _) in pairs.items()}).row(0, named=True)
    for column, (_, value) in pairs.items():
        assert row[column] == pytest.approx(value) if isinstance(value, float) else row[column] == value, column
    assert (row["source_file"], row["source_line"]) == (f"{name}.csv", 2)


@pytest.mark.parametrize("name", EXTRACTS)
def test_what_is_no_value_of_its_kind_becomes_empty_even_where_empty_has_a_meaning(name: str):
    specs = [spec for spec in sent_columns(name) if spec.kind in UNFIT]
    rows = 1 + max((len(UNFIT[spec.kind]) for spec in specs), default=0)
    cells = {spec.name: ["abc", *UNFIT[spec.kind], *["abc"] * (rows - 1 - len(UNFIT[spec.kind]))] for spec in specs}
    result = staged(name, cells)
    kept = {spec.name: result[spec.name].drop_nulls().to_list() for spec in specs}
    assert {column: values for column, values in kept.items() if values} == {}


@pytest.mark.parametrize("name", EXTRACTS)
def test_an_empty_cell_holds_the_default_of_its_column_and_nothing_else(name: str):
    row = staged(name, {}).row(0, named=True)
    for spec in sent_columns(name):
        if spec.default is None:
            assert row[spec.name] is None
        elif spec.kind == "text":
            assert row[spec.name] == spec.default
        elif spec.kind == "flag":
            assert row[spec.name] is (spec.default == "true")
        else:
            assert float(row[spec.name]) == float(spec.default)


def test_the_defaults_are_those_the_extracts_are_documented_with():
    found = {f"{name}.{spec.name}": spec.default for name in EXTRACTS for spec in sent_columns(name) if spec.default is not None}
    assert found == {
        "sales_orders.per_quantity": "1",
        "items.planning_units_per_unit": "1",
        "product_families.demand_time_fence_periods": "0",
        "product_families.planning_time_fence_periods": "0",
        "routings.routing_id": "main",
        "standard_costs.per_quantity": "1",
        "prices.per_quantity": "1",
        "business_plan.plan_level": "annual",
        "business_plan.period_months": "1",
        "resources.is_critical": "true",
        "resources.number_of_units": "1",
        "workforce.hours_per_head_per_day": "8",
        "supply_policies.subcontract_allowed": "false",
        "supply_policies.lost_sales_allowed": "false",
    }


def test_numbers_keep_every_digit_their_type_can_hold():
    row = staged("sales_orders", {"ordered_quantity": ["12345678901234.5678"], "per_quantity": ["100"]}).row(0, named=True)
    assert str(row["ordered_quantity"]) == "12345678901234.5678"
    assert str(row["per_quantity"]) == "100.0000"
    assert staged("unit_conversions", {"factor": ["0.000001"]})["factor"].to_list() == [1e-6]


@pytest.mark.parametrize(
    ("file_name", "extract"),
    [
        ("inventory.csv", "inventory"),
        ("inventory_2026-10-31.csv", "inventory"),
        ("inventory_movements_2026.csv", "inventory_movements"),
        ("inventory_movements.csv.gz", "inventory_movements"),
        ("inventory_move.csv", "inventory"),
        ("sales_orders.2025.parquet", "sales_orders"),
        ("sales_orders-north.xlsx", "sales_orders"),
        ("ITEMS.CSV", "items"),
        ("extracts/engineering/items.tsv", "items"),
        ("items2.csv", None),
        ("items", None),
        ("items.json", None),
        ("items.gz", None),
        ("review_2026-10.xlsx", None),
        ("old_items.csv", None),
    ],
)
def test_a_file_belongs_to_the_longest_extract_name_it_begins_with(file_name: str, extract: str | None):
    found = extract_of_file(file_name)
    assert (found.name if found else None) == extract


@given(
    name=st.sampled_from(sorted(EXTRACTS)),
    tail=st.text("abcimnorstv_-.0", max_size=12),
    suffix=st.sampled_from(SUFFIXES),
    is_zipped=st.booleans(),
)
def test_cutting_the_stem_from_the_right_until_it_is_a_name_finds_the_same_extract(name: str, tail: str, suffix: str, is_zipped: bool):
    stem = name + tail
    cuts = [stem] + [stem[:end] for end in range(len(stem) - 1, 0, -1) if stem[end] in "_-."]
    expected = next((EXTRACTS[cut] for cut in cuts if cut in EXTRACTS), None)
    assert extract_of_file(stem + suffix + ".gz" * is_zipped) == expected


def test_a_table_without_a_contract_says_where_to_write_one():
    with pytest.raises(KeyError, match="write a class for nonsense in sop_pipeline/contracts/staging"):
        contract_of("staging.nonsense")


def test_planning_cannot_do_without_the_six_extracts_that_the_contract_stars():
    required = {extract.name for extract in EXTRACTS.values() if extract.is_required}
    assert required == {"sales_orders", "items", "product_families", "standard_costs", "production_history", "inventory"}
