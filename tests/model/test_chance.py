"""Random numbers: addressed by seed, purpose, replication and week, and by nothing else."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from sim.chance import BLOCK, WINDOW, Chance, Repeated, rare, strikes

SEED = 2023


@hypothesis_settings(max_examples=60)
@given(
    first=st.integers(0, 3 * BLOCK),
    count=st.integers(1, 2 * BLOCK),
    weeks=st.lists(st.integers(0, 4 * WINDOW), min_size=1, max_size=6),
)
def test_a_number_is_the_same_however_it_is_asked_for(first: int, count: int, weeks: list[int]) -> None:
    """In any chunk, in any order of weeks, whatever was asked before."""
    one, all_of_them = Chance(SEED, first, count), Chance(SEED, 0, 5 * BLOCK)
    for week in weeks:
        expected = Chance(SEED, 0, 5 * BLOCK).week("incident", week)[first : first + count]
        np.testing.assert_array_equal(one.week("incident", week), expected)
        one.week("trip.Russia.Armenia", week)
        some = np.arange(0, count, 3)
        np.testing.assert_array_equal(one.week("incident", week, some), expected[some])
    np.testing.assert_array_equal(one.once("weight", 3), all_of_them.once("weight", 3)[:, first : first + count])


@pytest.mark.parametrize("chance", [Chance(SEED, 500, 700), Chance(SEED, 3, 2), Repeated(SEED, 510, 4, 3)])
@pytest.mark.parametrize("week", [0, 5, WINDOW])
def test_numbers_for_several_purposes_are_those_of_each(chance: Chance, week: int) -> None:
    purposes = ("walkout.one.Ann", "walkout.two.Ann", "walkout.three.Ann")
    expected = np.concatenate([chance.week(purpose, week) for purpose in purposes])
    rows = np.arange(1, len(expected), 3)
    np.testing.assert_array_equal(chance.weeks(purposes, week, rows), expected[rows])
    np.testing.assert_array_equal(chance.weeks(purposes, week), expected)


def test_numbers_are_ours_to_change() -> None:
    chance = Chance(SEED, 0, 5)
    kept = chance.week("incident", 3).copy()
    chance.week("incident", 3)[:] = 0
    first = chance.week("incident", 3)
    np.testing.assert_array_equal(first, kept)
    chance.week("incident", 3 + WINDOW)  # draws the next window into the same space
    np.testing.assert_array_equal(first, kept)


def test_numbers_are_uniform() -> None:
    chance = Chance(SEED, 0, 4000)
    for purpose in ("incident", "absence.treaty.Armenia", "ratify.border.Azerbaijan"):
        numbers = np.concatenate([chance.week(purpose, week) for week in (0, 51, 52, 400)])
        assert numbers.min() >= 0
        assert numbers.max() < 1
        assert stats.kstest(numbers, "uniform").pvalue > 0.001


def test_weeks_replications_and_purposes_are_uncorrelated() -> None:
    """Hundreds of pairs of columns, none correlated beyond chance."""
    chance, count = Chance(SEED, 0, 4000), 4000
    purposes = ["incident", "incident.severity", "trip.A.B", "trip.B.A", "return.one", "walkout.one.A", "walkout.two.A"]
    columns = np.stack([chance.week(purpose, week) for purpose in purposes for week in (0, 1, 2, 51, 52, 53)])
    off_diagonal = np.corrcoef(columns)[np.triu_indices(len(columns), 1)]
    assert abs(off_diagonal).max() < 4.5 / np.sqrt(count)
    assert np.mean(off_diagonal**2) == pytest.approx(1 / count, rel=0.2)


def test_blocks_of_replications_are_uncorrelated() -> None:
    blocks = Chance(SEED, 0, 15 * BLOCK).week("incident", 7).reshape(15, BLOCK)
    assert abs(np.corrcoef(blocks)[np.triu_indices(15, 1)]).max() < 4.5 / np.sqrt(BLOCK)


def test_another_seed_changes_every_number() -> None:
    a, b = (Chance(seed, 0, 1000).week("incident", 7) for seed in (1, 2))
    assert not np.any(a == b)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.15


def test_another_process_draws_the_same() -> None:
    """Purposes are hashed by their letters; Python's own hash differs from process to process."""
    script = "from sim.chance import Chance; print(Chance(5, 300, 2).week('trip.Chair.Été', 60).tolist())"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(Chance(5, 300, 2).week("trip.Chair.Été", 60).tolist())


def test_what_is_rare_strikes_where_it_would_if_the_hazard_were_worked_out_everywhere() -> None:
    rng = np.random.default_rng(1)
    luck, hazard = rng.random(5000), rng.random(5000) * 0.1
    hazard[:50] = 0.0
    asked: list[int] = []

    def hazard_at(here: np.ndarray) -> np.ndarray:
        asked.extend(here.tolist())
        return hazard[here]

    assert rare(luck, 0.1, hazard_at).tolist() == np.flatnonzero(strikes(luck, hazard)).tolist()
    assert asked == np.flatnonzero(luck < 0.1).tolist()
