"""What Dagster knows: every table with contract, owner, kind and description, and lineage that is true to the SQL."""

from pathlib import Path

import dagster as dg
import pytest

from sop_pipeline.company import load_company
from sop_pipeline.contracts import CONTRACTS
from sop_pipeline.definitions import build_defs
from sop_pipeline.defs.checks import asset_key
from sop_pipeline.package_data import demo_root
from sop_pipeline.sql_files import load_rules, load_sql_files

SNAPSHOT = Path(__file__).parent / "asset_graph.txt"


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_defs(load_company(demo_root()))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {".".join(spec.key.path): spec for spec in definitions.resolve_all_asset_specs()}


def test_every_contract_is_a_table_with_owner_kind_group_and_grain(specs: dict[str, dg.AssetSpec]) -> None:
    for address in CONTRACTS:
        spec = specs[address]
        assert spec.owners, address
        assert spec.kinds, address
        assert spec.group_name == address.split(".")[0]
        assert spec.description, address
        assert spec.code_version, address
        assert spec.metadata["dagster/column_schema"].columns, address


def test_lineage_is_what_the_sql_reads(specs: dict[str, dg.AssetSpec]) -> None:
    for file in {**load_sql_files("staging"), **load_sql_files("core"), **load_sql_files("sop")}.values():
        assert {dep.asset_key for dep in specs[file.address].deps} == {asset_key(name) for name in file.upstream}


def test_every_rule_is_a_check_beside_its_table_and_only_a_stop_blocks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for rule in load_rules().values():
        table, _, name = rule.address.partition("__")
        spec = graph.get_check_spec(dg.AssetCheckKey(asset_key(table), name))
        assert spec.blocking == (rule.header["severity"] == "stop"), rule.address


def test_the_night_runs_in_the_companys_time_zone_and_its_schedule_is_on(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 3 * * *", "Europe/Berlin")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_graph_is_the_one_that_was_reviewed(specs: dict[str, dg.AssetSpec]) -> None:
    """A changed edge shows as a changed line of the snapshot; write it anew with what this test prints, and review it."""
    lines = [
        f"{name} <- {', '.join(sorted('.'.join(dep.asset_key.path) for dep in spec.deps))}".rstrip() for name, spec in sorted(specs.items())
    ]
    assert SNAPSHOT.read_text(encoding="utf-8").splitlines() == lines
