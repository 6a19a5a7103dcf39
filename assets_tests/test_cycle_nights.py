"""Whole nights over two cycles: what was signed off stays and is read, what was tampered with stops, a past night comes out the same."""

import csv
import datetime as dt
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from nights import rows, run, shared_night
from worked_example.company import extract_file, write_extract

from sop_pipeline import warehouse
from sop_pipeline.cli import main
from sop_pipeline.contracts import CONTRACTS
from sop_pipeline.publish import content_digests
from sop_pipeline.sql_files import load_sql_files

JUNE = dt.date(2026, 6, 2)
PLAN_TABLES = {
    address.removeprefix("sop.")
    for address, contract in CONTRACTS.items()
    if address.startswith("sop.") and "plan_version" in contract.key_columns()
}


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A copy of the worked example after its night of 1 April."""
    return Path(shutil.copytree(shared_night(tmp_path_factory, "level"), tmp_path / "company"))


def sop(company: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--company", str(company)])
    assert result.exit_code == 0, result.output
    return result.output


def move_today(company: Path, day: dt.date) -> None:
    settings = company / "sop.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("as_of_date: 2026-04-01", f"as_of_date: {day}"), encoding="utf-8")


def double(company: Path, extract: str, column: str) -> None:
    path = extract_file(company, extract)
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, found[0].keys())
        writer.writeheader()
        writer.writerows({**row, column: float(row[column]) * 2} for row in found)


def write_override(company: Path) -> None:
    """50 more pumps in June by the executive step, entered before the night of 1 April."""
    row = {"override_id": "O-1", "measure": "demand", "family_id": "PUMPS", "period_start": "2026-06-01", "step": "executive"}
    why = {"change_quantity": 50, "reason": "new customer", "author": "CEO", "entered_on": "2026-03-31"}
    write_extract(company, "overrides", [row | why])


def versions(company: Path) -> dict[str, bytes]:
    folders = (company / "cycles" / "2026-04" / kind for kind in ("frozen", "approved"))
    return {str(path.relative_to(company)): path.read_bytes() for folder in folders for path in folder.iterdir()}


def test_signed_off_plans_stay_as_they_were_are_published_and_become_the_old_plan_and_the_past_can_be_repeated(company: Path) -> None:
    first = content_digests(company / "published" / "sop.duckdb")
    sop(company, "freeze", "2026-04")
    assert "approved by Ann Lee" in sop(company, "approve", "2026-04", "--by", "Ann Lee")
    signed = versions(company)
    assert {Path(name).stem for name in signed if name.endswith(".parquet")} == PLAN_TABLES
    before = rows(company, "select * from sop.supply_demand_balance order by family_id, period_start")

    move_today(company, JUNE)
    double(company, "sales_forecasts", "quantity")
    double(company, "approved_plans", "demand_quantity")
    double(company, "prices", "net_price")
    write_override(company)
    assert run(company).succeeded

    assert versions(company) == signed
    # value by value what was the working plan in April, beside the working plan of June
    published = rows(company, "select * from sop.supply_demand_balance where plan_version <> 'working' order by family_id, period_start")
    assert published.drop("plan_version").equals(before.drop("plan_version"))
    assert published["plan_version"].unique().to_list() == ["approved"]
    for table in PLAN_TABLES:
        counted = rows(company, f"select count(*) from sop.{table} where cycle_id = '2026-04' and plan_version = 'approved'").item()
        assert counted == pl.read_parquet(company / "cycles/2026-04/approved" / f"{table}.parquet").height
    assert rows(company, "select distinct cycle_id, plan_version from sop.current_balance").rows() == [("2026-06", "working")]

    # history: what was approved before May began is the approved plan of April; for April itself nothing changed by it but the extract
    history = dict(
        rows(
            company,
            "select period_start, approved_demand_quantity from sop.current_balance where family_id = 'PUMPS' "
            "and period_start in (date '2026-04-01', date '2026-05-01')",
        ).rows()
    )
    assert history == {dt.date(2026, 4, 1): 2 * 1100, dt.date(2026, 5, 1): 1200}
    production = "select approved_production_quantity from sop.current_balance where family_id = 'PUMPS' and period_start = '2026-05-01'"
    assert rows(company, production).item() == pytest.approx(6740 / 122 * 20)
    # the old plan of the sheet is the approved one, the new one is what sales says now
    sheet = "select value from sop.family_review where level_id = 'PUMPS' and measure = '{}' and period_start = '2026-07-01' and {}"
    working = "plan_version = 'working'"
    assert rows(company, sheet.format("approved_demand_quantity", working)).item() == 1100
    assert rows(company, sheet.format("consensus_quantity", working)).item() == 2200

    # what April's plan said of May is held against what came, step by step; a plan approved elsewhere tells its last step only
    judged = "select step, basis, observations, last_period_start from sop.forecast_accuracy where family_id = 'PUMPS' and lag_periods = 1 "
    published_steps = rows(company, f"{judged} and step in ('sales', 'demand_review') order by step_order").rows()
    assert published_steps == [(step, "published", 1, dt.date(2026, 5, 1)) for step in ("sales", "demand_review")]

    # from its landed copies, without the override that came since, though it bears an earlier date
    said = json.loads(sop(company, "run", "--as-of", "2026-04-01", "--json"))["repetition"]
    assert said == {"is_equal": True, "differing_tables": [], "causes": [], "from_todays_files": []}
    assert content_digests(company / "published" / "sop.duckdb") == first
    assert versions(company) == signed


def test_every_table_that_has_versions_tells_them_apart_by_its_key() -> None:
    """A version appended to a table whose key does not name it would double its rows."""
    holding = {address: contract for address, contract in CONTRACTS.items() if "plan_version" in contract.to_schema().columns}
    without = {
        address for address, contract in holding.items() if not {"cycle_id", "scenario_id", "plan_version"} <= set(contract.key_columns())
    }
    # the view shows one version of one cycle
    assert without == {"sop.current_balance"}
    assert {"supply_demand_balance", "demand_plan", "family_review"} <= PLAN_TABLES


def test_a_frozen_file_that_was_changed_stops_the_night_and_is_named(company: Path) -> None:
    sop(company, "freeze", "2026-04")
    path = company / "cycles/2026-04/frozen/supply_plan.parquet"
    path.chmod(0o644)
    pl.read_parquet(path).with_columns(pl.col("quantity") + 1).write_parquet(path)
    published = (company / "published" / "sop.duckdb").read_bytes()
    outcome = run(company, JUNE)
    assert outcome.stopped_by_data
    assert {check.name: str(path) in check.details["what_changed"] for check in outcome.failed_checks if check.blocking} == {
        "versions_unchanged": True
    }
    assert (company / "published" / "sop.duckdb").read_bytes() == published


def test_a_past_night_without_a_landed_copy_names_the_extract_and_the_tables_that_differ(company: Path) -> None:
    move_today(company, JUNE)
    double(company, "prices", "net_price")
    shutil.rmtree(company / "landed" / "prices")
    output = sop(company, "run", "--as-of", "2026-04-01")
    assert "extract prices: no landed copy of that night, today's file was read" in output
    assert "read from today's files, later facts left out: prices" in output
    assert "supply_demand_balance" in output.split("with differences in ")[1].splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["freeze", "2026-03"], "cycle 2026-03 is not the published one"),
        (["approve", "2026-04"], "Missing option '--by'"),
    ],
)
def test_a_cycle_that_is_not_published_or_nobody_who_approves_is_refused(company: Path, arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, [*arguments, "--company", str(company)])
    assert result.exit_code == 2
    assert said in result.output
    assert not list(company.glob("cycles/*/frozen"))


def test_a_published_file_that_was_put_back_is_not_signed_off_as_the_night_after_it(company: Path) -> None:
    path = company / "cycles/2026-04/nights/2026-04-01/manifest.json"
    later = json.loads(path.read_text(encoding="utf-8")) | {"input_digest": "of another run of that night"}
    path.write_text(json.dumps(later), encoding="utf-8")
    result = CliRunner().invoke(main, ["freeze", "2026-04", "--company", str(company)])
    assert result.exit_code == 2
    assert "Run the night again: sop run --as-of 2026-04-01" in result.output


def test_the_approved_plan_says_where_executive_differs_from_consensus(company: Path) -> None:
    write_override(company)
    assert run(company).succeeded
    said = sop(company, "approve", "2026-04", "--by", "Ann Lee")
    assert "executive differs from consensus: PUMPS 2026-06-01: 1,300.00 for 1,250.00 (CEO, new customer)" in said
    approved = pl.read_parquet(company / "cycles/2026-04/approved/supply_demand_balance.parquet")
    noted = approved.filter((pl.col("family_id") == "PUMPS") & pl.col("note").is_not_null())
    assert noted.select("family_id", "period_start", "consensus_quantity", "demand_quantity", "note").rows() == [
        ("PUMPS", dt.date(2026, 6, 1), 1250.0, 1300.0, "the executive step differs from consensus")
    ]


def test_the_digest_of_the_inputs_covers_settings_and_record(company: Path) -> None:
    names = ("run_id", "company", "as_of_date", "started_at_utc", "finished_at_utc", "code_version", "schema_version")
    values: dict[str, str | None] = {**dict.fromkeys(names), "settings_digest": "s", "record_digest": "r"}
    changed = [values, values | {"record_digest": "of another record"}, values | {"settings_digest": "of other settings"}, values]
    file = load_sql_files("sop")["sop.run"]
    with warehouse.connect(company / "warehouse" / "warehouse.duckdb", read_only=True) as con:
        digests = [warehouse.query(con, file.query, file.bind(given))["input_digest"].item() for given in changed]
    assert digests[0] == digests[3]
    assert len(set(digests)) == 3
