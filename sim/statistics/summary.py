"""What a run says in numbers: shares, means and medians, each with its 95 % interval.

- A *share* has Wilson's interval (Wilson 1927), which stays within 0..1 and is honest at 0 and 1.
- A *mean* has the percentile bootstrap interval (Efron 1979), with resamples of its own fixed seed; above `MANY`
  numbers the normal interval, which says the same and needs no more than their sums.
- A *median week* counts the replications that never agree: they were watched to the end and are censored there (Kaplan
  and Meier 1958), so it is None where fewer than half agree. Its interval is read off the log-log band of the curve
  (Brookmeyer and Crowley 1982); an end that the curve does not reach is None.

`sim.measures` names each number of a summary. What a number needs is *counted*: counts of chunks add up,
in memory that does not grow with the replications, and say what the whole table would have said. A summary holds plain
numbers and None, never NaN: it is what `--json` prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from sim.arrays import Array
from sim.measures import DEFINITIONS, Measure, measures, owners

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

RESAMPLES = 999
TAIL = (1 - 0.95) / 2
MANY = 5_000  # numbers above which the bootstrap interval of a mean is the normal one, and takes seconds to find out
BATCH = 4_000_000  # numbers that the bootstrap holds at once
FEWEST = 6
"""With fewer replications no interval of a median has 95 %, whatever the times are (2 * 0.5 ** n > 0.05)."""

Z = 1.959963984540054
"""The normal distribution has 95 % within so many standard deviations of its mean."""

Summary = dict[str, Any]


# ---- counted ---------------------------------------------------------------------------------------------------------


class Count(Protocol):
    """What a measure needs to know of any number of replications; counts add up."""

    def __add__(self, other: Any) -> Any: ...

    def estimate(self) -> Summary:
        """The measure with its interval."""
        ...


@dataclass(frozen=True)
class ShareCount:
    """How often something happened."""

    yes: int
    replications: int

    def __add__(self, other: ShareCount) -> ShareCount:
        return ShareCount(self.yes + other.yes, self.replications + other.replications)

    def estimate(self) -> Summary:
        """The share, with Wilson's interval."""
        p, n, spread = self.yes / self.replications, self.replications, Z * Z / self.replications
        centre = (p + spread / 2) / (1 + spread)
        half = Z / (1 + spread) * np.sqrt(p * (1 - p) / n + spread / (4 * n))
        low, high = (centre - half if self.yes else 0.0), (centre + half if self.yes < n else 1.0)
        return {"share": p, "low": float(low), "high": float(high)}


@dataclass(frozen=True)
class Sample:
    """Numbers that have a mean: their sums, and themselves while they are few enough to be resampled."""

    count: int
    sum: float
    squares: float  # of the distances from their mean
    values: Array | None

    @classmethod
    def of(cls, values: Array) -> Sample:
        """values (R,): NaN is no number."""
        there = values[~np.isnan(values)]
        mean = there.mean() if there.size else 0.0
        kept = there if there.size <= MANY else None
        return cls(there.size, float(there.sum()), float(((there - mean) ** 2).sum()), kept)

    def __add__(self, other: Sample) -> Sample:
        """Both together; squares as in Chan, Golub and LeVeque (1979)."""
        count = self.count + other.count
        values = None
        if self.values is not None and other.values is not None and count <= MANY:
            values = np.concatenate([self.values, other.values])
        between = 0.0
        if self.count and other.count:
            apart = self.sum / self.count - other.sum / other.count
            between = apart * apart * self.count * other.count / count
        return Sample(count, self.sum + other.sum, self.squares + other.squares + between, values)

    def estimate(self) -> Summary:
        """The mean with its interval.  All None where there is no number; the interval None where there is only one."""
        if self.count == 0:
            return {"mean": None, "low": None, "high": None}
        mean = self.sum / self.count
        if self.count == 1:
            return {"mean": mean, "low": None, "high": None}
        low, high = self._normal(mean) if self.values is None else _bootstrap(self.values)
        return {"mean": mean, "low": float(low), "high": float(high)}

    def _normal(self, mean: float) -> tuple[float, float]:
        half = Z * float(np.sqrt(self.squares / (self.count - 1) / self.count))
        return mean - half, mean + half


