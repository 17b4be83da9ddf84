"""What parties feel from week to week: trust, hurt, hardening, contacts (`sim/MODEL.md`, trust)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.seldom import seldom

from .worlds import NEVER, THREE, Script, begin, outcomes_of, play, quiet, told, weeks_of

FOREVER = {"both.tactic": NEVER}


def trusts(spec: Any, tactics: Any = None, replications: int = 1) -> dict[str, np.ndarray]:
    """Each party's trust in the other, week by week, of two."""
    model = begin(spec, replications, tactics=tactics)
    ann, ben = (model.parties_by_name[name] for name in ("Ann", "Ben"))
    weeks = [(ann.trust["Ben"][0], ben.trust["Ann"][0]) for _ in weeks_of(model)]
    return {"Ann": np.array(weeks)[:, 0], "Ben": np.array(weeks)[:, 1]}


# ---- trust at the table ----------------------------------------------------------------------------------------------

MOVES = {"trust_dynamics": {"gain": 0.02, "loss": 0.06}, "both.trust": 0.4}


def test_trust_is_earned_by_offers_that_improve_and_lost_by_those_that_worsen() -> None:
    """Units of 0.05 utility, cut at one: better by 0.05 or more, by 0.02, the same, worse by 0.01, worse by 0.2."""
    asks = (1.0, 0.95, 0.93, 0.93, 0.94, 1.0)
    found = trusts(quiet(MOVES, weeks=6), {"Ben": Script(asks), "Ann": Script((1.0,))})
    expected, trust = [0.4], 0.4
    for better in (0.05, 0.02, 0.0, -0.01, -0.06):
        unit = np.clip(better / 0.05, -1, 1)
        trust = trust + 0.02 * unit * (1 - trust) if unit > 0 else trust * (1 + 0.06 * unit)
        expected.append(trust)
    assert found["Ann"] == pytest.approx(expected)
    assert found["Ben"] == pytest.approx(0.4)  # Ann never moved


def test_to_and_fro_trust_settles_where_a_gain_makes_good_a_loss() -> None:
    """Slow to earn, fast to lose: at about 1 / (1 + 3)."""
    tactics = {"Ben": Script((1.0, 0.9) * 300, 1000), "Ann": Script((1.0,))}
    found = trusts(quiet(MOVES | {"both.expected_rounds": 1000}, weeks=400), tactics)
    high = 0.02 / (1 - 0.98 * 0.94)  # the fixed point of T -> T (1 - 0.06) -> T + 0.02 (1 - T)
    assert sorted(found["Ann"][-2:]) == pytest.approx([high * 0.94, high], abs=1e-6)
    assert found["Ann"][-2:].mean() == pytest.approx(0.25, abs=0.01)


def test_as_often_kept_as_broken_trust_has_the_mean_of_the_formula() -> None:
    """E[T] = p gain / (p gain + (1 - p) loss), here for p = 0.6: contacts in place of concessions."""
    gain, loss, kept = 0.01, 0.03, 0.6
    changes = {
        "trust_dynamics": {"gain": 0.0, "loss": loss},
        "contacts": {"intensity": 1.0, "trust": gain * kept / (1 - kept) * 0.4, "ceiling": 1.0, "attendance": 0.0},
        "parties.Ann.absence": 0.4,
        "both.trust": 0.3,
    }
    model = begin(quiet(changes | FOREVER, weeks=600), 300)
    # absence falls with Ann's own trust, which nobody harms: keep it at 0
    weeks = []
    for _ in weeks_of(model):
        model.parties_by_name["Ann"].trust["Ben"][:] = 0.0
        weeks.append(model.parties_by_name["Ben"].trust["Ann"].mean())
    assert np.mean(weeks[200:]) == pytest.approx(kept * gain / (kept * gain + (1 - kept) * loss), abs=0.01)


def test_losses_are_three_times_gains_by_default() -> None:
    dynamics = quiet({"trust_dynamics": {}}).trust_dynamics
    assert dynamics.loss == pytest.approx(3 * dynamics.gain)


