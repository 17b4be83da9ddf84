"""Scripted players in the person's seat.

Their settings are a fixed Latin hypercube (McKay, Beckman and Conover 1979), so that the same game always stands among
the same ones. They are tried in the histories in which a person's decisions are tried too, many of them in one model.
Shapes: R rows, H histories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from sim.agents.mediator import Mediator
from sim.agents.world import World
from sim.arrays import Array, Parameter
from sim.bargaining.tactics import Tactic, TimeDependent
from sim.chance import Chance
from sim.experiments.cost import estimate, rows_at_once
from sim.model import Cast, NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief
from sim.play.game import HISTORIES, Setup
from sim.scenario.parties import ACTIVITIES
from sim.scenario.schema import Scenario

SCRIPTED = 1000
SECONDS = 50.0  # of a processor that scripted players may take: where a thousand would take longer, they are fewer
FIXED = 20230216  # seed of the hypercube
THIRDS = ("early", "middle", "late")


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
        first, end = self.model.spec.known_weeks, self.model.spec.clock.weeks
        third = (week - first) // max((end - first) // 3, 1)
        return self.plan[THIRDS[min(third, 2)]]

    def activity(self, kind: str, place: str = "") -> Array:
        """Effort now spent on one activity, everywhere alike.  -> (R,)"""
        if self.model.known:
            return super().activity(kind, place)
        return np.asarray(self.effort * self.plan[kind])


def mediators(setup: Setup, name: str, allowance: float, count: int) -> pd.DataFrame:
    """Scripted mediators: level of effort up to the scenario's, early or late, any split of activities.

    Columns: the plan, which is `early`, `middle`, `late` and the shares; `score`, the mean over other histories of what
    the plan changed, with its interval `low` to `high`.
    allowance: mediator-weeks that the scenario gives the talks.
    """
    plan = plans(setup.scenario, allowance, count)
    found = changed(setup.scenario, name, plan, setup.elsewhere, HISTORIES)
    means = pd.DataFrame([debrief.mean(each) for each in found])
    return plan.assign(score=means["mean"], low=means["low"], high=means["high"])


def changed(
    scenario: Scenario, name: str, plan: pd.DataFrame, chance: Callable[[int], Chance], histories: int
) -> Array:
    """Points that each plan changes against a mediator who does nothing, in so many histories.  -> (plans, histories)

    chance: the luck of those histories, as often as said.
    """
    idle = plan.head(1).assign(**dict.fromkeys(THIRDS, 0.0))
    both, together = pd.concat([idle, plan]), max(1, rows_at_once(scenario) // histories)
    points = []
    for first in range(0, len(both), together):
        some = both.iloc[first : first + together]
        rows = {str(key): np.repeat(some[key].to_numpy(), histories) for key in some}
        cast = {name: partial(Planned, plan=rows)}
        model = _run(scenario, len(some) * histories, chance(len(some)), cast=cast)
        points.append(debrief.mediated(outcomes(model))["points"].to_numpy().reshape(-1, histories))
        model.release()
    found = np.concatenate(points)
    return np.asarray(found[1:] - found[0])


def affordable(scenario: Scenario) -> int:
    """How many scripted players there are: fewer than `SCRIPTED` where those would take too long."""
    seconds = estimate(scenario, SCRIPTED * HISTORIES, told=0).seconds
    return SCRIPTED if seconds <= SECONDS else max(1, int(SCRIPTED * SECONDS / seconds))


def plans(scenario: Scenario, allowance: float, count: int) -> pd.DataFrame:
    """Efforts in the thirds of the talks and shares of the activities, one of each for every plan."""
    level, tilt, *luck = latin(count, 2 + len(ACTIVITIES))
    weeks = max(scenario.clock.weeks - scenario.known_weeks, 1)
    slope, mean = 2 * tilt - 1, level * allowance / weeks
    thirds = {"early": 1 - slope, "middle": np.ones(count), "late": 1 + slope}
    plan = {third: np.minimum(mean * factor, 1.0) for third, factor in thirds.items()}
    raw = -np.log(np.maximum(np.stack(luck), 1e-12))  # shares spread evenly over all splits
    return pd.DataFrame(plan | dict(zip(ACTIVITIES, raw / raw.sum(axis=0), strict=True)))


def parties(setup: Setup, name: str, count: int) -> pd.DataFrame:
    """Scripted parties: time tactics from stubborn to yielding, short or long clocks.

    Columns: the plan, which is `beta`, `expected_rounds` and `half_way`, rounds after which it has given way by half;
    `score`, the mean over other histories of what the plan changed, with its interval `low` to `high`; in every row the
    same `patience`: the mean score of the quarter that holds out longest less that of the quarter that gives way
    soonest, from `patience_low` to `patience_high`.
    """
    plan = tactics(count)
    found = conceded(setup.scenario, name, plan, setup.elsewhere, HISTORIES)
    means = pd.DataFrame([debrief.mean(each) for each in found])
    order, quarter = np.argsort(plan["half_way"].to_numpy(), kind="stable"), max(count // 4, 1)
    patience = debrief.mean(found[order[-quarter:]].mean(axis=0) - found[order[:quarter]].mean(axis=0))
    return plan.assign(
        score=means["mean"],
        low=means["low"],
        high=means["high"],
        patience=patience["mean"],
        patience_low=patience["low"],
        patience_high=patience["high"],
    )


def tactics(count: int) -> pd.DataFrame:
    """Shape and clock of each scripted party's tactic."""
    shape, length = latin(count, 2)
    beta, rounds = 0.15 * (5.0 / 0.15) ** shape, 4.0 * (30.0 / 4.0) ** length
    return pd.DataFrame({"beta": beta, "expected_rounds": rounds, "half_way": rounds * 0.5**beta})


def conceded(
    scenario: Scenario, name: str, plan: pd.DataFrame, chance: Callable[[int], Chance], histories: int
) -> Array:
    """Points that each tactic changes against the party's own, in so many histories.  -> (plans, histories)"""
    together, points = max(1, rows_at_once(scenario) // histories), [_worth(scenario, name, histories, chance(1), {})]
    for first in range(0, len(plan), together):
        some = plan.iloc[first : first + together]
        beta, rounds = (np.repeat(some[key].to_numpy(), histories) for key in ("beta", "expected_rounds"))
        changed = scenario.parties[name].model_copy(update={"expected_rounds": rounds})
        other = scenario.model_copy(update={"parties": {**scenario.parties, name: changed}})
        own = {name: TimeDependent(beta)}
        points.append(_worth(other, name, len(some) * histories, chance(len(some)), own))
    found = np.concatenate(points).reshape(-1, histories)
    return np.asarray(found[1:] - found[0])


def _worth(scenario: Scenario, name: str, rows: int, chance: Chance, tactics: Mapping[str, Tactic]) -> Array:
    model = _run(scenario, rows, chance, tactics=tactics)
    points = debrief.negotiated(outcomes(model), name)
    model.release()
    return points


def latin(rows: int, columns: int) -> list[Array]:
    """Points of a Latin hypercube in [0, 1): each column has one number in each of `rows` equal strata."""
    rng = np.random.default_rng(FIXED)
    return [(rng.permutation(rows) + rng.random(rows)) / rows for _ in range(columns)]


def _run(
    scenario: Scenario,
    rows: int,
    chance: Chance,
    tactics: Mapping[str, Tactic] | None = None,
    cast: Cast | None = None,
) -> NegotiationModel:
    model = NegotiationModel(
        scenario, rows, chance.seed, chance.first, tactics=tactics, told=0, cast=cast, chance=chance
    )
    while model.running:
        model.step()
    return model
