"""Histories of items and families as the models are to see them: stock-outs filled, promotions out, successors joined, one-offs flagged.

What each step changed is a correction. How promotions and expected demand are estimated stays in `forecasting/`, the fit as well.
"""

from dataclasses import dataclass

import polars as pl

from sop_pipeline.planning.forecasting.events import clean_promotions
from sop_pipeline.planning.forecasting.history import CORRECTIONS_SCHEMA, prepare_history

FAMILY_PROMOTION = {"promotion": "family_promotion", "pull_forward": "family_pull_forward"}
UPLIFTS_SCHEMA = {
    "promotion_id": pl.String,
    "family_id": pl.String,
    "item_id": pl.String,
    "estimated_uplift_ratio": pl.Float64,
    "estimated_pull_forward_ratio": pl.Float64,
    "promoted_periods": pl.Int64,
    "own_weight_ratio": pl.Float64,
    "reason": pl.String,
}


@dataclass(frozen=True)
class CleanedDemand:
    """Closed periods ready for the models, and what was done to them.

    `items` (units of the item) and `families` (planning units): one row per series and period: `series_id, period_index, quantity`; index
    -1 is the last closed period. `corrections`: as in `ItemForecasts`, of items. `uplifts`: one row per promotion and item or family, of
    the contract EstimatedUplifts.
    """

    items: pl.DataFrame
    families: pl.DataFrame
    corrections: pl.DataFrame
    uplifts: pl.DataFrame


def clean_demand(
    *,
    item_history: pl.DataFrame,
    family_history: pl.DataFrame,
    members: pl.DataFrame,
    promotion_periods: pl.DataFrame,
    item_successions: pl.DataFrame,
    one_off_orders: pl.DataFrame,
    periods: pl.DataFrame,
    season_length: int,
) -> CleanedDemand:
    """Clean the closed periods of items and families alike, so that a family stays what its items sum to.

    `item_history`: `series_id, period_index, quantity, is_stock_out`; `family_history`: the same without the last. `members`: one row per
    item: `item_id, family_id`, `weight` (planning units per unit). The other frames are those of the contracts in core. A promotion of an
    item is measured on the item, one of a family on the family, whose items are then changed in one proportion.
    """
    index = periods.select("period_start", period_index=pl.col("periods_from_now").cast(pl.Int64)).filter(pl.col("period_index") < 0)
    promoted = promotion_periods.join(index, on="period_start")
    filled, stock_outs = _fill_stock_outs(item_history, season_length)
    by_item = clean_promotions(
        filled,
        promoted.filter(pl.col("item_id") != "").select("period_index", "day_share_ratio", series_id="item_id"),
        season_length=season_length,
    )
    families = _carry_up(family_history, item_history, by_item.history, members)
    by_family = clean_promotions(
        families,
        promoted.filter(pl.col("item_id") == "").select("period_index", "day_share_ratio", series_id="family_id"),
        season_length=season_length,
    )
    items, shared = _share_with_items(by_item.history, by_family.corrections, members)
    joined, successions = _join_predecessors(items, item_successions, members)
    return CleanedDemand(
        joined,
        by_family.history,
        pl.concat([stock_outs, by_item.corrections, shared, successions, _flag_one_offs(item_history, one_off_orders, index)]).sort(
            "series_id", "period_index", "kind"
        ),
        _estimates(promotion_periods, by_item.uplifts, by_family.uplifts),
    )


