"""A table of people: seats that follow standing orders, a log that is replayed, and nothing of another seat."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.play.moments import MOST
from sim.play.rules import Illegal
from sim.play.table import NOBODY, Table, sit_down
from sim.play.table_orders import DELEGATE
from sim.play.table_seats import SeatedMediator
from tests.play.games import EXACT, Decision, read, some_text, text
from tests.seldom import seldom

SHORT = ("clock.weeks=30", "clock.hold_weeks=4")


def seated(name: str = "seminar", *settings: str, replication: int = 0) -> Table:
    return sit_down(text(name, *(settings or SHORT)), replication=replication)


def model_of(table: Table) -> NegotiationModel:
    """The model of a table that is over, at its horizon."""
    model, moment, _ = table._play()
    assert moment is None
    while model.running:
        model.step()
    return model


def events_of(table: Table) -> pd.DataFrame:
    return model_of(table).history.events()


# ---- the script ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "replication"),
    [
        ("seminar", 4),
        seldom("baseline", 1),
        seldom("camp-david-1978", 2),
        seldom("two-mediators", 0),
        seldom("mechanisms-off", 1),
    ],
)
def test_a_table_of_scripted_seats_is_the_script(name: str, replication: int) -> None:
    """Every outcome and every event, to the last bit and in the same order."""
    table = seated(name, replication=replication).played_on({})
    model = model_of(table)
    scripted = sim.run(read(name, *SHORT), 1, first=replication, told=replication + 1)
    pd.testing.assert_frame_equal(outcomes(model), scripted.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(model.history.events(), scripted.events, check_exact=True)


def test_a_mediator_whose_errand_is_its_plan_is_the_script() -> None:
    exact = (*EXACT, *SHORT)
    shares = {"shuttle": 4, "convene": 4, "draft": 4, "press": 2, "guarantee": 2}
    table = seated("seminar", *exact).played_on({"Chair": {"effort": 0.5, "shares": shares}})
    scripted = sim.run(read("seminar", *exact), 1, told=1)
    pd.testing.assert_frame_equal(outcomes(model_of(table)), scripted.outcomes, check_exact=True)


def test_playing_on_is_closing_every_moment() -> None:
    """The same log, whether each moment is waited for or not."""
    table = closed = seated("camp-david-1978").close({})
    decisions = {"Egypt": {"groups": {}}}
    while not closed.over:
        closed = closed.close(decisions)
    assert list(table.played_on(decisions).log) == list(closed.log)


def test_a_table_is_its_log() -> None:
    """Saved as JSON and taken up again, it stands where it stood."""
    table = seated()
    for number in range(3):
        table = table.close({"Uplake": {"groups": {"water": {"do": "bargain", "take": 0.3 + number / 10}}}})
    again = Table(table.setup, json.loads(json.dumps([dict(moment) for moment in table.log])))
    assert again.pause == table.pause


# ---- what orders do --------------------------------------------------------------------------------------------------


def test_who_bargains_asks_for_no_less_than_was_said() -> None:
    table = seated(replication=4).played_on({"Uplake": {"groups": {"water": {"do": "bargain", "take": 0.9}}}})
    events = events_of(table)
    offers = events[(events["kind"] == "proposal") & (events["actor"] == "Uplake") & (events["group"] == "water")]
    assert len(offers) > 3
    assert offers["worth"].min() >= 0.9 - 1e-9
    signed = events[(events["kind"] == "signature") & (events["group"] == "water")]
    assert (signed["utility.Uplake"] >= 0.9 - 1e-9).all()


def test_who_stays_away_misses_every_round() -> None:
    table = seated().played_on({"Uplake": {"groups": {"water": {"do": "stay_away"}}}})
    events = events_of(table)
    water = events[events["group"] == "water"]
    assert not (water["kind"] == "round").any()
    missed = water[(water["kind"] == "disruption")]
    assert "Uplake" in set(missed["actor"])
    assert (events[events["group"] == "fish"]["kind"] == "round").any()


def test_who_walks_out_leaves_in_the_week_of_the_moment() -> None:
    table = seated()
    table = table.close({"Uplake": {"groups": {"water": {"do": "walk_out"}}}})
    events = events_of(table.played_on({}))
    left = events[events["kind"] == "walkout"].iloc[0]
    assert (left["week"], left["actor"], left["group"]) == (0, "Uplake", "water")


def test_what_all_have_agreed_face_to_face_is_signed_at_the_next_round() -> None:
    """Whatever it is worth to them."""
    agreed = {"season": 0.35, "ladder": 0.6}
    decision = {"groups": {"fish": {"do": "sign", "offer": agreed}}}
    events = events_of(seated().played_on(dict.fromkeys(("Uplake", "Millford", "Saltmouth"), decision)))
    fish = events[events["group"] == "fish"]
    (first,) = fish[fish["kind"] == "signature"].to_dict("records")[:1]
    assert json.loads(first["package"]) == pytest.approx(agreed)
    assert list(fish[fish["week"] < first["week"]]["kind"].unique()) in ([], ["disruption"])


def test_one_who_does_not_confirm_signs_nothing() -> None:
    agreed = {"season": 0.35, "ladder": 0.6}
    decision = {"groups": {"fish": {"do": "sign", "offer": agreed}}}
    hard = {"groups": {"fish": {"do": "bargain", "take": 0.99}}}
    table = seated().played_on({"Uplake": decision, "Millford": decision, "Saltmouth": hard})
    events = events_of(table)
    assert not ((events["group"] == "fish") & (events["kind"] == "signature")).any()


def test_a_mediators_text_lies_before_the_sides_at_the_next_moment() -> None:
    own = {"season": 0.5, "ladder": 0.5}
    table = seated().close({"Chair": {"effort": 0, "texts": {"fish": own}}})
    shown = table.view("Uplake")["mine"]["fish"]["texts"]["Chair"]
    assert {issue: each["settlement"] for issue, each in shown["text"].items()} == own


def test_a_mediator_spends_no_more_than_the_scenario_gives() -> None:
    all_out = {"effort": 1.0, "shares": {"shuttle": 1}}
    model = model_of(seated().played_on({"Chair": all_out}))
    given = sim.run(read("seminar", *SHORT), 1, told=0).outcomes["mediator_weeks.Chair"][0]
    chair = model.mediators_by_name["Chair"]
    assert isinstance(chair, SeatedMediator)
    assert chair.weeks_of_talks[0] <= read("seminar").clock.weeks * 0.9 + 1e-9
    assert chair.spent["shuttle"] == pytest.approx(float(chair.weeks_of_talks[0]))
    assert sum(chair.spent.values()) == chair.spent["shuttle"]
    assert given > 0


def test_a_mediator_who_does_nothing_travels_nowhere() -> None:
    events = events_of(seated().played_on({"Chair": {"effort": 0}}))
    assert not events["kind"].isin(["visit", "draft"]).any()


def test_a_seat_that_was_left_to_the_model_can_be_taken_back() -> None:
    """What the model did in between stays; from then on the person's orders hold."""
    table = seated(replication=4).close({}).close({})
    taken = table.played_on({"Uplake": {"groups": {"water": {"do": "stay_away"}}}})
    week = table.pause.moment.week if table.pause.moment else 0
    events, scripted = events_of(taken), events_of(table.played_on({}))
    before = events["week"] < week
    pd.testing.assert_frame_equal(events[before], scripted[scripted["week"] < week], check_exact=True)
    later = events[~before & (events["group"] == "water")]
    assert not (later["kind"] == "round").any()


