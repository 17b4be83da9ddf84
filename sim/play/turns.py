"""A game: the decisions of one person in one history, and what follows from them.

A game never changes: `decide` gives the next one. What it shows comes from running the model with the decisions so far.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from sim.agents.mediator import Mediator
from sim.agents.party import Party
from sim.arrays import Array, Mask
from sim.chance import Chance
from sim.model import NegotiationModel
from sim.play.game import Data, Setup, over
from sim.play.moments import FEWEST, MOST, Moment, Watch, lately
from sim.play.rules import Illegal
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


def told(now: Moment | None, number: int) -> Data:
    """Which moment this is, from 1, and why people are asked now."""
    why = [] if now is None else now.items()
    return {"number": number + 1, "fewest": FEWEST, "most": MOST, "why": why}


@dataclass(frozen=True)
class Pause:
    """Where the model waits for the person: what may be seen, and what may be decided (None: nothing any more).

    weeks, orders: of each decision so far, when it was made and how it was read.
    """

    view: Data
    allowed: Any
    weeks: tuple[int, ...]
    orders: tuple[Any, ...]


@dataclass(frozen=True)
class Game(ABC):
    """A seat taken by a person. `decisions` are data as they were given, each checked when it was made.

    A decision stands until the next moment at which the person is asked (see `moments`).

    role: what the seat is, and the name of the option that says whose; played: what sits there.
    """

    role: ClassVar[str]
    played: ClassVar[type[Party | Mediator]]
    setup: Setup
    decisions: tuple[Data, ...] = field(default=())

    def _model(self, rows: int, chance: Chance) -> NegotiationModel:
        """So many rows of talks in which the person has the seat; the history that is played is told."""
        setup = self.setup
        told, cast = setup.replication + 1, {setup.options[self.role]: self.played}
        return NegotiationModel(setup.scenario, rows, setup.seed, chance.first, told=told, cast=cast, chance=chance)

    @cached_property
    def pause(self) -> Pause:
        """The present standstill, found by a replay in which every decision is checked.  Errors: Illegal."""
        model = self._model(1, self.setup.chance())
        calls, weeks, orders = self._calls(model), list[int](), list[Any]()
        moment = next(calls, None)
        for decision in self.decisions:
            allowed = self._allowed(model, moment, weeks)
            if allowed is None:
                raise over(decision)
            orders.append(self._read(decision, allowed))
            weeks.append(model.week)
            self._obey(model, orders[-1], ~model.nowhere())
            moment = next(calls, None)
        allowed = self._allowed(model, moment, weeks)
        pause = Pause(self._view(model, moment, allowed, weeks), allowed, tuple(weeks), tuple(orders))
        model.release()
        return pause

    def _calls(self, model: NegotiationModel) -> Iterator[Moment]:
        """The moments at which the person is asked; between them, and after the last, the talks go on."""
        watch = Watch.over(self.setup.scenario)
        while model.talking:
            moment = watch.look(model.week, lately(model))
            if moment is not None:
                yield moment
            model.step()

    def _replay(self, model: NegotiationModel, told: Mapping[int, Mask]) -> None:
        """Play a model to its end by the decisions of this game, each in the week in which it was made.

        told (R,) each: the rows in which a decision, by number, counts.
        """
        numbers = {week: number for number, week in enumerate(self.pause.weeks)}
        while model.running:
            number = numbers.get(model.week)
            if number is not None:
                self._obey(model, self.pause.orders[number], told[number])
            model.step()

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
        self._read(decision, self.pause.allowed)
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
        """Scripted players in other histories: what each planned, and its mean `score` there, from `low` to `high`.

        They depend on no decision and on no history: whoever takes this seat stands among the same ones.
        """

    @abstractmethod
    def at_stake(self) -> Array:
        """Points that the plan of each scripted player changes in this very history.

        Where they are all alike, nothing can be won in it.
        """

    @classmethod
    @abstractmethod
    def options_of(cls, scenario: Scenario, options: Data) -> Data:
        """The options in full.  Errors: Illegal."""

    @abstractmethod
    def _allowed(self, model: NegotiationModel, moment: Moment | None, weeks: list[int]) -> Any:
        """What may be decided where the model waits, after decisions in these weeks; None where the game is over."""

    @abstractmethod
    def _read(self, decision: Any, allowed: Any) -> Any:
        """What was decided.  Errors: Illegal if the rules do not allow it."""

    @abstractmethod
    def _obey(self, model: NegotiationModel, orders: Any, told: Mask) -> None:
        """Do from now on what was decided, in these rows, as far as it can be done there."""

    @abstractmethod
    def _view(self, model: NegotiationModel, moment: Moment | None, allowed: Any, weeks: list[int]) -> Data:
        """What the person sees where the model waits."""

    @abstractmethod
    def _debrief(self, others: pd.DataFrame) -> Data:
        """What the person learns when it is over."""
