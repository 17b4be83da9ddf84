"""A leaders' table: open questions of several chapters, negotiated as one package.

Chapters weighed apart cannot trade one question for another across them. At a leaders' table a package is worth what
its chapters are worth, by each party's stakes in those that are open; what is signed is signed in each of them, and
chapters signed before are not touched. Sources: Sebenius (1983), adding issues; Tollison and Willett (1979), linkage;
Putnam (1988); Poast (2012), linkage makes agreements likelier.
Shapes: R replications, P parties, J others of each; C chapters; M rows that meet (last axis).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.agents.delegation import TOLERANCE
from sim.agents.mediator import Mediator
from sim.agents.meetings import Meetings, Minutes
from sim.agents.party import Party
from sim.agents.round import Round
from sim.agents.seat import FLOORLESS, ROUNDS_SEEN
from sim.agents.sitting import Sitting
from sim.agents.tables import Tables, rekindled
from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, Mask, at, places, total
from sim.bargaining.combinations import ALL
from sim.bargaining.preferences import Package, Preferences
from sim.scenario import schema

NAME = "leaders"
NOTHING = 1e-300


class LeadersTable:
    """The table itself, as those who sit at it see it (see `Group`)."""

    standing = focal = None

    def __init__(self, world: World, spec: schema.Leaders, chapters: Sequence[WorkingGroup]) -> None:
        self.world, self.chapters, self.spec = world, chapters, spec
        self.name = NAME
        seated = {party for chapter in chapters for party in chapter.parties}
        self.parties = tuple(party for party in world.spec.parties if party in seated)
        self.members: list[Any] = [world.parties_by_name[party] for party in self.parties]
        width = world.replications
        self.sizes = [len(each.agenda.starts) for each in chapters]
        starts = [
            np.broadcast_to(each.agenda.starts, (size, width)) for each, size in zip(chapters, self.sizes, strict=True)
        ]
        counts = [count for each in chapters for count in each.agenda.counts]
        self.agenda = SimpleNamespace(starts=np.concatenate(starts), counts=counts)
        self.offers = {party: self.blank(width) for party in self.parties}
        self.clock, self.rounds, self.waited = world.each(0.0), world.each(0.0), world.each(0.0)
        self.author = np.zeros(width, dtype=np.intp)
        authors = (*world.spec.parties, *world.spec.mediators)
        self.lots = {author: world.chance.once(f"lot.{NAME}.{author}")[0] for author in authors}
        self.option_lots = 0.0

    def blank(self, width: int) -> Package:
        """Nothing on the table."""
        return Package(np.full((sum(self.sizes), width), np.nan), np.full(width, -1, dtype=np.intp))

    def others_than(self, party: str) -> tuple[str, ...]:
        """The other parties at the table."""
        return tuple(other for other in self.parties if other != party)

    @property
    def open(self) -> list[Mask]:
        """Where each chapter has open questions that may be talked about.  -> (R,) each"""
        return [each.negotiating & ~each.frozen for each in self.chapters]

    def where_due(self) -> Index:
        """Where the leaders meet this week, by the interval or by date.  -> replications"""
        meeting = np.logical_or.reduce(self.open)
        called = self.world.week in [self.world.spec.week_of(date) for date in self.spec.dates]
        if self.spec.meets_every is not None:
            self.waited = self.waited + meeting / self.spec.meets_every
        if self.world.known:  # only dated meetings are held; one that is due by the interval waits
            self.waited = np.minimum(self.waited, 0.0)
        due = places(meeting & ((self.waited >= 1 - TOLERANCE) | called))
        self.waited[due] = np.maximum(self.waited[due] - 1, 0)
        return due

    def open_round(self, here: Index) -> None:
        """A round begins."""
        self.rounds[here] += 1
        self.world.tell("summit", here=here, value=self.rounds[here])

    def parts(self, package: Package) -> list[Package]:
        """What a package (S, ..., M) says of each chapter."""
        levels = np.split(package.levels, np.cumsum(self.sizes)[:-1])
        rest, numbers = package.combination, []
        for chapter in reversed(self.chapters):
            rest, number = np.divmod(rest, chapter.agenda.combinations)
            numbers.append(number)
        return [Package(each, number) for each, number in zip(levels, numbers[::-1], strict=True)]

    def sign(self, here: Index, text: Package, worth: Mapping[str, Array], from_pressure: Array) -> None:
        """Sign a package: in each chapter that is open, the part that is its own."""
        for chapter, part, is_open in zip(self.chapters, self.parts(text), self.open, strict=True):
            rows = places(is_open[here])
            where, own = here[rows], part.at(rows)
            values = {p.name: p.seats[chapter.name].preferences.at(where).utility(own) for p in chapter.members}
            chapter.author[where] = self.author[where]
            chapter.sign(where, own, values, from_pressure[rows])
            chapter.package[where] = self.world.week


class LeadersTables(Tables):
    """What the seats of the leaders' table hold, beside what they hold in the chapters."""

    states = ("clock",)
    by_party = ()

    def _lay_the_seats_side_by_side(self) -> None:
        parties, width = len(self.parties), self.world.replications
        self.asked = np.ones((parties, width))
        self.rounds = np.zeros((parties, width), dtype=np.intp)
        self.offered = np.full((ROUNDS_SEEN, parties, width), np.nan)
        self.heard = np.full((*self.others.shape, width), np.nan)

    def rekindle(self, rows: Index) -> None:
        """Anger at the top is carried into every chapter that was open there."""
        table: LeadersTable = self.groups[0]  # type: ignore[assignment]
        rekindling = at(rows, self.world.spec.incidents.rekindling)
        for chapter, is_open in zip(table.chapters, table.open, strict=True):
            for member in chapter.members:
                hardening = member.seats[chapter.name].hardening
                hardening[rows] = np.where(is_open[rows], rekindled(hardening[rows], rekindling), hardening[rows])


