"""Lines of scenarios that contradict themselves, each with the rule that tells it."""

from typing import Any

import pandera.errors
import polars as pl
import pytest

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.staging.planning import Scenarios

LINE: dict[str, Any] = {
    "scenario_id": "hot",
    "line": "1",
    "scenario_name": "Hot summer",
    "measure": "demand",
    "factor": 1.2,
    "source_file": "scenarios.csv",
    "source_line": 2,
}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"factor": -0.5}, "greater_than_or_equal_to(0)"),
        ({"change": 10.0}, "exactly_one_of_factor_and_change"),
        ({"factor": None}, "exactly_one_of_factor_and_change"),
        ({"scenario_id": "base"}, "base_has_no_lines"),
        ({"resource_id": "MILL"}, "resource_fits_measure"),
        ({"measure": "capacity", "family_id": "PUMPS"}, "family_fits_measure"),
        ({"measure": "supplier_capacity", "family_id": "PUMPS"}, "family_fits_measure"),
        ({"measure": "cost", "family_id": "PUMPS", "resource_id": "MILL"}, "family_or_resource"),
    ],
)
def test_a_line_that_contradicts_itself_breaks_the_rule_that_says_so(changed: dict[str, Any], rule: str) -> None:
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        Scenarios.validate(staged({**LINE, **changed}), lazy=True)
    assert raised.value.failure_cases["check"].to_list() == [rule]


@pytest.mark.parametrize("changed", [{"factor": 0.0}, {"factor": None, "change": -5.0}, {"measure": "cost", "resource_id": "MILL"}])
def test_a_line_that_lowers_what_it_changes_is_accepted(changed: dict[str, Any]) -> None:
    assert Scenarios.validate(staged({**LINE, **changed}), lazy=True).height == 1


def staged(line: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([line], schema=dtypes(Scenarios))