def _fill_stock_outs(item_history: pl.DataFrame, season_length: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put the expected demand where nothing was left in stock and it is more than what was sold."""
    touched = item_history.filter(pl.col("is_stock_out").any().over("series_id"))
    prepared = prepare_history(touched, touched.select("series_id").unique(), season_length=season_length)
    raised = prepared.corrections.filter(pl.col("kind") == "stock_out")
    filled = item_history.join(
        raised.select("series_id", "period_index", "after"), on=["series_id", "period_index"], how="left", maintain_order="left"
    )
    return filled.select("series_id", "period_index", quantity=pl.coalesce("after", "quantity")), raised


def _carry_up(families: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Family quantities plus what was changed on their items, in planning units."""
    changes = (
        before.join(after, on=["series_id", "period_index"], suffix="_after")
        .filter(pl.col("quantity") != pl.col("quantity_after"))
        .join(members, left_on="series_id", right_on="item_id")
        .sort("series_id", "period_index")
        .group_by("family_id", "period_index", maintain_order=True)
        .agg(change=((pl.col("quantity_after") - pl.col("quantity")) * pl.col("weight")).sum())
    )
    changed = families.join(
        changes, left_on=["series_id", "period_index"], right_on=["family_id", "period_index"], how="left", maintain_order="left"
    )
    return changed.select("series_id", "period_index", quantity=pl.col("quantity") + pl.col("change").fill_null(0.0))


def _share_with_items(items: pl.DataFrame, corrections: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Change the items of a family in the proportion in which a promotion of the family changed it."""
    ratios = corrections.filter(pl.col("before") > 0).select(
        "period_index", "kind", "reason", family_id="series_id", ratio=pl.col("after") / pl.col("before")
    )
    marked = items.join(
        members.select("item_id", "family_id"), left_on="series_id", right_on="item_id", how="left", maintain_order="left"
    ).join(ratios, on=["family_id", "period_index"], how="left", maintain_order="left")
    marked = marked.with_columns(after=pl.col("quantity") * pl.col("ratio").fill_null(1.0))
    changed = marked.filter(pl.col("after") != pl.col("quantity")).select(
        "series_id",
        "period_index",
        kind=pl.col("kind").replace_strict(FAMILY_PROMOTION, return_dtype=pl.String),
        before="quantity",
        after="after",
        reason=pl.format("of the whole family: {}", "reason"),
    )
    return marked.select("series_id", "period_index", quantity="after"), changed.cast(CORRECTIONS_SCHEMA)


def _join_predecessors(items: pl.DataFrame, item_successions: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give every item that has taken over from another the demand of that one, the oldest succession first."""
    weight = dict(members.select("item_id", "weight").iter_rows())
    taken_over = item_successions.filter(pl.col("is_effective")).sort("effective_date", "old_item_id", "new_item_id")
    touched = pl.concat([taken_over["old_item_id"], taken_over["new_item_id"]]).unique()
    own = items.filter(pl.col("series_id").is_in(touched.implode()))
    histories = {str(name[0]): frame.select("period_index", "quantity") for name, frame in own.group_by("series_id")}
    notes = []
    for old, new, day in taken_over.select("old_item_id", "new_item_id", "effective_date").iter_rows():
        if old not in histories or new not in weight:
            continue
        empty = histories[old].clear()
        inherited = histories[old].with_columns(quantity=pl.col("quantity") * (weight[old] / weight[new]))
        both = histories.get(new, empty).join(inherited, on="period_index", how="full", coalesce=True, suffix="_old").sort("period_index")
        total = pl.col("quantity").fill_null(0.0) + pl.col("quantity_old").fill_null(0.0)
        notes.append(
            both.filter(pl.col("quantity_old").fill_null(0.0) != 0).select(
                "period_index",
                series_id=pl.lit(new),
                kind=pl.lit("predecessor"),
                before="quantity",
                after=total,
                reason=pl.lit(f"{new} took over from {old} on {day}: the demand of {old} counts as its own"),
            )
        )
        histories[new] = both.select("period_index", quantity=total)
    if not notes:
        return items, pl.DataFrame(schema=CORRECTIONS_SCHEMA)
    joined = [frame.select(pl.lit(name).alias("series_id"), "period_index", "quantity") for name, frame in histories.items()]
    untouched = items.filter(~pl.col("series_id").is_in(list(histories)))
    # An item with two predecessors has one row per period: from what it sold itself to what counts in the end.
    corrections = (
        pl.concat(notes)
        .group_by("series_id", "period_index", "kind", maintain_order=True)
        .agg(pl.col("before").first(), pl.col("after").last(), pl.col("reason").str.join("; "))
    )
    return pl.concat([untouched, *joined]).sort("series_id", "period_index"), corrections.cast(CORRECTIONS_SCHEMA)


def _flag_one_offs(item_history: pl.DataFrame, one_off_orders: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """Name the periods with an abnormal order. They stay in: cleaning outliers by rule made forecasts worse."""
    orders = (
        one_off_orders.join(index, on="period_start")
        .sort("item_id", "period_index", "order_id", "order_line", "schedule_line")
        .group_by("item_id", "period_index", maintain_order=True)
        .agg(
            orders=pl.format(
                "order {} for {} (no other order of the season asked for more than {})",
                "order_id",
                pl.col("order_quantity").round(2),
                pl.col("other_quantity").round(2),
            ).str.join(", ")
        )
    )
    return (
        item_history.join(orders, left_on=["series_id", "period_index"], right_on=["item_id", "period_index"])
        .select(
            "series_id",
            "period_index",
            kind=pl.lit("one_off_order"),
            before="quantity",
            after="quantity",
            reason=pl.format("{} is out of the ordinary; it is flagged and stays in the history", "orders"),
        )
        .cast(CORRECTIONS_SCHEMA)
    )


def _estimates(promotion_periods: pl.DataFrame, of_items: pl.DataFrame, of_families: pl.DataFrame) -> pl.DataFrame:
    """What a promotion is expected to do: as its item or family did, else as the family of the item did; null where none was seen."""
    columns = ("uplift_ratio", "pull_forward_ratio", "promoted_periods", "own_weight_ratio", "reason")
    promotions = promotion_periods.select("promotion_id", "family_id", "item_id").unique().sort("promotion_id", "family_id", "item_id")
    learned_of_items = of_items if of_items["promoted_periods"].sum() else of_items.clear()
    learned_of_families = of_families if of_families["promoted_periods"].sum() else of_families.clear()
    found = promotions.join(
        learned_of_items.select("series_id", *(pl.col(name).alias(f"{name}_item") for name in columns)),
        left_on="item_id",
        right_on="series_id",
        how="left",
        maintain_order="left",
    ).join(learned_of_families.select("series_id", *columns), left_on="family_id", right_on="series_id", how="left", maintain_order="left")
    best = found.with_columns(pl.coalesce(f"{name}_item", name).alias(name) for name in columns)
    return best.select(
        "promotion_id",
        "family_id",
        "item_id",
        "promoted_periods",
        "own_weight_ratio",
        "reason",
        estimated_uplift_ratio="uplift_ratio",
        estimated_pull_forward_ratio="pull_forward_ratio",
    ).select(UPLIFTS_SCHEMA.keys())
