"""Of items the record keeps and reads only what they are judged by: three steps, three periods, a season and a little back."""

import datetime as dt
from pathlib import Path

import polars as pl

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.record import RecordedItemDemand
from sop_pipeline.record import FILES, read_record, record_night


def record(cycles: Path, day: dt.date, rows: list[tuple[dt.date, str]]) -> Path:
    items = pl.DataFrame(
        [
            {
                "cycle_id": f"{day:%Y-%m}",
                "as_of_date": day,
                "record_kind": "night",
                "recorded_on": day,
                "item_id": "A",
                "period_start": start,
                "step": step,
                "quantity": 1.0,
            }
            for start, step in rows
        ],
        schema=dtypes(RecordedItemDemand),
    )
    frames = {name: pl.DataFrame(schema=dtypes(contract)) for name, contract in FILES.items()} | {"item_demand": items}
    return record_night(cycles, f"{day:%Y-%m}", day, frames, {"versions": {}})


def test_a_night_keeps_three_steps_of_an_item_for_the_current_period_and_the_three_after(tmp_path: Path) -> None:
    starts = [dt.date(2026, 4 + offset, 1) for offset in range(6)]
    steps = ("statistical", "marketing", "demand_review", "executive")
    record(tmp_path, dt.date(2026, 4, 20), [(start, step) for start in starts for step in steps])
    read = read_record(tmp_path, "item_demand", dt.date(2026, 5, 1))
    assert set(read["step"]) == {"statistical", "demand_review", "executive"}
    assert {starts[1], starts[2], starts[3]} <= set(read["period_start"])
    assert starts[5] not in set(read["period_start"])


def test_nights_of_a_season_and_a_quarter_are_read_and_older_ones_are_not(tmp_path: Path) -> None:
    for day in (dt.date(2025, 1, 10), dt.date(2025, 2, 10), dt.date(2026, 4, 10)):
        record(tmp_path, day, [(day.replace(day=1), "statistical")])
    read = read_record(tmp_path, "item_demand", dt.date(2026, 6, 1))
    assert sorted(read["as_of_date"]) == [dt.date(2025, 2, 10), dt.date(2026, 4, 10)]
