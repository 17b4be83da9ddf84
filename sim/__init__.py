"""Run peace talks a thousand times.

    scenario YAML -> Scenario -> NegotiationModel (agents) -> History -> outcomes table -> summary, figures, report

The house, from the ground up; a room knows only the floors below it:

    arrays, kinds         helpers for arrays with replications last; each kind of event with its words
    installed, readers    name and version; how a result is read by the rooms above the one that made it
    mesa_core             Mesa's agents and model, without the spaces that talks do not need
    terminal, spreadsheet what a person sees at a terminal besides results; CSV that spreadsheets take as it is
    chance, store         random numbers by purpose and week; results written whole or not at all
    bargaining/           the theory: preferences, concession tactics, offers, solutions
    scenario/             a file becomes a Scenario, or one report of all its errors
    domains/              domains of GENIUS, NegMAS and GeniusWeb become scenarios
    measures, measure_columns   each measure once: its unit, its words, whose it is; the columns that it stands in
    agents/, process/     who acts (parties, mediators, working groups); what happens around the table
    tally, history        what happened, counted for all replications and told for some
    model, outcomes       the week, line by line; one row a replication
    statistics/           `summary`, `paired` with intervals; which histories are typical; shares of mechanisms
    words/                language, once: numbers, dates, names and paths as people read them
    experiments/          many replications, in chunks and processes
    answers/              what a result says: sentences, tables for a terminal
    figures/, stories/    drawings; one history in sentences
    report/               pages for people, and how each result reads
    play/                 a person takes a seat: mediates, or negotiates for one party
    cli/, web/            the command `sim`; the classroom page

From Python:

    import sim
    results = sim.run("baseline", replications=1000)     # results.outcomes, results.summary, results.to_csv("folder")
    sim.compare("baseline", "cooling-off-4").differences # the same histories under both
    sim.sweep("baseline", {"mediators.Russia.effort": [0, 0.5, 1]}).cells
    sim.whatif("baseline", without=["mediators.Russia"]) # which histories would have ended otherwise
    sim.sensitivity(results), sim.explain(results)       # which uncertain number matters; from where failures come
    sim.blame("baseline", replications=200).shares       # what each mechanism takes away, in shares that add up
    print(sim.story("baseline", 3), sim.frontier("baseline"), sim.check("mine.yaml"))
    model = sim.NegotiationModel("baseline")             # a mesa.Model: model.step() is a week

Wherever a scenario goes, so does the path of its file, the name of one that ships, or what `sim.load` made of it.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.readers import READERS

if TYPE_CHECKING:
    from sim.experiments.blame import Blame, blame
    from sim.experiments.compare import Comparison, compare
    from sim.experiments.explain import Explanation, explain
    from sim.experiments.frontier import frontier
    from sim.experiments.run import Results, check, run
    from sim.experiments.sensitivity import sensitivity
    from sim.experiments.sweep import Sweep, sweep
    from sim.experiments.uncertain import Sensitivity
    from sim.experiments.whatif import WhatIf, whatif
    from sim.model import NegotiationModel
    from sim.scenario import Scenario, ScenarioError
    from sim.scenario.given import load
    from sim.stories.tell import story

    __version__: str

__all__ = [
    "Blame",
    "Comparison",
    "Explanation",
    "NegotiationModel",
    "Results",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Sweep",
    "WhatIf",
    "blame",
    "check",
    "compare",
    "explain",
    "frontier",
    "load",
    "run",
    "sensitivity",
    "story",
    "sweep",
    "whatif",
]

ROOMS = {
    "scenario": ("Scenario", "ScenarioError"),
    "scenario.given": ("load",),
    "model": ("NegotiationModel",),
    "experiments.run": ("Results", "check", "run"),
    "experiments.blame": ("Blame", "blame"),
    "experiments.compare": ("Comparison", "compare"),
    "experiments.whatif": ("WhatIf", "whatif"),
    "experiments.sweep": ("Sweep", "sweep"),
    "experiments.sensitivity": ("sensitivity",),
    "experiments.uncertain": ("Sensitivity",),
    "experiments.explain": ("Explanation", "explain"),
    "experiments.frontier": ("frontier",),
    "stories.tell": ("story",),
}
HOMES = {name: f"sim.{room}" for room, names in ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import sim` costs nothing."""
    if name == "__version__":
        return import_module("sim.installed").VERSION
    if name not in HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def _read(room: str, reader: str, *given: Any, **chosen: Any) -> Any:
    """A reader of results from a room above them."""
    return getattr(import_module(room), reader)(*given, **chosen)


READERS["text"] = partial(_read, "sim.report.readers", "text")
READERS["figure"] = partial(_read, "sim.report.readers", "figure")
READERS["sentences"] = partial(_read, "sim.answers.whatif_answer", "sentences")


def __dir__() -> list[str]:
    """What there is to use, whichever rooms happen to be open."""
    return [*__all__, "__version__"]
