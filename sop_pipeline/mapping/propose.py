"""A file's mapping proposed: format, columns, codes, constants, what is open and what stays unmapped. How it is printed stays out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sop_pipeline.contracts import ColumnSpec
from sop_pipeline.landing.canonical import NUMBER_KINDS
from sop_pipeline.landing.sources.base import comparable
from sop_pipeline.mapping.dates import DateForm, date_form
from sop_pipeline.mapping.match import ASSUMED, MOST_CODES, ExtractMatch, Match, ours_of, specs_of
from sop_pipeline.mapping.numbers import Marks, is_number, likely_numbers, marks_of
from sop_pipeline.mapping.sniff import Column, Sniffed
from sop_pipeline.settings import Format

# sop.yaml reads it as a variable of the environment, wherever it stands
VARIABLE = "${"
DATE, DECIMAL = "format.date", "format.decimal"
DUCKDB_FLAGS = ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0")
DECIMAL_WORDS = {".": "decimal point", ",": "decimal comma"}


@dataclass(frozen=True)
class Question:
    """What the values leave open.

    `about`: what an answer decides; `options`: answer → what stands in sop.yaml then; without any, no mapping helps.
    """

    about: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """The mapping of one file. `unmapped_*`: columns without a partner, theirs with a sample value, ours by what follows from it."""

    extract: str
    confidence: float
    alternatives: Mapping[str, float]
    format: Format
    matches: tuple[Match, ...]
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    questions: tuple[Question, ...]
    notes: tuple[str, ...]
    unmapped_theirs: Mapping[str, str | None]
    unmapped_required: Mapping[str, str]
    unmapped_optional: tuple[str, ...]


def propose(
    sniffed: Sniffed, taken: ExtractMatch, alternatives: Mapping[str, float], currency: str, answers: Mapping[str, str] | None = None
) -> Proposal:
    """The mapping of a file taken for an extract; `currency` stands in where the file names none, `answers` settle questions by `about`."""
    given = dict(answers or {})
    matches = tuple(match for match in taken.matches if VARIABLE not in match.theirs)
    specs = {spec.name: spec for spec in specs_of(taken.extract)}
    by_name = {column.name: column for column in sniffed.columns}
    columns = {match.ours: by_name[match.theirs] for match in matches}
    marks, number_questions = _marks(specs, columns, given)
    formats, date_questions = _dates(specs, columns, given)
    values, code_questions = _codes(specs, columns, given)
    missing = [name for name, spec in specs.items() if name not in columns and not spec.is_optional]
    constants = {name: currency if name == "currency" else "standard" for name in missing if name in ASSUMED}
    written = sniffed.format.model_copy(
        update={"decimal": "," if marks.decimal == "," else None, "thousands": marks.thousands, "date": formats}
    )
    used = {match.theirs for match in matches}
    return Proposal(
        extract=taken.extract,
        confidence=taken.confidence,
        alternatives=alternatives,
        format=written,
        matches=matches,
        constants=constants,
        values=values,
        questions=(*number_questions, *date_questions, *code_questions),
        notes=(*sniffed.notes, *_notes(specs, columns, marks)),
        unmapped_theirs={
            column.name: column.values[0] if column.values.len() else None for column in sniffed.columns if column.name not in used
        },
        unmapped_required={name: _wanted(specs[name], taken.perhaps.get(name)) for name in missing if name not in constants},
        unmapped_optional=tuple(name for name, spec in specs.items() if name not in columns and spec.is_optional),
    )


def _marks(
    specs: Mapping[str, ColumnSpec], columns: Mapping[str, Column], answers: Mapping[str, str]
) -> tuple[Marks, tuple[Question, ...]]:
    """The marks of the numbers; where they can be read in two ways, as answered, else those that change nothing."""
    numeric = [column.values for name, column in columns.items() if specs[name].kind in NUMBER_KINDS and likely_numbers(column.values)]
    ways = marks_of(numeric)
    if len(ways) == 1:
        return ways[0], ()
    by_answer = {DECIMAL_WORDS[way.decimal]: way for way in ways}
    if answers.get(DECIMAL) in by_answer:
        return by_answer[answers[DECIMAL]], ()
    example = next(
        value for values in numeric for value in values if all(re.match(way.shape, value) for way in ways) and not value.isdigit()
    )
    options = {
        answer: f"decimal: {way.decimal!r}".replace("'", '"') + (f', thousands: "{way.thousands}"' if way.thousands else "")
        for answer, way in sorted(by_answer.items())
    }
    return Marks(), (
        Question(DECIMAL, f"{example} can be read with a decimal point and with a decimal comma, and no value tells", options),
    )


def _dates(
    specs: Mapping[str, ColumnSpec], columns: Mapping[str, Column], answers: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[Question, ...]]:
    """The formats of all dates of the file, one list; what no value settles is a question, and stays out of the list."""
    forms = {name: date_form(column.values) for name, column in columns.items() if specs[name].kind == "date"}
    sure = tuple(dict.fromkeys(text for form in forms.values() for text in form.formats))
    if any(one != other and _unordered(one) == _unordered(other) for one in sure for other in sure):
        told = "; ".join(f"{columns[name].name}: {', '.join(form.formats)}" for name, form in forms.items() if form.formats)
        text = f"dates are written in more than one order ({told}), and one list of formats serves the file; have them written alike"
        return (), (Question(DATE, text),)
    # the file's other dates settle those that could be either: one list serves all of them
    unsettled = {name: form for name, form in forms.items() if form.choices and not _settled(form, sure)}
    if not unsettled:
        return sure, ()
    orders = dict.fromkeys(order for form in unsettled.values() for order in form.choices)
    by_order = {
        order: tuple(dict.fromkeys(text for form in unsettled.values() for text in form.choices.get(order, ()))) for order in orders
    }
    if answers.get(DATE) in by_order:
        return (*sure, *by_order[answers[DATE]]), ()
    listed = ", ".join(f"{columns[name].name} (such as {form.example})" for name, form in unsettled.items())
    options = {order: "date: " + _listed((*sure, *texts)) for order, texts in by_order.items()}
    return sure, (Question(DATE, f"the order of day and month cannot be told from the values of {listed}", options),)


def _settled(form: DateForm, sure: Sequence[str]) -> bool:
    return any(set(texts) <= set(sure) for texts in form.choices.values())


def _unordered(form: str) -> tuple[str, str]:
    return re.sub("%[dmyY]", "", form), "".join(sorted(re.findall("%[dmyY]", form)))


def _listed(formats: Sequence[str]) -> str:
    texts = [f'"{text}"' for text in formats]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _codes(
    specs: Mapping[str, ColumnSpec], columns: Mapping[str, Column], answers: Mapping[str, str]
) -> tuple[dict[str, dict[str, str]], tuple[Question, ...]]:
    """Their codes as ours, of the columns that have a list; a code nobody knows is a question."""
    found: dict[str, dict[str, str]] = {}
    questions = []
    for name, column in columns.items():
        spec = specs[name]
        if not (spec.allowed_values or spec.kind == "flag") or column.values.len() > MOST_CODES:
            continue
        allowed = spec.allowed_values or ("true", "false")
        for value in column.values:
            about = f"values.{name}.{value}"
            ours = (None if VARIABLE in value else ours_of(spec, value)) or answers.get(about)
            if ours is None:
                text = f"{column.name}: which {name} is {value!r}?"
                questions.append(Question(about, text, {code: f"{name}: {{{value!r}: {code}}}" for code in allowed}))
            elif value != ours and not (spec.kind == "flag" and value.casefold() in DUCKDB_FLAGS):
                found.setdefault(name, {})[value] = ours
    return found, tuple(questions)


def _notes(specs: Mapping[str, ColumnSpec], columns: Mapping[str, Column], marks: Marks) -> Iterator[str]:
    """Values that no mapping makes right."""
    for name, column in columns.items():
        spec, values = specs[name], column.values
        if spec.kind in NUMBER_KINDS and values.len():
            bad = values.filter(~is_number(values, marks))
            if bad.len():
                percent = " A share is written 0.15 for 15 %." if bad.str.contains("%", literal=True).any() else ""
                told = f"{bad.len()} of {values.len()} values are no numbers, such as {bad[0]!r}; such rows are set aside."
                yield f"{column.name}: {told}{percent}"
        if spec.allowed_values and values.len() > MOST_CODES:
            yield f"{column.name}: {values.len()} different values; {name} is one of {', '.join(spec.allowed_values)}"
        if not spec.is_optional and column.filled == 0:
            yield f"{column.name} is empty, and {name} must be filled"


def _wanted(spec: ColumnSpec, perhaps: str | None) -> str:
    """What to do about a required column that the file does not name."""
    said = f"one of {', '.join(spec.allowed_values)}" if spec.allowed_values else spec.description
    return f"{said}; perhaps {perhaps}" if perhaps and comparable(perhaps) != spec.name else said
