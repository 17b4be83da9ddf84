"""`PATH=VALUE`, as `--set` takes it: `mediators.Russia.effort=0.8`, `freezes[0].weeks=12`.

A path is that of the file: keys joined by dots, places of a list in brackets, counted from 0. Where a key holds a dot
itself, the longest key that fits is taken, so no quotes are needed. A path may name a key that the file left at its
default. The value is YAML in one line (`{kind: mirror}`, `[transport, border]`), replaces what stands there, and `null`
removes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from sim.scenario.parties import ACTIVITIES, Mediator
from sim.scenario.problems import Report
from sim.scenario.scalars import shorten
from sim.scenario.schema import Scenario
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import Entry, Node, Place, Source, Trail, find, node_of, put, remove, spell, step_into
from sim.scenario.yaml_reader import read_value

ORIGIN = "--set"
"""The name under which settings appear as a source: setting n is its line n."""

BY_PARTY = ("trust", "credibility", "bias", "stakes", "positions", "weights", "adds", "framing")
BY_GROUP = ("by_group", "agreed")


def apply(settings: Sequence[str], root: Node, report: Report) -> Node:
    """The tree with every setting made, in their order; what cannot be made is noted."""
    for line, setting in enumerate(settings, 1):
        root = _apply(setting, line, tuple(settings), root, report)
    return root


def _apply(setting: str, line: int, settings: tuple[str, ...], root: Node, report: Report) -> Node:
    path, equals, value = setting.partition("=")
    start = Place(Source(ORIGIN, settings), line, 1)
    if not equals or not path.strip() or not value.strip():
        message = f"{shorten(setting)!r} is no setting (PATH=VALUE); write it as mediators.Russia.effort=0.8"
        report.add(start, (), "syntax", message)
        return root
    trail = trail_of(path.strip(), root, start, report)
    document = read_value(value, Place(start.source, line, len(path) + 2))
    report.extend(replace(problem, path=_inside(path.strip(), problem.path)) for problem in document.problems)
    if trail is None or document.root is None:
        return root
    return _changed(root, trail, document.root)


def change(root: Node, path: str, value: Any, report: Report) -> Node:
    """The tree with a value put where a path leads to, as the setting that says the same would do it.

    What cannot be done is noted, without a place; the setting itself has one.
    """
    nowhere = Place(Source(ORIGIN))
    trail = trail_of(path, root, nowhere, report)
    return root if trail is None else _changed(root, trail, node_of(value, nowhere))


def _changed(root: Node, trail: Trail, node: Node) -> Node:
    if node.value is None:
        return remove(root, trail)
    return put(_with_default(root, trail, node.place), trail, node)


def _with_default(root: Node, trail: Trail, place: Place) -> Node:
    """The tree with the default shares of a mediator's effort written out, if one of them is changed.

    Written alone, one share would be all that the mediator does; a setting changes one and keeps the others.
    """
    holder = trail[:-1]
    if not holder or holder[-1] != "activities" or Keys.at(holder, root).names() != list(ACTIVITIES):
        return root
    mediator = find(root, holder[:-1])
    if mediator is None or "activities" in mediator.entries:
        return root
    shares = Mediator().activities.model_dump()
    entries = {name: Entry(name, place, Node(share, place)) for name, share in shares.items()}
    return put(root, holder, Node(entries, place))


def _inside(path: str, below: str) -> str:
    return f"{path}{below}" if below.startswith("[") or not below else f"{path}.{below}"


def trail_of(path: str, root: Node, start: Place, report: Report) -> Trail | None:
    """The path as steps; None, with a problem noted, if it names nothing."""
    if path in Scenario.model_fields:  # the usual case of -n and --seed, without writing down the whole schema
        return (path,)
    trail: Trail = ()
    path = normalize("NFC", path)  # as the names of files are read
    keys, node, rest = Keys.of_scenario(), root, path
    at: Node | None = node
    while rest:
        place = Place(start.source, start.line, start.column + len(path) - len(rest))
        known = keys.names(at) + _names(trail, keys, at, root)
        step, after = first_step(rest, at, known)
        if step is None:
            report.add(place, trail, *_nothing(rest, trail, keys, at, root, report))
            return None
        keys, at = keys.below(step, at), step_into(at, step) if at is not None else None
        trail, rest = (*trail, step), after
    return trail


def first_step(rest: str, node: Node | None, names: Sequence[str]) -> tuple[str | int | None, str]:
    """The step with which the rest of a path begins, None where it names nothing, and what comes after it."""
    step = index_of(rest, node) if rest.startswith("[") else key_of(rest, names)
    written = f"[{step}]" if isinstance(step, int) else step or ""
    return step, rest[len(written) :].removeprefix(".")


def index_of(rest: str, node: Node | None) -> int | None:
    """The place in brackets with which the rest of a path begins, if the list has it."""
    match = re.match(r"\[([0-9]{1,5})\](?=\.|\[|$)", rest)
    index = int(match[1]) if match else -1
    return index if node is not None and 0 <= index < len(node.items) and match[0] == f"[{index}]" else None  # type: ignore[index]


def key_of(rest: str, names: Sequence[str]) -> str | None:
    """The longest of the names with which the rest of the path begins."""
    fitting = [
        name for name in names if name and re.match(r"\.|\[|$", rest.removeprefix(name)) and rest.startswith(name)
    ]
    return max(fitting, key=len, default=None)


def _names(trail: Trail, keys: Keys, node: Node | None, root: Node) -> list[str]:
    """The names that may be keys here beside those of the schema: those in the file, and whoever it is about."""
    here = list(node.entries) if node is not None else []
    if node is not None and not isinstance(node.value, dict):
        return []
    last = trail[-1] if trail else ""
    others = "working_groups" if last in BY_GROUP else None
    if last in BY_PARTY:
        others = "parties"
    whose = step_into(root, others) if others and keys.open else None
    return here + [name for name in (whose.entries if whose else ()) if name not in here]


def _nothing(rest: str, trail: Trail, keys: Keys, node: Node | None, root: Node, report: Report) -> tuple[str, str]:
    """Why a path names nothing, and what would."""
    whole = spell(trail)
    if rest.startswith("["):
        there = len(node.items) if node is not None else 0
        return "unknown-path", f"{shorten(rest)} names nothing in {whole or 'the scenario'}, {places_held(there)}"
    word = re.split(r"[.\[]", rest, maxsplit=1)[0]
    if node is not None and not isinstance(node.value, dict):
        kind = "a list" if isinstance(node.value, list) else "one value"
        value = f"{{{shorten(word)}: ...}}" if keys.open else "..."
        remedy = f"write {whole}[0]..." if kind == "a list" else f"set it as a whole: {whole}={value}"
        return (
            "unknown-path",
            f"{shorten(word)} names nothing, since {whole} is {kind} here (a path goes by keys); {remedy}",
        )
    if not keys.open and not keys.names(node):
        remedy = f"set it as a whole: {whole}=..."
        return (
            "unknown-path",
            f"{shorten(word)} names nothing, since {whole} is one value (a path goes by keys); {remedy}",
        )
    known = list(dict.fromkeys([*_names(trail, keys, node, root), *keys.names(node)]))
    return (
        "unknown-path",
        f"{shorten(word)} names nothing here (a path names what the file holds); {report.instead(word, known)}",
    )


def places_held(count: int) -> str:
    """`which holds 3 (places count from 0); write [0] to [2]`"""
    if count == 0:
        return "which is no list with items (places count from 0); set it as a whole"
    return f"which holds {count} (places count from 0); write [0]" + (f" to [{count - 1}]" if count > 1 else "")


def keys_of(path: str, root: Node) -> Keys | None:
    """What the schema knows of a path of a tree; None if it names nothing."""
    trail = trail_of(path, root, root.place, Report())
    return None if trail is None else Keys.at(trail, root)
