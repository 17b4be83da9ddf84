"""The cells of a heat map: their colour, and what can be written in them at a size that a back row reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Rectangle

from sim import words
from sim.answers.sweep_slices import Slice
from sim.figures.colour_bar import HATCH, Scale, readable
from sim.figures.style import SIZE
from sim.figures.text import text_height, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
