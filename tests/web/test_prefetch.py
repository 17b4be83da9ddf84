"""What is worked out before anybody asks: one slider moved, in the words of the page, when nobody waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sim.scenario import load
from sim.web.choices import chosen, sliders
from sim.web.jobs import Case
from sim.web.line import PERHAPS
from sim.web.pool import Foresight, one_slider_moved
from sim.web.texts import Refusal

from .conftest import TINY_FILE

SCENARIO = load(TINY_FILE)
PARTS = ((0, 16), (16, 24))


class Asked:
    """A pool that only notes what it is asked."""

    def __init__(self, jobs: int = 2) -> None:
        self.jobs, self.waiting = jobs, 0
        self.asked: list[Any] = []

    async def ask(self, job: Any, urgency: int) -> None:
        assert urgency == PERHAPS
        assert not self.waiting
        self.asked.append(job)
        if len(self.asked) == 2:
            raise Refusal(503, "refused.busy")  # one refusal does not end it


async def turns(count: int = 2000) -> None:
    """Let whoever can go on do so: turns of the loop, not time, which a busy machine has less of."""
    for _ in range(count):
        await asyncio.sleep(0)


def look(pool: Asked, *cases: Case, meanwhile: Any = None) -> None:
    async def whole() -> None:
        found = Foresight(pool, PARTS)  # type: ignore[arg-type]
        for case in cases:
            found.opened(SCENARIO, case)
        task = asyncio.create_task(found.work())
        if meanwhile:
            await meanwhile()
        await turns()
        assert task.done() == (pool.jobs == 1)
        task.cancel()

    asyncio.run(whole())


@pytest.mark.parametrize("slider", sliders(SCENARIO), ids=lambda each: each.name)
def test_every_step_of_a_slider_is_foreseen_as_the_page_asks_for_it(slider: Any) -> None:
    case = Case("pond.yaml")
    foreseen = set(one_slider_moved(SCENARIO, case))
    steps = round((slider.high - slider.low) / slider.step)
    for step in range(steps + 1):
        moved = f"{slider.low + (slider.high - slider.low) * step / steps:.4f}"
        choice = chosen({f"b.{slider.name}": moved}, {"pond": SCENARIO})
        assert Case(case.path, case.text, choice.b.settings(SCENARIO)) in foreseen


def test_each_scenario_is_looked_at_once_and_whole_the_latest_first() -> None:
    pool, one, two = Asked(), Case("one.yaml"), Case("two.yaml")
    look(pool, one, two, one)
    here = 1 + len(list(one_slider_moved(SCENARIO, one)))
    assert [job.case.path for job in pool.asked] == ["two.yaml"] * 2 * here + ["one.yaml"] * 2 * here
    assert [(job.first, job.count) for job in pool.asked] == list(PARTS) * 2 * here
    assert len(set(pool.asked)) == 4 * here


def test_nothing_is_begun_while_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.web.pool.PATIENCE", 0)
    pool = Asked()
    pool.waiting = 1

    async def served() -> None:
        await turns()
        assert not pool.asked
        pool.waiting = 0

    look(pool, Case("one.yaml"), meanwhile=served)
    assert pool.asked


def test_a_worker_that_is_alone_looks_at_nothing() -> None:
    pool = Asked(jobs=1)
    look(pool, Case("one.yaml"))
    assert not pool.asked
