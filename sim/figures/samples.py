"""A sweep whose cells lie anywhere (a Latin hypercube): coloured dots over two settings, or dots and a smooth line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from sim import words
from sim.answers import sweep_slices
from sim.answers.sweep_slices import Numbers, Sweep
from sim.figures.canvas import Canvas, Figure, drawing_style
from sim.figures.colour_bar import LEGEND, ROUND, Entry, legend, name_axis, nothing, scale_for
from sim.figures.frames import Cell, cells
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH
from sim.figures.text import fit, fit_all, text_width
from sim.words import paths
from sim.words.readings import Reading, reading

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES, LEFT, GAP = 330, 160, 110
MOST_PANELS = 9
SMOOTH = 0.35  # width of the smoothing window, as a share of the axis


def sample_map(sweep: Sweep, x: str | None, y: str | None, measure: str) -> Figure:
    """Every cell a dot at its values of two paths, in the colour of its measure."""
    across, up = _two(sweep, x, y)
    shown = reading(sweep.scenario, measure, sweep.measures)
    named = [paths.phrase(sweep.scenario, path) for path in (across, up)]
    title = words.capital(f"{shown.title}, by {words.both(named)}")
    values = sweep.cells[measure].to_numpy(float)
    scale = scale_for(shown, values)
    with drawing_style():
        canvas = Canvas(title, sweep_slices.subtitle(sweep, f"each dot is one of {words.thousands(len(values))} cells"))
        left = SPACE["edge"] + _widest(sweep, up)
        axes = canvas.axes(left, canvas.top + 44, WIDTH - LEGEND - 70 - left, canvas.bottom - canvas.top - 144)
        colours = [scale.colour(float(value)) for value in values]
        at, height = _axis(axes, sweep, across, "x"), _axis(axes, sweep, up, "y")
        axes.scatter(at, height, c=colours, s=260, edgecolors=COLOUR["ink"], linewidths=1, clip_on=False, zorder=3)
        name_axis(canvas, named[1], up, SPACE["edge"], canvas.top + 8, "\N{UPWARDS ARROW} ")
        name_axis(canvas, named[0], across, left, canvas.bottom - 20, "\N{RIGHTWARDS ARROW} ")
        others = "dots that lie close together differ in the other settings" if len(sweep.paths) > 2 else ""
        key = [Entry(nothing, others)] if others else []
        legend(canvas, WIDTH - LEGEND, LEGEND - 60, scale, shown, key)
    return Figure("heatmap", title, canvas.drawing, _data(sweep, measure), f"Coloured dots: {_spread(sweep, shown)}.")


def sample_lines(sweep: Sweep, path: str | None, measure: str) -> Figure:
    """The measure against each path (or one of them) in a panel of its own: a dot a cell, and a smooth line."""
    shown = reading(sweep.scenario, measure, sweep.measures)
    chosen = [path] if path else list(sweep.paths[:MOST_PANELS])
    title = words.capital(f"{shown.title}, by each setting")
    more = len(sweep.paths) - len(chosen)
    note = (
        "Heavy line: mean of the cells near by; where it is flat, the setting matters little while the others vary."
        + (f" Not shown: {words.count(more, 'more setting')}." if more and not path else "")
    )
    with drawing_style():
        canvas = Canvas(title, sweep_slices.subtitle(sweep, f"each dot is one of {len(sweep.cells):,} cells"), note)
        panels = cells(canvas, len(chosen), math.ceil(math.sqrt(len(chosen))), LEFT, SPACE["edge"], GAP)
        names = fit_all(chosen, panels[0].width, SIZE["tick"], 1, lambda path: paths.phrase(sweep.scenario, path))
        for each, name, cell in zip(chosen, names, panels, strict=True):
            _panel(canvas, sweep, each, name, shown, cell)
    return Figure("sweep-lines", title, canvas.drawing, _data(sweep, measure), f"Dots: {_spread(sweep, shown)}.")


def _two(sweep: Sweep, x: str | None, y: str | None) -> tuple[str, str]:
    rest = [path for path in sweep.paths if path not in (x, y)]
    across = x or rest.pop(0)
    return across, y or (rest.pop(0) if rest else across)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _panel(canvas: Canvas, sweep: Sweep, path: str, name: str, shown: Reading, cell: Cell) -> None:
    x, top = cell.left, cell.top
    canvas.text(x, top + 12, name, SIZE["tick"])
    canvas.text(x, top + 40, fit(path, cell.width, SIZE["small"], 1), SIZE["small"], COLOUR["quiet"])
    axes = canvas.axes(x, top + 66, cell.width, cell.height - 66 - 52)
    at, values = _axis(axes, sweep, path, "x"), sweep.cells[shown.column].to_numpy(float)
    axes.scatter(at, values, s=60, facecolors="none", edgecolors=COLOUR["quiet"], linewidths=1.5, zorder=2)
    _values(axes, values, shown)
    if pd.api.types.is_numeric_dtype(sweep.cells[path]):
        axes.plot(*smooth(at, values), color=COLOUR["ink"], linewidth=SIZE["line"] + 1, zorder=3)
    else:
        axes.plot(*means(at, values), "_", color=COLOUR["ink"], markersize=44, markeredgewidth=4, zorder=3)


def _values(axes: Axes, values: Numbers, shown: Reading) -> None:
    known = values[np.isfinite(values)]
    low, high = (0.0, 1.0) if not known.size else (known.min(), known.max())
    if shown.is_share:
        low, high = 0.0, 1.0
    pad = (high - low) * 0.06 or 0.5
    ticks = [tick for tick in MaxNLocator(4, steps=ROUND).tick_values(low, high) if low - pad <= tick <= high + pad]
    axes.set_ylim(low - pad * (not shown.is_share), high + pad * (not shown.is_share))
    axes.set_yticks(ticks, [shown.show(float(tick)) for tick in ticks])


def _axis(axes: Axes, sweep: Sweep, path: str, which: str) -> Numbers:
    """Set limits and ticks of an axis for a path.  -> where each cell stands on it (cells,)"""
    column = sweep.cells[path]
    if pd.api.types.is_numeric_dtype(column):
        at = column.to_numpy(float)
        pad = float(np.ptp(at)) * 0.03 or 0.5
        low, high = at.min() - pad, at.max() + pad
        wider = low - 4 * pad, high + 4 * pad
        ticks = [
            float(tick) for tick in MaxNLocator(5, steps=ROUND).tick_values(*wider) if wider[0] <= tick <= wider[1]
        ]
        low, high = min(low, *ticks), max(high, *ticks)
        labels = [f"{tick:g}" for tick in ticks]
    else:
        names = list(dict.fromkeys(paths.said(value) for value in column))
        at = np.array([names.index(paths.said(value)) for value in column], dtype=float)
        low, high, ticks = -0.6, len(names) - 0.4, [float(n) for n in range(len(names))]
        bounds = axes.get_window_extent()
        room = NAMES if which == "y" else bounds.width / len(names) - 12
        labels = fit_all(names, room, SIZE["tick"], 1)
    axes.set(**{f"{which}lim": (low, high)})
    (axes.set_xticks if which == "x" else axes.set_yticks)(ticks, labels)
    return at


def _widest(sweep: Sweep, path: str) -> float:
    column = sweep.cells[path]
    if pd.api.types.is_numeric_dtype(column):
        return 100.0
    return max(text_width(fit(paths.said(v), NAMES, SIZE["tick"], 1), SIZE["tick"]) for v in column) + 20


# ---- numbers ---------------------------------------------------------------------------------------------------------


def smooth(at: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """Local linear mean with tricube weights (Cleveland 1979), at 61 points from the least to the greatest."""
    known = np.isfinite(values)
    x, y = at[known], values[known]
    if np.unique(x).size < 3:
        return means(at, values)
    grid = np.linspace(x.min(), x.max(), 61)
    return grid, np.array([_local(point, x, y) for point in grid])


def _local(point: float, x: Numbers, y: Numbers) -> float:
    """The value at a point of the line that fits what is near: at least three distances wide."""
    far = np.abs(x - point)
    reach = max(SMOOTH * np.ptp(x), float(np.sort(far)[min(3, len(far) - 1)])) * 1.0001
    weight = (1 - np.clip(far / reach, 0, 1) ** 3) ** 3
    centre, mean = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = np.average((x - centre) ** 2, weights=weight)
    slope = np.average((x - centre) * (y - mean), weights=weight) / spread if spread > 0 else 0.0
    return float(mean + slope * (point - centre))


def means(at: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """The mean at each place."""
    places = np.unique(at[np.isfinite(values)])
    return places, np.array([np.nanmean(values[at == place]) for place in places])


def _spread(sweep: Sweep, shown: Reading) -> str:
    return sweep_slices.spread_words(shown, sweep.cells[shown.column].to_numpy(float))


def _data(sweep: Sweep, measure: str) -> pd.DataFrame:
    columns = [*sweep.paths, "n", measure, f"{measure}.low", f"{measure}.high"]
    table = sweep.cells[columns].reset_index(drop=True)
    texts = [path for path in sweep.paths if not pd.api.types.is_numeric_dtype(table[path])]
    return table.assign(**{path: table[path].map(paths.said) for path in texts})
