"""Columns of the outcomes that come from functions: those of `sim.measures`, and measures of one's own.

Yes or no is summed up as a share, numbers as a mean (NaN where a replication has none).
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.measures import DEFINITIONS, Measure, Values, own_definition

if TYPE_CHECKING:
    import pandas as pd

Own = Mapping[str, Values]
"""Measures of one's own: functions by the name of the measure."""


def defined(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The outcomes with a column for each definition that has a function.  Errors: as `with_own`."""
    functions = {name: each.values for name, each in DEFINITIONS.items() if each.values is not None}
    return with_own(outcomes, functions) if functions else outcomes


def with_own(outcomes: pd.DataFrame, own: Own) -> pd.DataFrame:
    """The outcomes with a column for each measure.  Errors: ValueError, naming the measure; what a function raises."""
    columns = {}
    for name, function in own.items():
        if not (isinstance(name, str) and name.isidentifier()):
            raise ValueError(f"{name!r} cannot name a measure (letters, digits and underscores): rename it")
        if name in outcomes or name == "n":
            raise ValueError(f"the measure {name!r} has the name of a column that is there: rename it")
        columns[name] = _checked(name, function(outcomes.copy()), len(outcomes))
    return outcomes.assign(**columns)


def own_measures(outcomes: pd.DataFrame, own: Own) -> tuple[Measure, ...]:
    """What the columns of `with_own` measure."""
    kinds = {name: "share" if outcomes[name].dtype == bool else "mean" for name in own}
    return tuple(Measure(own_definition(name, kind)) for name, kind in kinds.items())


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


def _checked(name: str, given: Any, count: int) -> Any:
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
