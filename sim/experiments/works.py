"""What can be kept: a run, a comparison, a but-for question, a sweep, a sensitivity analysis.

Each says where it belongs (by a digest of all that it depends on), which files it has, and how it is made and read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments.results_cache import Progress, Record, Summary, Work, keep, load
from sim.installed import VERSION

if TYPE_CHECKING:
    from sim.experiments.compare import Comparison
    from sim.experiments.design import Design
    from sim.experiments.run import Results
    from sim.experiments.sensitivity import Sensitivity
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep_work import Crew, SweepChunks
    from sim.experiments.whatif import WhatIf
    from sim.scenario import Counterfactual, Scenario

SCENARIO, SWEEP = "scenario.yaml", "sweep.yaml"
CELLS, OUTCOMES, INDICES = "cells.parquet", "outcomes.parquet", "indices.parquet"
COMPARED = ("differences.parquet", "transitions.parquet")
ASKED = ("replications", "seed", "method", "measure", "points")
"""What a sensitivity analysis and its summary say alike."""


def _folder(out: Path, stem: str, *said: str) -> Path:
    """Where something belongs that depends on these texts, the version and its rules."""
    return out / stem / store.digest(*said, VERSION, str(store.RULES))


def _without_sweep(scenario: Scenario) -> Scenario:
    """What a sweep would vary makes no difference to anything else."""
    return scenario.model_copy(update={"sweep": None})


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


# ---- a run -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunWork(Work["Results"]):
    """A run. scenario: with the seed and replications as asked for; text: the same as a file."""

    scenario: Scenario
    text: str
    jobs: int

    def load(self, record: Record) -> Results:
        """The run, its tables read from their files."""
        import pandas as pd

        from sim.experiments.run import Results

        tables: dict[str, Any] = {name: pd.read_parquet(self.folder / f"{name}.parquet") for name in store.TABLES}
        said = {key: record[key] for key in ("replications", "seed", "summary", "wall_seconds")}
        return Results(scenario=self.scenario, **said, **tables)

    def make(self, tell: Progress, force: bool) -> Results:
        """Run the scenario."""
        from sim.experiments.run import run

        return run(self.scenario, jobs=self.jobs, on_progress=tell)

    def fill(self, result: Results, folder: Path, seconds: float) -> Record:
        """Write the scenario and the tables."""
        _write_text(folder / SCENARIO, self.text)
        for name, table in result.tables.items():
            store.write_table(folder / f"{name}.parquet", table)
        return store.record(result.seed, result.replications, result.wall_seconds, self.text, self.say(result))

    def say(self, result: Results) -> Summary:
        """The run as `--json` prints it."""
        head = {key: result.summary[key] for key in ("scenario", "replications", "seed")}
        return self.placed({**head, "results": "", **result.summary})


def plan_run(scenario: Scenario, out: Path, stem: str, jobs: int) -> RunWork:
    """A run, in the folder that what it says gives it."""
    from sim.scenario import as_yaml

    scenario = _without_sweep(scenario)
    text = as_yaml(scenario)
    return RunWork(_folder(out, stem, text), store.FILES, scenario, text, jobs)


# ---- runs side by side -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparisonWork(Work["Comparison"]):
    """A comparison. runs: each in a folder of its own, the reference first; names: what each is called."""

    runs: tuple[RunWork, ...]
    names: tuple[str, ...]

    @property
    def folders(self) -> tuple[Path, ...]:
        """Its own, and those of the runs."""
        return (self.folder, *(run.folder for run in self.runs))

    def load(self, record: Record) -> Comparison | None:
        """The comparison of the runs, if they are all there."""
        from sim.experiments.compare import beside

        found: list[Results] = []
        for run in self.runs:
            results = load(run)
            if results is None:
                return None
            found.append(results)
        return beside(found, self.names)

    def make(self, tell: Progress, force: bool) -> Comparison:
        """Find the runs or make them, and compare them."""
        from sim.experiments.compare import beside, part

        found: dict[Path, Results] = {}
        for number, run in enumerate(self.runs):
            if run.folder not in found:  # the same file twice is one run
                found[run.folder] = keep(run, part(tell, number, len(self.runs)), force=force)
            tell((number + 1) / len(self.runs))
        return beside([found[run.folder] for run in self.runs], self.names)

    def fill(self, result: Comparison, folder: Path, seconds: float) -> Record:
        """Write the tables of what differs."""
        results = (result.reference, *result.others)
        runs = [run.say(each) for run, each in zip(self.runs, results, strict=True)]
        summary = {**result.summary, "scenarios": runs, "results": self.folder.as_posix()}
        return self.fill_tables(result, folder, summary)

    def fill_tables(self, result: Comparison, folder: Path, summary: Summary) -> Record:
        """Write the tables of what differs, and let `run.json` have this summary."""
        for name, table in zip(COMPARED, (result.differences, result.transitions), strict=True):
            store.write_table(folder / name, table)
        return {
            "seed": result.reference.seed,
            "replications": result.reference.replications,
            "versions": store.versions(),
            "rules": store.RULES,
            "runs": {name: run.folder.as_posix() for name, run in zip(self.names, self.runs, strict=True)},
            "summary": summary,
        }

    def placed(self, summary: Summary) -> Summary:
        """The summary, and those of the runs, with the folders where they lie now."""
        runs = [run.placed(said) for run, said in zip(self.runs, summary["scenarios"], strict=True)]
        return {**super().placed(summary), "scenarios": runs}


def plan_comparison(scenarios: Sequence[Scenario], out: Path, stems: Sequence[str], jobs: int) -> ComparisonWork:
    """A comparison and its runs, in their folders; all get the reference's seed and replications."""
    from sim.experiments.compare import labels

    alike = {"seed": scenarios[0].seed, "replications": scenarios[0].replications}
    alike_ones = [scenario.model_copy(update=alike) for scenario in scenarios]
    runs = tuple(plan_run(scenario, out, stem, jobs) for scenario, stem in zip(alike_ones, stems, strict=True))
    names = labels([scenario.name for scenario in scenarios], stems)
    texts: list[str] = []
    for run, name in zip(runs, names, strict=True):
        texts += [name, run.text]
    return ComparisonWork(_folder(out, "compare", *texts), COMPARED, runs, names)


