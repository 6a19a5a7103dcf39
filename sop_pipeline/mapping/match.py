"""Which column of a file is which of ours, and which extract the file is: by headings, values and known codes. Nothing is read here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sop_pipeline.contracts import ColumnSpec, column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS, extract_of_file
from sop_pipeline.landing.canonical import NUMBER_KINDS
from sop_pipeline.landing.mapping import data_columns
from sop_pipeline.landing.sources.base import comparable
from sop_pipeline.mapping.dates import date_form
from sop_pipeline.mapping.keys import kind_of_key
from sop_pipeline.mapping.names import FLAGS, codes_of, heading_scores, plain
from sop_pipeline.mapping.numbers import WAYS, is_number
from sop_pipeline.mapping.sniff import Column

PROPOSED = 0.5  # a column less sure than this is left unmapped
PERHAPS = 0.4  # of the one column left for a number or date that is missing
LEAST_OF_VALUES = 0.9  # share of values that must fit where the heading says nothing
MOST_CODES = 50  # a list of codes is short
NAME_BONUS = 0.15  # for a file named after the extract
WHOLE_NUMBER = r"^[-+]?\d{1,3}([.,' ]?\d{3})*([.,]0+)?$"
CURRENCY = r"^[A-Z]{3}$"
# required, and the same in every row of most exports, so that they are not in them
ASSUMED = ("currency", "order_type")

Keys = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Match:
    """One of our columns and the column of the file that it is. `reason`: what speaks for it, in words."""

    ours: str
    theirs: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class ExtractMatch:
    """A file taken for an extract. `perhaps`: for columns still missing, the only column of the file whose values would do."""

    extract: str
    confidence: float
    matches: tuple[Match, ...]
    perhaps: Mapping[str, str]


def specs_of(extract: str) -> tuple[ColumnSpec, ...]:
    """The columns a department sends."""
    return data_columns(column_specs(contract_of(f"staging.{extract}")))


def match_extract(columns: Sequence[Column], extract: str, keys: Keys) -> ExtractMatch:
    """Take a file for an extract: each of our columns gets at most one of the file's, the surest first."""
    return _match(columns, extract, "", _Fits(keys))


def rank_extracts(columns: Sequence[Column], keys: Keys, file_name: str) -> list[ExtractMatch]:
    """The file taken for every extract, the likeliest first; of equal ones the first by name."""
    fits = _Fits(keys)
    taken = [_match(columns, name, file_name, fits) for name in sorted(EXTRACTS)]
    return sorted(taken, key=lambda match: -match.confidence)


def ours_of(spec: ColumnSpec, value: str) -> str | None:
    """Our code for a value of a column with a list of codes, or of true and false; None for one nobody knows."""
    if spec.kind == "flag":
        return FLAGS.get(plain(value))
    by_plain = {plain(allowed): allowed for allowed in spec.allowed_values}
    return value if value in spec.allowed_values else by_plain.get(plain(value)) or codes_of(spec.name).get(plain(value))


def _match(columns: Sequence[Column], extract: str, file_name: str, fits: "_Fits") -> ExtractMatch:
    specs = specs_of(extract)
    names = tuple(spec.name for spec in specs)
    headings = {column.name: heading_scores(column.name, extract, names) for column in columns}
    found = [
        (confidence, -place, -number, Match(spec.name, column.name, confidence, reason))
        for number, column in enumerate(columns)
        for place, spec in enumerate(specs)
        for confidence, reason in [_confidence(column, spec, headings[column.name].get(spec.name, 0.0), fits)]
        if confidence >= PROPOSED or comparable(column.name) == spec.name
    ]
    # a column of our own name is ours whatever it holds: landing takes it by its name
    found.sort(key=lambda one: (comparable(one[3].theirs) == one[3].ours, *one[:3]), reverse=True)
    taken: dict[str, Match] = {}
    used: set[str] = set()
    for *_, match in found:
        if match.ours not in taken and match.theirs not in used:
            taken[match.ours] = match
            used.add(match.theirs)
    matches = tuple(taken[name] for name in names if name in taken)
    return ExtractMatch(extract, _extract_confidence(columns, specs, matches, file_name), matches, _perhaps(columns, specs, matches, fits))


