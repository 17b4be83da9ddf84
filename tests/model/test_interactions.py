"""Issues that interact, and texts that are revised with everybody's vote, in a whole model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.outcomes import outcomes
from sim.scenario import Scenario

from .worlds import CHOICES, NEVER, begin, changed, mediator, play, quiet_data, same, scenario

TOGETHER = {"when": {"court": "both", "toll": "low"}, "adds": {"Ann": 0.5, "Ben": 0.5}}
THIRD = {"options": {name: {"Ann": n / 2, "Ben": 1 - n / 2} for n, name in enumerate(("a", "b", "c"))}}


def world(changes: dict[str, Any] | None = None) -> Scenario:
    """Two groups, of two issues that interact and of three that do not."""
    data = changed(quiet_data(issues=CHOICES, groups=("one", "two"), weeks=6), {"both.tactic": NEVER})
    data["working_groups"]["one"]["interactions"] = [TOGETHER]
    data["working_groups"]["two"]["issues"] = CHOICES | {"dam": THIRD}
    return scenario(data, changes)


def test_whoever_knows_nothing_of_others_imagines_no_interactions() -> None:
    """What it knows is blended in at a round, as priorities are."""
    model = begin(world())
    ann, ben = model.parties
    true, imagined = ben.seats["one"].preferences.combined, ann.seats["one"].imagined["Ben"].combined
    assert true.max() == 1
    assert true.min() == 0
    alone = begin(world({"working_groups.one.interactions": []})).parties[1].seats["one"].preferences.combined
    assert not np.allclose(true, alone)
    weights = [CHOICES[issue]["weights"] for issue in CHOICES]
    mine = np.array([each["Ann"] for each in weights]) / sum(each["Ann"] for each in weights)
    guess = [
        mine[0] * court["Ben"] + mine[1] * toll["Ben"]
        for court in CHOICES["court"]["options"].values()
        for toll in CHOICES["toll"]["options"].values()
    ]
    np.testing.assert_allclose(imagined.ravel(), guess, atol=1e-12)


def test_a_mediator_that_knows_nothing_knows_of_no_interaction() -> None:
    with_them, without = (begin(world(each)).groups["one"].equal["Ann"] for each in ({}, NO_INTERACTIONS))
    np.testing.assert_array_equal(with_them.table, without.table)


NO_INTERACTIONS = {"working_groups.one.interactions": []}
REVISING: dict[str, Any] = {
    "mediators": {"Med": mediator({"effort": 1.0, "draft_rate": 20.0, "revisions": 40}, draft=1)},
    "both.face_saving": 1.0,
    "both.reservation": 0.0,
}


def test_a_revised_text_is_one_of_its_own_group() -> None:
    """Groups of different sizes lie side by side; each gets a text on its own issues, and both sign it."""
    model = play(world(REVISING), 60)
    found = outcomes(model)
    assert found["settled"].all()
    for group in model.groups.values():
        assert np.all(
            (group.agreed_text.combination >= 0) & (group.agreed_text.combination < group.agenda.combinations)
        )
        wants = [party.seats[group.name].preferences for party in model.parties]
        best = np.max([each.combined for each in wants], axis=1)
        assert all(
            np.all(each.utility(group.agreed_text) <= most + 1e-12) for each, most in zip(wants, best, strict=True)
        )
    assert found["text_utility.one.Ann"].mean() + found["text_utility.one.Ben"].mean() > 1.2


def test_revised_texts_are_the_same_in_any_chunk_and_any_company() -> None:
    whole = outcomes(play(world(REVISING), 40))
    part = outcomes(play(world(REVISING), 15, first=25))
    pd.testing.assert_frame_equal(whole.iloc[25:].reset_index(drop=True), part, check_exact=True)
    warmer = outcomes(play(world(REVISING | {"both.lets_pass": 0.2}), 40))
    assert not warmer["text_utility.two.Ann"].equals(whole["text_utility.two.Ann"])


def test_who_writes_no_text_revises_none() -> None:
    idle = {"mediators": {"Med": mediator({"revisions": 40}, shuttle=1)}}
    bare = {"mediators": {"Med": mediator({}, shuttle=1)}}
    same(*(outcomes(play(world(each), 20)) for each in (idle, bare)))
