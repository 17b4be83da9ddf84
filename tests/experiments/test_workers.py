"""Processes that take too much are ended, and replaced; the others go on. Bounds are of work: no clock is watched."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from sim.experiments.workers import Bounds, TooMuch, Unwanted, WorkerDied, Workers
from tests.seldom import seldom

from .greedy import do

MIB = 2**20
SMALL = Bounds(seconds=1.0, memory=400 * MIB)


@pytest.fixture
def two() -> Iterator[Workers[str, str]]:
    workers: Workers[str, str] = Workers(do, 2, SMALL)
    yield workers
    workers.stop()


@pytest.mark.parametrize(
    ("item", "bounds", "what"),
    [
        seldom("think without end", Bounds(seconds=1.0), "time"),
        ("remember too much", Bounds(memory=400 * MIB), "memory"),
    ],
)
def test_what_takes_too_much_is_ended_and_its_neighbours_go_on(item: str, bounds: Bounds, what: str) -> None:
    two: Workers[str, str] = Workers(do, 2, bounds)
    with ThreadPoolExecutor(4) as threads:
        greedy = threads.submit(two.work, item)
        assert [two.work(f"item {n}") for n in range(20)] == [f"item {n}" for n in range(20)]
        with pytest.raises(TooMuch) as error:
            greedy.result(60)
    assert error.value.what == what
    assert sorted(two.work(f"item {n}") for n in range(4)) == [f"item {n}" for n in range(4)]
    two.stop()


def test_what_nobody_waits_for_is_ended(two: Workers[str, str]) -> None:
    asked: list[bool] = []

    def wanted() -> bool:
        asked.append(len(asked) < 5)
        return asked[-1]

    with pytest.raises(Unwanted):
        two.work("sleep without end", wanted)
    assert asked[-1] is False
    assert two.work("x") == "x"


def test_an_item_that_kills_its_process_is_tried_again_and_then_named(two: Workers[str, str], tmp_path: Path) -> None:
    survives = f"die once: {tmp_path / 'mark'}"
    assert two.work(survives) == survives
    with pytest.raises(WorkerDied, match="die"):
        two.work("die")
    assert two.work("x") == "x"


def test_what_an_item_raises_is_heard_and_ends_nobody() -> None:
    workers: Workers[str, str] = Workers(do, 1, SMALL)
    process = workers.work("who")
    with pytest.raises(ValueError, match="no"):
        workers.work("fail")
    assert workers.work("who") == process
    workers.stop()


def test_who_has_grown_large_is_replaced_before_the_next_item_pays_for_it() -> None:
    workers: Workers[str, str] = Workers(do, 1, Bounds(memory=600 * MIB))
    grown = workers.work("keep 350")
    assert workers.work("who") != grown
    workers.stop()


def test_nobody_is_left_when_they_are_stopped_in_the_middle() -> None:
    workers: Workers[str, str] = Workers(do, 2, SMALL)
    there = [psutil.Process(int(workers.work("who")))]
    with ThreadPoolExecutor(2) as threads:
        asleep = threads.submit(workers.work, "sleep without end")
        there.append(psutil.Process(int(workers.work("who"))))
        workers.stop()
        assert asleep.exception(60) is not None
    _, alive = psutil.wait_procs(there, timeout=60)
    assert not alive
