"""Every key of a scenario file, with its unit, range and default.

The classes here are the scenario as Python sees it after reading: frozen pydantic models. `sim schema` prints them as
a JSON Schema. A `Number` is a plain number or a distribution; `realise.py` turns distributions into one value for each
replication. Rules that look at two places of a file at once (names, dates, overlaps) stand in `checks.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, Union

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, create_model
from pydantic_core import PydanticCustomError, core_schema
from scipy.special import ndtri

from sim.bargaining.tactics import TACTICS

Array = npt.NDArray[np.float64]
WEEKS_A_YEAR = 52


# ---- numbers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Normal:
    """A normal distribution, cut at the key's range."""

    mean: float
    sd: float

    def quantile(self, u: Array) -> Array:
        """The value below which a share u lies.  u (R,) in [0, 1) -> (R,)"""
        return self.mean + self.sd * ndtri(np.clip(u, 1e-12, 1 - 1e-12))


@dataclass(frozen=True)
class Uniform:
    """Every value between low and high is equally likely."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    def quantile(self, u: Array) -> Array:
        """The value below which a share u lies.  u (R,) in [0, 1) -> (R,)"""
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True)
class Triangular:
    """Likeliest at mode, impossible beyond low and high."""

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    def quantile(self, u: Array) -> Array:
        """The value below which a share u lies.  u (R,) in [0, 1) -> (R,)"""
        span = self.high - self.low
        if span == 0:
            return np.full_like(u, self.low)
        turn = (self.mode - self.low) / span
        rising = self.low + np.sqrt(u * span * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - u) * span * (self.high - self.mode))
        return np.where(u < turn, rising, falling)


Distribution = Normal | Uniform | Triangular
Number = float | Normal | Uniform | Triangular
SHAPES: dict[frozenset[str], type[Any]] = {
    frozenset({"mean", "sd"}): Normal,
    frozenset({"low", "high"}): Uniform,
    frozenset({"low", "mode", "high"}): Triangular,
}
SHAPE_WORDS = frozenset({"mean", "sd", "low", "mode", "high"})


def mean_of(number: Number) -> float:
    """The number itself, or the mean of its distribution."""
    return number if isinstance(number, int | float) else number.mean


@dataclass(frozen=True)
class Range:
    """What a `Number` may be; reads `0.4`, `{mean, sd}`, `{low, high}` or `{low, mode, high}`.

    Errors: PydanticCustomError of type `wrong-type` or `out-of-range`, naming value and rule.
    """

    low: float
    high: float
    what: str
    whole: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        number = {"type": "integer" if self.whole else "number", "minimum": self.low, "maximum": self.high}
        loose = {"type": "number"}
        shapes = [
            {
                "type": "object",
                "properties": dict.fromkeys(sorted(s), loose),
                "required": sorted(s),
                "additionalProperties": False,
            }
            for s in SHAPES
        ]
        return number if self.whole else {"anyOf": [number, *shapes]}

    def read(self, value: Any) -> Any:
        """A checked number or distribution."""
        if isinstance(value, Normal | Uniform | Triangular):
            return value
        if isinstance(value, dict) and not self.whole:
            return self._distribution(value)
        return self._number(value)

    def _number(self, value: Any) -> float:
        wanted = "a whole number" if self.whole else "a number"
        if isinstance(value, bool) or not isinstance(value, int | float) or (self.whole and value != int(value)):
            raise PydanticCustomError(
                "wrong-type",
                "{value} is not {wanted} ({rule})",
                {"value": _show(value), "wanted": wanted, "rule": self.rule},
            )
        if not self.low <= value <= self.high:
            side, limit = ("below", self.low) if value < self.low else ("above", self.high)
            raise PydanticCustomError(
                "out-of-range",
                "{value} is {side} {limit} ({rule})",
                {"value": _show(value), "side": side, "limit": f"{limit:g}", "rule": self.rule},
            )
        return int(value) if self.whole else float(value)

    def _distribution(self, value: dict[Any, Any]) -> Distribution:
        shape = SHAPES.get(frozenset(value))
        if shape is None:
            raise PydanticCustomError(
                "wrong-type",
                "a distribution is {{mean, sd}}, {{low, high}} or {{low, mode, high}}, not {{{keys}}} ({rule})",
                {"keys": ", ".join(str(k) for k in value), "rule": self.rule},
            )
        spread = Range(0, max(self.high - self.low, 0), f"spread of: {self.what}")
        parts = {name: (spread if name == "sd" else self)._number(part) for name, part in value.items()}
        order = [parts[name] for name in ("low", "mode", "high") if name in parts]
        if order != sorted(order):
            raise PydanticCustomError(
                "out-of-range", "a distribution needs low <= mode <= high, not {order}", {"order": order}
            )
        return shape(**parts)  # type: ignore[no-any-return]

    @property
    def rule(self) -> str:
        """The range in words, for messages."""
        return f"{self.what}, {self.low:g} to {self.high:g}"


def _show(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:37] + "..."


Share = Annotated[Number, Range(0, 1, "a share")]
Utility = Annotated[Number, Range(0, 1, "a utility")]
Weight = Annotated[Number, Range(0, 1e6, "a weight on any positive scale")]
Rate = Annotated[Number, Range(0, 52, "a rate a year")]
Factor = Annotated[Number, Range(0, 20, "a factor")]


# ---- names, texts and dates ------------------------------------------------------------------------------------------


def _date(value: Any) -> dt.date:
    if type(value) is dt.date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("bad-date", "{value} is no day of the calendar", {"value": value}) from None
    raise PydanticCustomError("wrong-type", "{value} is not a date (write it as 2023-02-09)", {"value": _show(value)})


class _ReadDate:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_date)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return {"type": "string", "format": "date"}


class _ReadWhen:
    """A date, or a week counted from the start of the clock (0 is the first)."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return {"anyOf": [{"type": "string", "format": "date"}, {"type": "integer", "minimum": 0}]}

    @staticmethod
    def read(value: Any) -> dt.date | int:
        if type(value) is int:
            return int(Range(0, 10_000, "a week counted from the start", whole=True).read(value))
        return _date(value)


