"""Which uncertain input matters for a result of this scenario: inputs ranked by an index, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import words
from sim.answers.sensitivity_table import asked, ends_words
from sim.figures import registry
from sim.figures.canvas import KEY_ROW, Canvas, Figure, Mark, draw_key, drawing_style, key_rows
from sim.figures.frames import bars_in_rows, swatch
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH
from sim.figures.text import fit, fit_all
from sim.words import paths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.uncertain import Sensitivity
    from sim.scenario.schema import Scenario

MOST = 20
LEFT, RIGHT, UNDER = 620, 240, 96
TWO_LINES = 54  # pixels of a row from which on an input's path stands beneath its name
TALLEST = 170.0
ROOMY = 13  # inputs that have rows of two lines
MEANINGS = {
    "PAWN": "PAWN index: how far the result moves when the input is known; 0 = not at all",
    "delta": "delta: share of the result's distribution that moves when the input is known; 0 = none",
    "Sobol": "Sobol index: share of the result's variance",
}
BAR, FILL = COLOUR["quiet"], "#9C9C9C"  # no party's colour
LEVEL = (0, (5, 4))


@dataclass(frozen=True)
class Series:
    """One kind of index: its column, how far above (-) or below (+) the row's middle it stands, and its look."""

    column: str
    name: str
    aside: float
    colour: str
    filled: bool

    @property
    def face(self) -> str:
        return FILL if self.filled else COLOUR["paper"]

    @property
    def edges(self) -> tuple[str, str]:
        return ("low", "high") if self.column == "index" else (f"{self.column}_low", f"{self.column}_high")


@registry.of(registry.SENSITIVITY, "sensitivity")
def sensitivity(found: Sensitivity) -> Figure:
    """Ranked bars with whiskers; for Sobol indices first order and total side by side."""
    title = words.capital(f"what moves the {asked(found).title}?")
    table = found.indices.head(MOST).assign(matters=found.matters[:MOST]).reset_index(drop=True)
    series = _series(table)
    with drawing_style():
        canvas = Canvas(title, _subtitle(found), _note(found))
        top = canvas.top + KEY_ROW + 8
        tall = min((canvas.bottom - top - UNDER) / max(len(table), 1), TALLEST)
        axes = canvas.axes(LEFT, top, WIDTH - LEFT - RIGHT, tall * max(len(table), 1))
        _frame(canvas, axes, found, table, series)
        for each in series:
            _bars(axes, table, each, len(series))
        _names(canvas, found.scenario, list(table["input"]), top, tall)
        _values(canvas, found, table, series, top, tall)
        draw_key(canvas, key_rows(list(_key(canvas, found, series)), LEFT, WIDTH - 60, 560), canvas.top - 8)
    return Figure("sensitivity", title, canvas.drawing, _data(found), _alt(found))


def _series(table: pd.DataFrame) -> tuple[Series, ...]:
    if "total" in table and table["total"].notna().any():
        return (
            Series("index", "first order: the input alone", -0.2, BAR, True),
            Series("total", "total: with all it does together with others", 0.2, BAR, False),
        )
    return (Series("index", "index, with its 95 % interval", 0.0, BAR, True),)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _frame(canvas: Canvas, axes: Axes, found: Sensitivity, table: pd.DataFrame, series: Sequence[Series]) -> None:
    columns = [name for each in series for name in (each.column, *each.edges)]
    known = np.append(table[columns].to_numpy(float), found.level)
    known = known[np.isfinite(known)]
    high = max(float(known.max(initial=0.0)) * 1.06, 0.05)
    axes.set_xlim(min(float(known.min(initial=0.0)), 0.0), high)
    bars_in_rows(canvas, axes, max(len(table), 1), LEFT, MEANINGS.get(found.method, f"{found.method} index"))
    if np.isfinite(found.level):
        axes.axvline(found.level, color=COLOUR["ink"], linestyle=LEVEL, linewidth=2, zorder=5)


