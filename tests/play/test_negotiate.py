"""A person negotiates for one party: a mandate for each group, bound only by the rules of the table."""

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
from sim.play import Game, Illegal, debrief, restore, scripted_players, start
from sim.play.delegates import MandatedParty
from sim.play.game import ELSEWHERE, HISTORIES
from sim.play.negotiate import Negotiate
from tests.play.games import SCENARIOS, Decision, any_party, begin, play, read
from tests.seldom import seldom

SHORT = "clock.hold_weeks=13"


def nothing(view: Any) -> Decision:
    """No mandate at all."""
    return {}


def model_of(game: Game) -> NegotiationModel:
    """The history of a game, played to its end."""
    assert isinstance(game, Negotiate)
    model = game._model(1, game.setup.chance())
    game._replay(model, dict.fromkeys(range(len(game.decisions)), ~model.nowhere()))
    return model


def row(game: Game) -> pd.DataFrame:
    model = model_of(game)
    table = outcomes(model)
    model.release()
    return table


def always(**mandate: Any) -> Any:
    """The same mandate for every group, again and again."""
    return lambda view: dict.fromkeys(view["tables"], mandate)


@pytest.mark.parametrize("choose", [nothing, seldom(always(do="delegate"))])
@pytest.mark.parametrize(
    ("name", "party", "replication"),
    [
        seldom("seminar", "Millford", 0),
        seldom("seminar", "Saltmouth", 4),
        ("camp-david-1978", None, 2),
        seldom("baseline", "Armenia", 1),
    ],
)
def test_who_leaves_all_to_the_delegation_gets_the_history_of_the_script(
    name: str, party: str | None, replication: int, choose: Any
) -> None:
    """Walkouts by chance included: every event is the same, in the same order."""
    options = {"party": party} if party else {}
    model = model_of(play(begin("party", name, SHORT, replication=replication, **options), choose))
    scripted = sim.run(read(name, SHORT), 1, first=replication, told=replication + 1)
    pd.testing.assert_frame_equal(outcomes(model), scripted.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(model.history.events(), scripted.events, check_exact=True)
    model.release()


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


# ---- what mandates do ------------------------------------------------------------------------------------------------

PIE = "two-conceders"


def test_an_offer_that_gives_the_other_side_what_it_asks_for_is_signed() -> None:
    """Ben asks for 1 - 0.8 n / 40 in round n: an offer of 0.9 is declined until round 5 and signed in that round."""
    table = row(play(begin("party", PIE), always(do="offer", offer={"pie": 0.9}, least=0.99)))
    assert table["week.table"][0] == 5
    assert table["text_utility.table.Ben"][0] == pytest.approx(0.9)


def test_an_offer_signs_what_is_worth_enough() -> None:
    """Ben offers Ann 0.8 n / 40 in round n: with a mandate to sign 0.3 she signs in round 15."""
    table = row(play(begin("party", PIE), always(do="offer", offer={"pie": 0.0}, least=0.3)))
    assert table["week.table"][0] == 15
    assert table["text_utility.table.Ann"][0] == pytest.approx(0.3)


def test_a_text_of_the_other_side_can_be_signed() -> None:
    """Whatever it is worth: Ann takes what Ben has on the table, which her tactic would never sign."""
    game = begin("party", PIE)
    while not game.view()["tables"]["table"]["texts"]:
        game = game.decide({"table": {"do": "offer", "offer": {"pie": 0.0}, "least": 1.0}})
    week, shown = game.view()["week"], game.view()["tables"]["table"]["texts"]["Ben"]
    table = row(play(game.decide({"table": {"do": "sign", "of": "Ben"}}), nothing))
    assert shown["worth"] < 0.4
    assert table["week.table"][0] == week
    assert table["text_utility.table.Ann"][0] == pytest.approx(shown["worth"])


def test_a_mandate_is_a_floor_for_the_partys_own_tactic() -> None:
    """Nothing below it is signed or offered; above it the tactic does what it would do."""
    free = row(play(begin("party", PIE), nothing))["text_utility.table.Ann"][0]
    same = row(play(begin("party", PIE), always(do="delegate", least=free - 0.05)))
    pd.testing.assert_frame_equal(same, row(play(begin("party", PIE), nothing)))
    model = model_of(play(begin("party", PIE), always(do="delegate", least=free + 0.1)))
    events = model.history.events()
    mine = events[(events["kind"] == "proposal") & (events["actor"] == "Ann")]
    assert mine["worth"].min() >= free + 0.1 - 1e-9
    assert outcomes(model)["text_utility.table.Ann"][0] >= free + 0.1 - 1e-9
    model.release()


@pytest.mark.validate
def test_who_stays_away_costs_rounds_and_who_walks_out_freezes_the_group() -> None:
    game = begin("party", "seminar", party="Uplake", replication=1)
    away = model_of(play(game, always(do="stay_away")))
    assert away.groups["water"].rounds[0] == 0
    assert away.groups["water"].disruptions[0] > 5
    away.release()
    gone = game.decide({"water": {"do": "walk_out"}})
    model = model_of(play(gone, nothing))
    events = model.history.events()
    left = events[(events["kind"] == "walkout") & (events["actor"] == "Uplake") & (events["group"] == "water")]
    assert left["week"].iloc[0] == 0
    model.release()


def test_a_mandate_stands_until_another_one_comes() -> None:
    mandate = {"do": "offer", "offer": {"pie": 0.1}, "least": 0.9}
    game = begin("party", PIE).decide({"table": mandate}).decide({}).decide({})
    assert game.view()["tables"]["table"]["mandate"] == {"do": "offer", "least": 0.9, "offer": {"pie": 0.1}}
    again = begin("party", PIE)
    for _ in range(3):
        again = again.decide({"table": mandate})
    assert game.view() == again.view()


# ---- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.validate
def test_the_score_is_the_mean_over_other_histories_of_what_the_mandates_changed() -> None:
    """Against the script there; the plan of this game in the weeks of this game."""
    brief = (SHORT, "clock.weeks=26")
    game = play(begin("party", "seminar", *brief, party="Uplake", replication=2), always(do="delegate", least=0.62))
    end = game.end()
    script = NegotiationModel(read("seminar", *brief), HISTORIES, first=ELSEWHERE, told=0)
    while script.running:
        script.step()
    other = NegotiationModel(
        read("seminar", *brief),
        HISTORIES,
        first=ELSEWHERE,
        told=0,
        cast={"Uplake": MandatedParty},
    )
    decisions = dict(zip(game.pause.weeks, game.pause.orders, strict=True))
    while other.running:
        if other.week in decisions:
            uplake = other.parties_by_name["Uplake"]
            assert isinstance(uplake, MandatedParty)
            uplake.follow(decisions[other.week], ~other.nowhere())
        other.step()
    changed = debrief.negotiated(outcomes(other), "Uplake") - debrief.negotiated(outcomes(script), "Uplake")
    assert end["score"]["elsewhere"] == pytest.approx(debrief.mean(changed))
    assert end["among"]["mine"] == end["score"]["elsewhere"]["mean"]
    alone = sim.run(read("seminar", *brief), 1, first=2).outcomes
    assert end["score"]["points"] == pytest.approx(
        100 * (end["outcome"]["utility.Uplake"] - alone["utility.Uplake"][0])
    )


@pytest.mark.validate
def test_who_gives_no_mandate_changes_nothing() -> None:
    end = play(begin("party", "seminar", SHORT, party="Uplake"), nothing).end()
    assert end["score"]["points"] == 0
    assert end["score"]["elsewhere"] == {"mean": 0, "low": 0, "high": 0, "histories": 100}
    assert end["among"]["better"] + end["among"]["same"] + end["among"]["worse"] == scripted_players.SCRIPTED["party"]


def test_the_end_says_what_was_left_on_the_table() -> None:
    """On one scale there is nothing to trade, so nothing is left, whoever gets it."""
    end = play(begin("party", PIE), always(do="offer", offer={"pie": 0.9}, least=0.9)).end()
    assert end["left_on_the_table"]["table"] == {"together": pytest.approx(0), "mine": pytest.approx(0)}
    assert end["score"]["points"] < 0  # the delegation would have had more
    json.dumps(end, allow_nan=False)


def test_a_careless_agreement_leaves_something_on_the_table() -> None:
    """Both halves of every issue to both, where one cares for this and the other for that: both could have more."""
    yielding = "parties.Azerbaijan={reservation: 0.2, tactic: {kind: hold, share: 0.3}, doubt: 0, opposition: 0}"
    game = begin("party", "baseline", SHORT, yielding, "parties.Armenia.opposition=0", "clock.weeks=30")

    def choose(view: Any) -> Decision:
        def middle(name: str) -> Decision:
            issues = view["groups"][name]["issues"]
            return {key: issue["options"][1] if issue["options"] else 0.5 for key, issue in issues.items()}

        return {name: {"do": "offer", "least": 0.99, "offer": middle(name)} for name in view["tables"]}

    end = play(game, choose).end()
    agreed = [name for name in end["left_on_the_table"] if end["outcome"][f"agreed.{name}"]]
    assert agreed
    for name in agreed:
        left = end["left_on_the_table"][name]
        assert left["mine"] > left["together"] > 0.01


# ---- what is seen ----------------------------------------------------------------------------------------------------


def every_number(data: Any) -> set[float]:
    if isinstance(data, dict):
        return set().union(*(every_number(value) for value in data.values()))
    if isinstance(data, list):
        return set().union(*(every_number(value) for value in data))
    return {round(data, 6)} if isinstance(data, float) else set()


@pytest.mark.validate
def test_nothing_of_the_other_side_is_in_the_view_but_what_it_said() -> None:
    game, choose = begin("party", "baseline", replication=3, party="Armenia"), any_party(random.Random(3))
    for _ in range(8):
        view = game.view()
        model = model_of(game)
        them = model.parties_by_name["Azerbaijan"]
        secret: set[float] = set()
        for name, seat in them.seats.items():
            weights = np.array([float(weight[0]) for weight in seat.weights.values()])
            secret |= {round(float(x), 6) for x in weights / weights.sum()}
            secret.add(round(float(np.ravel(seat.reservation)[0]), 6))
            for offer in model.groups[name].offers.values():
                if offer.combination[0] >= 0:
                    secret.add(round(float(seat.preferences.utility(offer)[0]), 6))
        secret = {x for x in secret if x != round(x, 3)}  # round numbers may well stand for something else
        model.release()
        assert len(secret) > 10
        assert not secret & every_number(view)
        assert view["mine"].keys() == {"transport", "border", "treaty"}
        game = game.decide(choose(view))


def test_the_person_can_work_out_what_any_text_is_worth() -> None:
    """Weights, ideal points, values of options and commitments in the view give the utility that the model reckons."""
    game = begin("party", "baseline", SHORT, replication=3, party="Armenia")
    shown = game.view()["tables"]["treaty"]["suggested"]
    mine = game.view()["mine"]["treaty"]
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
    shown, mine = view["tables"]["table"]["suggested"], view["mine"]["table"]
    number = 0
    for issue, options in mine["together"]["issues"]:
        number = number * len(options) + options.index(shown["text"][issue]["settlement"])
    assert len(mine["together"]["worth"]) == 1024
    assert mine["together"]["worth"][number] == pytest.approx(shown["worth"], abs=1e-4)


# ---- what is refused -------------------------------------------------------------------------------------------------

FULL = {"reservoir": 0.5, "night_flow": 0.5, "costs": "equal shares"}
GOOD = {"do": "offer", "offer": FULL, "least": 0.5}
REFUSED: list[tuple[str, Decision]] = [
    ("air", {"air": {"do": "delegate"}}),
    ("water", {"water": []}),
    ("water.do", {"water": {}}),
    ("water.do", {"water": {"do": "Delegate"}}),
    ("water.offer", {"water": {"do": "offer", "least": 0.5}}),
    ("water.offer", {"water": {"do": "delegate", "offer": FULL}}),
    ("water.offer", {"water": GOOD | {"offer": {"reservoir": 0.5}}}),
    ("water.offer.reservoir", {"water": GOOD | {"offer": FULL | {"reservoir": math.nan}}}),
    ("water.offer.reservoir", {"water": GOOD | {"offer": FULL | {"reservoir": 1.01}}}),
    ("water.offer.costs", {"water": GOOD | {"offer": FULL | {"costs": 0.5}}}),
    ("water.offer.fish", {"water": GOOD | {"offer": FULL | {"fish": 0.5}}}),
    ("water.least", {"water": {"do": "offer", "offer": FULL}}),
    ("water.least", {"water": GOOD | {"least": math.inf}}),
    ("water.least", {"water": {"do": "delegate", "least": -0.1}}),
    ("water.of", {"water": {"do": "sign", "of": "Millford"}}),
    ("water.word", {"water": {"do": "delegate", "word": "please"}}),
]


@pytest.mark.parametrize(("where", "decision"), REFUSED)
def test_a_mandate_against_the_rules_is_refused_with_a_sentence(where: str, decision: Decision) -> None:
    game = begin("party", "seminar", party="Uplake")
    with pytest.raises(Illegal) as refusal:
        game.decide(decision)
    assert refusal.value.where == where
    assert str(refusal.value).startswith(f"{where}: ")
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"seed": -1},
        {"seed": 1.5},
        {"replication": -1},
        {"replication": 10**8},
        {"options": {"party": "Nobody"}},
        {"options": {"walkouts": "mine"}},
        {"options": []},
    ],
    ids=str,
)
def test_a_start_against_the_rules_is_refused(wrong: Decision) -> None:
    text = (SCENARIOS / "seminar.yaml").read_text(encoding="utf-8")
    with pytest.raises(Illegal):
        start(**({"role": "party", "scenario": text} | wrong))


def test_a_saved_game_is_checked_like_a_new_one() -> None:
    saved = begin("party", PIE).decide({"table": {"do": "stay_away"}}).saved()
    with pytest.raises(Illegal, match="a delegation can do this"):
        restore(saved | {"decisions": [{"table": {"do": "come"}}]})
    with pytest.raises(Illegal, match="over"):
        restore(saved | {"decisions": [{}] * 14})
