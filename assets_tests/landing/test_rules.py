"""Rules across extracts: each has data that breaks it and data that does not; the engine sets aside, tells and orders."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import rule_cases_demand_and_money
import rule_cases_references
import rule_cases_supply
from landing_case import FAMILIES, company_of, take
from rule_case import AS_OF, Case, Row, Tables, day

from sop_pipeline import warehouse
from sop_pipeline.company import Company
from sop_pipeline.contracts import ColumnSpec, column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.rules import CrossRule, apply_rules, cross_rules, last_period_start, rule_values
from sop_pipeline.settings import Settings
from sop_pipeline.sql_files import SqlFile
from sop_pipeline.warehouse import quoted

COMPANY = Company(Path(), Settings(company="Acme", reporting_currency="EUR", calendar="fiscal", horizon_periods=3), AS_OF)
LAST_PERIOD = dt.date(2027, 1, 1)
RULES = {rule.file.table: rule for rule in cross_rules()}
FILLER = {"text": "x", "date": dt.date(2026, 1, 1), "quantity": 1, "money": 1, "ratio": 1.0, "count": 1, "flag": True}
SQL_TYPES = {
    "text": "varchar",
    "date": "date",
    "quantity": "decimal(18, 4)",
    "money": "decimal(18, 4)",
    "ratio": "double",
    "count": "bigint",
    "flag": "boolean",
}


def filled(spec: ColumnSpec, row: Row, line: int) -> Any:
    if spec.name == "source_line":
        return line
    if spec.name in row:
        return row[spec.name]
    if spec.is_optional and spec.default is None:
        return None
    return spec.allowed_values[0] if spec.allowed_values else spec.default or FILLER[spec.kind]


def stage_rows(con: duckdb.DuckDBPyConnection, tables: Tables, extracts: Iterable[str] = EXTRACTS) -> None:
    """Staging tables: the rows named, what a row leaves out filled where it is required; empty where not named."""
    for extract in extracts:
        specs = column_specs(contract_of(f"staging.{extract}"))
        listed = ", ".join(f"{quoted(spec.name)} {SQL_TYPES[spec.kind]}" for spec in specs)
        con.execute(f"create or replace table staging.{extract} ({listed})")
        for line, row in enumerate(tables.get(extract, ()), start=1):
            unknown = row.keys() - {spec.name for spec in specs}
            assert not unknown, f"{extract} has no column {unknown}"
            marks = ", ".join("?" for _ in specs)
            con.execute(f"insert into staging.{extract} values ({marks})", [filled(spec, row, line) for spec in specs])


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One database for all rules; each stages what it reads anew."""
    with warehouse.connect(None) as opened:
        yield opened


def found_lines(con: duckdb.DuckDBPyConnection, rule: CrossRule, tables: Tables) -> list[int]:
    stage_rows(con, tables, {rule.extract, *(table.removeprefix("staging.") for table in rule.reads)})
    failing = warehouse.failing_rows(con, rule.file, rule_values(COMPANY, LAST_PERIOD))
    assert failing.columns == ["source_file", "source_line", "value"]
    assert failing["value"].null_count() == 0
    return sorted(set(failing["source_line"]))


CASES: dict[str, Case] = {**rule_cases_references.CASES, **rule_cases_demand_and_money.CASES, **rule_cases_supply.CASES}


def test_every_rule_has_a_case_and_every_case_a_rule():
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_rule_names_the_rows_that_break_it_and_no_other(con: duckdb.DuckDBPyConnection, name: str):
    case, rule = CASES[name], RULES[name]
    assert 0 < len(case.breaks) < len(case.own), "a case holds rows that break the rule and rows that do not"
    assert found_lines(con, rule, {**case.others, rule.extract: case.own}) == list(case.breaks)


@pytest.mark.parametrize(
    ("calendar", "horizon_periods", "starts", "expected"),
    [
        ("months", 3, [], "2027-01-01"),
        ("months", 14, [], "2027-12-01"),
        # 4-4-5 weeks: the as-of date lies in the period of 26 October
        ("fiscal", 1, [4, 4, 5, 4, 4, 5], "2026-10-26"),
        ("fiscal", 3, [4, 4, 5, 4, 4, 5], "2026-12-28"),
        ("fiscal", 9, [4, 4, 5, 4, 4, 5], "2027-01-25"),
        ("fiscal", 3, [], "2026-11-02"),
    ],
)
def test_the_horizon_counts_periods_of_the_companys_calendar(
    con: duckdb.DuckDBPyConnection, calendar: str, horizon_periods: int, starts: list[int], expected: str
):
    first = dt.date(2026, 8, 31)
    rows = []
    for weeks in starts:
        end = first + dt.timedelta(weeks=weeks, days=-1)
        rows.append({"period_start": first, "period_end": end})
        first = end + dt.timedelta(days=1)
    stage_rows(con, {"fiscal_calendar": rows}, {"fiscal_calendar"})
    settings = Settings(company="Acme", reporting_currency="EUR", calendar=calendar, horizon_periods=horizon_periods)
    assert last_period_start(con, Company(Path(), settings, AS_OF), {"staging.fiscal_calendar"}) == day(expected)


