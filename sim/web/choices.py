"""What a person chose on the page Explore: an address that reopens it, and settings of a scenario file.

    scenario=baseline&a.effort.Russia=0.3&b.effort.Russia=0.8&b.freeze=dated&b.freeze.weeks=26&guess=55
    scenario=baseline&b=no-mediator&b.linkage=sequence

A and B are two sides of one scenario, or B is another one (`b`). What is not in the address is as in the scenario's
file. Numbers are on the steps of their sliders, so that a class that plays with sliders asks the same questions, and
one answer serves all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args
from urllib.parse import urlencode

from sim.scenario import Scenario
from sim.scenario.numbers import mean_of
from sim.scenario.parties import ACTIVITIES, Mediator
from sim.web.texts import Refusal

SIDES = ("a", "b")
LONGEST_FREEZE = 52
LEAST_SEVERITY = 0.1  # of an incident that a cooling-off follows
LIKELY_RUMINATION = 0.2  # the upper end of its range
ALL = "*"  # every working group
LINKAGES = get_args(Scenario.model_fields["linkage"].annotation)
AS_FILE, NONE, DATED, AFTER = "file", "none", "dated", "after"
FREEZES = (AS_FILE, NONE, DATED, AFTER)
FREEZE, LINKAGE = "freeze", "linkage"
KEY = 2  # controls that stand beside the question; all others can be unfolded


@dataclass(frozen=True)
class Slider:
    """A number that may be moved: its name in the address, its path in the file, its ends, and the file's own value."""

    name: str
    path: str
    low: float
    high: float
    step: float
    own: float
    of: str = ""  # the mediator

    @property
    def kind(self) -> str:
        """`effort`, `shuttle`, `incidents`"""
        return self.name.partition(".")[0]

    def read(self, key: str, text: str) -> float:
        """The number in an address, on the nearest step.  Errors: Refusal."""
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not self.low <= value <= self.high:
            raise Refusal(
                400, "refused.number", where=key, value=text[:40], low=_short(self.low), high=_short(self.high)
            )
        return self.low + round((value - self.low) / self.step) * self.step


def sliders(scenario: Scenario) -> list[Slider]:
    """All numbers that the page lets a person move."""
    found = []
    for name, mediator in scenario.mediators.items():
        found.append(Slider(f"effort.{name}", f"mediators.{name}.effort", 0, 1, 0.05, _effort(mediator), name))
        shares = {activity: mean_of(getattr(mediator.activities, activity)) for activity in ACTIVITIES}
        whole = sum(shares.values())
        found += [
            Slider(f"{act}.{name}", f"mediators.{name}.activities.{act}", 0, 1, 0.05, share / whole, name)
            for act, share in shares.items()
        ]
        stays = mean_of(mediator.after_signature)
        found.append(Slider(f"stays.{name}", f"mediators.{name}.after_signature", 0, 1, 0.05, stays, name))
    per_year, severity = mean_of(scenario.incidents.per_year), mean_of(scenario.incidents.severity)
    found.append(Slider("incidents", "incidents.per_year", 0, 8, 0.25, per_year))
    found.append(Slider("severity", "incidents.severity", 0.05, 0.9, 0.05, severity))
    brooding = mean_of(scenario.frozen_week.rumination)
    return [*found, Slider("rumination", "frozen_week.rumination", 0, LIKELY_RUMINATION, 0.01, brooding)]


def _effort(mediator: Mediator) -> float:
    if isinstance(mediator.effort, list):
        return sum(mean_of(step.effort) for step in mediator.effort) / len(mediator.effort)
    return mean_of(mediator.effort)


# ---- one side --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Freeze:
    """When talks are frozen: as in the file, never, once from a week on, or after each incident."""

    kind: str = AS_FILE
    groups: str = ALL
    start: int = 0
    weeks: int = 13

    def values(self, scenario: Scenario) -> dict[str, Any]:
        """By path in the file."""
        groups = list(scenario.working_groups) if self.groups == ALL else [self.groups]
        common = {"groups": groups, "weeks": self.weeks, "reason": "chosen on the page"}
        written: dict[str, list[dict[str, Any]]] = {
            NONE: [],
            DATED: [{**common, "start": self.start}],
            AFTER: [{**common, "after": "incident", "severity": LEAST_SEVERITY}],
        }
        return {"freezes": written[self.kind]} if self.kind in written else {}

    def fields(self) -> Iterator[tuple[str, str]]:
        """As an address has it: only what means something."""
        if self.kind == AS_FILE:
            return
        yield "freeze", self.kind
        if self.kind != NONE:
            yield "freeze.groups", self.groups
            yield "freeze.weeks", str(self.weeks)
        if self.kind == DATED:
            yield "freeze.start", str(self.start)


@dataclass(frozen=True)
class Side:
    """One of the two: numbers that were moved, by name, freezes, and linkage ("": as in the file)."""

    numbers: tuple[tuple[str, float], ...] = ()
    freeze: Freeze = field(default_factory=Freeze)
    linkage: str = ""

    def values(self, scenario: Scenario) -> dict[str, Any]:
        """What is changed, by path in the file."""
        paths = {slider.name: slider.path for slider in sliders(scenario)}
        numbers = {paths[name]: float(_short(value)) for name, value in self.numbers}
        linkage = {LINKAGE: self.linkage} if self.linkage else {}
        return numbers | self.freeze.values(scenario) | linkage

    def settings(self, scenario: Scenario) -> tuple[str, ...]:
        """The same, as `--set` takes it."""
        return tuple(f"{path}={json.dumps(each, ensure_ascii=False)}" for path, each in self.values(scenario).items())

    def fields(self) -> Iterator[tuple[str, str]]:
        """As an address has them, without the side's letter."""
        yield from ((name, _short(value)) for name, value in self.numbers)
        yield from self.freeze.fields()
        if self.linkage:
            yield "linkage", self.linkage

    @property
    def moved(self) -> list[str]:
        """Names of the controls that are not as in the file."""
        freeze = [FREEZE] if self.freeze.kind != AS_FILE else []
        return [*(name for name, _ in self.numbers), *freeze, *([LINKAGE] if self.linkage else [])]


