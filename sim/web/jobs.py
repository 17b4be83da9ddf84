"""What worker processes do. A job is its own name in the cache: equal jobs have equal answers.

Jobs are plain data and so are their answers, because both travel between processes. Nothing heavy is imported before a
worker works.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

ROWS = 4096  # replications of one model that works on several jobs, at the most
LARGEST = 8 * 1024 * 1024  # bytes of an answer that a browser is sent: more is no page that anybody can look at
STRUCTURE = ("freezes=", "linkage=")  # settings that say more than a number

Answer = dict[str, Any]


class Job(Protocol):
    """Something to work out."""

    def __hash__(self) -> int: ...

    def work(self, *inputs: Any) -> Any:
        """The answer; `inputs` are answers of other jobs."""
        ...


def do(task: tuple[Job, Sequence[Any]]) -> Any:
    """What the pool hands to a worker."""
    job, inputs = task
    return job.work(*inputs)


@dataclass(frozen=True)
class Case:
    """A scenario to run: its text or the path of its file, and settings, as `--set` takes them."""

    path: str
    text: str = ""
    settings: tuple[str, ...] = ()

    def load(self) -> Scenario:
        """Errors: ScenarioError."""
        return _load(self)


@lru_cache(maxsize=64)
def _load(case: Case) -> Scenario:
    from sim.scenario import load, load_text

    return load_text(case.text, settings=case.settings) if case.text else load(case.path, case.settings)


# ---- running ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Some columns of an outcomes table, to the last bit, packed: many are kept, and they pack to a third."""

    columns: tuple[str, ...]
    rows: int
    numbers: bytes

    @classmethod
    def of(cls, outcomes: pd.DataFrame, columns: Sequence[str]) -> Table:
        """These columns as numbers; yes is 1."""
        numbers = outcomes[list(columns)].to_numpy(dtype=float).tobytes()
        return cls(tuple(columns), len(outcomes), zlib.compress(numbers, 1))

    def frame(self) -> pd.DataFrame:
        """As it was."""
        import numpy as np
        import pandas as pd

        numbers = np.frombuffer(zlib.decompress(self.numbers)).reshape(self.rows, len(self.columns))
        return pd.DataFrame(numbers, columns=list(self.columns))

    def total(self, column: str) -> float:
        """The sum of a column, without anything heavy."""
        numbers = array("d", zlib.decompress(self.numbers))
        return sum(numbers[self.columns.index(column) :: len(self.columns)])


@dataclass(frozen=True)
class Packed:
    """Plain data as JSON, packed to a tenth: hundreds of answers are kept."""

    text: bytes

    @classmethod
    def of(cls, answer: Answer) -> Packed:
        """Pack it.  Errors: TooMuch."""
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        if len(text) > LARGEST:
            from sim.experiments.workers import SIZE, TooMuch

            raise TooMuch(SIZE)
        return cls(zlib.compress(text, 1))

    @property
    def json(self) -> bytes:
        """As a browser is sent it."""
        return zlib.decompress(self.text)

    def answer(self) -> Answer:
        """As it was."""
        return dict(json.loads(self.json))


@dataclass(frozen=True)
class Simulate:
    """Replications first .. first + count - 1 of a case.  -> Table"""

    case: Case
    first: int
    count: int

    def work(self) -> Table:
        """Errors: ScenarioError."""
        from sim.experiments.simulate import simulate

        scenario = self.case.load()
        return _measured(scenario, simulate(scenario, self.first, self.count, told=0).outcomes)

    def follows(self, other: Simulate) -> bool:
        """Does it go on where another run of the same case ends?"""
        return self.case == other.case and self.first == other.first + other.count

    @property
    def family(self) -> tuple[str, ...]:
        """What runs must share so that one model can compute them: all but numbers, and which replications they are."""
        structure = (setting for setting in self.case.settings if setting.startswith(STRUCTURE))
        return (self.case.path, self.case.text, *structure)


def _measured(scenario: Scenario, outcomes: pd.DataFrame) -> Table:
    from sim.measures import measures

    return Table.of(outcomes, ["replication", *(measure.column for measure in measures(scenario))])


@dataclass(frozen=True)
class Abreast:
    """Runs of one family in one model: of each case the same replications.  -> for each run a Table, or its error"""

    jobs: tuple[Simulate, ...]

    def work(self) -> list[Table | Exception]:
        """Never fails as a whole where a run can be done alone."""
        from sim.experiments.simulate import DifferInKind, abreast
        from sim.scenario import ScenarioError

        found: dict[Simulate, Table | Exception] = {}
        sound: dict[Case, Scenario] = {}
        for job in self.jobs:
            try:
                sound[job.case] = job.case.load()
            except ScenarioError as error:
                found[job] = error
        first, end = min(job.first for job in self.jobs), max(job.first + job.count for job in self.jobs)
        try:
            tables = dict(zip(sound, abreast(list(sound.values()), first, end - first) if sound else [], strict=True))
        except DifferInKind:
            return [found[job] if job in found else job.work() for job in self.jobs]
        for job in self.jobs:
            if job not in found:
                mine = tables[job.case].iloc[job.first - first :][: job.count]
                found[job] = _measured(sound[job.case], mine)
        return [found[job] for job in self.jobs]


# ---- files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Yaml:
    """The scenario of a case, complete, as a file.  -> bytes"""

    case: Case

    def work(self) -> bytes:
        """Errors: ScenarioError."""
        from sim.scenario import as_yaml

        return as_yaml(self.case.load()).encode()


@dataclass(frozen=True)
class Drawing:
    """The figure of two cases under the same chance, as a file.  -> bytes

    told: lines under the picture, which say what A is and what B is
    """

    a: Case
    b: Case
    count: int
    form: str  # png, csv
    told: tuple[str, ...] = ()

    def work(self) -> bytes:
        """Errors: ScenarioError."""
        from sim.experiments.compare import compare
        from sim.figures.canvas import captioned
        from sim.figures.compare_agreement import compare_agreement

        scenarios = [self._named(case, letter) for case, letter in ((self.a, "A"), (self.b, "B"))]
        figure = compare_agreement(compare(scenarios[0], scenarios[1], replications=self.count, told=0))
        return captioned(figure, self.told) if self.form == "png" else figure.csv

    def _named(self, case: Case, letter: str) -> Scenario:
        scenario = case.load()
        return scenario.model_copy(update={"name": f"{letter}: {scenario.name}"})


@dataclass(frozen=True)
class Check:
    """A text that claims to be a scenario, read strictly.  -> what so many histories cost, or its errors"""

    text: str
    count: int

    def work(self) -> Answer:
        """Never fails: what is wrong with the text is the answer."""
        from sim.experiments.cost import estimate
        from sim.scenario import ScenarioError, load_text

        try:
            scenario = load_text(self.text)
        except ScenarioError as error:
            return {"problems": str(error)}
        cost = estimate(scenario, self.count, told=1)
        return {"seconds": cost.seconds, "megabytes": cost.memory / 1e6}


# ---- one history -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watch:
    """One history of a case, week by week, in a language.  -> Packed"""

    case: Case
    replication: int
    language: str

    def work(self) -> Packed:
        """Errors: ScenarioError, TooMuch."""
        from dataclasses import replace

        from sim.experiments.run import run
        from sim.web.history_data import telling

        number = self.replication
        results = run(self.case.load(), replications=1, first=number, told=number + 1)
        return Packed.of(telling(replace(results, replications=number + 1), number, self.language))
