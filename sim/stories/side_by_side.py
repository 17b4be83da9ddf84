"""One history told twice for a terminal: in two columns by week where it is wide, one below the other where it is not.

What is the same is one line; the stories begin where the two histories part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim import words
from sim.answers.results_protocol import Comparison, Results, told
from sim.answers.tables import printed
from sim.answers.whatif_answer import change, groups
from sim.statistics.typical import choose
from sim.stories.story import Paragraph, Story, story
from sim.terminal import visible
from sim.words import dates

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.whatif import WhatIf

WIDE, WIDEST, NARROWEST, COLUMN = 120, 170, 60, 88
"""Cells of a terminal: from WIDE on two columns; text is never wider than COLUMN, or WIDEST for both columns."""

APART = "From here on they differ"


def beside(left: Results, right: Results, replication: int, parted: int | None, names: tuple[str, str]) -> str:
    """The story of a replication in two runs, aligned text; coloured only on a terminal.

    parted: the week in which the two histories begin to differ, None where they never do; names: of the columns.
    Errors: ValueError where a run does not tell the replication.
    """
    first, second = (story(run, replication, parted or 0).paragraphs for run in (left, right))

    def lay_out(console: Console) -> None:
        if parted is None:
            console.print(_below([("The same history in both", first)], console.width))
            return
        console.print(_block(_same(left, replication, parted), console.width), "")
        columns = list(zip(names, (first, second), strict=True))
        abreast = _columns if console.width >= WIDE else _below
        console.print(abreast(columns, console.width))

    return printed(lay_out, NARROWEST, WIDEST)


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
    text = Text(visible(sentences))
    return printed(lambda console: console.print(_block(text, console.width)), NARROWEST, WIDEST)


def _block(text: Text, width: int) -> Padding:
    return Padding(text, (0, max(width - COLUMN, 0), 0, 0))


# ---- One history told twice, under the reference and under a scenario, the two stories beside each other -------------


@dataclass(frozen=True)
class Twice:
    """Two stories of one replication.  `alike`: the paragraphs with which both begin; then the rest of each."""

    replication: int
    names: tuple[str, str]
    alike: tuple[Paragraph, ...]
    left: tuple[Paragraph, ...]
    right: tuple[Paragraph, ...]

    @property
    def same(self) -> bool:
        """Is it the same history under both?"""
        return not (self.left or self.right)

    @property
    def html(self) -> str:
        """The common beginning once, then two columns (`div.beside`), each headed by its name; everything escaped."""
        parts = [f'<div class="story">\n{_html(self.alike)}\n</div>'] if self.alike else []
        if not self.same:
            columns = "\n".join(
                f'<div class="story">\n<h3>{escape(name)}</h3>\n{_html(told)}\n</div>'
                for name, told in zip(self.names, (self.left, self.right), strict=True)
            )
            parts.append(f'<div class="beside">\n{columns}\n</div>')
        return "\n".join(parts)


@dataclass(frozen=True)
class Shown:
    """Which history a comparison tells twice, and by which rule it was chosen."""

    replication: int
    other: int  # which of the other scenarios
    why: str


def side_by_side(left: Results, right: Results, replication: int, names: tuple[str, str] = ("", "")) -> Twice:
    """One replication under two scenarios; what both stories begin with is told once.

    names: the headings of the columns, the scenarios' own names unless given.
    Errors: ValueError where one of the runs does not tell the replication.
    """
    first, second = story(left, replication).paragraphs, story(right, replication).paragraphs
    shared = _alike(first, second)
    heads = (names[0] or left.scenario.name, names[1] or right.scenario.name)
    return Twice(replication, heads, first[:shared], first[shared:], second[shared:])


def chosen(comparison: Comparison) -> Shown | None:
    """The first told history that the first scenario with any loses, or saves if it saves more; None if none is told.

    Where no told history ends differently, the typical one of the reference.
    """
    reference = comparison.reference
    told = _told(reference)
    for number, other in enumerate(comparison.others):
        name = comparison.names[number + 1]
        for word, numbers in _turned(reference.outcomes, other.outcomes):
            if here := sorted(numbers & told & _told(other)):
                return Shown(here[0], number, f"the first history that is {word} under {name}")
    if not told & _told(comparison.others[0]):
        return None
    return Shown(choose(reference).typical, 0, "no told history is saved or lost; this one is typical of the reference")


def _turned(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, set[int]]]:
    """Replications that are lost and that are saved, the larger number of them first."""
    old, new = (set(table.loc[table["settled"].astype(bool), "replication"]) for table in (before, after))
    turned = [("lost", old - new), ("saved", new - old)]
    return sorted(turned, key=lambda found: -len(found[1]))


def _told(results: Results) -> set[int]:
    return {int(number) for number in results.events["replication"].unique()}


def _alike(first: tuple[Paragraph, ...], second: tuple[Paragraph, ...]) -> int:
    """How many paragraphs both begin with."""
    differing = (n for n, (one, other) in enumerate(zip(first, second, strict=False)) if one != other)
    return next(differing, min(len(first), len(second)))


def _html(paragraphs: tuple[Paragraph, ...]) -> str:
    return Story("", paragraphs).html


# ---- The answer to a but-for question as a terminal shows it: sentences, groups, and one history told twice ----------


INSIDE = "A but-for statement inside this model, under the same chance; no statement about what would happen in fact."


def page(found: WhatIf) -> str:
    """Sentences, groups and the history told twice, as text for a terminal."""
    history = found.history
    names = ("As the file has it", change(found))
    why = f"History {history.replication}, told twice: {history.why}."
    told = beside(history.factual, history.counterfactual, history.replication, history.parted, names)
    said = [paragraph(sentence) for sentence in found.sentences]
    return "\n\n".join([*said, groups(found), paragraph(why), told, paragraph(INSIDE)])
