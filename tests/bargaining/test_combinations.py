"""Where combinations of options are many, those that can be best are found without a list of all of them."""

from __future__ import annotations

import tracemalloc
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.arrays import Array
from sim.bargaining import combinations, pareto, preferences, solutions
from sim.bargaining.combinations import split
from sim.bargaining.offers import TradeOff, egalitarian_package, nash_package
from sim.bargaining.preferences import Package, Preferences
from sim.experiments.frontier import frontier
from sim.scenario import load

from .groups import Group, random_group, random_package

FOUND = Path(__file__).parents[1] / "found"

seeds = st.integers(0, 2**32 - 1)
quick = settings(derandomize=True, max_examples=25, deadline=None)
shapes = st.sampled_from(
    [(2, 0, (3, 4, 5)), (2, 2, (3, 4, 2)), (2, 1, (6, 6)), (3, 2, (3, 4, 5)), (4, 0, (4, 4, 4, 3))]
)
WIDTH = 5


def both_ways(group: Group) -> tuple[list[Preferences], list[Preferences]]:
    """The same wants, with all combinations in a table and with each issue a choice of its own."""
    few = group.preferences()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preferences, "ALL", 1)
        many = group.preferences()
    assert few[0].few
    assert not many[0].few
    return few, many


def same(one: Package, other: Package) -> None:
    np.testing.assert_array_equal(one.combination, other.combination)
    np.testing.assert_allclose(one.levels, other.levels, atol=1e-9)


@quick
@given(seeds, st.sampled_from([(3, 4), (2, 2, 2, 2), (5,), (4, 1, 3)]), st.sampled_from([1, 10, 10**6]))
def test_what_is_worth_a_look_is_what_nothing_dominates(seed: int, counts: tuple[int, ...], cells: int) -> None:
    rng = np.random.default_rng(seed)
    mine, theirs = ([rng.integers(0, 9, (k, WIDTH)) / 8 for k in counts] for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(combinations, "CELLS", cells)
        found = combinations.worth_a_look(mine, theirs)
    for r in range(WIDTH):
        sums = np.array(
            [
                [sum(side[i][k, r] for i, k in enumerate(each)) for side in (mine, theirs)]
                for each in product(*map(range, counts))
            ]
        ).T
        there = np.isfinite(found.mine[:, r])
        assert sorted(found.numbers[there, r]) == pareto.undominated(sums).tolist()
        np.testing.assert_array_equal(sums[:, found.numbers[there, r]], [found.mine[there, r], found.theirs[there, r]])


def test_nobody_at_the_table_is_no_trouble() -> None:
    assert combinations.worth_a_look([np.zeros((3, 0))], [np.zeros((3, 0))]).numbers.shape[1] == 0


def test_what_is_left_of_a_beginning_is_bounded_with_both_ends_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combinations, "MOST", 20)
    mine = [np.array([[0.0], [2.0**-n]]) for n in range(1, 13)]  # every one of the 4,096 combinations is undominated
    theirs = [-worth for worth in mine]
    found = combinations.worth_a_look(mine, theirs)
    assert len(found.numbers) <= 21
    assert {0, 2**12 - 1} <= set(found.numbers[:, 0].tolist())
    assert -np.diff(found.mine[:, 0]).min() < 1.5 / 20 * (found.mine.max() - found.mine.min())


@quick
@given(seeds, shapes, st.sampled_from([0.0, 0.1]), st.floats(0.2, 1))
def test_offers_and_texts_for_two_are_those_of_the_whole_table(seed, shape, hold, asked) -> None:
    few, many = both_ways(random_group(np.random.default_rng(seed), *shape, width=WIDTH, hold=hold))
    aspiration, nothing = np.full(WIDTH, asked), np.full(WIDTH, 0.2)
    same(*(TradeOff.between(p[0], p[1:]).best_for_others(aspiration) for p in (few, many)))
    if len(few) == 2:
        same(*(nash_package(p, [nothing] * 2, [np.ones(WIDTH)] * 2) for p in (few, many)))
        same(*(egalitarian_package(p, [nothing] * 2) for p in (few, many)))


