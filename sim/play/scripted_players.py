"""Scripted players in the person's seat: plans of what a person could order, replayed as a person's orders are.

The plans are a fixed Latin hypercube (McKay, Beckman and Conover 1979), so that the same game always stands among the
same ones. They are tried in the histories in which a person's decisions are tried too, many of them in one model.
Shapes: R rows, H histories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from sim.agents.mediator import Mediator
from sim.agents.world import World
from sim.arrays import Array, Parameter
from sim.chance import Chance
from sim.experiments.cost import estimate, rows_at_once
from sim.model import Cast, NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief
from sim.play.delegates import Brief, MandatedParty
from sim.play.game import HISTORIES
from sim.scenario.parties import ACTIVITIES
from sim.scenario.schema import Scenario
from sim.scenario.to_bargaining import at_means, reservation_of

SCRIPTED = {"mediator": 1000, "party": 100}  # at the most; a class waits until the seats of all parties are tried
SECONDS = 50.0  # of a processor that scripted players may take: where so many would take longer, they are fewer
FIXED = 20230216  # seed of the hypercube
THIRDS = ("early", "middle", "late")
PLANS = {"mediator": [*THIRDS, *ACTIVITIES], "party": [*THIRDS, "keeps", "signs"]}
"""What a plan says, by role."""

Luck = Callable[[int], Chance]  # the luck of some histories, as often as said


class Planned(Mediator):
    """A mediator with a plan of its own, in each row another one; in weeks of which all is known it does as it did.

    plan (R,) each: efforts `early`, `middle` and `late`, in the thirds of the weeks that can be decided, and the shares
    of the activities.
    """

    def __init__(self, model: World, name: str, plan: Mapping[str, Array]) -> None:
        super().__init__(model, name)
        self.plan = plan

    def work(self) -> None:
        """Spend this week's effort; a plan may have moved it from one activity to another."""
        super().work()
        self.moved = True

    def planned(self, week: int) -> Parameter:
        """Effort of a week by the plan."""
        if self.model.known:
            return super().planned(week)
        return self.plan[[name for first, name in thirds(self.model.spec).items() if first <= week][-1]]

    def activity(self, kind: str, place: str = "") -> Array:
        """Effort now spent on one activity, everywhere alike.  -> (R,)"""
        if self.model.known:
            return super().activity(kind, place)
        return np.asarray(self.effort * self.plan[kind])


