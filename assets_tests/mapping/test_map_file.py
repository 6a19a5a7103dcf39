"""`sop map` against the writer's truth: a table written in any dialect, under any known headings, is mapped back and lands as it was."""

import contextlib
import csv
import datetime as dt
import functools
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written_table import (
    CODES,
    SETTINGS,
    Dialect,
    company_with_examples,
    filled_columns,
    headings,
    kinds_of,
    rows_of,
    written,
)

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError, load_company
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.land import land
from sop_pipeline.landing.quarantine import Staged, stage
from sop_pipeline.mapping.map_file import Mapped, map_file
from sop_pipeline.mapping.propose import Question
from sop_pipeline.sql_files import load_sql_files

STAGING = load_sql_files("staging")
NOW = dt.datetime(2027, 1, 4, 3, tzinfo=dt.UTC)
GERMAN = Dialect(";", "cp1252", ",", ".", "{d}.{m}.{y}")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return company_with_examples(tmp_path_factory.mktemp("examples"))


def landed(company: Company, extract: str) -> tuple[pl.DataFrame, Staged]:
    """The staged rows of one extract without where they came from, and how it fared; no night was before."""
    shutil.rmtree(company.landed, ignore_errors=True)
    with warehouse.connect(None) as con:
        load = land(con, company, EXTRACTS[extract], as_of_date=company.as_of_date, landed_at=NOW)
        staged = stage(con, company, EXTRACTS[extract], load, STAGING[f"staging.{extract}"])
        rows = warehouse.read(con, f"staging.{extract}").drop("source_file", "source_line")
    return rows.sort(rows.columns), staged


@functools.cache
def as_it_was(folder: Path, extract: str) -> pl.DataFrame:
    """The staged rows of the example under our own names."""
    return landed(load_company(folder), extract)[0]


def pasted(company: Company, mapped: Mapped) -> Company:
    """The company with the proposal in its sop.yaml."""
    company.settings_file.write_text(SETTINGS + mapped.yaml, encoding="utf-8")
    try:
        return load_company(company.folder)
    finally:
        company.settings_file.write_text(SETTINGS, encoding="utf-8")


def german(extract: str) -> dict[str, str]:
    return {name: headings(extract, name)[0] for name in filled_columns(extract)}


def write_in(company: Company, content: bytes, name: str = "export.csv") -> Path:
    path = company.folder / "in" / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("extract", EXTRACTS)
