"""How scenarios that are compared look: the reference black, each other one a colour, a dash and a marker of its own.

And each scenario's own figures, on the axes of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from sim.report.canvas import Figure
from sim.report.material import Comparison, Results
from sim.report.style import COLOUR, DASHES, MARKERS, OKABE_ITO, Cue

REFERENCE = Cue(COLOUR["whole"], "solid", "o")


def cues(comparison: Comparison) -> list[Cue]:
    """One for each scenario, the reference's first.

    The first six colours of the palette; its yellow is too pale for a line. Beyond six, colours come again, with
    another dash and marker.
    """
    colours = OKABE_ITO[:6]
    dealt = [
        Cue(colours[n % len(colours)], DASHES[(n + 1) % len(DASHES)], MARKERS[(n + 1) % len(MARKERS)])
        for n in range(len(comparison.others))
    ]
    return [REFERENCE, *dealt]


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
