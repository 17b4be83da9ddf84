"""A party for which a person decides. What it wants, feels and believes comes from the scenario, as ever.

Where the person leaves a round to the delegation, it acts by the party's own tactic: who always does that gets the
history of the script. Shapes: R rows of one history, in which the same is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np

from sim.agents.delegation import Delegation
from sim.agents.party import Party
from sim.agents.sitting import Sitting
from sim.agents.tables import Tables
from sim.agents.world import Group
from sim.arrays import Array, Index, Mask
from sim.bargaining.preferences import Package
from sim.model import NegotiationModel
from sim.play.answers import ANSWERS, Hand, Question
from sim.play.game import Data
from sim.play.view import HERE, in_full, package_of, text_of


@dataclass(frozen=True)
class Leave:
    """How a delegation decides alone: by a mandate or by the party's tactic, for so many rounds, this one included.

    take: the least worth that it signs under a mandate. With 0 rounds the person is there.
    """

    kind: str
    rounds: int
    take: float

    @property
    def by_tactic(self) -> bool:
        """Does the party's own tactic decide?"""
        return self.rounds > 0 and self.kind == "delegate"

    def next_round(self) -> Leave:
        """What is left of it a round later."""
        return replace(self, rounds=max(self.rounds - 1, 0))


PRESENT, AWAY = Leave("", 0, 1.0), Leave("delegate", 10**6, 1.0)


class PlayedParty(Party):
    """A party whose rounds a person decides.

    offers: the person's standing offer in each group; summoned: the week of the last round that was asked about;
    leave: how the delegation decides alone in each group, and for how long; leaving: groups that it is about to leave.
    """

    model: NegotiationModel

    def __init__(self, model: NegotiationModel, name: str, hand: Hand, moody: bool, leave: Leave = PRESENT) -> None:
        super().__init__(model, name)
        self.hand, self.moody = hand, moody
        self.offers: dict[str, Package] = {}
        self.summoned: dict[str, int] = {}
        self.leave = dict.fromkeys(model.groups, leave)
        self.leaving: set[str] = set()

    # ---- coming and going --------------------------------------------------------------------------------------------

    def stays_away(self, sitting: Sitting) -> Mask:
        """The person decides; a delegation left alone, or after the talks, chance."""
        if not self.model.talking:
            return super().stays_away(sitting)
        do = self._summon(_group_of(sitting), "round")
        by_chance = super().stays_away(sitting)
        return by_chance if do == "delegate" else np.full(len(sitting), do == "stay_away")

    def walks_out(self, tables: Tables, present: Mask, temper: Array) -> Index:
        """When the person said so at the last round; if it is moody, also by chance, as ever."""
        [group] = tables.groups
        leaves = super().walks_out(tables, present, temper) if self.moody else np.zeros(0, dtype=np.intp)
        if group.name not in self.leaving or not present.any():
            return leaves
        self.leaving.discard(group.name)
        return np.flatnonzero(present)

    def _summon(self, group: Group, kind: str) -> str:
        """A round is due: come, and with which offer?"""
        name = group.name
        self.summoned[name] = self.model.week
        self.leave[name] = self.leave[name].next_round()
        if self.leave[name].rounds:
            return self.leave[name].kind
        answer = self.hand.ask(self._about_round(group, kind))
        self.obey(group, answer)
        return str(answer["do"])

    def obey(self, group: Group, answer: Data) -> None:
        """Keep what an answer says beyond the moment."""
        name = group.name
        if answer["do"] in ("delegate", "mandate"):
            self.leave[name] = Leave(answer["do"], answer.get("rounds", 1), answer.get("take", 1.0))
        if answer["do"] == "walk_out":
            self.leaving.add(name)
        if "offer" in answer:
            self.offers[name] = package_of(group, answer["offer"], self.model.everywhere)

    # ---- at the table ------------------------------------------------------------------------------------------------

    def delegate(self, sitting: Sitting, by_tactic: Delegation) -> Delegation:
        """The person's delegation, or the party's own where it is left alone."""
        if not self.model.talking:
            return by_tactic
        group = _group_of(sitting)
        if self.summoned.get(group.name) != self.model.week:
            self._summon(group, "summons")
        if self.leave[group.name].by_tactic:
            return by_tactic
        if group.name not in self.offers:
            self.offers[group.name] = self.suggested(group)
        parts = {part.name: getattr(by_tactic, part.name) for part in fields(Delegation)}
        return PlayedDelegation(**parts, table=Table(self, group))

    def suggested(self, group: Group) -> Package:
        """What the party's own tactic would table now."""
        sitting, place = self.model.sitting_of(group.name, self.model.everywhere), group.parties.index(self.name)
        own = Delegation.of(sitting, range(place, place + 1))
        own.aspire(group.clock, self.model.time_left, lambda: sitting.offers)
        return group.tidy(own.propose().side(0), self.model.everywhere)

    # ---- questions ---------------------------------------------------------------------------------------------------

    def _about_round(self, group: Group, kind: str) -> Question:
        others = {other: group.offers[other] for other in group.others_than(self.name)}
        return self.question(kind, group, {author: text for author, text in others.items() if text_of(group, text)})

    def question(self, kind: str, group: Group, texts: Mapping[str, Package]) -> Question:
        """A question about texts."""
        return Question(kind, group.name, tuple(texts), partial(self._shown, kind, group, texts))

    def _shown(self, kind: str, group: Group, texts: Mapping[str, Package]) -> Data:
        """What the person sees with a question: what each text is worth to the party, and what it feels worth."""
        own = self.offers.get(group.name)
        return {
            "kind": kind,
            "group": group.name,
            "texts": {author: self.reading(group, text) for author, text in texts.items()},
            "own_offer": self.reading(group, own) if own else None,
            "suggested": self.reading(group, self.suggested(group)),
            "walk_away": float(self.reservation_in(group.name, HERE)[0]),
            "do": list(ANSWERS[kind]),
        }

    def reading(self, group: Group, text: Package) -> Data:
        """A text, what it is worth to the party, and what it feels worth: with doubt, and with pressure to agree."""
        worth = self.seats[group.name].preferences.at(HERE).utility(text.at(HERE))
        felt = worth * self.believes(group, HERE) + self.model.mediation.pressure[HERE]
        settled = in_full(group, text_of(group, text))
        return {"text": settled, "worth": float(worth[0]), "felt": float(felt[0])}


