"""The colours of a measure on a map: a scale that photocopies well, its bar, and a key under it.

Cividis (Nuñez, Anderton and Renslow 2018) grows evenly lighter, for every eye and in grey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim import words
from sim.answers.sweep_slices import Slice
from sim.figures.canvas import Canvas
from sim.figures.style import COLOUR, SIZE, WIDTH
from sim.figures.text import fit, text_height, text_width
from sim.words.readings import Reading

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEGEND = 400  # pixels for the bar and the key, right of a map
BAR, TALL = 34, 330
LEAST_SPAN = 0.2  # of a share that the colours cover: less would show chance as a pattern
MISSING = COLOUR["frozen"]
HATCH = {COLOUR["ink"]: "#4A4A4A", COLOUR["paper"]: "#C4C4C4"}  # few shades, so that a PNG of few colours keeps them
EVEN = 0.21  # relative luminance on which ink and white are read equally well
ROUND = [1, 2, 5, 10]  # steps between the numbers of an axis, times a power of ten


@dataclass(frozen=True)
class Scale:
    """The values at which the colours begin and end; known: is there any value at all?"""

    low: float
    high: float
    known: bool = True

    def colour(self, value: float) -> str:
        """The colour of a value, grey where there is none."""
        if not np.isfinite(value):
            return MISSING
        return to_hex(mpl.colormaps["cividis"]((value - self.low) / (self.high - self.low)))


def scale_for(reading: Reading, values: npt.NDArray[np.float64]) -> Scale:
    """Round numbers that enclose all values; for shares, a fifth of the whole at least."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Scale(0.0, 1.0, known=False)
    low, high = float(known.min()), float(known.max())
    if reading.is_share:
        low, high = np.floor(low * 10 + 1e-9) / 10, np.ceil(high * 10 - 1e-9) / 10
        low = max(0.0, min(low, (low + high - LEAST_SPAN) / 2))
        high = min(1.0, max(high, low + LEAST_SPAN))
        return Scale(float(min(low, high - LEAST_SPAN)), float(high))
    if high - low < 1e-9:
        return Scale(low - 0.5, high + 0.5)
    ticks = MaxNLocator(5, steps=ROUND).tick_values(low, high)
    return Scale(float(ticks[0]), float(ticks[-1]))


def readable(colour: str) -> str:
    """Ink or white, whichever is easier to read on a colour (WCAG relative luminance)."""
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return COLOUR["ink"] if luminance > EVEN else COLOUR["paper"]


# ---- the bar and the key ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A mark of the key, `draw(x, y)` centred on a pixel, and its words."""

    draw: Callable[[float, float], None]
    words: str


def legend(canvas: Canvas, x: float, width: float, scale: Scale, reading: Reading, entries: Sequence[Entry]) -> None:
    """From the top of the page: the bar with its name above and its numbers beside it, and the key below."""
    top = float(canvas.top)
    name = fit(reading.title, width, SIZE["tick"], 3)
    canvas.text(x, top, name, SIZE["tick"], va="top")
    top += text_height(name, SIZE["tick"]) + 18
    axes = canvas.axes(x, top, BAR, TALL)
    axes.pcolormesh(np.linspace(0, 1, 129)[:, None], cmap="cividis", shading="auto", rasterized=True)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for tick in MaxNLocator(5, steps=ROUND).tick_values(scale.low, scale.high) if scale.known else ():
        if scale.low - 1e-9 <= tick <= scale.high + 1e-9:
            y = top + TALL * (1 - (tick - scale.low) / (scale.high - scale.low))
            canvas.line([x + BAR, x + BAR + 7], [y, y])
            canvas.text(x + BAR + 14, y, reading.show(float(tick)))
    y = top + TALL + 44
    for entry in entries:
        shown = fit(entry.words, width - 56, SIZE["small"], 4)
        entry.draw(x + 18, y)
        canvas.text(x + 50, y - SIZE["small"] * 0.62, shown, SIZE["small"], COLOUR["quiet"], va="top")
        y += text_height(shown, SIZE["small"]) + 22


def nothing(x: float, y: float) -> None:
    """Words of the key without a mark."""


