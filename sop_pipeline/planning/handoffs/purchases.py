"""What each strategy would buy, for its cash. Planning the materials of a strategy, and what they cost, stay out."""

import polars as pl

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.handoffs import StrategyPurchases

SUPPLY = ["family_id", "source_kind", "source_id", "period_start", "quantity"]


def plan_of_strategy(family_supply: pl.DataFrame, family_balance: pl.DataFrame, strategy: str) -> dict[str, pl.DataFrame] | None:
    """The base plan of a strategy in the place of the planned one, for the hand-offs; None where it supplies the same.

    Frames and result: contracts FamilySupply and FamilyBalance, result by the names that hand-offs call them.
    """
    chosen = _of_base(family_supply, strategy)
    planned = _of_base(family_supply, "planned")
    if chosen.select(SUPPLY).sort(SUPPLY).equals(planned.select(SUPPLY).sort(SUPPLY)):
        return None
    label = pl.lit("planned").alias("strategy")
    return {"family_supply": chosen.with_columns(label), "family_balance": _of_base(family_balance, strategy).with_columns(label)}


def purchases_of(strategy: str, material_requirements: pl.DataFrame, supplier_orders: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Planned orders of bought items by supplier, of none where none is named; result: contract StrategyPurchases.

    `material_requirements` and `supplier_orders` are of one scenario; `items`: core.items.
    """
    bought = items.filter(pl.col("sourcing") == "buy").select("item_id")
    unnamed = (
        material_requirements.filter(pl.col("planned_order_quantity") > 0)
        .join(bought, on="item_id", how="semi")
        .join(supplier_orders, on=["item_id", "period_start"], how="anti")
        .with_columns(supplier_id=pl.lit(""))
    )
    columns = ["scenario_id", "supplier_id", "item_id", "period_start", "planned_order_quantity"]
    return (
        pl.concat([supplier_orders.select(columns), unnamed.select(columns)])
        .with_columns(strategy=pl.lit(strategy))
        .select(pl.col(name).cast(dtype) for name, dtype in dtypes(StrategyPurchases).items())
    )


def _of_base(frame: pl.DataFrame, strategy: str) -> pl.DataFrame:
    return frame.filter((pl.col("strategy") == strategy) & (pl.col("scenario_id") == "base"))
