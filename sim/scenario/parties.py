"""Who sits at the table and who helps: parties, their tactics, mediators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from sim.arrays import Parameter
from sim.bargaining.tactics import TACTICS
from sim.scenario.field_types import (
    Block,
    ByName,
    Either,
    Factor,
    Item,
    Name,
    Rate,
    Share,
    Text,
    Utility,
    Weight,
    When,
    per_name,
)
from sim.scenario.numbers import Range

# ---- tactics ---------------------------------------------------------------------------------------------------------


class Part(Item):
    """One tactic of a mix."""

    weight: Weight = Field(default=1.0, description="its share of the mix; any positive scale")
    tactic: TacticChoice = Field(description="the tactic")


class MixSettings(Block):
    """A weighted mean of other tactics."""

    kind: Literal["mix"] = Field(default="mix", description="A weighted mean of other tactics.")
    parts: list[Part] = Field(min_length=1, max_length=8, description="the tactics that are mixed")


def _settings(kind: str, tactic: type[Any]) -> type[Block]:
    """The YAML form of a tactic, made from its dataclass so that parameters are listed once."""
    sentence = (tactic.__doc__ or "").partition("\n")[0]
    keys: dict[str, Any] = {"kind": (Literal[kind], Field(default=kind, description=sentence))}
    for f in fields(tactic):
        whole = f.type == "int"
        annotation = Annotated[Parameter, Range(f.metadata["low"], f.metadata["high"], f.metadata["what"], whole)]
        keys[f.name] = (annotation, Field(default=f.default, description=f.metadata["what"]))
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


# ---- parties -------------------------------------------------------------------------------------------------------


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
    reservation: Annotated[Parameter | ByGroup, Either({"number": Utility, "groups": ByGroup}, _reservation)] = Field(
        default=0.44, description="utility of no agreement (BATNA); or {by_group: {treaty: 0.5}}"
    )
    tactic: TacticChoice = Field(
        default_factory=lambda: TACTIC_SETTINGS["time"](),
        description="concession tactic",
        json_schema_extra={"default": {"kind": "time"}},
    )
    offers: Literal["sum", "product"] = Field(
        default="sum",
        description="with several others it offers what is best for them together, or by the product of their gains",
    )
    expected_rounds: Annotated[
        Parameter, Range(1, 1000, "rounds until it has given all that it can give", unit="rounds")
    ] = Field(default=11.0, description="rounds over which its negotiation clock runs")
    trust: Annotated[Parameter | ByName, per_name(0, 1, "trust in the others, a share", unit="share")] = Field(
        default=0.2, description="trust in the others at the start; or by party"
    )
    knowledge: Share = Field(default=0.1, description="knowledge of the others' priorities at the start")
    prejudice: Annotated[Parameter, Range(0, 3, "spread of its misjudgement, log scale", unit="log scale")] = Field(
        default=0.6, description="spread (log-sd) of what it wrongly imagines of the others' priorities"
    )
    weight_spread: Annotated[Parameter, Range(0, 2, "spread of its weights, log scale", unit="log scale")] = Field(
        default=0.0, description="spread (log-sd) of its weights between replications"
    )
    cost_of_no_deal: Annotated[Parameter, Range(0, 1, "utility a year", unit="utility per year")] = Field(
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
    doubt_own: Share = Field(
        default=0.0,
        description="share of its doubt that counts against what it proposes itself, too; 1: like with like",
        json_schema_extra={
            "basis": "0: reactive devaluation (Ross and Stillinger 1991); 1: AC_next (Baarslag and others 2013)",
            "plausible": [0, 1],
        },
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

SHARES: dict[str, Any] = {"shuttle": 0.3, "convene": 0.3, "draft": 0.2, "press": 0.1, "guarantee": 0.1}
"""How a mediator splits its effort, unless its file says something else."""
ACTIVITIES = tuple(SHARES)


class Activities(Block):
    """How effort is split; any positive scale, normalised to sum to 1."""

    shuttle: Weight = Field(default=0.0, description="trips to the capitals (communication)")
    convene: Weight = Field(default=0.0, description="calling rounds, keeping them going (procedural)")
    draft: Weight = Field(default=0.0, description="tabling single texts (formulation)")
    press: Weight = Field(default=0.0, description="carrots and sticks (directive)")
    guarantee: Weight = Field(default=0.0, description="promising to monitor (directive)")


Effort = Annotated[Parameter, Range(0, 1, "effort is a share of capacity", unit="share")]


class EffortStep(Item):
    """From this date (or week) on, this effort."""

    since: When = Field(alias="from", description="the first day, or week counted from the start")
    effort: Effort = Field(description="effort is a share of capacity")


Steps = Annotated[list[EffortStep], Field(min_length=1, max_length=100)]


def _effort(value: Any) -> str:
    return "steps" if isinstance(value, list) else "number"


class Mediator(Block):
    """A third party that spends effort on the talks."""

    title: Text = Field(default="", description="the name in full, as figures and stories show it")
    effort: Annotated[Parameter | list[EffortStep], Either({"number": Effort, "steps": Steps}, _effort)] = Field(
        default=0.5, description="effort is a share of capacity; or steps [{from: 2023-06-01, effort: 0.8}]"
    )
    activities: Activities = Field(
        default_factory=lambda: Activities.model_validate(SHARES),
        description="how effort is split; normalised to sum to 1",
        json_schema_extra={"default": SHARES},
    )
    credibility: Annotated[Parameter | ByName, per_name(0, 1, "credibility, a share", unit="share")] = Field(
        default=0.7, description="how far its word is believed; or by party"
    )
    bias: Annotated[Parameter | ByName, per_name(-1, 1, "bias, towards (+) or against (-) a party")] = Field(
        default=0.0, description="weight that its drafts give to a party; by party"
    )
    independence: Share = Field(default=0.7, description="share of what it tells that it knows from its own sources")
    trips_per_week: Annotated[Parameter, Range(0, 7, "trips a week", unit="per week")] = Field(
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


Part.model_rebuild()
