"""Checks of a table as the night runs them: what fails is told, whatever the table holds. Contracts are tested beside them."""

from review_frames import frame

from sop_pipeline import warehouse
from sop_pipeline.defs.checks import check_contract


def test_a_broken_table_is_told_whatever_its_columns_are_called() -> None:
    issue = {"extract": "items", "rule": "item_name_required", "severity": "error", "first_seen": None}
    with warehouse.connect(None) as con:
        warehouse.write(con, "sop.quality_issues", frame("sop.quality_issues", [issue]))
        result = check_contract(con, "sop.quality_issues")
    assert not result.passed
    assert "| broken_rule | broken_column |" in str(result.metadata["failing_rows"].value)
