"""What is wrong with a scenario: one problem at its place, and the report of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from rich.cells import cell_len

from sim.scenario.scalars import shorten, visible
from sim.scenario.tree import Place, Trail, spell

WIDEST = 100
"""Characters of a line that are shown; more is cut around the place."""
LONGEST_NAME = 80
MOST_NAMES = 60
"""Longer names, or more of them, are not compared: that would take too long in a monstrous file."""
MOST_LOOKED_UP = 100
"""Unknown names for which the nearest known one is looked up; a file with more has another trouble."""
MOST_LISTED = 12


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


class Report:
    """The problems found so far."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._looked_up = 0

    def add(self, place: Place, trail: Trail, kind: str, message: str) -> None:
        """Note a problem at a place and path."""
        self._problems.append(Problem.at(place, spell(trail), kind, message))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note problems that others found."""
        self._problems.extend(problems)

    def instead(self, word: str, known: Sequence[str], *, otherwise: str = "") -> str:
        """A remedy for a name that is not known: `did you mean effort?`, else `otherwise`, or the names that are."""
        self._looked_up += 1
        near = _nearest(word, known) if self._looked_up <= MOST_LOOKED_UP else ""
        if near:
            return f"did you mean {near}?"
        if otherwise and known:
            return otherwise
        if not known:
            return "remove it"
        listed = [shorten(name) for name in known[:MOST_LISTED]]
        if len(known) > MOST_LISTED:
            listed.append("...")
        return f"write one of: {', '.join(listed)}"

    @property
    def problems(self) -> list[Problem]:
        """In the order of files and lines, each once."""
        files = list(dict.fromkeys(problem.file for problem in self._problems))
        unique = dict.fromkeys(self._problems)
        return sorted(unique, key=lambda problem: (files.index(problem.file), problem.line, problem.column))

    def close(self) -> None:
        """Errors: ScenarioError with all problems, if there are any."""
        if self._problems:
            raise ScenarioError(self.problems)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A remedy for a name that is not known: the nearest one, else all that there are."""
    near = _nearest(word, known)
    return f"did you mean {near}?" if near else f"write one of {', '.join(known)}"


def _nearest(word: str, known: Sequence[str]) -> str:
    """The known name that looks most like the word; "" if none does."""
    if len(word) > LONGEST_NAME:
        return ""
    lower = {name.lower(): name for name in reversed(known[:MOST_NAMES]) if len(name) <= LONGEST_NAME}
    found = get_close_matches(word.lower(), list(lower), 1, 0.6)
    return lower[found[0]] if found else ""
