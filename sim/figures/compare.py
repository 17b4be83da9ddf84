"""How far each scenario is from the reference: for every measure a dot and a whisker, and a line at no difference.

Differences are paired: the same history is run under both scenarios with the same chance, so that only what the
scenarios say can make a difference. Without common random numbers the whiskers would mean nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from sim.answers.results_protocol import Comparison, compared
from sim.figures import registry
from sim.figures.canvas import Canvas, Figure, drawing_style
from sim.figures.registry import cues
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH, Cue
from sim.figures.text import fit, fit_all, text_width
from sim.measures import SHARE, Unit, named, own_of
from sim.words.language import ENGLISH
from sim.words.readings import Row, by_scenario, measured, row_name, units
from sim.words.verdict import between, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "What does each scenario change?"
NOTE = (
    "Each history is run under both scenarios with the same chance (common random numbers), so that only what the "
    "scenarios say can differ. Right of the line: more than under the reference. Weeks: medians, where both have one."
)
HEAD, TICKS, GAP = 38, 40, 16  # pixels for a block's heading, for the numbers under it, between blocks
CLOSE, READ = 11, 23  # pixels that a whisker needs; that a whisker with its number needs
NUMBERS = 300  # pixels for numbers beside the rows
LEAST, LARGEST = 6, SIZE["mark"]  # pixels of a mark


@dataclass(frozen=True)
class Place:
    """Where a block stands: its left edge, its top, the heights of its rows, widths of names, plot and numbers."""

    left: float
    top: float
    row: float
    name: float
    plot: float
    numbers: float


@registry.of(registry.COMPARISON, "compare", place=1)
def compare(comparison: Comparison) -> Figure:
    """Paired differences with their 95 % intervals, one row a measure, one mark a scenario."""
    with drawing_style():
        said = compared(comparison, "paired differences, 95 % intervals")
        canvas, looks = Canvas(TITLE, said, NOTE), cues(comparison)[1:]
        top = _headline(canvas, comparison, looks)
        by_unit = units(comparison.reference.summary)
        found = [(unit, rows) for unit, names in by_unit.items() if (rows := _rows(comparison, names))]
        columns, row = _columns(found, canvas.bottom - top, len(looks))
        for number, column in enumerate(columns):
            _column(canvas, comparison, column, _place(number, len(columns), top, row, len(looks)), looks)
    return Figure("compare", TITLE, canvas.drawing, _data(comparison), _alt(comparison))


# ---- which rows, where -----------------------------------------------------------------------------------------------

Rows = list[str]
Found = list[tuple[Unit, Rows]]


def _rows(comparison: Comparison, names: list[str]) -> Rows:
    """Dotted names of these measures for which some scenario has a difference, without the headline."""
    table = measured(comparison.differences)
    there = table[table["measure"].isin(names) & table["difference"].notna() & (table["column"] != "settled")]
    return [column for column in dict.fromkeys(there["column"]) if _happens(comparison, column)]


def _happens(comparison: Comparison, column: str) -> bool:
    """Is a share more than 0 in some scenario? Where talks are never broken off, a row for that says nothing."""
    own = own_of(comparison.reference.summary)
    measure = named(comparison.reference.scenario, column, own)
    if measure.kind != "share":
        return True
    return any(measure.of(run.summary)["share"] > 0 for run in (comparison.reference, *comparison.others))


def _columns(found: Found, height: float, scenarios: int) -> tuple[list[Found], float]:
    """Blocks in two columns, or in three where whiskers would be too close; and the height of a row."""
    for count in (2, 3):
        columns = min(_split(found, count), key=lambda columns: max(map(_weight, columns)))
        row = min((height - _fixed(column)) / max(_count(column), 1) for column in columns)
        if row >= CLOSE * scenarios + 6:
            break
    return columns, min(row, 66.0 + 12 * (scenarios - 1))


def _split(found: Found, count: int) -> list[list[Found]]:
    """Every way to break the blocks over so many columns, in their order."""
    if count == 1 or len(found) < count:
        return [[found]]
    return [[found[:n], *rest] for n in range(1, len(found)) for rest in _split(found[n:], count - 1)]


def _weight(column: Found) -> float:
    return _count(column) * 40 + _fixed(column)


def _count(column: Found) -> int:
    return sum(len(rows) for _, rows in column)


def _fixed(column: Found) -> float:
    return len(column) * (HEAD + TICKS + GAP)


def _place(number: int, columns: int, top: float, row: float, scenarios: int) -> Place:
    """Numbers stand beside the rows where they do not crowd."""
    gap = 60
    width = (WIDTH - 2 * SPACE["edge"] - gap * (columns - 1)) / columns
    numbers = NUMBERS if columns < 3 and (scenarios == 1 or _step(row, scenarios) >= READ) else 0
    name = 0.44 * (width - numbers)
    return Place(SPACE["edge"] + number * (width + gap), top, row, name, width - name - numbers, numbers)


def _step(row: float, scenarios: int) -> float:
    """Pixels from one scenario's whisker to the next."""
    return min((row - 6) / scenarios, 30)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _headline(canvas: Canvas, comparison: Comparison, looks: Sequence[Cue]) -> float:
    """How many more settle under each scenario, each named on a line of its own.  -> pixels from the top"""
    table = measured(comparison.differences)
    settled = table[table["column"] == "settled"]
    row, left, numbers, names = (46 if len(looks) < 4 else 33), SPACE["edge"], 370, 480
    canvas.text(left, canvas.top + 8, "Settled: every chapter agreed and ratified, points of 100", SIZE["label"])
    top, plot = canvas.top + HEAD, WIDTH - 2 * left - numbers - names
    axes = canvas.axes(left + names, top, plot, row * len(looks))
    _frame(axes, SHARE, settled, plot, row * len(looks))
    labels = fit_all(comparison.names[1:], names - 60, SIZE["tick"], 1)
    for number, (name, label, cue) in enumerate(zip(comparison.names[1:], labels, looks, strict=True)):
        y, found = (number + 0.5) * row, by_scenario(settled)[name]
        canvas.mark(left + 12, top + y, cue.marker, cue.colour)
        canvas.text(left + 36, top + y, label, SIZE["tick"])
        _whisker(axes, found, SHARE, y, cue, LARGEST)
        canvas.text(left + names + plot + 20, top + y, _numbers(found, SHARE), SIZE["tick"])
    return top + row * len(looks) + TICKS + 2 * GAP


