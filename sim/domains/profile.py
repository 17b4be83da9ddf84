"""What every format comes to: the issues of a domain, and what each side says that they are worth.

utility of an outcome = constant + sum over the issues of weight * value of the option
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.domains.xml_reader import wrong
from sim.scenario.problems import ScenarioError
from sim.scenario.scalars import shorten
from sim.scenario.tree import Place

MOST_OPTIONS = 1_000
"""Values of one issue; more do not fit into a scenario file."""

NUMBERS = "utilities and weights are finite numbers"

Options = Mapping[str, tuple[str, ...]]
"""Of each issue, the names of its values, in the order of the file."""


@dataclass(frozen=True)
class Outline:
    """A domain without preferences: what can be agreed. `stem` is the name that it has, or its file."""

    stem: str
    place: Place
    options: Options


@dataclass(frozen=True)
class Profile:
    """One side's preferences.

    name: of the side, as its file gives it; place: its file, for errors about the whole; values: of each issue, what
    each option is worth there, before weighting; reservation: utility of no agreement (-inf: anything is better);
    discount: what the file says of losing utility over time, in words ('': nothing); notes: what the reader was told.
    """

    name: str
    place: Place
    values: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    constant: float = 0.0
    reservation: float = 0.0
    discount: str = ""
    notes: Sequence[str] = ()

    @property
    def options(self) -> Options:
        return {issue: tuple(values) for issue, values in self.values.items()}

    @property
    def open(self) -> list[str]:
        """The issues with something to choose; what the only value of another one is worth is part of every outcome."""
        return [issue for issue, values in self.values.items() if len(values) > 1]

    def utility(self, outcome: Mapping[str, str]) -> float:
        """What an outcome, an option for each issue, is worth."""
        return self.constant + math.fsum(self.weights[issue] * self.values[issue][outcome[issue]] for issue in outcome)


def as_number(said: object, place: Place, path: str, *, endless: bool = False) -> float:
    """A number that a file gives as such or as text; with `endless`, it may be infinite.  Errors: ScenarioError."""
    number = math.nan
    if isinstance(said, int | float | str) and not isinstance(said, bool):
        try:
            number = float(said.replace(".inf", "inf") if isinstance(said, str) else said)
        except (ValueError, OverflowError):
            number = math.nan
    if math.isnan(number) or (math.isinf(number) and not endless):
        raise wrong(place, "wrong-type", f"{shorten(str(said))} is no number ({NUMBERS}); write one, such as 0.5", path)
    return number


def whole_number(said: object, place: Place, path: str) -> int:
    """A whole number.  Errors: ScenarioError."""
    number = as_number(said, place, path)
    if number % 1:
        raise wrong(place, "wrong-type", f"{said} is no whole number (an issue counts in steps of 1); write one", path)
    return int(number)


def whole_numbers(low: int, high: int, place: Place, path: str) -> list[int]:
    """All whole numbers from one to the other.  Errors: ScenarioError, if there are none, or too many."""
    if low > high:
        raise wrong(place, "out-of-range", f"{low} to {high} (the lower bound is first); exchange the two", path)
    if high - low >= MOST_OPTIONS:
        raise too_many(high - low + 1, place, path)
    return list(range(low, high + 1))


def different(options: tuple[str, ...], place: Place, path: str) -> tuple[str, ...]:
    """The same names, of which no two are alike.  Errors: ScenarioError, also if there are none, or too many."""
    if len(options) > MOST_OPTIONS:
        raise too_many(len(options), place, path)
    if not options or len(set(options)) < len(options):
        raise wrong(place, "duplicate", "no list of values that differ (an issue has one); correct it", path)
    return options


def too_many(count: int, place: Place, path: str) -> ScenarioError:
    """The error of an issue with too many values."""
    rule = f"each becomes an option of the scenario, and an issue has at most {MOST_OPTIONS:,}"
    return wrong(place, "too-large", f"{count:,} values ({rule}); give the issue larger steps", path)


def without_steps(place: Place, path: str) -> ScenarioError:
    """The error of an issue that takes any real number."""
    rule = "a domain is imported outcome by outcome, and between any two real numbers there are more"
    remedy = "give the issue the values that count, or write it by hand as a scale with positions"
    return wrong(place, "unsupported", f"a real-valued issue without steps ({rule}); {remedy}", path)


def not_additive(what: str, place: Place, path: str = "") -> ScenarioError:
    """The error of utilities that do not add up over issues."""
    rule = "utilities of a scenario add up over its issues"
    remedy = "import a linear additive profile, or put issues that hang together into one issue"
    return wrong(place, "unsupported", f"{what} ({rule}); {remedy}", path)


def difference(first: Options, other: Options) -> str:
    """In what the issues of two files differ; '' if they do not."""
    for issue in (*first, *other):
        if issue not in first or issue not in other:
            return f"the issue {shorten(issue)} stands in one of the two only"
        odd = sorted(set(first[issue]) ^ set(other[issue]))
        if odd:
            return f"{shorten(odd[0])} is a value of {shorten(issue)} in one of the two only"
    return ""
