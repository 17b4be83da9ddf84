"""What a report is made from: the results of one run, as the figures and the story read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from sim.report.words import thousands

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


class Results(Protocol):
    """The results of a run, whoever computed them. Columns: contract, "The results folder"."""

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


def subtitle(results: Results, *more: str) -> str:
    """Scenario, number of replications, seed, and the kind of interval or whatever else is to be said."""
    counted = f"{thousands(results.replications)} replication{'' if results.replications == 1 else 's'}"
    return " · ".join([results.scenario.name, counted, f"seed {results.seed}", *more])


def told(results: Results, replication: int) -> pd.DataFrame:
    """The events of one replication in their order, texts '' where they do not apply."""
    chosen = results.events[results.events["replication"] == replication]
    texts = ["group", "actor", "kind", "to", "package", "text", "date"]
    return chosen.assign(**{name: chosen[name].fillna("").astype(str) for name in texts}).reset_index(drop=True)
