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
from sim.play.view import band, ranks
from tests.play.games import EXACT, Decision, any_mediator, begin, play, read
from tests.seldom import seldom

SCRIPT: Decision = {"shuttle": 5, "convene": 5, "draft": 5, "press": 2.5, "guarantee": 2.5}


def by_script(game: Game, **more: Any) -> Game:
    """The game of somebody who orders the shares of the script; more: by `moment_<number>`, what is ordered besides."""

    def choose(view: Any) -> Decision:
        return SCRIPT | more.get(f"moment_{view['moment']['number']}", {})

    return play(game, choose)


def scripted(*settings: str, name: str = "seminar", replication: int = 0) -> pd.DataFrame:
    return sim.run(read(name, *settings), 1, first=replication).outcomes


def row(game: Game) -> pd.DataFrame:
    """Outcomes of a mediator's game, all columns."""
    assert isinstance(game, Mediate)
    model = game._model(1, game.setup.chance())
    game._replay(model, dict.fromkeys(range(len(game.decisions)), ~model.nowhere()))
    table = outcomes(model)
    model.release()
    return table


@pytest.mark.parametrize(("name", "replication"), [seldom("seminar", 0), ("seminar", 5), seldom("baseline", 1)])
def test_who_orders_the_shares_of_the_script_gets_its_history(name: str, replication: int) -> None:
    settings = EXACT if name == "seminar" else tuple(each.replace("Chair", "Russia") for each in EXACT)
    game = by_script(begin("mediator", name, *settings, replication=replication))
    mine, theirs = row(game), scripted(*settings, name=name, replication=replication)
    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


@pytest.mark.parametrize("role", ["mediator", "party"])
@pytest.mark.parametrize(("name", "replication"), [("seminar", 2), seldom("baseline", 4), seldom("baseline", 5)])
def test_a_game_has_8_to_12_moments_and_each_says_why(role: str, name: str, replication: int) -> None:
    """Where everything is settled early there may be fewer: nothing is left to decide."""
    game = begin(role, name, replication=replication)
    weeks = []
    while not game.over and game.view()["moment"]["why"]:
        moment = game.view()["moment"]
        assert (moment["number"], moment["fewest"], moment["most"]) == (len(weeks) + 1, 8, 12)
        weeks.append(game.view()["week"])
        game = game.decide({})
    settled = all(group["state"] == "in force" for group in game.view()["groups"].values())
    assert len(weeks) <= 12
    assert len(weeks) >= 8 or settled
    assert weeks == sorted(set(weeks))
    assert game.over or game.view()["closing"]


def test_who_does_nothing_is_a_mediator_without_effort() -> None:
    idle = play(begin("mediator"), lambda view: {})
    pd.testing.assert_frame_equal(row(idle), scripted("mediators.Chair.effort=0"), check_exact=True)
    assert (row(idle)["trips"] == 0).all()


@pytest.mark.validate
def test_a_pause_is_a_freeze_by_date_and_a_lifted_freeze_is_none() -> None:
    """A pause of 5 weeks is the scenario's freeze of the same weeks; lifting that one leaves nothing of it."""
    game = begin("mediator", "seminar", *EXACT).decide(SCRIPT)
    start = game.view()["week"]
    freeze = f"freezes=[{{groups: [water], start: {start}, weeks: 5}}]"
    paused = by_script(begin("mediator", "seminar", *EXACT), moment_2={"pause": {"water": 5}})
    frozen, open_talks = scripted(*EXACT, freeze), scripted(*EXACT)
    assert frozen["frozen_weeks.water"][0] == open_talks["frozen_weeks.water"][0] + 5
    pd.testing.assert_frame_equal(row(paused), frozen, check_exact=True)
    lifted = by_script(begin("mediator", "seminar", *EXACT, freeze), moment_2={"lift": ["water"]})
    pd.testing.assert_frame_equal(row(lifted), open_talks, check_exact=True)


def test_trips_go_where_the_points_are() -> None:
    game = begin("mediator")
    visits = []
    for _ in range(7):
        game = game.decide({"shuttle": {"Uplake": game.view()["budget"]["most"]["shuttle"]}})
        visits += [item["to"] for item in game.view()["news"] if item["kind"] == "visit"]
    assert game.view()["trips"] == len(visits) >= 3
    assert set(visits) == {"Uplake"}


