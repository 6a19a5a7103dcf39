"""Events on the demand plan: phase-outs, launches, promotions, prices, assumptions, each a line. Their traces in history stay out."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.contracts.core.events import EVENT_KINDS
from sop_pipeline.planning.demand_grid import QUANTITY_DECIMALS, DemandGrid, Floats
from sop_pipeline.planning.phase_outs import ENDS_SCHEMA, what_ends_takes

NOTES_SCHEMA = {"family_id": pl.String, "item_id": pl.String, "period_start": pl.Date, "author": pl.String, "reason": pl.String}
LINES_SCHEMA = {
    "event_kind": pl.String,
    "event_id": pl.String,
    "family_id": pl.String,
    "item_id": pl.String,
    "period_start": pl.Date,
    "change_quantity": pl.Float64,
    "reason": pl.String,
}
UPLIFTS_SCHEMA = {
    "promotion_id": pl.String,
    "family_id": pl.String,
    "item_id": pl.String,
    "estimated_uplift_ratio": pl.Float64,
    "estimated_pull_forward_ratio": pl.Float64,
}
_DIP_COLUMNS = ("promotion_id", "family_id", "item_id", "period_start", "change_quantity", "pull")
# promotions speak for themselves, also where they do nothing
TOLD_KINDS = tuple(kind for kind in EVENT_KINDS if kind != "promotion")
AT_THE_FLOOR = "what the events take away is more than there is: the plan stays at 0"


@dataclass(frozen=True)
class EventfulPlan:
    """The plan after all events, planning units, and how it came about.

    `family`, `item`: as given to `apply_events`. `notes`: one row per event and cell that a reader of the plan wants to hear of:
    `family_id, item_id` (empty: the whole family), `period_start, author, reason`. `lines`: one row per event and cell it changes, of the
    contract DemandEvents but for the scenario: the family's quantity before and after, in the order in which they add up.
    """

    family: Floats
    item: Floats
    notes: pl.DataFrame
    lines: pl.DataFrame


def apply_events(
    grid: DemandGrid,
    family_quantity: Floats,
    item_quantity: Floats,
    *,
    promotion_periods: pl.DataFrame,
    family_history: pl.DataFrame,
    item_period_history: pl.DataFrame | None = None,
    phase_outs: pl.DataFrame | None = None,
    estimated_uplifts: pl.DataFrame | None = None,
    launch_forecast: pl.DataFrame | None = None,
    price_effects: pl.DataFrame | None = None,
    assumption_periods: pl.DataFrame | None = None,
) -> EventfulPlan:
    """Add what each event does to the cells it touches.

    `family_quantity` (families × periods, NaN unknown) and `item_quantity` (items × periods) are the plan before, in planning units;
    every event changes that plan, never another event's change, but for `phase_outs` (as `ends_without_heir` returns them): nothing moves
    what an item sold after its last day, and a promotion of a launched item lifts what is expected of it. A launch raises its item to
    what `launch_forecast` expects of it, and makes an unknown family known. A promotion adds quantity × uplift_ratio × days of it in the
    period ÷ days of the period, or uplift_quantity × days in the period ÷ days of the promotion, else the ratio of `estimated_uplifts`,
    and takes its pull-forward from the period after; one of the last closed period still takes it from the current one, off the demand
    that `family_history`, or of an item `item_period_history`, holds. A change of price changes its item by the ratio of
    `price_effects`, a market assumption its family by effect × probability (1 where nobody gave one). No cell falls below 0. An unknown
    cell stays unknown: there is nothing to lift.
    """
    estimates = pl.DataFrame(schema=UPLIFTS_SCHEMA) if estimated_uplifts is None else estimated_uplifts
    promotions = _with_estimates(promotion_periods, estimates)
    ends = pl.DataFrame(schema=ENDS_SCHEMA) if phase_outs is None else phase_outs
    ended = _lines(what_ends_takes(grid, ends, item_quantity), "phase_out", "item_id", pl.col("reason"))
    gone = np.zeros(grid.item_shape)
    gone[grid.item_cells(ended, "core.items")] = ended["change_quantity"].to_numpy()
    kept_item, kept_family = item_quantity + gone, family_quantity + grid.roll_up(gone)
    launched = pl.DataFrame(schema=LINES_SCHEMA) if launch_forecast is None else _launches(grid, launch_forecast, kept_item)
    sold_item = kept_item.copy()
    sold_item[grid.item_cells(launched, "forecast.launch_forecast")] += launched["change_quantity"].to_numpy()
    changes = [
        ended,
        launched,
        *_promotions(grid, promotions, kept_family, sold_item),
        _dips_after_history(grid, promotions, family_history, item_period_history),
        *([] if price_effects is None else [_repriced(grid, price_effects, kept_item)]),
        *([] if assumption_periods is None else [_assumptions(grid, assumption_periods, kept_family)]),
    ]
    order = pl.col("event_kind").replace_strict({kind: i for i, kind in enumerate(EVENT_KINDS)}, return_dtype=pl.Int64)
    lines = pl.concat([pl.DataFrame(schema=LINES_SCHEMA), *changes]).sort("family_id", "period_start", order, "event_id", "item_id")

    is_launched = np.zeros(grid.shape, dtype=np.bool_)
    is_launched[grid.family_cells(lines.filter(pl.col("event_kind") == "launch"), "forecast.launch_forecast")] = True
    is_known = ~np.isnan(family_quantity) | is_launched
    item_lift, family_lift = np.zeros(grid.item_shape), np.zeros(grid.shape)
    of_items, of_families = lines.filter(pl.col("item_id") != ""), lines.filter(pl.col("item_id") == "")
    np.add.at(item_lift, grid.item_cells(of_items, "demand events"), of_items["change_quantity"].to_numpy())
    np.add.at(family_lift, grid.family_cells(of_families, "demand events"), of_families["change_quantity"].to_numpy())
    items = np.maximum(0.0, item_quantity + item_lift)
    has_items = np.isin(np.arange(grid.shape[0]), grid.item_family)
    base = np.where(has_items[:, None], grid.roll_up(items), family_quantity)
    family = np.where(is_known, np.maximum(0.0, base + family_lift), np.nan)
    known = lines.filter(pl.Series(is_known[grid.family_cells(lines, "demand events")], dtype=pl.Boolean))
    walked = _with_before_and_after(grid, known, family_quantity, family)
    notes = pl.concat([_promotion_notes(promotions, grid, walked), _other_notes(walked, _owners(assumption_periods))])
    return EventfulPlan(family, grid.spread(items, family), notes, walked)


def _with_estimates(promotion_periods: pl.DataFrame, estimates: pl.DataFrame) -> pl.DataFrame:
    """Promotions with the ratios that count: as given, else as estimated."""
    key = ["promotion_id", "family_id", "item_id"]
    columns = [name for name in UPLIFTS_SCHEMA if name in estimates.columns]
    found = promotion_periods.join(estimates.select(columns), on=key, how="left").sort(*key, "period_start")
    # Estimates tell what is missing once a promotion has ended, so nothing is taken from a period in which it still runs.
    is_last = pl.col("period_start") == pl.col("period_start").max().over(key)
    estimated = [pl.when(is_last).then("estimated_pull_forward_ratio")] if "estimated_pull_forward_ratio" in columns else []
    return found.with_columns(
        ratio=pl.coalesce("uplift_ratio", "estimated_uplift_ratio") * pl.col("day_share_ratio"),
        pull=pl.coalesce("pull_forward_ratio", *estimated, pl.lit(0.0)),
    )


def _lines(rows: pl.DataFrame, kind: str, event_id: str, reason: pl.Expr) -> pl.DataFrame:
    """Lines of one kind; those that change nothing are none."""
    return rows.filter(pl.col("change_quantity").is_not_nan() & (pl.col("change_quantity") != 0)).select(
        pl.lit(kind).alias("event_kind"),
        pl.col(event_id).alias("event_id"),
        "family_id",
        "item_id",
        "period_start",
        "change_quantity",
        reason.alias("reason"),
    )


def _launches(grid: DemandGrid, launch_forecast: pl.DataFrame, item_quantity: Floats) -> pl.DataFrame:
    rows = launch_forecast.join(grid.periods.select("period_start"), on="period_start", how="semi")
    row, column = grid.item_cells(rows, "forecast.launch_forecast")
    more = np.maximum(0.0, rows["expected_quantity"].to_numpy() * grid.units_per_item[row] - item_quantity[row, column])
    return _lines(rows.with_columns(change_quantity=pl.Series(more)), "launch", "item_id", pl.format("item {}: {}", "item_id", "reason"))


def _promotions(
    grid: DemandGrid, promotions: pl.DataFrame, family_quantity: Floats, item_quantity: Floats
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What promotions add in the periods they run, and what they take from the one after each."""
    calendar = grid.periods.select("period_start", next_start=pl.col("period_start").shift(-1))
    parts = []
    for is_item in (False, True):
        part = promotions.filter((pl.col("item_id") != "") == is_item).join(calendar, on="period_start", maintain_order="left")
        row, column = (grid.item_cells if is_item else grid.family_cells)(part, "core.promotion_periods")
        plan = (item_quantity if is_item else family_quantity)[row, column]
        units = grid.units_per_item[row] if is_item else 1.0
        by_quantity = part["uplift_quantity"].to_numpy() * part["promotion_share_ratio"].to_numpy() * units
        uplift = np.where(np.isnan(by_quantity), np.nan_to_num(plan) * part["ratio"].to_numpy(), by_quantity)
        parts.append(part.with_columns(change_quantity=pl.Series(uplift, dtype=pl.Float64)))
    added = pl.concat(parts)
    how = (
        pl.when(pl.col("uplift_quantity").is_not_null() | pl.col("uplift_ratio").is_not_null())
        .then(pl.lit("as given"))
        .otherwise(pl.lit("as estimated from past ones"))
    )
    taken = added.drop_nulls("next_start").with_columns(
        period_start="next_start", change_quantity=-pl.col("change_quantity") * pl.col("pull")
    )
    lifted = _lines(added, "promotion", "promotion_id", pl.format("promotion {} ({}), {}", "promotion_id", "promotion_status", how))
    return lifted, _lines(taken, "pull_forward", "promotion_id", _pulled())


