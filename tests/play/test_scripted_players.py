"""A thousand scripted players under the same chance: each of them is a run of the scenario that could be made alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

import sim
from sim.chance import WINDOW, Chance, Repeated
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, scripted_players, start
from sim.play.game import ELSEWHERE, HISTORIES
from sim.scenario import Scenario, as_yaml, load
from tests.play.games import SCENARIOS, begin, read

SHORT = ("clock.hold_weeks=13",)


@pytest.mark.parametrize("replication", [0, 3, 700])
def test_every_row_meets_what_the_replication_meets(replication: int) -> None:
    own, same = Chance(7, replication, 1), Repeated(7, replication, 1, 3)
    here = np.array([2, 0])
    for week in (0, 1, WINDOW - 1, WINDOW, 5 * WINDOW, 3):  # back and forth: a game is played again and again
        number = own.week("incident", week)[0]
        assert same.week("incident", week).tolist() == [number] * 3
        assert same.week("incident", week, here).tolist() == [number] * 2
    for rows in (1, 4):
        assert (same.once("drawn.x", rows) == own.once("drawn.x", rows)).all()
    assert same.once("drawn.x", 4).shape == (4, 3)


def test_a_hypercube_fills_every_stratum_once_and_stays_what_it_is() -> None:
    for column in scripted_players.latin(50, 4):
        assert sorted((column * 50).astype(int)) == list(range(50))
    assert np.array_equal(scripted_players.latin(50, 4), scripted_players.latin(50, 4))


def alone(scenario: Scenario) -> np.ndarray:
    """Points of the other histories of a scenario, by a run of their own."""
    model = NegotiationModel(scenario, HISTORIES, first=ELSEWHERE, told=0)
    while model.running:
        model.step()
    return debrief.mediated(outcomes(model))["points"].to_numpy()


@pytest.mark.validate
def test_a_scripted_mediator_is_a_run_of_the_scenario_with_its_plan() -> None:
    weeks = 52
    game = begin("mediator", "seminar", *SHORT, replication=4)
    table = scripted_players.mediators(game.setup, "Chair", allowance=0.6 * weeks, count=12)
    idle = alone(read("seminar", *SHORT, "mediators.Chair.effort=0"))
    for row in (0, 5, 11):
        plan = table.iloc[row]
        starts = zip((0, weeks // 3, 2 * (weeks // 3)), ("early", "middle", "late"), strict=True)
        steps = ", ".join(f"{{from: {week}, effort: {float(plan[third])!r}}}" for week, third in starts)
        shares = ", ".join(f"{activity}: {float(plan[activity])!r}" for activity in scripted_players.ACTIVITIES)
        plan_of = (f"mediators.Chair.effort=[{steps}]", f"mediators.Chair.activities={{{shares}}}")
        changed = alone(read("seminar", *SHORT, *plan_of)) - idle
        assert debrief.mean(changed) == pytest.approx(
            {"mean": plan["score"], "low": plan["low"], "high": plan["high"], "histories": 100}, abs=1e-9
        )


def test_in_the_known_past_everybody_does_what_was_done() -> None:
    """Plans begin where the scenario ends to tell: what came before is the same in all of them."""
    scenario = read("seminar", *SHORT, "clock.known_until=2024-10-04")
    assert scenario.known_weeks > 3
    plan = scripted_players.plans(scenario, 10.0, 3)
    model = NegotiationModel(scenario, 3, told=0, cast={"Chair": partial(scripted_players.Planned, plan=plan)})
    script = NegotiationModel(scenario, 3, told=0)
    for _ in range(scenario.known_weeks):
        model.step()
        script.step()
        assert (model.mediators_by_name["Chair"].effort == script.mediators_by_name["Chair"].effort).all()
    model.step()
    assert (model.mediators_by_name["Chair"].effort == plan["early"].to_numpy()).all()


SHIPPED = sorted(SCENARIOS.rglob("*.yaml"))


@pytest.mark.validate
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_who_does_nothing_stands_at_or_below_the_middle_and_the_best_plan_above(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the history: the place goes by the mean over the same other ones."""
    scenario = load(path)
    if not scenario.mediators:
        pytest.skip("nobody mediates here")
    monkeypatch.setattr(scripted_players, "SCRIPTED", 120)
    others = start("mediator", as_yaml(scenario)).others()
    assert np.median(others["score"]) >= 0
    assert others["low"][others["score"].idxmax()] > 0


