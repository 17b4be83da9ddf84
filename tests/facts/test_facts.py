"""The facts of the literature: `make validate` runs all of them, prints what comes out, and holds the table to it."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from tests.facts.contrasts import Check, Contrast, Expected, Fact, Found
from tests.facts.readme import PLACE, by_chance, verdicts
from tests.facts.registry import FACTS
from tests.texts.reading import text


@pytest.mark.validate
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.row)
def test_the_table_says_what_comes_out(fact: Fact, record_property: Callable[[str, object], None]) -> None:
    """A fact that the model does not show is no failure; a table that does not say so is one."""
    record_property("table", fact.table())
    assert verdicts()[fact.row][-1] == fact.verdict, "renew the table: python -m tests.facts"


def test_the_table_has_the_facts_of_the_registry() -> None:
    assert [(row, *cells[:2]) for row, cells in verdicts().items()] == [
        (fact.row, fact.fact, fact.source) for fact in FACTS
    ]
    numbered = [fact.row for fact in FACTS if fact.row.startswith("E")]
    assert numbered == [f"E{number}" for number in range(1, 27)]
    assert all(fact.checks for fact in FACTS)


def test_the_table_says_how_many_comparisons_chance_alone_would_get_wrong() -> None:
    assert by_chance(FACTS) in " ".join(text(PLACE).split()), "renew the table: python -m tests.facts"
    [of_one] = re.findall(r"make (0\.\d) look", by_chance([Fact("E0", "", "", 100 * FACTS[0].checks[:1])]))
    assert of_one == "0.3"  # two tails beyond three standard errors hold 0.27 % of a normal distribution


# ---- what a comparison says ------------------------------------------------------------------------------------------

NOISE = np.random.default_rng(1).normal(0, 0.1, 400)  # a standard error of 0.005


@pytest.mark.parametrize(
    ("mean", "shown", "not_shown"),
    [
        (0.1, ("more", "no fewer", 0.1, 0.095), ("fewer", "same", 0.0, 0.13)),
        (-0.1, ("fewer", -0.1), ("more", "same", "no fewer", 0.1)),
        (0.0, ("same", "no fewer", 0.0, 0.01), ("more", "fewer", 0.05)),
    ],
)
def test_what_differs_by_more_than_chance(mean: float, shown: tuple[Expected], not_shown: tuple[Expected]) -> None:
    found = Found.of(Contrast(lambda: NOISE - NOISE.mean() + mean))
    assert all(found.shows(expected, 0.0) for expected in shown)
    assert not any(found.shows(expected, 0.0) for expected in not_shown)


def test_what_no_history_has_shows_nothing() -> None:
    nothing = Found.of(Contrast(lambda: np.full(9, np.nan)))
    assert not any(nothing.shows(expected, 0.0) for expected in ("more", "fewer", "same", "no fewer", 0.0))


def test_contrasts_are_history_by_history() -> None:
    one, two = (
        Contrast(lambda numbers=numbers: np.array(numbers)) for numbers in ([1.0, np.nan, 3.0], [1.0, 2.0, 1.0])
    )
    assert Found.of(one - two + 0.5).mean == 1.5
    assert Found.of(2 * two - 1.0).mean == pytest.approx(5 / 3)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        (("more", "more"), "yes"),
        (("more", "fewer"), "in part; not shown: b"),
        (("fewer", "same"), "no; not shown: a; b"),
    ],
)
def test_a_verdict_says_what_is_not_shown(expected: tuple[Expected, Expected], verdict: str) -> None:
    checks = tuple(Check(says, Contrast(lambda: NOISE + 1), each) for says, each in zip("ab", expected, strict=True))
    assert Fact("E0", "a fact", "a source", checks).verdict == verdict
