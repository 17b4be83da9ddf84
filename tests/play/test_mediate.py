"""A person mediates: the same model, the same history for the same plan, nothing given away, no rule broken."""

from __future__ import annotations

import json
import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import Game, Illegal, debrief, restore, scripted_players
from sim.play.game import ELSEWHERE, HISTORIES
from sim.play.mediate import Mediate
from sim.play.view import band, first
from tests.play.games import EXACT, Decision, any_mediator, begin, play, read
from tests.seldom import seldom

SCRIPT: Decision = {"shuttle": 5, "convene": 5, "draft": 5, "press": 2.5, "guarantee": 2.5}


def by_script(game: Game, **more: Any) -> Game:
    """The game of somebody who orders the shares of the script; more: by `turn_<number>`, what is ordered besides."""
    assert isinstance(game, Mediate)
    talks, weeks = len(game.turns) - 1, game.setup.options["turn_weeks"]
    parts = [len(game.turns[turn]) / weeks for turn in range(talks)] + [1.0]  # a short last turn holds fewer points
    orders = [{activity: points * part for activity, points in SCRIPT.items()} for part in parts]
    return Mediate(game.setup, tuple(o | more.get(f"turn_{n}", {}) for n, o in enumerate(orders, 1)))


def scripted(*settings: str, name: str = "seminar", replication: int = 0) -> pd.DataFrame:
    return sim.run(read(name, *settings), 1, first=replication).outcomes


def row(game: Game) -> pd.DataFrame:
    """Outcomes of a mediator's game, all columns."""
    assert isinstance(game, Mediate)
    model, _ = game._play(np.zeros((len(game.decisions), 1), dtype=bool))
    while model.running:
        model.step()
    table = outcomes(model)
    model.release()
    return table


@pytest.mark.parametrize(("weeks", "replication"), [seldom(4, 0), (8, 5), seldom(13, 1)])
def test_who_orders_the_shares_of_the_script_gets_its_history(weeks: int, replication: int) -> None:
    game = by_script(begin("mediator", "seminar", *EXACT, replication=replication, turn_weeks=weeks))
    pd.testing.assert_frame_equal(row(game), scripted(*EXACT, replication=replication), check_exact=True)


def test_who_does_nothing_is_a_mediator_without_effort() -> None:
    idle = Mediate(begin("mediator").setup, ({},) * 8)
    pd.testing.assert_frame_equal(row(idle), scripted("mediators.Chair.effort=0"), check_exact=True)
    assert (row(idle)["trips"] == 0).all()


def test_a_pause_is_a_freeze_by_date_and_a_lifted_freeze_is_none() -> None:
    """A pause of 5 weeks in week 8 is the scenario's freeze of weeks 8 to 12; lifting that one leaves nothing of it."""
    freeze = "freezes=[{groups: [water], start: 8, weeks: 5}]"
    paused = by_script(begin("mediator", "seminar", *EXACT), turn_2={"pause": {"water": 5}})
    frozen, open_talks = scripted(*EXACT, freeze), scripted(*EXACT)
    assert frozen["frozen_weeks.water"][0] == open_talks["frozen_weeks.water"][0] + 5
    pd.testing.assert_frame_equal(row(paused), frozen, check_exact=True)
    lifted = by_script(begin("mediator", "seminar", *EXACT, freeze), turn_2={"lift": ["water"]})
    pd.testing.assert_frame_equal(row(lifted), open_talks, check_exact=True)


def test_trips_go_where_the_points_are() -> None:
    game = begin("mediator", turn_weeks=13)
    for _ in range(3):
        game = game.decide({"shuttle": {"Uplake": game.view()["budget"]["most"]["shuttle"]}})
    assert game.view()["trips"] >= 3
    visits = [item for item in game.view()["news"] if item["kind"] == "visit"]
    assert {visit["to"] for visit in visits} == {"Uplake"}


def test_a_text_of_ones_own_is_what_is_tabled() -> None:
    own = {"reservoir": 0.25, "night_flow": 0.75, "costs": "by distance"}

    game = begin("mediator", turn_weeks=13, replication=2)
    for _ in range(3):
        game = game.decide({"draft": {"water": game.view()["budget"]["most"]["draft"]}, "texts": {"water": own}})
    assert isinstance(game, Mediate)
    model, _ = game._play(np.zeros((len(game.decisions), 1), dtype=bool))
    events = model.history.events()
    drafts = [json.loads(package) for package in events[events["kind"] == "draft"]["package"]]
    model.release()
    assert drafts
    assert all(draft == own for draft in drafts)


