"""From a realised scenario to what is on the table of a group: its issues, and what each party wants of them.

Shapes: R replications (last axis). A realised scenario (`realise`, `at_means`) holds a plain number or one for each
replication wherever the file may give a distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from pydantic import BaseModel

from sim.arrays import Array, Parameter, to_scale, total
from sim.bargaining.interactions import Interaction
from sim.bargaining.preferences import Agenda, Commitment, Preferences
from sim.bargaining.tactics import TACTICS, Mix, Tactic
from sim.chance import Chance
from sim.scenario.field_types import Item
from sim.scenario.numbers import Distribution
from sim.scenario.parties import ByGroup, MixSettings, TacticChoice
from sim.scenario.schema import Issue, Scenario

Weights = Mapping[str, Parameter]


def agenda_of(spec: Scenario, group: str, replications: int = 1) -> Agenda:
    """The issues of a group, scales cut at the ideal points of its parties and at earlier commitments."""
    issues, parties = spec.working_groups[group].issues, spec.group_parties(group)

    def each(number: Parameter) -> Array:
        return np.zeros(replications) + number

    positions = {
        name: [each(issue.positions[party]) for party in parties] for name, issue in issues.items() if issue.positions
    }
    options = {name: tuple(issue.options) for name, issue in issues.items() if issue.options}
    commitments = {}
    for held in spec.framework:
        if held.group == group:
            settlement = held.settlement
            point = options[held.issue].index(settlement) if isinstance(settlement, str) else settlement
            commitments[held.issue] = Commitment(each(point), each(held.hold))
    return Agenda.cut(positions, options, commitments)


def weights_of(spec: Scenario, group: str, party: str) -> dict[str, Parameter]:
    """How important each issue is to a party; the most important one has a weight between a half and 1."""
    issues = spec.working_groups[group].issues
    weights = to_scale([issue.weights.get(party, 1.0) for issue in issues.values()])
    return dict(zip(issues, weights, strict=True))


def preferences_of(
    spec: Scenario,
    group: str,
    party: str,
    agenda: Agenda,
    weights: Weights | None = None,
    replications: int = 1,
    *,
    alone: bool = False,
) -> Preferences:
    """What a party wants of a group's issues, with other weights than the file's where some are given.

    alone: as whoever sees it who does not know which issues interact.
    """
    issues = spec.working_groups[group].issues
    weights = weights_of(spec, group, party) if weights is None else weights

    def each(number: Parameter) -> Array:
        return np.zeros(replications) + number

    positions = {name: each(_positions(issues[name])[party]) for name in agenda.scales}
    values = {name: [each(value[party]) for value in _options(issues[name]).values()] for name in agenda.options}
    interactions = []
    for both in () if alone else spec.working_groups[group].interactions:
        chosen = {issue: agenda.options[issue].index(option) for issue, option in both.when.items()}
        interactions.append(Interaction(chosen, each(both.adds.get(party, 0.0))))
    return agenda.preferences(positions, values, {name: each(weights[name]) for name in issues}, interactions)


def reservation_of(spec: Scenario, group: str, party: str) -> Parameter:
    """Utility of no agreement in a group, at the start.

        reservation - sum of (unkept * hold)

    over the commitments of the group, and no less than 0: no agreement keeps none of them. Where all of `hold` counts,
    whatever all parties would sign without the commitments they would sign with them. Source: Schelling (1960).
    """
    value = spec.parties[party].reservation
    reservation = value.by_group.get(group, value.other) if isinstance(value, ByGroup) else value
    unkept = [held.unkept * held.hold for held in spec.framework if held.group == group]
    return np.maximum(reservation - total(unkept), 0) if unkept else reservation


def focal_costs(
    spec: Scenario, group: str, agenda: Agenda, equal: Preferences, replications: int = 1
) -> Preferences | None:
    """What leaving the commitments of a group costs in a mediator's eyes besides what it costs a party.

    equal: what a party wants that takes all issues to be equally important.  -> None where it costs nothing
    """
    focal = {held.issue: held.focal for held in spec.framework if held.group == group and np.any(held.focal)}
    if not focal:
        return None
    commitments = {
        issue: Commitment(held.settlement, held.hold + focal.get(issue, 0.0))
        for issue, held in agenda.commitments.items()
    }
    party, level = spec.group_parties(group)[0], dict.fromkeys(spec.working_groups[group].issues, 1.0)
    dearer = preferences_of(spec, group, party, replace(agenda, commitments=commitments), level, replications)
    return replace(equal, table=dearer.table - equal.table)


def stakes_of(spec: Scenario, party: str) -> dict[str, Parameter]:
    """How much each of its chapters counts for a party; they sum to 1."""
    mine = [name for name in spec.working_groups if party in spec.group_parties(name)]
    stakes = to_scale([spec.working_groups[name].stakes.get(party, 1.0) for name in mine])
    whole = sum(stakes)
    return {name: stake / whole for name, stake in zip(mine, stakes, strict=True)}


def _positions(issue: Issue) -> dict[str, Parameter]:
    assert issue.positions is not None
    return issue.positions


def _options(issue: Issue) -> dict[str, dict[str, Parameter]]:
    assert issue.options is not None
    return issue.options


def tactic_of(settings: TacticChoice) -> Tactic:
    """The tactic that a party's settings describe."""
    if isinstance(settings, MixSettings):
        parts = tuple(tactic_of(part.tactic) for part in settings.parts)
        return Mix(parts, tuple(part.weight for part in settings.parts))
    chosen = {name: getattr(settings, name) for name in type(settings).model_fields if name != "kind"}
    return TACTICS[settings.kind](**chosen)  # type: ignore[attr-defined, no-any-return]


# From a scenario with distributions to one value for each replication.
#
# Each distribution has a purpose of its own, `drawn.<path>`, so that what one input drew does not depend on the others:
# that of `parties.Armenia.reservation: {mean: 0.42, sd: 0.08}` is `drawn.parties.Armenia.reservation`.


Choose = Callable[[Distribution, str], Parameter]  # what stands in place of a distribution, given its path


def realise(scenario: Scenario, chance: Chance) -> tuple[Scenario, dict[str, Array]]:
    """The scenario with an array (R,) in place of each distribution, and what was drawn, by path."""
    found: dict[str, Array] = {}

    def draw(distribution: Distribution, path: str) -> Array:
        found[path] = distribution.quantile(chance.once(f"drawn.{path}")[0])
        return found[path]

    realised: Scenario = _replaced(scenario, "", draw)
    return realised, found


def at_means(scenario: Scenario) -> Scenario:
    """The scenario with the mean in place of each distribution: the one history that stands for all."""
    plain: Scenario = _replaced(scenario, "", lambda distribution, _: distribution.mean)
    return plain


def _replaced(node: Any, path: str, choose: Choose) -> Any:
    """A part of a scenario, with what is chosen in place of each distribution in it."""
    if isinstance(node, Distribution):
        return choose(node, path)
    if isinstance(node, list):
        return [_replaced(part, f"{path}[{_place(part, n)}]", choose) for n, part in enumerate(node)]
    if isinstance(node, dict):
        return {name: _replaced(part, f"{path}.{name}", choose) for name, part in node.items()}
    if isinstance(node, BaseModel):
        below = {name: _replaced(part, f"{path}.{name}".lstrip("."), choose) for name, part in node}
        return node.model_copy(update=below)
    return node


def _place(part: object, n: int) -> int:
    """Where an item of a list stood before others were taken away: what it draws must not change with them."""
    return part.place if isinstance(part, Item) and part.place is not None else n
