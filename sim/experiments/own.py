"""Measures of one's own: functions that give each replication of an outcomes table a number, or yes or no.

Their values become columns of the outcomes, so that they are summed up, compared and swept like any other measure:
yes or no as a share, numbers as a mean (NaN where a replication has none).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.summary import Measure

if TYPE_CHECKING:
    import pandas as pd

Own = Mapping[str, Callable[["pd.DataFrame"], Any]]
"""Functions by the name of the measure. A replication counts for itself: a function may see them in any portions."""


def with_own(outcomes: pd.DataFrame, own: Own) -> pd.DataFrame:
    """The outcomes with a column for each measure.  Errors: ValueError, naming the measure; what a function raises."""
    columns = {}
    for name, function in own.items():
        if not (isinstance(name, str) and name.isidentifier()):
            raise ValueError(f"{name!r} cannot name a measure (letters, digits and underscores): rename it")
        if name in outcomes or name == "n":
            raise ValueError(f"the measure {name!r} has the name of a column that is there: rename it")
        columns[name] = _values(name, function(outcomes.copy()), len(outcomes))
    return outcomes.assign(**columns)


def own_measures(outcomes: pd.DataFrame, own: Own) -> tuple[Measure, ...]:
    """What the columns of `with_own` measure."""
    return tuple(Measure(name, "share" if outcomes[name].dtype == bool else "mean", own=True) for name in own)


def see_portable(own: Own) -> None:
    """Errors: ValueError, naming a function that cannot be sent to another process."""
    for name, function in own.items():
        try:
            pickle.dumps(function)
        except Exception:
            raise ValueError(
                f"the measure {name!r} cannot be sent to other processes (they find a function by its name in its "
                "module): write it with def on the outermost level of a module, or ask for jobs=1"
            ) from None


def _values(name: str, given: Any, count: int) -> Any:
    """Yes or no, or a number, for each replication.  -> (R,) of bool or float.  Errors: ValueError."""
    values, wanted = np.asarray(given), f"one number, or yes or no, for each of {count:,} replications is needed"
    if values.shape != (count,):
        shape = " x ".join(map(str, values.shape)) or "a single one"
        raise ValueError(f"the measure {name!r} gives {shape} of values, but {wanted}")
    if values.dtype.kind not in "biuf":
        raise ValueError(f"the measure {name!r} gives values of type {values.dtype}, but {wanted}")
    if np.isinf(values).any():
        raise ValueError(f"the measure {name!r} gives an infinite number; give NaN where a replication has none")
    return values if values.dtype == bool else values.astype(float)
