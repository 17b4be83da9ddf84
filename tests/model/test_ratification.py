"""Votes at home (`sim/process/ratification.py`): opposition that hardens, votes on the whole, weeks until a vote."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.seldom import seldom

from .test_mediators import likely
from .worlds import NEVER, TRADES, Script, begin, mediator, outcomes_of, play, quiet, results, told, weeks_of

GROUPS = ("one", "two")
TOUGH = {
    "parties.Ben.opposition": 0.9,
    "agreements.ratification": 1.0,
    "both.weight_spread": 0.5,
    "mediators": {"Med": mediator({"draft_rate": 3.0}, draft=1)},
}


@pytest.mark.parametrize(
    ("ratified", "groups"),
    [
        ("by_chapter", ("table",)),
        seldom("as_a_whole", GROUPS),
        seldom("by_chapter", GROUPS),
        ("as_a_whole", ("table",)),
    ],
)
def test_no_unchanged_text_is_refused_and_then_passed(ratified: str, groups: tuple[str, ...]) -> None:
    """What the home of Ben takes after it has refused is better for him, by the number in the file."""
    changes = TOUGH | {"agreements.ratified": ratified, "agreements.opposition_hardens": 0.03}
    model = begin(quiet(changes, issues=TRADES, groups=groups, weeks=60), 100)
    refused: dict[int, float] = {}
    passed = again = 0
    for week in weeks_of(model):
        events = model.history.events()
        now = events[(events["week"] == week) & events["kind"].isin(["refusal", "in_force"])]
        for replication, some in now.groupby("replication"):
            voted = [model.groups[name] for name in some["group"].unique()]
            worth = np.mean([group.worth["Ben"][replication] for group in voted])
            key = replication if ratified == "as_a_whole" else (replication, voted[0].name)
            if len(voted) > 1 and ratified == "by_chapter":
                continue  # each is voted on alone: looked at where they come one by one
            if (some["kind"] == "in_force").all():
                passed += 1
                again += key in refused
                assert worth >= refused.get(key, -1.0) + 0.03 / len(groups) - 1e-6
            else:
                refused[key] = max(refused.get(key, -1.0), worth)
    assert passed > 30
    assert again > 10


def test_without_memory_a_refused_text_may_be_signed_again_and_pass() -> None:
    changes = {"parties.Ben.opposition": 0.7, "agreements.ratification": 0.0}
    forgetting, hardened = (
        results(quiet(changes | {"agreements.opposition_hardens": harder}, issues=TRADES), 400) for harder in (0.0, 1.0)
    )
    assert forgetting["settled"].mean() > 0.9
    assert likely(hardened["settled"].sum(), 400, 0.3)  # nothing is so much better: the first vote decides


def test_its_delegation_knows_what_its_home_refuses() -> None:
    """Ben, whose home refuses all, tables and signs nothing that is not better."""
    changes = {"parties.Ben.opposition": 1.0, "agreements.ratification": 0.0, "agreements.opposition_hardens": 0.02}
    events = play(quiet(changes, issues=TRADES, weeks=30), 3).history.events()
    votes = events[events["kind"] == "refusal"]
    tabled = events[(events["kind"] == "proposal") & (events["actor"] == "Ben")]
    for replication, refusals in votes.groupby("replication"):
        assert len(refusals) > 1
        signed = events[(events["kind"] == "signature") & (events["replication"] == replication)]
        assert (signed["utility.Ben"].diff().dropna() >= 0.02 - 1e-6).all()
        mine = tabled[(tabled["replication"] == replication) & (tabled["week"] > refusals["week"].iloc[0])]
        assert (mine["worth"] >= signed["utility.Ben"].iloc[0] + 0.02 - 1e-6).all()


# ---- the whole -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("linkage", ["independent", "sequence", "single_undertaking"])
def test_a_whole_passes_or_fails_as_one(linkage: str) -> None:
    changes: dict[str, Any] = {
        "linkage": linkage,
        "agreements.ratified": "as_a_whole",
        "parties.Ben.opposition": 0.5,
        "agreements.ratification": 0.0,
    }
    events = play(quiet(changes, groups=GROUPS, weeks=60), 100).history.events()
    votes = events[events["kind"].isin(["refusal", "in_force"])].groupby(["replication", "week"])
    assert (votes["group"].nunique() == 2).all()
    assert (votes["kind"].nunique() == 1).all()
    refused = votes["kind"].first() == "refusal"
    assert likely(refused.sum(), len(refused), 0.5)


@pytest.mark.parametrize(("stakes", "gain"), [((1, 1), 0.2), ((3, 1), 0.1)])
def test_a_whole_is_refused_by_what_it_gains_by_the_stakes(stakes: tuple[int, int], gain: float) -> None:
    """Nothing in one, 0.4 in two: with equal stakes Ben gains 0.2."""
    changes: dict[str, Any] = {
        "agreements.ratified": "as_a_whole",
        "parties.Ben.opposition": 0.8,
        "parties.Ben.reservation": {"by_group": {"one": 0.5, "two": 0.1}},
        "agreements.ratification": 5.0,
        **{f"working_groups.{name}.stakes": {"Ben": stake} for name, stake in zip(GROUPS, stakes, strict=True)},
    }
    ask = Script((0.5,))
    model = play(quiet(changes, groups=GROUPS, weeks=1), 2000, tactics={"Ann": ask, "Ben": ask})
    assert likely((~outcomes_of(model)["settled"].astype(bool)).sum(), 2000, 0.8 * np.exp(-5 * gain))


# ---- weeks until the vote --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weeks", [0, 4, 25])
def test_the_vote_is_held_so_many_weeks_later(weeks: int) -> None:
    """Also when the talks are over by then: signed in week 7 of 30."""
    model = play(quiet({"agreements.ratification_weeks": weeks, "clock.hold_weeks": 10}), 2)
    assert set(told(model, "signature")["week"]) == {7}
    assert set(told(model, "in_force")["week"]) == {7 + weeks}


def test_chapters_that_wait_are_voted_on_once() -> None:
    """With a single undertaking the vote comes when all of it has lain long enough."""
    changes = {
        "linkage": "single_undertaking",
        "agreements.ratification_weeks": 5,
        "working_groups.two.meets_every": 3,
        "parties.Ann.opposition": 1.0,
        "agreements.ratification": 0.0,
    }
    events = play(quiet(changes, groups=GROUPS, weeks=29), 2).history.events()
    assert set(events[events["kind"] == "refusal"]["week"]) == {28}


def test_nothing_is_voted_on_that_nobody_signed() -> None:
    changes = {"both.tactic": NEVER, "agreements.ratified": "as_a_whole", "both.opposition": 1.0}
    assert not len(told(play(quiet(changes, groups=GROUPS), 3), "refusal"))
