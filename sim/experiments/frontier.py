"""What theory says of a scenario's working groups, before anything is simulated.

The same object as `sim frontier --json` prints: for each group the Pareto frontier and four solutions. No agreement is
the reservation value, distributions are taken at their means, and everybody knows everything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sim.bargaining import solutions
from sim.bargaining.preferences import Agenda
from sim.scenario.agenda import agenda_of, preferences_of, reservation_of
from sim.scenario.given import Given, scenario_of
from sim.scenario.realise import at_means
from sim.scenario.schema import Scenario

Progress = Callable[[float], None]


def frontier(scenario: Given, on_progress: Progress | None = None) -> dict[str, Any]:
    """Frontier and solutions of each working group of a scenario, its path, or the name of one that ships.

    `on_progress` is told the share that is done, 0 to 1.

    {"groups": {group: {"no_agreement": {party: utility}, "packages": outcomes of a group of options only, else None,
    "pareto": [{party: utility}, ...], "complete": are these all corners, and for each solution {"utilities": {party:
    utility}, "package": {issue: point on the scale, or name of the option}}, or None where there is no zone of
    agreement}}}
    """
    spec = at_means(scenario_of(scenario))
    tell, whole = on_progress or _unheard, len(spec.working_groups)
    return {
        "groups": {
            name: _group(spec, name, partial(_tell, tell, number, whole))
            for number, name in enumerate(spec.working_groups)
        }
    }


def _tell(tell: Progress, done: int, whole: int, share: float) -> None:
    tell((done + share) / whole)


def _unheard(share: float) -> None:
    """Nobody wants to know how far it is."""


def _group(spec: Scenario, group: str, tell: Progress) -> dict[str, Any]:
    parties, agenda = spec.group_parties(group), agenda_of(spec, group)
    no_agreement = [float(np.squeeze(reservation_of(spec, group, party))) for party in parties]
    wants = [preferences_of(spec, group, party, agenda) for party in parties]
    found = solutions.frontier(wants, np.array(no_agreement), tell)

    def named(utilities: Any) -> dict[str, float]:
        return dict(zip(parties, map(float, utilities), strict=True))

    return {
        "no_agreement": named(no_agreement),
        "packages": None if agenda.scales else agenda.combinations,
        "pareto": [named(corner) for corner in found.corners.T],
        "complete": found.complete,
        **{
            name: None if best is None else {"utilities": named(best.utilities), "package": _settled(agenda, best)}
            for name, best in found.solutions.items()
        },
    }


def _settled(agenda: Agenda, best: solutions.Solution) -> dict[str, float | str]:
    """Where each issue is settled: a number on a scale, the name of an option."""
    points = {issue: point.item() for issue, point in agenda.settlements(best.package).items()}
    return {
        issue: agenda.options[issue][int(point)] if issue in agenda.options else point
        for issue, point in points.items()
    }
