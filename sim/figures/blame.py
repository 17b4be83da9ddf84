"""Why the talks fail: from the measure as it is to what it is with every mechanism switched off, share by share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import words
from sim.answers.blame_table import Amounts, answer, counted, question, title_of, told
from sim.figures import registry
from sim.figures.canvas import KEY_ROW, Canvas, Figure, Mark, draw_key, drawing_style, key_rows
from sim.figures.frames import bars_in_rows, swatch
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH
from sim.figures.text import fit, fit_all, text_width
from sim.measures import named

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.blame import Blame

LEFT, RIGHT, UNDER = 600, 450, 96
TALLEST = 120.0
THICK = 0.56
WHOLE, STEP = COLOUR["axis"], COLOUR["quiet"]  # no party's colours
CLEAR = COLOUR["paper"]


@dataclass(frozen=True)
class Step:
    """A row: from where to where it goes, between which ends it may stop; its words, and whether it is told."""

    start: float
    stop: float
    low: float
    high: float
    name: str
    shown: str
    beside: str
    whole: bool
    told: bool


@registry.of(registry.BLAME, "blame")
def blame(found: Blame) -> Figure:
    """A staircase: each mechanism's share goes on where the one above it stops, so that all of them fill the gap."""
    title = question(found)
    steps = _steps(found)
    with drawing_style():
        subtitle = f"{found.scenario.name} · {counted(found)} · 95 % intervals · for this model, not for the world"
        canvas = Canvas(title, subtitle, "Alone: what switching off this mechanism only would add.")
        top = canvas.top + KEY_ROW + 8
        tall = min((canvas.bottom - top - UNDER) / len(steps), TALLEST)
        axes = canvas.axes(LEFT, top, WIDTH - LEFT - RIGHT, tall * len(steps))
        _frame(canvas, axes, found, steps)
        _bars(axes, steps)
        _words(canvas, steps, top, tall)
        draw_key(canvas, key_rows(_key(canvas, steps), LEFT, WIDTH - 60, 560), canvas.top - 8)
    return Figure("blame", title, canvas.drawing, _data(found), answer(found))


def _steps(found: Blame) -> list[Step]:
    """As it is, each mechanism, and all of them switched off, in the units that are shown."""
    amounts = Amounts.of(found)
    at = amounts.scale * found.as_is
    steps = [Step(0, at, np.nan, np.nan, "as it is", amounts.plain(found.as_is), "", True, True)]
    for row in found.shares.to_dict("records"):
        share, low, high = (amounts.scale * row[key] for key in ("share", "low", "high"))
        alone = f"alone {amounts.signed(row['alone'])}"
        shown = f"{amounts.signed(row['share'])}"
        between = amounts.between(row)
        beside = f"{between} · {alone}" if between else alone
        steps.append(Step(at, at + share, at + low, at + high, title_of(row), shown, beside, False, told(row)))
        at += share
    all_off = amounts.plain(found.all_off)
    gap = f"gap {amounts.signed(found.gap['difference'])}"
    end = amounts.scale * found.all_off
    return [*steps, Step(0, end, np.nan, np.nan, "with all of these switched off", all_off, gap, True, True)]


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _frame(canvas: Canvas, axes: Axes, found: Blame, steps: Sequence[Step]) -> None:
    ends = np.array([(each.start, each.stop, each.low, each.high) for each in steps])
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    room = 0.03 * (high - low or 1)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    unit = named(found.scenario, found.measure).unit
    meaning = words.capital(question(found).removeprefix("What does each mechanism do to the ").removesuffix("?"))
    meaning += {"share": ", %", "median": ", weeks"}.get(unit.kind, "")
    bars_in_rows(canvas, axes, len(steps), LEFT, meaning)


def _bars(axes: Axes, steps: Sequence[Step]) -> None:
    """Bars, a thin line from each to the next, and the interval at the end of a share."""
    for row, step in enumerate(steps):
        edge = WHOLE if step.whole else STEP
        face = edge if step.told else CLEAR
        left, width = min(step.start, step.stop), abs(step.stop - step.start)
        axes.barh(row, width, THICK, left=left, color=face, edgecolor=edge, linewidth=2, zorder=2)
        if row + 1 < len(steps):
            axes.vlines(step.stop, row, row + 1, color=COLOUR["axis"], linewidth=SIZE["hairline"], zorder=1)
        if not step.whole and step.low < step.high:
            axes.hlines(row, step.low, step.high, color=COLOUR["ink"], linewidth=SIZE["line"], zorder=3)
            axes.plot(step.stop, row, "o", color=COLOUR["ink"], markersize=7, zorder=4)


def _words(canvas: Canvas, steps: Sequence[Step], top: float, tall: float) -> None:
    """What each row is, and its number; beside that its interval and what it adds alone."""
    names = fit_all([step.name for step in steps], LEFT - SPACE["edge"] - 30, SIZE["tick"], 1)
    left = WIDTH - RIGHT + 24
    wide = max(text_width(step.shown, SIZE["tick"]) for step in steps) + 18
    for row, (step, name) in enumerate(zip(steps, names, strict=True)):
        y = top + (row + 0.5) * tall
        canvas.text(LEFT - 24, y, name, SIZE["tick"], ha="right")
        canvas.text(left, y, step.shown, SIZE["tick"])
        beside = fit(step.beside, WIDTH - left - wide - 30, SIZE["small"], 1)
        canvas.text(left + wide, y, beside, SIZE["small"], COLOUR["quiet"])


def _key(canvas: Canvas, steps: Sequence[Step]) -> list[Mark]:
    marks = [
        Mark("the measure", partial(swatch, canvas, WHOLE, WHOLE)),
        Mark("share of a mechanism, with its 95 % interval", partial(swatch, canvas, STEP, STEP)),
    ]
    if not all(step.told for step in steps):
        marks.append(Mark("not told from chance", partial(swatch, canvas, CLEAR, STEP)))
    return marks


def _data(found: Blame) -> pd.DataFrame:
    return found.shares.reset_index(drop=True)
