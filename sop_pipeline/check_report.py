"""What `sop check` found as text and as a document: like causes together, then totals. Nothing is judged here."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from sop_pipeline.checking import Checked
from sop_pipeline.extracts import NOTHING_TO_DO

SHOWN_OF_A_KIND = 5
# a sum over nothing known is unknown
AFFECTED = tuple(
    pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).abs().sum()).alias(name)
    for column, name in (("quantity", "quantity"), ("value_amount", "value"))
)


def check_document(found: Checked) -> dict[str, Any]:
    """What a check found as one document, every issue in it."""
    return {
        "stops": list(found.stops),
        "extracts": found.statuses.to_dicts(),
        "issues": found.issues.to_dicts(),
        "set_aside": _set_aside(found.issues).to_dicts(),
        "csv": str(found.csv),
        "json": str(found.json),
    }


def check_text(found: Checked) -> str:
    """What a check found, like causes together: where, what was there, the rule, what to do; then totals."""
    lines = []
    groups = found.issues.group_by("extract", "column_name", "rule", "severity", "hint", maintain_order=True)
    for (extract, column_name, rule, severity, hint), rows in groups:
        about = f"{extract}.{column_name}" if column_name else extract
        lines.append(f"{severity}: {about}: {rule} ({', '.join([_rows(rows.height), *_worth(rows)])}). {hint or ''}".rstrip())
        lines += [f"  {_place(row)}: {_shown(row)}" for row in rows.head(SHOWN_OF_A_KIND).iter_rows(named=True)]
        if rows.height > SHOWN_OF_A_KIND:
            lines.append(f"  … and {rows.height - SHOWN_OF_A_KIND} more")
    for row in _set_aside(found.issues).iter_rows(named=True):
        lines.append(f"set aside: {row['extract']}: {', '.join([_rows(row['rows']), *_worth_of(row)])}")
    lines += _extracts_not_as_sent(found.statuses)
    counts = found.statuses
    lines.append(
        f"{counts['rows_read'].sum():,} rows of {counts.filter(pl.col('status') != 'not_supplied').height} extracts read, "
        f"{counts['rows_accepted'].sum():,} accepted, {counts['rows_rejected'].sum():,} set aside. Full list: {found.csv} and {found.json}"
    )
    lines += [f"stop: {reason}" for reason in found.stops]
    return "\n".join(lines)


def _extracts_not_as_sent(statuses: pl.DataFrame) -> Iterator[str]:
    """Extracts that an older load stands in for, those without which nothing is planned, and those that were sent and are not used."""
    for row in statuses.iter_rows(named=True):
        if row["status"] in ("stale", "unusable") or (row["status"] == "not_supplied" and row["next_step"] != NOTHING_TO_DO):
            status = "not used" if row["status"] == "not_supplied" else row["status"]
            yield f"{status}: {row['extract']}: {row['reason']} {row['next_step']}"


def _set_aside(issues: pl.DataFrame) -> pl.DataFrame:
    """Rows set aside by extract and currency, each once; quantity and value without sign, empty where no row states any."""
    rows = issues.filter(pl.col("severity") == "error").unique(["extract", "source_file", "source_line"], maintain_order=True)
    return rows.group_by("extract", "currency", maintain_order=True).agg(pl.len().alias("rows"), *AFFECTED).sort("extract", "currency")


def _worth(rows: pl.DataFrame) -> Iterator[str]:
    """Quantity and value of the rows a rule names, by currency."""
    for row in rows.group_by("currency", maintain_order=True).agg(*AFFECTED).sort("currency").iter_rows(named=True):
        yield from _worth_of(row)


def _worth_of(row: dict[str, Any]) -> list[str]:
    """What is known of quantity and value, in words."""
    quantity = [] if row["quantity"] is None else [f"quantity {row['quantity']:,.2f}"]
    return quantity + ([] if row["value"] is None else [f"value {row['value']:,.2f} {row['currency'] or ''}".rstrip()])


def _shown(row: dict[str, Any]) -> str:
    """The value a rule is about; for a rule about the whole row, the row's key."""
    if row["value"] is not None:
        return _on_one_line(row["value"])
    return "(empty)" if row["column_name"] or not row["row_key"] else _on_one_line(row["row_key"])


def _on_one_line(text: str) -> str:
    """A text with its line breaks as signs: one problem is one line."""
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _place(row: dict[str, Any]) -> str:
    """File, line and column; in a workbook the file, and the cell as Excel writes it."""
    if row["source_cell"] is not None:
        # a review workbook is named with its sheet, which the cell says again
        file = str(row["source_file"]).removesuffix(f":{row['extract']}")
        return f"{file}: {row['source_cell']}"
    parts = [str(row[name]) for name in ("source_file", "source_line", "column_name") if row[name] is not None]
    return ":".join(parts) or str(row["extract"])


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
