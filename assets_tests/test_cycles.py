"""Versions of a cycle and the record of nights on a few rows: what is written once stays, and what changed is named."""

import datetime as dt
import json
import stat
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.record import RecordedPlans
from sop_pipeline.cycles import CycleError, Kind, Stamp, all_versions, executive_changes, make_version, published_versions, tampered
from sop_pipeline.record import (
    FILES,
    KEPT_NIGHTS,
    compare_nights,
    night_manifest,
    read_record,
    record_digest,
    record_night,
    versions_known,
    versions_read,
)

NIGHT = {
    "as_of_date": "2026-04-01",
    "code_version": "1",
    "schema_version": "1.0",
    "settings_digest": "s",
    "settings": {"horizon_periods": 6, "supply": {"strategy": "level"}},
    "input_digest": "i",
    "record_digest": "r",
    "extracts": {"items": "a"},
    "stale": [],
    "versions": {},
    "nights_read": 2,
    "tables": {"run": "1", "supply_plan": "2"},
}
APRIL, MAY = dt.date(2026, 4, 1), dt.date(2026, 5, 1)


def stamp(kind: Kind = "frozen", cycle_start: dt.date = APRIL, recorded_on: dt.date | None = None, **night: Any) -> Stamp:
    day = recorded_on or cycle_start
    return Stamp(
        cycle_id=f"{cycle_start:%Y-%m}",
        cycle_start=cycle_start,
        kind=kind,
        recorded_on=day,
        by="Ann",
        at=dt.datetime.combine(day, dt.time(9), dt.UTC),
        night={**NIGHT, "as_of_date": day.isoformat(), **night},
    )


def plan(production: float = 5.0) -> dict[str, pl.DataFrame]:
    rows = [("history", APRIL.replace(month=3), 1.0), ("current", APRIL, production), ("horizon", MAY, 7.0)]
    balance = pl.DataFrame(
        {
            "cycle_id": "2026-04",
            "scenario_id": "base",
            "plan_version": "working",
            "family_id": "PUMPS",
            "period_start": [start for _, start, _ in rows],
            "period_kind": [kind for kind, _, _ in rows],
            "production_quantity": [quantity for *_, quantity in rows],
        }
    )
    return {"supply_demand_balance": balance, "resource_plan": balance.select(pl.all(), resource_id=pl.lit("LINE"))}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_plan_again_in_any_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    version, is_new = make_version(tmp_path, stamp(), plan())
    before = content(version.folder)
    again = {name: frame.reverse() for name, frame in plan().items()}
    assert (is_new, make_version(tmp_path, stamp(), again)[1]) == (True, False)
    assert content(version.folder) == before
    assert set(before) == {"manifest.json", "resource_plan.parquet", "supply_demand_balance.parquet"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in version.folder.iterdir()} == {0o444}
    assert [path.name for path in version.folder.parent.iterdir()] == ["frozen"]


def test_another_plan_is_refused_with_the_tables_that_differ_and_what_to_do(tmp_path: Path) -> None:
    version, _ = make_version(tmp_path, stamp(), plan())
    before = content(version.folder)
    with pytest.raises(CycleError, match=r"2026-04 was frozen on 2026-04-01 by Ann.*supply_demand_balance\.parquet.*sop approve"):
        make_version(tmp_path, stamp(), plan(production=6.0))
    assert content(version.folder) == before
    approved, is_new = make_version(tmp_path, stamp("approved"), plan(production=6.0))
    assert is_new
    assert pl.read_parquet(approved.folder / "supply_demand_balance.parquet")["plan_version"].unique().to_list() == ["approved"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: overwrite(folder / "resource_plan.parquet", b"x"), "resource_plan.parquet is not what was frozen"),
        (lambda folder: (folder / "resource_plan.parquet").unlink(), "resource_plan.parquet is gone"),
        (lambda folder: (folder / "notes.txt").write_text("mine"), "notes.txt was not part of what was frozen"),
        (lambda folder: overwrite(folder / "manifest.json", b"{"), "manifest.json is missing or cannot be read"),
        (lambda folder: overwrite(folder / "manifest.json", (folder / "manifest.json").read_bytes() + b" "), "is not the one"),
    ],
)
def test_a_file_that_was_tampered_with_is_named(tmp_path: Path, change: Any, said: str) -> None:
    version, _ = make_version(tmp_path, stamp(), plan())
    known = {version.key: version.digest}
    assert tampered(tmp_path, known) == []
    change(version.folder)
    assert any(said in line for line in tampered(tmp_path, known))


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_of_the_last_cycles_the_approved_version_is_published_else_the_frozen_one(tmp_path: Path) -> None:
    for month in (3, 4, 5):
        make_version(tmp_path, stamp(cycle_start=dt.date(2026, month, 1)), plan())
    make_version(tmp_path, stamp("approved"), plan())
    assert [version.key for version in published_versions(all_versions(tmp_path), APRIL)] == ["2026-04/approved", "2026-05/frozen"]


