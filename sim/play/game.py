"""A game: the decisions of one person in one history, and what follows from them.

A game never changes: `decide` gives the next one. What it shows comes from running the model with the decisions so far.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from sim.chance import Repeated
from sim.play.rules import Illegal
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

Data = dict[str, Any]

ELSEWHERE, HISTORIES = 500_000, 100  # the first and the number of the histories in which orders are tried


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

    def elsewhere(self, variants: int) -> Repeated:
        """The luck of other histories, always the same ones, in which orders are tried: as often as said."""
        return Repeated(self.seed, ELSEWHERE, HISTORIES, variants)


def over(decision: Any) -> Illegal:
    """A decision came when the game was over."""
    return Illegal("decision", decision, "the game is over", "look at its end, or start another one")


@dataclass(frozen=True)
class Pause:
    """Where the model waits for the person: what may be seen, and what may be decided (None: nothing any more)."""

    view: Data
    allowed: Any


@dataclass(frozen=True)
class Game(ABC):
    """A seat taken by a person. `decisions` are data as they were given, each checked when it was made."""

    role: ClassVar[str]
    setup: Setup
    decisions: tuple[Data, ...] = field(default=())

    @cached_property
    def pause(self) -> Pause:
        """The present standstill, found by a replay in which every decision is checked.  Errors: Illegal."""
        return self._replay()

    @property
    def over(self) -> bool:
        """Is there nothing left to decide?"""
        return self.pause.allowed is None

    def view(self) -> Data:
        """All that the person may see now, as JSON: kinds, names and numbers, no sentences."""
        return self.pause.view

    def decide(self, decision: Data) -> Game:
        """The game after one more decision.  Errors: Illegal if the rules do not allow it now."""
        if self.over:
            raise over(decision)
        self._check(decision)
        return replace(self, decisions=(*self.decisions, decision))

    def saved(self) -> Data:
        """Everything needed to go on elsewhere, as JSON (see `restore`)."""
        setup = self.setup
        return {
            "role": self.role,
            "scenario": setup.text,
            "seed": setup.seed,
            "replication": setup.replication,
            "options": setup.options,
            "decisions": list(self.decisions),
        }

    def end(self, others: pd.DataFrame | None = None) -> Data:
        """How it ended: outcome, score, place among scripted players, what was hidden.

        others: what `others()` gives, if it is at hand.  Errors: Illegal if the game is not over.
        """
        if not self.over:
            raise Illegal("end", len(self.decisions), "the game is not over", "decide what the view asks for")
        return self._debrief(self.others() if others is None else others)

    @abstractmethod
    def others(self) -> pd.DataFrame:
        """Scripted players who meet what the person meets: what each planned, and its `score`.

        They do not depend on any decision: whoever plays this history in this seat stands among the same ones.
        """

    @classmethod
    @abstractmethod
    def options_of(cls, scenario: Scenario, options: Data) -> Data:
        """The options in full.  Errors: Illegal."""

    @abstractmethod
    def _replay(self) -> Pause:
        """Run the model with the decisions so far, up to where it waits."""

    @abstractmethod
    def _check(self, decision: Data) -> None:
        """Is this decision allowed now?  Errors: Illegal."""

    @abstractmethod
    def _debrief(self, others: pd.DataFrame) -> Data:
        """What the person learns when it is over."""
