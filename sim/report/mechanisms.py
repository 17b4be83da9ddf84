"""How the model works in plain words: each mechanism, its source, and where the scenario switches it off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mechanism:
    """What it does, who described it, the path in a scenario file, and the value at which it does nothing."""

    name: str
    does: str
    source: str
    path: str
    off: str


MECHANISMS = (
    Mechanism(
        "The known past",
        "Until a date only what the scenario dates happens: no other round, no incident by chance, no signature. From "
        "then on chance decides.",
        "this model",
        "clock.known_until",
        "left out",
    ),
    Mechanism(
        "Wants",
        "Each side has an ideal settlement of every issue, and weights that say how much the issue matters to it. "
        "A package is worth between 0 and 1 to it.",
        "Keeney and Raiffa 1976",
        "working_groups.*.issues.*.weights",
        "equal weights",
    ),
    Mechanism(
        "Walk-away point",
        "No agreement is worth something too. Nobody signs for less, unless pressed.",
        "Fisher and Ury 1981; Nash 1950",
        "parties.*.reservation",
        "0",
    ),
    Mechanism(
        "Earlier commitments",
        "Leaving what earlier statements settled costs every side something, and mediators' texts start from it.",
        "Schelling 1960",
        "framework.*.hold",
        "0",
    ),
    Mechanism(
        "Commitments unkept",
        "No agreement keeps none of what was settled before, so that it is worth less too.",
        "Schelling 1960",
        "framework.*.unkept",
        "0",
    ),
    Mechanism(
        "Focal points",
        "A mediator leaves what was settled before less readily than the sides would.",
        "Schelling 1960",
        "framework.*.focal",
        "0",
    ),
    Mechanism(
        "Concessions",
        "A side starts by asking for much and asks for less as its rounds are used up, or as the others give way.",
        "Faratin, Sierra and Jennings 1998; Zeuthen 1930",
        "parties.*.tactic",
        "kind: hold",
    ),
    Mechanism(
        "The end of the calendar",
        "A side that knows when the talks end gives way as that day comes near, however few the rounds were.",
        "Roth, Murnighan and Schoumaker 1988; Faratin, Sierra and Jennings 1998",
        "parties.*.tactic.calendar",
        "0",
    ),
    Mechanism(
        "Offers",
        "Of all packages worth what it asks for, a side offers the one it believes is best for the others.",
        "Faratin, Sierra and Jennings 2002; Froman and Cohen 1970",
        "parties.*.knowledge",
        "1: it knows",
    ),
    Mechanism(
        "Offers to several others",
        "Where all must agree, a side looks for what each of the others gains by, not what is best for them together.",
        "Nash 1950",
        "parties.*.offers",
        "sum",
    ),
    Mechanism(
        "Misjudgement",
        "Sides believe that the others want what they want themselves, and are wrong by chance besides.",
        "Thompson and Hastie 1990; Bazerman and Neale 1992",
        "parties.*.prejudice",
        "0",
    ),
    Mechanism(
        "Doubt",
        "Who does not trust the others to comply takes something off the value of any agreement.",
        "Fearon 1995",
        "parties.*.doubt",
        "0",
    ),
    Mechanism(
        "Like with like",
        "Who doubts that the others comply doubts it of what it proposes itself, too, and takes what feels as good.",
        "Baarslag, Hindriks and Jonker 2013; Ross and Stillinger 1991",
        "parties.*.doubt_own",
        "0",
    ),
    Mechanism(
        "Shuttle trips",
        "A mediator learns what the host wants and tells the others; only what it knows from its own sources counts.",
        "Touval and Zartman 1985; Fey and Ramsay 2010",
        "mediators.*.activities.shuttle",
        "0",
    ),
    Mechanism(
        "Founded reassurance",
        "A visit calms the host as far as the mediator is believed and knows something of its own.",
        "Kydd 2006; Fey and Ramsay 2010",
        "mediators.*.empty_reassurance",
        "1",
    ),
    Mechanism(
        "Candour",
        "A party believes what a mediator says of the other only if a lie would not pay: who cares for peace alone "
        "would always say that the other is firm.",
        "Kydd 2003",
        "mediators.*.candour",
        "left out",
    ),
    Mechanism(
        "Convening",
        "Rounds come sooner, fewer fall through, freezes end earlier.",
        "Bercovitch 1997",
        "mediators.*.activities.convene",
        "0",
    ),
    Mechanism(
        "Drafting",
        "The mediator tables one text, as fair as it can judge. To a mediator one can concede what one would not "
        "concede to the other side.",
        "Fisher and Ury 1981; Pruitt 1981",
        "mediators.*.activities.draft",
        "0",
    ),
    Mechanism(
        "Revisions",
        "The mediator changes a text answer by answer, and a change stays if nobody minds. Where issues interact, who "
        "lets small losses pass at first comes farther.",
        "Klein, Faratin, Sayama and Bar-Yam 2003; Fisher and Ury 1981",
        "mediators.*.revisions",
        "left out",
    ),
    Mechanism(
        "Interactions",
        "Answers to several questions may be worth more together than one by one, or less.",
        "Klein, Faratin, Sayama and Bar-Yam 2003",
        "working_groups.*.interactions",
        "left out",
    ),
    Mechanism(
        "Rival texts",
        "Where mediators compete, their texts stand side by side. Nobody takes one that is worth less to it than the "
        "other's, and texts that lie apart cost both mediators belief.",
        "Boehmelt 2011",
        "mediators.*.rivalry",
        "0",
    ),
    Mechanism(
        "Pressure",
        "Carrots and sticks make any agreement worth more now. Afterwards that fades.",
        "Beardsley 2008; Werner and Yuen 2005",
        "mediators.*.activities.press",
        "0",
    ),
    Mechanism(
        "Guarantees",
        "A promise to monitor takes away doubt before signature and keeps agreements after it.",
        "Walter 1997, 2002",
        "mediators.*.activities.guarantee",
        "0",
    ),
    Mechanism(
        "Leaders",
        "A table above the working groups negotiates what is open in several chapters as one package, so that one can "
        "be traded for another.",
        "Sebenius 1983; Tollison and Willett 1979; Poast 2012",
        "leaders",
        "left out",
    ),
    Mechanism(
        "Absence",
        "A side may stay away from a round, the more the less it trusts. That costs a round and the others' trust.",
        "this model",
        "parties.*.absence",
        "0",
    ),
    Mechanism(
        "Walkouts",
        "A side may leave the talks for some weeks, likelier at low trust and after an incident.",
        "this model",
        "parties.*.walkout",
        "0",
    ),
    Mechanism(
        "Freezes",
        "A group stops meeting. Positions harden again and trust drifts down; but what incidents hardened cools.",
        "this model; whether a freeze hurts is a result, not an assumption",
        "freezes",
        "none",
    ),
    Mechanism(
        "Breaking off",
        "Frozen talks may end for good; a mediator who convenes makes that rarer.",
        "this model",
        "walkouts.breaking_off",
        "0",
    ),
    Mechanism(
        "Incidents",
        "Hostile events outside the talks cost trust and harden positions; spoilers make them likelier when a deal is "
        "near.",
        "Stedman 1997; Kydd and Walter 2002",
        "incidents.per_year",
        "0",
    ),
    Mechanism(
        "Violence in a freeze",
        "While talks are frozen, incidents come oftener, in proportion to what is frozen.",
        "Ruhe 2021; Beardsley, Cunningham and White 2019",
        "incidents.while_frozen",
        "1",
    ),
    Mechanism(
        "A pause and trust",
        "What a pause does depends on trust: who trusts the others cools down in it; the others brood, and come back "
        "harder.",
        "Harinck and De Dreu 2008, 2011",
        "frozen_week.by_trust",
        "0, with rumination 0",
    ),
    Mechanism(
        "Meeting in anger",
        "A round held while tempers are high heats them again, unless something is signed there.",
        "Allred and others 1997; Pruitt and Kim 2004",
        "incidents.rekindling",
        "0",
    ),
    Mechanism(
        "Trust",
        "Slow to earn, fast to lose.",
        "Slovic 1993",
        "trust_dynamics.gain",
        "0, with loss 0",
    ),
    Mechanism(
        "Contacts",
        "People on both sides who meet raise trust slowly and steadily, up to a ceiling.",
        "this model",
        "contacts.intensity",
        "0",
    ),
    Mechanism(
        "The cost of no deal",
        "Going without a deal hurts more with time, so that sides come to accept less.",
        "Zartman 1989, 2000",
        "parties.*.cost_of_no_deal",
        "0",
    ),
    Mechanism(
        "Ratification",
        "A signed text may be refused at home, likelier where it gains little.",
        "Putnam 1988",
        "parties.*.opposition",
        "0",
    ),
    Mechanism(
        "Hardened opposition",
        "A home that has refused a text takes none that is not better by so much, and its delegation knows that.",
        "Putnam 1988",
        "agreements.opposition_hardens",
        "0",
    ),
    Mechanism(
        "A vote on the whole",
        "All that is signed may be voted on at once, and some weeks later.",
        "Putnam 1988",
        "agreements.ratified",
        "by_chapter, with ratification_weeks 0",
    ),
    Mechanism(
        "Collapse",
        "An agreement in force may break down, likelier at low trust, with small gains, or where pressure had made it.",
        "Fortna 2004; Walter 2002; Beardsley 2008",
        "agreements.hazard",
        "0",
    ),
    Mechanism(
        "One settlement",
        "Chapters in force stand or fall together: many are no more fragile than one, and a whole settlement lasts "
        "longer than a part.",
        "Hartzell and Hoddie 2003",
        "agreements.together",
        "0, with breadth 0",
    ),
    Mechanism(
        "Aging",
        "What has lasted goes on lasting: the first years are the most dangerous.",
        "Joshi and Quinn 2015; Suhrke and Samset 2007",
        "agreements.aging",
        "0",
    ),
    Mechanism(
        "Aftershocks",
        "When a chapter breaks down, the others are in greater danger for half a year.",
        "this model",
        "agreements.aftershock",
        "1",
    ),
    Mechanism(
        "Renegotiation",
        "A chapter that breaks down after the talks may be negotiated again.",
        "this model",
        "agreements.renegotiation",
        "0",
    ),
    Mechanism(
        "Linkage",
        "Chapters take effect one by one, in sequence, or only all together.",
        "this model",
        "linkage",
        "independent",
    ),
)
