"""The rounds of a week: where one is due, who comes, and what everybody takes home.

Shapes: R replications, of a group R' of them; P parties, J others of each; M tables that meet (last axis, `Sitting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial

import numpy as np

from sim.agents.acceptance import TOLERANCE
from sim.agents.delegation import Delegation
from sim.agents.mediator import Mediator
from sim.agents.round import Round
from sim.agents.sitting import Sitting
from sim.agents.tables import NOWHERE, Tables, at_home
from sim.agents.working_group import WorkingGroup
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Mask, any_of, at, mean, places, within

SPARE = 2  # how many times as large the tables of several groups may become by being laid side by side
NOBODY = slice(0)  # no table
TRUST_UNIT = 0.05  # utility by which an offer must improve to count as one full unit of cooperation


class Meetings:
    """The rounds of some groups of the same parties, held side by side.

    by_rule: do all the parties decide by the rules? Else each has a delegation of its own, which somebody may lead.
    public: is what is said there told? laid: how the groups' tables are laid side by side.
    """

    public = True
    laid: type[Tables] = Tables

    def __init__(
        self, world: World, groups: Sequence[WorkingGroup], mediators: Sequence[Mediator], by_rule: bool
    ) -> None:
        self.world, self.groups, self.mediators, self.by_rule = world, groups, mediators, by_rule
        self.members = groups[0].members
        self.tables = self.laid(world, groups)
        self._by_name = {group.name: group for group in groups}

    def hold(self) -> None:
        """Hold this week's rounds where one is due and everybody comes; keep what is signed there."""
        due = self._where_due()
        if not len(due):
            return
        minutes = Minutes(self.groups)
        with self.world.group_by_group():
            rows = self._who_meets(due, minutes)
            if len(rows):
                self._meet(Sitting(self.tables, rows), minutes)
            minutes.carry_out()

    @cached_property
    def meets_every(self) -> Array:
        """Weeks from one round of a group to the next.  -> (G * R,)"""
        return np.concatenate([self.world.each(group.spec.meets_every) for group in self.groups])

    def _parts(self, sitting: Sitting) -> list[tuple[WorkingGroup, slice]]:
        """The groups that meet, and which rows are theirs."""
        return self._named(sitting.parts)

    def _named(self, parts: Sequence[tuple[Group, slice]]) -> list[tuple[WorkingGroup, slice]]:
        return [(self._by_name[group.name], part) for group, part in parts]

    # ---- who comes ---------------------------------------------------------------------------------------------------

    def _where_due(self) -> Index:
        """The tables at which a round is due this week, by the interval or by date.  -> rows

            rounds a week = (1 + convening) / meets_every

        With half of a mediator's capacity spent on it, three rounds in the time of two.
        """
        tables = self.tables
        meeting = tables.negotiating & ~tables.frozen
        if not meeting.any():
            return NOWHERE
        passing = (1 + tables.convening) / self.meets_every
        tables.waited += meeting * passing
        if self.world.known:  # only dated rounds are held; one that is due by the interval waits
            np.minimum(tables.waited, 1 - passing, out=tables.waited)
        due = tables.waited >= 1 - TOLERANCE
        for event in (*self.world.this_week("round"), *self.world.this_week("disruption")):
            part = tables.parts.get(event.group or "", NOBODY)
            due[part] = True
            if event.kind == "round":  # the interval begins anew
                tables.waited[part][meeting[part]] = 0.0
        rows = places(meeting & due)
        tables.waited[rows] = np.maximum(tables.waited[rows] - 1, 0)
        return rows

    def _who_meets(self, due: Index, minutes: Minutes) -> Index:
        """Which of the tables meet. Those that stay away cost a round, and the others' trust.  -> rows"""
        coming = np.ones(len(due), dtype=bool)
        expected = coming.copy()
        for group, part in self._named(self.tables.slices(due)):
            if group.not_held():
                coming[part] = expected[part] = False
                minutes.note(group, partial(group.miss_known, self.tables.here(due[part])))
            if group.called():  # nobody stays away from a round that is known to have been held
                expected[part] = False
        if expected.any():
            coming[expected] = ~self._missed(Sitting(self.tables, due[expected]), minutes)
        return due[coming]

    def _missed(self, expected: Sitting, minutes: Minutes) -> Mask:
        """Where somebody stays away.  -> (M,)"""
        away = [party.stays_away(expected) for party in self.members]
        for group, part in self._parts(expected):
            absent = {party.name: mask[part] for party, mask in zip(self.members, away, strict=True)}
            minutes.note(group, partial(group.miss, expected.here[part], absent))
        return any_of(away)

    # ---- a round -----------------------------------------------------------------------------------------------------

    def _meet(self, sitting: Sitting, minutes: Minutes) -> None:
        for group, part in self._parts(sitting):
            group.open_round(sitting.here[part])
        held = Round(sitting, self._delegations(sitting), self.public and self.world.listens)
        held.hold(self.mediators)
        self.tables.rekindle(sitting.rows[~held.signed])
        won, lost = self._lessons(held)
        self._remember(held)
        for group, part in self._parts(sitting):
            minutes.note(group, partial(self._go_home, held, group, part, won, lost))

    def _delegations(self, sitting: Sitting) -> list[Delegation]:
        everybody = range(len(self.members))
        if self.by_rule:
            return [Delegation.of(sitting, everybody)]
        alone = [Delegation.of(sitting, everybody[place : place + 1]) for place in everybody]
        return [party.delegate(sitting, each) for party, each in zip(self.members, alone, strict=True)]

    def _lessons(self, held: Round) -> tuple[Array, Array]:
        """Trust follows what the others' last offers show: better or worse for me than before.

        An offer that is better by 0.02 wins gain * 0.02 / 0.05 of the missing trust; one that is worse costs trust.
        Source: Slovic (1993), trust is slow to earn and fast to lose.  -> shares of trust won and lost (P, J, M)
        """
        dynamics = self.world.spec.trust_dynamics.at(held.sitting.here)
        before = at(held.sitting.rows, self.tables.heard)
        change = within(-1, (held.heard - before) / TRUST_UNIT, 1)  # NaN at the first offer: no change
        return dynamics.gain * np.fmax(change, 0), dynamics.loss * np.fmax(-change, 0)

    def _remember(self, held: Round) -> None:
        """What each party asked for and offered, and what the others' offers were worth to it."""
        rows, heard = held.sitting.rows, held.heard
        self.tables.asked[:, rows] = held.asked
        self.tables.heard[..., rows] = heard
        self.tables.offers.put(rows, held.offers)
        self.tables.clock[rows] += 1
        self.tables.add_round(rows, mean(list(heard.swapaxes(0, 1))))

    def _go_home(self, held: Round, group: WorkingGroup, part: slice, won: Array, lost: Array) -> None:
        """Trust follows; what was signed is kept."""
        here = held.sitting.here[part]
        for place, (party, others) in enumerate(zip(self.members, self.tables.others, strict=True)):
            for number, other in enumerate(others):
                party.learn_from(self.tables.parties[other], here, won[place, number, part], lost[place, number, part])
        rows = part.start + places(held.signed[part])
        if len(rows) and not self.world.known:  # the file would tell of a signature
            group.author[held.sitting.here[rows]] = held.author[rows]
            text = at_home(held.text.at(rows), group)
            worth = dict(zip(group.parties, held.worth[:, rows], strict=True))
            group.sign(held.sitting.here[rows], text, worth, held.from_pressure[rows])


