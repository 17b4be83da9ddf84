"""What could be agreed on, group by group: numbers for each party, packages in the scenario's words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim import words
from sim.answers.table import WIDEST, WIDTH
from sim.terminal import visible
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
    "Utilities 0 to 1. Nash: the largest product of gains over no agreement. Kalai-Smorodinsky: the largest equal "
    "share of what each could gain at most. Egalitarian: the largest smaller gain. Utilitarian: the largest sum."
)

Frontier = dict[str, Any]


def frontier_table(scenario: Scenario, frontiers: dict[str, Frontier]) -> str:
    """The frontier and its solutions for each group, as `sim frontier` prints them; coloured only on a terminal.

    frontiers: group -> what `--json` of `sim frontier` says of it.
    """
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        console.print(_text(scenario.name, "bold"))
        for group, found in frontiers.items():
            for part in _group(scenario, group, found):
                console.print(part)
        console.print()
        console.print(Text(NOTE, "dim"))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _group(scenario: Scenario, group: str, found: Frontier) -> Iterator[RenderableType]:
    yield ""
    yield _text(scenario.working_groups[group].title or group, "bold")
    yield Padding(_text(_counted(found)), (0, 0, 0, 2))
    yield ""
    yield Padding(_numbers(found), (0, 0, 0, 2))
    if found["nash"] is None:
        yield ""
        yield Padding(Text(NO_ZONE), (0, 0, 0, 2))
    for names, package in _packages(found):
        yield ""
        yield Padding(Text(f"The package of {words.both(names)}:"), (0, 0, 0, 2))
        yield Padding(_package(scenario, group, package), (0, 0, 0, 4))


def _counted(found: Frontier) -> str:
    corners = len(found["pareto"])
    if not found.get("complete", True):
        return f"The Pareto frontier has too many corners to list them all; {corners:,} were found by sampling."
    if found["packages"] is None:
        return f"The Pareto frontier has {words.count(corners, 'corner')}."
    best = f"{corners:,} undominated pair{'' if corners == 1 else 's'} of utilities"
    return f"{found['packages']:,} packages, {best} among them."


def _numbers(found: Frontier) -> Table:
    """A row a party; a column for no agreement and for each solution."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    grid.add_column("utility", ratio=1, overflow="fold")
    for heading in ("no agreement", *SOLUTIONS.values()):
        grid.add_column(heading.replace("-", "-\n"), justify="right", vertical="bottom", no_wrap=True)
    for name, nothing in found["no_agreement"].items():
        cells = [_worth(found[key], name) for key in SOLUTIONS]
        grid.add_row(_text(name), f"{nothing:.3f}", *cells)
    return grid


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


def _package(scenario: Scenario, group: str, package: dict[str, Any]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(ratio=2, overflow="fold")
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=3, overflow="fold")
    for name, settled in package.items():
        issue = scenario.working_groups[group].issues[name]
        point = "" if isinstance(settled, str) else f"{settled:.2f}"
        meaning = words.settlement(issue, settled) if issue.labels or issue.options else ""
        grid.add_row(_text(words.issue(scenario, group, name)), point, _text(meaning))
    return grid


def _text(text: str, style: str = "") -> Text:
    return Text(visible(text).replace("\n", " "), style)
