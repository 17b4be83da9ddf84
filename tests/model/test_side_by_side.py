"""Rounds that are held side by side are the rounds that would be held one after the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.agents import meetings
from sim.agents.tables import STATES
from sim.experiments.simulate import simulate
from sim.model import NegotiationModel
from sim.scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHANGES = ["clock.weeks=60", "clock.hold_weeks=10"]


@pytest.mark.parametrize("name", ["baseline", "single-undertaking", "two-mediators"])
def test_groups_side_by_side_have_the_histories_that_they_have_one_by_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups of unlike size: outcomes, weeks and events in their order, to the last bit."""
    scenario = load(SCENARIOS / f"{name}.yaml", CHANGES)
    together = simulate(scenario, 0, 30, told=30)
    monkeypatch.setattr(meetings, "SPARE", 0)
    alone = simulate(scenario, 0, 30, told=30)
    pd.testing.assert_frame_equal(together.outcomes, alone.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(together.events, alone.events, check_exact=True)
    pd.testing.assert_frame_equal(together.paths, alone.paths, check_exact=True)


def test_groups_of_the_same_parties_meet_side_by_side_unless_they_are_too_unlike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def met() -> list[list[str]]:
        model = NegotiationModel(load(SCENARIOS / "baseline.yaml", CHANGES))
        return [[group.name for group in each.groups] for each in model.meetings]

    assert met() == [["transport", "border", "treaty"]]
    monkeypatch.setattr(meetings, "SPARE", 1.2)  # transport fills 18 numbers, border 15, treaty 6
    assert met() == [["transport", "border"], ["treaty"]]


def test_what_is_assigned_to_a_party_is_what_it_feels_at_the_table_and_later() -> None:
    """A mechanism of one's own may write into trust or put new numbers in its place: both count."""
    model = NegotiationModel(load(SCENARIOS / "baseline.yaml", CHANGES), replications=3)
    one, _ = model.parties
    (other,) = one.others
    one.trust[other] = np.array([0.1, 0.5, 0.9])
    one.trust[other][1] = 0.6
    before = model.feelings.trust[0, 0].copy()
    assert before.tolist() == [0.1, 0.6, 0.9]
    model.step()
    assert abs(one.trust[other] - before).max() < 0.2
    assert np.shares_memory(one.trust[other], model.feelings.trust)


def test_seats_hold_their_own_part_of_what_all_seats_hold() -> None:
    model = NegotiationModel(load(SCENARIOS / "baseline.yaml", CHANGES), replications=4)
    tables = model.meetings[0].tables
    for _ in range(20):
        model.step()
    for p, party in enumerate(model.parties):
        for g, group in enumerate(model.groups):
            rows = slice(4 * g, 4 * g + 4)
            seat = party.seats[group]
            np.testing.assert_array_equal(seat.asked, tables.asked[p, rows])
            np.testing.assert_array_equal(seat.offered, tables.offered[:, p, rows])
            assert seat.rounds.tolist() == model.groups[group].rounds.tolist()
            with pytest.raises(AttributeError):
                seat.asked = np.zeros(4)  # type: ignore[misc]


def test_groups_hold_their_own_part_of_what_all_groups_hold() -> None:
    """Also after somebody has looked at the agents, which leaves them their arrays as they were."""
    model = NegotiationModel(load(SCENARIOS / "baseline.yaml", CHANGES), replications=4)
    tables = model.meetings[0].tables
    for _ in range(3):
        for _ in range(10):
            model.step()
        looked_at = {group.name: group.clock for group in model.agents if group.name in model.groups}
        for g, group in enumerate(model.groups.values()):
            rows = slice(4 * g, 4 * g + 4)
            assert all(np.shares_memory(getattr(group, name), getattr(tables, name)[rows]) for name in STATES)
            for p, party in enumerate(group.parties):
                assert np.shares_memory(group.worth[party], tables.worth[p, rows])
                assert np.shares_memory(group.offers[party].combination, tables.offers.combination[p, rows])
        model.step()
        assert not any(np.shares_memory(clock, tables.clock) for clock in looked_at.values())
