"""A table of people: a seat for each party and each mediator of one history, asked at its moments.

A table is a log: at each moment, what each seat decided. Everything else is a replay, so a table whose seats are all
left to the model is the script. What a seat may see is made for that seat alone.

    table = sit_down(text, seed=2023, replication=3)
    while not table.over:
        table = table.close({"Armenia": {...}, "Azerbaijan": {...}})     # whoever is missing is played by the model
    table.end()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, view
from sim.play.game import Data, Setup, over
from sim.play.moments import Moment, Watch, lately
from sim.play.negotiate import own
from sim.play.rules import Illegal, one_of, whole
from sim.play.table_orders import DELEGATE, delegates, read_errand, read_instructions
from sim.play.table_seats import SeatedMediator, SeatedParty
from sim.play.view import in_full, text_of
from sim.scenario import load_text
from sim.scenario.schema import Scenario

LAST_REPLICATION, LAST_SEED = 9_999_999, 2**63 - 1
NOBODY = ""  # the view of whoever sits at no seat


@dataclass(frozen=True)
class Standstill:
    """Where a table waits.  moment: None when it is over; views: by seat, and of `NOBODY`."""

    moment: Moment | None
    views: Mapping[str, Data]


@dataclass(frozen=True)
class Table:
    """Seats in one history. `log`: of each moment that is closed, the decisions by seat."""

    setup: Setup
    log: Sequence[Mapping[str, Data]] = field(default=())

    @property
    def seats(self) -> list[str]:
        """Parties, then mediators."""
        return seats_of(self.setup.scenario)

    @cached_property
    def pause(self) -> Standstill:
        """The present standstill, found by a replay.  Errors: Illegal."""
        model, moment, closed = self._play()
        news = view.news(model, closed[-1].week if closed else 0)
        shared = self._shared(model, moment, news)
        views = {seat: shared | _own_view(model, seat) for seat in self.seats} | {NOBODY: shared}
        model.release()
        return Standstill(moment, views)

    @property
    def over(self) -> bool:
        """Is there nothing left to decide?"""
        return self.pause.moment is None

    def view(self, seat: str = NOBODY) -> Data:
        """All that whoever sits there may see now, as JSON; of nobody's seat, what everybody sees."""
        return self.pause.views[seat]

    def close(self, decisions: Mapping[str, Data]) -> Table:
        """The table after one more moment; a seat that is missing is played by the model.  Errors: Illegal."""
        if self.over:
            raise over(dict(decisions))
        for seat, decision in decisions.items():
            check(decision, self.setup.scenario, self.view(seat) if seat in self.seats else {}, seat)
        return replace(self, log=(*self.log, {seat: decisions.get(seat, DELEGATE) for seat in self.seats}))

    def played_on(self, decisions: Mapping[str, Data]) -> Table:
        """The table when it is over: the same decisions at each moment that is left.  Errors: Illegal."""
        at_each = {seat: decisions.get(seat, DELEGATE) for seat in self.seats}
        model, _, moments = self._play(at_each)
        model.release()
        return replace(self, log=(*self.log, *[at_each] * (len(moments) - len(self.log))))

    def end(self) -> Data:
        """How it ended: outcome, worth of what was agreed, what was spent.  Errors: Illegal if it is not over."""
        model, moment, closed = self._play()
        if moment is not None:
            raise Illegal("end", len(self.log), "the table is not over", "decide what the moment asks for")
        while model.running:
            model.step()
        ended = _ended(model) | {"moments": len(closed), "revealed": debrief.revealed(model)}
        model.release()
        return ended

    # ---- the model ---------------------------------------------------------------------------------------------------

    def _play(self, rest: Mapping[str, Data] | None = None) -> tuple[NegotiationModel, Moment | None, list[Moment]]:
        """The model where it waits, for which moment (None: after the talks), and the moments before.

        rest: what is decided at each moment that the log does not have, so that it waits at none.
        """
        setup = self.setup
        cast: dict[str, Any] = dict.fromkeys(setup.scenario.parties, SeatedParty)
        cast |= dict.fromkeys(setup.scenario.mediators, SeatedMediator)
        told = setup.replication + 1
        first, seed, chance = setup.replication, setup.seed, setup.chance()
        model = NegotiationModel(setup.scenario, 1, seed, first, told=told, cast=cast, chance=chance)
        watch, waiting = Watch.over(setup.scenario), list(self.log)[::-1]
        while model.talking:
            moment = watch.look(model.week, lately(model))
            if moment and not waiting and rest is None:
                return model, moment, watch.moments[:-1]
            if moment:
                _follow(model, waiting.pop() if waiting else rest or {})
            model.step()
        if waiting:
            raise over(dict(waiting[-1]))
        return model, None, watch.moments

    def _shared(self, model: NegotiationModel, moment: Moment | None, news: list[Data]) -> Data:
        """What everybody at the table sees."""
        scenario = self.setup.scenario
        return view.standing(model) | {
            "name": scenario.name,
            "summary": scenario.summary,
            "mediators": {name: {"title": spec.title} for name, spec in scenario.mediators.items()},
            "moment": len(self.log) + 1,
            "over": moment is None,
            "why": moment.items() if moment else [],
            "news": news,
        }


def sit_down(scenario: str, seed: int | None = None, replication: int = 0) -> Table:
    """A table in one history of a scenario (its text, complete).  Errors: ScenarioError, Illegal."""
    read = load_text(scenario)
    seed = read.seed if seed is None else whole("seed", seed, 0, LAST_SEED, "a seed is a whole number")
    whole("replication", replication, 0, LAST_REPLICATION, "a replication is a number of a history")
    return Table(Setup(read, scenario, seed, replication, {}))


