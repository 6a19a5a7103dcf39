"""What suppliers can deliver of each family in a period. Who orders what of whom, item by item, stays out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.inputs import Axes

Floats = NDArray[np.float64]


def most_purchased(
    axes: Axes, supplier_capacity: pl.DataFrame | None, family_sources: pl.DataFrame, items: pl.DataFrame, purchased_to_date: Floats
) -> Floats:
    """Per family and period of the horizon the most its suppliers can still deliver, planning units; infinite where one has no limit.

    A row of `supplier_capacity` (staging) without an item limits all that its supplier delivers; where that goes to several families,
    each has its part by its share of the supplier's families. Rows by item count where they cover every bought item of the family.
    What was received in the current period counts towards its limit. An item's quantity is turned into planning units.
    """
    most = np.full((len(axes.family_position), axes.horizon), np.inf)
    if supplier_capacity is None or supplier_capacity.is_empty():
        return most
    bought = family_sources.filter((pl.col("source_kind") == "purchase") & (pl.col("share_ratio") > 0))
    own_part = bought.with_columns(part=pl.col("share_ratio") / pl.col("share_ratio").sum().over("source_id"))
    limits = supplier_capacity.with_columns(item=pl.col("item_id").replace("*", None)).filter(
        pl.col("period_start").is_in(axes.horizon_starts.to_list())
    )
    whole = limits.filter(pl.col("item").is_null()).select(source_id="supplier_id", period_start="period_start", limit="maximum_quantity")
    by_supplier = own_part.join(whole, on="source_id").select(
        "family_id", "source_id", "period_start", quantity=pl.col("limit").cast(pl.Float64) * pl.col("part")
    )
    by_item = _of_items(limits.filter(pl.col("item").is_not_null()), items)
    known = pl.concat([by_supplier, by_item.join(by_supplier, on=["family_id", "source_id", "period_start"], how="anti")])
    # One supplier without a limit is enough for the family to have none.
    total = (
        known.join(bought.select("family_id", "source_id"), on=["family_id", "source_id"], how="semi")
        .sort("family_id", "period_start", "source_id")
        .group_by("family_id", "period_start", maintain_order=True)
        .agg(pl.col("quantity").sum(), suppliers=pl.col("source_id").n_unique())
        .join(bought.group_by("family_id").agg(needed=pl.col("source_id").n_unique()), on="family_id")
        .filter(pl.col("suppliers") == pl.col("needed"))
    )
    most = axes.grid(total, "quantity", "staging.supplier_capacity", missing=np.inf, count=axes.horizon)
    most[:, 0] = np.maximum(most[:, 0] - purchased_to_date, 0.0)
    return most


def _of_items(limits: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Limits by item summed to family, supplier and period, where every bought item of the family has one."""
    bought = items.filter((pl.col("sourcing") == "buy") & pl.col("family_id").is_not_null())
    count = bought.group_by("family_id").agg(needed=pl.len())
    return (
        limits.join(bought.select("item_id", "family_id", "planning_units_per_unit"), left_on="item", right_on="item_id")
        .with_columns(quantity=pl.col("maximum_quantity").cast(pl.Float64) * pl.col("planning_units_per_unit"))
        .sort("family_id", "supplier_id", "period_start", "item")
        .group_by("family_id", "supplier_id", "period_start", maintain_order=True)
        .agg(pl.col("quantity").sum(), listed=pl.col("item").n_unique())
        .join(count, on="family_id")
        .filter(pl.col("listed") == pl.col("needed"))
        .select("family_id", source_id="supplier_id", period_start="period_start", quantity="quantity")
    )
