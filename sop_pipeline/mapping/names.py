"""Headings and codes that others use for ours, English and German, as data: `synonyms.csv`, `codes.csv`. Values are judged elsewhere."""

import csv
import difflib
import functools
import re
from collections.abc import Mapping
from importlib import resources

OWN_NAME, OF_EXTRACT, OF_COLUMN, FIRST_WORDS, SIMILAR = 1.0, 0.97, 0.94, 0.72, 0.6
# a heading that is spelt almost like a known one
SIMILAR_RATIO = 0.86
SHORTEST_SIMILAR = 5
TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "³": "3", "#": "nr"})


def plain(name: str) -> str:
    """A heading or code as it is compared: capitals, umlauts, blanks and punctuation do not matter."""
    return re.sub(r"[^0-9a-z%]", "", name.casefold().translate(TRANSLITERATED))


@functools.cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Headings by column, or by `extract.column` where a heading means that column in one extract only."""
    return {row["column"]: tuple(row["synonyms"].split("|")) for row in _rows("synonyms.csv")}


def headings_of(extract: str, column: str) -> tuple[tuple[str, float], ...]:
    """Every heading known for a column of an extract, each with how surely it means it: the column's own name is certain."""
    own = (*synonyms().get(f"{extract}.{column}", ()),)
    shared = synonyms().get(column, ())
    return ((column, OWN_NAME), *((name, OF_EXTRACT) for name in own), *((name, OF_COLUMN) for name in shared))


@functools.cache
def known_headings(extract: str, columns: tuple[str, ...]) -> Mapping[str, Mapping[str, float]]:
    """How surely a heading, as compared, means a column of an extract: heading → column → 0 to 1."""
    found: dict[str, dict[str, float]] = {}
    for column in columns:
        for name, surely in headings_of(extract, column):
            of_heading = found.setdefault(plain(name), {})
            of_heading[column] = max(surely, of_heading.get(column, 0.0))
    return found


def heading_scores(heading: str, extract: str, columns: tuple[str, ...]) -> dict[str, float]:
    """How surely a heading means each column of an extract, 0 to 1; columns it says nothing about are left out.

    A known heading is taken at its word. One that begins with a known heading of some words (`Auftrag (intern)`), or is spelt almost like
    one (`Artikelnumer`), counts less.
    """
    known = known_headings(extract, columns)
    compared = plain(heading)
    if compared in known:
        return dict(known[compared])
    scores: dict[str, float] = {}
    bare = plain(re.split(r"[(\[/,:]", heading, maxsplit=1)[0])
    for column, surely in known.get(bare, {}).items():
        scores[column] = FIRST_WORDS * surely
    if len(compared) >= SHORTEST_SIMILAR:
        close = difflib.get_close_matches(compared, [name for name in known if len(name) >= SHORTEST_SIMILAR], n=3, cutoff=SIMILAR_RATIO)
        for name in close:
            for column, surely in known[name].items():
                scores[column] = max(scores.get(column, 0.0), SIMILAR * surely)
    return scores


@functools.cache
def codes_of(column: str) -> Mapping[str, str]:
    """Our code by theirs, as compared, for a column with a list of codes or true and false."""
    return {plain(theirs): row["ours"] for row in _rows("codes.csv") if row["column"] == column for theirs in row["theirs"].split("|")}


FLAGS: Mapping[str, str] = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "ja", "j", "x", "wahr"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "0", "nein", "falsch"), "false"),
}


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("sop_pipeline.mapping").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
