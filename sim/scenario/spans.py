"""Where each value of a text stands, from its first character to its last: what an editor must know.

A `Node` knows where a value starts, which is enough for a message. Whoever changes a text must know as well where the
value ends, whether it stands in braces, and where its key stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

import yaml

from sim.scenario.scalars import resolve
from sim.scenario.syntax import Unlike, fast_events, sure_events
from sim.scenario.tree import Trail, key_text

BLOCK_TEXT = ("|", ">")
COLON = re.compile(r"\s*:")


@dataclass
class Span:
    """A value in a text: its first character, the one behind its last, and the column of the first.

    flow: does it stand in brackets or braces, or is it such a list or mapping itself? A list or mapping without them
    ends where its last value does; comments and empty lines behind it are not its own.
    keys: where the key of each entry stands. dashes: where the dash of each item stands.
    """

    start: int
    end: int
    column: int
    flow: bool = False
    kind: str = "scalar"
    plain: bool = False
    keys: dict[str, Span] = field(default_factory=dict)
    entries: dict[str, Span] = field(default_factory=dict)
    items: list[Span] = field(default_factory=list)
    dashes: list[int] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Does nothing stand there?"""
        return self.start == self.end

    @property
    def block(self) -> bool:
        """Is it a list or mapping by indentation?"""
        return self.kind != "scalar" and not self.flow


def span_of(text: str) -> Span:
    """The value of a text that `yaml_reader` reads without a complaint.

    Errors: what PyYAML raises; StopIteration where there is no value.
    """
    skipped = len(text) - len(text.removeprefix("\ufeff"))
    try:
        return _Spans(text, skipped, fast_events(text[skipped:])).whole()
    except Unlike:
        return _Spans(text, skipped, sure_events(text[skipped:])).whole()


class _Spans:
    """Walks through PyYAML's events, as the reader does, and keeps where they begin and end."""

    def __init__(self, text: str, skipped: int, events: Iterator[yaml.Event]) -> None:
        self._text, self._skipped, self._events = text, skipped, events

    def whole(self) -> Span:
        event: Any = next(self._events)
        while not isinstance(event, yaml.DocumentStartEvent):
            event = next(self._events)
        return self._value(next(self._events), flow=False)

    def _value(self, event: Any, *, flow: bool) -> Span:
        start = event.start_mark.index + self._skipped
        span = Span(start, start, event.start_mark.column, flow)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(span, event)
            return span
        span.flow = flow or bool(event.flow_style)
        if isinstance(event, yaml.MappingStartEvent):
            self._mapping(span)
        else:
            self._sequence(span)
        return span

    def _scalar(self, span: Span, event: Any) -> None:
        span.end = event.end_mark.index + self._skipped
        span.plain = bool(event.implicit[0])
        if event.style in BLOCK_TEXT:  # ends where the next key begins
            span.end = span.start + len(self._text[span.start : span.end].rstrip())

    def _mapping(self, span: Span) -> None:
        span.kind = "mapping"
        before = ""  # the last key, where a comma may have cut its text
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, flow=span.flow)
            name = _name(event)
            value = self._value(next(self._events), flow=span.flow)
            if before and value.empty and ":" not in self._text[key.end : value.start]:
                span.entries[before].end = key.end
                continue
            if value.empty:
                colon = COLON.match(self._text, key.end)
                value.start = value.end = colon.end() if colon else key.end
            span.keys[name], span.entries[name] = key, value
            before = name if span.flow and value.plain else ""
        span.end = self._end(span, event)

    def _sequence(self, span: Span) -> None:
        span.kind = "sequence"
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item = self._value(event, flow=span.flow)
            if not span.flow:
                span.dashes.append(self._dash(span))
            if item.empty:
                item.start = item.end = span.dashes[-1] + 1
            span.items.append(item)
        span.end = self._end(span, event)

    def _dash(self, span: Span) -> int:
        """Where the dash of the next item of a list stands: the first of a line, in the column of the list."""
        if not span.items:
            return span.start
        last = max(span.items[-1].end, span.dashes[-1] + 1)
        found = re.compile(rf"[\r\n] {{{span.column}}}-(?=[ \r\n]|$)").search(self._text, last)
        assert found is not None
        return found.end() - 1

    def _end(self, span: Span, event: Any) -> int:
        if span.flow:
            return int(event.end_mark.index) + self._skipped
        inside = [*span.entries.values(), *span.items]
        return inside[-1].end if inside else span.start


def _name(event: Any) -> str:
    """The text by which the reader finds an entry."""
    value: Any = resolve(event.value) if event.implicit[0] else event.value
    return normalize("NFC", key_text(value))


def at(span: Span, trail: Trail) -> tuple[Span, int]:
    """The value at a path, or the last on the way that is there, and how many steps lead to it."""
    for count, step in enumerate(trail):
        below = span.entries.get(step) if isinstance(step, str) else None
        if isinstance(step, int) and step < len(span.items):
            below = span.items[step]
        if below is None:
            return span, count
        span = below
    return span, len(trail)
