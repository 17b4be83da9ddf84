"""A sweep over two settings as a heat map: the measure and how sure it is, in each cell.

Of a grid over more settings it shows two; the others are held at the scenario's own values. Of a sample, whose cells
lie anywhere, it shows coloured dots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from sim import words
from sim.answers import sweep_slices
from sim.answers.sweep_slices import Setting, Slice, Sweep
from sim.figures import registry
from sim.figures.canvas import Canvas, Figure, drawing_style
from sim.figures.colour_bar import LEGEND, MISSING, Cells, Entry, legend, name_axis, nothing, scale_for
from sim.figures.samples import sample_map
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH
from sim.figures.text import fit_all, text_height, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = 330  # pixels that the names of rows may take
UNDER = 132  # pixels for the names of columns, on two lines, and of their axis
ABOVE = 44
MOST_PAIRS = 3  # heat maps of a report
HATCHED = {"facecolor": "none", "edgecolor": COLOUR["hatch"], "hatch": "//", "linewidth": 0}
MISSED = {"median": "–: fewer than half of the histories come to it", "mean": "–: no history has a value", "share": "–"}


def _reported(sweep: Sweep) -> Iterator[Figure]:
    """Those of a report: pairs of the paths, and for the first what settles and also lasts; none of a single path."""
    pairs = list(combinations(sweep.paths, 2))[: MOST_PAIRS if sweep_slices.is_grid(sweep) else 1]
    for number, (x, y) in enumerate(pairs, start=1):
        figure = heatmap(sweep, *_turned(sweep, x, y))
        yield figure if number == 1 else replace(figure, name=f"heatmap.{number}")
    if pairs and sweep.scenario.clock.hold_weeks:
        yield replace(heatmap(sweep, *_turned(sweep, *pairs[0]), measure="lasting"), name="heatmap.lasting")


@registry.of(registry.SWEEP, "heatmap", place=1, reported=_reported)
def heatmap(sweep: Sweep, x: str | None = None, y: str | None = None, measure: str = "settled") -> Figure:
    """A measure over two varied paths: by default the first two, a path of names or texts going up.

    Errors: KeyError for a path that does not vary or a measure that does not exist.
    """
    if not sweep_slices.is_grid(sweep):
        return sample_map(sweep, x, y, measure)
    part = sweep_slices.across(sweep, _axes(sweep, x, y), measure)
    title = words.capital(f"{part.reading.title}, by {words.both([each.phrase for each in part.settings[::-1]])}")
    with drawing_style():
        canvas = Canvas(title, sweep_slices.subtitle(sweep, sweep_slices.held_words(part)))
        axes = _frame(canvas, part)
        cells = _cells(canvas, axes, part)
        cells.draw(axes)
        _outline(axes, part)
        legend(canvas, WIDTH - LEGEND, LEGEND - 60, cells.scale, part.reading, _entries(canvas, part, cells))
    return Figure("heatmap", title, canvas.drawing, table(part), _alt(part))


def _axes(sweep: Sweep, x: str | None, y: str | None) -> tuple[str, ...]:
    """The paths that go up and across; only one that goes across where no other varies."""
    rest = [path for path in sweep.paths if path not in (x, y)]
    if x is None and y is None and len(rest) > 1:
        x, y = _turned(sweep, *rest[:2])
    across = x or rest.pop(0)
    if y is None and not rest:
        return (across,)
    return (y or rest.pop(0), across)


def _turned(sweep: Sweep, x: str, y: str) -> tuple[str, str]:
    """The two so that texts, which are long, go up and numbers across."""
    if (
        sweep_slices.is_grid(sweep)
        and sweep_slices.setting(sweep, y).is_number
        and not sweep_slices.setting(sweep, x).is_number
    ):
        return y, x
    return x, y


# ---- the frame -------------------------------------------------------------------------------------------------------


def _frame(canvas: Canvas, part: Slice) -> Axes:
    """An empty map with its names; x and y count cells, their centres at 0.5, 1.5, ..."""
    *rows, columns = part.settings
    height = canvas.bottom - canvas.top - ABOVE - UNDER + columns.is_number * text_height("", SIZE["tick"])
    height = height if rows else min(height, 260)
    tallest = height / len(rows[0].labels) if rows else height
    names = fit_all(rows[0].labels, NAMES, SIZE["tick"], _lines(tallest)) if rows else []
    left = SPACE["edge"] + max((text_width(name, SIZE["tick"]) for name in names), default=0) + 20
    width = WIDTH - LEGEND - 70 - left
    axes = canvas.axes(left, canvas.top + ABOVE, width, height)
    axes.set(xlim=(0, len(columns.labels)), ylim=(0, max(len(names), 1)), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for row, name in enumerate(names):
        canvas.text(left - 14, canvas.pixel(axes, 0, row + 0.5)[1], name, SIZE["tick"], ha="right")
    if rows:
        name_axis(canvas, rows[0].phrase, rows[0].path, SPACE["edge"], canvas.top + 8, "\N{UPWARDS ARROW} ")
    _name_columns(canvas, axes, columns)
    return axes


def _lines(height: float) -> int:
    return max(1, int((height - 4) / text_height("", SIZE["tick"])))


def _name_columns(canvas: Canvas, axes: Axes, columns: Setting) -> None:
    wide = canvas.pixel(axes, 1, 0)[0] - canvas.pixel(axes, 0, 0)[0]
    longest = max(text_width(label, SIZE["tick"]) for label in columns.labels)
    every = int(np.ceil(longest / (wide - 8))) if columns.is_number else 1
    foot = canvas.pixel(axes, 0, 0)[1]
    labels = columns.labels if columns.is_number else fit_all(columns.labels, wide - 12, SIZE["tick"], 2)
    for number, shown in enumerate(labels):
        if number % every == 0:
            canvas.text(canvas.pixel(axes, number + 0.5, 0)[0], foot + 10, shown, ha="center", va="top")
    tall = 1 if columns.is_number else 2
    y = foot + 10 + tall * text_height("", SIZE["tick"]) + 24
    name_axis(canvas, columns.phrase, columns.path, canvas.pixel(axes, 0, 0)[0], y, "\N{RIGHTWARDS ARROW} ")


def _cells(canvas: Canvas, axes: Axes, part: Slice) -> Cells:
    (left, low), (right, high) = canvas.pixel(axes, 0, 0), canvas.pixel(axes, 1, 1)
    return Cells(part, scale_for(part.reading, part.value), right - left, low - high)


# ---- words -----------------------------------------------------------------------------------------------------------


def _outline(axes: Axes, part: Slice) -> None:
    """A frame around the cell of the scenario's own values."""
    if part.own is None:
        return
    *row, column = part.own
    for colour, width in ((COLOUR["paper"], 9), (COLOUR["ink"], 4.5)):
        look: dict[str, Any] = {
            "facecolor": "none",
            "edgecolor": colour,
            "linewidth": width,
            "clip_on": False,
            "zorder": 5,
        }
        axes.add_patch(Rectangle((column, row[0] if row else 0), 1, 1, **look))


