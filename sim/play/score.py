"""What a person's orders changed, in points, and its place among others.

A history has points for how it ended: a mediator's add up four parts, each 0 to 1, with the weights of `MEDIATED`; a
party's are what it has in the end. The score is the points of the game less those of its *idle twin*, the same history
under the same chance in which the person did nothing (a mediator) or left everything to the delegation (a party).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.arrays import Array
from sim.play.game import Data

MEDIATED = {"agreed": 40, "held": 30, "fair": 20, "saved": 10}
MEDIATED_TEXT = (
    "40 × share of the chapters that agreed + 30 if a full settlement held + 20 × fairness (smaller gain / larger gain)"
    " + 10 × share of the effort for the talks that was not spent; less the same of the idle twin"
)
NEGOTIATED_TEXT = (
    "100 × what the whole process is worth to you: each chapter by its stake, one without agreement at your walk-away "
    "point as it was at the start; less the same of the history in which the delegation decides everything"
)
SAME = 1e-9  # scores that differ by less are the same


def mediated(outcomes: pd.DataFrame, spent: Array, allowance: float) -> pd.DataFrame:
    """Parts (0..1) and `points` (0..100) of each history.

    spent (R,): mediator-weeks that went into the talks; allowance: those that the scenario gives them. What is kept up
    after signature is not charged: it is what holds an agreement together.
    """
    agreed = [column for column in outcomes if str(column).startswith("agreed.")]
    parts = pd.DataFrame(
        {
            "agreed": outcomes[agreed].mean(axis=1),
            "held": outcomes["lasting"].astype(float),
            "fair": outcomes["fairness"].fillna(0.0),
            "saved": np.clip(1 - spent / max(allowance, SAME), 0, 1),
        }
    )
    return parts.assign(points=sum(points * parts[part] for part, points in MEDIATED.items()))


def negotiated(outcomes: pd.DataFrame, party: str) -> Array:
    """Points (0..100) of each history for one party."""
    return 100 * outcomes[f"utility.{party}"].to_numpy()


def mean(changed: Array) -> Data:
    """Mean of what the same orders changed in H histories (H,), with Student's 95 % interval."""
    count = len(changed)
    half = float(stdtrit(count - 1, 0.975) * changed.std(ddof=1) / np.sqrt(count))
    middle = float(changed.mean())
    return {"mean": middle, "low": middle - half, "high": middle + half, "histories": count}


def place(score: float, others: Array) -> Data:
    """Where a score stands among others: how many are better, the same, worse; `place` 1 is the best."""
    better, worse = int(np.sum(others > score + SAME)), int(np.sum(others < score - SAME))
    return {
        "mine": score,
        "scripted": len(others),
        "place": better + 1,
        "better": better,
        "same": len(others) - better - worse,
        "worse": worse,
        "scores": [round(float(x), 2) for x in np.sort(others)],
    }