def _column(canvas: Canvas, comparison: Comparison, column: Found, place: Place, looks: Sequence[Cue]) -> None:
    table, top = measured(comparison.differences), place.top
    for unit, rows in column:
        canvas.text(place.left, top + 8, fit(unit.heading, place.name + place.plot, SIZE["label"], 1), SIZE["label"])
        height = place.row * len(rows)
        axes = canvas.axes(place.left + place.name, top + HEAD, place.plot, height)
        _frame(axes, unit, table[table["column"].isin(rows)], place.plot, height)
        heres = {row: by_scenario(table[table["column"] == row]) for row in rows}
        called = {row: row_name(next(iter(here.values()))) for row, here in heres.items()}
        lines = 2 if place.row >= 54 else 1
        names = fit_all(rows, place.name - 14, SIZE["small"], lines, called.__getitem__)
        for number, (here, name) in enumerate(zip(heres.values(), names, strict=True)):
            canvas.text(place.left, top + HEAD + (number + 0.5) * place.row, name, SIZE["small"])
            _row(canvas, axes, comparison, here, (unit, place, top + HEAD, number), looks)
        top += HEAD + height + TICKS + GAP


def _row(
    canvas: Canvas,
    axes: Axes,
    comparison: Comparison,
    here: dict[str, Row],
    at: tuple[Unit, Place, float, int],
    looks: Sequence[Cue],
) -> None:
    unit, place, top, number = at
    middle, step = (number + 0.5) * place.row, _step(place.row, len(looks))
    axes.axhline(middle + place.row / 2, color=COLOUR["grid"], linewidth=1, zorder=0.5)
    for n, (scenario, cue) in enumerate(zip(comparison.names[1:], looks, strict=True)):
        y = middle + (n - (len(looks) - 1) / 2) * step
        if scenario not in here or np.isnan(here[scenario]["difference"]):
            continue
        _whisker(axes, here[scenario], unit, y, cue, min(LARGEST, max(step * 0.8, LEAST)))
        if place.numbers:
            shown = fit(_numbers(here[scenario], unit), place.numbers - 16, SIZE["small"], 1)
            canvas.text(place.left + place.name + place.plot + 16, top + y, shown, SIZE["small"])


