"""What a week does to the parties: the cost of no deal, time that heals, freezes, contacts, agreements that are kept.

Each line is every party's. Shapes: P parties, J others of each, G groups, R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agents.feelings import Feelings
from sim.agents.tables import Tables
from sim.agents.trust import earn, lose
from sim.agents.world import World
from sim.arrays import total

PAIN = 4.0  # an incident of severity S makes the week's cost of no deal 1 + PAIN * S times as high


def reflect(feelings: Feelings, tables: Sequence[Tables], world: World) -> None:
    """All that a week does to the parties, in this order."""
    come_home(feelings)
    feel_the_cost(feelings, world)
    for some in tables:
        cool_down(some, world)
    if world.talking:
        grow_apart(feelings, world)
    meet_people(feelings, world)
    see_agreements_kept(feelings, world)


def come_home(feelings: Feelings) -> None:
    """Trust follows what happened at all tables of the week. So none of them feels what another one has just done,
    and the order of the groups in a file decides nothing."""
    if feelings.won.any() or feelings.lost.any():
        feelings.trust[:] = lose(earn(feelings.trust, feelings.won), feelings.lost)
        feelings.won[:] = 0.0
        feelings.lost[:] = 0.0


def feel_the_cost(feelings: Feelings, world: World) -> None:
    """Living without a deal hurts, more so in the week of an incident, up to a cap (Zartman 1989).

    At 0.05 a year, a week without any deal costs 0.05 / 52 = 0.001; with an incident of severity 0.5, three times that.
    """
    hurt = feelings.hurt
    unsettled = 1 - total(feelings.stakes[name] * group.in_force for name, group in world.groups.items())
    grown = hurt + feelings.cost * (1 + PAIN * world.severity) * unsettled
    np.maximum(hurt, np.minimum(grown, feelings.cap), out=hurt)


def cool_down(tables: Tables, world: World) -> None:
    """Hardening passes; what a freeze does to it besides depends on how far a party trusts the others at its table.

        hardening in a frozen week *= 1 - fading - cooling * (1 - by_trust * (1 - T)) + rumination * (1 - T)

    A pause helps those who are disposed to cooperate; the others think of winning, and come back harder. At `by_trust`
    0 and `rumination` 0 every party cools alike. With both at 1 and trust 0.25, a quarter of `cooling` passes and three
    quarters of `rumination` grow. Nothing grows beyond 1, where no agreement is worth more than any.
    Source: Harinck and De Dreu (2008, 2011), on breaks in negotiations.
    """
    fading, frozen_week = world.spec.incidents.fading, world.spec.frozen_week
    frozen = tables.frozen.reshape(len(tables.groups), -1)
    if not frozen.any():
        tables.hardening.reshape(-1, *frozen.shape)[:] *= 1 - fading
        return
    others_than = tables.groups[0].others_than
    distrust = 1 - np.array([party.trust_in(others_than(party.name)) for party in tables.members])[:, None]
    cooling = frozen_week.cooling * (1 - frozen_week.by_trust * distrust)
    faster = 1 - np.minimum(fading + cooling, 1) + frozen_week.rumination * distrust
    hardening = tables.hardening.reshape(-1, *frozen.shape)
    most = np.maximum(hardening, 1.0)
    hardening *= np.where(frozen, faster, 1 - fading)
    np.minimum(hardening, most, out=hardening)


def grow_apart(feelings: Feelings, world: World) -> None:
    """Frozen chapters cost trust and knowledge by their stake; all knowledge fades unless it is renewed."""
    frozen = total(feelings.stakes[name] * group.frozen for name, group in world.groups.items())[:, None]
    estrangement = world.spec.frozen_week.estrangement * frozen
    forgetting = world.spec.frozen_week.forgetting * frozen
    fades = 1 - (1 - world.spec.trust_dynamics.fading) * (1 - forgetting)
    feelings.trust[:] = np.maximum(feelings.trust - estrangement, 0)
    feelings.knowledge -= fades * (feelings.knowledge - feelings.knew)


def meet_people(feelings: Feelings, world: World) -> None:
    """Contacts of civil society build trust, slowly, up to a ceiling (Nilsson 2012)."""
    contacts = world.spec.contacts
    weekly = contacts.trust * contacts.intensity
    feelings.trust += weekly * np.maximum(contacts.ceiling - feelings.trust, 0)


def see_agreements_kept(feelings: Feelings, world: World) -> None:
    """Agreements that are kept build trust among those who signed, week by week (Joshi and Quinn 2015)."""
    for name, group in world.groups.items():
        if group.in_force.any():
            feelings.trust[:] = earn(feelings.trust, feelings.kept[name] * group.in_force)
