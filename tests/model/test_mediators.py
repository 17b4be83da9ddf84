"""What each activity of a mediator does (`sim/MODEL.md`, mediators), and what several come to together."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim.agents.mediator import candid
from sim.experiments.frontier import frontier
from sim.outcomes import outcomes
from sim.scenario.parties import Candour
from tests.seldom import seldom

from .worlds import NEVER, THREE, TRADES, begin, mediator, play, quiet, results, same, told, weeks_of

FOREVER = {"both.tactic": NEVER}  # nothing is signed, the talks go on to the end


def likely(count: int, trials: int, probability: float) -> bool:
    """Is a count of successes one that this probability would give, 9,999 times of 10,000?"""
    return bool(stats.binomtest(int(count), int(trials), probability).pvalue > 1e-4)


def visits(weeks: list[int], to: tuple[str, ...] = ("Ann",)) -> list[dict[str, Any]]:
    return [{"date": week, "kind": "shuttle", "mediator": "Med", "to": list(to)} for week in weeks]


# ---- shuttle ---------------------------------------------------------------------------------------------------------


def test_each_visit_teaches_tells_and_reassures() -> None:
    """Five dated visits to Ann: what the mediator knows of her, what Ben and Cay learn of her, how Ann trusts them."""
    weeks, parties = [0, 1, 4, 9, 10], ("Ann", "Ben", "Cay")
    med = mediator({"credibility": {"Ben": 0.9, "Cay": 0.25}, "independence": 0.8})
    changes = {"both.knowledge": 0.3, "both.trust": 0.2, "mediators": {"Med": med}, "events": visits(weeks)}
    model = begin(quiet(changes | FOREVER, issues=THREE, parties=parties), 3)
    ann, ben, cay = (model.parties_by_name[name] for name in parties)
    for week in weeks_of(model):
        n = sum(w <= week for w in weeks)
        assert model.mediators_by_name["Med"].knowledge["Ann"] == pytest.approx(1 - (1 - 0.12) ** n)
        assert ben.knowledge["Ann"] == pytest.approx(1 - 0.7 * (1 - 0.08 * 0.8 * 0.9) ** n)
        assert cay.knowledge["Ann"] == pytest.approx(1 - 0.7 * (1 - 0.08 * 0.8 * 0.25) ** n)
        for other in ("Ben", "Cay"):
            assert ann.trust[other] == pytest.approx(1 - 0.8 * (1 - 0.006) ** n)
    assert model.mediators_by_name["Med"].knowledge["Ben"] == pytest.approx(0)
    for untouched in (ann.knowledge["Ben"], ben.knowledge["Cay"]):
        assert untouched == pytest.approx(0.3)
    assert ben.trust["Ann"] == pytest.approx(0.2)
    assert (outcomes(model)["trips"] == 5).all()


def test_knowledge_that_is_not_renewed_fades() -> None:
    changes = {
        "trust_dynamics.fading": 0.05,
        "both.knowledge": 0.3,
        "mediators": {"Med": mediator()},
        "events": visits([2]),
    }
    model = begin(quiet(changes | FOREVER))
    for week in weeks_of(model):
        if week >= 2:
            assert model.mediators_by_name["Med"].knowledge["Ann"] == pytest.approx(0.12 * 0.95 ** (week - 2))
            learnt = 0.7 * 0.08 * 0.7 * 0.7
            assert model.parties_by_name["Ben"].knowledge["Ann"] == pytest.approx(0.3 + learnt * 0.95 ** (week - 1))


def test_without_sources_of_its_own_trips_inform_nobody() -> None:
    """Fey and Ramsay (2010): at independence 0 it is as if it told nothing."""
    busy = {"both.knowledge": 0.1, "both.prejudice": 0.6, "both.trust": 0.2, "both.doubt": 0.3}
    silent, dependent = (
        results(quiet(busy | {"mediators": {"Med": mediator(setting, shuttle=1)}}, issues=TRADES), 200)
        for setting in ({"telling": 0.0}, {"independence": 0.0})
    )
    same(silent, dependent)
    model = play(quiet(busy | {"mediators": {"Med": mediator({"independence": 0.0, "effort": 1.0}, shuttle=1)}}), 50)
    assert outcomes(model)["trips"].mean() > 3
    for party in model.parties:
        for known in party.knowledge.values():
            assert known == pytest.approx(0.1)


@pytest.mark.parametrize("unfounded", [{"independence": 0.0}, {"credibility": 0.0}])
def test_trips_without_information_change_nothing(unfounded: dict[str, float]) -> None:
    """Kydd (2006); Fey and Ramsay (2010): where reassurance must be founded, it is as if nobody had travelled."""
    busy = {"both.knowledge": 0.1, "both.prejudice": 0.6, "both.trust": 0.2, "both.doubt": 0.3, "events": visits([3])}
    staying, idle = (
        results(quiet(busy | {"mediators": {"Med": mediator(spec, shuttle=1)}}, issues=TRADES), 200)
        for spec in ({"empty_reassurance": 0.0, **unfounded}, {"telling": 0.0, "reassurance": 0.0})
    )
    same(staying, idle)
    assert staying["trips"].mean() > 2


@pytest.mark.parametrize(("empty", "gives"), [(1.0, 0.006), (0.0, 0.006 * 0.45), (0.5, 0.006 * 0.725)])
def test_reassurance_counts_as_far_as_it_is_founded(empty: float, gives: float) -> None:
    """By the host's own belief in the mediator, 0.9, and an independence of 0.5."""
    med = mediator({"empty_reassurance": empty, "independence": 0.5, "credibility": {"Ann": 0.9, "Ben": 0.1}})
    changes = {"both.trust": 0.2, "mediators": {"Med": med}, "events": visits([0])}
    model = play(quiet(changes | FOREVER))
    assert model.parties_by_name["Ann"].trust["Ben"] == pytest.approx(0.2 + gives * 0.8)


