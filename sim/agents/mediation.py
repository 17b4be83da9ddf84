"""What the efforts of several mediators come to together.

Efforts add with diminishing returns: 1 - product of (1 - effort). Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import mul
from typing import TYPE_CHECKING

from sim.arrays import Array

if TYPE_CHECKING:
    from sim.model import NegotiationModel


class Mediation:
    """The mediators' joint effect this week, all 0 without mediators.

    convening (R,) by group: effort that calls its rounds and keeps them going; pressure (R,): utility that carrots and
    sticks add to any agreement now; guarantee (R,) by party: compliance that it expects because mediators promise to
    monitor.
    """

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model
        self.convening = {group: model.each(0.0) for group in model.spec.working_groups}
        self.pressure = model.each(0.0)
        self.guarantee = {party: model.each(0.0) for party in model.spec.parties}

    def join(self) -> None:
        """Add up this week's efforts."""
        mediators = list(self.model.mediators_by_name.values())
        for group in self.convening if self.model.talking else ():
            self.convening[group] = self._together(m.activity("convene", group) for m in mediators)
        self.pressure = self._together(m.spec.leverage * m.activity("press") for m in mediators)
        for party in self.guarantee:
            promised = (m.credibility(party) * m.activity("guarantee") for m in mediators)
            self.guarantee[party] = self._together(promised)

    def _together(self, efforts: Iterable[Array]) -> Array:
        idle = [1 - effort for effort in efforts]
        return 1 - reduce(mul, idle) if idle else self.model.each(0.0)
