"""Who sits at the table and who helps: parties, their tactics, mediators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from sim.arrays import Parameter
from sim.bargaining.tactics import TACTICS, WHOLE
from sim.scenario.field_types import (
    DATED,
    Block,
    ByName,
    Either,
    Factor,
    Item,
    Name,
    Rate,
    Share,
    Text,
    Times,
    Utility,
    Weight,
    When,
    number,
    per_name,
)
from sim.scenario.numbers import Range

# ---- tactics ---------------------------------------------------------------------------------------------------------


class Part(Item):
    """One tactic of a mix."""

    weight: Weight = number(1.0, "its share of the mix; any positive scale", Times(0.5, 2))
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
        said = f.metadata
        keys[f.name] = (annotation, number(f.default, said["what"], said["plausible"], said["basis"]))
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


RESERVATIONS = 0.25, 0.65
"""Plausible utilities of no agreement: nobody has measured one; below, all settle, and above, hardly anybody."""


class ByGroup(Block):
    """A reservation value for each working group; groups not named keep `other`."""

    by_group: dict[Name, Utility] = number(..., "utility of no agreement in each group", RESERVATIONS)
    other: Utility = number(0.44, "utility of no agreement in groups that are not named", RESERVATIONS)


def _reservation(value: Any) -> str:
    grouped = isinstance(value, ByGroup) or (isinstance(value, dict) and "by_group" in value)
    return "groups" if grouped else "number"


class Party(Block):
    """One side of the talks."""

    title: Text = Field(default="", description="the name in full, as figures and stories show it")
    reservation: Annotated[Parameter | ByGroup, Either({"number": Utility, "groups": ByGroup}, _reservation)] = number(
        0.44, "utility of no agreement (BATNA); or {by_group: {treaty: 0.5}}", RESERVATIONS
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
    ] = number(
        11.0,
        "rounds over which its negotiation clock runs",
        (5, 40),
        "the baseline's transport group had met 11 times by 2023; Colombia's talks took more than 39 rounds",
    )
    trust: Annotated[Parameter | ByName, per_name(0, 1, "trust in the others, a share", unit="share")] = number(
        0.2, "trust in the others at the start; or by party", (0.02, 0.5)
    )
    knowledge: Share = number(0.1, "knowledge of the others' priorities at the start", (0, 0.5))
    prejudice: Annotated[Parameter, Range(0, 3, "spread of its misjudgement, log scale", unit="log scale")] = number(
        0.6, "spread (log-sd) of what it wrongly imagines of the others' priorities", (0.2, 1.2)
    )
    weight_spread: Annotated[Parameter, Range(0, 2, "spread of its weights, log scale", unit="log scale")] = number(
        0.0, "spread (log-sd) of its weights between replications", (0, 0.4)
    )
    cost_of_no_deal: Annotated[Parameter, Range(0, 1, "utility a year", unit="utility per year")] = number(
        0.05, "utility a year lost without a deal", (0, 0.15)
    )
    hurt_cap: Utility = number(0.2, "the most that the cost of no deal can lower its reservation value", (0.05, 0.4))
    absence: Share = number(
        0.10,
        "probability that it stays away from a round, at zero trust",
        (0.02, 0.3),
        "at least three rounds of some sixteen were called off in the baseline's talks, December 2022 to November 2023",
    )
    walkout: Rate = number(0.35, "walkouts a year, at zero trust", (0.05, 1.5))
    doubt: Share = number(0.3, "share of a package's value that it discounts when it expects no compliance", (0, 0.7))
    doubt_own: Share = number(
        0.0,
        "share of its doubt that counts against what it proposes itself, too; 1: like with like",
        (0, 1),
        "0: reactive devaluation (Ross and Stillinger 1991); 1: AC_next (Baarslag and others 2013)",
    )
    face_saving: Share = number(
        0.5, "share of (aspiration - reservation) that it waives for a mediator's draft", (0, 1)
    )
    face_saving_margin: Utility = number(0.06, "utility that it waives besides for a mediator's draft", (0, 0.15))
    lets_pass: Utility = number(
        0.0, "loss that it lets pass one time in e when a mediator begins to revise a text; 0: none", (0, 0.1)
    )
    opposition: Share = number(
        0.15,
        "probability that a text worth no more than no agreement is refused at home",
        (0, 0.5),
        "it happens: Colombia's voters refused the text of 2016",
    )


# ---- mediators -------------------------------------------------------------------------------------------------------

SHARES: dict[str, Any] = {"shuttle": 0.3, "convene": 0.3, "draft": 0.2, "press": 0.1, "guarantee": 0.1}
"""How a mediator splits its effort, unless its file says something else."""
ACTIVITIES = tuple(SHARES)


class Activities(Block):
    """How effort is split; any positive scale, normalised to sum to 1."""

    shuttle: Weight = number(0.0, "trips to the capitals (communication)", Times(0.5, 2))
    convene: Weight = number(0.0, "calling rounds, keeping them going (procedural)", Times(0.5, 2))
    draft: Weight = number(0.0, "tabling single texts (formulation)", Times(0.5, 2))
    press: Weight = number(0.0, "carrots and sticks (directive)", Times(0.5, 2))
    guarantee: Weight = number(0.0, "promising to monitor (directive)", Times(0.5, 2))


Effort = Annotated[Parameter, Range(0, 1, "effort is a share of capacity", unit="share")]


class EffortStep(Item):
    """From this date (or week) on, this effort."""

    since: When = number(..., "the first day, or week counted from the start", DATED, alias="from")
    effort: Effort = number(..., "effort is a share of capacity", (0.1, 1))


Steps = Annotated[list[EffortStep], Field(min_length=1, max_length=100)]


def _effort(value: Any) -> str:
    return "steps" if isinstance(value, list) else "number"


class Candour(Block):
    """What decides whether a mediator that tells a party how firm the other is would gain by a lie."""

    error: Share = number(0.2, "share of what it hears of the other party that is wrong", (0.05, 0.5))
    peace: Utility = number(
        0.1, "what no agreement costs it, beside the share of a party whom it favours by 1", (0, 0.5)
    )
    much: Utility = number(0.65, "share of the listener who asks for much of somebody soft", (0.5, 0.8))
    little: Utility = number(0.5, "share of the listener who asks for little", (0.4, 0.6))
    without: Utility = number(0.4, "what the listener has without an agreement", (0.25, 0.5))


class Mediator(Block):
    """A third party that spends effort on the talks."""

    title: Text = Field(default="", description="the name in full, as figures and stories show it")
    effort: Annotated[Parameter | list[EffortStep], Either({"number": Effort, "steps": Steps}, _effort)] = number(
        0.5, "effort is a share of capacity; or steps [{from: 2023-06-01, effort: 0.8}]", (0.1, 1)
    )
    activities: Activities = Field(
        default_factory=lambda: Activities.model_validate(SHARES),
        description="how effort is split; normalised to sum to 1",
        json_schema_extra={"default": SHARES},
    )
    credibility: Annotated[Parameter | ByName, per_name(0, 1, "credibility, a share", unit="share")] = number(
        0.7, "how far its word is believed; or by party", (0.3, 0.95)
    )
    bias: Annotated[Parameter | ByName, per_name(-1, 1, "bias, towards (+) or against (-) a party")] = number(
        0.0, "weight that its drafts give to a party; by party", (-0.3, 0.3)
    )
    candour: Candour | None = Field(
        default=None, description="a party believes what it says only if a lie would not pay; nothing: by `credibility`"
    )
    independence: Share = number(0.7, "share of what it tells that it knows from its own sources", (0.2, 1))
    trips_per_week: Annotated[Parameter, Range(0, 7, "trips a week", unit="per week")] = number(
        0.8, "trips a week at full shuttle effort", (0.2, 2)
    )
    learning: Share = number(0.12, "share of what it does not know that a visit teaches it", (0.03, 0.3))
    telling: Share = number(
        0.08, "share of what a party does not know that a visit to the other teaches it", (0.02, 0.25)
    )
    reassurance: Share = number(
        0.006,
        "share of missing trust that a visit gives",
        (0, 0.02),
        "small: trips without new information change nothing (Fey and Ramsay 2010)",
    )
    empty_reassurance: Share = number(
        1.0,
        "share of `reassurance` that a visit gives without being believed or knowing anything of its own",
        (0, 1),
        "towards 0: who only wants peace calms nobody (Kydd 2006), nor who has nothing to tell (Fey and Ramsay 2010)",
    )
    draft_rate: Factor = number(
        1.5,
        "drafts a round at full drafting effort (as a rate)",
        (0.3, 4),
        "the mediator of Camp David wrote 23 drafts in 13 days",
    )
    revisions: Annotated[int, Range(1, 500, "revisions of a text", whole=True)] | None = number(
        None,
        "changes that it tries in a text, on each of which the parties vote; nothing: it writes what it finds fair",
        WHOLE,
    )
    leverage: Utility = number(
        0.15,
        "utility that full pressure adds to any agreement now",
        (0, 0.35),
        "direction only: leverage brings most agreements about (Beardsley and others 2006)",
    )
    rivalry: Share = number(
        0.0,
        "share of its credibility that it loses where its texts lie wholly apart from another's; 0: no rival",
        (0, 1),
        "direction only: mediators who compete hurt (Boehmelt 2011)",
    )
    after_signature: Share = number(0.3, "effort kept up once everything is signed", (0, 0.8))


Part.model_rebuild()
