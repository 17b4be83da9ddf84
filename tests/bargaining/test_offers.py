"""Offers lie on the frontier, give in the right order and know no names; texts are the solutions that they claim."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.arrays import at
from sim.bargaining import offers, solutions
from sim.bargaining.offers import Queue, TradeOff, egalitarian_package, nash_package
from sim.bargaining.preferences import Preferences
from tests.seldom import examples, seldom

from .groups import Group, random_group

seeds = st.integers(0, 2**32 - 1)
quick = examples(0.8)
SHAPES = [(2, 4, ()), (2, 3, (3, 2)), (2, 0, (3, 3)), (3, 3, (2,)), (4, 2, (2, 2))]
shapes = st.sampled_from(SHAPES)


def best_possible(mine: Preferences, others: list[Preferences], aspiration: float) -> float:
    """The most that the others together can have where I have my aspiration, by linear programming.  R = 1"""
    rises = sum(other.rises for other in others)[:, 0]
    found = []
    for o in range(len(mine.combined)):
        base = sum(other.base + other.combined[o] for other in others)[0]
        room = (mine.base + mine.combined[o])[0] - aspiration
        if not len(rises):
            found += [base] if room >= -1e-12 else []
            continue
        answer = linprog(-rises, A_ub=-mine.rises.T, b_ub=[room + 1e-12], bounds=(0, 1))
        found += [base - answer.fun] if answer.status == 0 else []
    return max(found, default=-np.inf)


@quick
@given(seeds, shapes, st.floats(0.05, 0.95), st.sampled_from([0.0, 0.1]))
def test_an_offer_is_the_best_that_the_others_can_have(seed, shape, aspiration, hold):
    """Law 4: with known preferences every offer lies on the Pareto frontier."""
    parties, scales, options = shape
    mine, *others = random_group(np.random.default_rng(seed), parties, scales, options, hold=hold).preferences()
    offer = TradeOff.between(mine, others).best_for_others(np.array([aspiration]))
    best = best_possible(mine, others, aspiration)
    if best == -np.inf:  # nothing is worth that much: my best package
        ceiling = mine.combined.max() + mine.base + np.maximum(mine.rises, 0).sum()
        assert mine.utility(offer) == pytest.approx(ceiling, abs=1e-9)
    else:
        assert mine.utility(offer) >= aspiration - 1e-9
        assert sum(other.utility(offer) for other in others) == pytest.approx(best, abs=1e-8)


@pytest.mark.parametrize("options", [(), (2, 3)])
def test_an_offer_is_worth_exactly_what_its_party_asks_for(options):
    """On opposed scales whatever I give somebody wants, so nothing above the aspiration is left with me."""
    rng = np.random.default_rng(1)
    mine, *others = random_group(rng, 2, 4, options, width=200, opposed=True).preferences()
    options_only, all_mine = mine.combined.max(axis=0), TradeOff.between(mine, others).ceiling.max(axis=0)
    aspiration = rng.uniform(options_only, all_mine)
    offer = TradeOff.between(mine, others).best_for_others(aspiration)
    np.testing.assert_allclose(mine.utility(offer), aspiration, atol=1e-12)


def test_the_worked_example_gives_what_it_says():
    outcome = doctest.testmod(offers)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_issues_are_given_in_the_order_of_what_they_bring_for_what_they_cost():
    """At each moment the stretches given whole are better bargains than those kept whole, and one is shared."""
    group = random_group(np.random.default_rng(2), 2, 6, width=300, opposed=True)
    mine, theirs = group.preferences()
    aspiration = np.random.default_rng(3).uniform(0.05, 0.95, 300)
    levels = TradeOff.between(mine, [theirs]).best_for_others(aspiration).levels
    given = abs((mine.rises > 0) - levels)
    ratio = abs(theirs.rises / mine.rises)
    worst_given = np.where(given > 0, ratio, np.inf).min(axis=0)
    best_kept = np.where(given < 1, ratio, -np.inf).max(axis=0)
    assert np.all(worst_given >= best_kept - 1e-12)
    assert np.all(((given > 1e-9) & (given < 1 - 1e-9)).sum(axis=0) <= 1)


@pytest.mark.parametrize("parties", [2, 3])
def test_with_the_fixed_pie_error_alone_every_issue_is_conceded_alike(parties):
    """Law 4: whoever believes that the others weigh issues as it does itself sees no trades to make."""
    group = random_group(np.random.default_rng(4), parties, 5, width=50, opposed=True)
    if parties == 3:  # the two others stand at the other end
        group = Group(
            {s: p * [[0], [1], [0]] + [[0], [0], [1]] for s, p in group.positions.items()}, {}, group.weights, {}, 3, 50
        )
    my_weights = {issue: np.stack([weight[0]] * parties) for issue, weight in group.weights.items()}
    mine, *imagined = group.preferences(my_weights)
    aspiration = np.linspace(0.02, 0.98, 50)
    offer = TradeOff.between(mine, imagined).best_for_others(aspiration)
    for points in group.agenda.settlements(offer).values():
        np.testing.assert_allclose(points, 1 - aspiration, atol=1e-9)


def relabelled(group: Group, order: list[int]) -> Group:
    """The same group with its parties in another order and its issues and options the other way round."""
    return Group(
        {issue: group.positions[issue][order] for issue in reversed(group.positions)},
        {issue: group.values[issue][::-1, order] for issue in reversed(group.values)},
        {issue: group.weights[issue][order] for issue in reversed(group.weights)},
        {},
        group.parties,
        group.width,
    )


@quick
@given(seeds, shapes)
def test_relabelling_relabels_the_offer_and_nothing_else(seed, shape):
    """Law 2, for parties, issues and options."""
    parties, scales, options = shape
    rng = np.random.default_rng(seed)
    group, aspiration = random_group(rng, parties, scales, options, width=6), rng.uniform(0.1, 0.9, 6)
    other, last = relabelled(group, list(range(parties))[::-1]), parties - 1
    one, two = group.preferences(), other.preferences()
    offer = TradeOff.between(one[0], one[1:]).best_for_others(aspiration)
    again = TradeOff.between(two[last], two[:last]).best_for_others(aspiration)
    renamed = other.agenda.settlements(again)
    for issue, points in group.agenda.settlements(offer).items():
        flipped = len(group.values[issue]) - 1 - renamed[issue] if issue in group.values else renamed[issue]
        np.testing.assert_allclose(points, flipped, atol=1e-9)


def with_ties(rng: np.random.Generator, parties: int, scales: int, options: tuple[int, ...]) -> list[Preferences]:
    """Preferences in 257 replications, of which a third see equal bargains everywhere."""
    group = random_group(rng, parties, scales, options, width=257, opposed=True)
    equal = np.arange(257) % 3 == 0
    weights = {issue: np.where(equal, 1.0, weight) for issue, weight in group.weights.items()}
    return group.preferences(weights)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_replication_is_the_same_alone(shape):
    """Law 8, bit for bit: offers and mediators' texts."""
    rng = np.random.default_rng(5)
    wants = with_ties(rng, *shape)
    aspiration, reservations = rng.uniform(0, 1, 257), [rng.uniform(0, 0.6, 257) for _ in wants]
    powers = [rng.uniform(0.5, 1.5, 257) for _ in wants]

    def packages(here):
        mine, kept, power = at(here, tuple(wants)), at(here, tuple(reservations)), at(here, tuple(powers))
        yield TradeOff.between(mine[0], mine[1:]).best_for_others(aspiration[here])
        yield nash_package(mine, kept, power)
        yield egalitarian_package(mine, kept)

    whole = list(packages(np.arange(257)))
    for r in (0, 1, 2, 100, 256):
        for package, alone in zip(whole, packages(np.array([r])), strict=True):
            np.testing.assert_array_equal(package.levels[:, [r]], alone.levels)
            assert package.combination[r] == alone.combination[0]