def _bootstrap(values: Array) -> tuple[float, float]:
    """The percentile interval of the mean: the very numbers of `scipy.stats.bootstrap`, without its long import."""
    luck, rows = np.random.default_rng(0), max(1, BATCH // values.size)
    means: list[Array] = []
    for begin in range(0, RESAMPLES, rows):
        drawn = luck.integers(values.size, size=(min(rows, RESAMPLES - begin), values.size))
        means.append(values[drawn].mean(axis=-1))
    ordered = np.sort(np.concatenate(means))
    return _quantile(ordered, TAIL), _quantile(ordered, 1 - TAIL)


def _quantile(ordered: Array, share: float) -> float:
    """Between the two numbers around it, as near to each as its place is (Hyndman and Fan 1996, their type 7)."""
    place = share * ordered.size + (1 - share)
    below, part = int(place), place % 1
    return float((1 - part) * ordered[below - 1] + part * ordered[below])


@dataclass(frozen=True)
class WeekCounts:
    """How many came to something in which week, of all that were watched until the end."""

    came: npt.NDArray[np.int64]  # (weeks + 1,)
    replications: int

    @classmethod
    def of(cls, weeks: Array, end: int) -> WeekCounts:
        """weeks (R,): NaN where it never came to it; those were watched until week `end`."""
        came = weeks[~np.isnan(weeks)].astype(np.intp)
        return cls(np.bincount(came, minlength=end + 1), len(weeks))

    def __add__(self, other: WeekCounts) -> WeekCounts:
        return WeekCounts(self.came + other.came, self.replications + other.replications)

    def estimate(self) -> Summary:
        """The week by which half of the replications are there, by Kaplan-Meier."""
        found: Summary = {"median": None, "low": None, "high": None}
        when = np.flatnonzero(self.came)
        if not when.size:
            return found
        without, low, high = self.curve(when)
        found |= {"median": _half(when, without)}
        if self.replications < FEWEST:
            return found
        return found | {"low": _half(when, low), "high": _half(when, high)}

    def curve(self, when: npt.NDArray[np.intp]) -> tuple[Array, Array, Array]:
        """Share still without it after each of these weeks, and its pointwise 95 % log-log band.

        Everybody is watched to the same end, so before it Kaplan and Meier's curve is the plain share, and Greenwood's
        sum is (1 - S) / (n S). At 0 and 1, where the formula has no value, the band is Wilson's.
        """
        without = 1 - np.cumsum(self.came)[when] / self.replications
        sure = (without <= 0) | (without >= 1)
        inside = np.where(sure, 0.5, without)
        width = Z * np.sqrt((1 - inside) / (self.replications * inside)) / -np.log(inside)
        low, high = inside ** np.exp(width), inside ** np.exp(-width)
        width = unseen(self.replications)
        low = np.where(sure, np.maximum(without - width, 0), low)
        return without, low, np.where(sure, np.minimum(without + width, 1), high)


def unseen(n: int) -> float:
    """The largest share of n that may be otherwise where none was seen to be: the end of Wilson's interval at 0 of n.

    Of pairs it is the end of Tango's interval too.
    """
    return Z * Z / (n + Z * Z)


def _half(weeks: npt.NDArray[np.intp], curve: Array) -> float | None:
    """The first week in which a falling curve is at a half or below (rounding of the curve forgiven)."""
    reached = np.flatnonzero(curve <= 0.5 + 1e-9)
    return float(weeks[reached[0]]) if reached.size else None


KINDS: dict[str, Callable[[Array, int], Count]] = {
    "share": lambda values, end: ShareCount(int(values.sum()), len(values)),
    "mean": lambda values, end: Sample.of(values),
    "median": WeekCounts.of,
}


# ---- the whole -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """All that a summary needs to know of some replications of a scenario, by column.

    Counts of chunks add up (in a fixed order of chunks, to the last bit).
    """

    replications: int
    counts: dict[str, Count]

    def __add__(self, other: Counted) -> Counted:
        for column, count in self.counts.items():
            if type(count) is not type(other.counts[column]):
                raise ValueError(f"{column!r} is yes or no in some replications and a number in others: make it one")
        counts = {column: count + other.counts[column] for column, count in self.counts.items()}
        return Counted(self.replications + other.replications, counts)

    def summary(self, scenario: Scenario) -> Summary:
        """The summary as `--json` prints it, but for the folder of the results."""
        estimates = {column: count.estimate() for column, count in self.counts.items()}
        found: Summary = {"scenario": scenario.name, "replications": self.replications, "seed": scenario.seed}
        for measure in measures(scenario):
            _put(found, measure.place, estimates.pop(measure.column))
        for name in (each.name for each in DEFINITIONS.values() if each.of and not owners(scenario, each.of)):
            found[name] = {}
        return found | ({"measures": estimates} if estimates else {})


def _put(summary: Summary, place: Sequence[str], estimate: Summary) -> None:
    """Write an estimate where the keys lead to."""
    *outer, last = place
    for key in outer:
        summary = summary.setdefault(key, {})
    summary[last] = estimate


def counted(scenario: Scenario, outcomes: pd.DataFrame, own: Sequence[Measure] = ()) -> Counted:
    """What a summary needs of these replications.

    outcomes: the table, one row a replication; own: measures of one's own, which are columns there too.
    """
    counts = {
        each.column: KINDS[each.kind](outcomes[each.column].to_numpy(dtype=float), scenario.weeks)
        for each in (*measures(scenario), *own)
    }
    return Counted(len(outcomes), counts)


def summarise(scenario: Scenario, outcomes: pd.DataFrame, own: Sequence[Measure] = ()) -> Summary:
    """The summary of a run as `--json` prints it, but for the folder of the results; at least one row."""
    return counted(scenario, outcomes, own).summary(scenario)
