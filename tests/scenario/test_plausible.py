"""Which numbers of scenarios are uncertain, and what stands in their place in a model."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario import Scenario, counterfactual, load
from sim.scenario.numbers import Normal, Triangular, Uniform
from sim.scenario.plausible import Constant, constants, in_models


def by_path(*scenarios: Scenario) -> dict[str, Constant]:
    return {constant.path: constant for constant in constants(*scenarios)}


def test_a_number_has_the_range_of_its_key() -> None:
    found = by_path(load("baseline"))
    assert (found["incidents.fading"].low, found["incidents.fading"].high) == (0.005, 0.15)
    assert (found["parties.Armenia.reservation"].low, found["parties.Armenia.reservation"].high) == (0.25, 0.65)
    stakes = found["working_groups.treaty.stakes.Armenia"]
    assert (stakes.low, stakes.high) == (0.2, 0.8)  # half and twice what the file says


@pytest.mark.parametrize("path", ["clock.weeks", "replications", "seed", "working_groups.treaty.exchanges"])
def test_what_has_no_plausible_range_is_no_constant(path: str) -> None:
    assert path not in by_path(load("baseline"))


def test_the_number_of_the_file_is_plausible() -> None:
    found = by_path(load("baseline", ["incidents.fading=0.4"]))
    assert found["incidents.fading"].high == 0.4


def test_a_file_narrows_and_widens() -> None:
    found = by_path(load("baseline", ["plausible={incidents.fading: [0.01, 0.02], incidents.hardening: [0.3, 0.3]}"]))
    assert (found["incidents.fading"].low, found["incidents.fading"].high) == (0.01, 0.02)
    assert "incidents.hardening" not in found


@pytest.mark.parametrize(
    ("setting", "gone", "there"),
    [
        ("incidents.fading=0.1", "incidents.fading", "incidents.hardening"),
        ("parties.Armenia.tactic={kind: mirror}", "parties.Armenia.tactic.beta", "parties.Azerbaijan.tactic.beta"),
        ("parties.Armenia.trust={Azerbaijan: 0.2}", "parties.Armenia.trust", "parties.Azerbaijan.trust"),
        ("parties.Armenia.reservation=0.44", "parties.Armenia.reservation", "parties.Azerbaijan.reservation"),
        ("framework=[]", "framework[0].hold", "mediators.Russia.learning"),
        ("framework[0].hold=0.1", "framework[0].hold", "framework[1].hold"),
    ],
)
def test_what_scenarios_vary_is_no_constant(setting: str, gone: str, there: str) -> None:
    reference, other = load("baseline"), load("baseline", [setting])
    assert {gone, there} <= set(by_path(reference))
    for pair in ((reference, other), (other, reference), (reference, reference, other)):
        found = by_path(*pair)
        assert gone not in found
        assert there in found


def test_what_only_one_has_is_drawn_there() -> None:
    reference = load("baseline")
    alone = counterfactual("baseline", ["mediators.Russia"]).scenario
    found = constants(reference, alone)
    assert "mediators.Russia.learning" in {constant.path for constant in found}
    values = np.array([[constant.high for constant in found]])
    assert "Russia" not in in_models(alone, found, values, 1).mediators
    assert in_models(reference, found, values, 1).mediators["Russia"].learning == pytest.approx(0.3)


def test_ranges_go_with_what_they_are_of() -> None:
    """A but-for question takes away a range together with what bears the number."""
    setting = "plausible={mediators.Russia.learning: [0.1, 0.2], incidents.fading: [0.01, 0.02]}"
    without = counterfactual("baseline", ["mediators.Russia"], [setting]).scenario
    assert list(without.plausible) in (["incidents.fading"], ["mediators.Russia.learning", "incidents.fading"])


def test_models_stand_in_turn_for_so_many_rows() -> None:
    scenario = load("baseline")
    found = [each for each in constants(scenario) if each.path == "incidents.fading"]
    made = in_models(scenario, found, np.array([[0.01], [0.05]]), 3)
    assert np.array_equal(made.incidents.fading, [0.01] * 3 + [0.05] * 3)
    assert made.incidents.hardening == scenario.incidents.hardening


@pytest.mark.parametrize(
    "value", [Normal(0.4, 0.1, 0, 1), Uniform(0.2, 0.6), Triangular(0.2, 0.4, 0.6), Triangular(0.4, 0.4, 0.4)]
)
def test_a_distribution_moves_to_its_new_mean(value: Normal | Uniform | Triangular) -> None:
    constant = Constant(("x",), value, 0.3, 0.5, 0.0, 1.0)
    u = np.array([0.2, 0.5, 0.9, 0.2, 0.5, 0.9])
    moved = constant.at(np.array([value.mean] * 3 + [value.mean + 0.1] * 3)).quantile(u)
    assert moved[:3] == pytest.approx(value.quantile(u[:3]))
    assert moved[3:] - moved[:3] == pytest.approx([0.1] * 3)


def test_a_moved_distribution_stays_in_the_range_of_its_key() -> None:
    constant = Constant(("x",), Uniform(0.2, 0.6), 0.1, 0.9, 0.0, 1.0)
    moved = constant.at(np.array([0.1, 0.9])).quantile(np.array([0.0, 0.999]))
    assert moved.min() >= 0
    assert moved.max() <= 1
