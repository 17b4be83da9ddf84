"""The smallest piece of a run: a block of replications, simulated together.

What a replication does depends on the scenario, the seed and its number alone, so blocks may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
    if chance is not None:
        return _at_once(scenario, first, count, tactics, told, paths, on_week, chance)
    parts = []
    for block in blocks(first, count, rows_at_once(scenario)):
        before, share = (block.start - first) / count, len(block) / count
        passed = on_week and partial(_passed, on_week, before * scenario.weeks, share)
        parts.append(_at_once(scenario, block.start, len(block), tactics, told, paths, passed, None))
    return together(parts)


def blocks(first: int, count: int, most: int) -> list[range]:
    """Replications first .. first + count - 1, so many at once at the most."""
    return [range(low, min(low + most, first + count)) for low in range(first, first + count, most)]


def _at_once(
    scenario: Scenario,
    first: int,
    count: int,
    tactics: Mapping[str, Tactic] | None,
    told: int,
    paths: int,
    on_week: Callable[[float], None] | None,
    chance: Chance | None,
) -> Part:
    model = NegotiationModel(scenario, count, first=first, tactics=tactics, told=told, paths=paths, chance=chance)
    while model.running:
        model.step()
        if on_week is not None:
            on_week(model.week)
    part = Part(outcomes(model), model.history.tally, model.history.events(), model.history.paths())
    model.release()
    return part


def _passed(on_week: Callable[[float], None], before: float, share: float, week: float) -> None:
    on_week(before + share * week)


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
