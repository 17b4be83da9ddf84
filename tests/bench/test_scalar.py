"""The benchmark's opponent must play by the simulator's rules, and leave no model behind."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import mesa
import pandas as pd
import pytest

from sim.experiments.run import run
from sim.scenario import Scenario, load
from tests.bench import scalar

BASELINE = Path(__file__).parents[2] / "scenarios" / "mechanisms-off.yaml"
FEW, MANY = 500, 1000
SHARE = 0.1  # three to four standard errors of the difference between two shares of so many histories
COUNT = 0.08  # relatively; three to four standard errors too, since counts vary by a third of their mean or so


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load(BASELINE)


@pytest.fixture(scope="module")
def theirs(baseline: Scenario) -> pd.DataFrame:
    return pd.DataFrame(scalar.run(baseline, FEW, seed=1))


@pytest.fixture(scope="module")
def ours(baseline: Scenario) -> pd.DataFrame:
    return run(baseline, replications=MANY, jobs=1).outcomes


@pytest.mark.validate
@pytest.mark.parametrize("share", ["settled", "lasting", "agreed.transport", "agreed.border", "agreed.treaty"])
def test_as_many_histories_end_well(share: str, theirs: pd.DataFrame, ours: pd.DataFrame) -> None:
    assert theirs[share].mean() == pytest.approx(ours[share].mean(), abs=SHARE)


@pytest.mark.validate
@pytest.mark.parametrize(
    "count", ["rounds.transport", "rounds.border", "rounds.treaty", "trips", "drafts", "disruptions"]
)
def test_as_much_happens(count: str, theirs: pd.DataFrame, ours: pd.DataFrame) -> None:
    assert theirs[count].mean() == pytest.approx(ours[count].mean(), rel=COUNT)


@pytest.mark.validate
@pytest.mark.parametrize("party", ["Armenia", "Azerbaijan"])
def test_the_parties_get_as_much(party: str, theirs: pd.DataFrame, ours: pd.DataFrame) -> None:
    assert theirs[f"utility.{party}"].mean() == pytest.approx(ours[f"utility.{party}"].mean(), abs=0.02)


def test_the_same_seed_gives_the_same_history(baseline: Scenario) -> None:
    assert scalar.history(baseline, 7) == scalar.history(baseline, 7)


def test_a_finished_model_is_forgotten(baseline: Scenario) -> None:
    def alive() -> list[Any]:
        gc.collect()
        return [thing for thing in gc.get_objects() if isinstance(thing, scalar.Talks)]

    scalar.history(baseline, 3)
    assert not alive()
    assert not [model for model in mesa.Agent._ids if isinstance(model, scalar.Talks)]
