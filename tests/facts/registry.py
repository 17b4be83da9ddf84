"""What the literature expects, each fact as comparisons of small worlds or shipped scenarios under the same chance.

Facts and sources are those of `scenarios/README.md`, whose table is written from here. A fact that the model does not
show is no mistake of the model's code: its verdict says so. Where several things are expected, each is a check.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sim
from sim.scenario import load_text
from tests.facts.contrasts import Check, Contrast, Fact, World, constant, talks, variant, whole
from tests.model.worlds import NEVER, TRADES, changed, quiet, quiet_data, scenario

PARTIES = ("Armenia", "Azerbaijan")
ANN, BEN = "text_utility.table.Ann", "text_utility.table.Ben"
MED = "mediators.Russia."


def both(key: str, value: object) -> tuple[str, ...]:
    """The same setting for both parties of the baseline."""
    return tuple(f"parties.{party}.{key}={value}" for party in PARTIES)


def small(changes: dict[str, Any], histories: int = 1, **shape: Any) -> World:
    """A quiet world of its own, in which only what changes is on."""
    return World(lambda: quiet(changes, **shape), histories)


# ---- mediation -------------------------------------------------------------------------------------------------------

BASELINE, ALONE = talks("baseline"), talks("no-mediator")
EASY, HARD = both("reservation.mean", 0.40), both("reservation.mean", 0.54)

E1 = Fact(
    "E1",
    "Mediation raises the chance of an agreement, for the same mix of cases.",
    "Wilkenfeld and others 2003",
    (
        Check("a little effort settles more than none", talks("effort-low")["settled"] - ALONE["settled"], "more"),
        Check("the baseline's effort settles more than none", BASELINE["settled"] - ALONE["settled"], "more"),
        Check("much effort settles more than none", talks("effort-high")["settled"] - ALONE["settled"], "more"),
    ),
)
E2 = Fact(
    "E2",
    "A naive comparison may say the opposite, because hard cases get mediators.",
    "Gartner and Bercovitch 2006",
    (
        Check(
            "hard cases settle more with a mediator than without",
            talks("baseline", *HARD)["settled"] - talks("no-mediator", *HARD)["settled"],
            "more",
        ),
        Check(
            "hard cases with a mediator settle less than easy ones without",
            talks("baseline", *HARD)["settled"] - talks("no-mediator", *EASY)["settled"],
            "fewer",
        ),
    ),
)

PRESSING, SHUTTLING, DRAFTING = whole("pressing-only"), whole("shuttle-only"), whole("drafting-only")
GUARANTEED = whole(
    "pressing-only", f"{MED}activities.guarantee=1", f"{MED}effort=1", f"{MED}after_signature=1"
)  # as much pressure as before, and as much for guarantees

E3 = Fact(
    "E3",
    "Pressure brings the most agreements, and those that last least once it is gone.",
    "Beardsley and others 2006; Beardsley 2008",
    (
        Check("it agrees on more chapters than trips do", PRESSING["agreed."] - SHUTTLING["agreed."], "more"),
        Check("it agrees on more chapters than drafts do", PRESSING["agreed."] - DRAFTING["agreed."], "more"),
        Check(
            "it settles more than trips do",
            PRESSING["settled"] - SHUTTLING["settled"],
            "more",
            why="many chapters break down before the last is signed",
        ),
        Check("more breaks down than after trips", PRESSING["collapsed."] - SHUTTLING["collapsed."], "more"),
        Check("more breaks down than after drafts", PRESSING["collapsed."] - DRAFTING["collapsed."], "more"),
    ),
)
E4 = Fact(
    "E4",
    "Facilitation brings fewer agreements and eases tension more lastingly.",
    "Beardsley and others 2006",
    (
        Check("trips agree on fewer chapters than pressure", SHUTTLING["agreed."] - PRESSING["agreed."], "fewer"),
        Check("trips leave more trust than pressure", SHUTTLING["trust."] - PRESSING["trust."], "more"),
        Check("trips leave more trust than drafts", SHUTTLING["trust."] - DRAFTING["trust."], "more"),
    ),
)
KEPT, SHIPPED = whole("guarantees-kept"), whole("baseline")
E5 = Fact(
    "E5",
    "A guarantee removes the loss of durability.",
    "Walter 1997",
    (
        Check("more lasts where guarantees are kept up", KEPT["lasting"] - SHIPPED["lasting"], "more"),
        Check("less breaks down there", KEPT["collapsed."] - SHIPPED["collapsed."], "fewer"),
        Check(
            "less breaks down of what pressure brought, with a guarantee",
            GUARANTEED["collapsed."] - PRESSING["collapsed."],
            "fewer",
        ),
        Check(
            "no more breaks down of it than after trips",
            SHUTTLING["collapsed."] - GUARANTEED["collapsed."],
            "no fewer",
        ),
    ),
)


def friend(*settings: str) -> Contrast:
    """What settles under Kydd's mediator."""
    return talks("classics/biased-mediator", *(f"mediators.Friend.{each}" for each in settings))["settled"]