# ---- what a seat sees ------------------------------------------------------------------------------------------------


def numbers(data: Any) -> Iterator[float]:
    """All numbers of a view, wherever in it."""
    if isinstance(data, dict):
        for each in data.values():
            yield from numbers(each)
    elif isinstance(data, list):
        for each in data:
            yield from numbers(each)
    elif isinstance(data, float):
        yield data


def hidden(model: NegotiationModel, party: str) -> set[float]:
    """What nobody else may read of a party: walk-away points and priorities, to six digits."""
    here = np.array([0])
    found = set()
    for name, seat in model.parties_by_name[party].seats.items():
        weights = [float(np.ravel(weight)[0]) for weight in seat.weights.values()]
        found |= {weight / sum(weights) for weight in weights}
        found.add(float(model.parties_by_name[party].reservation_in(name, here)[0]))
    return {round(number, 6) for number in found}


@pytest.mark.parametrize("closed", [seldom(0), 2, seldom(5)])
def test_no_seat_sees_a_number_of_another(closed: int) -> None:
    """In a history in which every number is drawn, so that none is there by chance."""
    table = seated("baseline", replication=1)
    for _ in range(closed):
        table = table.close({})
    model, _, _ = table._play()
    parties = list(model.parties_by_name)
    for seat in (*table.seats, NOBODY):
        shown = {round(number, 6) for number in numbers(table.view(seat))}
        for other in parties:
            secret = hidden(model, other)
            assert len(secret) > 10
            assert bool(secret & shown) == (seat == other), (seat, other, secret & shown)


