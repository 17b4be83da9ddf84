"""One round of a working group: proposals, answers, perhaps a mediator's draft, and what everybody takes home.

Shapes: R' replications in which the round takes place (last axis); S stretches.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.party import TOLERANCE
from sim.arrays import Array, Index, Mask, at, hold
from sim.bargaining.preferences import Package
from sim.bargaining.tactics import Standing

if TYPE_CHECKING:
    from sim.agents.mediator import Mediator
    from sim.agents.party import Delegation
    from sim.agents.working_group import WorkingGroup


class Round:
    """A round in the replications `here`: all decide on what lies on the table before anybody's state changes."""

    def __init__(self, group: WorkingGroup, here: Index) -> None:
        self.group, self.model, self.here = group, group.model, here
        self.delegations: dict[str, Delegation] = {
            name: self.model.parties_by_name[name].delegate(group, here) for name in group.parties
        }
        self.offers: dict[str, Package] = {name: at(here, group.offers[name]) for name in group.parties}
        self.signed = np.zeros(len(here), dtype=bool)
        self.text = group.nothing_on_the_table(len(here))
        self.from_pressure = np.zeros(len(here))

    def hold(self) -> None:
        """Exchange proposals, look at drafts, go home."""
        self._tell("round", ~self.signed, value=at(self.here, self.group.rounds))
        for number in range(1, self.group.spec.exchanges + 1):
            if not self._exchange(number):
                break
        for mediator in self.model.mediators_by_name.values():
            self._look_at_a_draft(mediator)
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
        if not any(np.any(new) for new in news.values()):
            return False
        self.offers = {name: self.group.tidy(d.propose(), self.here) for name, d in self.delegations.items()}
        for name, d in self.delegations.items():
            worth = d.preferences.utility(self.offers[name])
            new, package = news[name] & ~self.signed, self.offers[name]
            self._tell("proposal", new, actor=name, package=package, worth=worth, asked=d.asked, value=number)
        self._answer(news)
        return True

    def _answer(self, news: dict[str, Mask]) -> None:
        """Sign a proposal that all others accept; of several, the one with the largest product of gains (Nash 1950)."""
        least = {name: d.least(self.offers[name]) for name, d in self.delegations.items()}
        best, open_still = np.full(len(self.here), -1.0), ~self.signed
        for proposer, offer in self.offers.items():
            accepted = open_still & self.delegations[proposer].bears(offer)
            for name, delegation in self.delegations.items():
                if name != proposer:
                    felt = delegation.felt(offer)
                    agrees = felt >= least[name] - TOLERANCE
                    self._decline(name, proposer, open_still & news[proposer] & ~agrees, felt, least[name])
                    accepted &= agrees
            if np.any(accepted):
                product = np.prod([d.gain(offer) for d in self.delegations.values()], axis=0)
                chosen = accepted & (product > best)
                best = hold(~chosen, best, product)
                self._sign(chosen, offer, proposer)

    def _standing(self, name: str) -> Standing:
        return self.delegations[name].standing(self.offers)

    # ---- drafts ------------------------------------------------------------------------------------------------------

    def _look_at_a_draft(self, mediator: Mediator) -> None:
        """A mediator tables a single text; it is signed if nobody declines it (Fisher and Ury 1981)."""
        drafting = mediator.drafts_now(self.group, self.here) & ~self.signed
        rows = np.flatnonzero(drafting)
        if len(rows) == 0:
            return
        mediator.drafts[self.here[rows]] += 1
        text = mediator.text(self.group, self.here[rows])
        everywhere = self.group.nothing_on_the_table(len(self.here))
        everywhere.put(rows, text)
        self._tell("draft", drafting, actor=mediator.name, package=everywhere)
        accepted = drafting
        for name, delegation in self.delegations.items():
            felt, least = delegation.felt(everywhere), delegation.least_for_a_draft()
            agrees = felt >= least - TOLERANCE
            self._decline(name, mediator.name, drafting & ~agrees, felt, least)
            accepted = accepted & agrees
        self._sign(accepted, everywhere, mediator.name)

    # ---- what stays --------------------------------------------------------------------------------------------------

    def _decline(self, name: str, whose: str, where: Mask, felt: Array, least: Array) -> None:
        self._tell("decline", where, actor=name, to=whose, worth=felt, asked=least)

    def _sign(self, where: Mask, text: Package, whose: str) -> None:
        """Put everybody's name under a text; a later, better one of the same exchange takes its place."""
        if not np.any(where):
            return
        self.text = self.text.where(where, text)
        felt = np.minimum.reduce([d.felt(text) for d in self.delegations.values()])
        pressed = next(iter(self.delegations.values())).pressed
        self.from_pressure = np.where(where, pressed / np.maximum(felt, TOLERANCE), self.from_pressure)
        self.signed = self.signed | where
        self.group.author[self.here[where]] = self.model.author_number(whose)

    def _go_home(self) -> None:
        """Every party learns from the others' last offers; the group keeps what was signed."""
        for name, delegation in self.delegations.items():
            worths = {o: delegation.preferences.utility(self.offers[o]) for o in self.group.others_than(name)}
            party = self.model.parties_by_name[name]
            party.seats[self.group.name].asked[self.here] = delegation.asked
            party.learn_from(self.group.name, self.here, worths)
        for name, offer in self.offers.items():
            self.group.offers[name].put(self.here, offer)
        rows = np.flatnonzero(self.signed)
        if len(rows):
            self.group.sign(self.here[rows], at(rows, self.text), self.from_pressure[rows])

    def _tell(self, kind: str, where: Mask, **what: object) -> None:
        self.model.history.tell(kind, where, here=self.here, group=self.group.name, **what)
