"""A scenario that runs in a moment, and sweeps of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from sim.experiments.sweep import Sweep, sweep
from sim.scenario import Scenario, load_text
from tests.cli.conftest import SMALL

TEXT = SMALL.replace("weeks: 24, hold_weeks: 4", "weeks: 30, hold_weeks: 5").replace(
    "replications: 40", "replications: 20"
)
EFFORT, LINKAGE, INCIDENTS = "mediators.Envoy.effort", "linkage", "incidents.per_year"


@cache
def wells() -> Scenario:
    return load_text(TEXT)


@cache
def swept() -> Sweep:
    """Six cells, in this process, with all outcomes; linkage changes nothing where there is one chapter only."""
    return sweep(wells(), {EFFORT: "0:1:3", LINKAGE: ["independent", "sequence"]}, keep_outcomes=True)


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each chunk that is simulated from here on."""
    from sim.experiments.simulate import each_of

    heard: list[int] = []

    def listening(variants: Any, first: int, count: int) -> Any:
        heard.extend([first] * len(variants))
        return each_of(variants, first, count)

    monkeypatch.setattr("sim.experiments.sweep_work.each_of", listening)
    return heard
