"""Tables side by side: groups of the same parties, whose rounds of a week are held together.

A *row* is one table: one group in one replication, group after group, so that row g * R + r is group g in replication
r. What all seats hold lies in arrays over parties and rows, of which each `Seat` has its own part. So a week takes as
many array calls for three groups of two parties as for one party alone.
What the groups themselves hold that changes lies in arrays over rows in the same way (`STATES`).
Shapes: P parties at each table, J others of each, G groups, R replications; M of the rows (last axis); H rounds, newest
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from sim.agents.seat import ROUNDS_SEEN, reservation_now
from sim.agents.world import Group, Side, World
from sim.arrays import Array, Index, Mask, Parameter, at
from sim.bargaining.preferences import Package, Preferences, side_by_side

SHARED = ("hardening", "floor", "asked", "rounds", "offered")  # what a seat holds that changes
STATES = (
    "clock", "waited", "opened", "frozen", "frozen_weeks", "signed", "in_force", "since", "broken_off",
    "taken_up_again", "fragility",
)  # fmt: skip
NOWHERE = np.zeros(0, dtype=np.intp)
TRAITS = ("expected_rounds", "face_saving", "face_saving_margin", "doubt_own")


class Tables:
    """Some groups of the same parties.

    others (P, J): the others of each party, as places among the parties; seats (P, 1), pairs (P, J, 1): where each
    begins where they stand side by side; wants, imagined: what each party wants at each table, and what it imagines
    that each other one wants, seats (P * G * R) and pairs (P * J * G * R) side by side; reservation, hardening, floor,
    asked (P, G * R), rounds (P, G * R), offered (H, P, G * R): what the seats hold; heard (P, J, G * R): worth of each
    other party's last offer; traits (4, P, R): the parties' TRAITS; lots (authors, G * R), option_lots (O, G * R): what
    decides between equals; angry: does anger count anywhere? parts: which rows are whose, by group; the groups' STATES
    (G * R,) each, worth (P, G * R) and offers (S, P, G * R): what the groups hold (see `WorkingGroup`).
    """

    states: tuple[str, ...] = STATES
    by_party: tuple[str, ...] = ("worth",)
    clock: Array
    waited: Array
    opened: Mask
    frozen: Mask
    frozen_weeks: Array
    signed: Mask
    in_force: Mask
    since: Array
    broken_off: Mask
    taken_up_again: Mask
    fragility: Array
    worth: Array

    def __init__(self, world: World, groups: Sequence[Group]) -> None:
        self.world, self.groups = world, list(groups)
        width = world.replications
        self.parts = {group.name: slice(n * width, (n + 1) * width) for n, group in enumerate(groups)}
        self._ends = np.arange(1, len(groups) + 1) * width
        self._all = np.arange(self._ends[-1])
        self._numbers = np.array([number for number, name in enumerate(world.groups) if name in self.parts])
        self.parties = groups[0].parties
        self.members: list[Side] = [world.parties_by_name[name] for name in self.parties]
        everybody = range(len(self.parties))
        self.others = np.array([[q for q in everybody if q != p] for p in everybody])
        self.seats = np.arange(len(self.parties))[:, None] * self._ends[-1]  # where each begins, side by side
        self.pairs = np.arange(self.others.size).reshape(*self.others.shape, 1) * self._ends[-1]
        self.exchanges = groups[0].spec.exchanges
        self.angry = np.any(world.spec.incidents.rekindling)
        self.authors = list(groups[0].lots)
        self.lots = np.array([joined([group.lots[author] for group in groups]) for author in self.authors])
        self.option_lots = self._option_lots()
        self.traits = np.array([
            [world.each(getattr(party.spec, trait)) for party in self.members] for trait in TRAITS
        ])  # fmt: skip
        self._lay_the_seats_side_by_side()
        self.gather()

    def gather(self) -> None:
        """Lay side by side what the groups hold; from now on each has its own part of it."""
        for name in self.states:
            together = joined([getattr(group, name) for group in self.groups])
            setattr(self, name, together)
            for group in self.groups:
                setattr(group, name, together[self.parts[group.name]])
        for name in self.by_party:
            by_party = [joined([getattr(group, name)[party] for group in self.groups]) for party in self.parties]
            together = np.array(by_party)
            setattr(self, name, together)
            for group in self.groups:
                setattr(group, name, dict(zip(self.parties, together[:, self.parts[group.name]], strict=True)))
        self.offers = self._offers()

    def _offers(self) -> Package:
        """What each party proposed last at each table; the groups have their parts of it.  -> levels (S, P, G * R)"""
        stretches = max(len(group.agenda.starts) for group in self.groups)
        shape = (len(self.parties), self._ends[-1])
        together = Package(np.zeros((stretches, *shape)), np.zeros(shape, dtype=np.intp))
        for number, party in enumerate(self.parties):
            mine = together.side(number)
            for group in self.groups:
                put_home(mine, self.parts[group.name], group.offers[party])
                group.offers[party] = at_home(mine, group, self.parts[group.name])
        return together

    def each(self, value: Parameter) -> Array:
        """One number for each table, to be changed at will.  -> (G * R,)"""
        return np.concatenate([self.world.each(value)] * len(self.groups))

    def nowhere(self) -> Mask:
        """True at no table.  -> (G * R,)"""
        return np.zeros(self._ends[-1], dtype=bool)

    def here(self, rows: Index) -> Index:
        """The replications of these tables."""
        return rows if len(self.groups) == 1 else rows % self.world.replications

    def rows(self, here: Index) -> Index:
        """The tables of all groups in these replications."""
        return (np.arange(len(self.groups))[:, None] * self.world.replications + here).ravel()

    def split(self, rows: Index) -> list[tuple[Group, Index]]:
        """Of these tables, in ascending order, those of each group that has some: in which replications."""
        here = self.here(rows)
        return [(group, here[part]) for group, part in self.slices(rows)]

    def slices(self, rows: Index) -> list[tuple[Group, slice]]:
        """Which of these tables, in ascending order, are those of each group that has some."""
        found, begin = [], 0
        for group, end in zip(self.groups, rows.searchsorted(self._ends).tolist(), strict=True):
            if begin < end:
                found.append((group, slice(begin, end)))
            begin = end
        return found

    def tell(self, kind: str, where: Mask | None = None, rows: Index | None = None, **what: Any) -> None:
        """Something happens at these tables, or at all, and goes into the history (see `History.tell`)."""
        if self.world.listens:
            rows = self._all if rows is None else rows
            self.world.tell(kind, where, self.here(rows), group=self._numbers[rows // self.world.replications], **what)

    def luck(self, purpose: str, of: str = "", rows: Index | None = None) -> Array:
        """This week's luck `purpose.group.of` at each table, or at some.  -> (G * R,) or (R',)"""
        purposes = tuple(f"{purpose}.{group.name}{of}" for group in self.groups)
        return self.world.chance.weeks(purposes, self.world.week, rows)

    @property
    def convening(self) -> Array:
        """Effort that calls the rounds of each group.  -> (G * R,)"""
        return joined([self.world.mediation.convening[group.name] for group in self.groups])

    @property
    def negotiating(self) -> Mask:
        """Where a group is open, with nothing signed (see `WorkingGroup.negotiating`).  -> (G * R,)"""
        return negotiating(self, self.world)

    def _option_lots(self) -> Array:
        lots = [np.atleast_2d(group.option_lots + self.world.each(0.0)) for group in self.groups]
        most = max(map(len, lots))
        return joined([np.pad(each, ((0, most - len(each)), (0, 0))) for each in lots])

    def _lay_the_seats_side_by_side(self) -> None:
        """From now on a seat's arrays are its part of those of all seats."""
        places = [(party, group.name) for party in self.members for group in self.groups]
        seats = [party.seats[group] for party, group in places]
        self.wants = side_by_side([seat.preferences for seat in seats])
        self.imagined = side_by_side([
            party.seats[group.name].imagined[self.parties[other]]
            for party, others in zip(self.members, self.others, strict=True)
            for other in others
            for group in self.groups
        ])  # fmt: skip
        self.reservation = self._of_seats([self.world.each(seat.reservation) for seat in seats])
        self.hardening = self._of_seats([seat.hardening for seat in seats])
        self.floor = self._of_seats([seat.floor for seat in seats])
        self.asked = self._of_seats([seat.asked for seat in seats])
        self.rounds = self._of_seats([seat.rounds for seat in seats])
        self.offered = self._of_seats([seat.offered for seat in seats])
        self.heard = np.full((*self.others.shape, self.asked.shape[-1]), np.nan)
        for number, (party, group) in enumerate(places):
            shared = {name: self._part(getattr(self, name), number) for name in SHARED}
            party.seats[group] = replace(party.seats[group], **shared)
        if len(self.groups) == 1:
            self._share_the_pictures()

    def _share_the_pictures(self) -> None:
        """At a single table, of any size, what is wanted and imagined there needs its room only once."""
        [group], wants, imagined = self.groups, self._each(self.wants), self._each(self.imagined)
        for place, party in enumerate(self.members):
            others = [self.parties[other] for other in self.others[place]]
            theirs = dict(zip(others, imagined[place * len(others) :], strict=False))
            party.seats[group.name] = replace(party.seats[group.name], preferences=wants[place], imagined=theirs)

    def _each(self, together: Preferences) -> list[Preferences]:
        """Of preferences side by side, those of each seat."""
        width, seats = self.world.replications, together.table.shape[1] // self.world.replications
        return [together.side(slice(seat * width, (seat + 1) * width)) for seat in range(seats)]

    def _of_seats(self, values: Sequence[Any]) -> Any:
        """One array of all seats, from those of each.  (..., R) each -> (..., P, G * R)"""
        return np.stack(values, axis=-2).reshape(*values[0].shape[:-1], len(self.parties), -1)

    def _part(self, of_all: Any, number: int) -> Any:
        """The part of one seat.  (..., P, G * R) -> (..., R)"""
        return of_all.reshape(*of_all.shape[:-2], len(self.parties) * len(self.groups), -1)[..., number, :]

    def reservation_now(self, rows: Index) -> Array:
        """Utility of no agreement to each party at these tables, now (see `reservation_now`).  -> (P, M)"""
        here = self.here(rows)
        hurt = np.array([party.hurt[here] for party in self.members])
        return reservation_now(at(rows, self.reservation), hurt, at(rows, self.hardening))

    def add_round(self, rows: Index, offered: Array) -> None:
        """One more round at these tables; what the others offered was worth so much to each party (P, M)."""
        rounds = self.rounds[:, rows]
        self.offered[rounds % ROUNDS_SEEN, np.arange(len(rounds))[:, None], rows] = offered
        self.rounds[:, rows] = rounds + 1

    def rekindle(self, rows: Index) -> None:
        """Who leaves these tables without a signature comes home harder (see `rekindled`)."""
        if not self.angry:
            return
        rekindling = at(rows % self.world.replications, self.world.spec.incidents.rekindling)
        self.hardening[:, rows] = rekindled(self.hardening[:, rows], rekindling)

    @cached_property
    def equal(self) -> Preferences:
        """What each party would want at each table if all issues were equally important, seats side by side."""
        together = side_by_side([group.equal[party] for party in self.parties for group in self.groups])
        if len(self.groups) == 1:
            self.groups[0].equal.update(zip(self.parties, self._each(together), strict=True))
        return together

    @cached_property
    def focal(self) -> Array | None:
        """What leaving earlier commitments costs in a mediator's eyes, groups side by side.  -> (T, G * R) or None"""
        if not any(group.focal for group in self.groups):
            return None
        equal = [group.equal[self.parties[0]] for group in self.groups]
        nothing = [replace(wants, table=np.zeros_like(wants.table)) for wants in equal]
        costs = [group.focal or none for group, none in zip(self.groups, nothing, strict=True)]
        return side_by_side(costs).table


