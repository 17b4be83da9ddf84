"""What two scenarios say of the same histories: differences between pairs, each with its 95 % interval.

Replication r of one scenario and replication r of the other meet the same chance, so differences are taken in pairs,
always scenario minus reference. Only of a scenario and itself (`same`) is it sure that no pair ever differs: then the
difference is 0, from 0 to 0. Where none of n pairs differs, one of the next n may: up to `unseen(n)` of all.

- A *share* has Tango's score interval (1998) for two shares of the same histories; it holds what it promises also where
  few histories turn, or all turn one way, or none does.
- A *mean* has the paired t interval (Student 1908), over the pairs in which both are numbers. Where all differ alike,
  the unseen pairs may differ by as much as the numbers seen lie apart; where these are all the same, nobody knows.
- A *median week* counts those that never agree as later than all others, and is there only where half or more agree, as
  in `summary`. Its interval is the percentile bootstrap over pairs (Efron 1979), with resamples of its own fixed seed;
  an end at which one of the two has no median is NaN. Its ends are weeks that occur, so that it is rather too wide than
  too narrow where few are in question; one without width is as wide as the unseen pairs could move a median.
- *Transitions* are the pairs that end alike, that only the scenario settles (saved) and that only the reference settles
  (lost), with McNemar's exact test (1947) of whether as many are saved as lost.

`narrowed` is the width of an interval over that of as many histories with independent chance. All are pure functions of
outcomes tables with the same replications in the same order. Swapped, they change the sign and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.arrays import Array
from sim.measures import Measure, measures
from sim.statistics.summary import RESAMPLES, Z, unseen

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

DIFFERENCE = ["measure", "group", "party", "difference", "low", "high", "n", "narrowed"]
TRANSITION = ["group", "both", "saved", "lost", "neither", "difference", "low", "high", "p"]

NONE = float("nan")
CELLS = 2_000_000  # counts that the bootstrap of a median holds at once
HALVINGS = 60  # of a stretch of 1, until it is shorter than rounding


@dataclass(frozen=True)
class Difference:
    """Scenario minus reference over `n` pairs, from low to high with 95 %; NaN where there is no number."""

    difference: float
    low: float
    high: float
    n: int
    narrowed: float


@dataclass(frozen=True)
class PairCounts:
    """Pairs in which something comes about in both, under the scenario only, under the reference only, in neither."""

    both: int
    saved: int
    lost: int
    neither: int

    @classmethod
    def of(cls, before: Array, after: Array) -> PairCounts:
        """before, after (R,): whether it comes about under the reference, under the scenario."""
        old, new = before.astype(bool), after.astype(bool)
        both, either = int((old & new).sum()), int((old | new).sum())
        return cls(both, int(new.sum()) - both, int(old.sum()) - both, len(old) - either)

    @property
    def n(self) -> int:
        return self.both + self.saved + self.lost + self.neither

    @property
    def difference(self) -> float:
        """Share saved less share lost."""
        return (self.saved - self.lost) / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Tango's interval of the difference."""
        low, high = tango(self.saved, self.lost, self.n)
        return float(low), float(high)

    @property
    def p(self) -> float:
        """How often chance alone would split the pairs that differ at least so unevenly: McNemar, exact, two-sided."""
        from scipy.stats import binomtest

        turned = self.saved + self.lost
        return float(binomtest(self.saved, turned).pvalue) if turned else 1.0


def tango(saved: Array | int, lost: Array | int, n: int, z: float = Z) -> tuple[Array, Array]:
    """Tango's interval of (saved - lost) / n: the differences that the score test does not reject at `z`."""
    old, new = np.asarray(lost, dtype=float), np.asarray(saved, dtype=float)
    return _lowest(new, old, n, z), -_lowest(old, new, n, z)


