"""Which items can have a share of which source of their family, and in what order families and sources are split."""

import polars as pl

SOURCING = {"production": "make", "subcontract": "make", "purchase": "buy"}
SOURCE = ["family_id", "source_kind", "source_id"]


def item_shares(family_supply: pl.DataFrame, item_sources: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """One row per source of a family and item that can come from it, sorted by them, with `site_id` and `turn`.

    A source that no item names is open to the family's items of fitting sourcing, to all its items where none fits. `turn`: the source
    that the fewest items can come from is split first.
    """
    sources = family_supply.select(SOURCE).unique()
    named = sources.join(item_sources.select("item_id", *SOURCE, "site_id"), on=SOURCE)
    of_family = items.filter(pl.col("family_id").is_not_null()).select("item_id", "family_id", "sourcing")
    sites = item_sources.group_by("family_id").agg(pl.col("site_id").min())
    other = (
        sources.join(named, on=SOURCE, how="anti")
        .join(of_family, on="family_id")
        .with_columns(fits=pl.col("sourcing") == pl.col("source_kind").replace_strict(SOURCING))
        .filter(pl.col("fits") | ~pl.col("fits").any().over(SOURCE))
        .join(sites, on="family_id", how="left")
        .select("item_id", *SOURCE, pl.col("site_id").fill_null(""))
    )
    shares = pl.concat([named.select("item_id", *SOURCE, "site_id"), other])
    turns = (
        shares.group_by(SOURCE)
        .agg(choices=pl.len())
        .sort("family_id", "choices", "source_kind", "source_id", descending=[False, False, True, False])
        .with_columns(turn=pl.int_range(pl.len()).over("family_id"))
    )
    return shares.join(turns.select(*SOURCE, "turn"), on=SOURCE).sort(*SOURCE, "item_id")


def family_levels(pairs: pl.DataFrame) -> dict[str, int]:
    """Level of each family of `family_id`, `component_family_id`: one that feeds others stands below them, unless in a circle."""
    edges = sorted({(a, b) for a, b in pairs.select("family_id", "component_family_id").iter_rows() if a != b})
    levels = dict.fromkeys((family for edge in edges for family in edge), 0)
    for _ in range(len(levels)):
        below = {component: levels[family] + 1 for family, component in edges if levels[component] <= levels[family]}
        if not below:
            break
        levels |= below
    return levels
