"""Whole reports of figures, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sim.answers.results_protocol import Results
from sim.figures import registry
from sim.figures.canvas import Figure


def draw_all(results: Results, frontiers: Mapping[str, Any] | None = None) -> list[Figure]:
    """Every figure of a run's report."""
    return registry.draw_all(registry.RUN, registry.Shown.of(results, frontiers))


draw_comparison = partial(registry.draw_all, registry.COMPARISON)
draw_sweep = partial(registry.draw_all, registry.SWEEP)
