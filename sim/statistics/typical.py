"""Which single histories stand for a thousand.

Only told replications (those with events, the first hundred) can be shown. The choice is by rule, so that nobody
picks the history that suits an argument:

- *typical*: if at least half of all replications settle, the settled one whose week is nearest to the median week of
  those that settled; otherwise, among the unsettled ones that agreed on the commonest set of chapters, the one whose
  joint utility is nearest to their median.
- *other*: one that failed if the typical one settled, chosen by the second rule among the unsettled ones; one that
  settled if it did not, by the first rule. None where every told replication ended the same way.

Ties go to the lower number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pandas as pd


class Histories(Protocol):
    """What a run tells of its histories; their columns are in `sim/COLUMNS.md`."""

    @property
    def outcomes(self) -> pd.DataFrame: ...
    @property
    def events(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Chosen:
    """Numbers of the shown replications, and why each."""

    typical: int
    typical_settled: bool
    why_typical: str
    other: int | None
    why_other: str


SETTLED = "it settled in a week nearest to the median of those that settled"
PATTERN = "it agreed on the commonest set of chapters, and its joint utility is nearest to the median of that set"


def choose(results: Histories) -> Chosen:
    """The typical replication and one that ended otherwise."""
    outcomes = results.outcomes.set_index("replication", drop=False)
    known = sorted(set(results.events["replication"]) & set(outcomes.index)) or [int(outcomes.index[0])]
    settled = outcomes["settled"].astype(bool)
    by_week, by_pattern = _nearest_week(outcomes[settled], known), _nearest_pattern(outcomes[~settled], known)
    if settled.mean() >= 0.5 and by_week is not None:
        return Chosen(by_week, True, SETTLED, by_pattern, f"among those that did not settle, {PATTERN}")
    if by_pattern is not None:
        return Chosen(by_pattern, False, f"among those that did not settle, {PATTERN}", by_week, SETTLED)
    return Chosen(known[0], bool(settled[known[0]]), "it is the first", None, "")


def _nearest_week(settled: pd.DataFrame, known: list[int]) -> int | None:
    return _nearest(settled["settled_week"], known)


def _nearest_pattern(outcomes: pd.DataFrame, known: list[int]) -> int | None:
    """The told one nearest to the median joint utility, in the commonest pattern of agreed chapters that was told."""
    agreed = [name for name in outcomes.columns if name.startswith("agreed.")]
    patterns = outcomes[agreed].astype(bool).apply(tuple, axis=1)
    for pattern in patterns.value_counts(sort=True).index if len(outcomes) else []:
        found = _nearest(outcomes.loc[patterns == pattern, "joint_utility"], known)
        if found is not None:
            return found
    return None


def _nearest(values: pd.Series[float], known: list[int]) -> int | None:
    here = values[values.index.isin(known)]
    if here.empty:
        return None
    distance = (here - values.median()).abs().fillna(0.0).round(9).sort_index()
    return int(distance.index.to_numpy()[distance.to_numpy().argmin()])