def _pulled() -> pl.Expr:
    percent = (100 * pl.col("pull")).round().cast(pl.Int64)
    return pl.format("promotion {} takes {} % of its uplift from this period", "promotion_id", percent)


def _dips_after_history(
    grid: DemandGrid, promotions: pl.DataFrame, family_history: pl.DataFrame, item_period_history: pl.DataFrame | None
) -> pl.DataFrame:
    """What promotions of the last closed period take from the current one."""
    parts = []
    for key, history in (("family_id", family_history), ("item_id", item_period_history)):
        if history is None:
            continue
        closed = history.filter(pl.col("periods_from_now") == -1).select(key, "period_start", "demand_quantity")
        part = (
            promotions.filter((pl.col("item_id") != "") == (key == "item_id"))
            .join(closed, on=[key, "period_start"], maintain_order="left")
            .with_columns(period_start=pl.lit(grid.periods["period_start"][0]))
        )
        row, _ = (grid.item_cells if key == "item_id" else grid.family_cells)(part, "core.promotion_periods")
        units = grid.units_per_item[row] if key == "item_id" else 1.0
        # What was sold holds the uplift already: sold = base × (1 + ratio).
        by_ratio = part["demand_quantity"].to_numpy() * (part["ratio"] / (1.0 + part["ratio"])).to_numpy()
        by_quantity = part["uplift_quantity"].to_numpy() * part["promotion_share_ratio"].to_numpy()
        uplift = np.where(np.isnan(by_quantity), by_ratio, by_quantity) * units
        parts.append(part.with_columns(change_quantity=pl.Series(-uplift * part["pull"].to_numpy(), dtype=pl.Float64)))
    return _lines(pl.concat([part.select(*_DIP_COLUMNS) for part in parts]), "pull_forward", "promotion_id", _pulled())


