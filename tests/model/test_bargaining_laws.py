"""The laws of the table: what alternating offers must come to when nothing else happens.

Two parties whose aspirations are a and b divide one pie. Party one accepts what leaves it `1 - b >= a`, party two
`1 - a >= b`: so both accept in the first round in which a + b <= 1, and whichever text has the larger product of gains
is signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import at
from sim.bargaining.solutions import pareto_gap
from sim.experiments.frontier import frontier
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario import Scenario
from tests.seldom import examples, seldom

from .worlds import CHOICES, NEVER, PIE, THREE, TRADES, begin, play, quiet, results, told, weeks_of

MANY = 1000


# ---- 7: the closed form ----------------------------------------------------------------------------------------------


def aspirations(reservation: np.ndarray, beta: np.ndarray, rounds: np.ndarray, most: int) -> np.ndarray:
    """What a time tactic asks for in rounds 1 .. most.  -> (most, R)"""
    elapsed = np.minimum(np.arange(most)[:, None] / rounds, 1)
    return reservation + (1 - reservation) * (1 - elapsed ** (1 / beta))


def test_agreement_is_where_the_two_aspiration_curves_cross() -> None:
    """A thousand pairs of reservation, beta and expected rounds at once, each replication another pair."""
    weeks = 40
    drawn = {"reservation": {"low": 0.0, "high": 0.6}, "expected_rounds": {"low": 3, "high": 30}}
    table = results(
        quiet(
            {f"both.{key}": value for key, value in drawn.items()}
            | {"both.tactic": {"kind": "time", "beta": {"low": 0.1, "high": 6.0}}},
            weeks=weeks,
        ),
        MANY,
    )
    own = {
        name: [
            table[f"drawn.parties.{name}.{key}"].to_numpy() for key in ("reservation", "tactic.beta", "expected_rounds")
        ]
        for name in ("Ann", "Ben")
    }
    a, b = (aspirations(*own[name], weeks) for name in ("Ann", "Ben"))
    crossed = a + b <= 1 + 1e-9
    clear = ~np.any(np.abs(a + b - 1) < 1e-7, axis=0)  # whether they just touch is a matter of the last bit
    agreed, first = crossed.any(axis=0), crossed.argmax(axis=0)
    assert clear.mean() > 0.95
    assert 0.1 < agreed.mean() < 0.95
    np.testing.assert_array_equal(table["agreed.table"][clear], agreed[clear])
    here = agreed & clear
    np.testing.assert_array_equal(table["week.table"][here], first[here])
    np.testing.assert_array_equal(table["rounds.table"][here], first[here] + 1)
    a, b = (curve[first, np.arange(MANY)] for curve in (a, b))
    (low_a, *_), (low_b, *_) = own["Ann"], own["Ben"]
    anns = (a - low_a) * np.maximum(1 - a - low_b, 0)
    bens = np.maximum(1 - b - low_a, 0) * (b - low_b)
    ours = np.where(anns >= bens, a, 1 - b)
    told_apart = here & (np.abs(anns - bens) > 1e-9)
    np.testing.assert_allclose(table["text_utility.table.Ann"][told_apart], ours[told_apart], atol=1e-12)
    np.testing.assert_allclose(table["text_utility.table.Ben"][told_apart], 1 - ours[told_apart], atol=1e-12)


def test_a_pie_too_small_for_both_is_never_divided() -> None:
    table = results(
        quiet({"parties.Ann.reservation": 0.6, "parties.Ben.reservation": {"low": 0.401, "high": 0.9}}), 200
    )
    assert not table["agreed.table"].any()


@pytest.mark.parametrize("kind", ["time", "exponential"])
def test_who_knows_the_end_of_the_talks_agrees_in_the_last_moments(kind: str) -> None:
    """With usual tactics and reservation values: most agreements fall into the last tenth of a hundred weeks.

    Where only rounds count, none does: they come earlier, or, with many rounds expected, never.
    """
    found = {}
    for calendar in (0.0, 1.0):
        for rounds in (30, 1000):
            changes = {
                "both.tactic": {"kind": kind, "calendar": calendar},
                "both.reservation": {"mean": 0.44, "sd": 0.04},
                "both.expected_rounds": rounds,
            }
            found[calendar, rounds] = results(quiet(changes, weeks=100), 300)["week.table"]
    agreed = found[1.0, 1000].notna()
    assert agreed.mean() > 0.8
    assert (found[1.0, 1000][agreed] >= 90).mean() > 0.5
    assert not found[0.0, 1000].notna().any()
    assert (found[0.0, 30] < 90).mean() > 0.8


# ---- 3: two who give way steadily ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [2, 4, 10, 16, 40])
@pytest.mark.parametrize("reservation", [0.0, 0.2, 0.375])
def test_mirrored_linear_conceders_meet_in_the_round_of_the_formula(rounds: int, reservation: float) -> None:
    """1 - (1 - r) t falls to a half at t = 1 / (2 (1 - r)): half the pie each, exactly if that falls on a round."""
    table = results(quiet({"both.reservation": reservation, "both.expected_rounds": rounds}, weeks=50))
    turn = rounds / (2 * (1 - reservation))
    assert table["rounds.table"][0] == np.ceil(turn - 1e-9) + 1
    past = (np.ceil(turn - 1e-9) - turn) / rounds * (1 - reservation)  # how far the round lies beyond the crossing
    assert sorted(table.loc[0, ["text_utility.table.Ann", "text_utility.table.Ben"]]) == pytest.approx(
        [0.5 - past, 0.5 + past], abs=1e-12
    )


@pytest.mark.parametrize(("rounds", "reservation"), [(40, 0.2), (8, 0.2), (16, 0.2), (15, 0.25), (12, 0.4), (6, 0.4)])
def test_mirrored_linear_conceders_meet_at_one_half(rounds: int, reservation: float) -> None:
    table = results(quiet({"both.reservation": reservation, "both.expected_rounds": rounds}, weeks=50))
    assert table["rounds.table"][0] == rounds / (2 * (1 - reservation)) + 1
    assert table.loc[0, ["text_utility.table.Ann", "text_utility.table.Ben"]].to_list() == pytest.approx(
        [0.5, 0.5], abs=1e-12
    )


def test_with_equal_weights_several_issues_are_one_pie() -> None:
    issues = {f"issue{n}": {"positions": {"Ann": 0.0, "Ben": 1.0}} for n in range(4)}
    changes = {"parties.Ann.reservation": 0.3, "both.expected_rounds": 9}
    one, four = results(quiet(changes, weeks=20)), results(quiet(changes, issues=issues, weeks=20))
    for column in ("rounds.table", "text_utility.table.Ann", "text_utility.table.Ben"):
        assert four[column][0] == pytest.approx(one[column][0], abs=1e-12)


# ---- 1: nobody signs below its reservation value, and nobody in a freeze ---------------------------------------------

STORMY: dict[str, Any] = {
    "both.reservation": {"mean": 0.4, "sd": 0.1},
    "both.doubt": 0.3,
    "both.trust": 0.4,
    "both.knowledge": 0.2,
    "both.prejudice": 0.6,
    "both.walkout": 4,
    "both.cost_of_no_deal": 0.1,
    "both.hurt_cap": 0.2,
    "both.absence": 0.1,
    "both.face_saving": 0.5,
    "both.face_saving_margin": 0.1,
    "incidents": {"per_year": 12, "severity": 0.2},
    "walkouts": {"weeks": 3, "after_incident": 1.0},
    "agreements": {"hazard": 0.02},
    "freezes": [
        {"groups": ["one"], "start": 6, "weeks": 4},
        {"groups": ["one", "two"], "after": "incident", "severity": 0.1, "weeks": 2},
    ],
}
HELP = {"effort": 1.0, "activities": {"shuttle": 1, "draft": 3}}


def at_the_tables(spec: Scenario) -> Iterator[tuple[pd.Series, dict[str, float], bool]]:
    """Every signature of a hundred histories: its event, the reservation values at the table, and was the group frozen.

    Reservation values by their formula: what a party had at the end of the week before, and this week's incident.
    """
    model = begin(spec, 100)
    least: dict[tuple[int, str, str], np.ndarray] = {}
    frozen: dict[tuple[int, str], np.ndarray] = {}
    while model.running:
        week = model.week
        before = {
            (week, group, name): seat.reservation - party.hurt + seat.hardening
            for name, party in model.parties_by_name.items()
            for group, seat in party.seats.items()
        }
        model.step()
        added = spec.incidents.hardening * model.incidents.severity
        least |= {key: np.clip(value + added, 0, 1) for key, value in before.items()}
        frozen |= {(week, name): group.frozen.copy() for name, group in model.groups.items()}
    for _, event in told(model, "signature").iterrows():
        r, week, group = event["replication"], event["week"], event["group"]
        yield event, {name: float(least[week, group, name][r]) for name in spec.parties}, bool(frozen[week, group][r])


@pytest.mark.parametrize("linkage", ["independent", "sequence", "single_undertaking"])
@pytest.mark.parametrize("issues", [TRADES, CHOICES], ids=["scales", "options"])
def test_nobody_signs_below_its_reservation_value_or_in_a_freeze(issues: Any, linkage: str) -> None:
    changes = STORMY | {"mediators": {"Med": HELP}, "linkage": linkage}
    signatures, drafts = 0, 0
    for event, least, frozen in at_the_tables(quiet(changes, issues=issues, groups=("one", "two"), weeks=40)):
        assert not frozen
        for name, reservation in least.items():
            assert event[f"utility.{name}"] >= reservation - 1e-9
        signatures += 1
        drafts += event["to"] == "Med"
    assert signatures > 60
    assert drafts > 5


def test_only_pressure_makes_somebody_sign_below_its_reservation_value() -> None:
    """Pressure worth 0.075: texts are signed that are worth less than no agreement, but never by more than that."""
    press = {"effort": 0.5, "activities": {"press": 1}, "leverage": 0.15}
    calm = {
        "both.doubt": 0,
        "both.cost_of_no_deal": 0,
        "incidents.hardening": 0.02,
        "both.reservation": {"low": 0.5, "high": 0.56},
    }
    spec = quiet(STORMY | calm | {"mediators": {"Med": press}}, weeks=40)
    below = [event[f"utility.{name}"] - low for event, least, _ in at_the_tables(spec) for name, low in least.items()]
    assert min(below) >= -0.075 - 1e-9
    assert np.mean(np.array(below) < -1e-6) > 0.1


def test_a_party_that_no_package_satisfies_signs_nothing() -> None:
    """Ann's best option is worth 0.5, no agreement 0.6: even her own best proposal she must not sign."""
    options = {"left": {"Ann": 0.5, "Ben": 0.9}, "right": {"Ann": 0.4, "Ben": 1.0}}
    table = results(quiet({"parties.Ann.reservation": 0.6}, issues={"side": {"options": options}}))
    assert not table["agreed.table"].any()