@pytest.mark.parametrize("seed", [0, *map(seldom, (1, 2))])
def test_bots_play_whole_games(seed: int) -> None:
    game = play(begin("mediator", replication=seed, turn_weeks=(13, 8, 13)[seed]), any_mediator(random.Random(seed)))
    end = game.end()
    json.dumps(end, allow_nan=False)
    assert end["outcome"]["mediator_weeks.Chair"] <= 0.6 * 52 + 0.3 * 0.6 * 104 + 1e-6
    place = end["among"]
    assert place["better"] + place["same"] + place["worse"] == place["scripted"] == scripted_players.SCRIPTED
    assert place["place"] == place["better"] + 1
    scored = end["score"]
    changed = {part: x - scored["idle"][part] for part, x in scored["parts"].items()}
    assert scored["points"] == pytest.approx(sum(scored["weights"][part] * x for part, x in changed.items()))
    assert place["mine"] == scored["elsewhere"]["mean"]
    assert scored["elsewhere"]["low"] < place["mine"] < scored["elsewhere"]["high"]
    for turn in end["mattered"]:
        rest = list(game.decisions)
        rest[turn["turn"] - 1] = {}
        table = row(Mediate(game.setup, tuple(rest)))
        assert turn["outcome_without"]["utility.Uplake"] == table["utility.Uplake"][0]
        assert turn["outcome_without"]["settled"] == table["settled"][0]


@pytest.mark.parametrize("replication", [0, seldom(3), seldom(11)])
def test_who_does_nothing_changes_nothing(replication: int) -> None:
    """Whatever the history: 0 points, here and elsewhere; doing nothing is beaten by most scripts in the seminar."""
    end = play(begin("mediator", replication=replication, turn_weeks=13), lambda view: {}).end()
    assert end["score"]["points"] == 0
    assert end["score"]["elsewhere"] == {"mean": 0, "low": 0, "high": 0, "histories": 100}
    assert all(turn["difference"] == 0 for turn in end["turns"])
    assert end["among"]["better"] > end["among"]["worse"]


def test_orders_are_tried_in_other_histories_as_the_script_would_play_them() -> None:
    """Somebody who orders the shares of the script has, in each of them, what a run of the script has."""
    game = by_script(begin("mediator", "seminar", *EXACT, replication=2))
    assert isinstance(game, Mediate)
    weeks = 0.5 * 52
    points = []
    for settings in (EXACT, ("mediators.Chair.effort=0",)):
        model = NegotiationModel(read("seminar", *settings), HISTORIES, first=ELSEWHERE, told=0)
        while model.running:
            model.step()
        spent = model.mediators_by_name["Chair"].weeks_of_talks
        points.append(debrief.mediated(outcomes(model), spent, weeks)["points"].to_numpy())
    np.testing.assert_allclose(game._elsewhere(), points[0] - points[1], atol=1e-9)


def test_what_is_kept_up_after_signature_is_not_charged() -> None:
    """What holds an agreement together costs no thrift."""
    kept = by_script(begin("mediator", "seminar", *EXACT, replication=2))
    assert isinstance(kept, Mediate)
    model, _ = kept._play(np.zeros((len(kept.decisions), 1), dtype=bool))
    while model.running:
        model.step()
    player = model.mediators_by_name["Chair"]
    assert not all(np.isnan(group.week_agreed[0]) for group in model.groups.values())
    assert player.weeks_of_talks[0] == pytest.approx(0.5 * 52)
    assert player.weeks[0] > 0.5 * 52


def test_a_game_can_be_left_and_taken_up_again() -> None:
    game, choose = begin("mediator"), any_mediator(random.Random(1))
    for _ in range(3):
        game = game.decide(choose(game.view()))
    again = restore(json.loads(json.dumps(game.saved())))
    assert again.view() == game.view()
    rest = any_mediator(random.Random(2))
    more = again.decide(rest(again.view()))
    assert len(again.decisions) == 3
    assert len(more.decisions) == 4


