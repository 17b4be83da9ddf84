"""Stored chunks: counts come back to the last bit, damage is found, what is finished is never computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sim.experiments import chunk_files
from sim.experiments.chunk_files import Chunks, Happened
from sim.experiments.design import of_scenario
from sim.experiments.sweep_work import Crew, SweepChunks
from sim.statistics.summary import Counted, Sample, ShareCount, WeekCounts

from .small import EFFORT, counting, swept, wells

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.integers(0, 10**9),
    arrays.arrays(np.float64, st.integers(0, 9), elements=finite),
    arrays.arrays(np.int64, st.integers(1, 9), elements=st.integers(0, 10**12)),
    finite,
)
def test_counts_come_back_to_the_last_bit(yes: int, values: Any, came: Any, total: float) -> None:
    many = Sample(10**7, total, abs(total), None)
    counts = {
        "a": ShareCount(yes, 10**9),
        "b": Sample(len(values), total, 0.0, values),
        "c": WeekCounts(came, 7),
        "d": many,
    }
    kept = chunk_files.read(chunk_files.written(Counted(7, counts), pd.DataFrame({"a": [True]}), "counted"))
    assert kept is not None
    assert kept.counted.replications == 7
    assert kept.counted.counts["a"] == counts["a"]
    assert kept.counted.counts["d"] == many
    assert kept.counted.counts["b"].values.tobytes() == values.tobytes()
    assert kept.counted.counts["c"].came.tobytes() == came.tobytes()
    assert kept.counted.counts["c"].came.dtype == np.int64


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_of_each_share_it_is_known_in_which_replications_it_came_about(came: list[bool], data: st.DataObject) -> None:
    counts = {"settled": ShareCount(sum(came), len(came)), "week": WeekCounts(np.array([1]), 1)}
    table = pd.DataFrame({"settled": came, "week": 1.0})
    kept = chunk_files.read(chunk_files.written(Counted(len(came), counts), table, "counted"))
    assert kept is not None
    few = data.draw(st.integers(1, len(came)))
    assert kept.came("settled", few).tolist() == came[:few]
    assert kept.came("lasting", few).tolist() == [False] * few
    assert set(kept.bits) == {"settled"}


def happened(table: dict[str, Any]) -> Happened:
    frame = pd.DataFrame(table)
    kept = chunk_files.read(chunk_files.written(Counted(len(frame), {}), frame, "counted"))
    assert kept is not None
    return kept.happened


def test_what_happened_is_compared_and_not_what_was_drawn() -> None:
    same = happened({"settled": [True, False], "week": [3.0, np.nan]})
    assert happened({"settled": [True, False], "week": [3.0, np.nan], "drawn.x": [1.0, 2.0]}).like(same)
    for other in (
        {"settled": [True, True], "week": [3.0, np.nan]},
        {"settled": [True, False], "week": [3.0, 4.0]},
        {"settled": [True, False], "week": [np.nan, 3.0]},
        {"settled": [True, False], "week": [4.0, np.nan]},
        {"settled": [True, False], "weak": [3.0, np.nan]},
        {"settled": [True, False]},
    ):
        assert not happened(other).like(same)


@given(st.integers(1, 400), st.integers(0, 2**32), st.sampled_from([1e-16, 1e-15, 1e-3, 1.0]))
def test_rounding_is_no_difference_and_a_thousandth_in_one_history_is(count: int, seed: int, change: float) -> None:
    """Whatever the numbers are: there is no edge at which two that are nearly the same are cut apart."""
    rng = np.random.default_rng(seed)
    weeks, utility = rng.integers(0, 156, count).astype(float), rng.random(count)
    same = happened({"week": weeks, "utility": utility})
    if change < 1e-9:
        assert happened({"week": weeks, "utility": utility + change * rng.choice([-1, 1], count)}).like(same)
        return
    there = np.arange(count) == rng.integers(count)
    assert not happened({"week": weeks, "utility": utility + change * there}).like(same)
    assert not happened({"week": weeks + there, "utility": utility}).like(same)
    if count > 1:
        swapped = np.roll(weeks, 1)
        assert happened({"week": swapped, "utility": utility}).like(same) == bool((swapped == weeks).all())


def test_a_cells_summary_is_stored_with_its_chunk() -> None:
    counts = {"a": Sample.of(np.arange(9.0)), "b": ShareCount(3, 9)}
    table = pd.DataFrame({"a": np.arange(9.0), "b": [True] * 3 + [False] * 6})
    kept = chunk_files.read(chunk_files.written(Counted(9, counts), table, "counted", cell=True))
    assert kept is not None
    assert kept.estimates == {name: tuple(count.estimate().values()) for name, count in counts.items()}
    assert (kept.counted.replications, kept.counted.counts) == (9, {})


def test_names_tell_all_apart_that_content_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        ("a", 0, 5, "counted"),
        ("b", 0, 5, "counted"),
        ("a", 5, 5, "counted"),
        ("a", 0, 6, "counted"),
        ("a", 0, 5, "whole"),
    ]
    names = {chunk_files.name_of(*each) for each in said}
    monkeypatch.setattr("sim.store.RULES", 99)
    names.add(chunk_files.name_of(*said[0]))
    assert len(names) == len(said) + 1


@given(st.data())
def test_one_flipped_bit_anywhere_is_found(data: st.DataObject) -> None:
    content = chunk_files.written(Counted(1, {"a": ShareCount(1, 2)}), pd.DataFrame({"a": [True]}), "whole")
    at = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = bytearray(content)
    flipped[at // 8] ^= 1 << at % 8
    assert chunk_files.read(content) is not None
    assert chunk_files.read(bytes(flipped)) is None
    assert chunk_files.read(content[: at // 8]) is None


# ---- in a folder -----------------------------------------------------------------------------------------------------


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by the first replication of each chunk that is simulated."""
    return counting(monkeypatch)


def carried_out(folder: Path) -> pd.DataFrame:
    made = of_scenario(wells(), {EFFORT: "0:1:3", "linkage": ["independent", "sequence"]}, None)
    chunks = SweepChunks(made, Chunks(folder), "counted")
    chunks.look_at_cells(lambda share: None)
    return chunks.carry_out(Crew(), lambda share: None).table


def test_what_is_stored_is_not_computed_again(tmp_path: Path, simulated: list[int]) -> None:
    carried_out(tmp_path)
    assert len(simulated) == len(list(tmp_path.iterdir())) == 6
    lost = sorted(tmp_path.iterdir())[2]
    lost.rename(tmp_path / f"{lost.name}.123.part")  # as it lies there when its writer was killed
    again = carried_out(tmp_path)
    assert len(simulated) == 7
    assert len(list(tmp_path.iterdir())) == 6
    pd.testing.assert_frame_equal(again, swept().cells, check_exact=True)


def test_a_damaged_chunk_is_said_and_computed_again(
    tmp_path: Path, simulated: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    carried_out(tmp_path)
    path = sorted(tmp_path.iterdir())[3]
    good = path.read_bytes()
    path.write_bytes(good[:200] + bytes([good[200] ^ 4]) + good[201:])
    again = carried_out(tmp_path)
    assert len(simulated) == 7
    assert str(path) in capsys.readouterr().err
    assert path.read_bytes() == good
    pd.testing.assert_frame_equal(again, swept().cells, check_exact=True)
