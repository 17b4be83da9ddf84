"""Run peace talks a thousand times.

    scenario YAML -> Scenario -> NegotiationModel (agents) -> History -> outcomes table -> summary, figures, report

The house, from the ground up; a room knows only the floors below it:

    chance, arrays        random numbers by purpose and week; helpers for arrays with replications last
    installed             the distribution's name and version
    mesa_core             Mesa's agents and model, without the spaces that talks do not need
    bargaining/           the theory: preferences, concession tactics, offers, solutions
    scenario/             a file becomes a Scenario, or one report of all its errors
    agents/, process/     who acts (parties, mediators, working groups); what happens around the table
    history, tally        what happened, told for some replications and counted for all
    model, outcomes       the week, in eight lines; one row a replication; `summary`, `paired` with intervals
    experiments/, store   many replications, in chunks and processes; results written whole or not at all
    play/                 a person takes a seat: mediates, or negotiates for one party
    report/               figures, story, pages
    cli/, web/            the command `sim`; the classroom page

From Python:

    import sim
    scenario = sim.load("scenarios/baseline.yaml")
    results = sim.run(scenario, replications=1000)   # results.outcomes, results.summary
    longer = sim.load("scenarios/cooling-off-12.yaml")
    sim.compare(scenario, longer).differences        # the same histories under both
    sim.sweep(scenario, {"mediators.Russia.effort": [0, 0.5, 1]}).cells
    model = sim.NegotiationModel(scenario)           # a mesa.Model: model.step() is a week
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.compare import compare
    from sim.experiments.run import run
    from sim.experiments.sweep import sweep
    from sim.model import NegotiationModel
    from sim.scenario import load

__all__ = ["NegotiationModel", "compare", "load", "run", "sweep"]

HOMES = {
    "load": "sim.scenario",
    "run": "sim.experiments.run",
    "compare": "sim.experiments.compare",
    "sweep": "sim.experiments.sweep",
    "NegotiationModel": "sim.model",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import sim` costs nothing."""
    if name not in HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
