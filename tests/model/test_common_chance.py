"""Common random numbers: what one mechanism meets does not depend on the settings of another.

Week 40's incident is the same incident in every scenario that is compared. Where a probability depends on the state of
the talks (the rate of incidents falls with trust), the same number is compared with another probability, so that what
happens in the one scenario is a part of what happens in the other.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario import Scenario, load, load_text

from .worlds import NEVER, SCENARIOS, TRADES, agree, begin, mediator, play, quiet, results, same, state, told, weeks_of

ROUGH: dict[str, Any] = {
    "both.trust": 0.0,  # and nothing builds any: the rate of incidents stays the same
    "incidents": {"per_year": 8, "severity": 0.2, "after_settlement": 1.0, "while_frozen": 1.0},
    "both.reservation": 0.3,
    "both.absence": 0.2,
    "both.walkout": 2.0,
    "walkouts.after_incident": 1.0,
    "both.doubt": 0.2,
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "a mediator": {"mediators": {"Med": mediator({"reassurance": 0}, shuttle=1, draft=2, press=1)}},
    "more effort": {"mediators": {"Med": mediator({"reassurance": 0, "effort": 1.0}, convene=1, guarantee=1)}},
    "another tactic": {"both.tactic": {"kind": "zeuthen"}, "both.prejudice": 1.0, "both.knowledge": 0.0},
    "a freeze": {"freezes": [{"groups": ["table"], "start": 2, "weeks": 20}]},
    "freezes by rule": {"freezes": [{"groups": ["table"], "after": "incident", "weeks": 3}]},
    "nobody agrees": {"both.tactic": NEVER},
    "all agree at once": {"both.reservation": 0.02, "both.tactic": {"kind": "time", "beta": 50}},
}


@cache
def without_change() -> np.ndarray:
    return incidents(quiet(ROUGH, issues=TRADES, weeks=45))


def incidents(spec: Scenario, replications: int = 600) -> np.ndarray:
    """Severity of each week's incident in each replication.  -> (weeks, R)"""
    model = begin(spec, replications)
    return np.stack([model.incidents.severity.copy() for _ in weeks_of(model)])


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_an_incident_is_the_same_in_every_scenario(otherwise: str) -> None:
    ours, theirs = without_change(), incidents(quiet(ROUGH | OTHERWISE[otherwise], issues=TRADES, weeks=45))
    assert np.count_nonzero(ours[40]) > 30
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("fewer", "more"),
    [({"incidents.per_year": 3}, {"incidents.per_year": 6}), ({"both.trust": 0.6}, {"both.trust": 0.1})],
)
def test_a_higher_rate_only_adds_incidents(fewer: dict[str, Any], more: dict[str, Any]) -> None:
    """The first one: after it, trust differs and rates may cross."""
    ours, theirs = (incidents(quiet(ROUGH | {"both.tactic": NEVER} | changes, weeks=10)) for changes in (fewer, more))
    before = np.cumsum(ours > 0, axis=0) - (ours > 0) == 0
    both = before & (ours > 0)
    assert both.sum() > 100
    np.testing.assert_array_equal(theirs[both], ours[both])
    assert np.count_nonzero(theirs) > np.count_nonzero(ours)


@pytest.mark.parametrize("kind", ["visit", "disruption", "walkout"])
def test_a_larger_probability_only_adds_events(kind: str) -> None:
    """Where nothing else depends on them: a visit, an absence or a walkout is in the livelier scenario too."""
    quiet_one, lively_one = (
        quiet(
            {
                "both.tactic": NEVER,
                "both.absence": 0.1 * factor,
                "both.walkout": 2.0 * factor,
                "walkouts.weeks": 1,
                "mediators": {"Med": mediator({"effort": 0.3 * factor}, shuttle=1)},
            }
        )
        for factor in (1, 2)
    )
    fewer, more = (
        {(e.replication, e.week, e.actor, e.to) for e in told(play(spec, 100), kind).itertuples()}
        for spec in (quiet_one, lively_one)
    )
    if kind == "disruption":  # a walkout that only the livelier one has leaves no round to miss
        gone = {(e.replication, e.week) for e in told(play(lively_one, 100), "walkout").itertuples()}
        fewer = {event for event in fewer if event[:2] not in gone}
        seen = {event[:2] for event in more}  # a round that one party missed is not missed by another as well
        assert {event[:2] for event in fewer} <= seen
    else:
        assert fewer <= more
    assert len(fewer) > 30
    assert len(more) > 1.3 * len(fewer)


