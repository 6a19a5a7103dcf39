"""Price and cost of a planning unit per family and period, weighted by what its items sell. Revenue, margin and their gaps stay out."""

import polars as pl

from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.plan import FamilyMoney

KEY = ["family_id", "period_start"]
AMOUNTS = {
    "net_price_amount": "net_price_amount",
    "net_price_budget_rate_amount": "net_price_budget_rate_amount",
    "unit_cost_amount": "total_cost_amount",
    "business_plan_price_amount": "business_plan_price_amount",
}


def price_families(
    *,
    item_demand: pl.DataFrame,
    item_history: pl.DataFrame,
    item_prices: pl.DataFrame,
    item_costs: pl.DataFrame,
    business_plan_item_prices: pl.DataFrame,
    item_mix: pl.DataFrame,
    items: pl.DataFrame,
    families: pl.DataFrame,
    periods: pl.DataFrame,
    scenario_id: str = "base",
) -> pl.DataFrame:
    """Weight the items' prices, standard costs and prices of the business plan to a planning unit of their family: contract FamilyMoney.

    One row per family and period, history included. An item's amount ÷ planning_units_per_unit is weighted with its planning units:
    of the last step of `item_demand` (plan.item_demand) from the current period on, of shipments (`item_history`,
    core.item_period_history; returns count 0) before; with the mix where a family has neither in a period. Items without an amount are
    left out of it; where no item of a family has one it is empty. So the family's quantity × price is its items' quantity × price as
    long as every item has one.
    """
    units = items.filter(pl.col("family_id").is_not_null()).select("item_id", "family_id", "planning_units_per_unit")
    sold = pl.concat(
        [
            item_demand.filter(pl.col("step") == DEMAND_STEPS[-1]).select("item_id", "period_start", "quantity"),
            item_history.filter(pl.col("periods_from_now") < 0).select("item_id", "period_start", quantity="shipped_quantity"),
        ]
    )
    cells = (
        units.join(periods.select("period_start"), how="cross")
        .join(sold, on=["item_id", "period_start"], how="left")
        .join(item_mix.select("item_id", "mix_ratio"), on="item_id", how="left")
        .with_columns(weight=(pl.col("quantity") * pl.col("planning_units_per_unit")).clip(lower_bound=0.0).fill_null(0.0))
        .join(
            item_prices.select("item_id", "period_start", "net_price_amount", "net_price_budget_rate_amount"),
            on=["item_id", "period_start"],
            how="left",
        )
        .join(item_costs.select("item_id", "period_start", "total_cost_amount"), on=["item_id", "period_start"], how="left")
        .join(business_plan_item_prices, on=["item_id", "period_start"], how="left")
        .sort("family_id", "period_start", "item_id")
        .with_columns(weight=pl.when(pl.col("weight").sum().over(KEY) > 0).then("weight").otherwise(pl.col("mix_ratio").fill_null(0.0)))
    )
    family_amounts = cells.group_by(KEY, maintain_order=True).agg(_weighted(source).alias(name) for name, source in AMOUNTS.items())
    schema = {name: column.dtype.type for name, column in FamilyMoney.to_schema().columns.items()}
    return (
        families.select("family_id")
        .join(periods.select("period_start"), how="cross")
        .join(family_amounts, on=KEY, how="left")
        .with_columns(scenario_id=pl.lit(scenario_id))
        .sort(KEY)
        .select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    )


def _weighted(amount: str) -> pl.Expr:
    """Mean amount per planning unit over the items that have one; the plain mean where those that have one do not sell."""
    per_unit = pl.col(amount) / pl.col("planning_units_per_unit")
    weight = pl.when(pl.col(amount).is_not_null()).then(pl.col("weight")).otherwise(0.0)
    weighted = (per_unit.fill_null(0.0) * weight).sum() / weight.sum()
    # Twelve decimals hide nothing a cent could show, and make the last bits of a sum the same every night.
    return pl.when(weight.sum() > 0).then(weighted).otherwise(per_unit.mean()).round(12)