def test_nobody_learns_from_whom_it_does_not_believe() -> None:
    med = mediator({"credibility": {"Ann": 0.0, "Ben": 0.9}, "effort": 1.0}, shuttle=1)
    model = play(quiet({"both.knowledge": 0.1, "mediators": {"Med": med}} | FOREVER), 50)
    assert model.parties_by_name["Ann"].knowledge["Ben"] == pytest.approx(0.1)
    assert model.parties_by_name["Ben"].knowledge["Ann"].mean() > 0.2


@given(*[st.floats(0, 1)] * 5, st.floats(-1, 1))
def test_whom_a_lie_would_not_pay_is_believed(
    error: float, peace: float, much: float, little: float, without: float, bias: float
) -> None:
    """Whatever it has heard, the mediator says what brings it most; it is believed if that is what it has heard."""
    soft = {"soft": 1 - error, "firm": error}  # chance that the other is soft, by what the mediator has heard

    def brings(heard: str, said: str) -> float:
        if said == "firm":
            return bias * little
        return bias * (soft[heard] * much + (1 - soft[heard]) * without) - (1 - soft[heard]) * peace

    gains = [brings(heard, heard) - brings(heard, other) for heard, other in (("soft", "firm"), ("firm", "soft"))]
    assume(min(map(abs, gains)) > 1e-9)
    candour = Candour(error=error, peace=peace, much=much, little=little, without=without)
    assert candid(bias, candour) == all(gain > 0 for gain in gains)


@pytest.mark.parametrize("effort", [0.3, 1.0])
def test_trips_are_poisson_and_shared_among_the_capitals(effort: float) -> None:
    med = mediator({"effort": effort, "trips_per_week": 1.2}, shuttle=3, convene=1)
    replications, weeks = 400, 30
    model = play(quiet({"mediators": {"Med": med}} | FOREVER, weeks=weeks), replications)
    trips = outcomes(model)["trips"]
    probability = 1 - np.exp(-1.2 * effort * 0.75 / 2)
    assert likely(trips.sum(), replications * weeks * 2, probability)
    visited = told(model, "visit")
    assert (visited.groupby("replication").size().reindex(range(100), fill_value=0) == trips[:100]).all()
    assert likely((visited["to"] == "Ann").sum(), len(visited), 0.5)


# ---- convene ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("effort", "interval"), [(0.0, 6), (0.5, 4), (1.0, 3)])
def test_rounds_come_sooner(effort: float, interval: int) -> None:
    changes = {"working_groups.table.meets_every": 6, "mediators": {"Med": mediator({"effort": effort}, convene=1)}}
    held = told(play(quiet(changes | FOREVER, weeks=40)), "round")["week"].to_list()
    assert held == list(range(interval - 1, 40, interval))


