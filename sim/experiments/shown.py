"""What every result has in common: it prints as its summary, in a notebook too, and writes its tables for others."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim import store
from sim.readers import READERS
from sim.summary import Measure

if TYPE_CHECKING:
    import pandas as pd


class Figure(Protocol):
    """What a figure can do; `sim.figures.canvas` draws them."""

    @property
    def png(self) -> bytes: ...
    @property
    def data(self) -> pd.DataFrame: ...
    def write(self, folder: Path) -> None: ...


COLOURS = re.compile("\x1b\\[[0-9;]*m")
NAMES = "names.csv"


class Shown:
    """A result with a summary and figures."""

    def __str__(self) -> str:
        return COLOURS.sub("", READERS["text"](self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return f"<pre>{escape(str(self))}</pre>"

    def plot(self, name: str, **chosen: Any) -> Figure:
        """A figure of its report by name: `.write(folder)` writes PNG, SVG and CSV, `.png` are the bytes.

        chosen: what the figure shows, where there is a choice: `replication=3`, `group="border"`, `measure="lasting"`.
        Errors: ValueError, with the names that there are.
        """
        return READERS["figure"](self, name, **chosen)  # type: ignore[no-any-return]


class Tabled(Shown):
    """A result with a summary and tables."""

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables, by the name of their files."""
        raise NotImplementedError

    def to_csv(self, folder: str | Path) -> None:
        """Write every table as CSV into a folder, and what their columns are called there into names.csv.

        Errors: CannotWrite.
        """
        write_csv(Path(folder), self.tables)


def write_csv(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as CSV into a folder that is made if need be: `NAME.csv` each, and `names.csv`.

    Columns have names that R and Stata can hold; `names.csv` says which is which: `file, name, column`.
    Errors: CannotWrite.
    """
    from sim.spreadsheet import as_csv, plain_names, table_as_csv

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store.CannotWrite(folder, error) from error
    key: list[tuple[str, str, str]] = []
    for name, table in tables.items():
        plain = plain_names(table.columns)
        key += [(f"{name}.csv", short, str(column)) for short, column in zip(plain, table.columns, strict=True)]
        store.write_over(folder / f"{name}.csv", table_as_csv(table, plain))
    store.write_over(folder / NAMES, as_csv(("file", "name", "column"), key))


def write_csv_beside(folder: Path) -> None:
    """Write the tables that are kept in a folder as CSV into its folder `csv`.  Errors: CannotWrite."""
    import pandas as pd

    write_csv(folder / "csv", {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))})


# Measures of one's own: functions that give each replication of an outcomes table a number, or yes or no.
#
# Their values become columns of the outcomes, so that they are summed up, compared and swept like any other measure:
# yes or no as a share, numbers as a mean (NaN where a replication has none).


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
