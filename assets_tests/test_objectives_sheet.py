"""The sheet of objectives: what management aims at where it matters, and the strategic plan by its own spans."""

import datetime as dt
from pathlib import Path

from review_frames import MONTHS, workbook_frames, worked_example
from workbook_cells import read_book

from sop_pipeline.review.workbook import WorkbookSettings, write_workbook

FORMULA_LIKE = "=1+1"
FROM_TO = {"period_start": dt.date(2026, 1, 1), "period_end": dt.date(2026, 12, 31)}
OBJECTIVES = [
    {"plan_level": "objective", "measure": "inventory_turns", "unit": "turns", "period_start": MONTHS[place], "period_end": MONTHS[place]}
    | {"period_kind": kind, column: 4.25, "target_value": 5.0, "gap_value": -0.75, "is_reached": False, "owner": "@SUM(A1:A9)"}
    for place, kind, column in [
        (1, "history", "actual_value"),
        (2, "history", "actual_value"),
        (3, "current", "plan_value"),
        (4, "horizon", "plan_value"),
        (8, "horizon", "plan_value"),
    ]
] + [
    {"plan_level": "strategic", "measure": "revenue_amount", "product_group": FORMULA_LIKE, "period_kind": "current", "unit": "EUR"}
    | FROM_TO
    | {"actual_value": 100.0, "plan_value": 1200.0, "target_value": 1000.0, "gap_value": 200.0, "is_reached": True}
]


def test_objectives_stand_at_their_last_period_and_the_strategic_plan_by_its_own_spans(tmp_path: Path) -> None:
    path = tmp_path / "review.xlsx"
    write_workbook(path, workbook_frames({**worked_example(), "sop.business_objectives": OBJECTIVES}), WorkbookSettings())
    cells = read_book(path).sheets["Objectives"]
    shown = [[cells[f"{column}{row}"].value for column in "ABCFGHIJK"] for row in range(5, 9)]

    starts = [(month - dt.date(1899, 12, 30)).days for month in (MONTHS[2], MONTHS[3], MONTHS[8], FROM_TO["period_start"])]
    assert shown == [
        ["inventory turns", "Company", starts[0], 4.25, None, 5.0, -0.75, "no", "management"],
        ["inventory turns", "Company", starts[1], None, 4.25, 5.0, -0.75, "no", "management"],
        ["inventory turns", "Company", starts[2], None, 4.25, 5.0, -0.75, "no", "management"],
        ["revenue", FORMULA_LIKE, starts[3], 100.0, 1200.0, 1000.0, 200.0, "yes", "strategic plan"],
    ]
    assert "A9" not in cells
    assert cells["I5"].style != cells["I8"].style  # turns with a decimal, money without
