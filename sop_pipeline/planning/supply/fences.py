"""Time fences: frozen periods keep the approved quantity, slushy ones stay near it, liquid ones are free. Prices stay out."""

import dataclasses

import numpy as np

from sop_pipeline.planning.supply.inputs import PRODUCTION, Positions, SupplyInputs

SLUSHY_MULTIPLE = 10.0  # times the usual price of leaving the approved plan


def set_fences(inputs: SupplyInputs, frozen_periods: Positions, slushy_periods: Positions) -> SupplyInputs:
    """Inputs with approved production fixed in a family's first `frozen_periods`, and dearer to leave up to its `slushy_periods`; both F.

    Only production is fenced, and only where a quantity was approved; what is fixed already stays. Subcontract and purchases, which a
    frozen shop floor falls back on, keep their usual anchor.
    """
    sources = inputs.sources
    made = (sources.kind == PRODUCTION)[:, None] & ~np.isnan(sources.approved_quantity)
    number = np.arange(inputs.shape[1])
    frozen = made & (number < frozen_periods[sources.family][:, None]) & np.isnan(sources.fixed_quantity)
    slushy = made & ~frozen & (number < slushy_periods[sources.family][:, None])
    fenced = dataclasses.replace(
        sources,
        fixed_quantity=np.where(frozen, sources.approved_quantity, sources.fixed_quantity),
        anchor_multiple=np.where(slushy, SLUSHY_MULTIPLE * sources.anchor_multiple, sources.anchor_multiple),
    )
    return inputs.swap(sources=fenced)