def _bars(axes: Axes, table: pd.DataFrame, each: Series, count: int) -> None:
    rows = np.arange(len(table)) + each.aside
    value = table[each.column].to_numpy(float)
    low, high = (table[edge].to_numpy(float) for edge in each.edges)
    faces = [each.face if told or count > 1 else COLOUR["paper"] for told in table["matters"]]
    thick = 0.5 if count == 1 else 0.34
    axes.barh(rows, value, thick, color=faces, edgecolor=each.colour, linewidth=2)
    axes.hlines(rows, low, high, color=COLOUR["ink"], linewidth=SIZE["line"], zorder=3)
    axes.plot(value, rows, "o" if each.filled else "s", color=COLOUR["ink"], markersize=7, zorder=4)


def _names(canvas: Canvas, scenario: Scenario, inputs: Sequence[str], top: float, tall: float) -> None:
    """Each input in words; beneath it, where there is room, its path."""
    wide = LEFT - SPACE["edge"] - 30
    names = fit_all(inputs, wide, SIZE["tick"], 1, lambda path: paths.phrase(scenario, path))
    for row, (path, name) in enumerate(zip(inputs, names, strict=True)):
        y = top + (row + 0.5) * tall
        two = tall >= TWO_LINES
        canvas.text(LEFT - 24, y - (13 if two else 0), name, SIZE["tick"], ha="right")
        if two:
            canvas.text(LEFT - 24, y + 14, fit(path, wide, SIZE["small"], 1), SIZE["small"], COLOUR["quiet"], "right")


def _values(
    canvas: Canvas, found: Sensitivity, table: pd.DataFrame, series: Sequence[Series], top: float, tall: float
) -> None:
    """The numbers, in a column at the right; beneath them, where there is room, the measure at both ends."""
    for row, line in enumerate(table.to_dict("records")):
        y, ends = top + (row + 0.5) * tall, ends_words(found, line) if tall >= TWO_LINES else ""
        shown = " / ".join(_shown(line[each.column]) for each in series)
        canvas.text(WIDTH - RIGHT + 24, y - (13 if ends else 0), shown, SIZE["tick"])
        if ends:
            canvas.text(
                WIDTH - RIGHT + 24, y + 14, fit(ends, RIGHT - 40, SIZE["small"], 1), SIZE["small"], COLOUR["quiet"]
            )


def _key(canvas: Canvas, found: Sensitivity, series: Sequence[Series]) -> Iterator[Mark]:
    for each in series:
        yield Mark(each.name, partial(swatch, canvas, each.face, each.colour))
    if len(series) == 1 and not all(found.matters):
        yield Mark("not told from chance", partial(swatch, canvas, COLOUR["paper"], BAR))
    if np.isfinite(found.level):
        yield Mark(f"dashed: what chance alone reaches, {found.level:.3f}", partial(_dashes, canvas))


def _dashes(canvas: Canvas, x: float, y: float) -> None:
    for at in (-13, -4, 5):
        canvas.line([x, x], [y + at, y + at + 6], COLOUR["ink"], 2)


def _shown(value: Any) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"


# ---- words -----------------------------------------------------------------------------------------------------------


def _subtitle(found: Sensitivity) -> str:
    points = f"{words.thousands(found.points)} points of " if found.points else ""
    count = f"{points}{words.thousands(found.replications)} replications"
    said = [found.scenario.name, count, f"seed {found.seed}", f"{found.method}, 95 % intervals"]
    return " · ".join([*said, "for this scenario, not for the world"])


def _note(found: Sensitivity) -> str:
    more = len(found.indices) - MOST
    said = [f"And {words.count(more, 'smaller one', 'smaller ones')}."] if more > 0 else []
    if len(found.indices) <= ROOMY and ends_words(found, found.indices.iloc[0].to_dict()):
        title = asked(found).title
        said.append(f"Under each index: the {title} where the input is in the lowest → highest tenth of its values.")
    return " ".join(said)


def _alt(found: Sensitivity) -> str:
    title = asked(found).title
    if not found.varies:
        return f"No bars: the {title} is the same in all {words.thousands(found.replications)} replications."
    told = found.indices[found.matters].head(3)
    if not len(told):
        return f"Ranked bars: no input moves the {title} by more than chance alone would."
    ranked = [
        f"{paths.phrase(found.scenario, path)} {_shown(index)}"
        for path, index in told[["input", "index"]].itertuples(index=False)
    ]
    return f"Ranked bars: the {title} is moved by {words.both(ranked)} ({found.method} index), the largest first."


def _data(found: Sensitivity) -> pd.DataFrame:
    return found.indices.reset_index(drop=True)
