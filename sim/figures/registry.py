"""The figures that there are, each registered by its own module: a new one is a new file in this folder.

@registry.of_run("trust", place=3, whole="Trust, scenario by scenario")
def trust(results, beside=()): ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from sim import figures
from sim.answers.results_protocol import Comparison, Results
from sim.figures.canvas import Figure
from sim.figures.style import COLOUR, Cue, deal
from sim.statistics.typical import Chosen, choose

Draw = TypeVar("Draw", bound=Callable[..., Figure])
Reported = Callable[[Any], Iterator[Figure]]


@dataclass(frozen=True)
class Entry:
    """A figure of some kind of result.

    draw: the figure that somebody asks for by name; reported: those that a report shows of it; place: where among
    others, from the front; whole: the heading over it in a comparison, scenario by scenario, where it is a figure of
    all histories of a run together, else ''.
    """

    name: str
    place: float
    draw: Callable[..., Figure]
    reported: Reported
    whole: str = ""


@dataclass(frozen=True)
class Shown:
    """A run as its report shows it: its histories that stand for all, its frontiers by group (as `frontier --json`)."""

    results: Results
    chosen: Chosen
    frontiers: Mapping[str, Any]

    @classmethod
    def of(cls, results: Results, frontiers: Mapping[str, Any] | None = None) -> Shown:
        """A run, with the histories chosen by rule."""
        return cls(results, choose(results), frontiers or {})

    @property
    def has_story(self) -> bool:
        """Is any history told?"""
        return len(self.results.events) > 0


RUN: dict[str, Entry] = {}
COMPARISON: dict[str, Entry] = {}
SWEEP: dict[str, Entry] = {}
SENSITIVITY: dict[str, Entry] = {}
BLAME: dict[str, Entry] = {}
KINDS = {"run": RUN, "comparison": COMPARISON, "sweep": SWEEP, "sensitivity": SENSITIVITY, "blame": BLAME}
"""The figures of each kind of result."""


def of_run(
    name: str, place: float, whole: str = "", reported: Callable[[Shown], Iterator[Figure]] | None = None
) -> Callable[[Draw], Draw]:
    """Register `draw(results, ...)` as a figure of a run.

    A figure of the whole run takes `beside`, other runs to share its axes with: it then stands in comparisons too.
    """

    def register(draw: Draw) -> Draw:
        of_shown = reported or (lambda shown: iter([draw(shown.results)]))
        RUN[name] = Entry(name, place, draw, of_shown, whole)
        if whole:
            COMPARISON[name] = Entry(name, 100 + place, draw, partial(on_common_axes, draw), whole)
        return draw

    return register


def of(
    figures: dict[str, Entry], name: str, place: float = 1, reported: Reported | None = None
) -> Callable[[Draw], Draw]:
    """Register `draw(result, ...)` as a figure of a comparison, a sweep, a sensitivity analysis, or shares."""

    def register(draw: Draw) -> Draw:
        figures[name] = Entry(name, place, draw, reported or (lambda result: iter([draw(result)])))
        return draw

    return register


@cache
def opened() -> None:
    """Every module of this folder is read once, in whatever order: they register what they draw."""
    for module in iter_modules(figures.__path__):
        import_module(f"{__package__}.{module.name}")


def figures_of(figures: dict[str, Entry]) -> list[Entry]:
    """All figures of a kind of result, in the order of its report."""
    opened()
    return sorted(figures.values(), key=lambda entry: entry.place)


# How scenarios that are compared look: the reference black, each other one a colour, a dash and a marker of its own.
#
# And each scenario's own figures, on the axes of all of them.


REFERENCE = Cue(COLOUR["whole"], "solid", "o")


def cues(comparison: Comparison) -> list[Cue]:
    """One for each scenario, the reference's first: none has the colour of a party, a working group or a mediator.

    Once the palette is used up, colours come again, with another dash and marker.
    """
    known = [run.scenario for run in runs(comparison)]
    taken = max(len(each.parties) + len(each.working_groups) + len(each.mediators) for each in known)
    dealt = deal(comparison.names, taken - 1)  # the reference, dealt first, is black
    return [REFERENCE, *(dealt[name] for name in comparison.names[1:])]


def runs(comparison: Comparison) -> list[Results]:
    """The results of every scenario, the reference's first."""
    return [comparison.reference, *comparison.others]


def on_common_axes(draw: Callable[..., Figure], comparison: Comparison) -> Iterator[Figure]:
    """A figure of each scenario, on axes that hold all of them: `outcomes.0-Baseline`, `outcomes.1-No-mediator`."""
    every = runs(comparison)
    for number, (name, run) in enumerate(zip(comparison.names, every, strict=True)):
        figure = draw(run, every)
        yield replace(figure, name=f"{figure.name}.{numbered(number, name)}", alt=f"{name}: {figure.alt}")


def numbered(number: int, name: str) -> str:
    """A scenario's label as part of a file's name: `0-South-Caucasus-February-2023`."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40]
    return f"{number}-{plain}".rstrip("-")
