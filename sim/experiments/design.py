"""The cells of a sweep: every combination of the levels, or a Latin hypercube sample; all good before any is run.

A grid goes through the levels in the order of the paths, the last one fastest.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sim.experiments.bad_cells import Misfits
from sim.experiments.hypercube import hypercube
from sim.scenario import Scenario, ScenarioError, as_yaml, load, load_text
from sim.scenario.dump import one_line
from sim.scenario.levels import ORIGIN as OPTION
from sim.scenario.levels import Level, Varied, from_file, from_options, from_values
from sim.scenario.problems import Report
from sim.scenario.schema import SweepPlan

MOST_CELLS = 100_000
MOST_TRIED = 60
"""Cells that are looked at when a file is only checked."""

Progress = Callable[[float], None]
Source = Callable[[Sequence[str]], Scenario]
"""The scenario with settings `PATH=VALUE` made.  Errors: ScenarioError."""


@dataclass(frozen=True)
class Cell:
    """A good cell: its number, what each path has there, its replications, and its scenario as a packed file."""

    number: int
    values: tuple[Any, ...]
    replications: int
    packed: bytes


@dataclass(frozen=True)
class Design:
    """What a sweep varies, and from which scenario. source: gives that scenario with a cell's settings made."""

    scenario: Scenario
    source: Source
    varied: tuple[Varied, ...]
    sample: int | None

    @property
    def paths(self) -> tuple[str, ...]:
        """What varies, in order."""
        return tuple(varied.path for varied in self.varied)

    @property
    def levels(self) -> dict[str, list[Any]]:
        """The values of each path of a grid; {} for a sample, where each cell has its own."""
        if self.sample is not None:
            return {}
        return {varied.path: [level.value for level in varied.levels] for varied in self.varied}

    @property
    def size(self) -> int:
        """How many cells."""
        return math.prod(len(varied.levels) for varied in self.varied) if self.sample is None else self.sample

    @property
    def text(self) -> str:
        """All of it as one scenario file, which gives the same sweep again."""
        plan = SweepPlan(vary={varied.path: varied.said for varied in self.varied}, sample=self.sample)
        return as_yaml(self.scenario.model_copy(update={"sweep": plan}))

    def points(self) -> Iterator[tuple[Level, ...]]:
        """What each path has in each cell."""
        if self.sample is None:
            return itertools.product(*(varied.levels for varied in self.varied))
        return hypercube(self.scenario, self.varied, self.sample)

    def settings(self, point: Sequence[Level]) -> list[str]:
        """`PATH=VALUE` for each path of a cell."""
        return [f"{path}={one_line(level.value)}" for path, level in zip(self.paths, point, strict=True)]

    def fails(self, settings: Sequence[str]) -> bool:
        """Is the scenario bad with these settings?"""
        try:
            self.source(settings)
        except ScenarioError:
            return True
        return False


# ---- where it comes from ---------------------------------------------------------------------------------------------


def of_file(file: Path, settings: Sequence[str] = (), vary: Sequence[str] = (), sample: int | None = None) -> Design:
    """A sweep of a file, with settings made: what options `PATH=...` vary or, if there are none, what the file says.

    Errors: ScenarioError with all that is wrong, but for its cells; ValueError where nothing varies.
    """
    report, plan = Report(), load(file, settings).sweep
    if vary:
        varied = from_options(vary, report)
    elif plan is not None:
        varied, sample = from_file(file, report), sample or plan.sample
    else:
        remedy = f"as in `sim sweep {file} --vary mediators.Russia.effort=0:1:11`, or write `sweep:` into the file"
        raise ValueError(f"nothing varies: name what does, {remedy}.")
    return _design(partial(_of_file, file, tuple(settings)), varied, sample, report)


