"""The cells of a sweep: every combination of the levels, or a Latin hypercube sample; all good before any is run.

A grid goes through the levels in the order of the paths, the last one fastest.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments.bad_cells import Misfits
from sim.scenario import Scenario, ScenarioError, as_yaml, load
from sim.scenario.dump import one_line
from sim.scenario.levels import ORIGIN as OPTION
from sim.scenario.levels import Level, Varied, from_file, from_options, from_values, takes_whole_numbers
from sim.scenario.load import load_tree, of_tree, with_values
from sim.scenario.problems import Problem, Report
from sim.scenario.schema import SweepPlan
from sim.scenario.tree import Node

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MOST_CELLS = 100_000
ALONE = "sweep=null"  # a cell is no sweep itself
MOST_TRIED = 60
"""Cells that are looked at when a file is only checked."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Cell:
    """A good cell: its number, what each path has there, its replications, and a digest of its whole scenario."""

    number: int
    values: tuple[Any, ...]
    replications: int
    key: str


@dataclass(frozen=True)
class Base:
    """All that makes a scenario of a cell's values: the base as it was read, and the paths that vary.

    A cell is handed on as its values. Nobody writes or reads YAML for it, and a hundred thousand cells fit anywhere.
    """

    tree: Node
    paths: tuple[str, ...]

    def scenario(self, values: Sequence[Any], good: bool = True) -> Scenario:
        """The scenario of a cell that was found good; one that was not is looked at.  Errors: ScenarioError."""
        return with_values(self.tree, dict(zip(self.paths, values, strict=True)), good)


@dataclass(frozen=True)
class Design:
    """What a sweep varies, and from which scenario. tree: that scenario as it was read, without a sweep of its own."""

    scenario: Scenario
    tree: Node
    varied: tuple[Varied, ...]
    sample: int | None

    @property
    def base(self) -> Base:
        """What cells are made of."""
        return Base(self.tree, self.paths)

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

    def problems(self, settings: Sequence[str]) -> tuple[Problem, ...]:
        """What is wrong with the scenario with these settings made, each at its place."""
        try:
            of_tree(self.tree, settings)
        except ScenarioError as error:
            return tuple(error.problems)
        return ()


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
    return _design(load_tree(file, [*settings, ALONE]), varied, sample, report)


def of_scenario(scenario: Scenario, vary: Mapping[str, str | Sequence[Any]] | None, sample: int | None) -> Design:
    """A sweep of a scenario: what `vary` says or, if it is None, what the scenario says.  Errors: as `of_file`."""
    report, plan = Report(), scenario.sweep
    if vary is None:
        if plan is None:
            raise ValueError("nothing varies: give `vary`, or write `sweep:` into the scenario")
        vary, sample = plan.vary, sample or plan.sample
    return _design(load_tree(scenario, [ALONE]), from_values(vary, report), sample, report)


def _design(tree: Node, varied: Sequence[Varied], sample: int | None, report: Report) -> Design:
    report.close()
    for each in varied:
        if sample is None and not each.levels:
            rule = "a grid needs START:STOP:COUNT, a sample a number of cells"
            message = f"{each.said} has no count ({rule}); write {each.said}:11, or {_sampling(each)}"
            report.add(each.place, (each.path,), "syntax", message)
    made = Design(of_tree(tree), tree, tuple(varied), sample)
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
    base, cells, misfits = made.base, list[Cell](), Misfits(made.paths, made.problems)
    for number, point in enumerate(made.points()):
        values = tuple(level.value for level in point)
        try:
            scenario = base.scenario(values, good=False)
        except ScenarioError as error:
            settings = made.settings(point)
            misfits.add(point, settings, made.problems(settings) or error.problems)
            if misfits.enough:
                break
        else:
            key = store.digest(scenario.model_dump_json(), letters=32)
            cells.append(Cell(number, values, scenario.replications, key))
        tell((number + 1) / made.size)
    misfits.close(made.varied)
    return cells


def try_cells(made: Design) -> None:
    """Look at some of the cells: those in which one path at most is not at its first level.

    Errors: ScenarioError with what is wrong.
    """
    misfits = Misfits(made.paths, made.problems)
    levels = [_ends(varied) if made.sample is not None else varied.levels for varied in made.varied]
    first = tuple(each[0] for each in levels)
    others = ((*first[:n], level, *first[n + 1 :]) for n, each in enumerate(levels) for level in each[1:])
    for point in itertools.islice(itertools.chain([first], others), MOST_TRIED):
        settings = made.settings(point)
        problems = made.problems(settings)
        if problems:
            misfits.add(point, settings, problems)
    misfits.close(made.varied)


def _ends(varied: Varied) -> tuple[Level, ...]:
    """What a sample may take at the most and at the least, or the values of a list."""
    if varied.ends is None:
        return varied.levels
    return tuple(Level(int(end) if end.is_integer() else end, varied.place) for end in varied.ends)


# A Latin hypercube sample of what varies (McKay, Beckman and Conover 1979).
#
# Each range is cut into as many equal parts as there are cells, and one number is taken from each; lists of values are
# cut in the same way. Keys that take whole numbers get them. The scenario's seed decides.


def hypercube(scenario: Scenario, varied: Sequence[Varied], cells: int) -> Iterator[tuple[Level, ...]]:
    """What each path has in each of so many cells."""
    shares = latin(scenario.seed, cells, len(varied))
    columns = [_spread(scenario, each, shares[:, n]) for n, each in enumerate(varied)]
    return zip(*columns, strict=True)


def latin(seed: int, points: int, dimensions: int) -> npt.NDArray[np.float64]:
    """A Latin hypercube: in each dimension one point in each of so many parts.  -> (points, dimensions) of 0..1"""
    import numpy as np
    from scipy.stats.qmc import LatinHypercube

    return LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(points)


def _spread(scenario: Scenario, varied: Varied, shares: npt.NDArray[np.float64]) -> list[Level]:
    """The levels at these shares of the way (cells,) through a range or list."""
    if varied.ends is None:
        return [varied.levels[int(share * len(varied.levels))] for share in shares]
    low, high = varied.ends
    if takes_whole_numbers(scenario, varied.path):
        first, last = sorted((math.ceil(min(low, high)), math.floor(max(low, high))))
        return [Level(first + int(share * (last - first + 1)), varied.place) for share in shares]
    return [Level(low + float(share) * (high - low), varied.place) for share in shares]
