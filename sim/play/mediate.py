"""A person mediates: orders at each moment, which stand until the next, and a budget of effort.

The mediator's own rules stay as they are: effort, what an activity does, how it fades after a signature. The person
only says how much goes where, and may give a draft's text, ask for a pause or lift a freeze. Whoever orders the shares
of the script gets the history of the script. Shapes: R rows; V variants of the game, among which single decisions are
left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.agents.mediator import Mediator
from sim.agents.sitting import Sitting
from sim.agents.tables import at_home, put_home
from sim.agents.working_group import WorkingGroup
from sim.arrays import Array, Mask, Parameter
from sim.bargaining.preferences import Package
from sim.experiments.cost import rows_at_once
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, scripted_players, turns, view
from sim.play.game import HISTORIES, Data
from sim.play.moments import Moment
from sim.play.orders import CAPACITY, Bounds, Orders, Spot, read_orders, spots
from sim.play.rules import mapping, one_of
from sim.play.scripted_players import Luck
from sim.play.turns import Game
from sim.play.view import package_of, text_of
from sim.scenario.schema import Scenario

MONTH = 4  # weeks for which the page says what a point brings


class PlayedMediator(Mediator):
    """A mediator that does what a person orders, in the rows where it is told to; before any order what it would do.

    spent, saved (R,): mediator-weeks of the talks since the first order: those that went into them, and those that the
    scenario gave and nobody used.
    """

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model, name)
        self.places = {activity: len(places) for activity, places in spots(model.spec).items()}
        self.ordered = False
        self.spent, self.saved = model.each(0.0), model.each(0.0)

    def follow(self, orders: Orders, told: Mask) -> None:
        """Orders from now on, in the rows `told`; nothing elsewhere."""
        self.ordered = True
        self._effort = np.where(told, orders.spent / CAPACITY, 0.0)
        self._texts, self._told = orders.texts, told
        self._split: Mapping[Spot, float] = {
            (activity, place): points * self.places[activity] / orders.spent
            for (activity, place), points in orders.points.items()
        }
        for group in orders.lift:
            self.model.freezes.of(group).lift(group, told)
        for group, weeks in orders.pause.items():
            self.model.freezes.of(group).pause(group, np.where(told, float(weeks), 0.0), self.name)

    def work(self) -> None:
        """Spend this week's effort, and keep what is left of it; orders may have moved it from one place to another."""
        super().work()
        self.moved = True
        if self.ordered and self.model.talking:
            self.spent = self.spent + self.effort
            self.saved = np.maximum(self.saved + self.given(self.model.week) - self.effort, 0.0)

    def planned(self, week: int) -> Parameter:
        """Effort that was ordered, as far as there is any: what the scenario gives, and what was saved of it."""
        given = self.given(week)
        if not self.ordered:
            return given
        return np.minimum(self._effort, self.saved + given if self.model.talking else given)

    def given(self, week: int) -> Parameter:
        """Effort that the scenario gives for a week."""
        return super().planned(week)

    def activity(self, kind: str, place: str = "") -> Array:
        """Effort spent on one activity at one place; 1 would be all that can be done there.  -> (R,)"""
        if not self.ordered:
            return super().activity(kind, place)
        return np.asarray(self.effort * self._split.get((kind, place), 0.0))

    def text(self, sitting: Sitting) -> Package:
        """The person's own text, or the one that the mediator's estimates suggest."""
        text = super().text(sitting)
        for group, part in sitting.parts:
            if group.name in self._texts:
                here, suggested = sitting.here[part], at_home(text, group, part)
                own = package_of(group, self._texts[group.name], here)
                put_home(text, part, suggested.where(self._told[here], own))
        return text


