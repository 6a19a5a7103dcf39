"""The days the demo company works: months, working days and holidays of its two sites. What happens on them stays out."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

AS_OF = np.datetime64("2026-11-02", "D")
FUTURE_MONTHS = 38  # a calendar that reaches beyond horizon and look-ahead
KIEL, ULM = "KIEL", "ULM"
SITES = (KIEL, ULM)


def easter_sunday(year: int) -> np.datetime64:
    """Easter of the Gregorian calendar (the anonymous algorithm of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return np.datetime64(f"{year}-{month:02d}-{day + 1:02d}", "D")


def holidays(year: int, site: str | None = None) -> list[np.datetime64]:
    """Holidays of a German year: those of every state, the days before Christmas and New Year, and those of the site's state."""
    easter = easter_sunday(year)
    fixed = ["01-01", "05-01", "10-03", "12-24", "12-25", "12-26", "12-31"]
    moving = [-2, 1, 39, 50]  # Good Friday, Easter Monday, Ascension, Whit Monday
    if site == KIEL:
        fixed.append("10-31")
    if site == ULM:
        fixed += ["01-06", "11-01"]
        moving.append(60)  # Corpus Christi
    return [np.datetime64(f"{year}-{day}", "D") for day in fixed] + [easter + np.timedelta64(offset, "D") for offset in moving]


@dataclass(frozen=True)
class Timeline:
    """Months are numbered from the first month of the history (0); month `history_months` holds the as-of date. Days are numbered alike."""

    history_months: int

    @cached_property
    def months(self) -> Days:
        first = AS_OF.astype("datetime64[M]") - self.history_months
        return np.arange(first, first + self.history_months + FUTURE_MONTHS)

    @cached_property
    def days(self) -> Days:
        return np.arange(self.months[0].astype("datetime64[D]"), (self.months[-1] + 1).astype("datetime64[D]"))

    @cached_property
    def month_of_day(self) -> Ints:
        return (self.days.astype("datetime64[M]") - self.months[0]).astype(np.int64)

    @cached_property
    def month_of_year(self) -> Ints:
        """0 is January."""
        return self.months.astype(np.int64) % 12

    @cached_property
    def year_of_month(self) -> Ints:
        return self.months.astype("datetime64[Y]").astype(np.int64) + 1970

    @cached_property
    def last_day_of_month(self) -> Ints:
        return np.searchsorted(self.month_of_day, np.arange(len(self.months)), side="right") - 1

    @cached_property
    def as_of_day(self) -> int:
        return int((AS_OF - self.days[0]).astype(np.int64))

    @cached_property
    def is_working(self) -> Flags:
        """Days on which both sites produce and ship."""
        years = np.unique(self.year_of_month)
        return np.is_busday(self.days, holidays=[day for year in years for day in holidays(int(year))])

    @cached_property
    def working_days(self) -> Ints:
        return np.flatnonzero(self.is_working)

    def working_position(self, day: Ints) -> Ints:
        """Number of the first working day on or after each day."""
        return np.searchsorted(self.working_days, day)

    def next_working_day(self, day: Ints) -> Ints:
        return self.working_days[np.minimum(self.working_position(day), len(self.working_days) - 1)]

    def last_working_day(self, month: Ints) -> Ints:
        return self.working_days[np.searchsorted(self.working_days, self.last_day_of_month[month], side="right") - 1]

    def draw_working_days(self, rng: np.random.Generator, month: Ints, share_of_month: tuple[float, float] = (0.0, 1.0)) -> Ints:
        """A working day of each month, drawn from the part of the month that `share_of_month` gives."""
        first = np.searchsorted(self.working_days, np.concatenate([[0], self.last_day_of_month[:-1] + 1]))
        count = np.bincount(self.month_of_day[self.working_days], minlength=len(self.months))
        share = rng.uniform(*share_of_month, len(month))
        return self.working_days[first[month] + (share * count[month]).astype(np.int64)]

    def site_working_days(self, site: str) -> Ints:
        """Working days of a site in every month."""
        years = np.unique(self.year_of_month)
        closed = [day for year in years for day in holidays(int(year), site)]
        first = self.months.astype("datetime64[D]")
        return np.asarray(np.busday_count(first, (self.months + 1).astype("datetime64[D]"), holidays=closed), dtype=np.int64)

    def dates(self, day: Ints) -> Days:
        return self.days[day]

    def month_dates(self, month: Ints) -> Days:
        """First days of months."""
        return self.months[month].astype("datetime64[D]")


def stream(seed: int, *topic: Any) -> np.random.Generator:
    """An independent random stream per topic, so that a change of one extract leaves the others as they are."""
    name = "/".join(map(str, topic)).encode()
    return np.random.default_rng([seed, int.from_bytes(name, "big") % (1 << 64)])