Date = Annotated[dt.date, _ReadDate()]
When = Annotated[dt.date | int, _ReadWhen()]
Text = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
ByName = dict[Name, Number]


@dataclass(frozen=True)
class PerName:
    """A number for all, or one for each name: `0.2` or `{Azerbaijan: 0.2}`; a distribution counts as a number."""

    range: Range

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        number = self.range.__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [*number["anyOf"], {"type": "object", "additionalProperties": number}]}

    def read(self, value: Any) -> Any:
        """A checked number, or a mapping of them."""
        if isinstance(value, dict) and not (value and SHAPE_WORDS.issuperset(value)):
            return {name: self.range.read(part) for name, part in value.items()}
        return self.range.read(value)


class Block(BaseModel):
    """A mapping of the file: frozen, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


# ---- parties ---------------------------------------------------------------------------------------------------------


class Part(Block):
    """One tactic of a mix."""

    weight: Weight = Field(1.0, description="its share of the mix; any positive scale")
    tactic: TacticChoice


class MixSettings(Block):
    """A weighted mean of other tactics."""

    kind: Literal["mix"] = "mix"
    parts: list[Part] = Field(min_length=1, max_length=8, description="the tactics that are mixed")


def _settings(kind: str, tactic: type[Any]) -> type[Block]:
    """The YAML form of a tactic, made from its dataclass so that parameters are listed once."""
    keys: dict[str, Any] = {"kind": (Literal[kind], kind)}
    for f in fields(tactic):
        whole = f.type == "int"
        annotation = Annotated[Number, Range(f.metadata["low"], f.metadata["high"], f.metadata["what"], whole)]
        keys[f.name] = (annotation, Field(f.default, description=f.metadata["what"]))
    return create_model(f"{tactic.__name__}Settings", __base__=Block, __doc__=tactic.__doc__.split("\n")[0], **keys)


TACTIC_SETTINGS = {kind: _settings(kind, tactic) for kind, tactic in TACTICS.items() if kind != "mix"}
TACTIC_SETTINGS["mix"] = MixSettings
TacticChoice = Annotated[Union[tuple(TACTIC_SETTINGS.values())], Field(discriminator="kind")]  # type: ignore[valid-type] # noqa: UP007


class ByGroup(Block):
    """A reservation value for each working group; groups not named keep `other`."""

    by_group: dict[Name, Utility]
    other: Utility = 0.44


class _ReadReservation:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        number, by_group = handler.generate_schema(Utility), handler.generate_schema(ByGroup)
        return core_schema.tagged_union_schema(
            {"by_group": by_group, "number": number},
            discriminator=lambda v: (
                "by_group" if isinstance(v, ByGroup) or (isinstance(v, dict) and "by_group" in v) else "number"
            ),
        )


class Party(Block):
    """One side of the talks."""

    title: Text = Field("", description="the name in full, as figures and stories show it")
    reservation: Annotated[Number | ByGroup, _ReadReservation()] = Field(
        0.44, description="utility of no agreement (BATNA), 0..1; or {by_group: {treaty: 0.5}}"
    )
    tactic: TacticChoice = Field(
        default_factory=lambda: TACTIC_SETTINGS["time"](kind="time"), description="concession tactic"
    )
    expected_rounds: Annotated[Number, Range(1, 1000, "rounds until it has given all that it can give")] = Field(
        11.0, description="rounds over which its negotiation clock runs"
    )
    trust: Annotated[Number | ByName, PerName(Range(0, 1, "trust in the others, a share"))] = Field(
        0.2, description="trust in the others at the start, 0..1; or by party"
    )
    knowledge: Share = Field(0.1, description="knowledge of the others' priorities at the start, 0..1")
    prejudice: Annotated[Number, Range(0, 3, "spread of its misjudgement, log scale")] = Field(
        0.6, description="spread (log-sd) of what it wrongly imagines of the others' priorities"
    )
    weight_spread: Annotated[Number, Range(0, 2, "spread of its weights, log scale")] = Field(
        0.0, description="spread (log-sd) of its weights between replications"
    )
    cost_of_no_deal: Annotated[Number, Range(0, 1, "utility a year")] = Field(
        0.05, description="utility a year lost without a deal"
    )
    hurt_cap: Utility = Field(0.2, description="the most that the cost of no deal can lower its reservation value")
    absence: Share = Field(0.10, description="probability that it stays away from a round, at zero trust")
    walkout: Rate = Field(0.35, description="walkouts a year, at zero trust")
    doubt: Share = Field(0.3, description="share of a package's value that it discounts when it expects no compliance")
    face_saving: Share = Field(
        0.5, description="share of (aspiration - reservation) that it waives for a mediator's draft"
    )
    face_saving_margin: Utility = Field(0.06, description="utility that it waives besides for a mediator's draft")
    opposition: Share = Field(
        0.15, description="probability that a text worth no more than no agreement is refused at home"
    )


# ---- mediators -------------------------------------------------------------------------------------------------------

ACTIVITIES = ("shuttle", "convene", "draft", "press", "guarantee")


class Activities(Block):
    """How effort is split; any positive scale, normalised to sum to 1."""

    shuttle: Weight = Field(0.0, description="trips to the capitals (communication)")
    convene: Weight = Field(0.0, description="calling rounds, keeping them going (procedural)")
    draft: Weight = Field(0.0, description="tabling single texts (formulation)")
    press: Weight = Field(0.0, description="carrots and sticks (directive)")
    guarantee: Weight = Field(0.0, description="promising to monitor (directive)")


class EffortStep(Block):
    """From this date (or week) on, this effort."""

    since: When = Field(alias="from")
    effort: Annotated[Number, Range(0, 1, "effort is a share of capacity")]


class _ReadEffort:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        steps = handler.generate_schema(Annotated[list[EffortStep], Field(min_length=1, max_length=100)])
        number = handler.generate_schema(Annotated[Number, Range(0, 1, "effort is a share of capacity")])
        return core_schema.tagged_union_schema(
            {"steps": steps, "number": number}, discriminator=lambda v: "steps" if isinstance(v, list) else "number"
        )


class Mediator(Block):
    """A third party that spends effort on the talks."""

    title: Text = Field("", description="the name in full, as figures and stories show it")
    effort: Annotated[Number | list[EffortStep], _ReadEffort()] = Field(
        0.5, description="share of capacity in use, 0..1; or steps [{from: 2023-06-01, effort: 0.8}]"
    )
    activities: Activities = Field(
        default_factory=lambda: Activities(shuttle=0.3, convene=0.3, draft=0.2, press=0.1, guarantee=0.1),
        description="how effort is split; normalised to sum to 1",
    )
    credibility: Annotated[Number | ByName, PerName(Range(0, 1, "credibility, a share"))] = Field(
        0.7, description="how far its word is believed, 0..1; or by party"
    )
    bias: Annotated[Number | ByName, PerName(Range(-1, 1, "bias, towards (+) or against (-) a party"))] = Field(
        0.0, description="weight that its drafts give to a party, -1..1, by party"
    )
    independence: Share = Field(0.7, description="share of what it tells that it knows from its own sources")
    trips_per_week: Annotated[Number, Range(0, 7, "trips a week")] = Field(
        0.8, description="trips a week at full shuttle effort"
    )
    learning: Share = Field(0.12, description="share of what it does not know that a visit teaches it")
    telling: Share = Field(0.08, description="share of what a party does not know that a visit to the other teaches it")
    reassurance: Share = Field(0.006, description="share of missing trust that a visit gives")
    draft_rate: Factor = Field(1.5, description="drafts a round at full drafting effort (as a rate)")
    leverage: Utility = Field(0.15, description="utility that full pressure adds to any agreement now")
    after_signature: Share = Field(0.3, description="effort kept up once everything is signed")


# ---- working groups --------------------------------------------------------------------------------------------------


class Issue(Block):
    """One question on the table: a scale with positions, or a list of options."""

    title: Text = Field("", description="the question, as a student would ask it")
    positions: dict[Name, Annotated[Number, Range(0, 1, "ideal point on the scale")]] | None = Field(
        None, description="ideal point of each party on the scale 0..1"
    )
    options: dict[Name, dict[Name, Utility]] | None = Field(None, description="option: value for each party, 0..1")
    weights: dict[Name, Weight] = Field(
        default_factory=dict, description="importance for each party; normalised within the group; default 1"
    )
    labels: dict[Annotated[float, Field(ge=0, le=1)], Text] = Field(
        default_factory=dict, description="what points on the scale mean"
    )


class WorkingGroup(Block):
    """One chapter of the talks and the people who meet on it."""

    title: Text = Field("", description="the name in full")
    level: Text = Field("", description="who sits at the table")
    meets_every: Annotated[Number, Range(1, 260, "weeks between rounds")] = Field(
        6.0, description="weeks between rounds"
    )
    exchanges: Annotated[int, Field(ge=1, le=20)] = Field(
        2, description="times a round that every party puts an offer on the table"
    )
    stakes: dict[Name, Weight] = Field(
        default_factory=dict, description="weight of this chapter for each party; normalised over chapters; default 1"
    )
    issues: dict[Name, Issue] = Field(min_length=1, max_length=20, description="what is negotiated")


# ---- what happens around the table -----------------------------------------------------------------------------------


class Clock(Block):
    """When the talks start, how long they may take, how long an agreement must hold."""

    start: Date = Field(dt.date(2023, 1, 2), description="first day of week 0")
    weeks: Annotated[int, Field(ge=1, le=1040)] = Field(156, description="weeks of talks")
    hold_weeks: Annotated[int, Field(ge=0, le=1040)] = Field(
        260, description="weeks that a settlement must hold to count as lasting"
    )


class Commitment(Block):
    """What an earlier statement settled already, and what it costs to leave it."""

    group: Name
    issue: Name
    settlement: Annotated[Number, Range(0, 1, "point on the scale")] | Name = Field(
        description="point on the scale, or option"
    )
    hold: Utility = Field(0.05, description="utility that leaving it by the whole scale costs each party")
    source: Text = Field("", description="the statement")
    date: Date | None = Field(None, description="its date")


class Contacts(Block):
    """Contacts of civil society: slow, small, steady."""

    intensity: Share = Field(0.0, description="how lively they are, 0..1")
    trust: Share = Field(0.004, description="trust a week at full intensity, towards the ceiling")
    ceiling: Share = Field(0.6, description="trust beyond which they add nothing")
    attendance: Share = Field(0.3, description="share of absences that they prevent at full intensity")


class Incidents(Block):
    """Violent or hostile events outside the talks."""

    per_year: Rate = Field(2.0, description="incidents a year, times (1.3 - mean trust)")
    severity: Annotated[Number, Range(0.01, 0.9, "mean severity")] = Field(
        0.3, description="mean severity (exponential, cut at 0.9)"
    )
    spoilers: Share = Field(0.0, description="how much likelier an incident becomes when a deal is near")
    hardening: Utility = Field(0.25, description="utility by which severity 1 raises every reservation value")
    fading: Share = Field(0.03, description="share of the hardening that passes each week")
    after_settlement: Share = Field(0.5, description="share of the rate that remains while a full settlement stands")


class Walkouts(Block):
    """Freezes that nobody scheduled."""

    after_incident: Factor = Field(1.2, description="extra hazard in the week of an incident, times its severity")
    weeks: Annotated[Number, Range(1, 260, "mean length in weeks")] = Field(10.0, description="mean length")
    convene: Share = Field(0.8, description="probability a week that full convening effort ends one early")


class FrozenWeek(Block):
    """What a week of freeze does to the parties of a group."""

    rehardening: Annotated[Number, Range(0, 10, "rounds")] = Field(
        0.08, description="rounds by which the negotiation clock turns back"
    )
    estrangement: Share = Field(0.004, description="trust lost, times the share of the party's stakes that is frozen")
    cooling: Share = Field(0.06, description="share of the hardening that passes, beside `incidents.fading`")
    forgetting: Share = Field(
        0.01, description="share of the knowledge gained that is lost, times the share of stakes frozen"
    )


class TrustDynamics(Block):
    """Slow to earn, fast to lose."""

    gain: Share = Field(0.02, description="share of missing trust won by a full unit of cooperation")
    loss: Share = Field(
        0.06, description="share of trust lost by a full unit of retreat, a disrupted round or a walkout"
    )
    fading: Share = Field(0.01, description="share of knowledge gained that fades each week unless it is renewed")


class Agreements(Block):
    """From signature to a peace that holds, or not."""

    ratification: Factor = Field(
        6.0, description="how fast the risk of refusal at home falls with the gain over reservation"
    )
    hazard: Annotated[Number, Range(0, 1, "hazard a week")] = Field(
        0.008, description="collapse hazard a week at zero trust, slack and guarantee"
    )
    trust: Factor = Field(2.5, description="how far trust lowers the log hazard")
    slack: Factor = Field(3.0, description="how far the smallest gain over reservation lowers it")
    guarantee: Factor = Field(7.0, description="how far a guarantee lowers it")
    pressure: Factor = Field(7.0, description="how far a share of value that came from pressure raises it")
    collapse_cost: Share = Field(0.3, description="share of trust lost when an agreement collapses")


class Freeze(Block):
    """A scheduled freeze: dated, or by rule after each incident."""

    groups: Annotated[list[Name], Field(min_length=1)] = Field(description="the working groups that stop meeting")
    start: When | None = Field(None, description="first week, as a date or a number")
    weeks: Annotated[Number, Range(0, 1040, "weeks")] = Field(description="length")
    after: Literal["incident"] | None = Field(None, description="instead of `start`: after each incident")
    severity: Share = Field(0.0, description="with `after`: the least severity that counts")
    by: Name | None = Field(None, description="the party that froze")
    reason: Text = Field("", description="why, in neutral words")


class Event(Block):
    """A dated fact that the talks must live with."""

    date: When
    kind: Literal["shuttle", "disruption", "incident", "round", "statement"]
    group: Name | None = Field(None, description="the working group (disruption, round)")
    mediator: Name | None = Field(None, description="who travels (shuttle)")
    to: list[Name] = Field(default_factory=list, description="the parties visited (shuttle)")
    by: Name | None = Field(None, description="the party that stayed away (disruption), where nobody contests it")
    severity: Share = Field(0.3, description="how severe (incident)")
    what: Text = Field("", description="the event in neutral words")
    framing: dict[Name, Text] = Field(
        default_factory=dict, description="how each party describes it: all of them or none"
    )
    source: Text = ""


class Observed(Block):
    """What happened, if it is history: marked on figures."""

    agreed: dict[Name, Date] = Field(default_factory=dict, description="date on which a group agreed")


class Scenario(Block):
    """A negotiation: who talks to whom about what, when, and what may happen meanwhile."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    summary: Text = ""
    sources: list[Text] = Field(default_factory=list)
    clock: Clock = Field(default_factory=Clock)
    replications: Annotated[int, Field(ge=1, le=10_000_000)] = Field(1000, description="histories to simulate")
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(2023, description="seed of all chance")
    parties: Annotated[dict[Name, Party], Field(min_length=2, max_length=8)]
    mediators: Annotated[dict[Name, Mediator], Field(max_length=8)] = Field(default_factory=dict)
    working_groups: Annotated[dict[Name, WorkingGroup], Field(min_length=1, max_length=12)]
    framework: list[Commitment] = Field(default_factory=list, description="earlier commitments")
    contacts: Contacts = Field(default_factory=Contacts)
    linkage: Literal["independent", "sequence", "single_undertaking"] = Field(
        "independent", description="when chapters take effect"
    )
    incidents: Incidents = Field(default_factory=Incidents)
    walkouts: Walkouts = Field(default_factory=Walkouts)
    freezes: list[Freeze] = Field(default_factory=list)
    frozen_week: FrozenWeek = Field(default_factory=FrozenWeek)
    trust_dynamics: TrustDynamics = Field(default_factory=TrustDynamics)
    agreements: Agreements = Field(default_factory=Agreements)
    events: list[Event] = Field(default_factory=list)
    observed: Observed = Field(default_factory=Observed)

    def week_of(self, when: dt.date | int) -> int:
        """The week, counted from 0, that a date falls into; a number is a week already."""
        return when if isinstance(when, int) else (when - self.clock.start).days // 7

    def date_of(self, week: int) -> dt.date:
        """First day of a week."""
        return self.clock.start + dt.timedelta(weeks=week)

    def group_parties(self, group: str) -> tuple[str, ...]:
        """The parties at a group's table, in the order of the file: those for whom its issues hold a position or value."""
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
