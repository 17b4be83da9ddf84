"""A person mediates: turns of some weeks, a budget of effort points in each.

The mediator's own rules stay as they are: effort, what an activity does, how it fades after a signature. The person
only says how much goes where, and may give a draft's text, ask for a pause or lift a freeze. Whoever orders the shares
of the script gets the history of the script. Shapes: R rows of one history, among which single turns may be left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim.agents.mediator import Mediator
from sim.agents.sitting import Sitting
from sim.agents.tables import at_home, put_home
from sim.agents.working_group import WorkingGroup
from sim.arrays import Array, Mask, Parameter
from sim.bargaining.preferences import Package
from sim.chance import Chance
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, scripted_players, view
from sim.play.game import HISTORIES, Data, Game, Pause, Setup, over
from sim.play.orders import CAPACITY, Bounds, Orders, Spot, read_orders, spots
from sim.play.rules import Illegal, mapping, one_of
from sim.play.view import package_of, text_of
from sim.scenario import load_text
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

TURN_WEEKS = (4, 8, 13)


class PlayedMediator(Mediator):
    """A mediator that does what a person orders, in the rows where it is told to."""

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str) -> None:
        super().__init__(model, name)
        self.places = {activity: len(places) for activity, places in spots(model.spec).items()}
        self._spend(Orders(), CAPACITY, ~model.nowhere())

    def follow(self, orders: Orders, capacity: float, told: Mask) -> None:
        """Orders from now on, in the rows `told`; nothing elsewhere. `capacity`: points that the turn can hold."""
        self._spend(orders, capacity, told)
        for group in orders.lift:
            self.model.freezes.of(group).lift(group, told)
        for group, weeks in orders.pause.items():
            self.model.freezes.of(group).pause(group, np.where(told, float(weeks), 0.0), self.name)

    def _spend(self, orders: Orders, capacity: float, told: Mask) -> None:
        self._effort, self._texts, self._told = np.where(told, orders.spent / capacity, 0.0), orders.texts, told
        self._split: Mapping[Spot, float] = {
            (activity, place): points * self.places[activity] / orders.spent
            for (activity, place), points in orders.points.items()
        }

    def work(self) -> None:
        """Spend this week's effort; orders may have moved it from one place to another."""
        super().work()
        self.moved = True

    def planned(self, week: int) -> Parameter:
        """Effort that was ordered.  -> (R,)"""
        return self._effort

    def allowance(self, week: int) -> float:
        """Effort that the scenario would give for a week."""
        return float(np.ravel(super().planned(week))[0])

    def activity(self, kind: str, place: str = "") -> Array:
        """Effort spent on one activity at one place; 1 would be all that can be done there.  -> (R,)"""
        return np.asarray(self.effort * self._split.get((kind, place), 0.0))

    def text(self, sitting: Sitting) -> Package:
        """The person's own text, or the one that the mediator's estimates suggest."""
        text = super().text(sitting)
        for group, part in sitting.parts:
            if group.name in self._texts:
                here, suggested = sitting.here[part], at_home(text, group, part)
                own = package_of(group, self._texts[group.name], here)
                put_home(text, group, part, suggested.where(self._told[here], own))
        return text


