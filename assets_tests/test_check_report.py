"""What `sop check` prints: like causes together with what they are worth, places that can be clicked, totals; and nothing twice."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from worked_example.company import extract_file, write_worked_example

from sop_pipeline.check_report import check_document, check_text
from sop_pipeline.checking import Checked, check_extracts
from sop_pipeline.company import load_company
from sop_pipeline.landing.issues import Issue, issue_frame
from sop_pipeline.landing.status import status_frame
from sop_pipeline.report import night_text


def issue(line: int | None, rule: str = "item_id_required", **more: Any) -> Issue:
    told = {"column_name": "item_id", "value": None, "severity": "error", "hint": "Fill it.", **more}
    return Issue("sales_orders", "orders.csv", line, rule=rule, **told)


def checked(*issues: Issue) -> Checked:
    return Checked(issue_frame(issues), status_frame([]), (), Path("issues.csv"), Path("issues.json"))


def test_like_causes_stand_together_with_what_they_are_worth_and_the_rest_is_counted():
    issues = [issue(line, quantity=10, value_amount=100, currency="EUR" if line < 7 else "USD") for line in range(2, 9)]
    lines = check_text(checked(*issues)).splitlines()
    assert lines[0] == (
        "error: sales_orders.item_id: item_id_required "
        "(7 rows, quantity 50.00, value 500.00 EUR, quantity 20.00, value 200.00 USD). Fill it."
    )
    assert lines[1:7] == [*(f"  orders.csv:{line}:item_id: (empty)" for line in range(2, 7)), "  … and 2 more"]


def test_a_row_that_breaks_two_rules_is_set_aside_once():
    both = [issue(2, rule, quantity=-4, value_amount=-8, currency="EUR") for rule in ("one", "two")]
    assert "set aside: sales_orders: 1 row, quantity 4.00, value 8.00 EUR" in check_text(checked(*both)).splitlines()


def test_what_is_not_known_is_not_said_to_be_zero():
    assert "set aside: sales_orders: 1 row" in check_text(checked(issue(2))).splitlines()
    assert check_document(checked(issue(2)))["set_aside"] == [
        {"extract": "sales_orders", "currency": None, "rows": 1, "quantity": None, "value": None}
    ]


def test_a_warning_is_listed_and_not_set_aside():
    text = check_text(checked(issue(2, severity="warning", quantity=1)))
    assert text.startswith("warning: sales_orders.item_id")
    assert "set aside: sales_orders" not in text


def test_an_extract_that_is_old_or_sent_in_vain_is_told_and_one_that_nobody_sends_is_not(tmp_path: Path):
    """The rows of an extract that is not used break no rule; without its own line a check of it would look clean."""
    write_worked_example(tmp_path)
    families = extract_file(tmp_path, "product_families")
    check_extracts(load_company(tmp_path))
    families.unlink()
    (tmp_path / "extracts/supply_chain/suppliers.csv").write_text("Lieferant\nS\n", encoding="utf-8")
    with (tmp_path / "sop.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nextracts: {customers: {files: exports/kunden*.csv}}\n")
    told = [line for line in check_text(check_extracts(load_company(tmp_path))).splitlines() if line.startswith(("stale", "not used"))]
    assert told[0] == (
        "not used: customers: No file exports/kunden*.csv, which sop.yaml names. "
        "Correct the extract with sales, or its entry in sop.yaml; the plan is made without it."
    )
    assert told[1].startswith("stale: product_families: No file extracts/engineering/product_families….csv.")
    assert told[1].endswith("Ask engineering for a new extract; the plan uses the last good one.")
    assert told[2].startswith("not used: suppliers: suppliers.csv: no header")
    assert len(told) == 3


def test_what_is_no_quantity_is_not_counted_as_one_and_the_document_is_json(tmp_path: Path):
    write_worked_example(tmp_path)
    with (tmp_path / "sop.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\ntolerances: {rejected_rows_ratio: 1}\n")
    lines = ["production_id,item_id,completion_date,good_quantity"] + [
        f"{text},A,2020-01-05,{text}" for text in ("inf", "NaN", "1e400", "x")
    ]
    extract_file(tmp_path, "production_history").write_text("\n".join(lines), encoding="utf-8")
    document = check_document(check_extracts(load_company(tmp_path), ["production_history"]))
    assert [issue["quantity"] for issue in document["issues"]] == [None] * 4
    json.dumps(document, default=str, allow_nan=False)


def test_the_summary_of_a_night_tells_what_was_sent_in_vain():
    found = {"rows_read": 3, "rows_rejected": 0, "file": "sop.duckdb", "parquet": None, "currency": "EUR", "run_id": "1"}
    lists = dict.fromkeys(("quality", "stale", "control_totals", "exceptions", "families", "rejected"), ())
    unused = {"extract": "suppliers", "reason": "suppliers.csv: no header.", "next_step": "Correct it."}
    night = {"company": "Acme", "as_of_date": "2026-11-02", "seconds": 1.0, "succeeded": True, "is_published": True, "run_id": "1"}
    published = {**found, **lists, "not_used": [unused], "not_supplied": ["customers", "suppliers"]}
    text = night_text({**night, "errors": [], "failed_checks": [], "published": published})
    assert "  not used: suppliers: suppliers.csv: no header. Correct it." in text.splitlines()


def test_a_value_that_holds_a_line_break_stays_on_one_line():
    issue = Issue("items", "items.csv", 4, "item_type", "raw\r\nmaterial", "item_type_list", "error", "Use one of raw.")
    text = check_text(Checked(issue_frame([issue]), status_frame([]), (), Path("i.csv"), Path("i.json")))
    assert "  items.csv:4:item_type: raw\\r\\nmaterial" in text.splitlines()


def test_a_rule_about_a_whole_row_shows_the_key_of_the_row():
    text = check_text(checked(issue(2, "quantities_add_up", column_name=None, row_key="SO1, 10")))
    assert "  orders.csv:2: SO1, 10" in text.splitlines()


@pytest.fixture
def broken(tmp_path: Path) -> Checked:
    """The worked example with a broken line, a quoted line break and a wrong number behind them, on physical line 5."""
    folder = write_worked_example(tmp_path / "company")
    path = extract_file(folder, "production_history")
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    broken_in_two = ",".join({**cells, "production_id": '"two\nlines"'}.values())
    wrong = ",".join({**cells, "production_id": "W", "good_quantity": "12O"}.values())
    path.write_text("\n".join([header, "torn,line", broken_in_two, wrong, first, *rest]) + "\n", encoding="utf-8")
    return check_extracts(load_company(folder), ["production_history"])


def test_places_are_physical_lines_behind_ragged_lines_and_quoted_line_breaks(broken: Checked):
    text = check_text(broken)
    assert "  extracts/production/production_history.csv:2: torn,line" in text.splitlines()
    assert "  extracts/production/production_history.csv:5:good_quantity: 12O" in text.splitlines()


def test_a_refused_extract_is_told_with_what_stands_in_for_it(broken: Checked):
    told = [line for line in check_text(broken).splitlines() if line.startswith("unusable: production_history: 2 of ")]
    assert len(told) == 1
    assert "set aside" in told[0]
    assert told[0].endswith("nothing is published without it.")


def test_the_full_list_is_written_as_csv_and_json_and_is_what_the_document_holds(broken: Checked):
    with broken.csv.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    places = [(row["source_file"], int(row["source_line"] or 0), row["rule"]) for row in listed if row["severity"] == "error"]
    file = "extracts/production/production_history.csv"
    assert places == [(file, 2, "row_shape"), (file, 5, "good_quantity_type")]
    document = check_document(broken)
    assert json.loads(broken.json.read_text(encoding="utf-8")) == json.loads(json.dumps(document["issues"], default=str))
    assert document["set_aside"][0]["rows"] == 2