def test_another_mediator_leaves_the_first_ones_trips_as_they_were() -> None:
    one = {"Med": mediator(shuttle=1)}
    two = one | {"Aid": mediator({"effort": 0.9}, shuttle=1, draft=1)}
    trips = [
        told(play(quiet({"both.tactic": NEVER, "mediators": mediators}), 60), "visit").query("actor == 'Med'")[
            ["replication", "week", "to"]
        ]
        for mediators in (one, two)
    ]
    assert len(trips[0]) > 100
    same(*(table.reset_index(drop=True) for table in trips))


def test_what_an_input_draws_does_not_depend_on_other_inputs() -> None:
    reservation = {"parties.Ann.reservation": {"mean": 0.3, "sd": 0.1}}
    alone = results(quiet(reservation), 50)
    beside = results(
        quiet(
            reservation | {"both.trust": {"low": 0, "high": 1}, "parties.Ben.reservation": {"low": 0.1, "high": 0.3}}
        ),
        50,
    )
    np.testing.assert_array_equal(alone["drawn.parties.Ann.reservation"], beside["drawn.parties.Ann.reservation"])
    drawn = beside.filter(like="drawn.").to_numpy()
    assert drawn.shape[1] == 4
    assert abs(np.corrcoef(drawn.T)[np.triu_indices(4, 1)]).max() < 0.5


# ---- a freeze changes nothing before it begins -----------------------------------------------------------------------

START = 60


@pytest.fixture(scope="module")
def pair() -> tuple[Scenario, Scenario]:
    """The baseline, and the baseline with a freeze of the treaty talks from week 60 on."""
    text = f"extends: baseline.yaml\nfreezes:\n  - {{groups: [treaty], start: {START}, weeks: 12}}\n"
    settings = ["clock.hold_weeks=0"]
    return load(SCENARIOS / "baseline.yaml", settings), load_text(text, settings=settings, folder=SCENARIOS)


def test_a_freeze_changes_nothing_before_it_begins(pair: tuple[Scenario, Scenario]) -> None:
    plain, frozen = (begin(spec, 80) for spec in pair)
    for _ in range(START):
        plain.step()
        frozen.step()
        agree(state(plain), state(frozen))
    for _ in range(3):
        plain.step()
        frozen.step()
    assert (state(plain)["treaty.frozen"] != state(frozen)["treaty.frozen"]).sum() > 20
    ours, theirs = (model.history.events() for model in (plain, frozen))
    same(*(table[table["week"] < START].reset_index(drop=True) for table in (ours, theirs)))
    assert not ours.equals(theirs)


@pytest.mark.validate
def test_a_freeze_that_finds_nobody_at_the_table_changes_nothing(pair: tuple[Scenario, Scenario]) -> None:
    """In histories whose treaty is signed from the freeze's first week to its last, all is the same to the end."""
    ours, theirs = (begin(spec, 300) for spec in pair)
    touched = np.zeros(300, dtype=bool)
    for week in weeks_of(theirs):
        if START <= week < START + 12:
            touched |= theirs.groups["treaty"].frozen
    for _ in weeks_of(ours):
        pass
    a, b = outcomes(ours), outcomes(theirs)
    assert 30 < (~touched).sum() < 270
    same(a[~touched], b[~touched])
    assert not a[touched].equals(b[touched])


def test_models_do_not_share_their_state() -> None:
    spec = quiet(ROUGH | {"both.reservation": {"low": 0.1, "high": 0.3}})
    alone = play(spec, 20)
    one, other = begin(spec, 20), begin(spec, 20)
    _alternate(one, other)
    agree(state(alone), state(one))
    agree(state(alone), state(other))


def _alternate(one: NegotiationModel, other: NegotiationModel) -> None:
    while one.running:
        one.step()
        other.step()
