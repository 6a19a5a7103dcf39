"""The review as a web page: the table's figures, every text escaped, nothing fetched, charts to scale."""

import datetime as dt
import html
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_frames import MONTHS, frame, workbook_frames, worked_example

from sop_pipeline.review.line_chart import HEIGHT, WIDTH, line_chart
from sop_pipeline.review.news import read_news
from sop_pipeline.review.web_page import page_content, write_page

HOSTILE = '<script>alert(1)</script> & "O\'Brien"'


class Parsed(HTMLParser):
    """Tags, attributes and texts of a page; raises on a tag that closes what is not open."""

    VOID = ("meta", "line", "polyline", "polygon")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    rows = worked_example()
    decision = {"decision_id": "D-1", "text": HOSTILE, "decision_status": "proposed", "raised_on": dt.date(2026, 3, 1), "is_closed": False}
    differing = {"measure": "revenue", "period_start": MONTHS[0], "family_id": "*", "verdict": "differs", "period_label": "2026-01"}
    return workbook_frames(
        {
            **rows,
            "core.families": [{**row, "family_name": f"{row['family_id']} {HOSTILE}", "planner": HOSTILE} for row in rows["core.families"]],
            "sop.decisions": [
                decision,
                {**decision, "decision_id": "D-2", "decision_status": "done", "text": "long done", "is_closed": True},
            ],
            "sop.control_totals": [{**differing, "stated_value": 1000.0, "computed_value": 950.0, "unit": "EUR"}],
            "sop.extract_status": [
                {"extract": "items", "load_status": "stale", "reason": HOSTILE, "rows_read": 12, "rows_rejected": 3},
                {"extract": "shipments", "load_status": "not_supplied", "rows_read": 0, "rows_rejected": 0},
            ],
        }
    )


@pytest.fixture(scope="module")
def text(frames: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("review") / "2026-04.html"
    write_page(path, frames)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    return path.read_text(encoding="utf-8")


def test_every_text_of_data_is_escaped_and_the_page_is_well_formed(text: str) -> None:
    page = Parsed(text)
    assert "<script" not in text
    assert sum(HOSTILE in shown for shown in page.texts) >= 4  # families, decision, stale reason


def test_the_page_fetches_nothing(text: str) -> None:
    fetching = {"src", "srcset", "data", "action", "poster", "xlink:href"}
    for tag, attributes in Parsed(text).tags:
        assert tag not in ("script", "link", "iframe", "img"), tag
        assert not fetching & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text


def test_the_next_periods_of_a_family_are_those_of_the_balance(frames: dict[str, pl.DataFrame]) -> None:
    pumps = next(view for view in page_content(frames)["families"] if view.family_id == "PUMPS")
    shown = {title: values for title, values, _ in pumps.rows}
    assert [round(value or 0) for value in shown["Production"]] == [1105, 1105, 1215, 1271, 829, 1215]
    assert [round(value or 0) for value in shown["Demand"]] == [1150, 1200, 1250, 1100, 1000, 1100]
    assert pumps.labels == [f"{start:%Y-%m}" for start in MONTHS[3:]]


def test_what_waits_what_is_stale_and_what_is_off_stands_on_the_page(text: str) -> None:
    shown = " ".join(Parsed(text).texts)
    assert "long done" not in shown
    assert "12 rows read, 3 set aside" in shown
    assert "Not supplied, so what depends on it is empty: shipments" in shown
    assert "1 control totals, 1 outside tolerance" in shown
    assert "extracts 950, stated 1,000 EUR" in shown
    assert html.escape(HOSTILE, quote=False).split(" ")[0] in text


def test_a_night_without_families_still_gives_a_page(tmp_path: Path) -> None:
    empty = {"sop.supply_demand_balance": [], "core.families": [], "sop.dim_period": worked_example()["sop.dim_period"]}
    write_page(tmp_path / "page.html", workbook_frames(empty))
    assert "Nothing: the plan keeps within every limit." in (tmp_path / "page.html").read_text(encoding="utf-8")


amounts = st.one_of(st.none(), st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))


@given(values=st.lists(amounts, min_size=1, max_size=40), first_planned=st.integers(min_value=0, max_value=40))
def test_a_chart_draws_every_known_value_to_scale_inside_its_area(values: list[float | None], first_planned: int) -> None:
    chart = line_chart("x", [str(place) for place in range(len(values))], {"line": values}, first_planned=first_planned)
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        assert chart is None
        return
    assert chart is not None
    points = [tuple(map(float, point.split(","))) for piece in chart.lines[0].pieces for point in piece.split(" ")]
    assert len(points) == len(known)
    marks = [(y, float(text.replace(",", ""))) for y, text in chart.y_marks]
    (bottom, low), (top, high) = marks[0], marks[-1]
    for (x, y), (place, value) in zip(points, known, strict=True):
        assert x == pytest.approx((place + 0.5) * WIDTH / len(values), abs=0.06)
        assert y == pytest.approx(bottom + (top - bottom) * (value - low) / (high - low), abs=0.06 + HEIGHT * 1e-6)
        assert -0.1 <= y <= HEIGHT + 0.1
    assert low <= 0 <= high
    assert 2 <= len(marks) <= 8


def test_a_gap_breaks_the_line_and_a_band_goes_there_and_back() -> None:
    chart = line_chart(
        "x", list("abcd"), {"line": [1.0, None, 2.0, 2.0]}, first_planned=2, band=([None, None, 1.0, 1.0], [None, None, 4.0, 4.0])
    )
    assert chart is not None
    assert [piece.count(",") for piece in chart.lines[0].pieces] == [1, 2]
    assert [y for _, y in (point.split(",") for point in chart.band.split(" "))] == ["0", "0", "112.5", "112.5"]


def test_changes_are_summed_by_family_and_told_with_their_largest_cause() -> None:
    def change(compared_with: str, family_id: str, cause: str, value: float, measure: str = "revenue_amount") -> dict[str, object]:
        row = {"compared_with": compared_with, "family_id": family_id, "cause": cause, "change_value": value, "measure": measure}
        return {**row, "period_start": MONTHS[4]}

    changes = frame(
        "sop.plan_change",
        [
            change("approved", "A", "demand", 100.0),
            change("approved", "A", "demand", 50.0),
            change("approved", "A", "other", -200.0),
            change("approved", "B", "demand", 70.0),
            change("approved", "B", "demand", 9000.0, "production_quantity"),
            change("last_night", "B", "other", 5000.0),
        ],
    )
    costs = frame(
        "sop.strategy_comparison",
        [
            {
                "scenario_id": "base",
                "plan_version": "working",
                "family_id": family,
                "strategy": name,
                "measure": "total_cost",
                "value": value,
            }
            for family, name, value in (("*", "level", 3.0), ("*", "planned", 2.0), ("A", "planned", 1.0))
        ],
    )
    names = frame("sop.dim_family", [{"family_id": "A", "family_name": "Axles"}, {"family_id": "B", "family_name": "Bolts"}])
    found = read_news(changes, costs, names)
    assert found.since == "the approved plan"
    assert [(one.family_name, one.amount, one.cause) for one in found.changes] == [
        ("Bolts", 70.0, "demand"),
        ("Axles", -50.0, "price and mix"),
    ]
    assert found.costs == [("planned", 2.0), ("level", 3.0)]


def test_without_a_plan_before_nothing_is_said_to_have_changed() -> None:
    empty = read_news(frame("sop.plan_change", []), frame("sop.strategy_comparison", []), frame("sop.dim_family", []))
    assert (empty.since, empty.changes, empty.costs) == ("", [], [])