@pytest.mark.validate
def test_a_text_of_ones_own_is_what_is_tabled() -> None:
    own = {"reservoir": 0.25, "night_flow": 0.75, "costs": "by distance"}

    def choose(view: Any) -> Decision:
        return (
            {"draft": {"water": view["budget"]["most"]["draft"]}, "texts": {"water": own}} if view["pausable"] else {}
        )

    game = play(begin("mediator", replication=2), choose)
    assert isinstance(game, Mediate)
    model = game._model(1, game.setup.chance())
    game._replay(model, dict.fromkeys(range(len(game.decisions)), ~model.nowhere()))
    events = model.history.events()
    drafts = [json.loads(package) for package in events[events["kind"] == "draft"]["package"]]
    model.release()
    assert drafts
    assert all(draft == own for draft in drafts)


@pytest.mark.validate
@pytest.mark.parametrize("seed", [0, *map(seldom, (1, 2))])
def test_bots_play_whole_games(seed: int) -> None:
    game = play(begin("mediator", replication=seed), any_mediator(random.Random(seed)))
    end = game.end()
    json.dumps(end, allow_nan=False)
    assert end["outcome"]["mediator_weeks.Chair"] <= 0.6 * 52 + 0.3 * 0.6 * 104 + 1e-6
    assert end["effort"]["spent"] <= end["effort"]["given"] + 1e-6
    place = end["among"]
    assert (
        place["better"] + place["same"] + place["worse"] == place["scripted"] == scripted_players.SCRIPTED["mediator"]
    )
    assert place["place"] == place["better"] + 1
    scored = end["score"]
    changed = {part: x - scored["idle"][part] for part, x in scored["parts"].items()}
    assert scored["points"] == pytest.approx(sum(scored["weights"][part] * x for part, x in changed.items()))
    assert place["mine"] == scored["elsewhere"]["mean"]
    assert scored["elsewhere"]["low"] < place["mine"] < scored["elsewhere"]["high"]
    assert len(end["turns"]) == len(game.decisions)
    for turn in end["mattered"]:
        assert turn["elsewhere"]["low"] > 0 or turn["elsewhere"]["high"] < 0


@pytest.mark.validate
def test_what_a_decision_brought_is_the_game_less_the_game_without_it() -> None:
    """Where the rest is decided in the same weeks as before."""
    game = play(begin("mediator", replication=3), any_mediator(random.Random(4)))
    assert isinstance(game, Mediate)
    turn = game.end()["turns"][1]
    model = game._model(1, game.setup.chance())
    everywhere = ~model.nowhere()
    game._replay(model, {number: everywhere & (number != 1) for number in range(len(game.decisions))})
    table = outcomes(model)
    model.release()
    assert turn["outcome_without"]["utility.Uplake"] == table["utility.Uplake"][0]
    assert turn["outcome_without"]["settled"] == table["settled"][0]
    without = (
        debrief.mediated(table)["points"][0]
        - debrief.mediated(row(play(begin("mediator", replication=3), idle)))["points"][0]
    )
    assert turn["without"] == pytest.approx(without)


def idle(view: Any) -> Decision:
    """Nothing at all."""
    return {}


@pytest.mark.validate
@pytest.mark.parametrize("replication", [0, 3, 11])
def test_who_does_nothing_changes_nothing(replication: int) -> None:
    """Whatever the history: 0 points, here and elsewhere; doing nothing is beaten by most scripts in the seminar."""
    end = play(begin("mediator", replication=replication), idle).end()
    assert end["score"]["points"] == 0
    assert end["score"]["elsewhere"] == {"mean": 0, "low": 0, "high": 0, "histories": 100}
    assert all(turn["difference"] == 0 for turn in end["turns"])
    assert end["among"]["better"] > end["among"]["worse"]


@pytest.mark.validate
def test_orders_are_tried_in_other_histories_as_the_script_would_play_them() -> None:
    """Somebody who orders the shares of the script has, in each of them, what a run of the script has."""
    game = by_script(begin("mediator", "seminar", *EXACT, replication=2))
    assert isinstance(game, Mediate)
    points = []
    for settings in (EXACT, ("mediators.Chair.effort=0",)):
        model = NegotiationModel(read("seminar", *settings), HISTORIES, first=ELSEWHERE, told=0)
        while model.running:
            model.step()
        points.append(debrief.mediated(outcomes(model))["points"].to_numpy())
    found = game._elsewhere()
    np.testing.assert_allclose(found[0], points[0], atol=1e-9)
    np.testing.assert_allclose(found[-1], points[1], atol=1e-9)


