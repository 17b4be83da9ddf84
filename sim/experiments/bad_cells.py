"""Cells that are no good scenario: each mistake is said once, at the value that made it, however many cells have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.scenario.dump import one_line
from sim.scenario.levels import ORIGIN as OPTION
from sim.scenario.levels import Level, Varied
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scalars import shorten
from sim.scenario.set_paths import ORIGIN
from sim.scenario.tree import Place

SHOWN = 6
"""Mistakes that are shown; entries that stand in the way of a value that are named."""

PATIENCE = 200
"""Cells with mistakes after which nobody looks for more."""

Point = tuple[Level, ...]


@dataclass
class Misfits:
    """Collects what is wrong with cells. paths: what varies; look: says what is wrong with settings, at its place."""

    paths: Sequence[str]
    look: Callable[[Sequence[str]], Sequence[Problem]]
    cells: int = 0
    _own: dict[tuple[int, Place, Problem], Level] = field(default_factory=dict)
    _elsewhere: dict[tuple[Problem, ...], tuple[Point, Sequence[str]]] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        """Is it time to report?"""
        return self.cells >= PATIENCE

    def add(self, point: Point, settings: Sequence[str], problems: Sequence[Problem]) -> None:
        """Note what is wrong with a cell. settings: its own, which are the last ones of all that were made."""
        self.cells += 1
        texts, others = list(settings), []
        for problem in problems:
            if problem.file == ORIGIN and problem.text in texts:
                number = texts.index(problem.text)
                self._own.setdefault((number, point[number].place, problem), point[number])
            else:
                others.append(problem)
        if len(others) == len(problems):  # nothing is wrong with the values themselves
            self._elsewhere.setdefault(tuple(others), (point, settings))

    def close(self, varied: Sequence[Varied]) -> None:
        """Errors: ScenarioError with all of it, if there is any."""
        found = list(dict.fromkeys([*self._at_values(varied), *self._in_the_way()]))
        if len(found) > SHOWN:
            rest = len(found) - SHOWN
            more = f"and {rest} more mistake{'' if rest == 1 else 's'} of this sweep; mend these first"
            found = [*found[:SHOWN], Problem(found[0].file, 0, 0, "", "more", more)]
        if found:
            raise ScenarioError(found)

    def _at_values(self, varied: Sequence[Varied]) -> list[Problem]:
        found = []
        for (number, place, problem), _ in self._own.items():
            on_path = problem.column <= len(self.paths[number])
            at = _moved(varied[number].place, problem.column - 1) if on_path else place
            found.append(Problem.at(at, problem.path or self.paths[number], problem.kind, problem.message))
        return found

    def _in_the_way(self) -> list[Problem]:
        """Values that are good alone, but leave something in the file that no longer fits."""
        found = []
        for problems, (point, settings) in self._elsewhere.items():
            alone = [n for n, setting in enumerate(settings) if self.look([setting])]
            blamed = alone or list(range(len(settings)))
            changed = " and ".join(f"{self.paths[n]}={shorten(one_line(point[n].value))}" for n in blamed)
            entries = list(dict.fromkeys(problem.path or "the file" for problem in problems))
            more = f" and {len(entries) - SHOWN} more" if len(entries) > SHOWN else ""
            what = problems[0].message.split(" (")[0].split(";")[0]
            found.append(
                Problem.at(
                    point[blamed[0]].place,
                    self.paths[blamed[0]],
                    "in-the-way",
                    f"with {changed} these do not fit: {', '.join(entries[:SHOWN])}{more} (the first: {what}); "
                    "choose other values, or change or remove these entries in a file that extends this one",
                )
            )
        return found


def _moved(place: Place, columns: int) -> Place:
    return Place(place.source, place.line, place.column + columns) if place.source.name == OPTION else place
