"""A file changed as a careful person would: what is changed is written, and every other line stays byte for byte.

    edited("parties:\n  Ann: {trust: 0.2}   # a guess\n", [Change(("parties", "Ann", "trust"), 0.3)])
    -> "parties:\n  Ann: {trust: 0.3}   # a guess\n"

A path is one of the scenario with what it extends. In a file that extends another one, only what differs from that one
is written: a number at its place, a list as a whole, an empty value where something of the other file is taken away.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from unicodedata import normalize

from sim.scenario import splice, writing
from sim.scenario.folders import EXTENDS, alone
from sim.scenario.problems import Report
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import Entry, Node, Place, Source, Trail, find, node_of, plain, put, remove, spell
from sim.scenario.yaml_reader import Document, read_bytes

NOWHERE = Place(Source("an edit"))


class Removed(enum.Enum):
    """Instead of a value: the key, or the item of a list, is taken away."""

    REMOVED = "taken away"


REMOVED = Removed.REMOVED


@dataclass(frozen=True)
class Change:
    """What a path of the scenario shall hold: plain values, lists and mappings without null, or `REMOVED`.

    The place behind the last item of a list adds one. Taking away what is not there changes nothing.
    """

    trail: Trail
    value: Any


class CannotEdit(Exception):
    """A change that the text has no place for; the text says where."""


@dataclass(frozen=True)
class Opened:
    """A text that can be read: what it holds itself, what it extends (None: nothing), and both merged."""

    own: Node
    parent: Node | None
    merged: Node

    def keys(self, trail: Trail) -> list[str | int | float]:
        """A path with keys that are numbers as numbers, as far as it is there."""
        keys: list[str | int | float] = []
        node: Node | None = self.merged
        for step in trail:
            entry = node.entries.get(step) if node is not None and isinstance(step, str) else None
            keys.append(step if entry is None else entry.key)
            node = find(node, (step,)) if node is not None else None
        return keys


def opened(text: str, name: str = "scenario.yaml") -> Opened:
    """Read a text, whether or not it is a good scenario; it may extend what ships.

    Errors: ScenarioError, where it cannot be read.
    """
    report = Report()
    document = read_bytes(text.encode("utf-8", "surrogatepass"), name)
    merged = alone(document, report)
    report.close()
    assert document.root is not None
    assert merged is not None
    entry = document.root.entries.get(EXTENDS)
    if entry is None:
        return Opened(document.root, None, merged)
    only = Node({EXTENDS: entry}, document.root.place)
    return Opened(remove(document.root, (EXTENDS,)), alone(Document(only), report), merged)


def edited(text: str, changes: Iterable[Change]) -> str:
    """The text with every change made, in their order.

    Errors: ScenarioError, where the text cannot be read, before or with what is written into it; CannotEdit.
    """
    for change in changes:
        text = _edited(text, change)
    return text


def _edited(text: str, change: Change) -> str:
    change = Change(tuple(_usual(step) for step in change.trail), change.value)
    before = opened(text)
    wanted = applied(before.merged, change)
    moves = change.value is REMOVED and isinstance(change.trail[-1], int)  # what stands behind it in the list
    trail = _writable(before.own, change.trail[:-1] if moves else change.trail)
    try:
        new = _settled(text, trail, before, wanted)
        after = new if new == text else plain(opened(new).merged)
    except (ValueError, LookupError) as error:
        raise CannotEdit(spell(change.trail)) from error
    if new != text and after != plain(wanted):
        raise CannotEdit(spell(change.trail))
    return new


def _usual(step: str | int) -> str | int:
    return normalize("NFC", step) if isinstance(step, str) else step  # as the reader does


def applied(tree: Node, change: Change) -> Node:
    """A tree with a change made. Mappings on the way that are not there yet are made."""
    holder = find(tree, change.trail[:-1])
    step = change.trail[-1]
    if change.value is REMOVED:
        if holder is None or find(holder, (step,)) is None:
            return tree
        if isinstance(step, str):
            return remove(tree, change.trail)
        left = [item for place, item in enumerate(holder.items) if place != step]
        return put(tree, change.trail[:-1], Node(left, holder.place))
    value = node_of(change.value, NOWHERE)
    if isinstance(step, int) and (holder is None or step >= len(holder.items)):
        there = list(holder.items) if holder is not None else []
        return put(tree, change.trail[:-1], Node([*there, value], NOWHERE))
    return put(tree, change.trail, value)


def renamed(text: str, trails: Iterable[Trail], name: str) -> str:
    """The text with another name for the keys at these paths, which stand in the text itself; all else stays.

    Errors: ScenarioError; CannotEdit, where a key stands in another file, or the name is there already.
    """
    for trail in trails:
        own = opened(text).own
        holder = find(own, trail[:-1])
        if holder is None or trail[-1] not in holder.entries or name in holder.entries:
            raise CannotEdit(spell(trail))
        new = splice.rekeyed(text, trail, name)
        after = find(opened(new).own, (*trail[:-1], _usual(name)))
        if after is None or plain(after) != plain(holder.entries[str(trail[-1])].node):
            raise CannotEdit(spell(trail))
        text = new
    return text


# ---- what the file itself must say -----------------------------------------------------------------------------------


def _writable(own: Node, trail: Trail) -> Trail:
    """The part of a path that can be written alone: a list that the file does not have is written as a whole."""
    node = own
    for count, step in enumerate(trail):
        kind = list if isinstance(step, int) else dict
        below = find(node, (step,)) if isinstance(node.value, kind) else None
        if isinstance(step, int) or not isinstance(node.value, kind):
            if below is None:
                return trail[:count]
        elif below is None:
            return trail[:count] + _names(trail[count:])
        assert below is not None
        node = below
    return trail


def _names(trail: Trail) -> Trail:
    """The steps of a path before its first place in a list."""
    first = next((count for count, step in enumerate(trail) if isinstance(step, int)), len(trail))
    return trail[:first]


def _settled(text: str, trail: Trail, before: Opened, whole: Node) -> str:
    """The text that says at a path what is wanted there of the whole scenario, given what it extends."""
    wanted = find(whole, trail)
    in_list = any(isinstance(step, int) for step in trail)  # lists replace as a whole
    theirs = find(before.parent, trail) if before.parent is not None and not in_list else None
    mine = find(before.own, trail)
    if wanted is None:
        if theirs is not None:
            return text if mine is not None and mine.value is None else _written(text, trail, None, before)
        return text if mine is None else splice.without(text, _with_holders(trail, before))
    if mine is None and theirs is not None and _same(theirs, wanted):
        return text  # the other file says so already
    return _made(text, trail, mine, _needed(theirs, wanted, mine), Opened(before.own, before.parent, whole))


def _with_holders(trail: Trail, before: Opened) -> Trail:
    """The path of what is taken away: with it goes a mapping that would say nothing, as the other file has it too."""
    while len(trail) > 1:
        holder = find(before.own, trail[:-1])
        other = find(before.parent, trail[:-1]) if before.parent is not None else None
        if holder is None or len(holder.entries) != 1 or other is None or not isinstance(other.value, dict):
            break
        trail = trail[:-1]
    return trail


def _needed(theirs: Node | None, wanted: Node, mine: Node | None) -> Node:
    """What a file must say, so that merged with the other one it is what is wanted; what it says already stays."""
    if theirs is None or not (isinstance(theirs.value, dict) and isinstance(wanted.value, dict)):
        return wanted
    needed: dict[str, Entry] = {}
    for name, entry in wanted.entries.items():
        own = find(mine, (name,)) if mine is not None else None
        other = find(theirs, (name,))
        if own is None and other is not None and _same(other, entry.node):
            continue
        needed[name] = Entry(entry.key, entry.place, _needed(other, entry.node, own))
    for name, entry in theirs.entries.items():
        if name not in wanted.entries:
            needed[name] = Entry(entry.key, entry.place, Node(None, NOWHERE))
    return Node(needed, wanted.place)


def _same(one: Node, other: Node) -> bool:
    """Equal values; `true` is not 1."""
    if isinstance(one.value, dict) and isinstance(other.value, dict):
        names = one.entries.keys() | other.entries.keys()
        return all(
            name in one.entries and name in other.entries and _same(one.entries[name].node, other.entries[name].node)
            for name in names
        )
    if isinstance(one.value, list) and isinstance(other.value, list):
        return len(one.items) == len(other.items) and all(map(_same, one.items, other.items))
    return one.value == other.value and isinstance(one.value, bool) == isinstance(other.value, bool)


# ---- only where it differs -------------------------------------------------------------------------------------------


def _made(text: str, trail: Trail, mine: Node | None, needed: Node, before: Opened) -> str:
    """The text with what is needed at a path, line by line where the shape is the same."""
    if mine is None:
        return _written(text, trail, plain(needed), before)
    if _same(mine, needed):
        return text
    if mine.entries and needed.entries:
        for name in mine.entries:
            if name not in needed.entries:
                text = splice.without(text, (*trail, name))
        for name, entry in needed.entries.items():
            there = find(mine, (name,))
            text = _made(text, (*trail, name), there, entry.node, before)
        return text
    if mine.items and needed.items:
        return _listed(text, trail, mine, needed, before)
    return _written(text, trail, plain(needed), before)


def _listed(text: str, trail: Trail, mine: Node, needed: Node, before: Opened) -> str:
    """A list: an item that has gone is taken away at its place, others are changed at theirs."""
    items = list(mine.items)
    gone = len(items) - len(needed.items)
    place = 0
    while gone > 0 and place < len(items):
        if place < len(needed.items) and _same(items[place], needed.items[place]):
            place += 1
            continue
        text = splice.without(text, (*trail, place))
        del items[place]
        gone -= 1
    for place, item in enumerate(needed.items):
        there = items[place] if place < len(items) else None
        text = _made(text, (*trail, place), there, item, before)
    return text


def _written(text: str, trail: Trail, value: Any, before: Opened) -> str:
    return splice.written(text, trail, value, partial(_order, before), before.keys(trail))


def _order(before: Opened, trail: Trail) -> Sequence[str] | None:
    """The keys behind which a new key stands in the schema, the nearest first; None: it is a name of the file."""
    known = [EXTENDS] * (len(trail) == 1) + Keys.at(trail[:-1], before.merged).names(find(before.merged, trail[:-1]))
    name = trail[-1]
    return known[: known.index(str(name))][::-1] if name in known else None


# ---- a new file ------------------------------------------------------------------------------------------------------


def fresh(scenario: Mapping[str, Any]) -> str:
    """A new file with these keys, written as a person would: an empty line around what takes several."""
    text = ""
    long_before = False
    for key, value in scenario.items():
        written = writing.entry(key, value)
        if text and (len(written) > 1 or long_before):
            text += "\n"
        text += "\n".join(written) + "\n"
        long_before = len(written) > 1
    return text
