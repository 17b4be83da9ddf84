"""Rival mediators (`sim/agents/rivals.py`): texts that stand side by side at a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from .worlds import CHOICES, TRADES, Data, begin, mediator, outcomes_of, play, quiet, results, same, weeks_of

ISSUES = TRADES | CHOICES
WORLD: Data = {
    "both.reservation": 0.45,
    "both.tactic": {"kind": "time", "beta": 0.3},
    "both.weight_spread": 0.6,
    "both.knowledge": 0.1,
    "both.prejudice": 0.6,
    "both.trust": 0.2,
    "both.doubt": 0.2,
    "both.face_saving": 0.5,
}


def helper(rivalry: float, toward: str = "Ann", **more: Any) -> Data:
    """A mediator that leans to one side."""
    spec = {"effort": 0.8, "draft_rate": 2.0, "bias": {toward: 0.8}, "rivalry": rivalry}
    return mediator(spec | more, draft=2, shuttle=1, guarantee=1)


def pair(rivalry: float, **more: Any) -> Data:
    return {"mediators": {"Med": helper(rivalry, **more), "Aid": helper(rivalry, "Ben", **more)}}


def texts_of(events: pd.DataFrame) -> pd.DataFrame:
    return events[(events["kind"] == "draft") | ((events["kind"] == "signature") & events["to"].isin(["Med", "Aid"]))]


def test_one_mediator_has_no_rivals() -> None:
    alone, eager = (
        play(quiet(WORLD | {"mediators": {"Med": helper(rivalry)}}, issues=ISSUES), 60) for rivalry in (0.0, 1.0)
    )
    same(outcomes_of(alone), outcomes_of(eager))
    same(alone.history.events(), eager.history.events())


def test_a_second_one_who_tables_nothing_is_no_rival() -> None:
    changes = [WORLD | pair(rivalry) | {"mediators.Aid.activities": {"shuttle": 1}} for rivalry in (0.0, 1.0)]
    alone, eager = (results(quiet(each, issues=ISSUES), 60) for each in changes)
    same(alone, eager)


def test_nobody_takes_a_text_worth_less_than_the_standing_one_of_a_rival() -> None:
    """With rivals never, without often."""
    worse = {rivalry: _worse_than_the_rivals(rivalry) for rivalry in (0.0, 0.001)}
    assert worse[0.0] > 10
    assert worse[0.001] == 0


def _worse_than_the_rivals(rivalry: float) -> int:
    events = texts_of(play(quiet(WORLD | pair(rivalry), issues=ISSUES, weeks=40), 100).history.events())
    count = 0
    for (_, _), some in events.groupby(["replication", "group"]):
        signed = some[some["kind"] == "signature"]
        if len(signed) == 0:
            continue
        author = signed["to"].iloc[0]
        theirs = some[(some["kind"] == "draft") & (some["actor"] != author)]
        if len(theirs):
            worth = ["utility.Ann", "utility.Ben"]
            count += bool((signed[worth].iloc[0] < theirs[worth].iloc[-1] - 1e-6).any())
    return count


def test_texts_that_lie_apart_cost_belief_as_long_as_they_do() -> None:
    """believed = 1 - rivalry * apart, from the week after; whoever is no rival is believed as before."""
    changes = WORLD | pair(0.5) | {"mediators.Aid.rivalry": 0.0, "mediators.Med.credibility": {"Ann": 0.8, "Ben": 0.4}}
    model = begin(quiet(changes, issues=ISSUES, groups=("one", "two"), weeks=20), 16)
    apart = np.zeros(16)
    for _ in weeks_of(model):
        med, aid = model.mediators_by_name.values()
        assert med.credibility("Ann") == pytest.approx(0.8 * (1 - 0.5 * apart))
        assert med.credibility("Ben") == pytest.approx(0.4 * (1 - 0.5 * apart))
        assert aid.credibility("Ann") == pytest.approx(0.7)
        events = model.history.events()
        drafts = events[events["kind"] == "draft"].drop_duplicates(["replication", "group", "actor"], keep="last")
        apart = np.zeros(16)
        for (replication, _), some in drafts.groupby(["replication", "group"]):
            if len(some) == 2:
                differ = some[["utility.Ann", "utility.Ben"]].diff().iloc[1].abs().max()
                apart[replication] = max(apart[replication], differ)
    assert apart.mean() > 0.05


def test_rivals_hurt() -> None:
    """Where only mediators' texts are ever signed, those who compete bring fewer about."""
    stubborn = {"both.tactic": {"kind": "hold", "share": 0.9}, "both.face_saving": 0.9}
    shares = [
        results(quiet(WORLD | stubborn | pair(rivalry), issues=ISSUES), 400)["settled"].mean() for rivalry in (0.0, 1.0)
    ]
    assert shares[1] < shares[0] - 0.05
