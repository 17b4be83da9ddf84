"""The estimate of cost is held by counts: of calls and of bytes, which are the same on every machine."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.bargaining import climb
from sim.bargaining.climb import Product, Smallest
from sim.experiments import cost
from sim.experiments import simulate as simulating
from sim.experiments.cost import Cost, estimate, rows_at_once
from sim.experiments.run import run
from sim.experiments.simulate import abreast, simulate
from sim.scenario import Scenario, load, load_text
from tests.bargaining.groups import random_group
from tests.model.worlds import quiet
from tests.seldom import seldom

from .small import TEXT, wells

TESTS = Path(__file__).parents[1]
BASELINE = TESTS.parent / "scenarios" / "baseline.yaml"
FOUND = TESTS / "found"
REVISED = TESTS.parent / "scenarios" / "classics" / "single-text.yaml"
CASES: list[Any] = [
    seldom(BASELINE, ("clock.weeks=40", "clock.hold_weeks=20"), 30),
    (BASELINE, ("clock.weeks=40", "clock.hold_weeks=200"), 200),
    (BASELINE, ("clock.weeks=40", "clock.hold_weeks=20", "leaders={covers: [border, treaty], meets_every: 2}"), 30),
    (REVISED, (), 100),
    (FOUND / "wide-options.yaml", (), 10),
    (FOUND / "three-parties-4096-combinations.yaml", (), 20),
    seldom(FOUND / "new-recruit-options.yaml", (), 20),
    seldom(FOUND / "talkative.yaml", ("clock.weeks=6",), 3),
]


def calls(work: Callable[[], Any]) -> int:
    """Calls of functions that are not written in Python, nearly all of them NumPy's."""
    heard = 0

    def hear(_: Any, event: str, __: Any) -> None:
        nonlocal heard
        heard += event == "c_call"

    sys.setprofile(hear)
    try:
        work()
    finally:
        sys.setprofile(None)
    return heard


def peak(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("path", "changes", "count"), CASES, ids=lambda case: getattr(case, "stem", None))
def test_steps_and_memory_are_what_a_run_takes(
    path: Path, changes: tuple[str, ...], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load(path, changes)
    simulate(scenario, 0, 1)  # what is imported or remembered is not counted
    made = peak(lambda: simulate(scenario, 0, count))
    assert 0.7 * made < estimate(scenario, count).memory < 6 * made
    taken = calls(lambda: simulate(scenario, 0, count))
    monkeypatch.setattr(cost, "NUMBER", 0.0)
    assert 0.4 * taken < estimate(scenario, count).seconds / cost.STEP < 6 * taken


def test_a_leaders_table_costs_what_a_group_with_all_its_issues_would() -> None:
    """Combinations of three chapters' options multiply, however seldom the chapters meet themselves."""
    names = ("one", "two", "three")
    question = {"options": {f"option {n}": {"Ann": n / 15, "Ben": 1 - n / 15} for n in range(16)}}

    def cost_of(**leaders: Any) -> Cost:
        changes: dict[str, Any] = {f"working_groups.{name}.meets_every": 260 for name in names}
        changes |= {"leaders": leaders} if leaders else {}
        return estimate(quiet(changes, issues={"question": question}, groups=names), 500)

    whole = estimate(quiet(issues=dict.fromkeys(names, question)), 500)
    apart, often, once = cost_of(), cost_of(covers=list(names), meets_every=1), cost_of(covers=["one"], dates=[3])
    assert whole.seconds / 2 < often.seconds - apart.seconds < 2 * whole.seconds
    assert often.memory > whole.memory / 2 > 5 * apart.memory
    assert once.seconds < often.seconds / 10


def test_the_cost_hidden_in_a_small_file_is_seen() -> None:
    baseline = estimate(load(BASELINE), 20)
    assert estimate(load(FOUND / "talkative.yaml"), 20).seconds > 50 * baseline.seconds
    wide = load(FOUND / "wide-options.yaml")
    assert estimate(wide, 400).seconds > 5 * baseline.seconds
    assert estimate(wide, 400).memory < 500e6
    assert rows_at_once(load(BASELINE)) == cost.CHUNK
    assert rows_at_once(wide) < 100


@pytest.mark.parametrize(("parties", "options"), [(3, (8, 8, 8)), (3, (3, 3)), (5, (4, 4, 4)), seldom(8, (8, 8))])
def test_a_text_is_thought_through_for_few_of_many_combinations(
    parties: int, options: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many ways as are counted, and not one for each combination."""
    gone, in_full = 0, climb._ends

    def counted(*given: Any) -> Any:
        nonlocal gone
        gone += len(given[-1])
        return in_full(*given)

    monkeypatch.setattr(climb, "_ends", counted)
    wants = random_group(np.random.default_rng(1), parties, 2, options, width=10).preferences()
    for goal in (Product(np.ones((parties, 10))), Smallest()):
        climb.climb(wants, [np.full(10, 0.2)] * parties, goal)
    counted_ways, estimated = gone / 20, cost.ways_gone(prod(options), parties)
    assert 0.8 * counted_ways < estimated < 4 * counted_ways


def grown(change: str) -> Cost:
    return estimate(load_text(TEXT, settings=[change]), 50)


@pytest.mark.parametrize(
    "change",
    [
        "clock.weeks=300",
        "working_groups.wells.meets_every=1",
        "mediators.Envoy.effort=1",
        "parties.Upstream.tactic={kind: zeuthen}",
        "replications=90",
    ],
)
def test_more_of_anything_costs_more(change: str) -> None:
    before = estimate(wells(), 50)
    after = estimate(load_text(TEXT, settings=[change]), None if "replications" in change else 50)
    assert after.seconds > before.seconds
    assert after.kept >= before.kept


def test_costs_add_up_in_time_but_not_in_memory() -> None:
    assert Cost(1, 5, 2) + Cost(2, 3, 4) == Cost(3, 5, 6)


# ---- as many at once as memory has room for --------------------------------------------------------------------------


def few_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(simulating, "rows_at_once", lambda _: 7)


def tables(scenario: Scenario) -> list[pd.DataFrame]:
    results = run(scenario, told=15)
    return [results.outcomes, results.weekly, results.events, results.paths]


def test_histories_are_the_same_however_few_are_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(BASELINE, ["clock.weeks=30", "clock.hold_weeks=4", "replications=25"])
    whole = tables(scenario)
    few_rows(monkeypatch)
    for one, other in zip(whole, tables(scenario), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.validate
def test_variants_abreast_are_the_same_however_few_are_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = [quiet({"incidents.per_year": rate}, weeks=12) for rate in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)]
    whole = abreast(variants, 3, 5)
    few_rows(monkeypatch)
    for one, other in zip(whole, abreast(variants, 3, 5), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_progress_goes_on_from_block_to_block(monkeypatch: pytest.MonkeyPatch) -> None:
    few_rows(monkeypatch)
    heard: list[float] = []
    run(wells(), replications=20, on_progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1)
    assert len(heard) == 3 * wells().weeks


@pytest.mark.validate
def test_a_wide_scenario_does_not_grow_with_its_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "ROOM", 30e6)
    path = FOUND / "wide-options.yaml"
    all_come = [f"parties.{name}.absence=0" for name in load(path).parties]  # a block costs what its rounds cost
    scenario = load(path, ["clock.weeks=3", *all_come])
    few, many = (peak(lambda n=n: simulate(scenario, 0, n, told=0)) for n in (6, 18))
    assert many < 1.1 * few
    assert many < 40e6
