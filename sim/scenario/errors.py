"""Where something stands in a file, what is wrong with it, and the report of everything that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from sim.scenario.scalars import visible

WIDEST = 100
"""Characters of a line that are shown; more is cut around the place."""


@dataclass(frozen=True)
class Source:
    """A file, or another text that values come from: its name as the user knows it, and its lines."""

    name: str
    lines: Sequence[str] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class Place:
    """A line and a column, both counted from 1, columns in characters. Line 0 is the file as a whole."""

    source: Source
    line: int = 0
    column: int = 0

    @property
    def text(self) -> str:
        """The line as it stands in the file."""
        return self.source.lines[self.line - 1] if 0 < self.line <= len(self.source.lines) else ""


@dataclass(frozen=True)
class Problem:
    """One error: where (file, line, column; line 0 is the file as a whole), at which path, of what kind.

    The message says what is wrong, with the value, the rule and the remedy. `text` is the line of the file.
    """

    file: str
    line: int
    column: int
    path: str
    kind: str
    message: str
    text: str = field(default="", repr=False)

    @classmethod
    def at(cls, place: Place, path: str, kind: str, message: str) -> Problem:
        """A problem at a place."""
        return cls(place.source.name, place.line, place.column, path, kind, message, place.text)

    def __str__(self) -> str:
        where = self.file if self.line == 0 else f"{self.file}:{self.line}:{self.column}"
        head = visible(f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}")
        if self.line == 0 or not self.text.strip():
            return head
        shown, before = _around(self.text, self.column - 1)
        return f"{head}\n    {shown}\n    {' ' * before}^"


def _around(line: str, index: int) -> tuple[str, int]:
    """The part of a line around a character, made visible, and how many cells of a terminal stand before it."""
    start = max(0, index - WIDEST // 2) if len(line) > WIDEST else 0
    end = start + WIDEST
    before = ("..." if start else "") + visible(line[start:index])
    after = visible(line[index:end]) + ("..." if end < len(line) else "")
    return before + after, cell_len(before)


class ScenarioError(Exception):
    """A scenario that cannot be used. `problems` holds all its errors, and `str()` is the whole report."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
