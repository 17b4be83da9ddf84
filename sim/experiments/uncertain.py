"""What an analysis of sensitivity gives, and what it reads: the uncertain inputs of a run, and a measure of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.experiments.shown import Tabled
from sim.measures import Measure, named

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

DRAWN = "drawn."


class Unanswerable(ValueError):
    """A question that a scenario or a run cannot answer; the text says why, and what to do."""


@dataclass(frozen=True, repr=False)
class Sensitivity(Tabled):
    """How far each uncertain input moves a measure.

    method: PAWN, delta or Sobol; measure: its column; replications: of the run, for Sobol at each of `points` points
    (0 for a run); level: the index that chance alone reaches, NaN where none is needed (Sobol); indices, largest first:
    `input` (its path), `index, low, high`, `total, total_low, total_high` (Sobol, else NaN), and `lowest, highest`: the
    mean of the measure where the input is in the lowest and in the highest tenth of its values; measures: of one's own.
    """

    scenario: Scenario
    replications: int
    seed: int
    method: str
    measure: str
    indices: pd.DataFrame
    level: float
    points: int = 0
    measures: tuple[Measure, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The indices."""
        return {"indices": self.indices}

    @property
    def varies(self) -> bool:
        """Is the measure not the same everywhere?"""
        return not self.indices["index"].isna().all()

    @property
    def matters(self) -> list[bool]:
        """Of each input: is it told from chance? By a run: above the level; by Sobol: a total interval above 0."""
        above = self.indices["total_low"] > 0 if self.points else self.indices["index"] > self.level
        return above.tolist()


def measure_of(scenario: Scenario, column: str, own: Sequence[Measure] = ()) -> Measure:
    """The measure with this column.  own: those of one's own.  Errors: Unanswerable, with those that there are."""
    try:
        return named(scenario, column, own)
    except KeyError as error:
        raise Unanswerable(error.args[0]) from None


def numbers(measure: Measure, scenario: Scenario, outcomes: pd.DataFrame) -> Array:
    """The measure in each replication: 0 or 1, a mean's number (NaN: none), or a week.  -> (R,)

    A week is how long the talks went without agreement, at most all of them (restricted time: Royston and Parmar 2013):
    so never is no far week, and how long an agreement must hold is of no matter.
    """
    values = outcomes[measure.column].to_numpy(dtype=float)
    return np.fmin(values, scenario.clock.weeks) if measure.kind == "median" else values


def uncertain(scenario: Scenario, outcomes: pd.DataFrame) -> pd.DataFrame:
    """What each replication drew, a column for each input that varies, by its path.  Errors: Unanswerable."""
    drawn = outcomes[[column for column in outcomes if str(column).startswith(DRAWN)]]
    drawn = drawn.loc[:, drawn.nunique() > 1]
    if not drawn.shape[1]:
        raise nothing_uncertain(scenario)
    return drawn.rename(columns=lambda column: str(column).removeprefix(DRAWN))


def nothing_uncertain(scenario: Scenario) -> Unanswerable:
    """Why there is nothing to rank, and how to make a number uncertain."""
    party = next(iter(scenario.parties))
    return Unanswerable(
        f"no number of {scenario.name} is uncertain, so there is no input to tell from another; write a number as a "
        f'distribution, such as --set "parties.{party}.reservation={{mean: 0.44, sd: 0.08}}"'
    )


def ranked(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The table of indices, largest first (equal ones in the order of the file)."""
    import pandas as pd

    columns = ["input", "index", "low", "high", "total", "total_low", "total_high", "lowest", "highest"]
    by = "total" if "total" in rows[0] else "index"
    table = pd.DataFrame(rows).reindex(columns=columns).sort_values(by, ascending=False, kind="stable")
    return table.astype(dict.fromkeys(columns[1:], float)).reset_index(drop=True)
