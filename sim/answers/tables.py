"""A table as a value, and how a terminal shows it; `numbers` in `report/templates/parts.html.j2` shows it on a page.

Whatever a run, a comparison or an analysis says in numbers is built once as a `Table`, and both show the same cells.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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

HEAD, LINES, SHORT = 13, 4, 8
"""Columns that a word of a head may take; lines that heads abreast may; a head so short stays on one line."""

GAP = 2

LEFT_OUT = "Without 95 % intervals, which do not fit here: --json and the page have them."


@dataclass(frozen=True)
class Table:
    """A captioned table of texts.

    head: over each column, '' where it needs none; rows: one of a single cell is a heading over those below it; the
    second line of a number is its interval, which a terminal puts behind it in brackets; names: so many columns on the
    left say what a row is, all others hold numbers; folded: on a terminal names take several lines instead of being
    cut; abreast: columns are there to be compared, so a terminal that has no room for all leaves out their intervals.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1
    folded: bool = False
    abreast: bool = False

    @property
    def numbers(self) -> range:
        """The columns that hold numbers."""
        return range(self.names, len(self.head))


def as_text(title: str, *parts: str | Table, note: str = "") -> str:
    """A title, sentences and tables with blank lines between them, and a note; coloured only on a terminal."""

    def lay_out(console: Console) -> None:
        if title:
            console.print(_bold(title))
        for number, part in enumerate(parts):
            if number:
                console.print()
            _print(console, part)
        if note:
            console.print(f"\n{note}", style="dim")

    return printed(lay_out, WIDTH, WIDEST)


def printed(lay_out: Callable[[Console], None], least: int, most: int) -> str:
    """What is laid out on a console as wide as the terminal, within these columns; coloured only on a terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, least), most)
    with console.capture() as captured:
        lay_out(console)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _print(console: Console, part: str | Table) -> None:
    if isinstance(part, str):
        console.print(visible(part))
        return
    if part.caption:
        console.print(_bold(part.caption))
    table = _plain(part)
    table = _abreast(console, table) if part.abreast else _numbers_as("{} ({})", table)
    parts = _parts(table, console.width)
    wrap = any(_least(table, wrap=False) + _taken(table, part, wrap=False) > console.width + GAP for part in parts)
    for number, numbers in enumerate(parts):
        if number:
            console.print()
        console.print(_grid(table, numbers, console.width, wrap=wrap))


def _abreast(console: Console, table: Table) -> Table:
    """The table as it fits side by side: intervals are left out first, then numbers stand for heads listed above."""
    fitting = _numbers_as("{} ({})", table)
    if len(_parts(fitting, console.width)) > 1:
        fitting = _numbers_as("{}", table)
        console.print(LEFT_OUT, style="dim")
    if not _too_long(fitting) and len(_parts(fitting, console.width)) == 1:
        return fitting
    for number, head in enumerate(table.head[table.names :], start=1):
        console.print(Text(f"  {number}  {head}", no_wrap=True, overflow="ellipsis"))
    console.print()
    return _numbered(fitting)


def _bold(text: str) -> Text:
    return Text(_line(text), "bold", no_wrap=True, overflow="ellipsis")


def _line(text: str) -> str:
    return visible(text).replace("\n", " ")


# ---- what a terminal has room for ------------------------------------------------------------------------------------


def _plain(table: Table) -> Table:
    """Nothing in it steers the terminal; below a heading, names are indented."""
    indent = "  " if any(len(row) == 1 for row in table.rows) else ""
    rows = []
    for row in table.rows:
        name = visible(row[0])
        rows.append([name] if len(row) == 1 else [indent + name, *map(visible, row[1:])])
    return replace(table, head=[_line(head) for head in table.head], rows=rows)


def _numbers_as(form: str, table: Table) -> Table:
    """Each number that has an interval in one line.  form: of both"""
    rows = []
    for row in table.rows:
        numbers = [form.format(*cell.split("\n")) if "\n" in cell else cell for cell in row[table.names :]]
        rows.append([*row[: table.names], *numbers])
    return replace(table, rows=rows)


def _too_long(table: Table) -> bool:
    """Does a head take more lines than it may?"""
    return any(len(_wrapped(table, column).split("\n")) > LINES for column in table.numbers)


def _numbered(table: Table) -> Table:
    """With numbers for heads."""
    numbers = [str(number) for number in range(1, len(table.numbers) + 1)]
    return replace(table, head=[*table.head[: table.names], *numbers])


def _parts(table: Table, width: int) -> list[list[int]]:
    """Columns of numbers that fit beside the names, in as many parts as it takes."""
    room = width + GAP - min(_taken(table, range(table.names), wrap=True), NAMES)
    parts: list[list[int]] = [[]]
    for column in table.numbers:
        if parts[-1] and _taken(table, [*parts[-1], column], wrap=True) > room:
            parts.append([])
        parts[-1].append(column)
    return parts


def _least(table: Table, *, wrap: bool) -> int:
    """So many columns of the terminal the names need."""
    taken = _taken(table, range(table.names), wrap=wrap)
    return min(taken, NAMES) if table.folded else taken


def _taken(table: Table, columns: Sequence[int], *, wrap: bool) -> int:
    """So many columns of the terminal the columns of a table take, each with the gap after it.  wrap: of their heads"""
    taken = 0
    for column in columns:
        head = _wrapped(table, column) if wrap else table.head[column]
        taken += _wide([head, *_cells(table, column)]) + GAP
    return taken


def _wrapped(table: Table, column: int) -> str:
    """The head over a column, over several lines."""
    head = table.head[column]
    words = [min(cell_len(word), HEAD) for word in head.split()]
    return "\n".join(textwrap.wrap(head, max([SHORT, *words, _wide(_cells(table, column))])))


def _cells(table: Table, column: int) -> list[str]:
    """Of a column, without headings if it holds numbers."""
    return [row[column] for row in table.rows if column < len(row)]


def _wide(texts: Sequence[str]) -> int:
    return max((cell_len(line) for text in texts for line in text.split("\n")), default=0)


# ---- rich's table ----------------------------------------------------------------------------------------------------


def _grid(table: Table, numbers: Sequence[int], width: int, *, wrap: bool) -> rich_table.Table:
    names = range(table.names)
    room = width + GAP - _taken(table, numbers, wrap=wrap)
    columns = [_named(table, column, room) for column in names]
    heads = [_wrapped(table, column) if wrap else table.head[column] for column in range(len(table.head))]

    grid = rich_table.Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="")
    grid.show_header = any(table.head)
    for column in names:
        grid.add_column(Text(heads[column]), no_wrap=not table.folded, overflow="fold", vertical="top")
    for column in numbers:
        grid.add_column(Text(heads[column]), no_wrap=True, justify="right", vertical="top")
    for number, row in enumerate(table.rows):
        heading = len(row) == 1
        cells = [column[number] for column in columns] + [row[column] for column in numbers if not heading]
        grid.add_row(*(Text(cell, "bold" if heading else "") for cell in cells))
    return grid


def _named(table: Table, column: int, room: int) -> list[str]:
    """A column of names, each cut so that it is still told from the others if there is no room for it."""
    cells = [row[column] if column < len(row) else "" for row in table.rows]
    if table.folded or _taken(table, range(table.names), wrap=True) <= room:
        return cells
    return in_cells(cells, room // table.names - GAP)