def test_texts_for_three_and_more_come_near_those_of_the_whole_table() -> None:
    missing = []
    for seed in range(12):
        few, many = both_ways(random_group(np.random.default_rng(seed), 3, 0, (5, 6, 7), width=WIDTH))
        nothing, powers = [np.full(WIDTH, 0.2)] * 3, [np.ones(WIDTH)] * 3
        products = [
            np.prod([np.maximum(p.utility(nash_package(found, nothing, powers)) - 0.2, 0) for p in few], axis=0)
            for found in (few, many)
        ]
        missing.append(products[0] ** (1 / 3) - products[1] ** (1 / 3))
    assert np.mean(missing) < 0.002
    assert np.max(missing) < 0.03


@quick
@given(seeds, shapes)
def test_utilities_and_settlements_are_the_same_either_way(seed, shape) -> None:
    group = random_group(np.random.default_rng(seed), *shape, width=WIDTH, hold=0.1)
    package = random_package(np.random.default_rng(seed), group)
    few, many = both_ways(group)
    for one, other in zip(few, many, strict=True):
        np.testing.assert_allclose(one.utility(package), other.utility(package), atol=1e-12)
        np.testing.assert_allclose(one.blend(one, np.full(WIDTH, 0.3)).utility(package), one.utility(package))


def test_numbers_of_combinations_have_the_last_issue_fastest() -> None:
    assert [tuple(each) for each in split(np.arange(6), (2, 3)).T] == list(product(range(2), range(3)))
    around = combinations.neighbours(np.array([4]), (2, 3))
    assert sorted(set(around.ravel().tolist())) == [1, 3, 4, 5]


@quick
@given(seeds, shapes)
def test_a_frontier_without_a_table_is_the_same(seed, shape) -> None:
    few, many = both_ways(random_group(np.random.default_rng(seed), *shape))
    one, other = (solutions.frontier(wants, np.full(len(wants), 0.2)) for wants in (few, many))
    np.testing.assert_allclose(one.corners, other.corners, atol=1e-9)
    for name, found in one.solutions.items():
        also = other.solutions[name]
        assert (found is None) == (also is None)
        if found is not None and also is not None:
            np.testing.assert_allclose(found.utilities, also.utilities, atol=1e-6)


def test_sampled_weights_find_undominated_combinations(monkeypatch: pytest.MonkeyPatch) -> None:
    options = [np.random.default_rng(n).uniform(0, 1, (3, 6)) for n in range(4)]
    numbers, sums, complete = combinations.undominated(np.zeros((3, 1)), options)
    monkeypatch.setattr(combinations, "FRONT", 3)
    some, found, sampled = combinations.undominated(np.zeros((3, 1)), options)
    assert (complete, sampled) == (True, False)
    assert 3 < len(some) < len(numbers)
    assert set(some.tolist()) <= set(numbers.tolist())
    np.testing.assert_allclose(found, sums[:, np.searchsorted(numbers, some)])


# ---- a domain that people negotiate over -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["new-recruit-options", "new-recruit-scales"])
def test_new_recruit_has_its_nash_solution(name: str) -> None:
    """As options (390,625 combinations) and as scales: 7,400 points to each."""
    found = frontier(load(FOUND / f"{name}.yaml"))["groups"]["g"]
    gains = [utility - found["no_agreement"][party] for party, utility in found["nash"]["utilities"].items()]
    assert np.prod(gains) == pytest.approx(0.10173900, abs=1e-8)


@pytest.mark.parametrize(
    ("parties", "counts", "points"), [(2, (4,) * 10, 20_000), (2, (5,) * 8, 20_000), (4, (5,) * 8, 50_000)]
)
def test_a_million_combinations_take_few_comparisons_and_little_memory(
    monkeypatch: pytest.MonkeyPatch, parties: int, counts: tuple[int, ...], points: int
) -> None:
    """Or 390,625, for two parties and for more."""
    looked_at = []

    def counted(points: Array) -> Array:
        looked_at.append(points.shape[1])
        return undominated(points)

    undominated = pareto.undominated
    monkeypatch.setattr(pareto, "undominated", counted)
    wants = random_group(np.random.default_rng(1), parties, 0, counts).preferences()
    tracemalloc.start()
    found = solutions.frontier(wants, np.zeros(parties))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.complete
    assert sum(looked_at) < points
    assert peak < 20e6