@dataclass(frozen=True)
class WhatIfWork(Work["WhatIf"]):
    """A but-for question. comparison: with and without; replication: the history to tell (None: by rule).

    say: the answer as `--json` prints it.
    """

    comparison: ComparisonWork
    imagined: Counterfactual
    settings: tuple[str, ...]
    replication: int | None
    say: Callable[[WhatIf], Summary]

    @property
    def folders(self) -> tuple[Path, ...]:
        """Its own, and those of the runs."""
        return (self.folder, *(run.folder for run in self.comparison.runs))

    def load(self, record: Record) -> WhatIf | None:
        """The answer of the runs, if they are both there."""
        comparison = self.comparison.load(record)
        return None if comparison is None else self._answer(comparison)

    def make(self, tell: Progress, force: bool) -> WhatIf:
        """Find the runs or make them, and answer."""
        return self._answer(self.comparison.make(tell, force))

    def _answer(self, comparison: Comparison) -> WhatIf:
        from sim.experiments.whatif import answer

        return answer(comparison, self.imagined, self.settings, self.replication)

    def fill(self, result: WhatIf, folder: Path, seconds: float) -> Record:
        """Write the comparison's tables, with the but-for answer in the place of its own."""
        summary = self.placed(self.say(result))
        return self.comparison.fill_tables(result.comparison, folder, summary)


