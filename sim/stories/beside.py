"""One history told twice for a terminal: in two columns by week where it is wide, one below the other where it is not.

What is the same is one line; the stories begin where the two histories part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim import words
from sim.answers.results_protocol import Results, told
from sim.stories.story import Paragraph, story
from sim.terminal import visible
from sim.words import dates

WIDE, WIDEST, NARROWEST, COLUMN = 120, 170, 60, 88
"""Cells of a terminal: from WIDE on two columns; text is never wider than COLUMN, or WIDEST for both columns."""

APART = "From here on they differ"


def beside(left: Results, right: Results, replication: int, parted: int | None, names: tuple[str, str]) -> str:
    """The story of a replication in two runs, aligned text; coloured only on a terminal.

    parted: the week in which the two histories begin to differ, None where they never do; names: of the columns.
    Errors: ValueError where a run does not tell the replication.
    """
    console = _console()
    first, second = (story(run, replication, parted or 0).paragraphs for run in (left, right))
    with console.capture() as captured:
        if parted is None:
            console.print(_below([("The same history in both", first)], console.width))
        else:
            console.print(_block(_same(left, replication, parted), console.width), "")
            columns = list(zip(names, (first, second), strict=True))
            lay_out = _columns if console.width >= WIDE else _below
            console.print(lay_out(columns, console.width))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _same(run: Results, replication: int, parted: int) -> Text:
    """`The same until 3 July 2023: ten rounds, one incident and four trips; nothing agreed yet. From here on ...`"""
    if parted == 0:
        return Text("They differ from the first week on.", "bold")
    events = told(run, replication)
    before = events[events["week"] < parted]
    happened = words.counted(before["kind"])
    signed = dict.fromkeys(before.loc[before["kind"] == "in_force", "group"])
    agreed = f"{words.both([words.short(group) for group in signed])} agreed" if signed else "nothing agreed yet"
    until = dates.day(run.scenario.date_of(parted))
    same = f"The same until {until}: {words.both(happened) or 'nothing happens'}; {agreed}."
    return Text.assemble(visible(same), " ", (f"{APART}.", "bold"))


# ---- layouts ---------------------------------------------------------------------------------------------------------

Column = tuple[str, Sequence[Paragraph]]


def _columns(columns: Sequence[Column], width: int) -> Table:
    """Two columns; what begins in the same week stands in one row."""
    grid = Table(box=None, pad_edge=False, padding=(0, 4, 1, 0), show_header=False)
    for _ in columns:
        grid.add_column(width=(width - 4) // 2)
    grid.add_row(*(Text(visible(name), "bold") for name, _ in columns))
    stories = [_by_week(paragraphs) for _, paragraphs in columns]
    for when in sorted(set().union(*stories)):
        grid.add_row(*(_cell(each.get(when, [])) for each in stories))
    return grid


def _by_week(paragraphs: Sequence[Paragraph]) -> dict[float, list[Paragraph]]:
    """Paragraphs by the week in which they begin; the ending after all weeks. The opening is known already."""
    found: dict[float, list[Paragraph]] = {}
    for paragraph in paragraphs[1:]:
        found.setdefault(float("inf") if paragraph.week is None else paragraph.week, []).append(paragraph)
    return found


def _cell(paragraphs: Iterable[Paragraph]) -> Text:
    return Text("\n\n").join(map(_words, paragraphs))


def _below(columns: Sequence[Column], width: int) -> Table:
    """One column below the other."""
    grid = Table(box=None, pad_edge=False, padding=(0, 0, 1, 0), show_header=False)
    grid.add_column(width=min(width, COLUMN))
    for name, paragraphs in columns:
        grid.add_row(Text(visible(name), "bold"))
        for paragraph in paragraphs[1:]:
            grid.add_row(_words(paragraph))
    return grid


def _words(paragraph: Paragraph) -> Text:
    head = Text(visible(f"{paragraph.heading}. "), "bold") if paragraph.heading else Text()
    return head + Text(visible(paragraph.words))


def paragraph(sentences: str) -> str:
    """Sentences in lines that fit the terminal and are good to read."""
    console = _console()
    with console.capture() as captured:
        console.print(_block(Text(visible(sentences)), console.width))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _block(text: Text, width: int) -> Padding:
    return Padding(text, (0, max(width - COLUMN, 0), 0, 0))


def _console() -> Console:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, NARROWEST), WIDEST)
    return console