def test_everybody_sees_why_they_are_asked() -> None:
    table = seated()
    assert table.view(NOBODY)["why"] == [{"kind": "start"}]
    assert table.close({}).view("Chair")["why"] == table.close({}).view("Uplake")["why"] != []


# ---- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seat", "decision", "where"),
    [
        ("Nobody", {}, "seat"),
        ("Uplake", {"groups": {"moon": {"do": "bargain", "take": 0.5}}}, "groups.moon"),
        ("Uplake", {"groups": {"fish": {"do": "sing"}}}, "groups.fish.do"),
        ("Uplake", {"groups": {"fish": {"do": "bargain", "take": 1.5}}}, "groups.fish.take"),
        ("Uplake", {"groups": {"fish": {"do": "bargain", "take": float("nan")}}}, "groups.fish.take"),
        ("Uplake", {"groups": {"fish": {"do": "offer", "take": 0.5}}}, "groups.fish.offer"),
        ("Uplake", {"groups": {"fish": {"do": "stay_away", "take": 0.5}}}, "groups.fish.take"),
        ("Uplake", {"effort": 0.5}, "effort"),
        ("Uplake", {"do": "delegate", "groups": {}}, "groups"),
        ("Chair", {"groups": {}}, "groups"),
        ("Chair", {"effort": 2}, "effort"),
        ("Chair", {"shares": {"sleep": 1}}, "shares.sleep"),
        ("Chair", {"pause": {"fish": 99}}, "pause.fish"),
        ("Chair", {"lift": ["fish"]}, "lift"),
        ("Chair", {"texts": {"fish": {"season": 0.5}}}, "texts.fish"),
        ("Chair", [], ""),
    ],
)
def test_what_a_seat_may_not_decide(seat: str, decision: Any, where: str) -> None:
    with pytest.raises(Illegal) as told:
        begun().close({seat: decision})
    assert told.value.where == where


@cache
def begun() -> Table:
    return seated()


def test_a_table_that_is_over_takes_no_decision() -> None:
    table = seated().played_on({})
    with pytest.raises(Illegal):
        table.close({})
    with pytest.raises(Illegal):
        Table(table.setup, [*table.log, dict.fromkeys(table.seats, DELEGATE)]).over  # noqa: B018
    with pytest.raises(Illegal):
        begun().end()


@pytest.mark.parametrize(
    ("name", "seed"), [("camp-david-1978", 0), seldom("seminar", 0), seldom("seminar", 1), seldom("camp-david-1978", 2)]
)
def test_bots_play_whole_tables(name: str, seed: int) -> None:
    luck, table = random.Random(seed), seated(name, replication=seed)
    while not table.over:
        assert len(table.log) < MOST
        table = table.close({seat: anything(table.view(seat), luck) for seat in table.seats if luck.random() < 0.8})
    ended = table.end()
    json.dumps(ended, allow_nan=False)
    for agreed in filter(None, ended["agreed"].values()):
        assert all(0 <= worth <= 1 for worth in agreed["worth"].values())


def anything(view: Any, luck: random.Random) -> Decision:
    """Anything that is allowed."""
    if view["kind"] == "mediator":
        shares = {activity: luck.random() for activity in view["shares"]}
        pausable = [group for group in view["pausable"] if luck.random() < 0.2]
        texts = {group: some_text(view, group, luck) for group in view["groups"] if luck.random() < 0.3}
        lift = [group for group in view["liftable"] if luck.random() < 0.5]
        pause = {group: luck.randint(1, 9) for group in pausable}
        return {"effort": luck.random(), "shares": shares, "pause": pause, "texts": texts, "lift": lift}
    groups = {}
    for group in view["mine"]:
        do = luck.choice(["offer", "sign", "bargain", "stay_away", "walk_out", "delegate"])
        more = {"offer": some_text(view, group, luck)} if do in ("offer", "sign") else {}
        more |= {"take": luck.random()} if do in ("offer", "bargain") else {}
        groups[group] = {"do": do, **more}
    return {"groups": groups}
