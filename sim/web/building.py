"""What a person does to a scenario beside moving its numbers: to add and to take away, so that it stays one.

Who comes to the table gets a place in every question; who goes takes along what was said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.scenario.edit import REMOVED, Change, fresh
from sim.scenario.set_paths import BY_PARTY
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
NAMELESS = ("dated", "cooling", "commitment", "leaders")
"""What needs neither a name nor a question."""


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

    What it takes away of a party are its places, weights and stakes; what else names it the checker will say.
    """
    if len(trail) == 2 and trail[0] == "parties":
        return [*(Change(each, REMOVED) for each in _mentions(scenario, str(trail[1]), ())), Change(trail, REMOVED)]
    return [Change(trail, REMOVED)]


def _mentions(value: Any, party: str, trail: Trail) -> Iterator[Trail]:
    """Paths of what is said of a party."""
    if not isinstance(value, dict):
        return
    about = bool(trail) and (trail[-1] in BY_PARTY or (len(trail) > 1 and trail[-2] == "options"))
    if about and party in value:
        yield (*trail, party)
    for key, below in value.items():
        if isinstance(key, str):
            yield from _mentions(below, party, (*trail, key))


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
