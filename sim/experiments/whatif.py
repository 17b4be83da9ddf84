"""The but-for question: which histories would have ended otherwise if exactly this had not been, all else the same?

A statement inside the model: replication r with a thing and replication r without it meet the same luck, so that what
differs is what the thing did there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.experiments.compare import Comparison, compare
from sim.experiments.run import Results, telling
from sim.experiments.shown import Tabled
from sim.readers import READERS
from sim.scenario import Counterfactual, Scenario, counterfactual, load
from sim.scenario.given import Given, in_pythons_words

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

LONGEST_NAME = 120

Progress = Callable[[float], None]


@dataclass(frozen=True)
class ButFor:
    """Of `count` histories that ended one way, how many end the other way: their share, with its exact 95 % interval.

    share, low, high: None where there is no history to turn. Interval: Clopper and Pearson (1934).
    """

    count: int
    turned: int
    share: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, turned: int, count: int) -> ButFor:
        """So many of so many."""
        from scipy.stats import binomtest

        if not count:
            return cls(0, 0, None, None, None)
        interval = binomtest(turned, count).proportion_ci(0.95, "exact")
        return cls(count, turned, turned / count, float(interval.low), float(interval.high))


@dataclass(frozen=True)
class History:
    """One history with and without: why this one, both tellings, and the week in which they part (None: never)."""

    replication: int
    why: str
    factual: Results
    counterfactual: Results
    parted: int | None

    @property
    def parted_on(self) -> dt.date | None:
        """First day of the week in which they part."""
        return None if self.parted is None else self.factual.scenario.date_of(self.parted)


@dataclass(frozen=True, repr=False)
class WhatIf(Tabled):
    """A scenario as its file has it, and without something (or with something else).

    comparison: the file's scenario is its reference; imagined: what was taken away, and what went with it; settings:
    what was set besides; failed: of the histories that did not settle, those that do now; settled: of those that did,
    those that do not now; groups: the same for each working group that is in both, (not agreed, agreed).
    """

    comparison: Comparison
    imagined: Counterfactual
    settings: tuple[str, ...]
    failed: ButFor
    settled: ButFor
    groups: dict[str, tuple[ButFor, ButFor]]
    history: History

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Those of the comparison with and without."""
        return self.comparison.tables

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in plain sentences, the first of them the whole of it."""
        return READERS["sentences"](self)  # type: ignore[no-any-return]


# ---- asking ----------------------------------------------------------------------------------------------------------


def whatif(
    scenario: Given,
    without: Sequence[str] = (),
    settings: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    replication: int | None = None,
    jobs: int = 1,
    on_progress: Progress | None = None,
) -> WhatIf:
    """Run a scenario as it is and without what the paths `without` name, and say which histories end otherwise.

    scenario: itself, a path, or a name that ships; settings: `PATH=VALUE` of the counterfactual, besides; replication:
    the history to tell twice, by default one chosen by rule.
    Errors: ScenarioError; ValueError where nothing is to be changed; WorkerDied.
    """
    with in_pythons_words(scenario):
        scenario, imagined = imagine(scenario, without, settings, replications, seed)
    comparison = compare(scenario, imagined.scenario, jobs=jobs, on_progress=on_progress)
    return answer(comparison, imagined, settings, replication)


def imagine(
    file: Given,
    without: Sequence[str],
    settings: Sequence[str],
    replications: int | None = None,
    seed: int | None = None,
) -> tuple[Scenario, Counterfactual]:
    """The scenario of a file, and what it would be without.  Errors: ScenarioError; ValueError."""
    if not (without or settings):
        raise ValueError("nothing is taken away and nothing is set, so there is no what-if")
    from sim.words.removed import briefly, changed

    asked = [f"{key}={n}" for key, n in (("replications", replications), ("seed", seed)) if n is not None]
    scenario, imagined = load(file, asked), counterfactual(file, without, [*settings, *asked])
    name = " ".join(changed(scenario, imagined.taken, settings, briefly)[:LONGEST_NAME].split())
    told = {"name": name, "summary": f"In all else as in: {scenario.name}."}
    alike = {"seed": scenario.seed, "replications": scenario.replications}
    return scenario, replace(imagined, scenario=imagined.scenario.model_copy(update=told | alike))


def answer(
    comparison: Comparison, imagined: Counterfactual, settings: Sequence[str] = (), replication: int | None = None
) -> WhatIf:
    """What a comparison of the file with the counterfactual says of the but-for question."""
    rows = {row["group"]: _both_ways(row) for row in comparison.transitions.to_dict("records")}
    failed, settled = rows.pop("")
    history = _history(comparison.reference, comparison.others[0], replication)
    return WhatIf(comparison, imagined, tuple(settings), failed, settled, rows, history)


def _both_ways(row: dict[Hashable, Any]) -> tuple[ButFor, ButFor]:
    """Of the histories without it, those that come to it; of those with it, those that lose it."""
    both, saved, lost, neither = (int(row[part]) for part in ("both", "saved", "lost", "neither"))
    return ButFor.of(saved, saved + neither), ButFor.of(lost, lost + both)


# ---- one history -----------------------------------------------------------------------------------------------------


def _history(before: Results, after: Results, replication: int | None) -> History:
    chosen, why = _choose(before, after) if replication is None else (replication, "the one that was asked for")
    factual, counter = (_telling(results, chosen) for results in (before, after))
    return History(chosen, why, factual, counter, _parting(factual, counter, chosen))


def _choose(before: Results, after: Results) -> tuple[int, str]:
    """The first told history that it turns, from failure if there is one; else the typical one."""
    from sim.statistics.typical import choose

    told = set(before.events["replication"]) & set(after.events["replication"])
    old, new = (run.outcomes.set_index("replication")["settled"].astype(bool) for run in (before, after))
    rules = (
        (~old & new, "the first history that fails as the file has it and settles otherwise"),
        (old & ~new, "the first history that settles as the file has it and fails otherwise (none is saved)"),
    )
    for turns, why in rules:
        found = sorted(told & set(turns.index[turns]))
        if found:
            return int(found[0]), why
    return choose(before).typical, "no told history ends otherwise, and this one is typical"


def _telling(results: Results, replication: int) -> Results:
    """The run if it tells this replication; else one that tells it alone, the same bit for bit."""
    if replication in set(results.events["replication"]):
        return results
    return telling(results.scenario, replication)


def _parting(before: Results, after: Results, replication: int) -> int | None:
    """The week of the first event that is not the same in both; None where all are."""
    tables = [run.events[run.events["replication"] == replication] for run in (before, after)]
    shared = [name for name in tables[0] if name in tables[1]]
    first, second = (table[shared].astype(object).fillna("").to_dict("records") for table in tables)
    for one, other in zip(first, second, strict=False):
        if not all(map(_same, one.values(), other.values())):
            return int(min(one["week"], other["week"]))
    further = max(first, second, key=len)[min(len(first), len(second)) :]
    return int(further[0]["week"]) if further else None


def _same(one: object, other: object) -> bool:
    """Are two values of an event the same? One may have been computed on a processor that rounds otherwise."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other
