"""A table as a value, and how a terminal shows it; `numbers` in `report/templates/parts.html.j2` shows it on a page.

Whatever a run, a comparison or an analysis says in numbers is built once as a `Table`, and both show the same cells.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import table as rich_table
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sim.terminal import visible
from sim.words.shortened import in_cells

WIDTH, WIDEST = 80, 100
"""Columns of a terminal that are used at least, and at most."""

NAMES = 28
"""Columns that names keep, if they need so many, before numbers move into a further part of the table."""

HEAD, LINES = 13, 3
"""Columns and lines that the head over numbers may take."""

GAP = 2


@dataclass(frozen=True)
class Table:
    """A captioned table of texts.

    head: over each column, '' where it needs none; rows: a cell may have several lines; names: so many columns on the
    left say what a row is, all others hold numbers; folded: on a terminal names take several lines instead of being
    cut.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1
    folded: bool = False


def as_text(title: str, *parts: str | Table, note: str = "") -> str:
    """A title, sentences and tables with blank lines between them, and a note; coloured only on a terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        if title:
            console.print(Text(_line(title), "bold", no_wrap=True, overflow="ellipsis"))
        for number, part in enumerate(parts):
            if number:
                console.print()
            _print(console, part)
        if note:
            console.print(f"\n{note}", style="dim")
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _print(console: Console, part: str | Table) -> None:
    if isinstance(part, str):
        console.print(visible(part))
        return
    if part.caption:
        console.print(Text(_line(part.caption), "bold", no_wrap=True, overflow="ellipsis"))
    for numbers in _fitting(part, console.width):
        console.print(_grid(part, numbers, console.width))


def _line(text: str) -> str:
    return visible(text).replace("\n", " ")


def _fitting(table: Table, width: int) -> Iterator[list[int]]:
    """Columns of numbers that fit beside the names, in as many parts as it takes."""
    names = sum(_wide(table, column) + GAP for column in range(table.names))
    room = width - min(names, NAMES)
    part: list[int] = []
    for column in range(table.names, len(table.head)):
        if part and _taken(table, [*part, column]) > room:
            yield part
            part = []
        part.append(column)
    yield part


def _grid(table: Table, numbers: Sequence[int], width: int) -> rich_table.Table:
    grid = rich_table.Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="")
    room = (width - _taken(table, numbers)) // table.names - GAP
    columns = []
    for column in range(table.names):
        cells = _cells(table, column)
        columns.append(cells if table.folded else in_cells(cells, room))
        grid.add_column(Text(visible(table.head[column])), no_wrap=not table.folded, overflow="fold", vertical="top")
    heads = _heads(table)
    for column in numbers:
        columns.append(_cells(table, column))
        grid.add_column(Text(heads[column]), justify="right", no_wrap=True, vertical="top")
    for row in zip(*columns, strict=True):
        grid.add_row(*map(Text, row))
    grid.show_header = any(table.head)
    return grid


def _heads(table: Table) -> dict[int, str]:
    """The head over each column of numbers, over several lines, and where it is cut still told from the others."""
    columns = range(table.names, len(table.head))
    said = in_cells([_line(table.head[column]) for column in columns], HEAD * LINES)
    found = {}
    for column, head in zip(columns, said, strict=True):
        lines = [line for cell in _cells(table, column) for line in cell.split("\n")]
        found[column] = "\n".join(textwrap.wrap(head, max([HEAD, *map(cell_len, lines)])))
    return found


def _cells(table: Table, column: int) -> list[str]:
    return [visible(row[column]) for row in table.rows]


def _wide(table: Table, column: int) -> int:
    head = visible(table.head[column]) if column < table.names else _heads(table)[column]
    return max(cell_len(line) for cell in (head, *_cells(table, column)) for line in cell.split("\n"))


def _taken(table: Table, columns: Sequence[int]) -> int:
    """Columns of the terminal that so many columns of numbers take."""
    return sum(_wide(table, column) + GAP for column in columns)
