"""Same seed, same bits: over replications asked for, chunks and processes. The reproducibility test."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments import run as runs
from sim.experiments.run import Results, cut, run
from sim.scenario import Scenario, load
from sim.statistics.summary import summarise
from tests.seldom import seldom

HOME = Path(__file__).parents[2]
TABLES = ("outcomes", "weekly", "events", "paths")
MANY = 600
"""Replications, in several chunks where a test makes these small."""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Everything on, but short: distributions, two groups, options, a mediator, freezes, incidents."""
    party = {"reservation": {"mean": 0.35, "sd": 0.08}, "expected_rounds": 6, "weight_spread": 0.2}
    water = {
        "depth": {"positions": {"Up": 0.0, "Down": 1.0}, "weights": {"Up": 3}},
        "court": {"options": {"ours": {"Up": 1.0, "Down": 0.2}, "yours": {"Up": 0.3, "Down": 1.0}}},
    }
    return Scenario.model_validate(
        {
            "name": "Two wells",
            "clock": {"weeks": 40, "hold_weeks": 10},
            "seed": 11,
            "parties": {"Up": party, "Down": party},
            "mediators": {"Envoy": {}},
            "working_groups": {
                "water": {"meets_every": 3, "issues": water},
                "land": {"meets_every": 4, "issues": {"line": {"positions": {"Up": 0.0, "Down": 1.0}}}},
            },
            "freezes": [{"groups": ["land"], "after": "incident", "severity": 0.2, "weeks": 4}],
        }
    )


@pytest.fixture(scope="module")
def most(scenario: Scenario) -> Results:
    return run(scenario, replications=MANY)


def same(one: Results, other: Results, *tables: str) -> None:
    for table in tables or TABLES:
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table), check_exact=True)


# ---- cutting ---------------------------------------------------------------------------------------------------------


@given(first=st.integers(0, 10_000), count=st.integers(1, 60_000), jobs=st.integers(1, 8))
def test_chunks_hold_each_replication_once(first: int, count: int, jobs: int) -> None:
    chunks = cut(first, count, jobs)
    assert [r for chunk in chunks for r in (chunk.first, chunk.first + chunk.count)][1:-1:2] == [
        chunk.first for chunk in chunks[1:]
    ]
    assert (chunks[0].first, sum(chunk.count for chunk in chunks)) == (first, count)
    assert all(0 < chunk.count <= runs.CHUNK for chunk in chunks)


# ---- the same bits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7, 257])
def test_rows_do_not_depend_on_how_many_are_asked_for(scenario: Scenario, most: Results, n: int) -> None:
    few = run(scenario, replications=n)
    pd.testing.assert_frame_equal(few.outcomes, most.outcomes.head(n), check_exact=True)
    told = most.events[most.events["replication"] < n].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.events, told, check_exact=True)
    pd.testing.assert_frame_equal(
        few.paths, most.paths[most.paths["replication"] < n].reset_index(drop=True), check_exact=True
    )


@pytest.mark.parametrize(("chunk", "jobs"), [seldom(256, 1), (100, 1), (256, 2)])
def test_tables_do_not_depend_on_chunks_and_processes(
    scenario: Scenario, most: Results, chunk: int, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHUNK", chunk)
    told: list[float] = []
    other = run(scenario, replications=MANY, jobs=jobs, on_progress=told.append)
    same(other, most)
    assert other.summary == most.summary
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    assert len(told) == len(cut(0, MANY)) * (scenario.weeks if jobs == 1 else 1)


def test_a_run_may_start_anywhere(scenario: Scenario, most: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 64)
    middle = run(scenario, replications=200, first=90)
    pd.testing.assert_frame_equal(middle.outcomes, most.outcomes.iloc[90:290].reset_index(drop=True), check_exact=True)


@pytest.mark.validate
def test_a_worker_that_is_killed_changes_nothing(
    scenario: Scenario, most: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHUNK", 128)
    killed = []

    def kill_one(share: float) -> None:
        if not killed:
            killed.append(active_children()[0])
            killed[0].kill()

    other = run(scenario, replications=MANY, jobs=2, on_progress=kill_one)
    assert killed
    same(other, most)


def test_another_seed_is_another_chance(scenario: Scenario, most: Results) -> None:
    other = run(scenario, replications=50, seed=12)
    assert other.seed == other.scenario.seed == 12
    assert not other.outcomes.drop(columns="replication").equals(most.outcomes.head(50).drop(columns="replication"))


# ---- what comes with it ----------------------------------------------------------------------------------------------


def test_the_summary_is_that_of_the_outcomes(most: Results) -> None:
    assert most.summary == summarise(most.scenario, most.outcomes)
    assert most.replications == most.scenario.replications == len(most.outcomes) == MANY


@pytest.mark.parametrize("asked", [{"replications": 0}, {"seed": -1}])
def test_numbers_that_a_scenario_could_not_hold_are_refused(scenario: Scenario, asked: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(asked))):
        run(scenario, **asked)


@dataclass(frozen=True)
class GiveAll:
    """Ask for no more than no agreement is worth."""

    def aspiration(self, view: Any) -> Any:
        return view.reservation


@pytest.mark.parametrize("jobs", [1, seldom(2)])
def test_a_tactic_of_ones_own_is_played(
    scenario: Scenario, most: Results, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHUNK", 50)
    both = {"Up": GiveAll(), "Down": GiveAll()}
    generous = run(scenario, replications=100, tactics=both, jobs=jobs)
    assert generous.outcomes["agreed.water"].mean() > most.outcomes["agreed.water"].mean()


@pytest.mark.validate
def test_results_draw_themselves() -> None:
    results = run(load(HOME / "scenarios" / "seminar.yaml"), replications=30)
    group = next(iter(results.scenario.working_groups))
    figures = [*map(results.plot, ("agreement", "outcomes", "trust")), results.plot("timeline", replication=3)]
    for figure in [*figures, results.plot("utility-space", group=group, replication=3)]:
        assert figure.png.startswith(b"\x89PNG")
        assert figure.alt
