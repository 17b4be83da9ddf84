"""What a report is made from: the results of a run, or of several compared, as figures and stories read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sim import words

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario


class Results(Protocol):
    """The results of a run, whoever computed them. Columns: `sim/COLUMNS.md`."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def replications(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def summary(self) -> dict[str, Any]: ...
    @property
    def outcomes(self) -> pd.DataFrame: ...
    @property
    def weekly(self) -> pd.DataFrame: ...
    @property
    def events(self) -> pd.DataFrame: ...
    @property
    def paths(self) -> pd.DataFrame: ...
    @property
    def wall_seconds(self) -> float: ...


def last_week(results: Results, beside: Sequence[Results] = ()) -> int:
    """The last week of talks of a run, or of whichever run shown beside it talks longest."""
    return max(run.scenario.clock.weeks for run in (results, *beside))


def dates_fitting(most: int, results: Results, beside: Sequence[Results] = ()) -> int:
    """How many of at most so many dates fit under the run's own weeks, on an axis that the longest talks fill."""
    return max(round(most * results.scenario.clock.weeks / last_week(results, beside)), 1)


def subtitle(results: Results, *more: str) -> str:
    """Scenario, number of replications, seed, and the kind of interval or whatever else is to be said."""
    counted = f"{words.thousands(results.replications)} replication{'' if results.replications == 1 else 's'}"
    return " · ".join([results.scenario.name, counted, f"seed {results.seed}", *more])


def told(results: Results, replication: int) -> pd.DataFrame:
    """The events of one replication in their order, texts '' where they do not apply."""
    chosen = results.events[results.events["replication"] == replication]
    texts = ["group", "actor", "kind", "to", "package", "text", "date"]
    return chosen.assign(**{name: chosen[name].fillna("").astype(str) for name in texts}).reset_index(drop=True)


class Comparison(Protocol):
    """Scenarios run under the same chance as a reference, whoever compared them.

    names: the labels shown, unique, the reference's first. `differences`: `scenario, measure, group, party, difference,
    low, high, n, narrowed`, scenario minus reference; `transitions`: `scenario, group, both, saved, lost, neither,
    difference, low, high, p`, group '' for the whole. Where there is no number, NaN.
    """

    @property
    def reference(self) -> Results: ...
    @property
    def others(self) -> tuple[Results, ...]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def differences(self) -> pd.DataFrame: ...
    @property
    def transitions(self) -> pd.DataFrame: ...
    @property
    def sentences(self) -> tuple[str, ...]: ...
    @property
    def summary(self) -> dict[str, Any]: ...


def compared(comparison: Comparison, *more: str) -> str:
    """The subtitle of a comparison: what is compared with what, how many pairs, the seed, and what else is said."""
    reference, others = comparison.reference, comparison.names[1:]
    what = others[0] if len(others) == 1 else words.count(len(others), "scenario")
    pairs = f"{words.thousands(reference.replications)} pair{'' if reference.replications == 1 else 's'} of histories"
    against = f"{what} against {comparison.names[0]}"
    return " · ".join([against, pairs, f"seed {reference.seed}", *more])
