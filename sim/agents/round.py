"""One round, at all tables that meet this week: proposals, answers, perhaps a mediator's draft.

Shapes: P parties, A authors of texts; M tables that meet (last axis, see `Sitting`); S stretches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.agents.acceptance import TOLERANCE
from sim.agents.delegation import Delegation
from sim.agents.mediator import Mediator
from sim.agents.rivals import best_of_others
from sim.agents.seat import FLOORLESS
from sim.agents.sitting import Sitting
from sim.arrays import Array, Index, Mask, at, places, total
from sim.bargaining.offers import LOT, TIE
from sim.bargaining.preferences import Package


@dataclass(frozen=True)
class Draft:
    """A mediator's single text at some tables.

    tabled (M,): where is it tabled; rows (M',), sitting: the tables where it is; text: levels (S, M').
    """

    mediator: Mediator
    tabled: Mask
    rows: Index
    sitting: Sitting

    @cached_property
    def text(self) -> Package:
        return self.mediator.text(self.sitting)

    def stand(self) -> None:
        """From now on it stands beside the texts of rivals, instead of this mediator's last one."""
        for group, part in self.sitting.parts:
            if group.standing is not None:
                worth = self.sitting.wants.utility(self.text)[:, part]
                group.standing[self.mediator.place][:, self.sitting.here[part]] = worth

    def rivals(self) -> Array | None:
        """What the best text of another mediator is worth to each party.  -> (P, M'), or None where nobody is a rival

        A party takes no text of a rival that is worth less to it than that.
        """
        if not np.any(self.mediator.spec.rivalry) or self.sitting.tables.groups[0].standing is None:
            return None
        standing = self.sitting.by_group(lambda group, here: np.asarray(group.standing)[..., here])
        rival = at(self.sitting.here, self.mediator.spec.rivalry) > 0
        return np.where(rival, best_of_others(standing, self.mediator.place), FLOORLESS)


def _over() -> Package:
    raise RuntimeError("nobody proposes any more once the exchanges of a round are over")


