"""A person negotiates for one party, against the model's others.

The model runs until the party would decide, and stops; with the answer it runs again, a little further.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim.agents.world import Group
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, scripted_players, view
from sim.play.answers import Asked, Hand, Question, check
from sim.play.game import Data, Game, Pause, over
from sim.play.party import AWAY, PRESENT, PlayedParty
from sim.play.rules import mapping, one_of
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

WALKOUTS = ("mine", "chance")
RECENT = 26  # weeks that the news look back


class Negotiate(Game):
    """The game of a person who negotiates."""

    role: ClassVar[str] = "party"

    @classmethod
    def options_of(cls, scenario: Scenario, options: Data) -> Data:
        """`party`: by default the first; `walkouts`: `mine` (when I say so) or `chance` (home may call us back)."""
        given = mapping("options", options, ("party", "walkouts"), "a party's game has these options")
        rule = "the person takes a party's seat of the scenario"
        name = one_of("options.party", given.get("party", next(iter(scenario.parties))), scenario.parties, rule)
        walkouts = one_of("options.walkouts", given.get("walkouts", "mine"), WALKOUTS, "who decides on walkouts")
        return {"party": name, "walkouts": walkouts}

    def _play(self, away: bool = False) -> tuple[NegotiationModel, Question | None]:
        """The model where it waits, and what it asks; None at the end of the talks.

        away: the delegation decides everything.  Errors: Illegal for an answer that is none, or one too many.
        """
        setup, options = self.setup, self.setup.options
        hand = Hand(() if away else self.decisions, setup.scenario)
        seat = partial(PlayedParty, hand=hand, moody=options["walkouts"] == "chance", leave=AWAY if away else PRESENT)
        model = NegotiationModel(
            setup.scenario,
            seed=setup.seed,
            first=setup.replication,
            told=setup.replication + 1,
            cast={options["party"]: seat},
            chance=setup.chance(),
        )
        try:
            while model.talking:
                model.step()
        except Asked as asked:
            return model, asked.question
        if hand.left:
            raise over(hand.left[0])
        return model, None

    def _replay(self) -> Pause:
        model, question = self._play()
        pause = Pause(self._view(model, question), question)
        model.release()
        return pause

    def _check(self, decision: Data) -> None:
        check(decision, self.pause.allowed, self.setup.scenario)

    def _view(self, model: NegotiationModel, question: Question | None) -> Data:
        party = model.parties_by_name[self.setup.options["party"]]
        assert isinstance(party, PlayedParty)
        return view.standing(model) | {
            "role": self.role,
            "name": party.name,
            "title": party.spec.title,
            "over": question is None,
            "decisions": len(self.decisions),
            "question": None if question is None else question.show(),
            "mine": {name: own(party, model, name) for name in party.seats},
            "news": view.news(model, model.week - RECENT),
        }

    def others(self) -> pd.DataFrame:
        """Scripted parties under the same chance: `beta`, `expected_rounds`, `half_way`, `score`."""
        name = self.setup.options["party"]
        scripted = scripted_players.parties(self.setup, name, scripted_players.SCRIPTED)
        return scripted[debrief.TACTIC].assign(score=debrief.negotiated(scripted, name) - self._idle())

    def _idle(self) -> float:
        """Points of the history in which the delegation decides everything."""
        model, _ = self._play(away=True)
        while model.running:
            model.step()
        points = debrief.negotiated(outcomes(model), self.setup.options["party"])
        model.release()
        return float(points[0])

    def _debrief(self, others: pd.DataFrame) -> Data:
        model, _ = self._play()
        while model.running:
            model.step()
        told = debrief.of_party(model, self.setup.options["party"], self._idle(), others)
        model.release()
        return told


def own(party: PlayedParty, model: NegotiationModel, name: str) -> Data:
    """What the party knows of itself in a group, enough to work out what any text is worth to it."""
    group, seat = model.groups[name], party.seats[name]
    offers = {other: party.reading(group, offer) for other, offer in group.offers.items() if offer.combination[0] >= 0}
    return {
        "stake": _first(seat.stake),
        "walk_away": float(party.reservation_in(name, view.HERE)[0]),
        "priorities": view.shares(seat.weights),
        "ideal": {
            issue: _first(spec.positions[party.name]) if spec.positions else None
            for issue, spec in group.spec.issues.items()
        },
        "values": {
            issue: {option: _first(worth[party.name]) for option, worth in (spec.options or {}).items()}
            for issue, spec in group.spec.issues.items()
        },
        "commitments": [
            {"issue": held.issue, "settlement": _settlement(held.settlement), "hold": _first(held.hold)}
            for held in model.spec.framework
            if held.group == name
        ],
        "together": _together(party, group),
        "offers": {other: {"worth": read["worth"], "felt": read["felt"]} for other, read in offers.items()},
        "signed": party.reading(group, group.text)["worth"] if group.signed[0] else None,
    }


def _together(party: PlayedParty, group: Group) -> Data | None:
    """Where issues interact: their options, and what each combination of them is worth, the last issue fastest."""
    if not group.spec.interactions:
        return None
    worth = party.seats[group.name].preferences.combined[:, 0]
    return {"issues": [[issue, list(names)] for issue, names in group.agenda.options.items()], "worth": worth.tolist()}


def _first(number: Any) -> float:
    return float(np.ravel(number)[0])


def _settlement(value: Any) -> str | float:
    return value if isinstance(value, str) else _first(value)
