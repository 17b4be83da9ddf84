"""What could be agreed in a group: packages spread over its issues, and what each is worth to the parties.

At the scenario's means, the framework's cost included. Every combination of options appears while there are
no more than packages asked for, else some by lot; scales are sampled by
a Halton sequence pressed towards their ends, because the interesting packages give issues away whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.bargaining.preferences import split
from sim.scenario.draw import at_means
from sim.scenario.to_bargaining import agenda_of, preferences_of

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

SAMPLE = 3000


def sample(scenario: Scenario, group: str, count: int = SAMPLE) -> pd.DataFrame:
    """Utilities of about so many packages: a column `utility.PARTY` for each party of the group."""
    spec = at_means(scenario)
    agenda = agenda_of(spec, group)
    every = agenda.combinations
    numbers = np.arange(count) % every if every <= count else np.random.default_rng(0).integers(every, size=count)
    choices = split(numbers, agenda.counts)
    width = len(agenda.scales)
    points = qmc.Halton(width, scramble=False).random(count).T if width else np.zeros((0, count))
    settled = {issue: (1 - np.cos(np.pi * x)) / 2 for issue, x in zip(agenda.scales, points, strict=True)}
    settled |= {issue: chosen.astype(float) for issue, chosen in zip(agenda.options, choices, strict=True)}
    package = agenda.package(settled)
    return pd.DataFrame(
        {
            f"utility.{party}": preferences_of(spec, group, party, agenda).utility(package)
            for party in scenario.group_parties(group)
        }
    ).drop_duplicates(ignore_index=True)  # fmt: skip