def test_the_queue_adds_up_what_stands_before_and_what_stands_beside():
    rng = np.random.default_rng(6)
    one, two = with_ties(rng, 2, 5, ())
    queue = Queue.of(one, two.rises)
    ratio = queue.gain / queue.loss
    ahead = ratio[:, None] - ratio[None]  # stretch m against stretch s
    before, beside = ahead > 1e-9, abs(ahead) <= 1e-9
    for field, amount, among in (
        (queue.spent, queue.loss, before),
        (queue.earned, queue.gain, before),
        (queue.pool, queue.loss, beside),
        (queue.yields, queue.gain, beside),
    ):
        np.testing.assert_allclose(field, (amount[:, None] * among).sum(axis=0), atol=1e-12)


def test_what_a_budget_earns_is_what_the_stretches_given_for_it_bring():
    """The short cut for choosing among combinations, against the sum; up to what costs nothing."""
    one, two = with_ties(np.random.default_rng(9), 2, 5, ())
    idle = np.arange(257) % 5 == 0
    mine = Preferences.of(one.base, np.where(idle & (np.arange(5) == 2)[:, None], 0.0, one.rises), one.combined)
    queue, budgets = Queue.of(mine, two.rises), np.random.default_rng(10).uniform(0, 1, (7, 257))
    brings = np.stack([(queue.within(budget) * queue.gain).sum(axis=0) for budget in budgets])
    free = np.where(idle, queue.gain[2], 0.0)
    np.testing.assert_allclose(queue.earns(budgets), brings - free, atol=1e-12)


