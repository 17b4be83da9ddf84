"""Runs that are done in one go are, to the last bit, what each would be alone."""

from __future__ import annotations

import pytest

from sim.scenario import ScenarioError
from sim.web.jobs import Abreast, Case, Simulate

from .conftest import TINY_FILE


def case(*settings: str) -> Case:
    return Case(str(TINY_FILE), "", settings)


LOW, HIGH = case("mediators.Chair.effort=0.1"), case("mediators.Chair.effort=0.9", "incidents.per_year=3")


def test_runs_of_several_cases_that_follow_on_each_other() -> None:
    runs = [Simulate(each, *part) for each in (LOW, HIGH) for part in ((3, 5), (8, 20))]
    assert Abreast(tuple(runs)).work() == [run.work() for run in runs]
    assert len({run.work().numbers for run in runs}) == 4  # there was something to confuse


def test_one_case_in_two_parts() -> None:
    runs = (Simulate(LOW, 0, 4), Simulate(LOW, 4, 3))
    assert Abreast(runs).work() == [run.work() for run in runs]


def test_a_case_that_is_none_fails_alone() -> None:
    wrong = Simulate(case("mediators.Chair.effort=7"), 0, 6)
    right = Simulate(LOW, 0, 6)
    failed, done = Abreast((wrong, right)).work()
    assert isinstance(failed, ScenarioError)
    assert done == right.work()
    assert [type(each) for each in Abreast((wrong,)).work()] == [ScenarioError]


@pytest.mark.parametrize("part", [(0, 4), (4, 4)])
def test_cases_that_differ_in_kind_are_done_one_after_the_other(part: tuple[int, int]) -> None:
    runs = (Simulate(LOW, *part), Simulate(case("freezes=[]", "working_groups.water.exchanges=3"), *part))
    assert Abreast(runs).work() == [run.work() for run in runs]


def test_what_follows_and_what_belongs_together() -> None:
    first = Simulate(LOW, 0, 256)
    assert Simulate(LOW, 256, 744).follows(first)
    assert not Simulate(HIGH, 256, 744).follows(first)
    assert not Simulate(LOW, 300, 700).follows(first)
    assert not first.follows(first)
    assert Simulate(HIGH, 0, 1).family == first.family
    assert Simulate(case("freezes=[]"), 0, 256).family != first.family