@pytest.mark.validate
def test_who_does_nothing_stands_below_the_middle_in_the_seminar() -> None:
    others = begin("mediator", "seminar", *SHORT).others()
    assert np.median(others["score"]) > 0
    assert others["low"][others["score"].idxmax()] > 0


def test_what_is_at_stake_in_a_history_is_what_each_plan_changes_there() -> None:
    """Nothing can be won where all plans come out alike; elsewhere there is something between the quarters."""
    game = begin("mediator", "seminar", *SHORT, replication=4)
    found = game.at_stake()
    one = scripted_players.plans(game.setup.scenario, 0.6 * 52, scripted_players.SCRIPTED).iloc[[7]]
    again = scripted_players.changed(game.setup.scenario, "Chair", one, game.setup.chance, 1)
    assert found[7] == again[0, 0]
    assert not debrief.quartiles(np.zeros(50))["open"]
    assert not debrief.quartiles(np.r_[np.zeros(40), 50.0])["open"]  # hardly any plan wins
    assert debrief.quartiles(np.arange(50.0))["open"]
    assert not debrief.quartiles(-np.arange(50.0))["open"]  # all plans lose


def test_scripted_mediators_spend_no_more_than_the_scenario_gives() -> None:
    plan = scripted_players.plans(read("seminar"), 0.6 * 52, 60)
    mean = plan[["early", "middle", "late"]].mean(axis=1)
    assert mean.max() <= 0.6 + 0.02
    assert mean.min() < 0.1
    assert (plan[list(scripted_players.ACTIVITIES)].sum(axis=1) - 1).abs().max() < 1e-12


def test_scripted_mediators_are_fewer_where_a_thousand_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripted_players, "SCRIPTED", 1000)
    assert scripted_players.affordable(read("baseline")) == 1000
    monkeypatch.setattr(scripted_players, "SECONDS", 10.0)
    assert 200 < scripted_players.affordable(read("baseline")) < 500


def test_an_interval_of_a_mean_is_students() -> None:
    changed = np.random.default_rng(1).normal(3, 10, 100)
    by_scipy = scipy.stats.ttest_1samp(changed, 0).confidence_interval()
    found = debrief.mean(changed)
    assert (found["low"], found["high"]) == pytest.approx((by_scipy.low, by_scipy.high))


def test_a_scripted_party_is_a_run_of_the_scenario_with_its_tactic() -> None:
    game = begin("party", "seminar", *SHORT, replication=2, party="Uplake")
    found, tactics = game.at_stake(), scripted_players.tactics(scripted_players.SCRIPTED)
    script = sim.run(read("seminar", *SHORT), 1, first=2).outcomes["utility.Uplake"][0]
    for row in (3, 20):
        plan = tactics.iloc[row]
        settings = (
            f"parties.Uplake.tactic={{kind: time, beta: {float(plan['beta'])!r}}}",
            f"parties.Uplake.expected_rounds={float(plan['expected_rounds'])!r}",
        )
        alone = sim.run(read("seminar", *SHORT, *settings), 1, first=2).outcomes["utility.Uplake"][0]
        assert found[row] == pytest.approx(100 * (alone - script), abs=1e-9)


def test_half_way_is_when_a_party_has_given_way_by_half() -> None:
    table = scripted_players.tactics(20)
    elapsed = table["half_way"] / table["expected_rounds"]
    assert np.allclose(1 - elapsed ** (1 / table["beta"]), 0.5)


def test_a_place_counts_who_is_better_the_same_and_worse() -> None:
    place = debrief.place(5.0, np.array([1.0, 5.0, 5.0 + 1e-12, 7.0, 9.0, 2.0]))
    assert (place["better"], place["same"], place["worse"], place["place"]) == (2, 2, 2, 3)
    assert place["scores"] == sorted(place["scores"])


def test_a_mediators_score_adds_up_as_its_text_says() -> None:
    table = pd.DataFrame(
        {
            "agreed.a": [True, False],
            "agreed.b": [True, True],
            "lasting": [True, False],
            "fairness": [0.5, np.nan],
        }
    )
    scored = debrief.mediated(table)
    assert scored["points"].tolist() == pytest.approx([50 + 30 + 10, 25])
    for part, points in debrief.MEDIATED.items():
        assert f"{points} " in debrief.MEDIATED_TEXT, part
