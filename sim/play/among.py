"""A thousand scripted players who face the very chance that the person faced.

Their settings are a fixed Latin hypercube (McKay, Beckman and Conover 1979), so that the same game always stands among
the same thousand. All run in one model, a row each. Shapes: R rows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.bargaining.tactics import Tactic, TimeDependent
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play.game import Setup
from sim.scenario.schema import ACTIVITIES, EffortStep, Mediator, Scenario

SCRIPTED = 1000
FIXED = 20230216  # seed of the hypercube


def mediators(setup: Setup, name: str, allowance: float, count: int = SCRIPTED) -> pd.DataFrame:
    """Outcomes of scripted mediators: level of effort up to the scenario's, early or late, any split of activities.

    Columns of the plan come first: `early`, `middle`, `late` (efforts in the thirds of the talks) and the shares.
    allowance: mediator-weeks that the scenario gives the talks.
    """
    spec, weeks = setup.scenario.mediators[name], setup.scenario.clock.weeks
    level, tilt, *luck = latin(count, 2 + len(ACTIVITIES))
    slope, mean = 2 * tilt - 1, level * allowance / weeks
    thirds = {"early": 1 - slope, "middle": np.ones(count), "late": 1 + slope}
    plan = {third: np.minimum(mean * factor, 1.0) for third, factor in thirds.items()}
    raw = -np.log(np.maximum(np.stack(luck), 1e-12))  # shares spread evenly over all splits
    plan |= dict(zip(ACTIVITIES, raw / raw.sum(axis=0), strict=True))
    scenario = _with_mediator(setup.scenario, name, spec, plan, [0, weeks // 3, 2 * weeks // 3])
    return pd.concat([pd.DataFrame(plan), _run(setup, scenario, count, {})], axis=1)


def _with_mediator(
    scenario: Scenario, name: str, spec: Mediator, plan: dict[str, Array], starts: list[int]
) -> Scenario:
    efforts = [plan[third] for third in ("early", "middle", "late")]
    steps = [EffortStep.model_construct(since=week, effort=x) for week, x in zip(starts, efforts, strict=True)]
    activities = spec.activities.model_copy(update={activity: plan[activity] for activity in ACTIVITIES})
    changed = spec.model_copy(update={"effort": steps, "activities": activities})
    return scenario.model_copy(update={"mediators": {**scenario.mediators, name: changed}})


def parties(setup: Setup, name: str, count: int = SCRIPTED) -> pd.DataFrame:
    """Outcomes of scripted parties in this seat: time tactics from stubborn to yielding, short or long clocks.

    Columns of the plan come first: `beta`, `expected_rounds`, and `half_way`, rounds after which it has given way by
    half.
    """
    shape, length = latin(count, 2)
    beta, rounds = 0.15 * (5.0 / 0.15) ** shape, 4.0 * (30.0 / 4.0) ** length
    changed = setup.scenario.parties[name].model_copy(update={"expected_rounds": rounds})
    scenario = setup.scenario.model_copy(update={"parties": {**setup.scenario.parties, name: changed}})
    plan = pd.DataFrame({"beta": beta, "expected_rounds": rounds, "half_way": rounds * 0.5**beta})
    return pd.concat([plan, _run(setup, scenario, count, {name: TimeDependent(beta)})], axis=1)


def latin(rows: int, columns: int) -> list[Array]:
    """Points of a Latin hypercube in [0, 1): each column has one number in each of `rows` equal strata."""
    rng = np.random.default_rng(FIXED)
    return [(rng.permutation(rows) + rng.random(rows)) / rows for _ in range(columns)]


def _run(setup: Setup, scenario: Scenario, count: int, tactics: dict[str, Tactic]) -> pd.DataFrame:
    model = NegotiationModel(
        scenario, count, setup.seed, setup.replication, tactics=tactics, told=0, chance=setup.chance.wide(count)
    )
    while model.running:
        model.step()
    table = outcomes(model)
    model.release()
    return table
