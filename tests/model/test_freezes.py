"""Freezes and walkouts, and what a week of them does: exactly what section 5 of the model says, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.chance import Chance

from .worlds import NEVER, TRADES, agree, begin, mediator, outcomes_of, play, quiet, state, told, weeks_of

FOREVER = {"both.tactic": NEVER}
BOTH = ["one", "two"]


def visits(weeks: int) -> list[dict[str, Any]]:
    return [{"date": week, "kind": "shuttle", "mediator": "Med", "to": ["Ann", "Ben"]} for week in range(weeks)]


LEARNED: dict[str, Any] = {
    "both.trust": 0.4,
    "both.knowledge": 0.1,
    "mediators": {"Med": {"effort": 0.0}},
    "events": [*visits(5), {"date": 5, "kind": "incident", "severity": 0.2}],
    "incidents": {"per_year": 0, "fading": 0.03},
    "trust_dynamics.fading": 0.01,
    "frozen_week": {"rehardening": 0.08, "estrangement": 0.004, "cooling": 0.06, "forgetting": 0.05},
    "both.cost_of_no_deal": 0.1,
    "both.hurt_cap": 0.3,
}
FROZEN = {"freezes": [{"groups": BOTH, "start": 6, "weeks": 1000}]}


def test_a_frozen_process_changes_only_what_is_said() -> None:
    """From week 6 on nobody meets: trust, clocks, knowledge and hardening go by their formulas; the rest stays."""
    model = begin(quiet(LEARNED | FROZEN | FOREVER, issues=TRADES, groups=("one", "two"), weeks=40), 3)
    for _ in range(6):
        model.step()
    at_first = state(model)
    assert at_first["one.clock"] == pytest.approx(6)
    assert (at_first["Ann.knowledge.Ben"] > 0.2).all()
    for n in range(1, 35):
        model.step()
        now = state(model)
        for party, other in (("Ann", "Ben"), ("Ben", "Ann")):
            trust, known = f"{party}.trust.{other}", f"{party}.knowledge.{other}"
            np.testing.assert_allclose(now[trust], np.maximum(at_first[trust] - 0.004 * n, 0), atol=1e-12)
            np.testing.assert_allclose(now[known], 0.1 + (at_first[known] - 0.1) * (0.99 * 0.95) ** n, atol=1e-12)
            for group in BOTH:
                hardening = f"{party}.{group}.hardening"
                np.testing.assert_allclose(now[hardening], at_first[hardening] * 0.91**n, atol=1e-12)
            np.testing.assert_allclose(now[f"{party}.hurt"], at_first[f"{party}.hurt"] + 0.1 / 52 * n, atol=1e-12)
        for group in BOTH:
            np.testing.assert_allclose(now[f"{group}.clock"], 6 - 0.08 * n, atol=1e-12)
            np.testing.assert_array_equal(now[f"{group}.frozen_weeks"], n)
            assert now[f"{group}.frozen"].all()
        agree(at_first, now, but=("trust", "knowledge", "hardening", "hurt", "clock", "frozen", "severity"))
    assert not outcomes_of(model)["settled"].any()


def test_the_clock_turns_back_to_its_start_and_no_further() -> None:
    changes = {
        "frozen_week": {"rehardening": 0.5, "estrangement": 0},
        "freezes": [{"groups": ["table"], "start": 3, "weeks": 10}],
    }
    model = begin(quiet(changes | FOREVER, weeks=16))
    clocks = [model.groups["table"].clock[0] for _ in weeks_of(model)]
    assert clocks[:3] == pytest.approx([1, 2, 3])
    assert clocks[3:13] == pytest.approx([2.5, 2, 1.5, 1, 0.5, 0, 0, 0, 0, 0])
    assert clocks[13:] == pytest.approx([1, 2, 3])


def test_one_frozen_chapter_estranges_by_its_stake() -> None:
    changes = {
        "both.trust": 0.5,
        "frozen_week.estrangement": 0.01,
        "working_groups.one.stakes": {"Ann": 1, "Ben": 4},
        "freezes": [{"groups": ["one"], "start": 2, "weeks": 10}],
    }
    model = play(quiet(changes | FOREVER, groups=("one", "two"), weeks=20))
    assert model.parties_by_name["Ann"].trust["Ben"] == pytest.approx(0.5 - 0.01 * 10 / 2)
    assert model.parties_by_name["Ben"].trust["Ann"] == pytest.approx(0.5 - 0.01 * 10 * 0.8)
    events = model.history.events()
    assert set(events.query("kind == 'round' and group == 'two'")["week"]) == set(range(20))


def test_talks_that_resume_start_from_harder_positions() -> None:
    """Ten frozen weeks turn the clock back by a round: Ann asks for more than when the talks stopped."""
    changes = {"frozen_week.rehardening": 0.1, "freezes": [{"groups": ["table"], "start": 4, "weeks": 10}]}
    found = told(play(quiet(changes, weeks=16)), "proposal").query("actor == 'Ann'").set_index("week")["asked"]
    assert found[3] == pytest.approx(1 - 0.8 * 0.3)
    assert found[14] == pytest.approx(1 - 0.8 * 0.3)  # the fifth round, with the clock of the fourth


# ---- scheduled -------------------------------------------------------------------------------------------------------


def test_a_freeze_is_told_with_its_reason_and_ends_when_it_should() -> None:
    freeze = {"groups": ["table"], "start": 4, "weeks": 3, "reason": "elections", "by": "Ben"}
    events = play(quiet({"freezes": [freeze]} | FOREVER, weeks=12), 2).history.events()
    began, ended = (events[events["kind"] == kind] for kind in ("freeze", "resume"))
    assert (
        began[["week", "group", "actor", "value", "text"]].to_numpy().tolist()
        == [[4, "table", "Ben", 3, "elections"]] * 2
    )
    assert ended[["week", "group", "value"]].to_numpy().tolist() == [[7, "table", 3]] * 2


def test_a_freeze_given_by_date_begins_in_the_week_of_that_day() -> None:
    freeze = {"groups": ["table"], "start": "2023-01-18", "weeks": 3}
    assert told(play(quiet({"freezes": [freeze]} | FOREVER, weeks=12)), "freeze")["week"].to_list() == [2]


def test_two_freezes_of_different_groups_do_not_touch_each_other() -> None:
    changes = {"freezes": [{"groups": ["one"], "start": 2, "weeks": 3}, {"groups": ["two"], "start": 4, "weeks": 5}]}
    table = outcomes_of(play(quiet(changes | FOREVER, groups=("one", "two"), weeks=12)))
    assert table[["frozen_weeks.one", "frozen_weeks.two"]].to_numpy().tolist() == [[3, 5]]


def test_the_length_may_differ_from_history_to_history() -> None:
    changes = {"freezes": [{"groups": ["table"], "start": 4, "weeks": {"low": 2, "high": 9}}]}
    table = outcomes_of(play(quiet(changes | FOREVER, weeks=20), 200))
    np.testing.assert_array_equal(table["frozen_weeks.table"], np.ceil(table["drawn.freezes[0].weeks"]))


def frozen_after(events: list[tuple[int, float]], rule: dict[str, Any], weeks: int = 20) -> list[int]:
    """The weeks in which the group is frozen, with incidents of these severities by date."""
    dated = [{"date": week, "kind": "incident", "severity": severity} for week, severity in events]
    model = begin(
        quiet({"events": dated, "freezes": [{"groups": ["table"], "after": "incident", **rule}]} | FOREVER, weeks=weeks)
    )
    return [week for week in weeks_of(model) if model.groups["table"].frozen[0]]


def test_a_rule_freezes_after_each_incident_that_is_severe_enough() -> None:
    assert frozen_after([(3, 0.2), (9, 0.1), (12, 0.5)], {"severity": 0.2, "weeks": 4}) == [3, 4, 5, 6, 12, 13, 14, 15]


def test_an_incident_during_a_freeze_by_rule_makes_it_longer() -> None:
    assert frozen_after([(3, 0.2), (5, 0.2)], {"weeks": 4}) == [3, 4, 5, 6, 7, 8]


def test_nothing_is_frozen_before_it_opens_or_after_it_signed() -> None:
    freeze = {"freezes": [{"groups": BOTH, "start": 0, "weeks": 100}], "linkage": "sequence"}
    model = play(quiet(freeze, groups=("one", "two"), weeks=10))
    assert outcomes_of(model)[["frozen_weeks.one", "frozen_weeks.two"]].to_numpy().tolist() == [[10, 0]]
    late = {"freezes": [{"groups": ["table"], "start": 9, "weeks": 5}]}
    assert outcomes_of(play(quiet(late)))["frozen_weeks.table"].to_list() == [0]  # signed in week 7


# ---- walkouts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trust", [0.0, 0.5])
def test_who_walks_out_and_when(trust: float) -> None:
    """hazard = (walkout / 52 + after_incident * severity) (1 - trust) / 2, against the party's number of the week."""
    changes = {
        "parties.Ann.walkout": 4.0,
        "parties.Ben.walkout": 2.0,
        "parties.Ann.trust": trust,
        "parties.Ben.trust": 0.0,
        "walkouts": {"after_incident": 1.2, "weeks": 3, "breaking_off": 0},
        "events": [{"date": 10, "kind": "incident", "severity": 0.5}],
    }
    count, seed = 400, 5
    model = begin(quiet(changes | FOREVER, weeks=20), count, seed=seed)
    chance, gone = Chance(seed, 0, count), np.zeros(count, dtype=bool)
    walkouts = np.zeros(count)
    for week in weeks_of(model):
        gone &= chance.week("return.table", week) < 1 - 1 / 3
        here = ~gone
        for name in ("Ann", "Ben"):
            lost = trust * (0.5 if week >= 10 else 1) if name == "Ann" else 0.0
            hazard = ({"Ann": 4.0, "Ben": 2.0}[name] / 52 + (1.2 * 0.5 if week == 10 else 0)) * (1 - lost) / 2
            leaves = here & ~gone & (chance.week(f"walkout.table.{name}", week) < 1 - np.exp(-hazard))
            gone |= leaves
            walkouts += leaves
        np.testing.assert_array_equal(model.groups["table"].frozen, gone)
    np.testing.assert_array_equal(model.counters["walkouts"], walkouts)
    assert walkouts.sum() > 300