def thirds(scenario: Scenario) -> dict[int, str]:
    """The weeks in which the thirds of the talks begin, of those that can be decided."""
    first, end = scenario.known_weeks, scenario.clock.weeks
    third = max((end - first) // 3, 1)
    return {first + number * third: name for number, name in enumerate(THIRDS)}


def affordable(scenario: Scenario, role: str) -> int:
    """How many scripted players there are: fewer than `SCRIPTED` where those would take too long."""
    most = SCRIPTED[role]
    seconds = estimate(scenario, most * HISTORIES, told=0).seconds
    return most if seconds <= SECONDS else max(1, int(most * SECONDS / seconds))


# ---- mediators -------------------------------------------------------------------------------------------------------


def efforts(scenario: Scenario, allowance: float, count: int) -> pd.DataFrame:
    """Plans of scripted mediators: level of effort up to the scenario's, early or late, any split of activities.

    Columns: efforts in the thirds of the talks and shares of the activities.
    allowance: mediator-weeks that the scenario gives the talks.
    """
    level, tilt, *luck = latin(count, 2 + len(ACTIVITIES))
    weeks = max(scenario.clock.weeks - scenario.known_weeks, 1)
    slope, mean = 2 * tilt - 1, level * allowance / weeks
    factors = {"early": 1 - slope, "middle": np.ones(count), "late": 1 + slope}
    plan = {third: np.minimum(mean * factor, 1.0) for third, factor in factors.items()}
    raw = -np.log(np.maximum(np.stack(luck), 1e-12))  # shares spread evenly over all splits
    return pd.DataFrame(plan | dict(zip(ACTIVITIES, raw / raw.sum(axis=0), strict=True)))


def mediated(scenario: Scenario, name: str, plan: pd.DataFrame, chance: Luck, histories: int) -> Array:
    """Points that each plan changes against a mediator who does nothing.  -> (plans, histories)"""
    found = []
    for some in _together(scenario, plan, dict.fromkeys(THIRDS, 0.0), histories):
        rows = {str(key): np.repeat(some[key].to_numpy(), histories) for key in some}
        cast: Cast = {name: partial(Planned, plan=rows)}
        model = _model(scenario, len(some) * histories, chance(len(some)), cast)
        while model.running:
            model.step()
        found.append(debrief.mediated(outcomes(model))["points"].to_numpy())
        model.release()
    return _against_the_first(found, histories)


# ---- parties ---------------------------------------------------------------------------------------------------------


def mandates(count: int) -> pd.DataFrame:
    """Plans of scripted parties: mandates that a person could give, the same for all groups.

    Columns: `early`, `middle`, `late`, what is asked for in the thirds of the talks, as a share of the way from the
    walk-away point to everything, and never more than before; `keeps`, 1 where the delegation keeps to an offer that is
    worth so much, 0 where it bargains by its tactic and stops there; `signs`, with an offer, the share of that which
    it signs. Staying away and walking out cost rounds and were best in none of nine scenarios tried: no part.
    """
    *levels, keeps, signs = latin(count, len(THIRDS) + 2)
    asked = -np.sort(-np.stack(levels), axis=0)
    keeps = np.floor(2 * keeps)
    plan = dict(zip(THIRDS, asked, strict=True))
    return pd.DataFrame(plan | {"keeps": keeps, "signs": np.where(keeps > 0, signs, 1.0)})


def mandated(scenario: Scenario, name: str, plan: pd.DataFrame, chance: Luck, histories: int) -> Array:
    """Points that each plan changes against the delegation left alone.

    As a person's, an offer is made in one history, the first, when its third of the talks begins, and tried in all.
    -> (plans, histories)
    """
    found, starts, typical = [], thirds(scenario), at_means(scenario)
    for some in _together(scenario, plan, dict.fromkeys(THIRDS, 0.0) | {"keeps": 0.0}, histories):
        model = _model(scenario, len(some) * histories, chance(len(some)), {name: MandatedParty})
        party = model.parties_by_name[name]
        assert isinstance(party, MandatedParty)
        while model.running:
            if model.week in starts:
                _tell(party, typical, some, starts[model.week], histories)
            model.step()
        found.append(debrief.negotiated(outcomes(model), name))
        model.release()
    return _against_the_first(found, histories)


def _tell(party: MandatedParty, typical: Scenario, plan: pd.DataFrame, third: str, histories: int) -> None:
    """Give each row its mandate for a third of the talks, in all groups; typical: the scenario at its means."""
    model, rows = party.model, np.arange(len(plan) * histories)
    share, keeps, signs = (np.repeat(plan[key].to_numpy(), histories) for key in (third, "keeps", "signs"))
    comes = ~model.nowhere()
    for name in party.seats:
        away = float(reservation_of(typical, name, party.name))
        gain = share * (1 - away)
        least = np.where(share > 0, away + np.where(keeps > 0, signs, 1.0) * gain, 0.0)
        made = party.offer_worth(model.groups[name], away + gain)
        party.briefs[name] = Brief(least, comes, keeps > 0, made.at(rows - rows % histories))


# ---- both ------------------------------------------------------------------------------------------------------------


def summary(plan: pd.DataFrame, changed: Array) -> pd.DataFrame:
    """Plans beside what they changed (plans, histories): `score`, its mean, with the interval `low` to `high`."""
    means = [debrief.mean(each) for each in changed]
    return plan.assign(
        score=[each["mean"] for each in means],
        low=[each["low"] for each in means],
        high=[each["high"] for each in means],
    )


def latin(rows: int, columns: int) -> list[Array]:
    """Points of a Latin hypercube in [0, 1): each column has one number in each of `rows` equal strata."""
    rng = np.random.default_rng(FIXED)
    return [(rng.permutation(rows) + rng.random(rows)) / rows for _ in range(columns)]


def _together(
    scenario: Scenario, plan: pd.DataFrame, idle: Mapping[str, float], histories: int
) -> Iterator[pd.DataFrame]:
    """Plans, and before them that of who does nothing, as many at a time as one model may hold."""
    both, most = pd.concat([plan.head(1).assign(**idle), plan]), max(1, rows_at_once(scenario) // histories)
    for first in range(0, len(both), most):
        yield both.iloc[first : first + most]


def _against_the_first(points: list[Array], histories: int) -> Array:
    found = np.concatenate(points).reshape(-1, histories)
    return np.asarray(found[1:] - found[0])


def _model(scenario: Scenario, rows: int, chance: Chance, cast: Cast) -> NegotiationModel:
    return NegotiationModel(scenario, rows, chance.seed, chance.first, told=0, cast=cast, chance=chance)
