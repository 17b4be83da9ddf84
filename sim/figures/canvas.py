"""A page of 1920 x 1080 pixels to draw a figure on, and the figure as files.

Positions are pixels from the top left corner, as on a screen. All drawing happens inside `drawing_style()`, which
forgets the user's own matplotlib settings, so that the same input gives the same bytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from sim.figures.style import COLOUR, HEIGHT, SETTINGS, SIZE, SPACE, WIDTH, Cue
from sim.figures.text import fit, fit_all, spread, text_height, text_width
from sim.spreadsheet import table_as_csv

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

PALETTE = 256  # colours of a PNG
CAPTION = 3  # lines that one line under a figure is broken into, at the most


@dataclass(frozen=True)
class Figure:
    """A finished figure: `drawing`, the plotted numbers as `data`, and one sentence for who cannot see it."""

    name: str
    title: str
    drawing: Drawing
    data: pd.DataFrame
    alt: str

    @cached_property
    def png(self) -> bytes:
        """The figure as a PNG of 1920 x 1080 pixels."""
        return _png(drawn(self.drawing))

    @cached_property
    def svg(self) -> bytes:
        """The figure as SVG, letters as outlines; clouds of points are drawn in pixels, at twice the resolution."""
        return _svg(self.drawing)

    @cached_property
    def csv(self) -> bytes:
        """The plotted numbers."""
        return table_as_csv(self.data, digits=6).encode()

    def __getstate__(self) -> dict[str, Any]:
        """What another process is sent: the figure's files, and no drawing."""
        return {**vars(self), "drawing": None, "png": self.png, "svg": self.svg, "csv": self.csv}

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        return self.png

    def write(self, folder: Path) -> None:
        """Write NAME.png, NAME.svg and NAME.csv into a folder that exists."""
        (folder / f"{self.name}.png").write_bytes(self.png)
        (folder / f"{self.name}.svg").write_bytes(self.svg)
        (folder / f"{self.name}.csv").write_bytes(self.csv)


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Pixels in at most `PALETTE` colours: a third of the bytes, and nobody sees the difference.

    Pillow's other ways to choose the colours merge pale greys with the paper, or lose thin coloured lines.
    """
    target = io.BytesIO()
    few = Image.fromarray(pixels).quantize(PALETTE, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(target, "png")
    return target.getvalue()


def captioned(figure: Figure, lines: Sequence[str]) -> bytes:
    """The figure as PNG, on a taller page: under it these lines, each broken where it is too long."""
    edge, wide, size = SPACE["edge"], WIDTH - 2 * SPACE["edge"], SIZE["label"]
    words = "\n".join(fit(line, wide, size, CAPTION) for line in lines)
    height = int(text_height(words, size)) + edge
    below = Drawing(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=COLOUR["paper"])
    below.text(edge / WIDTH, 1, words, fontsize=size, va="top", linespacing=SPACE["line"])
    return _png(np.concatenate([drawn(figure.drawing), drawn(below)]))


def drawn(drawing: Drawing) -> npt.NDArray[np.uint8]:
    """The drawing as pixels.  -> (1080, 1920, 3)"""
    canvas: Any = FigureCanvasAgg(drawing)
    with drawing_style():
        canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _svg(drawing: Drawing) -> bytes:
    target, undated = io.BytesIO(), {"Date": None, "Creator": None, "Format": None, "Type": None}
    with drawing_style():
        drawing.savefig(target, format="svg", dpi=144, metadata=undated)
    return target.getvalue()


@contextmanager
def drawing_style() -> Iterator[None]:
    """matplotlib as it is out of the box, with our settings and nobody else's."""
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        mpl.rcParams.update({key: mpl.rcParamsDefault[key] for key in mpl.rcParamsDefault if key != "backend"})
        mpl.rcParams.update(SETTINGS)  # type: ignore[arg-type]
        yield


