"""One change of a text: a value written, a key added, a key or an item taken away. Every other line stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario import writing
from sim.scenario.spans import COLON, Span, at, span_of
from sim.scenario.tree import Trail

LINE_END = re.compile(r"\r\n|\r|\n|\Z")
COMMENT = re.compile(r"([\]}]*)( +)#")
"""What stands between a value and the comment of its line: brackets that close, and blanks."""


@dataclass(frozen=True)
class Holder:
    """A list or mapping, and the place of something in it: its value, and where the colon or dash before it ends."""

    span: Span
    value: Span
    anchor: int


Order = Callable[[Trail], Sequence[str] | None]
"""The keys behind which the last key of a path stands, the nearest first; None: behind all."""


def written(text: str, trail: Trail, value: Any, order: Order, keys: Sequence[Any] = ()) -> str:
    """The text with a value at a path.

    order: where a key stands that is not there yet; keys: the path again, with keys that are numbers as numbers.
    """
    root = span_of(text)
    found, count = at(root, trail)
    if count == len(trail):
        return _replaced(text, _holder(text, root, trail), value)
    names = keys or trail
    for name in reversed(names[count + 1 :]):
        value = {name: value}
    step = trail[count]
    if found.kind == "scalar" or not (found.entries or found.items):
        whole = [value] if isinstance(step, int) else {names[count]: value}
        if count == 0:
            raise ValueError("a file that holds nothing")
        return _replaced(text, _holder(text, root, trail[:count]), whole)
    if isinstance(step, int):
        return _appended(text, found, value)
    return _added(text, found, names[count], value, order(trail[: count + 1]))


def without(text: str, trail: Trail) -> str:
    """The text without the key, or the item of a list, at a path that is there. What holds nothing then is empty."""
    root = span_of(text)
    holder, _ = at(root, trail[:-1])
    step = trail[-1]
    spans: list[str | int] = [*holder.entries] if isinstance(step, str) else [*range(len(holder.items))]
    if len(spans) == 1:
        if len(trail) == 1:
            raise ValueError("a file that holds nothing")
        return _replaced(text, _holder(text, root, trail[:-1]), {} if isinstance(step, str) else [])
    place = spans.index(step)
    return _cut_flow(text, holder, place) if holder.flow else _cut_block(text, holder, place)


def rekeyed(text: str, trail: Trail, key: str) -> str:
    """The text with another key at a path that is there; its value and its place stay."""
    holder, _ = at(span_of(text), trail[:-1])
    old = holder.keys[str(trail[-1])]
    return text[: old.start] + writing.inline(key, flow=holder.flow) + text[old.end :]


# ---- places ----------------------------------------------------------------------------------------------------------


def _holder(text: str, root: Span, trail: Trail) -> Holder:
    """The list or mapping that holds what a path leads to."""
    span, _ = at(root, trail[:-1])
    step = trail[-1]
    if isinstance(step, str):
        key = span.keys[step]
        colon = COLON.match(text, key.end)
        return Holder(span, span.entries[step], colon.end() if colon else key.end)
    value = span.items[step]
    return Holder(span, value, value.start if span.flow else span.dashes[step] + 1)


def _line_start(text: str, position: int) -> int:
    return max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def _line_end(text: str, position: int) -> int:
    """Where the line ends, before the characters that end it."""
    return _line(text, position).start()


def _behind_line(text: str, position: int) -> int:
    """Where the next line begins."""
    return _line(text, position).end()


def _line(text: str, position: int) -> re.Match[str]:
    found = LINE_END.search(text, position)
    assert found is not None  # a text ends
    return found


def _break(text: str) -> str:
    """How lines end in this text."""
    return _line(text, 0)[0] or "\n"


def _parts(holder: Span) -> list[tuple[int, int]]:
    """Where each entry or item begins (its key or dash) and ends."""
    if holder.kind == "mapping":
        return [(key.start, holder.entries[name].end) for name, key in holder.keys.items()]
    starts = holder.dashes or [item.start for item in holder.items]
    return [(start, item.end) for start, item in zip(starts, holder.items, strict=True)]


# ---- another value ---------------------------------------------------------------------------------------------------


def _replaced(text: str, holder: Holder, value: Any) -> str:
    old, anchor = holder.value, holder.anchor
    if holder.span.flow:
        return _put(text, old, writing.inline(value, flow=True), anchor)
    below = old.block and _line_start(text, old.start) > anchor
    if not below and old.block:  # the first key stands behind the dash
        blanks = old.column
        new = [writing.inline(value)] if writing.fits(value) else writing.lines(value)
        return text[: old.start] + _joined(text, new, blanks).lstrip(" ") + text[old.end :]
    if writing.fits(value):
        new_text = "" if value is None else writing.inline(value)
        if not below:
            return _put(text, old, new_text, anchor)
        first, last = _line_start(text, old.start), _behind_line(text, old.end)
        return text[:anchor] + f" {new_text}" * bool(new_text) + text[anchor:first] + text[last:]
    written_lines = writing.lines(value)
    indent = old.column if old.block else holder.span.column + writing.STEP
    if below:
        first, last = _line_start(text, old.start), _line_end(text, old.end)
        return text[:first] + _joined(text, written_lines, indent) + text[last:]
    end = _line_end(text, old.end)
    rest = text[old.end : end].rstrip()
    return text[:anchor] + rest + _break(text) + _joined(text, written_lines, indent) + text[end:]


def _joined(text: str, written_lines: Sequence[str], blanks: int) -> str:
    return _break(text).join(writing.indented(written_lines, blanks))


def _put(text: str, old: Span, new: str, anchor: int) -> str:
    """A value in place of another one in its line; a comment behind it stays in its column where there is room."""
    if old.empty:
        colon = "" if text[anchor - 1] in ":-" else ":"
        new = f"{colon} {new}" if new else ""
        start = end = anchor
    else:
        start, end = old.start, old.end
    grown = len(new) - (end - start)
    comment = COMMENT.match(text, end)
    if comment and "\n" not in text[start:end]:
        blanks = max(1, len(comment[2]) - grown)
        return text[:start] + new + comment[1] + " " * blanks + text[comment.end() - 1 :]
    return text[:start] + new + text[end:]


# ---- more of something -----------------------------------------------------------------------------------------------


def _added(text: str, holder: Span, key: Any, value: Any, before: Sequence[str] | None) -> str:
    """A mapping with one more entry."""
    place = len(holder.keys)
    if before is not None:
        place = next((list(holder.keys).index(name) + 1 for name in before if name in holder.keys), 0)
    parts = _parts(holder)
    if holder.flow:
        new = f"{writing.inline(key, flow=True)}: {writing.inline(value, flow=True)}"
        if place == 0:
            start = parts[0][0]
            return f"{text[:start]}{new}, {text[start:]}"
        end = parts[place - 1][1]
        return f"{text[:end]}, {new}{text[end:]}"
    new_lines = writing.indented(writing.entry(key, value), holder.column)
    start = _line_start(text, parts[0][0])
    if place == 0 and not text[start : parts[0][0]].strip(" \ufeff"):
        start = parts[0][0] - holder.column
        return text[:start] + _break(text).join(new_lines) + _break(text) + text[start:]
    return _inserted(text, parts[max(place, 1) - 1][1], new_lines, apart=holder.column == 0)


def _appended(text: str, holder: Span, value: Any) -> str:
    """A list with one more item."""
    end = holder.items[-1].end
    if holder.flow:
        return f"{text[:end]}, {writing.inline(value, flow=True)}{text[end:]}"
    new_lines = writing.indented(writing.item(value), holder.column)
    return _inserted(text, max(end, holder.dashes[-1] + 1), new_lines, apart=False)


def _inserted(text: str, position: int, new_lines: Sequence[str], *, apart: bool) -> str:
    """Lines below the one of a position.  apart: with an empty line before and behind several of them"""
    end = _line_end(text, position)
    lines = list(new_lines)
    if apart and len(lines) > 1:
        lines = ["", *lines]
        following = text[_behind_line(text, position) :]
        if following and not re.match(r"[ \t]*(?:[\r\n]|\Z)", following):
            lines.append("")
    return text[:end] + "".join(_break(text) + line for line in lines) + text[end:]


# ---- less of something -----------------------------------------------------------------------------------------------


def _cut_block(text: str, holder: Span, place: int) -> str:
    parts = _parts(holder)
    start, end = parts[place]
    first = _line_start(text, start)
    if not text[first:start].strip(" \ufeff"):
        mark = "\ufeff" if text.startswith("\ufeff") and first == 0 else ""
        return text[:first] + mark + text[_behind_line(text, end) :]
    following = parts[place + 1][0]  # the first key stands behind a dash: the next one takes its place
    between = text[end:following]
    if not between.strip():
        return text[:start] + text[following:]
    return text[:start].rstrip(" ") + between + text[following:]


def _cut_flow(text: str, holder: Span, place: int) -> str:
    parts = _parts(holder)
    start, end = parts[place]
    if place == len(parts) - 1:
        gap = parts[place - 1][1]
        return text[:start] + text[end:] if re.search(r"[\r\n]", text[gap:start]) else text[:gap] + text[end:]
    comma = re.compile(r"\s*,[ \t]*").match(text, end)
    behind = comma.end() if comma else parts[place + 1][0]
    return text[:start] + text[behind:]
