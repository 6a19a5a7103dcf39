"""The guard in front of the models: turns demand rows into regular, finite, non-negative histories and says what it changed.

Promotions stay out.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.baseline import expected_demand
from sop_pipeline.planning.forecasting.panel import Panel

LARGEST_QUANTITY = 1e30  # beyond it no total of the plan can be stored
SEASONS_USED = 12  # what was sold longer ago says nothing about the months to come

CORRECTIONS_SCHEMA = pl.Schema(
    {
        "series_id": pl.String,
        "period_index": pl.Int64,
        "kind": pl.String,
        "before": pl.Float64,
        "after": pl.Float64,
        "reason": pl.String,
    }
)

REASONS = {
    "after_last_period": "the period has not closed, so its demand is not used",
    "after_delisting": "the item was no longer listed, so the demand is not used",
    "repeated_row": "the same quantity was given more than once for the period; it counts once",
    "several_rows": "different quantities were given for the period; they add up",
    "before_first_demand": "nothing was sold up to this period; the history starts with the first demand",
    "gap": "no row for a period in which the item was listed; it counts as no demand",
    "negative": "returns exceeded demand; the period counts as no demand",
    "unknown": "the quantity is empty; the expected demand of the period takes its place",
    "not_finite": "the quantity is not a finite number; the expected demand of the period takes its place",
    "too_large": "the quantity is beyond what a plan can store; the expected demand of the period takes its place",
    "stock_out": "nothing was in stock, so demand was at least what was sold; the higher expected demand takes its place",
}


@dataclass(frozen=True)
class PreparedHistory:
    """Histories ready for the models.

    `panel` holds the series that ever had demand, in the order of their ids, and ends with `last_period_index`.

    `never_sold` and `delisted` are ids: of series without any demand (not in the panel), and of items no longer
    listed when the history ends. `corrections`: one row per series, period and kind, with the quantity before (null:
    there was no usable number) and after (null: the row is not used) and the reason.
    """

    panel: Panel
    last_period_index: int
    never_sold: tuple[str, ...]
    delisted: tuple[str, ...]
    corrections: pl.DataFrame


def prepare_history(
    history: pl.DataFrame, series: pl.DataFrame, *, season_length: int, last_period_index: int | None = None
) -> PreparedHistory:
    """Make the histories of all series regular, finite and non-negative.

    `history`: `series_id: String, period_index: integer, quantity: numeric` and optionally `is_stock_out: Boolean`
    (nothing left at the end of the period); one row per series and period is expected, anything else is corrected.
    `series`: one row per series, `series_id` and optionally `last_listed_index` (the last period in which the item
    was listed; null while it is); series of either frame are prepared. `last_period_index`: the last closed period,
    by default the last one of the frame. A period without a row between the first demand and the last closed period
    counts as no demand. At most twelve seasons are kept.

    Raises ValueError where a column is missing, or a series id or a period number is empty.
    """
    rows = _checked(history)
    if last_period_index is None:
        last_period_index = int(rows["period_index"].max()) if rows.height else 0  # type: ignore[arg-type]
    listed = _listing(series)
    ids = sorted({*listed["series_id"], *rows["series_id"].unique()})
    delisted = tuple(sorted(listed.filter(pl.col("last_listed_index") < last_period_index)["series_id"]))

    rows = rows.filter(pl.col("period_index") > last_period_index - SEASONS_USED * season_length).join(listed, on="series_id", how="left")
    notes: list[pl.DataFrame] = []
    for kind, unused in (
        ("after_last_period", pl.col("period_index") > last_period_index),
        ("after_delisting", (pl.col("period_index") > pl.col("last_listed_index")).fill_null(value=False)),
    ):
        notes.append(_note(rows.filter(unused), kind, before=pl.col("quantity"), after=pl.lit(None)))
        rows = rows.filter(~unused)
    rows, doubled = _one_row_per_period(rows)
    rows, leading = _from_first_demand(_judged(rows))
    panel, filled = _regular(rows, last_period_index, season_length)
    corrections = pl.concat([pl.DataFrame(schema=CORRECTIONS_SCHEMA), *notes, doubled, leading, filled])
    never_sold = tuple(sorted(set(ids) - set(panel.series_ids)))
    return PreparedHistory(panel, last_period_index, never_sold, delisted, corrections.sort("series_id", "period_index", "kind"))


def _checked(history: pl.DataFrame) -> pl.DataFrame:
    missing = {"series_id", "period_index", "quantity"} - set(history.columns)
    if missing:
        raise ValueError(f"history has no column {', '.join(sorted(missing))}; it needs series_id, period_index and quantity")
    stock_out = pl.col("is_stock_out") if "is_stock_out" in history.columns else pl.lit(value=False)
    rows = history.select(
        pl.col("series_id").cast(pl.String),
        pl.col("period_index").cast(pl.Int64),
        pl.col("quantity").cast(pl.Float64),
        stock_out.cast(pl.Boolean).fill_null(value=False).alias("is_stock_out"),
    )
    for name in ("series_id", "period_index"):
        empty = rows[name].null_count()
        if empty:
            raise ValueError(f"history: {name} is empty in {empty} of {rows.height} rows; drop or complete them before the forecast")
    return rows


def _listing(series: pl.DataFrame) -> pl.DataFrame:
    last = pl.col("last_listed_index") if "last_listed_index" in series.columns else pl.lit(None)
    listed = series.select(pl.col("series_id").cast(pl.String), last.cast(pl.Int64).alias("last_listed_index"))
    repeated = listed.filter(pl.col("series_id").is_duplicated())
    if repeated.height:
        raise ValueError(f"series: series_id {repeated['series_id'].min()!r} is there more than once; one row per series is needed")
    return listed


def _note(rows: pl.DataFrame, kind: str | pl.Expr, *, before: pl.Expr, after: pl.Expr) -> pl.DataFrame:
    kind_expr = pl.lit(kind) if isinstance(kind, str) else kind
    return rows.select(
        "series_id",
        "period_index",
        kind_expr.alias("kind"),
        before.cast(pl.Float64).alias("before"),
        after.cast(pl.Float64).alias("after"),
        kind_expr.replace_strict(REASONS, return_dtype=pl.String).alias("reason"),
    )


def _one_row_per_period(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add up different quantities of one period, in ascending order so that the total does not depend on the order of the rows."""
    doubled = pl.struct("series_id", "period_index").is_duplicated()
    if not rows.select(doubled.any()).item():
        return rows, rows.clear().pipe(_note, "several_rows", before=pl.lit(None), after=pl.lit(None))
    several = rows.filter(doubled).sort("series_id", "period_index", "quantity", nulls_last=True)
    merged = several.group_by("series_id", "period_index", maintain_order=True).agg(
        pl.col("quantity").unique(maintain_order=True).sum(),
        pl.col("quantity").n_unique().alias("different"),
        pl.col("quantity").first().alias("smallest"),
        pl.col("is_stock_out").any(),
        pl.col("last_listed_index").first(),
    )
    kind = pl.when(pl.col("different") > 1).then(pl.lit("several_rows")).otherwise(pl.lit("repeated_row"))
    note = _note(merged, kind, before=pl.col("smallest"), after=pl.col("quantity"))
    return pl.concat([rows.filter(~doubled), merged.select(rows.columns)]), note


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `kind` (what is wrong with the quantity, null if nothing) and `clean` (null where the demand is unknown)."""
    quantity = pl.col("quantity")
    kind = (
        pl.when(quantity.is_null())
        .then(pl.lit("unknown"))
        .when(~quantity.is_finite())
        .then(pl.lit("not_finite"))
        .when(quantity.abs() > LARGEST_QUANTITY)
        .then(pl.lit("too_large"))
        .when(quantity < 0)
        .then(pl.lit("negative"))
        .otherwise(pl.lit(None, pl.String))
    )
    clean = pl.when(pl.col("kind").is_null()).then(quantity).when(pl.col("kind") == "negative").then(pl.lit(0.0))
    return rows.with_columns(kind.alias("kind")).with_columns(clean.alias("clean"))


def _from_first_demand(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Drop what lies before the first demand of a series; one note per series names the last period dropped."""
    first = rows.filter(pl.col("clean") > 0).group_by("series_id").agg(pl.col("period_index").min().alias("first_demand"))
    rows = rows.join(first, on="series_id", how="left")
    early = pl.col("first_demand").is_null() | (pl.col("period_index") < pl.col("first_demand"))
    dropped = rows.filter(early).group_by("series_id").agg(pl.col("period_index").max())
    return rows.filter(~early), _note(dropped, "before_first_demand", before=pl.lit(0.0), after=pl.lit(None))


