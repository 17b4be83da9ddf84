"""The array helpers: the same numbers for one replication and for a thousand, however they lie in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import all_of, any_of, at, mean, one_after_the_other, places, smallest, total, within

rows = st.integers(1, 6).flatmap(lambda n: st.integers(1, 40).map(lambda width: (n, width)))
seeds = st.integers(0, 2**32 - 1)


@given(rows, seeds)
def test_taking_few_of_many_gives_the_same_however_they_lie(shape: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    table, here = rng.normal(size=shape), rng.integers(0, shape[1], 7)
    taken = at(here, one_after_the_other(table))
    np.testing.assert_array_equal(taken, table[:, here])
    assert taken.flags.c_contiguous


@given(rows, seeds)
def test_sums_and_means_are_those_of_each_replication_alone(shape: tuple[int, int], seed: int) -> None:
    table = np.random.default_rng(seed).normal(size=shape)
    for r in range(shape[1]):
        alone = [row[r : r + 1] for row in table]
        assert total(table)[r] == total(alone)[0]
        assert mean(list(table))[r] == mean(alone)[0]
        assert smallest(table)[r] == table[:, r].min()
    np.testing.assert_allclose(mean(list(table)), table.mean(axis=0), atol=1e-12)


@given(rows, seeds)
def test_masks_join(shape: tuple[int, int], seed: int) -> None:
    masks = np.random.default_rng(seed).random(shape) < 0.5
    np.testing.assert_array_equal(all_of(masks), masks.all(axis=0))
    np.testing.assert_array_equal(any_of(masks), masks.any(axis=0))
    np.testing.assert_array_equal(places(masks[0]), np.flatnonzero(masks[0]))


def test_what_is_no_number_stays_none() -> None:
    np.testing.assert_array_equal(within(-1, np.array([-2.0, np.nan, 0.5, 2.0]), 1), [-1, np.nan, 0.5, 1])


@dataclass(frozen=True)
class Pair:
    """A number for all, and one for each."""

    one: float
    each: np.ndarray | float


def test_a_dataclass_without_arrays_stays_as_it_is() -> None:
    plain, here = Pair(1.0, 2.0), np.array([1])
    assert at(here, plain) is plain
    assert at(here, (plain, 3)) == (plain, 3)
    chosen = at(here, Pair(1.0, np.array([4.0, 5.0])))
    assert (chosen.one, chosen.each) == (1.0, pytest.approx([5.0]))
