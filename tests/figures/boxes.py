"""Where every word of a figure stands, and which words are in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.figures.canvas import drawing_style

SLACK = 1.5  # pixels


def words_on(drawing: Drawing) -> list[tuple[str, Bbox]]:
    """Every visible text and its box in pixels from the lower left corner."""
    with drawing_style():
        drawing.draw_without_rendering()
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


def faults(drawing: Drawing) -> list[str]:
    """Pairs of texts that overlap, and texts that leave the page."""
    words, page = words_on(drawing), drawing.bbox
    overlapping = [f"{one!r} over {other!r}" for (one, a), (other, b) in combinations(words, 2) if _overlap(a, b)]
    return overlapping + [f"{text!r} is cut" for text, box in words if not _within(box, page)]


def _within(box: Bbox, page: Bbox) -> bool:
    return bool(page.x0 <= box.x0 and page.y0 <= box.y0 and box.x1 <= page.x1 and box.y1 <= page.y1)


def _overlap(a: Bbox, b: Bbox) -> bool:
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    return wide > SLACK and tall > SLACK
