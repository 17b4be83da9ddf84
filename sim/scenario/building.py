"""YAML's events become values that know their place; what is not allowed is noted, and reading goes on if it can."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sim.scenario.errors import Place, Problem, Source
from sim.scenario.nodes import BROKEN, Broken, Entry, Node, Trail, spell
from sim.scenario.opened import Key, Open
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


class Builder:
    """Takes events one by one; keeps its own stack, so that no depth of a file exhausts Python's."""

    def __init__(self, source: Source, text: str) -> None:
        self.source, self.text = source, text
        self.problems: list[Problem] = []
        self.opened: list[Open] = []
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
        return bool(self.opened) and self.opened[-1].awaits_key

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
        elif self.opened and self.opened[-1].continues(event, self.text):
            self.opened[-1].join(self.text)
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
        self.opened.append(Open(self._trail(), self.place(event.start_mark), bool(event.flow_style), value, not usual))

    def end_collection(self, event: Any) -> None:
        """A list or mapping is complete."""
        done = self.opened.pop()
        if self._awaits_key():
            self.problems.append(Problem.at(done.place, spell(done.trail), "wrong-type", NO_KEY))
            self.opened[-1].key = Key(None, "", done.place)
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
        if self.opened and self.opened[-1].cuts_number(event):
            self._refuse_comma(self.opened[-1])
            return BROKEN
        value = resolve(event.value) if event.implicit[0] else event.value
        if isinstance(value, Refusal):
            self._refuse(event, value.kind, value.message)
            return BROKEN
        return value

    def _refuse_comma(self, top: Open) -> None:
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
        top.key = Key(text, "" if value is None else value, place, event.end_mark.index)

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
        start: int = event.start_mark.index if unquoted else -1
        self._keep(Node(value, self.place(event.start_mark)), start)

    def _keep(self, node: Node, start: int = -1) -> None:
        if self._awaits_key():
            self.opened[-1].key = Key(None, "", node.place)
        elif self.opened:
            self.opened[-1].remember(node, start)
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
