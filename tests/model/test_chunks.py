"""Replication r is bit for bit the same alone, in any chunk, beside any others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.chance import BLOCK
from sim.experiments.simulate import Part, simulate
from sim.history import PATHS, TOLD
from sim.scenario import Scenario, load

from .worlds import CHOICES, SCENARIOS, THREE, TRADES, quiet, same

PIECES = [(0, 1), (1, 6), (7, 250), (257, 43)]
FEWER = [(0, 1), (1, 6), (7, 53)]  # drafts for three take their time

WILD: dict[str, Any] = {
    "both.reservation": {"mean": 0.35, "sd": 0.1},
    "both.weight_spread": 0.2,
    "both.knowledge": {"low": 0.0, "high": 0.6},
    "both.prejudice": 0.6,
    "both.trust": {"low": 0.1, "mode": 0.3, "high": 0.6},
    "both.doubt": 0.2,
    "both.doubt_own": 0.5,
    "both.absence": 0.15,
    "both.walkout": 2.0,
    "both.cost_of_no_deal": 0.08,
    "both.hurt_cap": 0.2,
    "both.face_saving": 0.4,
    "both.opposition": 0.3,
    "incidents": {"per_year": 4, "severity": 0.2, "spoilers": 0.5, "rekindling": 0.1},
    "frozen_week": {"by_trust": 0.5, "rumination": 0.05},
    "walkouts": {"weeks": 4, "after_incident": 1.0},
    "agreements": {"hazard": 0.02, "opposition_hardens": 0.02},
    "trust_dynamics": {"gain": 0.03, "loss": 0.09},
    "contacts": {"intensity": 0.5},
    "framework": [{"group": "two", "issue": "land", "settlement": {"low": 0.2, "high": 0.8}, "hold": 0.05}],
    "freezes": [
        {"groups": ["one"], "start": 6, "weeks": 4},
        {"groups": ["two"], "after": "incident", "severity": 0.2, "weeks": 3},
    ],
    "mediators": {
        "Med": {
            "effort": [{"from": 0, "effort": 0.5}, {"from": 15, "effort": 0.9}],
            "activities": {"shuttle": 2, "convene": 1, "draft": 2, "press": 1, "guarantee": 1},
            "bias": {"Ann": 0.4},
            "rivalry": 0.5,
            "candour": {"error": 0.1},
        },
        "Aid": {"effort": 0.3, "empty_reassurance": 0.4, "rivalry": 0.8, "activities": {"shuttle": 1, "draft": 3}},
    },
    "clock.hold_weeks": 15,
    "working_groups.one.exchanges": 3,
}
"""Every mechanism at once."""

TACTICS: dict[str, Any] = {
    "time": {"kind": "time", "beta": {"low": 0.3, "high": 2}},
    "exponential": {"kind": "exponential", "calendar": 0.5},
    "mirror": {"kind": "mirror", "window": 2},
    "relative_mirror": {"kind": "relative_mirror"},
    "resource": {"kind": "resource"},
    "zeuthen": {"kind": "zeuthen"},
    "hold": {"kind": "hold", "share": 0.5},
    "mix": {"kind": "mix", "parts": [{"tactic": {"kind": "time"}}, {"weight": 2, "tactic": {"kind": "mirror"}}]},
}


def wild(anns: str, bens: str, **more: Any) -> Scenario:
    tactics = {"parties.Ann.tactic": TACTICS[anns], "parties.Ben.tactic": TACTICS[bens]}
    return quiet(WILD | tactics | more, issues=TRADES | CHOICES, groups=("one", "two"), weeks=30)


def wild_three() -> Scenario:
    tactics = {
        f"parties.{name}.tactic": TACTICS[kind]
        for name, kind in (("Ann", "mix"), ("Ben", "zeuthen"), ("Cay", "relative_mirror"))
    }
    framework = {"framework": [{"group": "one", "issue": "land", "settlement": 0.5, "hold": 0.1}]}
    return quiet(
        WILD | tactics | framework,
        issues=THREE | {"toll": THREE_OPTIONS},
        parties=("Ann", "Ben", "Cay"),
        groups=("one", "two"),
        weeks=20,
    )


THREE_OPTIONS = {"options": {"low": {"Ann": 1.0, "Ben": 0.2, "Cay": 0.6}, "high": {"Ann": 0.1, "Ben": 0.9, "Cay": 0.5}}}

CASES = {
    "baseline": lambda: load(SCENARIOS / "baseline.yaml", ["clock.hold_weeks=20"]),
    "seminar": lambda: load(SCENARIOS / "seminar.yaml", ["clock.weeks=40", "clock.hold_weeks=10"]),
    "time and mirror": lambda: wild("time", "mirror"),
    "zeuthen and mix": lambda: wild("zeuthen", "mix", linkage="single_undertaking"),
    "exponential and resource": lambda: wild("exponential", "resource", linkage="sequence"),
    "relative mirror and hold": lambda: wild("relative_mirror", "hold"),
    "three": wild_three,
}


@pytest.mark.validate
@pytest.mark.parametrize("case", CASES)
def test_pieces_are_the_whole(case: str) -> None:
    spec, pieces = CASES[case](), FEWER if case == "three" else PIECES
    count = sum(count for _, count in pieces)
    whole = simulate(spec, 0, count)
    parts = [simulate(spec, first, count) for first, count in pieces]
    assert whole.outcomes["settled"].nunique() == 2 or case != "baseline"
    same(joined(parts, "outcomes"), whole.outcomes)
    same(joined(parts, "events"), whole.events)
    place = ["party", "week", "replication"]  # paths of a chunk are told party by party
    paths = joined(parts, "paths").sort_values(place, ignore_index=True)
    same(paths, whole.paths.sort_values(place, ignore_index=True))
    tally = parts[0].weekly
    for part in parts[1:]:
        tally = tally + part.weekly
    assert tally.replications == count
    assert tally.sums.keys() == whole.weekly.sums.keys()
    for key, sums in whole.weekly.sums.items():
        np.testing.assert_array_equal(tally.sums[key], sums, err_msg=str(key))
    for key, bins in whole.weekly.bins.items():
        np.testing.assert_array_equal(tally.bins[key], bins, err_msg=str(key))
    same(tally.table(), whole.weekly.table())


def test_a_chunk_may_begin_and_end_anywhere() -> None:
    """Numbers are drawn in blocks; a chunk that lies across two of them meets the same."""
    spec, first = wild("time", "zeuthen"), BLOCK - 3
    whole = simulate(spec, first, 6)
    parts = [simulate(spec, r, 1) for r in range(first, first + 6)]
    same(joined(parts, "outcomes"), whole.outcomes)


def joined(parts: list[Part], table: str) -> pd.DataFrame:
    filled = [getattr(part, table) for part in parts if len(getattr(part, table))]
    return pd.concat(filled, ignore_index=True)


def test_the_first_replications_are_told() -> None:
    part = simulate(wild("time", "time"), 0, TOLD + 30)
    assert sorted(part.events["replication"].unique()) == list(range(TOLD))
    assert sorted(part.paths["replication"].unique()) == list(range(PATHS))
    assert simulate(wild("time", "time"), TOLD, 3).events.empty


def test_another_seed_gives_other_histories() -> None:
    a, b = (simulate(wild("time", "time", seed=seed), 0, 50).outcomes for seed in (1, 2))
    assert not a["joint_utility"].equals(b["joint_utility"])
