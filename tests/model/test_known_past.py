"""The known past: until `clock.known_until` only what the scenario dates happens (`sim/MODEL.md`, the known past)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from sim.model import NegotiationModel
from sim.scenario import ScenarioError, load_text

from .worlds import NEVER, PIE, begin, mediator, play, quiet, same, weeks_of

KNOWN = 12
DATED: list[dict[str, Any]] = [
    {"date": 3, "kind": "round", "group": "one", "what": "They meet."},
    {"date": 5, "kind": "incident", "severity": 0.4, "what": "A shot is fired."},
    {"date": 6, "kind": "disruption", "group": "two", "what": "They do not meet."},
    {"date": 8, "kind": "shuttle", "mediator": "Med", "to": ["Ann"], "what": "The envoy travels."},
]
WILD: dict[str, Any] = {
    "both.tactic": {"kind": "hold", "share": 0.0},  # they would sign whatever they see
    "both.reservation": {"low": 0.1, "high": 0.3},
    "both.walkout": 52,
    "both.absence": 0.5,
    "walkouts.after_incident": 10,
    "incidents.per_year": 52,
    "mediators": {"Med": mediator({"effort": 1.0}, shuttle=1, draft=1)},
    "freezes": [{"groups": ["one"], "after": "incident", "weeks": 3}],
    "events": DATED,
}


def wild(**more: Any) -> NegotiationModel:
    return play(quiet(WILD | more, issues=PIE, groups=("one", "two")), 60)


def test_before_it_ends_nothing_happens_that_the_file_does_not_date() -> None:
    events = wild(**{"clock.known_until": KNOWN}).history.events()
    before = events[events["week"] < KNOWN]
    happened = {(kind, week) for kind, week in zip(before["kind"], before["week"], strict=True) if kind != "effort"}
    at_the_round = {("round", 3), ("proposal", 3), ("decline", 3)}
    assert happened - at_the_round == {("incident", 5), ("disruption", 6), ("visit", 8)}
    assert len(events[events["week"] == KNOWN]) > 100


def test_without_it_chance_decides_from_the_first_week() -> None:
    events = wild().history.events()
    assert {"incident", "signature", "freeze", "walkout"} <= set(events[events["week"] < KNOWN]["kind"])


def test_the_numbers_of_a_scenario_are_drawn_as_ever() -> None:
    known, unknown = wild(**{"clock.known_until": KNOWN}), wild()
    for path, values in known.draws.items():
        np.testing.assert_array_equal(values, unknown.draws[path])


def test_what_chance_holds_for_later_weeks_stays() -> None:
    """At zero trust and without freezes, incidents are those of the same world without a known past."""
    changes = {"incidents.per_year": 20, "both.tactic": NEVER}
    free, known = (begin(quiet(changes | past), 200) for past in ({}, {"clock.known_until": KNOWN}))
    for week in weeks_of(free):
        known.step()
        expected = free.incidents.severity if week >= KNOWN else np.zeros(200)
        np.testing.assert_array_equal(known.incidents.severity, expected)


def test_an_overdue_round_is_held_when_the_known_past_is_over() -> None:
    spec = quiet({"working_groups.table.meets_every": 4, "both.tactic": NEVER, "clock.known_until": 9}, weeks=16)
    held = play(spec).history.events().query("kind == 'round'")["week"]
    assert held.tolist() == [9, 13]


@pytest.mark.parametrize(("until", "weeks"), [(0, 0), (1, 1), ("2023-01-02", 0), ("2023-01-03", 1), ("2023-01-16", 2)])
def test_a_week_that_begins_before_it_is_known(until: Any, weeks: int) -> None:
    assert quiet({"clock.start": dt.date(2023, 1, 2), "clock.known_until": until}).known_weeks == weeks


def test_it_may_be_left_out() -> None:
    same(wild().history.events(), wild(**{"clock.known_until": 0}).history.events())


def test_it_ends_while_the_talks_go_on() -> None:
    text = """
name: x
clock: {weeks: 10, known_until: 2030-01-01}
parties: {A: {}, B: {}}
working_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}
"""
    with pytest.raises(ScenarioError, match="after the talks end"):
        load_text(text)
