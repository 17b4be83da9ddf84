"""What theory says of a scenario's working groups, before anything is simulated.

The same object as `sim frontier --json` prints: for each group the Pareto frontier and four solutions. No agreement is
the reservation value, distributions are taken at their means, and everybody knows everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from sim.bargaining import solutions
from sim.bargaining.preferences import Agenda, Preferences
from sim.scenario.given import Given, scenario_of
from sim.scenario.schema import Scenario
from sim.scenario.to_bargaining import agenda_of, at_means, preferences_of, reservation_of

Progress = Callable[[float], None]
Table = tuple[Agenda, Mapping[str, Preferences], list[float]]
"""A group: its agenda, what each party wants there, and what no agreement is worth to each."""


def frontier(scenario: Given, on_progress: Progress | None = None) -> dict[str, Any]:
    """Frontier and solutions of each working group of a scenario, its path, or the name of one that ships.

    `on_progress` is told the share that is done, 0 to 1.

    {"groups": {group: {"no_agreement": {party: utility}, "packages": outcomes of a group of options only, else None,
    "pareto": [{party: utility}, ...], "complete": are these all corners, and for each solution {"utilities": {party:
    utility}, "package": {issue: point on the scale, or name of the option}}, or None where there is no zone of
    agreement}}}
    """
    return _of_tables(dict(_tables_at_means(at_means(scenario_of(scenario)))), on_progress or _unheard)


def frontier_of_history(scenario: Scenario, replication: int) -> dict[str, Any]:
    """The same of one history, from what it drew; no agreement is what it was worth at the start."""
    from sim.model import NegotiationModel

    model = NegotiationModel(scenario, first=replication, told=0)
    seats = {name: {party.name: party.seats[name] for party in group.members} for name, group in model.groups.items()}
    tables: dict[str, Table] = {
        name: (
            model.groups[name].agenda,
            {party: seat.preferences for party, seat in at_table.items()},
            [float(np.squeeze(seat.reservation)) for seat in at_table.values()],
        )
        for name, at_table in seats.items()
    }
    return _of_tables(tables, _unheard)


def _tables_at_means(spec: Scenario) -> Iterator[tuple[str, Table]]:
    for group in spec.working_groups:
        parties, agenda = spec.group_parties(group), agenda_of(spec, group)
        wants = {party: preferences_of(spec, group, party, agenda) for party in parties}
        yield group, (agenda, wants, [float(np.squeeze(reservation_of(spec, group, party))) for party in parties])


def _of_tables(tables: Mapping[str, Table], tell: Progress) -> dict[str, Any]:
    whole = len(tables)
    found = {
        name: _group(*table, partial(_tell, tell, number, whole)) for number, (name, table) in enumerate(tables.items())
    }
    return {"groups": found}


def _tell(tell: Progress, done: int, whole: int, share: float) -> None:
    tell((done + share) / whole)


def _unheard(share: float) -> None:
    """Nobody wants to know how far it is."""


def _group(
    agenda: Agenda, wants: Mapping[str, Preferences], no_agreement: list[float], tell: Progress
) -> dict[str, Any]:
    parties = list(wants)
    found = solutions.frontier(list(wants.values()), np.array(no_agreement), tell)

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
