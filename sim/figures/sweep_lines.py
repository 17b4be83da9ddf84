"""A measure against one setting of a sweep: a line with its 95 % band for each level of a second setting.

Settings that are no numbers have a dot and a whisker for each level instead of a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.ticker import MaxNLocator

from sim import words
from sim.answers import sweep_slices
from sim.answers.sweep_slices import Setting, Slice, Sweep
from sim.figures import registry
from sim.figures.canvas import Canvas, End, Figure, drawing_style, label_ends
from sim.figures.colour_bar import ROUND
from sim.figures.heatmap import table
from sim.figures.samples import sample_lines
from sim.figures.style import COLOUR, DASHES, MARKERS, SIZE, SPACE, WIDTH, Cue
from sim.figures.text import fit, fit_all, text_width
from sim.words import paths
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = 7
MOST_FIGURES = 4  # of a report
LEFT, RIGHT, UNDER, ABOVE = 190, 430, 132, 84
DARKEST, PALEST = 0.0, 0.78  # of cividis: paler lines are lost on white paper


def _reported(sweep: Sweep) -> Iterator[Figure]:
    """Those of a report: against each of the first paths, and for one of them what settles and also lasts."""
    chosen: list[str | None] = [None]
    if sweep_slices.is_grid(sweep):
        chosen = sorted(sweep.paths, key=lambda path: path != sweep_slices.leading(sweep))
    for number, path in enumerate(chosen[:MOST_FIGURES], start=1):
        figure = sweep_lines(sweep, path)
        yield figure if number == 1 else replace(figure, name=f"sweep-lines.{number}")
    if sweep.scenario.clock.hold_weeks:
        yield replace(sweep_lines(sweep, chosen[0], "lasting"), name="sweep-lines.lasting")


@registry.of(registry.SWEEP, "sweep-lines", place=2, reported=_reported)
def sweep_lines(sweep: Sweep, path: str | None = None, measure: str = "settled") -> Figure:
    """A measure against one varied path, by default the first that is a number, with a line for each level of another.

    Errors: KeyError for a path that does not vary or a measure that does not exist.
    """
    if not sweep_slices.is_grid(sweep):
        return sample_lines(sweep, path, measure)
    across = path or sweep_slices.leading(sweep)
    part = sweep_slices.across(sweep, (across, *[other for other in sweep.paths if other != across][:1]), measure)
    chosen = _levels(part)
    title = words.capital(f"{part.reading.title}, by {part.settings[0].phrase}")
    with drawing_style():
        canvas = Canvas(
            title, sweep_slices.subtitle(sweep, "95 % intervals", sweep_slices.held_words(part)), _note(part, chosen)
        )
        height = canvas.bottom - canvas.top - ABOVE - UNDER
        right = RIGHT if len(part.settings) > 1 else SPACE["edge"]
        axes = canvas.axes(LEFT, canvas.top + ABOVE, WIDTH - LEFT - right, height)
        _frame(canvas, axes, part, height)
        ends = [_series(canvas, axes, part, level, number, len(chosen)) for number, level in enumerate(chosen)]
        if len(part.settings) > 1:
            _name_lines(canvas, part, ends, height)
    return Figure("sweep-lines", title, canvas.drawing, _data(part, chosen), _alt(part))


def _levels(part: Slice) -> list[int]:
    """The levels of the second setting that have a line: the ends, the scenario's own, and as many between."""
    if len(part.settings) == 1:
        return [0]
    count, own = len(part.settings[1].levels), part.settings[1].own_level
    if count <= MOST_LINES:
        return list(range(count))
    spread = {round(n) for n in np.linspace(0, count - 1, MOST_LINES)}
    if own is not None and own not in spread:
        spread = spread - {min(spread - {0, count - 1}, key=lambda level: abs(level - own))} | {own}
    return sorted(spread)


def _numbers(part: Slice, level: int) -> tuple[Any, Any, Any]:
    """Value, low and high along the first setting."""
    arrays = (part.value, part.low, part.high)
    value, low, high = (array if array.ndim == 1 else array[:, level] for array in arrays)
    return value, low, high