class LeadersSitting(Sitting):
    """The leaders' table where it meets."""

    @property
    def table(self) -> LeadersTable:
        return self.tables.groups[0]  # type: ignore[return-value]

    @property
    def members(self) -> list[Party]:
        return self.table.members

    @cached_property
    def shares(self) -> Array:
        """How much each chapter counts for each party: its stake among those that are open.  -> (C, P, M)"""
        stakes = np.array([
            [self._stake(chapter, member) * is_open[self.here] for member in self.members]
            for chapter, is_open in zip(self.table.chapters, self.table.open, strict=True)
        ])  # fmt: skip
        return np.asarray(stakes / np.maximum(total(stakes), NOTHING))

    def _stake(self, chapter: WorkingGroup, member: Party) -> Array | float:
        """Of equal size where no open chapter has a stake; 0 where it has no seat."""
        return at(self.here, member.seats[chapter.name].stake) + NOTHING if chapter.name in member.seats else 0.0

    @cached_property
    def wants(self) -> Preferences:
        """What each party wants of all that is open.  -> (T, P, M)"""
        return self._of_each(lambda chapter, member: member.seats[chapter.name].preferences)

    @cached_property
    def equal(self) -> Preferences:
        """What each party would want if all issues of a chapter were equally important.  -> (T, P, M)"""
        return self._of_each(lambda chapter, member: chapter.equal[member.name])

    def _of_each(self, wants: Callable[[WorkingGroup, Party], Preferences]) -> Preferences:
        parts = []
        for chapter in self.table.chapters:
            like = _like(chapter)
            tables = [
                wants(chapter, member).at(self.here).table if member.name in chapter.parties else self._nothing(like)
                for member in self.members
            ]
            parts.append(replace(like, table=np.stack(tables, axis=1)))
        return joined(parts, list(self.shares))

    @property
    def imagined(self) -> Preferences:
        """What each party imagines that each other one wants, with its own stakes in the chapters.  -> (T, P, J, M)"""
        parts = []
        for chapter in self.table.chapters:
            like = _like(chapter)
            tables = [
                np.stack(
                    [self._picture(chapter, member, other) for other in self.table.others_than(member.name)], axis=1
                )
                for member in self.members
            ]
            parts.append(replace(like, table=np.stack(tables, axis=1)))
        return joined(parts, list(self.shares[:, :, None]))

    def _picture(self, chapter: WorkingGroup, member: Party, other: str) -> Array:
        if member.name in chapter.parties and other in chapter.parties:
            return member.seats[chapter.name].imagined[other].at(self.here).table
        return self._nothing(_like(chapter))

    def _nothing(self, like: Preferences) -> Array:
        return np.zeros((len(like.table), len(self)))

    @cached_property
    def reservation(self) -> Array:
        """Utility of no agreement on all that is open, now.  -> (P, M)"""
        now = [
            [
                member.reservation_in(chapter.name, self.here) if chapter.name in member.seats else np.zeros(len(self))
                for member in self.members
            ]
            for chapter in self.table.chapters
        ]
        return np.asarray(total(self.shares * np.array(now)))

    @cached_property
    def floor(self) -> Array:
        """Worth of what the home of each party takes at the least, once it has refused the text of a chapter.

        It wants as much beyond no agreement of any package with this chapter. Where it would take a text worth 0.1 more
        than no agreement there, a package must be worth 0.1 more than no agreement on all that is open.  -> (P, M)
        """
        more = np.full((len(self.members), len(self)), FLOORLESS)
        for chapter, is_open in zip(self.table.chapters, self.table.open, strict=True):
            for place, member in enumerate(self.members):
                if chapter.name in member.seats:
                    wanted = member.seats[chapter.name].floor[self.here]
                    gain = wanted - member.reservation_in(chapter.name, self.here)
                    bound = is_open[self.here] & (wanted > FLOORLESS)
                    more[place] = np.where(bound, np.maximum(more[place], gain), more[place])
        return np.where(more > FLOORLESS, self.reservation + more, FLOORLESS)

    @cached_property
    def option_lots(self) -> Array:
        """Those of the chapters' combinations together, where they are few.  -> (O, M)"""
        lots = [
            np.atleast_2d(at(self.here, chapter.option_lots + self.tables.world.each(0.0)))
            for chapter in self.table.chapters
        ]
        whole = prod(chapter.agenda.combinations for chapter in self.table.chapters)
        return together(lots) if whole <= ALL else np.zeros((1, len(self)))

    def blank(self, *sides: int) -> Package:
        levels = np.zeros((sum(self.table.sizes), *sides, len(self.rows)))
        return Package(levels, np.full(levels.shape[1:], -1, dtype=np.intp))

    def tidy(self, package: Package) -> Package:
        if len(self.tables.parties) > 2:
            begin = 0
            for chapter, part, size in zip(
                self.table.chapters, self.table.parts(package), self.table.sizes, strict=True
            ):
                package.levels[begin : begin + size] = chapter.tidy(part, self.here).levels
                begin += size
        return package


