"""Frontiers: every corner is undominated, none is missing, and two ways of finding them agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.bargaining import pareto
from sim.bargaining.solutions import frontier
from tests.seldom import examples

from .groups import random_group

seeds = st.integers(0, 2**32 - 1)
quick = examples(0.4)


def arrays(seed, shape, hold=0.0):
    """(rises (P, S), moves (P, O), corners (P, N)) of a random group."""
    wants = random_group(np.random.default_rng(seed), *shape, hold=hold).preferences()
    rises = np.stack([w.rises[:, 0] for w in wants])
    moves = np.stack([w.base[0] + w.combined[:, 0] for w in wants])
    return rises, moves, frontier(wants, np.zeros(len(wants))).corners


def room(rises, move, point):
    """The most that the parties together can gain from a point while nobody loses; -inf if somebody must."""
    answer = linprog(-rises.sum(axis=0), A_ub=-rises, b_ub=move - point + 1e-11, bounds=(0, 1))
    return (move - point).sum() - answer.fun if answer.status == 0 else -np.inf


def test_undominated_points_are_distinct_and_keep_their_order():
    points = np.array([[1, 3, 2, 3, 0.5, 2], [3, 1, 2, 1, 3, 1.5]])
    assert pareto.undominated(points).tolist() == [0, 1, 2]


@quick
@given(seeds, st.integers(2, 4))
def test_undominated_points_by_the_definition(seed, parties):
    points = np.random.default_rng(seed).integers(0, 6, (parties, 60)).astype(float)
    beaten = [any(np.all(q >= p) and np.any(q > p) for q in points.T) for p in points.T]
    first = [not any(np.all(points[:, m] == points[:, n]) for m in range(n)) for n in range(60)]
    expected = [n for n in range(60) if first[n] and not beaten[n]]
    assert pareto.undominated(points).tolist() == expected


def one_by_one(points):
    """The same, the best by sum first and each compared with all that are kept."""
    kept = []
    for n in np.argsort(-points.sum(axis=0), kind="stable"):
        if not any(np.all(points[:, m] >= points[:, n] - pareto.SAME) for m in kept):
            kept.append(n)
    return sorted(kept)


def some_points(rng, parties, kind, count=80):
    """Points (parties, count) anywhere, all on a frontier, on a few steps, close together, or along a fine chain."""
    if kind == "steps":
        return rng.integers(0, 6, (parties, count)) * 0.1
    if kind == "together":
        return 0.3 + rng.integers(-3, 4, (parties, count)) * rng.choice([1e-16, 3e-13, 1e-12, 4e-12, 2e-11])
    if kind == "chain":
        steps = np.cumsum(rng.choice([0, 1e-13, 1e-12, 1e-11, 3.9e-11, 5e-11, 0.01], (parties, count)), axis=1)
        steps[-1] *= -1
        return rng.permuted(steps, axis=1) if rng.random() < 0.2 else steps[:, rng.permutation(count)]
    points = rng.random((parties, count))
    if kind == "front":
        points[-1] = parties - points[:-1].sum(axis=0)
    return points


kinds = st.sampled_from(["anywhere", "front", "steps", "together", "chain"])


@examples(1.2)
@given(seeds, st.integers(2, 5), kinds, st.sampled_from([0, 1e-16, 3e-12]), st.sampled_from([1, 10**6]))
def test_points_that_are_nearly_equal_count_as_one(seed, parties, kind, noise, compared):
    """Whether many points are compared at once, or few."""
    rng = np.random.default_rng(seed)
    points = some_points(rng, parties, kind)
    points = np.concatenate([points, points + rng.normal(0, noise, points.shape)], axis=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pareto, "COMPARED", compared)
        assert pareto.undominated(points).tolist() == one_by_one(points)


def test_for_two_parties_a_sort_decides_nearly_all(monkeypatch):
    """100,000 points, none on the frontier, all, or each twice: whoever is left is compared with one other point."""
    compared = []

    def counted(points, waiting, cluster):
        compared.append(len(waiting))
        return in_full(points, waiting, cluster)

    in_full = pareto._round
    monkeypatch.setattr(pareto, "_round", counted)
    rng = np.random.default_rng(0)
    along = np.linspace(0, 1, 100_000)
    front = np.stack([along, 1 - along])
    twice = np.repeat(front[:, ::2], 2, axis=1)
    for points in (rng.random((2, 100_000)), front, twice, twice + rng.normal(0, 1e-16, twice.shape)):
        compared.clear()
        pareto.undominated(points)
        assert sum(compared) <= 100_000


def test_points_of_three_parties_are_compared_many_at_once(monkeypatch):
    """5,000 points, all on the frontier: array calls, not points, are what a comparison costs."""
    calls = []

    def counted(these, others):
        calls.append(these.shape[1] * others.shape[1])
        return in_full(these, others)

    in_full = pareto._reaches
    monkeypatch.setattr(pareto, "_reaches", counted)
    points = some_points(np.random.default_rng(0), 3, "front", 5_000)
    assert len(pareto.undominated(points)) > 2_000
    assert len(calls) < 50
    assert max(calls) <= pareto.COMPARED


@quick
@given(seeds, st.sampled_from([(3, 2, (3, 2)), (4, 3, (4,)), (5, 2, (2, 2))]))
def test_points_that_sampled_weights_find_are_corners(seed, shape):
    rises, moves, corners = arrays(seed, shape)
    found = pareto._best_for_some(rises, moves)
    assert len(found.T) > 3
    for point in found.T:
        assert np.abs(corners - point[:, None]).max(axis=0).min() < 1e-9


def test_a_frontier_of_too_many_points_is_sampled(monkeypatch):
    rises, moves, corners = arrays(1, (4, 3, (4, 4)))
    monkeypatch.setattr(pareto, "MOST_POINTS", 10)
    some, complete = pareto.corners(rises, moves)
    assert not complete
    assert 3 < some.shape[1] < corners.shape[1]


@quick
@given(
    seeds,
    st.sampled_from([(2, 3, ()), (2, 3, (3, 3)), (2, 1, (4, 4)), (3, 2, ()), (3, 2, (3, 2)), (4, 2, (2,))]),
    st.sampled_from([0.0, 0.1]),
)
def test_no_package_dominates_a_corner_and_some_package_gives_it(seed, shape, hold):
    rises, moves, corners = arrays(seed, shape, hold)
    for corner in corners.T:
        assert max(room(rises, move, corner) for move in moves.T) == pytest.approx(0, abs=1e-8)


@quick
@given(seeds, st.sampled_from([(2, 3, ()), (2, 3, (3, 3)), (3, 3, ()), (3, 2, (3,)), (4, 2, ())]))
def test_no_corner_is_missing(seed, shape):
    """Whatever positive weights the parties have, some listed corner is as good as the best package."""
    rises, moves, corners = arrays(seed, shape)
    weights = np.random.default_rng(seed).dirichlet(np.full(len(rises), 0.5), 400)
    best = np.maximum(weights @ rises, 0).sum(axis=1) + (weights @ moves).max(axis=1)
    np.testing.assert_allclose((weights @ corners).max(axis=1), best, atol=1e-9)


@quick
@given(seeds, st.sampled_from([(2, 3, (3, 3)), (2, 4, (2,))]))
def test_between_two_parties_corners_no_package_is_above_the_lines(seed, shape):
    """The whole frontier of two parties: at any utility of the first, the second's best lies on the listed frontier."""
    rises, moves, corners = arrays(seed, shape)
    assert np.all(np.diff(corners[0]) < 0)
    assert np.all(np.diff(corners[1]) > 0)
    for first in np.random.default_rng(seed).uniform(corners[0].min(), corners[0].max(), 15):
        best = -np.inf
        for move in moves.T:
            answer = linprog(-rises[1], A_ub=-rises[:1], b_ub=[move[0] - first], bounds=(0, 1))
            best = max(best, move[1] - answer.fun) if answer.status == 0 else best
        n = int(np.searchsorted(-corners[0], -first)) - 1
        share = (corners[0, n] - first) / (corners[0, n] - corners[0, n + 1])
        line = corners[1, n] + share * (corners[1, n + 1] - corners[1, n])
        assert best <= line + 1e-9  # a gap lies below its chord
        assert best >= corners[1, n] - 1e-9


