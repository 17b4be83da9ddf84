"""A whole scenario file: every key with its unit, range and default.

The classes here and in `parties.py` and `process_settings.py` are the scenario as Python sees it after reading: frozen
pydantic models. `sim schema` prints them as a JSON Schema. A `Parameter` is a plain number or a distribution;
`to_bargaining.py` turns distributions into one value for each replication. Rules that look at two places of a file at
once (names, dates, overlaps) stand in `checks.py`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.arrays import Parameter
from sim.bargaining.tactics import WHOLE
from sim.scenario.field_types import (
    DATED,
    LONGEST,
    Block,
    Date,
    Either,
    Item,
    Language,
    LongName,
    Name,
    Share,
    Text,
    Times,
    Utility,
    Weight,
    When,
    number,
)
from sim.scenario.numbers import Range
from sim.scenario.parties import (
    Mediator,
    Party,
)
from sim.scenario.process_settings import Agreements, Contacts, FrozenWeek, Incidents, TrustDynamics, Walkouts

WEEKS_A_YEAR = 52
ASKED = "it is what the scenario asks about"


# ---- working groups --------------------------------------------------------------------------------------------------


class Issue(Block):
    """One question on the table: a scale with positions, or a list of options."""

    title: Text = Field(default="", description="the question, as a student would ask it")
    positions: dict[Name, Annotated[Parameter, Range(0, 1, "ideal point on the scale", unit="point")]] | None = number(
        None, "ideal point of each party on the scale", "ideal points say what the ends of the scale stand for"
    )
    options: dict[Name, dict[Name, Utility]] | None = number(
        None, "for each option, its value to each party", Times(0.8, 1.25, most=1)
    )
    weights: dict[Name, Weight] = number(
        dict, "importance for each party; normalised within the group; default 1", Times(0.5, 2)
    )
    labels: dict[Annotated[float, Range(0, 1, "a point on the scale", unit="point")], Text] = Field(
        default_factory=dict, description="what points on the scale mean"
    )


class Interaction(Item):
    """Options of several issues that are worth more together, or less, than one by one."""

    when: dict[Name, Name] = Field(min_length=2, description="an option of each of several issues, by issue")
    adds: dict[Name, Annotated[Parameter, Range(-10, 10, "utility before scaling", unit="utility")]] = number(
        ...,
        "what a package with all of them is worth more to a party, or less, in utility before scaling",
        Times(0.5, 2),
    )


class WorkingGroup(Block):
    """One chapter of the talks and the people who meet on it."""

    title: Text = Field(default="", description="the name in full")
    level: Text = Field(default="", description="who sits at the table")
    meets_every: Annotated[Parameter, Range(1, 260, "weeks between rounds", unit="weeks")] = number(
        6.0,
        "weeks between rounds",
        (3, 14),
        "the baseline's groups met about once in nine weeks, 2021 to 2023; Colombia's talks once in four, 2012 to 2015",
    )
    exchanges: Annotated[int, Range(1, 20, "offers that each party makes in a round", whole=True, unit="offers")] = (
        number(2, "times a round that every party puts an offer on the table", WHOLE)
    )
    stakes: dict[Name, Weight] = number(
        dict, "weight of this chapter for each party; normalised over chapters; default 1", Times(0.5, 2)
    )
    issues: dict[Name, Issue] = Field(min_length=1, max_length=20, description="what is negotiated")
    interactions: list[Interaction] = Field(
        default_factory=list, max_length=500, description="issues that are worth more together, or less"
    )


# ---- when ----------------------------------------------------------------------------------------------------------


class Clock(Block):
    """When the talks start, how long they may take, how long an agreement must hold."""

    start: Date = Field(default=dt.date(2023, 1, 2), description="first day of week 0")
    weeks: Annotated[int, Range(1, LONGEST, "weeks of talks", whole=True, unit="weeks")] = number(
        156, "weeks of talks", ASKED
    )
    hold_weeks: Annotated[int, Range(0, LONGEST, "weeks", whole=True, unit="weeks")] = number(
        260, "weeks that a settlement must hold to count as lasting", ASKED
    )
    known_until: When | None = number(
        None,
        "what happened is known until then: in weeks that begin before it only dated events happen, and chance decides "
        "nothing",
        DATED,
    )


Point = Annotated[Parameter, Range(0, 1, "a point on the scale", unit="point")]


def _settlement(value: Any) -> str:
    return "option" if isinstance(value, str) else "point"


class Commitment(Item):
    """What an earlier statement settled already, and what it costs to leave it."""

    group: Name = Field(description="the working group")
    issue: Name = Field(description="the issue")
    settlement: Annotated[Parameter | Name, Either({"point": Point, "option": Name}, _settlement)] = number(
        ..., "a point on the scale, or the name of an option", "it says what an earlier statement settled"
    )
    hold: Utility = number(0.05, "utility that leaving it by the whole scale costs each party", (0, 0.2))
    unkept: Share = number(
        0.0,
        "share of `hold` by which no agreement, which keeps nothing, is worth less too",
        (0, 1),
        "towards 1: what was settled before is a focal point that eases agreement (Schelling 1960)",
    )
    focal: Utility = number(
        0.0,
        "utility besides `hold` that leaving it costs in the eyes of a mediator, whose texts start from it",
        (0, 0.5),
        "direction only: focal points (Schelling 1960)",
    )
    source: Text = Field(default="", description="the statement")
    date: Date | None = Field(default=None, description="its date")


class Freeze(Item):
    """A scheduled freeze: dated, or by rule after each incident."""

    groups: Annotated[list[Name], Field(min_length=1)] = Field(description="the working groups that stop meeting")
    start: When | None = number(None, "first week, as a date or a number", DATED)
    weeks: Annotated[Parameter, Range(0, LONGEST, "weeks", unit="weeks")] = number(..., "length", ASKED)
    after: Literal["incident"] | None = Field(default=None, description="instead of `start`: after each incident")
    severity: Share = number(0.0, "with `after`: the least severity that counts", ASKED)
    by: Name | None = Field(default=None, description="the party that froze")
    reason: Text = Field(default="", description="why, in neutral words")


class Leaders(Block):
    """A table above the working groups, which negotiates what is open in several of them as one package."""

    covers: Annotated[list[Name], Field(min_length=1)] = Field(
        description="the working groups whose questions it takes"
    )
    meets_every: Annotated[Parameter, Range(1, 260, "weeks between meetings", unit="weeks")] | None = number(
        None, "weeks between meetings; nothing: only on `dates`", (4, 104)
    )
    dates: list[When] = Field(default_factory=list, description="when the leaders meet besides")
    exchanges: Annotated[int, Range(1, 20, "offers that each party makes", whole=True, unit="offers")] = number(
        2, "times a meeting that every party puts an offer on the table", "it is what the scenario asks about"
    )


class Event(Item):
    """A dated fact that the talks must live with."""

    date: When = number(..., "the day, or the week counted from the start", DATED)
    kind: Literal["shuttle", "disruption", "incident", "round", "statement"] = Field(description="what kind of event")
    group: Name | None = Field(default=None, description="the working group (disruption, round)")
    mediator: Name | None = Field(default=None, description="who travels (shuttle)")
    to: list[Name] = Field(default_factory=list, description="the parties visited (shuttle)")
    by: Name | None = Field(
        default=None, description="the party that stayed away (disruption), where nobody contests it"
    )
    severity: Share = number(0.3, "how severe (incident)", Times(0.5, 2, most=0.9))
    what: Text = Field(default="", description="the event in neutral words")
    framing: dict[Name, Text] = Field(
        default_factory=dict, description="how each party describes it: all of them or none"
    )
    source: Text = Field(default="", description="who reported it")


class Observed(Block):
    """What happened, if it is history: marked on figures."""

    agreed: dict[Name, Date] = Field(default_factory=dict, description="date on which a group agreed")


def _levels(value: Any) -> str:
    return "range" if isinstance(value, str) else "values"


class SweepPlan(Block):
    """A sweep of this scenario: each path of a grid or sample with what it takes. `sim run` does not look at it."""

    vary: dict[Text, Annotated[Text | list[Any], Either({"range": Text, "values": list[Any]}, _levels)]] = Field(
        min_length=1, description='what varies: a path with "START:STOP:COUNT" in quotes, or with its values [A, B]'
    )
    sample: Annotated[int, Range(1, 100_000, "cells of a Latin hypercube sample", whole=True, unit="cells")] | None = (
        number(None, "cells of a Latin hypercube sample; without it every combination is a cell", ASKED)
    )


End = Annotated[float, Range(-1e6, 1e6, "an end of a plausible range")]
Span = Annotated[list[End], Field(min_length=2, max_length=2)]


class Scenario(Block):
    """A negotiation: who talks to whom about what, when, and what may happen meanwhile."""

    name: LongName = Field(description="its name, as figures and reports show it")
    summary: Text = Field(default="", description="one line on what it is about")
    sources: list[Text] = Field(default_factory=list, description="where it comes from, in free words")
    clock: Clock = Field(default_factory=Clock, description="when talks start and how long they may take")
    replications: Annotated[int, Range(1, 10_000_000, "histories to simulate", whole=True, unit="histories")] = number(
        1000, "histories to simulate", ASKED
    )
    seed: Annotated[int, Range(0, 2**63 - 1, "seed of all chance", whole=True)] = number(
        2023, "seed of all chance", "any seed is as good as another"
    )
    parties: dict[Name, Party] = Field(min_length=2, max_length=8, description="who negotiates, by name")
    mediators: dict[Name, Mediator] = Field(default_factory=dict, max_length=8, description="who helps, by name")
    working_groups: dict[Name, WorkingGroup] = Field(
        min_length=1, max_length=12, description="what they talk about: one chapter a group, by name"
    )
    framework: list[Commitment] = Field(default_factory=list, description="earlier commitments")
    contacts: Contacts = Field(default_factory=Contacts, description="contacts of civil society")
    linkage: Literal["independent", "sequence", "single_undertaking"] = Field(
        default="independent", description="when chapters take effect"
    )
    incidents: Incidents = Field(default_factory=Incidents, description="violence around the talks")
    walkouts: Walkouts = Field(default_factory=Walkouts, description="freezes that nobody scheduled")
    freezes: list[Freeze] = Field(default_factory=list, description="scheduled freezes")
    frozen_week: FrozenWeek = Field(default_factory=FrozenWeek, description="what a frozen week does")
    trust_dynamics: TrustDynamics = Field(default_factory=TrustDynamics, description="how trust moves")
    agreements: Agreements = Field(default_factory=Agreements, description="what becomes of signed texts")
    leaders: Leaders | None = Field(default=None, description="a leaders' table; nothing: none")
    events: list[Event] = Field(default_factory=list, description="dated facts that the talks must live with")
    observed: Observed = Field(default_factory=Observed, description="what happened, if it is history")
    sweep: SweepPlan | None = Field(default=None, description="what `sim sweep` varies")
    plausible: dict[Text, Span] = Field(
        default_factory=dict, description="plausible ranges of its own: a number's path with [low, high]"
    )
    texts: dict[Language, dict[Text, Text]] = Field(
        default_factory=dict, description="its texts in other languages: for each language, a text and its translation"
    )

    def week_of(self, when: dt.date | int) -> int:
        """The week, counted from 0, that a date falls into; a number is a week already."""
        return when if isinstance(when, int) else (when - self.clock.start).days // 7

    def date_of(self, week: int) -> dt.date:
        """First day of a week."""
        return self.clock.start + dt.timedelta(weeks=week)

    def group_parties(self, group: str) -> tuple[str, ...]:
        """The parties at a group's table, in the order of the file: those that have a position or a value there."""
        named: set[str] = set()
        for issue in self.working_groups[group].issues.values():
            named |= set(issue.positions or {})
            for values in (issue.options or {}).values():
                named |= set(values)
        return tuple(party for party in self.parties if party in named)

    @property
    def known_weeks(self) -> int:
        """Weeks of which the file tells all that happened: those that begin before `clock.known_until`.

        A clock from Monday the 5th that is known until Monday the 12th has one, until the 13th two.
        """
        until = self.clock.known_until
        if until is None or isinstance(until, int):
            return until or 0
        return -((self.clock.start - until).days // 7)

    @property
    def weeks(self) -> int:
        """Weeks simulated: the talks and then the time that an agreement must hold."""
        return self.clock.weeks + self.clock.hold_weeks
