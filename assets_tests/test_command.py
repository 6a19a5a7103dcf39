"""The command: exit codes, and errors that say where, what and what next."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nights import shared_night
from worked_example.company import extract_file, write_worked_example

from sop_pipeline.cli import main
from sop_pipeline.company import load_company
from sop_pipeline.defs.lock import hold_night
from sop_pipeline.extracts import EXTRACTS


def sop(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_a_wrong_key_of_sop_yaml_is_a_configuration_error_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "sop.yaml").write_text("company: X\nreporting_currency: EUR\nhorizon: 3\n", encoding="utf-8")
    result = sop("run", "--company", str(tmp_path))
    assert result.exit_code == 2
    assert f"{tmp_path / 'sop.yaml'}:3: horizon: unknown key" in result.output


def test_a_folder_that_is_none_says_how_to_make_one(tmp_path: Path) -> None:
    result = sop("check", "--company", str(tmp_path / "nowhere"))
    assert result.exit_code == 2
    assert "sop init" in result.output


def test_a_night_and_a_check_exit_2_where_a_driver_is_missing_and_show_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    monkeypatch.setenv("ERP_URI", "mysql://planner:s3cret@127.0.0.1:9/erp")
    folder = write_worked_example(tmp_path / "company")
    settings = folder / "sop.yaml"
    settings.write_text(settings.read_text() + "\nextracts: {customers: {database: '${ERP_URI}', query: select 1}}\n")
    for arguments in (("run", "--select", "raw.customers"), ("check", "customers")):
        result = sop(*arguments, "--company", str(folder))
        assert result.exit_code == 2, result.output
        assert "extracts.customers.database: MySQL needs a driver that is not installed (pymysql" in result.output
        assert "sop-pipeline[mysql]" in result.output
        assert "s3cret" not in result.output
    assert not [path for path in folder.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]


def test_an_unknown_extract_names_the_known_ones(tmp_path: Path) -> None:
    result = sop("check", "inventry", "--company", str(write_worked_example(tmp_path / "company")))
    assert result.exit_code == 2
    assert "inventry: no such extract" in result.output


def test_check_exits_0_on_good_extracts_and_1_when_the_data_would_stop_the_night(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    good = sop("check", "--company", str(folder), "--json")
    assert good.exit_code == 0
    assert json.loads(good.output)["stops"] == []
    # a company of its own: in this one, the load just seen would stand in
    other = write_worked_example(tmp_path / "other")
    extract_file(other, "items").unlink()
    bad = sop("check", "items", "--company", str(other))
    assert bad.exit_code == 1
    assert "stop: items:" in bad.output


def test_check_prints_file_line_column_value_rule_and_hint(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    path = extract_file(folder, "resources")
    path.write_text(path.read_text(encoding="utf-8").replace("labour", "crew", 1), encoding="utf-8")
    result = sop("check", "resources", "--company", str(folder))
    assert "extracts/production/resources.csv:" in result.output
    assert "resource_type: crew" in result.output
    assert "resource_type_list" in result.output
    assert "Use one of labour" in result.output


def test_init_writes_a_template_and_an_example_of_every_extract_and_refuses_a_full_folder(tmp_path: Path) -> None:
    assert sop("init", str(tmp_path / "new"), "--name", "Pump Works", "--currency", "USD").exit_code == 0
    for folder in ("templates", "examples"):
        assert {path.stem for path in (tmp_path / "new" / folder).rglob("*.csv")} == set(EXTRACTS)
    assert sop("init", str(tmp_path / "new")).exit_code == 2


def test_schema_is_a_json_schema_of_the_settings() -> None:
    result = sop("schema")
    assert result.exit_code == 0
    assert "horizon_periods" in json.loads(result.output)["properties"]


def test_publish_does_nothing_but_roll_back(tmp_path: Path) -> None:
    folder = str(write_worked_example(tmp_path / "company"))
    assert sop("publish", "--company", folder).exit_code == 2
    empty = sop("publish", "--rollback", "--company", folder)
    assert empty.exit_code == 3
    assert "nothing to go back to" in empty.output


def test_a_night_stopped_by_data_exits_1_and_names_the_extract_the_reason_and_the_next_step(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    extract_file(folder, "product_families").unlink()
    result = sop("run", "--company", str(folder))
    assert result.exit_code == 1
    assert "raw.product_families usable" in result.output
    assert "No file extracts/engineering/product_families" in result.output
    assert "Ask " in result.output


def test_a_second_night_at_once_exits_3_and_names_the_process(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    with hold_night(load_company(folder)):
        result = sop("run", "--company", str(folder))
    assert result.exit_code == 3
    assert f"process {os.getpid()} runs a night" in result.output


def test_a_wrong_verb_or_option_is_a_usage_error() -> None:
    assert sop("plan").exit_code == 2
    assert sop("run", "--as-of", "02.11.2026").exit_code == 2


def test_a_night_in_a_process_of_its_own_ends_with_a_summary_as_json(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    program = str(Path(sys.executable).parent / "sop")
    done = subprocess.run([program, "run", "--company", str(folder), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["succeeded"]
    assert {row["family_id"] for row in summary["published"]["families"]} == {"PUMPS", "PRESSES"}
    doctor = sop("doctor", "--company", str(folder), "--digest", "--json")
    assert set(json.loads(doctor.output)["digests"]) >= {"supply_demand_balance", "run", "family_review"}


def test_a_selection_that_names_no_table_says_what_was_meant_and_changes_nothing(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    for selection, said in (
        ("core.famlies", "Did you mean core.families?"),
        ("sop,nowhere", "nowhere is no schema and no table"),
        ("a b ((", "Invalid selection string"),
        ('key:"plan/nothing"+', "selects no table"),
    ):
        result = sop("run", "--company", str(folder), "--select", selection)
        assert result.exit_code == 2, result.output
        assert said in result.output
    assert not (folder / "warehouse" / "warehouse.duckdb").exists()


def test_a_selection_runs_its_tables_only_and_says_that_nothing_new_is_published(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = shutil.copytree(shared_night(tmp_path_factory, "level"), tmp_path_factory.mktemp("selected") / "company")
    before = (folder / "published" / "sop.duckdb").stat().st_mtime_ns
    result = sop("run", "--company", str(folder), "--select", "plan,sop.run", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["is_published"] is False
    assert (folder / "published" / "sop.duckdb").stat().st_mtime_ns == before


def test_the_ui_becomes_dagster_so_that_no_daemon_outlives_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sop.yaml").write_text("company: X\nreporting_currency: EUR\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    replaced: list[tuple[str, list[str], dict[str, str], Path]] = []
    monkeypatch.setattr(
        os, "execvpe", lambda program, arguments, environment: replaced.append((program, arguments, environment, Path.cwd()))
    )
    result = sop("ui", "--company", str(tmp_path), "--port", "4711")
    assert "http://127.0.0.1:4711" in result.output
    ((program, arguments, environment, folder),) = replaced
    assert (Path(program).name, arguments[0]) == ("dagster", program)
    assert arguments[-2:] == ["-p", "4711"]
    assert Path(environment["SOP_COMPANY"]) == tmp_path
    assert (folder / "workspace.yaml").exists()
    assert Path(environment["DAGSTER_HOME"]) == folder
