"""A leaders' table: open questions of several chapters, negotiated as one package.

Chapters weighed apart cannot trade one question for another across them. At a leaders' table a package is worth what
its chapters are worth, by each party's stakes in those that are open; what is signed is signed in each of them, and
chapters signed before are not touched. Sources: Sebenius (1983), adding issues; Tollison and Willett (1979), linkage;
Putnam (1988); Poast (2012), linkage makes agreements likelier.
Shapes: R replications, P parties, J others of each; C chapters; M rows that meet (last axis).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.agents.acceptance import TOLERANCE
from sim.agents.mediator import Mediator
from sim.agents.meetings import Meetings, Minutes
from sim.agents.round import Round
from sim.agents.seat import FLOORLESS, ROUNDS_SEEN, Seat
from sim.agents.sitting import Sitting
from sim.agents.tables import Tables, rekindled
from sim.agents.working_group import WorkingGroup
from sim.agents.world import World
from sim.arrays import Array, Index, Mask, any_of, at, places, total
from sim.bargaining.combinations import ALL, split, together
from sim.bargaining.preferences import Package, Preferences, joined
from sim.scenario import schema

NAME = "leaders"
WEIGHTLESS = 1e-300  # stake of a chapter that does not count, so that shares of nothing are defined


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
        self.counts = [each.agenda.combinations for each in chapters]
        # Whoever sits here asks of the agenda only how many stretches it has, and options of each issue.
        issues = [count for each in chapters for count in each.agenda.counts]
        self.agenda = SimpleNamespace(starts=range(sum(self.sizes)), counts=issues)
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
        meeting = any_of(self.open)
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
        """What a package (S, ..., M) says of each chapter; its levels are those of the package, not copies."""
        levels = np.split(package.levels, np.cumsum(self.sizes)[:-1])
        return [Package(*part) for part in zip(levels, split(package.combination, self.counts), strict=True)]

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

    @cached_property
    def seats_in(self) -> list[list[Seat | None]]:
        """Where each party sits in each chapter, if it does."""
        return [[party.seats.get(chapter.name) for party in self.tables.members] for chapter in self.table.chapters]

    @cached_property
    def open(self) -> list[Mask]:
        """Where each chapter has open questions.  -> (M,) each"""
        return [each[self.here] for each in self.table.open]

    @cached_property
    def shares(self) -> Array:
        """How much each chapter counts for each party: its stake among those that are open.  -> (C, P, M)

        Of equal size where no open chapter has a stake; 0 where a party has no seat.
        """
        stakes = np.zeros((len(self.seats_in), len(self.tables.members), len(self)))
        for mine, seats, is_open in zip(stakes, self.seats_in, self.open, strict=True):
            for place, seat in enumerate(seats):
                if seat is not None:
                    mine[place] = (at(self.here, seat.stake) + WEIGHTLESS) * is_open
        return np.asarray(stakes / np.maximum(total(stakes), WEIGHTLESS))

    @cached_property
    def wants(self) -> Preferences:
        """What each party wants of all that is open.  -> (T, P, M)"""
        wants = [[None if seat is None else seat.preferences for seat in seats] for seats in self.seats_in]
        return self._joined(wants, self.shares, len(self.tables.parties))

    @cached_property
    def equal(self) -> Preferences:
        """What each party would want if all issues of a chapter were equally important.  -> (T, P, M)"""
        wants = [[chapter.equal.get(party) for party in self.tables.parties] for chapter in self.table.chapters]
        return self._joined(wants, self.shares, len(self.tables.parties))

    @property
    def imagined(self) -> Preferences:
        """What each party imagines that each other one wants, with its own stakes in the chapters.  -> (T, P, J, M)"""
        others = [self.table.others_than(party) for party in self.tables.parties]
        pictures = []
        for seats in self.seats_in:
            both = zip(seats, others, strict=True)
            pictures.append([seat.imagined.get(other) if seat else None for seat, theirs in both for other in theirs])
        return self._joined(pictures, self.shares[:, :, None], *self.tables.others.shape)

    def _joined(self, wants: Sequence[Sequence[Preferences | None]], shares: Array, *sides: int) -> Preferences:
        """What is wanted in each chapter, nothing where it is None, by each one's share.  -> (T, *sides, M)"""
        parts = []
        for chapter, several in zip(self.table.chapters, wants, strict=True):
            like = next(iter(chapter.equal.values()))
            nothing = np.zeros((len(like.table), len(self)))
            tables = np.stack([nothing if each is None else each.at(self.here).table for each in several], axis=1)
            parts.append(replace(like, table=tables.reshape(len(nothing), *sides, len(self))))
        return joined(parts, list(shares))

    @cached_property
    def reservation(self) -> Array:
        """Utility of no agreement on all that is open, now.  -> (P, M)"""
        return np.asarray(total(self.shares * self.reservations))

    @cached_property
    def reservations(self) -> Array:
        """Utility of no agreement in each chapter, 0 where a party has no seat.  -> (C, P, M)"""
        now = np.zeros_like(self.shares)
        for mine, chapter in zip(now, self.table.chapters, strict=True):
            for place, party in enumerate(self.tables.members):
                if chapter.name in party.seats:
                    mine[place] = party.reservation_in(chapter.name, self.here)
        return now

    @cached_property
    def floor(self) -> Array:
        """Worth of what the home of each party takes at the least, once it has refused the text of a chapter.

        It wants as much beyond no agreement of any package with this chapter. Where it would take a text worth 0.1 more
        than no agreement there, a package must be worth 0.1 more than no agreement on all that is open.  -> (P, M)
        """
        more = np.full(self.reservation.shape, FLOORLESS)
        for seats, reservation, is_open in zip(self.seats_in, self.reservations, self.open, strict=True):
            for place, seat in enumerate(seats):
                if seat is not None:
                    wanted = seat.floor[self.here]
                    bound = is_open & (wanted > FLOORLESS)
                    gain = np.maximum(more[place], wanted - reservation[place])
                    more[place] = np.where(bound, gain, more[place])
        return np.where(more > FLOORLESS, self.reservation + more, FLOORLESS)

    @cached_property
    def option_lots(self) -> Array:
        """Those of the chapters' combinations together, where they are few.  -> (O, M)"""
        if prod(self.table.counts) > ALL:
            return np.zeros((1, len(self)))
        each = self.tables.world.each
        lots = [np.atleast_2d(chapter.option_lots + each(0.0)) for chapter in self.table.chapters]
        return together([at(self.here, mine) for mine in lots])

    def tidy(self, package: Package) -> Package:
        if len(self.tables.parties) > 2:
            for chapter, part in zip(self.table.chapters, self.table.parts(package), strict=True):
                part.levels[:] = chapter.tidy(part, self.here).levels
        return package


class Leaders(Meetings):
    """The meetings of the leaders, if there are any. Nobody hears what they propose, only what they sign."""

    public = False
    laid = LeadersTables

    def __init__(
        self, world: World, spec: schema.Leaders, chapters: Sequence[WorkingGroup], mediators: Sequence[Mediator]
    ) -> None:
        self.at_the_top = LeadersTable(world, spec, chapters)
        super().__init__(world, [self.at_the_top], mediators, by_rule=True)  # type: ignore[list-item]

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
        if not self.world.talking:
            return
        here = self.at_the_top.where_due()
        if len(here):
            minutes = Minutes(self.groups)
            self._meet(LeadersSitting(self.tables, here), minutes)
            minutes.carry_out()


def at_the_top(world: World, groups: Mapping[str, WorkingGroup], mediators: Sequence[Mediator]) -> list[Leaders]:
    """The meetings of leaders, where a scenario has any."""
    spec = world.spec.leaders
    return [] if spec is None else [Leaders(world, spec, [groups[name] for name in spec.covers], mediators)]
