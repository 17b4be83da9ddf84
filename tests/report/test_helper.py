"""The second process that draws: the same files whoever draws them, and all of them whatever becomes of it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from sim.figures import registry
from sim.figures.canvas import Figure
from sim.report import helper
from sim.report.helper import Helper, helped, shared
from tests.figures import synthetic

PATIENCE = 120


@pytest.fixture(scope="module")
def shown() -> registry.Shown:
    registry.opened()
    return registry.Shown.of(synthetic.results(synthetic.scenario(["A", "B"], ["g"], []), 20))


@pytest.fixture
def at_hand() -> Iterator[Helper]:
    with helper._at_hand() as found:
        yield found


def files(figure: Figure) -> tuple[object, ...]:
    return figure.name, figure.title, figure.alt, figure.png, figure.svg, figure.csv


@pytest.mark.validate
def test_a_second_process_draws_the_same_files(at_hand: Helper, shown: registry.Shown) -> None:
    (asked,) = at_hand.draw("run", ["trust"], shown)
    assert not asked.cancelled()
    (theirs,) = asked.result(PATIENCE)
    (own,) = registry.RUN["trust"].reported(shown)
    assert theirs.drawing is None
    assert files(theirs) == files(own)


def test_a_figure_travels_as_its_files(shown: registry.Shown) -> None:
    (own,) = registry.RUN["trust"].reported(shown)
    assert files(pickle.loads(pickle.dumps(own))) == files(own)


def test_what_the_helper_has_not_begun_or_fails_at_is_drawn_here(shown: registry.Shown) -> None:
    waiting: Future[Any] = Future()
    assert helper._first_of(waiting, lambda: ["own"]) == ["own"]  # type: ignore[comparison-overlap,list-item]
    assert waiting.cancelled()
    failed: Future[Any] = Future()
    failed.set_exception(MemoryError())
    assert helper._first_of(failed, lambda: ["own"]) == ["own"]  # type: ignore[comparison-overlap,list-item]
    done: Future[Any] = Future()
    done.set_result(["theirs"])
    assert helper._first_of(done, lambda: ["own"]) == ["theirs"]  # type: ignore[comparison-overlap,list-item]


def test_every_figure_is_there_though_the_helper_knows_none(
    monkeypatch: pytest.MonkeyPatch, shown: registry.Shown
) -> None:
    def submit(item: object) -> Future[list[Figure]]:
        failed: Future[list[Figure]] = Future()
        failed.set_exception(LookupError())
        return failed

    alone = shared("run", shown)
    monkeypatch.setattr(Helper, "current", Helper(submit))
    beside = shared("run", shown)
    assert [name for name, _ in beside] == [name for name, _ in alone]
    assert len(alone) == len(registry.RUN)
    (own,) = dict(beside)["trust"]()
    assert own.drawing is not None


def test_there_is_none_where_this_process_has_loaded_what_draws() -> None:
    with helped(wanted=True) as get_ready:
        get_ready()
        assert Helper.current is None