def _frame(axes: Axes, unit: Unit, shown: pd.DataFrame, width: float, height: float) -> None:
    """Limits that hold every whisker and the line at no difference; y counts pixels down."""
    edges = unit.scale * shown[["difference", "low", "high"]].to_numpy(float)
    low, high = min(0.0, np.nanmin(edges, initial=0)), max(0.0, np.nanmax(edges, initial=0))
    if high - low < unit.least:
        low, high = low - unit.least, high + unit.least
    axes.set_xlim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axes.set_ylim(height, 0)
    ticks = _ticks(low, high, width)
    axes.set_xticks(ticks, _labels(ticks))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=COLOUR["ink"], linewidth=1.6, zorder=1)


def _ticks(low: float, high: float, width: float) -> list[float]:
    """Round numbers, 0 among them, as many as stand apart in so many pixels."""
    for most in (4, 3, 2):
        ticks = [float(x) for x in MaxNLocator(most).tick_values(low, high) if low <= x <= high]
        apart = width * (ticks[-1] - ticks[0]) / (1.12 * (high - low) * max(len(ticks) - 1, 1))
        if apart > max(text_width(label, SIZE["tick"]) for label in _labels(ticks)) + 20:
            return ticks
    return [0.0]


def _labels(ticks: list[float]) -> list[str]:
    """The numbers with as few digits as tell them apart."""
    digits = next((n for n in range(6) if all(abs(x - round(x, n)) < 1e-9 for x in ticks)), 6)
    return [ENGLISH.signed(round(x, digits), digits) for x in ticks]


def _whisker(axes: Axes, found: Row, unit: Unit, y: float, cue: Cue, size: float) -> None:
    low, middle, high = (unit.scale * float(found[name]) for name in ("low", "difference", "high"))
    if np.isfinite([low, high]).any():  # an end that is not known lies beyond the plot
        ends = [axes.get_xlim()[n] if np.isnan(end) else end for n, end in enumerate((low, high))]
        axes.plot(ends, [y, y], color=cue.colour, linewidth=min(SIZE["line"], size / 4), zorder=2, clip_on=False)
        for end, tip, point in zip(ends, (low, high), "<>", strict=True):
            if np.isnan(tip):
                axes.plot([end], [y], marker=point, markersize=size, color=cue.colour, clip_on=False)
    axes.plot(
        [middle], [y], marker=cue.marker, markersize=size, color=cue.colour, markeredgecolor="white",
        markeredgewidth=0.8, zorder=3, clip_on=False,
    )  # fmt: skip


# ---- words -----------------------------------------------------------------------------------------------------------


def _numbers(found: Row, unit: Unit) -> str:
    """`+18.3 (+15.5 to +21.0)`"""
    difference, low, high = (unit.scale * float(found[name]) for name in ("difference", "low", "high"))
    if np.isnan(difference):
        return ""
    sure = between(low, high, unit.digits)
    return f"{ENGLISH.signed(difference, unit.digits)} ({sure})" if sure else ENGLISH.signed(difference, unit.digits)


def _alt(comparison: Comparison) -> str:
    table = comparison.differences
    settled = by_scenario(table[table["measure"] == "settled"])
    said = [f"under {name} {_settle(settled[name])}" for name in comparison.names[1:]]
    return f"Dots and whiskers: against {comparison.names[0]}, {'; '.join(said)}."


def _settle(row: Row) -> str:
    return points(row["difference"], row["low"], row["high"], verb="settle")


def _data(comparison: Comparison) -> pd.DataFrame:
    return comparison.differences.reset_index(drop=True)