def test_points_that_are_not_spent_are_kept_but_no_turn_holds_more_than_its_weeks() -> None:
    game = begin("mediator", "seminar", *EXACT)
    assert game.view()["budget"]["points"] == 20
    game = game.decide({})
    assert game.view()["budget"]["points"] == 40
    game = game.decide({})
    budget = game.view()["budget"]
    assert (budget["points"], budget["saved"]) == (40, 20)
    assert game.decide({"press": 35}).view()["budget"]["points"] == 40  # 4 turns give 80, of which 35 are gone
    budget = game.decide({"press": 40}).decide({"guarantee": 30}).view()["budget"]
    assert (budget["points"], budget["saved"]) == (30, 0)


# ---- what is seen ----------------------------------------------------------------------------------------------------


def numbers(data: Any) -> set[float]:
    """All numbers anywhere in a view, also those within texts."""
    if isinstance(data, dict):
        return set().union(*(numbers(value) for value in data.values()), *(numbers(key) for key in data))
    if isinstance(data, list):
        return set().union(*(numbers(value) for value in data))
    return {round(data, 4)} if isinstance(data, float) else set()


def test_no_true_number_is_in_the_view() -> None:
    game = begin("mediator", "baseline", replication=4)
    for _ in range(6):
        shown = numbers(game.view())
        model = NegotiationModel(game.setup.scenario, 1, first=4)
        secret: set[float] = set()
        for party in model.parties:
            for name, seat in party.seats.items():
                weights = np.array([float(weight[0]) for weight in seat.weights.values()])
                secret |= {round(float(x), 4) for x in weights / weights.sum()}
                secret.add(round(float(party.reservation_in(name, np.array([0]))[0]), 4))
        model.release()
        assert len(secret) > 20
        assert not secret & shown
        assert "worth" not in json.dumps(game.view())
        game = game.decide({"shuttle": 20})


def test_bands_hold_the_truth_and_narrow_with_trips() -> None:
    game = begin("mediator", "baseline", replication=4)
    assert game.view()["estimates"]["treaty"]["Armenia"]["walk_away"] == {"low": 0.0, "best": 0.5, "high": 1.0}
    for _ in range(8):
        game = game.decide({"shuttle": {"Armenia": 20}})
    rows = game.view()["estimates"]["treaty"]
    known, unknown = rows["Armenia"]["walk_away"], rows["Azerbaijan"]["walk_away"]
    assert known["high"] - known["low"] < unknown["high"] - unknown["low"]
    assert unknown == {"low": 0.0, "best": 0.5, "high": 1.0} or unknown["high"] - unknown["low"] > 0.8
    model = NegotiationModel(game.setup.scenario, 1, first=4)
    seat = model.parties_by_name["Armenia"].seats["treaty"]
    weights = {issue: float(weight[0]) for issue, weight in seat.weights.items()}
    for issue, weight in weights.items():
        told = rows["Armenia"]["priorities"][issue]
        assert told["low"] <= weight / sum(weights.values()) <= told["high"]
    model.release()


@pytest.mark.parametrize("true", [0.0, 0.123, 0.5, 1.0])
def test_a_band_is_everything_without_knowledge_and_closes_with_it(true: float) -> None:
    assert (band(true, 0.0, 0.5)["low"], band(true, 0.0, 0.5)["high"]) == (0, 1)
    widths = []
    for known in np.linspace(0, 1, 21):
        told = band(true, float(known), 0.5)
        assert told["low"] <= true + 1e-9
        assert told["high"] >= true - 1e-9
        assert all(x * 20 == pytest.approx(round(x * 20)) for x in told.values())  # in steps, or it gives itself away
        widths.append(told["high"] - told["low"])
    assert widths[-1] <= 0.05 + 1e-9
    assert all(later <= earlier + 0.05 + 1e-9 for earlier, later in pairwise(widths))