@pytest.mark.parametrize(
    ("effort", "contacts", "trust"), [(0.0, 0.0, 0.0), (0.5, 0.0, 0.2), (0.5, 1.0, 0.0), (1.0, 0.0, 0.0)]
)
def test_fewer_rounds_are_disrupted(effort: float, contacts: float, trust: float) -> None:
    """Absence 0.3 of one party: probability = absence (1 - trust) (1 - convening) (1 - 0.3 contacts)."""
    changes = {
        "parties.Ann.absence": 0.3,
        "both.trust": trust,
        "contacts": {"intensity": contacts, "trust": 0.0},
        "mediators": {"Med": mediator({"effort": effort}, convene=1)},
    }
    table = results(quiet(changes | FOREVER), 400)
    due = table["rounds.table"].sum() + table["disruptions"].sum()
    probability = 0.3 * (1 - trust) * (1 - effort) * (1 - 0.3 * contacts)
    assert due == 400 * 30
    assert likely(table["disruptions"].sum(), due, probability)
    assert (table["disruptions"].sum() == 0) == (probability == 0)


@pytest.mark.parametrize("effort", [0.0, seldom(0.5), 1.0])
def test_walkouts_end_sooner(effort: float) -> None:
    """A week ends one with probability 1 - (1 - 1 / weeks)(1 - 0.8 convening): its length is geometric."""
    changes = {
        "both.walkout": 0.5,  # rare, so that hardly anybody leaves in the very week in which another comes back
        "walkouts": {"weeks": 8, "convene": 0.8, "after_incident": 0},
        "mediators": {"Med": mediator({"effort": effort}, convene=1)},
    }
    model = play(quiet(changes | FOREVER, weeks=300), 200, told=200)
    lengths = told(model, "resume")["value"]  # the last few are still going on
    ends = 1 - (1 - 1 / 8) * (1 - 0.8 * effort)
    assert len(lengths) > 300
    assert lengths.min() == 1
    assert abs(lengths.mean() - 1 / ends) < 4 * np.sqrt(1 - ends) / ends / np.sqrt(len(lengths)) + 0.05 / ends


# ---- draft -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effort", [0.2, 1.0])
def test_drafts_come_by_chance(effort: float) -> None:
    table = results(
        quiet({"mediators": {"Med": mediator({"effort": effort, "draft_rate": 1.5}, draft=1, convene=1)}} | FOREVER),
        300,
    )
    assert likely(table["drafts"].sum(), table["rounds.table"].sum(), 1 - np.exp(-1.5 * effort / 2))


def drafts(changes: dict[str, Any], issues: Any = TRADES, learning: float = 0.0) -> pd.DataFrame:
    """Drafts of a mediator that learns everything in its first visits, or nothing."""
    events = visits([0], ("Ann", "Ben"))
    med = mediator({"effort": 1.0, "draft_rate": 20, "learning": learning, **changes.pop("Med", {})}, draft=1)
    spec = quiet(changes | {"mediators": {"Med": med}, "events": events} | FOREVER, issues=issues, weeks=6)
    return told(play(spec), "draft")


def test_who_knows_nothing_splits_every_difference() -> None:
    """At m = 0 all weights look equal and reservation values alike."""
    opposed = {name: issue | {"positions": {"Ann": 0.0, "Ben": 1.0}} for name, issue in TRADES.items()}
    for text in drafts({"parties.Ann.reservation": 0.4}, opposed)["package"]:
        assert json.loads(text) == pytest.approx(dict.fromkeys(opposed, 0.5))


def test_who_knows_everything_drafts_the_nash_solution() -> None:
    changes = {"parties.Ann.reservation": 0.4, "parties.Ben.reservation": 0.3}
    found = drafts(dict(changes), learning=1.0)
    best = frontier(quiet(changes, issues=TRADES))["groups"]["table"]["nash"]["utilities"]
    assert len(found) >= 5
    for name, worth in best.items():
        assert found[f"utility.{name}"].to_numpy() == pytest.approx(worth, abs=1e-9)


def test_bias_moves_the_text_towards_the_favoured_party() -> None:
    worths = []
    for bias in (-1.0, -0.5, 0.0, 0.5, 1.0):
        found = drafts({"Med": {"bias": {"Ann": bias}}}, learning=1.0)
        worths.append(found[["utility.Ann", "utility.Ben"]].iloc[0].to_list())
    anns, bens = np.transpose(worths)
    assert np.all(np.diff(anns) >= 0)  # at a corner of the frontier a little more bias may change nothing
    assert np.all(np.diff(bens) <= 0)
    assert anns[0] + 0.3 < anns[1] + 0.1 < anns[2] < anns[4]
    assert bens[0] > bens[1] > bens[2] > bens[4]