@pytest.mark.parametrize("start", [0, 3, 7])
def test_a_frozen_group_holds_no_round_and_signs_nothing(start: int) -> None:
    model = play(quiet({"freezes": [{"groups": ["table"], "start": start, "weeks": 5}]}), 3)
    assert not set(told(model, "round")["week"]) & set(range(start, start + 5))
    assert (outcomes(model)["week.table"] == 7 + 5).all()  # without the freeze: week 7
    assert (outcomes(model)["frozen_weeks.table"] == 5).all()


# ---- 4: knowledge and the frontier -----------------------------------------------------------------------------------


def proposals(model: NegotiationModel) -> pd.DataFrame:
    return told(model, "proposal")


@pytest.mark.parametrize(
    ("issues", "parties"),
    [
        (TRADES, ("Ann", "Ben")),
        (CHOICES, ("Ann", "Ben")),
        (TRADES | CHOICES, ("Ann", "Ben")),
        (THREE, ("Ann", "Ben", "Cay")),
    ],
)
def test_who_knows_the_others_proposes_on_the_frontier(issues: Any, parties: tuple[str, ...]) -> None:
    changes = {"both.weight_spread": 0.3, "both.tactic": {"kind": "time", "beta": {"low": 0.3, "high": 3}}}
    model = begin(quiet(changes, issues=issues, parties=parties), 100)
    looked = 0
    for _ in weeks_of(model):
        group = model.groups["table"]
        here = np.flatnonzero(group.rounds == model.week)  # a round every week until it signs
        preferences = [at(here, party.seats["table"].preferences) for party in group.members]
        for offer in group.offers.values():
            gap = pareto_gap(preferences, offer.at(here))
            # three parties: measured from below, and to 0.01 (see `egalitarian_package`)
            assert np.all(gap < (1e-9 if len(parties) == 2 else 0.01))
            looked += len(here)
    assert looked > 500


