"""Every key of a scenario file, with its unit, range and default.

The classes here are the scenario as Python sees it after reading: frozen pydantic models. `sim schema` prints them as
a JSON Schema. Numbers are declared as the model reads them (`Parameter`): one for all replications, or one for each.
A scenario that was only read may hold a `Distribution` in their place; `draw.py` draws one value for each replication.
Rules that look at two places of a file at once (names, dates, overlaps) stand in `checks.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from sim.arrays import Parameter
from sim.bargaining.tactics import TACTICS
from sim.scenario.field_types import LONGEST, ByName, Date, Either, LongName, Name, Text, When, per_name
from sim.scenario.field_types import Block as Block
from sim.scenario.numbers import Range
from sim.scenario.numbers import mean_of as mean_of

WEEKS_A_YEAR = 52

Share = Annotated[Parameter, Range(0, 1, "a share")]
Utility = Annotated[Parameter, Range(0, 1, "a utility")]
Weight = Annotated[Parameter, Range(0, 1e6, "a weight on any positive scale")]
Rate = Annotated[Parameter, Range(0, 52, "a rate a year")]
Factor = Annotated[Parameter, Range(0, 20, "a factor")]


# ---- parties ---------------------------------------------------------------------------------------------------------


class Item(Block):
    """One of a list. Chance knows what it draws by its place in the list."""

    place: Annotated[int, Range(0, 5000, "a place in a list, counted from 0", whole=True)] | None = Field(
        default=None,
        description="the place by which chance knows it, where others were taken away; default: where it stands",
    )


class Part(Item):
    """One tactic of a mix."""

    weight: Weight = Field(default=1.0, description="its share of the mix; any positive scale")
    tactic: TacticChoice = Field(description="the tactic")


class MixSettings(Block):
    """A weighted mean of other tactics."""

    kind: Literal["mix"] = "mix"
    parts: list[Part] = Field(min_length=1, max_length=8, description="the tactics that are mixed")


def _settings(kind: str, tactic: type[Any]) -> type[Block]:
    """The YAML form of a tactic, made from its dataclass so that parameters are listed once."""
    keys: dict[str, Any] = {"kind": (Literal[kind], kind)}
    for f in fields(tactic):
        whole = f.type == "int"
        annotation = Annotated[Parameter, Range(f.metadata["low"], f.metadata["high"], f.metadata["what"], whole)]
        keys[f.name] = (annotation, Field(default=f.default, description=f.metadata["what"]))
    sentence = (tactic.__doc__ or "").partition("\n")[0]
    return create_model(f"{tactic.__name__}Settings", __base__=Block, __doc__=sentence, __module__=__name__, **keys)


TACTIC_SETTINGS: dict[str, type[Block]] = {
    kind: _settings(kind, tactic) for kind, tactic in TACTICS.items() if kind != "mix"
}
TACTIC_SETTINGS["mix"] = MixSettings
globals().update({form.__name__: form for form in TACTIC_SETTINGS.values()})  # where pickle looks for them


def _kind(value: Any) -> str | None:
    kind = value.get("kind", "time") if isinstance(value, Mapping) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


TacticChoice = Annotated[Block, Either(TACTIC_SETTINGS, _kind)]


class ByGroup(Block):
    """A reservation value for each working group; groups not named keep `other`."""

    by_group: dict[Name, Utility] = Field(description="utility of no agreement in each group")
    other: Utility = Field(default=0.44, description="utility of no agreement in groups that are not named")


def _reservation(value: Any) -> str:
    grouped = isinstance(value, ByGroup) or (isinstance(value, dict) and "by_group" in value)
    return "groups" if grouped else "number"


class Party(Block):
    """One side of the talks."""

    title: Text = Field(default="", description="the name in full, as figures and stories show it")
    reservation: Annotated[Parameter | ByGroup, Either({"groups": ByGroup, "number": Utility}, _reservation)] = Field(
        default=0.44, description="utility of no agreement (BATNA); or {by_group: {treaty: 0.5}}"
    )
    tactic: TacticChoice = Field(default_factory=lambda: TACTIC_SETTINGS["time"](), description="concession tactic")
    expected_rounds: Annotated[Parameter, Range(1, 1000, "rounds until it has given all that it can give")] = Field(
        default=11.0, description="rounds over which its negotiation clock runs"
    )
    trust: Annotated[Parameter | ByName, per_name(0, 1, "trust in the others, a share")] = Field(
        default=0.2, description="trust in the others at the start; or by party"
    )
    knowledge: Share = Field(default=0.1, description="knowledge of the others' priorities at the start")
    prejudice: Annotated[Parameter, Range(0, 3, "spread of its misjudgement, log scale")] = Field(
        default=0.6, description="spread (log-sd) of what it wrongly imagines of the others' priorities"
    )
    weight_spread: Annotated[Parameter, Range(0, 2, "spread of its weights, log scale")] = Field(
        default=0.0, description="spread (log-sd) of its weights between replications"
    )
    cost_of_no_deal: Annotated[Parameter, Range(0, 1, "utility a year")] = Field(
        default=0.05, description="utility a year lost without a deal"
    )
    hurt_cap: Utility = Field(
        default=0.2, description="the most that the cost of no deal can lower its reservation value"
    )
    absence: Share = Field(default=0.10, description="probability that it stays away from a round, at zero trust")
    walkout: Rate = Field(default=0.35, description="walkouts a year, at zero trust")
    doubt: Share = Field(
        default=0.3, description="share of a package's value that it discounts when it expects no compliance"
    )
    face_saving: Share = Field(
        default=0.5, description="share of (aspiration - reservation) that it waives for a mediator's draft"
    )
    face_saving_margin: Utility = Field(
        default=0.06, description="utility that it waives besides for a mediator's draft"
    )
    opposition: Share = Field(
        default=0.15, description="probability that a text worth no more than no agreement is refused at home"
    )


# ---- mediators -------------------------------------------------------------------------------------------------------

ACTIVITIES = ("shuttle", "convene", "draft", "press", "guarantee")


class Activities(Block):
    """How effort is split; any positive scale, normalised to sum to 1."""

    shuttle: Weight = Field(default=0.0, description="trips to the capitals (communication)")
    convene: Weight = Field(default=0.0, description="calling rounds, keeping them going (procedural)")
    draft: Weight = Field(default=0.0, description="tabling single texts (formulation)")
    press: Weight = Field(default=0.0, description="carrots and sticks (directive)")
    guarantee: Weight = Field(default=0.0, description="promising to monitor (directive)")


class EffortStep(Item):
    """From this date (or week) on, this effort."""

    since: When = Field(alias="from", description="the first day, or week counted from the start")
    effort: Annotated[Parameter, Range(0, 1, "effort is a share of capacity")] = Field(
        description="effort is a share of capacity"
    )


Effort = Annotated[Parameter, Range(0, 1, "effort is a share of capacity")]
Steps = Annotated[list[EffortStep], Field(min_length=1, max_length=100)]


def _effort(value: Any) -> str:
    return "steps" if isinstance(value, list) else "number"


class Mediator(Block):
    """A third party that spends effort on the talks."""

    title: Text = Field(default="", description="the name in full, as figures and stories show it")
    effort: Annotated[Parameter | list[EffortStep], Either({"steps": Steps, "number": Effort}, _effort)] = Field(
        default=0.5, description="effort is a share of capacity; or steps [{from: 2023-06-01, effort: 0.8}]"
    )
    activities: Activities = Field(
        default_factory=lambda: Activities(shuttle=0.3, convene=0.3, draft=0.2, press=0.1, guarantee=0.1),
        description="how effort is split; normalised to sum to 1",
    )
    credibility: Annotated[Parameter | ByName, per_name(0, 1, "credibility, a share")] = Field(
        default=0.7, description="how far its word is believed; or by party"
    )
    bias: Annotated[Parameter | ByName, per_name(-1, 1, "bias, towards (+) or against (-) a party")] = Field(
        default=0.0, description="weight that its drafts give to a party; by party"
    )
    independence: Share = Field(default=0.7, description="share of what it tells that it knows from its own sources")
    trips_per_week: Annotated[Parameter, Range(0, 7, "trips a week")] = Field(
        default=0.8, description="trips a week at full shuttle effort"
    )
    learning: Share = Field(default=0.12, description="share of what it does not know that a visit teaches it")
    telling: Share = Field(
        default=0.08, description="share of what a party does not know that a visit to the other teaches it"
    )
    reassurance: Share = Field(default=0.006, description="share of missing trust that a visit gives")
    draft_rate: Factor = Field(default=1.5, description="drafts a round at full drafting effort (as a rate)")
    leverage: Utility = Field(default=0.15, description="utility that full pressure adds to any agreement now")
    after_signature: Share = Field(default=0.3, description="effort kept up once everything is signed")


# ---- working groups --------------------------------------------------------------------------------------------------


class Issue(Block):
    """One question on the table: a scale with positions, or a list of options."""

    title: Text = Field(default="", description="the question, as a student would ask it")
    positions: dict[Name, Annotated[Parameter, Range(0, 1, "ideal point on the scale")]] | None = Field(
        default=None, description="ideal point of each party on the scale"
    )
    options: dict[Name, dict[Name, Utility]] | None = Field(
        default=None, description="for each option, its value to each party"
    )
    weights: dict[Name, Weight] = Field(
        default_factory=dict, description="importance for each party; normalised within the group; default 1"
    )
    labels: dict[Annotated[float, Range(0, 1, "a point on the scale")], Text] = Field(
        default_factory=dict, description="what points on the scale mean"
    )


class WorkingGroup(Block):
    """One chapter of the talks and the people who meet on it."""

    title: Text = Field(default="", description="the name in full")
    level: Text = Field(default="", description="who sits at the table")
    meets_every: Annotated[Parameter, Range(1, 260, "weeks between rounds")] = Field(
        default=6.0, description="weeks between rounds"
    )
    exchanges: Annotated[int, Range(1, 20, "offers that each party makes in a round", whole=True)] = Field(
        default=2, description="times a round that every party puts an offer on the table"
    )
    stakes: dict[Name, Weight] = Field(
        default_factory=dict, description="weight of this chapter for each party; normalised over chapters; default 1"
    )
    issues: dict[Name, Issue] = Field(min_length=1, max_length=20, description="what is negotiated")


# ---- what happens around the table -----------------------------------------------------------------------------------


class Clock(Block):
    """When the talks start, how long they may take, how long an agreement must hold."""

    start: Date = Field(default=dt.date(2023, 1, 2), description="first day of week 0")
    weeks: Annotated[int, Range(1, LONGEST, "weeks of talks", whole=True)] = Field(
        default=156, description="weeks of talks"
    )
    hold_weeks: Annotated[int, Range(0, LONGEST, "weeks", whole=True)] = Field(
        default=260, description="weeks that a settlement must hold to count as lasting"
    )


Point = Annotated[Parameter, Range(0, 1, "a point on the scale")]


def _settlement(value: Any) -> str:
    return "option" if isinstance(value, str) else "point"


class Commitment(Item):
    """What an earlier statement settled already, and what it costs to leave it."""

    group: Name = Field(description="the working group")
    issue: Name = Field(description="the issue")
    settlement: Annotated[Parameter | Name, Either({"option": Name, "point": Point}, _settlement)] = Field(
        description="a point on the scale, or the name of an option"
    )
    hold: Utility = Field(default=0.05, description="utility that leaving it by the whole scale costs each party")
    source: Text = Field(default="", description="the statement")
    date: Date | None = Field(default=None, description="its date")


class Contacts(Block):
    """Contacts of civil society: slow, small, steady."""

    intensity: Share = Field(default=0.0, description="how lively they are")
    trust: Share = Field(default=0.004, description="trust a week at full intensity, towards the ceiling")
    ceiling: Share = Field(default=0.6, description="trust beyond which they add nothing")
    attendance: Share = Field(default=0.3, description="share of absences that they prevent at full intensity")


class Incidents(Block):
    """Violent or hostile events outside the talks."""

    per_year: Rate = Field(default=2.0, description="incidents a year, times (1.3 - mean trust)")
    severity: Annotated[Parameter, Range(0.01, 0.9, "mean severity")] = Field(
        default=0.3, description="mean severity (exponential, cut at 0.9)"
    )
    spoilers: Share = Field(default=0.0, description="how much likelier an incident becomes when a deal is near")
    hardening: Utility = Field(default=0.25, description="utility by which severity 1 raises every reservation value")
    fading: Share = Field(default=0.02, description="share of the hardening that passes each week")
    after_settlement: Share = Field(
        default=0.5, description="share of the rate that remains while a full settlement stands"
    )


class Walkouts(Block):
    """Freezes that nobody scheduled."""

    after_incident: Factor = Field(
        default=1.2, description="extra hazard in the week of an incident, times its severity"
    )
    weeks: Annotated[Parameter, Range(1, 260, "mean length in weeks")] = Field(default=10.0, description="mean length")
    convene: Share = Field(default=0.8, description="probability a week that full convening effort ends one early")


class FrozenWeek(Block):
    """What a week of freeze does to the parties of a group."""

    rehardening: Annotated[Parameter, Range(0, 10, "rounds")] = Field(
        default=0.08, description="rounds by which the negotiation clock turns back"
    )
    estrangement: Share = Field(
        default=0.004, description="trust lost, times the share of the party's stakes that is frozen"
    )
    cooling: Share = Field(default=0.08, description="share of the hardening that passes, beside `incidents.fading`")
    forgetting: Share = Field(
        default=0.01, description="share of the knowledge gained that is lost, times the share of stakes frozen"
    )


class TrustDynamics(Block):
    """Slow to earn, fast to lose."""

    gain: Share = Field(default=0.02, description="share of missing trust won by a full unit of cooperation")
    loss: Share = Field(
        default=0.06, description="share of trust lost by a full unit of retreat, a disrupted round or a walkout"
    )
    fading: Share = Field(
        default=0.01, description="share of knowledge gained that fades each week unless it is renewed"
    )


class Agreements(Block):
    """From signature to a peace that holds, or not."""

    ratification: Factor = Field(
        default=6.0, description="how fast the risk of refusal at home falls with the gain over reservation"
    )
    hazard: Annotated[Parameter, Range(0, 1, "hazard a week")] = Field(
        default=0.006, description="collapse hazard a week at zero trust, slack and guarantee"
    )
    trust: Factor = Field(default=2.5, description="how far trust lowers the log hazard")
    slack: Factor = Field(default=3.0, description="how far the smallest gain over reservation lowers it")
    guarantee: Factor = Field(default=7.0, description="how far a guarantee lowers it")
    pressure: Factor = Field(default=7.0, description="how far a share of value that came from pressure raises it")
    implementation: Share = Field(
        default=0.01,
        description="share of missing trust that a week of keeping everything agreed gives, times the stakes in force",
    )
    collapse_cost: Share = Field(default=0.3, description="share of trust lost when an agreement collapses")


class Freeze(Item):
    """A scheduled freeze: dated, or by rule after each incident."""

    groups: Annotated[list[Name], Field(min_length=1)] = Field(description="the working groups that stop meeting")
    start: When | None = Field(default=None, description="first week, as a date or a number")
    weeks: Annotated[Parameter, Range(0, LONGEST, "weeks")] = Field(description="length")
    after: Literal["incident"] | None = Field(default=None, description="instead of `start`: after each incident")
    severity: Share = Field(default=0.0, description="with `after`: the least severity that counts")
    by: Name | None = Field(default=None, description="the party that froze")
    reason: Text = Field(default="", description="why, in neutral words")


class Event(Item):
    """A dated fact that the talks must live with."""

    date: When = Field(description="the day, or the week counted from the start")
    kind: Literal["shuttle", "disruption", "incident", "round", "statement"] = Field(description="what kind of event")
    group: Name | None = Field(default=None, description="the working group (disruption, round)")
    mediator: Name | None = Field(default=None, description="who travels (shuttle)")
    to: list[Name] = Field(default_factory=list, description="the parties visited (shuttle)")
    by: Name | None = Field(
        default=None, description="the party that stayed away (disruption), where nobody contests it"
    )
    severity: Share = Field(default=0.3, description="how severe (incident)")
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
    sample: Annotated[int, Range(1, 100_000, "cells of a Latin hypercube sample", whole=True)] | None = Field(
        default=None, description="cells of a Latin hypercube sample; without it every combination is a cell"
    )


class Scenario(Block):
    """A negotiation: who talks to whom about what, when, and what may happen meanwhile."""

    name: LongName = Field(description="its name, as figures and reports show it")
    summary: Text = Field(default="", description="one line on what it is about")
    sources: list[Text] = Field(default_factory=list, description="where it comes from, in free words")
    clock: Clock = Field(default_factory=Clock, description="when talks start and how long they may take")
    replications: Annotated[int, Range(1, 10_000_000, "histories to simulate", whole=True)] = Field(
        default=1000, description="histories to simulate"
    )
    seed: Annotated[int, Range(0, 2**63 - 1, "seed of all chance", whole=True)] = Field(
        default=2023, description="seed of all chance"
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
    events: list[Event] = Field(default_factory=list, description="dated facts that the talks must live with")
    observed: Observed = Field(default_factory=Observed, description="what happened, if it is history")
    sweep: SweepPlan | None = Field(default=None, description="what `sim sweep` varies")

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
    def weeks(self) -> int:
        """Weeks simulated: the talks and then the time that an agreement must hold."""
        return self.clock.weeks + self.clock.hold_weeks


Part.model_rebuild()