class Mediate(Game):
    """The game of a person who mediates."""

    role: ClassVar[str] = "mediator"
    played: ClassVar[type[PlayedMediator]] = PlayedMediator

    @classmethod
    def options_of(cls, scenario: Scenario, options: Data) -> Data:
        """`mediator`: by default the first."""
        given = mapping("options", options, ("mediator",), "a mediator's game has this option")
        rule = "the person takes a mediator's seat of the scenario"
        name = given.get("mediator", next(iter(scenario.mediators), ""))
        return {"mediator": one_of("options.mediator", name, scenario.mediators, rule)}

    # ---- the model ---------------------------------------------------------------------------------------------------

    def _player(self, model: NegotiationModel) -> PlayedMediator:
        player = model.mediators_by_name[self.setup.options["mediator"]]
        assert isinstance(player, PlayedMediator)
        return player

    def _allowed(self, model: NegotiationModel, moment: Moment | None, weeks: list[int]) -> Bounds | None:
        """What may be ordered. After the talks once more, if there is anything to keep up."""
        given = float(np.ravel(self._player(model).given(min(model.week, model.horizon - 1)))[0])
        if moment is None:
            done = not model.running or weeks[-1:] == [model.week]
            kept_up = any(group.in_force[0] for group in model.groups.values())
            return Bounds(given * CAPACITY, (), ()) if kept_up and not done else None
        groups = [group.name for group in model.groups.values() if group.negotiating[0]]
        return Bounds(
            budget=CAPACITY * min(given + float(self._player(model).saved[0]), 1.0),
            pausable=groups,
            liftable=[group for group in groups if model.freezes.of(group).liftable(group)[0]],
        )

    def _read(self, decision: Any, allowed: Bounds) -> Orders:
        return read_orders(decision, self.setup.scenario, allowed)

    def _obey(self, model: NegotiationModel, orders: Orders, told: Mask) -> None:
        self._player(model).follow(orders, told)

    # ---- the same without some decisions -----------------------------------------------------------------------------

    @property
    def _variants(self) -> Mask:
        """Which decisions count: all; all but one, for each; none.  -> (decisions, V)"""
        count = len(self.decisions)
        return np.hstack(
            [np.ones((count, 1), dtype=bool), ~np.eye(count, dtype=bool), np.zeros((count, 1), dtype=bool)]
        )

    def _elsewhere(self) -> Array:
        """Points of the variants in other histories.  -> (V, H)"""
        variants, together = self._variants, max(1, rows_at_once(self.setup.scenario) // HISTORIES)
        found = []
        for first in range(0, variants.shape[1], together):
            some = variants[:, first : first + together]
            model = self._model(some.shape[1] * HISTORIES, self.setup.elsewhere(some.shape[1]))
            self._replay(model, dict(enumerate(np.repeat(some, HISTORIES, axis=1))))
            found.append(debrief.mediated(outcomes(model))["points"].to_numpy().reshape(-1, HISTORIES))
            model.release()
        return np.concatenate(found)

    # ---- what is shown -----------------------------------------------------------------------------------------------

    def _view(self, model: NegotiationModel, moment: Moment | None, allowed: Bounds | None, weeks: list[int]) -> Data:
        player = self._player(model)
        texts = {name: _suggestion(player, group) for name, group in model.groups.items()}
        return view.standing(model) | {
            "role": self.role,
            "name": player.name,
            "title": player.spec.title,
            "over": allowed is None,
            "moment": turns.told(moment, len(weeks)),
            "closing": moment is None,
            "budget": None if allowed is None else self._budget(player, allowed),
            "pausable": [] if allowed is None else list(allowed.pausable),
            "liftable": [] if allowed is None else list(allowed.liftable),
            "suggested": {name: text_of(model.groups[name], text) for name, text in texts.items()},
            "estimates": view.estimates(player, texts),
            "trips": int(player.trips[0]),
            "drafts": int(player.drafts[0]),
            "news": view.news(model, weeks[-1] if weeks else 0),
        }

    def _budget(self, player: PlayedMediator, bounds: Bounds) -> Data:
        """Points at hand, how many each place can take, and what a point brings there in a month.

        given: points that the scenario gives now; saved: weeks of full effort that are left over from before.
        """
        spec = player.spec
        return {
            "points": _at_most(bounds.budget),
            "given": _at_most(CAPACITY * float(np.ravel(player.given(player.model.week))[0])),
            "saved": _at_most(float(player.saved[0])),
            "spent_weeks": round(float(player.spent[0]), 6),
            "most": {activity: _at_most(CAPACITY / places) for activity, places in player.places.items()},
            "a_point_brings": {
                "trips": _plain(spec.trips_per_week) * MONTH / CAPACITY,
                "rounds_sooner": player.places["convene"] / CAPACITY,
                "draft_rate": _plain(spec.draft_rate) * player.places["draft"] / CAPACITY,
                "pressure": _plain(spec.leverage) / CAPACITY,
                "guarantee": 1 / CAPACITY,
            },
        }

    # ---- the end -----------------------------------------------------------------------------------------------------

    def _plans(self, count: int) -> pd.DataFrame:
        return scripted_players.efforts(self.setup.scenario, self._allowance(), count)

    def _changed(self, plans: pd.DataFrame, chance: Luck, histories: int) -> Array:
        name = self.setup.options["mediator"]
        return scripted_players.mediated(self.setup.scenario, name, plans, chance, histories)

    def _allowance(self) -> float:
        """Mediator-weeks that the scenario gives for the weeks that can be decided."""
        model = self._model(1, self.setup.chance())
        weeks = range(self.setup.scenario.known_weeks, self.setup.scenario.clock.weeks)
        whole = sum(_plain(self._player(model).given(week)) for week in weeks)
        model.release()
        return whole

    def _debrief(self) -> Data:
        variants = self._variants
        model = self._model(variants.shape[1], self.setup.chance(variants.shape[1]))
        self._replay(model, dict(enumerate(variants)))
        told = debrief.of_mediator(model, self._elsewhere())
        effort = {"spent": float(self._player(model).spent[0]), "given": self._allowance()}
        model.release()
        return told | {"effort": effort, "weeks": list(self.pause.weeks)}


def _suggestion(player: PlayedMediator, group: WorkingGroup) -> Package:
    text = Mediator.text(player, player.model.sitting_of(group.name, view.HERE))
    return at_home(text, group)


def _at_most(points: float) -> float:
    """Points as they are shown: never more than what is allowed."""
    return math.floor(points * 1e6 + 1e-3) / 1e6


def _plain(number: Any) -> float:
    return float(np.ravel(number)[0])
