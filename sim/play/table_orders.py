"""What a seat at a table of people orders at a moment: instructions that stand until the next one, read from data.

A party, by chapter; what is left out goes on as before:

    {"groups": {"treaty": {"do": "offer", "offer": {"guarantors": 0.5, ...}, "take": 0.55},
                "border": {"do": "bargain", "take": 0.5}, "transport": {"do": "stay_away"}}}

A mediator: `effort`, the share of its capacity that it wants to work at; how that is split; its own texts, pauses in
weeks, and freezes to lift:

    {"effort": 0.6, "shares": {"shuttle": 3, "draft": 1}, "texts": {...}, "pause": {"treaty": 6}, "lift": ["border"]}

`{"do": "delegate"}` is a seat that the model plays until the next moment, as it does for a seat that is empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.play.game import Data
from sim.play.orders import LONGEST_PAUSE
from sim.play.rules import Illegal, mapping, number, one_of, whole
from sim.play.view import Settlements, settlements
from sim.scenario.parties import ACTIVITIES
from sim.scenario.schema import Scenario

DELEGATE: Data = {"do": "delegate"}
DOES = ("offer", "sign", "bargain", "stay_away", "walk_out", "delegate")
"""What a delegation does in a chapter until the next moment.

`offer`: tables this text at every round, and signs whatever is worth at least `take`; `sign`: tables a text that is
agreed on, and signs it or whatever is worth as much; `bargain`: gives way by the party's own tactic, but never below
`take`; `stay_away`: misses the rounds; `walk_out`: leaves the talks, and comes back by chance; `delegate`: as the model
has it.
"""
NEEDS = {"offer": ("offer", "take"), "sign": ("offer",), "bargain": ("take",)}
MEDIATES = ("effort", "shares", "texts", "pause", "lift")
MOST_SHARE = 100


@dataclass(frozen=True)
class Instruction:
    """What the delegation does in one chapter."""

    do: str
    offer: Settlements | None = None
    take: float = 0.0


@dataclass(frozen=True)
class Errand:
    """What a mediator does: effort, 0 to 1 of its capacity; shares of the activities, which sum to 1."""

    effort: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, Settlements] = field(default_factory=dict)
    pause: Mapping[str, int] = field(default_factory=dict)
    lift: tuple[str, ...] = ()


def delegates(decision: Data) -> bool:
    """Is the seat left to the model?"""
    return decision.get("do") == "delegate"


def read_instructions(decision: Any, scenario: Scenario, party: str) -> dict[str, Instruction]:
    """A party's decision: instructions by chapter.  Errors: Illegal."""
    given = mapping("", decision, ("do", "groups"), "a party's decision has instructions by chapter")
    mine = [name for name in scenario.working_groups if party in scenario.group_parties(name)]
    if "do" in given:
        _only_delegates(given)
        return dict.fromkeys(mine, Instruction("delegate"))
    groups = mapping("groups", given.get("groups", {}), mine, "instructions are for chapters of the party")
    return {name: _instruction(f"groups.{name}", each, scenario, name) for name, each in groups.items()}


def _instruction(where: str, value: Any, scenario: Scenario, group: str) -> Instruction:
    given = mapping(where, value, ("do", "offer", "take"), "an instruction says what to do")
    do = one_of(f"{where}.do", given.get("do"), DOES, "this is what a delegation can do")
    needs = NEEDS.get(do, ())
    for key in given:
        if key != "do" and key not in needs:
            raise Illegal(f"{where}.{key}", given[key], f"{do} takes no {key}", "leave it out")
    offer = settlements(f"{where}.offer", given.get("offer"), scenario, group) if "offer" in needs else None
    take = 0.0
    if "take" in needs:
        take = number(f"{where}.take", given.get("take"), 0, 1, "the least utility that the delegation signs")
    return Instruction(do, offer, take)


def read_errand(decision: Any, scenario: Scenario, pausable: Collection[str], liftable: Collection[str]) -> Errand:
    """A mediator's decision.  Errors: Illegal."""
    given = mapping("", decision, ("do", *MEDIATES), "a mediator's decision has these parts")
    if "do" in given:
        _only_delegates(given)
        return Errand()
    texts = mapping("texts", given.get("texts", {}), scenario.working_groups, "a text is for a chapter")
    pauses = mapping("pause", given.get("pause", {}), pausable, "only open talks can pause")
    rule = f"a pause is 1 to {LONGEST_PAUSE} weeks"
    lifts = given.get("lift", [])
    if not isinstance(lifts, list):
        raise Illegal("lift", lifts, "freezes are lifted by chapter", "give a list of chapters")
    return Errand(
        effort=number("effort", given.get("effort", 0), 0, 1, "a share of what the mediator could do"),
        shares=_shares(given.get("shares", {})),
        texts={group: settlements(f"texts.{group}", text, scenario, group) for group, text in texts.items()},
        pause={group: whole(f"pause.{group}", weeks, 1, LONGEST_PAUSE, rule) for group, weeks in pauses.items()},
        lift=tuple(one_of("lift", group, liftable, "only a freeze can be lifted") for group in lifts),
    )


def _shares(value: Any) -> dict[str, float]:
    named = mapping("shares", value, ACTIVITIES, "effort is split over these activities")
    rule = "how much of the effort goes there, on any scale"
    given = {activity: number(f"shares.{activity}", x, 0, MOST_SHARE, rule) for activity, x in named.items()}
    whole_of = sum(given.values())
    return {activity: x / whole_of if whole_of else 0.0 for activity, x in given.items()}


def _only_delegates(given: Data) -> None:
    one_of("do", given["do"], ("delegate",), "a seat is played, or left to the model")
    for key in given:
        if key != "do":
            raise Illegal(key, given[key], "a seat that is left to the model orders nothing", "leave it out")
