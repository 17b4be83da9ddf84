"""What can be kept of runs: one alone, a comparison of several, a but-for question to two of them.

Each says where it belongs (by a digest of all that it depends on), which files it has, and how it is made and read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.arrays import total
from sim.experiments.results_cache import Progress, Record, Result, Summary, Work, keep, rules
from sim.measures import measures
from sim.terminal import unheard

if TYPE_CHECKING:
    from sim.experiments.compare import Comparison
    from sim.experiments.cost import Cost
    from sim.experiments.run import Results
    from sim.experiments.whatif import WhatIf
    from sim.scenario import Counterfactual, Scenario

SCENARIO, COMPARED = "scenario.yaml", ("differences.parquet", "transitions.parquet")


def run_folder(out: Path, stem: str, *said: str) -> Path:
    """Where something belongs that depends on these texts, the version, its rules, and measures added to it."""
    return out / stem / store.digest(*said, *rules())


def _without_sweep(scenario: Scenario) -> Scenario:
    """What a sweep would vary, and how sure a number is, makes no difference to anything else."""
    return scenario.model_copy(update={"sweep": None, "plausible": {}})


def write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


# ---- a run -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunWork(Work["Results"]):
    """A run. scenario: with the seed and replications as asked for; text: the same as a file."""

    scenario: Scenario
    text: str
    jobs: int

    def cost(self) -> Cost:
        """That of its histories."""
        from sim.experiments.cost import estimate

        return estimate(self.scenario)

    def load(self, record: Record) -> Results:
        """The run, its tables read from their files."""
        import pandas as pd

        from sim.experiments.run import Results

        tables: dict[str, Any] = {name: pd.read_parquet(self.folder / f"{name}.parquet") for name in store.TABLES}
        if not {measure.column for measure in measures(self.scenario)} <= set(tables["outcomes"]):
            raise ValueError("a measure was added since")
        said = {key: record[key] for key in ("replications", "seed", "summary", "wall_seconds")}
        return Results(scenario=self.scenario, **said, **tables)

    def make(self, tell: Progress, force: bool) -> Results:
        """Run the scenario."""
        from sim.experiments.run import run

        return run(self.scenario, jobs=self.jobs, on_progress=tell)

    def fill(self, result: Results, folder: Path, seconds: float) -> Record:
        """Write the scenario and the tables."""
        write_text(folder / SCENARIO, self.text)
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
    return RunWork(run_folder(out, stem, text), store.FILES, scenario.name, scenario, text, jobs)


# ---- runs side by side -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared(Work[Result]):
    """What comes of runs side by side. runs: each in a folder of its own, the reference first; names: of each."""

    runs: tuple[RunWork, ...]
    names: tuple[str, ...]

    @property
    def folders(self) -> tuple[Path, ...]:
        """Its own, and those of the runs."""
        return (self.folder, *(run.folder for run in self.runs))

    def cost(self) -> Cost:
        """That of the runs."""
        cost: Cost = total(run.cost() for run in self.runs)
        return cost

    def load(self, record: Record) -> Result:
        """What the runs say, whose tables hold all of it."""
        return self.make(unheard, force=False)

    def make(self, tell: Progress, force: bool) -> Result:
        """Find the runs or make them, and see what they say."""
        from sim.experiments.compare import beside, part

        found: dict[Path, Results] = {}
        for number, run in enumerate(self.runs):
            if run.folder not in found:  # the same file twice is one run
                found[run.folder] = keep(run, part(tell, number, len(self.runs)), force=force)
            tell((number + 1) / len(self.runs))
        return self.seen(beside([found[run.folder] for run in self.runs], self.names))

    def seen(self, comparison: Comparison) -> Result:
        """What is made of the comparison of the runs."""
        raise NotImplementedError

    def write(self, result: Comparison, folder: Path, summary: Summary) -> Record:
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


@dataclass(frozen=True)
class ComparisonWork(Compared["Comparison"]):
    """A comparison."""

    def seen(self, comparison: Comparison) -> Comparison:
        """Itself."""
        return comparison

    def fill(self, result: Comparison, folder: Path, seconds: float) -> Record:
        """Write the tables of what differs."""
        results = (result.reference, *result.others)
        runs = [run.say(each) for run, each in zip(self.runs, results, strict=True)]
        return self.write(result, folder, self.placed({**result.summary, "scenarios": runs}))

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
    return ComparisonWork(run_folder(out, "compare", *texts), COMPARED, f"{len(runs)} scenarios", runs, names)


@dataclass(frozen=True)
class WhatIfWork(Compared["WhatIf"]):
    """A but-for question to the runs with and without. replication: the history to tell (None: by rule).

    say: the answer as `--json` prints it.
    """

    imagined: Counterfactual
    settings: tuple[str, ...]
    replication: int | None
    say: Callable[[WhatIf], Summary]

    def seen(self, comparison: Comparison) -> WhatIf:
        """The answer, and the history that is told twice."""
        from sim.experiments.whatif import answer

        return answer(comparison, self.imagined, self.settings, self.replication)

    def fill(self, result: WhatIf, folder: Path, seconds: float) -> Record:
        """Write the comparison's tables, with the but-for answer in the place of its own."""
        return self.write(result.comparison, folder, self.placed(self.say(result)))


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
    runs, names = comparison.runs, comparison.names
    asks = (imagined, tuple(settings), replication, say)
    return WhatIfWork(folder, COMPARED, runs[0].name, runs, names, *asks)
