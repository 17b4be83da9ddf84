"""What differs between two scenario files once they are merged: path by path, as `--set` would name it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from sim.scenario import as_yaml
from sim.scenario.tree import plain
from sim.scenario.yaml_reader import read
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Value = Any
ABSENT = object()
OWN = ("name", "summary", "sources", "replications", "seed", "plausible")
"""Keys that name a scenario, repeat what a comparison says anyway, or change nothing that happens."""
LONGEST = 160


@dataclass(frozen=True)
class Change:
    """A path, and what each of two scenarios has there, as YAML in one line; a dash where it has nothing."""

    path: str
    before: str
    after: str


def changes(reference: Scenario, other: Scenario) -> list[Change]:
    """Every path at which the scenarios differ, in the order of the file, without names and sources."""
    before, after = _tree(reference), _tree(other)
    return [Change(path, _shown(old), _shown(new)) for path, old, new in _differing("", before, after)]


def _tree(scenario: Scenario) -> Value:
    """The merged file as mappings, lists and plain values."""
    root = read(as_yaml(scenario), scenario.name).root
    if root is None:
        raise AssertionError("a file that we write ourselves can be read")  # pragma: no cover
    return {key: value for key, value in plain(root).items() if key not in OWN}


def _differing(path: str, before: Value, after: Value) -> Iterator[tuple[str, Value, Value]]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            step = f"{path}.{key}" if path else str(key)
            yield from _differing(step, before.get(key, ABSENT), after.get(key, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_list(path, before, after)
    elif not (_empty(before) and _empty(after)):
        yield path, before, after


def _in_list(path: str, before: list[Value], after: list[Value]) -> Iterator[tuple[str, Value, Value]]:
    """Items that stand in one list only; those that changed in place, key by key.

    An item is named by its place in the list that has it.
    """
    texts = [[json.dumps(item, default=str) for item in items] for items in (before, after)]
    for _, first, last, start, end in SequenceMatcher(a=texts[0], b=texts[1], autojunk=False).get_opcodes():
        for n in range(max(last - first, end - start)):
            old = before[first + n] if n < last - first else ABSENT
            new = after[start + n] if n < end - start else ABSENT
            yield from _differing(f"{path}[{(first if new is ABSENT else start) + n}]", old, new)


def _empty(value: Value) -> bool:
    return value is ABSENT or value in (None, "", [], {})


def _shown(value: Value) -> str:
    if value is ABSENT or value is None:
        return NONE
    text = _text(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _text(value: Value) -> str:
    """As YAML in one line; what is empty inside a mapping is left out."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(part)}" for key, part in value.items() if not _empty(part)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
