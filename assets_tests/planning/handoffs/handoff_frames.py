"""Frames of core and plan with the columns that a hand-off reads, from short lists of rows. Expectations stay in the tests."""

import datetime as dt
from typing import Any

import polars as pl

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.planning.handoffs.horizon import Horizon, horizon_of

AS_OF = dt.date(2026, 4, 1)
APRIL, MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (4, 5, 6, 7))


def frame(address: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a table, columns that a row leaves out empty."""
    return pl.DataFrame(list(rows), schema=dtypes(contract_of(address)))


def periods(horizon: int = 3, as_of: dt.date = AS_OF) -> pl.DataFrame:
    """Months from April 2026 on: the current one, the horizon, one month of look-ahead."""
    starts = [dt.date(2026, 4 + number, 1) for number in range(horizon + 1)]
    ends = [dt.date(2026, 5 + number, 1) - dt.timedelta(days=1) for number in range(horizon + 1)]
    left = (ends[0] - as_of).days + 1
    return frame(
        "core.periods",
        *(
            {
                "period_start": start,
                "period_end": end,
                "period_kind": "current" if number == 0 else "horizon" if number < horizon else "look_ahead",
                "remaining_ratio": left / ((ends[0] - starts[0]).days + 1) if number == 0 else 1.0,
                "season_length_periods": 12,
            }
            for number, (start, end) in enumerate(zip(starts, ends, strict=True))
        ),
    )


def horizon(count: int = 3, as_of: dt.date = AS_OF) -> Horizon:
    return horizon_of(periods(count, as_of), as_of)


def items(**families: str | None) -> pl.DataFrame:
    """Items by name and family, made, counted one by one."""
    made = {"planning_units_per_unit": 1.0, "sourcing": "make", "unit_of_measure": "EA"}
    return frame("core.items", *({"item_id": item, "family_id": family, **made} for item, family in families.items()))


def supply(*rows: tuple[str, dt.date, float], kind: str = "production", source: str = "main") -> pl.DataFrame:
    """Family, period, quantity of the planned strategy."""
    key = {"scenario_id": "base", "strategy": "planned", "source_kind": kind, "source_id": source}
    cells = ({"family_id": family, "period_start": start, "quantity": quantity} for family, start, quantity in rows)
    return frame("plan.family_supply", *({**key, **cell} for cell in cells))


def demand(*rows: tuple[str, dt.date, float]) -> pl.DataFrame:
    """Item, period, quantity after the last step."""
    return frame(
        "plan.item_demand",
        *(
            {"scenario_id": "base", "item_id": item, "period_start": start, "step": "executive", "quantity": quantity}
            for item, start, quantity in rows
        ),
    )
