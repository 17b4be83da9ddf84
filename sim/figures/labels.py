"""Names where the eye is: at the ends of lines, and one line of marks with their words under a drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.figures.canvas import Canvas
from sim.figures.style import COLOUR, SIZE, Cue
from sim.figures.text import fit, fit_all, spread, text_height, text_width

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