def test_parties_measure_a_draft_against_a_lowered_aspiration() -> None:
    """max(reservation, asked - margin - share (asked - reservation))."""
    changes = {
        "both.face_saving": 0.25,
        "both.face_saving_margin": 0.06,
        "both.reservation": 0.3,
        "parties.Ann.tactic": {"kind": "hold", "share": 0.9},
        "parties.Ben.tactic": {"kind": "hold", "share": 0.7},
        "mediators": {"Med": mediator({"effort": 1.0, "draft_rate": 20}, draft=1)},
    }
    model = play(quiet(changes, weeks=4))
    declined = told(model, "decline").query("to == 'Med'").set_index("actor")
    assert declined.loc["Ann", "asked"].to_numpy() == pytest.approx(0.9 - 0.06 - 0.25 * 0.6)
    assert declined.loc["Ben", "asked"].to_numpy() == pytest.approx(0.7 - 0.06 - 0.25 * 0.4)
    lower = play(quiet(changes | {"both.face_saving": 1.0}, weeks=4))
    signed = told(lower, "signature")
    assert signed["to"].to_list() == ["Med"]
    assert signed["week"].to_list() == [0]


def test_no_face_saving_goes_below_the_reservation_value() -> None:
    """The text in the middle is worth 0.5 to Ann, no agreement 0.6; Ben would take it at once."""
    changes = {
        "both.face_saving": 1.0,
        "both.face_saving_margin": 1.0,
        "parties.Ann.reservation": 0.6,
        "mediators": {"Med": mediator({"effort": 1.0, "draft_rate": 20}, draft=1)},
    }
    model = play(quiet(changes | FOREVER, weeks=4))
    events = model.history.events()
    declined = events[(events["kind"] == "decline") & (events["to"] == "Med")]
    assert set(declined["actor"]) == {"Ann"}
    assert declined["asked"].to_numpy() == pytest.approx(0.6)
    assert not outcomes(model)["agreed.table"].any()


# ---- press -----------------------------------------------------------------------------------------------------------


UNEVEN = {"parties.Ann.tactic": {"kind": "hold", "share": 0.8}, "parties.Ben.tactic": {"kind": "hold", "share": 0.9}}


def felt(changes: dict[str, Any]) -> pd.DataFrame:
    model = play(quiet(UNEVEN | changes, weeks=3))
    found = told(model, "decline")
    found["utility"] = np.where(found["actor"] == "Ann", 0.1, 0.2)  # what the other leaves: 1 - 0.9, 1 - 0.8
    assert len(found) == 6
    return found


@pytest.mark.parametrize(("effort", "leverage"), [(0.5, 0.15), (1.0, 0.3)])
def test_pressure_adds_the_same_to_every_agreement(effort: float, leverage: float) -> None:
    med = mediator({"effort": effort, "leverage": leverage}, press=1, convene=1)
    found = felt({"mediators": {"Med": med}})
    assert (found["worth"] - found["utility"]).to_numpy() == pytest.approx(leverage * effort / 2)


def test_pressure_makes_agreement_come_sooner() -> None:
    """Both ask for 1 - 0.08 n: they sign when 2 (1 - 0.08 n) <= 1 + pressure."""
    for leverage, rounds in ((0.0, 8), (0.15, 7), (0.3, 6), (0.5, 5)):
        med = mediator({"effort": 1.0, "leverage": leverage}, press=1)
        table = results(quiet({"mediators": {"Med": med}}))
        assert table["rounds.table"][0] == rounds == np.ceil((1 - leverage) / 2 / 0.08 - 1e-9) + 1


# ---- guarantee -------------------------------------------------------------------------------------------------------


def test_a_guarantee_raises_the_compliance_that_is_expected() -> None:
    """felt = worth (1 - doubt (1 - c)), c = T + (1 - T) G, G = credibility * effort spent."""
    med = mediator({"effort": 0.8, "credibility": {"Ann": 0.9, "Ben": 0.5}}, guarantee=3, convene=1)
    found = felt(
        {"both.doubt": 0.4, "parties.Ann.trust": 0.3, "parties.Ben.trust": 0.1, "mediators": {"Med": med}}
    ).set_index("actor")
    for name, trust, credibility in (("Ann", 0.3, 0.9), ("Ben", 0.1, 0.5)):
        compliance = trust + (1 - trust) * credibility * 0.8 * 0.75
        mine = found.loc[name]
        assert (mine["worth"] / mine["utility"]).to_numpy() == pytest.approx(1 - 0.4 * (1 - compliance))


