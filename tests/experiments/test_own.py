"""Measures of one's own: summed up, compared and swept like any other, in any number of processes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.answers.comparison_table import comparison_table
from sim.answers.summary import summary_table
from sim.measures import Measure, own_definition
from sim.statistics.paired import differences
from sim.statistics.summary import Sample, ShareCount
from sim.words.readings import reading
from tests.seldom import seldom

from .small import EFFORT, wells


def early(outcomes: pd.DataFrame) -> Any:
    """Settled within 20 weeks?"""
    return outcomes["settled_week"] < 20


def gap(outcomes: pd.DataFrame) -> Any:
    """How far apart the two parties end; NaN where they do not settle."""
    return (outcomes["utility.Upstream"] - outcomes["utility.Downstream"]).abs().where(outcomes["settled"])


OWN = {"early": early, "gap": gap}
MEASURES = (Measure(own_definition("early", "share")), Measure(own_definition("gap", "mean")))


def test_a_run_sums_them_up() -> None:
    results = sim.run(wells(), replications=60, measures=OWN)
    plain = sim.run(wells(), replications=60)
    assert results.measures == MEASURES
    assert results.summary["measures"] == {
        "early": ShareCount(int(early(plain.outcomes).sum()), 60).estimate(),
        "gap": Sample.of(gap(plain.outcomes).to_numpy()).estimate(),
    }
    assert {key: value for key, value in results.summary.items() if key != "measures"} == plain.summary
    assert results.outcomes.drop(columns=list(OWN)).equals(plain.outcomes)
    shown = summary_table(results.scenario, results.summary)
    assert all(name in shown for name in ("Measures of one's own", "early", "gap"))


def test_a_comparison_has_their_differences_in_pairs() -> None:
    other = sim.load(wells(), [f"{EFFORT}=0"])
    found = sim.compare(wells(), other, replications=60, measures=OWN)
    runs = [sim.run(each, replications=60, seed=wells().seed, measures=OWN) for each in (wells(), other)]
    wanted = differences(MEASURES, runs[0].outcomes, runs[1].outcomes)
    rows = found.differences[found.differences["measure"].isin(list(OWN))].drop(columns="scenario")
    pd.testing.assert_frame_equal(rows.reset_index(drop=True), wanted)
    table = comparison_table([wells(), other], found.names, found.summary)
    assert "Own measures, in points of 100\n  early" in table
    assert "Own measures\n  gap" in table
    assert {"early", "gap"} <= set(found.plot("compare").data.astype(str).stack())


@pytest.mark.parametrize("jobs", [1, seldom(2)])
def test_a_sweep_has_them_in_its_cells(jobs: int) -> None:
    found = sim.sweep(wells(), {EFFORT: [0, 1]}, replications=40, measures=OWN, jobs=jobs, keep_outcomes=True)
    assert found.measures == MEASURES
    assert found.outcomes is not None
    for number, effort in enumerate([0, 1]):
        one = sim.run(sim.load(wells(), [f"{EFFORT}={effort}"]), replications=40, measures=OWN)
        cell = found.cells.iloc[number]
        for name, kind in (("early", "share"), ("gap", "mean")):
            said = one.summary["measures"][name]
            assert tuple(cell[[name, f"{name}.low", f"{name}.high"]]) == (said[kind], said["low"], said["high"])
        kept = found.outcomes[found.outcomes["cell"] == number]
        np.testing.assert_array_equal(kept["early"], one.outcomes["early"])
    assert reading(found.scenario, "early", found.measures).title == "share of early"
    assert found.plot("sweep-lines", measure="gap").png


def test_a_question_may_be_about_one() -> None:
    results = sim.run(wells(), replications=150, measures=OWN)
    assert sim.sensitivity(results, "early").measure == "early"


def test_many_chunks_and_processes_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sim.run(wells(), replications=25, measures=OWN)
    for module in ("run", "cost"):
        monkeypatch.setattr(f"sim.experiments.{module}.CHUNK", 10)
    assert sim.run(wells(), replications=25, measures=OWN).summary == whole.summary


# ---- what is refused -------------------------------------------------------------------------------------------------

BAD: dict[str, tuple[Any, Any]] = {
    "'my measure' cannot name a measure": ("my measure", early),
    "has the name of a column that is there": ("settled", early),
    "gives a single one of values, but one number": ("own", lambda outcomes: 3),
    "gives 2 of values": ("own", lambda outcomes: [1, 2]),
    "gives values of type <U4": ("own", lambda outcomes: ["late"] * len(outcomes)),
    "gives an infinite number": ("own", lambda outcomes: np.full(len(outcomes), np.inf)),
}


@pytest.mark.parametrize("said", BAD)
def test_what_is_no_measure_is_refused(said: str) -> None:
    name, function = BAD[said]
    for ask in (sim.run, lambda *given, **more: sim.sweep(*given, {EFFORT: [0, 1]}, **more)):
        with pytest.raises(ValueError, match=said):
            ask(wells(), replications=5, measures={name: function})


def test_a_function_that_cannot_be_sent_is_named_before_anything_runs() -> None:
    with pytest.raises(ValueError, match=r"'own' cannot be sent to other processes .* write it with def"):
        sim.sweep(wells(), {EFFORT: [0, 1]}, replications=5, jobs=2, measures={"own": lambda table: table["settled"]})


def test_a_function_cannot_change_the_outcomes() -> None:
    def spoil(outcomes: pd.DataFrame) -> Any:
        outcomes["settled"] = True
        return outcomes["settled"]

    results = sim.run(wells(), replications=20, measures={"spoilt": spoil})
    assert results.summary["settled"] == sim.run(wells(), replications=20).summary["settled"]


# ---- paths -----------------------------------------------------------------------------------------------------------


def test_as_many_histories_are_followed_week_by_week_as_asked() -> None:
    assert set(sim.run(wells(), replications=20).paths["replication"]) == set(range(10))
    for count, first in ((17, 0), (3, 0), (0, 0), (17, 12)):
        found = sim.run(wells(), replications=20, first=first, paths=count).paths
        assert set(found["replication"]) == set(range(first, count))
    one, two = sim.compare(wells(), wells(), replications=20, paths=15).reference.paths, found
    assert (
        one[one["replication"] >= 12].reset_index(drop=True).equals(two[two["replication"] < 15].reset_index(drop=True))
    )
