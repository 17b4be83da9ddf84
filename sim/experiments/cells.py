"""What the cells of a sweep came to: rows of a table, settings that changed nothing, every replication's outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.apart import Pairs
from sim.experiments.chunk_files import Estimates, Happened
from sim.experiments.design import Design
from sim.measures import measures
from sim.scenario.dump import one_line

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BOUNDS = ("low", "high")
DIFFERENCES = (".difference", ".difference.low", ".difference.high")


@dataclass(frozen=True)
class Swept:
    """A cell with its estimates, and what its outcomes are compared by."""

    values: tuple[Any, ...]
    replications: int
    estimates: Estimates
    happened: Happened


def cell_table(design: Design, cells: Sequence[Swept], pairs: Mapping[str, Pairs]) -> pd.DataFrame:
    """One row a cell: a column for each path, `n`, and for each measure itself, its `.low` and its `.high`.

    In a grid, shares have the paired difference from the reference cell too, `.difference`, with its `.low` and
    `.high`. Measures that only some cells have (a mediator that another cell does without) come last, and are NaN
    elsewhere.
    """
    import pandas as pd

    columns: dict[str, Any] = {path: _column([cell.values[n] for cell in cells]) for n, path in enumerate(design.paths)}
    columns["n"] = np.array([cell.replications for cell in cells], np.int64)
    for name in dict.fromkeys([*(each.column for each in measures(design.scenario)), *_names(cells)]):
        triples = [cell.estimates.get(name, (None, None, None)) for cell in cells]
        for part, ending in enumerate(("", *(f".{bound}" for bound in BOUNDS))):
            columns[f"{name}{ending}"] = np.array([triple[part] for triple in triples], float)
        if name in pairs and design.sample is None:
            for ending, values in zip(DIFFERENCES, pairs[name].differences, strict=True):
                columns[f"{name}{ending}"] = values
    return pd.DataFrame(columns)


def _names(cells: Sequence[Swept]) -> Iterator[str]:
    for cell in cells:
        yield from cell.estimates


def _column(values: Sequence[Any]) -> Any:
    """Numbers as numbers (null is NaN), everything else as text: words as they are, other values as YAML."""
    import pandas as pd

    given = [value for value in values if value is not None]
    if given and all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        return pd.array(values, dtype="int64") if _whole(values) else np.array(values, float)
    words = [value if value is None or isinstance(value, str) else one_line(value) for value in values]
    return pd.Series(words, dtype=object)


def _whole(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int) for value in values)


def idle_paths(design: Design, cells: Sequence[Swept]) -> tuple[str, ...]:
    """Paths of a grid that changed nothing: cells that differ only in such a one have the same outcomes.

    A sample has no cells that differ in one path only, so nothing can be said of it.
    """
    shape = [len(levels) for levels in design.levels.values()]
    if not shape:
        return ()
    places = np.arange(len(cells)).reshape(shape)
    found = []
    for axis, path in enumerate(design.paths):
        first = np.broadcast_to(places.take([0], axis), shape).ravel().tolist()
        same = (cell.happened.like(cells[place].happened) for cell, place in zip(cells, first, strict=True))
        if shape[axis] > 1 and all(same):
            found.append(path)
    return tuple(found)


# ---- every replication -----------------------------------------------------------------------------------------------


def write_outcomes(path: Path, tables: Iterable[tuple[int, bytes]], columns: Sequence[str]) -> None:
    """Write the outcomes of all cells below one another, with the number of the cell, a chunk at a time.

    tables: the number of its cell and its outcomes as Parquet, for each chunk; columns: those of all cells.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema: pa.Schema | None = None
    writer: pq.ParquetWriter | None = None
    try:
        for number, content in tables:
            table = pq.read_table(pa.BufferReader(content))
            schema = schema or _schema(table, columns)
            writer = writer or pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(_complete(table, number, schema))
    finally:
        if writer is not None:
            writer.close()


def _schema(table: pa.Table, columns: Sequence[str]) -> pa.Schema:
    """`cell` and all columns; those that the first chunk does not have are numbers."""
    import pyarrow as pa

    known = {field.name: field.type for field in table.schema}
    return pa.schema([("cell", pa.int64()), *((name, known.get(name, pa.float64())) for name in columns)])


def _complete(table: pa.Table, number: int, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    there = set(table.column_names)
    arrays = [pa.array(np.full(len(table), number), pa.int64())]
    for field in list(schema)[1:]:
        column = table[field.name].cast(field.type) if field.name in there else pa.nulls(len(table), field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema)