@pytest.mark.validate
def test_twenty_turns_of_trips_tell_what_a_side_cares_about_most() -> None:
    game = begin("mediator", "baseline", "clock.hold_weeks=0", replication=3)
    sure = []
    while not game.over:
        found = game.view()["estimates"]["treaty"]["Armenia"]["first"]
        sure.append(found["sure"])
        game = game.decide({"shuttle": {"Armenia": 10, "Azerbaijan": 10}} if len(sure) < 20 else {})
    true = game.end()["revealed"]["treaty"]["Armenia"]["priorities"]
    assert sure[0] == 0.5
    assert max(sure[10:]) >= 0.65  # two of its questions are nearly as important
    assert found["issue"] == max(true, key=true.__getitem__)


@pytest.mark.parametrize("known", [0.2, 0.5, 0.8])
def test_how_sure_a_first_question_is(known: float) -> None:
    """Told from what is not known, by trying every split of it: the first question stays first so often."""
    true = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}
    split = np.random.default_rng(1).dirichlet(np.ones(4), 20_000)
    often = np.mean(known * 0.4 + (1 - known) * split[:, 0] > known * 0.3 + (1 - known) * split[:, 1])
    found = first(true, known)
    assert found["issue"] == "a"
    assert found["sure"] == pytest.approx(often, abs=0.08)
    assert first(true, 0.0) == {"issue": None, "sure": 0.5}
    assert first(true, 1.0)["sure"] == 1.0


# ---- what is refused -------------------------------------------------------------------------------------------------

REFUSED = {
    "points": {"press": 25},
    "press": {"press": -1},
    "guarantee": {"guarantee": math.nan},
    "draft": {"draft": True},
    "shuttle.Upland": {"shuttle": {"Upland": 1}},
    "shuttle.Uplake": {"shuttle": {"Uplake": 14}},
    "convene.water": {"convene": {"water": "2"}},
    "bribe": {"bribe": 3},
    "texts.water": {"texts": {"water": {"reservoir": 0.5}}},
    "texts.water.reservoir": {"texts": {"water": {"reservoir": 2, "night_flow": 0, "costs": "by distance"}}},
    "texts.water.costs": {"texts": {"water": {"reservoir": 1, "night_flow": 0, "costs": "by distances"}}},
    "pause.fish": {"pause": {"fish": 0}},
    "pause.air": {"pause": {"air": 3}},
    "lift": {"lift": ["water"]},
    "": [],
}


@pytest.mark.parametrize("where", REFUSED)
def test_a_decision_against_the_rules_is_refused_with_a_sentence(where: str) -> None:
    game = begin("mediator", "seminar", *EXACT)
    with pytest.raises(Illegal) as refusal:
        game.decide(REFUSED[where])  # type: ignore[arg-type]
    told = refusal.value.as_data()
    assert told["where"] == where
    assert told["rule"]
    assert told["remedy"]
    assert game.decide({}).view()["turn"] == 2


@pytest.mark.parametrize(
    "options", [{"mediator": "Nobody"}, {"turn_weeks": 5}, {"turn_weeks": True}, {"turns": 3}], ids=str
)
def test_options_are_checked(options: Decision) -> None:
    with pytest.raises(Illegal):
        begin("mediator", **options)


def test_a_scenario_without_mediators_has_no_seat_for_one() -> None:
    with pytest.raises(Illegal, match="seat"):
        begin("mediator", "two-conceders")


def test_nothing_is_decided_when_the_game_is_over_and_nothing_ended_before() -> None:
    game = begin("mediator", turn_weeks=13)
    with pytest.raises(Illegal, match="not over"):
        game.end()
    game = play(game, lambda view: {})
    with pytest.raises(Illegal, match="over"):
        game.decide({})


def test_a_saved_game_is_checked_like_a_new_one() -> None:
    game = begin("mediator", "seminar", *EXACT, turn_weeks=13)
    saved = game.decide({"press": 20}).decide({}).saved()
    for number, wrong in ((0, {"press": 41}), (1, {"press": 21}), (1, {"lift": ["fish"]})):
        decisions = [*saved["decisions"][:number], wrong, *saved["decisions"][number + 1 :]]
        with pytest.raises(Illegal):
            restore(saved | {"decisions": decisions})
    with pytest.raises(Illegal, match="over"):
        restore(saved | {"decisions": [{}] * 6})
    with pytest.raises(Illegal, match="list"):
        restore(saved | {"decisions": 3})
    with pytest.raises(Illegal, match="these keys"):
        restore(saved | {"score": 100})
