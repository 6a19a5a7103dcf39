"""How the numbers of a file are written: the marks for decimals and thousands that its values satisfy. What they mean stays out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

# a sign or parentheses, digits and marks: what may be a number in some way of writing
NUMBER_LIKE = r"^[-+−(]?\s*\d[\d., '\u00a0\u202f]*([eE][+-]?\d+)?\s*[-)]?$"
SIGNS = r"^[-+−(]\s*|\s*[-)]$"
BLANK = r"[ \u00a0\u202f]"
LEAST_NUMBERS = 0.9


@dataclass(frozen=True)
class Marks:
    """A way to write numbers; `thousands` is None where none stands between them."""

    decimal: str = "."
    thousands: str | None = None

    @property
    def shape(self) -> str:
        """The numbers landing accepts with these marks, without their sign."""
        point = _escaped(self.decimal)
        if self.thousands is None:
            whole = r"\d+"
        else:
            between = BLANK if self.thousands == " " else _escaped(self.thousands)
            whole = rf"([1-9]\d{{0,2}}({between}\d{{3}})+|\d+)"
        return rf"^({whole}({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$"


POINT = Marks()
WAYS = (
    POINT,
    Marks(","),
    Marks(".", ","),
    Marks(",", "."),
    Marks(".", " "),
    Marks(",", " "),
    Marks(".", "'"),
    Marks(",", "'"),
)


def is_number(values: pl.Series, marks: Marks) -> pl.Series:
    """Which texts are numbers when written with these marks."""
    return values.str.replace_all(SIGNS, "").str.contains(marks.shape)


def likely_numbers(values: pl.Series) -> bool:
    """Whether a column of distinct texts holds numbers, whatever the marks."""
    if not values.len():
        return False
    fits = max(int(is_number(values, way).sum()) for way in WAYS)
    return fits >= LEAST_NUMBERS * values.len() and int(values.str.contains(NUMBER_LIKE).sum()) >= LEAST_NUMBERS * values.len()


def marks_of(columns: Iterable[pl.Series]) -> tuple[Marks, ...]:
    """The ways in which the numbers of a file may be written, the plainest first; more than one only where they mean other numbers.

    `1,234` is one thousand and more or one and a bit: where no value of any column tells, both ways are given.
    """
    texts = pl.concat([pl.Series("value", [], pl.String), *(column.alias("value") for column in columns)]).unique()
    if not texts.len():
        return (POINT,)
    fits: Mapping[Marks, int] = {way: int(is_number(texts, way).sum()) for way in WAYS}
    best = max(fits.values())
    holding = [way for way in WAYS if fits[way] == best]
    plainest = holding[0]
    marked = texts.filter(texts.str.contains(r"\d[., '\u00a0\u202f]\d"))
    if not marked.len():
        return (POINT,)
    rivals = [way for way in holding[1:] if way.decimal != plainest.decimal and _differs(marked, plainest, way)]
    return (plainest, *rivals[:1])


def _differs(texts: pl.Series, one: Marks, other: Marks) -> bool:
    """Whether some text is another number when written the other way."""
    both = texts.filter(is_number(texts, one) & is_number(texts, other))
    return bool(both.len()) and bool((_plain(both, one) != _plain(both, other)).any())


def _plain(texts: pl.Series, marks: Marks) -> pl.Series:
    bare = texts.str.replace_all(BLANK if marks.thousands == " " else _escaped(marks.thousands), "") if marks.thousands else texts
    return bare.str.replace_all(marks.decimal, ".", literal=True)


def _escaped(mark: str) -> str:
    return rf"\{mark}" if mark == "." else mark
