"""What a sweep says in a sentence or two, and in tables; `experiments/apart.py` says what is chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import words
from sim.answers import sweep_slices
from sim.answers.sweep_slices import Sweep
from sim.answers.tables import Table, as_text
from sim.measures import Measure, measures
from sim.words import paths
from sim.words.language import ENGLISH
from sim.words.readings import Reading, bare, interval, reading
from sim.words.verdict import between, points, told

if TYPE_CHECKING:
    from sim.experiments.apart import Apart, Between

ANSWERED = "settled"
MOST = 40  # cells that a terminal shows


def question(sweep: Sweep) -> str:
    """What the sweep asks, in one sentence."""
    named = words.both([paths.phrase(sweep.scenario, path) for path in sweep.paths])
    cells = words.count(len(sweep.cells), "cell")
    drawn = "" if sweep_slices.is_grid(sweep) else ", drawn over their ranges"
    return f"How does the share that settles change with {named}? The sweep tries {cells}{drawn}."


def answer(sweep: Sweep, measure: str = ANSWERED) -> str:
    """What came out, as far as it is more than chance: the ends or extremes, what moves it, what does nothing."""
    shown = reading(sweep.scenario, measure, sweep.measures)
    value = sweep.cells[measure].to_numpy(float)
    apart = sweep.apart.get(measure)
    if apart is None or not np.isfinite(value).any() or np.nanmin(value) == np.nanmax(value):
        said = [_spread(sweep, shown, value)]
    else:
        said = [*_lies(sweep, shown, apart), *_moves(sweep, measure, apart)]
    return " ".join([*map(words.capital, said), *idle(sweep)])


def idle(sweep: Sweep) -> list[str]:
    """A sentence on the settings that change nothing; none where all change something."""
    named = [paths.phrase(sweep.scenario, path) for path in sweep.idle]
    if not named:
        return []
    whichever = "whatever its value" if len(named) == 1 else "whatever their values"
    one = words.capital(f"{words.both(named)} {'changes' if len(named) == 1 else 'change'} nothing")
    return [f"{one}: every history is the same {whichever}."]


# ---- ends and extremes -----------------------------------------------------------------------------------------------


def _spread(sweep: Sweep, shown: Reading, value: np.ndarray) -> str:
    """Where nothing can be told apart: what the cells have in common, or how far they spread."""
    known = value[np.isfinite(value)]
    if not known.size or np.ptp(known):
        return f"{sweep_slices.spread_words(shown, value)}."
    missing = value.size - known.size
    valued = f" that has a value ({words.number(missing)} have none)" if missing else ""
    at = _valued(sweep, shown, int(np.nanargmin(value)))
    return f"the {shown.title} is {at} in each of {words.count(value.size, 'cell')}{valued}."


def _lies(sweep: Sweep, shown: Reading, apart: Apart) -> Iterator[str]:
    """From one end of a single number to the other; and the lowest and the highest cell, if they are told apart."""
    ends, extremes = apart.ends, apart.extremes
    if ends is not None:
        yield _from_end_to_end(sweep, shown, ends)
        if {ends.lower, ends.upper} == {extremes.lower, extremes.upper} or not told(extremes.low, extremes.high):
            return
    count = words.count(len(sweep.cells), "cell")
    least, most = (f"{_valued(sweep, shown, n)}, with {_where(sweep, n)}" for n in (extremes.lower, extremes.upper))
    net = points(extremes.difference, extremes.low, extremes.high)
    pairs = "" if len(sweep.cells) == 2 else f" (for any two of {count} at once)"
    if told(extremes.low, extremes.high):
        which = "it" if ends is not None else f"the {shown.title}"
        yield f"{which} is lowest, {least}, and highest, {most}: {net}{pairs}.{_alike(apart)}"
    else:
        values = [_valued(sweep, shown, n) for n in (extremes.lower, extremes.upper)]
        yield f"over {count} the {shown.title} lies between {values[0]} and {values[1]}; {net}{pairs}."


def _from_end_to_end(sweep: Sweep, shown: Reading, ends: Between) -> str:
    first, last = (f"{_valued(sweep, shown, n)} with {_where(sweep, n)}" for n in (ends.lower, ends.upper))
    net = points(ends.difference, ends.low, ends.high)
    if not told(ends.low, ends.high):
        return f"the {shown.title} is {first} and {last}; {net}."
    return f"the {shown.title} {'rises' if ends.low > 0 else 'falls'} from {first} to {last}: {net}."


def _alike(apart: Apart) -> str:
    """How many cells might as well be the lowest or the highest."""
    named = zip(apart.alike, ("lowest", "highest"), strict=True)
    said = [f"{words.count(others, 'other cell')} from the {end}" for others, end in named if others]
    return f" Not told apart by more than chance: {words.both(said)}." if said else ""


def _valued(sweep: Sweep, shown: Reading, row: int) -> str:
    """`31 % (95 % interval 29 to 33 %)`"""
    value, low, high = (float(sweep.cells[shown.column + edge].iloc[row]) for edge in ("", ".low", ".high"))
    between = shown.range(low, high)
    return f"{shown.show(value)}{f' (95 % interval {between})' if between else ''}"


def _where(sweep: Sweep, row: int) -> str:
    """`effort of Russia at 0.5 and incidents a year at 2`"""
    cell = sweep.cells.iloc[row]
    if sweep_slices.is_grid(sweep):
        shape = [len(sweep.levels[path]) for path in sweep.paths]
        at = zip(sweep.paths, np.unravel_index(row, shape), strict=True)
        levels = [(path, sweep.levels[path][place]) for path, place in at]
    else:
        levels = [(path, cell[path]) for path in sweep.paths]
    return words.both([sweep_slices.set_at(paths.phrase(sweep.scenario, path), level) for path, level in levels])


# ---- what each setting does ------------------------------------------------------------------------------------------


def _moves(sweep: Sweep, measure: str, apart: Apart) -> Iterator[str]:
    """The settings that move it on average over the others, by more than chance."""
    moving = [each for each in apart.settings if told(each.low, each.high)]
    if not apart.settings:
        return
    average = "on average over the other settings,"
    if not moving:
        yield f"{average} no setting moves it by more than chance alone would."
        return
    first, *others = [_moved(sweep, measure, each) for each in moving]
    most = " most" if apart.ahead and others else ""
    yield f"{average} it is moved{most} by {first}{_less(others, bool(most))}."


def _less(others: Sequence[str], told_apart: bool) -> str:
    """The other settings that move it."""
    if not others:
        return ""
    return (
        f"; less, but by more than chance, by {words.both(others)}" if told_apart else f" and by {words.both(others)}"
    )


def _moved(sweep: Sweep, measure: str, each: Between) -> str:
    """`incidents a year (from 75 % at 0 to 15 % at 4: 60.0 points fewer, 52.1 to 67.9)`"""
    levels, axis = sweep.levels[each.path], sweep.paths.index(each.path)
    shape = [len(sweep.levels[path]) for path in sweep.paths]
    place = np.unravel_index(np.arange(len(sweep.cells)), shape)[axis]
    order = [n for n in sweep_slices.setting(sweep, each.path).places if n in (each.lower, each.upper)]
    means = {n: float(sweep.cells[measure].to_numpy(float)[place == n].mean()) for n in order}
    ends = [f"{words.percent(means[n])} at {paths.said(levels[n])}" for n in order]
    sign = 1 if order[-1] == each.upper else -1
    net = points(sign * each.difference, *sorted((sign * each.low, sign * each.high)))
    return f"{paths.phrase(sweep.scenario, each.path)} (from {ends[0]} to {ends[-1]}: {net})"


# ---- tables ----------------------------------------------------------------------------------------------------------


def sweep_table(sweep: Sweep, place: Path) -> str:
    """What each cell came to, and what changed nothing, as `sim sweep` prints it.  place: where all of it lies."""
    counts = sweep.cells["n"].unique()
    each = f"of {counts[0]:,} replications each" if len(counts) == 1 else "of different numbers of replications"
    whole = f"{len(sweep.cells):,} cell{'' if len(sweep.cells) == 1 else 's'} {each}, seed {sweep.seed}"

    table = cells(sweep)
    parts: list[str | Table] = [whole, replace(table, rows=table.rows[:MOST])]
    if len(table.rows) > MOST:
        parts.append(f"... and {len(table.rows) - MOST:,} more cells: {place}")
    return as_text(sweep.scenario.name, *parts, answer(sweep))


def varied(sweep: Sweep) -> Table:
    """What was varied: each path with its levels, and what the scenario itself has there."""
    rows = []
    for path in sweep.paths:
        own = paths.said(paths.own(sweep.scenario, path))
        changed = "nothing" if path in sweep.idle else ""
        rows.append((paths.phrase(sweep.scenario, path), path, _levels(sweep, path), own, changed))
    head = ("setting", "path in the file", "levels", "in the file itself", "changes")
    if sweep.idle:
        return Table("What was varied", head, rows)
    return Table("What was varied", head[:-1], [row[:-1] for row in rows])


def _levels(sweep: Sweep, path: str) -> str:
    if sweep_slices.is_grid(sweep):
        return ", ".join(sweep_slices.setting(sweep, path).labels)
    column = sweep.cells[path]
    if pd.api.types.is_numeric_dtype(column):
        return f"{paths.said(float(column.min()))} to {paths.said(float(column.max()))}, drawn"
    return ", ".join(dict.fromkeys(paths.said(value) for value in column))


def cells(sweep: Sweep) -> Table:
    """Every cell: its levels, and the main measures with their intervals; everything else is in cells.parquet."""
    columns = {paths.phrase(sweep.scenario, path): _labels(sweep, path) for path in sweep.paths}
    columns |= dict(_measured(sweep))
    caption = f"All {words.count(len(sweep.cells), 'cell')}, with 95 % intervals"
    return Table(caption, tuple(columns), list(zip(*columns.values(), strict=True)), names=len(sweep.paths))


def _measured(sweep: Sweep) -> Iterator[tuple[str, list[str]]]:
    """A head and a cell for each row; the paired difference stands beside the share that it is of."""
    for measure in measures(sweep.scenario):
        if not measure.definition.cells or measure.column not in sweep.cells:
            continue
        yield _head(measure), [_cell(measure, *edges) for edges in _edges(sweep, measure.column)]
        if measure.column == ANSWERED and f"{ANSWERED}.difference" in sweep.cells:
            yield "points, paired", [_paired(*edges) for edges in _edges(sweep, f"{ANSWERED}.difference")]


def _head(measure: Measure) -> str:
    """`settled, %`: a share by its label, as in a comparison; all else by a title that has its unit."""
    form = f"{measure.definition.label}, %" if measure.kind == "share" else measure.definition.title
    return form.format(words.short(measure.owner))


def _cell(measure: Measure, value: float, low: float, high: float) -> str:
    """`62.0` and beneath it `57.2 to 66.6`"""
    show = partial(bare, measure.unit)
    return f"{show(value)}\n{interval({'low': low, 'high': high}, show)}".strip()


def _edges(sweep: Sweep, column: str) -> Iterator[tuple[float, float, float]]:
    """The value and the ends of its interval, cell by cell."""
    return zip(*(sweep.cells[column + edge].astype(float) for edge in ("", ".low", ".high")), strict=True)


def _paired(middle: float, low: float, high: float) -> str:
    """`+4.9` and beneath it `+2.8 to +7.1`, in points of 100"""
    if low == high:
        return "the reference"
    return f"{ENGLISH.signed(100 * middle, 1)}\n{between(100 * low, 100 * high, 1)}"


def _labels(sweep: Sweep, path: str) -> list[str]:
    if not sweep_slices.is_grid(sweep):
        return [paths.said(value) for value in sweep.cells[path]]
    shape = [len(sweep.levels[each]) for each in sweep.paths]
    places = np.indices(shape)[sweep.paths.index(path)].ravel()
    said = [paths.said(level) for level in sweep.levels[path]]
    return [said[place] for place in places]
