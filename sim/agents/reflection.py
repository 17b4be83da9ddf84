"""What a week does to a party: the cost of no deal, time that heals, freezes, contacts, agreements that are kept.

Shapes: R replications (last axis).
"""

from __future__ import annotations

import numpy as np

from sim.agents.trust import earn, lose
from sim.agents.world import Side, World
from sim.arrays import at, places, total
from sim.scenario.schema import WEEKS_A_YEAR

PAIN = 4.0  # an incident of severity S makes the week's cost of no deal 1 + PAIN * S times as high


def reflect(party: Side, world: World) -> None:
    """All that a week does to a party, in this order."""
    if world.talking:
        come_home(party)
    feel_the_cost(party, world)
    cool_down(party, world)
    if world.talking:
        grow_apart(party, world)
    meet_people(party, world)
    see_agreements_kept(party, world)


def come_home(party: Side) -> None:
    """Trust follows what happened at all tables of the week. So none of them feels what another one has just done,
    and the order of the groups in a file decides nothing."""
    for other, won in party.won.items():
        lost = party.lost[other]
        party.trust[other] = lose(earn(party.trust[other], won), lost)
        won[:] = 0.0
        lost[:] = 0.0


def feel_the_cost(party: Side, world: World) -> None:
    """Living without a deal hurts, more so in the week of an incident, up to a cap (Zartman 1989).

    At 0.05 a year, a week without any deal costs 0.05 / 52 = 0.001; with an incident of severity 0.5, three times that.
    """
    weekly = party.spec.cost_of_no_deal / WEEKS_A_YEAR
    unsettled = 1 - total(seat.stake * world.groups[group].in_force for group, seat in party.seats.items())
    grown = party.hurt + weekly * (1 + PAIN * world.severity) * unsettled
    party.hurt = np.maximum(party.hurt, np.minimum(grown, party.spec.hurt_cap))


def cool_down(party: Side, world: World) -> None:
    """Hardening passes; where a group is frozen it passes faster, since nobody meets in anger."""
    fading = world.spec.incidents.fading
    faster = np.minimum(fading + world.spec.frozen_week.cooling, 1)
    for group, seat in party.seats.items():
        frozen = places(world.groups[group].frozen)
        cooled = seat.hardening[frozen] * (1 - at(frozen, faster))
        seat.hardening[:] *= 1 - fading
        seat.hardening[frozen] = cooled


def grow_apart(party: Side, world: World) -> None:
    """Frozen chapters cost trust and knowledge by their stake; all knowledge fades unless it is renewed."""
    frozen = total(seat.stake * world.groups[group].frozen for group, seat in party.seats.items())
    estrangement = world.spec.frozen_week.estrangement * frozen
    forgetting = world.spec.frozen_week.forgetting * frozen
    fades = 1 - (1 - world.spec.trust_dynamics.fading) * (1 - forgetting)
    for other in party.others:
        party.trust[other] = np.maximum(party.trust[other] - estrangement, 0)
        gained = party.knowledge[other] - party.spec.knowledge
        party.knowledge[other] = party.knowledge[other] - fades * gained


def meet_people(party: Side, world: World) -> None:
    """Contacts of civil society build trust, slowly, up to a ceiling (Nilsson 2012)."""
    contacts = world.spec.contacts
    weekly = contacts.trust * contacts.intensity
    for other in party.others:
        party.trust[other] = party.trust[other] + weekly * np.maximum(contacts.ceiling - party.trust[other], 0)


def see_agreements_kept(party: Side, world: World) -> None:
    """Agreements that are kept build trust, week by week (Joshi and Quinn 2015)."""
    for name, seat in party.seats.items():
        group = world.groups[name]
        if group.in_force.any():
            kept = world.spec.agreements.implementation * seat.stake * group.in_force
            for other in group.others_than(party.name):
                party.trust[other] = earn(party.trust[other], kept)