def plan_whatif(
    comparison: ComparisonWork,
    imagined: Counterfactual,
    settings: Sequence[str],
    replication: int | None,
    say: Callable[[WhatIf], Summary],
) -> WhatIfWork:
    """A question to the comparison that answers it, in the folder that what it asks gives it."""
    asked = [repr(imagined.taken), repr(imagined.along), *settings, str(replication)]
    folder = comparison.folder.parent.with_name("whatif") / store.digest(comparison.folder.name, *asked)
    return WhatIfWork(folder, COMPARED, comparison, imagined, tuple(settings), replication, say)


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
        return read_sweep(self.folder, self.design, record["summary"])

    def make(self, tell: Progress, force: bool) -> Sweep:
        """Compute the chunks that are missing, and count all of them together."""
        from sim.experiments.sweep import as_sweep

        found = self.chunks.carry_out(self.crew, tell)
        return as_sweep(self.design, found.table, found.idle, found.apart)

    def fill(self, result: Sweep, folder: Path, seconds: float) -> Record:
        """Write the table of cells; and every replication, where it is wanted."""
        _write_text(folder / SWEEP, self.text)
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


def read_sweep(folder: Path, design: Design, said: Summary) -> Sweep:
    """A sweep that was kept in a folder.  said: its summary"""
    import pandas as pd

    from sim.experiments.apart import Apart
    from sim.experiments.sweep import as_sweep

    apart = {column: Apart.of(each) for column, each in said["apart"].items()}
    return as_sweep(design, pd.read_parquet(folder / CELLS), tuple(said["idle"]), apart)


def plan_sweep(design: Design, out: Path, stem: str, crew: Crew, keep_outcomes: bool) -> SweepWork:
    """A sweep, in the folder that what it says gives it."""
    text = design.text
    files = (CELLS, SWEEP, OUTCOMES) if keep_outcomes else (CELLS, SWEEP)
    return SweepWork(_folder(out, stem, text), files, design, text, crew)


# ---- a sensitivity analysis ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SensitivityWork(Work["Sensitivity"]):
    """A sensitivity analysis. analyse: makes it; say: the analysis as `--json` prints it."""

    scenario: Scenario
    text: str
    analyse: Callable[[Progress], Sensitivity]
    say: Callable[[Sensitivity], Summary]

    def load(self, record: Record) -> Sensitivity:
        """The analysis, its table read from its file."""
        return read_sensitivity(self.folder, self.scenario, record["summary"])

    def make(self, tell: Progress, force: bool) -> Sensitivity:
        """Analyse."""
        return self.analyse(tell)

    def fill(self, result: Sensitivity, folder: Path, seconds: float) -> Record:
        """Write the scenario and the table of indices."""
        _write_text(folder / SCENARIO, self.text)
        store.write_table(folder / INDICES, result.indices)
        return store.record(result.seed, result.replications, seconds, self.text, self.placed(self.say(result)))


def read_sensitivity(folder: Path, scenario: Scenario, said: Summary) -> Sensitivity:
    """An analysis that was kept in a folder.  said: its summary"""
    import pandas as pd

    from sim.experiments.sensitivity import Sensitivity

    level = float("nan") if said["level"] is None else float(said["level"])
    indices = pd.read_parquet(folder / INDICES)
    return Sensitivity(scenario, indices=indices, level=level, **{key: said[key] for key in ASKED})


def plan_sensitivity(
    scenario: Scenario,
    out: Path,
    stem: str,
    asked: tuple[str, str, int],
    analyse: Callable[[Progress], Sensitivity],
    say: Callable[[Sensitivity], Summary],
) -> SensitivityWork:
    """An analysis, in the folder that what it asks gives it.

    asked: measure, method, and the points of a Sobol design (0 for the histories of a run).
    """
    from sim.scenario import as_yaml

    scenario = _without_sweep(scenario)
    text = as_yaml(scenario)
    folder = _folder(out, stem, "sensitivity", text, *map(str, asked))
    return SensitivityWork(folder, (INDICES, SCENARIO), scenario, text, analyse, say)
