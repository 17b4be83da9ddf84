"""What could be agreed on, group by group: numbers for each party, packages in the scenario's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.tables import Table, as_text
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario import Scenario

SOLUTIONS = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}
NO_ZONE = "There is no zone of agreement: no package is worth as much to everyone as no agreement."
NOTE = (
    "Utilities 0 to 1. A number before an answer is the point on the scale of its question, 0 to 1. Nash: the largest "
    "product of gains over no agreement. Kalai-Smorodinsky: the largest equal share of what each could gain at most. "
    "Egalitarian: the one who gains least gains most. Utilitarian: the largest sum."
)

Frontier = dict[str, Any]


def frontier_table(scenario: Scenario, frontiers: dict[str, Frontier]) -> str:
    """The frontier and its solutions for each group, as `sim frontier` prints them.

    frontiers: group -> what `--json` of `sim frontier` says of it.
    """
    parts = [part for group, found in frontiers.items() for part in _group(scenario, group, found)]
    return as_text(scenario.name, *parts, note=NOTE)


def _group(scenario: Scenario, group: str, found: Frontier) -> Iterator[str | Table]:
    yield _utilities(scenario.working_groups[group].title or group, found)
    yield _counted(found)
    if found["nash"] is None:
        yield NO_ZONE
    for names, package in _packages(found):
        yield _package(scenario, group, f"The package of {words.both(names)}", package)


def _counted(found: Frontier) -> str:
    corners = len(found["pareto"])
    if not found.get("complete", True):
        return f"The Pareto frontier has too many corners to list them all; {corners:,} were found by sampling."
    if found["packages"] is None:
        return f"The Pareto frontier has {words.count(corners, 'corner')}."
    best = f"{corners:,} undominated pair{'' if corners == 1 else 's'} of utilities"
    return f"{found['packages']:,} packages, {best} among them."


def _utilities(title: str, found: Frontier) -> Table:
    """A row a party; a column for no agreement and for each solution."""
    rows = []
    for name, nothing in found["no_agreement"].items():
        rows.append((name, f"{nothing:.3f}", *(_worth(found[key], name) for key in SOLUTIONS)))
    return Table(title, ("utility", "no agreement", *SOLUTIONS.values()), rows)


def _worth(solution: Frontier | None, party: str) -> str:
    return NONE if solution is None else f"{solution['utilities'][party]:.3f}"


def _packages(found: Frontier) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Each package once, with the names of all solutions that are it."""
    seen: list[tuple[list[str], dict[str, Any]]] = []
    for key, name in SOLUTIONS.items():
        if found[key] is None:
            continue
        package = found[key]["package"]
        same = next((names for names, other in seen if other == package), None)
        if same is None:
            seen.append(([name], package))
        else:
            same.append(name)
    return iter(seen)


def _package(scenario: Scenario, group: str, caption: str, package: dict[str, Any]) -> Table:
    rows = []
    for name, settled in package.items():
        issue = scenario.working_groups[group].issues[name]
        point = "" if isinstance(settled, str) else f"{settled:.2f}"
        meaning = words.settlement(issue, settled) if issue.labels or issue.options else ""
        rows.append((words.issue(scenario, group, name), point, meaning))
    return Table(caption, ("", "", ""), rows, names=3, folded=True)
