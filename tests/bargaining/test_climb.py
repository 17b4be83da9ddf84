"""Single texts for three parties and more: ways that cannot win are not gone, and nobody sees the difference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Array, Index
from sim.bargaining import climb, preferences
from sim.bargaining.climb import Goal, Product, Smallest, Table
from tests.seldom import examples

from .groups import random_group

seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from([(3, 2, (3,)), (3, 2, (3, 3, 2)), (3, 0, (4, 3)), (4, 1, (3, 3)), (3, 3, ())])
WIDTH = 7


def goals(rng: np.random.Generator, parties: int) -> list[Goal]:
    return [Product(rng.uniform(0.01, 2, (parties, WIDTH))), Smallest()]


def all_ways(table: Table, worths: Array, goal: Goal, lots: Array | float) -> tuple[Array, Index]:
    """What `_best` finds, by going all ways to their ends."""
    ends = np.stack([table.end(worth, goal) for worth in worths.swapaxes(0, 1)])
    pairs = zip(ends, worths.swapaxes(0, 1), strict=True)
    scores = np.stack([goal.score(table.gains(levels, worth)) for levels, worth in pairs])
    chosen = np.argmax(scores + lots, axis=0)
    return ends[chosen, :, np.arange(len(chosen))].T, chosen


@pytest.mark.validate
@examples(0.3)
@given(seeds, shapes, st.sampled_from([0.1, 0.4, 0.9]), st.sampled_from([0.0, 0.1]), st.booleans())
def test_the_text_is_the_same_as_if_all_ways_were_gone(seed, shape, reservation, hold, many) -> None:
    """To the last bit, whether there is a zone of agreement or none, with equal options and with lots."""
    rng = np.random.default_rng(seed)
    group = random_group(rng, *shape, width=WIDTH, hold=hold)
    for worth in group.values.values():
        worth[..., : WIDTH // 2] = worth[..., : WIDTH // 2].round(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preferences, "ALL", 1 if many else 4_096)
        wants = group.preferences()
    none = [rng.uniform(0, reservation, WIDTH) for _ in wants]
    lots = 1e-13 * rng.random((len(wants[0].combined), WIDTH)) if wants[0].few else 0.0
    for goal in goals(rng, len(wants)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(climb, "AT_ONCE", 5)
            text = climb.climb(wants, none, goal, lots)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(climb, "_best", all_ways)
            whole = climb.climb(wants, none, goal, lots)
        np.testing.assert_array_equal(text.levels, whole.levels)
        np.testing.assert_array_equal(text.combination, whole.combination)


@examples(0.4)
@given(seeds, shapes, st.sampled_from([0.1, 0.4, 0.9]))
def test_no_package_of_a_combination_that_is_left_scores_more(seed, shape, reservation) -> None:
    """Whichever gains the prices are taken at, and wherever the scales stand."""
    rng = np.random.default_rng(seed)
    wants = random_group(rng, *shape, width=WIDTH).preferences()
    table = Table.of(wants, [rng.uniform(0, reservation, WIDTH) for _ in wants])
    worths = np.stack([p.combined for p in wants])
    for goal in goals(rng, len(wants)):
        here = table.gains(rng.uniform(0, 1, table.rises.shape[1:]), worths[:, 0])
        may_win = climb._may_win(table, worths, goal, here)
        for _ in range(40):
            levels = rng.uniform(-0.5, 1.5, table.rises.shape[1:]).clip(0, 1)
            for n, left in enumerate(~may_win):
                assert not np.any(left & (goal.score(table.gains(levels, worths[:, n])) > goal.score(here)))


def test_of_many_combinations_few_ways_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """512 combinations, 40 replications: 20,480 ways."""
    gone = []

    def counted(table, worths, goal, number, here):
        gone.append(len(here))
        return in_full(table, worths, goal, number, here)

    in_full = climb._ends
    monkeypatch.setattr(climb, "_ends", counted)
    wants = random_group(np.random.default_rng(1), 3, 1, (8, 8, 8), width=40).preferences()
    none = [np.full(40, 0.2)] * 3
    for goal in (Product(np.ones((3, 40))), Smallest()):
        gone.clear()
        climb.climb(wants, none, goal)
        assert sum(gone) < 20_480 / 8
