"""A game: the decisions of one person in one history, and what follows from them.

A game never changes: `decide` gives the next one. What it shows comes from running the model with the decisions so far.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.agents.mediator import Mediator
from sim.agents.party import Party
from sim.arrays import Array, Mask
from sim.chance import Chance
from sim.model import NegotiationModel
from sim.play import debrief, scripted_players
from sim.play.game import FRESH, HISTORIES, Data, Setup, over
from sim.play.moments import FEWEST, MOST, Moment, Watch, lately
from sim.play.rules import Illegal
from sim.scenario import load_text
from sim.scenario.schema import Scenario


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

    # ---- the end -----------------------------------------------------------------------------------------------------

    def end(self, others: pd.DataFrame | None = None, prospects: Data | None = None) -> Data:
        """How it ended: outcome, score, place among scripted players, what could be won, what was hidden.

        others, prospects: what `others()` and `prospects()` give, if they are at hand.  Errors: Illegal if the game is
        not over.
        """
        if not self.over:
            raise Illegal("end", len(self.decisions), "the game is not over", "decide what the view asks for")
        found, told = self.others() if others is None else others, self._debrief()
        return told | {
            "among": debrief.place(told["score"]["elsewhere"]["mean"], found["score"].to_numpy()),
            "prospects": self.prospects(found) if prospects is None else prospects,
        }

    # ---- scripted players --------------------------------------------------------------------------------------------

    def others(self) -> pd.DataFrame:
        """Scripted players in other histories: what each planned, and its mean `score` there, from `low` to `high`.

        They depend on no decision and on no history: whoever takes this seat stands among the same ones.
        """
        setup, count = self.setup, scripted_players.affordable(self.setup.scenario, self.role)
        return _others(type(self), setup.text, setup.seed, setup.options[self.role], count).copy()

    def some_others(self, part: int, parts: int) -> pd.DataFrame:
        """One of so many parts of `others()`; where they are few, some parts are empty."""
        plans = self._plans(scripted_players.affordable(self.setup.scenario, self.role))
        return self._tried(plans.iloc[np.array_split(np.arange(len(plans)), parts)[part]])

    def _tried(self, plans: pd.DataFrame) -> pd.DataFrame:
        points = np.zeros((0, HISTORIES)) if plans.empty else self._changed(plans, self.setup.elsewhere, HISTORIES)
        return scripted_players.summary(plans, points)

    def prospects(self, others: pd.DataFrame) -> Data:
        """What can be won in this seat: how who does nothing stands among the others, and what the best of them brings.

        The best was chosen by the histories in which all were tried. So what it brings is the mean over further ones;
        where this cannot be told from nothing, nothing can be won (`open`).
        """
        best = others.loc[[others["score"].idxmax()], scripted_players.PLANS[self.role]]
        further = self._changed(best, lambda variants: self.setup.elsewhere(variants, FRESH), HISTORIES + FRESH)
        brings = debrief.mean(further[0, HISTORIES:])
        planned = {str(key): round(float(best[key].iloc[0]), 3) for key in best}
        return {
            "idle": debrief.standing(0.0, others["score"].to_numpy()),
            "best": brings | {"plan": planned},
            "open": brings["low"] > 0,
        }

    def at_stake(self) -> Array:
        """Points that the plan of each scripted player changes in this very history.

        Where they are all alike, nothing can be won in it.
        """
        plans = self._plans(scripted_players.SCRIPTED[self.role])
        return np.asarray(self._changed(plans, self.setup.chance, 1)[:, 0])

    @abstractmethod
    def _plans(self, count: int) -> pd.DataFrame:
        """What so many scripted players plan, a row each."""

    @abstractmethod
    def _changed(self, plans: pd.DataFrame, chance: scripted_players.Luck, histories: int) -> Array:
        """Points that each of these plans changes against who does nothing.  -> (plans, histories)"""

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
    def _debrief(self) -> Data:
        """What the person learns when it is over, apart from the scripted players."""


@lru_cache(maxsize=8)
def _others(kind: type[Game], text: str, seed: int, seat: str, count: int) -> pd.DataFrame:
    """Scripted players of a seat: the same for all who take it, whichever history they play."""
    game = kind(Setup(load_text(text), text, seed, 0, {kind.role: seat}))
    return game._tried(game._plans(count))
