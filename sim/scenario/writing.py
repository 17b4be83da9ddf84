"""New values for a file, written as a person would write them: short ones in one line, long ones by indentation."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario.dump import SHORT, one_line

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
STEP = 2
"""Blanks that what stands in a list or mapping is indented by."""


def inline(value: Any, *, flow: bool = False) -> str:
    """A value in one line.  flow: it will stand in brackets or braces, where commas divide"""
    if isinstance(value, Mapping):
        entries = [f"{inline(key, flow=True)}: {inline(part, flow=True)}" for key, part in value.items()]
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(part, flow=True) for part in value) + "]"
    if isinstance(value, str) and re.search(r"[\r\n\t]", value):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and DATE.fullmatch(value):
        value = _day(value)
    return one_line([value])[1:-1] if flow else one_line(value)


def _day(text: str) -> str | dt.date:
    """A date, which needs no quotes; a text that only looks like one stays a text."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


def fits(value: Any) -> bool:
    """Does it stand in one line: a single value, or a short list or mapping of such, or of short lists of such?"""
    parts: Sequence[Any] = ()
    if isinstance(value, Mapping):
        parts = [part for part in value.values() if not isinstance(part, list) or any(map(_holds, part))]
    elif isinstance(value, list):
        parts = value
    if any(map(_holds, parts)):
        return False
    return not isinstance(value, Mapping | list) or len(inline(value)) <= SHORT


def _holds(value: Any) -> bool:
    """Is it a list or mapping with something in it?"""
    return isinstance(value, Mapping | list) and bool(value)


def lines(value: Any) -> list[str]:
    """A list or mapping, not empty, by indentation: its lines, the outermost without indentation."""
    written: list[str] = []
    if isinstance(value, Mapping):
        for key, part in value.items():
            written += entry(key, part)
        return written
    for part in value:
        written += item(part)
    return written


def entry(key: Any, value: Any) -> list[str]:
    """The lines of a key with its value."""
    if fits(value):
        said = "" if value is None else f" {inline(value)}"
        return [f"{inline(key)}:{said}"]
    return [f"{inline(key)}:", *indented(lines(value), STEP)]


def item(value: Any) -> list[str]:
    """The lines of an item of a list."""
    if fits(value):
        return [f"- {inline(value)}"]
    first, *rest = lines(value)
    return [f"- {first}", *indented(rest, STEP)]


def indented(written: Sequence[str], blanks: int) -> list[str]:
    """The same lines further to the right."""
    return [" " * blanks + line for line in written]
