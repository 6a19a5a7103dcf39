"""A company that plans in the periods of its own fiscal calendar: one family made to stock, one to order, four years of steady seasons."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from worked_example.company import Row, write_extract

FIRST_MONDAY, YEARS_OF_HISTORY, YEARS = dt.date(2022, 1, 3), 4, 7
AS_OF = dt.date(2026, 4, 6)
STOCK = 1000
FOUR_FOUR_FIVE, THIRTEEN = (4, 4, 5) * 4, (4,) * 13
ITEMS = {"P-1": "PUMPS", "X-1": "PRESSES"}


@dataclass(frozen=True)
class Period:
    """One fiscal period. `number`: place in its year, from 1."""

    start: dt.date
    weeks: int
    year: int
    number: int
    season: int

    @property
    def end(self) -> dt.date:
        return self.start + dt.timedelta(weeks=self.weeks, days=-1)

    @property
    def label(self) -> str:
        return f"{self.year}-P{self.number:02d}"

    def weekly(self, item: str) -> int:
        """Demand of a week: a wave over the year that every year repeats."""
        wave = 1 + 0.4 * math.sin(2 * math.pi * self.number / self.season)
        return round((200 if item == "P-1" else 40) * wave)

    def mondays(self) -> Iterator[dt.date]:
        return (self.start + dt.timedelta(weeks=week) for week in range(self.weeks))


def periods_of(weeks: Sequence[int]) -> list[Period]:
    """The periods of seven fiscal years of 52 weeks; `weeks` of each period of a year."""
    starts = FIRST_MONDAY
    found = []
    for year in range(2022, 2022 + YEARS):
        for number, length in enumerate(weeks, start=1):
            found.append(Period(starts, length, year, number, len(weeks)))
            starts += dt.timedelta(weeks=length)
    return found


def write_fiscal_company(folder: Path, weeks: Sequence[int]) -> list[Period]:
    """Write the company with a calendar of these periods; returns the periods."""
    periods = periods_of(weeks)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sop.yaml").write_text(SETTINGS.format(horizon=len(weeks)), encoding="utf-8")
    for extract, rows in _rows(periods).items():
        write_extract(folder, extract, rows)
    return periods


def _rows(periods: Sequence[Period]) -> dict[str, list[Row]]:
    families = [
        {"family_id": family, "family_name": family, "planning_unit": "pc", "production_strategy": strategy, "site_id": "MAIN"}
        for family, strategy in (("PUMPS", "make_to_stock"), ("PRESSES", "make_to_order"))
    ]
    items = [
        {"item_id": item, "item_name": item, "item_type": "finished", "family_id": family, "unit_of_measure": "pc", "sourcing": "make"}
        for item, family in ITEMS.items()
    ]
    weeks = [(period, monday) for period in periods for monday in period.mondays() if monday < AS_OF]
    planned = [period for period in periods if period.end >= AS_OF]
    return {
        "fiscal_calendar": [
            {
                "period_start": period.start,
                "period_end": period.end,
                "period_label": period.label,
                "fiscal_year": period.year,
                "fiscal_quarter": min((period.start - FIRST_MONDAY).days % 364 // 91 + 1, 4),
            }
            for period in periods
        ],
        "product_families": families,
        "items": items,
        "sales_orders": [order for period, monday in weeks for item in ITEMS if (order := _order(period, monday, item))],
        "production_history": [
            {
                "production_id": f"{item}-{monday}",
                "item_id": item,
                "site_id": "MAIN",
                "completion_date": monday + dt.timedelta(days=1),
                "good_quantity": period.weekly(item),
            }
            for period, monday in weeks
            for item in ITEMS
        ],
        "inventory": [
            {"snapshot_date": day, "site_id": "MAIN", "item_id": "P-1", "stock_status": "unrestricted", "quantity": STOCK}
            for day in (*(period.end for period in periods if period.end < AS_OF), AS_OF - dt.timedelta(days=1))
        ],
        "standard_costs": [{"item_id": item, "valid_from": "2022-01-01", "total_cost": 60, "currency": "EUR"} for item in ITEMS],
        "prices": [{"item_id": item, "valid_from": "2022-01-01", "net_price": 100, "currency": "EUR"} for item in ITEMS],
        "business_plan": [
            {"version": "1", "family_id": "PUMPS", "period_start": start, "period_months": 12, "quantity": 10_400, "currency": "EUR"}
            for start in sorted({period.start for period in periods if period.number == 1 and period.year in (2026, 2027)})
        ],
        "sales_forecasts": [
            {
                "submitted_on": AS_OF - dt.timedelta(days=10),
                "author": "Sales",
                "family_id": "PRESSES",
                "period_start": planned[2].start,
                "quantity": 777,
            }
        ],
        "resources": [
            {
                "resource_id": "CELL",
                "resource_name": "Cell",
                "site_id": "MAIN",
                "resource_type": "equipment",
                "capacity_unit": "hours",
                "hours_per_day": 16,
                "overtime_ratio": 0.2,
            }
        ],
        "bill_of_resources": [{"family_id": "PUMPS", "resource_id": "CELL", "usage_per_unit": 0.25}],
        "inventory_policies": [{"family_id": "PUMPS", "valid_from": "2022-01-01", "target_quantity": STOCK}],
    }


def _order(period: Period, monday: dt.date, item: str) -> Row:
    """A week's demand, ordered on Monday and delivered on Wednesday."""
    quantity, shipped = period.weekly(item), monday + dt.timedelta(days=2)
    return {
        "order_id": f"{item}-{monday}",
        "order_line": "1",
        "item_id": item,
        "site_id": "MAIN",
        "order_date": monday,
        "requested_date": shipped,
        "ordered_quantity": quantity,
        "shipped_quantity": quantity,
        "last_ship_date": shipped,
        "net_unit_price": 100,
        "currency": "EUR",
        "order_type": "standard",
        "order_status": "closed",
    }


SETTINGS = f"""\
company: Fiscal
reporting_currency: EUR
as_of_date: {AS_OF}
calendar: fiscal
horizon_periods: {{horizon}}
look_ahead_periods: 3
history_periods: 26
time_zone: UTC
forecast: {{{{engine: express, workers: 1, backtest_origins: 2}}}}
supply: {{{{strategy: level, level_block_periods: 3}}}}
publish: {{{{keep_previous: 1}}}}
"""
