"""Collects what is wrong with a scenario while it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.nodes import Trail, spell
from sim.scenario.scalars import shorten
from sim.scenario.schema_lookup import nearest

MOST_LOOKED_UP = 100
"""Unknown names for which the nearest known one is looked up; a file with more has another trouble."""
MOST_LISTED = 12


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
        near = nearest(word, known) if self._looked_up <= MOST_LOOKED_UP else ""
        if near:
            return f"did you mean {near}?"
        if otherwise and known:
            return otherwise
        listed = ", ".join(shorten(name) for name in known[:MOST_LISTED]) + (
            ", ..." if len(known) > MOST_LISTED else ""
        )
        return f"write one of: {listed}" if known else "remove it"

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