class Stateful(Protocol):
    """A group, or several side by side."""

    opened: Mask
    signed: Mask
    broken_off: Mask
    taken_up_again: Mask


def negotiating(of: Stateful, world: World) -> Mask:
    """Open, with nothing signed, and not broken off; after the talks, taken up again."""
    begun = of.opened if world.talking else of.taken_up_again
    return begun & ~of.signed & ~of.broken_off


def at_home(package: Package, group: Group, part: slice = slice(None)) -> Package:
    """The part of a package (S, M) that is a group's own, on its own agenda."""
    return Package(package.levels[: len(group.agenda.starts), part], package.combination[part])


def put_home(package: Package, part: slice, own: Package) -> None:
    """Make it a group's own there."""
    package.levels[: len(own.levels), part] = own.levels
    package.combination[part] = own.combination


def joined(values: Sequence[Array]) -> Array:
    """One after the other on the last axis."""
    return values[0] if len(values) == 1 else np.concatenate(values, axis=-1)


def rekindled(hardening: Array, rekindling: Parameter) -> Array:
    """Who sits at a table while tempers are high, and leaves it without a signature, comes home harder.

        hardening in a round *= 1 + rekindling

    Nothing grows beyond 1, where no agreement is worth more than any. Sources: Pruitt and Kim (2004), conflict spirals;
    Allred, Mallozzi, Matsui and Raia (1997), who is angry cares less for the other's interests.
    """
    return np.minimum(hardening * (1 + rekindling), np.maximum(hardening, 1.0))