def test_a_night_reads_versions_up_to_its_day_and_repeated_those_it_read_then(tmp_path: Path) -> None:
    version, _ = make_version(tmp_path, stamp(recorded_on=dt.date(2026, 4, 10)), plan())
    keys = [[found.key for found in versions_read(tmp_path, dt.date(2026, 4, day), replays_night=False)] for day in (9, 10)]
    assert keys == [[], ["2026-04/frozen"]]
    record(tmp_path, dt.date(2026, 4, 10))
    assert versions_read(tmp_path, dt.date(2026, 4, 10), replays_night=True) == []
    record(tmp_path, dt.date(2026, 4, 11), versions={version.key: version.digest})
    assert versions_known(tmp_path, dt.date(2026, 4, 11)) == {version.key: version.digest}
    assert versions_known(tmp_path, dt.date(2026, 4, 10)) == {}


def record(cycles: Path, day: dt.date, quantity: float = 1.0, **manifest: Any) -> Path:
    rows = {"cycle_id": f"{day:%Y-%m}", "as_of_date": day, "record_kind": "night", "recorded_on": day, "family_id": "PUMPS"}
    plans = pl.DataFrame([{**rows, "period_start": MAY, "production_quantity": quantity}], schema=dtypes(RecordedPlans))
    frames = {name: pl.DataFrame(schema=dtypes(contract)) for name, contract in FILES.items()} | {"plans": plans}
    return record_night(cycles, f"{day:%Y-%m}", day, frames, {**NIGHT, **manifest})


def test_the_record_shows_earlier_nights_and_the_planned_rows_of_versions(tmp_path: Path) -> None:
    record(tmp_path, dt.date(2026, 3, 30), quantity=3.0)
    record(tmp_path, dt.date(2026, 4, 2), quantity=4.0)
    version, _ = make_version(tmp_path, stamp(), plan())
    rows = read_record(tmp_path, "plans", dt.date(2026, 4, 2), [version]).select(
        "record_kind", "as_of_date", "period_start", "production_quantity", "consensus_quantity"
    )
    assert rows.rows() == [
        ("night", dt.date(2026, 3, 30), MAY, 3.0, None),
        ("frozen", APRIL, APRIL, 5.0, None),
        ("frozen", APRIL, MAY, 7.0, None),
    ]
    assert read_record(tmp_path, "issues", dt.date(2026, 4, 2), [version]).is_empty()


def test_of_planned_orders_only_the_last_night_is_shown(tmp_path: Path) -> None:
    for day in (dt.date(2026, 3, 30), dt.date(2026, 3, 31), APRIL):
        path = record(tmp_path, day) / "orders.parquet"
        row = {"as_of_date": day, "item_id": "A", "supplier_id": "", "period_start": MAY, "planned_order_quantity": 1.0}
        pl.DataFrame([row], schema=dtypes(FILES["orders"])).write_parquet(path)
    assert read_record(tmp_path, "orders", APRIL)["as_of_date"].to_list() == [dt.date(2026, 3, 31)]
    assert read_record(tmp_path, "orders", dt.date(2026, 3, 30)).is_empty()


