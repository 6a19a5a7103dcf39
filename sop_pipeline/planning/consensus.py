"""The demand plan step by step, from the statistical forecast to the executive step. Forecasting and the supply of it stay out."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.planning.demand_grid import QUANTITY_DECIMALS, DemandGrid, Flags, Floats, build_grid, round_to_family
from sop_pipeline.planning.events import NOTES_SCHEMA, apply_events
from sop_pipeline.planning.phase_outs import ends_without_heir

ON_SUBMISSION = "no sales history: planned on the submitted sales forecast"
WITHOUT_ANYTHING = "no sales history and no sales forecast: planned at 0"
WITHOUT_QUANTITY = "no step gave a quantity: planned at 0"


@dataclass(frozen=True)
class DemandPlan:
    """The frames of contracts FamilyDemand, ItemDemand and DemandEvents."""

    family_demand: pl.DataFrame
    item_demand: pl.DataFrame
    demand_events: pl.DataFrame


@dataclass(frozen=True)
class _Plan:
    """The plan after a step, planning units: family cells (NaN unknown), item cells (0 where the family is unknown), who and why.

    A note without an item speaks of the whole family.
    """

    family: Floats
    item: Floats
    notes: pl.DataFrame


def plan_family_demand(
    *,
    family_forecast: pl.DataFrame,
    item_forecast: pl.DataFrame,
    sales_submissions: pl.DataFrame,
    promotion_periods: pl.DataFrame,
    overrides: pl.DataFrame,
    families: pl.DataFrame,
    items: pl.DataFrame,
    item_mix: pl.DataFrame,
    periods: pl.DataFrame,
    family_history: pl.DataFrame,
    item_period_history: pl.DataFrame | None = None,
    item_successions: pl.DataFrame | None = None,
    estimated_uplifts: pl.DataFrame | None = None,
    launch_forecast: pl.DataFrame | None = None,
    price_effects: pl.DataFrame | None = None,
    assumption_periods: pl.DataFrame | None = None,
    scenario_id: str = "base",
) -> DemandPlan:
    """Carry the statistical forecast through the steps of the demand plan.

    Frames are those of the contracts in core and forecast. The plan covers the current period (whole), the horizon and the look-ahead:
    one family row per family, period and step; item rows only where the family's quantity is known. Statistical → events and
    marketing overrides → sales submissions (a family row sets the total, item rows the mix, a cell without one keeps the step before)
    and sales overrides → finance → demand_review → executive. In a step, item overrides roll up first, then the family's override
    acts on that total and spreads down by the items' shares; of several on one cell the one entered last counts.

    A family without history has no statistical quantity and plans on its submissions; a cell of current or horizon that no step filled
    is 0 from demand_review on and says so; such a cell of the look-ahead stays empty, and whoever looks ahead repeats the season.

    Raises ValueError where a frame names a family or item that the masters do not hold, or an override not exactly one new value.
    """
    calendar = periods.filter(pl.col("period_kind") != "history").select("period_start")
    submissions = sales_submissions.join(calendar, on="period_start", how="semi")
    demand_overrides = _effective_overrides(overrides.filter(pl.col("measure") == "demand").join(calendar, on="period_start", how="semi"))
    grid = build_grid(
        families,
        items,
        item_mix,
        periods,
        {
            "forecast.item_forecast": item_forecast,
            "core.sales_submissions": submissions,
            "core.promotion_periods": promotion_periods,
            **({} if launch_forecast is None else {"forecast.launch_forecast": launch_forecast}),
            **({} if price_effects is None else {"forecast.price_effects": price_effects}),
            "core.overrides": demand_overrides,
        },
    )
    plan = _statistical(grid, family_forecast, item_forecast)
    has_history = np.asarray(np.isfinite(plan.family).any(axis=1))
    plans, events = {"statistical": plan}, pl.DataFrame()
    for step in DEMAND_STEPS[1:]:
        plan = replace(plan, notes=pl.DataFrame(schema=NOTES_SCHEMA))
        if step == "marketing":
            eventful = apply_events(
                grid,
                plan.family,
                plan.item,
                promotion_periods=promotion_periods,
                family_history=family_history,
                item_period_history=item_period_history,
                phase_outs=ends_without_heir(items, item_successions),
                estimated_uplifts=estimated_uplifts,
                launch_forecast=launch_forecast,
                price_effects=price_effects,
                assumption_periods=assumption_periods,
            )
            plan = _Plan(eventful.family, eventful.item, eventful.notes)
            events = eventful.lines
        if step == "sales":
            plan = _submit(grid, plan, submissions, has_history)
        plan = _override(grid, plan, demand_overrides.filter(pl.col("step") == step))
        if step == "demand_review":
            plan = _fill_unknown(grid, plan)
        plans[step] = plan
    return _frames(grid, plans, events, scenario_id)


def _effective_overrides(overrides: pl.DataFrame) -> pl.DataFrame:
    """Keep the override of each cell and step that was entered last; refuse one that does not hold exactly one new value."""
    values = pl.sum_horizontal(pl.col("quantity", "change_quantity", "change_ratio").is_not_null().cast(pl.Int64))
    wrong = overrides.filter(values != 1)
    if not wrong.is_empty():
        raise ValueError(
            f"core.overrides: override {wrong['override_id'].sort()[0]} holds {wrong.height} rows without exactly one of quantity, "
            "change_quantity and change_ratio; fill one of them and leave the others empty"
        )
    return (
        overrides.filter(pl.col("is_superseded") == 0)
        .sort("entered_on", "override_id")
        .unique(["measure", "family_id", "item_id", "period_start", "step"], keep="last", maintain_order=True)
        .sort("family_id", "item_id", "period_start", "step")
    )


def _statistical(grid: DemandGrid, family_forecast: pl.DataFrame, item_forecast: pl.DataFrame) -> _Plan:
    calendar = grid.periods.select("period_start")
    forecast = family_forecast.join(calendar, on="period_start", how="semi")
    family = np.full(grid.shape, np.nan)
    family[grid.family_cells(forecast, "forecast.family_forecast")] = forecast["statistical_quantity"].to_numpy()
    item = np.zeros(grid.item_shape)
    forecast = item_forecast.join(calendar, on="period_start", how="semi")
    row, column = grid.item_cells(forecast, "forecast.item_forecast")
    item[row, column] = forecast["statistical_quantity"].to_numpy() * grid.units_per_item[row]
    return _Plan(family, grid.spread(item, family), pl.DataFrame(schema=NOTES_SCHEMA))


def _submit(grid: DemandGrid, plan: _Plan, submissions: pl.DataFrame, has_history: Flags) -> _Plan:
    family, item = plan.family.copy(), plan.item.copy()
    by_item = submissions.filter(pl.col("item_id") != "")
    row, column = grid.item_cells(by_item, "core.sales_submissions")
    item[row, column] = by_item["submitted_quantity"].to_numpy() * grid.units_per_item[row]
    touched = (grid.item_family[row], column)
    family[touched] = grid.roll_up(item)[touched]
    by_family = submissions.filter(pl.col("item_id") == "")
    family[grid.family_cells(by_family, "core.sales_submissions")] = by_family["submitted_quantity"].to_numpy()
    without = pl.Series(grid.families["family_id"].filter(pl.Series(~has_history)))
    notes = pl.concat(
        [
            plan.notes,
            submissions.select(NOTES_SCHEMA.keys()),
            submissions.filter(pl.col("family_id").is_in(without.implode()))
            .select("family_id", "period_start")
            .unique()
            .select(
                "family_id", pl.lit("").alias("item_id"), "period_start", author=pl.lit(None, dtype=pl.String), reason=pl.lit(ON_SUBMISSION)
            ),
        ]
    )
    return _Plan(family, grid.spread(item, family), notes)


def _override(grid: DemandGrid, plan: _Plan, overrides: pl.DataFrame) -> _Plan:
    if overrides.is_empty():
        return plan
    family, item = plan.family.copy(), plan.item.copy()
    by_item = overrides.filter(pl.col("item_id") != "")
    row, column = grid.item_cells(by_item, "core.overrides")
    touched = (grid.item_family[row], column)
    units = grid.units_per_item[row]
    before = np.where(np.isnan(family[touched]), np.nan, item[row, column] / units)
    after = _new_quantity(before, by_item)
    is_set = ~np.isnan(after)
    row, column = row[is_set], column[is_set]
    item[row, column] = after[is_set] * units[is_set]
    touched = (grid.item_family[row], column)
    family[touched] = grid.roll_up(item)[touched]
    by_family = overrides.filter(pl.col("item_id") == "")
    cells = grid.family_cells(by_family, "core.overrides")
    family[cells] = _new_quantity(family[cells], by_family)
    return _Plan(family, grid.spread(item, family), pl.concat([plan.notes, overrides.select(NOTES_SCHEMA.keys())]))


def _new_quantity(before: Floats, overrides: pl.DataFrame) -> Floats:
    """Apply each override to the quantity before it; a change of an unknown quantity starts from 0, a ratio of it stays unknown."""
    quantity, change, ratio = (overrides[name].to_numpy() for name in ("quantity", "change_quantity", "change_ratio"))
    after = np.where(np.isnan(quantity), np.where(np.isnan(change), before * (1.0 + ratio), np.nan_to_num(before) + change), quantity)
    return np.where(np.isnan(after), np.nan, np.maximum(0.0, after))


def _fill_unknown(grid: DemandGrid, plan: _Plan) -> _Plan:
    is_unknown = np.isnan(plan.family) & (grid.periods["period_kind"] != "look_ahead").to_numpy()[None, :]
    row, column = np.nonzero(is_unknown)
    was_known = np.asarray(np.isfinite(plan.family).any(axis=1))
    notes = pl.DataFrame(
        {
            "family_id": grid.families["family_id"].gather(row),
            "item_id": pl.Series([""] * len(row), dtype=pl.String),
            "period_start": grid.periods["period_start"].gather(column),
            "author": pl.Series([None] * len(row), dtype=pl.String),
            "reason": pl.Series(np.where(was_known[row], WITHOUT_QUANTITY, WITHOUT_ANYTHING).tolist(), dtype=pl.String),
        }
    )
    return replace(plan, family=np.where(is_unknown, 0.0, plan.family), notes=pl.concat([plan.notes, notes]))


def _frames(grid: DemandGrid, plans: dict[str, _Plan], events: pl.DataFrame, scenario_id: str) -> DemandPlan:
    family_parts, item_parts = [], []
    before, item_before = np.zeros(grid.shape), np.zeros(grid.item_shape)
    for step, plan in plans.items():
        family, item = round_to_family(grid, plan.family, plan.item)
        after = np.nan_to_num(family)
        family_parts.append(_family_frame(grid, step, family, np.round(after - before, QUANTITY_DECIMALS), plan.notes))
        item_change = np.round(item - item_before, QUANTITY_DECIMALS)
        item_parts.append(
            _item_frame(grid, step, item, item_change, plan.notes).filter(pl.Series(~np.isnan(family)[grid.item_family].ravel()))
        )
        before, item_before = after, item
    order = pl.col("step").replace_strict({step: position for position, step in enumerate(DEMAND_STEPS)}, return_dtype=pl.Int64)
    scenario = pl.lit(scenario_id).alias("scenario_id")
    return DemandPlan(
        pl.concat(family_parts).sort("family_id", "period_start", order).select(scenario, pl.all()),
        pl.concat(item_parts).sort("item_id", "period_start", order).select(scenario, pl.all()),
        events.select(scenario, pl.all()),
    )


def _family_frame(grid: DemandGrid, step: str, quantity: Floats, change: Floats, notes: pl.DataFrame) -> pl.DataFrame:
    return (
        grid.families.join(grid.periods.select("period_start"), how="cross", maintain_order="left_right")
        .with_columns(
            step=pl.lit(step),
            quantity=pl.Series(quantity.ravel()).fill_nan(None),
            change_quantity=pl.Series(change.ravel()),
        )
        .join(_who_and_why(notes, ["family_id", "period_start"]), on=["family_id", "period_start"], how="left")
    )


def _item_frame(grid: DemandGrid, step: str, quantity: Floats, change: Floats, notes: pl.DataFrame) -> pl.DataFrame:
    """Every item cell; who changed it and why is what was said of the item, else of its family where that changed the item too."""
    cells = (
        grid.items.select("item_id", "family_id")
        .join(grid.periods.select("period_start"), how="cross", maintain_order="left_right")
        .with_columns(step=pl.lit(step), quantity=pl.Series(quantity.ravel()), change_quantity=pl.Series(change.ravel()))
    )
    of_item = _who_and_why(notes.filter(pl.col("item_id") != ""), ["item_id", "period_start"])
    of_family = _who_and_why(notes.filter(pl.col("item_id") == ""), ["family_id", "period_start"])
    is_moved = pl.col("change_quantity") != 0
    return (
        cells.join(of_item, on=["item_id", "period_start"], how="left", maintain_order="left")
        .join(of_family, on=["family_id", "period_start"], how="left", maintain_order="left", suffix="_of_family")
        .with_columns(pl.coalesce(name, pl.when(is_moved).then(f"{name}_of_family")).alias(name) for name in ("author", "reason"))
        .drop("author_of_family", "reason_of_family")
    )


def _who_and_why(notes: pl.DataFrame, cell: list[str]) -> pl.DataFrame:
    """Authors and reasons of each cell, each once; nobody and nothing are null."""
    return notes.group_by(cell).agg(
        author=pl.col("author").drop_nulls().unique().sort().str.join(", ").replace("", None),
        reason=pl.col("reason").drop_nulls().unique().sort().str.join("; ").replace("", None),
    )
