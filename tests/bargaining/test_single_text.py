"""A single text that is revised, as parties let changes pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Array
from sim.bargaining.combinations import split
from sim.bargaining.preferences import Preferences
from sim.bargaining.single_text import _changed, _lets_pass, revised
from tests.seldom import examples

COUNTS, WIDTH, REVISIONS = (3, 2, 4, 2), 40, 60
SIZE = int(np.prod(COUNTS))


def landscape(seed: int, parties: int = 2) -> list[Preferences]:
    """What every combination is worth to each party, at random."""
    rng = np.random.default_rng(seed)
    return [Preferences.of(np.zeros(WIDTH), np.zeros((0, WIDTH)), rng.random((SIZE, WIDTH))) for _ in range(parties)]


def luck(seed: int, revisions: int = REVISIONS, parties: int = 2) -> Array:
    return np.random.default_rng(seed).random((1 + revisions, 2 + parties, WIDTH))


def worths(wants: list[Preferences], text: np.ndarray) -> list[Array]:
    return [each.combined[text, np.arange(WIDTH)] for each in wants]


@examples(0.4)
@given(st.integers(0, 999))
def test_who_lets_no_loss_pass_never_loses(seed: int) -> None:
    """With each further revision the text is worth no less to either, whatever the other lets pass."""
    wants, drawn = landscape(seed), luck(seed + 1)
    for more in range(1, REVISIONS, 12):
        texts = [revised(wants, COUNTS, (0.0, 0.5), drawn[: 1 + count]) for count in (more, more + 1)]
        starts = (drawn[0, 0] * SIZE).astype(int)
        assert np.all(worths(wants, texts[0])[0] >= worths(wants, starts)[0])
    both = revised(wants, COUNTS, (0.0, 0.0), drawn)
    for before, after in zip(worths(wants, starts), worths(wants, both), strict=True):
        assert np.all(after >= before)


@given(st.integers(0, 999))
def test_a_revision_changes_one_answer(seed: int) -> None:
    drawn = np.random.default_rng(seed).random((2, 500))
    text = np.random.default_rng(seed + 1).integers(0, SIZE, 500)
    before, after = (split(each, COUNTS) for each in (text, _changed(text, COUNTS, *drawn)))
    assert np.all((before != after).sum(axis=0) == 1)
    assert np.all(after < np.array(COUNTS)[:, None])


def test_every_other_answer_of_every_question_is_tried() -> None:
    drawn = np.random.default_rng(3).random((2, 5000))
    tried = set(_changed(np.zeros(5000, dtype=np.intp), COUNTS, *drawn).tolist())
    assert len(tried) == sum(count - 1 for count in COUNTS)


@pytest.mark.parametrize(("loss", "passes"), [(-0.1, 1.0), (0.0, 1.0), (0.05, np.exp(-0.5)), (0.3, np.exp(-3))])
def test_losses_pass_with_their_probability(loss: float, passes: float) -> None:
    chance = np.random.default_rng(4).random(100_000)
    share = _lets_pass(np.full(100_000, loss), 0.1, chance).mean()
    assert share == pytest.approx(passes, abs=0.005)
    assert _lets_pass(np.full(9, loss), 0.0, chance[:9]).mean() == (loss <= 0)


def test_the_same_luck_is_the_same_text_in_any_company() -> None:
    wants, drawn = landscape(7), luck(8)
    whole = revised(wants, COUNTS, (0.1, 0.2), drawn)
    here = np.array([0, 17, 39])
    few = revised([each.at(here) for each in wants], COUNTS, (0.1, 0.2), drawn[..., here])
    np.testing.assert_array_equal(few, whole[here])