def seats_of(scenario: Scenario) -> list[str]:
    """Parties, then mediators."""
    return [*scenario.parties, *scenario.mediators]


def check(decision: Any, scenario: Scenario, seen: Data, seat: str) -> None:
    """May this seat decide that, where it sees this?  Errors: Illegal."""
    one_of("seat", seat, seats_of(scenario), "the seats of a table are parties and mediators")
    if seat in scenario.parties:
        read_instructions(decision, scenario, seat)
    else:
        read_errand(decision, scenario, seen["pausable"], seen["liftable"])


def _follow(model: NegotiationModel, decisions: Mapping[str, Data]) -> None:
    """Every seat does what it decided, parties first: a pause is asked for before anybody walks out."""
    for seat, decision in decisions.items():
        if seat in model.parties_by_name:
            _party(model, seat).follow(read_instructions(decision, model.spec, seat))
            continue
        errand = read_errand(decision, model.spec, _pausable(model), _liftable(model))
        _mediator(model, seat).follow(None if delegates(decision) else errand)


def _party(model: NegotiationModel, name: str) -> SeatedParty:
    party = model.parties_by_name[name]
    assert isinstance(party, SeatedParty)
    return party


def _mediator(model: NegotiationModel, name: str) -> SeatedMediator:
    mediator = model.mediators_by_name[name]
    assert isinstance(mediator, SeatedMediator)
    return mediator


def _pausable(model: NegotiationModel) -> list[str]:
    return [name for name, group in model.groups.items() if group.negotiating[0]]


def _liftable(model: NegotiationModel) -> list[str]:
    return [name for name in _pausable(model) if model.freezes.of(name).liftable(name)[0]]


# ---- what one seat sees ----------------------------------------------------------------------------------------------


def _own_view(model: NegotiationModel, seat: str) -> Data:
    return _of_party(model, seat) if seat in model.parties_by_name else _of_mediator(model, seat)


def _of_party(model: NegotiationModel, seat: str) -> Data:
    """Its role and numbers, and what it knows of the others."""
    party = _party(model, seat)
    return {
        "seat": seat,
        "kind": "party",
        "title": party.spec.title or seat,
        "mine": {name: own(party, model, name) | _mandate(party, model, name) for name in party.seats},
        "knows": {other: _knows(model, seat, other) for other in party.others},
    }


def _mandate(party: SeatedParty, model: NegotiationModel, name: str) -> Data:
    """The instructions that stand in a chapter, and the text that the party's own tactic would table now."""
    group, told = model.groups[name], party.standing[name]
    suggested = party.reading(group, party.suggested(group)) if group.negotiating[0] else None
    shown = {name: _mediator(model, name).shows(group) for name in model.mediators_by_name}
    texts = {mediator: party.reading(group, text) for mediator, text in shown.items() if text is not None}
    return {"do": told.do, "take": told.take, "offer": told.offer, "suggested": suggested, "texts": texts}


def _knows(model: NegotiationModel, seat: str, other: str) -> Data:
    """What seems to matter most to another party, by chapter, as far as this one knows it."""
    known = float(model.parties_by_name[seat].knowledge[other][0])
    them = model.parties_by_name[other]
    shared = [name for name in model.parties_by_name[seat].seats if name in them.seats]
    return {name: view.first(view.shares(them.seats[name].weights), known) for name in shared}


def _of_mediator(model: NegotiationModel, seat: str) -> Data:
    """Its purse, what it knows of the sides, and the texts that this suggests."""
    mediator, spec = _mediator(model, seat), model.spec.mediators[seat]
    open_groups = _pausable(model)
    return {
        "seat": seat,
        "kind": "mediator",
        "title": spec.title or seat,
        "purse": round(mediator.purse, 6),
        "shares": {activity: float(np.ravel(share)[0]) for activity, share in mediator.share.items()},
        "errand": _errand(mediator),
        "estimates": view.estimates(mediator),
        "suggested": {name: _suggested(model, mediator, name) for name in open_groups},
        "pausable": open_groups,
        "liftable": _liftable(model),
        "trips": int(mediator.trips[0]),
        "drafts": int(mediator.drafts[0]),
    }


def _errand(mediator: SeatedMediator) -> Data | None:
    """What it was told to do, as far as that goes on."""
    told = mediator.errand
    if told is None:
        return None
    return {"effort": told.effort, "shares": dict(told.shares), "texts": dict(told.texts)}


def _suggested(model: NegotiationModel, mediator: SeatedMediator, name: str) -> Data | None:
    group = model.groups[name]
    return in_full(group, text_of(group, mediator.suggested(group)))


# ---- the end ---------------------------------------------------------------------------------------------------------


def _ended(model: NegotiationModel) -> Data:
    """Outcome, the worth of what was agreed by chapter, and what each mediator spent on what."""
    table = outcomes(model)
    return {
        "outcome": debrief.outcome(table, 0),
        "agreed": {name: _agreed(model, table, name) for name in model.groups},
        "spent": {name: _mediator(model, name).spent for name in model.mediators_by_name},
    }


def _agreed(model: NegotiationModel, table: Any, name: str) -> Data | None:
    """The last text of a chapter that took effect: what it says, and its worth to each party; None without one."""
    group = model.groups[name]
    if not table[f"agreed.{name}"][0]:
        return None
    worth = {party: float(table[f"text_utility.{name}.{party}"][0]) for party in group.parties}
    return {
        "worth": worth,
        "week": int(table[f"week.{name}"][0]),
        "text": in_full(group, text_of(group, group.agreed_text)),
    }