def test_a_disrupted_round_and_a_walkout_cost_trust_in_who_caused_it() -> None:
    for changes in ({"parties.Ben.absence": 1.0}, {"parties.Ben.walkout": 52.0, "walkouts.weeks": 1}):
        spec = quiet(changes | {"trust_dynamics.loss": 0.06, "both.trust": {"Ann": 0.0, "Ben": 0.4}} | FOREVER, weeks=5)
        model = play(spec, 40)
        table, ann = outcomes_of(model), model.parties_by_name["Ann"]
        times = (table["disruptions"] + table["walkouts"]).to_numpy()
        assert times.mean() > 1
        assert ann.trust["Ben"] == pytest.approx(0.4 * 0.94**times)
        assert model.parties_by_name["Ben"].trust["Ann"] == pytest.approx(0.0)


@pytest.mark.parametrize("by", ["Ben", None])
def test_a_known_disruption_costs_trust_in_whoever_is_named_or_in_all(by: str | None) -> None:
    event = {"date": 3, "kind": "disruption", "group": "table", "what": "not held"} | ({"by": by} if by else {})
    changes = {"events": [event], "trust_dynamics.loss": 0.06, "both.trust": 0.4}
    model = play(quiet(changes | FOREVER, weeks=6), 2)
    assert model.parties_by_name["Ann"].trust["Ben"] == pytest.approx(0.4 * 0.94)
    assert model.parties_by_name["Ben"].trust["Ann"] == pytest.approx(0.4 if by else 0.4 * 0.94)
    events = model.history.events()
    assert events[events["kind"] == "disruption"]["week"].to_list() == [3, 3]
    assert 3 not in events[events["kind"] == "round"]["week"].to_list()


def test_a_dated_round_is_held_whether_due_or_not() -> None:
    """A fact of history: nobody stays away from it."""
    changes = {
        "events": [{"date": 2, "kind": "round", "group": "table"}],
        "both.absence": 0.9,
        "working_groups.table.meets_every": 50,
    }
    assert told(play(quiet(changes | FOREVER, weeks=6), 60), "round")["week"].to_list() == [2] * 60


# ---- contacts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.1, 0.75])
def test_contacts_build_trust_towards_their_ceiling(start: float) -> None:
    changes = {"contacts": {"intensity": 0.5, "trust": 0.02, "ceiling": 0.6}, "both.trust": start}
    found = trusts(quiet(changes | FOREVER))["Ann"]
    n = np.arange(1, 31)
    assert found == pytest.approx(0.6 - (0.6 - start) * 0.99**n if start < 0.6 else start)


# ---- hurt ------------------------------------------------------------------------------------------------------------


def test_living_without_a_deal_hurts_up_to_a_cap() -> None:
    """0.26 a year is 0.005 a week, five times that in the week of an incident of severity 1 (0.8: 4.2 times)."""
    changes = {
        "both.cost_of_no_deal": 0.26,
        "parties.Ann.hurt_cap": 0.1,
        "parties.Ben.hurt_cap": 0.5,
        "events": [{"date": 4, "kind": "incident", "severity": 0.8}],
        "incidents.hardening": 0.0,
    }
    model = begin(quiet(changes | FOREVER), 2)
    for week in weeks_of(model):
        grown = 0.005 * (week + 1) + (0.005 * 4 * 0.8 if week >= 4 else 0)
        assert model.parties_by_name["Ann"].hurt == pytest.approx(min(grown, 0.1))
        assert model.parties_by_name["Ben"].hurt == pytest.approx(min(grown, 0.5))
        low = model.parties_by_name["Ann"].reservation_in("table", np.arange(2))
        assert low == pytest.approx(max(0.2 - min(grown, 0.1), 0.02))


def test_chapters_in_force_hurt_no_more() -> None:
    """Two of three chapters can be signed at once; the third one, with a stake of 0.5, goes on hurting."""
    changes = {
        "both.cost_of_no_deal": 0.52,
        "both.hurt_cap": 1.0,
        "both.tactic": {"kind": "time", "beta": 100},
        "working_groups.three.meets_every": 100,
        "working_groups.three.stakes": {"Ann": 2, "Ben": 8},
    }
    model = begin(quiet(changes, groups=("one", "two", "three"), weeks=20))
    for week in weeks_of(model):
        for name, stake in (("Ann", 0.5), ("Ben", 0.8)):
            expected = 0.01 * min(week + 1, 2) + 0.01 * stake * max(week - 1, 0)  # they sign at the end of week 1
            assert model.parties_by_name[name].hurt == pytest.approx(expected)


