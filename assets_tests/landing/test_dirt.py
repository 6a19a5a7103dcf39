"""The dirt that real exports hold: each kind is read right, or named with file, line, column and rule; every other row survives."""

import datetime as dt
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from landing_case import take_text

HEADER = "production_id,item_id,completion_date,good_quantity,scrap_quantity\n"
FILE = "extracts/production/production_history.csv"


def table(*rows: str, header: str = HEADER) -> str:
    return header + "".join(f"{row}\n" for row in rows)


def rows_of(*rows: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return list(rows)


A = ("1", "A", "2026-01-05", 10.0)
B = ("2", "B", "2026-01-06", 20.5)
TWO = table("1,A,2026-01-05,10,", "2,B,2026-01-06,20.5,")
GERMAN = TWO.replace(",", ";").replace("20.5", "20,5").replace("2026-01-05", "05.01.2026").replace("2026-01-06", "06.01.2026")


@dataclass(frozen=True)
class Dirt:
    """`issues`: (line, column, rule) of every warning and error; `rows`: what production_history then holds."""

    content: str | bytes
    rows: list[tuple[Any, ...]]
    issues: tuple[tuple[int | None, str | None, str], ...] = ()
    format: str = ""
    mapping: str = ""


def good(*more: str) -> str:
    """A good row on line 2, the rows given, and a good row at the end."""
    return table("1,A,2026-01-05,10,", *more, "2,B,2026-01-06,20.5,")


def bad_row(row: str, *issues: tuple[int, str | None, str], **more: Any) -> Dirt:
    """One bad row on line 3 between two good ones."""
    return Dirt(good(row), [A, B], issues, **more)


def bad_value(column: str, value: str, rule: str, **more: Any) -> Dirt:
    cells = {"production_id": "9", "item_id": "C", "completion_date": "2026-01-07", "good_quantity": "1", "scrap_quantity": ""}
    return bad_row(",".join({**cells, column: value}.values()), (3, column, rule), **more)


def value(column: str, text: str, expected: Any, **more: Any) -> Dirt:
    cells = {"production_id": "9", "item_id": "C", "completion_date": "2026-01-07", "good_quantity": "1", "scrap_quantity": ""}
    given = {**cells, column: f'"{text}"'}
    held = {**cells, "good_quantity": 1.0, column: expected}
    row = (held["production_id"], held["item_id"], held["completion_date"], held["good_quantity"])
    return Dirt(good(",".join(given.values())), [A, row, B], **more)


KINDS: dict[str, Dirt] = {
    "byte-order mark": Dirt("\ufeff" + TWO, [A, B]),
    "utf-16 with a mark, little endian": Dirt(TWO.encode("utf-16"), [A, B]),
    "utf-16 with a mark, big endian": Dirt(b"\xfe\xff" + TWO.encode("utf-16-be"), [A, B]),
    "utf-16 without a mark": Dirt(TWO.encode("utf-16-le"), [A, B]),
    "utf-16 as given, without a mark": Dirt(TWO.encode("utf-16-le"), [A, B], format="encoding: utf-16"),
    "utf-16 as given, without a mark, big endian": Dirt(TWO.encode("utf-16-be"), [A, B], format="encoding: UTF-16"),
    "windows-1252": Dirt(TWO.replace("A", "Größe").encode("cp1252"), [("1", "Größe", *A[2:]), B]),
    "windows-1252 as given": Dirt(TWO.replace("A", "10 €").encode("cp1252"), [("1", "10 €", *A[2:]), B], format="encoding: cp1252"),
    "utf-8 with umlauts": Dirt(TWO.replace("A", "Größe"), [("1", "Größe", *A[2:]), B]),
    "a byte that means nothing": Dirt(
        TWO.replace("A", "x").encode().replace(b"x", b"\x81"), [("1", "\ufffd", *A[2:]), B], ((2, "item_id", "unreadable_character"),)
    ),
    "semicolons, decimal comma, day first": Dirt(GERMAN, [A, B], format='decimal: ",", date: "%d.%m.%Y"'),
    "tabs": Dirt(TWO.replace(",", "\t"), [A, B]),
    "bars": Dirt(TWO.replace(",", "|"), [A, B]),
    "an uncommon delimiter as given": Dirt(TWO.replace(",", "^"), [A, B], format='delimiter: "^"'),
    "windows line ends": Dirt(TWO.replace("\n", "\r\n"), [A, B]),
    "old mac line ends": Dirt(TWO.replace("\n", "\r"), [A, B]),
    "no line end at the end": Dirt(TWO.rstrip("\n"), [A, B]),
    "blank lines": Dirt(TWO.replace("2,B", "\n\n2,B") + "\n \n", [A, B]),
    "rows of nothing but delimiters": Dirt(good(",,,,"), [A, B]),
    "a delimiter too many on every line": Dirt(TWO.replace("\n", ",\n"), [A, B]),
    "a delimiter too many on rows only": Dirt(TWO.replace(",\n", ",,\n"), [A, B]),
    "quotes around everything": Dirt("\n".join('"' + '","'.join(line.split(",")) + '"' for line in TWO.splitlines()), [A, B]),
    "a delimiter inside quotes": value("item_id", "x,y", "x,y"),
    "doubled quotes": value("item_id", '12"" pipe', '12" pipe'),
    "a quoted line break": value("item_id", "x\ny", "x\ny"),
    "a quoted windows line break": value("item_id", "x\r\ny", "x\r\ny"),
    "an inch mark in a bare cell": Dirt(good('9,12" pipe,2026-01-07,1,'), [A, ("9", '12" pipe', "2026-01-07", 1.0), B]),
    "a quote that never closes": bad_row('9,"C,2026-01-07,1,', (3, None, "row_shape")),
    "a quote in the last cell that never closes": bad_row('9,C,2026-01-07,1,"5', (3, None, "row_shape")),
    "a quote on the last line that never closes": Dirt(TWO + '9,C,2026-01-07,1,"5\n', [A, B], ((4, None, "row_shape"),)),
    "a quote at the end of the file that never closes": Dirt(TWO + '9,C,2026-01-07,1,"5', [A, B], ((4, None, "row_shape"),)),
    "a cell too few": bad_row("9,C,2026-01-07,1", (3, None, "row_shape")),
    "a cell too many": bad_row("9,C,2026-01-07,1,,x", (3, None, "row_shape")),
    "a decimal comma in a comma file": bad_row("9,C,2026-01-07,1,5,", (3, None, "row_shape")),
    "a decimal comma in a comma file whose lines end in one": Dirt(
        TWO.replace("\n", ",\n") + "9,C,2026-01-07,1,5,,\n", [A, B], ((4, None, "row_shape"),)
    ),
    "lines stay right behind a quoted line break": Dirt(
        good('9,"x\ny",2026-01-07,1,', "8,D,2026-01-07,none,"),
        [A, ("9", "x\ny", "2026-01-07", 1.0), B],
        ((5, "good_quantity", "good_quantity_type"),),
    ),
    "lines stay right behind a ragged row": Dirt(
        good("9,C", "8,D,2026-01-07,none,"), [A, B], ((3, None, "row_shape"), (4, "good_quantity", "good_quantity_type"))
    ),
    "lines stay right behind blank lines": Dirt(
        good("", "", "8,D,2026-01-07,none,"), [A, B], ((5, "good_quantity", "good_quantity_type"),)
    ),
    "a title above the header": Dirt("Production report\n\nprinted,2026-11-01\n" + TWO, [A, B]),
    "a header row as given": Dirt("production_id\n" + TWO, [A, B], format="header_row: 2"),
    "a repeated header": Dirt(good(HEADER.strip()), [A, B]),
    "a repeated header in capitals": Dirt(good(HEADER.strip().upper()), [A, B]),
    "a header in capitals with spaces": Dirt(TWO.replace("item_id", " ITEM_ID "), [A, B]),
    "total rows left out as the mapping says": Dirt(good("Total,,,30.5,"), [A, B], format='skip_rows_like: "^Total"'),
    "a footer of one cell left out as the mapping says, lines behind it right": Dirt(
        good("Total", "9,C", "8,D,2026-01-07,none,"),
        [A, B],
        ((4, None, "row_shape"), (5, "good_quantity", "good_quantity_type")),
        format='skip_rows_like: "^Total"',
    ),
    "a total row nobody announced": bad_row(
        "Total,,,30.5,", (3, "completion_date", "completion_date_required"), (3, "item_id", "item_id_required")
    ),
    "columns in another order": Dirt(
        table("10,,A,2026-01-05,1", "20.5,,B,2026-01-06,2", header="good_quantity,scrap_quantity,item_id,completion_date,production_id\n"),
        [A, B],
    ),
    "columns by their names": Dirt(
        TWO.replace("item_id", "Material").replace("good_quantity", "Gut Menge"),
        [A, B],
        mapping="columns: {item_id: Material, good_quantity: Gut Menge}",
    ),
    "a column twice": Dirt(
        table("1,A,2026-01-05,10,x", "2,B,2026-01-06,20.5,x", header="production_id,item_id,completion_date,good_quantity,item_id\n"),
        [A, B],
    ),
    "a column named like ours": Dirt(
        table("1,A,2026-01-05,10,7", "2,B,2026-01-06,20.5,7", header="production_id,item_id,completion_date,good_quantity,source_line\n"),
        [A, B],
    ),
    "blanks around values": Dirt(good("  9 ,\tC , 2026-01-07 , 1 ,"), [A, ("9", "C", "2026-01-07", 1.0), B]),
    "blanks that do not break around values": Dirt(good("9,\u00a0C\u00a0,2026-01-07,1\u00a0,"), [A, ("9", "C", "2026-01-07", 1.0), B]),
    "leading zeros": value("item_id", "00123", "00123"),
    "a code that looks like a number": value("item_id", "1E5", "1E5"),
    "thousands": value("good_quantity", "1,234.5", 1234.5, format='thousands: ","'),
    "thousands and decimals, european": Dirt(
        TWO.replace("20.5", '"1.234,5"'), [A, (*B[:3], 1234.5)], format='delimiter: ",", decimal: ",", thousands: "."'
    ),
    "thousands by a blank": value("good_quantity", "1 234.5", 1234.5, format='thousands: " "'),
    "thousands by a blank that does not break": value("good_quantity", "1\u00a0234.5", 1234.5, format='thousands: " "'),
    "thousands by an apostrophe": value("good_quantity", "1'234.5", 1234.5, format='thousands: "\'"'),
    "thousands nobody announced": bad_value("good_quantity", '"1,234.5"', "good_quantity_type"),
    "a point where commas are decimal": Dirt(
        TWO.replace(",", ";").replace("20.5", "1.5"),
        [A],
        ((3, "good_quantity", "good_quantity_type"),),
        format='decimal: ",", thousands: "."',
    ),
    "a minus behind": bad_value("good_quantity", "5-", "good_quantity_range"),
    "parentheses": bad_value("good_quantity", "(5)", "good_quantity_range"),
    "a typographic minus": bad_value("good_quantity", "−5", "good_quantity_range"),
    "a minus behind, decimal comma": Dirt(
        GERMAN.replace("20,5", "20,5-"), [A], ((3, "good_quantity", "good_quantity_range"),), format='decimal: ",", date: "%d.%m.%Y"'
    ),
    "the letter O": bad_value("good_quantity", "1O", "good_quantity_type"),
    "a unit in the number": bad_value("good_quantity", "5 pc", "good_quantity_type"),
    "a currency in the number": bad_value("good_quantity", "€5", "good_quantity_type"),
    "n/a": bad_value("good_quantity", "n/a", "good_quantity_type"),
    "n/a as the mapping says": Dirt(
        good("9,C,2026-01-07,1,n/a"), [A, ("9", "C", "2026-01-07", 1.0), B], mapping='values: {scrap_quantity: {n/a: "0"}}'
    ),
    "infinity": bad_value("good_quantity", "inf", "good_quantity_type"),
    "not a number": bad_value("good_quantity", "NaN", "good_quantity_type"),
    "too large a number": bad_value("good_quantity", "1e400", "good_quantity_type"),
    "a spreadsheet error": bad_value("good_quantity", "#DIV/0!", "good_quantity_type"),
    "a missing number": bad_value("good_quantity", "", "good_quantity_required"),
    "a missing code": bad_value("item_id", "", "item_id_required"),
    "a null in words": bad_value("completion_date", "NULL", "completion_date_type"),
    "day first": value("completion_date", "07.01.2026", "2026-01-07", format='date: "%d.%m.%Y"'),
    "month first": value("completion_date", "01/07/2026", "2026-01-07", format='date: "%m/%d/%Y"'),
    "two ways to write a date": value("completion_date", "07.01.2026", "2026-01-07", format='date: ["%d/%m/%Y", "%d.%m.%Y"]'),
    "an ISO date among others": value("completion_date", "2026-01-07", "2026-01-07", format='date: "%d.%m.%Y"'),
    "a date in one piece": value("completion_date", "20260107", "2026-01-07"),
    "an Excel serial day": value("completion_date", "46029", "2026-01-07"),
    "an Excel serial moment": value("completion_date", "46029.75", "2026-01-07"),
    "a moment": value("completion_date", "2026-01-07 23:30:00", "2026-01-07"),
    "a moment with a zone is the company's day": value("completion_date", "2026-01-06T23:30:00Z", "2026-01-07"),
    "a moment with an offset": value("completion_date", "2026-01-07 05:30:00+07:00", "2026-01-06"),
    "a date nobody announced": bad_value("completion_date", "07.01.2026", "completion_date_type"),
    "an ambiguous date is not guessed": bad_value("completion_date", "03/04/2026", "completion_date_type"),
    "a day that does not exist": bad_value("completion_date", "2026-02-30", "completion_date_type"),
    "a word that DuckDB takes for a date": bad_value("completion_date", "epoch", "completion_date_type"),
    "a year too short": bad_value("completion_date", "26-01-07", "completion_date_plausible"),
    "1900-01-01": bad_value("completion_date", "1900-01-01", "completion_date_plausible"),
    "9999-12-31": bad_value("completion_date", "9999-12-31", "completion_date_plausible"),
    "a fact after its file": bad_value("completion_date", "2026-12-01", "completion_date_after_landing"),
    "a fact of today is not read": Dirt(good("9,C,2026-11-02,1,"), [A, B]),
    "a duplicated line": Dirt(good("2,B,2026-01-06,20.5,"), [A, B]),
    "a key with two contents": Dirt(
        good("9,C,2026-01-07,1,", "9,C,2026-01-07,2,"), [A, B], ((3, "production_id", "key_unique"), (4, "production_id", "key_unique"))
    ),
    "days to be shifted": Dirt(
        TWO.replace("2026-01-05", "2026-01-06").replace("B,2026-01-06", "B,2026-01-07"), [A, B], mapping="shift_days: {completion_date: -1}"
    ),
    "a column that is a constant": Dirt(
        table("1,A,2026-01-05", "2,B,2026-01-06", header="production_id,item_id,completion_date\n"),
        [(*A[:3], 1.0), (*B[:3], 1.0)],
        mapping='constants: {good_quantity: "1"}',
    ),
    "two mistakes in one row": bad_row("9,,2026-01-07,x,", (3, "good_quantity", "good_quantity_type"), (3, "item_id", "item_id_required")),
    "text that is SQL": value("item_id", "'; drop table raw.x --", "'; drop table raw.x --"),
    "a header that is SQL": Dirt(TWO.replace("scrap_quantity", '"""; drop table x --"'), [A, B]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_dirt_is_read_right_or_named_row_by_row(tmp_path: Path, kind: str):
    dirt = KINDS[kind]
    parts = [part for part in (f"format: {{{dirt.format}}}" if dirt.format else "", dirt.mapping) if part]
    settings = f"extracts: {{production_history: {{{', '.join(parts)}}}}}\n" if parts else ""
    landed = take_text(tmp_path, "production_history", dirt.content, settings)
    held = landed.rows.sort("source_line").select("production_id", "item_id", "completion_date", "good_quantity").rows()
    told = landed.staged.issues.filter(~(landed.staged.issues["severity"] == "info"))
    assert landed.staged.load.status == "fresh", landed.staged.load.reason
    assert [(key, item, day, float(quantity)) for key, item, day, quantity in held] == [
        (key, item, dt.date.fromisoformat(day), quantity) for key, item, day, quantity in dirt.rows
    ]
    assert [(*row,) for row in told.select("source_line", "column_name", "rule").rows()] == list(dirt.issues)
    assert set(told["source_file"]) <= {FILE}
    assert "" not in told["hint"]


def test_there_are_as_many_kinds_as_exports_hold():
    assert len(KINDS) >= 60


def test_a_packed_file_is_read_like_the_plain_one(tmp_path: Path):
    place = tmp_path / "extracts/production"
    place.mkdir(parents=True)
    (place / "production_history_2026.csv.gz").write_bytes(gzip.compress(GERMAN.encode()))
    settings = 'extracts: {production_history: {format: {decimal: ",", date: "%d.%m.%Y"}}}\n'
    landed = take_text(tmp_path, "production_history", HEADER, settings)
    assert landed.rows["production_id"].to_list() == ["1", "2"]
    assert landed.rows["source_file"].unique().to_list() == [FILE.replace(".csv", "_2026.csv.gz")]


def test_an_error_shows_the_value_as_received_its_quantity_and_its_row(tmp_path: Path):
    content = TWO.replace(",", ";").replace("20.5", "1.5")
    landed = take_text(
        tmp_path, "production_history", content, 'extracts: {production_history: {format: {decimal: ",", thousands: "."}}}\n'
    )
    issue = landed.staged.issues.row(0, named=True)
    assert issue["value"] == "1.5"
    assert '"item_id":"B"' in issue["row_json"]
    bad = take_text(tmp_path, "production_history", good("9,,2026-01-07,7,"))
    assert bad.staged.issues.row(0, named=True)["quantity"] == 7.0


def test_a_row_that_contradicts_itself_shows_the_columns_and_their_values(tmp_path: Path):
    header = "promotion_id,family_id,start_date,end_date,promotion_status,uplift_ratio\n"
    content = header + "1,P,2026-03-31,2026-03-01,planned,0.1\n2,,2026-03-01,2026-03-31,planned,0.1\n3,P,2026-03-01,2026-03-31,planned,30\n"
    issues = take_text(tmp_path, "promotions", content).staged.issues
    assert issues.select("source_line", "column_name", "value", "severity").rows() == [
        (2, "start_date, end_date", "2026-03-31, 2026-03-01", "error"),
        (3, "item_id, family_id", None, "error"),
        (4, "uplift_ratio", "30", "warning"),
    ]
    (tmp_path / "nobody").mkdir()
    nobody = header.replace("family_id,", "") + "4,2026-03-01,2026-03-31,planned,0.1\n"
    issue = take_text(tmp_path / "nobody", "promotions", nobody).staged.issues.row(0, named=True)
    assert (issue["column_name"], issue["value"]) == ("item_id, family_id", None)


def test_an_error_shows_what_the_file_says_not_what_it_means(tmp_path: Path):
    """A value that is read and then refused must be found again by searching for it in the file."""
    rows = "7;kg;06.01.2026;1.234,5-;x\n8;B;01.12.2062;2;3\n9;B;07.01.2026;5;(1,5)\n"
    settings = (
        'extracts: {production_history: {format: {decimal: ",", thousands: ".", date: "%d.%m.%Y"}, '
        "columns: {item_id: Teil, scrap_quantity: Ausschuss}, shift_days: {completion_date: -1}, values: {item_id: {kg: K}}}}\n"
    )
    header = HEADER.replace("item_id", "Teil").replace("scrap_quantity", "Ausschuss").replace(",", ";")
    issues = take_text(tmp_path, "production_history", header + rows, settings).staged.issues
    told = issues.select("source_line", "column_name", "value", "quantity").rows()
    assert told == [
        (2, "good_quantity", "1.234,5-", -1234.5),
        (2, "scrap_quantity", "x", -1234.5),
        (3, "completion_date", "01.12.2062", 2.0),
    ]
    row = json.loads(issues.row(0, named=True)["row_json"])
    assert (row["item_id"], row["completion_date"], row["good_quantity"]) == ("kg", "06.01.2026", "1.234,5-")


def test_a_column_that_must_be_filled_and_is_empty_in_every_row_is_named_in_every_row(tmp_path: Path):
    header = "shipment_id,shipment_line,item_id,ship_date,shipped_quantity,net_amount,currency\n"
    taken = take_text(tmp_path, "shipments", f"{header}S,1,A,,3,9,EUR\nS,2,B,,4,9,EUR\n")
    place = "extracts/sales/shipments.csv"
    assert taken.issues == [(place, line, "ship_date", "ship_date_required", "error") for line in (2, 3)]
    assert taken.rows.is_empty()
