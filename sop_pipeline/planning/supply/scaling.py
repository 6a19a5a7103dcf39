"""The size of one solver unit: per family, resource and of money, powers of two. Nothing is scaled here; the builder does it."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.matrix import power_of_two
from sop_pipeline.planning.supply.prices import Prices

USUAL_QUANTITY = 100.0


@dataclass(frozen=True)
class Scales:
    """Natural units in one solver unit."""

    family: Floats  # F, planning units
    resource: Floats  # R, capacity units
    money: float


def choose_scales(inputs: SupplyInputs, prices: Prices) -> Scales:
    """Families and resources to a mean of about 100 a period, money so that a family's mean cost of a period is about 100.

    A resource is sized by what its users would take, not by its capacity, which may be zero or endless.
    """
    _, periods = inputs.shape
    families = inputs.families
    supplied = prices.requirement_quantity / max(periods, 1)
    np.maximum.at(supplied, inputs.sources.family, np.nan_to_num(inputs.sources.fixed_quantity, nan=0.0).mean(axis=1))
    stocked = np.maximum(families.opening_inventory_quantity, np.nan_to_num(families.target_inventory_quantity, nan=0.0).mean(axis=1))
    # Stock far beyond all demand lies between, so that neither leaves the range in which the solver's tolerance means something.
    typical = np.where(supplied > 0, np.maximum(supplied, np.sqrt(supplied * stocked)), stocked)
    family = power_of_two(typical / USUAL_QUANTITY)

    usages, stock = inputs.usages, inputs.stock_usages
    load = np.zeros(len(inputs.resources.resource_ids))
    np.add.at(load, usages.resource, usages.usage_per_unit * supplied[inputs.sources.family[usages.source]])
    np.add.at(load, stock.resource, stock.usage_per_unit * supplied[stock.family])
    worth = prices.value * supplied
    busy = worth[supplied > 0]
    money = power_of_two((busy.mean() if busy.size else 1.0) / USUAL_QUANTITY)
    return Scales(family=family, resource=power_of_two(load / USUAL_QUANTITY), money=float(money))
