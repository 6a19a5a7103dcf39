"""Values out of their range where the rest of the row can be planned with: told, and counted as not given."""

from decimal import Decimal
from pathlib import Path

import pytest
from landing_case import take_text

from sop_pipeline.contracts import column_specs, contract_of, rule_specs
from sop_pipeline.extracts import EXTRACTS

CREW = "resource_id,period_start,headcount,hours_per_head_per_day,absence_ratio,expected_leavers\n"


def test_an_impossible_figure_counts_as_not_given_and_the_rest_of_its_row_is_used(tmp_path: Path):
    landed = take_text(tmp_path, "workforce", CREW + "CREW,2026-11-01,5,-1,1.5,-2\nYARD,2026-11-01,3,7,0.1,1\n")
    assert landed.staged.issues.sort("column_name").select("source_line", "column_name", "value", "rule", "severity").rows() == [
        (2, "absence_ratio", "1.5", "absence_ratio_range", "warning"),
        (2, "expected_leavers", "-2", "expected_leavers_range", "warning"),
        (2, "hours_per_head_per_day", "-1", "hours_per_head_per_day_range", "warning"),
    ]
    columns = ["resource_id", "headcount", "hours_per_head_per_day", "absence_ratio", "expected_leavers"]
    assert landed.rows.select(columns).sort("resource_id").rows() == [
        ("CREW", Decimal(5), Decimal(8), None, None),
        ("YARD", Decimal(3), Decimal(7), 0.1, Decimal(1)),
    ]
    assert landed.staged.rows_rejected == 0


def test_more_hours_than_there_are_stand_for_no_limit_and_are_told_and_used(tmp_path: Path):
    header = "resource_id,period_start,headcount,hours_per_head_per_day,overtime_hours_per_head\n"
    landed = take_text(tmp_path, "workforce", header + "CREW,2026-11-01,5,160,100000\n")
    assert set(landed.staged.issues.select("rule", "severity").rows()) == {
        ("hours_per_head_per_day_of_a_day", "warning"),
        ("overtime_hours_per_head_of_a_period", "warning"),
    }
    assert landed.rows.select("hours_per_head_per_day", "overtime_hours_per_head").row(0) == (Decimal(160), Decimal(100_000))


def test_the_hint_says_what_is_planned_with_instead(tmp_path: Path):
    landed = take_text(tmp_path, "workforce", CREW + "CREW,2026-11-01,5,-1,1.5,\n")
    assert set(landed.staged.issues["hint"]) == {
        "hours_per_head_per_day must be > 0; correct the value. Until then it counts as 8.",
        "absence_ratio must be ≥ 0 and < 1; correct the value. Until then it counts as not given.",
    }


def test_a_default_of_a_decimal_column_takes_the_place_of_a_negative_number_of_units(tmp_path: Path):
    header = "resource_id,resource_name,resource_type,capacity_unit,number_of_units,hours_per_day,efficiency_ratio\n"
    landed = take_text(tmp_path, "resources", header + "R,R,equipment,hours,-1,8,95\n")
    assert landed.rows.select("number_of_units", "hours_per_day", "efficiency_ratio").row(0) == (Decimal(1), Decimal(8), None)


def test_a_value_that_is_odd_and_impossible_sets_its_row_aside_and_is_told_once(tmp_path: Path):
    header = "item_id,operation,resource_id,run_hours_per_unit,yield_ratio\n"
    landed = take_text(tmp_path, "routings", header + "A,10,R,0.5,0\nB,10,R,0.5,0.001\nC,10,R,0.5,0.98\n")
    assert landed.staged.issues.sort("source_line").select("source_line", "rule", "severity").rows() == [
        (2, "yield_ratio_range", "error"),
        (3, "yield_ratio_plausible", "warning"),
    ]
    assert landed.rows["item_id"].sort().to_list() == ["B", "C"]


@pytest.mark.parametrize("extract", EXTRACTS)
def test_only_a_column_that_may_be_empty_is_left_out_where_its_value_is_out_of_range(extract: str):
    contract = contract_of(f"staging.{extract}")
    optional = {spec.name for spec in column_specs(contract) if spec.is_optional}
    told = {
        rule.column for rule in rule_specs(contract) if rule.column and rule.name == f"{rule.column}_range" and rule.severity == "warning"
    }
    assert told <= optional
