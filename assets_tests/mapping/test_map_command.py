"""The verb `sop map`: what it prints, exits with and asks on a terminal."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from written_table import SETTINGS, Dialect, company_with_examples, filled_columns, headings, rows_of, written

from sop_pipeline.checking import check_extracts
from sop_pipeline.cli import main
from sop_pipeline.company import load_company

GERMAN = Dialect(";", "cp1252", ",", ".", "{d}/{m}/{y}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A company with the examples, and an export of its shipments of two days that could be of other months."""
    company_with_examples(tmp_path)
    names = {name: headings("shipments", name)[0] for name in filled_columns("shipments")}
    rows = [{**row, "ship_date": f"2026-0{number % 2 + 1}-03"} for number, row in enumerate(rows_of("shipments"))]
    (tmp_path / "in" / "lips.csv").write_bytes(written("shipments", names, GERMAN, {}, rows))
    return tmp_path


def sop_map(folder: Path, *arguments: str):
    return CliRunner().invoke(main, ["map", str(folder / "in" / "lips.csv"), "--company", str(folder), *arguments])


def test_what_is_printed_can_be_pasted_and_passes_the_check(folder: Path):
    (folder / "in" / "lips.csv").write_bytes((folder / "in" / "lips.csv").read_bytes().replace(b"03/01/2026", b"31/01/2026"))
    printed = sop_map(folder)
    assert printed.exit_code == 0
    assert "rows would be used, 0 set aside" in printed.stderr
    (folder / "sop.yaml").write_text(SETTINGS + printed.stdout, encoding="utf-8")
    found = check_extracts(load_company(folder), ["shipments"])
    assert found.issues.filter(severity="error").is_empty()
    assert found.statuses.select("files", "rows_read", "rows_rejected").rows() == [("in/lips.csv", len(rows_of("shipments")), 0)]


def test_the_document_lists_columns_questions_and_what_stays_unmapped(folder: Path):
    document = json.loads(sop_map(folder, "--json").stdout)
    assert (document["extract"], document["header_row"]) == ("shipments", 1)
    assert [question["about"] for question in document["questions"]] == ["format.date"]
    assert {column["ours"] for column in document["columns"]} == set(filled_columns("shipments"))
    assert document["mapping"]["columns"]["shipment_id"] == "Lieferung"
    assert document["unmapped"]["required"] == []
    assert document["trial"]["rows_accepted"] == 0
    assert document["yaml"].startswith("# lips.csv is shipments")


def test_what_cannot_be_mapped_exits_2_with_a_message(folder: Path):
    result = sop_map(folder, "--as", "shipment")
    assert result.exit_code == 2
    assert "Did you mean shipments?" in result.stderr
    (folder / "in" / "lips.csv").unlink()
    result = sop_map(folder)
    assert result.exit_code == 2
    assert "lips.csv: no such file" in result.stderr


def test_an_open_question_is_asked_on_a_terminal(folder: Path):
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-c", "from sop_pipeline.cli import main; main()", "map", "in/lips.csv", "--company", "."]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    try:
        os.write(terminal, b"wednesday\nday first\n")
        done = subprocess.run(command, cwd=folder, stdin=theirs, capture_output=True, text=True, check=True, env=environment, timeout=120)
    finally:
        os.close(terminal)
        os.close(theirs)
    assert "cannot be told from the values of Lieferdatum" in done.stderr
    assert 'date: "%d/%m/%Y"' in done.stdout
    assert "# open" not in done.stdout