UNHEARD = friend("credibility=0")
E6 = Fact(
    "E6",
    "Messages work only if the mediator is credible.",
    "Kydd 2003; Fey and Ramsay 2010",
    (
        Check("below the least bias of 0.2 they change nothing", friend("bias=0.19") - UNHEARD, "same"),
        Check("from the least bias on they settle more", friend("bias=0.2") - UNHEARD, "more"),
        Check("with a larger error it takes a larger bias", friend("candour.error=0.25") - friend(), "fewer"),
        Check("without sources of its own nothing changes", friend("independence=0") - UNHEARD, "same"),
    ),
)

SILENT = f"{MED}independence=0"
NO_TRIPS = f"{MED}trips_per_week=0"


def shuttling(*settings: str) -> Contrast:
    """What settles where a mediator does nothing but travel."""
    return talks("shuttle-only", *settings)["settled"]


E7 = Fact(
    "E7",
    "Trips without new information change nothing; with information, each further one helps less.",
    "Fey and Ramsay 2010",
    (
        Check(
            "without information trips settle no more than none",
            shuttling(SILENT) - shuttling(SILENT, NO_TRIPS),
            "same",
            why="a visit also reassures its host, with or without information",
        ),
        Check("with information trips settle more than none", shuttling() - shuttling(NO_TRIPS), "more"),
        Check(
            "each further trip brings less",
            (shuttling(f"{MED}trips_per_week=3.2") - shuttling()) * (1 / 3) - (shuttling() - shuttling(NO_TRIPS)),
            "fewer",
        ),
    ),
)

SEPARATE = "\n".join(
    ["extends: classics/single-text", "working_groups:", "  table:", "    interactions: []", "    issues:"]
    + [
        f"      {issue}: {{options: {{so: {{Ann: 1, Ben: 1}}}}}}"
        for issue in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    ]
)
ANNEALED = [f"parties.{party}.lets_pass=0.1" for party in ("Ann", "Ben")]


def revising(*settings: str) -> World:
    """A text of ten questions that interact, which a mediator revises."""
    return whole("classics/single-text", *settings)


E8 = Fact(
    "E8",
    "Where issues interact, parties that accept small losses on the way do better with a single text than parties that "
    "never do.",
    "Klein and others 2003",
    (
        Check(
            "both get more together if both let small losses pass",
            revising(*ANNEALED)["text_utility."] - revising()["text_utility."],
            "more",
        ),
        Check("who alone does so gets less", revising(ANNEALED[0])[ANN] - revising()[ANN], "fewer"),
        Check(
            "and the other gets more than if both do",
            revising(ANNEALED[0])[BEN] - revising(*ANNEALED)[BEN],
            "more",
        ),
        Check(
            "where issues do not interact and both want the same it changes nothing",
            variant(SEPARATE, *ANNEALED)["text_utility."] - variant(SEPARATE)["text_utility."],
            "same",
        ),
    ),
)