def _regular(rows: pl.DataFrame, last_period_index: int, season_length: int) -> tuple[Panel, pl.DataFrame]:
    """Lay the rows on the grid of periods, fill what is unknown; returns the panel and one note per cell that was filled or changed."""
    series_ids = sorted(rows["series_id"].unique())
    if not series_ids:
        return Panel((), np.empty((0, 0))), pl.DataFrame(schema=CORRECTIONS_SCHEMA)
    first_index = int(rows["period_index"].min())  # type: ignore[arg-type]
    rows = rows.join(pl.DataFrame({"series_id": series_ids, "code": np.arange(len(series_ids))}), on="series_id")
    at = (rows["period_index"].to_numpy() - first_index, rows["code"].to_numpy())
    shape = (last_period_index - first_index + 1, len(series_ids))
    given, stock_out, values = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_), np.full(shape, np.nan)
    given[at], stock_out[at], values[at] = True, rows["is_stock_out"].to_numpy(), rows["clean"].to_numpy()
    gap = (np.cumsum(given, axis=0) > 0) & ~given
    values[gap] = 0.0
    unusable = given & (np.isnan(values) | stock_out)
    affected = np.flatnonzero(unusable.any(axis=0))
    if len(affected):
        observed = values[:, affected]
        # fmax takes the number where the other side is unknown.
        values[:, affected] = np.where(
            unusable[:, affected],
            np.fmax(observed, expected_demand(observed, unusable[:, affected], season_length)),
            observed,
        )
    known = rows.with_columns(pl.Series("after", values[at]))
    raised = known.filter((pl.col("is_stock_out") & (pl.col("after") > pl.col("clean"))).fill_null(value=False))
    period, code = np.nonzero(gap)
    gaps = pl.DataFrame({"code": code, "period_index": period + first_index}).join(rows.select("code", "series_id").unique(), on="code")
    finite = pl.when(pl.col("quantity").is_finite()).then(pl.col("quantity"))
    notes = [
        _note(known.filter(pl.col("kind").is_not_null()), pl.col("kind"), before=finite, after=pl.col("after")),
        _note(raised, "stock_out", before=pl.col("clean"), after=pl.col("after")),
        _note(gaps, "gap", before=pl.lit(None), after=pl.lit(0.0)),
    ]
    return Panel(tuple(series_ids), values), pl.concat(notes)
