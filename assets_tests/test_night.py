"""Whole nights on a small company: what a bad extract does, what stays in place, what a second night changes."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from nights import company_of, failed, rows, run, shared_night
from worked_example.company import extract_file, write_worked_example

from sop_pipeline.defs.lock import hold_night
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.publish import content_digests
from sop_pipeline.warehouse import WarehouseBusyError

PUMPS = "from sop.current_balance where family_id = 'PUMPS'"
PLANNED_PUMPS = f"{PUMPS} and period_kind <> 'history'"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_night(tmp_path_factory, "level")


@pytest.fixture
def company(published: Path, tmp_path: Path) -> Path:
    """A copy of the company after its first night."""
    return Path(shutil.copytree(published, tmp_path / "company"))


def test_the_same_night_again_publishes_the_same_content(company: Path) -> None:
    before = content_digests(company / "published" / "sop.duckdb")
    assert run(company).succeeded
    assert content_digests(company / "published" / "sop.duckdb") == before
    assert len(list((company / "published" / "previous").iterdir())) == 1


def test_an_unusable_extract_is_replaced_by_its_last_good_load_and_stamped_stale(company: Path) -> None:
    extract_file(company, "inventory").unlink()
    outcome = run(company)
    assert outcome.succeeded
    assert "raw.inventory fresh" in set(failed(outcome))
    status = rows(company, "select load_status, reason, next_step from sop.extract_status where extract = 'inventory'").row(0)
    assert status[0] == "stale"
    assert status[1]
    assert "supply chain" in status[2]
    assert rows(company, "select run_status from sop.run").item() == "complete_with_stale_extracts"


@pytest.mark.parametrize("extract", ["items", "standard_costs"])
def test_a_mandatory_extract_without_a_good_load_stops_the_night_and_nothing_is_published(tmp_path: Path, extract: str) -> None:
    folder = write_worked_example(tmp_path / "company")
    extract_file(folder, extract).unlink()
    outcome = run(folder)
    assert not outcome.succeeded
    assert outcome.stopped_by_data
    assert [f"{check.table} {check.name}" for check in outcome.failed_checks if check.blocking] == [f"raw.{extract} usable"]
    assert not (folder / "published" / "sop.duckdb").exists()


def test_mandatory_extracts_without_a_good_load_stop_the_night_each_by_its_own_check(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    mandatory = {name for name, extract in EXTRACTS.items() if extract.is_required}
    for name in mandatory:
        extract_file(folder, name).write_text("", encoding="utf-8")
    extract_file(folder, "prices").write_text("", encoding="utf-8")
    outcome = run(folder)
    assert not outcome.succeeded
    assert outcome.stopped_by_data
    # the prices are missed by nobody: an optional extract without any good load is not supplied
    assert {check.table for check in outcome.failed_checks if check.name == "usable" and check.blocking} == {
        f"raw.{name}" for name in mandatory
    }
    assert not (folder / "published" / "sop.duckdb").exists()


def test_a_night_stopped_by_if_unusable_fail_leaves_last_nights_file(company: Path) -> None:
    file = company / "published" / "sop.duckdb"
    before = file.read_bytes()
    extract_file(company, "inventory").write_text("nothing,of,use\n1,2,3\n", encoding="utf-8")
    settings = company / "sop.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\nextracts:\n  inventory: {if_unusable: fail}\n", encoding="utf-8")
    outcome = run(company)
    assert outcome.stopped_by_data
    assert file.read_bytes() == before


def test_a_bad_row_is_set_aside_named_and_counted_and_the_others_are_planned(company: Path) -> None:
    path = extract_file(company, "production_history")
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    cells = lines[1].split(",")
    cells[columns.index("good_quantity")] = "12O"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    settings = company / "sop.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\ntolerances: {rejected_rows_ratio: 0.9}\n", encoding="utf-8")
    outcome = run(company)
    assert outcome.succeeded
    # the warning is on a check that could block; it did not, and must not be told as what stopped the night
    assert "staging.production_history contract" in set(failed(outcome))
    assert not any(check.blocking for check in outcome.failed_checks)
    issue = rows(company, "select source_file, source_line, column_name, value, severity, is_resolved from sop.quality_issues").rows()
    assert ("extracts/production/production_history.csv", 2, "good_quantity", "12O", "error", False) in issue
    counts = rows(
        company, "select rows_read, rows_accepted, rows_rejected from sop.extract_status where extract = 'production_history'"
    ).row(0)
    assert counts == (len(lines) - 1, len(lines) - 2, 1)


def test_a_company_with_headers_only_plans_on_what_its_sales_force_submits(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    for extract in ("sales_orders", "shipments", "production_history", "inventory", "inventory_movements", "approved_plans"):
        path = extract_file(folder, extract)
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert run(folder).succeeded
    demand = rows(folder, "select distinct demand_quantity from sop.current_balance where family_id = 'PUMPS' and period_kind <> 'history'")
    assert set(demand["demand_quantity"]) == {1000, 1100, 1150, 1200, 1250}
    said = rows(folder, "select distinct reason from sop.demand_plan where family_id = 'PUMPS' and step = 'sales'")["reason"].to_list()
    assert any("history" in reason for reason in said)


def test_all_optional_extracts_may_be_absent_together(tmp_path: Path) -> None:
    folder = write_worked_example(tmp_path / "company")
    required = {"sales_orders", "items", "product_families", "standard_costs", "production_history", "inventory"}
    for path in folder.glob("extracts/*/*.csv"):
        if path.stem not in required:
            path.unlink()
    assert run(folder).succeeded
    missing = set(rows(folder, "select extract from sop.extract_status where load_status = 'not_supplied'")["extract"])
    assert len(missing) == 42 - len(required)
    noted = rows(folder, "select distinct note from sop.current_balance where period_kind <> 'history'")["note"].to_list()
    assert any("uncapacitated" in (note or "") for note in noted)


def test_a_later_night_shows_what_was_planned_before_a_period_began(company: Path) -> None:
    assert run(company, dt.date(2026, 6, 2)).succeeded
    query = "select period_kind, consensus_quantity from sop.current_balance where family_id = 'PUMPS' and period_start = '{}'"
    assert rows(company, query.format("2026-05-01")).row(0) == ("history", 1200)
    # nothing was published before April began: unknown, not a refit
    assert rows(company, query.format("2026-04-01")).row(0) == ("history", None)
    assert sorted(path.name for path in company.glob("cycles/*/nights/*")) == ["2026-04-01", "2026-06-02"]


def test_a_night_of_a_past_date_reads_nothing_later_and_counts_it(company: Path) -> None:
    assert run(company, dt.date(2026, 3, 2)).succeeded
    assert rows(company, "select cycle_id from sop.run").item() == "2026-03"
    after = dict(rows(company, "select extract, rows_after_as_of from sop.extract_status where rows_after_as_of > 0").rows())
    # of March: four orders of pumps and one of presses; two snapshot lines; production of three items; what was submitted on 25 March
    assert (after["sales_orders"], after["inventory"], after["production_history"], after["sales_forecasts"]) == (5, 2, 3, 14)
    balance = "select {} from sop.current_balance where family_id = 'PUMPS' and period_start = '{}'"
    assert rows(company, balance.format("period_kind, opening_inventory_quantity, demand_to_date_quantity", "2026-03-01")).row(0) == (
        "current",
        1155,
        0,
    )
    # what sales submitted on 25 February, before the later word of March
    assert rows(company, balance.format("consensus_quantity", "2026-04-01")).item() == 1100


def test_a_past_night_is_repeated_from_its_own_landed_copies(company: Path) -> None:
    before = content_digests(company / "published" / "sop.duckdb")
    settings = company / "sop.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("as_of_date: 2026-04-01", "as_of_date: 2026-06-02"), encoding="utf-8")
    extract_file(company, "inventory").unlink()
    extract_file(company, "sales_forecasts").write_text("submitted_on,author\n", encoding="utf-8")
    assert run(company, dt.date(2026, 4, 1)).succeeded
    after = content_digests(company / "published" / "sop.duckdb")
    assert after == before


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("extract", "query", "expected"),
    [
        # what depends on the missing extract is unknown, or comes from where the plan may take it instead
        ("shipments", f"select sum(shipped_quantity) {PUMPS} and period_kind = 'history'", {3140}),
        ("sales_forecasts", f"select consensus_quantity = statistical_quantity {PLANNED_PUMPS}", {True}),
        ("inventory_movements", f"select unexplained_quantity {PUMPS} and period_kind = 'history'", {-5, 0}),
        ("prices", f"select distinct (revenue_amount / shipped_quantity)::double {PLANNED_PUMPS}", {100}),
        ("business_plan", f"select business_plan_gap_amount {PLANNED_PUMPS}", {None}),
        ("approved_plans", f"select approved_demand_quantity {PUMPS}", {None}),
        ("resources", f"select note {PLANNED_PUMPS}", {"uncapacitated: no routing and no bill of resources"}),
        ("workforce", "select required_heads from sop.resource_plan", {None}),
        ("working_calendar", f"select working_days {PLANNED_PUMPS}", {21, 22, 23}),
        ("bill_of_resources", f"select note {PLANNED_PUMPS}", {"uncapacitated: no routing and no bill of resources"}),
        ("inventory_policies", f"select target_inventory_quantity {PLANNED_PUMPS}", {None}),
        ("supply_policies", f"select round(production_quantity / working_days, 4) {PLANNED_PUMPS}", {55.2459}),
    ],
)
def test_any_optional_extract_may_be_absent(tmp_path: Path, extract: str, query: str, expected: set[object]) -> None:
    folder = write_worked_example(tmp_path / "company")
    extract_file(folder, extract).unlink()
    assert run(folder).succeeded
    assert set(rows(folder, "select extract from sop.extract_status where load_status = 'not_supplied'")["extract"]) >= {extract}
    assert set(rows(folder, query).to_series()) == expected


def test_two_nights_at_once_are_refused_with_the_process_that_runs(company: Path) -> None:
    with hold_night(company_of(company)), pytest.raises(WarehouseBusyError, match="runs a night on this company"):
        run(company)


def test_a_night_of_the_command_can_be_rerun_from_its_failure_in_the_web_ui(company: Path) -> None:
    from sop_pipeline.defs.run import dagster_instance

    outcome = run(company)
    with dagster_instance(company_of(company)) as instance:
        origin = instance.get_run_by_id(outcome.run_id).remote_job_origin
    assert (origin.job_name, origin.repository_origin.code_location_origin.location_name) == ("nightly", "sop_pipeline")


def test_an_issue_stays_with_the_days_it_was_seen_once_a_mended_file_resolves_it(company: Path) -> None:
    path = extract_file(company, "items")
    good = path.read_text(encoding="utf-8")
    header, *lines = good.splitlines()
    bad_row = "BAD-1,Bad,gadget,PUMPS," + "," * (header.count(",") - 4)
    issues = "select source_line, first_seen, last_seen, is_resolved from sop.quality_issues where rule = 'item_type_list'"
    score = "select rows_set_aside, rows_resolved > 0, owner from sop.quality_scorecard where department = 'engineering'"
    settings = company / "sop.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\ntolerances: {rejected_rows_ratio: 0.9}\n", encoding="utf-8")
    second, third = dt.date(2026, 4, 2), dt.date(2026, 4, 3)

    path.write_text("\n".join([header, *lines, bad_row]) + "\n", encoding="utf-8")
    assert run(company, second).succeeded
    assert rows(company, issues).rows() == [(len(lines) + 2, second, second, False)]
    assert rows(company, score).row(0) == (1, False, "team:engineering")
    path.write_text(good, encoding="utf-8")
    assert run(company, third).succeeded
    assert rows(company, issues).rows() == [(len(lines) + 2, second, second, True)]
    assert rows(company, score).row(0) == (0, True, "team:engineering")
