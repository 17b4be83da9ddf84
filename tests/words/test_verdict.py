"""A sentence has a verb only where its difference is more than chance: on nothing, hardly ever."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.answers.whatif_answer import sentences
from sim.arrays import Array
from sim.experiments.whatif import ButFor
from sim.figures.compare import compare
from sim.statistics.paired import KINDS, PairCounts
from sim.web import wording
from sim.web.texts import texts
from sim.words.verdict import WITHIN, points, sentence, told
from tests.report.test_comparison import comparison
from tests.seldom import seldom

PAIRS, TIMES, MOST = 400, 250, 0.09
"""Pairs of a comparison, comparisons, and the share of them that may claim something: 5 % and what chance adds."""
CLAIMS = re.compile(r"(more|fewer) settle|settles? (more|fewer)|of [\d,]+ settles?:|confidence between")


def nothing(seed: int) -> tuple[Array, Array]:
    """A tenth of the histories turn, either way alike."""
    rng = np.random.default_rng(seed)
    before = rng.random(PAIRS) < 0.6
    return before.astype(float), np.where(rng.random(PAIRS) < 0.1, rng.random(PAIRS) < 0.6, before).astype(float)


@functools.cache
def row(seed: int) -> dict[str, Any]:
    turned = PairCounts.of(*nothing(seed))
    low, high = turned.interval
    counts = {part: getattr(turned, part) for part in ("both", "saved", "lost", "neither")}
    return {"scenario": "S", "group": "", **counts, "difference": turned.difference, "low": low, "high": high, "p": 1}


def of_compare(seed: int) -> str:
    return sentence(row(seed), unchanged=False)


def of_whatif(seed: int) -> str:
    """What is said on balance; which histories turn is counted, not estimated."""
    one, turned = comparison(1), row(seed)
    table = one.transitions.iloc[:1].assign(**{key: turned[key] for key in turned if key != "scenario"})
    failed, settled = ButFor.of(turned["saved"], 200), ButFor.of(turned["lost"], 200)
    imagined = SimpleNamespace(taken=(), along=())
    found = SimpleNamespace(
        comparison=replace(one, transitions=table), imagined=imagined, settings=("x=1",), failed=failed, settled=settled
    )
    return " ".join(said for said in sentences(found) if said.startswith("On balance"))  # type: ignore[arg-type]


def of_the_page(seed: int) -> str:
    before, after = nothing(seed)
    found = KINDS["share"](before, after)
    settled = {
        "a": before.mean(),
        "b": after.mean(),
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
    }
    return wording.sentences(texts("en"), {"rows": [settled], "saved": 1, "lost": 2, "replications": PAIRS}, None)[0]


def of_the_figure(seed: int) -> str:
    """The words under a figure, where they are made for everybody who does not see it."""
    return points(*(row(seed)[key] for key in ("difference", "low", "high")), verb="settle")


@pytest.mark.parametrize("say", [of_the_page, *map(seldom, (of_compare, of_whatif, of_the_figure))])
def test_of_nothing_hardly_anything_is_claimed(say: Callable[[int], str]) -> None:
    said = [say(seed) for seed in range(TIMES)]
    assert all(said)
    claimed = [bool(CLAIMS.search(each)) for each in said]
    assert claimed == [told(row(seed)["low"], row(seed)["high"]) for seed in range(TIMES)]
    assert 0 < np.mean(claimed) <= MOST


def test_a_difference_that_is_told_has_its_verb_and_its_interval_one_direction() -> None:
    assert points(-0.183, -0.212, -0.1536, verb="settle") == "18.3 points fewer settle, 15.4 to 21.2"
    assert points(0.02, 0.001, 0.04) == "2.0 points more, 0.1 to 4.0"
    assert points(-0.01, -0.031, 0.009) == f"{WITHIN}: 1.0 points fewer, 3.1 fewer to 0.9 more"
    assert points(0, 0, 0) == "there is no difference"
    assert not told(float("nan"), float("nan"))


def test_words_under_a_figure_of_differences_have_them_with_intervals() -> None:
    assert re.search(rf"{WITHIN}|points (more|fewer) settle, \d", compare(comparison(1)).alt)
