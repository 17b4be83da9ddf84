"""What a sweep says, in a sentence or two for a page or a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.report import paths, swept, words
from sim.report.readings import Reading, reading
from sim.report.swept import Setting, Slice, Sweep

ANSWERED = "settled"


def question(sweep: Sweep) -> str:
    """What the sweep asks, in one sentence."""
    named = words.both([paths.phrase(sweep.scenario, path) for path in sweep.paths])
    cells = words.count(len(sweep.cells), "cell")
    drawn = "" if swept.is_grid(sweep) else ", drawn over their ranges"
    return f"How does the share that settles change with {named}? The sweep tries {cells}{drawn}."


def answer(sweep: Sweep, measure: str = ANSWERED) -> str:
    """What came out: the lowest and the highest cell with their intervals, what moves it most, what does nothing."""
    shown = reading(sweep.scenario, measure, sweep.measures)
    said = [_ends(sweep, shown)]
    if swept.is_grid(sweep) and len(sweep.paths) > 1:
        said += _moves(sweep, measure)
    return swept.capital(" ".join([*said, *idle(sweep)]))


def idle(sweep: Sweep) -> list[str]:
    """A sentence on the settings that change nothing; none where all change something."""
    named = [paths.phrase(sweep.scenario, path) for path in sweep.idle]
    if not named:
        return []
    whichever = "whatever its value" if len(named) == 1 else "whatever their values"
    one = swept.capital(f"{words.both(named)} {'changes' if len(named) == 1 else 'change'} nothing")
    return [f"{one}: every history is the same {whichever}."]


# ---- the lowest and the highest cell ---------------------------------------------------------------------------------


def _ends(sweep: Sweep, shown: Reading) -> str:
    cells = sweep.cells
    value, low, high = (cells[shown.column + edge].to_numpy(float) for edge in ("", ".low", ".high"))
    count = words.count(len(cells), "cell")
    if not np.isfinite(value).any():
        return f"the {shown.title} is never reached in any of {count}."
    least, most = int(np.nanargmin(value)), int(np.nanargmax(value))
    numbers = [f"{shown.show(float(value[n]))}{_interval(shown, low[n], high[n])}" for n in (least, most)]
    if value[least] == value[most]:
        return f"the {shown.title} is {numbers[0]} in each of {count}{_valued(value)}."
    at = [_where(sweep, n) for n in (least, most)]
    if low[most] <= high[least]:
        return (
            f"the {shown.title} hardly changes over {count}: it lies between {numbers[0]} and {numbers[1]}, "
            "and these intervals overlap."
        )
    if _steady(sweep, value):
        first, last = (0, 1) if least < most else (1, 0)
        verb = "rises" if least < most else "falls"
        return f"the {shown.title} {verb} from {numbers[first]} with {at[first]} to {numbers[last]} with {at[last]}."
    return f"the {shown.title} is lowest, {numbers[0]}, with {at[0]}, and highest, {numbers[1]}, with {at[1]}."


def _interval(shown: Reading, low: float, high: float) -> str:
    between = shown.range(float(low), float(high))
    return f" (95 % interval {between})" if between else ""


def _valued(value: np.ndarray) -> str:
    missing = int(np.isnan(value).sum())
    return f" that has a value ({words.number(missing)} have none)" if missing else ""


def _where(sweep: Sweep, row: int) -> str:
    """`effort of Russia at 0.5 and incidents a year at 2`"""
    cell = sweep.cells.iloc[row]
    if swept.is_grid(sweep):
        shape = [len(sweep.levels[path]) for path in sweep.paths]
        at = zip(sweep.paths, np.unravel_index(row, shape), strict=True)
        levels = [(path, sweep.levels[path][place]) for path, place in at]
    else:
        levels = [(path, cell[path]) for path in sweep.paths]
    return words.both([swept.set_at(paths.phrase(sweep.scenario, path), level) for path, level in levels])


def _steady(sweep: Sweep, value: np.ndarray) -> bool:
    """Does one number that varies move the measure in one direction, from its least level to its greatest?"""
    if not swept.is_grid(sweep) or len(sweep.paths) > 1:
        return False
    only = swept.setting(sweep, sweep.paths[0])
    steps = np.diff(value[list(only.places)])
    rising = list(only.places) == sorted(only.places)
    return only.is_number and rising and bool((steps >= 0).all() or (steps <= 0).all())


# ---- what moves it most ----------------------------------------------------------------------------------------------


def _moves(sweep: Sweep, measure: str) -> Iterator[str]:
    """The setting whose levels differ most on average over the others."""
    part = swept.across(sweep, sweep.paths, measure)
    means = [_averages(part, axis) for axis in range(len(part.settings))]
    spans = [float(np.nanmax(mean) - np.nanmin(mean)) if np.isfinite(mean).any() else 0.0 for mean in means]
    most = int(np.argmax(spans))
    if spans[most] > 0:
        yield _moved(part.reading, part.settings[most], means[most])


def _averages(part: Slice, axis: int) -> np.ndarray:
    """The mean over the other settings, at each level of one; NaN where a cell has no value."""
    others = tuple(other for other in range(part.value.ndim) if other != axis)
    return np.asarray(part.value.mean(axis=others))


def _moved(shown: Reading, setting: Setting, mean: Sequence[float] | np.ndarray) -> str:
    least, most = sorted((int(np.nanargmin(mean)), int(np.nanargmax(mean))))
    ends = [f"{shown.show(float(mean[n]))} at {setting.labels[n]}" for n in (least, most)]
    return f"On average over the other settings, {setting.phrase} moves it most: from {ends[0]} to {ends[1]}."
