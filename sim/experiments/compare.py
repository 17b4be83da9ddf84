"""Scenarios beside a reference: the same histories under each, so that what differs is what the scenarios say.

Every run has the seed and the number of replications of the first, so replications with the same number are pairs: they
meet the same chance (common random numbers, Law 2015, section 11.2). `sim.statistics.paired` says what the pairs say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from sim.experiments.run import Results, asked, run
from sim.experiments.shown import Tabled
from sim.history import PATHS, TOLD
from sim.measure_columns import Own
from sim.scenario.given import Given, scenario_of
from sim.statistics import paired

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.models import Models
    from sim.experiments.sweep_work import Crew
    from sim.statistics.summary import Summary

Progress = Callable[[float], None]
HISTORIES = 200
"""Replications of each scenario in each plausible model, unless more are asked for."""


@dataclass(frozen=True, repr=False)
class Comparison(Tabled):
    """What several scenarios make of the same histories, against the first of them.

    names: what each is called here, all different, the reference first. differences: one row for each other scenario
    and measure that both have, `scenario, measure, group, party, difference, low, high, n, narrowed`, scenario minus
    reference; transitions: `scenario, group, both, saved, lost, neither, difference, low, high, p`, group '' for the
    whole; sentences: one for each other scenario; summary: the object that `--json` prints; models: the same in many
    plausible models, where they were asked for.
    """

    reference: Results
    others: tuple[Results, ...]
    names: tuple[str, ...]
    differences: pd.DataFrame
    transitions: pd.DataFrame
    sentences: tuple[str, ...]
    summary: Summary
    models: Models | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Differences and transitions, every scenario's outcomes below one another, and what the models say."""
        import pandas as pd

        runs = zip(self.names, (self.reference, *self.others), strict=True)
        outcomes = pd.concat([_named(name, run.outcomes.copy()) for name, run in runs], ignore_index=True)
        tables = {"differences": self.differences, "transitions": self.transitions, "outcomes": outcomes}
        return tables if self.models is None else {**tables, **self.models.tables}


def compare(
    reference: Given,
    *others: Given,
    replications: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    told: int = TOLD,
    paths: int = PATHS,
    measures: Own | None = None,
    models: int | None = None,
    cluster: str | None = None,
    on_progress: Progress | None = None,
) -> Comparison:
    """Run scenarios (or their paths, or names that ship) under the same chance and compare each with the first.

    `replications` and `seed` of all are those of the reference unless given; the rest is as for `run`.
    models: compare in so many plausible models too, with `replications` (by default 200) histories in each; they draw
    every number that has a plausible range and in which the scenarios do not differ. cluster: the address of a Dask
    scheduler whose workers simulate the models.
    Errors: ScenarioError; ValueError where there is nothing to compare, or for numbers that a scenario could not hold;
    WorkerDied; with a cluster NoCluster, ClusterLost.
    """
    if not others:
        raise ValueError("a reference alone cannot be compared: name at least one other scenario")
    scenarios = [scenario_of(given) for given in (reference, *others)]
    tell = on_progress or _unheard
    if models is not None:
        replications = HISTORIES if replications is None else replications
        tell = part(tell, 0, 2)
    runs = [
        run(
            scenario,
            replications=scenarios[0].replications if replications is None else replications,
            seed=scenarios[0].seed if seed is None else seed,
            jobs=jobs,
            told=told,
            paths=paths,
            measures=measures,
            on_progress=part(tell, number, len(scenarios)),
        )
        for number, scenario in enumerate(scenarios)
    ]
    found = beside(runs, labels([scenario.name for scenario in scenarios]))
    if models is None:
        return found
    from sim.experiments.sweep_work import Crew

    return _ask_models(found, models, Crew(jobs, cluster), measures or {}, part(on_progress or _unheard, 1, 2))


