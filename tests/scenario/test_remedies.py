"""What an error says to write instead is taken: whatever stands wrongly somewhere, no remedy is refused next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

import pytest

from sim.scenario import Problem, ScenarioError, load_text
from sim.scenario.dump import one_line
from sim.scenario.scalars import resolve
from sim.scenario.tree import plain
from sim.scenario.yaml_reader import read

GOOD = """\
name: Talks
summary: On a river
sources: [a newspaper]
clock: {start: 2023-01-02, weeks: 60, hold_weeks: 10}
seed: 3
parties:
  North: {reservation: {mean: 0.4, sd: 0.1}, trust: {South: 0.3}, tactic: {kind: time, beta: 0.5}, absence: 0.1}
  South: {reservation: {by_group: {river: 0.3}}, tactic: {kind: mix, parts: [{weight: 1, tactic: {kind: mirror}}]}}
mediators:
  Envoy: {effort: [{from: 0, effort: 0.5}], activities: {draft: 1}, bias: 0.1, credibility: {North: 0.5}}
working_groups:
  river:
    meets_every: 4
    exchanges: 2
    stakes: {North: 2}
    issues:
      water: {positions: {North: 0, South: 1}, weights: {North: 2}, labels: {0: all, 1: none}}
      court: {options: {ours: {North: 1, South: 0}, theirs: {North: 0, South: 1}}}
framework: [{group: river, issue: court, settlement: ours, hold: 0.1}]
linkage: independent
freezes:
  - {groups: [river], start: 20, weeks: 4, by: North}
  - {groups: [river], after: incident, severity: 0.2, weeks: 2}
events:
  - {date: 2023-02-09, kind: shuttle, mediator: Envoy, to: [North]}
  - {date: 9, kind: disruption, group: river, by: South}
  - {date: 12, kind: incident, severity: 0.4, framing: {North: one thing, South: another}}
