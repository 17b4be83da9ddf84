"""Scripted players in the person's seat.

Their settings are a fixed Latin hypercube (McKay, Beckman and Conover 1979), so that the same game always stands among
the same ones. Scripted mediators are tried in the histories in which a person's orders are tried too; scripted parties
meet the very chance that the person met. All run in one model. Shapes: R rows, H histories.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.bargaining.tactics import Tactic, TimeDependent
from sim.chance import Chance
from sim.experiments.cost import estimate, rows_at_once
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief
from sim.play.game import HISTORIES, Setup
from sim.scenario.parties import ACTIVITIES, EffortStep
from sim.scenario.schema import Scenario

SCRIPTED = 1000
SECONDS = 50.0  # of a processor that scripted mediators may take: where a thousand would take longer, they are fewer
FIXED = 20230216  # seed of the hypercube


def mediators(setup: Setup, name: str, allowance: float, count: int) -> pd.DataFrame:
    """Scripted mediators: level of effort up to the scenario's, early or late, any split of activities.

    Columns: the plan, which is `early`, `middle`, `late` (efforts in the thirds of the talks) and the shares; `score`,
    the mean over other histories of what the plan changed, with its interval `low` to `high`.
    allowance: mediator-weeks that the scenario gives the talks.
    """
    plan, abreast = plans(setup.scenario, allowance, count), max(1, rows_at_once(setup.scenario) // HISTORIES)
    (idle,) = _points(setup, name, plan.head(1).assign(early=0.0, middle=0.0, late=0.0), allowance)
    means = []
    for first in range(0, count, abreast):
        points = _points(setup, name, plan.iloc[first : first + abreast], allowance)
        means += [debrief.mean(each - idle) for each in points]
    found = pd.DataFrame(means)
    return plan.assign(score=found["mean"], low=found["low"], high=found["high"])


def _points(setup: Setup, name: str, plan: pd.DataFrame, allowance: float) -> Array:
    """Points of each plan in each of the other histories.  -> (plans, H)"""
    rows = {str(key): np.repeat(plan[key].to_numpy(), HISTORIES) for key in plan}
    scenario = with_plan(setup.scenario, name, rows)
    model = _run(scenario, len(plan) * HISTORIES, setup.elsewhere(len(plan)), {})
    scored = debrief.mediated(outcomes(model), model.mediators_by_name[name].weeks_of_talks, allowance)
    model.release()
    return scored["points"].to_numpy().reshape(len(plan), HISTORIES)


def affordable(scenario: Scenario) -> int:
    """How many scripted mediators there are: fewer than `SCRIPTED` where those would take too long."""
    seconds = estimate(scenario, SCRIPTED * HISTORIES, told=0).seconds
    return SCRIPTED if seconds <= SECONDS else max(1, int(SCRIPTED * SECONDS / seconds))


def plans(scenario: Scenario, allowance: float, count: int) -> pd.DataFrame:
    """Efforts in the thirds of the talks and shares of the activities, one of each for every plan."""
    level, tilt, *luck = latin(count, 2 + len(ACTIVITIES))
    weeks = scenario.clock.weeks
    slope, mean = 2 * tilt - 1, level * allowance / weeks
    thirds = {"early": 1 - slope, "middle": np.ones(count), "late": 1 + slope}
    plan = {third: np.minimum(mean * factor, 1.0) for third, factor in thirds.items()}
    raw = -np.log(np.maximum(np.stack(luck), 1e-12))  # shares spread evenly over all splits
    return pd.DataFrame(plan | dict(zip(ACTIVITIES, raw / raw.sum(axis=0), strict=True)))


def with_plan(scenario: Scenario, name: str, plan: dict[str, Array]) -> Scenario:
    """The scenario with a mediator that follows a plan, or with a row for each plan."""
    spec, weeks = scenario.mediators[name], scenario.clock.weeks
    thirds = {"early": 0, "middle": weeks // 3, "late": 2 * weeks // 3}
    steps = [EffortStep.model_construct(since=week, effort=plan[third]) for third, week in thirds.items()]
    activities = spec.activities.model_copy(update={activity: plan[activity] for activity in ACTIVITIES})
    changed = spec.model_copy(update={"effort": steps, "activities": activities})
    return scenario.model_copy(update={"mediators": {**scenario.mediators, name: changed}})


def parties(setup: Setup, name: str, count: int) -> pd.DataFrame:
    """Outcomes of scripted parties in this seat: time tactics from stubborn to yielding, short or long clocks.

    Columns of the plan come first: `beta`, `expected_rounds`, and `half_way`, rounds after which it has given way by
    half.
    """
    shape, length = latin(count, 2)
    beta, rounds = 0.15 * (5.0 / 0.15) ** shape, 4.0 * (30.0 / 4.0) ** length
    changed = setup.scenario.parties[name].model_copy(update={"expected_rounds": rounds})
    scenario = setup.scenario.model_copy(update={"parties": {**setup.scenario.parties, name: changed}})
    plan = pd.DataFrame({"beta": beta, "expected_rounds": rounds, "half_way": rounds * 0.5**beta})
    model = _run(scenario, count, setup.chance(count), {name: TimeDependent(beta)})
    table = outcomes(model)
    model.release()
    return pd.concat([plan, table], axis=1)


def latin(rows: int, columns: int) -> list[Array]:
    """Points of a Latin hypercube in [0, 1): each column has one number in each of `rows` equal strata."""
    rng = np.random.default_rng(FIXED)
    return [(rng.permutation(rows) + rng.random(rows)) / rows for _ in range(columns)]


def _run(scenario: Scenario, rows: int, chance: Chance, tactics: dict[str, Tactic]) -> NegotiationModel:
    model = NegotiationModel(scenario, rows, chance.seed, chance.first, tactics=tactics, told=0, chance=chance)
    while model.running:
        model.step()
    return model
