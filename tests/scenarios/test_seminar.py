"""Among three, who knows more agrees no less: a law of the offers to several others, in the world that teaches them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import sim
from sim.scenario import load
from tests.scenarios.shipped_runs import FOLDER
from tests.seldom import seldom

PARTIES = ("Uplake", "Millford", "Saltmouth")
TALKATIVE = ("mediators.Chair.telling=0.5", "mediators.Chair.trips_per_week=3")
ALONE = ("mediators.Chair.effort=0",)


def settled(*settings: str, replications: int = 200) -> np.ndarray:
    found = sim.run(load(FOLDER / "seminar.yaml", settings), replications=replications)
    return found.outcomes["settled"].to_numpy(float)


def informed(knowledge: float) -> list[str]:
    return [f"parties.{party}.knowledge={knowledge}" for party in PARTIES]


@pytest.mark.validate
@pytest.mark.parametrize("others", [ALONE, ()])
def test_who_knows_the_others_settles_more(others: tuple[str, ...]) -> None:
    """From each level of knowledge to the next no fewer, by their pairs; and from the least to the most clearly more.

    With offers for the sum of the others it was the other way round: 23 % without the chair, and none at full
    knowledge.
    """
    found = [settled(*others, *informed(known)) for known in (0.0, 0.5, 1.0)]
    for less, more in pairwise(found):
        assert (more - less).mean() > -2 * standard_error(more - less)
    assert (found[-1] - found[0]).mean() > 2 * standard_error(found[-1] - found[0])


@pytest.mark.parametrize(
    ("key", "values", "others"),
    [
        seldom("telling", (0.0, 0.08, 0.25, 1.0), ()),
        seldom("trips_per_week", (0.0, 0.8, 3.0), ()),
        seldom("independence", (0.0, 0.5, 1.0), TALKATIVE),
    ],
)
def test_a_chair_that_tells_more_never_lowers_settlement(
    key: str, values: tuple[float, ...], others: tuple[str]
) -> None:
    found = [settled(*others, f"mediators.Chair.{key}={value}", replications=1000) for value in values]
    for less, more in pairwise(found):
        assert (more - less).mean() > -2 * standard_error(more - less)
    assert found[-1].mean() > found[0].mean()


def standard_error(differences: np.ndarray) -> float:
    return float(differences.std() / np.sqrt(len(differences)))