observed: {agreed: {river: 2023-12-01}}
sweep: {vary: {"seed": [1, 2]}, sample: 5}
"""
WRONG = ["word", 0.5, None]
WRONG_TOO = [
    {},
    -1e12,
    ["word"],
    "0.5",
    2,
    1e12,
    True,
    [],
    {"x": 1},
    {"mean": 0.5},
    {"low": 2, "high": 1},
    "1582-10-10",
    "2023-02-30",
]
Path = tuple[str | int | float, ...]
Data = Any


# ---- files as plain data ---------------------------------------------------------------------------------------------


@cache
def good() -> Data:
    root = read(GOOD, "good").root
    assert root is not None
    return plain(root)


def paths(node: Data, path: Path = ()) -> Iterator[Path]:
    """Every place of a file."""
    if path:
        yield path
    for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(part, (*path, key))


def problems_of(data: Data) -> list[Problem]:
    try:
        load_text(one_line(data))
    except ScenarioError as error:
        return list(error.problems)
    return []


def steps(path: str, data: Data) -> Path:
    """The path of a message, as keys of the data."""
    found: list[str | int | float] = [int(n) if n else key for n, key in re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)]
    at_point = found[-2:-1] == ["labels"] and found[-1] in ("0", "1")
    return (*found[:-1], float(found[-1])) if at_point else tuple(found)


def with_value(data: Data, path: Path, value: Data) -> Data:
    changed = deepcopy(data)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


def without(data: Data, path: Path) -> Data:
    changed = deepcopy(data)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return changed


def renamed(data: Data, path: Path, name: str) -> Data:
    """With another key, which is not there yet."""
    assert name not in _at(data, path[:-1]), f"{name} is there already"
    return with_value(without(data, path), (*path[:-1], name), _at(data, path))


# ---- remedies --------------------------------------------------------------------------------------------------------

Tries = Callable[[Data, Path, re.Match[str]], list[Data]]


def _values(*values: Any) -> Tries:
    return lambda data, path, match: [with_value(data, path, value) for value in values]


def _numbers(data: Data, path: Path, match: re.Match[str]) -> list[Data]:
    low, high = (resolve(match[end]) for end in ("low", "high"))
    some: list[Data] = [low, high]
    if "or a distribution" in match.string:
        some += [{"mean": low, "sd": 0}, {"low": low, "high": high}, {"low": low, "mode": low, "high": high}]
    if isinstance(_at(data, path[:-1]), dict) and {"mean", "low"} & _at(data, path[:-1]).keys():
        some = some[:1]  # low, mode and high rise
    return [with_value(data, path, value) for value in some]


def _yaml(data: Data, path: Path, match: re.Match[str]) -> list[Data]:
    root = read(match["value"], "remedy").root
    assert root is not None
    return [with_value(data, path, plain(root))]


def _added(data: Data, path: Path, match: re.Match[str]) -> list[Data]:
    root = read(match["value"], "remedy").root
    assert root is not None
    ((key, value),) = plain(root).items()
    return [with_value(data, (*(path if "neither" in match.string else path[:-1]), key), value)]


def _one_of(data: Data, path: Path, match: re.Match[str]) -> list[Data]:
    change = renamed if match.string.startswith(("unknown key", f"{path[-1]} is no ")) else with_value
    return [change(data, path, name.strip()) for name in match["names"].split(",") if name.strip() != "..."]


def _at(data: Data, path: Path) -> Data:
    for step in path:
        data = data[step]
    return data


TRIED: dict[str, Tries] = {
    r"did you mean (?P<names>[^?]+)\?": _one_of,
    r"write one of: (?P<names>.+)$": _one_of,
    r"is none of (?P<names>[^(]+) \(.*write one of them$": _one_of,
    r"\(kinds: (?P<names>[^)]+)\); write one of them$": _one_of,
    r"\(options: (?P<names>[^)]+)\); write one of them$": _one_of,
    r"\(the scenario's [a-z ]+: (?P<names>[^)]+)\); write one of them$": _one_of,
    r"\(its issues: (?P<names>[^)]+)\); write one of them$": _one_of,
    r"write a (whole )?number from (?P<low>[-0-9.e+]+) to (?P<high>[-0-9.e+]+)": _numbers,
    r"write 0 for the first, or a date as (?P<value>\S+)$": lambda *of: _values(0)(*of) + _yaml(*of),
    r"write it as (?P<value>[-0-9]+)$": _yaml,
    r"write (?P<value>\{kind: time\})$": _yaml,
    r"write (?P<value>\[.+\])$": _yaml,
    r"write (?P<value>\{\}) after it": _yaml,
    r"write (?P<value>\S+) without quotes$": _yaml,
    r"write (?P<value>\"[^\"]*\") in quotes, or other words$": _yaml,
    r"such as `(?P<value>.+)`$": _added,
    r"add `(?P<value>start: .+)` or": _added,
    r"`(?P<value>after: incident)`$": _added,
    r"add `(?P<value>kind: \w+)`$": _added,
    r"; remove this entry$": lambda data, path, match: [without(data, path[:2])],
    r"(; |, or )remove it( for its default)?$": lambda data, path, match: [without(data, path)],
}
"""What a remedy says, and the files that take it by its word."""

LEFT_TO_PEOPLE = (
    r"write a value after it$",
    r"write another year$",
    r"write a day that exists$",
    r"write a date in between, or change the clock$",
    r"write a later date, or let the clock start earlier$",
    r"write keys \(.+\)$",
    r"write one `(name|0\.5): \.\.\.` for each$",
    r"write at least one character$",
    r"write \[\.\.\.\], or one `- \.\.\.` a line$",
    r"add \d+ more$",
    r"add another$",
    r"add theirs, or remove framing$",
    r"add some, or remove it$",
    r"remove it, or give it positions$",
    r"add `[a-z]+: ` and .+$",
    r"remove one$",
    r"write low, mode and high in rising order$",
    r"write .* in quotes, or other words$",
    r"add `\w+: 0.5`$",
    r"remove the event, or .*$",
    r"give one a number above 0$",
    r"choose another( name)?$",
)
"""Remedies that name no value: what to write is for the author to say."""


ANOTHER = ("unknown-reference", "weights")
"""Mistakes of another kind, which a remedy for the form of a value cannot foresee: who is meant, what others weigh."""


def takes_its_remedies(files: Iterable[Data]) -> None:
    """Every remedy of every problem of these files is tried, once for each place; none is refused in its turn."""
    refused, seen = [], set()
    for data in files:
        problems = problems_of(data)
        for problem in problems:
            remedy = (problem.path, problem.message.partition(";")[2])
            if remedy not in seen:
                seen.add(remedy)
                others = [(each.path, each.kind) for each in problems if each is not problem]
                after = [each for each in _refused(problem, data) if (each.path, each.kind) not in others]
                refused += [f"{problem}\n  refused next: {each}" for each in after]
    assert not refused, "\n".join(refused)


def _refused(problem: Problem, data: Data) -> Iterator[Problem]:
    path, tried = steps(problem.path, data), False
    here = re.compile(re.escape(problem.path) + r"($|[.\[])")
    for look, tries in TRIED.items():
        match = re.search(look, problem.message)
        for mended in tries(data, path, match) if match else ():
            tried = True
            yield from [p for p in problems_of(mended) if here.match(p.path) and p.kind not in ANOTHER][:1]
    if not tried and not any(re.search(look, problem.message) for look in LEFT_TO_PEOPLE):
        yield replace(problem, message="an unknown remedy")


def changed(values: Sequence[Data]) -> Iterator[Data]:
    return (with_value(good(), path, value) for value in values for path in paths(good()))


every = pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.validate)])
"""A part of the places, or all of them, which takes half a minute."""


@every
def test_whatever_stands_somewhere_its_remedies_are_taken(every: int) -> None:
    takes_its_remedies(islice(changed(WRONG), None, None, every))


@pytest.mark.validate
def test_whatever_else_stands_somewhere_its_remedies_are_taken() -> None:
    takes_its_remedies(changed(WRONG_TOO))


@every
def test_whatever_is_missing_its_remedies_are_taken(every: int) -> None:
    takes_its_remedies(islice((without(good(), path) for path in paths(good())), None, None, every))


@every
def test_whatever_is_called_otherwise_its_remedies_are_taken(every: int) -> None:
    whole = good()
    keys = [path for path in paths(whole) if isinstance(path[-1], str)]
    files = (with_value(without(whole, p), (*p[:-1], f"{p[-1]}s"), _at(whole, p)) for p in keys)
    takes_its_remedies(islice(files, None, None, every))