class Mediate(Game):
    """The game of a person who mediates."""

    role: ClassVar[str] = "mediator"

    @classmethod
    def options_of(cls, scenario: Scenario, options: Data) -> Data:
        """`mediator`: by default the first; `turn_weeks`: 4, 8 (the default) or 13."""
        given = mapping("options", options, ("mediator", "turn_weeks"), "a mediator's game has these options")
        rule = "the person takes a mediator's seat of the scenario"
        name = one_of(
            "options.mediator", given.get("mediator", next(iter(scenario.mediators), "")), scenario.mediators, rule
        )
        weeks = given.get("turn_weeks", 8)
        if isinstance(weeks, bool) or weeks not in TURN_WEEKS:
            raise Illegal("options.turn_weeks", weeks, "a turn has 4, 8 or 13 weeks", "choose one of them")
        return {"mediator": name, "turn_weeks": weeks}

    # ---- the calendar ------------------------------------------------------------------------------------------------

    @cached_property
    def turns(self) -> Sequence[range]:
        """The weeks of each turn; the last one is what the mediator keeps up after the talks."""
        clock, each = self.setup.scenario.clock, self.setup.options["turn_weeks"]
        talks = [range(week, min(week + each, clock.weeks)) for week in range(0, clock.weeks, each)]
        return [*talks, range(clock.weeks, clock.weeks + clock.hold_weeks)]

    def _capacity(self, turn: int) -> float:
        """Points that a turn can hold: fewer in a short one, as many as ever in the years after the talks."""
        closing = turn == len(self.turns) - 1
        return CAPACITY if closing else CAPACITY * len(self.turns[turn]) / self.setup.options["turn_weeks"]

    def _earned(self, player: PlayedMediator, turn: int) -> float:
        """Points that the scenario's effort gives up to a turn of the talks, this one included."""
        weeks = range(self.turns[turn].stop)
        return sum(player.allowance(week) for week in weeks) * CAPACITY / float(self.setup.options["turn_weeks"])

    # ---- the model ---------------------------------------------------------------------------------------------------

    def _model(self, rows: int, chance: Chance) -> NegotiationModel:
        """So many rows of talks in which a person mediates; history `replication` is told."""
        setup = self.setup
        told, cast = setup.replication + 1, {setup.options["mediator"]: PlayedMediator}
        return NegotiationModel(setup.scenario, rows, setup.seed, chance.first, told=told, cast=cast, chance=chance)

    def _play(self, skipped: Mask) -> tuple[NegotiationModel, Bounds | None]:
        """The model where it waits, and what may be ordered there, in rows that leave out turns.

        skipped (turns, R): which row leaves out which.  Errors: Illegal.
        """
        setup, rows = self.setup, skipped.shape[1]
        model = self._model(rows, setup.chance(rows))
        spent = 0.0
        for turn, decision in enumerate(self.decisions):
            bounds = self._bounds(model, turn, spent)
            if bounds is None:
                raise over(decision)
            orders = read_orders(decision, setup.scenario, bounds)
            spent += orders.spent
            self._player(model).follow(orders, bounds.capacity, ~skipped[turn])
            for _ in self.turns[turn]:
                model.step()
        return model, self._bounds(model, len(self.decisions), spent)

    def _elsewhere(self) -> Array:
        """What the same orders change in other histories, against no orders there.  -> (H,)

        They are standing rules: what cannot be done there (a pause of what is signed already) is left out. Where this
        history ended without anything to keep up, the last orders stand.
        """
        setup, groups = self.setup, tuple(self.setup.scenario.working_groups)
        model = self._model(2 * HISTORIES, setup.elsewhere(2))
        follows = np.arange(2 * HISTORIES) < HISTORIES
        for turn, weeks in enumerate(self.turns):
            last = min(turn, len(self.decisions) - 1)
            anything = Bounds(math.inf, self._capacity(last), groups, groups)
            orders = read_orders(self.decisions[last], setup.scenario, anything)
            self._player(model).follow(orders, anything.capacity, follows)
            for _ in weeks:
                model.step()
        points = self._scored(model)["points"].to_numpy()
        model.release()
        return np.asarray(points[follows] - points[~follows])

    def _scored(self, model: NegotiationModel) -> pd.DataFrame:
        return debrief.mediated(outcomes(model), self._player(model).weeks_of_talks, self._allowance(model))

    def _player(self, model: NegotiationModel) -> PlayedMediator:
        player = model.mediators_by_name[self.setup.options["mediator"]]
        assert isinstance(player, PlayedMediator)
        return player

    def _replay(self) -> Pause:
        model, bounds = self._play(np.zeros((len(self.decisions), 1), dtype=bool))
        pause = Pause(self._view(model, bounds), bounds)
        model.release()
        return pause

    def _bounds(self, model: NegotiationModel, turn: int, spent: float) -> Bounds | None:
        """What may be ordered in a turn when so many points are spent; None when the game is over.

        After the talks there is one more turn, if there is anything to keep up.
        """
        if turn == len(self.turns):
            return None
        player, capacity = self._player(model), self._capacity(turn)
        if turn == len(self.turns) - 1:
            kept_up = Bounds(player.allowance(self.turns[turn].start) * CAPACITY, capacity, (), ())
            return kept_up if self.turns[turn] and any(group.in_force[0] for group in model.groups.values()) else None
        groups = [group for group in model.groups.values() if group.negotiating[0]]
        return Bounds(
            budget=self._earned(player, turn) - spent,
            capacity=capacity,
            pausable=[group.name for group in groups],
            liftable=[group.name for group in groups if model.freezes.of(group.name).liftable(group.name)[0]],
        )

    def _check(self, decision: Data) -> None:
        read_orders(decision, self.setup.scenario, self.pause.allowed)

    # ---- what is shown -----------------------------------------------------------------------------------------------

    def _view(self, model: NegotiationModel, bounds: Bounds | None) -> Data:
        player, done = self._player(model), len(self.decisions)
        since = self.turns[done - 1].start if done else 0
        return view.standing(model) | {
            "role": self.role,
            "name": player.name,
            "title": player.spec.title,
            "over": bounds is None,
            "turn": done + 1,
            "turns": len(self.turns),
            "turn_weeks": 0 if bounds is None else len(self.turns[done]),
            "closing": done == len(self.turns) - 1,
            "budget": None if bounds is None else self._budget(player, bounds),
            "pausable": [] if bounds is None else list(bounds.pausable),
            "liftable": [] if bounds is None else list(bounds.liftable),
            "suggested": {name: _suggestion(player, group) for name, group in model.groups.items()},
            "estimates": view.estimates(player),
            "trips": int(player.trips[0]),
            "drafts": int(player.drafts[0]),
            "news": view.news(model, since),
        }

    def _budget(self, player: PlayedMediator, bounds: Bounds) -> Data:
        """Points at hand, how many each place can take, and what a point brings there in this turn."""
        spec, weeks = player.spec, len(self.turns[len(self.decisions)])
        point = {activity: places / bounds.capacity for activity, places in player.places.items()}
        return {
            "points": _at_most(min(bounds.budget, bounds.capacity)),
            "saved": _at_most(max(bounds.budget - bounds.capacity, 0.0)),
            "spent_weeks": round(float(player.weeks[0]), 6),
            "most": {activity: _at_most(1 / share) for activity, share in point.items()},
            "a_point_brings": {
                "trips": _plain(spec.trips_per_week) * weeks * point["shuttle"] / player.places["shuttle"],
                "rounds_sooner": point["convene"],
                "draft_rate": _plain(spec.draft_rate) * point["draft"],
                "pressure": _plain(spec.leverage) * point["press"],
                "guarantee": point["guarantee"],
            },
        }

    # ---- the end -----------------------------------------------------------------------------------------------------

    def _allowance(self, model: NegotiationModel) -> float:
        """Mediator-weeks that the scenario gives the talks."""
        return sum(self._player(model).allowance(week) for week in range(self.setup.scenario.clock.weeks))

    def others(self) -> pd.DataFrame:
        """Scripted mediators in other histories: `early`, `middle`, `late`, the shares, `score`, `low`, `high`."""
        setup, count = self.setup, scripted_players.affordable(self.setup.scenario)
        return _scripted(setup.text, setup.seed, setup.options["mediator"], count).copy()

    def _debrief(self, others: pd.DataFrame) -> Data:
        turns = len(self.decisions)
        skipped = np.hstack(
            [np.eye(turns + 1, dtype=bool)[1:], np.ones((turns, 1), dtype=bool)]
        )  # the last row is idle
        model, _ = self._play(skipped)
        while model.running:
            model.step()
        told = debrief.of_mediator(model, self._scored(model), self._elsewhere(), others)
        model.release()
        return told


@lru_cache(maxsize=8)
def _scripted(text: str, seed: int, mediator: str, count: int) -> pd.DataFrame:
    """Scripted mediators of a scenario: the same for all who mediate in it, whichever history they play."""
    game = Mediate(Setup(load_text(text), text, seed, 0, {"mediator": mediator, "turn_weeks": TURN_WEEKS[0]}))
    model, _ = game._play(np.zeros((0, 1), dtype=bool))
    allowance = game._allowance(model)
    model.release()
    return scripted_players.mediators(game.setup, mediator, allowance, count)


def _suggestion(player: PlayedMediator, group: WorkingGroup) -> Any:
    text = Mediator.text(player, player.model.sitting_of(group.name, view.HERE))
    return text_of(group, at_home(text, group))


def _at_most(points: float) -> float:
    """Points as they are shown: never more than what is allowed."""
    return math.floor(points * 1e6 + 1e-3) / 1e6


def _plain(number: Any) -> float:
    return float(np.ravel(number)[0])