# ---- the frame -------------------------------------------------------------------------------------------------------


def _frame(canvas: Canvas, axes: Axes, part: Slice, height: float) -> None:
    setting = part.settings[0]
    canvas.text(SPACE["edge"], canvas.top + 8, words.capital(part.reading.title), SIZE["label"])
    low, high = _limits(part)
    ticks = [float(tick) for tick in MaxNLocator(5, steps=ROUND).tick_values(low, high) if low <= tick <= high]
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [part.reading.show(tick) for tick in ticks])
    axes.grid(axis="y", color=COLOUR["grid"], linewidth=SIZE["hairline"])
    (_number_axis if setting.is_number else _name_axis)(canvas, axes, setting)
    foot = canvas.top + ABOVE + height + (72 if setting.is_number else 104)
    phrase = fit("\N{RIGHTWARDS ARROW} " + setting.phrase, 800, SIZE["label"], 1)
    canvas.text(LEFT, foot, phrase, SIZE["label"])
    x = LEFT + text_width(phrase, SIZE["label"]) + 20
    canvas.text(x, foot, fit(setting.path, WIDTH - x - 80, SIZE["small"], 1), SIZE["small"], COLOUR["quiet"])
    _mark_own(canvas, axes, setting)


def _limits(part: Slice) -> tuple[float, float]:
    """Shares from 0, to 1 unless all are small; others as far as their intervals."""
    known = np.concatenate([array[np.isfinite(array)].ravel() for array in (part.value, part.low, part.high)])
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if part.reading.is_share:
        return 0.0, min(1.0, max(0.2, np.ceil(high * 10) / 10 + 0.1)) if high < 0.5 else 1.0
    pad = (high - low) * 0.08 or max(abs(high) * 0.1, 0.1)
    return low - pad, high + pad


def _number_axis(canvas: Canvas, axes: Axes, setting: Setting) -> None:
    at = np.array(setting.levels, dtype=float)
    pad = float(np.ptp(at)) * 0.02 or 0.5
    axes.set_xlim(at.min() - pad, at.max() + pad)
    if len(at) <= 11 and _apart(canvas, axes, setting):
        axes.set_xticks(at, setting.labels)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(8, steps=ROUND))
        axes.xaxis.set_major_formatter(lambda value, place: f"{value:g}")


def _apart(canvas: Canvas, axes: Axes, setting: Setting) -> bool:
    """Do the labels of all levels stand clear of one another?"""
    at = [canvas.pixel(axes, float(level), 0)[0] for level in setting.levels]
    wide = [text_width(label, SIZE["tick"]) + 14 for label in setting.labels]
    return all(at[n + 1] - at[n] >= (wide[n] + wide[n + 1]) / 2 for n in range(len(at) - 1))


def _name_axis(canvas: Canvas, axes: Axes, setting: Setting) -> None:
    count = len(setting.labels)
    axes.set_xlim(-0.5, count - 0.5)
    wide = canvas.pixel(axes, 1, 0)[0] - canvas.pixel(axes, 0, 0)[0]
    axes.set_xticks(range(count), fit_all(setting.labels, wide - 16, SIZE["tick"], 2))


def _mark_own(canvas: Canvas, axes: Axes, setting: Setting) -> None:
    """A dotted vertical at the scenario's own value, named above the plot."""
    at = setting.own_number if setting.is_number else setting.own_level
    low, high = axes.get_xlim()
    if at is None or not low <= at <= high:
        return
    axes.axvline(at, color=COLOUR["quiet"], linestyle=(0, (1, 2.5)), linewidth=SIZE["hairline"] * 1.6, zorder=1)
    x, top = canvas.pixel(axes, at, axes.get_ylim()[1])
    said = fit(f"in the file: {paths.said(setting.own)}", 360, SIZE["small"], 1)
    half = text_width(said, SIZE["small"]) / 2
    canvas.text(max(x, LEFT - 40 + half), top - 20, said, SIZE["small"], COLOUR["quiet"], ha="center")


