"""What a week does to a party: the cost of no deal, time that heals, freezes, contacts, agreements that are kept.

Shapes: R replications (last axis).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import at, places, total
from sim.process.trust import earn, lose
from sim.scenario.schema import WEEKS_A_YEAR

if TYPE_CHECKING:
    from sim.agents.party import Party

PAIN = 4.0  # an incident of severity S makes the week's cost of no deal 1 + PAIN * S times as high


def come_home(party: Party) -> None:
    """Trust follows what happened at all tables of the week. So none of them feels what another one has just done,
    and the order of the groups in a file decides nothing."""
    for other, won in party.won.items():
        lost = party.lost[other]
        party.trust[other] = lose(earn(party.trust[other], won), lost)
        won[:] = lost[:] = 0.0


def feel_the_cost(party: Party) -> None:
    """Living without a deal hurts, more so in the week of an incident, up to a cap (Zartman 1989)."""
    model, weekly = party.model, party.spec.cost_of_no_deal / WEEKS_A_YEAR
    unsettled = 1 - total(seat.stake * model.groups[group].in_force for group, seat in party.seats.items())
    grown = party.hurt + weekly * (1 + PAIN * model.incidents.severity) * unsettled
    party.hurt = np.maximum(party.hurt, np.minimum(grown, party.spec.hurt_cap))


def cool_down(party: Party) -> None:
    """Hardening passes; where a group is frozen it passes faster, since nobody meets in anger."""
    spec = party.model.spec
    fading, cooling = spec.incidents.fading, spec.frozen_week.cooling
    faster = np.minimum(fading + cooling, 1)
    for group, seat in party.seats.items():
        frozen = places(party.model.groups[group].frozen)
        cooled = seat.hardening[frozen] * (1 - at(frozen, faster))
        seat.hardening = seat.hardening * (1 - fading)
        seat.hardening[frozen] = cooled


def grow_apart(party: Party) -> None:
    """Frozen chapters cost trust and knowledge by their stake; all knowledge fades unless it is renewed."""
    spec, groups = party.model.spec, party.model.groups
    frozen = total(seat.stake * groups[group].frozen for group, seat in party.seats.items())
    forgetting = spec.frozen_week.forgetting * frozen
    fades = 1 - (1 - spec.trust_dynamics.fading) * (1 - forgetting)
    first, estrangement = party.spec.knowledge, spec.frozen_week.estrangement * frozen
    for other in party.others:
        party.trust[other] = np.maximum(party.trust[other] - estrangement, 0)
        party.knowledge[other] = party.knowledge[other] - fades * (party.knowledge[other] - first)


def meet_people(party: Party) -> None:
    """Contacts of civil society build trust, slowly, up to a ceiling (Nilsson 2012)."""
    contacts = party.model.spec.contacts
    weekly, ceiling = contacts.trust * contacts.intensity, contacts.ceiling
    for other in party.others:
        party.trust[other] = party.trust[other] + weekly * np.maximum(ceiling - party.trust[other], 0)


def see_agreements_kept(party: Party) -> None:
    """Agreements that are kept build trust, week by week (Joshi and Quinn 2015)."""
    weekly = party.model.spec.agreements.implementation
    for group, seat in party.seats.items():
        table = party.model.groups[group]
        if table.in_force.any():
            kept = weekly * seat.stake * table.in_force
            for other in table.others_than(party.name):
                party.trust[other] = earn(party.trust[other], kept)
