"""A Latin hypercube sample of what varies (McKay, Beckman and Conover 1979).

Each range is cut into as many equal parts as there are cells, and one number is taken from each; lists of values are
cut in the same way. Keys that take whole numbers get them. The scenario's seed decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.scenario import Scenario
from sim.scenario.levels import Level, Varied, takes_whole_numbers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def hypercube(scenario: Scenario, varied: Sequence[Varied], cells: int) -> Iterator[tuple[Level, ...]]:
    """What each path has in each of so many cells."""
    import numpy as np
    from scipy.stats.qmc import LatinHypercube

    shares = LatinHypercube(len(varied), rng=np.random.default_rng(scenario.seed)).random(cells)
    columns = [_spread(scenario, each, shares[:, n]) for n, each in enumerate(varied)]
    return zip(*columns, strict=True)


def _spread(scenario: Scenario, varied: Varied, shares: npt.NDArray[np.float64]) -> list[Level]:
    """The levels at these shares of the way (cells,) through a range or list."""
    if varied.ends is None:
        return [varied.levels[int(share * len(varied.levels))] for share in shares]
    low, high = varied.ends
    if takes_whole_numbers(scenario, varied.path):
        first, last = sorted((math.ceil(min(low, high)), math.floor(max(low, high))))
        return [Level(first + int(share * (last - first + 1)), varied.place) for share in shares]
    return [Level(low + float(share) * (high - low), varied.place) for share in shares]
