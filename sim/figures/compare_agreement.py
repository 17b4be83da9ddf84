"""How long until the sides agree, under each scenario: the rising curves of `agreement` on common axes.

One large panel for the whole, a small one for each working group. What all scenarios freeze is grey; what only some
freeze is a thin bar at the top of the panel, in the scenario's own colour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import words
from sim.answers.results_protocol import Comparison, compared
from sim.figures import registry, timeaxis
from sim.figures.agreement import agreed_by
from sim.figures.canvas import Canvas, End, Figure, drawing_style, label_ends
from sim.figures.frames import QUARTERS, share_axis
from sim.figures.registry import cues, runs
from sim.figures.style import SIZE, SPACE, WIDTH, Cue
from sim.figures.text import fit_all
from sim.figures.timeaxis import Span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = npt.NDArray[np.float64]
TITLE = "How long until the sides agree, under each scenario?"
BANDED = 3  # scenarios up to which each curve has its band; more bands hide one another
HEAD, DATES, GAP = 42, 54, 22  # pixels over a panel, for the dates under it, between panels
LARGE, LESS = 590, 400  # pixels: the large panel beside one column of small ones, beside two
NAMES, SHARES = 420, 152  # pixels: names beside the large panel, shares beside a small one
BAR = 9  # pixels of a bar at the top


@dataclass(frozen=True)
class Curve:
    """One scenario's share that has agreed on a group ('' for the whole) by the end of the weeks 0..W, its band."""

    group: str
    scenario: str
    cue: Cue
    agreed: Numbers
    low: Numbers
    high: Numbers

    @property
    def week(self) -> Numbers:
        return np.arange(len(self.agreed), dtype=float)

    @property
    def share(self) -> float:
        """Share that agrees by the last week."""
        return float(self.agreed[-1])


@dataclass(frozen=True)
class Panel:
    """Where a panel stands (pixels), and how much room is beside it."""

    left: float
    top: float
    width: float
    height: float
    beside: float
    inner: bool = False  # the numbers of its axis stand beside its neighbour


@registry.of(registry.COMPARISON, "compare-agreement", place=3)
def compare_agreement(comparison: Comparison) -> Figure:
    """Share that has agreed against time: all scenarios in one panel each group, and in one for the whole."""
    curves = [curve for group in _groups(comparison) for curve in _curves(comparison, group)]
    with drawing_style():
        said = ["bands: 95 % (Kaplan-Meier)"] if len(comparison.names) <= BANDED else []
        canvas = Canvas(TITLE, compared(comparison, "share that has agreed", *said), _note(comparison))
        groups = _groups(comparison)
        panels = _panels(canvas, len(groups))
        room = panels[-1].width + 0.6 * panels[-1].beside
        names = fit_all(groups, room, SIZE["label"], 1, lambda group: words.short(group) or _whole(len(groups)))
        for group, name, panel in zip(groups, names, panels, strict=True):
            canvas.text(panel.left, panel.top - HEAD / 2 - 6, name, SIZE["label"])
            _draw(canvas, comparison, [curve for curve in curves if curve.group == group], panel)
    return Figure("compare-agreement", TITLE, canvas.drawing, _data(curves), _alt(comparison, curves))


# ---- numbers ---------------------------------------------------------------------------------------------------------


def _groups(comparison: Comparison) -> list[str]:
    """The whole ('') and every working group of any scenario; where there is but one group, it is the whole."""
    groups = list(dict.fromkeys(group for run in runs(comparison) for group in run.scenario.working_groups))
    return ["", *groups] if len(groups) > 1 else [""]


def _curves(comparison: Comparison, group: str) -> list[Curve]:
    """A curve for each scenario that has the group."""
    found = []
    for run, name, cue in zip(runs(comparison), comparison.names, cues(comparison), strict=True):
        if not group or group in run.scenario.working_groups:
            weeks = run.outcomes[f"week.{group}" if group else "settled_week"].to_numpy(float)
            found.append(Curve(group, name, cue, *agreed_by(weeks, run.scenario.clock.weeks)))
    return found


def _whole(panels: int) -> str:
    return "Settled: every chapter agreed and ratified" if panels > 1 else "Agreed and ratified"


def _own_freezes(comparison: Comparison, group: str) -> tuple[list[Span], list[list[Span]]]:
    """Spans that every scenario freezes, and for each scenario those that are not everybody's."""
    spans = [
        timeaxis.frozen(run.scenario, group or None) if not group or group in run.scenario.working_groups else []
        for run in runs(comparison)
    ]
    shared = [span for span in spans[0] if all(_has(other, span) for other in spans)]
    return shared, [[span for span in mine if not _has(shared, span)] for mine in spans]


