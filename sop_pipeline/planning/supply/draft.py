"""What every constraint is built from, under one name. Nothing is computed here."""

from dataclasses import dataclass

from sop_pipeline.planning.supply.inputs import SupplyInputs
from sop_pipeline.planning.supply.matrix import MatrixBuilder
from sop_pipeline.planning.supply.prices import Prices
from sop_pipeline.planning.supply.scaling import Scales
from sop_pipeline.planning.supply.strategies import Rules


@dataclass(frozen=True)
class Draft:
    """A model on its way: the matrix that constraints add to, and the repaired inputs, prices, rules and scales they read."""

    matrix: MatrixBuilder
    inputs: SupplyInputs
    prices: Prices
    rules: Rules
    scales: Scales
