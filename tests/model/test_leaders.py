"""A leaders' table (`sim/agents/leaders.py`): what is open in several chapters is negotiated as one package."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.leaders import LeadersSitting

from .worlds import (
    CHOICES,
    NEVER,
    THREE,
    TRADES,
    Data,
    begin,
    mediator,
    outcomes_of,
    play,
    quiet,
    results,
    told,
    weeks_of,
)

HALVES: dict[str, Data] = {
    "one": {name: TRADES[name] for name in ("land", "water")},
    "two": {name: TRADES[name] for name in ("roads", "ports")} | CHOICES,
}
WEEKLY = {"meets_every": 1, "exchanges": 1}
DRIFT = {"both.expected_rounds": {"low": 8, "high": 20}}


def halves(leaders: dict[str, Any] | None, changes: dict[str, Any] | None = None, own: int = 260, **shape: Any) -> Any:
    """The issues in two chapters, whose groups hardly meet, and perhaps a table of leaders above them."""
    world = {f"working_groups.{name}.issues": issues for name, issues in HALVES.items()}
    world |= {f"working_groups.{name}.meets_every": own for name in HALVES}
    for name, issues in HALVES.items():
        stakes = {party: sum(issue["weights"][party] for issue in issues.values()) for party in ("Ann", "Ben")}
        world[f"working_groups.{name}.stakes"] = stakes
    above = {} if leaders is None else {"leaders": {"covers": ["one", "two"], **leaders}}
    return quiet(world | above | (changes or {}), groups=("one", "two"), **shape)


@pytest.mark.parametrize("linkage", ["independent", "single_undertaking"])
@pytest.mark.parametrize("reservation", [0.3, 0.6, 0.69, 0.75])
def test_two_chapters_with_leaders_settle_as_one_chapter(reservation: float, linkage: str) -> None:
    """In the same week, with the same utilities; also where neither chapter could be settled alone."""
    changes = DRIFT | {"both.reservation": reservation, "linkage": linkage}
    whole = results(quiet(changes, issues=HALVES["one"] | HALVES["two"], weeks=25), 50)
    parts = results(halves(WEEKLY, changes, weeks=25), 50)
    apart = results(halves(None, changes, own=1, weeks=25), 50)
    np.testing.assert_array_equal(parts["settled_week"], whole["settled_week"])
    np.testing.assert_allclose(parts[["utility.Ann", "utility.Ben"]], whole[["utility.Ann", "utility.Ben"]], atol=1e-9)
    assert whole["settled"].all() == (reservation < 0.7)
    assert apart["settled"].all() == (reservation < 0.65)


def test_nobody_signs_a_package_worth_less_than_none() -> None:
    """Over what is open: reservation values and stakes differ, a mediator drafts."""
    changes = DRIFT | {
        "parties.Ann.reservation": {"by_group": {"one": 0.7, "two": 0.5}},
        "parties.Ben.reservation": {"low": 0.3, "high": 0.8},
        "both.knowledge": 0.2,
        "both.prejudice": 0.8,
        "both.weight_spread": 0.5,
        "both.face_saving": 1.0,
        "mediators": {"Med": mediator({"draft_rate": 3.0}, draft=1)},
    }
    model = play(halves(WEEKLY, changes), 200)
    agreed = outcomes_of(model)["settled"].to_numpy(bool)
    assert 20 < agreed.sum() < 200
    for party in model.parties:
        stakes = [seat.stake for seat in party.seats.values()]
        worth = sum(
            stake * model.groups[name].worth[party.name] for stake, name in zip(stakes, party.seats, strict=True)
        )
        least = sum(stake * seat.reservation for stake, seat in zip(stakes, party.seats.values(), strict=True))
        assert ((worth - least)[agreed] >= -1e-6).all()


def test_signed_chapters_are_not_touched_and_the_rest_is_negotiated() -> None:
    """One is signed by its group in week 9; the leaders meet on the other one."""
    changes = {"working_groups.one.meets_every": 1, "both.reservation": 0.3}
    model = begin(halves({"dates": [16, 18, 20, 22, 24, 26, 28, 29]}, changes, weeks=30), 5)
    texts = []
    for week in weeks_of(model):
        if week in (15, 29):
            texts.append(model.groups["one"].text.levels.copy())
    assert model.groups["one"].signed.all()
    np.testing.assert_array_equal(*texts)
    assert (model.groups["one"].week_signed < 15).all()
    assert set(told(model, "summit")["week"]) <= {16, 18, 20, 22, 24, 26, 28, 29}
    assert (outcomes_of(model)["week.two"] > 15).all()


def test_frozen_chapters_stay_out() -> None:
    """Nobody signs anything for a group that is frozen, at no table."""
    frozen = {"freezes": [{"groups": ["two"], "start": 0, "weeks": 30}], "both.reservation": 0.3}
    table = results(halves(WEEKLY, frozen), 5)
    assert table["agreed.one"].all()
    assert not table["agreed.two"].any()


def test_it_is_told_who_declined_what_came_nearest() -> None:
    """Of the answers that the same parties give to each other's proposals on all issues in one chapter."""
    changes = DRIFT | {"both.reservation": 0.75}  # too much for both
    model, whole = (
        play(spec, 20)
        for spec in (
            halves(WEEKLY, changes, weeks=12),
            quiet(changes, issues=HALVES["one"] | HALVES["two"], weeks=12),
        )
    )
    answers = told(whole, "decline").set_index(["replication", "week"])
    lacks = answers["asked"] - answers["worth"]
    nearest = answers[lacks == lacks.groupby(level=[0, 1]).transform("min")].sort_index()
    declined = told(model, "no_package").set_index(["replication", "week"]).sort_index()
    assert len(declined) == 20 * 12
    assert set(declined["actor"]) == {"Ann", "Ben"}
    for column in ("actor", "to"):
        assert declined[column].to_list() == nearest[column].to_list()
    for column in ("worth", "asked"):
        np.testing.assert_allclose(declined[column], nearest[column], atol=1e-9)


