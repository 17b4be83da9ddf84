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

from sim.report.sweep_answer import answer
from sim.report.table import NONE, WIDEST, WIDTH
from sim.report.verdict import between, signed
from sim.terminal import visible

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.sweep import Sweep

MOST = 40
"""Cells that are shown."""

LONGEST = 16
"""Characters of a value that are shown."""

PAIRED, WEEKS = ("points, paired",), ("work,\nweeks",)
REFERENCE = "the reference"


def sweep_table(sweep: Sweep, place: Path) -> str:
    """What each cell came to, and what changed nothing. place: where the whole table lies."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        console.print(Text(visible(sweep.scenario.name), style="bold", no_wrap=True, overflow="ellipsis"))
        console.print(f"{_cells(sweep)}, seed {sweep.seed}\n", soft_wrap=True)
        console.print(_grid(sweep))
        for line in _notes(sweep, place):
            console.print(f"\n{visible(line)}")
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _cells(sweep: Sweep) -> str:
    """`121 cells of 1,000 replications each`"""
    counts = sweep.cells["n"].unique()
    each = f"of {counts[0]:,} replications each" if len(counts) == 1 else "of different numbers of replications"
    return f"{len(sweep.cells):,} cell{'' if len(sweep.cells) == 1 else 's'} {each}"


def _grid(sweep: Sweep) -> Table:
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for path in sweep.paths:
        grid.add_column(Text(_broken(path)), no_wrap=True, overflow="ellipsis", vertical="bottom")
    for head in ("settled", "95 % interval", *PAIRED[: _paired(sweep)], "lasting", *WEEKS[: bool(_mediators(sweep))]):
        grid.add_column(Text(head), no_wrap=True, justify="right", vertical="bottom")
    for row in _rows(sweep):
        grid.add_row(*(Text(visible(cell)) for cell in row))
    return grid


def _broken(path: str) -> str:
    """A path over several lines, one key each."""
    return visible(path).replace(".", ".\n")


def _paired(sweep: Sweep) -> bool:
    """Are there paired differences from a reference cell? A sample has none."""
    return "settled.difference" in sweep.cells


def _mediators(sweep: Sweep) -> list[str]:
    """Columns of the mediators' work."""
    names = sweep.cells.columns
    return [name for name in names if name.startswith("mediator_weeks.") and not name.endswith((".low", ".high"))]


def _rows(sweep: Sweep) -> Iterator[list[str]]:
    cells, mediators = sweep.cells.head(MOST), _mediators(sweep)
    for _, cell in cells.iterrows():
        values = [_value(cell[path]) for path in sweep.paths]
        sure = f"{100 * cell['settled.low']:.1f} to {_percent(cell['settled.high'])}"
        paired = [_difference(cell)] if _paired(sweep) else []
        row = [*values, _percent(cell["settled"]), sure, *paired, _percent(cell["lasting"])]
        yield [*row, f"{np.nansum(cell[mediators].to_numpy(float)):,.1f}"] if mediators else row


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
    return NONE if np.isnan(share) else f"{share:.1%}".replace("%", " %")


def _notes(sweep: Sweep, place: Path) -> Iterator[str]:
    """How many cells there are besides; what all of it comes to, settings without effect included."""
    if len(sweep.cells) > MOST:
        yield f"... and {len(sweep.cells) - MOST:,} more cells: {place}"
    yield answer(sweep)
