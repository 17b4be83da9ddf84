"""A thousand scripted players under the same chance: each of them is a run of the scenario that could be made alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from sim.chance import WINDOW, Chance, Repeated
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import debrief, scripted_players, start, turns
from sim.play.delegates import MandatedParty
from sim.play.game import ELSEWHERE, HISTORIES
from sim.play.mandates import Mandate, Said
from sim.play.negotiate import Negotiate
from sim.play.view import HERE, text_of
from sim.scenario import Scenario, as_yaml, load
from sim.scenario.numbers import mean_of
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
    table = game.others()
    idle = alone(read("seminar", *SHORT, "mediators.Chair.effort=0"))
    for row in (0, 5, 23):
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
    plan = scripted_players.efforts(scenario, 10.0, 3)
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
    monkeypatch.setattr(scripted_players, "SCRIPTED", {"mediator": 120})
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
    one = scripted_players.efforts(game.setup.scenario, 0.6 * 52, scripted_players.SCRIPTED["mediator"]).iloc[[7]]
    again = scripted_players.mediated(game.setup.scenario, "Chair", one, game.setup.chance, 1)
    assert found[7] == again[0, 0]
    assert not debrief.quartiles(np.zeros(50))["open"]
    assert not debrief.quartiles(np.r_[np.zeros(40), 50.0])["open"]  # hardly any plan wins
    assert debrief.quartiles(np.arange(50.0))["open"]
    assert not debrief.quartiles(-np.arange(50.0))["open"]  # all plans lose


def test_scripted_mediators_spend_no_more_than_the_scenario_gives() -> None:
    plan = scripted_players.efforts(read("seminar"), 0.6 * 52, 60)
    mean = plan[["early", "middle", "late"]].mean(axis=1)
    assert mean.max() <= 0.6 + 0.02
    assert mean.min() < 0.1
    assert (plan[list(scripted_players.ACTIVITIES)].sum(axis=1) - 1).abs().max() < 1e-12


def test_scripted_mediators_are_fewer_where_a_thousand_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripted_players, "SCRIPTED", {"mediator": 1000})
    assert scripted_players.affordable(read("baseline"), "mediator") == 1000
    monkeypatch.setattr(scripted_players, "SECONDS", 10.0)
    assert 200 < scripted_players.affordable(read("baseline"), "mediator") < 500


def test_an_interval_of_a_mean_is_students() -> None:
    changed = np.random.default_rng(1).normal(3, 10, 100)
    by_scipy = scipy.stats.ttest_1samp(changed, 0).confidence_interval()
    found = debrief.mean(changed)
    assert (found["low"], found["high"]) == pytest.approx((by_scipy.low, by_scipy.high))


def test_scripted_parties_ask_for_less_and_less_and_sign_no_more_than_they_ask_for() -> None:
    plan = scripted_players.mandates(60)
    asked = plan[["early", "middle", "late"]]
    assert (asked.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    assert 0 <= asked.min(axis=None) < 0.05
    assert 0.95 < asked.max(axis=None) < 1
    assert plan["keeps"].value_counts().to_dict() == {0.0: 30, 1.0: 30}
    assert (plan.loc[plan["keeps"] == 0, "signs"] == 1).all()
    assert plan["signs"].between(0, 1).all()


@pytest.mark.parametrize("keeps", [0.0, 1.0])
def test_a_scripted_party_is_a_person_who_gives_its_mandates(keeps: float) -> None:
    """In the same weeks, with the same offers, in the same histories: both go the same way."""
    brief, few = (*SHORT, "parties.Egypt.weight_spread=0.3"), 6
    setup = begin("party", "camp-david-1978", *brief, party="Egypt").setup
    chance = partial(Repeated, setup.seed, 700, few)
    plan = pd.DataFrame({"early": [0.8], "middle": [0.6], "late": [0.4], "keeps": [keeps], "signs": [0.5]})
    (found,) = scripted_players.mandated(setup.scenario, "Egypt", plan, chance, few)

    starts = scripted_players.thirds(setup.scenario)
    away = mean_of(setup.scenario.parties["Egypt"].reservation)
    points = []
    for told in (True, False):
        model = NegotiationModel(setup.scenario, few, first=700, told=0, cast={"Egypt": MandatedParty})
        egypt = model.parties_by_name["Egypt"]
        assert isinstance(egypt, MandatedParty)
        while model.running:
            if told and model.week in starts:
                worth = away + float(plan[starts[model.week]][0]) * (1 - away)
                egypt.follow(Said(by_hand(egypt, worth, keeps, away), frozenset()), ~model.nowhere())
            model.step()
        points.append(debrief.negotiated(outcomes(model), "Egypt"))
    assert found == pytest.approx(points[0] - points[1], abs=0.01 * keeps)  # a text is written in four digits
    assert (found != 0).sum() > few / 2


def by_hand(party: MandatedParty, worth: float, keeps: float, away: float) -> dict[str, Mandate]:
    """What a person says who asks for so much in each group: with an offer of the first history, or without."""
    if not keeps:
        return dict.fromkeys(party.seats, Mandate(worth))
    made = {name: party.offer_worth(party.model.groups[name], party.model.each(worth)) for name in party.seats}
    texts = {name: text_of(party.model.groups[name], offer.at(HERE)) for name, offer in made.items()}
    return {name: Mandate(away + 0.5 * (worth - away), text) for name, text in texts.items()}


def test_what_can_be_won_is_judged_where_the_best_plan_was_not_chosen() -> None:
    """The best of some that differ by luck alone does well where it was chosen, and no better than nothing afresh."""
    game = begin("party", "seminar", *SHORT, party="Uplake")
    luck = np.random.default_rng(5).normal(0, 10, (200, HISTORIES + turns.FRESH))

    def changed(self: Negotiate, plans: pd.DataFrame, chance: scripted_players.Luck, histories: int) -> np.ndarray:
        assert chance(len(plans)).first == ELSEWHERE
        return luck[plans.index.to_numpy(), :histories]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Negotiate, "_changed", changed)
        others = game._tried(game._plans(200))
        found = game.prospects(others)
    best = int(others["score"].idxmax())
    assert others["low"][best] > 0
    assert not found["open"]
    assert found["best"]["mean"] == pytest.approx(luck[best, HISTORIES:].mean())
    assert found["idle"]["better"] == (others["score"] > 0).sum()


def test_parts_of_the_scripted_players_are_all_of_them() -> None:
    """Some parts may be empty; what one is worth does not depend on who is tried beside it."""
    game = begin("party", "two-conceders", party="Ann")
    parts = [game.some_others(part, 30) for part in (0, 23, 29)]
    pd.testing.assert_frame_equal(pd.concat(parts), game.others().iloc[[0, 23]], check_exact=True)


@pytest.mark.validate
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_said_to_win_wins_again_in_histories_that_nobody_has_looked_at(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every party that a class may be offered; in the other seats no mandate is told from leaving all alone."""
    scenario, fresh = load(path), 400
    monkeypatch.setattr(scripted_players, "SCRIPTED", {"party": 60})
    monkeypatch.setattr(turns, "FRESH", fresh)
    for party in scenario.parties:
        game = start("party", as_yaml(scenario), options={"party": party})
        others = game.others()
        found = game.prospects(others)
        if not found["open"]:
            assert found["best"]["low"] <= 0
            continue
        best = others.loc[[others["score"].idxmax()], scripted_players.PLANS["party"]]
        histories = HISTORIES + 2 * fresh
        further = game._changed(best, partial(Repeated, scenario.seed, ELSEWHERE, histories), histories)
        assert further[0, HISTORIES + fresh :].mean() > 0
        assert found["idle"]["better"] > 0


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
