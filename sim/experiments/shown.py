"""What every result has in common: it prints as its summary, in a notebook too, and writes its tables for others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sim import store
from sim.readers import READERS

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

    store.make(folder)
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