def _repriced(grid: DemandGrid, price_effects: pl.DataFrame, item_quantity: Floats) -> pl.DataFrame:
    rows = price_effects.join(grid.periods.select("period_start"), on="period_start", how="semi")
    plan = pl.Series(item_quantity[grid.item_cells(rows, "forecast.price_effects")])
    return _lines(
        rows.with_columns(change_quantity=plan * pl.col("effect_ratio")),
        "price_change",
        "item_id",
        pl.format("item {}: {}", "item_id", "reason"),
    )


def _assumptions(grid: DemandGrid, assumption_periods: pl.DataFrame, family_quantity: Floats) -> pl.DataFrame:
    rows = assumption_periods.join(grid.periods.select("period_start"), on="period_start", how="semi").with_columns(item_id=pl.lit(""))
    plan = family_quantity[grid.family_cells(rows, "core.assumption_periods")]
    effect = pl.col("effect_ratio") * pl.col("probability_ratio").fill_null(1.0)
    probable = (
        pl.when(pl.col("probability_ratio").is_null())
        .then(pl.lit("not given, taken as 1"))
        .otherwise(pl.col("probability_ratio").cast(pl.String))
    )
    reason = pl.format(
        "assumption {} ({}): effect {} × probability {}: {}", "assumption_id", "assumption_status", "effect_ratio", probable, "statement"
    )
    return _lines(rows.with_columns(change_quantity=pl.Series(plan) * effect), "market_assumption", "assumption_id", reason)


