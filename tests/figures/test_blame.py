"""The figure of shares: a staircase from the measure as it is to what it is with everything switched off."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

import sim
from sim.experiments.blame import Blame
from sim.experiments.switches import EVERY
from sim.figures.blame import _steps, blame
from sim.report.page import blame_report
from tests.experiments.small import wells


@cache
def found() -> Blame:
    scenario = sim.load(wells(), ["incidents.per_year=6", "parties.Upstream.doubt=0.7"])
    return sim.blame(scenario, off=["incidents", "doubt", "absence", "freezes"], replications=30)


@cache
def many() -> Blame:
    """As many mechanisms as there are, of which some work against the others."""
    shares = [0.1 if number % 3 else -0.05 for number in range(len(EVERY))]
    rows = [
        {"mechanism": each.name, "share": share, "low": share - 0.06, "high": share + 0.06, "alone": 2 * share}
        for each, share in zip(EVERY, shares, strict=True)
    ]
    gap = {"difference": sum(shares), "low": sum(shares) - 0.1, "high": sum(shares) + 0.1}
    return replace(found(), as_is=0.2, all_off=0.2 + sum(shares), gap=gap, shares=pd.DataFrame(rows))


@pytest.mark.parametrize("result", [found, many], ids=["few", "many"])
def test_each_step_begins_where_the_one_above_it_ends(result: object) -> None:
    steps = _steps(result())  # type: ignore[operator]
    first, *between, last = steps
    for above, below in zip(steps, between, strict=False):
        assert below.start == pytest.approx(above.stop)
        assert below.low <= below.stop <= below.high
    assert between[-1].stop == pytest.approx(last.stop), "shares fill the gap"
    assert first.start == last.start == 0


@pytest.mark.parametrize("result", [found, many], ids=["few", "many"])
def test_it_is_drawn_with_its_numbers_and_a_sentence(result: object) -> None:
    figure = blame(result())  # type: ignore[operator]
    assert figure.png.startswith(b"\x89PNG")
    assert list(figure.data) == ["mechanism", "share", "low", "high", "alone"]
    assert "a gap of" in figure.alt


def test_results_have_it_by_name_and_the_page_says_how_to_have_it_again() -> None:
    figure = found().plot("blame")
    page = blame_report(found(), [figure])
    assert figure.title in page
    assert "--off absence --off doubt --off freezes --off incidents --of settled -n 30 --seed 7" in page
    assert "accuse nobody" in page
