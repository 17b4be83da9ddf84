"""One history told twice, under the reference and under a scenario, the two stories beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from sim.answers.results_protocol import Comparison, Results
from sim.statistics.typical import choose
from sim.stories.story import Paragraph, Story, story

if TYPE_CHECKING:
    import pandas as pd


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
                return Shown(here[0], number, f"the first told history that is {word} under {name}")
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
