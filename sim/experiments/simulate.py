"""The smallest piece of a run: a block of replications, simulated together.

What a replication does depends on the scenario, the seed and its number alone, so blocks may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.bargaining.tactics import Tactic
from sim.chance import Chance
from sim.experiments.cost import rows_at_once
from sim.history import PATHS, TOLD
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario.schema import Scenario
from sim.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

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
    on_week: Callable[[float], None] | None = None,
    chance: Chance | None = None,
) -> Part:
    """Run replications `first .. first + count - 1` to the horizon; `on_week` hears how many weeks of them have passed.

    `chance` is their luck, if not their own: then all are run at once. Else as many as there is room for in memory, and
    the rest after them.
    """
    parts = []
    for block in blocks(first, count, count if chance is not None else rows_at_once(scenario)):
        model = NegotiationModel(
            scenario, len(block), first=block.start, tactics=tactics, told=told, paths=paths, chance=chance
        )
        while model.running:
            model.step()
            if on_week is not None:
                on_week(((block.start - first) * scenario.weeks + len(block) * model.week) / count)
        parts.append(Part(outcomes(model), model.history.tally, model.history.events(), model.history.paths()))
        model.release()
    return together(parts)


def blocks(first: int, count: int, most: int) -> list[range]:
    """Replications first .. first + count - 1, so many at once at the most."""
    return [range(low, min(low + most, first + count)) for low in range(first, first + count, most)]


def together(parts: Sequence[Part]) -> Part:
    """Blocks that follow each other as one."""
    if len(parts) == 1:
        return parts[0]
    weekly = parts[0].weekly
    for part in parts[1:]:
        weekly = weekly + part.weekly
    outcomes, events, paths = (joined([getattr(p, name) for p in parts]) for name in ("outcomes", "events", "paths"))
    order = np.lexsort((paths["replication"], paths["week"], paths["party"].factorize()[0]))
    return Part(outcomes, weekly, events, paths.iloc[order].reset_index(drop=True))


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The tables below one another; empty ones would only blur the types of columns."""
    import pandas as pd

    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True)