def beside(runs: Sequence[Results], names: Sequence[str]) -> Comparison:
    """The comparison of runs that are there already, each with the first; names: all different.

    Errors: ValueError where two runs do not hold the same replications of the same seed.
    """
    import pandas as pd

    from sim.words.verdict import sentence

    reference, *others = runs
    if any(other.seed != reference.seed for other in others):
        raise ValueError("runs with different seeds share no chance, so they are no pairs")
    pairs = list(zip(names[1:], others, strict=True))
    differences = pd.concat([_named(name, _differences(reference, other)) for name, other in pairs], ignore_index=True)
    transitions = pd.concat([_named(name, _transitions(reference, other)) for name, other in pairs], ignore_index=True)
    whole = transitions[transitions["group"] == ""].to_dict("records")
    sentences = tuple(sentence(row, unchanged(reference, other)) for row, (_, other) in zip(whole, pairs, strict=True))
    summary = {
        "reference": names[0],
        "scenarios": [run.summary for run in runs],
        "differences": _dotted(differences),
        "transitions": transitions.to_dict("records"),
        "sentences": list(sentences),
    }
    return Comparison(reference, tuple(others), tuple(names), differences, transitions, sentences, summary)


def labels(names: Sequence[str], stems: Sequence[str] = ()) -> tuple[str, ...]:
    """Names that are all different: one that is there already has its file's stem, or a number, behind it."""
    found: list[str] = []
    for number, name in enumerate(names):
        further = chain(stems[number : number + 1], count(2))
        tries = chain([name], (f"{name} ({more})" for more in further))
        found.append(next(label for label in tries if label not in found))
    return tuple(found)


def unchanged(reference: Results, other: Results) -> bool:
    """Whether both are the same histories, number by number."""
    tables = ((getattr(run, table) for run in (reference, other)) for table in ("outcomes", "weekly"))
    return all(one.equals(two) for one, two in tables)


def part(tell: Progress, number: int, parts: int) -> Progress:
    """What a run tells, as the share of several runs one after the other."""
    return partial(_tell_part, tell, number, parts)


def _tell_part(tell: Progress, number: int, parts: int, share: float) -> None:
    tell((number + share) / parts)


def _unheard(share: float) -> None:
    """Nobody wants to know how far it is."""


# ---- many models -----------------------------------------------------------------------------------------------------


def beside_models(comparison: Comparison, found: Models) -> Comparison:
    """The comparison with what the models say: in its sentences, and in its summary for each scenario and measure."""
    from sim.words.models import sentences

    rows = []
    for row in comparison.summary["differences"]:
        answer = found.answers.get((row["scenario"], row["measure"]))
        rows.append(row if answer is None else {**row, "models": answer.summary})
    scenario, histories = comparison.reference.scenario, comparison.reference.replications
    said = list(comparison.sentences)
    for name in comparison.names[1:]:
        said += sentences(scenario, comparison.names[0], found.answers[name, "settled"], histories)
    ranges = [{"path": path, "low": low, "high": high} for path, (low, high) in found.ranges.items()]
    summary = {**comparison.summary, "differences": rows, "sentences": said, "drawn": ranges}
    return replace(comparison, models=found, sentences=tuple(said), summary=summary)


def _ask_models(comparison: Comparison, models: int, crew: Crew, own: Own, tell: Progress) -> Comparison:
    """A comparison, and the same in so many plausible models.  Errors: ValueError; as `gather`."""
    from sim.experiments.models import models_as_found
    from sim.experiments.models_work import gather, models_of

    runs = (comparison.reference, *comparison.others)
    design = models_of([asked(run.scenario, run.replications, run.seed) for run in runs], models, own)
    return beside_models(comparison, models_as_found(design, comparison.names, gather(design, crew, tell)))


# ---- tables ----------------------------------------------------------------------------------------------------------


def _differences(reference: Results, other: Results) -> pd.DataFrame:
    own = [measure for measure in reference.measures if measure in other.measures]
    common = [*paired.shared(reference.scenario, other.scenario), *own]
    return paired.differences(common, reference.outcomes, other.outcomes, _same(reference, other))


def _transitions(reference: Results, other: Results) -> pd.DataFrame:
    groups = [group for group in reference.scenario.working_groups if group in other.scenario.working_groups]
    return paired.transitions(groups, reference.outcomes, other.outcomes, _same(reference, other))


def _same(reference: Results, other: Results) -> bool:
    """Whether both are one scenario, so that no history could ever differ: by what it says, and by what came of it."""
    from sim.words.changes import changes

    return unchanged(reference, other) and not changes(reference.scenario, other.scenario)


def _named(name: str, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(0, "scenario", name)
    return table


def _dotted(differences: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as `--json` has them: each measure by its column's name, `agreed.treaty`."""
    from sim.words.readings import measured

    table = measured(differences)
    rows = table.assign(measure=table["column"]).drop(columns="column").to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]
