"""What several figures have around what they show: panels in rows, bars in rows over a scale, an axis of shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.ticker import PercentFormatter

from sim.figures.canvas import Canvas
from sim.figures.colour_bar import ROUND
from sim.figures.style import COLOUR, SIZE, WIDTH
from sim.figures.text import fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUARTERS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True)
class Cell:
    """Where a panel stands, in pixels: its upper left corner, and how large it is with all that is written round it.

    first: does its row begin with it?
    """

    left: float
    top: float
    width: float
    height: float
    first: bool


def cells(canvas: Canvas, count: int, columns: int, left: float, right: float, gap: float) -> list[Cell]:
    """Room for so many panels, row after row, with margins at the left and the right and gaps between columns."""
    height = (canvas.bottom - canvas.top) / math.ceil(count / columns)
    width = (WIDTH - left - right - gap * (columns - 1)) / columns
    found = []
    for number in range(count):
        row, column = divmod(number, columns)
        found.append(Cell(left + column * (width + gap), canvas.top + row * height, width, height, column == 0))
    return found


def bars_in_rows(canvas: Canvas, axes: Axes, rows: int, left: float, meaning: str) -> None:
    """Rows from the top over a scale of numbers, with what these mean under it, and a line at 0."""
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.locator_params(axis="x", nbins=6, steps=ROUND)
    axes.xaxis.set_major_formatter(lambda value, place: f"{value:g}")
    axes.grid(axis="x", color=COLOUR["grid"], linewidth=SIZE["hairline"])
    axes.axvline(0, color=COLOUR["axis"], linewidth=SIZE["hairline"] * 1.5)
    axes.spines["left"].set_visible(False)
    foot = canvas.pixel(axes, 0, rows - 0.5)[1]
    canvas.text(left, foot + 62, fit(meaning, WIDTH - left - 60, SIZE["tick"], 1), SIZE["tick"])


def swatch(canvas: Canvas, face: str, edge: str, x: float, y: float) -> None:
    """A piece of a bar, for the key."""
    canvas.box(x - 14, y - 8, 28, 16, facecolor=face, edgecolor=edge, linewidth=2)


def share_axis(axes: Axes, ticks: Sequence[float] = QUARTERS) -> None:
    """Shares from 0 to 100 % upwards, with a line at half."""
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_yticks(ticks)
    axes.axhline(0.5, color=COLOUR["grid"], linewidth=SIZE["hairline"], zorder=0.5)