def test_the_least_trusted_of_several_decides() -> None:
    """Ann trusts Ben fully and Cay not at all."""
    issues: Any = {"land": {"positions": {"Ann": 0.0, "Ben": 1.0, "Cay": 0.5}}}
    parties = ("Ann", "Ben", "Cay")
    changes = {"parties.Ann.walkout": 20.0, "walkouts.weeks": 1, "both.trust": 1.0}
    trusting = quiet(changes | FOREVER, issues=issues, parties=parties)
    wary = quiet(changes | {"parties.Ann.trust": {"Ben": 1.0, "Cay": 0.0}} | FOREVER, issues=issues, parties=parties)
    assert outcomes_of(play(trusting, 50))["walkouts"].sum() == 0
    assert outcomes_of(play(wary, 50))["walkouts"].mean() == pytest.approx(30 * (1 - np.exp(-20 / 52 / 3)), rel=0.1)


def test_walkouts_are_told_counted_and_come_to_an_end() -> None:
    changes = {"both.walkout": 3.0, "walkouts.weeks": 3}
    model = play(quiet(changes | FOREVER, weeks=60), 100)
    events, table = model.history.events(), outcomes_of(model)
    left = events[events["kind"] == "walkout"]
    assert left.duplicated(["replication", "week"]).any()  # both sides left at once, and both are named
    times = left.drop_duplicates(["replication", "week"]).groupby("replication").size()
    np.testing.assert_array_equal(times.reindex(range(100), fill_value=0), table["walkouts"])
    for _, story in events[events["kind"].isin(["walkout", "resume", "round"])].groupby("replication"):
        _no_round_between(story)