def _owners(assumption_periods: pl.DataFrame | None) -> pl.DataFrame:
    if assumption_periods is None:
        return pl.DataFrame(schema={"event_kind": pl.String, "event_id": pl.String, "author": pl.String})
    return (
        assumption_periods.select(event_id="assumption_id", author="owner")
        .unique()
        .select(pl.lit("market_assumption").alias("event_kind"), "event_id", "author")
    )


def _with_before_and_after(grid: DemandGrid, lines: pl.DataFrame, before: Floats, after: Floats) -> pl.DataFrame:
    """The family's quantity before and after each line; what 0 holds back of their sum is a last line."""
    cells = lines.select("family_id", "period_start").unique(maintain_order=True)
    at = grid.family_cells(cells, "demand events")
    start = cells.with_columns(start=pl.Series(np.nan_to_num(before[at])), end=pl.Series(after[at]))
    held = (
        lines.group_by("family_id", "period_start", maintain_order=True)
        .agg(pl.col("change_quantity").sum())
        .join(start, on=["family_id", "period_start"], maintain_order="left")
        .with_columns(change_quantity=(pl.col("end") - pl.col("start") - pl.col("change_quantity")).round(QUANTITY_DECIMALS))
        .filter(pl.col("change_quantity") > 0)
        .with_columns(item_id=pl.lit(""), event_id=pl.lit(""))
    )
    every = pl.concat([lines, _lines(held, "floor", "event_id", pl.lit(AT_THE_FLOOR))])
    cell = ["family_id", "period_start"]
    running = every.join(start, on=cell, maintain_order="left").with_columns(
        quantity_after=pl.col("start") + pl.col("change_quantity").cum_sum().over(cell),
        event_order=pl.int_range(1, pl.len() + 1).over(cell),
    )
    return (
        running.with_columns(quantity_before=pl.col("quantity_after") - pl.col("change_quantity"))
        .select(*LINES_SCHEMA, "event_order", pl.col("quantity_before", "quantity_after").round(QUANTITY_DECIMALS) + 0.0)
        .with_columns(pl.col("change_quantity").round(QUANTITY_DECIMALS))
    )


def _promotion_notes(promotions: pl.DataFrame, grid: DemandGrid, lines: pl.DataFrame) -> pl.DataFrame:
    """One note per promotion and planned cell, those that could not do anything included."""
    planned = promotions.join(grid.periods.select("period_start"), on="period_start", how="semi")
    cell = ["family_id", "item_id", "period_start"]
    lifted = lines.filter(pl.col("event_kind") == "promotion").select(*cell, promotion_id="event_id", has_lifted=True)
    uplift = pl.coalesce("uplift_quantity", "ratio")
    sentence = (
        pl.when(pl.col("has_lifted") | (uplift == 0))
        .then(pl.lit(""))
        .when(uplift.is_null())
        .then(pl.lit(": no uplift given or estimated"))
        .otherwise(pl.lit(": nothing to lift"))
    )
    return planned.join(lifted, on=["promotion_id", *cell], how="left", maintain_order="left").select(
        *cell,
        author=pl.lit(None, dtype=pl.String),
        reason=pl.format("promotion {} ({}){}", "promotion_id", "promotion_status", sentence),
    )


def _other_notes(lines: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Every other event says on the plan what it says on its line; an assumption has an owner."""
    told = lines.filter(pl.col("event_kind").is_in(TOLD_KINDS))
    return told.join(owners, on=["event_kind", "event_id"], how="left", maintain_order="left").select(NOTES_SCHEMA.keys())
