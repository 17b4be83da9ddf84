"""One number for how a history ended, and where it stands among others.

A mediator's score adds up four parts, each 0 to 1, with the points of `MEDIATED`; a party's is what it has in the end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.play.game import Data

MEDIATED = {"agreed": 40, "held": 30, "fair": 20, "saved": 10}
MEDIATED_TEXT = (
    "40 × share of the chapters that agreed + 30 if a full settlement held + 20 × fairness (smaller gain / larger gain)"
    " + 10 × share of the effort for the talks that was not spent"
)
NEGOTIATED_TEXT = (
    "100 × what the whole process is worth to you: each chapter by its stake, one without agreement at your walk-away "
    "point as it was at the start"
)
SAME = 1e-9  # scores that differ by less are the same


def mediated(outcomes: pd.DataFrame, mediator: str, allowance: float) -> pd.DataFrame:
    """Parts (0..1) and `score` (0..100) of each history.

    allowance: mediator-weeks that the scenario gives the talks.
    """
    agreed = [column for column in outcomes if str(column).startswith("agreed.")]
    spent = outcomes[f"mediator_weeks.{mediator}"] / max(allowance, SAME)
    parts = pd.DataFrame(
        {
            "agreed": outcomes[agreed].mean(axis=1),
            "held": outcomes["lasting"].astype(float),
            "fair": outcomes["fairness"].fillna(0.0),
            "saved": np.clip(1 - spent, 0, 1),
        }
    )
    return parts.assign(score=sum(points * parts[part] for part, points in MEDIATED.items()))


def negotiated(outcomes: pd.DataFrame, party: str) -> Array:
    """Score (0..100) of each history for one party."""
    return 100 * outcomes[f"utility.{party}"].to_numpy()


def place(score: float, others: Array) -> Data:
    """Where a score stands among others: how many are better, the same, worse; `place` 1 is the best."""
    better, worse = int(np.sum(others > score + SAME)), int(np.sum(others < score - SAME))
    return {
        "scripted": len(others),
        "place": better + 1,
        "better": better,
        "same": len(others) - better - worse,
        "worse": worse,
        "scores": [round(float(x), 2) for x in np.sort(others)],
    }