def test_what_is_said_to_have_paid_can_be_told_from_chance() -> None:
    """Of 12 means of noise hardly any leaves 0, as their intervals hold together; a real one does."""
    noise = np.random.default_rng(3).normal(0, 10, (2000, 12, 100))
    wrong = [any(debrief.leaves_0(debrief.mean(each, 12)) for each in twelve) for twelve in noise[:400]]
    assert np.mean(wrong) < 0.09
    assert debrief.leaves_0(debrief.mean(noise[0, 0] + 8, 12))


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


def test_effort_that_is_not_spent_is_saved_and_orders_last_as_long_as_there_is_any() -> None:
    game = begin("mediator", "seminar", *EXACT, replication=5)
    assert (game.view()["budget"]["points"], game.view()["budget"]["saved"]) == (20, 0)
    game = game.decide({})
    week = game.view()["week"]
    budget = game.view()["budget"]
    assert (budget["points"], budget["given"], budget["saved"]) == (min(40, 20 + 20 * week), 20, week / 2)
    game = game.decide({"press": 40})
    later = game.view()["week"] - week
    assert game.view()["budget"]["saved"] == max(week / 2 - later / 2, 0)
    assert game.view()["budget"]["spent_weeks"] == min(later, week / 2 + later / 2)


@pytest.mark.validate
def test_what_was_done_in_the_known_past_is_not_the_persons() -> None:
    """Before the first moment the mediator does what the scenario tells; effort is counted from there."""
    known = "clock.known_until=2024-10-20"
    game = begin("mediator", "seminar", *EXACT, known)
    past = read("seminar", *EXACT, known).known_weeks
    assert game.view()["week"] == past > 3
    assert (game.view()["budget"]["spent_weeks"], game.view()["budget"]["saved"]) == (0, 0)
    end = play(game, idle).end()
    assert end["effort"] == {"spent": 0, "given": (52 - past) / 2}
    pd.testing.assert_frame_equal(row(by_script(game)), scripted(*EXACT, known), check_exact=True)


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
        bands = [
            each
            for group in game.view()["estimates"].values()
            for party in group.values()
            for each in [party["walk_away"], *party["worth"].values()]
        ]
        assert all(
            round(20 * edge, 6) == round(20 * edge) or round(16 * edge, 6) == round(16 * edge)
            for each in bands
            for edge in each.values()
        )
        game = game.decide({"shuttle": 20})


def test_bands_and_ranks_hold_the_truth_and_narrow_with_trips() -> None:
    game = begin("mediator", "baseline", replication=4)
    first = game.view()["estimates"]["treaty"]["Armenia"]
    assert first["walk_away"] == {"low": 0.0, "high": 1.0}
    count = len(first["ranks"])
    assert {(each["best"], each["worst"]) for each in first["ranks"]} == {(1, count)}
    for _ in range(7):
        game = game.decide({"shuttle": {"Armenia": 20}})
    rows = game.view()["estimates"]["treaty"]
    known, unknown = rows["Armenia"], rows["Azerbaijan"]
    assert unknown["walk_away"] == {"low": 0.0, "high": 1.0}
    assert known["walk_away"]["high"] - known["walk_away"]["low"] < 1

    def open_places(found: Any) -> int:
        return sum(each["worst"] - each["best"] for each in found["ranks"])

    assert open_places(known) < open_places(unknown) == count * (count - 1)
    model = NegotiationModel(game.setup.scenario, 1, first=4)
    weights = model.parties_by_name["Armenia"].seats["treaty"].weights
    order = sorted(weights, key=lambda issue: -float(weights[issue][0]))
    for each in known["ranks"]:
        assert each["best"] <= order.index(each["issue"]) + 1 <= each["worst"]
    model.release()