def _no_round_between(story: pd.DataFrame) -> None:
    away = False
    for kind in story["kind"]:
        assert not (away and kind == "round")
        away = {"walkout": True, "resume": False, "round": False}[kind]


def test_a_frozen_group_cannot_be_walked_out_of() -> None:
    changes = {"both.walkout": 52.0, "freezes": [{"groups": ["table"], "start": 0, "weeks": 30}]}
    assert outcomes_of(play(quiet(changes | FOREVER), 20))["walkouts"].sum() == 0


def test_no_freeze_outlasts_the_talks() -> None:
    changes = {
        "freezes": [{"groups": ["table"], "start": 25, "weeks": 30}],
        "clock.hold_weeks": 10,
        "both.trust": 0.4,
        "frozen_week.estrangement": 0.01,
    }
    model = play(quiet(changes | FOREVER))
    assert outcomes_of(model)["frozen_weeks.table"].to_list() == [5]
    assert model.parties_by_name["Ann"].trust["Ben"] == pytest.approx(0.4 - 0.05)


# ---- breaking off ----------------------------------------------------------------------------------------------------


def frozen_for_good(hazard: float, effort: float = 0.0) -> dict[str, Any]:
    """Both groups are frozen from week 2; a mediator convenes."""
    med = mediator({"effort": effort}, convene=1)
    freezes = [{"groups": BOTH, "start": 2, "weeks": 1000}]
    return {"walkouts": {"breaking_off": hazard}, "freezes": freezes, "mediators": {"Med": med}} | FOREVER


