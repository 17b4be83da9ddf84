"""Paired differences: exact where nothing differs, honest where something does, mirrored when swapped."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Array
from sim.measures import DEFINITIONS, Measure
from sim.statistics.paired import KINDS, Difference, PairCounts, differences, transitions
from sim.statistics.summary import Sample, ShareCount, WeekCounts, Z, unseen

NEVER = float("nan")
SEEDS = 200
COVERED = (0.92, 0.98)

some_weeks = st.lists(st.one_of(st.integers(0, 30).map(float), st.just(NEVER)), min_size=6, max_size=40)
KNOWN: dict[str, st.SearchStrategy[Array]] = {
    "share": st.lists(st.booleans(), min_size=1, max_size=60).map(lambda found: np.array(found, dtype=float)),
    "mean": st.lists(st.floats(-5, 5) | st.just(NEVER), min_size=1, max_size=60).map(np.array),
    "median": some_weeks.map(np.array),
}


def numbers(found: Difference) -> tuple[float, float, float]:
    return found.difference, found.low, found.high


# ---- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_pairs_of_which_none_differs_do_not_say_that_none_ever_will(kind: str, data: st.DataObject) -> None:
    values = data.draw(KNOWN[kind])
    found = KINDS[kind](values, values.copy())
    there = {"share": True, "mean": found.n > 0, "median": 2 * np.isnan(values).sum() <= len(values)}[kind]
    assert found.difference == 0 if there else np.isnan(found.difference)
    assert not found.low > 0
    assert not found.high < 0
    if kind == "share":
        assert [found.low, found.high] == pytest.approx([-unseen(found.n), unseen(found.n)])
    if kind == "mean" and found.n > 1:
        spread = np.ptp(values[~np.isnan(values)])
        width = 2 * unseen(found.n) * spread
        assert found.high - found.low == pytest.approx(width) if spread else np.isnan(found.low)


def test_only_a_scenario_and_itself_differ_by_nothing_for_sure() -> None:
    """Tango's interval at 0 of 100, of shares and of McNemar's pairs; numbers and weeks likewise."""
    utility = [number / 100 for number in range(100)]
    one = table([True] * 60 + [False] * 40, utility).assign(settled_week=[*range(60), *[NEVER] * 40])
    common = [
        Measure(DEFINITIONS["settled"]), Measure(DEFINITIONS["utility"], "A"), Measure(DEFINITIONS["settled_week"]),
    ]  # fmt: skip
    found, turned = differences(common, one, one), transitions(["g"], one, one)
    for row in (found.iloc[0], turned.iloc[0], turned.iloc[1]):
        assert [row["low"], row["high"]] == pytest.approx([-0.037, 0.037], abs=5e-5)
    assert found["high"].tolist() == pytest.approx([0.037, 0.037 * 0.99, 4], abs=5e-5)
    assert found["low"].tolist() == pytest.approx([-0.037, -0.037 * 0.99, -4], abs=5e-5)
    same, turned = differences(common, one, one, same=True), transitions(["g"], one, one, same=True)
    assert (same[["difference", "low", "high", "narrowed"]] == 0).all(axis=None)
    assert (turned[["low", "high"]] == 0).all(axis=None)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_swapping_changes_the_sign_and_nothing_else(kind: str, data: st.DataObject) -> None:
    before = data.draw(KNOWN[kind])
    after = data.draw(st.permutations(list(before)).map(np.array))
    after = after[: len(before)]
    there, back = KINDS[kind](before, after), KINDS[kind](after, before)
    np.testing.assert_array_equal(numbers(back), (-there.difference, -there.high, -there.low))
    assert back.n == there.n
    np.testing.assert_array_equal(back.narrowed, there.narrowed)


def test_swapping_leaves_the_resamples_of_medians_as_they_were() -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        before, after = np.floor(rng.uniform(0, 100, (2, 41)))
        there, back = KINDS["median"](before, after), KINDS["median"](after, before)
        assert numbers(back) == (-there.difference, -there.high, -there.low)
        assert back.narrowed == there.narrowed


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_every_pair_is_in_one_of_four_parts(pairs: list[tuple[bool, bool]]) -> None:
    before, after = np.array(pairs, dtype=float).T
    found = PairCounts.of(before, after)
    assert found.n == len(pairs)
    assert (found.saved, found.lost) == (sum(b < a for b, a in pairs), sum(b > a for b, a in pairs))
    assert found.both == sum(b and a for b, a in pairs)
    assert found.difference == pytest.approx(after.mean() - before.mean())
    low, high = found.interval
    assert -1 <= low <= found.difference <= high <= 1
    assert low < high


@given(saved=st.integers(0, 40), lost=st.integers(0, 40), rest=st.integers(1, 500))
def test_the_interval_of_a_share_ends_where_the_score_test_rejects(saved: int, lost: int, rest: int) -> None:
    """It holds 0 exactly where McNemar's asymptotic test does not reject."""
    low, high = PairCounts(0, saved, lost, rest).interval
    chi2 = (saved - lost) ** 2 / max(saved + lost, 1)
    if abs(chi2 - Z * Z) > 1e-6:
        assert (low <= 0 <= high) == (chi2 < Z * Z)


