"""Values and utilities: the published shape, and the stretches held to the plain sum that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import at
from sim.bargaining.interactions import Interaction
from sim.bargaining.preferences import Agenda, Package, value
from tests.seldom import examples

from .groups import random_group, random_package

groups = st.builds(
    lambda seed, parties, scales, options, hold: random_group(
        np.random.default_rng(seed), parties, scales if scales or options else 1, tuple(options), width=5, hold=hold
    ),
    st.integers(0, 2**32 - 1),
    st.integers(2, 4),
    st.integers(0, 4),
    st.lists(st.integers(1, 4), max_size=3),
    st.sampled_from([0.0, 0.1]),
)
quick = examples(1.2)


@pytest.mark.parametrize("position", [0.0, 0.2, 0.5, 0.7, 1.0])
def test_value_is_one_at_the_ideal_point_and_zero_at_the_farther_end(position):
    ends = value(np.array([0.0, 1.0]), np.full(2, position))
    assert value(np.array([position]), np.array([position])) == 1
    assert min(ends) == pytest.approx(0, abs=1e-15)
    assert max(ends) == pytest.approx(1 - min(position, 1 - position) / max(position, 1 - position))


@quick
@given(groups, st.integers(0, 1000))
def test_stretches_give_the_utility_of_the_plain_sum(group, seed):
    package = random_package(np.random.default_rng(seed), group)
    settlements = group.agenda.settlements(package)
    for i, wants in enumerate(group.preferences()):
        np.testing.assert_allclose(wants.utility(package), group.utility(i, settlements), atol=1e-12)


@quick
@given(groups, st.integers(0, 1000))
def test_a_package_and_its_settlements_say_the_same(group, seed):
    agenda, package = group.agenda, random_package(np.random.default_rng(seed), group)
    settlements = agenda.settlements(package)
    again = agenda.package(settlements)
    np.testing.assert_array_equal(again.combination, package.combination)
    for issue, points in agenda.settlements(again).items():
        np.testing.assert_allclose(points, settlements[issue], atol=1e-12)
        assert points.shape == (group.width,)


@quick
@given(groups, st.integers(0, 1000))
def test_utilities_lie_between_nothing_and_everything_without_commitments(group, seed):
    package = random_package(np.random.default_rng(seed), group)
    for wants in group.preferences():
        held = sum(hold for _, hold in group.held.values()) if group.held else 0.0
        utility = wants.utility(package)
        assert np.all(utility >= -held - 1e-12)
        assert np.all(utility <= 1 + 1e-12)


def test_weights_count_only_in_proportion():
    group = random_group(np.random.default_rng(1), scales=3, options=(2,))
    tenfold = group.preferences({issue: 10 * weight for issue, weight in group.weights.items()})
    for one, ten in zip(group.preferences(), tenfold, strict=True):
        np.testing.assert_allclose(one.rises, ten.rises)
        np.testing.assert_allclose(one.combined, ten.combined)


def test_a_commitment_costs_what_it_says_to_leave():
    group = random_group(np.random.default_rng(2), scales=1, options=(3,), hold=0.07)
    free = random_group(np.random.default_rng(2), scales=1, options=(3,))
    package = random_package(np.random.default_rng(3), group)
    settled = group.agenda.settlements(package)
    cost = 0.07 * abs(settled["s0"] - group.held["s0"][0])
    for i, wants in enumerate(group.preferences()):
        np.testing.assert_allclose(wants.utility(package), free.utility(i, settled) - cost)


def test_a_blend_of_preferences_blends_utilities():
    rng = np.random.default_rng(4)
    group, share = random_group(rng, options=(2, 3), width=7), rng.uniform(size=7)
    (one, other), package = group.preferences(), random_package(rng, group)
    blended = one.blend(other, share).utility(package)
    np.testing.assert_allclose(blended, share * one.utility(package) + (1 - share) * other.utility(package))


@pytest.mark.parametrize("scales", [0, 2])
def test_a_choice_of_replications_is_the_same_as_in_the_whole(scales):
    """Groups of options only have no stretches, yet the same number of replications."""
    group, here = random_group(np.random.default_rng(5), scales=scales, options=(2, 2), width=9), np.array([8, 2, 5])
    package = random_package(np.random.default_rng(6), group)
    for wants in group.preferences():
        assert wants.rises.shape == (len(group.agenda.starts), 9)
        np.testing.assert_array_equal(at(here, wants).utility(package.at(here)), wants.utility(package)[here])
    chosen = group.agenda.at(here).settlements(package.at(here))
    for issue, points in group.agenda.settlements(package).items():
        np.testing.assert_array_equal(chosen[issue], points[here])


def test_packages_are_written_and_chosen_by_replication():
    blank = Package(np.full((2, 3), np.nan), np.full(3, -1))
    text = Package(np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([4, 5]))
    blank.put(np.array([2, 0]), text)
    np.testing.assert_array_equal(blank.levels[:, [2, 0]], text.levels)
    np.testing.assert_array_equal(blank.combination, [5, -1, 4])
    other = Package(np.zeros((2, 3)), np.zeros(3, dtype=int))
    mixed = other.where(np.array([True, False, True]), blank)
    np.testing.assert_array_equal(mixed.combination, [5, 0, 4])
    np.testing.assert_array_equal(mixed.levels[:, 1], 0)


def test_a_scale_on_which_all_want_the_same_is_settled_there():
    agenda = Agenda.cut({"s": [np.array([0.3]), np.array([0.3])]}, {}, {})
    assert agenda.settlements(Package(np.array([[1.0]]), np.array([0])))["s"] == pytest.approx(0.3)


TWO = Agenda.cut({}, {"road": ("left", "built"), "toll": ("none", "low", "high")}, {})


def interacting(*interactions: Interaction):
    """Utilities of the six combinations, (left, none), (left, low), ... (built, high), where issues interact."""
    values = {"road": [np.zeros(1), np.ones(1)], "toll": [np.full(1, worth) for worth in (0.0, 0.5, 1.0)]}
    weights = {"road": np.ones(1), "toll": np.ones(1)}
    return TWO.preferences({}, values, weights, interactions).combined.ravel()


def test_issues_that_interact_are_worth_more_together_or_less():
    """(built, low) is worth 0.75 alone and 1.15 with the interaction, which is then the most there is."""
    both = Interaction({"road": 1, "toll": 1}, np.array([0.4]))
    assert interacting() == pytest.approx([0, 0.25, 0.5, 0.5, 0.75, 1])
    assert interacting(both) == pytest.approx(np.array([0, 0.25, 0.5, 0.5, 1.15, 1]) / 1.15)
    against = Interaction({"road": 1, "toll": 2}, np.array([-1.5]))
    assert interacting(both, against) == pytest.approx((np.array([0, 0.25, 0.5, 0.5, 1.15, -0.5]) + 0.5) / 1.65)


def test_interactions_add_up_in_any_order():
    one, two = (Interaction({"road": n, "toll": 1}, np.array([0.3])) for n in (0, 1))
    np.testing.assert_allclose(interacting(one, two), interacting(two, one), atol=1e-15)
    assert interacting(one, one) == pytest.approx(interacting(Interaction(one.options, np.array([0.6]))))


def test_who_finds_all_packages_alike_is_content_with_each():
    undo = [Interaction({"road": n, "toll": t}, -np.array([0.5 * n + 0.25 * t])) for n in (0, 1) for t in (0, 1, 2)]
    assert interacting(*undo) == pytest.approx(1)
