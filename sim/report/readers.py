"""How a result reads, for whoever prints it or asks it for a figure: each class of result once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sim import store
from sim.answers.blame_table import blame_table
from sim.answers.comparison_table import comparison_table
from sim.answers.explain_table import explain_table
from sim.answers.sensitivity_table import sensitivity_table
from sim.answers.summary import summary_table
from sim.answers.sweep_answer import sweep_table
from sim.experiments.blame import Blame
from sim.experiments.compare import Comparison
from sim.experiments.explain import Explanation
from sim.experiments.frontier import frontier
from sim.experiments.run import Results
from sim.experiments.sweep import Sweep
from sim.experiments.uncertain import Sensitivity
from sim.experiments.whatif import WhatIf
from sim.figures import registry
from sim.figures.canvas import Figure
from sim.stories.side_by_side import page


def text(result: Any) -> str:
    """A result as the command line prints it."""
    return TEXTS[type(result)](result)


def figure(result: Any, name: str, **chosen: Any) -> Figure:
    """One of the figures that a result has.  Errors: ValueError for a name that it has not."""
    known = {entry.name: entry.draw for entry in registry.figures_of(FIGURES.get(type(result), {}))}
    if name not in known:
        raise ValueError(f"there is no figure {name!r} of this result: it has {', '.join(known) or 'none'}")
    if name == "utility-space":
        chosen = {"replication": 0, "frontiers": frontier(result.scenario)["groups"], **chosen}
    return known[name](result, **chosen)


def _comparison(found: Comparison) -> str:
    scenarios = [run.scenario for run in (found.reference, *found.others)]
    return comparison_table(scenarios, found.names, store.plain_values(found.summary))


TEXTS: Mapping[type, Callable[[Any], str]] = {
    Results: lambda found: summary_table(found.scenario, found.summary),
    Comparison: _comparison,
    Sweep: partial(sweep_table, place=Path("cells")),
    Sensitivity: sensitivity_table,
    Explanation: explain_table,
    Blame: blame_table,
    WhatIf: page,
}
FIGURES: Mapping[type, dict[str, registry.Entry]] = {
    Results: registry.RUN,
    Comparison: registry.COMPARISON,
    Sweep: registry.SWEEP,
    Sensitivity: registry.SENSITIVITY,
    Blame: registry.BLAME,
}
