"""Breaches as quality issues: with file, line, value as received, the whole row, its quantity and its value. No rule is judged here."""

import duckdb
import polars as pl

from sop_pipeline.contracts import contract_of
from sop_pipeline.landing.canonical import REFUSED
from sop_pipeline.landing.cells import issue_cells
from sop_pipeline.landing.facts import WORTH, Worth
from sop_pipeline.landing.issues import ISSUE_SCHEMA, issue_frame
from sop_pipeline.landing.mapping import SOURCE_COLUMNS
from sop_pipeline.landing.raw import RawView, as_received, received_rows
from sop_pipeline.warehouse import quoted


def issues_of_rows(con: duckdb.DuckDBPyConnection, view: RawView, breaches: pl.DataFrame) -> pl.DataFrame:
    """Quality issues (schema ISSUE_SCHEMA) of breaches (schema `breaches.BREACH_SCHEMA`) of rows that stand in `staging.<extract>`."""
    if not breaches.height:
        return issue_frame()
    extract = view.extract
    rows = _received(con, view, breaches.get_column("row").unique())
    texts = [name for name in rows.columns if as_received(name) in rows.columns]
    described = rows.select(
        "row",
        *SOURCE_COLUMNS,
        _key(extract, texts).alias("row_key"),
        pl.struct(pl.col(as_received(name)).alias(name) for name in texts).struct.json_encode().alias("row_json"),
        *_worth(WORTH.get(extract, Worth()), texts),
    )
    received = _values(rows, breaches).rename({"value": "received"})
    issues = (
        breaches.join(received, on=["row", "column_name"], how="left")
        .join(described, on="row", how="left")
        .with_columns(pl.coalesce("value", "received").alias("value"))
    )
    return issues.with_columns(issue_cells(view, issues)).select(
        pl.lit(extract).alias("extract"), *(pl.col(name).cast(dtype) for name, dtype in ISSUE_SCHEMA.items() if name != "extract")
    )


def _received(con: duckdb.DuckDBPyConnection, view: RawView, rows: pl.Series) -> pl.DataFrame:
    """Rows of `raw.<extract>` as received, by their row in `staging.<extract>`."""
    con.register("rows_named", rows.alias("row").to_frame().to_arrow())
    try:
        places = con.sql(
            f"select rowid as row, source_file, source_line from staging.{quoted(view.extract)} where rowid in (select row from rows_named)"
        ).pl()
    finally:
        con.unregister("rows_named")
    received = places.join(received_rows(con, view, places), on=SOURCE_COLUMNS)
    return received.with_columns(pl.col(pl.String).str.replace(REFUSED, "", literal=True))


def _values(rows: pl.DataFrame, breaches: pl.DataFrame) -> pl.DataFrame:
    """The value of every column, or group of columns, that a breach names; one row a row and name."""
    found = [pl.DataFrame(schema={"row": pl.Int64, "column_name": pl.String, "value": pl.String})]
    for name in breaches.get_column("column_name").drop_nulls().unique().sort():
        parts = [as_received(part) for part in name.split(", ") if as_received(part) in rows.columns]
        # a file may lack every column that one of them should have filled
        value = pl.concat_str(parts, separator=", ", ignore_nulls=len(parts) > 1).replace("", None) if parts else pl.lit(None, pl.String)
        found.append(rows.select("row", pl.lit(name).alias("column_name"), value.alias("value")))
    return pl.concat(found)


def _key(extract: str, texts: list[str]) -> pl.Expr:
    """The key of a row, the same however the file writes it, its parts in the contract's order; empty where there is none."""
    parts = [name for name in contract_of(f"staging.{extract}").key_columns() if name in texts]
    return pl.concat_str(parts, separator=", ", ignore_nulls=True).replace("", None) if parts else pl.lit(None, pl.String)


def _worth(worth: Worth, texts: list[str]) -> list[pl.Expr]:
    """Quantity, value and currency of a row, as far as its texts are numbers."""

    def number(name: str | None) -> pl.Expr:
        # inf and NaN are numbers to a cast, and no quantity
        value = pl.col(name).cast(pl.Float64, strict=False) if name in texts else pl.lit(None, pl.Float64)
        return pl.when(value.is_finite()).then(value)

    quantity = number(worth.quantity)
    amount = number(worth.amount) if worth.amount else quantity * number(worth.price) / number(worth.per_quantity).fill_null(1.0)
    currency = pl.col("currency") if "currency" in texts else pl.lit(None, pl.String)
    return [quantity.alias("quantity"), amount.alias("value_amount"), currency.alias("currency")]