class Canvas:
    """A titled page. `top` is the first free pixel under title and subtitle."""

    def __init__(self, title: str, subtitle: str, note: str = "") -> None:
        self.drawing = Drawing(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, facecolor=COLOUR["paper"])
        FigureCanvasAgg(self.drawing)
        edge, wide = SPACE["edge"], WIDTH - 2 * SPACE["edge"]
        heading = fit(title, wide, SIZE["title"], 1)
        self.text(edge, 44, heading, size=SIZE["title"], va="top")
        lines = fit(subtitle, wide, SIZE["subtitle"], 2)
        self.text(edge, 104, lines, size=SIZE["subtitle"], colour=COLOUR["quiet"], va="top")
        self.top = 104 + text_height(lines, SIZE["subtitle"]) + SPACE["gap"]
        self.bottom = HEIGHT - 40
        if note:
            words = fit(note, wide, SIZE["small"], 2)
            self.text(edge, HEIGHT - 28, words, size=SIZE["small"], colour=COLOUR["quiet"], va="bottom")
            self.bottom -= int(text_height(words, SIZE["small"])) + 6

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = SIZE["tick"],
        colour: str = COLOUR["ink"],
        ha: str = "left",
        va: str = "center",
    ) -> Text:
        """Words at a pixel. A line centred on it has its feet where its neighbours have theirs."""
        if va == "center" and "\n" not in words:
            y, va = y + 0.36 * size, "baseline"
        return self.drawing.text(
            x / WIDTH, 1 - y / HEIGHT, words, fontsize=size, color=colour, ha=ha, va=va, linespacing=SPACE["line"]
        )

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """An empty plot that fills this rectangle, ticks and labels outside it."""
        return self.drawing.add_axes((left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT))

    def line(self, xs: list[float], ys: list[float], colour: str = COLOUR["axis"], width: float = 1.2) -> None:
        """A thin line between pixels: a leader, a rule."""
        self._add(xs, ys, color=colour, linewidth=width)

    def pixel(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Where a point of a plot lies on the page; the plot's limits are set already."""
        across, up = axes.transData.transform((x, y))
        return float(across), HEIGHT - float(up)

    def sample(self, x: float, y: float, cue: Cue, length: float = 34) -> None:
        """A piece of a thing's line with its marker, 34 pixels long, to stand before its name."""
        self._add([x, x + length], [y, y], color=cue.colour, linestyle=cue.linestyle, linewidth=SIZE["line"])
        self.mark(x + length / 2, y, cue.marker, cue.colour)

    def mark(
        self, x: float, y: float, marker: Any, colour: str, size: float = SIZE["mark"], fill: str | None = None
    ) -> None:
        """One marker at a pixel."""
        face = colour if fill is None else fill
        self._add(
            [x], [y], marker=marker, markersize=size, markerfacecolor=face, markeredgecolor=colour, markeredgewidth=2
        )

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """A rectangle whose top left corner is at this pixel."""
        low = 1 - (y + height) / HEIGHT
        patch = Rectangle((x / WIDTH, low), width / WIDTH, height / HEIGHT, transform=self.drawing.transFigure, **look)
        self.drawing.add_artist(patch)

    def _add(self, xs: list[float], ys: list[float], **look: Any) -> None:
        across, up = [x / WIDTH for x in xs], [1 - y / HEIGHT for y in ys]
        self.drawing.add_artist(Line2D(across, up, transform=self.drawing.transFigure, **look))


# ---- Names where the eye is: at the ends of lines, and one line of marks with their words under a drawing -----------


LEADER, SAMPLE, GAP = 26, 34, 12
ROOM = LEADER + SAMPLE + GAP  # pixels from a line's end to the words


@dataclass(frozen=True)
class End:
    """A line's end, at this height (pixels), the line's name, and what else is to be said of it."""

    y: float
    name: str
    cue: Cue | None = None
    more: str = ""


def label_ends(canvas: Canvas, ends: Sequence[End], x: float, low: float, high: float, width: float) -> None:
    """Write names to the right of x, each as near as possible to its line's end, between low and high (pixels).

    Where not everything finds room, what stands beside the names is left out, then letters become smaller.
    """
    room = ROOM if any(end.cue for end in ends) else LEADER
    blocks, size = _blocks(ends, high - low, width - room)
    centres = spread([end.y for end in ends], [text_height(block, size) + 6 for block in blocks], low, high)
    for end, block, centre in zip(ends, blocks, centres, strict=True):
        first = centre - text_height(block, size) / 2 + text_height("", size) / 2
        canvas.line([x + 4, x + LEADER - 6], [end.y, first])
        if end.cue:
            canvas.sample(x + LEADER, first, end.cue, SAMPLE)
        canvas.text(x + room, centre, block, size=size)


def _blocks(ends: Sequence[End], height: float, width: float) -> tuple[list[str], float]:
    named = fit_all([end.name for end in ends], width, SIZE["tick"], 1)
    full = ["\n".join([name, *_more(end, width)]) for name, end in zip(named, ends, strict=True)]
    if sum(text_height(block, SIZE["tick"]) + 6 for block in full) <= height:
        return full, SIZE["tick"]
    size = SIZE["tick"] if len(ends) * (text_height("", SIZE["tick"]) + 6) <= height else SIZE["small"]
    return fit_all([end.name for end in ends], width, size, 1), size


def _more(end: End, width: float) -> list[str]:
    return [fit(end.more, width, SIZE["tick"], 2)] if end.more else []


@dataclass(frozen=True)
class Mark:
    """A mark and its words; `draw(x, y)` draws the mark centred on a pixel."""

    words: str
    draw: Callable[[float, float], None]
    width: float = 30


def key_rows(
    marks: Sequence[Mark], left: float, right: float, longest: float = 420
) -> list[list[tuple[float, Mark, str]]]:
    """Break marks over rows: [(x, mark, its words as they fit)]."""
    rows: list[list[tuple[float, Mark, str]]] = [[]]
    x = left
    named = fit_all([mark.words for mark in marks], longest, SIZE["small"], 1)
    for mark, shown in zip(marks, named, strict=True):
        needed = mark.width + 8 + text_width(shown, SIZE["small"])
        if rows[-1] and x + needed > right:
            rows.append([])
            x = left
        rows[-1].append((x, mark, shown))
        x += needed + 34
    return rows


def draw_key(canvas: Canvas, rows: list[list[tuple[float, Mark, str]]], top: float) -> None:
    """Draw rows of marks, `KEY_ROW` pixels each."""
    for number, row in enumerate(rows):
        y = top + (number + 0.5) * KEY_ROW
        for x, mark, shown in row:
            mark.draw(x + mark.width / 2, y)
            canvas.text(x + mark.width + 8, y, shown, size=SIZE["small"], colour=COLOUR["quiet"])


KEY_ROW = 32
