"""Claims at work: the runs that they need, each once, and plausible models of the pairs whose direction they state.

Runs are kept as by `sim run`, models beside them (`claims_models`): who is stopped goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.arrays import total
from sim.experiments.claims import OWN, Found, Question, Sign, scale_of
from sim.experiments.claims_models import Group, groups_of
from sim.experiments.compare import part
from sim.experiments.cost import Cost, estimate
from sim.experiments.results_cache import keep
from sim.experiments.run import asked
from sim.experiments.works import plan_run
from sim.measure_columns import own_measures, with_own
from sim.measures import Measure, measures
from sim.scenario import Scenario, ScenarioError
from sim.scenario.claims_file import Claim, ClaimsFile, Direction, Quantity
from sim.scenario.given import load
from sim.scenario.numbers import mean_of
from sim.scenario.plausible import constants
from sim.statistics import paired
from sim.statistics.summary import summarise
from sim.words.claims import NotThere, place_of

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[float], None]

# ---- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClaimsWork:
    """The claims of a file, each with its question, and how they are to be checked.

    out: where runs and models are kept and found again; models: plausible models in which each direction is looked for,
    with so many pairs of histories in each (0: none); where a text counts models, these are as many as it counts.
    """

    file: ClaimsFile
    questions: Sequence[Question]
    out: Path
    models: int
    pairs: int
    jobs: int

    def cost(self) -> Cost:
        """That of all runs and models, at the most."""
        costs = [estimate(scenario) for scenario in self._scenarios()]
        for group in self._groups:
            histories = group.models * group.histories
            costs += [estimate(scenario, histories, told=0) for scenario in group.scenarios]
        cost: Cost = total(costs)
        return cost

    def _scenarios(self) -> list[Scenario]:
        """Every scenario of the questions, once."""
        found: dict[str, Scenario] = {}
        for each in self.questions:
            claim = each.claim
            found[f"{claim.of} {claim.histories}"] = each.scenario
            if each.reference is not None:
                found[f"{(claim.reference, *claim.set)} {claim.histories}"] = each.reference
        return list(found.values())

    def check(self, tell: Progress) -> list[Found]:
        """What is found of each claim, in the order of the file.  Errors: ScenarioError; as `keep`."""
        halves = 2 if self.models else 1
        asked_for = {name for question in self.questions for name in question.claim.measures}
        runs = _Runs(self.out, self.jobs, asked_for)
        found = []
        for done, question in enumerate(self.questions):
            found.append(self._found(question, runs, part(part(tell, 0, halves), done, len(self.questions))))
        if self.models:
            self._ask_models(found, part(tell, 1, halves))
        return found

    # ---- in the scenarios as they are ----

    def _found(self, question: Question, runs: _Runs, tell: Progress) -> Found:
        """What the runs of a claim say."""
        claim = question.claim
        after = runs.of(question.scenario, claim.scenario, tell)
        here = self._measures(question, after)
        numbers = {
            Quantity(name, part): value for name, each in here.items() for part, value in after.values(each).items()
        }
        if question.reference is not None:
            before = runs.of(question.reference, claim.reference, tell)
            self._measures(question, before)
            for each in here.values():
                numbers |= _compared(each, before, after)
        signs = tuple(_sign(name, way, numbers) for name, way in claim.expects.items())
        return Found(claim, question.place, numbers, signs, False)

    def _measures(self, question: Question, run: _Run) -> dict[str, Measure]:
        """The measures of a claim, by column.  Errors: ScenarioError, for one that the scenario does not have."""
        for name in question.claim.measures:
            if name not in run.measures:
                message = f"{name!r} is no measure of {run.name}; write one of {', '.join(run.measures)}"
                raise ScenarioError([self.file.problem(question.number, "says", "bad-choice", message)])
        return {name: run.measures[name] for name in question.claim.measures}

    # ---- in many models ----

    @cached_property
    def _groups(self) -> list[Group]:
        """Questions of directions, by what is drawn for them."""
        return groups_of(self.questions, self.file.claims, self.models, self.pairs) if self.models else []

    def _ask_models(self, found: list[Found], tell: Progress) -> None:
        """Put what models say of each direction in the place of what was found."""
        for done, group in enumerate(self._groups):
            said = group.ask(self.out, self.jobs, part(tell, done, len(self._groups)))
            for question in group.questions:
                found[question.number] = said.of(question, found[question.number], self.file.claims)


def plan_claims(file: ClaimsFile, out: Path, models: int = 0, pairs: int = 200, jobs: int = 1) -> ClaimsWork:
    """Every claim of a file with its text and its scenarios; as `ClaimsWork` says.

    Errors: ScenarioError, for words that no text has and scenarios that are not there.
    """
    reader = _Reader(file)
    questions, problems = [], []
    for number, claim in enumerate(file.claims.claim):
        try:
            questions.append(reader.question(number, claim))
        except NotThere as error:
            problems.append(file.problem(number, "says", "not-there", str(error)))
        except OSError as error:
            reader.missing.setdefault(claim.file, (number, error.strerror or "it cannot be read"))
        except ScenarioError as error:
            problems += error.problems
    for text, (number, why) in reader.missing.items():
        problems.append(file.problem(number, "file", "unreadable", f"{text}: {why}; name a text"))
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return ClaimsWork(file, questions, out, models, pairs, jobs)


@dataclass
class _Reader:
    """Reads each text and each scenario of a file of claims once.

    missing: texts that cannot be read, with the first claim that is about each, and why.
    """

    file: ClaimsFile
    texts: dict[Path, str] = field(default_factory=dict)
    scenarios: dict[tuple[str, ...], Scenario] = field(default_factory=dict)
    missing: dict[str, tuple[int, str]] = field(default_factory=dict)

    def question(self, number: int, claim: Claim) -> Question:
        """A claim with what it is about.  Errors: NotThere, OSError, ScenarioError."""
        path = self.file.path.parent / claim.file
        if path not in self.texts:
            self.texts[path] = path.read_text(encoding="utf-8-sig")
        place = place_of(claim, self.texts[path])
        scenario = self._scenario(*claim.of)
        if not claim.reference:
            return Question(number, claim, place, asked(scenario, claim.histories, None), None)
        reference = asked(self._scenario(claim.reference, *claim.set), claim.histories, None)
        return Question(number, claim, place, asked(scenario, claim.histories, reference.seed), reference)

    def _scenario(self, said: str, *settings: str) -> Scenario:
        key = (said, *settings)
        if key not in self.scenarios:
            self.scenarios[key] = _fixed(load(said, settings), settings)
        return self.scenarios[key]


def _fixed(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """The scenario in which models do not draw what is set: that is what the sentence supposes."""
    if not settings:
        return scenario
    paths = [setting.partition("=")[0].strip() for setting in settings]
    below = tuple(f"{path}{end}" for path in paths for end in (".", "["))
    held = {
        constant.path: [mean_of(constant.value)] * 2
        for constant in constants(scenario)
        if constant.path in paths or constant.path.startswith(below)
    }
    return scenario.model_copy(update={"plausible": {**scenario.plausible, **held}})


# ---- runs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """What a run says: its summary, and its outcomes with the measures of texts; measures: by column"""

    name: str
    summary: Mapping[str, Any]
    outcomes: pd.DataFrame
    measures: Mapping[str, Measure]

    def values(self, measure: Measure) -> dict[str, float]:
        """The value of a measure as texts have it, with the ends of its 95 % interval; NaN where there is none."""
        found, scale = measure.of(self.summary), scale_of(measure)
        keys = {"value": measure.kind, "from": "low", "to": "high"}
        there = {part: found.get(key) for part, key in keys.items()}
        return {part: float("nan") if value is None else scale * float(value) for part, value in there.items()}


@dataclass
class _Runs:
    """The runs that claims need, each found or made once.  columns: measures of which some claim speaks"""

    out: Path
    jobs: int
    columns: AbstractSet[str]
    found: dict[Path, _Run] = field(default_factory=dict)

    def of(self, scenario: Scenario, said: str, tell: Progress) -> _Run:
        """The run of a scenario.  said: its file or its name"""
        work = plan_run(scenario, self.out, _stem(said), self.jobs)
        if work.folder not in self.found:
            results = keep(work, tell)
            outcomes = with_own(results.outcomes, OWN)
            own = own_measures(outcomes, OWN)
            known = {each.column: each for each in (*measures(scenario), *own)}
            summary = summarise(scenario, outcomes, own)
            kept_columns = ["replication", *(name for name in outcomes if name in self.columns)]
            self.found[work.folder] = _Run(scenario.name, summary, outcomes[kept_columns], known)
        return self.found[work.folder]


def _stem(said: str) -> str:
    """The folder of a scenario's runs."""
    return Path(said).stem


def _compared(measure: Measure, before: _Run, after: _Run) -> dict[Quantity, float]:
    """What pairs say of one measure, as texts have it."""
    tables = (before.outcomes, after.outcomes)
    [row] = paired.differences([measure], *tables, False).to_dict("records")
    name, scale = measure.column, scale_of(measure)
    found = {Quantity(name, end): scale * float(row[end]) for end in ("difference", "low", "high")}
    found[Quantity(name, "before")] = before.values(measure)["value"]
    if measure.kind == "share":
        turned = paired.PairCounts.of(*(table[name].to_numpy(dtype=float) for table in tables))
        found[Quantity(name, "saved")] = turned.saved
        found[Quantity(name, "lost")] = turned.lost
    return found


def _sign(name: str, expected: Direction, numbers: Mapping[Quantity, float]) -> Sign:
    difference, low, high = (numbers[Quantity(name, end)] for end in ("difference", "low", "high"))
    return Sign(name, expected, difference, low, high)