class Round:
    """A round: all decide on what lies on the table before anybody's state changes.

    delegations: of the parties, most often one of all; asked (P, M): what they ask for; new (P, M): is that something
    else than before, or what they offer; offers: what is on the table, levels (S, P, M), at first what was proposed
    last in the round before; worths, felt (A, P, M): what each proposal is worth to each, and what that feels like;
    least (P, M): the least that each takes.
    text, signed (M,): what has been signed, and where; worth (P, M): its utility for each; author (M,): whose text it
    is, as a place in `Group.lots`; score (M,): how good it is for all, -1 where nothing is signed; from_pressure (M,):
    share of its felt value that came from pressure.
    """

    def __init__(self, sitting: Sitting, delegations: Sequence[Delegation], listens: bool) -> None:
        """listens: is what is said here told?"""
        self.sitting, self.delegations, self.listens = sitting, list(delegations), listens
        self.tables, self.world, self.parties = sitting.tables, sitting.tables.world, sitting.tables.parties
        self.asked = sitting.asked
        self._offers: Package | None = None
        self.worths = self.felt = np.zeros((len(self.parties), len(self.parties), len(sitting)))
        self.least = self.asked
        self.text = sitting.blank()
        self.worth = np.full((len(self.parties), len(sitting)), np.nan)
        self.signed = np.zeros(len(sitting), dtype=bool)
        self.author = np.zeros(len(sitting), dtype=np.intp)
        self.score = np.full(len(sitting), -1.0)
        self.from_pressure = np.zeros(len(sitting))

    def hold(self, mediators: Sequence[Mediator]) -> None:
        """Exchange proposals, look at drafts."""
        for number in range(1, self.tables.exchanges + 1):
            if not self._exchange(number) or not any(each.moves_again for each in self.delegations):
                break
        for each in self.delegations:
            each.on_table = _over  # a delegation that went on looking at this round would keep it in memory
        waiting = ~self.signed
        drafts = [self._draft(mediator, waiting) for mediator in mediators]
        for draft in filter(None, drafts):
            self._look_at(draft)

    # ---- proposals ---------------------------------------------------------------------------------------------------

    def _exchange(self, number: int) -> bool:
        """Everybody proposes, then everybody answers.  -> False where nobody asks for or offers anything new"""
        clock = self.tables.clock[self.sitting.rows]
        for each in self.delegations:
            each.aspire(clock, self.world.time_left, lambda: self.offers)
        before, self.asked = self.asked, self._of_all(lambda each, _: each.asked)
        self.new = (self.asked != before) | (number == 1)
        answering = self._of_all(lambda each, _: np.full(each.asked.shape, each.answers_offers))
        if not (self.new | answering).any():
            return False

        table, self._offers = self.offers, self._propose()
        self.new |= answering & _differ(table, self._offers)
        if not self.new.any():
            return False

        texts = Package(self.offers.levels[:, :, None], self.offers.combination[:, None])
        self.worths = self._of_all(lambda each, _: each.worth(texts))
        self._tell_proposals(number)

        for each in self.delegations:
            each.hear(self.parties, self.offers, ~self.signed)
        self._answer()
        return True

    @property
    def offers(self) -> Package:
        """What is on the table."""
        return self.sitting.offers if self._offers is None else self._offers

    def _propose(self) -> Package:
        proposals = [each.propose() for each in self.delegations]
        offers = proposals[0]
        if len(proposals) > 1:
            levels = np.concatenate([each.levels for each in proposals], axis=1)
            offers = Package(levels, np.concatenate([each.combination for each in proposals]))
        for number in range(len(self.parties)):
            self.sitting.tidy(offers.side(number))
        return offers

    def _answer(self) -> None:
        """Sign a proposal that all others accept; of several, the best."""
        waiting = ~self.signed
        everybody, own = np.arange(len(self.parties)), self.own_worths
        self.felt = felt = self._of_all(lambda each, part: each.felt(self.worths[:, part]))
        self.least = least = self._of_all(lambda each, part: each.least(own[part]))
        agrees = self._of_all(lambda each, part: each.accepts(self.parties, felt[:, part], least[part]))
        self._tell_declines(waiting & self.new, ~agrees, felt, least)

        agrees[everybody, everybody] = self._of_all(lambda each, part: each.signs_own(own[part]))
        accepted: Mask = np.asarray(agrees.all(axis=1) & waiting)
        rows = places(np.asarray(accepted.any(axis=0)))
        if len(rows):
            gains = self._of_all(lambda each, part: each.gain(self.worths[:, part]))
            authors = [self.tables.authors.index(name) for name in self.parties]
            brings = (self.worths[..., rows], gains[..., rows], felt[..., rows])
            self._sign(rows, authors, accepted[:, rows], self.offers.at(rows), *brings)

    # ---- drafts ------------------------------------------------------------------------------------------------------

    def _draft(self, mediator: Mediator, waiting: Mask) -> Draft | None:
        """The single text that a mediator tables, where it does; None where it does nowhere."""
        drafting = mediator.drafts_now(self.sitting) & waiting
        rows = places(drafting)
        if len(rows) == 0:
            return None
        draft = Draft(mediator, drafting, rows, self.sitting.some(rows))
        draft.stand()
        return draft

    def _look_at(self, draft: Draft) -> None:
        """A mediator's single text may be signed if nobody declines it (Fisher and Ury 1981).

        Texts of several mediators lie on the table together, as proposals do.
        """
        mediator, rows, some, text = draft.mediator, draft.rows, draft.sitting, draft.text
        np.add.at(mediator.drafts, some.here, 1)
        texts = Package(text.levels[:, None], text.combination[None])
        self._tell("draft", None, some, actor=mediator.name, package=text)
        rivals = draft.rivals()
        own = self.own_worths[:, rows]

        worths, gains, felts, answers = [], [], [], []
        for each in self.delegations:
            each.hear([mediator.name], texts, draft.tabled)
            reader = each.at(rows)
            part = slice(each.parties.start, each.parties.stop)
            worth, least = reader.worth(text), reader.least_for_a_draft(own[part])
            felt = reader.felt(worth)
            if rivals is not None:
                least = np.maximum(least, reader.felt(rivals[part]))
            agrees = each.accepts([mediator.name], felt[None], least)[0]
            for number, party in enumerate(each.parties):
                answer = {"to": mediator.name, "worth": felt[number], "asked": least[number]}
                self._tell("decline", ~agrees[number], some, actor=self.parties[party], **answer)
            worths.append(worth)
            gains.append(reader.gain(worth))
            felts.append(felt)
            answers.append(agrees)
        accepted = np.asarray(np.concatenate(answers).all(axis=0))
        signing = places(accepted)
        if len(signing):
            brings = [np.concatenate(each)[None, :, signing] for each in (worths, gains, felts)]
            author = [self.tables.authors.index(mediator.name)]
            self._sign(rows[signing], author, accepted[None, signing], texts.at(signing), *brings)

    # ---- what stays --------------------------------------------------------------------------------------------------

    def _sign(
        self,
        rows: Index,
        authors: Sequence[int],
        accepted: Mask,
        texts: Package,
        worths: Array,
        gains: Array,
        felt: Array,
    ) -> None:
        """Put everybody's name under a text that all accept, unless a better one is signed at the same time.

        Better: a larger product of gains (Nash 1950); of equals, as where everybody asks for no more than no agreement
        brings, the one that is better together; of equals again, the one whose author drew the higher lot.
        accepted (A, M'): which authors' texts (S, A, M') all accept at the tables `rows`, one at least; worths, gains,
        felt (A, P, M'): their utility for each party, what they bring beyond no agreement, what they feel worth.
        """
        lots = at(self.sitting.rows[rows], self.tables.lots)[authors]
        scores = np.multiply.reduce(gains, axis=1) + TIE * total(gains.swapaxes(0, 1)) + LOT * lots
        best = np.where(accepted, scores, -np.inf).argmax(axis=0)
        score = scores[best, np.arange(len(rows))]
        better = places(score > self.score[rows])

        rows, best = rows[better], best[better]
        self.text.put(rows, Package(texts.levels[:, best, better], texts.combination[best, better]))
        self.worth[:, rows] = worths[best, :, better].T
        self.score[rows] = score[better]
        self.signed[rows] = True
        least_felt = felt[best, :, better].min(axis=1)
        pressure = self.world.mediation.pressure[self.sitting.here[rows]]
        self.from_pressure[rows] = pressure / np.maximum(least_felt, TOLERANCE)
        self.author[rows] = np.asarray(authors)[best]

    @property
    def own_worths(self) -> Array:
        """What its own proposal is worth to each party.  -> (P, M)"""
        everybody = np.arange(len(self.parties))
        return np.asarray(self.worths[everybody, everybody])

    @property
    def heard(self) -> Array:
        """What the others' proposals are worth to each party.  -> (P, J, M)"""
        others = self.tables.others
        return np.asarray(self.worths[others, np.arange(len(others))[:, None]])

    def _of_all(self, of: Callable[[Delegation, slice], Any]) -> Any:
        """What every delegation gives for its part of the parties, side by side.  -> (..., P, M)"""
        found = [of(each, slice(each.parties.start, each.parties.stop)) for each in self.delegations]
        return found[0] if len(found) == 1 else np.concatenate(found, axis=-2)

    # ---- what is told ------------------------------------------------------------------------------------------------

    def _tell_proposals(self, number: int) -> None:
        for party, name in enumerate(self.parties) if self.listens else ():
            self._tell(
                "proposal",
                self.new[party] & ~self.signed,
                self.sitting,
                actor=name,
                value=number,
                package=self.offers.side(party),
                worth=self.worths[party, party],
                asked=self.asked[party],
            )

    def _tell_declines(self, new: Mask, declines: Mask, felt: Array, least: Array) -> None:
        """A party says that it declines where the proposal is new."""
        for author, to in enumerate(self.parties) if self.listens else ():
            for party, name in enumerate(self.parties):
                if party != author:
                    answer = {"to": to, "worth": felt[author, party], "asked": least[party]}
                    self._tell("decline", new[author] & declines[author, party], self.sitting, actor=name, **answer)

    def _tell(self, kind: str, where: Mask | None, sitting: Sitting, **what: Any) -> None:
        if self.listens:
            self.tables.tell(kind, where, sitting.rows, **what)


def _differ(one: Package, other: Package) -> Mask:
    """Where do two packages, of all parties (S, P, M), differ?  -> (P, M)"""
    apart = np.abs(one.levels - other.levels)
    return np.asarray((one.combination != other.combination) | (apart > TOLERANCE).any(axis=0))
