"""One settlement, one hazard: broad and old ones last, a breakdown shakes the rest (`sim/MODEL.md`, agreements)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.chance import Chance
from sim.experiments.run import run
from sim.stories.story import story

from .test_mediators import likely
from .worlds import ALONE, NEVER, begin, outcomes_of, play, quiet, told, weeks_of

LIKE = ("one", "two", "three", "four")


def settlement(hazard: float = 0.01, **rules: Any) -> dict[str, Any]:
    """Signed in week 7, at a hazard that nothing but these rules moves."""
    still = {"slack": 0.0, "implementation": 0.0, "collapse_cost": 0.0}
    return {"clock.hold_weeks": 252, "agreements": {"hazard": hazard, **still, **ALONE, **rules}}


def broken(
    changes: dict[str, Any], groups: tuple[str, ...], count: int, weeks: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """Weeks (W, G, R) in which agreements break down, and (W, G, R) in which they begin in force."""
    model = begin(quiet(changes, groups=groups, weeks=weeks), count, told=0)
    falls, stands = [], []
    before = np.zeros((len(groups), count), dtype=bool)
    for _ in weeks_of(model):
        now = np.stack([model.groups[name].in_force for name in groups])
        falls.append(before & ~now)
        stands.append(before)
        before = now
    return np.stack(falls), np.stack(stands)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_like_chapters_hold_no_worse_together_than_one_alone(number: int) -> None:
    model = play(quiet(settlement(0.004, together=1.0), groups=LIKE[:number], weeks=8), 2000)
    assert likely(outcomes_of(model)["lasting"].sum(), 2000, np.exp(-0.004 * 252))


def test_as_if_they_were_alone_each_further_chapter_makes_the_whole_more_fragile() -> None:
    model = play(quiet(settlement(0.004), groups=LIKE, weeks=8), 500)
    assert likely(outcomes_of(model)["lasting"].sum(), 500, np.exp(-4 * 0.004 * 252))


def test_the_hazard_falls_with_the_years() -> None:
    """hazard / (1 + years) ** aging: in the first year it is above that in the fifth, in proportion."""
    falls, stands = broken(settlement(0.02, aging=1.0), ("table",), 4000)
    yearly = [falls[8 + 52 * y : 60 + 52 * y].sum() / stands[8 + 52 * y : 60 + 52 * y].sum() for y in range(4)]
    assert yearly[0] > 1.5 * yearly[1] > 1.8 * yearly[3]
    expected = [np.mean(0.02 / (1 + (52 * y + np.arange(1, 53)) / 52)) for y in range(4)]
    assert yearly == pytest.approx(expected, rel=0.15)


def test_the_part_of_a_settlement_breaks_down_sooner_than_the_whole() -> None:
    """exp(breadth * (1 - stakes in force)): the second chapter is never agreed, and has a third of the stakes."""
    changes = settlement(0.005, together=1.0, breadth=1.5) | {
        "working_groups.one.stakes": {"Ann": 2, "Ben": 2},
        "working_groups.two.meets_every": 100,
    }
    model = play(quiet(changes, groups=("one", "two"), weeks=8), 1500)
    assert likely(model.groups["one"].in_force.sum(), 1500, np.exp(-0.005 * np.exp(1.5 / 3) * 252))


def test_a_breakdown_shakes_the_rest_for_half_a_year() -> None:
    """Against the known numbers of every week."""
    count, rules = 1500, {"together": 1.0, "aftershock": 5.0}
    model, chance = begin(quiet(settlement(0.01, **rules), groups=("one", "two"), weeks=8), count), Chance(11, 0, count)
    before = {name: np.zeros(count, dtype=bool) for name in ("one", "two")}
    shaken, last = 0, np.full(count, -1000)
    for week in weeks_of(model):
        standing = sum(before[name].astype(float) for name in before)
        hazard = 0.01 / np.maximum(standing, 1) * np.where(week - last <= 26, 5, 1)
        for name, was in before.items():
            breaks = was & (chance.week(f"collapse.{name}", week) < 1 - np.exp(-hazard))
            np.testing.assert_array_equal(was & ~model.groups[name].in_force, breaks)
            shaken += (breaks & (week - last <= 26)).sum()
            before[name] = model.groups[name].in_force.copy()
        fell = sum(told_now(model, name, week) for name in before) > 0
        last = np.where(fell, week, last)
    assert shaken > 50


def told_now(model: Any, name: str, week: int) -> np.ndarray:
    """Where the agreement of a group broke down this week: its clock was set to nothing and it stands no more."""
    return np.asarray(model.agreements.breakdown.shaken_until == week + 27) & ~model.groups[name].in_force


def test_the_more_fragile_chapter_breaks_down_more_often() -> None:
    """Ann gains little in the first one."""
    changes = settlement(0.01, together=1.0, slack=6.0) | {
        "parties.Ann.reservation": {"by_group": {"one": 0.4}, "other": 0.1},
    }
    falls, _ = broken(changes, ("one", "two"), 1000, weeks=12)
    first, second = falls.sum(axis=(0, 2))
    assert first > 1.8 * second > 150


# ---- after the talks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_what_breaks_down_after_the_talks_may_be_negotiated_again(share: float) -> None:
    model = play(quiet(settlement(0.01, renegotiation=share), weeks=8), 100, told=100)
    first = told(model, "collapse").groupby("replication")["week"].min()
    after = first[first < 200]  # with time enough for some rounds
    again = told(model, "signature").query("week >= 8").groupby("replication")["week"].min()
    assert len(after) > 70
    assert set(again.index) <= set(first.index)
    assert (again > first[again.index]).all()
    assert likely(len(set(again.index) & set(after.index)), len(after), share)
    assert (told(model, "in_force").query("week >= 8").shape[0] > 0) == (share > 0)


def test_who_has_never_agreed_does_not_begin_after_the_talks() -> None:
    model = play(quiet(settlement(renegotiation=1.0) | {"both.tactic": NEVER}, weeks=8), 20)
    assert told(model, "round")["week"].max() == 7


def test_stories_go_on_after_the_talks() -> None:
    """Those who talk again may walk out again; whoever agreed again is told to have done so."""
    changes = settlement(0.01, renegotiation=1.0) | {"both.walkout": 2.0, "walkouts": {"breaking_off": 0.01}}
    found = run(quiet(changes, weeks=8), 60)
    texts = [" ".join(story(found, replication).text.split()) for replication in range(60)]
    assert sum("and was agreed again." in text for text in texts) > 10
    assert sum("the talks on table" in text.lower() for text in texts) > 10


def test_stories_say_that_talks_were_broken_off() -> None:
    freezes = [{"groups": ["table"], "start": 2, "weeks": 30}]
    spec = quiet({"walkouts": {"breaking_off": 0.9}, "freezes": freezes}, weeks=12)
    text = " ".join(story(run(spec, 1), 0).text.split())
    assert "The talks on table are broken off: the group does not meet again." in text
    assert "Table was broken off" in text
