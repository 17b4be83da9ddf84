"""A sweep: one scenario with some of its values varied, many replications of each cell, under the same chance.

Each cell is cut into chunks that do not depend on who computes them; a chunk is stored once it is finished, and found
again by whoever comes later. What is known of a cell are counts of its chunks, so memory does not grow with the
replications, and with the cells only by a row of numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.apart import Apart
from sim.experiments.chunk_files import Chunks
from sim.experiments.design import Design, of_scenario
from sim.experiments.run import asked
from sim.experiments.shown import Tabled
from sim.experiments.sweep_work import Crew, SweepChunks
from sim.measure_columns import Own
from sim.measures import Measure
from sim.scenario import Scenario
from sim.scenario.given import Given, scenario_of
from sim.terminal import unheard

if TYPE_CHECKING:
    import pandas as pd


Progress = Callable[[float], None]
Vary = Mapping[str, str | Sequence[Any]]


@dataclass(frozen=True, repr=False)
class Sweep(Tabled):
    """What a sweep gave.

    scenario: the base; paths: what varies, in order; levels: the values of each path of a grid, {} for a sample; cells:
    `sim/COLUMNS.md`; idle: paths that changed nothing, whatever the others were; apart: of each share, which of the
    differences between cells are more than chance; outcomes: every replication of every cell, where asked for;
    measures: those of one's own, which are columns of the cells.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    levels: dict[str, list[Any]]
    replications: int
    seed: int
    cells: pd.DataFrame
    idle: tuple[str, ...] = ()
    apart: Mapping[str, Apart] = field(default_factory=dict)
    outcomes: pd.DataFrame | None = None
    measures: tuple[Measure, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The cells, and the outcomes where they were kept."""
        return {"cells": self.cells} if self.outcomes is None else {"cells": self.cells, "outcomes": self.outcomes}


def sweep(
    scenario: Given,
    vary: Vary | None = None,
    sample: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    cluster: str | None = None,
    keep_outcomes: bool = False,
    measures: Own | None = None,
    on_progress: Progress | None = None,
) -> Sweep:
    """Run every cell of a grid, or of a Latin hypercube sample of so many cells.

    scenario: itself, a path, or a name that ships; vary: for each path its values, or "START:STOP:COUNT"; by default
    what the scenario says under `sweep`.
    measures: as for `run`; their functions go to the processes that need them.
    The results are the same whatever the number of `jobs`, and on the `cluster` whose scheduler has this address.
    Errors: ScenarioError for cells that are no good scenarios; ValueError; NoCluster, ClusterLost, WorkerDied.
    """
    made = of_scenario(asked(scenario_of(scenario), replications, seed), None if vary is None else _plain(vary), sample)
    with tempfile.TemporaryDirectory(prefix="sim-sweep-") as folder:
        chunks = SweepChunks(made, Chunks(Path(folder)), "whole" if keep_outcomes else "counted", measures or {})
        chunks.look_at_cells(unheard)
        found = chunks.carry_out(Crew(jobs, cluster), on_progress or unheard)
        done = replace(as_sweep(made, found.table, found.idle, found.apart), measures=found.measures)
        return replace(done, outcomes=_outcomes(chunks, Path(folder))) if keep_outcomes else done


def as_sweep(made: Design, cells: pd.DataFrame, idle: tuple[str, ...], apart: Mapping[str, Apart]) -> Sweep:
    """What was found, with what was asked."""
    scenario = made.scenario
    return Sweep(scenario, made.paths, made.levels, scenario.replications, scenario.seed, cells, idle, apart)


def _plain(vary: Vary) -> Vary:
    """Values without NumPy's types; what is no number stays so, and is refused."""
    return {
        path: said if isinstance(said, str) else [_of_python(value) for value in said] for path, said in vary.items()
    }


def _of_python(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _of_python(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_of_python(part) for part in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _outcomes(chunks: SweepChunks, folder: Path) -> pd.DataFrame:
    import pandas as pd

    chunks.write_outcomes(folder / "outcomes.parquet")
    return pd.read_parquet(folder / "outcomes.parquet")
