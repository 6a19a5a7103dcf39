"""Text of a file as the one spelling that casts: numbers with a point, ISO dates. Built as SQL expressions; nothing is executed here."""

import re

from sop_pipeline.contracts import ColumnSpec
from sop_pipeline.landing.sql_text import literal
from sop_pipeline.settings import Format

# Put before a text that a cast would take for another number or date than the file means, such as 1.234 where the decimal mark is a comma.
# It prints as nothing, so that an error shows the text as received.
REFUSED = "\u2060"
BLANKS = " \t\r\n\u00a0\u202f\ufeff"
NUMBER_KINDS = ("quantity", "money", "ratio", "count")
# Excel counts days from here; the numbers are 1954 to 2119, which no other five-digit date can be
EXCEL_EPOCH = "date '1899-12-30'"
EXCEL_DAYS = (20_000, 80_000)


def trimmed(column_sql: str) -> str:
    """The text without blanks around it; nothing but blanks is null. Of a text that begins and ends in ASCII signs nothing is looked at."""
    first, last = column_sql, f"{column_sql}[-1]"
    bare = " and ".join(f"{end} >= '!' and {end} < chr(127)" for end in (first, last))
    return f"case when {bare} then {column_sql} else nullif(trim({column_sql}, {literal(BLANKS)}), '') end"


def with_values(text_sql: str, values: dict[str, str]) -> str:
    """Their codes as ours; an empty code in `values` says what an empty cell means."""
    if not values:
        return text_sql
    known = " ".join(f"when {text_sql} = {literal(theirs)} then {literal(ours)}" for theirs, ours in values.items() if theirs)
    empty = f" when {text_sql} is null then {literal(values[''])}" if "" in values else ""
    return f"case {known}{empty} else {text_sql} end"


def canonical(text_sql: str, spec: ColumnSpec, given: Format, time_zone: str, shift_days: int = 0) -> str:
    """The expression for one column. What does not parse stays as received, and fails the cast that follows."""
    if spec.kind in NUMBER_KINDS:
        return number(text_sql, given)
    if spec.kind in ("date", "timestamp"):
        day = date(text_sql, given, time_zone)
        if shift_days:
            day = f"coalesce(strftime(try(try_cast({day} as date) + {int(shift_days)}), '%Y-%m-%d'), {day})"
        return day
    return text_sql


def number(text_sql: str, given: Format) -> str:
    """A number with a point and a minus in front, from the marks of `format:`; minus behind or parentheses always mean negative."""
    signed = (
        f"case when ends_with({text_sql}, '-') then '-' || rtrim(left({text_sql}, -1)) "
        f"when starts_with({text_sql}, '(') and ends_with({text_sql}, ')') then '-' || trim({text_sql}[2:-2]) "
        f"when starts_with({text_sql}, '−') then '-' || ltrim({text_sql}[2:]) else {text_sql} end"
    )
    decimal, thousands = given.decimal or ".", given.thousands
    if decimal == "." and thousands is None:
        return signed
    mark, point = re.escape(thousands or ""), re.escape(decimal)
    separators = r"[ \x{00A0}\x{202F}]" if thousands == " " else mark
    whole = f"([0-9]{{1,3}}({separators}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    shape = f"[+-]?({whole}({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?"
    plain = f"regexp_replace({signed}, {literal(separators)}, '', 'g')" if thousands else signed
    plain = f"replace({plain}, {literal(decimal)}, '.')" if decimal != "." else plain
    return f"case when regexp_full_match({signed}, {literal(shape)}) then {plain} else {refused(text_sql)} end"


def date(text_sql: str, given: Format, time_zone: str) -> str:
    """An ISO date, from the formats of `format:`, else ISO, yyyymmdd or an Excel serial day; a moment with a zone is the company's day."""
    low, high = EXCEL_DAYS
    zoned = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+ ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
    known = (
        f"case when left({text_sql}, 1) not between '0' and '9' then {refused(text_sql)} "
        f"when length({text_sql}) = 10 then {text_sql} "
        f"when regexp_full_match({text_sql}, '[0-9]{{8}}') "
        f"then coalesce(strftime(try_strptime({text_sql}, '%Y%m%d'), '%Y-%m-%d'), {text_sql}) "
        f"when regexp_full_match({text_sql}, '[0-9]{{5}}([.][0-9]+)?') and try_cast({text_sql} as double) between {low} and {high} "
        f"then strftime({EXCEL_EPOCH} + floor(try_cast({text_sql} as double))::integer, '%Y-%m-%d') "
        f"when regexp_full_match({text_sql}, {literal(zoned)}) "
        f"then coalesce(strftime(try_cast({text_sql} as timestamptz) at time zone {literal(time_zone)}, '%Y-%m-%d'), {text_sql}) "
        f"else {text_sql} end"
    )
    if not given.date:
        return known
    parsed = ", ".join(f"try_strptime({text_sql}, {literal(pattern)})" for pattern in given.date)
    return f"coalesce(strftime(coalesce({parsed}), '%Y-%m-%d'), {known})"


def refused(text_sql: str) -> str:
    return f"{literal(REFUSED)} || {text_sql}"


def cast_fails(name_sql: str, spec: ColumnSpec) -> str | None:
    """True for a text in `raw` that the column's type cannot hold, such as 1.5 as a count; None where every text can."""
    casts = {
        "date": f"isfinite(try_cast({name_sql} as date))",
        "timestamp": f"isfinite(try_cast({name_sql} as timestamp))",
        "quantity": f"try_cast({name_sql} as decimal(18, 4)) is not null",
        "money": f"try_cast({name_sql} as decimal(18, 4)) is not null",
        "ratio": f"isfinite(try_cast({name_sql} as double))",
        "count": f"try_cast({name_sql} as decimal(38, 9)) % 1 = 0",
        "flag": f"try_cast({name_sql} as boolean) is not null",
    }
    return f"{name_sql} is not null and not coalesce({casts[spec.kind]}, false)" if spec.kind in casts else None
