"""The shipped scenarios say facts as they are, take no side, and teach what their comments say."""

from __future__ import annotations

import datetime as dt
import math
import re
from itertools import pairwise

import pytest

import sim
from sim.arrays import Parameter
from sim.experiments.frontier import frontier
from sim.scenario import load
from sim.scenario.claims_file import read_claims
from sim.scenario.schema import Scenario
from tests.scenarios.shipped_runs import EACH_TIME, FOLDER, NAMES, REPLICATIONS, VARIANTS, outcomes


def text(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def scenario(name: str, *settings: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml", settings)


def plain(number: Parameter) -> float:
    assert isinstance(number, float)
    return number


BASELINE = scenario("baseline")
CHAPTERS = ["transport", "border", "treaty"]

# ---- no side is taken ------------------------------------------------------------------------------------------------

LOADED = """
    terroris\\w+ separatis\\w+ extremis\\w+ militants? rebels? bandits? saboteurs? fascis\\w+ nazi\\w*
    occup(?:ied|ation|iers?|ying) liberat\\w+ annex\\w+ invad\\w+ invasion aggress\\w+ hostages? martyrs?
    genocid\\w+ cleansing massacre\\w* atrocit\\w+ blockad\\w+ sieges? provocati\\w+ propaganda puppets?
    regimes? junta dictator\\w* enem(?:y|ies) capitulat\\w+ surrender\\w* betray\\w+ traitors? revanchis\\w+
    illegal\\w* illegitimate unlawful so-called self-proclaimed alleged\\w* claims?\\sthat
    corridors? Zangezur Artsakh Stepanakert Khankendi Karabagh
"""
"""Words that one side alone uses, or that judge. `corridor` and the names of places are among them because the sides
disagree about the word itself; Nagorno-Karabakh stands in the statements that both leaders signed."""


@pytest.mark.parametrize("name", NAMES)
def test_no_word_takes_a_side(name: str) -> None:
    loaded = re.compile(rf"\b(?:{'|'.join(LOADED.split())})\b", re.IGNORECASE)
    assert loaded.findall(text(name)) == []


@pytest.mark.parametrize("sentence", ["the occupied land", "so-called state", "a Terrorist act", "the Zangezur road"])
def test_the_list_of_words_finds_them(sentence: str) -> None:
    assert re.search(rf"\b(?:{'|'.join(LOADED.split())})\b", sentence, re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_framed_is_framed_by_everybody(name: str) -> None:
    spec = scenario(name)
    for event in spec.events:
        assert not event.framing or set(event.framing) == set(spec.parties), event.what
        assert all(event.framing.values()), event.what


def test_nobody_is_blamed_where_the_sides_disagree() -> None:
    for event in BASELINE.events:
        assert not (event.framing and event.by), event.what
        if not event.framing:
            assert event.kind in ("round", "shuttle", "statement"), event.what


def test_the_mediator_is_the_same_to_both() -> None:
    for mediator in scenario("two-mediators").mediators.values():
        assert len(set(mediator.bias.values() if isinstance(mediator.bias, dict) else [mediator.bias])) == 1
        assert isinstance(mediator.credibility, float)


def test_the_parties_are_alike_but_for_reservation_and_tactic() -> None:
    one, other = (party.model_dump(exclude={"title"}) for party in BASELINE.parties.values())
    assert {key for key in one if one[key] != other[key]} == {"reservation", "tactic"}


@pytest.mark.validate
def test_the_lesson_is_the_same_with_reservations_and_tactics_exchanged() -> None:
    exchanged = scenario(
        "baseline",
        "parties.Armenia.reservation={mean: 0.48, sd: 0.08}",
        "parties.Azerbaijan.reservation={mean: 0.44, sd: 0.08}",
        "parties.Armenia.tactic.beta=0.5",
        "parties.Azerbaijan.tactic.beta=0.6",
    )
    settled = sim.run(exchanged, replications=REPLICATIONS, told=0).outcomes["settled"].mean()
    error = math.sqrt(2 * 0.25 / REPLICATIONS)
    assert settled == pytest.approx(outcomes("baseline")["settled"].mean(), abs=3 * error)


# ---- facts of the baseline -------------------------------------------------------------------------------------------


def test_who_talks_about_what() -> None:
    assert list(BASELINE.parties) == ["Armenia", "Azerbaijan"]
    assert list(BASELINE.mediators) == ["Russia"]
    assert list(BASELINE.working_groups) == CHAPTERS
    assert plain(BASELINE.contacts.intensity) > 0
    for group in BASELINE.working_groups.values():
        assert group.title
        assert group.level
        assert len(group.issues) >= 3
        for issue in group.issues.values():
            assert issue.title.endswith("?")
            assert issue.options or {0.0, 1.0} <= set(issue.labels)


def test_the_levels_are_those_of_the_news() -> None:
    levels = {name: group.level for name, group in BASELINE.working_groups.items()}
    assert "deputy prime ministers" in levels["transport"]
    assert "deputy prime ministers" in levels["border"]
    assert levels["treaty"] == "foreign ministers"


def test_the_framework_is_that_of_the_trilateral_statements() -> None:
    dates = {(commitment.group, commitment.date) for commitment in BASELINE.framework}
    assert dates == {
        ("transport", dt.date(2020, 11, 9)),
        ("transport", dt.date(2021, 1, 11)),
        ("transport", dt.date(2021, 11, 26)),
        ("border", dt.date(2021, 11, 26)),
        ("treaty", dt.date(2022, 10, 31)),
    }
    for commitment in BASELINE.framework:
        assert f"{commitment.date:%-d %B %Y}" in commitment.source
        assert commitment.settlement in (0.5, "trilateral working group")


@pytest.mark.parametrize(("date", "party"), [("2023-02-09", "Armenia"), ("2023-02-14", "Azerbaijan")])
def test_the_trips_of_february_2023(date: str, party: str) -> None:
    trips = [event for event in BASELINE.events if event.date == dt.date.fromisoformat(date)]
    assert [(trip.kind, trip.mediator, trip.to) for trip in trips] == [("shuttle", "Russia", [party])]


def test_the_round_of_december_2022_is_not_held_and_both_say_why() -> None:
    (event,) = (event for event in BASELINE.events if event.kind == "disruption")
    assert (event.date, event.group) == (dt.date(2022, 12, 23), "treaty")
    assert "asked to postpone" in event.framing["Armenia"]
    assert "refused to take part" in event.framing["Azerbaijan"]


def test_every_fact_has_a_source() -> None:
    assert all(event.source and event.what for event in BASELINE.events)
    assert all(commitment.source for commitment in BASELINE.framework)


def test_what_is_observed_came_after_the_news() -> None:
    """The model knows nothing of it: no event and no number of the scenario is later than the news it starts from."""
    news = dt.date(2023, 2, 17)
    assert all(event.date <= news for event in BASELINE.events if isinstance(event.date, dt.date))
    assert BASELINE.observed.agreed == {"border": dt.date(2024, 8, 30), "treaty": dt.date(2025, 3, 13)}


def test_the_baseline_leaves_the_end_open() -> None:
    assert 0.3 < outcomes("baseline")["settled"].mean() < 0.7


# ---- variants --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_a_few_lines_on_the_baseline(name: str) -> None:
    lines = text(name).splitlines()
    assert {"extends: baseline.yaml", "extends: mechanisms-off.yaml"} & set(lines)
    assert len(lines) < 30
    assert scenario(name).name != BASELINE.name


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_says_which_stylised_fact_it_teaches(name: str) -> None:
    """A row of the table in `scenarios/README.md`; that it is there is tested in `tests/texts/test_numbers.py`."""
    comment = text(name).split("extends:")[0]
    assert re.search(r"^# Claim: \w", comment, re.MULTILINE)
    assert re.search(r"\bE\d+\b", comment)


def test_without_a_mediator_the_other_events_are_those_of_the_baseline() -> None:
    alone = scenario("no-mediator")
    assert alone.events == [event for event in BASELINE.events if event.mediator is None]
    assert not alone.mediators


@pytest.mark.parametrize("name", ["effort-front-loaded", "effort-back-loaded"])
def test_the_same_effort_at_other_times(name: str) -> None:
    """The comment: 78 mediator-weeks, as in the baseline, if talks last to the end."""
    spec = scenario(name)
    steps = spec.mediators["Russia"].effort
    assert isinstance(steps, list)
    edges = [*(spec.week_of(step.since) for step in steps), spec.clock.weeks]
    spent = sum(plain(step.effort) * (end - start) for step, (start, end) in zip(steps, pairwise(edges), strict=True))
    assert spent == pytest.approx(78)
    assert spent == pytest.approx(0.5 * BASELINE.clock.weeks)


def test_freezes_in_turn_are_as_long_as_at_once_and_centred_on_it() -> None:
    def weeks(name: str) -> list[int]:
        spec = scenario(name)
        return [
            spec.week_of(freeze.start or 0) + week
            for freeze in spec.freezes
            for _ in freeze.groups
            for week in range(int(plain(freeze.weeks)))
        ]

    in_turn, at_once = weeks("freeze-rolling"), weeks("freeze-all-winter")
    assert len(in_turn) == len(at_once) == 39
    assert sum(in_turn) == sum(at_once)


# ---- claims ----------------------------------------------------------------------------------------------------------


DIRECTIONS = sorted(
    {
        (claim.scenario, claim.reference, claim.expects["settled"])
        for claim in read_claims(FOLDER / "claims.toml").claims.claim
        if {claim.scenario, claim.reference} <= set(EACH_TIME)
        and not (claim.set or claim.change)
        and claim.expects.get("settled") in ("more", "fewer")
    }
)
"""Of the scenarios that every test run runs; `tests/texts/test_claims.py` tries all, with as many as the texts."""


@pytest.mark.parametrize(("name", "reference", "direction"), DIRECTIONS)
def test_few_histories_do_not_say_the_opposite_of_a_text(name: str, reference: str, direction: str) -> None:
    """Paired: the same histories but for what the scenario changes; by two standard errors of the difference."""
    difference = outcomes(name)["settled"].astype(float) - outcomes(reference)["settled"].astype(float)
    sign = {"more": 1, "fewer": -1}[direction]
    assert sign * difference.mean() > -2 * difference.std() / math.sqrt(len(difference))


@pytest.mark.validate
def test_each_further_step_of_effort_buys_less() -> None:
    efforts = {"no-mediator": 0.0, "effort-low": 0.25, "baseline": 0.5, "effort-high": 0.9}
    names = list(efforts)
    share = {name: sim.run(name, replications=2000, told=0).outcomes["settled"].mean() for name in names}
    slopes = [(share[b] - share[a]) / (efforts[b] - efforts[a]) for a, b in pairwise(names)]
    assert slopes == sorted(slopes, reverse=True)


@pytest.mark.validate
def test_a_mediator_who_stays_after_signature_settles_the_same_histories() -> None:
    assert (outcomes("guarantees-kept")["settled"] == outcomes("baseline")["settled"]).all()


# ---- worlds of their own ---------------------------------------------------------------------------------------------


def test_the_fair_division_of_camp_david() -> None:
    """65.8 of 100 to each, the rights and five sixths of Sinai to Egypt, as the comment says."""
    spec = scenario("camp-david-1978")
    points = {
        party: sum(plain(issue.weights[party]) for issue in spec.working_groups["accords"].issues.values())
        for party in spec.parties
    }
    assert points == {"Egypt": 100, "Israel": 100}
    fair = frontier(spec)["groups"]["accords"]["egalitarian"]
    assert {party: round(100 * worth, 1) for party, worth in fair["utilities"].items()} == {
        "Egypt": 65.8,
        "Israel": 65.8,
    }
    to_egypt = {issue: share for issue, share in fair["package"].items() if share > 1e-9}
    assert to_egypt == {"palestinian_rights": pytest.approx(1), "sinai": pytest.approx(5 / 6)}


def crossing(beta: float, reservation: float = 0.2) -> float:
    """The share of the clock at which the aspirations of Ann and Ben add up to 1, by bisection.

    Ben: reservation 0.2, beta 1. Aspiration: ρ + (1 - ρ)(1 - τ^(1/β)).
    """
    low, high = 0.0, 1.0
    for _ in range(60):
        tau = (low + high) / 2
        ann = 1 - (1 - reservation) * tau ** (1 / beta)
        low, high = (tau, high) if ann + (1 - 0.8 * tau) > 1 else (low, tau)
    return high


def test_the_crossing_by_paper_and_pencil() -> None:
    assert crossing(1.0) == pytest.approx(0.625)
    assert crossing(0.5) == pytest.approx((math.sqrt(6) - 1) / 2)  # 0.8 τ² + 0.8 τ = 1


@pytest.mark.parametrize(
    ("settings", "beta", "reservation"),
    [
        ([], 1.0, 0.2),
        (["parties.Ann.tactic.beta=0.5"], 0.5, 0.2),
        (["parties.Ann.tactic.beta=2"], 2.0, 0.2),
        (["parties.Ann.reservation=0.4"], 1.0, 0.4),
    ],
)
def test_two_conceders_agree_where_their_aspirations_cross(
    settings: list[str], beta: float, reservation: float
) -> None:
    """In the first week whose share of the 40 rounds has reached it, each with what it then asks for, to a step."""
    tau = crossing(beta, reservation)
    found = sim.run(scenario("two-conceders", *settings), replications=3, told=0).outcomes
    assert set(found["week.table"]) == {math.ceil(40 * tau - 1e-9)}
    ann = 1 - (1 - reservation) * tau ** (1 / beta)
    assert found["text_utility.table.Ann"].to_numpy() == pytest.approx(ann, abs=1 / 40)
    assert (found["text_utility.table.Ann"] + found["text_utility.table.Ben"]).to_numpy() == pytest.approx(1)


def test_the_seminar_has_three_parties_and_no_real_case() -> None:
    spec = scenario("seminar")
    assert len(spec.parties) == 3
    assert not spec.events
    assert not spec.observed.agreed
    assert spec.sources == ["Invented for the classroom; no numbers are taken from a real case."]
