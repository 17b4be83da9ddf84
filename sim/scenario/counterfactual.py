"""`--without PATH`: the scenario with exactly this taken away, and with it what names it.

A path names what the file holds: an item of a list (`freezes[0]`), a name (`mediators.Russia`), a key (`contacts`).
Several paths all mean the places of the file as it is written, so the first removal does not move the second. What
would name something that is gone (a dated trip of a mediator) goes with it. An item that stood after one that is gone
keeps its `place`, by which chance knows it, so that all that is left meets the same luck as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from sim.scenario.checks import check
from sim.scenario.numbers import SHAPE_WORDS
from sim.scenario.problems import Report
from sim.scenario.scalars import shorten
from sim.scenario.schema import Scenario
from sim.scenario.set_paths import first_step, places_held
from sim.scenario.tree import Entry, Node, Place, Source, Trail, find, put, remove, spell, step_into

ORIGIN = "--without"
"""The name under which these paths appear as a source: path n is its line n."""


@dataclass(frozen=True)
class Counterfactual:
    """A scenario without something: what was taken away, and what went with it, by paths of the file."""

    scenario: Scenario
    taken: tuple[Trail, ...] = ()
    along: tuple[Trail, ...] = ()


# ---- what a path names -----------------------------------------------------------------------------------------------


def named(paths: Sequence[str], root: Node, report: Report) -> tuple[Trail, ...]:
    """The paths as steps, each once; those that name nothing in the file are noted."""
    source = Source(ORIGIN, tuple(paths))
    found = [_named(path, Place(source, line, 1), root, report) for line, path in enumerate(paths, 1)]
    return tuple(dict.fromkeys(trail for trail in found if trail is not None))


def _named(path: str, start: Place, root: Node, report: Report) -> Trail | None:
    rest = path = normalize("NFC", path.strip())
    if not rest:
        report.add(start, (), "syntax", "an empty path names nothing; write it as freezes[0] or mediators.Russia")
        return None
    trail: Trail = ()
    while rest:
        at = find(root, trail) or Node({}, root.place)
        known = list(dict.fromkeys([*at.entries, *(() if trail else SILENT)]))
        step, after = first_step(rest, at, known)
        if step is None:
            place = Place(start.source, start.line, start.column + len(path) - len(rest))
            report.add(place, trail, "unknown-path", _nothing(rest, trail, at, known, report))
            return None
        trail, rest = (*trail, step), after
    return trail


def _nothing(rest: str, trail: Trail, at: Node, known: Sequence[str], report: Report) -> str:
    """Why a path names nothing, and what would."""
    rule, here = "what is taken away stands in the file", spell(trail)
    if rest.startswith("[") and at.items:
        return f"{shorten(rest)} names nothing in {here}, {places_held(len(at.items))}"
    word = re.split(r"[.\[]", rest.removeprefix("["), maxsplit=1)[0].removesuffix("]")
    if at.items:
        return f"{shorten(word)} names nothing, since {here} is a list ({rule}); write {here}[0]"
    if not known:
        return f"{shorten(word)} names nothing, since {here} holds nothing ({rule}); take away {here} as a whole"
    if not trail and word in Scenario.model_fields:
        parts = [name for name in known if name in SILENT or not isinstance(at.entries[name].node.value, str | int)]
        return f"the file has no {word} ({rule}), so it is without it already; there are: {', '.join(parts)}"
    return f"{shorten(word)} names nothing here ({rule}); {report.instead(word, known)}"


# ---- taking away -----------------------------------------------------------------------------------------------------


def take_away(trails: Sequence[Trail], root: Node) -> tuple[Node, tuple[Trail, ...]]:
    """The tree without what stands at these paths and without what names it, and the paths of the latter."""
    if not trails:
        return root, ()
    wrong_before = _unknown_names(root)
    for trail in trails:
        root = SILENT[spell(trail)](root) if spell(trail) in SILENT else _take(root, trail)
    along: list[Trail] = []
    while lost := [trail for trail in _unknown_names(root) if trail not in wrong_before]:
        owners = dict.fromkeys(_owner(root, trail) for trail in lost)
        for owner in owners:
            root = _take(root, owner)
        along += owners
    return _close_ranks(root, (), {*trails, *along}), _outermost(along)


def _take(root: Node, trail: Trail) -> Node:
    """The tree without a key, or with an empty place in a list: the items after it keep theirs for now."""
    at = find(root, trail)
    if at is None:
        return root
    return put(root, trail, Node(None, at.place)) if isinstance(trail[-1], int) else remove(root, trail)


class _Unknown(Report):
    """Hears only of names that nobody bears."""

    def __init__(self) -> None:
        super().__init__()
        self.trails: dict[Trail, None] = {}

    def add(self, place: Place, trail: Trail, kind: str, message: str) -> None:
        if kind == "unknown-reference":
            self.trails[trail] = None


def _unknown_names(root: Node) -> dict[Trail, None]:
    """Where the file names something that it does not have."""
    report = _Unknown()
    check(root, report)
    return report.trails


def _owner(root: Node, trail: Trail) -> Trail:
    """What goes with a name that is gone: its entry, or the whole item (an event, a freeze) that means nothing else."""
    if isinstance(trail[-1], int):
        others = [n for n, name in enumerate((find(root, trail[:-1]) or root).items) if name.value is not None]
        return trail if len(others) > 1 else trail[:-2]
    return trail[:-1] if isinstance(trail[-2], int) else trail


def _outermost(trails: Iterable[Trail]) -> tuple[Trail, ...]:
    """In the order of sections and places, without what lies in another one."""
    several = set(trails)
    whole = [trail for trail in several if not any(trail[:n] in several for n in range(1, len(trail)))]
    return tuple(sorted(whole, key=lambda trail: [(isinstance(step, str), step) for step in trail]))


# ---- lists without gaps ----------------------------------------------------------------------------------------------


def _close_ranks(node: Node, trail: Trail, gone: set[Trail]) -> Node:
    """The tree without its empty places; items that move up remember where they stood, if chance asks for it."""
    if isinstance(node.value, dict):
        entries = {
            text: Entry(entry.key, entry.place, _close_ranks(entry.node, (*trail, text), gone))
            for text, entry in node.value.items()
        }
        return Node(entries, node.place)
    if not isinstance(node.value, list):
        return node
    left = [(n, _close_ranks(item, (*trail, n), gone)) for n, item in enumerate(node.value) if (*trail, n) not in gone]
    moved = [item for now, (n, item) in enumerate(left) if n != now]
    if any("place" in item.entries or _is_drawn(item) for item in moved):
        return Node([item if n == now else _keeping_place(item, n) for now, (n, item) in enumerate(left)], node.place)
    return Node([item for _, item in left], node.place)


def _keeping_place(item: Node, place: int) -> Node:
    return item if "place" in item.entries else put(item, ("place",), Node(place, item.place))


def _is_drawn(node: Node) -> bool:
    """Is there a distribution in it, whose purpose the place of the item names?"""
    below = [*(entry.node for entry in node.entries.values()), *node.items]
    return (bool(node.entries) and SHAPE_WORDS.issuperset(node.entries)) or any(map(_is_drawn, below))


# ---- sections that are never absent ----------------------------------------------------------------------------------


def _at_zero(root: Node, trails: Iterable[Trail]) -> Node:
    for trail in trails:
        root = put(root, trail, Node(0, root.place))
    return root


def _no_walkouts(root: Node) -> Node:
    parties = (step_into(root, "parties") or root).entries
    return _at_zero(root, [("walkouts", "after_incident"), *(("parties", party, "walkout") for party in parties)])


SILENT: dict[str, Callable[[Node], Node]] = {
    "incidents": lambda root: _at_zero(root, [("incidents", "per_year")]),
    "walkouts": _no_walkouts,
    "contacts": lambda root: _at_zero(root, [("contacts", "intensity")]),
}
"""Sections whose defaults act: without them nothing of the kind happens. Incidents by date are `events`, and stay."""
