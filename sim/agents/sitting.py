"""Who sits together this week: some tables, and what the parties bring to them.

Shapes: P parties at each table, J others of each; M tables that meet (last axis); H rounds, newest
first. See `Tables`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from sim.agents.seat import newest_first
from sim.agents.tables import TRAITS, Tables, at_home, joined, put_home
from sim.agents.world import Group, Side
from sim.arrays import Array, Index, at
from sim.bargaining.preferences import Package, Preferences


class Sitting:
    """The tables at which a round takes place this week.

    here (M,): the replication of each; rows (M,): its row; parts: the groups that meet, and which of these rows are
    theirs.
    """

    def __init__(self, tables: Tables, rows: Index) -> None:
        """rows: which tables, in ascending order."""
        self.tables, self.rows = tables, rows
        self.here = tables.here(rows)

    @cached_property
    def parts(self) -> list[tuple[Group, slice]]:
        return self.tables.slices(self.rows)

    def some(self, places: Index) -> Sitting:
        """Of these tables some, by their place in `rows`, in ascending order."""
        return type(self)(self.tables, self.rows[places])

    def __len__(self) -> int:
        return len(self.rows)

    def by_group(self, of: Callable[[Group, Index], Array]) -> Array:
        """One number for each row, which each group gives for its own.  -> (M,)"""
        return joined([of(group, self.here[part]) for group, part in self.parts])

    def by_party(self, of: Callable[[Side], Array]) -> Array:
        """One number for each party and row, which each party gives for all its rows.  -> (P, M)"""
        return np.array([of(party) for party in self.tables.members])

    @cached_property
    def seats(self) -> Index:
        """The seat of each party at each table, of all seats side by side.  -> (P, M)"""
        return np.asarray(self.tables.seats + self.rows)

    # ---- what the parties bring --------------------------------------------------------------------------------------

    @cached_property
    def wants(self) -> Preferences:
        """What each party wants.  -> (T, P, M)"""
        return self.tables.wants.spread(self.seats)

    @cached_property
    def equal(self) -> Preferences:
        """What each party would want if all issues were equally important.  -> (T, P, M)"""
        return self.tables.equal.spread(self.seats)

    def estimated(self, known: Array) -> Preferences:
        """What a mediator takes each party to want that knows them so far (P, M).  -> (T, P, M)

        Knowing nothing, it takes all issues to be equally important; its texts start from earlier commitments (focal
        points, Schelling 1960).
        """
        estimates, focal = self.wants.blend(self.equal, known), self.tables.focal
        return estimates if focal is None else replace(estimates, table=estimates.table + at(self.rows, focal)[:, None])

    @property
    def imagined(self) -> Preferences:
        """What each party imagines that each other one wants.  -> (T, P, J, M)"""
        return self.tables.imagined.spread(self.tables.pairs + self.rows)

    @cached_property
    def known(self) -> Array:
        """How far each party knows what each other one wants.  -> (P, J, M)"""
        names, others = self.tables.parties, self.tables.others.tolist()
        return np.array([
            [party.knowledge[names[other]][self.here] for other in mine]
            for party, mine in zip(self.tables.members, others, strict=True)
        ])  # fmt: skip

    @cached_property
    def reservation(self) -> Array:
        """Utility of no agreement to each party, now.  -> (P, M)"""
        return self.tables.reservation_now(self.rows)

    @cached_property
    def floor(self) -> Array:
        """Worth of what the home of each party takes at the least (see `Seat`).  -> (P, M)"""
        return at(self.rows, self.tables.floor)

    @cached_property
    def believes(self) -> Array:
        """Share of an agreement's worth that each party counts on (see `Party.believes`).  -> (P, M)"""
        return self.by_party(lambda party: party.believes(self.tables.groups[0], self.here))

    @cached_property
    def traits(self) -> dict[str, Array]:
        """TRAITS of each party.  -> (P, M) each"""
        return dict(zip(TRAITS, at(self.here, self.tables.traits), strict=True))

    @cached_property
    def option_lots(self) -> Array:
        """Of combinations that are equally good, the one with the higher lot is taken.  -> (O, M)"""
        return at(self.rows, self.tables.option_lots)

    @cached_property
    def asked(self) -> Array:
        """What each party asked for last.  -> (P, M)"""
        return at(self.rows, self.tables.asked)

    def last_offers(self, party: int) -> Array:
        """What the others offered was worth to a party in its last H rounds (see `Seat.last_offers`).  -> (H, M)"""
        return newest_first(self.tables.offered[:, party], self.tables.rounds[party], self.rows)

    # ---- what lies on the table --------------------------------------------------------------------------------------

    @cached_property
    def offers(self) -> Package:
        """What each party proposed last.  -> levels (S, P, M)"""
        return self.tables.offers.at(self.rows)

    def blank(self, *sides: int) -> Package:
        """No stretch is covered, no options are chosen.  -> levels (S, *sides, M)"""
        levels = np.zeros((len(self.tables.offers.levels), *sides, len(self.rows)))
        return Package(levels, np.full(levels.shape[1:], -1, dtype=np.intp))

    def tidy(self, package: Package) -> Package:
        """The same settlements, each scale covered from its low end (see `Group.tidy`)."""
        if len(self.tables.parties) > 2:
            for group, part in self.parts:
                put_home(package, part, group.tidy(at_home(package, group, part), self.here[part]))
        return package
