"""How long until each chapter, and the whole, is agreed: rising Kaplan-Meier curves with the numbers at risk.

Replications that never agree are censored at the last week of talks, never dropped (Kaplan and Meier 1958). Where
agreements collapse, a thin second line shows the share that has one in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import words
from sim.answers.results_protocol import Results, dates_fitting, last_week, subtitle
from sim.figures import registry, timeaxis
from sim.figures.canvas import Canvas, End, Figure, drawing_style, label_ends
from sim.figures.frames import share_axis
from sim.figures.style import COLOUR, SIZE, SPACE, WHOLE, WIDTH, Cue, cues
from sim.figures.text import fit_all
from sim.statistics.summary import WeekCounts
from sim.words import dates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = npt.NDArray[np.float64]
WHOLE_NAME = "all chapters"
COLLAPSES = 0.02  # share of replications in which an agreement collapses before the thin line is worth its ink
RIGHT, LEFT = 450, 262
RISK_ROW = 31
MOST_RISK_ROWS = 6


@dataclass(frozen=True)
class Curve:
    """Share that has agreed by the end of the weeks 0..W, its band, and the share in force, where it differs."""

    group: str
    name: str
    cue: Cue
    week: Numbers
    agreed: Numbers
    low: Numbers
    high: Numbers
    at_risk: Numbers
    in_force: Numbers | None

    @property
    def median(self) -> float | None:
        """First week by which at least half have agreed; None where that never comes."""
        reached = self.week[self.agreed >= 0.5]
        return float(reached[0]) if len(reached) else None

    @property
    def share(self) -> float:
        """Share that agrees by the last week."""
        return float(self.agreed[-1])


@registry.of_run("agreement", place=1, whole="How long it took, under each scenario")
def agreement(results: Results, beside: Sequence[Results] = ()) -> Figure:
    """Share that has agreed against time, for every chapter and for all together.

    beside: other runs to be drawn on the same axes, each in a figure of its own.
    """
    curves = _curves(results)
    with drawing_style():
        canvas = Canvas(
            "How long until the sides agree?", subtitle(results, "bands: 95 % (Kaplan-Meier)"), _note(results, curves)
        )
        risk = curves if len(curves) <= MOST_RISK_ROWS else curves[-1:]
        height = canvas.bottom - canvas.top - 100 - RISK_ROW * (len(risk) + 1)
        axes = canvas.axes(LEFT, canvas.top + 34, WIDTH - LEFT - RIGHT, height)
        canvas.text(LEFT, canvas.top, "Share of histories that have agreed", SIZE["label"])
        _frame(axes, results, dates_fitting(8, results, beside))
        axes.set_xlim(0, last_week(results, beside))
        for curve in curves:
            _draw(axes, curve, timeaxis.observed(results.scenario).get(curve.group))
        ends = [End(canvas.pixel(axes, 0, c.agreed[-1])[1], c.name, c.cue, _said(results, c)) for c in curves]
        label_ends(canvas, ends, WIDTH - RIGHT, canvas.top, canvas.top + 44 + height, RIGHT - SPACE["edge"] / 2)
        _risk_table(canvas, axes, risk, canvas.top + 34 + height + 66)
    return Figure("agreement", "How long until the sides agree?", canvas.drawing, _data(curves), _alt(results, curves))


def agreed_by(weeks: Numbers, end: int) -> tuple[Numbers, Numbers, Numbers]:
    """Share that has agreed by the end of each week 0..end, and its 95 % band, as `Weeks.curve` has them.

    `weeks` holds the week of agreement, NaN where it never came: censored at `end`.
    """
    never, low, high = WeekCounts.of(weeks, end).curve(np.arange(end + 1))
    return 1 - never, 1 - high, 1 - low


def _curves(results: Results) -> list[Curve]:
    looks = cues(results.scenario).groups
    found = [_curve(results, group, words.short(group), cue, f"week.{group}") for group, cue in looks.items()]
    return found if len(found) == 1 else [*found, _curve(results, "", WHOLE_NAME, WHOLE, "settled_week")]


def _curve(results: Results, group: str, name: str, cue: Cue, column: str) -> Curve:
    end = results.scenario.clock.weeks
    weeks = results.outcomes[column].to_numpy(float)
    agreed, low, high = agreed_by(weeks, end)
    grid = np.arange(end + 1.0)
    at_risk = np.array([np.sum(~(weeks < week)) for week in grid], dtype=float)
    return Curve(group, name, cue, grid, agreed, low, high, at_risk, _in_force(results, group, end))


def _in_force(results: Results, group: str, end: int) -> Numbers | None:
    """Share that has an agreement in force at the end of each week, where collapses make it another line."""
    collapsed = [f"collapsed.{g}" for g in results.scenario.working_groups if group in ("", g)]
    if results.outcomes[collapsed].to_numpy(bool).any(axis=1).mean() <= COLLAPSES:
        return None
    weekly = results.weekly
    rows = weekly[(weekly["measure"] == ("standing" if group else "settled")) & (weekly["group"] == group)]
    return rows.set_index("week")["mean"].reindex(np.arange(end + 1)).ffill().fillna(0.0).to_numpy(float)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def _frame(axes: Axes, results: Results, most: int) -> None:
    timeaxis.dated(axes, results.scenario, most)
    timeaxis.shade(axes, timeaxis.frozen(results.scenario))
    share_axis(axes)


def _draw(axes: Axes, curve: Curve, observed: float | None) -> None:
    look: dict[str, Any] = {"color": curve.cue.colour, "linestyle": curve.cue.linestyle}
    axes.fill_between(curve.week, curve.low, curve.high, step="post", color=curve.cue.colour, alpha=0.16, linewidth=0)
    axes.step(curve.week, curve.agreed, where="post", linewidth=SIZE["line"] + (curve.cue is WHOLE), **look)
    if curve.in_force is not None:
        axes.step(curve.week, curve.in_force, where="post", linewidth=1.2, **look)
    mark: dict[str, Any] = {
        "marker": curve.cue.marker,
        "markersize": 26 if curve.cue is WHOLE else 13,  # a star has but little body
        "linestyle": "none",
        "color": curve.cue.colour,
    }
    if curve.median is not None:
        axes.plot([curve.median], [0.5], markeredgecolor="white", clip_on=False, **mark)
    if observed is not None:
        height = curve.agreed[int(observed)]
        axes.plot([observed], [height], markerfacecolor="white", markeredgewidth=2.5, clip_on=False, **mark)


def _risk_table(canvas: Canvas, axes: Axes, curves: list[Curve], top: float) -> None:
    canvas.text(SPACE["edge"], top, "Still without agreement (number of histories)", SIZE["small"], COLOUR["quiet"])
    ticks = axes.get_xticks()
    named = fit_all([curve.name for curve in curves], LEFT - SPACE["edge"] - 45, SIZE["small"], 1)
    for row, (curve, name) in enumerate(zip(curves, named, strict=True), start=1):
        y = top + row * RISK_ROW
        canvas.text(SPACE["edge"], y, name, SIZE["small"])
        for week in ticks:
            x = canvas.pixel(axes, week, 0)[0]
            canvas.text(x, y, words.thousands(int(curve.at_risk[int(week)])), SIZE["small"], ha="center")


# ---- words -----------------------------------------------------------------------------------------------------------


def _said(results: Results, curve: Curve) -> str:
    share = f"{words.percent(curve.share)} agree"
    if curve.median is None:
        return f"{share}: fewer than half"
    return f"{share}, half by {dates.short_month(results.scenario.date_of(int(curve.median)))}"


def _note(results: Results, curves: list[Curve]) -> str:
    said = [timeaxis.frozen_words(timeaxis.frozen(results.scenario))]
    if any(curve.median is not None for curve in curves):
        said.append("Filled mark: half of all histories have agreed.")
    if timeaxis.observed(results.scenario):
        said.append("Open mark: the date on which it was agreed in fact.")
    if any(curve.in_force is not None for curve in curves):
        said.append("Thin line: share that has an agreement in force, after collapses.")
    return " ".join(part for part in said if part)


def _alt(results: Results, curves: list[Curve]) -> str:
    years = f"by {dates.day(results.scenario.date_of(results.scenario.clock.weeks))}"
    shares = words.both([f"{words.percent(curve.share)} for {curve.name}" for curve in curves])
    whole = words.thousands(results.replications)
    return f"Rising curves: of {whole} simulated histories, the share that agrees {years} is {shares}."


def _data(curves: list[Curve]) -> pd.DataFrame:
    """The plotted numbers; group '' for the whole, as in all tables, since a group may be called `all`."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "group": curve.group, "week": curve.week, "agreed": curve.agreed,
                    "low": curve.low, "high": curve.high, "at_risk": curve.at_risk,
                    "in_force": np.nan if curve.in_force is None else curve.in_force,
                }
            )
            for curve in curves
        ],
        ignore_index=True,
    )  # fmt: skip