class Minutes:
    """What comes of rounds at tables side by side, noted as it comes and done table after table.

    So it is felt in the order of rounds held one after the other. At a single table all is done at once.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self._noted: dict[str, list[Callable[[], None]]] = {group.name: [] for group in groups}

    def note(self, group: Group, what: Callable[[], None]) -> None:
        """Something happens at a group's table."""
        if len(self._noted) == 1:
            what()
        else:
            self._noted[group.name].append(what)

    def carry_out(self) -> None:
        """Do it all, and forget it: a round that is noted here knows these minutes, so each would keep the other."""
        for noted in self._noted.values():
            for what in noted:
                what()
            noted.clear()


def hold_rounds(meetings: Iterable[Meetings]) -> None:
    """Hold this week's rounds of all groups."""
    for each in meetings:
        each.hold()


def side_by_side(
    world: World, groups: Sequence[WorkingGroup], mediators: Sequence[Mediator], played: set[str]
) -> list[Meetings]:
    """The meetings of all groups, in their order: side by side those that follow each other and are alike.

    Alike: of the same parties, all of whom decide by the rules, with as many exchanges a round, and so few options that
    all combinations are looked at. played: the parties that somebody plays.
    """
    meetings: list[list[WorkingGroup]] = []
    for group in groups:
        together = bool(meetings) and not played.intersection(group.parties) and _fit([*meetings[-1], group])
        if together:
            meetings[-1].append(group)
        else:
            meetings.append([group])
    return [Meetings(world, some, mediators, not played.intersection(some[0].parties)) for some in meetings]


def _fit(groups: Sequence[WorkingGroup]) -> bool:
    """Are they alike, and not much larger laid side by side than alone?"""
    wants = [next(iter(group.equal.values())) for group in groups]
    sizes = [(1 + each.stretches) * each.counts[0] for each in wants]
    filled = len(groups) * (1 + max(each.stretches for each in wants)) * max(each.counts[0] for each in wants)
    return (
        len({group.parties for group in groups}) == len({group.spec.exchanges for group in groups}) == 1
        and all(each.few for each in wants)
        and filled <= SPARE * sum(sizes)
    )
