"""The guard in front of the models: makes histories regular, finite and non-negative and says what it changed. Promotions stay out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.baseline import expected_demand
from sop_pipeline.planning.forecasting.panel import Counts, Flags, Floats, Panel, take_series

LARGEST_QUANTITY = 1e30  # beyond it no total of the plan can be stored
SEASONS_USED = 12  # what was sold longer ago says nothing about the periods to come

CORRECTIONS_SCHEMA = pl.Schema(
    {"series_id": pl.String, "period_index": pl.Int64, "kind": pl.String, "before": pl.Float64, "after": pl.Float64, "reason": pl.String}
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
    "infinite": "the quantity is infinite; the expected demand of the period takes its place",
    "too_large": "the quantity is beyond what a plan can store; the expected demand of the period takes its place",
    "stock_out": "nothing was in stock, so demand was at least what was sold; the higher expected demand takes its place",
}


@dataclass(frozen=True)
class PreparedHistory:
    """Histories ready for the models.

    `panel` holds the series that ever had demand, in the order of their ids, and ends with `last_period_index`. `never_sold` and
    `delisted` are ids: of series without any demand (not in the panel), and of items no longer listed when the history ends.
    `corrections`: one row per series, period and kind, with the quantity before (null: there was no usable number) and after (null: the
    row is not used) and the reason.
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

    `history`: `series_id: String, period_index: integer, quantity: numeric` and optionally `is_stock_out: Boolean` (nothing left at the
    end of the period); one row per series and period is expected, anything else is corrected. `series`: one row per series,
    `series_id` and optionally `last_listed_index` (the last period in which the item was listed; null while it is); series of either
    frame are prepared. `last_period_index`: the last closed period, by default the last one of the frame. A period without a row between
    the first demand and the last closed period counts as no demand. At most twelve seasons are kept.

    Raises ValueError where a column is missing, a series id or a period number is empty, or a series is listed twice.
    """
    rows, listed = _checked(history), _listing(series)
    if last_period_index is None:
        last_period_index = int(rows["period_index"].max()) if rows.height else 0  # type: ignore[arg-type]
    ids = sorted({*listed["series_id"], *rows["series_id"].unique()})
    delisted = listed.filter(pl.col("last_listed_index") < last_period_index)
    notes = _Notes()
    entries = _Entries.of(rows, ids)
    entries = entries.where(entries.period > last_period_index - SEASONS_USED * season_length)
    last_used = _last_used(delisted, ids, last_period_index)
    entries = _closed_and_listed(entries, last_used, last_period_index, notes)
    entries = _one_entry_per_period(entries, notes)
    entries, kinds = _from_first_demand(entries, len(ids), notes)
    panel = _regular(entries, kinds, ids, notes, last_used=last_used, last_period_index=last_period_index, season_length=season_length)
    never_sold = tuple(sorted(set(ids) - set(panel.series_ids)))
    return PreparedHistory(panel, last_period_index, never_sold, tuple(sorted(delisted["series_id"])), notes.frame(ids))


@dataclass(frozen=True)
class _Entries:
    """Rows of the history as arrays of one length; `code` is the position of the series among the ids, an empty quantity is NaN."""

    code: Counts
    period: Counts
    quantity: Floats
    stock_out: Flags

    @classmethod
    def of(cls, rows: pl.DataFrame, ids: Sequence[str]) -> "_Entries":
        code = rows["series_id"].cast(pl.Enum(ids)).to_physical().cast(pl.Int64)
        return cls(*(column.to_numpy() for column in (code, rows["period_index"], rows["quantity"], rows["is_stock_out"])))

    def where(self, keep: Flags) -> "_Entries":
        return self if keep.all() else _Entries(self.code[keep], self.period[keep], self.quantity[keep], self.stock_out[keep])


@dataclass(frozen=True)
class _Notes:
    """The corrections so far; every array of one correction has the same length."""

    parts: list[tuple[str, Counts, Counts, Floats, Floats]] = field(default_factory=list)

    def add(self, kind: str, code: Counts, period: Counts, before: Floats, after: Floats) -> None:
        if len(code):
            self.parts.append((kind, code, period, before, after))

    def frame(self, ids: Sequence[str]) -> pl.DataFrame:
        names = pl.Series(ids, dtype=pl.String)
        frames = [
            pl.DataFrame(
                {
                    "series_id": names.gather(code),
                    "period_index": period,
                    "kind": pl.Series([kind]).new_from_index(0, len(code)),
                    "before": np.where(np.isfinite(before), before, np.nan),
                    "after": after,
                    "reason": pl.Series([REASONS[kind]]).new_from_index(0, len(code)),
                },
                schema=CORRECTIONS_SCHEMA,
                nan_to_null=True,
            )
            for kind, code, period, before, after in self.parts
        ]
        return pl.concat([pl.DataFrame(schema=CORRECTIONS_SCHEMA), *frames]).sort("series_id", "period_index", "kind", "before")


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
    if listed["series_id"].null_count():
        raise ValueError("series: series_id is empty; every series to forecast needs one")
    if listed["series_id"].n_unique() < listed.height:
        repeated = listed.filter(pl.col("series_id").is_duplicated())["series_id"].min()
        raise ValueError(f"series: series_id {repeated!r} is there more than once; one row per series is needed")
    return listed


def _last_used(delisted: pl.DataFrame, ids: Sequence[str], last_period_index: int) -> Counts:
    """Per id the last period whose demand counts."""
    last = dict(delisted.select("series_id", "last_listed_index").iter_rows())
    return np.array([last.get(series_id, last_period_index) for series_id in ids], dtype=np.int64)


def _closed_and_listed(entries: _Entries, last_used: Counts, last_period_index: int, notes: _Notes) -> _Entries:
    late = entries.period > last_period_index
    gone = ~late & (entries.period > last_used[entries.code])
    # Nothing asked for of an item that is gone is what everybody expects.
    for kind, unused in (("after_last_period", late), ("after_delisting", gone & (entries.quantity != 0))):
        quantity = entries.quantity[unused]
        notes.add(kind, entries.code[unused], entries.period[unused], quantity, np.full(len(quantity), np.nan))
    return entries.where(~late & ~gone)


def _one_entry_per_period(entries: _Entries, notes: _Notes) -> _Entries:
    """Order the entries; add up different quantities of one period, smallest first, so that the total does not depend on their order."""
    next_code, next_period = np.diff(entries.code), np.diff(entries.period)
    if ((next_code > 0) | ((next_code == 0) & (next_period > 0))).all():
        return entries
    order = np.lexsort((entries.quantity, entries.period, entries.code))
    entries = _Entries(entries.code[order], entries.period[order], entries.quantity[order], entries.stock_out[order])
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = (np.diff(entries.code) != 0) | (np.diff(entries.period) != 0)
    if starts.all():
        return entries
    first = np.flatnonzero(starts)
    total, stock_out = entries.quantity[first], np.logical_or.reduceat(entries.stock_out, first)
    sizes = np.diff(np.append(first, len(order)))
    several = np.zeros(len(first), dtype=np.bool_)
    for i in np.flatnonzero(sizes > 1):
        different = np.unique(entries.quantity[first[i] : first[i] + sizes[i]])
        known = different[np.isfinite(different)] if np.isfinite(different).any() else different
        total[i], several[i] = known.sum(), len(different) > 1
    for kind, changed in (("several_rows", several), ("repeated_row", (sizes > 1) & ~several)):
        notes.add(kind, entries.code[first[changed]], entries.period[first[changed]], entries.quantity[first[changed]], total[changed])
    return _Entries(entries.code[first], entries.period[first], total, stock_out)


def _from_first_demand(entries: _Entries, series_count: int, notes: _Notes) -> tuple[_Entries, dict[str, Flags]]:
    """Drop what lies before the first demand of a series (one note per series names the last period dropped) and judge the rest."""
    positive = (entries.quantity > 0) & (entries.quantity <= LARGEST_QUANTITY)
    first_demand = np.full(series_count, np.iinfo(np.int64).max)
    np.minimum.at(first_demand, entries.code[positive], entries.period[positive])
    early = entries.period < first_demand[entries.code]
    # Entries are in order: the last early one of a series is followed by a later one or by another series.
    followed = np.append(early[1:] & (np.diff(entries.code) == 0), np.zeros(min(len(early), 1), dtype=np.bool_))
    last_dropped = early & ~followed
    dropped = entries.quantity[last_dropped]
    notes.add("before_first_demand", entries.code[last_dropped], entries.period[last_dropped], dropped, np.full(len(dropped), np.nan))
    entries = entries.where(~early)
    quantity = entries.quantity
    unknown, infinite = np.isnan(quantity), np.isinf(quantity)
    too_large = ~infinite & (np.abs(quantity) > LARGEST_QUANTITY)
    return entries, {
        "unknown": unknown,
        "infinite": infinite,
        "too_large": too_large,
        "negative": (quantity < 0) & ~infinite & ~too_large,
    }


def _regular(
    entries: _Entries,
    kinds: dict[str, Flags],
    ids: Sequence[str],
    notes: _Notes,
    *,
    last_used: Counts,
    last_period_index: int,
    season_length: int,
) -> Panel:
    """Lay the entries on the grid of periods and fill what is unknown."""
    codes = np.unique(entries.code)
    if not len(codes):
        return Panel((), np.empty((0, 0)))
    first_index = int(entries.period.min())
    at = (entries.period - first_index, np.searchsorted(codes, entries.code))
    shape = (last_period_index - first_index + 1, len(codes))
    given, stock_out, values = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_), np.full(shape, np.nan)
    clean = np.where(kinds["negative"], 0.0, entries.quantity)
    clean[kinds["infinite"] | kinds["too_large"]] = np.nan
    given[at], stock_out[at], values[at] = True, entries.stock_out, clean
    gap = np.logical_or.accumulate(given, axis=0) & ~given
    values[gap] = 0.0
    _estimate(values, given & (np.isnan(values) | stock_out), season_length)
    after = values[at]
    for kind, flags in kinds.items():
        notes.add(kind, entries.code[flags], entries.period[flags], entries.quantity[flags], after[flags])
    raised = entries.stock_out & (after > clean)
    notes.add("stock_out", entries.code[raised], entries.period[raised], clean[raised], after[raised])
    listed = np.arange(first_index, last_period_index + 1)[:, None] <= last_used[codes]
    period, column = np.nonzero(gap & listed)
    notes.add("gap", codes[column], period + first_index, np.full(len(period), np.nan), np.zeros(len(period)))
    return Panel(tuple(ids[code] for code in codes), values)


def _estimate(values: Floats, unusable: Flags, season_length: int) -> None:
    """Put the expected demand where the demand is unknown, and where it is higher than what a stock-out let through; in place."""
    affected = np.flatnonzero(unusable.any(axis=0))
    if len(affected):
        observed, cells = take_series(values, affected), take_series(unusable, affected)
        # fmax takes the number where the other side is unknown.
        values[:, affected] = np.where(cells, np.fmax(observed, expected_demand(observed, cells, season_length)), observed)
