"""How the dates of a column are written, and whether day and month can be told apart; where they cannot, both are named and none chosen."""

import functools
import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

# as landing reads without being told: ISO, in one piece, Excel's serial days
UNDERSTOOD = r"^(\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}.*)?|\d{4}[01]\d[0-3]\d|[2-7]\d{4}(\.\d+)?)$"
NUMERIC = r"^(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2})(?P<mark2>[./-])(?P<c>\d{2,4})(?P<time>[ T]\d{1,2}:\d{2}.*)?$"
NAMED = {"%d-%b-%Y": r"^\d{1,2}-[A-Za-z]{3}-\d{4}$", "%d %b %Y": r"^\d{1,2} [A-Za-z]{3} \d{4}$"}
TIME = re.compile(r"^([ T])0:0(:0([.,]0)?)?( ?)([AP]M)?$")
# so few values that are days only in the other order are mistakes; more of them are a question
STRAY_RATIO = 0.02
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ORDERS: Mapping[str, str] = {"day first": "abc", "month first": "bac", "year first": "cba"}


@dataclass(frozen=True)
class DateForm:
    """How a column of dates is written.

    `fits`: share of the distinct values that are dates. `formats`: strptime formats that landing must be given. `choices`: what else it
    must be given, by the order of day, month and year, where the values are days in more than one order; `example` is such a value.
    """

    fits: float
    formats: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    example: str | None = None


def date_form(values: pl.Series) -> DateForm:
    """How the distinct texts of a column write dates."""
    if not values.len():
        return DateForm(0.0)
    is_understood = values.str.contains(UNDERSTOOD)
    days, formats = int(is_understood.sum()), list[str]()
    for form, shape in NAMED.items():
        named = values.filter(values.str.contains(shape)).str.to_date(form, strict=False).drop_nulls().len()
        days, formats = days + named, formats + [form] * bool(named)
    choices: dict[str, tuple[str, ...]] = {}
    example: str | None = None
    for group in _groups(values.filter(~is_understood)):
        orders, fitting = _orders(group)
        days += fitting
        if len(orders) == 1:
            formats += _formats(group, orders[0])
        for order in orders if len(orders) > 1 else ():
            choices[order] = (*choices.get(order, ()), *_formats(group, order))
            example = example or group["value"].min()  # type: ignore[assignment]
    return DateForm(days / values.len(), tuple(formats), choices, example)


def _groups(values: pl.Series) -> Iterator[pl.DataFrame]:
    """Values written with one mark and one width of the year; `a`, `b`, `c` their numbers from the left."""
    parts = values.str.extract_groups(NUMERIC).struct.unnest().with_columns(values.alias("value"))
    parts = parts.filter(pl.col("a").is_not_null() & (pl.col("mark") == pl.col("mark2")))
    parts = parts.with_columns(
        pl.col("time").fill_null("").str.to_uppercase().str.replace_all(r"\d+", "0"),
        pl.when(pl.col("a").str.len_chars() == 4).then(pl.lit("Yab")).otherwise(pl.col("c").str.len_chars().cast(pl.String)).alias("year"),
    )
    parts = parts.filter(pl.col("year").is_in(["Yab", "2", "4"]) & ((pl.col("a").str.len_chars() <= 2) | (pl.col("year") == "Yab")))
    parts = parts.filter(pl.col("time").map_elements(lambda time: not time or _time_format(time) is not None, return_dtype=pl.Boolean))
    for _, group in parts.group_by(["mark", "year"], maintain_order=True):
        yield group.with_columns(pl.col("a", "b", "c").cast(pl.Int32))


def _orders(group: pl.DataFrame) -> tuple[list[str], int]:
    """The orders in which the values of a group are days, and how many are days in some order; no order where none is."""
    year = group["year"][0]
    # where dates are written with points, the day comes first
    names = ["year first"] if year == "Yab" else ["day first"] if group["mark"][0] == "." else ["day first", "month first"]
    if year == "2" and group["mark"][0] != ".":
        names.append("year first")
    fits = {name: _is_day(group, ORDERS[name], year) for name in names}
    leading = max(names, key=lambda name: fits[name].sum())
    total = functools.reduce(operator.or_, fits.values()).sum()
    # another order stays in question where nothing speaks against it, or where values of its own are no mere strays
    open_orders = [
        name
        for name in names
        if name == leading
        or not (fits[leading] & ~fits[name]).any()
        or int((fits[name] & ~fits[leading]).sum()) > STRAY_RATIO * int((fits[leading] & ~fits[name]).sum())
    ]
    return (open_orders if total else []), int(total)


def _is_day(group: pl.DataFrame, order: str, year_width: str) -> pl.Series:
    day, month, year = (group[part] for part in order)
    if year_width == "2":
        year = year + 2000
    most = month.replace_strict(dict(enumerate(MONTH_DAYS, start=1)), default=0, return_dtype=pl.Int32)
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return (day >= 1) & (day <= most) & ~((month == 2) & (day == 29) & ~is_leap)


def _formats(group: pl.DataFrame, order: str) -> list[str]:
    mark, year = group["mark"][0], "%y" if group["year"][0] == "2" else "%Y"
    parts = {"day first": ("%d", "%m", year), "month first": ("%m", "%d", year), "year first": (year, "%m", "%d")}[order]
    return list(dict.fromkeys(mark.join(parts) + (_time_format(time) or "") for time in group["time"].unique().sort()))


def _time_format(skeleton: str) -> str | None:
    """The strptime text of a time of day whose numbers are all written 0; None for one that landing cannot be told of."""
    found = TIME.match(skeleton)
    if found is None:
        return None
    start, seconds, fraction, blank, half = found.groups()
    text = f"{start}{'%I' if half else '%H'}:%M{':%S' if seconds else ''}{fraction[0] + '%f' if fraction else ''}"
    return text + (f"{blank}%p" if half else "")
