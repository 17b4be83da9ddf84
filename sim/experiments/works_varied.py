"""What can be kept of many values of a scenario: a sweep, a sensitivity analysis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim import store
from sim.experiments.cost import Cost, estimate
from sim.experiments.results_cache import Progress, Record, Summary, Work, keep, summary_of
from sim.experiments.works import SCENARIO, RunWork, run_folder, write_text

if TYPE_CHECKING:
    from sim.experiments.design import Design
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep_work import Crew, SweepChunks
    from sim.experiments.uncertain import Sensitivity

CELLS, SWEEP, OUTCOMES, INDICES = "cells.parquet", "sweep.yaml", "outcomes.parquet", "indices.parquet"
ASKED = ("replications", "seed", "method", "measure", "points")
"""What a sensitivity analysis and its summary say alike."""


# ---- a sweep ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SweepWork(Work["Sweep"]):
    """A sweep. text: all of it as a scenario file.

    Chunks lie in a hidden folder beside its place, `.<run id>.chunks`, until all of it is written: whoever is stopped,
    however that happens, goes on from there with the same command.
    """

    design: Design
    text: str
    crew: Crew

    def cost(self) -> Cost:
        """That of the histories of all cells, none of which is told."""
        return estimate(self.design.scenario, self.design.size * self.design.scenario.replications, told=0)

    @cached_property
    def chunks(self) -> SweepChunks:
        """What it is counted from."""
        from sim.experiments.chunk_files import Chunks
        from sim.experiments.sweep_work import SweepChunks

        hidden = self.folder.parent / f".{self.folder.name}.chunks"
        return SweepChunks(self.design, Chunks(hidden), "whole" if OUTCOMES in self.files else "counted")

    def prepare(self, tell: Progress) -> None:
        """See that every cell is a good scenario, and that there is room."""
        self.chunks.look_at_cells(tell)
        super().prepare(tell)

    def load(self, record: Record) -> Sweep:
        """The sweep, its table read from its file."""
        import pandas as pd

        from sim.experiments.apart import Apart
        from sim.experiments.sweep import as_sweep

        said = record["summary"]
        apart = {column: Apart.of(each) for column, each in said["apart"].items()}
        return as_sweep(self.design, pd.read_parquet(self.folder / CELLS), tuple(said["idle"]), apart)

    def make(self, tell: Progress, force: bool) -> Sweep:
        """Compute the chunks that are missing, and count all of them together."""
        from sim.experiments.sweep import as_sweep

        found = self.chunks.carry_out(self.crew, tell)
        return as_sweep(self.design, found.table, found.idle, found.apart)

    def fill(self, result: Sweep, folder: Path, seconds: float) -> Record:
        """Write the table of cells; and every replication, where it is wanted."""
        write_text(folder / SWEEP, self.text)
        store.write_table(folder / CELLS, result.cells)
        if OUTCOMES in self.files:
            self.chunks.write_outcomes(folder / OUTCOMES)
        summary = {
            "scenario": result.scenario.name,
            "replications": result.replications,
            "seed": result.seed,
            "results": self.folder.as_posix(),
            "idle": result.idle,
            "apart": {column: asdict(each) for column, each in result.apart.items()},
            "cells": result.cells.astype(object).to_dict("records"),
        }
        return store.record(result.seed, result.replications, seconds, self.text, summary)

    def tidy(self, done: bool) -> None:
        """Remove the chunks."""
        if done:
            self.chunks.stored.remove()


def plan_sweep(design: Design, out: Path, stem: str, crew: Crew, keep_outcomes: bool) -> SweepWork:
    """A sweep, in the folder that what it says gives it."""
    text = design.text
    files = (CELLS, SWEEP, OUTCOMES) if keep_outcomes else (CELLS, SWEEP)
    return SweepWork(run_folder(out, stem, text), files, design.scenario.name, design, text, crew)


# ---- a sensitivity analysis ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SensitivityWork(Work["Sensitivity"]):
    """A sensitivity analysis of a run's histories or, with `points`, of a Sobol design, which needs no run.

    run: with the seed as asked for, and the replications (at each point of a design); say: what `--json` prints.
    """

    run: RunWork
    measure: str
    method: str
    points: int
    say: Callable[[Sensitivity], Summary]

    def cost(self) -> Cost | None:
        """That of the design, or of the run where it is not there."""
        if not self.points:
            return self.run.cost() if summary_of(self.run) is None else None
        from sim.experiments.sobol import inputs_of

        scenario = self.run.scenario
        places = self.points * (len(inputs_of(scenario)) + 2)
        return estimate(scenario, places * scenario.replications, told=0)

    def load(self, record: Record) -> Sensitivity:
        """The analysis, its table read from its file."""
        import pandas as pd

        from sim.experiments.uncertain import Sensitivity

        said = record["summary"]
        level = float("nan") if said["level"] is None else float(said["level"])
        indices = pd.read_parquet(self.folder / INDICES)
        return Sensitivity(self.run.scenario, indices=indices, level=level, **{key: said[key] for key in ASKED})

    def make(self, tell: Progress, force: bool) -> Sensitivity:
        """Find the run or make it, and analyse it; or simulate the design."""
        if not self.points:
            from sim.experiments.sensitivity import sensitivity

            return sensitivity(keep(self.run, tell), self.measure, self.method)
        from sim.experiments.sobol import sobol

        run = self.run
        histories = run.scenario.replications
        return sobol(run.scenario, self.measure, histories, self.points, jobs=run.jobs, on_progress=tell)

    def fill(self, result: Sensitivity, folder: Path, seconds: float) -> Record:
        """Write the scenario and the table of indices."""
        write_text(folder / SCENARIO, self.run.text)
        store.write_table(folder / INDICES, result.indices)
        return store.record(result.seed, result.replications, seconds, self.run.text, self.placed(self.say(result)))


def plan_sensitivity(
    run: RunWork, measure: str, method: str, points: int, say: Callable[[Sensitivity], Summary]
) -> SensitivityWork:
    """An analysis, in the folder beside its run that what it asks gives it.

    method: `pawn` or `delta`; `sobol`, with the points of the design (else 0).  Errors: Unanswerable.
    """
    from sim.experiments.sobol import inputs_of
    from sim.experiments.uncertain import measure_of

    if not points:
        measure_of(run.scenario, measure)
        inputs_of(run.scenario)
    home = run.folder.parent
    folder = run_folder(home.parent, home.name, "sensitivity", run.text, measure, method, str(points))
    return SensitivityWork(folder, (INDICES, SCENARIO), run.name, run, measure, method, points, say)
