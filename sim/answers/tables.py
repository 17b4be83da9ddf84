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
from sim.words.names import in_cells

WIDTH, WIDEST = 80, 100
"""Columns of a terminal that are used at least, and at most."""

NAMES = 28
"""Columns that names keep, if they need so many, before numbers move into a further part of the table."""

HEAD, LINES, SHORT = 13, 3, 8
"""Columns that a word of a head may take; lines that a head may; a head so short stays on one line."""

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
    for number, numbers in enumerate(_fitting(part, console.width)):
        if number:
            console.print()
        console.print(_grid(part, numbers, console.width))


def _line(text: str) -> str:
    return visible(text).replace("\n", " ")


def _fitting(table: Table, width: int) -> Iterator[list[int]]:
    """Columns of numbers that fit beside the names, in as many parts as it takes."""
    room = width + GAP - min(_taken(table, range(table.names)), NAMES)
    part: list[int] = []
    for column in range(table.names, len(table.head)):
        if part and _taken(table, [*part, column]) > room:
            yield part
            part = []
        part.append(column)
    yield part


def _grid(table: Table, numbers: Sequence[int], width: int) -> rich_table.Table:
    names, heads = range(table.names), _heads(table)
    grid = rich_table.Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="")
    grid.show_header = any(table.head)
    room = width + GAP - _taken(table, numbers)
    if table.folded or _taken(table, names) <= room:
        columns = [_cells(table, column) for column in names]
    else:
        columns = [in_cells(_cells(table, column), room // table.names - GAP) for column in names]

    for column in names:
        grid.add_column(Text(heads[column]), no_wrap=not table.folded, overflow="fold", vertical="top")
    for column in numbers:
        grid.add_column(Text(heads[column]), no_wrap=True, justify="right", vertical="top")
        columns.append(_cells(table, column))
    for row in zip(*columns, strict=True):
        grid.add_row(*map(Text, row))
    return grid


def _heads(table: Table) -> list[str]:
    """The head over each column, over several lines; where it is cut, still told from the others."""
    found = []
    for column, head in enumerate(in_cells([_line(head) for head in table.head], HEAD * LINES)):
        lines = [line for cell in _cells(table, column) for line in cell.split("\n")]
        words = [min(cell_len(word), HEAD) for word in head.split()]
        found.append("\n".join(textwrap.wrap(head, max([SHORT, *words, *map(cell_len, lines)]))))
    return found


def _cells(table: Table, column: int) -> list[str]:
    return [visible(row[column]) for row in table.rows]


def _taken(table: Table, columns: Sequence[int]) -> int:
    """So many columns of the terminal the columns of a table take, each with the gap after it."""
    heads = _heads(table)
    texts = [[heads[column], *_cells(table, column)] for column in columns]
    return sum(max(cell_len(line) for text in each for line in text.split("\n")) + GAP for each in texts)
