"""The summary: its intervals against closed formulas, its medians by hand, and no NaN anywhere."""

from __future__ import annotations

import json
import math
import warnings
from functools import reduce
from itertools import pairwise
from operator import add
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special, stats

from sim.answers.summary import summary_table
from sim.measures import measures
from sim.statistics import summary as intervals
from sim.statistics.summary import MANY, Sample, ShareCount, WeekCounts, counted, summarise
from tests.figures import synthetic

Z = NormalDist().inv_cdf(0.975)


def spec() -> Any:
    return synthetic.scenario(["Left", "Right"], ["water", "land"], ["Helper"])


def share(yes: np.ndarray) -> dict[str, Any]:
    return ShareCount(int(yes.sum()), len(yes)).estimate()


def mean(values: np.ndarray) -> dict[str, Any]:
    return Sample.of(values).estimate()


def median_week(when: np.ndarray, end: int) -> dict[str, Any]:
    return WeekCounts.of(when, end).estimate()


def table(n: int = 300) -> pd.DataFrame:
    return synthetic.results(spec(), replications=n).outcomes


# ---- shares ----------------------------------------------------------------------------------------------------------


@given(n=st.integers(1, 400), data=st.data())
def test_a_share_has_the_interval_of_wilsons_formula(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    found = share(np.repeat([1.0, 0.0], [k, n - k]))
    p = k / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    assert found["share"] == pytest.approx(p, abs=1e-12)
    assert found["low"] == pytest.approx(max(centre - half, 0), abs=1e-9)
    assert found["high"] == pytest.approx(min(centre + half, 1), abs=1e-9)


# ---- means -----------------------------------------------------------------------------------------------------------


def test_the_interval_of_a_mean_is_close_to_the_normal_one_for_many_values() -> None:
    values = np.random.default_rng(5).exponential(size=4000)
    half = Z * values.std() / math.sqrt(len(values))
    found = mean(values)
    assert found["mean"] == pytest.approx(values.mean())
    assert found["high"] - found["mean"] == pytest.approx(half, rel=0.15)
    assert found["mean"] - found["low"] == pytest.approx(half, rel=0.15)


def test_a_mean_leaves_out_what_is_not_there() -> None:
    assert mean(np.array([1.0, np.nan, 3.0]))["mean"] == 2
    assert mean(np.array([np.nan, 3.0])) == {"mean": 3, "low": None, "high": None}
    assert mean(np.array([np.nan])) == {"mean": None, "low": None, "high": None}
    assert mean(np.full(50, 78.0)) == {"mean": 78, "low": 78, "high": 78}


# ---- medians ---------------------------------------------------------------------------------------------------------


def weeks(*when: float, never: int = 0) -> np.ndarray:
    return np.array([*when, *[np.nan] * never])


def test_the_median_counts_those_that_never_agree() -> None:
    assert median_week(weeks(10, 20, 30), 100)["median"] == 20
    assert median_week(weeks(10, 20, 30, never=1), 100)["median"] == 20  # the curve: 3/4, 1/2, 1/4
    assert median_week(weeks(10, 20, 30, never=2), 100)["median"] == 30
    assert median_week(weeks(10, 20, 30, never=3), 100)["median"] == 30  # exactly half
    assert median_week(weeks(10, 20, 30, never=4), 100)["median"] is None
    assert median_week(weeks(never=4), 100) == {"median": None, "low": None, "high": None}


def test_the_interval_of_a_median_is_read_off_the_log_log_band() -> None:
    """By hand: 20 replications, one agrees in each of the weeks 1..14, six never do (Greenwood's variance)."""
    found = median_week(weeks(*range(1, 15), never=6), 100)
    curve, low, high = [], [], []
    for agreed in range(1, 15):
        s = 1 - agreed / 20
        greenwood = sum(1 / ((20 - d) * (20 - d - 1)) for d in range(agreed))
        width = Z * math.sqrt(greenwood) / abs(math.log(s))
        curve.append(s)
        low.append(s ** math.exp(width))
        high.append(s ** math.exp(-width))
    assert found["median"] == 10 == 1 + next(k for k, s in enumerate(curve) if s <= 0.5 + 1e-9)
    assert found["low"] == 1 + next(k for k, s in enumerate(low) if s <= 0.5)
    assert found["high"] == next((1 + k for k, s in enumerate(high) if s <= 0.5), None)


def test_a_median_that_nobody_doubts_has_an_interval_without_width() -> None:
    assert median_week(weeks(*[40.0] * 50), 100) == {"median": 40, "low": 40, "high": 40}


def test_few_replications_give_no_interval_of_a_median() -> None:
    assert median_week(weeks(10, 11, 12, 13, 14), 100) == {"median": 12, "low": None, "high": None}


@given(st.lists(st.integers(1, 99), min_size=1, max_size=60), st.integers(0, 60))
def test_the_median_is_the_week_by_which_half_are_there(agreed: list[int], never: int) -> None:
    found = median_week(weeks(*map(float, agreed), never=never), 100)
    total = len(agreed) + never
    expected = next((w for w in sorted(agreed) if sum(a <= w for a in agreed) * 2 >= total), None)
    assert found["median"] == expected
    if found["low"] is not None and expected is not None:
        assert found["low"] <= expected
    if found["high"] is not None:
        assert expected is not None
        assert found["high"] >= expected


# ---- the whole -------------------------------------------------------------------------------------------------------


def test_the_summary_is_the_tables_means() -> None:
    outcomes = table()
    found = summarise(spec(), outcomes)
    assert found["replications"] == len(outcomes)
    for key in ("settled", "lasting"):
        assert found[key]["share"] == pytest.approx(outcomes[key].mean(), abs=1e-12)
    for group, part in found["groups"].items():
        assert part["agreed"]["share"] == pytest.approx(outcomes[f"agreed.{group}"].mean(), abs=1e-12)
        assert part["collapsed"]["share"] == pytest.approx(outcomes[f"collapsed.{group}"].mean(), abs=1e-12)
    for party, part in found["utility"].items():
        assert part["mean"] == pytest.approx(outcomes[f"utility.{party}"].mean(), abs=1e-12)
        assert part["low"] < part["mean"] < part["high"]
    assert found["fairness"]["mean"] == pytest.approx(outcomes["fairness"].mean(), abs=1e-12)
    assert set(found["mediator_weeks"]) == {"Helper"}


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_small_run_has_no_nan_and_can_be_shown(n: int) -> None:
    outcomes = table(n).assign(settled=False, settled_week=np.nan, fairness=np.nan)
    found = summarise(spec(), outcomes)
    json.dumps(found, allow_nan=False)
    assert "fewer than half" in summary_table(spec(), found)


def test_the_same_table_gives_the_same_summary() -> None:
    assert summarise(spec(), table()) == summarise(spec(), table())


def test_the_summary_table_shows_the_numbers_and_no_escape_sequence() -> None:
    outcomes = table()
    found = summarise(spec(), outcomes)
    text = summary_table(spec().model_copy(update={"name": "Talks \x1b[31min red"}), found)
    assert f"{outcomes['settled'].mean():.1%}".replace("%", " %") in text
    assert f"{outcomes['utility.Left'].mean():.3f}" in text
    assert "\x1b" not in text
    assert "\\x1b[31min red" in text


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
@example([0.5] * 5_000)
def test_the_interval_of_a_mean_is_scipys_to_the_last_bit(numbers: list[float]) -> None:
    values = np.array(numbers)
    theirs = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=999,
        batch=4_000_000 // values.size,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    ours = Sample.of(values).estimate()
    assert (ours["low"], ours["high"]) == (theirs.low, theirs.high)


def test_95_percent_lie_within_z() -> None:
    assert special.ndtri(0.975) == intervals.Z


@pytest.mark.validate
def test_the_normal_interval_of_many_is_that_of_the_bootstrap() -> None:
    """Where there are many numbers both say the same, and the normal one says it at once."""
    values = np.random.default_rng(4).beta(5, 2, MANY + 1)
    quick = mean(values)
    slow = stats.bootstrap((values,), np.mean, n_resamples=600, rng=np.random.default_rng(1)).confidence_interval
    width = slow.high - slow.low
    assert quick["low"] == pytest.approx(slow.low, abs=0.1 * width)
    assert quick["high"] == pytest.approx(slow.high, abs=0.1 * width)


# ---- counted ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 99), min_size=1, max_size=60), st.integers(0, 60))
def test_the_curve_of_counted_weeks_is_kaplan_and_meiers(agreed: list[int], never: int) -> None:
    """Everybody is watched to the same end, so that a formula does; SciPy's estimator for any censoring agrees."""
    when = np.unique(agreed)
    ours = WeekCounts.of(weeks(*map(float, agreed), never=never), 100).curve(when)
    theirs = stats.ecdf(stats.CensoredData(uncensored=agreed, right=[100.0] * never)).sf
    assert ours[0] == pytest.approx(theirs.evaluate(when), abs=1e-9)
    inside = (ours[0] > 1e-9) & (ours[0] < 1 - 1e-9)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        band = theirs.confidence_interval(method="log-log")
    for found, edge in zip(ours[1:], (band.low, band.high), strict=True):
        assert found[inside] == pytest.approx(edge.evaluate(when)[inside], abs=1e-9)


@pytest.mark.parametrize("sizes", [(1, 299), (100, 100, 100), (3_000, 3_000), (5_200, 10)])
def test_counts_of_chunks_add_up_to_those_of_the_table(sizes: tuple[int, ...]) -> None:
    whole = table(sum(sizes))
    edges = np.cumsum((0, *sizes))
    parts = [whole.iloc[low:high] for low, high in pairwise(edges)]
    found = reduce(add, (counted(spec(), part) for part in parts)).summary(spec())
    expected = summarise(spec(), whole)
    for measure in measures(spec()):
        assert measure.of(found) == pytest.approx(measure.of(expected), rel=1e-12), measure.column


def test_counts_of_many_replications_keep_no_values() -> None:
    few, many = Sample.of(np.arange(MANY / 2)), Sample.of(np.arange(MANY / 2 + 2))
    assert few.values is not None
    assert many.values is not None
    assert (few + many).values is None


def test_measures_name_every_number_of_the_summary_once() -> None:
    found = summarise(spec(), table())
    seen = [measure.of(found) for measure in measures(spec())]
    assert len({measure.column for measure in measures(spec())}) == len(seen) == 3 + 2 * 4 + 2 + 2 + 1
    assert all(measure.kind in measure.of(found) for measure in measures(spec()))
    assert [m.name for m in measures(spec())][:4] == ["settled", "lasting", "settled_week", "agreed"]