# ---- bargaining ------------------------------------------------------------------------------------------------------


def two(*settings: str) -> World:
    """Two conceders, with other numbers; what they do is known without chance."""
    return whole("two-conceders", "clock.hold_weeks=0", *settings, histories=1)


def betas(ann: float, ben: float, *settings: str) -> World:
    """Two conceders who hold out so much."""
    return two(f"parties.Ann.tactic.beta={ann}", f"parties.Ben.tactic.beta={ben}", *settings)


DEADLINE = "clock.weeks=26"
SLOW = (
    "clock.weeks=1000",
    *(f"parties.{name}.{key}" for name in ("Ann", "Ben") for key in ("reservation=0", "expected_rounds=1000")),
)
E9 = Fact(
    "E9",
    "Tougher parties agree later and less often; toughness pays against a soft opponent.",
    "Faratin, Sierra and Jennings 1998",
    (
        Check("two tougher ones agree later", betas(0.5, 0.5)["week.table"] - betas(2, 2)["week.table"], "more"),
        Check(
            "two with beta 0.5 meet at 0.5^0.5 of their clocks",
            betas(0.5, 0.5, *SLOW)["week.table"] * (1 / 1000),
            round(0.5**0.5, 4),
            within=0.001,
        ),
        Check(
            "fewer agree by a deadline",
            betas(0.5, 0.5, DEADLINE)["settled"] - betas(2, 2, DEADLINE)["settled"],
            "fewer",
        ),
        Check("who holds out against a steady one gets more", betas(0.2, 1)[ANN] - betas(1, 1)[ANN], "more"),
    ),
)


def alternating(*settings: str) -> Contrast:
    """What Ann gets in Rubinstein's alternating offers."""
    return whole("classics/alternating-offers", *settings, histories=1)[ANN]


COSTLY = ("parties.Ann.cost_of_no_deal=0.3", "parties.Ann.hurt_cap=0.2")
LATER = "freezes: [{groups: [table], start: 0, weeks: 26}]"
PATIENCE = ("parties.Ann.tactic.discount=0.8", "parties.Ben.tactic.rival_discount=0.8")
E10 = Fact(
    "E10",
    "The more impatient side gets less, and less still where talks are frozen; a longer deadline wins.",
    "Rubinstein 1982; Fatima, Wooldridge and Jennings 2004",
    (
        Check("the first gets (1 - d2) / (1 - d1 d2)", alternating(), round(0.2 / 0.28, 6), within=1e-6),
        Check("who becomes less patient gets less", alternating(*PATIENCE) - alternating(), "fewer"),
        Check(
            "a freeze costs the side that no deal hurts",
            variant(f"extends: two-conceders\n{LATER}", *COSTLY)[ANN] - two(*COSTLY)[ANN],
            "fewer",
        ),
        Check("the side with more time gets more", two("parties.Ann.expected_rounds=60")[ANN] - two()[ANN], "more"),
    ),
)


def refused(*settings: str) -> Contrast:
    """Fearon's screening: how often there is no agreement."""
    return talks("classics/fearon-screening", *settings)["agreed.table"] * -1.0 + 1.0


NO_SECRET = ("parties.Ben.reservation=0.3", "parties.Ann.tactic.share=0.7")
SMALL_SECRET = ("parties.Ben.reservation={low: 0.3, high: 0.5}", "parties.Ann.tactic.share=0.55")
E11 = Fact(
    "E11",
    "With complete information nothing is lost; without, talks fail more the less one knows.",
    "Fearon 1995",
    (
        Check("with nothing hidden nobody refuses", refused(*NO_SECRET), 0.0),
        Check("with costs from 0 to 0.4 they refuse (1 - 0.1 / 0.4) / 2", refused(), 0.375),
        Check("with costs from 0 to 0.2 they refuse (1 - 0.1 / 0.2) / 2", refused(*SMALL_SECRET), 0.25),
        Check("who knows less is refused more", refused() - refused(*SMALL_SECRET), "more"),
    ),
)