def test_who_does_not_know_them_misses_it() -> None:
    changes = {"both.knowledge": 0.0, "both.prejudice": 0.6}
    table = results(quiet(changes, issues=TRADES), 300)
    assert table["pareto_gap.table"].mean() > 0.01


@pytest.mark.validate
def test_joint_utility_rises_with_knowledge() -> None:
    """The same histories, who know more and more."""
    shape = {"issues": TRADES, "weeks": 20}
    tables = [
        results(quiet({"both.knowledge": known, "both.prejudice": 0.6, "both.weight_spread": 0.2}, **shape), 500)
        for known in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    joint = [table["joint_utility"].mean() for table in tables]
    assert joint == sorted(joint)
    gains = [(more["joint_utility"] - less["joint_utility"]) for less, more in pairwise(tables)]
    for gain in gains:
        assert gain.mean() > 2 * gain.std() / np.sqrt(len(gain))


def test_without_knowledge_or_prejudice_every_issue_is_conceded_alike() -> None:
    """The fixed-pie error: if they want what I want, no trade looks better than another (Thompson, Hastie 1990)."""
    opposed = {name: issue | {"positions": {"Ann": 0.0, "Ben": 1.0}} for name, issue in TRADES.items()}
    model = play(quiet({"both.knowledge": 0.0}, issues=opposed), 1)
    shares = pd.DataFrame([json.loads(text) for text in proposals(model)["package"]])
    assert len(shares) > 10
    assert (shares.max(axis=1) - shares.min(axis=1)).max() < 1e-5  # packages are told to six digits
    assert shares["land"].nunique() > 6


# ---- 6: Zeuthen against Zeuthen --------------------------------------------------------------------------------------


def zeuthen(
    issues: Any, step: float, reservations: tuple[float, float], parties: tuple[str, ...] = ("Ann", "Ben")
) -> Scenario:
    changes: dict[str, Any] = {"both.tactic": {"kind": "zeuthen", "step": step}, "working_groups.table.exchanges": 5}
    changes |= {f"parties.{name}.reservation": r for name, r in zip(parties, reservations, strict=True)}
    return quiet(changes, issues=issues, weeks=120, parties=parties)


@pytest.mark.parametrize("reservations", [seldom((0.0, 0.0)), (0.3, 0.1), seldom((0.1, 0.45))])
@pytest.mark.parametrize(
    "issues",
    [
        PIE,
        {name: TRADES[name] for name in ("land", "water")},
        {name: TRADES[name] for name in ("land", "ports")},
        TRADES,
    ],
    ids=["pie", "aligned", "kinked", "four"],
)
def test_zeuthen_against_zeuthen_ends_at_the_nash_product(issues: Any, reservations: tuple[float, float]) -> None:
    step = 0.01
    spec = zeuthen(issues, step, reservations)
    table = results(spec)
    assert table["agreed.table"].all()
    best = frontier(spec)["groups"]["table"]["nash"]["utilities"]
    for name in ("Ann", "Ben"):
        assert table[f"text_utility.table.{name}"][0] == pytest.approx(best[name], abs=2 * step)


# ---- the words of the record -----------------------------------------------------------------------------------------


def worth(issues: Any, party: str, package: dict[str, Any]) -> float:
    """Utility of a package, written down a second time, straight from section 1 of the model."""
    weights = {name: issue.get("weights", {}).get(party, 1.0) for name, issue in issues.items()}
    value = 0.0
    for name, issue in issues.items():
        if "options" in issue:
            v = issue["options"][package[name]][party]
        else:
            p = issue["positions"][party]
            v = 1 - abs(package[name] - p) / max(p, 1 - p)
        value += weights[name] / sum(weights.values()) * v
    return value


@pytest.mark.parametrize(
    ("issues", "parties"), [(TRADES | CHOICES, ("Ann", "Ben")), (THREE, ("Ann", "Ben", "Cay"))], ids=["two", "three"]
)
def test_packages_are_told_as_they_are_worth(issues: Any, parties: tuple[str, ...]) -> None:
    changes = {"both.knowledge": 0.3, "both.prejudice": 0.8, "mediators": {"Med": HELP}}
    events = play(quiet(changes, issues=issues, parties=parties), 40).history.events()
    texts = events[events["package"] != ""]
    assert set(texts["kind"]) == {"proposal", "draft", "signature"}
    for _, event in texts.iloc[::7].iterrows():
        for party in parties:
            assert event[f"utility.{party}"] == pytest.approx(
                worth(issues, party, json.loads(event["package"])), abs=2e-5
            )


def test_a_proposal_is_worth_what_its_author_asks_for() -> None:
    changes = {"both.knowledge": 0.3, "both.prejudice": 0.8}
    found = proposals(play(quiet(changes, issues=TRADES), 40))
    for name in ("Ann", "Ben"):
        mine = found[found["actor"] == name]
        np.testing.assert_allclose(mine["worth"], mine["asked"], atol=1e-9)
        np.testing.assert_allclose(mine["worth"], mine[f"utility.{name}"], atol=1e-12)


def test_a_text_is_signed_if_and_only_if_nobody_declines_it() -> None:
    changes = {
        "both.tactic": {"kind": "time", "beta": {"low": 0.3, "high": 3}},
        "both.knowledge": 0.5,
        "mediators": {"Med": HELP},
    }
    events = play(quiet(changes, issues=THREE, parties=("Ann", "Ben", "Cay"), weeks=16), 30).history.events()
    places, signed_by_two_of_three = ["replication", "week"], 0
    for _, week in events.groupby(places):
        declined = week[week["kind"] == "decline"].groupby("to")["actor"].agg(set)
        authors = set(week.loc[week["kind"].isin(["proposal", "draft"]), "actor"])
        signed = week.loc[week["kind"] == "signature", "to"].to_list()
        assert set(signed) <= authors - set(declined.index)
        assert signed or authors == set(declined.index)
        signed_by_two_of_three += any(len(who) == 1 for who in declined)
    assert signed_by_two_of_three > 10
    assert (events["kind"] == "signature").sum() == 30


@pytest.mark.parametrize("parties", [("Ann", "Ben"), ("Ben", "Ann")])
def test_of_two_texts_with_equal_products_the_one_that_is_better_together_is_signed(parties: tuple[str, ...]) -> None:
    """Both ask for no more than no agreement brings: each text leaves its author no gain, so both products are 0.

    Which of the two is better together depends on what no agreement brings; the order in the file decides nothing.
    """
    changes = {"both.tactic": {"kind": "hold", "share": 0.0}, "both.reservation": {"low": 0.1, "high": 0.6}}
    events = play(quiet(changes, issues=TRADES, parties=parties), 100).history.events()
    texts = events[events["kind"] == "proposal"].groupby(["replication", "actor"])[["utility.Ann", "utility.Ben"]]
    together = texts.first().sum(axis=1).unstack()
    assert (abs(together["Ann"] - together["Ben"]) > 1e-6).all()
    signed = events[events["kind"] == "signature"].set_index("replication")["to"]
    assert signed.to_list() == together.idxmax(axis=1).to_list()
    assert set(signed) == {"Ann", "Ben"}


def test_of_two_texts_that_are_equal_for_all_a_lot_decides() -> None:
    """Ann's and Ben's proposals mirror each other, and cross in the same round: each is signed in half of all."""
    signed = told(play(quiet({"both.expected_rounds": 5}), 400, told=400), "signature")
    assert len(signed) == 400
    assert abs((signed["to"] == "Ann").sum() - 200) < 4 * np.sqrt(400 / 4)


def test_packages_are_told_in_the_words_of_the_scenario() -> None:
    """Whatever stands in a name, the text is JSON, with points to six decimals and options by name."""
    issues = {
        'the "north" \\ gate': {"positions": {"Ann": 1 / 3, "Ben": 1.0}},
        "Страж": {"options": {'"both"': {"Ann": 1, "Ben": 0.4}, "a, b: c": {"Ann": 0.2, "Ben": 1}}},
    }
    events = play(quiet(issues=issues), 3).history.events()
    texts = [json.loads(text) for text in events.loc[events["package"] != "", "package"]]
    assert {tuple(text) for text in texts} == {tuple(issues)}
    points = [text['the "north" \\ gate'] for text in texts]
    assert {text["Страж"] for text in texts} <= {'"both"', "a, b: c"}
    assert points == [round(point, 6) for point in points]
    assert min(points) >= round(1 / 3, 6)


# ---- tactics at the table --------------------------------------------------------------------------------------------


def asked(spec: Scenario, party: str) -> list[float]:
    """What a party asked for at the end of each round."""
    found = proposals(play(spec))
    return found[found["actor"] == party].groupby("week")["asked"].last().to_list()


@pytest.mark.parametrize("exchanges", [1, 2, 3])
@pytest.mark.parametrize("generosity", [0.5, 1.0])
def test_a_mirror_gives_back_what_it_was_given(exchanges: int, generosity: float) -> None:
    """Ben gives way by 0.08 a round; Ann follows a round later, by her generosity times that, however they speak."""
    spec = quiet(
        {
            "parties.Ann.tactic": {"kind": "mirror", "generosity": generosity},
            "working_groups.table.exchanges": exchanges,
            "parties.Ben.reservation": 0.2,
            "parties.Ann.reservation": 0.05,
        }
    )
    found = asked(spec, "Ann")
    assert found[:2] == [1.0, 1.0]
    assert np.diff(found[1:5]) == pytest.approx([-0.08 * generosity] * 3)


@examples(0.3)
@given(patience=st.floats(0.2, 6), start=st.integers(0, 20), weeks=st.integers(1, 8))
def test_patience_runs_out_in_a_freeze_too(patience: float, start: int, weeks: int) -> None:
    """The resource tactic looks at the calendar: what it asks for in a week does not depend on freezes before."""
    changes = {"both.tactic": {"kind": "resource", "patience": patience}, "parties.Ben.tactic": NEVER}
    frozen = changes | {"freezes": [{"groups": ["table"], "start": start, "weeks": weeks}]}
    plain, late = (
        proposals(play(quiet(what))).query("actor == 'Ann'").set_index("week")["asked"] for what in (changes, frozen)
    )
    assert set(plain.index) - set(late.index) == set(range(start, start + weeks)) & set(range(30))
    np.testing.assert_array_equal(plain[late.index], late)


def declined_though_as_good(doubt_own: float) -> tuple[int, int]:
    """Of all texts that somebody declines: how many feel no worse to it than its own proposal, and how many there are.

    Trust is 0.2 and never moves, doubt 0.3: everything feels worth 0.76 of its utility. Nobody waives anything.
    """
    changes = {
        "both.knowledge": 0.1,
        "both.prejudice": 0.6,
        "both.weight_spread": 0.3,
        "both.trust": 0.2,
        "both.doubt": 0.3,
        "both.doubt_own": doubt_own,
        "both.reservation": {"low": 0.1, "high": 0.4},
        "mediators": {"Med": {"activities": {"draft": 1, "shuttle": 0, "convene": 0, "press": 0, "guarantee": 0}}},
    }
    events = play(quiet(changes, issues=TRADES, weeks=14), 60).history.events()
    own = events[events["kind"] == "proposal"].set_index(["replication", "week", "actor"])["worth"]
    declined = events[events["kind"] == "decline"].set_index(["replication", "week", "actor"])["worth"]
    as_good = declined.to_numpy() >= 0.76 * own.loc[declined.index].to_numpy() - 1e-9
    return int(as_good.sum()), len(declined)


def test_nobody_declines_what_feels_as_good_as_what_it_proposes() -> None:
    assert declined_though_as_good(1.0)[0] == 0
    some, of = declined_though_as_good(0.0)
    assert some > of / 50


@pytest.mark.parametrize("doubt_own", [0.0, 0.5, 1.0])
def test_its_own_offer_is_discounted_by_its_share_of_the_doubt(doubt_own: float) -> None:
    """Ann asks for 0.9 and counts on 0.76 of an agreement: an offer, and a text of which she waives a quarter."""
    changes = {
        "parties.Ann.doubt": 0.3,
        "parties.Ann.trust": 0.2,
        "both.doubt_own": doubt_own,
        "both.face_saving": 0.25,
        "both.tactic": {"kind": "hold", "share": 0.9},
        "mediators": {"Med": {"effort": 1.0, "draft_rate": 20, "activities": {"draft": 1}}},
    }
    declined = told(play(quiet(changes, weeks=4)), "decline").set_index(["actor", "to"])["asked"]
    asked = 0.9 * (1 - doubt_own * 0.24)
    assert declined.loc[("Ann", "Ben")].to_numpy() == pytest.approx(asked)
    assert declined.loc[("Ann", "Med")].to_numpy() == pytest.approx(asked - 0.25 * (asked - 0.2))
    assert declined.loc[("Ben", "Ann")].to_numpy() == pytest.approx(0.9)


def test_offers_by_the_product_please_each_of_several_others() -> None:
    """At the same aspirations, those who know what the others want table a larger product of their gains."""
    changes = {"both.tactic": {"kind": "hold", "share": 0.75}, "both.weight_spread": 0.3, "both.reservation": 0.3}
    parties, found = ("Ann", "Ben", "Cay"), {}
    for offers in ("sum", "product"):
        spec = quiet(changes | {"both.offers": offers}, issues=THREE, parties=parties, weeks=1)
        told_of = proposals(play(spec, 40)).set_index(["replication", "actor"])
        gains = told_of[[f"utility.{name}" for name in parties]].to_numpy() - 0.3
        own = [parties.index(actor) for _, actor in told_of.index]
        gains[np.arange(len(own)), own] = 1
        found[offers] = np.maximum(gains, 0).prod(axis=1)
    assert len(found["sum"]) == 120
    assert (found["product"] >= found["sum"] - 1e-4).all()
    assert (found["product"] > found["sum"] + 0.01).sum() > 10