def test_the_worth_of_a_text_is_told_as_a_band_that_holds_it() -> None:
    """For every text on the table and the suggested one, however much is known."""
    game = begin("mediator", "baseline", replication=4)
    for _ in range(6):
        game = game.decide({"shuttle": 20})
    assert isinstance(game, Mediate)
    model = game._model(1, game.setup.chance())
    weeks = list(game.pause.weeks)
    while model.week < game.view()["week"]:
        if model.week in weeks:
            game._obey(model, game.pause.orders[weeks.index(model.week)], ~model.nowhere())
        model.step()
    seen = 0
    for name, parties in game.view()["estimates"].items():
        group = model.groups[name]
        for party, found in parties.items():
            wants = model.parties_by_name[party].seats[name].preferences
            assert "" in found["worth"]
            for author, told in found["worth"].items():
                assert 0 <= told["low"] < told["high"] <= 1
                if author:
                    worth = float(wants.utility(group.offers[author])[0])
                    assert told["low"] - 1e-9 <= worth <= told["high"] + 1e-9
                    seen += 1
    model.release()
    assert seen >= 6


@pytest.mark.parametrize("true", [0.0, 0.123, 0.5, 1.0])
def test_a_band_is_everything_without_knowledge_and_closes_with_it(true: float) -> None:
    """Each lies in the one before, so that all bands together tell no more than the last."""
    told = [band(true, float(known)) for known in np.linspace(0, 1, 41)]
    assert told[0] == {"low": 0, "high": 1}
    assert all(each["low"] <= true <= each["high"] for each in told)
    assert all(one["low"] <= two["low"] < two["high"] <= one["high"] for one, two in pairwise(told))
    assert all(
        each["high"] - each["low"] >= 1 - known - 1e-9 for each, known in zip(told, np.linspace(0, 1, 41), strict=True)
    )
    assert told[-1]["high"] - told[-1]["low"] <= 0.0625


@pytest.mark.parametrize("known", [0.2, 0.5, 0.8])
def test_how_sure_a_rank_is(known: float) -> None:
    """Told from what is not known, by trying every split of it: the first question stays before the last so often."""
    true = {"d": 0.05, "a": 0.55, "b": 0.25, "c": 0.15}
    split = np.random.default_rng(1).dirichlet(np.ones(4), 20_000)
    often = np.mean(known * 0.55 + (1 - known) * split[:, 0] > known * 0.05 + (1 - known) * split[:, 1])
    found = {each["issue"]: each for each in ranks(true, known)}
    assert (found["a"]["best"] == 1) is True
    assert (found["d"]["best"] > 1) == (often >= 0.75)
    assert all(each["sure"] == 1 or each["sure"] >= 0.75 for each in found.values())
    assert [(each["issue"], each["best"], each["worst"]) for each in ranks(true, 1.0)] == [
        ("a", 1, 1), ("b", 2, 2), ("c", 3, 3), ("d", 4, 4)
    ]  # fmt: skip


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
    assert game.decide({}).view()["moment"]["number"] == 2


@pytest.mark.parametrize("options", [{"mediator": "Nobody"}, {"mediator": True}, {"turns": 3}], ids=str)
def test_options_are_checked(options: Decision) -> None:
    with pytest.raises(Illegal):
        begin("mediator", **options)


def test_a_scenario_without_mediators_has_no_seat_for_one() -> None:
    with pytest.raises(Illegal, match="seat"):
        begin("mediator", "two-conceders")


def test_nothing_is_decided_when_the_game_is_over_and_nothing_ended_before() -> None:
    game = begin("mediator")
    with pytest.raises(Illegal, match="not over"):
        game.end()
    game = play(game, lambda view: {})
    with pytest.raises(Illegal, match="over"):
        game.decide({})


def test_a_saved_game_is_checked_like_a_new_one() -> None:
    game = begin("mediator", "seminar", *EXACT)
    saved = game.decide({"press": 20}).decide({}).saved()
    for number, wrong in ((0, {"press": 41}), (1, {"press": 40.5}), (1, {"lift": ["fish"]})):
        decisions = [*saved["decisions"][:number], wrong, *saved["decisions"][number + 1 :]]
        with pytest.raises(Illegal):
            restore(saved | {"decisions": decisions})
    with pytest.raises(Illegal, match="over"):
        restore(saved | {"decisions": [{}] * 14})
    with pytest.raises(Illegal, match="list"):
        restore(saved | {"decisions": 3})
    with pytest.raises(Illegal, match="these keys"):
        restore(saved | {"score": 100})
