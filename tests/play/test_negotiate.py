"""A person negotiates for one party: asked where the party would decide, bound only by the rules of the table."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play import Game, Illegal, restore, start
from sim.play.negotiate import Negotiate
from tests.play.games import SCENARIOS, Decision, any_party, begin, play, read
from tests.seldom import seldom

ALONE: Decision = {"do": "delegate", "rounds": 999}
SHORT = "clock.hold_weeks=13"


def model_of(game: Game) -> NegotiationModel:
    assert isinstance(game, Negotiate)
    model, _ = game._play()
    while model.running:
        model.step()
    return model


def row(game: Game) -> pd.DataFrame:
    model = model_of(game)
    table = outcomes(model)
    model.release()
    return table


@pytest.mark.parametrize(
    ("name", "party", "replication"),
    [
        seldom("seminar", "Millford", 0),
        ("seminar", "Saltmouth", 4),
        ("camp-david-1978", None, 2),
        ("baseline", "Armenia", 1),
    ],
)
def test_who_leaves_all_to_the_delegation_gets_the_history_of_the_script(
    name: str, party: str | None, replication: int
) -> None:
    """Walkouts by chance included: every event is the same, in the same order."""
    options = {"party": party} if party else {}
    game = begin("party", name, SHORT, replication=replication, walkouts="chance", **options)
    model = model_of(play(game, lambda view: ALONE))
    scripted = sim.run(read(name, SHORT), 1, first=replication, told=replication + 1)
    pd.testing.assert_frame_equal(outcomes(model), scripted.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(model.history.events(), scripted.events, check_exact=True)
    model.release()


def test_answering_question_by_question_is_the_same_as_leaving_it_all() -> None:
    """To delegate each round on its own, asked anew, changes nothing either."""
    one = begin("party", "seminar", SHORT, walkouts="chance")
    for _ in range(4):
        one = one.decide({"do": "delegate"})
    all_of_it = begin("party", "seminar", SHORT, walkouts="chance")
    for _ in one.view()["mine"]:
        all_of_it = all_of_it.decide(ALONE)
    rest = play(one, lambda view: ALONE)
    pd.testing.assert_frame_equal(row(rest), row(all_of_it), check_exact=True)


@pytest.mark.parametrize("seed", [0, 1, 2, seldom(3), 4])
def test_bots_play_whole_games(seed: int) -> None:
    names = ("seminar", "camp-david-1978", "two-conceders", "seminar", "single-undertaking")
    short = ("clock.weeks=30", "clock.hold_weeks=13")
    settings = () if names[seed] == "camp-david-1978" else short
    game = play(begin("party", names[seed], *settings, replication=seed), any_party(random.Random(seed)))
    json.dumps(game.view(), allow_nan=False)
    assert row(game)["settled"][0] in (True, False)
    again = restore(json.loads(json.dumps(game.saved())))
    assert again.view() == game.view()


# ---- what the answers do ---------------------------------------------------------------------------------------------

PIE = "two-conceders"


def give(share: float, do: str = "come") -> Decision:
    return {"do": do, "offer": {"pie": share}}


def test_what_the_person_accepts_is_signed_at_once() -> None:
    """Ann takes Ben's first offer, everything for Ben: a text that her tactic would never sign."""
    game = begin("party", PIE).decide(give(0.0))
    question = game.view()["question"]
    assert question["kind"] == "answer"
    assert question["texts"]["Ben"]["text"]["pie"]["settlement"] == 1.0
    assert question["texts"]["Ben"]["worth"] == 0.0
    game = game.decide({"do": "accept"})
    assert game.view()["groups"]["table"]["state"] == "in force"
    table = row(game)
    assert table["text_utility.table.Ann"][0] == 0.0
    assert table["week.table"][0] == 0


def test_an_offer_that_gives_the_other_side_what_it_asks_for_is_signed() -> None:
    """Ben asks for 1 - 0.8 n / 40 in round n: an offer of 0.9 is declined until round 5 and signed in that round."""
    game = begin("party", PIE)
    for week in range(6):
        assert game.view()["week"] == week
        game = game.decide(give(0.9))
        if game.over or game.view()["question"]["kind"] == "round":
            break
        game = game.decide({"do": "hold"})
    table = row(game)
    assert table["week.table"][0] == 5
    assert table["text_utility.table.Ben"][0] == pytest.approx(0.9)


def test_a_counter_offer_is_tabled_in_the_same_round() -> None:
    """Ben's tactic moves once in a round, the person may move again: what she offers in the second turn is signed."""
    game = begin("party", PIE, "working_groups.table.exchanges=2").decide(give(0.0))
    game = game.decide({"do": "counter", "offer": {"pie": 1.0}})
    table = row(game)
    assert table["week.table"][0] == 0
    assert table["text_utility.table.Ben"][0] == 1.0