def _short(value: float) -> str:
    return f"{value:.4g}"


# ---- the whole choice ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A scenario by its name on the page, two sides of it, and a prediction: how many of 100 histories settle in B.

    other: the scenario of B, where it is named
    """

    stem: str
    a: Side = field(default_factory=Side)
    b: Side = field(default_factory=Side)
    guess: int | None = None
    other: str = ""

    def fields(self) -> list[tuple[str, str]]:
        """The whole state, in one order, as an address has it; without the prediction."""
        sides = ((letter, getattr(self, letter)) for letter in SIDES)
        return [
            ("scenario", self.stem),
            *([("b", self.other)] if self.other else []),
            *((f"{x}.{name}", value) for x, side in sides for name, value in side.fields()),
        ]

    @property
    def state(self) -> str:
        """The state as a query, without the prediction: what two people who chose the same have in common."""
        return urlencode(self.fields())

    @property
    def query(self) -> str:
        """The state as a query, with the prediction."""
        return urlencode([*self.fields(), *([("guess", str(self.guess))] if self.guess is not None else [])])


def chosen(fields: Mapping[str, str], scenarios: Mapping[str, Scenario]) -> Choice:
    """What the fields of an address or form say about the scenarios of A and B, by their names on the page.

    There is one scenario where both have the same.  Errors: Refusal, naming the first wrong field.
    """
    stems = list(scenarios)
    ours, theirs = scenarios[stems[0]], scenarios[stems[-1]]
    names = [*(f"a.{name}" for name in _names(ours)), *(f"b.{name}" for name in _names(theirs))]
    known = {"scenario", "b", "guess", *names}
    for key in fields:
        if key not in known:
            raise Refusal(400, "refused.unknown", where=key[:60])
    a, b = _side(fields, "a", ours), _side(fields, "b", theirs)
    guess = fields.get("guess", "")
    return Choice(stems[0], a, b, _whole("guess", guess, 0, 100) if guess else None, fields.get("b", ""))


def _names(scenario: Scenario) -> list[str]:
    names = [slider.name for slider in sliders(scenario)]
    return [*names, FREEZE, "freeze.groups", "freeze.start", "freeze.weeks", LINKAGE]


def _side(fields: Mapping[str, str], letter: str, scenario: Scenario) -> Side:
    numbers = []
    for slider in sliders(scenario):
        key = f"{letter}.{slider.name}"
        if fields.get(key, "") != "":
            numbers.append((slider.name, slider.read(key, fields[key])))
    freeze, key = _freeze(fields, f"{letter}.freeze", scenario), f"{letter}.{LINKAGE}"
    linkage = _one_of(key, fields.get(key) or scenario.linkage, LINKAGES)
    return Side(tuple(numbers), freeze, linkage if linkage != scenario.linkage else "")


def _freeze(fields: Mapping[str, str], key: str, scenario: Scenario) -> Freeze:
    kind = _one_of(key, fields.get(key, AS_FILE), FREEZES)
    groups = _one_of(f"{key}.groups", fields.get(f"{key}.groups", ALL), (ALL, *scenario.working_groups))
    last = scenario.clock.weeks - 1
    start = _whole(f"{key}.start", fields.get(f"{key}.start") or "0", 0, last)
    weeks = _whole(f"{key}.weeks", fields.get(f"{key}.weeks") or "13", 0, LONGEST_FREEZE)
    plain: dict[str, Callable[[], Freeze]] = {
        AS_FILE: lambda: Freeze(),
        NONE: lambda: Freeze(NONE),
        DATED: lambda: Freeze(DATED, groups, start, weeks),
        AFTER: lambda: Freeze(AFTER, groups, 0, weeks),
    }
    return plain[kind]()


def _whole(key: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
        raise Refusal(400, "refused.whole", where=key, value=text[:40], low=low, high=high)
    return int(text)


def _one_of(key: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise Refusal(400, "refused.name", where=key, value=text[:40], known=", ".join(known))
    return text


def starting(scenario: Scenario) -> dict[str, Any]:
    """What the controls of a side show before anything is moved."""
    return {slider.name: slider.own for slider in sliders(scenario)}


def key(choice: Choice, a: Scenario, b: Scenario) -> list[str]:
    """Names of the controls that the question is about: what was moved, then that in which the two files differ.

    Where there is neither, the effort of the first mediator, or else the incidents.
    """
    moved = [*choice.b.moved, *choice.a.moved]
    found = list(dict.fromkeys([*moved, *_differing(a, b)])) or [sliders(b)[0].name]
    return found[:KEY]


def key_freezes(choice: Choice, a: Scenario, b: Scenario) -> list[str]:
    """Sides whose freezes stand beside the question: those that were chosen, or B where the two files differ."""
    if FREEZE not in key(choice, a, b):
        return []
    return [letter for letter in SIDES if FREEZE in getattr(choice, letter).moved] or ["b"]


def _differing(a: Scenario, b: Scenario) -> Iterator[str]:
    if a.freezes != b.freezes:
        yield FREEZE
    if a.linkage != b.linkage:
        yield LINKAGE
    ours, theirs = starting(a), starting(b)
    for name in dict.fromkeys([*theirs, *ours]):
        if ours.get(name) != theirs.get(name):
            yield name
