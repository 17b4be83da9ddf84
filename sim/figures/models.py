"""How many plausible models agree, and on which numbers their answers depend.

On the left every model is a point, from the one in which the scenario does worst to the one in which it does best. On
the right the numbers that move the difference most: from its mean where the number is in the lowest tenth of its
plausible range to its mean in the highest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import words
from sim.figures import registry
from sim.figures.canvas import KEY_ROW, Canvas, Figure, Mark, draw_key, drawing_style, key_rows
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH
from sim.figures.text import fit, fit_all
from sim.words import paths
from sim.words.language import ENGLISH

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.arrays import Array
    from sim.experiments.compare import Comparison
    from sim.experiments.models import Answer

TITLE = "In how many plausible models does it help?"
LEFT, MIDDLE = 160, 640  # the plot of models: its left edge and its width
NAMES, BARS, RIGHT = 860, 1330, 150  # the names of numbers, their plot, what stands at its right
LISTED = 8
UNDER = 96
WAYS = {
    "hurts": ("worse", "#3C3C3C", "v"),
    "undecided": ("cannot tell", "#B9B9B9", "o"),
    "helps": ("better", "#7A7A7A", "^"),
}


def _reported(comparison: Comparison) -> Iterator[Figure]:
    """One for each scenario that is compared with the reference, where models were asked."""
    if comparison.models is None:
        return
    for place, name in enumerate(comparison.names[1:], start=1):
        found = models(comparison, scenario=name)
        many = len(comparison.others) > 1
        yield Figure(f"models-{place}" if many else "models", found.title, found.drawing, found.data, found.alt)


@registry.of(registry.COMPARISON, "models", place=1.5, reported=_reported)
def models(comparison: Comparison, scenario: str = "", measure: str = "settled") -> Figure:
    """The models of one scenario, by default of the first, and what they depend on for a measure.

    Errors: ValueError, where no models were asked for, or where they know no such scenario or measure.
    """
    if comparison.models is None:
        raise ValueError("this comparison asked no models: compare with models=500")
    answers = comparison.models.answers
    answer = answers.get((scenario or comparison.names[1], measure))
    if answer is None:
        raise ValueError(f"the models know no {measure!r} of {scenario or comparison.names[1]!r}")
    table = comparison.models.of(answer.scenario, measure)
    rows = answer.depends_on[:LISTED]
    with drawing_style():
        canvas = Canvas(TITLE, _subtitle(comparison, answer), NOTE)
        draw_key(canvas, key_rows(list(_key(canvas, answer)), SPACE["edge"], WIDTH - SPACE["edge"]), canvas.top)
        top = canvas.top + KEY_ROW + 40
        height = canvas.bottom - UNDER - top
        _points(canvas, table, (top, height), MIDDLE if rows else WIDTH - LEFT - SPACE["edge"])
        if rows:
            _movers(canvas, comparison, answer, rows, (top, height))
    return Figure("models", TITLE, canvas.drawing, table, _alt(comparison, answer))


NOTE = (
    "A model gives every number in which the scenarios do not differ a value of its plausible range. Better and worse: "
    "the 95 % interval of its difference leaves 0. Shares of models are no probabilities."
)


def _subtitle(comparison: Comparison, answer: Answer) -> str:
    pairs = f"{words.thousands(comparison.reference.replications)} pairs of histories in each"
    against = f"{answer.scenario} against {comparison.names[0]}"
    return " · ".join([against, f"{words.thousands(answer.models)} models", pairs])


def _key(canvas: Canvas, answer: Answer) -> Iterator[Mark]:
    for way, (name, colour, marker) in WAYS.items():
        share = words.percent(getattr(answer, way))
        yield Mark(f"{name}: {share} of models", _drawing(canvas, marker, colour))


def _drawing(canvas: Canvas, marker: str, colour: str) -> Any:
    return lambda x, y: canvas.mark(x, y, marker, colour)


def _points(canvas: Canvas, table: pd.DataFrame, place: tuple[float, float], width: float) -> None:
    """Every model, in the order of its difference, with the interval of its difference.  place: top and height"""
    top, height = place
    known = table.dropna(subset="difference").sort_values("difference", kind="stable")
    axes = canvas.axes(LEFT, top, width, height)
    _frame(axes, known[["difference", "low", "high"]].to_numpy(float))
    heights = (np.arange(len(known)) + 0.5) / max(len(known), 1)
    axes.hlines(heights, 100 * known["low"], 100 * known["high"], color=COLOUR["faint"], linewidth=1)
    for way, (_, colour, marker) in WAYS.items():
        here = (known["way"] == way).to_numpy()
        axes.plot(100 * known["difference"][here], heights[here], marker, color=colour, markersize=6, linestyle="none")
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    foot = canvas.pixel(axes, 0, 0)[1]
    canvas.text(LEFT, foot + 62, "difference, in points of 100: a line for each model", SIZE["tick"])


def _frame(axes: Axes, values: Array) -> None:
    """A scale of differences with 0 on it."""
    known = 100 * values[np.isfinite(values)]
    low, high = min(float(known.min(initial=0)), -1), max(float(known.max(initial=0)), 1)
    spare = 0.05 * (high - low)
    axes.set_xlim(low - spare, high + spare)
    axes.grid(axis="x", color=COLOUR["grid"], linewidth=SIZE["hairline"])
    axes.axvline(0, color=COLOUR["axis"], linewidth=SIZE["hairline"] * 1.5)
    axes.xaxis.set_major_formatter(lambda value, place: ENGLISH.signed(value))


def _movers(
    canvas: Canvas,
    comparison: Comparison,
    answer: Answer,
    rows: Sequence[Mapping[str, Any]],
    place: tuple[float, float],
) -> None:
    """From the lowest to the highest tenth of each number: an open circle, a line, a full one."""
    top, height = place
    axes = canvas.axes(BARS, top, WIDTH - BARS - RIGHT, height)
    ends = np.array([[row["lowest"], row["highest"]] for row in rows])
    _frame(axes, ends)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    said = [words.capital(paths.phrase(comparison.reference.scenario, row["path"])) for row in rows]
    names = fit_all(said, BARS - NAMES - 30, SIZE["small"], 2)
    for number, (name, (lowest, highest), row) in enumerate(zip(names, 100 * ends, rows, strict=True)):
        colour = COLOUR["ink"] if row["index"] > answer.level else COLOUR["axis"]
        axes.plot([lowest, highest], [number, number], color=colour, linewidth=3)
        axes.plot(lowest, number, "o", color=colour, markersize=11, markerfacecolor=COLOUR["paper"], markeredgewidth=2)
        axes.plot(highest, number, "o", color=colour, markersize=11)
        y = canvas.pixel(axes, 0, number)[1]
        canvas.text(BARS - 20, y, name, SIZE["small"], colour, ha="right")
        canvas.text(WIDTH - RIGHT + 30, y, f"{row['index']:.2f}", SIZE["small"], colour)
    foot = canvas.pixel(axes, 0, len(rows) - 0.5)[1]
    canvas.text(WIDTH - RIGHT + 30, top - 18, "index", SIZE["small"], COLOUR["quiet"])
    what = "mean difference, number low (open) or high (full); grey: chance"
    canvas.text(NAMES, foot + 62, fit(what, WIDTH - NAMES - 60, SIZE["tick"], 1), SIZE["tick"])


def _alt(comparison: Comparison, answer: Answer) -> str:
    shares = words.both([f"{name} in {words.percent(getattr(answer, way))}" for way, (name, _, _) in WAYS.items()])
    most = [paths.phrase(comparison.reference.scenario, row["path"]) for row in answer.matter[:3]]
    moved = f" The difference is moved most by {words.both(most)}." if most else ""
    return f"{answer.scenario}: of {words.thousands(answer.models)} models {shares}.{moved}"
