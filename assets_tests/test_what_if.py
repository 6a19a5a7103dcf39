"""`sop scenario`: changes read from the command line, planned beside the last night."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from nights import rows, shared_night

from sop_pipeline.cli import main
from sop_pipeline.company import ConfigurationError
from sop_pipeline.what_if import SCHEMA, read_changes


def test_a_change_names_measure_family_or_resource_size_and_periods() -> None:
    lines = read_changes(
        ["demand:PUMPS=1.15@2027-06-01..2027-08-01", "capacity:*=+20@2027-01-01..", "cost:MILL=0.9", "price:PUMPS=-5"], {"PUMPS"}, {"MILL"}
    )
    asked = lines.select("measure", "family_id", "resource_id", "period_from", "period_to", "factor", "change").rows()
    assert asked == [
        ("demand", "PUMPS", None, dt.date(2027, 6, 1), dt.date(2027, 8, 1), 1.15, None),
        ("capacity", None, None, dt.date(2027, 1, 1), None, None, 20.0),
        ("cost", None, "MILL", None, None, 0.9, None),
        ("price", "PUMPS", None, None, None, None, -5.0),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("demand PUMPS up", "is no change"),
        ("weather:PUMPS=1.1", "weather is no measure"),
        ("demand:PUMP=1.1", "no family PUMP; known: PUMPS"),
        ("capacity:PUMPS=1.1", "no resource PUMPS; known: MILL"),
        ("cost:PUMP=1.1", "no family or resource PUMP; known: MILL, PUMPS"),
        ("supplier_capacity:PUMPS=0.5", "supplier_capacity changes for all at once"),
        ("demand:PUMPS=1.1@2027-13-01..", "2027-13-01 is no day"),
        ("demand:PUMPS=1.1@2027-06-01..2027-01-01", "2027-01-01 lies before 2027-06-01"),
    ],
)
def test_a_change_that_cannot_be_read_says_what_to_write(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_changes([text], {"PUMPS"}, {"MILL"})


def test_a_scenario_of_the_extract_stands_for_its_lines_in_their_order() -> None:
    base = {"measure": "demand", "family_id": "PUMPS", "resource_id": None, "period_from": None, "period_to": None, "change": None}
    sent = pl.DataFrame(
        [
            {"scenario_id": "hot", "line": "10", **base, "factor": 1.2},
            {"scenario_id": "hot", "line": "9", **base, "factor": 0.5},
            {"scenario_id": "cold", "line": "1", **base, "factor": 0.1},
        ],
        schema=SCHEMA,
    )
    lines = read_changes(["price:PUMPS=2", "hot"], {"PUMPS"}, set(), sent)
    assert lines.select("line", "measure", "factor").rows() == [("1", "price", 2.0), ("2", "demand", 0.5), ("3", "demand", 1.2)]
    assert lines["scenario_id"].unique().to_list() == ["what_if"]


def test_scenarios_are_listed_and_periods_that_are_not_planned_are_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = shared_night(tmp_path_factory, "chase")
    listed = CliRunner().invoke(main, ["scenario", "--company", str(folder)])
    assert listed.exit_code == 0
    assert "The last night read no scenarios" in listed.output
    late = CliRunner().invoke(main, ["scenario", "demand:PUMPS=1.1@2099-01-01..", "--company", str(folder)])
    assert late.exit_code == 2
    assert "no planned period begins in these days" in late.output


def test_a_what_if_plans_beside_base_and_publishes_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = shared_night(tmp_path_factory, "chase")
    result = CliRunner().invoke(main, ["scenario", "demand:PUMPS=1.1", "--company", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    measures = {row["measure"]: row for row in json.loads(result.output)["measures"]}
    published = rows(
        folder, "select value from sop.strategy_comparison where strategy = 'planned' and family_id = '*' and measure = 'production_cost'"
    )["value"].item()
    assert measures["production_cost"]["base"] == pytest.approx(published)
    assert measures["production_cost"]["what_if"] > published
    assert rows(folder, "select distinct scenario_id from sop.supply_demand_balance")["scenario_id"].to_list() == ["base"]
