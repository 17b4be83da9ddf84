"""One plot of two parties' utilities: packages, frontier, single points, the offers of one history, its agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.figures.canvas import Canvas
from sim.figures.style import COLOUR, SIZE, Cue
from sim.figures.text import text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Worth = Mapping[str, float]
"""What something is worth to each party, by its name; in tables by `utility.NAME`, as a party may be called `round`."""


@dataclass(frozen=True)
class Look:
    """The marker of a single point, its size beside the others, and whether it is filled."""

    marker: str
    scale: float = 1.0
    filled: bool = True


LOOKS = {
    "no_agreement": Look("X"),
    "kalai_smorodinsky": Look("h", 1.5, filled=False),
    "nash": Look("P"),
    "agreement": Look("*", 1.9),
}
LARGE, MIDDLE = 500, 250  # a plot at least so wide (pixels) has many ticks and numbers; some ticks


@dataclass(frozen=True)
class Space:
    """What is drawn: packages, frontier and offers with a column `utility.PARTY` for each party; points by name."""

    group: str
    parties: tuple[str, ...]
    packages: pd.DataFrame
    frontier: pd.DataFrame
    is_line: bool
    points: dict[str, Worth]
    offers: pd.DataFrame  # actor, round, then what they are worth
    agreed_in: int | None

    @property
    def to_nash(self) -> float | None:
        """Distance of the agreement from the Nash solution, in utility; None where one of them is missing."""
        if not {"nash", "agreement"} <= set(self.points):
            return None
        nash, signed = self.points["nash"], self.points["agreement"]
        return float(np.sqrt(sum((signed[party] - nash[party]) ** 2 for party in self.parties)))


@dataclass(frozen=True)
class Panel:
    """One plot `width` pixels wide: utility of one party across, of another up."""

    canvas: Canvas
    axes: Axes
    width: float
    space: Space
    across: str
    up: str

    def draw(self, looks: dict[str, Cue]) -> None:
        """Everything, back to front."""
        self._frame()
        self._packages()
        self._frontier()
        for party in (self.across, self.up):
            self._path(party, looks[party])
        self._points()
        if self.width >= MIDDLE:
            self._number_rounds()

    def _by_size(self, large: int, middle: int, small: int) -> int:
        """One of the three, as the plot has room."""
        if self.width >= LARGE:
            return large
        return middle if self.width >= MIDDLE else small

    def _frame(self) -> None:
        ticks = np.linspace(0, 1, self._by_size(6, 3, 2))
        self.axes.set(xlim=(0, 1), ylim=(0, 1))
        labels = [f"{tick:g}" if self.width >= MIDDLE else "" for tick in ticks]
        self.axes.set_xticks(ticks, labels)
        self.axes.set_yticks(ticks, labels)

    def _packages(self) -> None:
        cloud, size = (self.space.packages, 14) if self.width >= MIDDLE else (self.space.packages.iloc[:500], 3)
        self.axes.scatter(
            *self._worth(cloud),
            s=size,
            color=COLOUR["faint"],
            alpha=0.6,
            linewidths=0,
            rasterized=True,
            zorder=1,
        )

    def _frontier(self) -> None:
        """A line between two parties; among more, or where only options are on the table, the points themselves."""
        x, y = self._worth(self.space.frontier.sort_values(f"utility.{self.across}"))
        if self.space.is_line and len(self.space.parties) == 2:
            self.axes.plot(x, y, color=COLOUR["ink"], linewidth=2.5, zorder=2)
        else:
            size = self._by_size(9, 6, 4)
            self.axes.plot(
                x,
                y,
                "o",
                color=COLOUR["ink"],
                markersize=size,
                markeredgewidth=0,
                zorder=2,
            )

    def _path(self, party: str, look: Cue) -> None:
        mine = self.space.offers[self.space.offers["actor"] == party]
        size = self._by_size(11, 8, 4)
        self.axes.plot(
            *self._worth(mine), color=look.colour, linewidth=1.5, marker=look.marker, markersize=size,
            markeredgecolor="white", markeredgewidth=0.8, zorder=3, clip_on=False,
        )  # fmt: skip

    def _points(self) -> None:
        size = self._by_size(19, 13, 7)
        for name, worth in self.space.points.items():
            at, look = (worth[self.across], worth[self.up]), LOOKS[name]
            face, edge = (COLOUR["ink"], "white") if look.filled else ("none", COLOUR["ink"])
            self.axes.plot(
                *at, look.marker, markersize=look.scale * size, markerfacecolor=face, markeredgecolor=edge,
                markeredgewidth=1.5 if look.filled else 2.5, zorder=5, clip_on=False,
            )  # fmt: skip
        if "no_agreement" in self.space.points:
            at = self.space.points["no_agreement"][self.across], self.space.points["no_agreement"][self.up]
            for xs, ys in (((at[0], at[0]), (at[1], 1)), ((at[0], 1), (at[1], at[1]))):
                self.axes.plot(xs, ys, color=COLOUR["quiet"], linewidth=1.3, linestyle=(0, (1, 2.5)), zorder=1.5)

    def _number_rounds(self) -> None:
        """Write the round beside an offer where there is room; first and last rounds come first, then every fifth."""
        offers = self.space.offers[self.space.offers["actor"].isin([self.across, self.up])]
        points = [(worth[self.across], worth[self.up]) for worth in self.space.points.values()]
        taken = [*self._margins(), *(_around(*self.canvas.pixel(self.axes, *point), 17) for point in points)]
        ends = offers.groupby("actor")["round"].agg(["min", "max"])
        rank = [_rank(n, *ends.loc[actor]) for actor, n in zip(offers["actor"], offers["round"], strict=True)]
        for row in offers.assign(rank=rank).sort_values(["rank", "round"], kind="stable").to_dict("records"):
            self._number(row, taken)

    def _number(self, row: Mapping[Any, Any], taken: list[Box]) -> None:
        """The round beside its offer, away from the other side's offers or, if that is taken, towards them."""
        x, y = self.canvas.pixel(self.axes, *self._worth(row))
        shown, outwards = f"{row['round']:.0f}", 1 if row["actor"] == self.across else -1
        half = text_width(shown, SIZE["small"]) / 2
        for side in (outwards, -outwards):
            place = x + side * (half + 11), y - side * 13
            box = (place[0] - half - 3, place[1] - 13, place[0] + half + 3, place[1] + 15)
            if not any(_overlap(box, other) for other in taken):
                self.canvas.text(*place, shown, SIZE["small"], COLOUR["ink"], ha="center")
                taken.append(box)
                return

    def _margins(self) -> list[Box]:
        """Where the numbers of the axes stand."""
        left, foot = self.canvas.pixel(self.axes, 0, 0)
        return [
            (left - 80, foot - self.width - 20, left - 4, foot + 20),
            (left - 80, foot + 4, left + self.width + 20, foot + 60),
        ]

    def _worth(self, table: Any) -> tuple[Any, Any]:
        """What the rows of a table, or one of them, are worth to the two parties."""
        return table[f"utility.{self.across}"], table[f"utility.{self.up}"]


Box = tuple[float, float, float, float]  # left, top, right, foot


def _rank(number: float, first: float, last: float) -> int:
    if number in (first, last):
        return 0
    return 1 if number % 5 == 0 else 2


def _around(x: float, y: float, half: float) -> Box:
    return x - half, y - half, x + half, y + half


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
