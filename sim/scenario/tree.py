"""A file as it was read: values that know where they stand. Mappings merge without losing the place of anything."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unicodedata import normalize

from sim.scenario.numbers import SHAPES
from sim.scenario.scalars import Scalar

Trail = tuple[str | int, ...]
"""The way to a value: a text for a key (numbers too), a number for a place in a list, counted from 0."""


@dataclass(frozen=True)
class Source:
    """A file, or another text that values come from: its name as the user knows it, and its lines."""

    name: str
    lines: Sequence[str] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class Place:
    """A line and a column, both counted from 1, columns in characters. Line 0 is the file as a whole."""

    source: Source
    line: int = 0
    column: int = 0

    @property
    def text(self) -> str:
        """The line as it stands in the file."""
        return self.source.lines[self.line - 1] if 0 < self.line <= len(self.source.lines) else ""


class Broken(enum.Enum):
    """Stands where the reader refused a value and has said why; nobody needs to hear of it twice."""

    BROKEN = "a value that was refused"


BROKEN = Broken.BROKEN


@dataclass(frozen=True)
class Node:
    """A value and the place where it starts. Entries of a mapping are found by the text of their key."""

    value: Scalar | Broken | Mapping[str, Entry] | Sequence[Node]
    place: Place

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The entries of a mapping; none if it is none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> Sequence[Node]:
        """The items of a list; none if it is none."""
        return self.value if isinstance(self.value, list) else ()


@dataclass(frozen=True)
class Entry:
    """A key with its place, and its value."""

    key: str | int | float
    place: Place
    node: Node


def spell(trail: Trail) -> str:
    """A path as the user writes it: `freezes[0].weeks`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in trail).removeprefix(".")


def key_text(value: str | int | float) -> str:
    """One text for each key: 1 and 1.0 are the same."""
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def plain(node: Node) -> Any:
    """The value without its places."""
    if isinstance(node.value, dict):
        return {entry.key: plain(entry.node) for entry in node.value.values()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def node_of(value: Any, place: Place) -> Node:
    """A plain value as if it had been read, all of it at one place: the way back from `plain`."""
    if isinstance(value, dict):
        entries = [Entry(_usual(key), place, node_of(part, place)) for key, part in value.items()]
        return Node({str(entry.key): entry for entry in entries}, place)
    if isinstance(value, list):
        return Node([node_of(item, place) for item in value], place)
    return Node(_usual(value), place)


def _usual(value: Any) -> Any:
    return normalize("NFC", value) if isinstance(value, str) else value  # as `yaml_reader` does


def size(node: Node) -> int:
    """Keys, values, lists and mappings."""
    return 1 + sum(1 + size(entry.node) for entry in node.entries.values()) + sum(size(item) for item in node.items)


def merge(parent: Node, child: Node) -> Node:
    """The parent with what the child writes: mappings merge, lists and scalars replace, null removes.

    A tactic of another kind replaces. So do a distribution of another shape, and numbers by name where a distribution
    was: half of each would be neither.
    """
    if not (isinstance(parent.value, dict) and isinstance(child.value, dict)):
        return child
    replaces = _another_kind(parent, child)
    merged = {} if replaces else dict(parent.value)
    for text, entry in child.value.items():
        before = parent.value.get(text)
        if before is None:
            merged[text] = entry
        elif entry.node.value is None:
            merged.pop(text, None)
        else:
            merged[text] = entry if replaces else replace(entry, node=merge(before.node, entry.node))
    return Node(merged, child.place)


def _another_kind(parent: Node, child: Node) -> bool:
    """Is one a tactic of another `kind` than the other, or a distribution and the other none of its shape?"""
    kinds = [node.entries["kind"].node.value for node in (parent, child) if "kind" in node.entries]
    if len(kinds) == 2 and all(isinstance(kind, str) for kind in kinds):
        return kinds[0] != kinds[1]
    theirs, own = _parts(parent), _parts(child)
    if not theirs or not own:
        return False
    return (_shaped(theirs) or _shaped(own)) and not _shaped([*theirs, *own])


def _parts(node: Node) -> list[str]:
    """What a mapping gives: keys with something behind them, `...` for one with a mapping or list."""
    nested = (dict, list)
    given = {text: entry.node.value for text, entry in node.entries.items() if entry.node.value is not None}
    return ["..." if isinstance(value, nested) else text for text, value in given.items()]


def _shaped(parts: Sequence[str]) -> bool:
    """Are these parts of one distribution?"""
    return any(set(parts) <= set(shape) for shape in SHAPES)


def step_into(node: Node, step: str | int) -> Node | None:
    """What stands under a key or at a place of a list."""
    if isinstance(step, int):
        return node.items[step] if step < len(node.items) else None
    entry = node.entries.get(step)
    return entry.node if entry else None


def find(node: Node, trail: Trail) -> Node | None:
    """What stands at a path."""
    found: Node | None = node
    for step in trail:
        found = step_into(found, step) if found is not None else None
    return found


def put(node: Node, trail: Trail, value: Node) -> Node:
    """The tree with another value at this path. Mappings on the way that are not there yet are made."""
    if not trail:
        return value
    step, rest = trail[0], trail[1:]
    inner = put(step_into(node, step) or Node({}, value.place), rest, value)
    if isinstance(step, int):
        return Node([inner if n == step else item for n, item in enumerate(node.items)], node.place)
    before = node.entries.get(step)
    key, place = (before.key, before.place) if before else (step, value.place)
    return Node({**node.entries, step: Entry(key, place, inner)}, node.place)


def remove(node: Node, trail: Trail) -> Node:
    """The tree without the key at this path."""
    step, rest = trail[0], trail[1:]
    inner = step_into(node, step)
    if inner is None:
        return node
    if rest:
        return put(node, (step,), remove(inner, rest))
    return Node({text: entry for text, entry in node.entries.items() if text != step}, node.place)