def test_a_mandate_signs_what_is_worth_enough_and_asks_nothing() -> None:
    """Ben offers Ann 0.8 n / 40 in round n: with a mandate to take 0.3 she signs in round 15."""
    game = begin("party", PIE).decide({"do": "mandate", "take": 0.3, "offer": {"pie": 0.0}, "rounds": 999})
    assert game.over
    table = row(game)
    assert table["week.table"][0] == 15
    assert table["text_utility.table.Ann"][0] == pytest.approx(0.3)


def test_who_stays_away_costs_a_round_and_trust_and_who_walks_out_freezes_the_group() -> None:
    game = begin("party", "seminar", party="Uplake", replication=1)
    before = game.view()["question"]
    away = game.decide({"do": "stay_away"})
    news = [item for item in away.view()["news"] if item["kind"] == "disruption"]
    assert [item["actor"] for item in news] == ["Uplake"]
    assert away.view()["groups"][before["group"]]["rounds"] == 0
    gone = game.decide({"do": "walk_out"})
    model = model_of(play(gone, lambda view: {"do": "delegate", "rounds": 999}))
    events = model.history.events()
    left = events[(events["kind"] == "walkout") & (events["actor"] == "Uplake")]
    assert list(left["week"]) == [game.view()["week"] + 1]
    assert list(left["group"]) == [before["group"]]
    model.release()


def test_the_end_says_what_was_left_on_the_table() -> None:
    """On one scale there is nothing to trade, so nothing is left, whoever gets it."""
    end = begin("party", PIE).decide(give(0.0)).decide({"do": "accept"}).end()
    assert end["left_on_the_table"]["table"] == {"together": pytest.approx(0), "mine": pytest.approx(0)}
    assert end["score"]["points"] < 0  # the delegation would have had something
    assert end["among"]["worse"] == 0


def test_a_careless_agreement_leaves_something_on_the_table() -> None:
    """Both halves of every issue to both, where one cares for this and the other for that: both could have more."""
    yielding = "parties.Azerbaijan={reservation: 0.2, tactic: {kind: hold, share: 0.3}, doubt: 0, opposition: 0}"
    game = begin("party", "baseline", SHORT, yielding, "parties.Armenia.opposition=0", "clock.weeks=30")

    def choose(view: Any) -> Decision:
        issues = view["groups"][view["question"]["group"]]["issues"]
        middle = {name: issue["options"][1] if issue["options"] else 0.5 for name, issue in issues.items()}
        return {"do": "mandate", "take": 0.99, "offer": middle, "rounds": 999}

    end = play(game, choose).end()
    agreed = [name for name in end["left_on_the_table"] if end["outcome"][f"agreed.{name}"]]
    assert agreed
    for name in agreed:
        left = end["left_on_the_table"][name]
        assert left["mine"] > left["together"] > 0.01


def test_holding_out_and_giving_way_are_told_apart() -> None:
    end = begin("party", PIE).decide({"do": "mandate", "take": 0.3, "offer": {"pie": 0.0}, "rounds": 999}).end()
    patience = end["patience"]
    assert patience["hasty"] < patience["all"] < patience["patient"]
    left = begin("party", PIE).decide({"do": "delegate", "rounds": 999}).end()
    assert left["score"]["points"] == 0
    assert end["score"]["points"] == pytest.approx(
        100 * (end["outcome"]["utility.Ann"] - left["outcome"]["utility.Ann"])
    )
    assert json.dumps(end, allow_nan=False)


# ---- what is seen ----------------------------------------------------------------------------------------------------


def every_number(data: Any) -> set[float]:
    if isinstance(data, dict):
        return set().union(*(every_number(value) for value in data.values()))
    if isinstance(data, list):
        return set().union(*(every_number(value) for value in data))
    return {round(data, 6)} if isinstance(data, float) else set()


def test_nothing_of_the_other_side_is_in_the_view_but_what_it_said() -> None:
    game, choose = begin("party", "baseline", replication=3, party="Armenia"), any_party(random.Random(3))
    for _ in range(12):
        view = game.view()
        model, _ = game._play()  # type: ignore[attr-defined]
        them, here = model.parties_by_name["Azerbaijan"], np.array([0])
        secret = {round(float(them.trust["Armenia"][0]), 6)}
        for name, seat in them.seats.items():
            weights = np.array([float(weight[0]) for weight in seat.weights.values()])
            secret |= {round(float(x), 6) for x in weights / weights.sum()}
            secret |= {round(float(them.reservation_in(name, here)[0]), 6), round(float(seat.asked[0]), 6)}
            for offer in model.groups[name].offers.values():
                if offer.combination[0] >= 0:
                    secret.add(round(float(seat.preferences.utility(offer)[0]), 6))
        mine = model.parties_by_name["Armenia"]
        secret -= {round(float(mine.trust["Azerbaijan"][0]), 6)}
        secret = {x for x in secret if x != round(x, 3)}  # round numbers may well stand for something else
        model.release()
        assert len(secret) > 10
        assert not secret & every_number(view)
        assert view["mine"].keys() == {"transport", "border", "treaty"}
        game = game.decide(choose(view))