def costs(armenia: float, azerbaijan: float) -> Contrast:
    """What settles where no deal costs so much a year."""
    costs = (f"parties.Armenia.cost_of_no_deal={armenia}", f"parties.Azerbaijan.cost_of_no_deal={azerbaijan}")
    return talks("baseline", *both("hurt_cap", 0.4), *costs)["settled"]


E12 = Fact(
    "E12",
    "A cost that hurts both raises agreement; pain of one side is not enough.",
    "Zartman 2000",
    (
        Check("what hurts both settles more", costs(0.1, 0.1) - costs(0, 0), "more"),
        Check(
            "Armenia's pain alone brings less than half of it",
            (costs(0.1, 0) - costs(0, 0)) - 0.5 * (costs(0.1, 0.1) - costs(0, 0)),
            "fewer",
        ),
        Check(
            "Azerbaijan's pain alone brings less than half of it",
            (costs(0, 0.1) - costs(0, 0)) - 0.5 * (costs(0.1, 0.1) - costs(0, 0)),
            "fewer",
            why="the room for agreement widens whoever bears the cost",
        ),
    ),
)

# ---- linkage ---------------------------------------------------------------------------------------------------------


def _apart() -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, issue in TRADES.items():
        changes[f"working_groups.{name}.issues"] = {name: issue}
        changes[f"working_groups.{name}.stakes"] = issue["weights"]
    return changes


PACKAGE, ONE_BY_ONE = small({}, issues=TRADES), small(_apart(), groups=tuple(TRADES))
TIED, UNTIED = "classics/nothing-until-everything", ("linkage=independent",)
E13 = Fact(
    "E13",
    "A package is worth more than its issues one by one; linkage lowers the chance that all chapters close.",
    "Fatima, Wooldridge and Jennings 2004",
    (
        Check("the package is worth more to Ann", PACKAGE["utility.Ann"] - ONE_BY_ONE["utility.Ann"], "more"),
        Check("the package is worth more to Ben", PACKAGE["utility.Ben"] - ONE_BY_ONE["utility.Ben"], "more"),
        Check("three chapters at 0.8 close together at 0.512", talks(TIED)["settled"], 0.512),
        Check("all or nothing settles less", talks("single-undertaking")["settled"] - BASELINE["settled"], "fewer"),
    ),
)


def blocked(linkage: str) -> World:
    """Two chapters, of which one never meets."""
    return small({"working_groups.two.meets_every": 100, "linkage": linkage}, groups=("one", "two"))


E14 = Fact(
    "E14",
    "To unlink a blocked chapter can rescue the others.",
    "Camp David 1978",
    (
        Check(
            "the other chapter takes effect where it is not tied to it",
            blocked("independent")["agreed.one"] - blocked("single_undertaking")["agreed.one"],
            "more",
        ),
    ),
)

# ---- freezes and incidents -------------------------------------------------------------------------------------------


def frozen(start: int, weeks: int, *settings: str) -> World:
    """The baseline with all tables empty for some weeks."""
    freeze = f"{{groups: [transport, border, treaty], start: {start}, weeks: {weeks}}}"
    return variant(f"extends: baseline\nfreezes: [{freeze}]", *settings)


def lost(start: int, weeks: int, *settings: str) -> Contrast:
    """What such a freeze costs."""
    return talks("baseline", *settings)["settled"] - frozen(start, weeks, *settings)["settled"]


LOW, HIGH = both("trust", 0.1), both("trust", 0.6)
FREEZES = [talks(f"freeze-{which}") for which in ("all-winter", "treaty-half-year")]
E15 = Fact(
    "E15",
    "Freezes cost agreements and trust, more so near the deadline and at low trust.",
    "derived for this project; compare Kydd and Walter 2002",
    (
        Check("a winter without talks settles less", FREEZES[0]["settled"] - BASELINE["settled"], "fewer"),
        Check("half a year without treaty talks settles less", FREEZES[1]["settled"] - BASELINE["settled"], "fewer"),
        Check("a winter without talks leaves less trust", FREEZES[0]["trust."] - BASELINE["trust."], "fewer"),
        Check("half a year without treaty talks does, too", FREEZES[1]["trust."] - BASELINE["trust."], "fewer"),
        Check("a late freeze costs more than an early one", lost(110, 13) - lost(15, 13), "more"),
        Check("a freeze costs more where trust is low", lost(40, 26, *LOW) - lost(40, 26, *HIGH), "more"),
    ),
)