def test_what_costs_nothing_is_given_and_what_helps_nobody_is_kept():
    def one(rises):
        return Preferences.of(np.zeros(1), np.array(rises)[:, None], np.zeros((1, 1)))

    mine, theirs = one([0.5, 0.0, -0.3, 0.0]), one([-0.2, 0.4, -0.1, -0.2])
    offer = TradeOff.between(mine, [theirs]).best_for_others(np.array([0.4]))
    np.testing.assert_allclose(offer.levels[:, 0], [0.8, 1, 0, 0])


# ---- mediators' texts ------------------------------------------------------------------------------------------------


@quick
@given(seeds, st.sampled_from(SHAPES[:3]), st.floats(0, 0.6), st.floats(0, 0.6))
def test_texts_for_two_parties_are_the_exact_solutions(seed, shape, first, second):
    wants = random_group(np.random.default_rng(seed), *shape).preferences()
    no_agreement = np.array([first, second])
    exact = solutions.frontier(wants, no_agreement).solutions
    if exact["nash"] is None:
        return
    each = [np.array([r]) for r in no_agreement]
    text = nash_package(wants, each, [np.ones(1)] * 2)
    fair = egalitarian_package(wants, each)
    product = np.prod([w.utility(text)[0] - r for w, r in zip(wants, no_agreement, strict=True)])
    smallest = min(w.utility(fair)[0] - r for w, r in zip(wants, no_agreement, strict=True))
    assert product == pytest.approx(np.prod(exact["nash"].utilities - no_agreement), abs=1e-9)
    assert smallest == pytest.approx(np.min(exact["egalitarian"].utilities - no_agreement), abs=1e-9)


@pytest.mark.parametrize("parties", [3, seldom(4)])
def test_texts_for_more_parties_come_as_near_as_they_claim(parties):
    rng, products, smallest = np.random.default_rng(7), [], []
    for _ in range(20):
        wants = random_group(rng, parties, 4, (2,)).preferences()
        no_agreement = rng.uniform(0.1, 0.4, parties)
        exact = solutions.frontier(wants, no_agreement).solutions
        if exact["nash"] is None:
            continue
        each = [np.array([r]) for r in no_agreement]
        texts = {
            "nash": nash_package(wants, each, [np.ones(1)] * parties),
            "egalitarian": egalitarian_package(wants, each),
        }
        gain = {name: np.array([w.utility(text)[0] for w in wants]) - no_agreement for name, text in texts.items()}
        best = {name: exact[name].utilities - no_agreement for name in texts}
        products.append([np.prod(gains["nash"]) ** (1 / parties) for gains in (best, gain)])
        smallest.append([min(gains["egalitarian"]) for gains in (best, gain)])
    assert len(products) > 10
    for found, claim in ((products, 0.001), (smallest, 0.01)):
        missed = [exactly - nearly for exactly, nearly in found]
        assert min(missed) >= -1e-8
        assert max(missed) < claim


def test_unequal_powers_divide_one_scale_in_their_proportion():
    """Harsanyi and Selten (1972): on a straight line gains are as the powers."""
    wants = random_group(np.random.default_rng(8), scales=1, opposed=True).preferences()
    text = nash_package(wants, [np.array([0.1]), np.array([0.3])], [np.array([2.0]), np.array([1.0])])
    assert wants[0].utility(text) - 0.1 == pytest.approx(0.4)
    assert wants[1].utility(text) - 0.3 == pytest.approx(0.2)
