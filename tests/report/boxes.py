"""Where every word of a figure stands, and which words are in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.report.canvas import drawing_style

SLACK = 1.5  # pixels


def words_on(drawing: Drawing) -> list[tuple[str, Bbox]]:
    """Every visible text and its box in pixels from the lower left corner."""
    with drawing_style():
        drawing.canvas.draw()
        renderer = drawing.canvas.get_renderer()
        return [(text.get_text(), text.get_window_extent(renderer)) for text in _texts(drawing)]


def _texts(drawing: Drawing) -> Iterator[Text]:
    yield from (text for text in drawing.texts if text.get_visible() and text.get_text().strip())
    for axes in drawing.axes:
        yield from (text for text in axes.texts if text.get_visible() and text.get_text().strip())
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                label = tick.label1
                if low <= tick.get_loc() <= high and label.get_visible() and label.get_text().strip():
                    yield label


def collisions(drawing: Drawing) -> list[tuple[str, str]]:
    """Pairs of texts that overlap."""
    return [(one, other) for (one, a), (other, b) in combinations(words_on(drawing), 2) if _overlap(a, b)]


def cut_off(drawing: Drawing) -> list[str]:
    """Texts that leave the page."""
    width, height = drawing.bbox.width, drawing.bbox.height
    return [
        text
        for text, box in words_on(drawing)
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]  # fmt: skip


def _overlap(a: Bbox, b: Bbox) -> bool:
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    return wide > SLACK and tall > SLACK
