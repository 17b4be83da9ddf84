"""The cells of a sweep as aligned text for a terminal, readable at 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.answers.sweep_answer import ANSWERED, answer
from sim.answers.table import WIDEST, WIDTH, shown
from sim.measures import DEFINITIONS, SHARE, Definition
from sim.terminal import visible
from sim.words.numbers import NONE
from sim.words.verdict import between, signed

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.sweep import Sweep

MOST = 40
"""Cells that are shown."""

LONGEST = 16
"""Characters of a value that are shown."""

INTERVAL, REFERENCE = "95 % interval", "the reference"


def sweep_table(sweep: Sweep, place: Path) -> str:
    """What each cell came to, and what changed nothing. place: where the whole table lies."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        console.print(Text(visible(sweep.scenario.name), style="bold", no_wrap=True, overflow="ellipsis"))
        console.print(f"{_cells(sweep)}, seed {sweep.seed}\n", soft_wrap=True)
        console.print(_grid(sweep, console.width))
        for line in _notes(sweep, place):
            console.print(f"\n{visible(line)}")
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _cells(sweep: Sweep) -> str:
    """`121 cells of 1,000 replications each`"""
    counts = sweep.cells["n"].unique()
    each = f"of {counts[0]:,} replications each" if len(counts) == 1 else "of different numbers of replications"
    return f"{len(sweep.cells):,} cell{'' if len(sweep.cells) == 1 else 's'} {each}"


def _grid(sweep: Sweep, width: int) -> Table:
    """Paths and measures; where there is no room for all, the intervals of single cells stand in cells.parquet only."""
    measures = {head: list(cells) for head, cells in _columns(sweep)}
    paths = {_broken(path): [_value(value) for value in sweep.cells[path].head(MOST)] for path in sweep.paths}
    if sum(_wide(head, cells) + 2 for head, cells in [*paths.items(), *measures.items()]) - 2 > width:
        del measures[INTERVAL]
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for path in paths:
        grid.add_column(Text(path), no_wrap=True, overflow="ellipsis", vertical="bottom")
    for head in measures:
        grid.add_column(Text(head), no_wrap=True, justify="right", vertical="bottom")
    for row in zip(*paths.values(), *measures.values(), strict=True):
        grid.add_row(*(Text(visible(cell)) for cell in row))
    return grid


def _wide(head: str, cells: list[str]) -> int:
    return max(len(line) for line in (*head.split("\n"), *cells))


def _broken(path: str) -> str:
    """A path over several lines, one key each."""
    return visible(path).replace(".", ".\n")


def _columns(sweep: Sweep) -> Iterator[tuple[str, Iterator[str]]]:
    """What stands beside the paths: a head, and a cell for each row. A sample has no reference to be paired with."""
    rows = [row for _, row in sweep.cells.head(MOST).iterrows()]
    yield "settled", (_percent(row["settled"]) for row in rows)
    yield INTERVAL, (f"{100 * row['settled.low']:.1f} to {_percent(row['settled.high'])}" for row in rows)
    if "settled.difference" in sweep.cells:
        yield "points, paired", (_difference(row) for row in rows)
    for definition in DEFINITIONS.values():
        names = _columns_of(definition, sweep.cells)
        if definition.head and definition.name != ANSWERED and names:
            numbers = [_number(definition, row[names].to_numpy(float)) for row in rows]
            yield definition.head, (shown(definition.unit, number) for number in numbers)


def _columns_of(definition: Definition, cells: pd.DataFrame) -> list[str]:
    """Columns with its numbers: one, or one for each group, party or mediator that some cell has."""
    columns = [str(name) for name in cells if not str(name).endswith((".low", ".high", ".difference"))]
    return [name for name in columns if name == definition.name or name.startswith(f"{definition.name}.")]


def _number(definition: Definition, numbers: np.ndarray) -> float | None:
    """Of all whom a measure is of together; None where the whole has no number."""
    if definition.of:
        return float(np.nansum(numbers))
    return None if np.isnan(numbers[0]) else float(numbers[0])


def _difference(cell: pd.Series) -> str:
    """`+4.9 (+2.8 to +7.1)`, in points of 100"""
    middle, low, high = (100 * float(cell[f"settled.difference{edge}"]) for edge in ("", ".low", ".high"))
    return REFERENCE if low == high else f"{signed(middle, 1)} ({between(low, high, 1)})"


def _value(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return NONE
    said = f"{value:.4g}" if isinstance(value, float) else str(value)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _percent(share: float) -> str:
    return shown(SHARE, None if np.isnan(share) else share)


def _notes(sweep: Sweep, place: Path) -> Iterator[str]:
    """How many cells there are besides; what all of it comes to, settings without effect included."""
    if len(sweep.cells) > MOST:
        yield f"... and {len(sweep.cells) - MOST:,} more cells: {place}"
    yield answer(sweep)
