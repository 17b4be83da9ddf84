"""What earlier commitments do (`sim/MODEL.md`, preferences): they tax texts that leave them, and no agreement too."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.arrays import Array
from sim.scenario import Scenario, load_text
from sim.scenario.to_bargaining import agenda_of, preferences_of, reservation_of

from .worlds import CHOICES, NEVER, TRADES, mediator, play, quiet, results, told

ISSUES = TRADES | CHOICES
SHARES = st.floats(0, 1)
KNOWS = {"date": 0, "kind": "shuttle", "mediator": "Med", "to": ["Ann", "Ben"]}


def bound(unkept: float = 1.0, hold: float = 0.1, point: float = 0.4, **more: float) -> list[dict[str, Any]]:
    """A point and an option were settled before."""
    held = {"group": "table", "hold": hold, "unkept": unkept, **more}
    return [held | {"issue": "land", "settlement": point}, held | {"issue": "court", "settlement": "both"}]


def gains(spec: Scenario, settled: dict[str, Array]) -> Array:
    """What a text brings each party beyond no agreement.  -> (P, R)"""
    agenda = agenda_of(spec, "table")
    text = agenda.package(settled)
    return np.array([
        preferences_of(spec, "table", party, agenda).utility(text) - reservation_of(spec, "table", party)
        for party in spec.parties
    ])  # fmt: skip


@given(point=SHARES, hold=st.floats(0, 0.2), land=SHARES, court=st.integers(0, 2))
def test_whoever_would_sign_without_commitments_would_sign_with_them(
    point: float, hold: float, land: float, court: int
) -> None:
    """A text loses no more than no agreement does; just as much if it leaves all of them wholly."""
    settled = {issue: np.array([0.5]) for issue in TRADES} | {"toll": np.array([1.0])}
    settled |= {"land": np.array([land]), "court": np.array([float(court)])}
    apart = abs(land - point) + (court != 1)
    reservation = {"both.reservation": 0.45}
    free, held = (
        quiet(reservation | {"framework": framework}, issues=ISSUES) for framework in ([], bound(1.0, hold, point))
    )
    assert gains(held, settled) - gains(free, settled) == pytest.approx(hold * (2 - apart))


@pytest.mark.parametrize("reservation", [0.68, 0.72, 0.76])
def test_commitments_never_lower_settlement(reservation: float) -> None:
    """History by history, where luck decides only what the parties want."""
    world = {"both.reservation": reservation, "both.weight_spread": 0.8, "both.knowledge": 0.9}
    free, taxed, eased = (
        results(quiet(world | {"framework": framework}, issues=ISSUES), 300)["settled"]
        for framework in ([], bound(0.0), bound(1.0))
    )
    assert (eased >= free).all()
    assert eased.sum() > taxed.sum()


SHORT = """
name: short
clock: {weeks: 60, hold_weeks: 0}
parties: {A: {reservation: 0.45, absence: 0.2}, B: {reservation: 0.45, absence: 0.2}}
working_groups:
  g:
    meets_every: 2
    issues:
      i: {positions: {A: 0, B: 1}}
      j: {positions: {A: 0.2, B: 0.9}, weights: {A: 3, B: 1}}
incidents: {per_year: 4}
framework: [{group: g, issue: i, settlement: 0, hold: 0.05, unkept: 1}]
"""


@pytest.mark.validate
@pytest.mark.parametrize(("weeks", "more"), [(60, False), (300, True)])
def test_where_time_is_short_commitments_may_come_too_late(weeks: int, more: bool) -> None:
    """What is asked for early falls by less than what no agreement is worth: a limit of the law above (MODEL.md)."""
    held, free = (
        sim.run(load_text(SHORT, settings=[f"clock.weeks={weeks}"], without=gone), 1000).outcomes["settled"]
        for gone in ([], ["framework[0]"])
    )
    assert (held.sum() > free.sum()) == more


@pytest.mark.validate
def test_the_commitments_of_the_baseline_do_not_lower_settlement() -> None:
    """Where all else is on too: under the same chance, no fewer histories settle than without them."""
    held, free = (sim.run(spec, 1000).outcomes["settled"].astype(float) for spec in _with_and_without())
    assert (held - free).mean() > -2 * (held - free).std() / np.sqrt(1000)


def _with_and_without() -> tuple[Scenario, Scenario]:
    return sim.load("baseline"), load_text("extends: baseline\nname: nothing settled before\nframework: []\n")


def test_no_agreement_is_never_worth_less_than_nothing() -> None:
    spec = quiet({"both.reservation": 0.15, "framework": bound(1.0)}, issues=ISSUES)
    assert reservation_of(spec, "table", "Ann") == 0


def test_a_mediator_starts_from_what_was_settled_before() -> None:
    """Where leaving it is dear enough in its eyes, its texts leave nothing; those of other groups stay."""
    texts = []
    for focal in (0.0, 1.0):
        med = mediator({"draft_rate": 20.0, "effort": 1.0, "learning": 1.0}, draft=1)
        changes = {"both.tactic": NEVER, "both.weight_spread": 0.5, "mediators": {"Med": med}, "events": [KNOWS]}
        held = {"framework": bound(1.0, 0.02, 0.4, focal=focal), "working_groups.free.issues": TRADES}
        drafts = told(play(quiet(changes | held, issues=ISSUES, groups=("table", "free")), 20), "draft")
        texts.append({group: some["package"].map(json.loads).to_list() for group, some in drafts.groupby("group")})
    as_the_parties, as_a_focal_point = texts
    assert len(as_the_parties["table"]) > 300
    assert as_the_parties["free"] == as_a_focal_point["free"]
    assert np.mean([abs(text["land"] - 0.4) for text in as_the_parties["table"]]) > 0.05
    for text in as_a_focal_point["table"]:
        assert text["land"] == pytest.approx(0.4)
        assert text["court"] == "both"
