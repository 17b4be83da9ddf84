"""What a sweep varies: paths with the levels that they take, as the command line, a file or Python says them.

`START:STOP:COUNT` are COUNT numbers evenly from START to STOP; a sample needs no COUNT and takes any number between the
two. `A,B,C` is a list; commas inside brackets, braces and quotes do not divide it. Each value is YAML in one line:
a number, a text, `null`, `{mean: 0.4, sd: 0.1}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from sim.scenario.dump import as_yaml, one_line
from sim.scenario.folders import read_merged
from sim.scenario.problems import Report
from sim.scenario.scalars import resolve, shorten
from sim.scenario.schema import Scenario
from sim.scenario.set_paths import keys_of
from sim.scenario.tree import BROKEN, Node, Place, Source, find, plain
from sim.scenario.yaml_reader import read, read_value

ORIGIN = "--vary"
"""The name under which options appear as a source: option n is its line n."""

MOST_LEVELS = 10_000
EXAMPLE = "mediators.Russia.effort=0:1:11"
CLOSING = {"[": "]", "{": "}", '"': '"', "'": "'"}


@dataclass(frozen=True)
class Level:
    """A value that a path takes, and where it was said."""

    value: Any
    place: Place


@dataclass(frozen=True)
class Varied:
    """A path that varies. said: as a file says it; ends: of a range, which a sample may take anywhere between.

    levels is empty for a range without a count: only a sample can take it.
    """

    path: str
    place: Place
    said: Any
    levels: tuple[Level, ...]
    ends: tuple[float, float] | None = None


# ---- where it is said ------------------------------------------------------------------------------------------------


def from_options(options: Sequence[str], report: Report) -> tuple[Varied, ...]:
    """Options `PATH=START:STOP:COUNT` or `PATH=A,B,C`, in their order; what cannot be read is noted."""
    source, found = Source(ORIGIN, tuple(options)), []
    for line, option in enumerate(options, 1):
        path, equals, text = option.partition("=")
        start = Place(source, line, 1)
        if not equals or not path.strip() or not text.strip():
            message = f"{shorten(option)!r} varies nothing (PATH=START:STOP:COUNT or PATH=A,B,C); write {EXAMPLE}"
            report.add(start, (), "syntax", message)
            continue
        found.append(_from_text(path.strip(), start, text, Place(source, line, len(path) + 2), report))
    return _once_each(found, report)


def from_file(file: Path, report: Report) -> tuple[Varied, ...]:
    """What a good scenario file says under `sweep: {vary: ...}`."""
    root = read_merged(file, Report())
    written = find(root, ("sweep", "vary")) if root is not None else None
    found = []
    for path, entry in written.entries.items() if written is not None else ():
        node = entry.node
        if isinstance(node.value, str):
            found.append(_from_text(path, entry.place, node.value, node.place, report))
        else:
            levels = tuple(Level(plain(item), item.place) for item in node.items)
            found.append(Varied(path, entry.place, plain(node), levels))
    return _once_each(found, report)


def from_values(vary: Mapping[str, str | Sequence[Any]], report: Report) -> tuple[Varied, ...]:
    """What Python says: for each path a range as text, or its values."""
    nowhere = Place(Source("vary"))
    found = []
    for path, said in vary.items():
        if isinstance(said, str):
            found.append(_from_text(path, nowhere, said, nowhere, report))
        else:
            found.append(Varied(path, nowhere, list(said), tuple(Level(value, nowhere) for value in said)))
    return _once_each(found, report)


def _once_each(found: Sequence[Varied], report: Report) -> tuple[Varied, ...]:
    """Each path once, each of its levels once."""
    seen: set[str] = set()
    for varied in found:
        if varied.path in seen:
            report.add(varied.place, (varied.path,), "duplicate", "varies twice (a path varies once); remove one")
        if not varied.levels and varied.ends is None and varied.said is not None:
            report.add(varied.place, (varied.path,), "too-few", "no value (a path that varies has some); write two")
        values = [one_line(level.value) for level in varied.levels]
        for n, level in enumerate(varied.levels):
            if values[n] in values[:n]:
                message = f"{shorten(str(level.value))} stands twice (each value once); remove one"
                report.add(level.place, (varied.path,), "duplicate", message)
        seen.add(varied.path)
    return tuple(found)


# ---- reading it ------------------------------------------------------------------------------------------------------


def _from_text(path: str, start: Place, text: str, place: Place, report: Report) -> Varied:
    """place: where the text begins."""
    pieces = split(text)
    parts = [part.strip() for part in text.split(":")]
    if len(pieces) == 1 and len(parts) in (2, 3) and all(re.match(r"[-+.]?[0-9]", part) for part in parts[:2]):
        return _range(path, start, text.strip(), parts, place, report)
    levels = []
    for offset, piece in pieces:
        at = Place(place.source, place.line, place.column + offset) if place.line else place
        node = _value(piece, at, report)
        if node is None or node.value is BROKEN:
            continue
        levels.append(Level(plain(node), at))
    return Varied(path, start, [level.value for level in levels] or None, tuple(levels))


def split(text: str) -> list[tuple[int, str]]:
    """The pieces between commas, each with the place where it begins: `a,{b: 1, c: 2}` has two."""
    pieces, begin, open_ = [], 0, ""
    for n, sign in enumerate(text):
        inside = bool(text[begin:n].strip())
        if open_ and sign == CLOSING[open_[-1]]:
            open_ = open_[:-1]
        elif open_[-1:] in ('"', "'"):
            continue
        elif sign in "[{" or (sign in "\"'" and (open_ or not inside)):
            open_ += sign
        elif sign == "," and not open_:
            pieces.append((begin, text[begin:n]))
            begin = n + 1
    pieces.append((begin, text[begin:]))
    return [(at + len(piece) - len(piece.lstrip()), piece.strip()) for at, piece in pieces]


def _value(piece: str, at: Place, report: Report) -> Node | None:
    if not piece:
        report.add(at, (), "syntax", "an empty value (A,B,C: a value before and after each comma); write null for none")
        return None
    document = read_value(piece, at)
    report.extend(document.problems)
    return document.root


def _range(path: str, start: Place, said: str, parts: list[str], place: Place, report: Report) -> Varied:
    nothing = Varied(path, start, None, ())
    for part in parts:
        if not isinstance(resolve(part), int | float):
            rule = "START:STOP:COUNT goes over numbers"
            message = f"{shorten(part) or 'nothing'} is no number ({rule}); list the values: A,B,C"
            report.add(place, (path,), "syntax", message)
            return nothing
    first, last = Fraction(parts[0]), Fraction(parts[1])
    ends = float(first), float(last)
    if first == last:
        rule = "a range goes from one number to another"
        report.add(place, (path,), "syntax", f"{said} goes nowhere ({rule}); write {parts[0]} alone")
        return nothing
    if len(parts) == 2:
        return Varied(path, start, said, (), ends)
    count = resolve(parts[2])
    if not isinstance(count, int) or not 2 <= count <= MOST_LEVELS:
        rule = f"COUNT: how many numbers, both ends included, 2 to {MOST_LEVELS:,}"
        message = f"{parts[2]} is no count ({rule}); write {parts[0]}:{parts[1]}:11"
        report.add(place, (path,), "out-of-range", message)
        return nothing
    # Exact until the end: 0:1:11 holds 0.3 and not 0.30000000000000004.
    levels = [first + (last - first) * n / (count - 1) for n in range(count)]
    kind = int if all(level.denominator == 1 for level in levels) else float
    return Varied(path, start, said, tuple(Level(kind(level), place) for level in levels), ends)


# ---- what may stand there --------------------------------------------------------------------------------------------


def takes_whole_numbers(scenario: Scenario, path: str) -> bool:
    """Does the schema allow nothing but whole numbers (or dates) at this path?"""
    root = read(as_yaml(scenario), "scenario").root
    keys = keys_of(path, root) if root is not None else None
    kinds = {form.get("type") for form in keys.forms} if keys is not None else set()
    return "integer" in kinds and "number" not in kinds
