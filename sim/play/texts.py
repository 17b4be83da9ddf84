"""Packages as a person reads and writes them: a point on a scale or the name of an option for each issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.agents.world import Group
from sim.arrays import Index
from sim.bargaining.preferences import Package
from sim.play.rules import Illegal, mapping, number, one_of
from sim.scenario.schema import Issue, Scenario

Settlements = Mapping[str, float | str]


def settlements(where: str, value: Any, scenario: Scenario, group: str) -> Settlements:
    """A text that settles every issue of a group.  Errors: Illegal."""
    issues = scenario.working_groups[group].issues
    given = mapping(where, value, issues, f"a text settles the issues of {group}")
    for name in issues:
        if name not in given:
            raise Illegal(where, sorted(given), "a text settles every issue", f"settle {name} too")
    return {name: _settlement(f"{where}.{name}", given[name], issue) for name, issue in issues.items()}


def _settlement(where: str, value: Any, issue: Issue) -> float | str:
    if issue.options:
        return one_of(where, value, issue.options, "this issue is settled by one of its options")
    return number(where, value, 0, 1, "this issue is settled at a point of its scale")


def package_of(group: Group, text: Settlements, here: Index) -> Package:
    """The text as a package, the same in all the rows `here`.

    A point outside the parties' positions on a scale is moved to the nearest of them, where everybody is better off.
    """
    points = {
        issue: group.agenda.options[issue].index(str(x)) if issue in group.agenda.options else float(x)
        for issue, x in text.items()
    }
    return group.agenda.at(here).package({issue: np.full(len(here), point) for issue, point in points.items()})


def text_of(group: Group, package: Package) -> dict[str, float | str] | None:
    """The first row of a package as a text; None where nothing is on the table."""
    if package.combination[0] < 0:
        return None
    points = group.agenda.at(np.array([0])).settlements(package.at(np.array([0])))
    options = group.agenda.options
    return {
        issue: options[issue][int(points[issue][0])] if issue in options else round(float(points[issue][0]), 4)
        for issue in group.spec.issues
    }


def in_words(issue: Issue, settlement: float | str) -> str:
    """What a settlement means: the option, or the label nearest to the point ("" without labels)."""
    if isinstance(settlement, str):
        return settlement
    return min(issue.labels.items(), key=lambda label: abs(label[0] - settlement))[1] if issue.labels else ""
