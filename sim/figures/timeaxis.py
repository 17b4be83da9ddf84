"""An axis of weeks that reads as dates, the grey of frozen weeks, and the dates that history knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import words
from sim.figures.style import COLOUR, SIZE
from sim.scenario.numbers import mean_of
from sim.words import dates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Span:
    """Weeks in which the scenario freezes some groups: from `start` up to, not including, `end`."""

    start: float
    end: float
    groups: tuple[str, ...]


def dated(axes: Axes, scenario: Scenario, most: int = 8) -> None:
    """Weeks of talks along x, labelled with at most about so many dates."""
    axes.set_xlim(0, scenario.clock.weeks)
    found = dates.ticks(scenario.clock.start, scenario.clock.weeks, most)
    axes.set_xticks([week for week, _ in found], [label for _, label in found])


def frozen(scenario: Scenario, group: str | None = None) -> list[Span]:
    """Scheduled freezes within the talks, of one group or of all; a drawn length counts with its mean."""
    spans = []
    for freeze in scenario.freezes:
        if freeze.start is None or (group is not None and group not in freeze.groups):
            continue
        start = scenario.week_of(freeze.start)
        end = min(start + mean_of(freeze.weeks), scenario.clock.weeks)
        if end > start:
            spans.append(Span(start, end, tuple(freeze.groups)))
    return spans


def shade(axes: Axes, spans: Iterable[Span]) -> None:
    """Grey bands behind everything else."""
    for span in spans:
        axes.axvspan(span.start, span.end, facecolor=COLOUR["frozen"], edgecolor="none", zorder=0)


def frozen_words(spans: list[Span]) -> str:
    """What the grey means, '' where there is none: `Grey: weeks in which the scenario freezes border or treaty.`"""
    groups = list(dict.fromkeys(words.short(group) for span in spans for group in span.groups))
    return f"Grey: weeks in which the scenario freezes {words.either(groups)}." if groups else ""


def observed(scenario: Scenario) -> dict[str, float]:
    """The week in which each group agreed in fact, where the scenario knows it and the talks last that long."""
    weeks = {g: (date - scenario.clock.start).days / 7 for g, date in scenario.observed.agreed.items()}
    return {g: week for g, week in weeks.items() if 0 <= week <= scenario.clock.weeks}


def rules(axes: Axes, weeks: Iterable[float]) -> None:
    """Dotted verticals at observed dates."""
    for week in weeks:
        axes.axvline(week, color=COLOUR["quiet"], linestyle=(0, (1, 2.5)), linewidth=SIZE["hairline"] * 1.6, zorder=1)
