"""What it all brings: utility as a flow over all weeks (`sim/MODEL.md`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.outcomes import outcomes

from .worlds import ALONE, TRADES, begin, quiet, results, weeks_of

GROUPS = ("one", "two")
FRAGILE: dict[str, Any] = {
    "both.reservation": {"low": 0.1, "high": 0.4},
    "both.opposition": 0.3,
    "agreements": {"hazard": 0.05},
    "clock.hold_weeks": 40,
}


@pytest.mark.parametrize("linkage", ["independent", "sequence", "single_undertaking"])
def test_a_week_counts_the_text_in_force_or_no_agreement(linkage: str) -> None:
    """The mean over all weeks, added up week by week from what stands at each one's end."""
    model = begin(quiet(FRAGILE | {"linkage": linkage}, issues=TRADES, groups=GROUPS, weeks=30), 100)
    added: dict[tuple[str, str], np.ndarray] = {(g, p): np.zeros(100) for g in GROUPS for p in ("Ann", "Ben")}
    for _ in weeks_of(model):
        for (name, party), worth in added.items():
            group, seat = model.groups[name], model.parties_by_name[party].seats[name]
            worth += np.where(group.in_force, group.worth[party], seat.reservation)
    table = outcomes(model)
    assert table[["collapsed.one", "collapsed.two"]].to_numpy().sum() > 30
    for (name, party), worth in added.items():
        np.testing.assert_allclose(table[f"utility.{name}.{party}"], worth / 70, atol=1e-12)


def test_a_text_that_is_in_force_for_no_week_changes_nothing() -> None:
    """Every text is signed, and refused at home."""
    changes = {"both.opposition": 1.0, "agreements.ratification": 0.0, "parties.Ann.reservation": 0.3}
    table = results(quiet(changes, issues=TRADES, groups=GROUPS), 5)
    assert (table["rounds.one"] > 5).all()
    assert (table["utility.Ann"] == 0.3).all()
    assert (table["utility.Ben"] == 0.2).all()
    assert table["fairness"].isna().all()


def test_of_equal_texts_the_one_that_is_longer_in_force_brings_more() -> None:
    """All sign in the same week; what they sign breaks down sooner or later, or never."""
    changes = {"agreements": {"hazard": 0.02, "slack": 0, "implementation": 0} | ALONE, "clock.hold_weeks": 100}
    model = begin(quiet(changes, weeks=8), 200)
    lasted = np.zeros(200)
    for _ in weeks_of(model):
        lasted += model.groups["table"].in_force
    table = outcomes(model)
    assert len(np.unique(lasted)) > 50
    gained = (table["text_utility.table.Ann"] - 0.2) * lasted / 108
    np.testing.assert_allclose(table["utility.Ann"], 0.2 + gained, atol=1e-12)