# ---- the lines -------------------------------------------------------------------------------------------------------


def _cue(number: int, count: int) -> Cue:
    """From dark to pale in the order of the levels, with a dash and a marker of its own."""
    shade = DARKEST + (PALEST - DARKEST) * (number / (count - 1) if count > 1 else 0)
    return Cue(to_hex(mpl.colormaps["cividis"](shade)), DASHES[number], MARKERS[number])


def _series(canvas: Canvas, axes: Axes, part: Slice, level: int, number: int, count: int) -> End:
    value, low, high = _numbers(part, level)
    cue, setting = _cue(number, count), part.settings[0]
    draw = _line if setting.is_number else _dots
    at = np.array(setting.levels, dtype=float) if setting.is_number else np.arange(len(value)) + _beside(number, count)
    draw(axes, at, (value, low, high), cue)
    known = np.flatnonzero(np.isfinite(value))
    last = float(value[known[-1]]) if known.size else axes.get_ylim()[0]
    said = "" if len(part.settings) == 1 else part.settings[1].labels[level]
    own = len(part.settings) > 1 and part.settings[1].own_level == level
    more = "as in the file" if own else ""
    return End(canvas.pixel(axes, 0, last)[1], said if known.size else f"{said}: {NONE}", cue, more)


def _beside(number: int, count: int) -> float:
    """Levels of the second setting stand beside each other over a name."""
    return (number - (count - 1) / 2) * min(0.12, 0.7 / count)


def _line(axes: Axes, at: Any, numbers: Sequence[Any], cue: Cue) -> None:
    value, low, high = numbers
    axes.fill_between(at, low, high, color=cue.colour, alpha=0.13, linewidth=0)
    look: dict[str, Any] = {"markersize": SIZE["mark"], "markeredgecolor": "white", "clip_on": False, "zorder": 3}
    axes.plot(at, value, color=cue.colour, linestyle=cue.linestyle, marker=cue.marker, **look)


def _dots(axes: Axes, at: Any, numbers: Sequence[Any], cue: Cue) -> None:
    value, low, high = numbers
    axes.vlines(at, low, high, color=cue.colour, linewidth=SIZE["line"], zorder=2)
    look: dict[str, Any] = {"marker": cue.marker, "markersize": 14, "clip_on": False, "zorder": 3}
    axes.plot(at, value, linestyle="none", color=cue.colour, **look)


def _name_lines(canvas: Canvas, part: Slice, ends: Sequence[End], height: float) -> None:
    second, x = part.settings[1], WIDTH - RIGHT
    wide = RIGHT - SPACE["edge"] / 2
    heading = fit(second.phrase + ":", wide - 26, SIZE["tick"], 2)
    canvas.text(x + 26, canvas.top - 4, heading, SIZE["tick"], va="top")
    label_ends(canvas, ends, x, canvas.top + ABOVE, canvas.top + ABOVE + height, wide)


# ---- words -----------------------------------------------------------------------------------------------------------


def _note(part: Slice, chosen: Sequence[int]) -> str:
    said = ["Bands: 95 %." if part.settings[0].is_number else "Whiskers: 95 %."]
    if part.settings[1:] and len(chosen) < len(part.settings[1].levels):
        said.append(f"A line for {len(chosen)} of the {len(part.settings[1].levels)} levels.")
    if not np.isfinite(part.value).all():
        said.append("A gap: no value there, since fewer than half of the histories come to it.")
    return " ".join(said)


def _alt(part: Slice) -> str:
    kind = "Lines" if part.settings[0].is_number else "Dots with whiskers"
    return f"{kind}: {sweep_slices.spread_words(part.reading, part.value)}."


def _data(part: Slice, chosen: Sequence[int]) -> pd.DataFrame:
    whole = table(part)
    if len(part.settings) == 1:
        return whole
    second = part.settings[1]
    shown = [second.levels[n] if second.is_number else second.labels[n] for n in chosen]
    return whole[whole[second.path].isin(shown)].reset_index(drop=True)