def _entries(canvas: Canvas, part: Slice, cells: Cells) -> list[Entry]:
    """The key: the frame, the hatching, the grey, what the numbers are."""
    own = ", ".join(sweep_slices.set_at(each.phrase, each.own) for each in part.settings)
    found = [Entry(nothing, f"No cell has the values of the scenario's own file: {own}.")]
    if part.own is not None:
        frame = {"facecolor": "none", "edgecolor": COLOUR["ink"], "linewidth": 4.5}
        said = f"the scenario as its file has it: {sweep_slices.cell_words(part, part.own)}"
        found = [Entry(partial(_sample, canvas, frame), said)]
    if part.wide.any():
        found.append(Entry(partial(_sample, canvas, HATCHED), _wide(part)))
    if not np.isfinite(part.value).all():
        found.append(Entry(partial(_sample, canvas, {"facecolor": MISSING}), MISSED[part.reading.measure.kind]))
    return [*found, Entry(nothing, _numbers(part, cells))]


def _sample(canvas: Canvas, look: dict[str, Any], x: float, y: float) -> None:
    canvas.box(x - 15, y - 11, 30, 22, **look)


def _wide(part: Slice) -> str:
    count = "in every cell" if part.wide.all() else f"in {words.count(int(part.wide.sum()), 'cell')}"
    how = "5 points" if part.reading.is_share else "a quarter of what the colours span"
    return f"hatched: wide interval, more than {how} to either side ({count})"


def _numbers(part: Slice, cells: Cells) -> str:
    if cells.letters is None:
        return "The cells are too small for numbers; they are in the CSV file beside this figure."
    said = "Numbers in percent; " if part.reading.is_share else ""
    written = any(cells.below(at) for at in np.ndindex(part.value.shape))
    return f"{said}{'under them 95 % intervals' if written else '95 % intervals in the CSV file'}."


def _alt(part: Slice) -> str:
    size = " by ".join(str(len(each.labels)) for each in part.settings[::-1])
    return f"Heat map of {size} cells: {sweep_slices.spread_words(part.reading, part.value)}."


def table(part: Slice) -> pd.DataFrame:
    """One row a cell: the levels as a file has them, n, the measure with its interval."""
    places = np.indices(part.value.shape).reshape(part.value.ndim, -1)
    levels = {
        each.path: [each.levels[n] if each.is_number else each.labels[n] for n in place]
        for each, place in zip(part.settings, places, strict=True)
    }
    column = part.reading.column
    numbers = {"n": part.n, column: part.value, f"{column}.low": part.low, f"{column}.high": part.high}
    return pd.DataFrame(levels | {name: array.ravel() for name, array in numbers.items()})
