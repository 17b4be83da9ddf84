"""How scenarios that are compared look: the reference black, each other one a colour, a dash and a marker of its own.

And each scenario's own figures, on the axes of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from sim.answers.results_protocol import Comparison, Results
from sim.figures.canvas import Figure
from sim.figures.style import COLOUR, Cue, deal

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
