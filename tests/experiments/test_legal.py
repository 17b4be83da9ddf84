"""Whatever legal file the schema allows: it runs without a warning, and what must hold always holds."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from sim.experiments.frontier import frontier
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario import Scenario, as_yaml, load_text
from sim.statistics.summary import summarise

from ..scenario.legal import scenarios

REPLICATIONS = 4
TOLERANCE = 1e-9
generated = partial(settings, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(autouse=True)
def warnings_are_errors() -> Iterator[None]:
    """Those of numpy and of Python."""
    with warnings.catch_warnings(), np.errstate(divide="raise", over="raise", invalid="raise"):
        warnings.simplefilter("error")
        yield


@generated(max_examples=15)
@given(scenarios())
def test_what_must_hold_holds_in_every_legal_scenario(text: str) -> None:
    holds(text)


@pytest.mark.validate
@generated(max_examples=300)
@given(scenarios())
def test_what_must_hold_holds_in_many_legal_scenarios(text: str) -> None:
    holds(text)
    json.dumps(frontier(load_text(text)), allow_nan=False)


def holds(text: str) -> None:
    """Run a scenario and look at all that comes of it."""
    scenario = load_text(text)
    table = played(scenario)
    nothing_is_beyond_its_bounds(scenario, table)
    json.dumps(summarise(scenario, table), allow_nan=False)
    again = load_text(as_yaml(scenario))
    assert again == scenario
    pd.testing.assert_frame_equal(played(again), table, check_exact=True)


def played(scenario: Scenario) -> pd.DataFrame:
    """The outcomes of a few histories, each week of which was looked at."""
    model = NegotiationModel(scenario, REPLICATIONS)
    while model.running:
        before = at_the_tables(model)
        model.step()
        trust_and_knowledge_are_shares(model)
        nobody_signs_what_is_worth_less_than_no_agreement(model, before)
    table = outcomes(model)
    model.history.events()
    model.release()
    return table


def trust_and_knowledge_are_shares(model: NegotiationModel) -> None:
    """So is the effort of mediators, and what pressure adds."""
    shares = [share for party in model.parties for share in (*party.trust.values(), *party.knowledge.values())]
    shares += [share for each in model.mediators for share in (each.effort, *each.knowledge.values())]
    shares += [model.mediation.pressure, *model.mediation.convening.values(), *model.mediation.guarantee.values()]
    for share in shares:
        assert ((share >= 0) & (share <= 1)).all()  # false for NaN too


def at_the_tables(model: NegotiationModel) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """What no agreement is worth to whom as the week begins, before this week's incident; and where all is signed."""
    return {
        (group.name, party.name): (
            party.seats[group.name].reservation - party.hurt + party.seats[group.name].hardening,
            group.signed.copy(),
        )
        for group in model.working_groups
        for party in group.members
    }


def nobody_signs_what_is_worth_less_than_no_agreement(model: NegotiationModel, before: dict) -> None:  # type: ignore[type-arg]
    """Only pressure makes somebody do that. What leaders signed together counts as one package, by stakes."""
    pressure, worst = model.mediation.pressure, model.incidents.severity
    packages = dict.fromkeys(model.parties_by_name, 0.0)
    for (name, party), (without, signed) in before.items():
        group = model.groups[name]
        worth, now = group.worth[party], group.signed & ~signed
        assert ((worth[now] >= 0) & (worth[now] <= 1)).all()
        least = np.clip(without + model.spec.incidents.hardening * worst, 0, 1)
        beyond = np.where(now, worth - least + pressure, 0.0)
        by_leaders = now & (group.package == model.week - 1)
        assert (beyond[~by_leaders] >= -TOLERANCE).all()
        stake = model.parties_by_name[party].seats[name].stake
        packages[party] = packages[party] + np.where(by_leaders, stake * beyond, 0.0)
    for gains in packages.values():
        assert (gains >= -TOLERANCE).all()


def nothing_is_beyond_its_bounds(scenario: Scenario, table: pd.DataFrame) -> None:
    """Utilities, trust and gaps are shares; what has a number in every history has one."""
    shares = [f"{name}.{party}" for name in ("utility", "trust") for party in scenario.parties]
    for column in (*shares, "joint_utility", *(f"mediator_weeks.{name}" for name in scenario.mediators)):
        assert table[column].notna().all(), column
    for group in scenario.working_groups:
        own = [f"text_utility.{group}.{party}" for party in scenario.group_parties(group)]
        for column in (*own, f"week.{group}"):
            assert (table[column].notna() == table[f"agreed.{group}"]).all(), column
        shares += [*own, f"nash_gap.{group}", f"pareto_gap.{group}"]
    for column in (*shares, "fairness"):
        assert table[column].dropna().between(0, 1).all(), (column, table[column].tolist())


TINY = """\
name: Shares too small to be divided
clock: {weeks: 26, hold_weeks: 0}
parties:
  Up:
    weight_spread: 2
    tactic: {kind: mix, parts: [{weight: W, tactic: {kind: time}}, {weight: W, tactic: {kind: hold}}]}
  Down: {}
mediators: {Envoy: {activities: {shuttle: W, draft: W}}}
working_groups:
  wells:
    stakes: {Up: W}
    issues:
      depth: {positions: {Up: 0, Down: 1}, weights: {Up: W, Down: 1}}
      width: {positions: {Up: 1, Down: 0}, weights: {Up: W}}
  roads:
    stakes: {Up: W}
    issues:
      toll: {positions: {Up: 0, Down: 1}}
"""


@pytest.mark.parametrize("weight", ["1e-320", "1e-300", "1e6", "{low: 1e-320, high: 1e-319}"])
def test_weights_are_shares_however_small_or_large(weight: str) -> None:
    scenario = load_text(TINY.replace(": W", f": {weight}"))
    nothing_is_beyond_its_bounds(scenario, played(scenario))
    if weight.startswith("1"):
        pd.testing.assert_frame_equal(played(scenario), played(load_text(TINY.replace(": W", ": 1"))))


TRADE = """\
name: Each leader gives one chapter away for the other
clock: {weeks: 12, hold_weeks: 0}
parties:
  Up: {reservation: 0.3, expected_rounds: 6}
  Down: {reservation: 0.3, expected_rounds: 6}
mediators: {}
working_groups:
  wells: {issues: {guard: {options: {ours: {Up: 1, Down: 0}, none: {Up: 0, Down: 0}}}}}
  roads: {issues: {toll: {options: {ours: {Up: 0, Down: 1}, none: {Up: 0, Down: 0}}}}}
leaders: {covers: [wells, roads], meets_every: 1}
"""


def test_a_package_of_leaders_may_hold_a_chapter_that_alone_is_worth_too_little() -> None:
    table = played(load_text(TRADE))
    assert (table["agreed.wells"] & (table["text_utility.wells.Down"] < 0.3)).any()