class Leaders(Meetings):
    """The meetings of the leaders, if there are any. Nobody hears what they propose, only what they sign."""

    public = False

    def __init__(self, world: World, groups: Mapping[str, WorkingGroup], mediators: Sequence[Mediator]) -> None:
        self.world, self.mediators, self.by_rule, self.groups = world, mediators, True, []
        spec = world.spec.leaders
        if spec is None:
            return
        self.at_the_top = LeadersTable(world, spec, [groups[name] for name in spec.covers])
        self.groups: list[Any] = [self.at_the_top]
        self.members = self.at_the_top.members
        self.tables = LeadersTables(world, self.groups)
        self._by_name: dict[str, Any] = {NAME: self.at_the_top}

    def _go_home(self, held: Round, group: WorkingGroup, part: slice, won: Array, lost: Array) -> None:
        super()._go_home(held, group, part, won, lost)
        if self.world.listens:
            self._tell_what_came_nearest(held)

    def _tell_what_came_nearest(self, held: Round) -> None:
        """Where nothing is signed: who declines the proposal that lacks least, and what it would have taken."""
        lacks = held.least - held.felt
        places = np.arange(len(held.parties))
        lacks[places, places] = 0.0  # its own
        nearest = lacks.max(axis=1).argmin(axis=0)
        for author, to in enumerate(held.parties):
            for party, name in enumerate(held.parties):
                declines = ~held.signed & (nearest == author) & (lacks[author, party] > TOLERANCE)
                numbers = {"worth": held.felt[author, party], "asked": held.least[party]}
                self.world.tell("no_package", declines, held.sitting.here, actor=name, to=to, **numbers)

    def hold(self) -> None:
        """Hold the leaders' meeting where one is due this week. They come, and decide by the rules."""
        if not self.groups or not self.world.talking:
            return
        here = self.at_the_top.where_due()
        if len(here):
            minutes = Minutes(self.groups)
            self._meet(LeadersSitting(self.tables, here), minutes)
            minutes.carry_out()


def joined(parts: Sequence[Preferences], shares: Sequence[Array]) -> Preferences:
    """What chapters are worth together, each by its share; combinations are numbered with the last chapter fastest."""
    base = total(part.table[0] * share for part, share in zip(parts, shares, strict=True))
    rises = np.concatenate([part.rises * share for part, share in zip(parts, shares, strict=True)])
    choices = [c * share for part, share in zip(parts, shares, strict=True) for c in part.choices]
    counts = tuple(count for part in parts for count in part.counts)
    if prod(counts) <= ALL:
        choices, counts = [together(choices)], (prod(counts),)
    return Preferences(np.concatenate([base[None], rises, *choices]), len(rises), counts)


def together(choices: Sequence[Array]) -> Array:
    """What combinations of choices add, the last one fastest.  (O, ...) each -> (product of O, ...)"""
    return reduce(lambda some, more: (some[:, None] + more).reshape(-1, *more.shape[1:]), choices)


def _like(chapter: WorkingGroup) -> Preferences:
    """Preferences of the chapter's shape."""
    return next(iter(chapter.equal.values()))
