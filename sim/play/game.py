"""What a game is apart from its decisions: a scenario, a history, a seat; and the other histories for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.chance import Repeated
from sim.play.rules import Illegal
from sim.scenario.schema import Scenario

Data = dict[str, Any]

ELSEWHERE, HISTORIES = 500_000, 100  # the first and the number of the histories in which orders are tried
FRESH = 400  # further ones, in which only the best of the scripted plans is tried: it was chosen by the first


@dataclass(frozen=True)
class Setup:
    """Everything about a game but its decisions. `text` is the scenario file that `scenario` was read from."""

    scenario: Scenario
    text: str
    seed: int
    replication: int
    options: Data

    def chance(self, rows: int = 1) -> Repeated:
        """The luck of this history, the same in so many rows."""
        return Repeated(self.seed, self.replication, 1, rows)

    def elsewhere(self, variants: int, further: int = 0) -> Repeated:
        """The luck of other histories, always the same ones, in which orders are tried: as often as said.

        further: so many more of them.
        """
        return Repeated(self.seed, ELSEWHERE, HISTORIES + further, variants)


def over(decision: Any) -> Illegal:
    """A decision came when the game was over."""
    return Illegal("decision", decision, "the game is over", "look at its end, or start another one")
