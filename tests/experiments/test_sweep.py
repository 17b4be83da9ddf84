"""A sweep's cells are runs; the table is the same whoever computes it; what changes nothing is found."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.experiments.cost import CHUNK
from sim.experiments.design import Cell
from sim.experiments.run import Chunk
from sim.experiments.simulate import SMALL
from sim.experiments.sweep import sweep
from sim.experiments.sweep_work import Piece, batches
from sim.measures import measures
from sim.scenario import ScenarioError, as_yaml, load_text

from .small import EFFORT, INCIDENTS, LINKAGE, TEXT, swept, wells


def test_a_cell_is_the_run_of_the_same_settings() -> None:
    found = swept()
    for row, (effort, linkage) in enumerate(
        (effort, linkage) for effort in (0, 0.5, 1) for linkage in found.levels[LINKAGE]
    ):
        alone = sim.run(load_text(as_yaml(wells()), settings=[f"{EFFORT}={effort}", f"linkage={linkage}"]), told=0)
        cell = found.cells.iloc[row]
        assert (cell[EFFORT], cell[LINKAGE], cell["n"]) == (effort, linkage, 20)
        for measure in measures(alone.scenario):
            said = measure.of(alone.summary)
            for ending, part in (("", measure.kind), (".low", "low"), (".high", "high")):
                value = np.nan if said[part] is None else said[part]
                np.testing.assert_equal(cell[measure.column + ending], value, measure.column)
        pd.testing.assert_frame_equal(
            alone.outcomes, found.outcomes.query("cell == @row").drop(columns="cell").reset_index(drop=True)
        )


def test_the_table_of_cells_has_its_columns() -> None:
    paired = (".difference", ".difference.low", ".difference.high")
    expected = [EFFORT, LINKAGE, "n"]
    for measure in measures(wells()):
        expected += [measure.column + end for end in ("", ".low", ".high", *paired * (measure.kind == "share"))]
    assert list(swept().cells.columns) == expected
    assert (swept().paths, swept().replications, swept().seed) == ((EFFORT, LINKAGE), 20, 7)


def test_two_processes_find_what_one_does() -> None:
    vary = {EFFORT: "0:1:3", LINKAGE: ["independent", "sequence"]}
    pd.testing.assert_frame_equal(sweep(wells(), vary, jobs=2).cells, swept().cells, check_exact=True)


@given(
    st.lists(st.sampled_from([1, 10, 1_000, 2_000, CHUNK]), min_size=1, max_size=60),
    st.lists(st.integers(1, 30), min_size=1),
)
def test_batches_hold_each_piece_once_and_get_smaller_towards_the_end(sizes: list[int], workers: list[int]) -> None:
    """However many workers there are, and whoever comes and goes meanwhile."""
    pieces = [Piece(Cell(n, (), size, ""), Chunk(0, size)) for n, size in enumerate(sorted(sizes))]
    there, left = itertools.cycle(workers), sum(sizes)
    dealt: list[Piece] = []
    for batch in batches(pieces, lambda: next(there)):
        rows = sum(piece.chunk.count for piece in batch.pieces)
        assert len({piece.chunk for piece in batch.pieces}) == 1
        assert len(batch.pieces) == 1 or rows <= min(CHUNK, max(SMALL, left // min(workers)))
        dealt += batch.pieces
        left -= rows
    assert dealt == pieces


def test_there_are_more_batches_than_workers() -> None:
    pieces = [Piece(Cell(n, (), 1_000, ""), Chunk(0, 1_000)) for n in range(121)]
    assert [len(batch.pieces) for batch in batches(pieces, lambda: 1)] == [10] * 12 + [1]
    assert [len(batch.pieces) for batch in batches(pieces, lambda: 2)] == [10] * 11 + [5, 5, 1]
    assert len(list(batches(pieces, lambda: 20))) > 20


def test_a_path_that_changes_nothing_is_idle_and_no_other() -> None:
    assert swept().idle == (LINKAGE,)
    drawn = sweep(wells(), {"incidents.spoilers": [0, 0.5], INCIDENTS: [0]}, replications=5)
    assert drawn.idle == ("incidents.spoilers",)  # without incidents nobody spoils; one value alone changes nothing


def test_cells_that_differ_in_mediators_have_all_columns() -> None:
    found = sweep(wells(), {"mediators": [None, {"Envoy": {}, "Guest": {}}]}, replications=5, keep_outcomes=True)
    assert found.cells["mediators"].tolist() == [None, "{Envoy: {}, Guest: {}}"]
    assert np.isnan(found.cells["mediator_weeks.Guest"][0])
    assert found.cells["mediator_weeks.Guest"][1] > 0
    assert found.outcomes["mediator_weeks.Guest"].isna().tolist() == [True] * 5 + [False] * 5


@pytest.mark.validate
def test_a_cell_of_several_chunks_is_that_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = swept().cells
    monkeypatch.setattr("sim.experiments.run.SMALL", 8)
    monkeypatch.setattr("sim.experiments.run.CHUNK", 8)
    parts = sweep(wells(), {EFFORT: "0:1:3", LINKAGE: ["independent", "sequence"]}, keep_outcomes=True)
    pd.testing.assert_frame_equal(parts.cells, whole, check_exact=False, rtol=1e-12)
    pd.testing.assert_frame_equal(parts.outcomes, swept().outcomes)


def test_a_sample_has_a_row_a_cell() -> None:
    found = sweep(wells(), {EFFORT: "0:1", "clock.weeks": "20:30"}, sample=5, replications=4)
    assert found.levels == {}
    assert found.idle == ()
    assert found.cells["clock.weeks"].dtype == np.int64
    assert sorted((found.cells[EFFORT] * 5).astype(int)) == [0, 1, 2, 3, 4]


def test_what_the_scenario_says_is_swept_unless_more_is_said() -> None:
    scenario = load_text(TEXT + "sweep: {vary: {incidents.per_year: [0, 1]}, sample: 3}\n")
    assert len(sweep(scenario, replications=2).cells) == 3
    assert list(sweep(scenario, {INCIDENTS: np.linspace(0, 1, 2)}, replications=2).cells[INCIDENTS]) == [0, 1]
    assert sim.run(scenario, replications=3).summary == sim.run(wells(), replications=3).summary


@pytest.mark.parametrize(
    "value",
    [float("nan"), np.float64("nan"), np.float32("inf"), -float("inf"), {"mean": float("nan"), "sd": 0.1}, "nan"],
)
def test_what_is_no_number_is_refused_and_never_the_default(value: Any) -> None:
    for values in ([value, 0.2], [0.2, value]):
        with pytest.raises(ScenarioError, match=r"number"):
            sweep(wells(), {EFFORT: values}, replications=2)


def test_none_is_the_default_and_numpys_numbers_are_numbers() -> None:
    found = sweep(wells(), {EFFORT: [None, np.float64(0.25), *np.array([1])]}, replications=2).cells[EFFORT]
    assert found.isna().tolist() == [True, False, False]
    assert found[1:].tolist() == [0.25, 1]


@pytest.mark.parametrize("count", [float("nan"), float("inf"), 1.5])
def test_so_many_replications_cannot_be(count: Any) -> None:
    for ask in (
        lambda: sim.run(wells(), replications=count),
        lambda: sweep(wells(), {EFFORT: [0]}, replications=count),
    ):
        with pytest.raises(ValueError, match="whole number"):
            ask()
