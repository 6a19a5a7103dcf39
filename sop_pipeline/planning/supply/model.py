"""The linear programme of a supply plan: every constraint, in one fixed order. How it is solved and read stays out."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.constraints import balance, before, beyond, mix, perishables, resources, sources, stability, workforce
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.ladder import Hinge, Segments, cut_segments, opening_holding_amount, position_hinges
from sop_pipeline.planning.supply.matrix import MatrixBuilder, Programme
from sop_pipeline.planning.supply.prices import Prices, derive_prices
from sop_pipeline.planning.supply.repair import Note, repair
from sop_pipeline.planning.supply.scaling import Scales, choose_scales
from sop_pipeline.planning.supply.strategies import Rules, apply_strategy


@dataclass(frozen=True)
class Model:
    """A programme and everything it was made from, so that its answer can be read and recomputed."""

    inputs: SupplyInputs  # repaired
    notes: tuple[Note, ...]
    prices: Prices
    rules: Rules
    scales: Scales
    hinges: tuple[Hinge, ...]
    segments: Segments
    programme: Programme
    rounding_hours: Floats  # LT: hours of heads that rounding took away (+) or gave (−), not counted as missing or idle


def build_model(inputs: SupplyInputs, strategy: str) -> Model:
    """Repair the inputs, derive the prices, and put every constraint that the inputs give cause for into one matrix."""
    inputs, notes = repair(inputs)
    prices = derive_prices(inputs)
    rules = apply_strategy(inputs, prices, strategy)
    scales = choose_scales(inputs, prices)
    hinges = position_hinges(inputs, prices, rules)
    segments = cut_segments(hinges)
    matrix = MatrixBuilder(money=scales.money, offset_amount=float(opening_holding_amount(inputs).sum()))

    draft = Draft(matrix, inputs, prices, rules, scales)
    supply = sources.add_supply(draft)
    ladder = balance.add_ladder(draft, segments)
    rates = beyond.go_on(draft, supply)
    rows = balance.balance(draft, supply, rates, ladder)
    lost = balance.lose_sales(draft, rows)
    sources.limit_kinds(draft, supply)
    if mix.mixed_families(inputs).size:
        mix.buy_the_mix(draft, supply)
    if inputs.issues.component.size:
        balance.issue_before_shipping(draft, ladder, lost)
    if perishables.perishable(inputs).size:
        perishables.spoil(draft, supply, ladder, rows)
    if (rules.rate_change > 0).any():
        stability.hold_rate(draft, supply)
    if inputs.resources.resource_ids:
        load = resources.resource_load(draft, supply, rates)
        if inputs.usages.offset.any():
            before.begin_before(draft, supply)
        resources.use_tiers(draft, load)
        if inputs.stock_usages.family.size:
            resources.store(draft, ladder, load)
        if inputs.resources.is_storable.any():
            resources.keep_material(draft, load)
        if inputs.workforce.resource.size:
            heads = workforce.staff(draft, load)
            workforce.work_overtime(draft, heads, load)
            if resources.always_busy(inputs).size:
                workforce.forbid_idle(draft, load)
        resources.overload(draft, load)
    rounding_hours = np.zeros(inputs.workforce.minimum_heads.shape)
    return Model(inputs, notes, prices, rules, scales, hinges, segments, matrix.build(), rounding_hours)
