"""One round of a working group: proposals, answers, perhaps a mediator's draft, and what everybody takes home.

Shapes: R' replications in which the round takes place (last axis); S stretches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.agents.delegation import TOLERANCE, Delegation
from sim.agents.mediator import Mediator
from sim.agents.party import Party
from sim.agents.world import Group
from sim.arrays import Array, Index, Mask, at, places, smallest, total
from sim.bargaining.offers import LOT, TIE
from sim.bargaining.preferences import Package


@dataclass
class Speaker:
    """A party at the round.

    offer: what it proposes; worths: what each proposal is worth to it (R',), by author; new (R',): does it propose
    something else than before?
    """

    party: Party
    delegation: Delegation
    offer: Package
    worths: Mapping[str, Array]
    new: Mask

    @property
    def name(self) -> str:
        """The party's name."""
        return self.party.name


class Round:
    """A round in the replications `here`: all decide on what lies on the table before anybody's state changes.

    text, signed (R',): what has been signed, and where; author (R',): whose text it is, as a place in `group.lots`;
    score (R',): how good it is for all, -1 where nothing is signed; from_pressure (R',): share of its felt value that
    came from pressure.
    """

    def __init__(self, group: Group, members: Sequence[Party], mediators: Sequence[Mediator], here: Index) -> None:
        self.group, self.mediators, self.here = group, mediators, here
        self.model = members[0].model
        self.signed = np.zeros(len(here), dtype=bool)
        self.text = group.agenda.blank(len(here))
        self.author = np.zeros(len(here), dtype=np.intp)
        self.score = np.full(len(here), -1.0)
        self.from_pressure = np.zeros(len(here))
        wants = group.wants(here)
        self.speakers = [
            Speaker(party, party.delegate(group, here, wants), group.offers[party.name].at(here), {}, self.signed)
            for party in members
        ]

    def hold(self) -> None:
        """Exchange proposals, look at drafts, go home."""
        dated = [event.what for event in self.model.this_week("round") if event.group == self.group.name]
        self._tell("round", ~self.signed, value=at(self.here, self.group.rounds), text=dated[0] if dated else "")
        for number in range(1, self.group.spec.exchanges + 1):
            if not self._exchange(number) or not any(each.delegation.moves_again for each in self.speakers):
                break
        waiting = ~self.signed
        for mediator in self.mediators:
            self._look_at_a_draft(mediator, waiting)
        self._go_home()

    # ---- proposals ---------------------------------------------------------------------------------------------------

    def _exchange(self, number: int) -> bool:
        """Everybody proposes, then everybody answers.  -> False where nobody asks for anything new"""
        clock = at(self.here, self.group.clock)
        left = np.full(len(self.here), self.model.time_left)
        on_the_table = self._offers()
        for speaker in self.speakers:
            before = speaker.delegation
            speaker.delegation = before.aspire(clock, left, partial(before.standing, on_the_table))
            speaker.new = (speaker.delegation.asked != before.asked) | (number == 1)
        if not any(speaker.new.any() for speaker in self.speakers):
            return False

        for speaker in self.speakers:
            speaker.offer = self.group.tidy(speaker.delegation.propose(), self.here)
        offers = self._offers()
        for speaker in self.speakers:
            speaker.worths = {author: speaker.delegation.worth(offer) for author, offer in offers.items()}
            self._tell(
                "proposal",
                speaker.new & ~self.signed,
                actor=speaker.name,
                value=number,
                package=speaker.offer,
                worth=speaker.worths[speaker.name],
                asked=speaker.delegation.asked,
            )

        for speaker in self.speakers:
            speaker.delegation.hear(offers, ~self.signed)
        self._answer()
        return True

    def _offers(self) -> dict[str, Package]:
        """What lies on the table, by author: at first what was proposed last in the round before."""
        return {speaker.name: speaker.offer for speaker in self.speakers}

    def _answer(self) -> None:
        """Sign a proposal that all others accept; of several, the best."""
        waiting = ~self.signed
        for author in self.speakers:
            accepted = waiting & author.delegation.bears(author.worths[author.name])
            for reader in self.speakers:
                if reader is not author:
                    accepted &= self._agrees(reader, author.name, waiting & author.new)
            rows = places(accepted)
            if len(rows):
                worths = [reader.worths[author.name][rows] for reader in self.speakers]
                self._sign(rows, author.offer.at(rows), author.name, worths)

    def _agrees(self, reader: Speaker, author: str, new: Mask) -> Mask:
        """Does a party accept another one's proposal? It says so where the proposal is new.  -> (R',)"""
        felt = reader.delegation.felt(reader.worths[author])
        least = reader.delegation.least(reader.worths[reader.name])
        agrees = reader.delegation.accepts(author, felt, least)
        self._tell("decline", new & ~agrees, actor=reader.name, to=author, worth=felt, asked=least)
        return agrees

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
        readers = [speaker.delegation.at(rows) for speaker in self.speakers]
        wants = {speaker.name: reader.preferences for speaker, reader in zip(self.speakers, readers, strict=True)}
        text = mediator.text(self.group, here, wants)
        self._tell("draft", here=here, actor=mediator.name, package=text)

        worths = [reader.worth(text) for reader in readers]
        accepted = np.ones(len(rows), dtype=bool)
        for speaker, reader, worth in zip(self.speakers, readers, worths, strict=True):
            speaker.delegation.hear({mediator.name: text}, drafting)
            felt, least = reader.felt(worth), reader.least_for_a_draft()
            agrees = speaker.delegation.accepts(mediator.name, felt, least)
            self._tell("decline", ~agrees, here, actor=speaker.name, to=mediator.name, worth=felt, asked=least)
            accepted &= agrees
        signing = places(accepted)
        self._sign(rows[signing], text.at(signing), mediator.name, [worth[signing] for worth in worths])

    # ---- what stays --------------------------------------------------------------------------------------------------

    def _sign(self, rows: Index, text: Package, whose: str, worths: Sequence[Array]) -> None:
        """Put everybody's name under a text that all accept, unless a better one is signed at the same time.

        Better: a larger product of gains (Nash 1950); of equals, as where everybody asks for no more than no agreement
        brings, the one that is better together; of equals again, the one whose author drew the higher lot.
        worths: what it is worth to each speaker (R'',).
        """
        readers = [speaker.delegation.at(rows) for speaker in self.speakers]
        gains = [reader.gain(worth) for reader, worth in zip(readers, worths, strict=True)]
        lot = self.group.lots[whose][self.here[rows]]
        score = np.multiply.reduce(gains) + TIE * total(gains) + LOT * lot
        better = score > self.score[rows]
        felt = smallest(reader.felt(worth) for reader, worth in zip(readers, worths, strict=True))[better]

        rows = rows[better]
        self.text.put(rows, text.at(places(better)))
        self.score[rows] = score[better]
        self.signed[rows] = True
        self.from_pressure[rows] = self.model.mediation.pressure[self.here[rows]] / np.maximum(felt, TOLERANCE)
        self.author[rows] = list(self.group.lots).index(whose)

    def _go_home(self) -> None:
        """Every party learns from the others' last offers, and what was offered stays on the table."""
        for speaker in self.speakers:
            heard = {other: speaker.worths[other] for other in self.group.others_than(speaker.name)}
            speaker.party.remember(self.group.name, self.here, speaker.delegation.asked, heard)
            self.group.offers[speaker.name].put(self.here, speaker.offer)

    def _tell(self, kind: str, where: Mask | None = None, here: Index | None = None, **what: object) -> None:
        """Tell of the replications `here`, by default all of the round."""
        self.model.tell(kind, where, self.here if here is None else here, group=self.group.name, **what)