def broken(*settings: str) -> Contrast:
    """What incidents cost."""
    return talks("incidents-off", *settings)["settled"] - talks("baseline", *settings)["settled"]


E16 = Fact(
    "E16",
    "Incidents break talks more where trust is low.",
    "Kydd and Walter 2002",
    (
        Check("incidents cost settlements", broken(), "more"),
        Check("they cost more where trust is low", broken(*LOW) - broken(*HIGH), "more"),
    ),
)

# ---- trust and homes -------------------------------------------------------------------------------------------------

DYNAMICS = {"both.trust": 0.5, "trust_dynamics": sim.load("baseline").trust_dynamics.model_dump()}
STILL = small(DYNAMICS | {"both.tactic": NEVER}, weeks=2)
GIVING = small(DYNAMICS, weeks=2)
MISSED = small(
    DYNAMICS | {"both.tactic": NEVER, "events": [{"date": 1, "kind": "disruption", "group": "table", "by": "Ben"}]},
    weeks=2,
)
YEARS: dict[str, Any] = {
    "both.tactic": NEVER,
    "contacts": {"intensity": 1.0},
    "incidents": {"per_year": 0, "hardening": 0},
}
ATTACK = {"events": [{"date": 0, "kind": "incident", "severity": 0.9}]}
UNHURT, HURT = (small(DYNAMICS | YEARS | more, weeks=1040) for more in ({}, ATTACK))
E17 = Fact(
    "E17",
    "Trust falls about three times as fast as it rises, and damage leaves a ceiling.",
    "Slovic 1993; Pant's model of trust",
    (
        Check("a concession raises trust", GIVING["trust.Ann"] - STILL["trust.Ann"], "more"),
        Check(
            "a missed round lowers it three times as much",
            (STILL["trust.Ann"] - MISSED["trust.Ann"]) - 3 * (GIVING["trust.Ann"] - STILL["trust.Ann"]),
            "same",
        ),
        Check(
            "twenty quiet years after an attack trust is still lower by 0.05",
            HURT["trust.Ann"] - UNHURT["trust.Ann"] + 0.05,
            "fewer",
            why="what is lost is earned again; there is no ceiling",
        ),
    ),
)


def homes(opposition: float) -> World:
    """The baseline with such opposition at home."""
    return talks("baseline", *both("opposition", opposition))


E18 = Fact(
    "E18",
    "Wider win-sets at home bring more agreements; where homes are uncertain, signed texts are refused.",
    "Iida 1996",
    (
        Check("weaker opposition settles more", homes(0.05)["settled"] - homes(0.5)["settled"], "more"),
        Check("homes without opposition refuse nothing", homes(0).events("refusal"), "same"),
        Check("uncertain homes refuse signed texts", homes(0.5).events("refusal"), "more"),
    ),
)


def fallback(value: float) -> World:
    """The baseline with another reservation value of Armenia."""
    return talks("baseline", f"parties.Armenia.reservation.mean={value}")


ARMENIAS = "text_utility.treaty.Armenia"
E19 = Fact(
    "E19",
    "A strong, known fallback improves one's own share and lowers the chance of agreement.",
    "Putnam 1988; Mo 1994",
    (
        Check("a stronger fallback settles less", fallback(0.52)["settled"] - fallback(0.36)["settled"], "fewer"),
        Check("where both agree, it gets more", fallback(0.52)[ARMENIAS] - fallback(0.36)[ARMENIAS], "more"),
    ),
)

# ---- several mediators, early and late -------------------------------------------------------------------------------


