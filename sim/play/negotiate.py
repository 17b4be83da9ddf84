"""A person negotiates for one party, against the model's others: a mandate for each group, at each moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from sim.agents.world import Group
from sim.arrays import Array, Mask
from sim.bargaining.preferences import Package
from sim.chance import Chance
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, scripted_players, turns, view
from sim.play.delegates import MandatedParty
from sim.play.game import HISTORIES, Data
from sim.play.mandates import EXTRAS, Bounds, Mandate, Said, read_mandates
from sim.play.moments import Moment
from sim.play.party import PlayedParty
from sim.play.rules import mapping, one_of
from sim.play.scripted_players import Luck
from sim.play.turns import Game
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.agents.working_group import WorkingGroup


class Negotiate(Game):
    """The game of a person who negotiates."""

    role: ClassVar[str] = "party"
    played: ClassVar[type[MandatedParty]] = MandatedParty

    @classmethod
    def options_of(cls, scenario: Scenario, options: Data) -> Data:
        """`party`: by default the first."""
        given = mapping("options", options, ("party",), "a party's game has this option")
        rule = "the person takes a party's seat of the scenario"
        return {
            "party": one_of("options.party", given.get("party", next(iter(scenario.parties))), scenario.parties, rule)
        }

    # ---- the model ---------------------------------------------------------------------------------------------------

    def _player(self, model: NegotiationModel) -> MandatedParty:
        player = model.parties_by_name[self.setup.options["party"]]
        assert isinstance(player, MandatedParty)
        return player

    def _allowed(self, model: NegotiationModel, moment: Moment | None, weeks: list[int]) -> Bounds | None:
        """Mandates for the groups that are at work; after the talks nothing."""
        if moment is None:
            return None
        party = self._player(model)
        at_work = [name for name in party.seats if model.groups[name].negotiating[0]]
        texts = {name: self._texts(model, name, weeks) for name in at_work}
        return Bounds({
            name: {author: _worth(party, model.groups[name], text) for author, text in found.items()}
            for name, found in texts.items()
        })  # fmt: skip

    def _texts(self, model: NegotiationModel, name: str, weeks: list[int]) -> dict[str, Package]:
        """What others have on the table of a group: their offers, and the mediators' texts since the last moment."""
        group = model.groups[name]
        offers = {other: group.offers[other] for other in group.others_than(self.setup.options["party"])}
        texts = {author: offer for author, offer in offers.items() if offer.combination[0] >= 0}
        for week in range(weeks[-1] if weeks else 0, model.week):
            for event in model.history.of_week(week):
                if event["kind"] == "draft" and event["group"] == name:
                    texts[event["actor"]] = _package(group, event["package"])
        return {author: text.at(view.HERE) for author, text in texts.items()}

    def _read(self, decision: Any, allowed: Bounds) -> Said:
        return read_mandates(decision, self.setup.scenario, allowed)

    def _obey(self, model: NegotiationModel, orders: Said, told: Mask) -> None:
        self._player(model).follow(orders, told)

    # ---- what is shown -----------------------------------------------------------------------------------------------

    def _view(self, model: NegotiationModel, moment: Moment | None, allowed: Bounds | None, weeks: list[int]) -> Data:
        party = self._player(model)
        return view.standing(model) | {
            "role": self.role,
            "name": party.name,
            "title": party.spec.title,
            "over": allowed is None,
            "moment": turns.told(moment, len(weeks)),
            "do": list(EXTRAS),
            "tables": {} if allowed is None else {name: self._table(model, name, weeks) for name in allowed.texts},
            "mine": {name: own(party, model, name) for name in party.seats},
            "news": view.news(model, weeks[-1] if weeks else 0),
        }

    def _table(self, model: NegotiationModel, name: str, weeks: list[int]) -> Data:
        """What the person sees of a group at work: what each text is worth to the party, and what it feels worth."""
        party, group = self._player(model), model.groups[name]
        own = group.offers[party.name]
        return {
            "texts": {author: party.reading(group, text) for author, text in self._texts(model, name, weeks).items()},
            "own_offer": party.reading(group, own.at(view.HERE)) if own.combination[0] >= 0 else None,
            "suggested": party.reading(group, party.suggested(group)),
            "mandate": _as_data(party.mandates[name]),
        }

    # ---- the end -----------------------------------------------------------------------------------------------------

    def _plans(self, count: int) -> pd.DataFrame:
        return scripted_players.mandates(count)

    def _changed(self, plans: pd.DataFrame, chance: Luck, histories: int) -> Array:
        name = self.setup.options["party"]
        return scripted_players.mandated(self.setup.scenario, name, plans, chance, histories)

    def _both(self, histories: int, chance: Chance) -> NegotiationModel:
        """The game in so many histories, and then the same histories left to the delegation, played to the end."""
        model = self._model(2 * histories, chance)
        told = np.arange(2 * histories) < histories
        self._replay(model, dict.fromkeys(range(len(self.decisions)), told))
        return model

    def _debrief(self) -> Data:
        name = self.setup.options["party"]
        there = self._both(HISTORIES, self.setup.elsewhere(2))
        elsewhere = debrief.negotiated(outcomes(there), name).reshape(2, HISTORIES)
        there.release()
        model = self._both(1, self.setup.chance(2))
        told = debrief.of_party(model, name, elsewhere)
        model.release()
        return told | {"weeks": list(self.pause.weeks)}


def _package(group: WorkingGroup, told: Any) -> Package:
    """A text as it was told: a package, or JSON once events were read."""
    return view.package_of(group, json.loads(told), view.HERE) if isinstance(told, str) else told


def _worth(party: MandatedParty, group: WorkingGroup, text: Package) -> tuple[view.Settlements, float]:
    settled = view.text_of(group, text)
    assert settled is not None
    return settled, float(party.reading(group, view.package_of(group, settled, view.HERE))["worth"])


def _as_data(mandate: Mandate) -> Data:
    do = "delegate" if mandate.comes else "stay_away"
    offer = None if mandate.offer is None else dict(mandate.offer)
    return {"do": "offer" if offer else do, "least": mandate.least, "offer": offer}


def own(party: MandatedParty | PlayedParty, model: NegotiationModel, name: str) -> Data:
    """What the party knows of itself in a group, enough to work out what any text is worth to it."""
    group, seat = model.groups[name], party.seats[name]
    offers = {other: offer.at(view.HERE) for other, offer in group.offers.items() if offer.combination[0] >= 0}
    read = {other: party.reading(group, offer) for other, offer in offers.items()}
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
        "offers": {other: {"worth": each["worth"], "felt": each["felt"]} for other, each in read.items()},
        "signed": party.reading(group, group.text.at(view.HERE))["worth"] if group.signed[0] else None,
    }


def _together(party: MandatedParty | PlayedParty, group: Group) -> Data | None:
    """Where issues interact: their options, and what each combination of them is worth, the last issue fastest."""
    if not group.spec.interactions:
        return None
    worth = party.seats[group.name].preferences.combined[:, 0]
    return {"issues": [[issue, list(names)] for issue, names in group.agenda.options.items()], "worth": worth.tolist()}


def _first(number: Any) -> float:
    return float(np.ravel(number)[0])


def _settlement(value: Any) -> str | float:
    return value if isinstance(value, str) else _first(value)
