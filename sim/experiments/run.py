"""One scenario, many replications: cut into chunks, simulated in one process or several, put together again.

Replication r is the same bit for bit however many run beside it, in whatever chunks and processes: each replication has
its own chance, and what is counted over all of them is counted in whole numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from sim import store
from sim.experiments.cost import CHUNK, rows_at_once
from sim.experiments.executors import in_order
from sim.experiments.shown import Tabled
from sim.experiments.simulate import SMALL, Part, simulate, together
from sim.history import PATHS, TOLD
from sim.measure_columns import Own, own_measures, with_own
from sim.measures import Measure
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.given import Given, scenario_of
from sim.statistics.summary import Summary, summarise

if TYPE_CHECKING:
    import pandas as pd

    from sim.bargaining.tactics import Tactic

Tactics = Mapping[str, "Tactic"]
Progress = Callable[[float], None]
Task = Callable[..., "Part"]


@dataclass(frozen=True, repr=False)
class Results(Tabled):
    """What a run gave. Columns of the tables: `sim/COLUMNS.md`; `summary` is what `--json` prints.

    measures: those of one's own, which are columns of the outcomes and parts of the summary.
    """

    scenario: Scenario
    replications: int
    seed: int
    outcomes: pd.DataFrame
    weekly: pd.DataFrame
    events: pd.DataFrame
    paths: pd.DataFrame
    summary: Summary
    wall_seconds: float
    measures: tuple[Measure, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Outcomes, weekly state, events and paths."""
        return {name: getattr(self, name) for name in store.TABLES}


@dataclass(frozen=True)
class Chunk:
    """Replications first .. first + count - 1."""

    first: int
    count: int

    def __str__(self) -> str:
        return f"replications {self.first:,} to {self.first + self.count - 1:,}"


def run(
    scenario: Given,
    replications: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    first: int = 0,
    tactics: Tactics | None = None,
    told: int = TOLD,
    paths: int = PATHS,
    measures: Own | None = None,
    on_progress: Progress | None = None,
) -> Results:
    """Simulate replications first .. first + replications - 1 of a scenario, its path, or the name of one that ships.

    `replications` and `seed` are the scenario's unless given. `jobs` processes work on it; the results are the same
    whatever their number. `tactics` hands tactics of one's own to parties, by name; replications below `told` have
    their events kept, those below `paths` what each party's trust is week by week. `measures`: functions by name, each
    of which gives every replication of an outcomes table a number, or yes or no. `on_progress` is told the share that
    is done, 0 to 1.
    Errors: ScenarioError; ValueError for numbers that a scenario could not hold; WorkerDied.
    """
    began = time.perf_counter()
    scenario = asked(scenario_of(scenario), replications, seed)
    chunks = cut(first, scenario.replications, jobs, rows_at_once(scenario))
    tell, parts = on_progress or _unheard, []
    task = partial(simulate, scenario, tactics=tactics, told=told, paths=paths)
    if min(jobs, len(chunks)) > 1:
        parts = list(_in_processes(task, chunks, min(jobs, len(chunks)), tell))
    else:
        for chunk in chunks:
            passed = partial(_tell_week, tell, scenario, chunk, first)
            parts.append(task(chunk.first, chunk.count, on_week=passed))
    whole = together(parts)
    outcomes = with_own(whole.outcomes, measures or {})
    own = own_measures(outcomes, measures or {})
    return Results(
        scenario=scenario,
        replications=scenario.replications,
        seed=scenario.seed,
        outcomes=outcomes,
        weekly=whole.weekly.table(),
        events=whole.events,
        paths=whole.paths,
        summary=summarise(scenario, outcomes, own),
        wall_seconds=time.perf_counter() - began,
        measures=own,
    )


def cut(first: int, count: int, jobs: int = 1, most: int = CHUNK) -> list[Chunk]:
    """Replications first .. first + count - 1: a chunk for each process, if that makes neither dwarfs nor giants.

    most: replications that memory has room for at once.
    """
    size = min(max(-(-count // jobs), min(SMALL, most)), CHUNK, most)
    edges = [*range(first, first + count, size), first + count]
    return [Chunk(low, high - low) for low, high in pairwise(edges)]


def asked(scenario: Scenario, replications: int | None, seed: int | None) -> Scenario:
    """The scenario with other replications and another seed, where they are given."""
    for key, value, least in (("replications", replications, 1), ("seed", seed, 0)):
        if value is not None and not float(value).is_integer():
            raise ValueError(f"{key} is {value}, but a whole number is needed")
        if value is not None and value < least:
            raise ValueError(f"{key} is {value}, but at least {least} is needed")
    asked = {"replications": replications, "seed": seed}
    return scenario.model_copy(update={key: int(value) for key, value in asked.items() if value is not None})


# ---- chunks at work --------------------------------------------------------------------------------------------------


def _tell_week(tell: Progress, scenario: Scenario, chunk: Chunk, first: int, week: float) -> None:
    """How far a run is, told week by week of a chunk."""
    done = (chunk.first - first) * scenario.weeks + chunk.count * week
    tell(done / (scenario.replications * scenario.weeks))


def _in_processes(task: Task, chunks: list[Chunk], jobs: int, tell: Progress) -> Iterator[Part]:
    """The chunks in order from several processes; how far it is is told chunk by chunk."""
    whole, done = sum(chunk.count for chunk in chunks), 0
    with closing(in_order(partial(_in_worker, task), chunks, jobs)) as parts:
        for chunk, part in zip(chunks, parts, strict=True):
            done += chunk.count
            tell(done / whole)
            yield part


def _in_worker(task: Task, chunk: Chunk) -> Part:
    """What a worker does."""
    return task(chunk.first, chunk.count)


def _unheard(share: float) -> None:
    """Nobody wants to know how far it is."""


# ---- What is wrong with a scenario; the run that a question is put to, and the run of a single history ---------------


def check(scenario: Given) -> list[Problem]:
    """All that is wrong with a scenario, and with the cells of its sweep; an empty list if it is good."""
    from sim.experiments.design import of_scenario, try_cells

    try:
        found = scenario_of(scenario)
        if found.sweep is not None:
            try_cells(of_scenario(found, None, None))
    except ScenarioError as error:
        return list(error.problems)
    return []


def telling(
    scenario: Given, replication: int, seed: int | None = None, on_progress: Callable[[float], None] | None = None
) -> Results:
    """A run of this history alone, the same bit for bit as among the others."""
    scenario, told = scenario_of(scenario), replication + 1
    alone = run(scenario, replications=1, seed=seed, first=replication, told=told, on_progress=on_progress)
    return replace(alone, replications=max(scenario.replications, replication + 1))


def results_of(given: Given | Results, replications: int | None, seed: int | None, jobs: int) -> Results:
    """The run that is given, or one of the scenario that is.  Errors: as `run`; ValueError where both cannot be."""
    if not isinstance(given, Results):
        return run(given, replications=replications, seed=seed, jobs=jobs)
    if (replications, seed) != (None, None):
        raise ValueError("replications and seed come too late for a run that is there: give its scenario instead")
    return given
