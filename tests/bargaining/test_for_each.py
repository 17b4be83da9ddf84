"""Offers to several others, each of whom must like it: the largest product of gains at what the proposer asks for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from sim.arrays import at
from sim.bargaining.for_each import best_for_each
from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Package, Preferences
from tests.seldom import examples

from .groups import random_group

seeds = st.integers(0, 2**32 - 1)
SHAPES = [(3, 4, ()), (3, 3, (2,)), (4, 3, (2, 2)), (3, 0, (3, 3))]
shapes = st.sampled_from(SHAPES)
quick = examples(0.4)


def offer_of(
    parties: list[Preferences], least: np.ndarray, aspiration: np.ndarray, claims: np.ndarray | None = None
) -> Package:
    mine, *others = parties
    claims = np.full_like(least, np.inf) if claims is None else claims
    return best_for_each(mine, others, least, claims, aspiration, TradeOff.between(mine, others))


def gains_of(others: list[Preferences], least: np.ndarray, offer: Package) -> np.ndarray:
    return np.array([other.utility(offer) for other in others]) - least


def rows_of(wants: Preferences, o: int) -> tuple[np.ndarray, float]:
    """Slopes on the scales, and what a combination is worth with all of them at their low ends.  R = 1"""
    return wants.rises[:, 0], float(wants.base[0] + wants.combined[o, 0])


def largest_smallest_gain(
    parties: list[Preferences], least: np.ndarray, aspiration: float, shares: np.ndarray | float = 1.0
) -> float:
    """The most that the other who gains least, by shares, can have where I have my aspiration: a linear program."""
    mine, *others = parties
    found = [-np.inf]
    for o in range(len(mine.combined)):
        slopes, base = rows_of(mine, o)
        upper, limits = [[*-slopes, 0.0]], [base - aspiration]
        for other, no, share in zip(others, least[:, 0], (shares + np.zeros_like(least))[:, 0], strict=True):
            theirs, worth = rows_of(other, o)
            upper.append([*-theirs, share])
            limits.append(worth - no)
        goal = [*np.zeros(len(slopes)), -1.0]
        answer = linprog(goal, A_ub=upper, b_ub=limits, bounds=[*[(0, 1)] * len(slopes), (-2, 2)])
        found.append(-answer.fun if answer.status == 0 else -np.inf)
    return max(found)


def largest_product(parties: list[Preferences], least: np.ndarray, aspiration: float) -> float:
    """The largest sum of logs of gains where I have my aspiration and nobody loses, by sequential programming."""
    mine, *others = parties
    found = [-np.inf]
    for o in range(len(mine.combined)):
        slopes, base = rows_of(mine, o)
        theirs = [rows_of(other, o) for other in others]

        def worth(x, theirs=theirs):
            gains = [s @ x + w - no for (s, w), no in zip(theirs, least[:, 0], strict=True)]
            return -sum(np.log(np.maximum(gains, 1e-9)))

        fits = {"type": "ineq", "fun": lambda x, s=slopes, b=base: s @ x + b - aspiration}
        for start in (0.5, 0.3, 0.7):
            x = np.full(len(slopes), start)
            answer = minimize(worth, x, bounds=[(0, 1)] * len(x), constraints=[fits], method="SLSQP")
            if fits["fun"](answer.x) > -1e-7:
                found.append(-answer.fun)
    return max(found)


@quick
@given(seeds, shapes, st.floats(0.3, 0.9))
def test_nobody_is_offered_what_it_must_decline_if_all_could_gain(seed, shape, aspiration):
    """A proposer that knows everything: if some package worth its aspiration brings each other one something, so does
    the one that it tables."""
    rng = np.random.default_rng(seed)
    parties, scales, options = shape
    group = random_group(rng, parties, scales, options).preferences()
    least = rng.uniform(0.3, 0.8, (parties - 1, 1))
    offer = offer_of(group, least, np.array([aspiration]))
    best = largest_smallest_gain(group, least, aspiration)
    if best > -np.inf:
        assert group[0].utility(offer) >= aspiration - 1e-9
    if best > 0.002:
        assert gains_of(group[1:], least, offer).min() > 0


@quick
@given(seeds, shapes, st.floats(0.3, 0.9), st.floats(0.2, 0.99))
def test_nobody_is_offered_less_than_it_would_take_if_all_could_have_that(seed, shape, aspiration, spare):
    """Claims that some package worth its aspiration meets, with a little to spare, are met by what it tables."""
    rng = np.random.default_rng(seed)
    parties, scales, options = shape
    group = random_group(rng, parties, scales, options).preferences()
    least = rng.uniform(0.1, 0.4, (parties - 1, 1))
    shares = rng.uniform(0.2, 1, (parties - 1, 1))
    most = largest_smallest_gain(group, least, aspiration, shares)
    if most > 0.05:
        claims = shares * most * spare
        gains = gains_of(group[1:], least, offer_of(group, least, np.array([aspiration]), claims))
        exact = parties == 3
        assert (gains >= claims - (1e-6 if exact else 0.01)).all()


def test_what_lies_beyond_a_claim_goes_to_the_one_who_still_declines():
    """One pie for each of two others: a claim of 0.2 leaves 0.8 to the one who claims 0.7."""
    none = np.zeros((1, 1))
    mine = Preferences.of(np.ones(1), np.array([[-1.0], [-1.0]]), none)
    others = [Preferences.of(np.zeros(1), np.array(rises), none) for rises in ([[1.0], [0.0]], [[0.0], [1.0]])]
    least, claims = np.zeros((2, 1)), np.array([[0.2], [0.7]])
    budget = np.array([0.1])
    without = offer_of([mine, *others], least, budget)
    np.testing.assert_allclose(gains_of(others, least, without).ravel(), [0.45, 0.45])
    with_claims = offer_of([mine, *others], least, budget, claims)
    np.testing.assert_allclose(gains_of(others, least, with_claims).ravel(), [0.2, 0.7])


def test_what_is_best_for_all_together_may_be_nothing_for_one_of_them():
    """So the law is not one of the other offers."""
    rng, broken = np.random.default_rng(8), 0
    for _ in range(60):
        group = random_group(rng, 3, 4).preferences()
        least = rng.uniform(0.3, 0.8, (2, 1))
        together = TradeOff.between(group[0], group[1:]).best_for_others(np.array([0.6]))
        could = largest_smallest_gain(group, least, 0.6) > 0.002
        broken += could and gains_of(group[1:], least, together).min() <= 0
    assert broken > 2


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_it_has_the_largest_product_of_gains(shape):
    """The mean gain, a geometric mean, to 0.002."""
    parties, scales, options = shape
    for seed in range(8):
        rng = np.random.default_rng(seed)
        group = random_group(rng, parties, scales, options).preferences()
        least, aspiration = rng.uniform(0.1, 0.5, (parties - 1, 1)), rng.uniform(0.3, 0.8)
        gains = gains_of(group[1:], least, offer_of(group, least, np.array([aspiration])))
        if largest_smallest_gain(group, least, aspiration) > 0.01:
            best = largest_product(group, least, aspiration)
            assert np.exp(np.log(np.maximum(gains, 1e-9)).mean()) >= np.exp(best / (parties - 1)) - 0.002


@quick
@given(seeds, st.sampled_from([(2, 4, ()), (2, 3, (3, 2)), (2, 0, (3, 3))]), st.floats(0.1, 0.9))
def test_to_a_single_other_it_is_the_offer_that_is_best_for_that_one(seed, shape, aspiration):
    mine, other = random_group(np.random.default_rng(seed), *shape).preferences()
    asks, least = np.array([aspiration]), np.array([[0.2]])
    sums = TradeOff.between(mine, [other]).best_for_others(asks)
    assert other.utility(offer_of([mine, other], least, asks)) == pytest.approx(other.utility(sums), abs=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_replication_alone_gets_the_same_offer_to_the_bit(shape):
    rng = np.random.default_rng(5)
    group = random_group(rng, *shape, width=40).preferences()
    least, aspiration = rng.uniform(0.1, 0.5, (len(group) - 1, 40)), rng.uniform(0.2, 1.1, 40)
    together = offer_of(group, least, aspiration)
    for r in range(40):
        here = np.array([r])
        alone = offer_of([at(here, each) for each in group], least[:, here], aspiration[here])
        np.testing.assert_array_equal(alone.levels, together.levels[:, here])
        np.testing.assert_array_equal(alone.combination, together.combination[here])
