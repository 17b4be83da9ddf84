"""What Python gives for a scenario: itself, the path of a file, or the name of one that ships.

Errors are said in Python's words: `settings[0]` for what the command line knows as `--set:1:1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path

from sim.scenario import set_paths
from sim.scenario.counterfactual import ORIGIN
from sim.scenario.load import load as read
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.schema import Scenario

Given = Scenario | str | Path

ARGUMENTS = {set_paths.ORIGIN: "settings", ORIGIN: "without"}


def load(scenario: Given, settings: Sequence[str] = (), without: Sequence[str] = ()) -> Scenario:
    """Read a scenario from a file or by the name of one that ships, or change one that is at hand.

    settings: `PATH=VALUE`, as `--set` takes it; without: paths of what is taken away.
    Errors: ScenarioError with all that is wrong; TypeError for what is no scenario.
    """
    with in_pythons_words(scenario):
        return read(scenario, _list(settings, "settings"), _list(without, "without"))


def scenario_of(given: Given) -> Scenario:
    """The scenario that is given, or the one that `load` reads.  Errors: as `load`."""
    return given if isinstance(given, Scenario) else load(given)


def _list(texts: Sequence[str], name: str) -> Sequence[str]:
    if isinstance(texts, str):
        raise TypeError(f"{name} is one text, but a list of texts is needed: write {name}=[{texts!r}]")
    return texts


@contextmanager
def in_pythons_words(given: Given) -> Iterator[None]:
    """While what is given is read: errors in options of the command line become errors in arguments of a function.

    Errors: TypeError for what is no scenario.
    """
    if not isinstance(given, Scenario | str | PathLike):
        raise TypeError(f"{type(given).__name__} is no scenario: give a Scenario, a path, or a name that ships")
    try:
        yield
    except ScenarioError as error:
        raise ScenarioError([_of_argument(problem) for problem in error.problems]) from None


def _of_argument(problem: Problem) -> Problem:
    if problem.file not in ARGUMENTS:
        return problem
    return replace(problem, file=f"{ARGUMENTS[problem.file]}[{problem.line - 1}]", line=0, column=0)