def of_scenario(scenario: Scenario, vary: Mapping[str, str | Sequence[Any]] | None, sample: int | None) -> Design:
    """A sweep of a scenario: what `vary` says or, if it is None, what the scenario says.  Errors: as `of_file`."""
    report, plan = Report(), scenario.sweep
    if vary is None:
        if plan is None:
            raise ValueError("nothing varies: give `vary`, or write `sweep:` into the scenario")
        vary, sample = plan.vary, sample or plan.sample
    text = as_yaml(scenario.model_copy(update={"sweep": None}))
    return _design(partial(_of_text, text), from_values(vary, report), sample, report)


def _of_file(file: Path, settings: tuple[str, ...], more: Sequence[str]) -> Scenario:
    return load(file, [*settings, "sweep=null", *more])  # a cell is no sweep itself


def _of_text(scenario_text: str, more: Sequence[str]) -> Scenario:
    return load_text(scenario_text, settings=more)


def _design(source: Source, varied: Sequence[Varied], sample: int | None, report: Report) -> Design:
    report.close()
    for each in varied:
        if sample is None and not each.levels:
            rule = "a grid needs START:STOP:COUNT, a sample a number of cells"
            message = f"{each.said} has no count ({rule}); write {each.said}:11, or {_sampling(each)}"
            report.add(each.place, (each.path,), "syntax", message)
    made = Design(source(()), source, tuple(varied), sample)
    if made.size > MOST_CELLS:
        rule = f"a sweep has at most {MOST_CELLS:,}"
        report.add(varied[0].place, (), "too-many", f"{made.size:,} cells ({rule}); vary less, or take a --sample")
    report.close()
    return made


def _sampling(varied: Varied) -> str:
    return "add --sample 200" if varied.place.source.name == OPTION else "sample=200"


# ---- all good --------------------------------------------------------------------------------------------------------


def good_cells(made: Design, tell: Progress) -> list[Cell]:
    """Every cell, read and found good; `tell` hears the share that is done.

    Errors: ScenarioError with what is wrong, each mistake once.
    """
    pack = partial(packed, base=as_yaml(made.scenario).encode())
    cells, misfits = [], Misfits(made.paths, made.fails)
    for number, point in enumerate(made.points()):
        settings = made.settings(point)
        try:
            scenario = made.source(settings)
        except ScenarioError as error:
            misfits.add(point, settings, error.problems)
            if misfits.enough:
                break
        else:
            values = tuple(level.value for level in point)
            cells.append(Cell(number, values, scenario.replications, pack(as_yaml(scenario))))
        tell((number + 1) / made.size)
    misfits.close(made.varied)
    return cells


def try_cells(made: Design) -> None:
    """Look at some of the cells: those in which one path at most is not at its first level.

    Errors: ScenarioError with what is wrong.
    """
    misfits = Misfits(made.paths, made.fails)
    levels = [_ends(varied) if made.sample is not None else varied.levels for varied in made.varied]
    first = tuple(each[0] for each in levels)
    others = ((*first[:n], level, *first[n + 1 :]) for n, each in enumerate(levels) for level in each[1:])
    for point in itertools.islice(itertools.chain([first], others), MOST_TRIED):
        settings = made.settings(point)
        try:
            made.source(settings)
        except ScenarioError as error:
            misfits.add(point, settings, error.problems)
    misfits.close(made.varied)


def _ends(varied: Varied) -> tuple[Level, ...]:
    """What a sample may take at the most and at the least, or the values of a list."""
    if varied.ends is None:
        return varied.levels
    return tuple(Level(int(end) if end.is_integer() else end, varied.place) for end in varied.ends)


# ---- cells as files --------------------------------------------------------------------------------------------------


def packed(text: str, base: bytes) -> bytes:
    """A scenario's text in the few bytes by which it differs from the base's: a hundred thousand cells fit anywhere."""
    packer = zlib.compressobj(level=6, zdict=base)
    return packer.compress(text.encode()) + packer.flush()


def unpacked(content: bytes, base: bytes) -> str:
    """The text again."""
    return zlib.decompressobj(zdict=base).decompress(content).decode()