def name_axis(canvas: Canvas, phrase: str, path: str, x: float, y: float, arrow: str) -> None:
    """What an axis of a map means, and beside it the path as in the file."""
    room = WIDTH - LEGEND - 70 - x
    shown = fit(arrow + phrase, room * 0.55, SIZE["label"], 1)
    canvas.text(x, y, shown, SIZE["label"])
    wide = text_width(shown, SIZE["label"]) + 20
    canvas.text(x + wide, y, fit(path, room - wide, SIZE["small"], 1), SIZE["small"], COLOUR["quiet"])


# ---- The cells of a heat map: their colour, and what can be written in them at a size that a back row reads ----------


SMALLEST, LARGEST = 18.5, 32.0  # letters of a number
SIDE = 14  # pixels that stay free beside words


@dataclass(frozen=True)
class Cells:
    """The cells of a slice; width and height of each in pixels."""

    part: Slice
    scale: Scale
    width: float
    height: float

    def draw(self, axes: Axes) -> None:
        """Fill every cell, hatch where the interval is wide, and write what finds room. x and y count cells."""
        for row, column in np.ndindex(np.atleast_2d(self.part.value).shape):
            at = (row, column)[-self.part.value.ndim :]
            colour = self.scale.colour(float(self.part.value[at]))
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor="white", linewidth=1.5))
            self._write(axes, column + 0.5, row + 0.5, at)
        for letters in HATCH:
            self._hatch(axes, letters)

    def _hatch(self, axes: Axes, letters: str) -> None:
        """Hatch the cells of a wide interval on which letters have this colour.

        What colours a hatching is the edge in older versions of matplotlib and a setting in newer ones.
        """
        with mpl.rc_context({"hatch.color": HATCH[letters]}):
            for row, column in np.argwhere(np.atleast_2d(self.part.wide)):
                if readable(self.scale.colour(float(np.atleast_2d(self.part.value)[row, column]))) == letters:
                    look: dict[str, Any] = {
                        "facecolor": "none",
                        "edgecolor": HATCH[letters],
                        "hatch": "//",
                        "linewidth": 0.0,
                    }
                    axes.add_patch(Rectangle((column, row), 1, 1, **look))

    @cached_property
    def letters(self) -> float | None:
        """The size at which every number fits; None where not even the smallest do."""
        longest = max((self.part.reading.bare(value) for value in self.part.value.ravel()), key=len)
        sizes = (float(size) for size in np.arange(min(LARGEST, self.height * 0.42), SMALLEST, -1))
        return next((size for size in (*sizes, SMALLEST) if self._fits(longest, size)), None)

    def _fits(self, shown: str, size: float) -> bool:
        return text_width(shown, size) <= self.width - 4 and 1.15 * size <= self.height

    def below(self, at: tuple[int, ...]) -> list[str]:
        """What stands under the number, where there is room: the interval; n, where it is not the same everywhere."""
        lines = [line for line in self._more(at) if text_width(line, SIZE["small"]) <= self.width - SIDE]
        room = self.height - text_height("", self.letters or SMALLEST) - 10
        return lines[: max(int(room / text_height("", SIZE["small"])), 0)]

    def _more(self, at: tuple[int, ...]) -> Iterator[str]:
        if np.unique(self.part.n).size > 1:
            yield f"n {words.thousands(int(self.part.n[at]))}"
        if np.isfinite(self.part.low[at]) and np.isfinite(self.part.high[at]):
            yield f"{self.part.reading.bare(self.part.low[at])}–{self.part.reading.bare(self.part.high[at])}"

    def _write(self, axes: Axes, x: float, y: float, at: tuple[int, ...]) -> None:
        if self.letters is None:
            return
        value, below = self.part.reading.bare(self.part.value[at]), "\n".join(self.below(at))
        colour = self.scale.colour(float(self.part.value[at]))
        plate = {"facecolor": colour, "edgecolor": "none", "pad": 5} if self.part.wide[at] else None
        look: dict[str, Any] = {"color": readable(colour), "ha": "center", "va": "center", "bbox": plate}
        tall, small = text_height("", self.letters), text_height(below, SIZE["small"]) if below else 0.0
        axes.text(x, y + small / 2 / self.height, value, fontsize=self.letters, **look)
        if below:
            axes.text(x, y - tall / 2 / self.height, below, fontsize=SIZE["small"], linespacing=1.2, **look)
