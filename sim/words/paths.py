"""Paths of a scenario in words: `mediators.Russia.effort` is the effort of Russia, and what the file has there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from sim import words
from sim.scenario.field_types import Block
from sim.scenario.numbers import Normal, Triangular, Uniform, parts_of

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Step = str | int
NAMED = ("parties", "mediators", "working_groups", "issues", "by_group", "options", "when")
"""Keys whose own keys are names: of parties, mediators, groups, issues."""

PHRASES = {
    "reservation": "reservation value",
    "tactic calendar": "weight of the known end of the talks",
    "tactic beta": "concession speed (beta)",
    "expected_rounds": "rounds expected",
    "weight_spread": "spread of weights",
    "hurt_cap": "limit of the cost of no deal",
    "face_saving_margin": "gain waived for a mediator's text",
    "walkout": "walkouts a year",
    "opposition": "opposition at home",
    "offers": "kind of offers",
    "lets_pass": "loss let pass in a revision",
    "doubt_own": "doubt of its own offers",
    "activities shuttle": "effort for shuttling",
    "activities convene": "effort for convening",
    "activities draft": "effort for drafting",
    "activities press": "effort for pressing",
    "activities guarantee": "effort for guarantees",
    "telling": "news passed on by visits",
    "draft_rate": "texts a round",
    "empty_reassurance": "reassurance without anything new",
    "candour error": "share of what it hears that is wrong",
    "candour peace": "cost of no agreement to it",
    "candour much": "share of a listener who asks for much",
    "candour little": "share of a listener who asks for little",
    "candour without": "what a listener has without an agreement",
    "after_signature": "effort after the signature",
    "meets_every": "weeks between rounds",
    "focal": "pull on mediators' texts",
    "adds": "worth",
    "incidents severity": "mean severity of incidents",
    "incidents while_frozen": "violence while talks are frozen",
    "incidents spoilers": "work of spoilers",
    "walkouts breaking_off": "weekly hazard that frozen talks are broken off",
    "incidents hardening": "hardening by an incident",
    "incidents fading": "fading of anger",
    "incidents after_settlement": "incidents after a settlement",
    "walkouts after_incident": "walkouts after an incident",
    "walkouts convene": "calling back by a mediator",
    "incidents rekindling": "anger rekindled by a round",
    "frozen_week rehardening": "ground lost in a freeze",
    "frozen_week estrangement": "trust lost in a freeze",
    "frozen_week cooling": "cooling off in a freeze",
    "frozen_week forgetting": "knowledge lost in a freeze",
    "frozen_week by_trust": "dependence of cooling on trust",
    "frozen_week rumination": "brooding in a freeze",
    "walkouts weeks": "weeks of a walkout",
    "contacts intensity": "contacts of civil society",
    "contacts trust": "trust from contacts",
    "contacts ceiling": "highest trust from contacts",
    "contacts attendance": "attendance from contacts",
    "trust_dynamics gain": "trust won by cooperation",
    "trust_dynamics loss": "trust lost by a retreat",
    "trust_dynamics fading": "fading of knowledge",
    "clock weeks": "weeks of talks",
    "clock hold_weeks": "weeks that a peace must hold",
    "clock known_until": "end of the known past",
    "agreements ratification": "weight of the gain in the vote at home",
    "agreements trust": "protection of agreements by trust",
    "agreements slack": "protection of agreements by gains",
    "agreements guarantee": "protection of agreements by guarantees",
    "agreements pressure": "danger to agreements signed under pressure",
    "agreements implementation": "trust from agreements that are kept",
    "agreements collapse_cost": "trust lost by a breakdown",
    "agreements ratified": "what is voted on at home",
    "agreements ratification_weeks": "weeks until the vote at home",
    "agreements opposition_hardens": "hardening of opposition at home",
    "agreements hazard": "weekly hazard of collapse",
    "agreements together": "chapters standing together",
    "agreements breadth": "strength of broad settlements",
    "agreements aging": "strength of old settlements",
    "agreements aftershock": "danger after a breakdown",
    "agreements renegotiation": "chance of new talks after a breakdown",
    "linkage": "linkage of the chapters",
}
"""Keys as people would say them; others are said as the file has them."""

LISTS = {
    "interactions": "interaction",
    "freezes": "freeze",
    "events": "event",
    "framework": "commitment",
    "parts": "part",
    "effort": "step",
}
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ABSENT = object()
"""What stands at a path of which the scenario knows nothing."""

EMPTY: tuple[Any, ...] = (None, [], {}, "null", "[]", "{}")  # values, and their text in a table of cells


def phrase(scenario: Scenario, path: str) -> str:
    """What a path means: `effort of Russia`, `weights of Armenia (maps, border)`.

    Where no phrase is known, the keys of the file in words: `leaks.per_year` is `leaks a year`.
    """
    keys: list[str] = []
    owners: list[str] = []
    before = ""
    for step in trail(path):
        if isinstance(step, int):
            owners.append(f"the {_place(step)} {LISTS.get(before, before)}")
            keys = keys[:-1]
        elif before in NAMED or step in scenario.parties:
            owners.append(words.short(step))
        elif step not in NAMED:
            keys.append(step)
        before = str(step)
    alone = "value" if "options" in trail(path) else "presence"
    said = " ".join(keys) or (alone if owners else path)
    head = PHRASES.get(said) or said.replace("_", " ").replace(" per ", " a ")
    *outer, owner = owners or [""]
    where = f" ({', '.join(reversed(outer))})" if outer else ""
    return f"{head} of {owner}{where}" if owner else head


def _place(index: int) -> str:
    return PLACES[index] if index < len(PLACES) else f"{index + 1}th"


def trail(path: str) -> tuple[Step, ...]:
    """The keys and places of a path; names of a scenario hold neither dots nor brackets."""
    parts = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
    return tuple(int(place) if place else key for place, key in parts)


def _under(node: Any, step: Step) -> Any:
    if isinstance(step, int):
        return node[step] if isinstance(node, Sequence) and not isinstance(node, str) and step < len(node) else ABSENT
    if isinstance(node, Block):
        names = {field.alias or name: name for name, field in type(node).model_fields.items()}
        return getattr(node, names[step]) if step in names else ABSENT
    return node.get(step, ABSENT) if isinstance(node, Mapping) else ABSENT


def own(scenario: Scenario, path: str) -> Any:
    """What the scenario itself has at a path, or ABSENT."""
    node: Any = scenario
    for step in trail(path):
        node = _under(node, step)
    return node


# ---- values ----------------------------------------------------------------------------------------------------------


def is_number(value: Any) -> bool:
    """Is it a plain number? Yes and no are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def same(level: Any, value: Any) -> bool:
    """Is a level what the scenario has already? A level may leave defaults out; null is nothing at all."""
    if level is None:
        return value is ABSENT or value is None
    if is_number(level):
        return is_number(value) and bool(abs(level - value) <= 1e-12 * max(1.0, abs(level)))
    if isinstance(level, Mapping):
        return value is not ABSENT and all(
            same(part, _under(value if isinstance(value, Block) else _plain(value), str(key)))
            for key, part in level.items()
        )
    if isinstance(level, list):
        listed = isinstance(value, list) and len(level) == len(value)
        return listed and all(same(one, other) for one, other in zip(level, value, strict=True))
    return not is_number(value) and str(level) == str(value)


def said(value: Any) -> str:
    """A value as a file would say it in one line: `0.5`, `none`, `{kind: mirror}`, `[transport, border]`."""
    value = _plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_number(value):
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if value is ABSENT or value in EMPTY:
        return "none"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {said(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(said(part) for part in value) + "]"
    return words.short(str(value))


def _plain(value: Any) -> Any:
    """A part of a scenario as the file has it; a distribution by its parts."""
    if isinstance(value, Normal | Uniform | Triangular):
        return parts_of(value)
    if isinstance(value, Block):
        names = {name: field.alias or name for name, field in type(value).model_fields.items()}
        return {alias: getattr(value, name) for name, alias in names.items() if name in value.model_fields_set}
    return value
