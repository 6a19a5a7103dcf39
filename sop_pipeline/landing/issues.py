"""Quality issues as a frame: its columns and how a row of it is made. Which issues there are is decided elsewhere."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import polars as pl

ISSUE_SCHEMA: dict[str, type[pl.DataType]] = {
    "extract": pl.String,
    "source_file": pl.String,
    "source_line": pl.Int64,
    "source_cell": pl.String,
    "column_name": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "hint": pl.String,
    "quantity": pl.Float64,
    "value_amount": pl.Float64,
    "currency": pl.String,
    "row_key": pl.String,
    "row_json": pl.String,
}
ORDER = ("extract", "source_file", "source_line", "column_name", "rule")


@dataclass(frozen=True)
class Issue:
    """One row and the rule it breaks.

    `quantity` and `value_amount` are those of the whole row, also where several rules name it; `row_key`: its key,
    the same however the file writes it; `row_json`: the row as received.
    `source_cell`: the cell in a workbook, such as Overrides!H6.
    """

    extract: str
    source_file: str | None
    source_line: int | None
    column_name: str | None
    value: str | None
    rule: str
    severity: str
    hint: str
    quantity: float | None = None
    value_amount: float | None = None
    currency: str | None = None
    row_key: str | None = None
    row_json: str | None = None
    source_cell: str | None = None


def issue_frame(issues: Iterable[Issue] = ()) -> pl.DataFrame:
    """The issues as a frame, one row each, sorted by extract, file, line, column and rule."""
    return pl.DataFrame([asdict(issue) for issue in issues], schema=ISSUE_SCHEMA).sort(ORDER, maintain_order=True)


def together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Several issue frames as one, sorted."""
    return pl.concat([issue_frame(), *frames], how="vertical").sort(ORDER, nulls_last=True, maintain_order=True)