def test_a_horizon_of_thirteen_periods_a_year_asks_the_working_calendar_for_no_more(tmp_path: Path):
    """Thirteen periods of four weeks end before the thirteenth month begins; a calendar that reaches them is complete."""
    starts = [dt.date(2026, 10, 12) + dt.timedelta(weeks=4 * number) for number in range(14)]
    fiscal = "".join(f"{start},{start + dt.timedelta(days=27)},P{number:02},2026,1\n" for number, start in enumerate(starts))
    files = {
        "extracts/finance/fiscal_calendar.csv": "period_start,period_end,period_label,fiscal_year,fiscal_quarter\n" + fiscal,
        "extracts/production/working_calendar.csv": "site_id,period_start,working_days\n"
        + "".join(f"N,{start},20\n" for start in starts[:13])
        + "".join(f"S,{start},20\n" for start in starts[:12]),
    }
    company = company_of(tmp_path, files, "calendar: fiscal\nhorizon_periods: 13\n")
    with warehouse.connect(None) as opened:
        loads = [take(opened, company, name).staged.load for name in ("fiscal_calendar", "working_calendar")]
        found = apply_rules(opened, company, loads).issues
    assert found.select("rule", "value").rows() == [("ends_before_horizon", f"S ends {starts[11]}")]


def test_in_months_a_period_begins_on_the_first(tmp_path: Path):
    """A row that no period begins with is joined with nothing: it is set aside with its quantity, not lost."""
    files = {
        "extracts/finance/fiscal_calendar.csv": "period_start,period_end,period_label,fiscal_year,fiscal_quarter\n"
        "2026-11-15,2026-12-14,P1,2026,1\n",
        "extracts/sales/sales_forecasts.csv": "submitted_on,author,family_id,period_start,quantity\n"
        "2026-10-30,Ann,P,2026-12-01,7\n2026-10-30,Ann,P,2026-12-15,9\n",
        "extracts/engineering/product_families.csv": FAMILIES,
    }
    company = company_of(tmp_path, files)
    with warehouse.connect(None) as opened:
        loads = [take(opened, company, name).staged.load for name in ("fiscal_calendar", "product_families", "sales_forecasts")]
        outcome = apply_rules(opened, company, loads)
        kept = warehouse.read(opened, "staging.sales_forecasts")
    named = outcome.issues.filter(rule="no_period_begins").select("source_line", "column_name", "value", "severity", "quantity")
    assert named.rows() == [(3, "period_start", "2026-12-15", "error", 9.0)]
    assert kept.get_column("quantity").cast(int).to_list() == [7]


def test_a_master_that_cannot_be_read_is_one_mistake_not_one_a_row(tmp_path: Path):
    """Without items nothing is published anyway; that no item is known then says nothing of the rows that name them."""
    company = company_of(
        tmp_path,
        {
            "extracts/engineering/items.csv": "material\nA\n",
            "extracts/production/production_history.csv": "production_id,item_id,completion_date,good_quantity\n1,A,2026-01-05,10\n",
        },
    )
    with warehouse.connect(None) as opened:
        taken = [take(opened, company, name).staged for name in ("items", "production_history")]
        outcome = apply_rules(opened, company, [staged.load for staged in taken])
        kept = warehouse.count(opened, "staging.production_history")
    assert taken[0].load.status == "unusable"
    assert outcome.issues.height == 0
    assert kept == 1
    not_run = {result.rule.file.table for result in outcome.results if result.rows is None}
    assert "production_history__unknown_item" in not_run


def test_masters_that_are_not_supplied_make_nobody_unknown(con: duckdb.DuckDBPyConnection):
    for name in ("routings__unknown_resource", "sales_orders__unknown_customer", "purchase_receipts__unknown_supplier"):
        assert found_lines(con, RULES[name], {RULES[name].extract: CASES[name].own}) == []


def test_error_rules_run_masters_first_and_before_what_only_tells():
    order_of_run = [rule.file.table for rule in cross_rules()]
    assert order_of_run.index("bill_of_materials__unknown_component") < order_of_run.index("items__sold_without_family")
    severities = [rule.severity == "error" for rule in cross_rules()]
    assert severities == sorted(severities, reverse=True)


def rule_of(name: str, query: str, severity: str = "error") -> CrossRule:
    header = f"-- Rows.\n-- severity: {severity}\n-- owner: team:x\n-- column: item_id\n-- hint: Do it.\n"
    return cross_rules({name: SqlFile(Path(name), name, header + query)})[0]


