"""The lanes of a timeline: what is drawn for a mediator, for incidents, for a working group.

Lanes share one plot whose x counts weeks and whose y counts pixels down from its top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.path import Path

from sim import kinds, words
from sim.answers.results_protocol import Results
from sim.figures import timeaxis
from sim.figures.canvas import Canvas
from sim.figures.style import COLOUR, SIZE, Cues
from sim.figures.text import text_width
from sim.words import dates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLAG = Path([(0, -0.5), (0, 1.5), (1.3, 1.0), (0, 0.5)])  # a pennant on its pole, which stands on the week
NAMED = 25  # pixels that the words above a strip of effort take
SHAPES = ("line", "sign", "hatched", "frame", "bar", "stem", "ring")  # in the order of the key; a sign is a marker
HATCHED = {"facecolor": COLOUR["frozen"], "edgecolor": COLOUR["hatch"], "hatch": "///", "linewidth": 0}


@dataclass(frozen=True)
class Lane:
    """A horizontal strip of the plot, from `top` down to `foot` (pixels)."""

    top: float
    foot: float

    @property
    def middle(self) -> float:
        return (self.top + self.foot) / 2

    @property
    def height(self) -> float:
        return self.foot - self.top


@dataclass(frozen=True)
class Stretch:
    """Weeks from start up to end."""

    start: float
    end: float


@dataclass(frozen=True)
class Page:
    """What the drawing functions need: the plot, the events of this history, colours, and the last week."""

    canvas: Canvas
    axes: Axes
    events: pd.DataFrame
    looks: Cues
    results: Results

    @property
    def weeks(self) -> int:
        return self.results.scenario.clock.weeks

    def of(self, group: str, *names: str) -> pd.DataFrame:
        """Events of the kinds of these names in a group ('' for those of no group), during the talks."""
        return self.events[(self.events["group"] == group) & self.events["kind"].isin(names)]

    def signs(self, group: str, lane: Lane) -> None:
        """The signs of a group's events in its lane."""
        for kind in kinds.among(self.events["kind"]):
            if kind.mark and shape(kind.mark) == "sign":
                height = lane.middle + kind.mark.height * lane.height / 2
                _marks(self, self.of(group, kind.name)["week"], height, *look_of(kind.mark))


def shape(mark: kinds.Mark) -> str:
    """How a mark is drawn: one of `SHAPES`, or `own`."""
    return mark.shape if mark.shape in (*SHAPES, "own") else "sign"


def look_of(mark: kinds.Mark) -> tuple[Any, str, float, str]:
    """Marker, colour, size and filling of a sign or a ring."""
    if mark.shape == "ring":
        return "o", COLOUR["quiet"], mark.size, "white"
    marker = FLAG if mark.shape == "flag" else mark.shape
    return marker, COLOUR["ink"], mark.size, COLOUR["ink"] if mark.filled else "white"


# ---- mediators and incidents -----------------------------------------------------------------------------------------


def mediator(page: Page, name: str, lane: Lane) -> None:
    """Effort as a filled step, its share written where it changes; trips as marks of the party visited."""
    cue = page.looks.mediators[name]
    told_effort = page.of("", "effort")
    steps = told_effort[told_effort["actor"] == name]
    weeks = [*steps["week"], page.weeks]
    tallest = lane.height - (NAMED if lane.height > 2 * NAMED else 0)
    heights = [lane.foot - tallest * value for value in steps["value"]]
    if heights:
        page.axes.fill_between(
            weeks, lane.foot, [*heights, heights[-1]], step="post", color=cue.colour, alpha=0.3, linewidth=0
        )
        page.axes.step(weeks, [*heights, heights[-1]], where="post", color=cue.colour, linewidth=2)
    visits = page.of("", "visit")
    visits = visits[visits["actor"] == name].drop_duplicates(["week", "to"])
    level = visits.groupby("week").cumcount()  # who is visited in the same week stands above the other
    for party, look in page.looks.parties.items():
        there = visits["to"] == party
        _marks(page, visits.loc[there, "week"], lane.foot - 9 - 14 * level[there], look.marker, look.colour, 9)
    _name_steps(page, weeks, list(steps["value"]), lane)


def _name_steps(page: Page, weeks: list[float], values: list[float], lane: Lane) -> None:
    free = 0.0
    for week, value in zip(weeks[:-1], values, strict=True):
        x = page.canvas.pixel(page.axes, week, 0)[0]
        shown = words.percent(value)
        if x >= free and lane.height > 2 * NAMED:
            page.canvas.text(
                x + 6,
                page.canvas.top + lane.foot - (lane.height - NAMED) * value - 15,
                shown,
                SIZE["small"],
                COLOUR["quiet"],
            )
            free = x + text_width(shown, SIZE["small"]) + 20