def _has(spans: list[Span], span: Span) -> bool:
    return any((other.start, other.end) == (span.start, span.end) for other in spans)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _panels(canvas: Canvas, count: int) -> list[Panel]:
    """The large panel, and the small ones to the right of it, row by row."""
    left, height = SPACE["edge"] + 70, canvas.bottom - canvas.top
    if count == 1:
        wide = WIDTH - left - SPACE["edge"] - NAMES
        return [Panel(left, canvas.top + HEAD, wide, height - HEAD - DATES, NAMES)]
    columns = 1 if count <= 4 else 2
    large = Panel(left, canvas.top + HEAD, LARGE if columns == 1 else LESS, height - HEAD - DATES, NAMES)
    rows = math.ceil((count - 1) / columns)
    start = left + large.width + NAMES + 80
    width, tall = (WIDTH - start - 50) / columns - 10 * (columns - 1), (height + GAP) / rows
    small = [
        Panel(
            start + (n % columns) * (width + 10), canvas.top + (n // columns) * tall + HEAD, width - SHARES,
            tall - GAP - HEAD - DATES, SHARES, n % columns > 0,
        )
        for n in range(count - 1)
    ]  # fmt: skip
    return [large, *small]


def _draw(canvas: Canvas, comparison: Comparison, curves: list[Curve], panel: Panel) -> None:
    group, large = curves[0].group, panel.beside == NAMES
    axes = canvas.axes(panel.left, panel.top, panel.width, panel.height)
    _frame(axes, comparison, panel)
    shared, own = _own_freezes(comparison, group)
    timeaxis.shade(axes, shared)
    timeaxis.rules(axes, _observed(comparison, group))
    named = [(spans, cue) for spans, cue in zip(own, cues(comparison), strict=True) if spans]
    for number, (spans, cue) in enumerate(named):
        _bars(axes, spans, cue, number, BAR / panel.height)
    for curve in curves[::-1]:
        _line(axes, curve, banded=len(comparison.names) <= BANDED)
    ends = [End(canvas.pixel(axes, 0, c.agreed[-1])[1], *_said(c, large)) for c in curves]
    right = panel.left + panel.width
    label_ends(canvas, ends, right, panel.top - HEAD / 3, panel.top + panel.height + 12, panel.beside)


def _said(curve: Curve, large: bool) -> tuple[str, Cue, str]:
    """The label at a line's end: in the large panel the scenario and its share, in a small one the share."""
    share = words.percent(curve.share)
    if large:
        return curve.scenario, curve.cue, f"{share} agree"
    return share.replace("under ", "<").replace("over ", ">"), curve.cue, ""


def _frame(axes: Axes, comparison: Comparison, panel: Panel) -> None:
    longest = max((run.scenario for run in runs(comparison)), key=lambda scenario: scenario.clock.weeks)
    timeaxis.dated(axes, longest, max(int(panel.width / 105), 2))
    share_axis(axes, QUARTERS if panel.height > 240 else (0, 0.5, 1))
    axes.tick_params(labelleft=not panel.inner)


def _line(axes: Axes, curve: Curve, banded: bool) -> None:
    if banded:
        axes.fill_between(
            curve.week, curve.low, curve.high, step="post", color=curve.cue.colour, alpha=0.14, linewidth=0
        )
    axes.step(
        curve.week, curve.agreed, where="post", linewidth=SIZE["line"], color=curve.cue.colour,
        linestyle=curve.cue.linestyle,
    )  # fmt: skip


def _bars(axes: Axes, spans: list[Span], cue: Cue, number: int, tall: float) -> None:
    """Thin bars at the top, where rising curves come last, one level for each scenario."""
    high = 1 - (0.6 + 1.5 * number) * tall
    for span in spans:
        axes.fill_between([span.start, span.end], high - tall, high, color=cue.colour, linewidth=0, zorder=4)


def _observed(comparison: Comparison, group: str) -> list[float]:
    """Weeks in which the group, or the last of all groups, agreed in fact."""
    scenario = comparison.reference.scenario
    known = timeaxis.observed(scenario)
    if group:
        return [known[group]] if group in known else []
    return [max(known.values())] if known and len(known) == len(scenario.working_groups) else []


# ---- words -----------------------------------------------------------------------------------------------------------


def _note(comparison: Comparison) -> str:
    shared, own = _own_freezes(comparison, "")
    said = ["Grey: weeks that every scenario freezes."] if shared else []
    if any(own):
        said.append("Bars at the top: weeks that one scenario freezes and another does not, in its colour.")
    if timeaxis.observed(comparison.reference.scenario):
        said.append("Dotted: the date on which it was agreed in fact.")
    if len({run.scenario.clock.start for run in runs(comparison)}) > 1:
        said.append("The talks begin on different dates; the dates are those of the longest.")
    return " ".join(["Histories that never agree count to the end.", *said])


def _alt(comparison: Comparison, curves: list[Curve]) -> str:
    shares = [f"{words.percent(curve.share)} under {curve.scenario}" for curve in curves if not curve.group]
    whole = words.thousands(comparison.reference.replications)
    return f"Rising curves: of {whole} histories under each scenario, all chapters are agreed in {words.both(shares)}."


def _data(curves: list[Curve]) -> pd.DataFrame:
    tables = [
        pd.DataFrame(
            {
                "scenario": curve.scenario, "group": curve.group, "week": curve.week,
                "agreed": curve.agreed, "low": curve.low, "high": curve.high,
            }
        )
        for curve in curves
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)
