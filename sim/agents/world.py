"""What an agent may see and ask: the world around it, the other parties, the tables. And nothing else.

An agent never asks for the model itself. Whatever has these members can hold agents; `NegotiationModel` does.
Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sim.agents.seat import Seat
from sim.arrays import Array, Index, Mask, Parameter
from sim.bargaining.preferences import Agenda, Package, Preferences
from sim.bargaining.tactics import Tactic
from sim.chance import Chance
from sim.scenario import parties, schema


@dataclass(frozen=True)
class Mediation:
    """What the efforts of all mediators come to this week, all 0 without mediators.

    convening (R,) by group: effort that calls its rounds and keeps them going; pressure (R,): utility that carrots and
    sticks add to any agreement now; guarantee (R,) by party: compliance that it expects because mediators promise to
    monitor.
    """

    convening: Mapping[str, Array]
    pressure: Array
    guarantee: Mapping[str, Array]


class Side(Protocol):
    """A party, as others see it.

    trust, knowledge: how far it trusts each other party and knows what that one wants, (R,) each, 0..1; won, lost: the
    shares of trust in each that this week's talks win and cost; hurt (R,): utility that living without a deal has cost
    it so far; seats: its place in each working group.
    """

    name: str
    spec: parties.Party
    tactic: Tactic
    others: tuple[str, ...]
    trust: dict[str, Array]
    knowledge: dict[str, Array]
    won: dict[str, Array]
    lost: dict[str, Array]
    hurt: Array
    seats: dict[str, Seat]

    def trust_in(self, others: Sequence[str], here: Index | slice = ...) -> Array:
        """Mean trust in these parties, in all replications or `here`.  -> (R',)"""

    def is_let_down_by(self, other: str, here: Index) -> None:
        """A round not held or a walkout costs trust in whoever caused it."""

    def reservation_in(self, group: str, here: Index) -> Array:
        """Utility of no agreement in a group, now, in the replications `here`.  -> (R',)"""

    def believes(self, group: Group, here: Index) -> Array:
        """Share of an agreement's worth that it counts on.  -> (R',)"""


class Group(Protocol):
    """A working group, as those who sit at it see it.

    equal: what each party would want if all issues were equally important; focal: what it costs in a mediator's eyes to
    leave earlier commitments, beside their hold; None for nothing; lots (R,) by author, option_lots (O, R):
    what decides between equals; rounds (R,): rounds held; clock (R,): the same, less what freezes turned back; frozen,
    in_force (R,): its states; week_agreed (R,): when something first came into force; package (R,): when leaders signed
    it in one package with others, NaN where they did not; worth (R,) by party: of its text; offers: each party's last
    proposal; standing (N, P, R): worth of each mediator's standing text to each party, None without rivals.
    """

    name: str
    spec: schema.WorkingGroup
    parties: tuple[str, ...]
    agenda: Agenda
    equal: dict[str, Preferences]
    focal: Preferences | None
    lots: dict[str, Array]
    option_lots: Array | float
    rounds: Array
    clock: Array
    frozen: Mask
    in_force: Mask
    week_agreed: Array
    package: Array
    worth: dict[str, Array]
    offers: dict[str, Package]
    standing: Array | None

    @property
    def negotiating(self) -> Mask:
        """Open, with nothing signed, and not broken off; after the talks, taken up again.  -> (R,)"""

    def others_than(self, party: str) -> tuple[str, ...]:
        """The other parties at the table."""

    def blame(self, name: str, here: Index) -> None:
        """The others trust it less."""

    def wants(self, here: Index) -> dict[str, Preferences]:
        """What each party wants, in the replications `here`."""

    def tidy(self, package: Package, here: Index) -> Package:
        """The same settlements, each scale covered from its low end."""


class World(Protocol):
    """All that an agent may ask.

    spec: the scenario, with numbers drawn; chance: every random number, by purpose and week; everywhere: all R
    replications; week: this week, counted from 0; mediation: what mediators do together.
    """

    spec: schema.Scenario
    chance: Chance
    replications: int
    everywhere: Index
    week: int
    mediation: Mediation

    @property
    def groups(self) -> Mapping[str, Group]:
        """The working groups, by name."""

    @property
    def parties_by_name(self) -> Mapping[str, Side]:
        """The parties, by name."""

    @property
    def talking(self) -> bool:
        """Are these still the weeks of talks? After them agreements hold, or not."""

    @property
    def known(self) -> bool:
        """Is this a week of which the scenario tells all that happened? (`clock.known_until`)"""

    @property
    def time_left(self) -> float:
        """Share of the calendar left, 1..0."""

    @property
    def listens(self) -> bool:
        """Is anything kept of what is told?"""

    @property
    def settled(self) -> Mask:
        """Where every chapter is in force.  -> (R,)"""

    @property
    def severity(self) -> Array:
        """How severe this week's incident is, 0 where there is none.  -> (R,)"""

    def this_week(self, kind: str) -> list[schema.Event]:
        """The dated events of a kind that fall into this week."""

    def tactic_of(self, party: str) -> Tactic:
        """The party's concession tactic."""

    def each(self, value: Parameter) -> Array:
        """One number for each replication, to be changed at will.  -> (R,)"""

    def counter(self, column: str) -> Array:
        """What counts something, from 0: a column of the outcomes. Whoever asks for it has the same one.  -> (R,)"""

    def nowhere(self) -> Mask:
        """True in no replication.  -> (R,)"""

    def tell(self, kind: str, where: Mask | None = None, here: Index | None = None, **what: Any) -> None:
        """Something happens, and goes into the history (see `History.tell`)."""

    def group_by_group(self) -> AbstractContextManager[None]:
        """What happens meanwhile is told group after group (see `History.group_by_group`)."""