def test_of_a_package_that_is_signed_nobody_is_told_to_decline_it() -> None:
    model = play(halves(WEEKLY, {"both.tactic": {"kind": "hold", "share": 0.3}}, weeks=5), 2)
    assert len(told(model, "signature")) == 4
    assert not len(told(model, "no_package"))


def test_leaders_who_never_meet_change_nothing() -> None:
    idle, none = (play(halves(leaders, {"both.reservation": 0.3}, own=2), 20) for leaders in ({}, None))
    assert outcomes_of(idle).equals(outcomes_of(none))
    assert idle.history.events().equals(none.history.events())


def test_three_parties_of_which_one_sits_in_one_chapter_only() -> None:
    parties = ("Ann", "Ben", "Cay")
    changes = {
        "working_groups.one.issues": THREE,
        "working_groups.two.issues": TRADES,
        "both.reservation": 0.2,
        "working_groups.one.meets_every": 260,
        "working_groups.two.meets_every": 260,
        "leaders": {"covers": ["one", "two"], **WEEKLY},
    }
    model = play(quiet(changes, parties=parties, groups=("one", "two"), weeks=40), 5)
    assert outcomes_of(model)["settled"].all()
    assert set(model.groups["two"].worth) == {"Ann", "Ben"}
    assert (model.groups["one"].worth["Cay"] >= 0.2).all()


def test_anger_at_the_top_is_carried_into_every_chapter_that_is_open() -> None:
    """Nobody agrees: each leaders' meeting raises the hardening of all seats by the same share, and only that does."""
    changes = {"both.tactic": NEVER, "incidents.rekindling": 0.1, "incidents.fading": 0.0}
    model = begin(halves({"meets_every": 1, "exchanges": 1}, changes, weeks=6), 3)
    seats = [party.seats[name] for party in model.parties_by_name.values() for name in HALVES]
    for seat in seats:
        seat.hardening[:] = 0.1
    for _ in range(5):
        model.step()
    held = model.groups["one"].rounds
    assert (held == 0).all()
    for seat in seats:
        np.testing.assert_allclose(seat.hardening, 0.1 * 1.1**5)


# ---- what becomes of a package ---------------------------------------------------------------------------------------

TRADED = DRIFT | {"both.reservation": 0.69}
"""One chapter alone is worth less than no agreement to somebody, both together are worth more to both."""


def signed_as(whole: bool, changes: dict[str, Any], **shape: Any) -> Any:
    """The issues in one chapter, or in two that only leaders can agree on."""
    changes = TRADED | changes
    if whole:
        return quiet(changes, issues=HALVES["one"] | HALVES["two"], **shape)
    return halves(WEEKLY, changes, **shape)


