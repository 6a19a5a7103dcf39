"""Dates, numbers, headings and codes as `sop map` recognises them: what one column says, against what a person would read in it."""

import datetime as dt
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_table import CODES, SYNONYMS, bare

from sop_pipeline.contracts import column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.mapping.dates import date_form
from sop_pipeline.mapping.names import heading_scores, plain
from sop_pipeline.mapping.numbers import Marks, marks_of

DAY, MONTH, YEAR = "day first", "month first", "year first"
DATES: dict[str, tuple[list[str], tuple[str, ...], set[str]]] = {
    "ISO dates need no format": (["2026-01-31", "2026-02-01"], (), set()),
    "ISO moments need no format": (["2026-01-31 00:00:00", "2026-01-31T10:00:00Z"], (), set()),
    "dates in one piece need no format": (["20260131"], (), set()),
    "serial days need no format": (["46029", "46029.75"], (), set()),
    "points are day first": (["03.04.2026"], ("%d.%m.%Y",), set()),
    "one digit is enough": (["3.4.2026", "31.12.2026"], ("%d.%m.%Y",), set()),
    "a year of two digits": (["03.04.26"], ("%d.%m.%y",), set()),
    "a day above twelve in front": (["03/04/2026", "31/12/2026"], ("%d/%m/%Y",), set()),
    "a day above twelve behind": (["03/04/2026", "12/31/2026"], ("%m/%d/%Y",), set()),
    "day and month that can be exchanged": (["03/04/2026", "05/06/2026"], (), {DAY, MONTH}),
    "day, month and year that can be exchanged": (["03-04-05"], (), {DAY, MONTH, YEAR}),
    "dashes with the year behind": (["03-04-2026", "30-04-2026"], ("%d-%m-%Y",), set()),
    "slashes with the year in front": (["2026/01/31"], ("%Y/%m/%d",), set()),
    "both orders in one column": (["31/12/2026", "30/11/2026", "12/31/2026"], (), {DAY, MONTH}),
    "months by name": (["01-Feb-2026"], ("%d-%b-%Y",), set()),
    "a time of day": (["31.01.2026 07:30"], ("%d.%m.%Y %H:%M",), set()),
    "with and without seconds": (["31.01.2026 07:30:00", "1.2.2026 07:30"], ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"), set()),
    "half days": (["1/31/2026 7:30 PM"], ("%m/%d/%Y %I:%M %p",), set()),
    "two marks": (["31.01.2026", "31/01/2026"], ("%d.%m.%Y", "%d/%m/%Y"), set()),
}


@pytest.mark.parametrize("kind", DATES)
def test_a_column_of_dates_says_how_it_is_written_or_what_is_open(kind: str):
    values, formats, choices = DATES[kind]
    form = date_form(pl.Series(values))
    assert (form.fits, set(form.formats), set(form.choices)) == (1.0, set(formats), choices)
    assert (form.example in values) == bool(choices)


@given(days=st.lists(st.dates(dt.date(2000, 1, 1), dt.date(2049, 12, 31)), min_size=1, max_size=30))
def test_an_order_is_open_exactly_when_every_day_is_one_in_the_other_order_too(days: list[dt.date]):
    form = date_form(pl.Series([f"{day.day:02}/{day.month:02}/{day.year}" for day in days]).unique(maintain_order=True))
    if all(day.day <= 12 for day in days):
        assert set(form.choices) == {DAY, MONTH}
    else:
        assert form.formats == ("%d/%m/%Y",)


def test_a_few_mistakes_do_not_open_the_question():
    good = [f"{day:02}/{month:02}/2026" for day in range(1, 29) for month in range(1, 13)]
    form = date_form(pl.Series([*good, "31/02/2026", "12/31/2026", "soon"]))
    assert form.formats == ("%d/%m/%Y",)
    assert 0.98 < form.fits < 1


def test_what_is_no_date_is_none():
    assert date_form(pl.Series(["A-100", "3.4", "1.2.3.4", "32.13.2026"])).fits == 0


NUMBERS: dict[str, tuple[list[str], set[Marks]]] = {
    "whole numbers": (["1", "20", "300"], {Marks()}),
    "a decimal point": (["1.5", "1234.5"], {Marks()}),
    "a decimal comma": (["1,5"], {Marks(",")}),
    "both marks, german": (["1.234,5"], {Marks(",", ".")}),
    "both marks, english": (["1,234.5"], {Marks(".", ",")}),
    "two groups cannot be decimals": (["1.234.567"], {Marks(",", ".")}),
    "three digits behind one mark": (["1.234"], {Marks(), Marks(",", ".")}),
    "three digits behind a comma": (["1,234"], {Marks(","), Marks(".", ",")}),
    "a nought in front is no thousand": (["0,123"], {Marks(",")}),
    "another value tells": (["1,234", "1,5"], {Marks(",")}),
    "blanks": (["1 234", "5"], {Marks(".", " ")}),
    "apostrophes": (["1'234.50"], {Marks(".", "'")}),
    "a minus behind and parentheses": (["5,5-", "(3,5)"], {Marks(",")}),
    "no numbers": ([], {Marks()}),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_say_their_marks_or_which_two_ways_there_are(kind: str):
    values, marks = NUMBERS[kind]
    assert set(marks_of([pl.Series(values, dtype=pl.String)])) == marks


def test_every_column_of_every_extract_has_headings_and_every_heading_a_column():
    columns = {(name, spec.name) for name in EXTRACTS for spec in column_specs(contract_of(f"staging.{name}"))}
    columns = {(extract, name) for extract, name in columns if not name.startswith("source_")}
    known = {key for (key,) in SYNONYMS}
    assert {pair for pair in columns if pair[1] not in known and ".".join(pair) not in known} == set()
    assert known <= {name for _, name in columns} | {".".join(pair) for pair in columns}


def test_every_code_of_theirs_means_one_of_ours():
    allowed = {
        (spec.name, value) for name in EXTRACTS for spec in column_specs(contract_of(f"staging.{name}")) for value in spec.allowed_values
    }
    assert set(CODES) <= allowed
    said = Counter((column, bare(theirs)) for (column, _), listed in CODES.items() for theirs in listed)
    assert [pair for pair, times in said.items() if times > 1] == []


def test_capitals_umlauts_and_punctuation_of_a_heading_do_not_matter():
    assert plain("Auftrags-Nr.") == plain("AUFTRAGSNR") == plain("auftrags nr")
    assert plain("Währung") == plain("Waehrung")
    scores = heading_scores("  ARTIKEL-NR ", "items", ("item_id", "item_name"))
    assert set(scores) == {"item_id"}
    assert scores["item_id"] > 0.9


@pytest.mark.parametrize("heading", ["Artikelnumer", "Material (intern)", "Materialnummer / alt"])
def test_a_heading_almost_known_counts_less_than_a_known_one(heading: str):
    scores = heading_scores(heading, "items", ("item_id", "item_name"))
    assert 0.5 < scores["item_id"] < 0.9