def test_reservation_values_stay_within_bounds() -> None:
    """Ann loses 1.0 in a year, Ben gains 0.9 by an incident, which also eases Cay's loss of 1.0."""
    changes = {
        "both.hurt_cap": 1.0,
        "both.cost_of_no_deal": 1.0,
        "both.reservation": 0.2,
        "parties.Ben.cost_of_no_deal": 0,
        "parties.Cay.reservation": 0.05,
        "events": [{"date": 1, "kind": "incident", "severity": 0.9}],
        "incidents.hardening": 1.0,
        "incidents.fading": 0.0,
    }
    model = play(quiet(changes | FOREVER, issues=THREE, parties=("Ann", "Ben", "Cay"), weeks=52), 2)
    found = {name: model.parties_by_name[name].reservation_in("table", np.arange(2)) for name in ("Ann", "Ben", "Cay")}
    assert found["Ann"] == pytest.approx(0.2 - 1.0 + 0.9)
    assert found["Ben"] == pytest.approx(1.0)
    assert found["Cay"] == pytest.approx(0.0)


# ---- hardening -------------------------------------------------------------------------------------------------------


def test_an_incident_hardens_and_passes_faster_in_a_freeze() -> None:
    """Severity 0.4: trust times 0.6, hardening 0.1 everywhere; it fades by 3 % a week, in the frozen group by 10 %."""
    changes = {
        "both.trust": 0.5,
        "events": [{"date": 2, "kind": "incident", "severity": 0.4}],
        "incidents": {"per_year": 0, "hardening": 0.25, "fading": 0.03},
        "frozen_week.cooling": 0.07,
        "freezes": [{"groups": ["one"], "start": 5, "weeks": 4}],
    }
    parties = ("Ann", "Ben", "Cay")
    model = begin(quiet(changes | FOREVER, issues=THREE, parties=parties, groups=("one", "two"), weeks=15), 2)
    for week in weeks_of(model):
        struck = week >= 2
        for party in model.parties:
            assert party.trust_in(party.others) == pytest.approx(0.3 if struck else 0.5)
            frozen = min(max(week - 4, 0), 4)
            weeks = week - 1
            assert party.seats["two"].hardening == pytest.approx(0.1 * 0.97**weeks if struck else 0)
            assert party.seats["one"].hardening == pytest.approx(
                0.1 * 0.97 ** (weeks - frozen) * 0.9**frozen if struck else 0
            )


def test_several_incidents_add_up() -> None:
    events = [{"date": week, "kind": "incident", "severity": 0.4} for week in (2, 3)]
    changes = {"both.trust": 0.5, "events": events, "incidents": {"per_year": 0, "fading": 0.0}}
    model = play(quiet(changes | FOREVER, weeks=6))
    ann = model.parties_by_name["Ann"]
    assert ann.trust["Ben"] == pytest.approx(0.5 * 0.6**2)
    assert ann.seats["table"].hardening == pytest.approx(0.2)
    assert outcomes_of(model)["incidents"].to_list() == [2]


# ---- a pause, and a round in anger -----------------------------------------------------------------------------------


