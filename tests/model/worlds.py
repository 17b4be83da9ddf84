"""Small worlds in which everything is off; each test switches on the one mechanism that it is about.

A world is a scenario as plain data, so that a test says what it changes by path: `quiet({"parties.Ann.trust": 0.4})`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.bargaining.tactics import Tactic
from sim.bargaining.view import View
from sim.history import TOLD
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"

Data = dict[str, Any]
Changes = Mapping[str, Any]

CALM: Data = {
    "reservation": 0.2,
    "tactic": {"kind": "time", "beta": 1.0},
    "expected_rounds": 10,
    "trust": 0.0,
    "knowledge": 1.0,
    "prejudice": 0.0,
    "weight_spread": 0.0,
    "cost_of_no_deal": 0.0,
    "hurt_cap": 0.0,
    "absence": 0.0,
    "walkout": 0.0,
    "doubt": 0.0,
    "doubt_own": 0.0,
    "face_saving": 0.0,
    "face_saving_margin": 0.0,
    "opposition": 0.0,
}
ALONE: Data = {"together": 0.0, "breadth": 0.0, "aging": 0.0, "aftershock": 1.0, "renegotiation": 0.0}
"""Each agreement breaks down as if it were alone, new or old, and none is taken up again after the talks."""

STILL: Data = {
    "contacts": {"intensity": 0.0},
    "incidents": {"per_year": 0, "while_frozen": 1},
    "trust_dynamics": {"gain": 0.0, "loss": 0.0, "fading": 0.0},
    "frozen_week": {"rehardening": 0.0, "estrangement": 0.0, "cooling": 0.0, "forgetting": 0.0},
    "agreements": {"hazard": 0.0, "implementation": 0.0, **ALONE},
}
IDLE: Data = {"effort": 0.5, "activities": {"shuttle": 0, "convene": 0, "draft": 0, "press": 0, "guarantee": 0}}
NEVER: Data = {"kind": "hold", "share": 1.0}
"""A tactic with which nothing is ever signed."""

PIE: Data = {"pie": {"positions": {"Ann": 0.0, "Ben": 1.0}}}
TRADES: Data = {
    "land": {"positions": {"Ann": 0.0, "Ben": 1.0}, "weights": {"Ann": 4, "Ben": 1}},
    "water": {"positions": {"Ann": 1.0, "Ben": 0.0}, "weights": {"Ann": 1, "Ben": 2}},
    "roads": {"positions": {"Ann": 0.2, "Ben": 0.9}, "weights": {"Ann": 2, "Ben": 2}},
    "ports": {"positions": {"Ann": 0.0, "Ben": 1.0}, "weights": {"Ann": 1, "Ben": 3}},
}
CHOICES: Data = {
    "court": {
        "options": {
            "ours": {"Ann": 1.0, "Ben": 0.1},
            "both": {"Ann": 0.7, "Ben": 0.6},
            "yours": {"Ann": 0.0, "Ben": 1.0},
        },
        "weights": {"Ann": 1, "Ben": 3},
    },
    "toll": {
        "options": {
            "none": {"Ann": 0.9, "Ben": 0.2},
            "low": {"Ann": 0.8, "Ben": 0.5},
            "high": {"Ann": 0.1, "Ben": 1.0},
        },
        "weights": {"Ann": 2, "Ben": 1},
    },
}
THREE: Data = {
    "land": {"positions": {"Ann": 0.0, "Ben": 1.0, "Cay": 0.4}, "weights": {"Ann": 3, "Ben": 1, "Cay": 1}},
    "water": {"positions": {"Ann": 1.0, "Ben": 0.0, "Cay": 0.5}, "weights": {"Ann": 1, "Ben": 2, "Cay": 4}},
    "roads": {"positions": {"Ann": 0.5, "Ben": 0.2, "Cay": 1.0}, "weights": {"Ann": 1, "Ben": 3, "Cay": 1}},
}


def quiet_data(
    issues: Data | None = None,
    parties: tuple[str, ...] = ("Ann", "Ben"),
    groups: tuple[str, ...] = ("table",),
    weeks: int = 30,
) -> Data:
    """A world as data: `parties` meet every week in `groups`, each about the same `issues`; all else is off."""
    group = {"meets_every": 1, "exchanges": 1, "issues": PIE if issues is None else issues}
    return {
        "name": "quiet",
        "clock": {"weeks": weeks, "hold_weeks": 0},
        "seed": 11,
        "parties": {name: deepcopy(CALM) for name in parties},
        "working_groups": {name: deepcopy(group) for name in groups},
        "walkouts": {"after_incident": 0.0, "breaking_off": 0.0},
        **deepcopy(STILL),
    }


def changed(data: Data, changes: Changes) -> Data:
    """The same data with other values at some paths; what a path leads through is made where it is missing.

    `both.<key>` changes every party alike.
    """
    data = deepcopy(data)
    for path, value in changes.items():
        head, _, key = path.partition(".")
        for place in [f"parties.{name}.{key}" for name in data["parties"]] if head == "both" else [path]:
            _put(data, place.split("."), deepcopy(value))
    return data


def _put(node: Data, way: list[str], value: Any) -> None:
    for step in way[:-1]:
        node = node.setdefault(step, {})
    node[way[-1]] = value


def scenario(data: Data, changes: Changes | None = None) -> Scenario:
    """A world with changes."""
    return Scenario.model_validate(changed(data, changes or {}))


def quiet(changes: Changes | None = None, **shape: Any) -> Scenario:
    """A quiet world (see `quiet_data`), changed."""
    return scenario(quiet_data(**shape), changes)


def mediator(changes: Changes | None = None, **activities: float) -> Data:
    """A mediator that does only these activities, at half its capacity."""
    return {**IDLE, "activities": {**IDLE["activities"], **activities}, **(changes or {})}


@dataclass(frozen=True)
class Script:
    """A tactic of one's own that reads from a list what to ask for in each round; the last entry stays.

    Of parties that expect `rounds` rounds.
    """

    asks: tuple[float, ...]
    rounds: int = 10

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        number = np.rint(view.elapsed * self.rounds).astype(int)
        return np.array(self.asks)[np.minimum(number, len(self.asks) - 1)]


# ---- running ---------------------------------------------------------------------------------------------------------


def begin(
    spec: Scenario,
    replications: int = 1,
    first: int = 0,
    seed: int | None = None,
    tactics: Mapping[str, Tactic] | None = None,
    told: int = TOLD,
) -> NegotiationModel:
    """A model before its first week."""
    return NegotiationModel(spec, replications, seed=seed, first=first, tactics=tactics, told=told)


def weeks_of(model: NegotiationModel) -> Iterator[int]:
    """Every week of the model, each after it has passed."""
    while model.running:
        model.step()
        yield model.week - 1


def play(
    spec: Scenario,
    replications: int = 1,
    first: int = 0,
    seed: int | None = None,
    tactics: Mapping[str, Tactic] | None = None,
    told: int = TOLD,
) -> NegotiationModel:
    """A model at its horizon."""
    model = begin(spec, replications, first, seed, tactics, told)
    for _ in weeks_of(model):
        pass
    return model


def results(spec: Scenario, replications: int = 1, seed: int | None = None) -> pd.DataFrame:
    """The outcomes of a scenario."""
    return outcomes(play(spec, replications, seed=seed))


def told(model: NegotiationModel, kind: str) -> pd.DataFrame:
    """The told events of a kind."""
    events = model.history.events()
    return events[events["kind"] == kind]


# ---- looking ---------------------------------------------------------------------------------------------------------


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Both tables are the same bit for bit, in the same order."""
    pd.testing.assert_frame_equal(a, b, check_exact=True)


