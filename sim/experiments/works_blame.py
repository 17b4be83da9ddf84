"""What can be kept of a gap that was divided among mechanisms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments.cost import Cost, estimate
from sim.experiments.results_cache import Progress, Record, Summary, Work
from sim.experiments.sweep_work import Crew
from sim.experiments.works import SCENARIO, run_folder, write_text

if TYPE_CHECKING:
    from sim.experiments.blame import Blame, Question
    from sim.experiments.coalitions import Coalitions

SHARES, HISTORIES = "shares.parquet", "histories.parquet"
SAID = ("replications", "seed", "measure", "orders", "replication", "counted", "as_is", "all_off", "gap")
"""What an answer and its summary say alike."""


@dataclass(frozen=True)
class BlameWork(Work["Blame"]):
    """A gap, divided.  text: its scenario as a file; say: the answer as `--json` prints it

    Chunks lie in a hidden folder beside its place, as those of a sweep do.
    """

    question: Question
    text: str
    jobs: int
    say: Callable[[Blame], Summary]

    def cost(self) -> Cost:
        """That of the histories of all coalitions, none of which is told."""
        histories = len(self.question.coalitions) * len(self.question.histories)
        return estimate(self.question.scenario, histories, told=0)

    @cached_property
    def chunks(self) -> Coalitions:
        """What it is counted from."""
        return self.question.chunks(self.folder.parent / f".{self.folder.name}.chunks")

    def load(self, record: Record) -> Blame:
        """The answer, its tables read from their files."""
        import pandas as pd

        from sim.experiments.blame import Blame

        said: dict[str, Any] = {key: record["summary"][key] for key in SAID}
        nothing = float("nan")
        said["gap"] = {key: nothing if number is None else number for key, number in said["gap"].items()}
        shares, histories = (pd.read_parquet(self.folder / name) for name in (SHARES, HISTORIES))
        return Blame(self.question.scenario, shares=shares, histories=histories, **said)

    def make(self, tell: Progress, force: bool) -> Blame:
        """Simulate the coalitions that are missing, and divide the gap."""
        from sim.experiments.blame import answer

        return answer(self.question, self.chunks, Crew(self.jobs), tell)

    def fill(self, result: Blame, folder: Path, seconds: float) -> Record:
        """Write the scenario and the tables."""
        write_text(folder / SCENARIO, self.text)
        store.write_table(folder / SHARES, result.shares)
        store.write_table(folder / HISTORIES, result.histories)
        return store.record(result.seed, result.replications, seconds, self.text, self.placed(self.say(result)))

    def tidy(self, done: bool) -> None:
        """Remove the chunks."""
        if done:
            self.chunks.stored.remove()


def plan_blame(question: Question, out: Path, stem: str, jobs: int, say: Callable[[Blame], Summary]) -> BlameWork:
    """A gap to divide, in the folder that the question gives it."""
    from sim.scenario import as_yaml

    scenario = question.scenario
    text = as_yaml(scenario.model_copy(update={"sweep": None}))
    folder = run_folder(out, stem, "blame", text, *question.words)
    return BlameWork(folder, (SHARES, HISTORIES, SCENARIO), scenario.name, question, text, jobs, say)
