"""YAML's events become values that know their place; what is not allowed is noted, and reading goes on if it can."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sim.scenario.errors import Place, Problem, Source
from sim.scenario.nodes import BROKEN, Broken, Entry, Node, Trail, spell
from sim.scenario.scalars import FORBIDDEN, Refusal, Scalar, no_character, resolve, shorten

DEEPEST = 20
"""Lists and mappings inside each other."""
MOST_NODES = 5_000
"""Keys, values, lists and mappings of a file."""

NOT_HERE = {
    "anchor": ("alias", "an anchor (a file says everything where it stands; files share with `extends`); remove it"),
    "tag": (
        "tag",
        "a tag (values say by their look what they are; no file can run code); remove it, or put text in quotes",
    ),
}


class Stop(Exception):
    """Reading cannot go on; the problem has been noted."""


@dataclass(frozen=True)
class Document:
    """What a text holds: a value with its places (None if it could not be read to its end), and what is wrong."""

    root: Node | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Key:
    """A key that has been read. A text of None: it was refused, and its value is read and forgotten."""

    text: str | None
    value: str | int | float
    place: Place
    end: int = 0


@dataclass
class _Open:
    """A list or mapping that is being read: what it holds so far, and the key whose value comes next."""

    trail: Trail
    place: Place
    flow: bool
    value: dict[str, Entry] | list[Node]
    tagged: bool = False
    key: _Key | None = None
    text_before: tuple[str, int] | None = None

    @property
    def next(self) -> Trail:
        """The path of the value that comes next."""
        if isinstance(self.value, list):
            return (*self.trail, len(self.value))
        return (*self.trail, self.key.text) if self.key and self.key.text is not None else self.trail

    def add(self, node: Node) -> None:
        """Take a value."""
        if isinstance(self.value, list):
            self.value.append(node)
        elif self.key is not None:
            if self.key.text is not None:
                self.value[self.key.text] = Entry(self.key.value, self.key.place, node)
            self.key = None


class Builder:
    """Takes events one by one; keeps its own stack, so that no depth of a file exhausts Python's."""

    def __init__(self, source: Source, text: str) -> None:
        self.source, self.text = source, text
        self.problems: list[Problem] = []
        self.opened: list[_Open] = []
        self.root: Node | None = None
        self.nodes = self.documents = 0
        self.anchors: set[str] = set()

    def take(self, event: Any) -> None:
        """Take the next event of the text. Errors: Stop, when reading cannot go on."""
        handle = HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event)

    def finished(self) -> Document:
        """The document, when all events have been taken."""
        if self.root is None:
            return self.unfinished("empty", Place(self.source, 1, 1), EMPTY)
        return Document(self.root, tuple(self.problems))

    def unfinished(self, kind: str = "", place: Place | None = None, message: str = "") -> Document:
        """What is known of a text that could not be read to its end, and perhaps a last problem."""
        if place is not None:
            self.problems.append(Problem.at(place, spell(self._trail()), kind, message))
        return Document(None, tuple(self.problems))

    # ---- where we are ------------------------------------------------------------------------------------------------

    def place(self, mark: Any) -> Place:
        """A mark of PyYAML as a place."""
        return Place(self.source, mark.line + 1, mark.column + 1)

    def bracket(self) -> Place | None:
        """The innermost bracket or brace that is open."""
        return self.opened[-1].place if self.opened and self.opened[-1].flow else None

    def _trail(self) -> Trail:
        return self.opened[-1].next if self.opened else ()

    def _awaits_key(self) -> bool:
        return bool(self.opened) and isinstance(self.opened[-1].value, dict) and self.opened[-1].key is None

    def _refuse(self, event: Any, kind: str, message: str, trail: Trail | None = None) -> None:
        path = spell(self._trail() if trail is None else trail)
        self.problems.append(Problem.at(self.place(event.start_mark), path, kind, message))

    # ---- events ------------------------------------------------------------------------------------------------------

    def start_document(self, event: Any) -> None:
        """Only one."""
        self.documents += 1
        if self.documents > 1:
            rule = "a file holds one scenario"
            self._refuse(
                event, "several-documents", f"a second document starts here ({rule}); make two files of it", ()
            )
            raise Stop

    def alias(self, event: Any) -> None:
        """Refused, once for each name."""
        self._count(event)
        if event.anchor not in self.anchors:
            rule = "a file says everything where it stands; files share with `extends`"
            self._refuse(
                event,
                "alias",
                f"*{shorten(event.anchor)} is an alias ({rule}); write the value out, or put the text in quotes",
            )
        self.anchors.add(event.anchor)
        self._add(BROKEN, event)

    def scalar(self, event: Any) -> None:
        """A key or a value."""
        self._count(event)
        if self._awaits_key():
            self._take_key(event)
        elif self._continues(event):
            self._join(self.opened[-1])
        else:
            self._add(self._value(event) if self._is_usual(event) else BROKEN, event)

    def start_collection(self, event: Any) -> None:
        """A list or mapping begins."""
        self._count(event)
        usual = self._is_usual(event)
        if len(self.opened) >= DEEPEST:
            rule = f"lists and mappings stand at most {DEEPEST} deep inside each other"
            self._refuse(event, "too-deep", f"one level too many ({rule}); write it flatter")
            raise Stop
        value: dict[str, Entry] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.opened.append(_Open(self._trail(), self.place(event.start_mark), bool(event.flow_style), value, not usual))

    def end_collection(self, event: Any) -> None:
        """A list or mapping is complete."""
        done = self.opened.pop()
        if self._awaits_key():
            self.problems.append(Problem.at(done.place, spell(done.trail), "wrong-type", NO_KEY))
            self.opened[-1].key = _Key(None, "", done.place)
        else:
            self._keep(Node(BROKEN if done.tagged else done.value, done.place))

    # ---- parts of it -------------------------------------------------------------------------------------------------

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            rule = f"a file holds at most {MOST_NODES:,} keys and values"
            self._refuse(event, "too-large", f"too many keys and values ({rule}); shorten it")
            raise Stop

    def _is_usual(self, event: Any) -> bool:
        """Has it no tag? Anchors are refused too, but what they stand before can be read."""
        marked = [name for name in NOT_HERE if getattr(event, name) is not None]
        for name in marked:
            kind, message = NOT_HERE[name]
            sign = "&" if name == "anchor" else ""
            self._refuse(event, kind, f"{sign}{shorten(getattr(event, name))} is {message}")
        self.anchors |= {event.anchor} - {None}
        return event.tag is None

    def _value(self, event: Any) -> Scalar | Broken:
        hidden = FORBIDDEN.search(event.value)
        if hidden:
            self._refuse(event, "bad-character", no_character(hidden[0]))
            return BROKEN
        if self._is_decimal_comma(event):
            self._refuse_comma(self.opened[-1])
            return BROKEN
        value = resolve(event.value) if event.implicit[0] else event.value
        if isinstance(value, Refusal):
            self._refuse(event, value.kind, value.message)
            return BROKEN
        return value

    def _continues(self, event: Any) -> bool:
        """`{source: a statement, 2020-11-09}`: a comma within an unquoted text, as anywhere but in braces."""
        top = self.opened[-1] if self.opened else None
        if top is None or top.key is None or top.text_before is None or not top.flow:
            return False
        between = self.text[top.key.end : event.start_mark.index]
        return event.start_mark.index == event.end_mark.index and ":" not in between

    def _join(self, top: _Open) -> None:
        """Add what was taken for a key to the text before it."""
        assert top.key is not None
        assert top.text_before is not None
        assert isinstance(top.value, dict)
        name, start = top.text_before
        joined = " ".join(self.text[start : top.key.end].split())
        entry = top.value[name]
        top.value[name] = Entry(entry.key, entry.place, Node(joined, entry.node.place))
        top.key = None

    def _is_decimal_comma(self, event: Any) -> bool:
        """`{mean: 0,6}` reads as a mean of 0 and a key 6 without a value."""
        top = self.opened[-1] if self.opened else None
        number = top is not None and top.key is not None and not isinstance(top.key.value, str)
        return number and top is not None and top.flow and event.start_mark.index == event.end_mark.index

    def _refuse_comma(self, top: _Open) -> None:
        assert top.key is not None
        message = COMMA.format(top.key.value)
        self.problems.append(Problem.at(top.key.place, spell(top.trail), "ambiguous-scalar", message))

    def _take_key(self, event: Any) -> None:
        """The key of the next value: a text or a number, once."""
        top, place = self.opened[-1], self.place(event.start_mark)
        value = self._key_value(event)
        text = None if value is None else _key_text(value)
        if text is not None and text in top.value:
            first = top.value[text].place  # type: ignore[call-overload]
            message = f"the key stands twice (first in line {first.line}; one of the two would be lost); remove one"
            self._refuse(event, "duplicate-key", message, (*top.trail, text))
            text = None
        top.key = _Key(text, "" if value is None else value, place, event.end_mark.index)

    def _key_value(self, event: Any) -> str | int | float | None:
        """What a key says; None if it is refused."""
        if not self._is_usual(event):
            return None
        if event.value == "<<" and event.implicit[0]:
            self._refuse(event, "merge-key", MERGE_KEY)
            return None
        if self.opened[-1].flow and event.implicit[0] and re.fullmatch("0[0-9]+", event.value):
            self._refuse(event, "ambiguous-scalar", COMMA.format(event.value))
            return None
        value = self._value(event)
        if isinstance(value, bool) or value is None:
            said = shorten(event.value) or "nothing"
            self._refuse(event, "wrong-type", f'{said} as a key (a key is text or a number); write "{said}" in quotes')
            return None
        return None if isinstance(value, Broken) else value

    def _add(self, value: Scalar | Broken, event: Any) -> None:
        unquoted = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
        start: int = event.start_mark.index if unquoted else -1  # type: ignore[union-attr]
        self._keep(Node(value, self.place(event.start_mark)), start)

    def _remember_text(self, top: _Open, node: Node, start: int) -> None:
        """An unquoted text in braces, which a comma may continue."""
        plain = start >= 0 and isinstance(node.value, str) and top.key is not None and top.key.text is not None
        top.text_before = (top.key.text, start) if plain else None  # type: ignore[union-attr, assignment]

    def _keep(self, node: Node, start: int = -1) -> None:
        if self._awaits_key():
            self.opened[-1].key = _Key(None, "", node.place)
        elif self.opened:
            self._remember_text(self.opened[-1], node, start)
            self.opened[-1].add(node)
        else:
            self.root = node


EMPTY = (
    "there is nothing in it (a scenario needs name, parties and working_groups);"
    " start from the file that `sim new NAME` writes"
)
NO_KEY = "a list or mapping as a key (a key is text or a number); a text with brackets or braces needs quotes"
COMMA = "the comma before {} ends a value (numbers have a decimal point); write 0.6, not 0,6"
MERGE_KEY = "<< is a merge key (files share with `extends`, which says what it takes); write the keys out"


def _key_text(value: str | int | float) -> str:
    """One text for each key: 1 and 1.0 are the same."""
    return f"{value:.12g}" if isinstance(value, float) else str(value)


HANDLERS: Mapping[type, Callable[[Builder, Any], None]] = {
    yaml.DocumentStartEvent: Builder.start_document,
    yaml.AliasEvent: Builder.alias,
    yaml.ScalarEvent: Builder.scalar,
    yaml.SequenceStartEvent: Builder.start_collection,
    yaml.MappingStartEvent: Builder.start_collection,
    yaml.SequenceEndEvent: Builder.end_collection,
    yaml.MappingEndEvent: Builder.end_collection,
}
