"""Exceptions as a whole: every kind is documented, and a night tells what the nights before it saw."""

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from nights import rows, run, shared_night

from sop_pipeline.contracts.sop.exceptions import EXCEPTION_KINDS
from sop_pipeline.package_data import sql_root
from sop_pipeline.settings import ExceptionSettings

DOCUMENT = sql_root().parent / "docs" / "exceptions.md"


def test_every_kind_is_documented_with_when_it_is_raised_and_its_money() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(kind for kind, _, _ in rows) == sorted(EXCEPTION_KINDS)


def test_every_threshold_is_documented_and_used_by_a_query() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    queries = "".join(path.read_text(encoding="utf-8") for path in sorted((sql_root() / "sop").glob("*exception*.sql")))
    for threshold in ExceptionSettings.model_fields:
        assert f"`{threshold}`" in document
        assert f"${threshold}" in queries


def test_a_later_night_tells_since_when_and_what_changed(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    company = Path(shutil.copytree(shared_night(tmp_path_factory, "level"), tmp_path / "company"))
    query = "select exception_id, exception_status, since from sop.exceptions where kind = 'below_target' order by exception_rank"
    first = rows(company, query).rows()
    assert {(status, since) for _, status, since in first} == {("new", dt.date(2026, 4, 1))}
    assert rows(company, "select count(*) from sop.plan_change where compared_with = 'last_night'").item() == 0

    assert run(company, dt.date(2026, 4, 2)).succeeded

    # a day without work pulls the lack of stock into April: it is still the one that began in May
    later = {identity: (status, since) for identity, status, since in rows(company, query).iter_rows()}
    assert "below_target/PUMPS/2026-05" in {identity for identity, _, _ in first}
    assert later["below_target/PUMPS/2026-04"] == ("open", dt.date(2026, 4, 1))
    compared = rows(company, "select distinct compared_on from sop.plan_change where compared_with = 'last_night'")
    assert compared["compared_on"].to_list() == [dt.date(2026, 4, 1)]
