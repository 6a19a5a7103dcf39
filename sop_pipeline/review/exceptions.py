"""What the working plan itself shows to be wrong, with the money at stake. Exceptions that need earlier nights or other tables stay out."""

import polars as pl

COLUMNS = {
    "kind": pl.String,
    "family_id": pl.String,
    "resource_id": pl.String,
    "period_start": pl.Date,
    "periods": pl.Int64,
    "sentence": pl.String,
    "money_at_stake_amount": pl.Float64,
    "owner": pl.String,
}
PRODUCTION = "production"
NEGLIGIBLE_RATIO = 0.005  # a limit missed by less is not worth a sentence


def plan_exceptions(balance: pl.DataFrame, resource_plan: pl.DataFrame, families: pl.DataFrame, dim_period: pl.DataFrame) -> pl.DataFrame:
    """One row per family or resource and run of consecutive planned periods with the same trouble, dearest first.

    `balance`, `resource_plan`, `families`, `dim_period`: sop.current_balance, sop.resource_plan of the base scenario, sop.dim_family,
    sop.dim_period. Columns of the result: see COLUMNS. Money at stake, empty where no price is known:
    short: the largest shortage, or past-due orders, × price, and lost sales × price; below_target: the largest gap to the minimum (target
    where there is none) × unit cost, or backlog above target × price; excess: the largest stock above the maximum × unit cost;
    overloaded: the share of the load that does not fit × revenue of the families that use the resource.
    """
    labels = dim_period.select("period_start", "period_label")
    of_families = _family_runs(balance, families, labels)
    of_resources = _resource_runs(resource_plan, balance, labels)
    return pl.concat([of_families, of_resources]).sort(
        "money_at_stake_amount", "period_start", "kind", "family_id", "resource_id", descending=[True, *[False] * 4], nulls_last=True
    )


