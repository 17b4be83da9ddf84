"""The weeks in which people are asked: few enough for a lesson, near what happened, and known without the future."""

from __future__ import annotations

import math
import random
from functools import cache

import pandas as pd
import pytest

from sim import kinds
from sim.model import NegotiationModel
from sim.play import moments
from sim.play.moments import FEWEST, MOST, Moment, Watch, calls
from sim.web.texts import languages, texts
from tests.play.games import SCENARIOS, any_mediator, any_party, begin, read
from tests.seldom import seldom

HISTORIES = [("seminar", 0), seldom("seminar", 3), ("baseline", 1), seldom("baseline", 2), seldom("cooling-off-4", 0)]


@cache
def told(name: str, replication: int) -> tuple[pd.DataFrame, list[Moment]]:
    """The events of a history, and the moments that came while it ran."""
    scenario = read(name)
    model = NegotiationModel(scenario, 1, first=replication, told=replication + 1, seed=scenario.seed)
    watch = Watch.over(scenario)
    while model.talking:
        watch.look(model.week, moments.lately(model))
        model.step()
    return model.history.events(), watch.moments


@pytest.mark.parametrize(("name", "replication"), HISTORIES)
def test_a_history_that_is_told_has_the_moments_that_came_while_it_ran(name: str, replication: int) -> None:
    events, live = told(name, replication)
    assert calls(events, read(name)) == live


@pytest.mark.parametrize(("name", "replication"), HISTORIES)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_moments_do_not_know_the_future(name: str, replication: int, share: float) -> None:
    """Up to any week they are the first of those of the whole history."""
    events, live = told(name, replication)
    week = round(share * read(name).clock.weeks)
    early = [each for each in calls(events[events["week"] < week], read(name)) if each.week <= week]
    assert early == [each for each in live if each.week <= week]


@pytest.mark.parametrize(("name", "replication"), HISTORIES)
def test_there_are_eight_to_twelve_while_there_is_anything_to_decide(name: str, replication: int) -> None:
    events, live = told(name, replication)
    assert len(live) <= MOST
    in_force = set(events[events["kind"] == "in_force"]["group"])
    if in_force < set(read(name).working_groups):
        assert len(live) >= FEWEST
    weeks = [each.week for each in live]
    assert weeks == sorted(set(weeks))
    assert weeks[0] == read(name).known_weeks


@pytest.mark.parametrize(("name", "replication"), HISTORIES)
def test_what_is_urgent_is_told_at_the_next_moment(name: str, replication: int) -> None:
    events, live = told(name, replication)
    for event in events[events["kind"].isin(moments.URGENT)].to_dict("records"):
        after = [each for each in live if each.week > event["week"]]
        if after:
            why = {(each.kind, each.group, each.actor) for each in after[0].why}
            assert (event["kind"], event["group"], event["actor"]) in why


SHIPPED = sorted(path.relative_to(SCENARIOS).with_suffix("").as_posix() for path in SCENARIOS.rglob("*.yaml"))
BOTS = {"mediator": any_mediator, "party": any_party}


@pytest.mark.validate
@pytest.mark.parametrize("role", BOTS)
@pytest.mark.parametrize("name", SHIPPED)
def test_every_game_has_eight_to_twelve_moments(name: str, role: str) -> None:
    """Whatever is decided: twelve at the most; eight at the least, or all weeks, while there is anything to decide."""
    scenario = read(name)
    if role == "mediator" and not scenario.mediators:
        pytest.skip("nobody mediates here")
    game, choose = begin(role, name, replication=2), BOTS[role](random.Random(name))
    model, weeks = game._model(1, game.setup.chance()), list[int]()
    for moment in game._calls(model):
        allowed = game._allowed(model, moment, weeks)
        decision = choose(game._view(model, moment, allowed, weeks))
        game._obey(model, game._read(decision, allowed), ~model.nowhere())
        weeks.append(model.week)
    assert len(weeks) <= MOST
    closed = {each["group"] for each in model.history.events().to_dict("records") if each["kind"] in moments.CLOSES}
    if closed < set(scenario.working_groups):
        assert len(weeks) >= min(FEWEST, scenario.clock.weeks - scenario.known_weeks)


def test_a_history_without_events_has_eight_moments() -> None:
    scenario = read("baseline")
    watch = Watch.over(scenario)
    for week in range(scenario.clock.weeks):
        watch.look(week, ())
    assert len(watch.moments) == FEWEST
    assert [each.why[0].kind for each in watch.moments] == ["start", *["quiet"] * (FEWEST - 2), "deadline"]


def test_after_a_long_rest_people_are_not_asked_again_and_again() -> None:
    """Once everything was in force for years, one breakdown is one moment."""
    scenario = read("baseline")
    watch = Watch.over(scenario)
    first, end = scenario.known_weeks, scenario.clock.weeks
    for week in range(end):
        done = [moments.Happening("in_force", group) for group in scenario.working_groups] if week == first + 9 else []
        broken = [moments.Happening("collapse", "treaty")] if week == end - 40 else []
        watch.look(week, done + broken)
    assert [each.week for each in watch.moments] == [
        first,
        end - 40,
        end - 40 + math.ceil(watch.pace.calm),
        watch.pace.deadline,
    ]


def test_every_reason_is_known_to_all_and_has_words() -> None:
    reasons = [*moments.URGENT, *moments.MINOR, "start", "quiet", "deadline"]
    for kind in reasons:
        assert kinds.of(kind).public
        (item,) = Moment(0, (moments.Happening(kind, "treaty", "A"),)).items()
        key = f"news.{item['kind']}" + (f".{item['size']}" if "size" in item else "")
        assert all(key in texts(language).entries for language in languages()), key