def shared(a: pd.DataFrame, b: pd.DataFrame) -> list[str]:
    """The columns that both tables have."""
    return [column for column in a.columns if column in b.columns]


def state(model: NegotiationModel) -> dict[str, Any]:
    """Everything that can change from week to week, as arrays by name: to compare two models week by week."""
    found: dict[str, Any] = {
        "severity": model.incidents.severity,
        "walkouts": model.counters["walkouts"],
        "since": model.agreements.since,
    }
    for name, party in model.parties_by_name.items():
        found[f"{name}.hurt"] = party.hurt
        found |= {f"{name}.trust.{other}": trust for other, trust in party.trust.items()}
        found |= {f"{name}.knowledge.{other}": known for other, known in party.knowledge.items()}
        for group, seat in party.seats.items():
            found |= {f"{name}.{group}.asked": seat.asked, f"{name}.{group}.hardening": seat.hardening}
            found[f"{name}.{group}.offered"] = seat.offered
    for name, group in model.groups.items():
        for what in (
            "clock",
            "waited",
            "rounds",
            "opened",
            "frozen",
            "signed",
            "in_force",
            "disruptions",
            "frozen_weeks",
            "week_agreed",
        ):
            found[f"{name}.{what}"] = getattr(group, what)
        found |= {f"{name}.offer.{party}": offer.levels for party, offer in group.offers.items()}
        found[f"{name}.text"] = group.text.levels
    return {name: np.array(value, copy=True) for name, value in found.items()}


def agree(a: dict[str, Any], b: dict[str, Any], but: tuple[str, ...] = ()) -> None:
    """Two states are the same bit for bit, but for what contains one of the words `but`."""
    assert a.keys() == b.keys()
    for name, value in a.items():
        if not any(word in name for word in but):
            np.testing.assert_array_equal(value, b[name], err_msg=name)


def outcomes_of(model: NegotiationModel) -> pd.DataFrame:
    """The outcomes of a model at its horizon."""
    return outcomes(model)