def test_what_refers_to_a_row_that_is_set_aside_is_unknown_too(tmp_path: Path):
    no_items = rule_of("staging.items__bad", "select source_file, source_line, item_id as value from staging.items where item_id = 'B'")
    with warehouse.connect(None) as con:
        files = {
            "extracts/engineering/items.csv": (
                "item_id,item_name,item_type,unit_of_measure,sourcing\nA,Pump,finished,pc,make\nB,Bad,finished,pc,make\n"
            ),
            "extracts/production/production_history.csv": (
                "production_id,item_id,completion_date,good_quantity\n1,A,2026-01-05,10\n2,B,2026-01-05,20\n3,C,2026-01-05,40\n"
            ),
        }
        company = company_of(tmp_path, files)
        loads = [take(con, company, extract).staged.load for extract in ("items", "production_history")]
        outcome = apply_rules(con, company, loads, [no_items, RULES["production_history__unknown_item"]])
        kept = warehouse.read(con, "staging.production_history")
    assert kept["production_id"].to_list() == ["1"]
    assert outcome.rejected == {"items": 1, "production_history": 2}
    told = outcome.issues.filter(extract="production_history").select("source_line", "column_name", "value", "rule", "quantity")
    assert told.rows() == [(3, "item_id", "B", "unknown_item", 20.0), (4, "item_id", "C", "unknown_item", 40.0)]


def test_a_row_is_named_by_every_error_rule_it_breaks_and_set_aside_once(tmp_path: Path):
    content = "production_id,item_id,completion_date,good_quantity\n1,C,2026-01-05,10\n"
    rules = [
        rule_of(f"staging.production_history__{name}", "select source_file, source_line, 'no' as value from staging.production_history")
        for name in ("first", "second")
    ]
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {"extracts/production/production_history.csv": content})
        load = take(con, company, "production_history").staged.load
        outcome = apply_rules(con, company, [load], rules)
        left = warehouse.count(con, "staging.production_history")
    assert outcome.issues.select("rule", "value", "quantity").rows() == [("first", "no", 10.0), ("second", "no", 10.0)]
    assert (outcome.rejected, left) == ({"production_history": 1}, 0)


def test_a_stop_keeps_its_rows_and_is_reported_as_one(tmp_path: Path):
    content = (
        "period_start,period_end,period_label,fiscal_year,fiscal_quarter\n"
        "2026-10-01,2026-10-28,P01,2026,1\n2026-10-29,2026-11-25,P01,2026,1\n2026-11-27,2026-12-23,P03,2026,1\n"
    )
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {"extracts/finance/fiscal_calendar.csv": content}, "calendar: fiscal\n")
        taken = take(con, company, "fiscal_calendar")
        outcome = apply_rules(con, company, [taken.staged.load])
        left = warehouse.count(con, "staging.fiscal_calendar")
    assert [(result.rule.name, result.rows) for result in outcome.stops] == [("gap_or_overlap", 1), ("label_not_unique", 2)]
    assert left == 3


def test_a_rule_whose_tables_nobody_staged_says_it_did_not_run(tmp_path: Path):
    with warehouse.connect(None) as con:
        company = company_of(tmp_path, {})
        load = take(con, company, "prices").staged.load
        results = apply_rules(con, company, [load]).results
    assert {result.rows for result in results} == {None}


def test_a_rule_file_without_a_header_field_or_with_an_unknown_severity_is_refused():
    with pytest.raises(ValueError, match="the header lacks severity, owner, column, hint"):
        cross_rules({"staging.items__x": SqlFile(Path("x.sql"), "staging.items__x", "-- Rows.\nselect 1")})
    with pytest.raises(ValueError, match="severity 'fatal' is none of"):
        rule_of("staging.items__x", "select 1", severity="fatal")


def test_overrides_of_one_cell_say_what_each_wanted(con: duckdb.DuckDBPyConnection):
    cell = {"measure": "demand", "family_id": "F", "period_start": day("2026-12-01"), "step": "sales", "source_file": "o.csv"}
    own = [
        {"override_id": "A", "entered_on": day("2026-10-20"), "change_ratio": 0.5, **cell},
        {"override_id": "B", "entered_on": day("2026-10-21"), "change_quantity": -7, **cell},
        {"override_id": "C", "entered_on": day("2026-10-22"), "quantity": 120, **cell},
    ]
    stage_rows(con, {"overrides": own}, {"overrides"})
    told = warehouse.failing_rows(con, RULES["overrides__two_on_one_cell"].file, rule_values(COMPANY, LAST_PERIOD))
    assert sorted(told["value"]) == [
        "A (change +50 %), entered on 2026-10-20, gives way to C",
        "B (change -7), entered on 2026-10-21, gives way to C",
        "C (quantity 120.0), entered on 2026-10-22, counts",
    ]
