"""Settings of what happens around the table: contacts, incidents, walkouts, trust, and what becomes of agreements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.arrays import Parameter
from sim.scenario.field_types import Block, Factor, Rate, Share, Utility, number
from sim.scenario.numbers import Range


class Contacts(Block):
    """Contacts of civil society: slow, small, steady."""

    intensity: Share = number(0.0, "how lively they are", (0, 0.5))
    trust: Share = number(
        0.004,
        "trust a week at full intensity, towards the ceiling",
        (0, 0.015),
        "direction only: agreements that include civil society last longer (Nilsson 2012)",
    )
    ceiling: Share = number(0.6, "trust beyond which they add nothing", (0.3, 0.9))
    attendance: Share = number(0.3, "share of absences that they prevent at full intensity", (0, 0.7))


class Incidents(Block):
    """Violent or hostile events outside the talks."""

    per_year: Rate = number(
        2.0,
        "incidents a year, times (1.3 - mean trust)",
        (0.5, 8),
        "one or two were reported each year on the baseline's border, 2021 to 2023; elsewhere none, or one a month",
    )
    severity: Annotated[Parameter, Range(0.01, 0.9, "mean severity")] = number(
        0.3, "mean severity (exponential, cut at 0.9)", (0.1, 0.6)
    )
    spoilers: Share = number(
        0.0,
        "how much likelier an incident becomes when a deal is near",
        (0, 0.5),
        "direction only: extremists strike when a deal is near (Stedman 1997; Kydd and Walter 2002)",
    )
    hardening: Utility = number(0.25, "utility by which severity 1 raises every reservation value", (0.05, 0.6))
    fading: Share = number(0.02, "share of the hardening that passes each week", (0.005, 0.15))
    rekindling: Share = number(
        0.0,
        "share by which a round that ends without a signature raises the hardening of all who sat there",
        (0, 0.6),
        "direction only: conflict spirals (Pruitt and Kim 2004); anger costs joint gains (Allred and others 1997)",
    )
    after_settlement: Share = number(0.5, "share of the rate that remains while a full settlement stands", (0.1, 1))
    while_frozen: Factor = number(
        1.0,
        "factor on the rate while all talks are frozen, in proportion to the stakes that are; 1: no effect",
        (1, 2.5),
        "direction only: talks on the main question are followed by less violence (Ruhe 2021; Beardsley, Cunningham "
        "and White 2019)",
    )


class Walkouts(Block):
    """Freezes that nobody scheduled."""

    after_incident: Factor = number(1.2, "extra hazard in the week of an incident, times its severity", (0, 4))
    weeks: Annotated[Parameter, Range(1, 260, "mean length in weeks", unit="weeks")] = number(
        10.0,
        "mean length",
        (2, 40),
        "Colombia's talks stopped for 3 weeks in 2014, those on the name of Macedonia for about 3 years until 2017",
    )
    convene: Share = number(0.8, "probability a week that full convening effort ends one early", (0.2, 1))
    breaking_off: Annotated[Parameter, Range(0, 1, "hazard a week", unit="per week")] = number(
        0.0,
        "hazard a week that a frozen group never meets again, without convening; 0: no talks are broken off",
        (0, 0.02),
    )


class FrozenWeek(Block):
    """What a week of freeze does to the parties of a group."""

    rehardening: Annotated[Parameter, Range(0, 10, "rounds", unit="rounds")] = number(
        0.08, "rounds by which the negotiation clock turns back", (0, 0.4)
    )
    estrangement: Share = number(0.004, "trust lost, times the share of the party's stakes that is frozen", (0, 0.02))
    cooling: Share = number(
        0.08,
        "share of the hardening that passes, beside `incidents.fading`",
        (0, 0.2),
        "even its direction hangs on what people think of in a break (Harinck and De Dreu 2008, 2011)",
    )
    by_trust: Share = number(
        0.0,
        "how far the cooling depends on trust; 0: not at all, 1: without trust nothing cools",
        (0, 1),
        "direction only: breaks help those who are disposed to cooperate (Harinck and De Dreu 2008, 2011)",
    )
    rumination: Share = number(
        0.0,
        "share by which the hardening of a party without any trust grows; times its missing trust",
        (0, 0.2),
        "direction only: in a break rivals think of winning (Harinck and De Dreu 2008, 2011)",
    )
    forgetting: Share = number(
        0.01, "share of the knowledge gained that is lost, times the share of stakes frozen", (0, 0.05)
    )


class TrustDynamics(Block):
    """Slow to earn, fast to lose."""

    gain: Share = number(0.02, "share of missing trust won by a full unit of cooperation", (0.005, 0.08))
    loss: Share = number(
        0.06,
        "share of trust lost by a full unit of retreat, a disrupted round or a walkout",
        (0.015, 0.25),
        "about three times the gain (Pant's model of trust)",
    )
    fading: Share = number(0.01, "share of knowledge gained that fades each week unless it is renewed", (0, 0.05))


class Agreements(Block):
    """From signature to a peace that holds, or not."""

    ratification: Factor = number(
        6.0, "how fast the risk of refusal at home falls with the gain over reservation", (2, 15)
    )
    ratified: Literal["by_chapter", "as_a_whole"] = Field(
        default="by_chapter", description="is each chapter voted on at home, or all at once when all is signed?"
    )
    ratification_weeks: Annotated[Parameter, Range(0, 260, "weeks", unit="weeks")] = number(
        0.0,
        "weeks from the signature to the vote at home",
        (0, 26),
        "one week in Israel and Colombia (1978, 2016), six in Northern Ireland (1998); years elsewhere",
    )
    opposition_hardens: Utility = number(
        0.0,
        "utility by which a text must be better for a party whose home refused one; 0: homes forget",
        (0, 0.1),
        "direction only: refused texts passed once changed, in Denmark (1993), Ireland (2002, 2009), Colombia (2016)",
    )
    hazard: Annotated[Parameter, Range(0, 1, "hazard a week", unit="per week")] = number(
        0.006,
        "collapse hazard a week at zero trust, slack and guarantee",
        (0.001, 0.02),
        "50 % relapse in five years as quoted, 23 % as revised (Suhrke and Samset 2007): 0.001 to 0.003 a week for "
        "all, more for the worst",
    )
    trust: Factor = number(2.5, "how far trust lowers the log hazard", (0.5, 5))
    slack: Factor = number(3.0, "how far the smallest gain over reservation lowers it", (0, 8))
    guarantee: Factor = number(
        7.0,
        "how far a guarantee lowers it",
        (1, 12),
        "direction only: settlements with an enforced guarantee hold, others mostly do not (Walter 1997; Fortna 2004)",
    )
    pressure: Factor = number(
        7.0,
        "how far a share of value that came from pressure raises it",
        (0, 12),
        "direction only: what leverage brought about lasts less long (Beardsley 2008; Kenwick, 1946-2010)",
    )
    implementation: Share = number(
        0.01,
        "share of missing trust that a week of keeping everything agreed gives, times the stakes in force",
        (0, 0.04),
        "direction only: what is carried out makes peace longer (Joshi and Quinn 2015)",
    )
    together: Share = number(
        0.0,
        "how far the chapters in force are one settlement; 1: their hazards add up to one, 0: each breaks down as if "
        "it were alone",
        (0, 1),
    )
    breadth: Factor = number(
        0.0,
        "how far stakes without agreement raise the log hazard of those in force; 0: not at all",
        (0, 2),
        "direction only: settlements that cover more dimensions last longer (Hartzell and Hoddie 2003)",
    )
    aging: Factor = number(
        0.0,
        "how fast the hazard falls with the years in force: it is divided by (1 + years) to this power; 0: it stays",
        (0, 1.5),
        "direction only: relapse is likeliest in the first years (Suhrke and Samset 2007; Joshi and Quinn 2015)",
    )
    aftershock: Factor = number(
        1.0, "factor on the hazard of what is in force in the half year after a breakdown; 1: none", (1, 5)
    )
    renegotiation: Share = number(
        0.0, "share of the chapters that break down after the talks which are negotiated again; 0: none", (0, 1)
    )
    collapse_cost: Share = number(0.3, "share of trust lost when an agreement collapses", (0.1, 0.7))
