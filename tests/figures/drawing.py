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
    return every(registry.RUN, registry.Shown.of(results, frontiers))


def every(figures: dict[str, registry.Entry], result: Any) -> list[Figure]:
    """Every figure of a report, in the order in which it shows them.  result: of a run, `Shown`"""
    return [figure for entry in registry.figures_of(figures) for figure in entry.reported(result)]


draw_comparison = partial(every, registry.COMPARISON)
draw_sweep = partial(every, registry.SWEEP)
