"""Scenarios at the ends of what is allowed run without a warning, and every utility stays within 0 and 1."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.arrays import to_scale
from sim.bargaining.preferences import bounded
from sim.bargaining.tactics import TACTICS
from sim.experiments.frontier import frontier
from sim.experiments.simulate import Part, simulate
from sim.scenario import Scenario, load, load_text
from sim.scenario.to_bargaining import at_means, stakes_of, weights_of
from tests.seldom import one_in

FOUND = Path(__file__).parents[1] / "found"
WEIGHTS = (0.0, 1e-320, 1e-300, 1e-9, 1.0, 1e6)
LEAST = 1e-320


def end(rng: random.Random, low: float, high: float) -> float:
    """A number at an end of its range, near it, or anywhere."""
    return rng.choice([low, high, low + (high - low) * 1e-9, (low + high) / 2, rng.uniform(low, high)])


def tactic(rng: random.Random, parts: bool = True) -> dict[str, Any]:
    kind = rng.choice([kind for kind in TACTICS if parts or kind != "mix"])
    if kind == "mix":
        mixed = [{"weight": rng.choice(WEIGHTS[1:]), "tactic": tactic(rng, parts=False)} for _ in range(2)]
        return {"kind": "mix", "parts": mixed}
    found: dict[str, Any] = {"kind": kind}
    for each in fields(TACTICS[kind]):
        number = end(rng, each.metadata["low"], each.metadata["high"])
        found[each.name] = round(number) if each.type == "int" else number
    return found


RANGES = {
    "reservation": 1, "trust": 1, "knowledge": 1, "prejudice": 3, "weight_spread": 2, "cost_of_no_deal": 1,
    "hurt_cap": 1, "absence": 1, "walkout": 52, "doubt": 1, "face_saving": 1, "face_saving_margin": 1, "opposition": 1,
}  # fmt: skip


def party(rng: random.Random) -> dict[str, Any]:
    numbers = {key: end(rng, 0, high) for key, high in RANGES.items()}
    return {**numbers, "tactic": tactic(rng), "expected_rounds": end(rng, 1, 1000)}


def issue(rng: random.Random, names: list[str]) -> dict[str, Any]:
    weights = {name: rng.choice(WEIGHTS) for name in names}
    if rng.random() < 0.6:
        return {"positions": {n: rng.choice([0, 1, 0.5, 1e-310, rng.random()]) for n in names}, "weights": weights}
    options = {f"v{n}": {name: end(rng, 0, 1) for name in names} for n in range(rng.choice([2, 3, 5]))}
    return {"options": options, "weights": weights}


def group(rng: random.Random, names: list[str]) -> dict[str, Any]:
    issues = {f"i{n}": issue(rng, names) for n in range(rng.choice([1, 2, 3]))}
    for name in names:
        if not any(each["weights"][name] for each in issues.values()):
            issues["i0"]["weights"][name] = LEAST
    stakes = {name: rng.choice(WEIGHTS[1:]) for name in names}
    every = rng.choice([1, 3, 260])
    return {"issues": issues, "meets_every": every, "exchanges": rng.choice([1, 2, 4]), "stakes": stakes}


def mediator(rng: random.Random) -> dict[str, Any]:
    activities = ("shuttle", "convene", "draft", "press", "guarantee")
    return {
        "effort": end(rng, 0, 1),
        "activities": {activity: rng.choice(WEIGHTS[1:]) for activity in activities},
        "draft_rate": end(rng, 0, 20),
        "leverage": end(rng, 0, 1),
        "credibility": end(rng, 0, 1),
        "bias": end(rng, -1, 1),
    }


STEEP = ("ratification", "trust", "slack", "guarantee", "pressure", "breadth", "aging", "aftershock")


def extreme(seed: int) -> Scenario:
    """A scenario with all its numbers at the ends."""
    rng = random.Random(seed)
    names = [f"p{n}" for n in range(rng.choice([2, 2, 3, 4]))]
    steepness = {key: rng.choice([0, 20]) for key in STEEP} | {"together": rng.choice([0, 1])}
    data = {
        "name": "extreme",
        "clock": {"weeks": rng.choice([1, 12, 30]), "hold_weeks": rng.choice([0, 5])},
        "parties": {name: party(rng) for name in names},
        "mediators": {f"m{n}": mediator(rng) for n in range(rng.choice([0, 1, 2]))},
        "working_groups": {f"g{n}": group(rng, names) for n in range(rng.choice([1, 1, 2]))},
        "incidents": {"per_year": rng.choice([0, 52]), "severity": end(rng, 0.01, 0.9), "hardening": end(rng, 0, 1)},
        "agreements": steepness,
        "linkage": rng.choice(["independent", "sequence", "single_undertaking"]),
    }
    return load_text(json.dumps(data))


def utilities(part: Part) -> np.ndarray:
    """All of them, of outcomes and of what was told."""
    tables = (part.outcomes, part.events)
    return np.concatenate(
        [table[name].dropna() for table in tables for name in table if str(name).startswith("utility.")]
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", one_in(2, range(40)))
def test_extremes_run_without_a_warning_and_utilities_stay_within_0_and_1(seed: int) -> None:
    scenario = extreme(seed)
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        part, found = simulate(scenario, 0, 8), frontier(scenario)
    there = [utilities(part)]
    for each in found["groups"].values():
        there += [np.array(list(corner.values())) for corner in each["pareto"]]
    assert np.concatenate(there).min() >= 0
    assert np.concatenate(there).max() <= 1


@pytest.mark.filterwarnings("error")
def test_tiny_weights_are_shares_like_others() -> None:
    path = FOUND / "tiny-weights.yaml"
    tiny, plain = load(path), load(path, ["working_groups.wells.issues.depth.weights.Up=1"])
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        one, other = (simulate(scenario, 0, 50) for scenario in (tiny, plain))
    assert one.outcomes.equals(other.outcomes)


def test_shares_do_not_depend_on_the_scale_by_a_bit() -> None:
    weights = np.array([0.3, 0.7, 0.11])
    shares = np.array(to_scale(list(weights))) / sum(to_scale(list(weights)))
    assert shares.tolist() == (weights / sum(weights.tolist())).tolist()
    assert to_scale([0.0, 0.0]) == [1.0, 1.0]
    assert max(to_scale([1e-320, 3e-320])) >= 0.5
    several = to_scale([np.array([1e-320, 4.0]), 0.0])
    assert several[0].tolist() == [pytest.approx(0.988, abs=1e-3), 0.5]
    assert np.all(several[1] == 0)


def test_weights_and_stakes_of_a_scenario_are_on_such_a_scale() -> None:
    spec = at_means(load(FOUND / "tiny-weights.yaml", ["working_groups.wells.stakes={Up: 1e-320}"]))
    assert 0.5 <= weights_of(spec, "wells", "Up")["depth"] <= 1
    assert stakes_of(spec, "Up") == {"wells": 1.0}


def test_last_bits_beyond_the_ends_are_cut_but_not_what_leaving_a_commitment_costs() -> None:
    assert bounded(np.array([1 + 2**-52, -1e-17, -0.2, 0.4])).tolist() == [1.0, 0.0, -0.2, 0.4]