def test_a_constant_difference_is_as_sure_as_its_number_of_pairs() -> None:
    before, more = np.linspace(0, 1, 50), unseen(50) * 1.25
    found = KINDS["mean"](before, before + 0.25)
    assert numbers(found) == pytest.approx((0.25, 0.25 - more, 0.25 + more))
    weeks = KINDS["median"](np.arange(50.0), np.arange(50.0) + 3)
    assert numbers(weeks) == (3, -1, 7)


# ---- published numbers -----------------------------------------------------------------------------------------------


def test_approval_ratings() -> None:
    """Agresti, Categorical Data Analysis, table of approval ratings: of 1,600, 150 turn away and 86 turn towards."""
    found = PairCounts(794, 86, 150, 570)
    assert found.difference == -0.04
    assert found.p == pytest.approx(2 * sum(comb(236, k) for k in range(87)) / 2**236, rel=1e-9)
    assert found.p == pytest.approx(3.716e-5, rel=1e-3)
    assert found.interval == pytest.approx((-0.059, -0.021), abs=5e-4)  # his Wald interval, -0.04 with error 0.0095


def test_airways_before_and_after_transplantation() -> None:
    """Fagerland, Lydersen and Laake (2014) on Bentur et al. (2009), 21 children: Tango's interval."""
    assert PairCounts(1, 1, 7, 12).interval == pytest.approx((-0.517, -0.026), abs=5e-4)
    assert PairCounts(1, 1, 7, 12).p == pytest.approx(2 * (1 + 8) / 2**8)


