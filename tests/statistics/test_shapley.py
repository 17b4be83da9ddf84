"""Shapley's shares: the laws that define them, and the definition itself, over every order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Array
from sim.statistics.shapley import added, coalitions_of, drawn_orders, mean_over_orders, shares
from tests.seldom import examples

SEEDS = st.integers(0, 2**32 - 1)


def game(seed: int, k: int, histories: int = 5) -> dict[int, Array]:
    """Any values of every coalition."""
    drawn = np.random.default_rng(seed).uniform(-100, 200, (2**k, histories))
    return dict(enumerate(drawn))


def without_bit(coalition: int, bit: int) -> int:
    return coalition & ~(1 << bit)


def swapped(coalition: int) -> int:
    """The coalition with the first mechanism for the second, and the second for the first."""
    return coalition & ~3 | (coalition & 1) << 1 | coalition >> 1 & 1


@examples(0.5)
@given(SEEDS, st.integers(1, 8))
def test_shares_add_up_in_every_history(seed: int, k: int) -> None:
    values = game(seed, k)
    np.testing.assert_allclose(shares(values, k).sum(axis=0), values[2**k - 1] - values[0], rtol=0, atol=1e-12 * 200)
    orders = drawn_orders(k, 6, seed)
    drawn = mean_over_orders(added(values, orders))
    np.testing.assert_allclose(drawn.sum(axis=0), values[2**k - 1] - values[0], rtol=0, atol=1e-12 * 200)


@examples(0.5)
@given(SEEDS, st.integers(2, 6))
def test_what_does_nothing_has_nothing(seed: int, k: int) -> None:
    values = game(seed, k)
    idle = {coalition: values[without_bit(coalition, 1)] for coalition in values}
    assert (shares(idle, k)[1] == 0).all()
    assert (mean_over_orders(added(idle, drawn_orders(k, 4, seed)))[1] == 0).all()


@examples(0.5)
@given(SEEDS, st.integers(2, 6))
def test_two_that_do_the_same_have_the_same(seed: int, k: int) -> None:
    values = game(seed, k)
    like = {coalition: values[min(coalition, swapped(coalition))] for coalition in values}
    first, second = shares(like, k)[:2]
    np.testing.assert_allclose(first, second, rtol=0, atol=1e-12 * 200)


@examples(0.5)
@given(SEEDS, st.integers(1, 4))
def test_they_are_the_average_over_every_order(seed: int, k: int) -> None:
    values, found = game(seed, k), []
    for order in permutations(range(k)):
        one, coalition = np.zeros((k, 5)), 0
        for each in order:
            one[each] = values[coalition | 1 << each] - values[coalition]
            coalition |= 1 << each
        found.append(one)
    np.testing.assert_allclose(shares(values, k), np.mean(found, axis=0), rtol=0, atol=1e-12 * 200)
    every = np.array(list(permutations(range(k))))
    np.testing.assert_allclose(mean_over_orders(added(values, every)), shares(values, k), rtol=0, atol=1e-12 * 200)


def test_a_history_has_its_own_whichever_stand_beside_it() -> None:
    values = game(3, 5, 40)
    alone = {coalition: each[7:8] for coalition, each in values.items()}
    assert (shares(values, 5)[:, 7:8] == shares(alone, 5)).all()
    orders = drawn_orders(5, 8, 1)
    assert (mean_over_orders(added(values, orders))[:, 7:8] == mean_over_orders(added(alone, orders))).all()


def test_an_example_of_two_that_only_together_save() -> None:
    values = dict(enumerate(np.array([[0.0], [0], [0], [1]])))
    assert shares(values, 2).tolist() == [[0.5], [0.5]]


@pytest.mark.parametrize(("k", "count"), [(9, 32), (13, 4)])
def test_orders_come_in_pairs_and_need_few_coalitions(k: int, count: int) -> None:
    orders = drawn_orders(k, count, 7)
    assert (np.sort(orders, axis=1) == np.arange(k)).all()
    assert (orders[1::2] == orders[::2, ::-1]).all()
    assert (orders == drawn_orders(k, count, 7)).all()
    assert (orders != drawn_orders(k, count, 8)).any()
    needed = list(coalitions_of(orders))
    assert len(needed) <= count * (k - 1) + k + 2
    values = {coalition: np.zeros(1) for coalition in needed}
    added(values, orders)  # none is missing
