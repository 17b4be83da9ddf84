"""The smallest piece of a run: a block of replications, simulated together.

What a replication does depends on the scenario, the seed and its number alone, so blocks may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.bargaining.tactics import Tactic
from sim.chance import Chance
from sim.history import PATHS, TOLD
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario.schema import Scenario
from sim.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 10_240  # replications at once, at the most: little overhead, and memory that does not grow
SMALL = 5_120  # below this a process of its own is not worth starting


@dataclass(frozen=True)
class Part:
    """Tables of one block: outcomes of each replication, the tally of all, events and paths of the told ones."""

    outcomes: pd.DataFrame
    weekly: Tally
    events: pd.DataFrame
    paths: pd.DataFrame


def simulate(
    scenario: Scenario,
    first: int,
    count: int,
    tactics: Mapping[str, Tactic] | None = None,
    told: int = TOLD,
    paths: int = PATHS,
    on_week: Callable[[int], None] | None = None,
    chance: Chance | None = None,
) -> Part:
    """Run replications `first .. first + count - 1` to the horizon; `on_week` hears each week that has passed.

    `chance` is their luck, if not their own.
    """
    model = NegotiationModel(scenario, count, first=first, tactics=tactics, told=told, paths=paths, chance=chance)
    while model.running:
        model.step()
        if on_week is not None:
            on_week(model.week)
    part = Part(outcomes(model), model.history.tally, model.history.events(), model.history.paths())
    model.release()
    return part
