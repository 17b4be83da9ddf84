"""A sweep that is kept: found again in the results folder, completed, or computed, drawn and written.

Chunks lie in a hidden folder beside its place, `.<run id>.chunks`, until all of it is written: whoever is stopped,
however that happens, goes on from there with the same command.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sim import store
from sim.experiments import sealed
from sim.experiments.apart import Apart
from sim.experiments.chunk_files import Chunks
from sim.experiments.design import Cell, Design, good_cells
from sim.experiments.sweep import Sweep, as_sweep
from sim.experiments.sweep_work import Crew, Found, Work

CELLS, TEXT, OUTCOMES, REPORT = "cells.parquet", "sweep.yaml", "outcomes.parquet", "report.html"

Summary = dict[str, Any]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """A sweep to keep: its cells, its place, and which files it is to have besides the table of cells."""

    design: Design
    text: str  # all of it as a scenario file
    folder: Path
    more: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """What is copied when figures are added."""
        return (CELLS, TEXT, *(name for name in self.more if name == OUTCOMES))

    @property
    def drawn(self) -> tuple[str, ...]:
        """The report, if it is to have one."""
        return tuple(name for name in self.more if name == REPORT)

    @property
    def work(self) -> Work:
        """Its chunks."""
        hidden = self.folder.parent / f".{self.folder.name}.chunks"
        return Work(self.design, Chunks(hidden), "whole" if OUTCOMES in self.more else "counted")


def plan_sweep(design: Design, out: Path, stem: str, more: tuple[str, ...]) -> Plan:
    """Where a sweep belongs, by what it says. more: OUTCOMES, REPORT."""
    text = design.text
    return Plan(design, text, store.run_folder(out, stem, text), more)


def find(plan: Plan) -> Sweep | None:
    """The sweep, if all of it is there."""
    record = sealed.opened(plan.folder, plan.files, plan.drawn)
    return None if record is None else _read(plan, record)


def complete(plan: Plan, crew: Crew, tell: Progress) -> Sweep:
    """Find the sweep, or compute what is missing of it.

    Errors: ScenarioError before anything is written; Busy, CannotWrite; NoCluster, ClusterLost, WorkerDied.
    """
    found = find(plan)
    if found is not None:
        return found
    cells = good_cells(plan.design, tell)
    store.prepare(plan.folder)
    with store.claim(plan.folder):
        return find(plan) or _complete(plan, cells, crew, tell)  # again: who wrote it meanwhile has let go of it


def compute(plan: Plan, crew: Crew, tell: Progress) -> Sweep:
    """Compute all of the sweep, whatever is there, and write it.  Errors: as `complete`."""
    cells = good_cells(plan.design, tell)
    store.prepare(plan.folder)
    with store.claim(plan.folder):
        shutil.rmtree(plan.work.stored.folder, ignore_errors=True)
        return _compute(plan, cells, crew, tell)


def summary(plan: Plan, sweep: Sweep) -> Summary:
    """What `--json` prints."""
    said = {
        "scenario": sweep.scenario.name,
        "replications": sweep.replications,
        "seed": sweep.seed,
        "results": plan.folder.as_posix(),
        "idle": sweep.idle,
        "apart": {column: asdict(each) for column, each in sweep.apart.items()},
        "cells": sweep.cells.astype(object).to_dict("records"),
    }
    return store.plain_values(said)  # type: ignore[no-any-return]


def _complete(plan: Plan, cells: Sequence[Cell], crew: Crew, tell: Progress) -> Sweep:
    record = sealed.opened(plan.folder, plan.files)
    sweep = None if record is None else _read(plan, record)
    if record is None or sweep is None:
        return _compute(plan, cells, crew, tell)
    _draw(plan, sweep)
    return sweep


def _compute(plan: Plan, cells: Sequence[Cell], crew: Crew, tell: Progress) -> Sweep:
    began, work = time.perf_counter(), plan.work
    found = work.carry_out(cells, crew, tell)
    sweep = as_sweep(plan.design, found.table, found.idle, found.apart)
    took = time.perf_counter() - began
    store.write_whole(plan.folder, partial(_fill, plan, work, found, sweep, took))
    shutil.rmtree(work.stored.folder, ignore_errors=True)
    _draw(plan, sweep)
    return sweep


def _fill(plan: Plan, work: Work, found: Found, sweep: Sweep, took: float, folder: Path) -> None:
    (folder / TEXT).write_text(plan.text, encoding="utf-8", newline="\n")
    store.write_table(folder / CELLS, sweep.cells)
    if OUTCOMES in plan.more:
        work.write_outcomes(found, folder / OUTCOMES)
    said = store.record(sweep.seed, sweep.replications, took, plan.text, summary(plan, sweep))
    sealed.seal(folder, said)


def _draw(plan: Plan, sweep: Sweep) -> None:
    """Add the figures to the tables, which are safe already."""
    if REPORT in plan.more:
        from sim.report import write_sweep

        sealed.add_to(plan.folder, plan.files, partial(write_sweep, sweep))


def _read(plan: Plan, record: sealed.Record) -> Sweep | None:
    """The sweep as it was when it was written; None where another version of the program wrote in another way."""
    import pandas as pd

    with suppress(OSError, ValueError, KeyError, TypeError):
        said = record["summary"]
        apart = {column: Apart.of(each) for column, each in said["apart"].items()}
        return as_sweep(plan.design, pd.read_parquet(plan.folder / CELLS), tuple(said["idle"]), apart)
    return None
