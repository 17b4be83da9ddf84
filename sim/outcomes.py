"""From a finished model to one row a replication.

`agreed.<group>` says that an agreement came into force during the talks, even if it broke down later
(`collapsed.<group>`); `settled` that all chapters were in force at once, `lasting` that they stayed so for
`hold_weeks`. Utilities are means over all weeks, of talks and after them: of the text in force where there is one, else
of no agreement (`sim.process.flow`). `text_utility.<group>.<party>` is the worth of the last text that came into force.
Gains are measured from the reservation values at the start. Shapes: R replications.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.agents.party import Party
from sim.agents.working_group import WorkingGroup
from sim.arrays import Array, Index, Mask, at, total
from sim.bargaining.preferences import bounded
from sim.bargaining.solutions import nash_gap, pareto_gap
from sim.measure_columns import defined
from sim.model import NegotiationModel

Columns = dict[str, Any]

TINY = 1e-12


def outcomes(model: NegotiationModel) -> pd.DataFrame:
    """One row a replication of a model that has reached its horizon."""
    agreements, replications = model.agreements, np.arange(model.first, model.first + model.replications)
    columns: Columns = {
        "replication": replications,
        "settled": ~np.isnan(agreements.settled_week),
        "settled_week": agreements.settled_week,
        "lasting": ~np.isnan(agreements.settled_week) & (agreements.longest(model.week) >= model.spec.clock.hold_weeks),
    }
    for group in model.groups.values():
        columns |= _of_group(group, model)
    columns |= _of_parties(model, columns)
    columns |= _of_the_process(model)
    columns |= {f"drawn.{path}": model.each(values) for path, values in model.draws.items()}
    return defined(pd.DataFrame(columns))


def _of_group(group: WorkingGroup, model: NegotiationModel) -> Columns:
    """What became of one chapter."""
    agreed, name = ~np.isnan(group.week_agreed), group.name
    here = np.flatnonzero(agreed)
    text = group.agreed_text.at(here)
    preferences = [party.seats[name].preferences.at(here) for party in group.members]
    reservations = [at(here, group.model.each(party.seats[name].reservation)) for party in group.members]
    columns: Columns = {
        f"agreed.{name}": agreed,
        f"week.{name}": group.week_agreed,
        f"collapsed.{name}": group.ever_collapsed,
        f"broken_off.{name}": group.broken_off,
        f"nash_gap.{name}": _spread(agreed, here, nash_gap(preferences, reservations, text)),
        f"pareto_gap.{name}": _spread(agreed, here, pareto_gap(preferences, text)),
        f"rounds.{name}": group.rounds.astype(int),
        f"frozen_weeks.{name}": group.frozen_weeks.astype(int),
    }
    worths = {party.name: p.utility(text) for party, p in zip(group.members, preferences, strict=True)}
    columns |= {f"text_utility.{name}.{party}": _spread(agreed, here, worth) for party, worth in worths.items()}
    flow = model.agreements.flow
    return columns | {f"utility.{name}.{party.name}": flow.utility(group, party) for party in group.members}


def _spread(agreed: Mask, here: Index, values: Array) -> Array:
    """Values of the replications that agreed, NaN elsewhere."""
    spread = np.full(len(agreed), np.nan)
    spread[here] = values
    return spread


def _of_parties(model: NegotiationModel, chapters: Columns) -> Columns:
    """What each party has from the whole process, and how evenly the gains are spread."""
    worths = {party.name: _whole(party, chapters) for party in model.parties}
    gains = [worths[party.name] - _no_agreement(party) for party in model.parties]
    smallest, largest = np.minimum.reduce(gains), np.maximum.reduce(gains)
    fairness = np.where(largest > TINY, np.maximum(smallest, 0) / np.maximum(largest, TINY), np.nan)
    columns = {f"utility.{name}": worth for name, worth in worths.items()}
    columns |= {"joint_utility": total(worths.values()), "fairness": fairness}
    return columns | {f"trust.{party.name}": party.trust_in(party.others) for party in model.parties}


def _whole(party: Party, chapters: Columns) -> Array:
    """Sum of stake * utility.  -> (R,)"""
    return bounded(total(seat.stake * chapters[f"utility.{name}.{party.name}"] for name, seat in party.seats.items()))


def _no_agreement(party: Party) -> Array:
    """What the party would have without any agreement.  -> (R,) or a number"""
    return bounded(np.asarray(total(seat.stake * seat.reservation for seat in party.seats.values())))


def _of_the_process(model: NegotiationModel) -> Columns:
    """What happened on the way, and what the mediators spent."""
    mediators, groups = model.mediators_by_name.values(), model.groups.values()
    nothing = model.each(0.0)
    columns = {
        "drafts": total([nothing, *(m.drafts for m in mediators)]).astype(int),
        "trips": total([nothing, *(m.trips for m in mediators)]).astype(int),
        "disruptions": total(group.disruptions for group in groups).astype(int),
    }
    columns |= {column: count.astype(int) for column, count in model.counters.items()}
    return columns | {f"mediator_weeks.{m.name}": m.weeks for m in mediators}
