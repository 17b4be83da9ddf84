"""Incidents: how often, how severe, and whom they help (`sim/MODEL.md`, incidents)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.chance import Chance

from .test_mediators import likely
from .worlds import NEVER, begin, outcomes_of, play, quiet, told, weeks_of

FOREVER = {"both.tactic": NEVER}


@pytest.mark.parametrize("per_year", [0.5, 4.0, 20.0])
def test_incidents_are_poisson_at_the_rate_of_the_scenario(per_year: float) -> None:
    """At zero trust: per_year / 52 * 1.3 a week; incidents cannot lower trust that is not there."""
    table = outcomes_of(play(quiet({"incidents.per_year": per_year} | FOREVER), 500))
    assert likely(table["incidents"].sum(), 500 * 30, 1 - np.exp(-per_year / 52 * 1.3))
    chance = 1 - np.exp(-per_year / 52 * 1.3)
    assert table["incidents"].var() == pytest.approx(30 * chance * (1 - chance), rel=0.25)


@pytest.mark.parametrize("trust", [0.0, 0.3, 0.9])
def test_trust_keeps_incidents_away(trust: float) -> None:
    """Only the first week, since the first incident lowers trust."""
    model = begin(quiet({"incidents.per_year": 20, "both.trust": trust} | FOREVER), 3000)
    model.step()
    assert likely(model.incidents.count.sum(), 3000, 1 - np.exp(-20 / 52 * (1.3 - trust)))


@pytest.mark.parametrize("mean", [0.1, 0.3, 0.8])
def test_severities_are_exponential_and_cut(mean: float) -> None:
    model = begin(quiet({"incidents": {"per_year": 52, "severity": mean}} | FOREVER, weeks=20), 400)
    severities = np.concatenate(
        [model.incidents.severity[model.incidents.severity > 0].copy() for _ in weeks_of(model)]
    )
    expected = mean * (1 - np.exp(-0.9 / mean))
    assert len(severities) > 4000
    assert severities.max() <= 0.9
    assert np.mean(severities == 0.9) == pytest.approx(np.exp(-0.9 / mean), abs=0.02)
    assert severities.mean() == pytest.approx(expected, abs=4 * severities.std() / np.sqrt(len(severities)))


def near(gap: float) -> dict[str, Any]:
    """Ann and Ben ask for so much that their demands are `gap` beyond what is offered, and stay there."""
    return {"both.tactic": {"kind": "hold", "share": 0.5 + gap / 2}}


@pytest.mark.parametrize(("gap", "nearness"), [(0.05, 0.75), (0.1, 0.5), (0.2, 0.0), (0.9, 0.0)])
@pytest.mark.parametrize("spoilers", [0.0, 0.5, 1.0])
def test_spoilers_strike_when_a_deal_is_near(gap: float, nearness: float, spoilers: float) -> None:
    """rate times 1 + 4 * spoilers * nearness, once offers are on the table; the numbers of the weeks are known."""
    changes = {"incidents": {"per_year": 3, "spoilers": spoilers, "hardening": 0.0}, **near(gap)}
    model, chance = begin(quiet(changes, weeks=12), 300), Chance(11, 0, 300)
    for week in weeks_of(model):
        closeness = nearness if week > 0 else 0.0
        rate = 3 / 52 * 1.3 * (1 + 4 * spoilers * closeness)
        np.testing.assert_array_equal(model.incidents.severity > 0, chance.week("incident", week) < 1 - np.exp(-rate))


@pytest.mark.parametrize(("frozen", "share"), [((), 0.0), (("one",), 1 / 3), (("one", "two", "three"), 1.0)])
@pytest.mark.parametrize("factor", [1.0, 1.5, 3.0, 0.5])
def test_violence_rises_by_the_share_of_the_talks_that_is_frozen(
    frozen: tuple[str, ...], share: float, factor: float
) -> None:
    """From the week after the freeze began, since incidents come first in a week."""
    freezes = [{"groups": list(frozen), "start": 0, "weeks": 20}] if frozen else []
    changes = {"incidents": {"per_year": 10, "hardening": 0, "while_frozen": factor}, "freezes": freezes} | FOREVER
    model, chance = begin(quiet(changes, groups=("one", "two", "three"), weeks=15), 300), Chance(11, 0, 300)
    for week in weeks_of(model):
        rate = 10 / 52 * 1.3 * (1 + (factor - 1) * share * (week > 0))
        np.testing.assert_array_equal(model.incidents.severity > 0, chance.week("incident", week) < 1 - np.exp(-rate))


def test_a_settlement_calms() -> None:
    """From the week after all is in force the rate is halved, or whatever the scenario says."""
    changes = {"incidents": {"per_year": 10, "after_settlement": 0.3, "hardening": 0.0}, "clock.hold_weeks": 10}
    model, chance = begin(quiet(changes), 300), Chance(11, 0, 300)
    settled = np.zeros(300, dtype=bool)
    for week in weeks_of(model):
        rate = 10 / 52 * 1.3 * np.where(settled, 0.3, 1.0)
        np.testing.assert_array_equal(model.incidents.severity > 0, chance.week("incident", week) < 1 - np.exp(-rate))
        settled = model.agreements.settled.copy()
    assert settled.all()


def test_incidents_are_told_as_they_are() -> None:
    dated = {"date": 4, "kind": "incident", "severity": 0.35, "what": "A shot is fired."}
    model = begin(quiet({"incidents.per_year": 15, "events": [dated]} | FOREVER), 60)
    severities = np.stack([model.incidents.severity.copy() for _ in weeks_of(model)])
    events = told(model, "incident")
    assert (events[events["text"] != ""][["week", "value"]].drop_duplicates().to_numpy() == [[4, 0.35]]).all()
    worst = events.groupby(["week", "replication"])["value"].max()
    assert len(worst) == np.count_nonzero(severities) > 200
    for (week, replication), severity in worst.items():
        assert severities[week, replication] == severity
    counted = events.groupby("replication").size().reindex(range(60), fill_value=0)
    np.testing.assert_array_equal(outcomes_of(model)["incidents"], counted)


def test_every_incident_that_is_told_is_counted_and_of_one_week_the_gravest_counts() -> None:
    """Two by date in one week, and those of chance beside them."""
    dated = [{"kind": "incident", "date": 3, "severity": severity} for severity in (0.8, 0.6)]
    model = begin(quiet({"incidents.per_year": 40, "events": dated} | FOREVER), 80)
    for week in weeks_of(model):
        if week == 3:
            assert (model.incidents.severity >= 0.8).all()
    events = told(model, "incident")
    assert (events["week"] == 3).sum() > 160
    np.testing.assert_array_equal(outcomes_of(model)["incidents"], events.groupby("replication").size())