def _lowest(saved: Array, lost: Array, n: int, z: float) -> Array:
    """The smallest difference that the score test does not reject (Tango 1998), by halving.

    Under a difference d, the share that is lost is the larger root of 2 n q^2 + b q - lost d (1 - d) = 0 with
    b = (2 n - saved + lost) d - saved - lost, and saved - lost has the variance n (2 q + d (1 - d)).
    """
    low, high = np.full(saved.shape, -1.0), (saved - lost) / n
    for _ in range(HALVINGS):
        d = (low + high) / 2
        b = (2 * n - saved + lost) * d - saved - lost
        q = (np.sqrt(np.maximum(b * b + 8 * n * lost * d * (1 - d), 0.0)) - b) / (4 * n)
        variance = n * (2 * q + d * (1 - d))
        rejected = saved - lost - n * d > z * np.sqrt(np.maximum(variance, 0.0))
        low, high = np.where(rejected, d, low), np.where(rejected, high, d)
    return high


# ---- each kind of measure --------------------------------------------------------------------------------------------


def _share(before: Array, after: Array) -> Difference:
    turned = PairCounts.of(before, after)
    low, high = turned.interval
    apart = np.sqrt(sum(share.mean() * (1 - share.mean()) / turned.n for share in (before, after)))
    return Difference(turned.difference, low, high, turned.n, _narrowed(high - low, 2 * Z * float(apart)))


def _mean(before: Array, after: Array) -> Difference:
    there = ~np.isnan(after - before)
    old, new = before[there], after[there]
    n = old.size
    if not n:
        return Difference(NONE, NONE, NONE, 0, NONE)
    middle, half = float((new - old).mean()), _half_width(old, new)
    apart = np.sqrt(sum(_error(values[~np.isnan(values)]) ** 2 for values in (before, after)))
    return Difference(middle, middle - half, middle + half, n, _narrowed(2 * half, 2 * Z * float(apart)))


def _half_width(old: Array, new: Array) -> float:
    """Half of the t interval of a mean difference; where all differ alike, what unseen pairs may add (NaN: unknown)."""
    from scipy.special import stdtrit

    change, spread = new - old, float(np.ptp([old, new]))
    if np.ptp(change) > 1e-12 * spread:
        return float(stdtrit(change.size - 1, 0.975)) * _error(change)
    return unseen(change.size) * spread if spread and change.size > 1 else NONE


def _error(values: Array) -> float:
    """Standard error of a mean."""
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else NONE


def _median(before: Array, after: Array) -> Difference:
    weeks = np.stack([np.where(np.isnan(column), np.inf, column) for column in (before, after)])
    cells, counts = _cells(weeks)
    old, new = (float(_there_by(column, counts)) for column in cells)
    if np.isinf([old, new]).any():
        return Difference(NONE, NONE, NONE, len(before), NONE)
    olds, news = _resampled(cells, counts)
    low, high = _range(olds, news)
    if low == high:
        down, up = _moved(cells, counts)
        low, high = low - down, high + up
    apart = _range(olds[::-1], news)  # medians of two resamples have no chance in common
    return Difference(new - old, low, high, len(before), _narrowed(high - low, apart[1] - apart[0]))


def _moved(cells: Array, counts: npt.NDArray[np.int64]) -> tuple[float, float]:
    """How far down and up the difference of two medians could be moved by pairs that were not seen; NaN: anywhere."""
    share = unseen(int(counts.sum()))
    early, half, late = (
        np.array([_there_by(column, counts, part) for column in cells]) for part in (0.5 - share, 0.5, 0.5 + share)
    )
    down, up = half - early, late - half
    ends = max(down[1], up[0]), max(up[1], down[0])
    return tuple(float(end) if np.isfinite(end) else NONE for end in ends)  # type: ignore[return-value]


def _cells(weeks: Array) -> tuple[Array, npt.NDArray[np.int64]]:
    """Pairs of weeks that occur, and how often each does.  weeks (2, R) -> (2, C), (C,)

    In the order in which they first occur, which stays the same when the two scenarios are swapped.
    """
    cells, first, counts = np.unique(weeks, axis=1, return_index=True, return_counts=True)
    order = np.argsort(first)
    return cells[:, order], counts[order]


