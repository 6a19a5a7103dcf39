"""Every staging contract says what is documented, accepts its example and names the rule that a mutated row breaks."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pandera.errors
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_tests.contracts.row_mutations import ROW_MUTATIONS
from assets_tests.staged_rows import staged_example
from sop_pipeline.contracts import CONTRACTS, Rule, Table, column_specs, contract_of, rule_of, rule_specs
from sop_pipeline.contracts.base import Text, column
from sop_pipeline.contracts.staging import vocabulary
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.templates import sent_columns

DOCUMENTED = Path(__file__).parent / "documented_columns.txt"
TOKEN = re.compile(r"^(?P<key>\*?)(?P<name>\w+)(?P<optional>\??)(?P<range>>=0|>0|[\[(]0,1[\])])?(\{(?P<values>[^}]+)\})?$")
BOUNDS_OF_RANGE = {">0": "> 0", ">=0": "≥ 0", "[0,1)": "≥ 0 and < 1", "(0,1]": "> 0 and ≤ 1", "(0,1)": "> 0 and < 1"}
OUTSIDE_RANGE = {">0": (0, -1), ">=0": (-1,), "[0,1)": (-0.5, 1), "(0,1]": (0, 1.5), "(0,1)": (0, 1)}


class Documented(NamedTuple):
    name: str
    is_key: bool
    is_optional: bool
    range: str
    values: tuple[str, ...]


def documented() -> dict[str, list[Documented]]:
    found: dict[str, list[Documented]] = {}
    for line in DOCUMENTED.read_text(encoding="utf-8").splitlines()[1:]:
        extract, _, tokens = line.partition(": ")
        for token in tokens.split():
            match = TOKEN.match(token)
            assert match, token
            values = tuple(match["values"].split("|")) if match["values"] else ()
            found.setdefault(extract, []).append(
                Documented(match["name"], bool(match["key"]), bool(match["optional"]), match["range"] or "", values)
            )
    return found


COLUMNS = documented()


def broken_rules(contract: type[Table], frame: pl.DataFrame) -> set[tuple[str, int]]:
    """Name and row of every rule the frame breaks; a wrong structure is no rule and raises."""
    try:
        contract.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("column", "check", "index").rows()
        return {(rule_of(contract, column_name, check).name, index) for column_name, check, index in cases}
    return set()


def changed(frame: pl.DataFrame, values: Mapping[str, Any], row: int = 0) -> pl.DataFrame:
    """The frame with other values in one row."""
    at_row = pl.int_range(pl.len()) == row
    return frame.with_columns(
        pl.when(at_row).then(pl.lit(value, dtype=frame.schema[name])).otherwise(pl.col(name)).alias(name) for name, value in values.items()
    )


def test_the_documented_extracts_are_the_extracts():
    assert list(COLUMNS) == list(EXTRACTS)


@pytest.mark.parametrize("extract", EXTRACTS)
def test_a_contract_has_the_documented_columns_in_order_with_key_emptiness_and_values(extract: str):
    contract, lines = contract_of(f"staging.{extract}"), COLUMNS[extract]
    assert [spec.name for spec in column_specs(contract)] == [line.name for line in lines] + ["source_file", "source_line"]
    assert contract.key_columns() == tuple(line.name for line in lines if line.is_key)
    for spec, line in zip(sent_columns(extract), lines, strict=True):
        assert spec.is_optional == line.is_optional, spec.name
        assert spec.allowed_values == line.values, spec.name
        if line.range:
            assert spec.bounds == BOUNDS_OF_RANGE[line.range], spec.name


@pytest.mark.parametrize("extract", EXTRACTS)
def test_names_tell_types(extract: str):
    for spec in sent_columns(extract):
        if spec.name.endswith(("_date", "_on")) or spec.name.startswith(("period_", "valid_")):
            assert spec.kind == {"period_label": "text", "period_months": "count"}.get(spec.name, "date"), spec.name
        elif spec.name.endswith("_id") or spec.name == "currency":
            assert spec.kind == "text", spec.name
        elif spec.name == "quantity" or spec.name.endswith("_quantity"):
            assert spec.kind == "quantity", spec.name
        elif spec.name.endswith("_ratio"):
            assert spec.kind == "ratio", spec.name


@pytest.mark.parametrize("extract", EXTRACTS)
def test_money_stands_beside_its_currency(extract: str):
    names = {spec.name for spec in sent_columns(extract)}
    assert {spec.currency for spec in sent_columns(extract) if spec.kind == "money"} <= {"currency"} & names


@pytest.mark.parametrize("extract", EXTRACTS)
def test_the_example_is_accepted(extract: str):
    contract, frame = contract_of(f"staging.{extract}"), staged_example(extract)
    assert frame.height > 0
    assert broken_rules(contract, frame) == set()
    assert not frame.select(pl.struct(contract.key_columns()).is_duplicated().any()).item()


@pytest.mark.parametrize("extract", EXTRACTS)
def test_an_empty_required_cell_breaks_the_required_rule_of_its_column(extract: str):
    contract, frame = contract_of(f"staging.{extract}"), staged_example(extract)
    last = frame.height - 1
    defaults = {spec.name for spec in sent_columns(extract) if spec.default is not None}
    for line in COLUMNS[extract]:
        broken = broken_rules(contract, changed(frame, {line.name: None}, last))
        must_be_given = not line.is_optional or line.name in defaults
        assert ((f"{line.name}_required", last) in broken) == must_be_given, line.name
        assert {row for _, row in broken} <= {last}


@pytest.mark.parametrize(
    ("extract", "name", "value"),
    [(extract, line.name, value) for extract, lines in COLUMNS.items() for line in lines for value in OUTSIDE_RANGE.get(line.range, ())],
)
def test_a_value_outside_its_range_breaks_the_range_rule_of_its_column(extract: str, name: str, value: float):
    contract, frame = contract_of(f"staging.{extract}"), staged_example(extract)
    exact = Decimal(str(value)) if isinstance(frame.schema[name], pl.Decimal) else value
    assert (f"{name}_range", 0) in broken_rules(contract, changed(frame, {name: exact}))


@pytest.mark.parametrize("extract", ["promotions", "product_launches", "market_assumptions", "overrides", "sales_forecasts"])
def test_what_core_refuses_to_be_negative_is_set_aside_by_row_and_does_not_stop_the_night(extract: str):
    refused = {
        spec.name
        for address in CONTRACTS
        if address.startswith("core.")
        for spec in column_specs(contract_of(address))
        if spec.bounds.startswith(("≥ 0", "> 0"))
    }
    assert [spec.name for spec in sent_columns(extract) if spec.name in refused and not spec.bounds.startswith(("≥ 0", "> 0"))] == []


@pytest.mark.parametrize(
    ("extract", "name", "value"),
    [
        ("promotions", "uplift_ratio", -0.1),
        ("promotions", "uplift_quantity", -1),
        ("promotions", "pull_forward_ratio", 1.5),
        ("product_launches", "ramp_periods", -1),
        ("product_launches", "like_item_scale", -0.5),
        ("product_launches", "expected_period_quantity", -1),
        ("market_assumptions", "effect_ratio", -1.5),
        ("overrides", "quantity", -1),
        ("overrides", "change_ratio", -1.5),
        ("scenarios", "factor", -1),
    ],
)
def test_a_number_that_makes_no_sense_breaks_the_range_rule_of_its_column(extract: str, name: str, value: float):
    contract, frame = contract_of(f"staging.{extract}"), staged_example(extract)
    exact = Decimal(str(value)) if isinstance(frame.schema[name], pl.Decimal) else value
    assert (f"{name}_range", 0) in broken_rules(contract, changed(frame, {name: exact}))


@pytest.mark.parametrize(("extract", "name"), [(extract, line.name) for extract, lines in COLUMNS.items() for line in lines if line.values])
def test_a_value_outside_its_list_breaks_the_list_rule_of_its_column(extract: str, name: str):
    contract, frame = contract_of(f"staging.{extract}"), staged_example(extract)
    foreign: Any = 2 if frame.schema[name] == pl.Int64 else "Nonsense"
    assert (f"{name}_list", 0) in broken_rules(contract, changed(frame, {name: foreign}))


@pytest.mark.parametrize(
    ("extract", "name", "value"),
    [("sales_orders", "currency", "Euro"), ("exchange_rates", "to_currency", "eur"), ("resources", "capacity_unit", "Stunden")],
)
def test_a_text_in_the_wrong_form_breaks_the_pattern_rule_of_its_column(extract: str, name: str, value: str):
    contract, frame = contract_of(f"staging.{extract}"), staged_example(extract)
    assert broken_rules(contract, changed(frame, {name: value})) == {(f"{name}_pattern", 0)}


@pytest.mark.parametrize(("extract", "rule", "values"), ROW_MUTATIONS)
def test_a_row_that_contradicts_itself_breaks_the_rule_named_so(extract: str, rule: str, values: dict[str, Any]):
    assert broken_rules(contract_of(f"staging.{extract}"), changed(staged_example(extract), values)) == {(rule, 0)}


def test_a_rule_over_several_columns_names_them_in_the_order_of_the_file():
    rule = rule_of(contract_of("staging.promotions"), None, "end_date_not_before_start_date")
    assert rule.column == "start_date, end_date"
    assert rule_of(contract_of("staging.overrides"), None, "exactly_one_change").column == "quantity, change_quantity, change_ratio"


def test_every_row_rule_has_a_mutation_that_breaks_it():
    rules = {(extract, rule) for extract in EXTRACTS for rule in contract_of(f"staging.{extract}").row_rules()}
    assert {(extract, rule) for extract, rule, _ in ROW_MUTATIONS} == rules


@pytest.mark.parametrize(
    ("extract", "values"),
    [
        ("standard_costs", {"overhead_cost": Decimal("19.81")}),
        ("standard_costs", {"overhead_cost": None, "total_cost": Decimal(500)}),
        ("promotions", {"uplift_ratio": None, "uplift_quantity": None}),
        ("sales_orders", {"last_ship_date": None, "shipped_quantity": None, "cancelled_quantity": None}),
        ("planning_costs", {"scope": "company", "scope_id": None}),
        ("planning_costs", {"cost_type": "opening_cash", "value": -1.0}),
        ("resources", {"capacity_unit": "m3", "hours_per_day": Decimal(900)}),
        ("business_plan", {"quantity": None}),
    ],
)
def test_what_is_rounded_or_not_given_contradicts_nothing(extract: str, values: dict[str, Any]):
    assert broken_rules(contract_of(f"staging.{extract}"), changed(staged_example(extract), values)) == set()


def test_what_a_row_can_be_planned_with_only_warns_and_other_rules_set_the_row_aside():
    severities = {(extract, rule.name): rule.severity for extract in EXTRACTS for rule in rule_specs(contract_of(f"staging.{extract}"))}
    warns = {key for key, severity in severities.items() if severity == "warning"}
    optional = {(extract, f"{spec.name}_range") for extract in EXTRACTS for spec in sent_columns(extract) if spec.is_optional}
    assert warns - optional == {
        ("inventory_policies", "target_days_not_below_minimum"),
        ("inventory_policies", "target_days_not_above_maximum"),
        ("items", "planning_units_per_unit_plausible"),
        ("resource_capacity", "planned_downtime_not_above_regular_capacity"),
        ("resources", "hours_per_day_of_a_day"),
        ("resources", "overtime_ratio_not_a_percentage"),
        ("workforce", "hours_per_head_per_day_of_a_day"),
        ("workforce", "overtime_hours_per_head_of_a_period"),
        ("routings", "run_hours_per_unit_plausible"),
        ("routings", "yield_ratio_plausible"),
        ("working_calendar", "working_days_plausible"),
        ("sales_orders", "last_ship_date_not_before_order_date"),
        ("sales_orders", "cancelled_date_not_before_order_date"),
        ("sales_orders", "shipped_and_cancelled_within_ordered"),
        ("promotions", "uplift_ratio_not_a_percentage"),
        ("market_assumptions", "effect_ratio_not_a_percentage"),
        ("overrides", "change_ratio_not_a_percentage"),
        ("overrides", "expires_on_after_entered_on"),
    }
    assert set(severities.values()) == {"warning", "error"}


@pytest.mark.parametrize("extract", EXTRACTS)
def test_every_rule_says_what_to_do_and_the_key_is_the_last(extract: str):
    rules = rule_specs(contract_of(f"staging.{extract}"))
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.hint.endswith(".") for rule in rules)
    of_rows = contract_of(f"staging.{extract}").row_rules()
    assert all(rule.column in rule.hint for rule in rules if rule.column is not None and rule.name not in of_rows)
    assert rules[-1].name == "unique_key"


def test_a_rule_keeps_its_name_when_its_bound_moves():
    contract = contract_of("staging.sales_orders")
    moved = [rule_of(contract, "ordered_quantity", check) for check in ("greater_than(0)", "greater_than(5)", "less_than(9)")]
    assert {rule.name for rule in moved} == {"ordered_quantity_range"}
    with pytest.raises(KeyError, match="SalesOrders has no rule for check"):
        rule_of(contract, "ordered_quantity", "dtype('Int64')")


def test_a_column_that_must_be_unique_names_its_rule():
    class Labels(Table, key=("label",)):
        """One row per label."""

        label: Text = column("Label", unique=True)

    frame = pl.DataFrame({"label": ["a", "b", "a"]})
    assert broken_rules(Labels, frame) == {("label_unique", 0), ("label_unique", 2)}


def test_an_unknown_severity_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match="severity 'fatal' of column 'Label' is none of info"):
        column("Label", severity="fatal")
    with pytest.raises(ValueError, match=r"severity 'fatal' of the rule with the hint 'Do\.' is none of info"):
        Rule(pl.lit(True), "Do.", severity="fatal")


CELL = st.one_of(st.none(), st.integers(-3, 3))


@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20))
def test_counting_rules_agree_with_counting_by_hand(rows: list[tuple[int | None, int | None, int | None]]):
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64, "c": pl.Int64}, orient="row")
    names = ("a", "b", "c")
    rules = [vocabulary.exactly_one_of(*names), vocabulary.at_least_one_of(*names), vocabulary.at_most_one_of(*names)]
    exactly, at_least, at_most = (frame.select(rule.holds).to_series().to_list() for rule in rules)
    given_cells = [sum(cell is not None for cell in row) for row in rows]
    assert exactly == [number == 1 for number in given_cells]
    assert at_least == [number >= 1 for number in given_cells]
    assert at_most == [number <= 1 for number in given_cells]


@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20))
def test_order_rules_judge_only_rows_where_both_sides_are_given(rows: list[tuple[int | None, int | None]]):
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    expected = [None if a is None or b is None else a <= b for a, b in rows]
    assert frame.select(vocabulary.not_above("a", "b").holds).to_series().to_list() == expected
    assert frame.select(vocabulary.not_before("b", "a").holds).to_series().to_list() == expected
