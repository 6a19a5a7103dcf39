"""A SQL file tells its own address, grain, parameters and upstream tables."""

from pathlib import Path

import duckdb
import pytest

from sop_pipeline import warehouse
from sop_pipeline.contracts import CONTRACTS, column_specs
from sop_pipeline.sql_files import SqlFile, in_build_order, load_rules, load_sql_files

TEXT = """-- One row per item.
-- severity: stop
-- hint: send the item
with items as (select * from staging.items where introduction_date < $as_of_date -- $not_one
)
select items.item_id::varchar as item_id from items join core.families on true where item_id <> '$nor_this'
"""


def sql_file(text: str, address: str = "core.items") -> SqlFile:
    return SqlFile(Path(f"sql/{address.replace('.', '/')}.sql"), address, text)


def test_everything_is_read_off_the_text() -> None:
    file = sql_file(TEXT)
    assert file.grain == "One row per item."
    assert file.header == {"severity": "stop", "hint": "send the item"}
    assert file.parameters == {"as_of_date"}
    assert file.upstream == ("core.families", "staging.items")


def test_spacing_and_comments_do_not_change_the_digest_but_words_do() -> None:
    same = sql_file(TEXT.replace("select items", "select\n    items").replace("-- One row per item.", "-- One row per article."))
    assert same.digest == sql_file(TEXT).digest
    assert sql_file(TEXT.replace("<>", "=")).digest != sql_file(TEXT).digest


def test_a_file_without_a_grain_is_refused_with_its_path() -> None:
    with pytest.raises(ValueError, match=r"core/items\.sql: line 1 must be a comment"):
        _ = sql_file("select 1").grain


def test_a_parameter_that_nobody_sets_is_named() -> None:
    with pytest.raises(ValueError, match=r"\$as_of_date.*known: horizon_periods"):
        sql_file(TEXT).bind({"horizon_periods": 3})


def test_tables_are_built_after_what_they_read_and_circles_are_refused() -> None:
    files = {
        "core.a": sql_file("-- One row.\nselect * from core.b", "core.a"),
        "core.b": sql_file("-- One row.\nselect * from core.c", "core.b"),
        "core.c": sql_file("-- One row.\nselect 1 as x", "core.c"),
    }
    assert [file.address for file in in_build_order(files)] == ["core.c", "core.b", "core.a"]
    files["core.c"] = sql_file("-- One row.\nselect * from core.a", "core.c")
    with pytest.raises(ValueError, match=r"circle: core\.a -> core\.b -> core\.c -> core\.a"):
        in_build_order(files)


@pytest.mark.parametrize("schema", ["staging", "core", "sop"])
def test_every_table_of_a_sql_schema_has_a_contract_and_every_contract_a_file(schema: str) -> None:
    files = load_sql_files(schema)
    contracts = {address for address in CONTRACTS if address.startswith(f"{schema}.")} - LANDED
    assert set(files) == contracts


@pytest.mark.parametrize("address", sorted(load_sql_files("core") | load_sql_files("sop")))
def test_the_grain_of_a_file_is_a_sentence(address: str) -> None:
    grain = (load_sql_files("core") | load_sql_files("sop"))[address].grain
    assert grain.startswith("One row")
    assert grain.endswith(".")


@pytest.mark.parametrize("rule", sorted(load_rules()))
def test_every_rule_says_how_severe_it_is_who_owns_it_and_what_to_do(rule: str) -> None:
    header = load_rules()[rule].header
    assert header["severity"] in ("info", "warning", "error", "stop")
    assert header["owner"].startswith("team:")
    assert header["hint"]


def test_every_measure_of_the_balance_is_defined() -> None:
    text = load_sql_files("sop")["sop.metric_definition"].text
    measures = [
        spec.name
        for spec in column_specs(CONTRACTS["sop.supply_demand_balance"])
        if spec.name.endswith(("_quantity", "_amount", "_ratio", "_days", "_heads"))
    ]
    missing = [name for name in measures if f"('{name}'" not in text and not name.endswith("_to_date_quantity")]
    assert missing == []


# written by landing, not by a SQL file
LANDED = {"staging.extract_status", "staging.quality_issues"}


def test_an_amount_beyond_all_money_says_so_and_which_table_holds_it() -> None:
    file = sql_file("-- One row per amount.\nselect (54e15)::decimal(18, 2) as amount\n", "core.amounts")
    with warehouse.connect(None) as con, pytest.raises(warehouse.AmountError, match=r"core\.amounts: an amount has more than 16 digits"):
        warehouse.build(con, file, {})


def test_a_value_that_does_not_cast_stays_the_mistake_of_its_query() -> None:
    file = sql_file("-- One row per day.\nselect 'no day'::date as amount\n", "core.amounts")
    with warehouse.connect(None) as con, pytest.raises(duckdb.ConversionException, match="no day"):
        warehouse.build(con, file, {})
