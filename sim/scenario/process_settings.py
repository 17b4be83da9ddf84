"""Settings of what happens around the table: contacts, incidents, walkouts, trust, and what becomes of agreements."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.arrays import Parameter
from sim.scenario.field_types import Block, Factor, Rate, Share, Utility
from sim.scenario.numbers import Range


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
    rekindling: Share = Field(
        default=0.0,
        description="share by which a round that ends without a signature raises the hardening of all who sat there",
        json_schema_extra={
            "basis": "direction only: anger makes fewer concessions (Allred and others 1997; Pruitt and Kim 2004)",
            "plausible": [0, 0.6],
        },
    )
    after_settlement: Share = Field(
        default=0.5, description="share of the rate that remains while a full settlement stands"
    )


class Walkouts(Block):
    """Freezes that nobody scheduled."""

    after_incident: Factor = Field(
        default=1.2, description="extra hazard in the week of an incident, times its severity"
    )
    weeks: Annotated[Parameter, Range(1, 260, "mean length in weeks", unit="weeks")] = Field(
        default=10.0, description="mean length"
    )
    convene: Share = Field(default=0.8, description="probability a week that full convening effort ends one early")


class FrozenWeek(Block):
    """What a week of freeze does to the parties of a group."""

    rehardening: Annotated[Parameter, Range(0, 10, "rounds", unit="rounds")] = Field(
        default=0.08, description="rounds by which the negotiation clock turns back"
    )
    estrangement: Share = Field(
        default=0.004, description="trust lost, times the share of the party's stakes that is frozen"
    )
    cooling: Share = Field(default=0.08, description="share of the hardening that passes, beside `incidents.fading`")
    by_trust: Share = Field(
        default=0.0,
        description="how far the cooling depends on trust; 0: not at all, 1: without trust nothing cools",
        json_schema_extra={
            "basis": "direction only: breaks help those who are disposed to cooperate (Harinck and De Dreu 2008, 2011)",
            "plausible": [0, 1],
        },
    )
    rumination: Share = Field(
        default=0.0,
        description="share by which the hardening of a party without any trust grows; times its missing trust",
        json_schema_extra={
            "basis": "direction only: in a break rivals think of winning (Harinck and De Dreu 2008, 2011)",
            "plausible": [0, 0.2],
        },
    )
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
    hazard: Annotated[Parameter, Range(0, 1, "hazard a week", unit="per week")] = Field(
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
