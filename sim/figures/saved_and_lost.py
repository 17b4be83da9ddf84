"""The same histories under two scenarios: agreed in both, saved, lost, in neither, as bars with their counts.

The parts stand so that each scenario's own share is one piece: saved and both are what agrees under the scenario, both
and lost what agrees under the reference.  Exact test: McNemar (1947), on the histories that end differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Rectangle

from sim import words
from sim.answers.results_protocol import Comparison, compared
from sim.figures import registry
from sim.figures.canvas import KEY_ROW, Canvas, Figure, Mark, draw_key, drawing_style, key_rows
from sim.figures.registry import REFERENCE, cues
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH
from sim.figures.text import fit, fit_all, spread, text_height, text_width
from sim.words.language import ENGLISH
from sim.words.readings import Row
from sim.words.verdict import between, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Which histories are saved, and which are lost?"
LEFT, RIGHT = 420, 420  # pixels for names, and for what is said at the end of a bar
ABOVE = 30  # pixels over a bar for the counts that it has no room for
TALLEST = 150
MOST_ROWS = 8
INDENT = "· "


@dataclass(frozen=True)
class Part:
    """A part of a bar, its words in the key, and how it looks: a colour (None: that of the scenario) and a hatch."""

    name: str
    words: str
    colour: str | None
    edge: str = "white"
    hatch: str = ""

    def look(self, scenario: str) -> dict[str, Any]:
        """As matplotlib wants it; `scenario`: the colour of the one that the bar is of."""
        return {"facecolor": self.colour or scenario, "edgecolor": self.edge, "hatch": self.hatch or None}


PARTS = (
    Part("saved", "saved: only under the scenario", None, hatch="//"),
    Part("both", "agreed in both", "#BDBDBD", "#BDBDBD"),
    Part("lost", "lost: only under the reference", REFERENCE.colour, hatch="\\\\"),
    Part("neither", "agreed in neither", "#F1F1F1", COLOUR["axis"]),
)


@registry.of(registry.COMPARISON, "saved-and-lost", place=2)
def saved_and_lost(comparison: Comparison) -> Figure:
    """A bar for each scenario; where they find room, also for each working group."""
    rows = _rows(comparison)
    with drawing_style():
        note = (
            "Saved (in the scenario's colour) and both agree under it, both and lost under the reference. At the "
            "end of a bar: saved less lost, its 95 % interval, and p of McNemar's exact test."
        )
        if len(rows) < len(comparison.transitions) and len(comparison.transitions) > MOST_ROWS:
            note += " Working groups find no room here; they stand in the tables."
        canvas = Canvas(TITLE, compared(comparison), note)
        looks = dict(zip(comparison.names, cues(comparison), strict=True))
        only = looks[comparison.names[1]].colour if len(comparison.others) == 1 else COLOUR["quiet"]
        key = key_rows([_mark(canvas, part, only) for part in PARTS], SPACE["edge"], WIDTH - SPACE["edge"])
        draw_key(canvas, key, canvas.top)
        top = canvas.top + KEY_ROW * len(key) + 10
        tall = min((canvas.bottom - top - 10) / len(rows), TALLEST)
        names = fit_all([name for name, _ in rows], LEFT - SPACE["edge"] - 20, SIZE["tick"])
        for number, (name, (_, row)) in enumerate(zip(names, rows, strict=True)):
            _bar(canvas, name, row, looks[row["scenario"]].colour, (top + number * tall, tall))
    return Figure("saved-and-lost", TITLE, canvas.drawing, _data(rows), _alt(comparison, rows))


def _rows(comparison: Comparison) -> list[tuple[str, Row]]:
    """What each bar is called, and its counts."""
    table = comparison.transitions.fillna({"group": ""})
    rows: list[Row] = [*table.to_dict("records")]
    several = len(comparison.others) > 1
    if len(rows) > MOST_ROWS or len(rows) == 2 * len(comparison.others):  # a single chapter's bar would only repeat
        return [(row["scenario"], row) for row in rows if not row["group"]]
    whole, indent = ("", INDENT) if several else ("settled: every chapter", "")
    return [(f"{indent}{words.short(row['group'])}" if row["group"] else whole or row["scenario"], row) for row in rows]


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _mark(canvas: Canvas, part: Part, colour: str) -> Mark:
    return Mark(part.words, partial(_swatch, canvas, part.look(colour)), 40)


def _swatch(canvas: Canvas, look: dict[str, Any], x: float, y: float) -> None:
    canvas.box(x - 20, y - 11, 40, 22, linewidth=1, **look)


def _bar(canvas: Canvas, name: str, row: Row, colour: str, place: tuple[float, float]) -> None:
    top, tall = place
    wide, middle = WIDTH - LEFT - RIGHT - SPACE["edge"], top + ABOVE + (tall - ABOVE - 8) / 2
    canvas.text(SPACE["edge"], middle, name, SIZE["tick"])
    height = tall - ABOVE - 8
    axes = canvas.axes(LEFT, top + ABOVE, wide, height)
    axes.set(xlim=(0, _whole(row)), ylim=(0, 1), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    start = 0.0
    for part in PARTS:
        axes.add_patch(Rectangle((start, 0), row[part.name], 1, linewidth=1, clip_on=False, **part.look(colour)))
        start += row[part.name]
    _counts(canvas, axes, row, top, height)
    said = "\n".join(fit(line, RIGHT - 24, SIZE["small"], 1) for line in _said(row))
    canvas.text(LEFT + wide + 24, middle, said, SIZE["small"])


def _counts(canvas: Canvas, axes: Axes, row: Row, top: float, height: float) -> None:
    """Count and share in each part that has room for them; else above it, kept apart."""
    outside, start = [], 0.0
    for part in PARTS:
        left, right = (canvas.pixel(axes, at, 0)[0] for at in (start, start + row[part.name]))
        start += row[part.name]
        shown = f"{words.thousands(row[part.name])} · {words.percent(row[part.name] / _whole(row))}"
        size = SIZE["tick"]
        if not row[part.name]:
            continue
        if text_width(shown, size) + 28 < right - left and text_height("", size) + 4 < height:
            _written(canvas, (left + right) / 2, top + ABOVE + height / 2, shown)
        else:
            outside.append(((left + right) / 2, shown))
    sizes = [text_width(shown, SIZE["small"]) + 18 for _, shown in outside]
    places = spread([at for at, _ in outside], sizes, LEFT, WIDTH - RIGHT - SPACE["edge"])
    for place, (at, shown) in zip(places, outside, strict=True):
        canvas.text(place, top + ABOVE - 19, shown, SIZE["small"], ha="center")
        canvas.line([place, at], [top + ABOVE - 7, top + ABOVE], COLOUR["ink"])


def _written(canvas: Canvas, x: float, y: float, shown: str) -> None:
    """Words on a white label: they can be read on any colour and hatch."""
    text = canvas.text(x, y, shown, SIZE["tick"], ha="center")
    text.set_bbox({"facecolor": "white", "edgecolor": "none", "boxstyle": "square,pad=0.22"})


# ---- words -----------------------------------------------------------------------------------------------------------


def _whole(row: Row) -> int:
    return int(sum(row[part.name] for part in PARTS))


def _said(row: Row) -> list[str]:
    """`saved less lost: +18.3 points`, `95 %: +15.5 to +21.0, p < 0.001`"""
    if row["saved"] == row["lost"] == 0:
        return ["no history ends differently"]
    sure = f"95 %: {between(100 * row['low'], 100 * row['high'], 1)}, {probability(row['p'])}"
    return [f"saved less lost: {ENGLISH.signed(100 * row['difference'], 1)} points", sure]


def _alt(comparison: Comparison, rows: list[tuple[str, Row]]) -> str:
    said = [
        f"{row['saved']} saved and {row['lost']} lost under {row['scenario']}" for _, row in rows if not row["group"]
    ]
    whole, against = words.thousands(comparison.reference.replications), comparison.names[0]
    return f"Stacked bars: of {whole} histories, against {against}, {words.both(said)}."


def _data(rows: list[tuple[str, Row]]) -> pd.DataFrame:
    return pd.DataFrame([row for _, row in rows])
