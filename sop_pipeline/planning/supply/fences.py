"""Time fences: how dear leaving the approved plan is, by the distance from now. The prices themselves stay out."""

import numpy as np
from numpy.typing import NDArray


def anchor_multiples(
    frozen_periods: NDArray[np.int64], periods: int, *, slushy_periods: int | None, slushy_multiple: float
) -> NDArray[np.float64]:
    """Times the usual price of leaving the approved plan, per family and period (FT): more in the slushy zone, 1 in the liquid one.

    `frozen_periods` is each family's planning time fence, whose approved quantity holds anyway. The slushy zone follows it for
    `slushy_periods`, or for as many periods again (None).
    """
    number = np.arange(periods)
    begins = frozen_periods[:, None]
    length = begins if slushy_periods is None else slushy_periods
    return np.where((number >= begins) & (number < begins + length), slushy_multiple, 1.0)