def _family_runs(balance: pl.DataFrame, families: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    shipped = pl.when(pl.col("shipped_quantity") > 0).then(pl.col("shipped_quantity"))
    price = pl.col("revenue_amount").cast(pl.Float64) / shipped
    cost = pl.col("cost_of_sales_amount").cast(pl.Float64) / shipped
    to_order = pl.col("production_strategy") != "make_to_stock"
    least = pl.coalesce("minimum_inventory_quantity", "target_inventory_quantity")
    backlog_above = (pl.col("closing_backlog_quantity") - pl.col("target_backlog_quantity")).clip(lower_bound=0)
    kind = pl.col("balance_status")
    limit = (
        pl.when((kind == "below_target") & (backlog_above > 0))
        .then(pl.col("target_backlog_quantity"))
        .when(kind == "below_target")
        .then(least)
        .when(kind == "excess")
        .then(pl.col("maximum_inventory_quantity"))
        .otherwise(0.0)
    )
    missing = (
        pl.when(kind == "short")
        .then(pl.when(to_order).then(pl.col("past_due_quantity")).otherwise(pl.col("closing_shortage_quantity")))
        .when((kind == "below_target") & (backlog_above > 0))
        .then(backlog_above)
        .when(kind == "below_target")
        .then(least - pl.col("closing_inventory_quantity"))
        .when(kind == "excess")
        .then(pl.col("closing_inventory_quantity") - pl.col("maximum_inventory_quantity"))
    )
    # overload belongs to the resource, and is told once for all families on it
    troubled = (
        balance.filter(pl.col("period_kind") != "history")
        .sort("family_id", "period_start")
        .with_columns(run=pl.struct("family_id", "balance_status").rle_id())
        .filter(kind.is_in(["short", "below_target", "excess"]))
        .with_columns(
            missing=missing,
            worth=pl.when((kind == "short") | (to_order & (backlog_above > 0))).then(price).otherwise(cost),
            lost=pl.col("lost_sales_quantity").fill_null(0.0),
            is_backlog=to_order & (backlog_above > 0),
            limit=limit,
        )
    )
    runs = (
        troubled.group_by("run", "family_id", kind.alias("kind"), "planning_unit", maintain_order=True)
        .agg(
            pl.col("period_start").first(),
            last_start=pl.col("period_start").last(),
            periods=pl.len().cast(pl.Int64),
            missing=pl.col("missing").max(),
            lost=pl.col("lost").sum(),
            is_backlog=pl.col("is_backlog").first(),
            money_at_stake_amount=pl.max_horizontal(pl.lit(0.0), (pl.col("missing") * pl.col("worth")).max())
            + (pl.col("lost") * pl.col("worth")).sum(),
            is_priced=pl.col("worth").is_not_null().any(),
            is_worth_a_word=(pl.col("missing") > NEGLIGIBLE_RATIO * pl.col("limit")).any(),
        )
        .filter("is_worth_a_word")
        .join(families.select("family_id", "family_name", "planner"), on="family_id", how="left")
    )
    words = (
        pl.when(pl.col("kind") == "excess")
        .then(pl.lit("above the maximum stock by up to"))
        .when((pl.col("kind") == "below_target") & pl.col("is_backlog"))
        .then(pl.lit("backlog above target by up to"))
        .when(pl.col("kind") == "below_target")
        .then(pl.lit("below the least stock by up to"))
        .otherwise(pl.lit("short by up to"))
    )
    what = pl.format("{}: {} {} {}", "family_name", words, _number(pl.col("missing")), "planning_unit")
    return _finish(runs, labels, what, pl.col("planner"))


def _resource_runs(resource_plan: pl.DataFrame, balance: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    revenue = balance.select("family_id", "period_start", revenue=pl.col("revenue_amount").cast(pl.Float64))
    ordered = resource_plan.filter(pl.col("is_critical")).sort("resource_id", "period_start")
    overload = pl.col("required_capacity") - pl.col("regular_capacity") - pl.col("overtime_capacity")
    overloaded = (
        ordered.with_columns(run=pl.struct("resource_id", pl.col("load_status") == "overloaded").rle_id())
        .filter(pl.col("load_status") == "overloaded")
        .with_columns(overload=overload, share=overload / pl.col("required_capacity"))
    )
    earned = (
        overloaded.select("resource_id", "period_start", family_id=pl.col("families").fill_null("").str.split(","))
        .explode("family_id")
        .with_columns(pl.col("family_id").str.strip_chars())
        .join(revenue, on=["family_id", "period_start"])
        .group_by("resource_id", "period_start")
        .agg(pl.col("revenue").sum(), is_priced=pl.col("revenue").is_not_null().any())
    )
    runs = (
        overloaded.join(earned, on=["resource_id", "period_start"], how="left")
        .group_by("run", "resource_id", "resource_name", "capacity_unit", maintain_order=True)
        .agg(
            pl.col("period_start").first(),
            last_start=pl.col("period_start").last(),
            periods=pl.len().cast(pl.Int64),
            missing=pl.col("overload").max(),
            families=pl.col("families").first(),
            money_at_stake_amount=(pl.col("share") * pl.col("revenue")).sum(),
            is_priced=pl.col("is_priced").any().fill_null(value=False),
        )
        .with_columns(kind=pl.lit("overloaded"), family_id=pl.lit(None, dtype=pl.String))
    )
    what = pl.format(
        "{}: load above regular and overtime capacity by up to {} {}, used by {}",
        "resource_name",
        _number(pl.col("missing")),
        "capacity_unit",
        pl.col("families").str.replace_all(",", ", "),
    )
    return _finish(runs, labels, what, pl.lit(PRODUCTION))


def _finish(runs: pl.DataFrame, labels: pl.DataFrame, what: pl.Expr, owner: pl.Expr) -> pl.DataFrame:
    named = runs.join(labels.rename({"period_label": "first_label"}), on="period_start", how="left").join(
        labels.rename({"period_start": "last_start", "period_label": "last_label"}), on="last_start", how="left"
    )
    when = (
        pl.when(pl.col("periods") == 1)
        .then(pl.format("in {}", "first_label"))
        .otherwise(pl.format("from {} to {}", "first_label", "last_label"))
    )
    return named.with_columns(
        sentence=pl.concat_str(what, when, separator=", "),
        money_at_stake_amount=pl.when("is_priced").then(pl.col("money_at_stake_amount").round(2)),
        owner=owner,
        **({} if "resource_id" in named.columns else {"resource_id": pl.lit(None, dtype=pl.String)}),
    ).select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())


def _number(quantity: pl.Expr) -> pl.Expr:
    """A quantity as people read it: whole, with thousands apart."""
    return quantity.map_elements(lambda value: f"{value:,.0f}" if value >= 1 else f"{value:,.2g}", return_dtype=pl.String)
