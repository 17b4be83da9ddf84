"""What could be agreed in a group: packages spread over its issues, and what each is worth to the parties.

At the scenario's means, the framework's cost included. Every combination of options appears; scales are sampled by
a Halton sequence pressed towards their ends, because the interesting packages give issues away whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.scenario.agenda import agenda_of, preferences_of
from sim.scenario.realise import at_means

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

SAMPLE = 3000


def sample(scenario: Scenario, group: str, count: int = SAMPLE) -> pd.DataFrame:
    """Utilities of about so many packages: a column `utility.PARTY` for each party of the group."""
    spec = at_means(scenario)
    agenda = agenda_of(spec, group)
    choices = np.arange(count) % agenda.combinations.shape[1]
    width = len(agenda.scales)
    points = qmc.Halton(width, scramble=False).random(count).T if width else np.zeros((0, count))
    settled = {issue: (1 - np.cos(np.pi * x)) / 2 for issue, x in zip(agenda.scales, points, strict=True)}
    settled |= {
        issue: row[choices].astype(float) for issue, row in zip(agenda.options, agenda.combinations, strict=True)
    }
    package = agenda.package(settled)
    return pd.DataFrame(
        {
            f"utility.{party}": preferences_of(spec, group, party, agenda).utility(package)
            for party in scenario.group_parties(group)
        }
    ).drop_duplicates(ignore_index=True)  # fmt: skip