def test_sleep_of_ten_patients() -> None:
    """Student (1908): the second soporific gives 1.58 hours more; R's t.test: 0.700 to 2.460."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = KINDS["mean"](np.array(first), np.array(second))
    assert numbers(found) == pytest.approx((1.58, 0.7001142, 2.4598858), abs=1e-7)
    assert found.n == 10


def test_the_exact_test_of_no_turned_pair_says_nothing() -> None:
    assert PairCounts(3, 0, 0, 4).p == 1
    assert PairCounts(3, 0, 0, 4).interval == pytest.approx((-unseen(7), unseen(7)))


# ---- what the measures are -------------------------------------------------------------------------------------------


@given(before=some_weeks, shift=st.integers(0, 12))
def test_medians_are_those_of_the_summary(before: list[float], shift: int) -> None:
    old = np.array(before)
    new = np.roll(old, 1) + shift
    found = KINDS["median"](old, new)
    medians = [WeekCounts.of(weeks, 50).estimate()["median"] for weeks in (old, new)]
    if None in medians:
        assert np.isnan(numbers(found)).all()
    else:
        assert found.difference == medians[1] - medians[0]
        assert not found.low > found.difference
        assert not found.high < found.difference
    assert found.n == len(before)


def test_an_end_at_which_one_has_no_median_is_open() -> None:
    """Half and a little more agree: in some resamples of the scenario fewer than half do, and it has no median."""
    old = np.array([10.0] * 60 + [20.0] * 40)
    new = np.array([30.0] * 53 + [NEVER] * 47)
    found = KINDS["median"](old, new)
    assert (found.difference, found.high) == (20, pytest.approx(NEVER, nan_ok=True))
    assert 10 <= found.low <= 20
    assert np.isnan(found.narrowed)


def test_a_mean_counts_pairs_in_which_both_are_numbers() -> None:
    found = KINDS["mean"](np.array([1, NEVER, 3, 4]), np.array([2, 5, NEVER, 7]))
    assert (found.difference, found.n) == (2, 2)
    none = KINDS["mean"](np.array([1, NEVER]), np.array([NEVER, 5]))
    assert none.n == 0
    assert np.isnan(numbers(none)).all()
    one = KINDS["mean"](np.array([1, NEVER]), np.array([3, 5]))
    assert (one.difference, one.n) == (2, 1)
    assert np.isnan([one.low, one.high]).all()


def test_narrowed_is_one_without_pairing_and_small_with_it() -> None:
    rng = np.random.default_rng(5)
    n = 4000
    luck, other = rng.normal(size=(2, n))
    own = 0.2 * rng.normal(size=n) + 0.05
    week = np.round(60 + 12 * luck)
    made: dict[str, tuple[Array, Callable[[Array], Array]]] = {
        "share": (luck > 0.2, lambda x: x > 0.2),
        "mean": (luck, lambda x: x),
        "median": (week, lambda x: np.round(60 + 12 * x)),
    }
    for kind, (before, of) in made.items():
        paired = KINDS[kind](before.astype(float), of(luck + own).astype(float)).narrowed
        apart = KINDS[kind](before.astype(float), of(other + own).astype(float)).narrowed
        assert paired < 0.6, kind
        assert 0.8 < apart < 1.25, kind
    assert KINDS["mean"](luck, luck + own).narrowed == pytest.approx(0.2 / np.hypot(1, np.hypot(1, 0.2)), rel=0.05)


def test_independent_widths_are_those_of_the_summary() -> None:
    """Without pairing, a difference has the variances of both runs: so have the summary's intervals of long runs."""
    rng = np.random.default_rng(6)
    old, new = rng.random((2, 6000)) < np.array([[0.5], [0.6]])
    found = KINDS["share"](old.astype(float), new.astype(float))
    widths = [ShareCount(int(x.sum()), len(x)).estimate() for x in (old, new)]
    apart = np.hypot(*(width["high"] - width["low"] for width in widths))
    assert (found.high - found.low) / found.narrowed == pytest.approx(apart, rel=1e-3)
    x, y = rng.normal(size=(2, 6000))
    mean = KINDS["mean"](x, y)
    apart = np.hypot(*(est["high"] - est["low"] for est in (Sample.of(values).estimate() for values in (x, y))))
    assert (mean.high - mean.low) / mean.narrowed == pytest.approx(apart, rel=1e-3)


# ---- coverage --------------------------------------------------------------------------------------------------------


def share_of(n: int, saved: float, lost: float, seed: int) -> tuple[Array, Array]:
    parts = np.random.default_rng(seed).choice(4, size=n, p=[saved, lost, 0.3, 0.7 - saved - lost])
    return np.isin(parts, (1, 2)).astype(float), np.isin(parts, (0, 2)).astype(float)


def mean_of(n: int, seed: int) -> tuple[Array, Array]:
    """Skewed, correlated, and in some pairs no number: the true difference is 0.1."""
    rng = np.random.default_rng(seed)
    luck = rng.exponential(size=n)
    before = np.where(rng.random(n) < 0.2, NEVER, luck)
    return before, luck + 0.1 + 0.3 * (rng.exponential(size=n) - 1)


def median_of(n: int, weeks: float, seed: int) -> tuple[Array, Array]:
    """Dates that are whole numbers of `weeks`; one in ten never agrees.

    Three in ten pairs have nothing in common, in every second draw all.
    """
    rng = np.random.default_rng(seed)
    luck, other = rng.weibull(1.5, (2, n))
    end = np.where(rng.random(n) < 0.1, NEVER, 0.0)
    after = 52 * np.where(rng.random(n) < (0.3, 1.0)[seed % 2], other, luck)
    return np.floor(45 * luck / weeks) * weeks + end, np.floor(after / weeks) * weeks + end