@quick
@given(seeds)
def test_the_general_method_finds_the_corners_of_two_parties(seed):
    rises, moves, corners = arrays(seed, (2, 4, ()))
    general, _ = pareto.corners(rises, moves)
    np.testing.assert_allclose(general[:, np.argsort(-general[0])], corners, atol=1e-9)


def test_options_only_give_the_distinct_undominated_points():
    _, moves, corners = arrays(3, (3, 0, (3, 4)))
    np.testing.assert_array_equal(corners, moves[:, pareto.undominated(moves)])


def test_stretches_that_point_the_same_way_make_no_corner_between_them():
    """Three parties, weights alike on two issues: moving one issue alone is nobody's corner."""
    rises = np.array([[0.3, 0.3, 0.2], [-0.3, -0.3, 0.1], [0.1, 0.1, -0.4]])
    found, _ = pareto.corners(rises, np.zeros((3, 1)))
    expected = [[0.6, -0.6, 0.2], [0.8, -0.5, -0.2], [0, 0, 0], [0.2, 0.1, -0.4]]
    assert sorted(map(tuple, found.T.round(9))) == sorted(map(tuple, expected))


def test_stretches_that_point_opposite_ways_move_against_each_other():
    """Two pairs of stretches on one line each: four corners, each pair at one end of its line or at the other."""
    one, two = np.array([0.3, -0.3, 0.1]), np.array([-0.2, 0.1, 0.4])
    found, _ = pareto.corners(np.stack([one, -one, two, -two], axis=1), np.zeros((3, 1)))
    expected = [a * one + b * two for a in (-1, 1) for b in (-1, 1)]
    assert sorted(map(tuple, found.T.round(9))) == sorted(map(tuple, np.round(expected, 9)))


def test_where_faces_are_too_many_sampled_corners_are_still_exact():
    rises, moves, corners = arrays(4, (6, 4, ()))
    assert corners.shape[1] > 50
    for corner in corners.T[::25]:
        assert room(rises, moves[:, 0], corner) == pytest.approx(0, abs=1e-8)