def _group_of(sitting: Sitting) -> Group:
    """Groups with a person at the table meet one by one."""
    return sitting.tables.groups[0]


class Table:
    """One round as the person meets it: what was heard last, what is accepted, whether the person has left it."""

    def __init__(self, party: PlayedParty, group: Group) -> None:
        self.party, self.group = party, group
        self.heard: dict[str, Package] = {}
        self.accepted: set[str] = set()
        self.left = group.name in party.leaving

    @property
    def leave(self) -> Leave:
        """How the delegation decides without the person, if it does."""
        return self.party.leave[self.group.name]

    @property
    def by_tactic(self) -> bool:
        """Is the rest of the round left to the party's own tactic?"""
        return self.leave.by_tactic

    @property
    def offer(self) -> Package:
        """What the person has on the table."""
        return self.party.offers[self.group.name]

    def hear(self, texts: Mapping[str, Package]) -> None:
        """Answer texts, unless they are those of the last answer."""
        others = {author: text for author, text in texts.items() if author != self.party.name}
        if self.by_tactic or self.left or _same(others, self.heard):
            return
        self.heard, self.accepted = others, set()
        if not self.leave.rounds:
            self._ask("answer" if self.party.name in texts else "draft")
        if self.leave.rounds:
            worths = {author: self.party.reading(self.group, text)["worth"] for author, text in others.items()}
            self.accepted = {author for author, worth in worths.items() if worth >= self.leave.take}

    def _ask(self, kind: str) -> None:
        answer = self.party.hand.ask(self.party.question(kind, self.group, self.heard))
        self.party.obey(self.group, answer)
        self.left = answer["do"] == "walk_out"
        if answer["do"] == "accept":
            self.accepted = {answer.get("of", next(iter(self.heard)))}


def _same(texts: Mapping[str, Package], before: Mapping[str, Package]) -> bool:
    """Is there nothing new among these texts?"""
    return texts.keys() == before.keys() and all(
        np.array_equal(text.levels, before[author].levels)
        and np.array_equal(text.combination, before[author].combination)
        for author, text in texts.items()
    )


@dataclass
class PlayedDelegation(Delegation):
    """A delegation that tables and signs what the person says. A person may sign what its tactic never would."""

    table: Table

    @property
    def moves_again(self) -> bool:
        """A person may."""
        return True

    def aspire(self, clock: Array, time_left: float, offers: Callable[[], Package]) -> None:
        """Ask for what the person's offer is worth."""
        if self.table.by_tactic:
            super().aspire(clock, time_left, offers)
        else:
            self.asked = self.worth(self.propose())

    def propose(self) -> Package:
        """The person's offer."""
        if self.table.by_tactic:
            return super().propose()
        return Package(self.table.offer.levels[:, None], self.table.offer.combination[None])

    def hear(self, authors: Sequence[str], texts: Package, waiting: Mask) -> None:
        """The person thinks."""
        if waiting.any():
            self.table.hear({author: texts.side(number) for number, author in enumerate(authors)})

    def accepts(self, authors: Sequence[str], felt: Array, least: Array) -> Mask:
        """What the person signs."""
        if self.table.by_tactic:
            return super().accepts(authors, felt, least)
        return np.array([np.full(felt.shape[1:], author in self.table.accepted) for author in authors])

    def signs_own(self, worth: Array) -> Mask:
        """A person signs what it tabled."""
        return super().signs_own(worth) if self.table.by_tactic else np.ones(worth.shape, dtype=bool)