def _resampled(cells: Array, counts: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """Medians under the reference and under the scenario in each resample of pairs.  -> (B,), (B,)"""
    rng, n = np.random.default_rng(0), counts.sum()
    rows = max(1, CELLS // counts.size)
    found = []
    for begin in range(0, RESAMPLES, rows):
        drawn = rng.multinomial(n, counts / n, size=min(rows, RESAMPLES - begin))
        found.append([_there_by(column, drawn) for column in cells])
    olds, news = np.concatenate(found, axis=1)
    return olds, news


def _there_by(weeks: Array, counts: npt.NDArray[np.int64], part: float = 0.5) -> Array:
    """The first week by which half, or another part, are there; inf: later.  weeks (C,), counts (..., C) -> (...)"""
    order = np.argsort(weeks, kind="stable")
    there = np.cumsum(counts[..., order], axis=-1)
    reached = there >= part * there[..., -1:]
    return np.where(reached.any(axis=-1), weeks[order][reached.argmax(axis=-1)], np.inf)


def _range(olds: Array, news: Array) -> tuple[float, float]:
    """The middle 95 % of the differences; NaN for an end at which there is none.

    Where neither has a median, the difference may be anything.
    """
    with np.errstate(invalid="ignore"):
        change = news - olds
    unknown, at = np.isnan(change), round((RESAMPLES + 1) * 0.025) - 1
    low, high = (np.sort(np.where(unknown, worst, change)) for worst in (-np.inf, np.inf))
    ends = float(low[at]), float(high[-1 - at])
    return tuple(end if np.isfinite(end) else NONE for end in ends)  # type: ignore[return-value]


def _narrowed(paired: float, independent: float) -> float:
    return paired / independent if independent > 0 else NONE


KINDS: dict[str, Callable[[Array, Array], Difference]] = {"share": _share, "mean": _mean, "median": _median}


# ---- two scenarios ---------------------------------------------------------------------------------------------------


def shared(reference: Scenario, scenario: Scenario) -> list[Measure]:
    """The measures that both scenarios have, in the order of the reference's."""
    there = set(measures(scenario))
    return [measure for measure in measures(reference) if measure in there]


def alone(reference: Scenario, scenario: Scenario) -> list[str]:
    """Names of groups, parties and mediators that only one of the two has, so that nothing of theirs is compared."""
    common = set(shared(reference, scenario))
    every = [each for spec in (reference, scenario) for each in measures(spec) if each not in common]
    return list(dict.fromkeys(each.owner for each in every))


def differences(
    common: Sequence[Measure], before: pd.DataFrame, after: pd.DataFrame, same: bool = False
) -> pd.DataFrame:
    """Each measure's difference, one row a measure: `measure, group, party, difference, low, high, n, narrowed`.

    before, after: outcomes of the reference and of the scenario; same: these are one and the same.
    Errors: ValueError where they are not paired.
    """
    import pandas as pd

    _see_paired(before, after)
    rows = []
    for each in common:
        old, new = (table[each.column].to_numpy(dtype=float) for table in (before, after))
        found = KINDS[each.kind](old, new)
        if same and found.difference == 0:
            found = Difference(0.0, 0.0, 0.0, found.n, 0.0)
        rows.append({"measure": each.name, "group": each.group, "party": each.party, **asdict(found)})
    return pd.DataFrame(rows, columns=DIFFERENCE)


def transitions(groups: Iterable[str], before: pd.DataFrame, after: pd.DataFrame, same: bool = False) -> pd.DataFrame:
    """Which pairs end alike, which otherwise: one row for the whole (group ''), one for each group.

    `group, both, saved, lost, neither, difference, low, high, p`; same: it is one scenario.
    Errors: ValueError where they are not paired.
    """
    import pandas as pd

    _see_paired(before, after)
    rows = []
    for group in ("", *groups):
        column = f"agreed.{group}" if group else "settled"
        turned = PairCounts.of(*(table[column].to_numpy(dtype=float) for table in (before, after)))
        low, high = (0.0, 0.0) if same else turned.interval
        sure = {"difference": turned.difference, "low": low, "high": high, "p": turned.p}
        rows.append({"group": group, **asdict(turned), **sure})
    return pd.DataFrame(rows, columns=TRANSITION)


def _see_paired(before: pd.DataFrame, after: pd.DataFrame) -> None:
    if not len(before) or not np.array_equal(before["replication"], after["replication"]):
        raise ValueError("the two tables do not hold the same replications in the same order, so they are no pairs")
