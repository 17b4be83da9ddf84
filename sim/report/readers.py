"""How a result reads, for whoever prints it or asks it for a figure: each class of result once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sim import figures, store
from sim.answers.comparison_table import comparison_table
from sim.answers.explain_table import explain_table
from sim.answers.sensitivity_table import sensitivity_table
from sim.answers.sweep_table import sweep_table
from sim.answers.table import summary_table
from sim.experiments.compare import Comparison
from sim.experiments.explain import Explanation
from sim.experiments.frontier import frontier
from sim.experiments.run import Results
from sim.experiments.sensitivity import Sensitivity
from sim.experiments.sweep import Sweep
from sim.experiments.whatif import WhatIf
from sim.figures.canvas import Figure
from sim.figures.sensitivity import sensitivity
from sim.stories.whatif_page import page


def text(result: Any) -> str:
    """A result as the command line prints it."""
    return TEXTS[type(result)](result)


def figure(result: Any, name: str, **chosen: Any) -> Figure:
    """One of the figures that a result has.  Errors: ValueError for a name that it has not."""
    known = FIGURES.get(type(result), {})
    if name not in known:
        raise ValueError(f"there is no figure {name!r} of this result: it has {', '.join(known) or 'none'}")
    return known[name](result, **chosen)


def _comparison(found: Comparison) -> str:
    scenarios = [run.scenario for run in (found.reference, *found.others)]
    return comparison_table(scenarios, found.names, store.plain_values(found.summary))


def _utility_space(results: Results, group: str, replication: int = 0) -> Figure:
    return figures.utility_space(results, replication, group, frontier(results.scenario)["groups"])


TEXTS: Mapping[type, Callable[[Any], str]] = {
    Results: lambda found: summary_table(found.scenario, found.summary),
    Comparison: _comparison,
    Sweep: partial(sweep_table, place=Path("cells")),
    Sensitivity: sensitivity_table,
    Explanation: explain_table,
    WhatIf: page,
}
FIGURES: Mapping[type, Mapping[str, Callable[..., Figure]]] = {
    Results: {
        "agreement": figures.agreement,
        "outcomes": figures.outcomes,
        "trust": figures.trust,
        "timeline": figures.timeline,
        "utility-space": _utility_space,
    },
    Comparison: {
        "compare": figures.compare,
        "saved-and-lost": figures.saved_and_lost,
        "compare-agreement": figures.compare_agreement,
    },
    Sweep: {"heatmap": figures.heatmap, "sweep-lines": figures.sweep_lines},
    Sensitivity: {"sensitivity": sensitivity},
}
