"""Keys that a scenario cannot feed: their value changes nothing in any of its histories.

`sim check` warns of those to which a file gives a value of its own. `UNFED` is the one table of them: which keys, when
nothing feeds them, why, and what to do about it. A condition may hold back where it is not sure, since a warning is a
promise: with another value (of a cap, a higher one) each history is the same, bit for bit. Whoever plays a party may
offer anew within a round, and a played mediator may do what its file leaves to it: of games nothing is promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.numbers import show
from sim.scenario.parties import Mediator, MixSettings
from sim.scenario.problems import Problem, Report
from sim.scenario.raw_file import At, File
from sim.scenario.schema import WEEKS_A_YEAR, Scenario
from sim.scenario.tree import Node

BY_ROUNDS = ("time", "exponential")
"""Tactics that go by the rounds that a party expects."""
WITHIN_A_ROUND = ("zeuthen",)
"""Tactics that answer, within a round, what is on the table."""
WORST_WEEK = 5.0
"""No week without a deal costs more than so many usual ones, whatever incident happens."""


@dataclass(frozen=True)
class Unfed:
    """Keys of one block, and when nothing feeds them.

    starves: of the scenario, and of the name of the party, mediator or group whose block it is ("" where there is one).
    """

    keys: tuple[str, ...]
    starves: Callable[[Scenario, str], bool]
    rule: str
    remedy: str
    off: float = 0

    def warns_of(self, value: Any, usual: Any) -> bool:
        """Is this more than the default, and more than the value with which a file switches it off?"""
        said = value.values() if isinstance(value, dict) else [value]
        return value != usual and any(each != self.off for each in said)


def warnings(root: Node, scenario: Scenario) -> list[Problem]:
    """The keys to which a file, good and merged, gives a value of its own that changes nothing.

    What stands in a file that it extends is passed over: there it may well be fed.
    """
    file, report = File.of(root, Report()), Report()
    for section, name, block, at in _blocks(file, scenario):
        for unfed in UNFED[section]:
            for key in unfed.keys:
                value = getattr(block, key)
                usual = type(block).model_fields[key].get_default(call_default_factory=True)
                own = key in at and at[key].place.source == root.place.source
                if own and unfed.warns_of(value, usual) and unfed.starves(scenario, name):
                    message = f"{show(value)} changes nothing here ({unfed.rule}); {unfed.remedy}"
                    report.add(at[key].place, at[key].trail, "unfed", message)
    return report.problems


def _blocks(file: File, scenario: Scenario) -> Iterator[tuple[str, str, Any, At]]:
    """Each block that the table is about: section, name, as it is read, and where it stands."""
    for section in UNFED:
        blocks = getattr(scenario, section)
        if isinstance(blocks, dict):
            yield from ((section, name, block, file[section][name]) for name, block in blocks.items())
        elif blocks is not None:
            yield section, "", blocks, file[section]


# ---- when nothing feeds them -----------------------------------------------------------------------------------------


def _kinds(tactic: Any) -> set[str]:
    if isinstance(tactic, MixSettings):
        return set().union(*(_kinds(part.tactic) for part in tactic.parts))
    return {tactic.kind}


def _goes_by_no_rounds(scenario: Scenario, name: str) -> bool:
    return not _kinds(scenario.parties[name].tactic).intersection(BY_ROUNDS)


def _never_costs_as_much(scenario: Scenario, name: str) -> bool:
    party = scenario.parties[name]
    cost, cap = party.cost_of_no_deal, party.hurt_cap
    if not isinstance(cost, float | int) or not isinstance(cap, float | int):
        return False
    worst = 1.0 if _no_incidents(scenario, "") else WORST_WEEK
    return cost * worst * scenario.weeks / WEEKS_A_YEAR < cap


def _knows_all(scenario: Scenario, name: str) -> bool:
    return scenario.parties[name].knowledge == 1


def _one_other_at_most(scenario: Scenario, name: str) -> bool:
    tables = [scenario.group_parties(group) for group in scenario.working_groups]
    top = set().union(*(scenario.group_parties(group) for group in scenario.leaders.covers)) if scenario.leaders else ()
    return len(top) <= 2 and all(len(table) <= 2 for table in tables if name in table)


def _answers_nobody(scenario: Scenario, parties: set[str]) -> bool:
    """Does everybody at this table ask for and offer the same throughout a round?"""
    specs = [scenario.parties[party] for party in parties]
    several = len(parties) > 2 and any(spec.offers == "product" for spec in specs)
    return not several and not any(_kinds(spec.tactic).intersection(WITHIN_A_ROUND) for spec in specs)


def _one_exchange(scenario: Scenario, name: str) -> bool:
    return _answers_nobody(scenario, set(scenario.group_parties(name)))


def _one_exchange_of_leaders(scenario: Scenario, name: str) -> bool:
    assert scenario.leaders is not None
    groups = scenario.leaders.covers
    return _answers_nobody(scenario, {party for group in groups for party in scenario.group_parties(group)})


def _idle(mediator: Mediator, activity: str) -> bool:
    return getattr(mediator.activities, activity) == 0 or mediator.effort == 0


def _never(activity: str) -> Callable[[Scenario, str], bool]:
    return lambda scenario, name: _idle(scenario.mediators[name], activity)


def _nobody_drafts(scenario: Scenario, name: str) -> bool:
    return all(_idle(mediator, "draft") for mediator in scenario.mediators.values())


def _never_travels(scenario: Scenario, name: str) -> bool:
    dated = any(event.kind == "shuttle" and event.mediator == name for event in scenario.events)
    return not dated and _idle(scenario.mediators[name], "shuttle")


def _favours_nobody(scenario: Scenario, name: str) -> bool:
    mediator = scenario.mediators[name]
    drafts_for_one = isinstance(mediator.bias, dict) and not _idle(mediator, "draft")
    return mediator.candour is None and not drafts_for_one


def _no_incidents(scenario: Scenario, name: str) -> bool:
    return _no_chance_of_incidents(scenario, name) and not any(event.kind == "incident" for event in scenario.events)


def _no_chance_of_incidents(scenario: Scenario, name: str) -> bool:
    return scenario.incidents.per_year == 0


def _no_walkouts(scenario: Scenario, name: str) -> bool:
    angry = scenario.walkouts.after_incident != 0 and not _no_incidents(scenario, name)
    return not angry and all(party.walkout == 0 for party in scenario.parties.values())


def _no_freezes(scenario: Scenario, name: str) -> bool:
    return not scenario.freezes and _no_walkouts(scenario, name)


def _nobody_opposes(scenario: Scenario, name: str) -> bool:
    return all(party.opposition == 0 for party in scenario.parties.values())


UNFED: dict[str, tuple[Unfed, ...]] = {
    "parties": (
        Unfed(
            ("expected_rounds",),
            _goes_by_no_rounds,
            f"its tactic does not go by rounds; {' and '.join(BY_ROUNDS)} do",
            "remove it, or choose such a tactic",
        ),
        Unfed(
            ("hurt_cap",),
            _never_costs_as_much,
            "living without a deal never costs as much in the time of this scenario",
            "remove it, or raise cost_of_no_deal",
        ),
        Unfed(("prejudice",), _knows_all, "whoever knows all imagines nothing", "remove it, or set knowledge below 1"),
        Unfed(
            ("offers",),
            _one_other_at_most,
            "with a single other, both come to the same",
            "remove it; it is for groups of three parties and more",
        ),
        Unfed(
            ("doubt_own",),
            lambda scenario, name: scenario.parties[name].doubt == 0,
            "it is a share of doubt, and doubt is 0",
            "remove it, or set doubt above 0",
        ),
        Unfed(
            ("face_saving", "face_saving_margin"),
            _nobody_drafts,
            "it is waived for a mediator's draft, and nobody drafts",
            "remove it, or give a mediator effort and a share of draft",
        ),
    ),
    "mediators": (
        Unfed(
            ("bias",),
            _favours_nobody,
            "its drafts favour one party over another",
            "write it by party, such as {NAME: 0.3}, for a mediator that drafts, or remove it",
        ),
        Unfed(
            ("trips_per_week",),
            _never("shuttle"),
            "no effort goes into shuttle",
            "remove it, or give activities a share of shuttle",
        ),
        Unfed(
            ("learning", "telling", "reassurance", "empty_reassurance"),
            _never_travels,
            "it is what a visit brings, and this mediator never travels",
            "remove it, or give activities a share of shuttle",
        ),
        Unfed(
            ("draft_rate",),
            _never("draft"),
            "no effort goes into draft",
            "remove it, or give activities a share of draft",
        ),
        Unfed(
            ("leverage",),
            _never("press"),
            "no effort goes into press",
            "remove it, or give activities a share of press",
        ),
        Unfed(
            ("rivalry",),
            lambda scenario, name: len(scenario.mediators) < 2,
            "a single mediator has no rival",
            "remove it, or add another mediator",
        ),
    ),
    "working_groups": (
        Unfed(
            ("exchanges",),
            _one_exchange,
            "nobody here asks for or offers something else within a round",
            "remove it, or choose tactic zeuthen, or, among three and more, offers product",
            off=1,
        ),
    ),
    "leaders": (
        Unfed(
            ("exchanges",),
            _one_exchange_of_leaders,
            "nobody there asks for or offers something else within a meeting",
            "remove it, or choose tactic zeuthen, or, among three and more, offers product",
            off=1,
        ),
    ),
    "contacts": (
        Unfed(
            ("trust", "ceiling", "attendance"),
            lambda scenario, name: scenario.contacts.intensity == 0,
            "there are no contacts",
            "remove it, or set intensity above 0",
        ),
    ),
    "incidents": (
        Unfed(
            ("severity", "spoilers", "while_frozen", "after_settlement"),
            _no_chance_of_incidents,
            "no incident happens by chance",
            "remove it, or set per_year above 0",
        ),
        Unfed(
            ("hardening", "fading", "rekindling"),
            _no_incidents,
            "there are no incidents, and nothing else hardens a party",
            "remove it, or set per_year above 0",
        ),
    ),
    "walkouts": (
        Unfed(("weeks",), _no_walkouts, "nobody ever walks out", "remove it, or set walkout of a party above 0"),
        Unfed(("breaking_off",), _no_freezes, "talks are never frozen", "remove it, or let talks be frozen"),
    ),
    "frozen_week": (
        Unfed(
            ("rehardening", "estrangement", "cooling", "by_trust", "rumination", "forgetting"),
            _no_freezes,
            "talks are never frozen",
            "remove it, or let talks be frozen by freezes or walkouts",
        ),
    ),
    "agreements": (
        Unfed(
            ("ratification", "opposition_hardens"),
            _nobody_opposes,
            "nobody is refused at home, since every opposition is 0",
            "remove it, or set opposition of a party above 0",
        ),
    ),
}
"""By the section of a file."""
