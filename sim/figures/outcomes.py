"""What came of it: a hundred dots for a thousand histories, one panel for each measure.

Where there are more than a hundred replications, each dot stands for an equal share of them (quantile dot plot:
Kay, Kola, Hullman and Munson 2016), because people read frequencies better than densities. Those that did not
settle have a strip of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import words
from sim.answers.results_protocol import Results, subtitle
from sim.figures import registry, timeaxis
from sim.figures.canvas import Canvas, Figure, drawing_style
from sim.figures.frames import Cell, cells
from sim.figures.panels import MOST_DOTS, PLAIN, Measure, Numbers, Scale, measures
from sim.figures.style import COLOUR, SIZE, SPACE
from sim.figures.text import clear, fit, fit_all

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = range(20, 61, 4)  # columns of dots that a panel may have: those are chosen that make the dots largest
LEAST_DOT, MOST_DOT = 8.0, 19.0  # pixels
DOT_SHARE = {"s": 0.68, "P": 0.76, "X": 0.76}  # of its room that a mark takes; marks that fill a square would touch
LEFT, GAP, INDENT = 210, 80, 28


@registry.of_run("outcomes", place=2, whole="What came of it, under each scenario")
def outcomes(results: Results, beside: Sequence[Results] = ()) -> Figure:
    """Small multiples: utility of each party, fairness, rounds held, date of settlement.

    beside: other runs to be drawn on the same axes, each in a figure of its own.
    """
    title = "What came of it?"
    with drawing_style():
        canvas = Canvas(title, subtitle(results, _unit(results)), _note(results))
        shown = measures(results, beside)
        panels = cells(canvas, len(shown), 3 if len(shown) <= 6 else 4, LEFT, SPACE["edge"], GAP)
        said = {measure.name: measure.title for measure in shown}
        titles = fit_all(list(said), panels[0].width - INDENT, SIZE["tick"], 1, said.__getitem__)
        for measure, heading, cell in zip(shown, titles, panels, strict=True):
            _panel(canvas, replace(measure, title=heading), cell)
    return Figure("outcomes", title, canvas.drawing, _data(shown), _alt(results))


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _panel(canvas: Canvas, measure: Measure, cell: Cell) -> None:
    x, top, width, height = cell.left, cell.top, cell.width, cell.height - 74 - 72
    _heading(canvas, measure, x, top, width)
    axes = canvas.axes(x, top + 74, width, height)
    axes.set_xlim(measure.scale.low, measure.scale.high)
    axes.set_ylim(0, height)
    ticks = clear(measure.scale.ticks, width / (measure.scale.high - measure.scale.low), SIZE["tick"])
    axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axhspan(0, measure.strip * height, color=COLOUR["frozen"], alpha=0.5, linewidth=0)
    _dots(axes, measure, width, height)
    _name_missing(canvas, measure, (x, top + 74), width, height)
    if measure.observed is not None:
        timeaxis.rules(axes, [measure.observed])
    if cell.first:
        _name_strips(canvas, measure, top + 74, height)


def _heading(canvas: Canvas, measure: Measure, x: float, top: float, width: float) -> None:
    indent = 0
    if measure.cue is not PLAIN:
        canvas.mark(x + 8, top + 15, measure.cue.marker, measure.cue.colour)
        indent = INDENT
    canvas.text(x + indent, top + 15, measure.title, SIZE["tick"])
    shown = [
        f"{measure.scale.show(median)} {name}"
        for median, name in zip(measure.medians, ("settled", "not"), strict=True)
        if not math.isnan(median)
    ]
    if shown:
        canvas.text(
            x + indent,
            top + 46,
            fit("median " + ", ".join(shown), width - indent, SIZE["small"], 1),
            SIZE["small"],
            COLOUR["quiet"],
        )


def _dots(axes: Axes, measure: Measure, width: float, height: float) -> None:
    strip, share = measure.strip * height, DOT_SHARE.get(measure.cue.marker, 0.8)
    rooms = height - strip - 12, strip - 10
    size, above, below = max(
        (_stacks(measure, columns, width, rooms) for columns in COLUMNS), key=lambda found: found[0]
    )
    for stack, base, room, face in ((above, strip + 6, rooms[0], measure.cue.colour), (below, 5, rooms[1], "white")):
        size = max(size, min(LEAST_DOT, width / COLUMNS[-1]))
        step = min(size, (room - size) / max(stack.tallest - 1, 1))
        axes.scatter(
            stack.x, base + size / 2 + stack.level * step, s=(size * share) ** 2, marker=measure.cue.marker,
            facecolors=face, edgecolors=measure.cue.colour, linewidths=1.2, zorder=3, clip_on=False,
        )  # fmt: skip


def _stacks(measure: Measure, columns: int, width: float, rooms: tuple[float, float]) -> tuple[float, Stack, Stack]:
    """How large dots can be in so many columns, and where they stand."""
    above, below = (_stacked(values, measure.scale, columns) for values in (measure.settled, measure.unsettled))
    size = min(width / columns, MOST_DOT, rooms[0] / above.tallest, rooms[1] / below.tallest)
    return size, above, below


@dataclass(frozen=True)
class Stack:
    """Dots in columns: x in units of the axis, level from 0."""

    x: Numbers
    level: Numbers

    @property
    def tallest(self) -> int:
        """Dots in the tallest column, at least 1."""
        return int(self.level.max(initial=0)) + 1


def _stacked(values: Numbers, scale: Scale, columns: int) -> Stack:
    """Dots in columns of one width; what has no value has no place on the axis, and is named instead."""
    column = (scale.high - scale.low) / columns
    bins = np.clip(((values[np.isfinite(values)] - scale.low) / column).astype(int), 0, columns - 1)
    return Stack(scale.low + (bins + 0.5) * column, _levels(bins).astype(float))


def _levels(bins: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    return np.array([np.sum(bins[:n] == column) for n, column in enumerate(bins)], dtype=int)


def _name_missing(canvas: Canvas, measure: Measure, corner: tuple[float, float], width: float, height: float) -> None:
    """How many of those that settled, and of those that did not, have no value: where fewer of their dots stand."""
    middle, (x, top) = (measure.scale.low + measure.scale.high) / 2, corner
    for values, below in ((measure.settled, 0.0), (measure.unsettled, (1 - measure.strip) * height)):
        missing = int(np.isnan(values).sum())
        left = np.sum(values < middle) <= np.sum(values >= middle)
        if missing:
            canvas.text(
                x + 8 if left else x + width - 8,
                top + below + 16,
                f"{missing} without a value",
                SIZE["small"],
                COLOUR["quiet"],
                ha="left" if left else "right",
            )


def _name_strips(canvas: Canvas, measure: Measure, top: float, height: float) -> None:
    whole = len(measure.settled) + len(measure.unsettled)
    for part, name, middle in (
        (measure.settled, "settled", (1 - measure.strip) * height - 34),
        (measure.unsettled, "not settled", (1 - measure.strip / 2) * height),
    ):
        canvas.text(LEFT - 20, top + middle, f"{len(part)} of {whole}\n{name}", SIZE["small"], ha="right")


# ---- words -----------------------------------------------------------------------------------------------------------


def _unit(results: Results) -> str:
    return "each dot is one history" if results.replications <= MOST_DOTS else "each dot is one in a hundred histories"


def _note(results: Results) -> str:
    said = (
        "Settled: every chapter agreed and ratified. Grey strip, open dots: histories that did not settle. "
        "A history without a value has no dot."
    )
    known = timeaxis.observed(results.scenario)
    return said + (" Dotted: the date in fact." if len(known) == len(results.scenario.working_groups) else "")


def _alt(results: Results) -> str:
    settled = results.summary["settled"]["share"]
    means = [
        f"{words.short(p)} {v['mean']:.2f}" for p, v in results.summary["utility"].items() if v["mean"] is not None
    ]
    return f"Dot plots: {words.percent(settled)} of the histories settle; mean utility is {words.both(means)}."


def _data(shown: list[Measure]) -> pd.DataFrame:
    tables = [
        pd.DataFrame({"measure": measure.name, "settled": settled, "value": values})
        for measure in shown
        for settled, values in ((True, measure.settled), (False, measure.unsettled))
    ]
    return pd.concat(tables, ignore_index=True)
