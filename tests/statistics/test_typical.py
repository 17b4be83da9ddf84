"""Which histories are shown is a rule, not a choice."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim.statistics.typical import choose


def results(settled: list[int | None], joint: list[float], told: int | None = None) -> SimpleNamespace:
    weeks = [np.nan if week is None else float(week) for week in settled]
    outcomes = pd.DataFrame(
        {
            "replication": range(len(weeks)), "settled": ~np.isnan(weeks), "settled_week": weeks,
            "agreed.a": [week is not None or value > 1 for week, value in zip(settled, joint, strict=True)],
            "joint_utility": joint,
        }
    )  # fmt: skip
    return SimpleNamespace(outcomes=outcomes, events=pd.DataFrame({"replication": range(told or len(weeks))}))


def test_where_most_settle_the_typical_one_is_nearest_to_the_median_week() -> None:
    chosen = choose(results([10, 50, 30, 90, None, None], [1, 1, 1, 1, 0.8, 0.9]))
    assert (chosen.typical, chosen.typical_settled) == (
        1,
        True,
    )  # median 40: 50 and 30 are as near, the lower number wins
    assert chosen.other == 4


def test_where_few_settle_the_typical_one_is_of_the_commonest_pattern() -> None:
    chosen = choose(results([20, None, None, None, None], [1.2, 1.5, 0.6, 0.8, 0.7]))
    assert (chosen.typical, chosen.typical_settled) == (4, False)  # not agreed: 0.6, 0.8, 0.7
    assert chosen.other == 0


def test_replication_0_can_be_typical() -> None:
    assert choose(results([40, 10, 90], [1, 1, 1])).typical == 0


def test_only_told_replications_are_shown() -> None:
    chosen = choose(results([10, 20, 60, 60, 60], [1, 1, 1, 1, 1], told=2))
    assert chosen.typical == 1
    assert chosen.other is None


def test_where_no_settled_one_is_told_an_unsettled_one_is_typical() -> None:
    chosen = choose(results([None, 60, 60], [0.8, 1, 1], told=1))
    assert (chosen.typical, chosen.typical_settled, chosen.other) == (0, False, None)
