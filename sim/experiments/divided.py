"""The gaps of many histories, divided among mechanisms, with intervals of the means.

Intervals are those of a mean over paired histories (Student 1908). Where orders are drawn, they hold what chance does
there too: the variance of a mean over histories and that of a mean over pairs of orders are added, which counts what
both do together twice, and so is rather too wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from sim.arrays import Array
from sim.statistics import paired, shapley
from sim.statistics.summary import unseen

NONE = float("nan")


@dataclass(frozen=True)
class Divided:
    """Histories, divided. Shapes: R of them in which the measure has a number, k mechanisms, P orders.

    shares, alone: (k, R); by_order: (P, k), the sum over histories of what each adds along each order, P 0 where all
    count; ends: the smallest and the largest number of the measure.
    """

    replications: npt.NDArray[np.int64]
    as_is: Array
    all_off: Array
    shares: Array
    alone: Array
    by_order: Array
    ends: tuple[float, float]
    kind: str = "mean"

    @classmethod
    def joined(cls, kind: str, parts: Sequence[Divided]) -> Divided:
        """Chunks that follow each other as one."""
        names = ("replications", "as_is", "all_off", "shares", "alone")
        low, high = zip(*(part.ends for part in parts), strict=True)
        return cls(
            kind=kind,
            by_order=np.sum([part.by_order for part in parts], axis=0),
            ends=(min(low), max(high)),
            **{name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names},
        )

    @property
    def counted(self) -> int:
        return len(self.replications)

    @property
    def gap(self) -> dict[str, float]:
        """The difference that `sim compare` would give; of a single history without interval."""
        found = paired.KINDS["share" if self.kind == "share" else "mean"](self.as_is, self.all_off)
        alone = self.counted == 1
        return {
            "difference": found.difference,
            "low": NONE if alone else found.low,
            "high": NONE if alone else found.high,
        }

    def half_width(self, each: int) -> float:
        """Half of the 95 % interval of a mechanism's share; NaN where nobody knows.

        A single history whose orders all count has its shares exactly.
        """
        values, reach = self.shares[each], self.ends[1] - self.ends[0]
        variance, free = self._of_orders(each)
        if self.counted > 1:
            if np.ptp(values) <= 1e-12 * reach:
                return unseen(self.counted) * reach if reach else NONE
            variance += float(values.var(ddof=1)) / self.counted
            free = free or self.counted - 1
        return float(stdtrit(free, 0.975)) * variance**0.5 if free else 0.0

    def _of_orders(self, each: int) -> tuple[float, int]:
        """The variance that drawing orders adds to a share, and its degrees of freedom: of pairs of orders."""
        if not len(self.by_order):
            return 0.0, 0
        pairs = self.by_order[:, each].reshape(-1, 2).mean(axis=1) / self.counted
        return float(pairs.var(ddof=1)) / len(pairs), len(pairs) - 1


def divide(histories: range, values: Mapping[int, Array], k: int, orders: shapley.Orders | None) -> Divided:
    """Histories with the measure in each coalition of k mechanisms; orders: those that are drawn, None for all.

    A history in which a coalition has no number is left out.
    """
    table = np.array(list(values.values()))
    there = ~np.isnan(table).any(axis=0)
    known = {coalition: each[there] for coalition, each in values.items()}
    by_order = np.empty((0, k))
    if orders is None:
        shares = shapley.shares(known, k)
    else:
        contributions = shapley.added(known, orders)
        by_order = contributions.sum(axis=2)
        shares = shapley.mean_over_orders(contributions)
    return Divided(
        replications=np.array(histories, np.int64)[there],
        as_is=known[0],
        all_off=known[2**k - 1],
        shares=shares,
        alone=np.array([known[1 << each] - known[0] for each in range(k)]),
        by_order=by_order,
        ends=(float(table[:, there].min(initial=np.inf)), float(table[:, there].max(initial=-np.inf))),
    )
