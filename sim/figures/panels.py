"""What the figure `outcomes` shows: at most a hundred dots, each for an equal share of the replications."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import MaxNLocator

from sim import words
from sim.answers.results_protocol import Results, dates_fitting, last_week
from sim.figures import timeaxis
from sim.figures.style import COLOUR, Cue, cues
from sim.measures import WORTH, dotted, owners
from sim.measures import Measure as Known
from sim.measures import measures as known_measures
from sim.words import dates

Numbers = npt.NDArray[np.float64]
MOST_DOTS = 100
PLAIN = Cue(COLOUR["quiet"], "solid", "o")


@dataclass(frozen=True)
class Scale:
    """What a panel's axis spans, its ticks, and a value in words."""

    low: float
    high: float
    ticks: list[tuple[float, str]]
    show: Callable[[float], str]


@dataclass(frozen=True)
class Measure:
    """One panel. settled, unsettled: a value for each dot, NaN where there is none."""

    name: str
    title: str
    cue: Cue
    scale: Scale
    settled: Numbers
    unsettled: Numbers
    medians: tuple[float, float]
    observed: float | None = None

    @property
    def strip(self) -> float:
        """Share of the panel's height for those that did not settle."""
        return min(max(len(self.unsettled) / (len(self.settled) + len(self.unsettled)), 0.28), 0.68)


def quantile_dots(values: Numbers, count: int) -> Numbers:
    """So many dots for all values, each for an equal share of them; NaN come last.  values (n,) -> (count,)"""
    if not count:
        return np.zeros(0)
    ordered = np.sort(values)
    at: Numbers = ordered[((np.arange(count) + 0.5) / count * len(ordered)).astype(int)]
    return at


def dots_for(part: int, whole: int) -> int:
    """How many of at most a hundred dots stand for a part; none that exists, or is missing, is rounded away."""
    dots = min(whole, MOST_DOTS)
    return min(max(round(dots * part / whole), int(part > 0)), dots - int(part < whole))


def measures(results: Results, beside: Sequence[Results] = ()) -> list[Measure]:
    """The panels of a run, on axes that hold the values of the runs beside it too."""
    every, scenario = (results, *beside), results.scenario
    shown = [measure for measure in known_measures(scenario) if measure.definition.panel]
    means, weeks = ([each for each in shown if (each.kind == "median") == late] for late in (False, True))
    found = [_panel(results, each, _scale(each, every), None) for each in means]
    rounds = [_values(run, "rounds", run.scenario.working_groups).sum(axis=1) for run in every]
    found.append(_measure(results, "rounds", "Rounds held", PLAIN, _count_scale(np.concatenate(rounds)), rounds[0]))
    known = timeaxis.observed(scenario)
    observed = max(known.values()) if len(known) == len(scenario.working_groups) else None
    return found + [_panel(results, each, _date_scale(results, beside), observed) for each in weeks]


def _panel(results: Results, measure: Known, scale: Scale, observed: float | None) -> Measure:
    """The panel of a measure, in the colour of its party."""
    title = measure.definition.panel.format(words.short(measure.owner))
    cue = cues(results.scenario).parties.get(measure.party, PLAIN)
    values = results.outcomes[measure.column].to_numpy(float)
    return _measure(results, measure.column, title, cue, scale, values, observed)


def _scale(measure: Known, every: Sequence[Results]) -> Scale:
    """An axis for the numbers of all owners of a measure, in all runs; from 0 to 1 where it can be nothing else."""
    if measure.kind == "share" or measure.definition.ratio:
        return Scale(0, 1, [(0, "0"), (0.5, "0.5"), (1, "1")], "{:.2f}".format)
    of = measure.definition.of
    values = np.concatenate([_values(run, measure.name, owners(run.scenario, of)).ravel() for run in every])
    return _utility_scale(values) if measure.unit == WORTH else _count_scale(values)


def _values(results: Results, name: str, whose: Iterable[str]) -> Numbers:
    """Columns of the outcomes table, one an owner.  -> (replications, owners)"""
    return results.outcomes[[dotted(name, owner) for owner in whose]].to_numpy(float)


def _measure(
    results: Results, name: str, title: str, cue: Cue, scale: Scale, values: Numbers, observed: float | None = None
) -> Measure:
    settled = results.outcomes["settled"].to_numpy(bool)
    dots = dots_for(int(settled.sum()), len(settled))
    parts = values[settled], values[~settled]
    counts = dots, min(len(settled), MOST_DOTS) - dots
    first, second = (quantile_dots(part, count) for part, count in zip(parts, counts, strict=True))
    return Measure(name, title, cue, scale, first, second, (_median(parts[0]), _median(parts[1])), observed)


def _median(values: Numbers) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else math.nan


def _utility_scale(values: Numbers) -> Scale:
    low, high = np.floor(np.nanmin(values) * 10) / 10, np.ceil(np.nanmax(values) * 10) / 10
    high = max(high, low + 0.2)
    return Scale(float(low), float(high), [(x, f"{x:.1f}") for x in np.arange(low, high + 0.1, 0.2)], "{:.2f}".format)


def _count_scale(values: Numbers) -> Scale:
    ticks = MaxNLocator(3, integer=True).tick_values(0, max(float(np.nanmax(values)), 1.0))
    return Scale(0, float(ticks[-1]), [(float(x), f"{x:,.0f}") for x in ticks], "{:,.0f}".format)


def _date_scale(results: Results, beside: Sequence[Results]) -> Scale:
    scenario = results.scenario
    ticks = dates.ticks(scenario.clock.start, scenario.clock.weeks, dates_fitting(4, results, beside))
    return Scale(0, last_week(results, beside), ticks, lambda week: dates.short_month(scenario.date_of(int(week))))
