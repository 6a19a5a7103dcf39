"""Exceptions as a whole: every kind is documented, and a night tells what the nights before it saw."""

import re

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