def hardenings(trust: float, weeks: int, changes: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Of two parties who trust each other so far and are hardened by 0.2, week by week: in a freeze, and outside.

    -> (weeks, P) each
    """
    freezes = [{"groups": ["one"], "start": 0, "weeks": 1000}]
    spec = quiet({"freezes": freezes, "incidents.fading": 0.03} | FOREVER | changes, groups=("one", "two"), weeks=weeks)
    model = begin(spec)
    for party in model.parties:
        for other in party.others:
            party.trust[other][:] = trust
        for seat in party.seats.values():
            seat.hardening[:] = 0.2
    found = [[[p.seats[name].hardening[0] for p in model.parties] for name in ("one", "two")] for _ in weeks_of(model)]
    frozen, outside = np.array(found).swapaxes(0, 1)
    return frozen, outside


@pytest.mark.parametrize("trust", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("by_trust", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("rumination", [0.0, 0.1])
def test_what_a_pause_does_depends_on_trust(trust: float, by_trust: float, rumination: float) -> None:
    changes = {"frozen_week.cooling": 0.08, "frozen_week.by_trust": by_trust, "frozen_week.rumination": rumination}
    frozen, outside = hardenings(trust, 12, changes)
    week = 1 - 0.03 - 0.08 * (1 - by_trust * (1 - trust)) + rumination * (1 - trust)
    weeks = np.arange(1, 13)[:, None]
    assert frozen == pytest.approx(0.2 * week**weeks + np.zeros(2))
    assert outside == pytest.approx(0.2 * 0.97**weeks + np.zeros(2))


@pytest.mark.parametrize(
    ("cooling", "rumination"),
    [
        (0.0, 1.0),
        (1.0, 0.0),
        (1.0, 1.0),
        (0.08, 0.1),
        seldom(0.0, 0.0),
        seldom(0.0, 0.1),
        seldom(0.08, 0.0),
        seldom(0.08, 1.0),
        seldom(1.0, 0.1),
    ],
)
def test_a_pause_helps_who_trusts_and_nobody_else(cooling: float, rumination: float) -> None:
    """At trust 1 it never raises hardening; at trust 0 it never lowers it below what a week outside would."""
    changes = {
        "frozen_week.cooling": cooling,
        "frozen_week.by_trust": 1.0,
        "frozen_week.rumination": rumination,
    }
    trusting, _ = hardenings(1.0, 60, changes)
    distrusting, outside = hardenings(0.0, 60, changes)
    assert (np.diff(trusting, axis=0, prepend=0.2) <= 0).all()
    assert (distrusting >= outside).all()
    assert distrusting.max() <= 1


def test_each_party_cools_by_its_own_trust_in_those_at_the_table() -> None:
    changes = {
        "frozen_week": {"cooling": 0.5, "by_trust": 1.0},
        "freezes": [{"groups": ["table"], "start": 0, "weeks": 9}],
        "parties.Ann.trust": {"Ben": 0.2, "Cay": 0.6},
        "parties.Ben.trust": 1.0,
        "incidents.fading": 0.0,
    }
    model = begin(quiet(changes, issues=THREE, parties=("Ann", "Ben", "Cay"), weeks=9))
    for party in model.parties:
        party.seats["table"].hardening[:] = 0.2
    model.step()
    found = [party.seats["table"].hardening[0] for party in model.parties]
    assert found == pytest.approx([0.2 * (1 - 0.5 * 0.4), 0.2 * (1 - 0.5), 0.2])


def test_a_round_in_anger_rekindles_it() -> None:
    """Whoever sat there comes home harder; not where the round was missed or the group frozen, and not beyond 1."""
    changes = {
        "incidents": {"per_year": 0, "rekindling": 0.5, "fading": 0.0},
        "freezes": [{"groups": ["two"], "start": 2, "weeks": 1000}],
        "events": [{"date": 1, "kind": "disruption", "group": "one"}],
    }
    model = begin(quiet(changes | FOREVER, groups=("one", "two", "three"), weeks=6))
    for party in model.parties:
        for name, seat in party.seats.items():
            seat.hardening[:] = 0.3 if name == "three" else 0.1
    for _ in weeks_of(model):
        pass
    for party in model.parties:
        found = {name: seat.hardening[0] for name, seat in party.seats.items()}
        assert found == pytest.approx({"one": 0.1 * 1.5**5, "two": 0.1 * 1.5**2, "three": 1.0})


def test_a_round_that_ends_with_a_signature_hardens_nobody() -> None:
    changes = {
        "incidents": {"per_year": 0, "rekindling": 0.5, "fading": 0.0},
        "both.tactic": {"kind": "hold", "share": 0},
    }
    model = begin(quiet(changes))
    for party in model.parties:
        party.seats["table"].hardening[:] = 0.1
    model.step()
    assert model.groups["table"].signed.all()
    assert [party.seats["table"].hardening[0] for party in model.parties] == pytest.approx([0.1, 0.1])


# ---- agreements that are kept ----------------------------------------------------------------------------------------


def test_agreements_that_are_kept_build_trust_by_their_stake() -> None:
    changes = {
        "agreements.implementation": 0.02,
        "both.trust": 0.2,
        "both.tactic": {"kind": "time", "beta": 100},
        "working_groups.two.meets_every": 100,
        "working_groups.one.stakes": {"Ann": 3, "Ben": 1},
        "clock.hold_weeks": 10,
    }
    model = begin(quiet(changes, groups=("one", "two"), weeks=20))
    for week in weeks_of(model):
        assert model.groups["one"].in_force[0] == (week >= 1)
        for name, stake in (("Ann", 0.75), ("Ben", 0.5)):
            other = "Ben" if name == "Ann" else "Ann"
            kept = 1 - 0.8 * (1 - 0.02 * stake) ** max(week - 1, 0)
            assert model.parties_by_name[name].trust[other] == pytest.approx(kept)
