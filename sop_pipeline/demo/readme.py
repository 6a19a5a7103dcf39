"""The README of a demo company: its size, what there is to find, the list of its dirt. The findings are the story's."""

from sop_pipeline.demo import story_demand, story_supply
from sop_pipeline.demo.dirt import Blemish
from sop_pipeline.demo.flows import flows_by_month
from sop_pipeline.demo.telling import Tale
from sop_pipeline.demo.timeline import AS_OF
from sop_pipeline.demo.world import World

_TALES: tuple[Tale, ...] = (
    story_supply.shortage,
    story_supply.bottleneck,
    story_supply.lead_time,
    story_supply.excess,
    story_demand.launches,
    story_demand.phase_outs,
    story_demand.sales_plan,
    story_demand.promotions,
    story_supply.stock_out,
    story_supply.components,
    story_demand.currency,
    story_demand.differences,
    story_supply.rough_cut,
)


def readme(world: World, blemishes: list[Blemish]) -> str:
    """The page in Markdown; findings that a small company does not have are left out."""
    flows = flows_by_month(world)
    found = [finding for tell in _TALES if (finding := tell(world, flows)) is not None]
    catalogue = world.catalogue
    parts = [
        "# Demo Pumps",
        (
            "A maker of pumps in Kiel and Ulm that does not exist. Its extracts are made from a seed: the same command writes the same "
            "bytes. `sop demo DIR --families N --items N --years N --seed N` writes another one, of any size, and this page with it."
        ),
        (
            f"It plans as of {AS_OF} (pinned in `sop.yaml`) and has {len(catalogue.families)} families, {len(catalogue.items)} items "
            f"that are sold, {len(catalogue.components)} purchased components and {world.now // 12} years of history with "
            f"{len(world.lines):,} order lines. The flows close by item and month: opening stock + good production + receipts + "
            "movements − issues − shipments = closing stock, except where said below. Quantities are in planning units."
        ),
        "## What there is to find",
        *(f"**{headline}** {text}" for headline, text in found),
        "## Labelled dirt",
        "Every row below breaks a rule on purpose. Lines are physical lines of the file, the header is line 1.",
        _table(("file", "line", "column", "value", "what it breaks", "severity"), [_dirty(blemish) for blemish in blemishes]),
    ]
    return "\n\n".join(parts) + "\n"


def _dirty(blemish: Blemish) -> tuple[str, ...]:
    value = f"`{blemish.value}`" if blemish.value else "(missing)"
    return (blemish.path.removeprefix("extracts/"), str(blemish.line), blemish.column, value, blemish.rule, blemish.severity)


def _table(header: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    return "\n".join(["| " + " | ".join(cells) + " |" for cells in (header, ("---",) * len(header), *lines)])