def test_a_default_credibility_holds_for_who_is_not_named() -> None:
    one, two = (
        felt({"both.doubt": 0.4, "mediators": {"Med": mediator({"effort": 1.0, "credibility": c}, guarantee=1)}})
        for c in ({"Ann": 0.2}, {"Ann": 0.2, "Ben": 0.7})
    )
    same(one, two)


# ---- several ---------------------------------------------------------------------------------------------------------


def test_several_mediators_add_with_diminishing_returns() -> None:
    first = mediator(
        {"effort": 0.6, "credibility": {"Ann": 0.9, "Ben": 0.1}, "leverage": 0.2}, press=1, guarantee=1, convene=2
    )
    second = mediator({"effort": 1.0, "credibility": {"Ann": 0.3, "Ben": 0.8}, "leverage": 0.4}, press=1, guarantee=3)
    model = begin(quiet({"both.doubt": 0.5, "mediators": {"Med": first, "Aid": second}} | FOREVER), 2)
    model.step()
    both = model.mediation
    assert both.convening["table"] == pytest.approx(0.3)
    assert both.pressure == pytest.approx(1 - (1 - 0.2 * 0.15) * (1 - 0.4 * 0.25))
    assert both.guarantee["Ann"] == pytest.approx(1 - (1 - 0.9 * 0.15) * (1 - 0.3 * 0.75))
    assert both.guarantee["Ben"] == pytest.approx(1 - (1 - 0.1 * 0.15) * (1 - 0.8 * 0.75))
    compliance = model.parties_by_name["Ben"].believes(model.groups["table"], np.arange(2))
    assert compliance == pytest.approx(1 - 0.5 * (1 - both.guarantee["Ben"][0]))


def test_both_mediators_may_draft_at_a_round() -> None:
    keen = mediator({"effort": 1.0, "draft_rate": 20}, draft=1)
    model = play(quiet({"mediators": {"Med": keen, "Aid": keen}} | FOREVER, weeks=5), 4)
    assert (outcomes(model)["drafts"] == 10).all()
    assert set(told(model, "draft")["actor"]) == {"Med", "Aid"}


# ---- effort ----------------------------------------------------------------------------------------------------------


def test_effort_costs_what_was_planned() -> None:
    steps = [{"from": 3, "effort": 0.2}, {"from": 10, "effort": 0.9}, {"from": 25, "effort": 0.0}]
    mediators = {"Med": mediator({"effort": 0.37}, shuttle=1), "Aid": mediator({"effort": steps}, draft=1)}
    model = play(quiet({"mediators": mediators, "clock.hold_weeks": 20} | FOREVER), 5)
    table = outcomes(model)
    assert table["mediator_weeks.Med"].to_numpy() == pytest.approx(0.37 * 30)
    assert table["mediator_weeks.Aid"].to_numpy() == pytest.approx(0.2 * 7 + 0.9 * 15)
    effort = told(model, "effort").query("replication == 0 and actor == 'Aid'")
    assert effort[["week", "value"]].to_numpy().tolist() == [[3, 0.2], [10, 0.9], [25, 0.0]]


def test_effort_falls_to_what_is_kept_up_once_all_is_signed() -> None:
    """Signed in week 7, so 8 weeks of full effort, then three tenths of it to the horizon."""
    med = mediator({"effort": 0.5, "after_signature": 0.3})
    table = results(quiet({"mediators": {"Med": med}, "clock.hold_weeks": 40}))
    assert table["week.table"][0] == 7
    assert table["mediator_weeks.Med"][0] == pytest.approx(0.5 * 8 + 0.15 * (70 - 8))


def test_effort_given_by_date_begins_in_the_week_of_that_day() -> None:
    """The clock starts on Monday, 2 January: 18 January lies in week 2."""
    med = mediator({"effort": [{"from": "2023-01-02", "effort": 0.5}, {"from": "2023-01-18", "effort": 1.0}]})
    table = results(quiet({"mediators": {"Med": med}} | FOREVER, weeks=10))
    assert table["mediator_weeks.Med"][0] == pytest.approx(0.5 * 2 + 1.0 * 8)