def test_the_person_can_work_out_what_any_text_is_worth() -> None:
    """Weights, ideal points, values of options and commitments in the view give the utility that the model reckons."""
    game = begin("party", "baseline", SHORT, replication=3, party="Armenia")
    shown = game.view()["question"]["suggested"]
    mine = game.view()["mine"][game.view()["question"]["group"]]
    worth = 0.0
    for issue, settled in shown["text"].items():
        x, weight = settled["settlement"], mine["priorities"][issue]
        ideal = mine["ideal"][issue]
        value = mine["values"][issue][x] if ideal is None else 1 - abs(x - ideal) / max(ideal, 1 - ideal)
        worth += weight * value
        for held in mine["commitments"]:
            if held["issue"] == issue:
                far = float(x != held["settlement"]) if ideal is None else abs(x - held["settlement"])
                worth -= held["hold"] * far
    assert worth == pytest.approx(shown["worth"], abs=1e-4)


def test_where_issues_interact_the_person_sees_what_all_combinations_are_worth() -> None:
    game = begin("party", "classics/single-text", replication=3, party="Ann")
    view = game.view()
    shown, mine = view["question"]["suggested"], view["mine"]["table"]
    number = 0
    for issue, options in mine["together"]["issues"]:
        number = number * len(options) + options.index(shown["text"][issue]["settlement"])
    assert len(mine["together"]["worth"]) == 1024
    assert mine["together"]["worth"][number] == pytest.approx(shown["worth"], abs=1e-4)


# ---- what is refused -------------------------------------------------------------------------------------------------

FULL = {"reservoir": 0.5, "night_flow": 0.5, "costs": "equal shares"}
REFUSED: list[tuple[str, Decision]] = [
    ("do", {}),
    ("do", {"do": "accept"}),
    ("do", {"do": "Come"}),
    ("of", {"do": "come", "of": "Millford"}),
    ("offer", {"do": "come", "offer": {"reservoir": 0.5}}),
    ("offer.reservoir", {"do": "come", "offer": FULL | {"reservoir": math.nan}}),
    ("offer.reservoir", {"do": "come", "offer": FULL | {"reservoir": 1.01}}),
    ("offer.costs", {"do": "come", "offer": FULL | {"costs": 0.5}}),
    ("offer.fish", {"do": "come", "offer": FULL | {"fish": 0.5}}),
    ("rounds", {"do": "delegate", "rounds": 0}),
    ("rounds", {"do": "delegate", "rounds": 2.5}),
    ("take", {"do": "mandate", "offer": FULL}),
    ("take", {"do": "mandate", "take": math.inf}),
    ("word", {"do": "come", "word": "please"}),
]


@pytest.mark.parametrize(("where", "decision"), REFUSED)
def test_an_answer_against_the_rules_is_refused_with_a_sentence(where: str, decision: Decision) -> None:
    game = begin("party", "seminar", party="Uplake")
    assert game.view()["question"]["group"] == "water"
    with pytest.raises(Illegal) as refusal:
        game.decide(decision)
    assert refusal.value.where == where
    assert str(refusal.value).startswith(f"{where}: ")
    assert refusal.value.remedy


def test_an_answer_names_whose_text_it_accepts_where_there_are_several() -> None:
    game = begin("party", "seminar", party="Uplake")
    while game.view()["question"]["kind"] == "round":
        game = game.decide({"do": "come"})
    assert set(game.view()["question"]["texts"]) == {"Millford", "Saltmouth"}
    with pytest.raises(Illegal, match="one text is accepted"):
        game.decide({"do": "accept"})
    with pytest.raises(Illegal, match="did you mean Millford"):
        game.decide({"do": "accept", "of": "Milford"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"seed": -1},
        {"seed": 1.5},
        {"replication": -1},
        {"replication": 10**8},
        {"options": {"party": "Nobody"}},
        {"options": {"walkouts": "never"}},
        {"options": []},
    ],
    ids=str,
)
def test_a_start_against_the_rules_is_refused(wrong: Decision) -> None:
    text = (SCENARIOS / "seminar.yaml").read_text(encoding="utf-8")
    with pytest.raises(Illegal):
        start(**({"role": "party", "scenario": text} | wrong))


def test_a_saved_game_is_checked_like_a_new_one() -> None:
    saved = begin("party", PIE).decide(give(0.0)).decide({"do": "hold"}).saved()
    with pytest.raises(Illegal, match="the question is 'answer'"):
        restore(saved | {"decisions": [give(0.0), {"do": "come"}]})
    with pytest.raises(Illegal, match="over"):
        restore(saved | {"decisions": [give(0.0), {"do": "accept"}, {"do": "hold"}]})


def test_who_walks_out_is_not_asked_again_in_that_round() -> None:
    at_once = begin("party", PIE).decide({"do": "walk_out"})
    later = begin("party", PIE).decide(give(0.0)).decide({"do": "walk_out"})
    for game in (at_once, later):
        assert game.over or (game.view()["question"]["kind"], game.view()["week"] > 0) == ("round", True)
        assert any(item["kind"] == "walkout" and item["week"] == 1 for item in game.view()["news"])
