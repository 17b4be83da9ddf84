"""What a person does to a scenario beside moving its numbers: to add and to take away, so that it stays one.

Who comes to the table gets a place in every question; who goes takes along what was said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.scenario.edit import REMOVED, Change, fresh
from sim.scenario.set_paths import BY_GROUP, BY_PARTY
from sim.scenario.tree import Trail

Plain = Mapping[str, Any]
MIDDLE = 0.5
LONGEST_NAME = 40
FREEZE_WEEKS, COOLING_WEEKS = 13, 4


def begun(name: str, parties: Sequence[str], question: str, ends: Sequence[str]) -> str:
    """The file of a new scenario: these parties and one question, whose ends mean this."""
    title = question or "The question"
    scale: dict[str, Any] = {"title": title, "positions": dict(zip(parties, _spread(len(parties)), strict=True))}
    scale["weights"] = dict.fromkeys(parties, 50)
    labels = {point: end for point, end in zip((0, 1), ends, strict=True) if end}
    scale |= {"labels": labels} if labels else {}
    side = {"reservation": {"mean": 0.4, "sd": 0.05}, "tactic": {"kind": "time", "beta": 0.6}, "trust": 0.3}
    return fresh(
        {
            "name": name,
            "clock": {"start": "2024-01-01", "weeks": 104, "hold_weeks": 260},
            "parties": dict.fromkeys(parties, side),
            "working_groups": {"talks": {"meets_every": 6, "issues": {key_for(title, ()): scale}}},
        }
    )


def variant(stem: str, name: str) -> str:
    """The file of a scenario that extends one that ships."""
    return fresh({"extends": stem, "name": name})


def _spread(count: int) -> list[float]:
    """Points from one end of a scale to the other."""
    return [round(place / max(count - 1, 1), 2) for place in range(count)]


def key_for(title: str, there: Sequence[str]) -> str:
    """A key that a title suggests and that is not there yet: `who_runs_the_dam`"""
    words = re.findall(r"[^\W_]+", title.lower())
    stem = "_".join(words)[:LONGEST_NAME].rstrip("_") or "question"
    numbered = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(there) + 2))
    return next(name for name in numbered if name not in there)


# ---- adding ----------------------------------------------------------------------------------------------------------


def added(what: str, scenario: Plain, trail: Trail, said: str) -> list[Change]:
    """The changes that add something.

    what: as a card of the form names it; scenario: as it is, plainly; trail: of the card; said: its name or question.
    Errors: KeyError, where nothing of this kind can be added; ValueError, where the name is missing or taken.
    """
    return ADD[what](scenario, trail, said.strip())


def _party(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    name = _new_name(said, scenario.get("parties"))
    changes = [Change(("parties", name), {})]
    for place, issue in _issues(scenario):
        if issue.get("options"):
            changes += [Change((*place, "options", option, name), MIDDLE) for option in issue["options"]]
        else:
            changes.append(Change((*place, "positions", name), MIDDLE))
        if issue.get("weights"):
            changes.append(Change((*place, "weights", name), _mean(issue["weights"])))
    return changes


def _mediator(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    name = _new_name(said, scenario.get("mediators"))
    shares = {"shuttle": 0.3, "convene": 0.3, "draft": 0.2, "press": 0.1, "guarantee": 0.1}
    return [Change(("mediators", name), {"effort": 0.5, "activities": shares})]


def _chapter(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    name = _new_name(said, scenario.get("working_groups"))
    issue = _scale_of(list(scenario.get("parties") or {}), f"{name}?")
    return [Change(("working_groups", name), {"meets_every": 6, "issues": {key_for(name, ()): issue}})]


def _scale(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    group = _at(scenario, trail)
    return [Change((*trail, "issues", _key(group, said)), _scale_of(_table(group, scenario), said))]


def _options(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    group = _at(scenario, trail)
    table = _table(group, scenario)
    values = _spread(len(table))
    options = {"one": dict(zip(table, values, strict=True)), "other": dict(zip(table, values[::-1], strict=True))}
    issue = {"title": said, "weights": dict.fromkeys(table, 50), "options": options}
    return [Change((*trail, "issues", _key(group, said)), issue)]


def _option(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    issue = _at(scenario, trail)
    name = _new_name(said, issue.get("options"))
    parties = dict.fromkeys(party for option in issue["options"].values() for party in option)
    return [Change((*trail, "options", name), dict.fromkeys(parties, MIDDLE))]


def _dated(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    start = (scenario.get("clock") or {}).get("start", "2023-01-02")
    return _listed(scenario, "freezes", {"groups": _groups(scenario), "start": start, "weeks": FREEZE_WEEKS})


def _cooling(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    rule = {"groups": _groups(scenario), "after": "incident", "severity": 0.3, "weeks": COOLING_WEEKS}
    return _listed(scenario, "freezes", rule)


def _statement(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    start = (scenario.get("clock") or {}).get("start", "2023-01-02")
    return _listed(scenario, "events", {"date": start, "kind": "statement", "what": said})


def _commitment(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    place, issue = next(_issues(scenario))
    settlement = next(iter(issue["options"])) if issue.get("options") else MIDDLE
    new = {"group": place[1], "issue": place[3], "settlement": settlement, "hold": 0.05}
    return _listed(scenario, "framework", new)


def _leaders(scenario: Plain, trail: Trail, said: str) -> list[Change]:
    return [Change(("leaders",), {"covers": _groups(scenario), "meets_every": 26})]


ADD = {
    "party": _party,
    "mediator": _mediator,
    "chapter": _chapter,
    "scale": _scale,
    "options": _options,
    "option": _option,
    "dated": _dated,
    "cooling": _cooling,
    "statement": _statement,
    "commitment": _commitment,
    "leaders": _leaders,
}


def _listed(scenario: Plain, section: str, item: Plain) -> list[Change]:
    return [Change((section, len(scenario.get(section) or [])), item)]


def _scale_of(parties: Sequence[str], title: str) -> dict[str, Any]:
    points = dict(zip(parties, _spread(len(parties)), strict=True))
    return {"title": title, "positions": points, "weights": dict.fromkeys(parties, 50)}


def _new_name(said: str, there: Any) -> str:
    if not said or said in (there or {}):
        raise ValueError(said)
    return said


def _key(group: Plain, said: str) -> str:
    if not said:
        raise ValueError(said)
    return key_for(said, list(group.get("issues") or {}))


def _mean(weights: Plain) -> float:
    numbers = [each for each in weights.values() if isinstance(each, int | float)]
    return round(sum(numbers) / len(numbers), 2) if numbers else 1


# ---- taking away -----------------------------------------------------------------------------------------------------


def removed(scenario: Plain, trail: Trail) -> list[Change]:
    """The changes that take away what stands at a path, and what was said of it elsewhere.

    With a side go its places, weights and stakes; of what else names it the checker will speak.
    """
    if len(trail) == 2 and trail[0] == "parties":
        keys, _ = renaming(scenario, trail, _unused(scenario))
        return [Change(each, REMOVED) for each in keys]
    return [Change(trail, REMOVED)]


def _unused(scenario: Plain) -> str:
    """A name that no side has."""
    return "+".join([*(scenario.get("parties") or {}), ""])


# ---- other names -----------------------------------------------------------------------------------------------------

NAMED_IN = {
    "parties": (BY_PARTY, ("by", "to")),
    "mediators": ((), ("mediator",)),
    "working_groups": (BY_GROUP, ("group", "groups", "covers")),
}
"""Of each section of names: the keys that hold something for each of them, and those whose value is a name."""


def renaming(scenario: Plain, trail: Trail, name: str) -> tuple[list[Trail], list[Change]]:
    """What another name for a side, a mediator or a chapter changes: keys that are called so, and values.

    The key of the block itself is the last, so that all paths before hold.
    Errors: ValueError, where the name is missing or taken; KeyError, for anything else.
    """
    section, old = str(trail[0]), str(trail[1])
    holders, values = NAMED_IN[section]
    new = _new_name(name.strip(), scenario.get(section))
    keys, changes = [], []
    for where, value in _walk(scenario, ()):
        step = where[-1]
        about = step in holders or (section == "parties" and len(where) > 1 and where[-2] == "options")
        if about and isinstance(value, dict) and old in value:
            keys.append((*where, old))
        if step in values and value == old:
            changes.append(Change(where, new))
        if step in values and isinstance(value, list) and old in value:
            changes.append(Change(where, [new if each == old else each for each in value]))
    return [*keys, trail], changes


def _walk(value: Any, trail: Trail) -> Iterator[tuple[Trail, Any]]:
    """Every value below this one with its path."""
    below: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        below = [(key, part) for key, part in value.items() if isinstance(key, str)]
    elif isinstance(value, list):
        below = list(enumerate(value))
    for step, part in below:
        yield (*trail, step), part
        yield from _walk(part, (*trail, step))


# ---- looking ---------------------------------------------------------------------------------------------------------


def _at(scenario: Plain, trail: Trail) -> Any:
    value: Any = scenario
    for step in trail:
        value = value[step]
    return value


def _groups(scenario: Plain) -> list[str]:
    return list(scenario.get("working_groups") or {})


def _issues(scenario: Plain) -> Iterator[tuple[Trail, Plain]]:
    """Each question with its path."""
    for group, spec in (scenario.get("working_groups") or {}).items():
        for name, issue in (spec.get("issues") or {}).items():
            yield ("working_groups", group, "issues", name), issue or {}


def _table(group: Plain, scenario: Plain) -> list[str]:
    """The parties at a chapter's table; all of them where nobody sits there yet."""
    named: set[str] = set()
    for issue in (group.get("issues") or {}).values():
        named |= set(issue.get("positions") or {})
        for values in (issue.get("options") or {}).values():
            named |= set(values)
    return [party for party in scenario.get("parties") or {} if party in named] or list(scenario.get("parties") or {})
