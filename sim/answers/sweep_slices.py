"""A sweep as its figures and its page read it: settings with their levels in words, and slices through the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import words
from sim.words import paths
from sim.words.readings import Reading, reading

if TYPE_CHECKING:
    from sim.experiments.apart import Apart
    from sim.measures import Measure
    from sim.scenario.schema import Scenario

Numbers = npt.NDArray[np.float64]
WIDE = 0.05  # half the width of a share's interval from which on it is called wide


class Sweep(Protocol):
    """The results of a sweep, whoever computed them. Columns of `cells`: `sim/COLUMNS.md`."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def paths(self) -> tuple[str, ...]: ...
    @property
    def levels(self) -> dict[str, list[Any]]: ...
    @property
    def replications(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def cells(self) -> pd.DataFrame: ...
    @property
    def idle(self) -> tuple[str, ...]: ...
    @property
    def measures(self) -> tuple[Measure, ...]: ...
    @property
    def apart(self) -> Mapping[str, Apart]: ...


@dataclass(frozen=True)
class Setting:
    """One varied path: its levels, numbers in rising order, others as given.

    places: where each level stands in the grid; own: what the scenario itself has there.
    """

    path: str
    phrase: str
    levels: tuple[Any, ...]
    places: tuple[int, ...]
    own: Any

    @property
    def is_number(self) -> bool:
        return all(paths.is_number(level) for level in self.levels)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(paths.said(level) for level in self.levels)

    @property
    def own_level(self) -> int | None:
        """The level that is the scenario's own value, if one is."""
        return next((n for n, level in enumerate(self.levels) if paths.same(level, self.own)), None)

    @property
    def own_number(self) -> float | None:
        """The scenario's own value where it is a number."""
        return float(self.own) if paths.is_number(self.own) else None

    def at(self, level: int) -> str:
        """`effort of Russia at 0.5`, `linkage of the chapters “independent”`"""
        return set_at(self.phrase, self.levels[level])


@dataclass(frozen=True)
class Slice:
    """Values over a few settings, the first along the first axis; `held`: the others, each with its level."""

    settings: tuple[Setting, ...]
    reading: Reading
    value: Numbers
    low: Numbers
    high: Numbers
    n: npt.NDArray[np.int64]
    held: tuple[tuple[Setting, int], ...]

    @property
    def own(self) -> tuple[int, ...] | None:
        """The cell of the scenario's own values, if there is one."""
        found = [setting.own_level for setting in self.settings]
        others = all(setting.own_level == level for setting, level in self.held)
        return tuple(level for level in found if level is not None) if None not in found and others else None

    @cached_property
    def wide(self) -> npt.NDArray[np.bool_]:
        """Cells whose interval is wide: `WIDE` of a share to either side, a quarter of the spread of other measures."""
        known = self.value[np.isfinite(self.value)]
        limit = WIDE
        if not self.reading.is_share:
            limit = float(np.ptp(known)) / 4 if known.size else 0.0
        with np.errstate(invalid="ignore"):
            unsure: npt.NDArray[np.bool_] = (self.high - self.low) / 2 > limit
        return unsure & np.isfinite(self.value) & (limit > 0)


def is_grid(sweep: Sweep) -> bool:
    """Is it a grid? Else it is a sample, with a value of its own for each path in each cell."""
    return bool(sweep.levels)


def setting(sweep: Sweep, path: str) -> Setting:
    """A varied path of a grid.  Errors: KeyError, naming those that vary."""
    if path not in sweep.paths:
        raise KeyError(f"{path} does not vary in this sweep; {words.both(list(sweep.paths))} do")
    levels = sweep.levels[path]
    order = range(len(levels))
    if all(paths.is_number(level) for level in levels):
        order = sorted(order, key=levels.__getitem__)  # type: ignore[assignment]
    return Setting(
        path,
        paths.phrase(sweep.scenario, path),
        tuple(levels[n] for n in order),
        tuple(order),
        paths.own(sweep.scenario, path),
    )


def settings(sweep: Sweep) -> list[Setting]:
    """Every varied path of a grid."""
    return [setting(sweep, path) for path in sweep.paths]


def leading(sweep: Sweep) -> str:
    """The first path of a grid that is a number, or the first."""
    return next((each.path for each in settings(sweep) if each.is_number), sweep.paths[0])


def across(sweep: Sweep, free: Sequence[str], measure: str) -> Slice:
    """The grid over some of its paths; every other path is held at the scenario's own value, or at its middle level."""
    chosen = tuple(setting(sweep, path) for path in free)
    held = tuple((each, _held(each)) for each in settings(sweep) if each.path not in free)
    at = {each.path: [each.places[level]] for each, level in held} | {each.path: list(each.places) for each in chosen}
    shape = tuple(len(sweep.levels[path]) for path in sweep.paths)
    cell = np.arange(len(sweep.cells)).reshape(shape)[np.ix_(*(at[path] for path in sweep.paths))]
    order = [sweep.paths.index(path) for path in free] + [sweep.paths.index(each.path) for each, _ in held]
    cell = cell.transpose(order).reshape([len(each.levels) for each in chosen])
    value, low, high = (
        sweep.cells[name].to_numpy(float)[cell] for name in (measure, f"{measure}.low", f"{measure}.high")
    )
    return Slice(
        chosen,
        reading(sweep.scenario, measure, sweep.measures),
        value,
        low,
        high,
        sweep.cells["n"].to_numpy(int)[cell],
        held,
    )


def _held(each: Setting) -> int:
    return each.own_level if each.own_level is not None else len(each.levels) // 2


# ---- words -----------------------------------------------------------------------------------------------------------


def subtitle(sweep: Sweep, *more: str) -> str:
    """Scenario, replications in each cell, seed, and whatever else is to be said."""
    counts = sweep.cells["n"].unique()
    count = f"{words.thousands(int(counts[0]))} replications a cell" if len(counts) == 1 else "replications vary"
    return " · ".join([sweep.scenario.name, count, f"seed {sweep.seed}", *(part for part in more if part)])


def set_at(phrase: str, level: Any) -> str:
    """A setting and its level: `effort of Russia at 0.5`, `linkage of the chapters “independent”`."""
    return f"{phrase} at {paths.said(level)}" if paths.is_number(level) else f"{phrase} “{paths.said(level)}”"


def held_words(part: Slice) -> str:
    """`held: linkage of the chapters “independent” (as in the file)`; '' where nothing is."""
    said = [f"{each.at(level)}{' (as in the file)' if each.own_level == level else ''}" for each, level in part.held]
    return f"held: {words.both(said)}" if said else ""


def cell_words(part: Slice, cell: Sequence[int]) -> str:
    """`effort of Russia at 1, incidents a year at 2`"""
    return ", ".join(each.at(level) for each, level in zip(part.settings, cell, strict=True))


def spread_words(shown: Reading, value: Numbers) -> str:
    """`over 9 cells the share that settles lies between 31 % and 73 %`; none is named, since chance spreads too."""
    cells = f"{value.size:,} cell{'' if value.size == 1 else 's'}"
    if not np.isfinite(value).any():
        return f"the {shown.title} is never reached in any of {cells}"
    low, high = shown.show(float(np.nanmin(value))), shown.show(float(np.nanmax(value)))
    if low == high:
        return f"the {shown.title} is {low} wherever it has a value, in {cells}"
    return f"over {cells} the {shown.title} lies between {low} and {high}"
