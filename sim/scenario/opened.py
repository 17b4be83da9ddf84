"""A list or mapping of a file while it is being read, and what its commas mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.scenario.errors import Place
from sim.scenario.nodes import Entry, Node, Trail


@dataclass(frozen=True)
class Key:
    """A key that has been read. A text of None: it was refused, and its value is read and forgotten."""

    text: str | None
    value: str | int | float
    place: Place
    end: int = 0


@dataclass
class Open:
    """A list or mapping that is being read: what it holds so far, and the key whose value comes next."""

    trail: Trail
    place: Place
    flow: bool
    value: dict[str, Entry] | list[Node]
    tagged: bool = False
    key: Key | None = None
    before: tuple[str, int] | None = None

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

    @property
    def awaits_key(self) -> bool:
        """Is a key next?"""
        return isinstance(self.value, dict) and self.key is None

    def remember(self, node: Node, start: int) -> None:
        """Keep an unquoted text in braces, which a comma may continue.  start: of the text; -1 if it is no such."""
        name = self.key.text if self.key is not None and self.flow and start >= 0 else None
        self.before = (name, start) if name is not None and isinstance(node.value, str) else None

    def continues(self, event: Any, text: str) -> bool:
        """`{source: a statement, 2020-11-09}`: is the key a part of the text before it? It has no colon."""
        if self.key is None or self.before is None or event.start_mark.index != event.end_mark.index:
            return False
        return ":" not in text[self.key.end : event.start_mark.index]

    def join(self, text: str) -> None:
        """Add what was taken for a key to the text before it."""
        assert self.key is not None
        assert self.before is not None
        assert isinstance(self.value, dict)
        name, start = self.before
        entry = self.value[name]
        joined = " ".join(text[start : self.key.end].split())
        self.value[name] = Entry(entry.key, entry.place, Node(joined, entry.node.place))
        self.key = None

    def cuts_number(self, event: Any) -> bool:
        """`{mean: 0,6}` reads as a mean of 0 and a key 6 without a value: is this empty value that of such a key?"""
        number = self.key is not None and not isinstance(self.key.value, str)
        return number and self.flow and event.start_mark.index == event.end_mark.index