def test_an_export_with_german_headings_is_recognised_mapped_and_lands_as_it_was(company: Company, extract: str):
    names = german(extract)
    path = write_in(company, written(extract, names, GERMAN, {}, rows_of(extract)))
    mapped = map_file(company, path, ask=lambda _question: "decimal comma")
    assert mapped.proposal.extract == extract
    assert {match.ours: match.theirs for match in mapped.proposal.matches} == names
    assert all(match.confidence > 0.9 for match in mapped.proposal.matches)
    rows, staged = landed(pasted(company, mapped), extract)
    assert staged.issues.filter(severity="error").is_empty()
    assert rows.equals(as_it_was(company.folder, extract))


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, dict[str, str], Dialect, dict[str, dict[str, str]]]:
    """An extract, its filled columns in some order under some of their headings, a dialect, codes of theirs by ours."""
    extract = draw(st.sampled_from(list(EXTRACTS)))
    columns = draw(st.permutations(filled_columns(extract)))
    names: dict[str, str] = {}
    for column in columns:
        names[column] = draw(st.sampled_from([name for name in headings(extract, column) if name not in names.values()]))
    decimal = draw(st.sampled_from([".", ","]))
    dialect = Dialect(
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        decimal=decimal,
        thousands=draw(st.sampled_from(["", " ", "'", "." if decimal == "," else ","])),
        date=draw(st.sampled_from(["{y}-{m}-{d}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{m}/{d}/{y}", "{y}{m}{d}", "{d}.{m}.{y} 00:00:00"])),
        title=draw(st.sampled_from(["", "Bericht", "Auswertung vom 01.01.2027"])),
        total=len(columns) > 3 and draw(st.booleans()),
        packed=draw(st.booleans()),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    of_theirs: dict[str, dict[str, str]] = {}
    for column in columns:
        for (name, ours), theirs in CODES.items():
            if name == column and draw(st.booleans()):
                of_theirs.setdefault(column, {})[ours] = draw(st.sampled_from(theirs))
    return extract, names, dialect, of_theirs


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_a_table_in_any_dialect_under_any_headings_is_mapped_back(company: Company, table: Any):
    extract, names, dialect, codes = table
    path = write_in(company, written(extract, names, dialect, codes, rows_of(extract)), f"export.csv{'.gz' if dialect.packed else ''}")
    truth = {"format.date": "month first" if dialect.date.startswith("{m}") else "day first"}
    truth["format.decimal"] = "decimal comma" if dialect.decimal == "," else "decimal point"
    asked: list[Question] = []

    def answer(question: Question) -> str | None:
        asked.append(question)
        return truth[question.about]

    mapped = map_file(company, path, extract, answer)
    assert {match.ours: match.theirs for match in mapped.proposal.matches} == names
    assert mapped.proposal.questions == ()
    # what was asked could not be told: some value reads both ways
    assert all(len(question.options) == 2 for question in asked)
    rows, staged = landed(pasted(company, mapped), extract)
    assert staged.load.status == "fresh", staged.load.reason
    assert rows.equals(as_it_was(company.folder, extract))


def test_an_export_of_sap_is_mapped_from_its_technical_names_and_codes(company: Company):
    lines = [
        "Verkaufsbelege\tStand 02.11.2026",
        "",
        "VBELN\tPOSNR\tMATNR\tWERKS\tAUDAT\tVDATU\tKWMENG\tNETPR\tWAERK\tAUART\tGBSTA\tERNAM",
        "0000123456\t000010\tCP-100\tN\t20260105\t20260201\t1.234,500\t48,20\tEUR\tTA\tC\tMEIER",
        "0000123457\t000010\tCP-200\tN\t20260106\t20260202\t10,000\t148,20\tEUR\tRE\tA\tMEIER",
        "\t\tSumme\t\t\t\t1.244,500\t\t\t\t\t",
    ]
    mapped = map_file(company, write_in(company, "\r\n".join([*lines, ""]).encode("utf-16"), "va05.txt"))
    rows, staged = landed(pasted(company, mapped), "sales_orders")
    assert (staged.rows_read, staged.rows_accepted) == (2, 2)
    shown = rows.select("order_id", "order_line", pl.col("ordered_quantity").cast(pl.Float64), "order_type", "order_status")
    assert shown.rows() == [
        ("0000123456", "000010", 1234.5, "standard", "closed"),
        ("0000123457", "000010", 10.0, "return", "open"),
    ]
    assert list(mapped.proposal.unmapped_theirs) == ["ERNAM"]


def orders(*dates: str) -> bytes:
    lines = [f"{number};10;CP-100;{day};5;offen;9,5;Normal;EUR" for number, day in enumerate(dates)]
    return "\n".join(["Auftrag;Position;Material;Auftragsdatum;Menge;Status;Preis;Auftragsart;Währung", *lines, ""]).encode()


def test_an_ambiguous_date_is_a_question_in_a_comment_and_stays_out_of_the_format(company: Company):
    mapped = map_file(company, write_in(company, orders("03/04/2026", "11/12/2025")))
    (question,) = mapped.proposal.questions
    assert question.about == "format.date"
    assert dict(question.options) == {"day first": 'date: "%d/%m/%Y"', "month first": 'date: "%m/%d/%Y"'}
    assert mapped.proposal.format.date == ()
    assert "# open: the order of day and month cannot be told from the values of Auftragsdatum (such as 03/04/2026)" in mapped.yaml
    # until somebody answers, no such date is read as one or the other
    assert mapped.trial.rows_accepted == 0
    assert mapped.trial.rules == {"order_date_type": 2}
    assert pasted(company, mapped).settings.extracts["sales_orders"].format.date == ()


@pytest.mark.parametrize(("answer", "days"), [("day first", ["2025-12-11", "2026-04-03"]), ("month first", ["2025-11-12", "2026-03-04"])])
def test_an_answer_settles_the_order_of_day_and_month(company: Company, answer: str, days: list[str]):
    mapped = map_file(company, write_in(company, orders("03/04/2026", "11/12/2025")), ask=lambda _question: answer)
    assert mapped.proposal.questions == ()
    rows, _ = landed(pasted(company, mapped), "sales_orders")
    assert sorted(rows["order_date"].cast(pl.String)) == days


def test_one_date_that_only_fits_one_order_settles_all_of_the_file(company: Company):
    mapped = map_file(company, write_in(company, orders("03/04/2026", "11/12/2025", "31/12/2025")))
    assert (mapped.proposal.format.date, mapped.proposal.questions) == (("%d/%m/%Y",), ())


def test_two_orders_in_one_file_are_told_and_neither_is_chosen(company: Company):
    content = "Auftrag;Position;Material;Auftragsdatum;Liefertermin;Menge;Status;Preis\n1;1;CP-100;31/12/2025;12/31/2025;5;offen;9\n"
    (question,) = map_file(company, write_in(company, content.encode())).proposal.questions
    assert (question.about, dict(question.options)) == ("format.date", {})
    assert "Auftragsdatum: %d/%m/%Y; Liefertermin: %m/%d/%Y" in question.text


def test_a_number_that_reads_both_ways_is_asked(company: Company):
    content = "Material;Stichtag;Bestandsart;Bestand\nCP-100;31.12.2026;frei verwendbar;1.234\n"
    mapped = map_file(company, write_in(company, content.encode()))
    (question,) = mapped.proposal.questions
    assert dict(question.options) == {"decimal comma": 'decimal: ",", thousands: "."', "decimal point": 'decimal: "."'}
    answered = map_file(company, write_in(company, content.encode()), ask=lambda _question: "decimal comma")
    assert landed(pasted(company, answered), "inventory")[0]["quantity"].cast(pl.Float64).to_list() == [1234.0]


def test_a_code_nobody_knows_is_asked_and_the_known_ones_are_mapped(company: Company):
    content = orders("31.12.2025", "30.12.2025").replace(b"1;10;CP-100;30.12.2025;5;offen", b"1;10;CP-100;30.12.2025;5;Wolke")
    mapped = map_file(company, write_in(company, content))
    assert mapped.proposal.values == {"order_status": {"offen": "open"}, "order_type": {"Normal": "standard"}}
    (question,) = mapped.proposal.questions
    assert question.about == "values.order_status.Wolke"
    assert set(question.options) == {"open", "closed", "cancelled"}
    assert mapped.trial.rules == {"order_status_list": 1}


def test_what_stays_unmapped_is_named_on_both_sides_and_constants_are_assumed_in_words(company: Company):
    content = "Auftrag;Material;Auftragsdatum;Menge;Status;Preis;Sachbearbeiter\n1;CP-100;31.12.2025;5;offen;9,5;Meier\n"
    mapped = map_file(company, write_in(company, content.encode()))
    assert dict(mapped.proposal.unmapped_theirs) == {"Sachbearbeiter": "Meier"}
    assert set(mapped.proposal.unmapped_required) == {"order_line"}
    assert mapped.proposal.constants == {"currency": "EUR", "order_type": "standard"}
    assert "# not mapped, theirs: Sachbearbeiter (such as Meier)" in mapped.yaml
    assert "# missing: order_line is required" in mapped.yaml
    assert "currency: EUR  # assumed" in mapped.yaml
    assert "no column order_line" in mapped.trial.reason


def test_keys_of_other_extracts_speak_for_a_column_whose_heading_nobody_knows(company: Company):
    content = "Kolonne7;Stichtag;Bestandsart;Menge\nCP-100;31.12.2026;frei;5\nDP-10;31.12.2026;frei;6\n"
    found = {match.ours: match for match in map_file(company, write_in(company, content.encode())).proposal.matches}
    assert found["item_id"].theirs == "Kolonne7"
    assert "100% of 2 values: known as item_id of the company" in found["item_id"].reason
    assert 0.5 <= found["item_id"].confidence < 0.9
    unknown = content.replace("CP-100", "A").replace("DP-10", "B")
    assert "item_id" not in {match.ours for match in map_file(company, write_in(company, unknown.encode()), "inventory").proposal.matches}


def test_values_that_are_no_numbers_count_against_a_column_named_like_one(company: Company):
    content = "Material;Stichtag;Bestandsart;Menge;Bestand\nCP-100;31.12.2026;frei;viel;5\nDP-10;31.12.2026;frei;wenig;6\n"
    found = {match.ours: match.theirs for match in map_file(company, write_in(company, content.encode())).proposal.matches}
    assert found["quantity"] == "Bestand"


def typed(kind: str, value: str) -> object:
    """A cell as a spreadsheet or a database holds it."""
    if not value:
        return None
    if kind == "date":
        return dt.datetime.fromisoformat(value)
    return float(value) if kind in ("quantity", "money", "ratio", "count") else value


def test_a_workbook_is_mapped_from_the_sheet_and_the_row_that_hold_the_headings(company: Company):
    path, kinds = company.folder / "in" / "export.xlsx", kinds_of("shipments")
    names: Mapping[str, str] = german("shipments")
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Deckblatt").write(0, 0, "Bericht")
        sheet, day = book.add_worksheet("Daten"), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write(0, 0, "Lieferungen des Jahres")
        for column, (ours, theirs) in enumerate(names.items()):
            sheet.write(3, column, theirs)
            for line, row in enumerate(rows_of("shipments"), start=4):
                cell = typed(kinds[ours], row[ours])
                sheet.write(line, column, cell, *([day] if isinstance(cell, dt.datetime) else []))
    mapped = map_file(company, path)
    assert (mapped.proposal.extract, mapped.proposal.format.sheet, mapped.sniffed.header_line) == ("shipments", "Daten", 4)
    rows, staged = landed(pasted(company, mapped), "shipments")
    assert staged.issues.filter(severity="error").is_empty()
    assert rows.equals(as_it_was(company.folder, "shipments"))


def test_a_parquet_file_is_mapped_by_its_columns(company: Company):
    names, kinds = german("production_history"), kinds_of("production_history")
    data = {theirs: [typed(kinds[ours], row[ours]) for row in rows_of("production_history")] for ours, theirs in names.items()}
    path = company.folder / "in" / "export.parquet"
    pl.DataFrame(data).write_parquet(path)
    mapped = map_file(company, path)
    assert mapped.proposal.extract == "production_history"
    rows, _ = landed(pasted(company, mapped), "production_history")
    assert rows.equals(as_it_was(company.folder, "production_history"))


def test_headings_that_are_yaml_variables_or_signs_do_no_harm(company: Company):
    content = 'Material;Stichtag;Bestandsart;"Menge";"${HOME}";"a: [b] # \'c\nd"\nCP-100;31.12.2026;frei;5;x;y\n'
    mapped = map_file(company, write_in(company, content.encode()))
    assert pasted(company, mapped).settings.extracts["inventory"].columns["quantity"] == "Menge"
    assert "${HOME}" in mapped.proposal.unmapped_theirs


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.csv", None, "no such file"),
        ("empty.csv", b"", "the file is empty"),
        ("blank.csv", b"\n \n", "the file is empty"),
        ("letter.docx", b"x", "none of .csv"),
        ("broken.xlsx", b"x", "no Excel workbook"),
        ("broken.parquet", b"x", "no Parquet file"),
        ("broken.csv.gz", b"\x1f\x8bx", "damaged"),
        ("numbers.csv", b"1;2\n3;4\n", "looks like a header"),
        ("other.csv", b"Farbe;Laune\nrot;gut\n", "looks like no extract; its columns are Farbe, Laune"),
    ],
)
def test_what_cannot_be_mapped_is_said_in_words(company: Company, name: str, content: bytes | None, said: str):
    path = company.folder / "in" / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        map_file(company, path)


def test_an_extract_that_does_not_exist_is_answered_with_the_nearest(company: Company):
    with pytest.raises(ConfigurationError, match=r"--as sales_order: no extract has this name\. Did you mean sales_orders\?"):
        map_file(company, write_in(company, orders("31.12.2025")), "sales_order")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text("Auftrag;,\n\"'1.5-Menge\t", max_size=120).map(str.encode))
def test_bytes_of_any_kind_are_mapped_or_refused_in_words(company: Company, content: bytes):
    path = write_in(company, content)
    mapped = None
    with contextlib.suppress(ConfigurationError):
        mapped = map_file(company, path, "inventory")
    if mapped is not None:
        assert set(pasted(company, mapped).settings.extracts) == {"inventory"}