def around(page: Page, _: str, lane: Lane) -> None:
    """Stems as tall as incidents are severe; open rings for dated statements; signs of all else that has no group."""
    rows = page.of("", "incident")
    page.axes.vlines(rows["week"], lane.foot - lane.height * rows["value"], lane.foot, color=COLOUR["ink"], linewidth=3)
    _marks(page, rows["week"], lane.foot - lane.height * rows["value"], "o", COLOUR["ink"], 7)
    said = page.events[page.events["kind"] == "statement"]
    _marks(page, said["week"], lane.foot - 8, "o", COLOUR["quiet"], 11, "white")
    page.signs("", lane)
    page.axes.hlines(lane.foot, 0, page.weeks, color=COLOUR["faint"], linewidth=1)


# ---- working groups --------------------------------------------------------------------------------------------------


def group_lane(page: Page, group: str, lane: Lane) -> None:
    cue = page.looks.groups[group]
    page.axes.hlines(lane.middle, 0, page.weeks, color=COLOUR["faint"], linewidth=1.2, zorder=1)
    broken = kinds.counting_as("broken")
    for span in stretches(page, group, kinds.counting_as("freeze"), ("resume",)):
        _box(page, span, lane, **HATCHED)
    for span in stretches(page, group, ("provisional",), ("in_force", *broken)):
        _box(page, span, _inner(lane), facecolor="white", edgecolor=cue.colour, linewidth=2)
    for span in stretches(page, group, ("in_force",), broken):
        _box(page, span, _inner(lane), facecolor=pale(cue.colour), edgecolor=cue.colour, linewidth=2)
        _date_in(page, span, lane)
    half = min(lane.height * 0.22, 18)
    rounds = page.of(group, "round")["week"]
    page.axes.vlines(rounds, lane.middle - half, lane.middle + half, color=cue.colour, linewidth=3)
    page.signs(group, lane)
    walkouts = page.of(group, "walkout")
    for party, look in page.looks.parties.items():
        _marks(page, walkouts.loc[walkouts["actor"] == party, "week"], lane.middle, look.marker, look.colour, 11)
    observed = timeaxis.observed(page.results.scenario).get(group)
    if observed is not None:  # at the foot of the lane, where nothing else stands
        _marks(page, [observed], lane.foot - 0.08 * lane.height, cue.marker, cue.colour, 13, "white")


def stretches(page: Page, group: str, begins: tuple[str, ...], ends: tuple[str, ...]) -> list[Stretch]:
    """Pair beginnings in a group with the next end; what does not end lasts to the last week."""
    events = page.of(group, *begins, *ends)
    found: list[Stretch] = []
    start = None
    for week, name in zip(events["week"], events["kind"], strict=True):
        if name in begins and start is None:
            start = float(week)
        elif name in ends and start is not None:
            found.append(Stretch(start, float(week)))
            start = None
    return found if start is None else [*found, Stretch(start, page.weeks)]


def _inner(lane: Lane) -> Lane:
    half = min(lane.height * 0.3, 20)
    return Lane(lane.middle - half, lane.middle + half)


def _box(page: Page, span: Stretch, lane: Lane, **look: Any) -> None:
    page.axes.add_patch(Rectangle((span.start, lane.top), span.end - span.start, lane.height, zorder=1.5, **look))


def _date_in(page: Page, span: Stretch, lane: Lane) -> None:
    """`in force from 3 May 2024`, inside the bar, where there is room."""
    left, right = (page.canvas.pixel(page.axes, week, 0)[0] for week in (span.start, span.end))
    shown = f"in force from {dates.short_day(page.results.scenario.date_of(int(span.start)))}"
    if text_width(shown, SIZE["small"]) + 50 < right - left and lane.height > 26:
        page.canvas.text(left + 34, page.canvas.top + lane.middle, shown, SIZE["small"])


def pale(colour: str) -> str:
    """The colour on white paper at a third of its strength."""
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * 0.32):02X}" for part in parts)


def _marks(
    page: Page,
    weeks: Sequence[float] | pd.Series[int],
    height: Any,
    marker: Any,
    colour: str,
    size: float,
    face: str | None = None,
) -> None:
    heights = height if isinstance(height, pd.Series) else [height] * len(weeks)
    page.axes.plot(
        weeks, heights, linestyle="none", marker=marker, markersize=size, markeredgecolor=colour, clip_on=False,
        markerfacecolor=colour if face is None else face, markeredgewidth=2 if face or marker == "x" else 0.5, zorder=3,
    )  # fmt: skip