@lru_cache
def coalition(size: int, rivalry: float = 1.0) -> World:
    """So many mediators, each with an effort of its own; every other one leans to the other side."""
    lines = ["extends: no-mediator", "mediators:"]
    for number in range(size):
        lean = "{Armenia: 0.6, Azerbaijan: -0.6}" if number % 2 else "{Armenia: -0.6, Azerbaijan: 0.6}"
        lines.append(f"  Helper {number}: {{effort: 0.5, rivalry: {rivalry}, bias: {lean}}}")
    return variant("\n".join(lines))


E20 = Fact(
    "E20",
    "Coalitions of mediators help up to a size, and rivals hurt: an inverted U.",
    "Boehmelt 2011",
    (
        Check(
            "two who compete settle less than two who do not",
            coalition(2)["settled"] - coalition(2, 0)["settled"],
            "fewer",
        ),
        Check("two settle more than one", coalition(2)["settled"] - coalition(1)["settled"], "more"),
        Check("six settle less than two", coalition(6)["settled"] - coalition(2)["settled"], "fewer"),
    ),
)

HANDED_OVER = variant(
    "extends: baseline\n"
    "mediators:\n"
    "  Russia: {effort: [{from: 2022-12-05, effort: 0.5}, {from: 2024-06-03, effort: 0}]}\n"
    "  EU: {effort: [{from: 2022-12-05, effort: 0}, {from: 2024-06-03, effort: 0.5}]}\n"
)
EARLY, LATE = talks("effort-front-loaded"), talks("effort-back-loaded")
E21 = Fact(
    "E21",
    "Early attempts fail, later ones succeed more, most with the same mediator.",
    "Boehmelt 2013",
    (
        Check("late effort settles more than early effort", LATE["settled"] - EARLY["settled"], "more"),
        Check(
            "it does so with no more effort, as long as they talk",
            EARLY["mediator_weeks."] - LATE["mediator_weeks."],
            "no fewer",
        ),
        Check("a new mediator half way settles less", HANDED_OVER["settled"] - BASELINE["settled"], "fewer"),
    ),
)

# ---- what lasts ------------------------------------------------------------------------------------------------------


def alike(chapters: int) -> World:
    """So many chapters alike, signed at once, that break down as agreements of the baseline do."""
    names = tuple(f"chapter {number}" for number in range(chapters))
    agreements = sim.load("baseline").agreements.model_dump()
    changes = {"clock": {"weeks": 12, "hold_weeks": 260}, "both.trust": 0.2, "agreements": agreements}
    return World(lambda: scenario(changed(quiet_data(groups=names), changes)), 1000)


E22 = Fact(
    "E22",
    "The more a settlement covers, and the more of it is carried out, the longer it lasts.",
    "Hartzell and Hoddie 2003; Joshi and Quinn 2015",
    (
        Check("four chapters alike last longer than one", alike(4).holds - alike(1).holds, "more"),
        Check(
            "more lasts where what is agreed is carried out",
            SHIPPED["lasting"] - whole("baseline", "agreements.implementation=0")["lasting"],
            "more",
        ),
    ),
)
E23 = Fact(
    "E23",
    "Settlements that civil society has a part in last longer.",
    "Nilsson 2012",
    (
        Check(
            "with contacts more of the same settlements last",
            whole("baseline", "contacts.intensity=0.6").holds - whole("baseline", "contacts.intensity=0").holds,
            "more",
        ),
    ),
)
E24 = Fact(
    "E24",
    "A longer shadow of the future makes agreements safer and bargaining harder, so that they come later.",
    "Fearon 1998",
    (
        Check(
            "who must live with it for ten years instead of five signs later",
            whole("baseline", "clock.hold_weeks=520")["settled_week"] - SHIPPED["settled_week"],
            "more",
            why="nobody looks ahead that far",
        ),
    ),
)
E25 = Fact(
    "E25",
    "Processes take years rather than months, and several rounds fall through.",
    "PA-X (Bell and Badanjak 2019)",
    (
        Check("a settlement takes more than a year", BASELINE["settled_week"] - 52.0, "more"),
        Check("more than two rounds fall through", BASELINE["disruptions"] - 2.0, "more"),
    ),
)
CERTAIN = (
    "parties.Armenia.reservation=0.44",
    "parties.Azerbaijan.reservation=0.48",
    *both("weight_spread", 0),
    *both("prejudice", 0),
)
E26 = Fact(
    "E26",
    "Readiness at the start is neither necessary nor sufficient: the same start may end either way.",
    "Arevalo 2026",
    (
        Check("of one and the same start a tenth settles", talks("baseline", *CERTAIN)["settled"] - 0.1, "more"),
        Check("a tenth does not", talks("baseline", *CERTAIN)["settled"] - 0.9, "fewer"),
        Check("some settle from very little trust", talks("baseline", *both("trust", 0.02))["settled"], "more"),
        Check("some fail from much", talks("baseline", *both("trust", 0.6))["settled"] - 1.0, "fewer"),
    ),
)

