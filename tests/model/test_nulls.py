"""Null tests: a mechanism that is switched off leaves no trace, bit for bit.

Each pair differs in settings of one mechanism that must not matter while its switch is off. Everything else is on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
import pytest

from sim.outcomes import outcomes
from tests.seldom import one_in

from .test_chunks import WILD
from .worlds import CHOICES, NEVER, TRADES, Data, changed, mediator, play, quiet_data, same, scenario, shared

REST = {key: value for key, value in WILD.items() if key not in ("mediators", "freezes")}
BUSY = mediator({"after_signature": 1.0, "bias": {"Ann": 0.5}}, shuttle=1, convene=1, draft=1, press=1, guarantee=1)


def world(changes: dict[str, Any]) -> Data:
    return changed(quiet_data(issues=TRADES | CHOICES, groups=("one", "two"), weeks=30), REST | changes)


def helped(**spec: Any) -> dict[str, Any]:
    return {"mediators": {"Med": {**BUSY, **spec}}}


def only(activity: str, **spec: Any) -> dict[str, Any]:
    """A mediator that does one thing only."""
    return {"mediators": {"Med": {**mediator(**{activity: 1}), "after_signature": 1.0, **spec}}}


NEVER_LEAVES = {"both.walkout": 0, "walkouts.after_incident": 0}
CALM = {**NEVER_LEAVES, "both.doubt": 0, "both.absence": 0, "incidents.per_year": 0, "agreements.hazard": 0}
NULLS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a mediator without effort": ({}, helped(effort=0)),
    "two without effort": (
        {},
        {"mediators": {"Med": {**BUSY, "effort": 0}, "Aid": {**BUSY, "effort": [{"from": 3, "effort": 0}]}}},
    ),
    "a second one without effort": (helped(), {"mediators": {"Med": BUSY, "Aid": {**BUSY, "effort": 0}}}),
    "one who starts after the end": ({}, helped(effort=[{"from": 45, "effort": 1.0}])),
    "shuttles that never leave": ({}, only("shuttle", trips_per_week=0)),
    "drafts that are never tabled": ({}, only("draft", draft_rate=0)),
    "pressure without leverage": ({}, only("press", leverage=0)),
    "guarantees that nobody believes": ({}, only("guarantee", credibility=0)),
    "a mediator without activities": ({}, {"mediators": {"Med": mediator()}}),
    "a freeze of no weeks": ({}, {"freezes": [{"groups": ["one", "two"], "start": 4, "weeks": 0, "by": "Ann"}]}),
    "a rule of no weeks": ({}, {"freezes": [{"groups": ["one", "two"], "after": "incident", "weeks": 0}]}),
    "a rule for worse than the worst": (
        {},
        {"freezes": [{"groups": ["one"], "after": "incident", "severity": 0.95, "weeks": 9}]},
    ),
    "contacts that nobody has": (
        {"contacts": {"intensity": 0}},
        {"contacts": {"intensity": 0, "trust": 1, "ceiling": 1, "attendance": 1}},
    ),
    "no incidents": (
        {"incidents": {"per_year": 0}},
        {"incidents": {"per_year": 0, "severity": 0.9, "hardening": 1, "spoilers": 1, "after_settlement": 1}},
    ),
    "no walkouts": (
        {"both.walkout": 0, "walkouts": {"after_incident": 0}},
        {"both.walkout": 0, "walkouts": {"after_incident": 0, "weeks": 50, "convene": 1}},
    ),
    "nobody doubts": ({**CALM, "both.trust": 0.1}, {**CALM, "both.trust": 0.9}),
    "spoilers far from a deal": (
        {"both.tactic": NEVER, "incidents.spoilers": 0.0},
        {"both.tactic": NEVER, "incidents.spoilers": 1.0},
    ),
    "commitments that hold nothing": (
        {"framework": [{"group": "one", "issue": "land", "settlement": 0.4, "hold": 0}]},
        {"framework": [{"group": "one", "issue": "land", "settlement": 0.4, "hold": 0, "unkept": 1}]},
    ),
    "focal points without a mediator": (
        {"framework": [{"group": "one", "issue": "land", "settlement": 0.4}]},
        {"framework": [{"group": "one", "issue": "land", "settlement": 0.4, "focal": 1}]},
    ),
    "nobody at home objects": (
        {"both.opposition": 0},
        {"both.opposition": 0, "agreements.ratification": 0, "agreements.opposition_hardens": 0.5},
    ),
    "agreements that never break": (
        {"agreements": {"hazard": 0}},
        {"agreements": {"hazard": 0, "trust": 0, "slack": 0, "guarantee": 0, "pressure": 20, "collapse_cost": 1}},
    ),
    "no deal costs nothing": (
        {"both.cost_of_no_deal": 0, "both.hurt_cap": 0.2},
        {"both.cost_of_no_deal": 0, "both.hurt_cap": 1},
    ),
    "hurt capped at nothing": ({"both.cost_of_no_deal": 0}, {"both.cost_of_no_deal": 1, "both.hurt_cap": 0}),
    "one other to please": ({}, {"both.offers": "product"}),
    "nobody doubts its own": ({"both.doubt": 0}, {"both.doubt": 0, "both.doubt_own": 1}),
    "nobody to save face before": ({"both.face_saving": 0}, {"both.face_saving": 1, "both.face_saving_margin": 1}),
    "no frozen week": (
        NEVER_LEAVES,
        {
            **NEVER_LEAVES,
            "frozen_week": {
                "rehardening": 5,
                "estrangement": 1,
                "cooling": 1,
                "forgetting": 1,
                "by_trust": 1,
                "rumination": 1,
            },
        },
    ),
    "nothing to rekindle": (
        {"incidents": {"per_year": 0}},
        {"incidents": {"per_year": 0, "rekindling": 1}},
    ),
    "clocks show each tactic the same twice": (
        {"working_groups.one.exchanges": 1},
        {"working_groups.one.exchanges": 4},
    ),
    "violence where nobody is frozen": (
        {"both.walkout": 0, "walkouts.after_incident": 0, "incidents.while_frozen": 1},
        {"both.walkout": 0, "walkouts.after_incident": 0, "incidents.while_frozen": 5},
    ),
    "one settlement where nothing breaks down": (
        {"agreements": {"hazard": 0}},
        {"agreements": {"hazard": 0, "together": 1, "breadth": 2, "aging": 2, "aftershock": 9, "renegotiation": 1}},
    ),
    "what was only said": (
        {},
        {
            "events": [
                {"date": 3, "kind": "statement", "what": "x"},
                {"date": 4, "kind": "statement", "group": "one", "what": "y"},
            ]
        },
    ),
    "titles and labels": (
        {},
        {
            "parties.Ann.title": "A",
            "working_groups.one.title": "B",
            "working_groups.one.issues.land.labels": {0: "none"},
            "summary": "s",
        },
    ),
}


def tables(changes: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return nothing_changed() if not changes else _tables(changes)


@lru_cache(maxsize=1)
def nothing_changed() -> tuple[pd.DataFrame, pd.DataFrame]:
    return _tables({})


def _tables(changes: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    model = play(scenario(world(changes)), 50)
    return outcomes(model), model.history.events()


@pytest.mark.parametrize("null", one_in(3, NULLS))
def test_what_is_off_leaves_no_trace(null: str) -> None:
    without, idle = NULLS[null]
    (ours, told), (theirs, retold) = tables(without), tables(idle)
    both = [column for column in shared(ours, theirs) if not (null == "nobody doubts" and column.startswith("trust."))]
    assert len(both) > 30
    same(ours[both], theirs[both])
    same(_facts(told), _facts(retold))
    assert len(_facts(told)) > 1000


def _facts(events: pd.DataFrame) -> pd.DataFrame:
    """All but what tells of the switch itself."""
    return events[~events["kind"].isin(["effort", "statement"])].reset_index(drop=True)


def test_an_issue_that_nobody_weighs_changes_nothing() -> None:
    """But for a mediator's drafts, which take all issues to matter until it knows better: so there is none here."""
    idle = {"positions": {"Ann": 0.3, "Ben": 0.8}, "weights": {"Ann": 0, "Ben": 0}}
    ours, _ = tables({})
    theirs, _ = tables({"working_groups.one.issues.idle": idle, "working_groups.two.issues.idle": idle})
    same(ours, theirs)


def test_options_that_nobody_weighs_change_nothing() -> None:
    idle = {"options": {"a": {"Ann": 0.3, "Ben": 0.8}, "b": {"Ann": 0.9, "Ben": 0.1}}, "weights": {"Ann": 0, "Ben": 0}}
    ours, _ = tables({})
    theirs, _ = tables({"working_groups.one.issues.idle": idle})
    same(ours, theirs)


def test_a_commitment_that_costs_nothing_to_leave_changes_nothing() -> None:
    """It cuts a scale in two, so sums round otherwise: to the last bits only."""
    ours, _ = tables({"framework": []})  # the world has a commitment of its own
    theirs, _ = tables(
        {
            "framework": [
                {"group": "one", "issue": "land", "settlement": 0.3, "hold": 0},
                {"group": "two", "issue": "court", "settlement": "both", "hold": 0},
            ]
        }
    )
    pd.testing.assert_frame_equal(ours, theirs, rtol=0, atol=1e-9)
