"""The simulator takes no side: two parties that are mirror images of each other fare alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.scenario import Scenario

from .worlds import results

MIRRORED: dict[str, Any] = {
    "name": "mirrored",
    "clock": {"weeks": 80, "hold_weeks": 0},
    "seed": 5,
    "parties": {
        name: {"reservation": {"mean": 0.4, "sd": 0.06}, "tactic": {"kind": "time", "beta": 0.6}, "weight_spread": 0.15}
        for name in ("First", "Second")
    },
    "mediators": {"Chair": {"effort": 0.6}},
    "working_groups": {
        "table": {
            "meets_every": 4,
            "issues": {
                "one": {"positions": {"First": 0, "Second": 1}, "weights": {"First": 60, "Second": 40}},
                "other": {"positions": {"First": 0, "Second": 1}, "weights": {"First": 40, "Second": 60}},
                "choice": {
                    "weights": {"First": 50, "Second": 50},
                    "options": {
                        "first": {"First": 1.0, "Second": 0.2},
                        "shared": {"First": 0.7, "Second": 0.7},
                        "second": {"First": 0.2, "Second": 1.0},
                    },
                },
            },
        }
    },
}


@pytest.mark.parametrize("knowledge", [0.1, 1.0])
def test_mirror_images_fare_alike(knowledge: float) -> None:
    """Who stands first in the file gains nothing by it: the mean difference is within four standard errors of zero."""
    parties = {name: party | {"knowledge": knowledge} for name, party in MIRRORED["parties"].items()}
    table = results(Scenario.model_validate(MIRRORED | {"parties": parties}), 3000)
    table = table[table["agreed.table"]]
    difference = table["text_utility.table.First"] - table["text_utility.table.Second"]
    assert len(table) > 1000
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(difference))
