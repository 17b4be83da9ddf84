"""What a person tells the delegation of a party, for each group: read from data, held to the rules.

A mandate stands until the person gives another one. A decision, by group; groups that it leaves out go on as they are:

    {"treaty": {"do": "delegate", "least": 0.6},
     "border": {"do": "offer", "offer": {"villages": 0.5, ...}, "least": 0.55},
     "transport": {"do": "sign", "of": "Azerbaijan"}}

`delegate`: by the party's own tactic, asking for no less than `least`, if that is given; `offer`: keep to this text,
and sign whatever is worth at least `least`; `sign`: keep to the text that somebody else has on the table, and sign
whatever is worth as much; `stay_away`: miss the rounds that are due; `walk_out`: leave the table once, then as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.play.game import Data
from sim.play.rules import Illegal, mapping, number, one_of
from sim.play.view import Settlements, settlements
from sim.scenario.schema import Scenario

EXTRAS = {
    "delegate": ("least",),
    "offer": ("offer", "least"),
    "sign": ("of",),
    "stay_away": (),
    "walk_out": (),
}
"""What may be done, and what has to be said beside it; of `delegate` it may be left out."""


@dataclass(frozen=True)
class Mandate:
    """How a delegation acts in a group.

    least: the least worth that it asks for and signs, 0 where nothing is said; offer: the text that it keeps to, None
    where the party's tactic decides; comes: does it come to rounds?
    """

    least: float = 0.0
    offer: Settlements | None = None
    comes: bool = True


@dataclass(frozen=True)
class Bounds:
    """What may be decided now: the texts of others on the table of each group that is at work, by author.

    Each with what it is worth to the party.
    """

    texts: Mapping[str, Mapping[str, tuple[Settlements, float]]]


@dataclass(frozen=True)
class Said:
    """A decision as it was read: new mandates, and the groups that the delegation walks out of."""

    mandates: Mapping[str, Mandate]
    leaving: frozenset[str]


def read_mandates(decision: Any, scenario: Scenario, bounds: Bounds) -> Said:
    """A decision as mandates.  Errors: Illegal."""
    given = mapping("", decision, bounds.texts, "a mandate is for a group of this party that is at work")
    mandates, leaving = {}, set()
    for group, order in given.items():
        do = _do(group, order)
        if do == "walk_out":
            leaving.add(group)
        else:
            mandates[group] = _mandate(group, do, order, scenario, bounds)
    return Said(mandates, frozenset(leaving))


def _do(group: str, order: Any) -> str:
    """What is to be done, and nothing said beside it that does not belong there."""
    known = ("do", *dict.fromkeys(extra for extras in EXTRAS.values() for extra in extras))
    given = mapping(group, order, known, "a mandate says what to do")
    do = one_of(f"{group}.do", given.get("do"), EXTRAS, "a delegation can do this")
    for key, value in given.items():
        if key != "do" and key not in EXTRAS[do]:
            raise Illegal(f"{group}.{key}", value, f"{do} takes no {key}", "leave it out")
    return do


def _mandate(group: str, do: str, order: Data, scenario: Scenario, bounds: Bounds) -> Mandate:
    if do == "stay_away":
        return Mandate(comes=False)
    if do == "sign":
        texts = bounds.texts[group]
        author = one_of(f"{group}.of", order.get("of"), texts, "the text of somebody else that is on the table")
        offer, worth = texts[author]
        return Mandate(worth, offer)
    rule = "the least utility that the delegation asks for and signs"
    if do == "delegate":
        return Mandate(number(f"{group}.least", order.get("least", 0), 0, 1, rule))
    if "offer" not in order:
        raise Illegal(f"{group}.offer", None, "an offer settles every issue", "give settlements, or delegate")
    offer = settlements(f"{group}.offer", order["offer"], scenario, group)
    return Mandate(number(f"{group}.least", order.get("least"), 0, 1, rule), offer)
