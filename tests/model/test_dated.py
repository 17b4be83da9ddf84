"""What a scenario dates is known to have happened: every history tells it, whatever else happens there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sim.experiments.run import run
from sim.scenario import Scenario, ScenarioError, load_text
from sim.stories.story import story

from .worlds import IDLE, NEVER, PIE, play, quiet, told

MANY = 50
FACTS: list[dict[str, Any]] = [
    {"date": 8, "kind": "round", "group": "two", "what": "They meet by the lake."},
    {"date": 9, "kind": "disruption", "group": "two", "what": "The round of spring is not held."},
    {"date": 10, "kind": "shuttle", "mediator": "Med", "to": ["Ann", "Ben"], "what": "The envoy travels."},
    {"date": 11, "kind": "incident", "severity": 0.1, "what": "A bridge is closed."},
    {"date": 12, "kind": "statement", "what": "A speech is given."},
    {"date": 29, "kind": "round", "group": "one", "what": "They meet once more."},
]
SITUATIONS: dict[str, dict[str, Any]] = {
    "talks go on": {"both.tactic": NEVER},
    "all is signed before": {"both.tactic": {"kind": "hold", "share": 0.0}},
    "a chapter has not begun": {"both.tactic": NEVER, "linkage": "sequence"},
    "a chapter waits for the other": {"linkage": "single_undertaking", "parties.Ann.reservation": 0.3},
    "somebody leaves": {"both.tactic": NEVER, "both.walkout": 20},
    "nobody comes": {"both.tactic": NEVER, "both.absence": 1.0},
    "a freeze comes after incidents": {
        "both.tactic": NEVER,
        "incidents.per_year": 40,
        "freezes": [{"groups": ["one", "two"], "after": "incident", "weeks": 3}],
    },
    "a freeze may last longer": {
        "both.tactic": NEVER,
        "freezes": [{"groups": ["two"], "start": 3, "weeks": {"low": 0, "high": 9}}],
    },
    "agreements break": {"both.tactic": {"kind": "hold", "share": 0.0}, "agreements.hazard": 0.5},
}


def world(changes: dict[str, Any]) -> Scenario:
    return quiet({"mediators": {"Med": IDLE}, "events": FACTS} | changes, issues=PIE, groups=("one", "two"))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_dated_fact_is_told_in_every_history(situation: str) -> None:
    events = play(world(SITUATIONS[situation]), MANY).history.events()
    for fact in FACTS:
        here = events[(events["week"] == fact["date"]) & (events["text"] == fact["what"])]
        if fact["kind"] == "shuttle":  # a visit is told by who travels to whom
            visits = events[(events["week"] == fact["date"]) & (events["kind"] == "visit")]
            assert set(visits["replication"]) | set(here["replication"]) == set(range(MANY)), fact
        else:
            assert here["replication"].tolist() == list(range(MANY)), fact


def test_what_changes_nothing_says_so_and_changes_nothing() -> None:
    """Both chapters are signed in the first round: from then on the facts are only told."""
    signed = SITUATIONS["all is signed before"]
    scenario = world(signed)
    idle = [fact["what"] for fact in FACTS if fact["kind"] in ("round", "disruption", "shuttle")]
    text = " ".join(story(run(scenario, 1), 0).text.split())
    assert text.count("It changes nothing in this history.") == len(idle)
    assert all(f"{what} It changes nothing in this history." in text for what in idle)
    without = play(world(signed | {"events": [FACTS[3]]}), MANY)
    assert told(play(world(signed), MANY), "round").shape == told(without, "round").shape


def test_a_round_that_is_held_is_told_in_the_words_of_the_scenario() -> None:
    framing = {"Ann": "a good talk", "Ben": "a first step"}
    fact = FACTS[0] | {"framing": framing}
    scenario = world({"both.tactic": NEVER, "events": [fact]})
    text = " ".join(story(run(scenario, 1), 0).text.split())
    assert "two, round 9. They meet by the lake. The sides describe it differently. Ann: “a good talk”" in text


def test_an_event_without_words_is_told_too() -> None:
    bare = [{key: value for key, value in fact.items() if key != "what"} for fact in FACTS]
    events = play(world(SITUATIONS["all is signed before"] | {"events": bare}), 1).history.events()
    said = events[events["kind"] == "statement"]["text"].tolist()
    held, not_held = "A round is held.", "A round is not held."
    assert said == [held, not_held, "A mediator travels.", "A statement is made.", held]


def refused(events: list[dict[str, Any]], **more: Any) -> list[str]:
    base = {
        "name": "x",
        "parties": {"A": {}, "B": {}},
        "working_groups": {"g": {"issues": {"i": {"positions": {"A": 0, "B": 1}}}}},
        "freezes": [{"groups": ["g"], "start": 4, "weeks": 3}],
        "events": events,
    }
    try:
        load_text(json.dumps(base | more))
    except ScenarioError as error:
        return [problem.path for problem in error.problems]
    return []


@pytest.mark.parametrize("kind", ["round", "disruption", "statement"])
def test_a_fact_in_a_freeze_is_no_mistake(kind: str) -> None:
    """It is told and changes nothing, so that a freeze may be tried wherever one likes."""
    assert refused([{"date": 5, "kind": kind, "group": "g"}]) == []


def test_a_group_meets_once_a_week() -> None:
    one, other = ({"date": 1, "kind": kind, "group": "g"} for kind in ("round", "disruption"))
    assert refused([one, one]) == refused([one, other]) == refused([other, one]) == ["events[1].date"]
    assert refused([one, other | {"date": 2}]) == refused([other, other]) == []