# ---- what must show no effect ----------------------------------------------------------------------------------------

SCALED = """\
name: Three deals
parties: {{Ann: {{reservation: {reservation}}}, Ben: {{reservation: 0.2}}}}
working_groups:
  table:
    issues:
      deal:
        options:
          first: {{Ann: {first}, Ben: 0.3}}
          second: {{Ann: {second}, Ben: 0.6}}
          third: {{Ann: {third}, Ben: 0.9}}
"""


def solution(name: str, factor: float, party: str = "Ben") -> Contrast:
    """What a solution gives a party where everything is worth so many times as much to Ann."""
    worth = {"first": 1.0, "second": 0.8, "third": 0.3, "reservation": 0.1}
    text = SCALED.format(**{key: factor * value for key, value in worth.items()})
    return constant(lambda: sim.frontier(load_text(text))["groups"]["table"][name]["utilities"][party])


def option(value: float) -> tuple[str, ...]:
    """What Ben has outside the talks, in Rubinstein's alternating offers."""
    return (f"parties.Ben.reservation={value}", f"parties.Ann.tactic.rival_option={value}")


IDLE = "{positions: {Ann: 0, Ben: 1}, weights: {Ann: 0, Ben: 0}}"
NULLS = Fact(
    "Nulls",
    "What must change nothing changes nothing: names, units, options nobody takes, issues nobody weighs, idle helpers.",
    "by logic",
    (
        Check(
            "what Ann gets who holds out is what Ben gets who does",
            betas(0.3, 1)[ANN] - betas(1, 0.3)[BEN],
            "same",
        ),
        Check("Nash's solution in other units", solution("nash", 1.0) - solution("nash", 0.5), "same"),
        Check(
            "Kalai and Smorodinsky's in other units",
            solution("kalai_smorodinsky", 1.0) - solution("kalai_smorodinsky", 0.5),
            "same",
        ),
        Check(
            "but the largest sum is another one",
            solution("utilitarian", 0.5) - solution("utilitarian", 1.0),
            "more",
        ),
        Check("an option outside the talks, below the share", alternating(*option(0.25)) - alternating(), "same"),
        Check(
            "an issue that nobody weighs",
            variant(f"extends: two-conceders\nworking_groups: {{table: {{issues: {{idle: {IDLE}}}}}}}")[ANN]
            - two()[ANN],
            "same",
        ),
        Check(
            "a mediator that does nothing",
            variant("extends: no-mediator\nmediators: {Idle: {effort: 0}}")["joint_utility"] - ALONE["joint_utility"],
            "same",
        ),
        Check("a freeze of no weeks", frozen(40, 0)["joint_utility"] - BASELINE["joint_utility"], "same"),
    ),
)

FACTS = (
    E1, E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12, E13, E14, E15, E16, E17, E18, E19, E20, E21, E22, E23, E24, E25,
    E26, NULLS,
)  # fmt: skip
"""In the order of the table."""