def test_a_night_recorded_before_a_column_was_added_leaves_it_empty(tmp_path: Path) -> None:
    path = record(tmp_path, APRIL) / "plans.parquet"
    pl.read_parquet(path).drop("closing_backlog_quantity").write_parquet(path)
    (path.parent / "issues.parquet").unlink()
    assert read_record(tmp_path, "plans", MAY)["closing_backlog_quantity"].to_list() == [None]
    assert read_record(tmp_path, "issues", MAY).is_empty()


def test_the_digest_of_the_record_sees_earlier_nights_and_versions_and_no_later_night(tmp_path: Path) -> None:
    record(tmp_path, dt.date(2026, 3, 30), quantity=3.0)
    first = record_digest(tmp_path, APRIL, [])
    record(tmp_path, APRIL, quantity=9.0)
    assert record_digest(tmp_path, APRIL, []) == first
    record(tmp_path, dt.date(2026, 3, 30), quantity=3.0, tables={"run": "of another run"})
    assert record_digest(tmp_path, APRIL, []) == first
    version, _ = make_version(tmp_path, stamp(), plan())
    with_version = record_digest(tmp_path, APRIL, [version])
    record(tmp_path, dt.date(2026, 3, 30), quantity=3.5)
    assert len({first, with_version, record_digest(tmp_path, APRIL, [])}) == 3


def test_the_last_night_of_a_cycle_outlives_the_nights_that_are_kept(tmp_path: Path) -> None:
    days = [dt.date(2026, 1, 30) + dt.timedelta(days=number) for number in range(KEPT_NIGHTS + 5)]
    for day in days:
        record(tmp_path, day)
    kept = sorted(path.name for path in tmp_path.glob("*/nights/*"))
    assert kept == [day.isoformat() for day in [dt.date(2026, 1, 31), *days[-KEPT_NIGHTS:]]]
    assert night_manifest(tmp_path, days[0]) is None


def test_where_executive_differs_from_consensus_both_quantities_author_and_reason_are_told() -> None:
    rows = [
        ("PUMPS", "demand_review", 100.0, 0.0, None, None),
        ("PUMPS", "executive", 120.0, 20.0, "CEO", "new customer"),
        ("PRESSES", "demand_review", 50.0, 5.0, None, None),
        ("PRESSES", "executive", 50.0, 0.0, None, None),
    ]
    columns = ["family_id", "step", "quantity", "change_quantity", "author", "reason"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(scenario_id=pl.lit("base"), period_start=pl.lit(MAY))
    assert executive_changes(frame).rows() == [("PUMPS", MAY, 100.0, 120.0, "CEO", "new customer")]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"settings_digest": "t"}, "sop.yaml says something else now: extracts or read_from"),
        (
            {"settings_digest": "t", "settings": {"horizon_periods": 6, "supply": {"strategy": "chase"}}},
            "sop.yaml says something else now: supply",
        ),
        ({"code_version": "2"}, "version of sop_pipeline: 1 then, 2 now"),
        ({"extracts": {"items": "b"}}, "extract items: no landed copy of that night, today's file was read"),
        ({"extracts": {"items": "a", "prices": "c"}}, "extract prices: other content than that night"),
        ({"versions": {"2026-03/frozen": "d"}}, "versions read: none then, 2026-03/frozen now"),
        ({"nights_read": 1, "record_digest": "q"}, "earlier nights in the record: 2 then, 1 now"),
        ({"record_digest": "q"}, "the record of an earlier night has changed: that night was run again"),
        ({}, "every input is the same, so the code or the machine is not"),
    ],
)
def test_what_differs_between_two_runs_of_a_night_is_named(change: dict[str, Any], cause: str) -> None:
    after = {**NIGHT, **change, "tables": {"run": "1", "supply_plan": "3"}}
    found = compare_nights(NIGHT, after, ["items"])
    assert (found.tables, found.causes) == (("supply_plan",), (cause,))
    assert compare_nights(NIGHT, json.loads(json.dumps(NIGHT))).causes == ()
