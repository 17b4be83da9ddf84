"""One round of a working group: proposals, answers, perhaps a mediator's draft, and what everybody takes home.

Shapes: R' replications in which the round takes place (last axis); S stretches.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.party import TOLERANCE
from sim.arrays import Array, Index, Mask, at, places, smallest, total
from sim.bargaining.offers import LOT, TIE
from sim.bargaining.preferences import Package
from sim.bargaining.tactics import Standing

if TYPE_CHECKING:
    from sim.agents.mediator import Mediator
    from sim.agents.party import Delegation
    from sim.agents.working_group import WorkingGroup


class Round:
    """A round in the replications `here`: all decide on what lies on the table before anybody's state changes.

    offers: what each party proposes; worths: reader: proposer: worth (R',) of that proposal to that reader.
    text, signed (R',): what has been signed, and where; score (R',): how good it is for all, -1 where nothing is
    signed; from_pressure (R',): share of its felt value that came from pressure.
    """

    def __init__(self, group: WorkingGroup, here: Index) -> None:
        self.group, self.model, self.here = group, group.model, here
        wants = group.wants(here)
        self.delegations: dict[str, Delegation] = {
            party.name: party.delegate(group, here, wants) for party in group.members
        }
        self.offers: dict[str, Package] = {}
        self.worths: dict[str, dict[str, Array]] = {}
        self.signed = np.zeros(len(here), dtype=bool)
        self.text = group.nothing_on_the_table(len(here))
        self.score, self.from_pressure = np.full(len(here), -1.0), np.zeros(len(here))

    def hold(self) -> None:
        """Exchange proposals, look at drafts, go home."""
        text = self.model.calendar.words_of("round", self.group.name)
        self._tell("round", ~self.signed, value=at(self.here, self.group.rounds), text=text)
        for number in range(1, self.group.spec.exchanges + 1):
            if not self._exchange(number) or not any(each.moves_again for each in self.delegations.values()):
                break
        waiting = ~self.signed
        for mediator in self.model.mediators_by_name.values():
            self._look_at_a_draft(mediator, waiting)
        self._go_home()

    # ---- proposals ---------------------------------------------------------------------------------------------------

    def _exchange(self, number: int) -> bool:
        """Everybody proposes, then everybody answers.  -> False where nobody asks for anything new"""
        before = {name: delegation.asked for name, delegation in self.delegations.items()}
        clock, left = at(self.here, self.group.clock), np.full(len(self.here), self.model.time_left)
        self.delegations = {
            name: delegation.aspire(clock, left, partial(self._standing, name))
            for name, delegation in self.delegations.items()
        }
        news = {name: (number == 1) | (d.asked != before[name]) for name, d in self.delegations.items()}
        if not any(new.any() for new in news.values()):
            return False
        self.offers = {name: self.group.tidy(d.propose(), self.here) for name, d in self.delegations.items()}
        self.worths = {
            name: {proposer: delegation.worth(offer) for proposer, offer in self.offers.items()}
            for name, delegation in self.delegations.items()
        }
        for name, delegation in self.delegations.items():
            what = {"package": self.offers[name], "worth": self.worths[name][name], "asked": delegation.asked}
            self._tell("proposal", news[name] & ~self.signed, actor=name, value=number, **what)
        for delegation in self.delegations.values():
            delegation.hear(self.offers, ~self.signed)
        self._answer(news)
        return True

    def _answer(self, news: dict[str, Mask]) -> None:
        """Sign a proposal that all others accept; of several, the best."""
        waiting = ~self.signed
        for proposer, offer in self.offers.items():
            accepted = waiting & self.delegations[proposer].bears(self.worths[proposer][proposer])
            for name in self.group.others_than(proposer):
                accepted &= self._agrees(name, proposer, waiting & news[proposer])
            rows = places(accepted)
            if len(rows):
                worths = {name: self.worths[name][proposer][rows] for name in self.delegations}
                self._sign(rows, offer.at(rows), proposer, worths)

    def _agrees(self, name: str, proposer: str, new: Mask) -> Mask:
        """Does a party accept another one's proposal? It says so where the proposal is new.  -> (R',)"""
        delegation, worths = self.delegations[name], self.worths[name]
        felt, least = delegation.felt(worths[proposer]), delegation.least(worths[name])
        agrees = delegation.accepts(proposer, felt, least)
        self._tell("decline", new & ~agrees, actor=name, to=proposer, worth=felt, asked=least)
        return agrees

    def _standing(self, name: str) -> Standing:
        offers = self.offers or {proposer: offer.at(self.here) for proposer, offer in self.group.offers.items()}
        return self.delegations[name].standing(offers)

    # ---- drafts ------------------------------------------------------------------------------------------------------

    def _look_at_a_draft(self, mediator: Mediator, waiting: Mask) -> None:
        """A mediator tables a single text; it may be signed if nobody declines it (Fisher and Ury 1981).

        Texts of several mediators lie on the table together, as proposals do.
        """
        drafting = mediator.drafts_now(self.group, self.here) & waiting
        rows = places(drafting)
        if len(rows) == 0:
            return
        here = self.here[rows]
        mediator.drafts[here] += 1
        readers = {name: delegation.at(rows) for name, delegation in self.delegations.items()}
        text = mediator.text(self.group, here, {name: reader.preferences for name, reader in readers.items()})
        self.model.history.tell("draft", here=here, group=self.group.name, actor=mediator.name, package=text)
        worths = {name: reader.worth(text) for name, reader in readers.items()}
        accepted = np.ones(len(rows), dtype=bool)
        for name, delegation in self.delegations.items():
            delegation.hear({mediator.name: text}, drafting)
            felt, least = readers[name].felt(worths[name]), readers[name].least_for_a_draft()
            agrees = delegation.accepts(mediator.name, felt, least)
            self.model.history.tell(
                "decline", ~agrees, here, group=self.group.name, actor=name, to=mediator.name, worth=felt, asked=least
            )
            accepted &= agrees
        signing = places(accepted)
        self._sign(rows[signing], text.at(signing), mediator.name, {name: at(signing, w) for name, w in worths.items()})

    # ---- what stays --------------------------------------------------------------------------------------------------

    def _sign(self, rows: Index, text: Package, whose: str, worths: dict[str, Array]) -> None:
        """Put everybody's name under a text that all accept, unless a better one is signed at the same time.

        Better: a larger product of gains (Nash 1950); of equals, as where everybody asks for no more than no agreement
        brings, the one that is better together; of equals again, the one whose author drew the higher lot.
        worths: what it is worth to each party (R'',).
        """
        readers = [(self.delegations[name].at(rows), worth) for name, worth in worths.items()]
        gains = [reader.gain(worth) for reader, worth in readers]
        lot = self.group.lots[whose][self.here[rows]]
        score = np.multiply.reduce(gains) + TIE * total(gains) + LOT * lot
        better = score > self.score[rows]
        felt = smallest(reader.felt(worth) for reader, worth in readers)[better]
        rows, text = rows[better], text.at(places(better))
        self.text.put(rows, text)
        self.score[rows], self.signed[rows] = score[better], True
        self.from_pressure[rows] = self.model.mediation.pressure[self.here[rows]] / np.maximum(felt, TOLERANCE)
        self.group.author[self.here[rows]] = self.model.author_number(whose)

    def _go_home(self) -> None:
        """Every party learns from the others' last offers; the group keeps what was signed."""
        for name, delegation in self.delegations.items():
            worths = {other: self.worths[name][other] for other in self.group.others_than(name)}
            self.model.parties_by_name[name].remember(self.group.name, self.here, delegation, worths)
        for name, offer in self.offers.items():
            self.group.offers[name].put(self.here, offer)
        rows = places(self.signed)
        if len(rows):
            self.group.sign(self.here[rows], self.text.at(rows), self.from_pressure[rows])

    def _tell(self, kind: str, where: Mask, **what: object) -> None:
        self.model.history.tell(kind, where, here=self.here, group=self.group.name, **what)