def covered(kind: str, truth: float, draw: Callable[[int], tuple[Array, Array]], seeds: int = SEEDS) -> float:
    found = [KINDS[kind](*draw(seed)) for seed in range(seeds)]
    return float(np.mean([each.low <= truth <= each.high for each in found]))


@pytest.mark.validate
@pytest.mark.parametrize(
    ("n", "saved", "lost"),
    [(50, 0.2, 0.05), (50, 0.05, 0.05), (100, 0.03, 0.2), (200, 0.1, 0.0), (200, 0.02, 0.03), (1000, 0.01, 0.0)],
)
def test_intervals_of_shares_hold_what_they_promise(n: int, saved: float, lost: float) -> None:
    share = covered("share", saved - lost, lambda seed: share_of(n, saved, lost, seed), 1000)
    assert COVERED[0] <= share <= COVERED[1]


@pytest.mark.validate
@pytest.mark.parametrize(("n", "saved", "lost"), [(100, 0.0115, 0.01), (100, 0.004, 0.0), (30, 0.02, 0.02)])
def test_intervals_hold_where_hardly_any_pair_turns(n: int, saved: float, lost: float) -> None:
    """They are then wider than they need be; without width they covered 5 to 43 % of the time."""
    assert covered("share", saved - lost, lambda seed: share_of(n, saved, lost, seed), 1000) >= COVERED[0]

    def rare(seed: int) -> tuple[Array, Array]:
        before = np.random.default_rng(seed).random(n)
        return before, before + 0.5 * np.subtract(*share_of(n, saved, lost, seed)[::-1])

    assert covered("mean", 0.5 * (saved - lost), rare, 1000) >= COVERED[0]


@pytest.mark.parametrize("n", [40, 300])
def test_intervals_of_means_hold_what_they_promise(n: int) -> None:
    assert COVERED[0] <= covered("mean", 0.1, lambda seed: mean_of(n, seed), 1000) <= COVERED[1]


@pytest.mark.validate
@pytest.mark.parametrize(("weeks", "most"), [(1e-6, COVERED[1]), (1, 1)])
def test_intervals_of_medians_hold_what_they_promise(weeks: float, most: float) -> None:
    """Whole weeks make them wider, never too narrow."""
    old, new = (np.quantile(np.nan_to_num(x, nan=999), 0.5) for x in median_of(1_000_000, weeks, 10**6))
    assert COVERED[0] <= covered("median", float(new - old), lambda seed: median_of(100, weeks, seed)) <= most


# ---- tables ----------------------------------------------------------------------------------------------------------


def table(settled: list[bool], utility: list[float]) -> pd.DataFrame:
    weeks = np.where(settled, 5.0, NEVER)
    return pd.DataFrame({
        "replication": range(len(settled)), "settled": settled, "settled_week": weeks, "agreed.g": settled,
        "utility.A": utility,
    })  # fmt: skip


def test_tables_name_each_measure_and_agree_with_each_other() -> None:
    common = [
        Measure(DEFINITIONS["settled"]),
        Measure(DEFINITIONS["agreed"], "g"),
        Measure(DEFINITIONS["utility"], "A"),
    ]
    before, after = table([True, True, False, False], [1, 2, 3, 4]), table([True, False, True, True], [2, 2, 4, 4])
    found, turned = differences(common, before, after), transitions(["g"], before, after)
    assert list(found["measure"]) == ["settled", "agreed", "utility"]
    assert list(found["group"]) == ["", "g", ""]
    assert list(found["party"]) == ["", "", "A"]
    assert list(found["difference"]) == [0.25, 0.25, 0.5]
    assert list(turned["group"]) == ["", "g"]
    assert (turned[["both", "saved", "lost", "neither"]] == [1, 2, 1, 0]).all(axis=None)
    for column in ("difference", "low", "high"):
        assert list(turned[column]) == list(found[column][:2])


def test_other_replications_are_no_pairs() -> None:
    one = table([True, False], [1, 2])
    other = one.assign(replication=[1, 0])
    for call in (lambda: differences([], one, other), lambda: transitions([], one, one.head(1))):
        with pytest.raises(ValueError, match="same replications"):
            call()
