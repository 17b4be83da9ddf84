"""Differences between the cells of a sweep are those of a comparison, and chance alone tells nothing apart."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.answers.sweep_answer import answer
from sim.experiments.apart import Apart, at_once
from sim.experiments.sweep import Sweep, sweep
from sim.scenario import as_yaml, load_text
from sim.statistics.paired import PairCounts

from .small import EFFORT, INCIDENTS, LINKAGE, TEXT, swept, wells

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHARES = ("settled", "lasting", "agreed.wells", "collapsed.wells", "broken_off.wells")


def came(found: Sweep, cell: int, column: str = "settled") -> np.ndarray:
    assert found.outcomes is not None
    return found.outcomes.loc[found.outcomes["cell"] == cell, column].to_numpy(float)


def test_each_cell_stands_beside_the_reference_as_a_comparison_has_it() -> None:
    """The cell of the scenario's own values is the reference: effort 0.5, whatever the linkage is the first."""
    found = swept()
    texts = [as_yaml(load_text(as_yaml(wells()), settings=[f"{EFFORT}={effort}"])) for effort in (0.5, 0, 1)]
    compared = sim.compare(*map(load_text, texts), told=0)
    for column in SHARES:
        rows = compared.differences
        rows = rows[(rows["measure"] + np.where(rows["group"] == "", "", ".") + rows["group"]) == column]
        for cell, (_, row) in zip((0, 4), rows.iterrows(), strict=True):
            parts = [found.cells[f"{column}.difference{edge}"][cell] for edge in ("", ".low", ".high")]
            assert parts == pytest.approx([row["difference"], row["low"], row["high"]], abs=1e-12)
    assert (found.cells.loc[2, [f"settled.difference{edge}" for edge in ("", ".low", ".high")]] == 0).all()


def test_without_the_scenarios_own_cell_the_first_is_the_reference_and_a_sample_has_none() -> None:
    found = sweep(wells(), {EFFORT: [0.1, 0.9]}, replications=4).cells
    assert found["settled.difference.high"][0] == 0 < found["settled.difference.high"][1]
    drawn = sweep(wells(), {EFFORT: "0:1"}, sample=3, replications=4)
    assert "settled.difference" not in drawn.cells
    assert drawn.apart["settled"].ends is None


def test_ends_and_extremes_are_pairs_of_cells() -> None:
    found = sweep(wells(), {EFFORT: [1, 0, 0.5]}, replications=60, keep_outcomes=True)
    told = found.apart["settled"]
    assert told.ends is not None
    assert (told.ends.lower, told.ends.upper) == (1, 0)
    pair = PairCounts.of(came(found, 1), came(found, 0))
    assert (told.ends.difference, told.ends.low, told.ends.high) == (pair.difference, *pair.interval)
    shares = [came(found, cell).mean() for cell in range(3)]
    assert (told.extremes.lower, told.extremes.upper) == (int(np.argmin(shares)), int(np.argmax(shares)))
    assert told.extremes.low < pair.interval[0]
    assert at_once(0.05, 1) == pytest.approx(1.959964)
    assert at_once(0.05, 1770) == pytest.approx(4.19, abs=0.01)


def test_a_setting_is_worth_the_mean_of_its_cells_history_by_history() -> None:
    found = sweep(wells(), {EFFORT: [0, 1], INCIDENTS: [0, 3, 6]}, replications=80, keep_outcomes=True)
    grid = np.array([came(found, cell) for cell in range(6)]).reshape(2, 3, -1)
    for each in found.apart["settled"].settings:
        axis = (EFFORT, INCIDENTS).index(each.path)
        levels = grid.mean(axis=1 - axis)
        change = levels[each.upper] - levels[each.lower]
        assert each.difference == pytest.approx(change.mean())
        half = at_once(0.025, 1 + 3) * change.std() / np.sqrt(80)
        assert (each.low, each.high) == pytest.approx((each.difference - half, each.difference + half))
    assert answer(found).count("On average over the other settings") == 1


def test_pairs_of_chunks_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    vary = {EFFORT: [0, 1], INCIDENTS: [0, 3]}
    whole = sweep(wells(), vary)
    monkeypatch.setattr("sim.experiments.run.SMALL", 8)
    monkeypatch.setattr("sim.experiments.run.CHUNK", 8)
    parts = sweep(wells(), vary)
    assert parts.apart == whole.apart
    names = [name for name in whole.cells if ".difference" in name]
    assert parts.cells[names].equals(whole.cells[names])


def test_cells_of_different_length_are_paired_as_far_as_both_go() -> None:
    found = sweep(wells(), {"replications": [10, 30]}, keep_outcomes=True)
    assert found.cells["n"].tolist() == [10, 30]
    assert found.cells["settled.difference"].tolist() == [0, 0]
    assert found.cells["settled.difference.high"][1] > 0.2


def test_what_is_told_is_read_as_it_was_written() -> None:
    for each in swept().apart.values():
        assert Apart.of(json.loads(json.dumps(asdict(each)))) == each


def test_a_share_that_only_some_cells_have_is_told_of_these() -> None:
    found = sweep(load_text(TEXT), {LINKAGE: ["independent", "sequence"]}, replications=6)
    assert found.apart["settled"].extremes.difference == 0
    assert found.idle == (LINKAGE,)
    assert answer(found).endswith("changes nothing: every history is the same whatever its value.")


@pytest.mark.validate
def test_a_sweep_says_what_a_comparison_says() -> None:
    """Four weeks of cooling off against none, where they raise the share that settles."""
    scenario = sim.load(SCENARIOS / "mechanisms-off-cooling-off-4.yaml")
    found = sweep(scenario, {"freezes[0].weeks": [0, 4]}, replications=300)
    compared = sim.compare(sim.load(SCENARIOS / "mechanisms-off.yaml"), scenario, replications=300, told=0)
    ends, row = found.apart["settled"].ends, compared.differences.iloc[0]
    assert ends is not None
    assert (ends.difference, ends.low, ends.high) == pytest.approx((row["difference"], row["low"], row["high"]))
    assert "rises from" in answer(found)
