"""A thousand scripted players under the same chance: each of them is a run of the scenario that could be made alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.chance import WINDOW, Chance
from sim.play import among, score
from sim.play.same_chance import SameChance
from tests.play.games import begin, read

SHORT = ("clock.hold_weeks=13",)


@pytest.mark.parametrize("replication", [0, 3, 700])
def test_every_row_meets_what_the_replication_meets(replication: int) -> None:
    own, same = Chance(7, replication, 1), SameChance(7, replication).wide(3)
    here = np.array([2, 0])
    for week in (0, 1, WINDOW - 1, WINDOW, 5 * WINDOW, 3):  # back and forth: a game is played again and again
        number = own.week("incident", week)[0]
        assert same.week("incident", week).tolist() == [number] * 3
        assert same.week("incident", week, here).tolist() == [number] * 2
    for rows in (1, 4):
        assert (same.once("drawn.x", rows) == own.once("drawn.x", rows)).all()
    assert same.once("drawn.x", 4).shape == (4, 3)


def test_a_hypercube_fills_every_stratum_once_and_stays_what_it_is() -> None:
    for column in among.latin(50, 4):
        assert sorted((column * 50).astype(int)) == list(range(50))
    assert np.array_equal(among.latin(50, 4), among.latin(50, 4))


def test_a_scripted_mediator_is_a_run_of_the_scenario_with_its_plan() -> None:
    replication, weeks = 4, 52
    game = begin("mediator", "seminar", *SHORT, replication=replication)
    table = among.mediators(game.setup, "Chair", allowance=0.6 * weeks, count=40)
    for row in (0, 17, 39):
        plan = table.iloc[row]
        starts = zip((0, weeks // 3, 2 * weeks // 3), ("early", "middle", "late"), strict=True)
        steps = ", ".join(f"{{from: {week}, effort: {float(plan[third])!r}}}" for week, third in starts)
        shares = ", ".join(f"{activity}: {float(plan[activity])!r}" for activity in among.ACTIVITIES)
        plan_of = (f"mediators.Chair.effort=[{steps}]", f"mediators.Chair.activities={{{shares}}}")
        alone = sim.run(read("seminar", *SHORT, *plan_of), 1, first=replication).outcomes
        same = table[alone.columns].iloc[[row]].reset_index(drop=True)
        pd.testing.assert_frame_equal(same.drop(columns="replication"), alone.drop(columns="replication"))


def test_scripted_mediators_spend_no_more_than_the_scenario_gives() -> None:
    game = begin("mediator", "seminar", "clock.hold_weeks=0")
    table = among.mediators(game.setup, "Chair", allowance=0.6 * 52, count=60)
    assert table["mediator_weeks.Chair"].max() <= 0.6 * 52 + 0.6
    assert table["mediator_weeks.Chair"].min() < 0.1 * 52
    assert (table[list(among.ACTIVITIES)].sum(axis=1) - 1).abs().max() < 1e-12


def test_a_scripted_party_is_a_run_of_the_scenario_with_its_tactic() -> None:
    game = begin("party", "seminar", *SHORT, replication=2)
    table = among.parties(game.setup, "Uplake", count=40)
    for row in (3, 30):
        plan = table.iloc[row]
        settings = (
            f"parties.Uplake.tactic={{kind: time, beta: {float(plan['beta'])!r}}}",
            f"parties.Uplake.expected_rounds={float(plan['expected_rounds'])!r}",
        )
        alone = sim.run(read("seminar", *SHORT, *settings), 1, first=2).outcomes
        same = table[alone.columns].iloc[[row]].reset_index(drop=True)
        pd.testing.assert_frame_equal(same.drop(columns="replication"), alone.drop(columns="replication"))


def test_half_way_is_when_a_party_has_given_way_by_half() -> None:
    table = among.parties(begin("party", "two-conceders").setup, "Ann", count=20)
    elapsed = table["half_way"] / table["expected_rounds"]
    assert np.allclose(1 - elapsed ** (1 / table["beta"]), 0.5)


def test_a_place_counts_who_is_better_the_same_and_worse() -> None:
    place = score.place(5.0, np.array([1.0, 5.0, 5.0 + 1e-12, 7.0, 9.0, 2.0]))
    assert (place["better"], place["same"], place["worse"], place["place"]) == (2, 2, 2, 3)
    assert place["scores"] == sorted(place["scores"])


def test_a_mediators_score_adds_up_as_its_text_says() -> None:
    table = pd.DataFrame(
        {
            "agreed.a": [True, False],
            "agreed.b": [True, True],
            "lasting": [True, False],
            "fairness": [0.5, np.nan],
            "mediator_weeks.M": [30.0, 80.0],
        }
    )
    scored = score.mediated(table, "M", 60.0)
    assert scored["score"].tolist() == pytest.approx([40 + 30 + 10 + 5, 20])
    for part, points in score.MEDIATED.items():
        assert f"{points} " in score.MEDIATED_TEXT, part