@pytest.mark.parametrize("effort", [0.0, 0.6])
def test_a_frozen_week_may_end_the_talks(effort: float) -> None:
    """hazard a week = breaking_off * (1 - convening); the numbers of the weeks are known."""
    model, chance = begin(quiet(frozen_for_good(0.05, effort), groups=BOTH, weeks=30), 200), Chance(11, 0, 200)
    over = {group: np.zeros(200, dtype=bool) for group in BOTH}
    for week in weeks_of(model):
        for group in BOTH:
            strikes = chance.week(f"broken_off.{group}", week) < 1 - np.exp(-0.05 * (1 - effort))
            over[group] |= strikes & (week >= 2)
            np.testing.assert_array_equal(model.groups[group].broken_off, over[group])
    table = outcomes_of(model)
    assert 0.3 < table["broken_off.one"].mean() < 0.9
    np.testing.assert_array_equal(table["broken_off.two"], over["two"])


def test_nothing_is_signed_where_talks_are_broken_off() -> None:
    """They would sign in the first round after the pause."""
    changes = frozen_for_good(0.1) | {
        "both.tactic": {"kind": "hold", "share": 0.3},
        "working_groups.one.meets_every": 3,
        "working_groups.two.meets_every": 3,
        "freezes": [{"groups": BOTH, "start": 1, "weeks": 8}],
    }
    model = play(quiet(changes, groups=BOTH, weeks=20), 100)
    table = outcomes_of(model)
    for group in BOTH:
        over = table[f"broken_off.{group}"]
        assert 0.2 < over.mean() < 0.8
        np.testing.assert_array_equal(table[f"agreed.{group}"], ~over)
        assert (table[f"frozen_weeks.{group}"][over] == 19).all()
        assert (table[f"frozen_weeks.{group}"][~over] == 8).all()
    events = model.history.events()
    ended = events[events["kind"] == "broken_off"].set_index(["replication", "group"])["week"]
    assert len(ended) == table[["broken_off.one", "broken_off.two"]].to_numpy().sum()
    later = events[events["kind"].isin(["round", "resume", "signature", "freeze"])].set_index(["replication", "group"])
    met = later.join(ended.rename("ended"), how="inner")
    assert (met["week"] <= met["ended"]).all()


def test_talks_that_nobody_freezes_are_not_broken_off() -> None:
    table = outcomes_of(play(quiet(frozen_for_good(0.9) | {"freezes": []}, groups=BOTH), 50))
    assert not table[["broken_off.one", "broken_off.two"]].to_numpy().any()