class _Fits:
    """How well the values of a column are values of ours: a share of the distinct ones, once for each column and kind."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._known: dict[tuple[str, str], float] = {}

    def share(self, column: Column, spec: ColumnSpec) -> float | None:
        """None where nothing can be said: no values, or any text would do."""
        judge = self._judge(spec)
        if judge is None or not column.values.len():
            return None
        kind, share = judge
        if (column.name, kind) not in self._known:
            self._known[column.name, kind] = float(share(column.values))  # type: ignore[arg-type]
        return self._known[column.name, kind]

    def _judge(self, spec: ColumnSpec) -> tuple[str, Callable[[pl.Series], object]] | None:
        """What is asked of the values, and how; columns that ask the same share the answer."""
        if spec.allowed_values or spec.kind == "flag":
            return f"codes of {spec.name}: {spec.allowed_values}", lambda values: _codes_fit(values, spec)
        if spec.kind != "text":
            by_kind = {"count": _whole_fit, "date": _date_fit, "timestamp": _date_fit}
            judge = by_kind.get(spec.kind, _number_fit)
            return judge.__name__, judge
        if spec.name.endswith("currency"):
            return "currency", lambda values: values.str.contains(CURRENCY).mean()
        codes = self.keys.get(kind_of_key(spec.name) or "")
        return (f"keys of {kind_of_key(spec.name)}", lambda values: values.is_in(list(codes)).mean()) if codes else None


def _codes_fit(values: pl.Series, spec: ColumnSpec) -> float:
    if values.len() > MOST_CODES:
        return 0.0
    return sum(ours_of(spec, value) is not None for value in values) / values.len()


def _number_fit(values: pl.Series) -> float:
    return max(int(is_number(values, way).sum()) for way in WAYS) / values.len()


def _date_fit(values: pl.Series) -> float:
    return date_form(values).fits


def _whole_fit(values: pl.Series) -> object:
    return values.str.contains(WHOLE_NUMBER).mean()


def _confidence(column: Column, spec: ColumnSpec, heading: float, fits: _Fits) -> tuple[float, str]:
    share = fits.share(column, spec)
    said = "its own name" if comparable(column.name) == spec.name else "heading" if heading >= 0.9 else "heading, nearly"
    if share is None:
        return round(heading, 2), said
    is_key = not spec.allowed_values and spec.kind == "text" and not spec.name.endswith("currency")
    shown = _shown(spec, share, column.values.len(), is_key=is_key)
    if heading:
        # a code no list knows may be new, a text in a column of numbers is not
        weight = 0.2 if is_key else 0.7
        sure = heading * (1 - weight + weight * share)
        return round(sure, 2), f"{said}; {shown}"
    says_enough = is_key or bool(spec.allowed_values) or spec.name.endswith("currency")
    if says_enough and share >= LEAST_OF_VALUES and column.values.len() >= (1 if spec.name.endswith("currency") else 2):
        return round(0.65 * share, 2), shown
    return 0.0, shown


def _shown(spec: ColumnSpec, share: float, count: int, *, is_key: bool) -> str:
    if is_key:
        what = f"known as {kind_of_key(spec.name)} of the company"
    elif spec.allowed_values:
        what = "codes we know"
    elif spec.name.endswith("currency"):
        what = "currency codes"
    else:
        what = {"date": "dates", "timestamp": "dates", "count": "whole numbers", "flag": "true or false"}.get(spec.kind, "numbers")
    return f"{f'{share:.0%} of {count} values' if count > 1 else 'the one value' if share else 'no value'}: {what}"


def _extract_confidence(columns: Sequence[Column], specs: Sequence[ColumnSpec], matches: Sequence[Match], file_name: str) -> float:
    """Half for how much of what is required is there, half for how much of the file is asked for; a name that says so counts too."""
    sure = {match.ours: match.confidence for match in matches}
    required = [spec.name for spec in specs if not spec.is_optional and spec.name not in ASSUMED]
    there = sum(sure.get(name, 0.0) for name in required) / max(len(required), 1)
    asked = sum(sure.values()) / max(len(columns), 1)
    named = extract_of_file(file_name) if file_name else None
    bonus = NAME_BONUS if named is not None and specs == specs_of(named.name) else 0.0
    return round(min(0.5 * there + 0.5 * asked + bonus, 1.0), 2)


def _perhaps(columns: Sequence[Column], specs: Sequence[ColumnSpec], matches: Sequence[Match], fits: _Fits) -> dict[str, str]:
    taken = {match.ours for match in matches}
    left = [column for column in columns if column.name not in {match.theirs for match in matches}]
    found = {}
    for kinds in (NUMBER_KINDS, ("date",)):
        missing = [spec for spec in specs if spec.kind in kinds and not spec.is_optional and spec.name not in taken]
        if len(missing) == 1:
            fitting = [column.name for column in left if (fits.share(column, missing[0]) or 0.0) >= LEAST_OF_VALUES]
            if len(fitting) == 1:
                found[missing[0].name] = fitting[0]
    return found