def test_a_package_is_voted_on_at_home_as_one_text() -> None:
    """With what is lost in one chapter against what is won in the other: as many refusals, and all settle."""
    voted = {"both.opposition": 0.5, "agreements.ratification": 6.0}
    whole, parts = (play(signed_as(each, voted, weeks=40), 400) for each in (True, False))
    assert outcomes_of(parts)["settled"].all()
    weeks = [len(told(each, "refusal")[["replication", "week", "actor"]].drop_duplicates()) for each in (whole, parts)]
    assert weeks[0] > 50
    assert abs(weeks[1] - weeks[0]) < 4 * sum(weeks) ** 0.5
    both = told(parts, "refusal").groupby(["replication", "week", "actor"])["group"].nunique()
    assert (both == 2).all()


def test_a_refused_package_is_signed_only_when_it_is_better() -> None:
    """A home that hardens is known at the leaders' table; whoever refused gets more of the next package."""
    hard = {"both.opposition": 0.9, "agreements.opposition_hardens": 0.03, "agreements.ratification": 1.0}
    model = play(signed_as(False, hard | {"both.reservation": 0.3}, weeks=60), 100)
    stakes = {party.name: {name: seat.stake for name, seat in party.seats.items()} for party in model.parties}
    events, again = model.history.events(), 0
    for _, mine in events.groupby("replication"):
        signed, least = mine[mine["kind"] == "signature"], dict.fromkeys(stakes, -1.0)
        for week, texts in signed.groupby("week"):
            shares = [[stakes[party][group] for group in texts["group"]] for party in stakes]
            worths = [texts[f"utility.{party}"] @ share for party, share in zip(stakes, shares, strict=True)]
            for party, worth in zip(stakes, worths, strict=True):
                assert worth >= least[party] - 1e-6
                refusals = mine[(mine["kind"] == "refusal") & (mine["week"] == week)]
                if party in set(refusals["actor"]):
                    least[party] = worth + 0.03
                    again += 1
    assert again > 50


def test_a_package_is_no_more_fragile_than_one_chapter() -> None:
    """The hazards of its chapters add up to that of one text with the same issues."""
    fragile = {"agreements.hazard": 0.01, "agreements.slack": 6.0, "agreements.together": 1.0, "clock.hold_weeks": 10}
    hazards = []
    for whole in (True, False):
        model = begin(signed_as(whole, fragile, weeks=40), 50)
        while model.talking:
            model.step()
        groups = list(model.groups.values())
        kept = np.all([group.in_force & ~group.ever_collapsed for group in groups], axis=0)
        [tables] = [each.tables for each in model.meetings]
        hazard = model.agreements.breakdown.hazard(tables, np.arange(len(groups) * 50))
        bound = model.agreements.breakdown.highest[tables]
        assert (hazard <= bound + 1e-12)[np.tile(kept, len(groups))].all()
        hazards.append((hazard.reshape(-1, 50).sum(axis=0), kept))
    (one, in_force), (two, both) = hazards
    assert (in_force & both).sum() > 20
    np.testing.assert_allclose(two[in_force & both], one[in_force & both], rtol=1e-6)


def test_where_one_chapter_breaks_down_the_other_stands_alone() -> None:
    """What was given there is paid for no more."""
    model = begin(signed_as(False, {"agreements.hazard": 0.0}, weeks=25), 5)
    while not model.settled.all():
        model.step()
    one, two = model.groups.values()
    assert (one.package == two.package).all()
    one.reopen(np.array([0, 3]))
    for group in (one, two):
        np.testing.assert_array_equal(np.isnan(group.package), [True, False, False, True, False])


def test_a_mediator_revises_the_leaders_text_as_it_would_one_chapters() -> None:
    """Where all want the same, the text that nobody can better is the best one, in chapters of different sizes."""
    sizes = {"one": {"a": 2, "b": 3}, "two": {"c": 4}}
    changes: dict[str, Any] = {"leaders": {"covers": ["one", "two"], **WEEKLY}}
    for group, issues in sizes.items():
        changes[f"working_groups.{group}.issues"] = {
            issue: {"options": {f"{n}": dict.fromkeys(("Ann", "Ben"), n % (count - 1) / count) for n in range(count)}}
            for issue, count in issues.items()
        }
    changes["mediators"] = {"Med": mediator({"draft_rate": 3.0, "revisions": 200}, draft=1)}
    model = begin(quiet(changes, groups=("one", "two")), 20)
    sitting = LeadersSitting(model.leaders[0].tables, np.arange(20))
    text = model.mediators_by_name["Med"].text(sitting)
    combinations = sitting.wants.table[1:, 0]
    assert len(combinations) == 2 * 3 * 4
    np.testing.assert_allclose(sitting.wants.utility(text)[0], sitting.wants.table[0, 0] + combinations.max(axis=0))
