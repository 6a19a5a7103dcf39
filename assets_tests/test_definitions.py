"""What Dagster knows: every table with contract, owner, kind and description, and lineage that is true to the SQL."""

import re
from pathlib import Path

import dagster as dg
import pytest

from sop_pipeline.company import load_company
from sop_pipeline.contracts import CONTRACTS
from sop_pipeline.definitions import build_defs
from sop_pipeline.defs.checks import asset_key
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.package_data import demo_root
from sop_pipeline.sql_files import load_rules, load_sql_files

COMMENT_OR_TEXT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
READ = re.compile(r"\b(?:from|join)\s+((?:raw|staging|core|forecast|plan|sop)\.[a-z_]+)")
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


def test_every_table_but_a_raw_extract_and_the_published_files_keeps_a_contract(specs: dict[str, dg.AssetSpec]) -> None:
    without = {name for name in specs if name not in CONTRACTS and not name.startswith("published.")}
    assert without == {f"raw.{extract}" for extract in EXTRACTS}


def test_lineage_is_what_the_text_of_the_sql_reads(specs: dict[str, dg.AssetSpec]) -> None:
    """Read from the text, not from the parse tree that the lineage comes from."""
    for file in {**load_sql_files("staging"), **load_sql_files("core"), **load_sql_files("sop")}.values():
        read = set(READ.findall(COMMENT_OR_TEXT.sub(" ", file.text))) - {file.address}
        assert {".".join(dep.asset_key.path) for dep in specs[file.address].deps} == read, file.address


def test_every_edge_leads_to_a_table_of_the_graph(specs: dict[str, dg.AssetSpec]) -> None:
    assert {".".join(dep.asset_key.path) for spec in specs.values() for dep in spec.deps} <= specs.keys()


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
