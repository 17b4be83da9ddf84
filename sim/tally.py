"""What all replications do week by week, counted so that any number of them takes the same memory.

Counts of chunks add up exactly, in any order: values fall into equal bins, and sums are kept as whole numbers.
Quantiles are therefore exact to half a bin (0.001). Shapes: R replications (last axis).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.arrays import Array, Mask

if TYPE_CHECKING:
    import pandas as pd

Counts = npt.NDArray[np.int64]
Key = tuple[str, str, str]  # measure, group, party

BINS = 500  # of [0, 1]
SCALE = 1e12  # sums are counted in units of 1 / SCALE
QUANTILES = {
    "q025": 0.025, "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50,
    "q75": 0.75, "q90": 0.90, "q95": 0.95, "q975": 0.975,
}  # fmt: skip


@dataclass
class Tally:
    """Sums and histograms of measures in [0, 1], for each week.

    sums (weeks,) in units of 1 / SCALE; bins (weeks, BINS + 1), the last one for 1 itself.
    """

    weeks: int
    replications: int
    sums: dict[Key, Counts] = field(default_factory=dict)
    bins: dict[Key, npt.NDArray[np.int32]] = field(default_factory=dict)

    def count(self, week: int, key: Key, values: Array) -> None:
        """Count what a measure is in each replication this week.  values (R,) in [0, 1]"""
        if key not in self.bins:
            self.bins[key] = np.zeros((self.weeks, BINS + 1), dtype=np.int32)
        self.sum(week, key, values)
        self.bins[key][week] += np.bincount((values * BINS).astype(np.intp), minlength=BINS + 1)

    def sum(self, week: int, key: Key, values: Array | Mask) -> None:
        """Count a measure whose mean says all: a share of replications.  values (R,) in [0, 1], or true and false"""
        if key not in self.sums:
            self.sums[key] = np.zeros(self.weeks, dtype=np.int64)
        yes_or_no = values.dtype.kind == "b"
        whole = np.count_nonzero(values) * int(SCALE) if yes_or_no else np.rint(values * SCALE).sum()
        self.sums[key][week] += int(whole)

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.weeks,
            self.replications + other.replications,
            {key: sums + other.sums[key] for key, sums in self.sums.items()},
            {key: bins + other.bins[key] for key, bins in self.bins.items()},
        )

    def means(self, weeks: int) -> list[dict[str, float]]:
        """What each measure is on average, in each of the first weeks: `trust.Armenia`, `agreed.treaty`, `settled`."""
        whole = SCALE * self.replications
        names = {key: ".".join(part for part in key if part) for key in self.sums}
        return [{names[key]: float(sums[week] / whole) for key, sums in self.sums.items()} for week in range(weeks)]

    def table(self) -> pd.DataFrame:
        """One row a measure and week: `week, measure, group, party, mean, q025 ... q975`.

        A share of replications has quantiles too: those of a measure that is 0 or 1.
        """
        import pandas as pd

        rows = [self._rows(key) for key in self.sums]
        return pd.DataFrame({name: np.concatenate([columns[name] for columns in rows]) for name in rows[0]})

    def _rows(self, key: Key) -> dict[str, Any]:
        """The columns of one measure.  -> (weeks,) by name"""
        words = zip(("measure", "group", "party"), key, strict=True)
        mean = self.sums[key] / (SCALE * self.replications)
        columns = {"week": np.arange(self.weeks), **{name: np.full(self.weeks, word) for name, word in words}}
        quantiles = {name: self._quantile(key, share, mean) for name, share in QUANTILES.items()}
        return {**columns, "mean": mean, **quantiles}

    def _quantile(self, key: Key, share: float, mean: Array) -> Array:
        if key not in self.bins:
            return np.asarray(mean > 1 - share, dtype=float)
        below = np.cumsum(self.bins[key], axis=1)
        reached = np.argmax(below >= share * self.replications, axis=1)
        return np.asarray(np.minimum((reached + 0.5) / BINS, 1.0))
