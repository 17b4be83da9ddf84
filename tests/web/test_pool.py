"""The queue: equal jobs are one, the urgent go first, too many are refused, answers are kept while there is room."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sim.experiments.workers import MEMORY, SIZE, TIME, Bounds, TooMuch, Unwanted, Workers
from sim.web import line
from sim.web import pool as pools
from sim.web.jobs import Case, Packed, Simulate, Yaml, do
from sim.web.line import NOW, PERHAPS, SHARPER
from sim.web.pool import Pool
from sim.web.texts import Refusal, languages, texts

from ..experiments.greedy import Order

DONE: list[str] = []
GO = threading.Event()


@dataclass(frozen=True)
class Say:
    """A job that says its name once it may."""

    name: str

    def work(self, *inputs: Any) -> bytes:
        GO.wait(60)
        DONE.append(self.name)
        if self.name == "slow":
            time.sleep(0.2)
        if self.name in (TIME, MEMORY, SIZE):
            raise TooMuch(self.name)
        if self.name == "fail":
            raise ValueError("no")
        return self.name.encode() * (len(inputs) or 1)


class Threads:
    """Workers that are threads; a job without end is ended when nobody waits for it."""

    def work(self, item: Any, wanted: Callable[[], bool]) -> Any:
        while item[0] == Say("endless") and not GO.wait(0.01):
            if not wanted():
                DONE.append("ended")
                raise Unwanted
        return item[0].work(*item[1])

    def stop(self) -> None:
        GO.set()


def with_pool(what: Callable[[Pool], Awaitable[None]], jobs: int = 1) -> None:
    DONE.clear()
    GO.clear()

    async def whole() -> None:
        async with Pool(Threads, jobs) as pool:
            await what(pool)

    asyncio.run(whole())


async def turns(count: int = 50) -> None:
    """Let whoever can go on do so: turns of the loop, not time, which a busy machine has less of."""
    for _ in range(count):
        await asyncio.sleep(0)


async def started(*asked: Awaitable[Any]) -> list[asyncio.Future[Any]]:
    """Each asked one after the other."""
    tasks = []
    for each in asked:
        tasks.append(asyncio.ensure_future(each))
        await turns()
    return tasks


def test_the_urgent_go_first_and_equal_jobs_are_one() -> None:
    async def what(pool: Pool) -> None:
        tasks = await started(
            pool.ask(Say("running")),
            pool.ask(Say("perhaps"), urgency=PERHAPS),
            pool.ask(Say("sharper"), urgency=SHARPER),
            pool.ask(Say("now"), urgency=NOW),
            pool.ask(Say("now"), urgency=NOW),
            pool.ask(Say("running"), urgency=NOW),
        )
        GO.set()
        answers = await asyncio.gather(*tasks)
        assert answers[3] == answers[4] == b"now"
        assert DONE == ["running", "now", "sharper", "perhaps"]

    with_pool(what)


def test_what_somebody_waits_for_now_overtakes_and_is_done_once() -> None:
    async def what(pool: Pool) -> None:
        tasks = await started(
            pool.ask(Say("running")),
            pool.ask(Say("other"), urgency=SHARPER),
            pool.ask(Say("mine"), urgency=PERHAPS),
            pool.ask(Say("mine"), urgency=NOW),
        )
        GO.set()
        await asyncio.gather(*tasks)
        await turns()
        assert DONE == ["running", "mine", "other"]
        assert pool.waiting == 0

    with_pool(what)


def test_two_workers_do_not_do_the_same() -> None:
    async def what(pool: Pool) -> None:
        tasks = await started(
            pool.ask(Say("one")),
            pool.ask(Say("two")),
            pool.ask(Say("slow"), urgency=PERHAPS),
            pool.ask(Say("slow"), urgency=NOW),
        )
        GO.set()
        await asyncio.gather(*tasks)
        assert DONE.count("slow") == 1

    with_pool(what, jobs=2)


def test_too_many_are_refused_and_guesses_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "MOST_WAITING", 4)
    monkeypatch.setattr(line, "MOST_PERHAPS", 2)

    async def what(pool: Pool) -> None:
        urgencies = [NOW, PERHAPS, PERHAPS, PERHAPS, NOW, NOW, NOW]
        tasks = await started(*(pool.ask(Say(str(n)), urgency=urgency) for n, urgency in enumerate(urgencies)))
        GO.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(each, Refusal) for each in answers] == [False, False, False, True, False, False, True]
        assert all(each.retry_after for each in answers if isinstance(each, Refusal))

    with_pool(what)


def test_answers_are_kept_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    one = len(pickle.dumps((Say("aaaa"), b"aaaa")))
    monkeypatch.setattr(pools, "ROOM", int(2.5 * one))
    GO.set()

    async def what(pool: Pool) -> None:
        GO.set()
        for name in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
            await pool.ask(Say(name))
        assert DONE == ["aaaa", "bbbb", "cccc", "bbbb"]  # b was used longest ago when c came

    with_pool(what)


def test_a_failure_reaches_all_who_wait_and_is_tried_again_later() -> None:
    async def what(pool: Pool) -> None:
        tasks = await started(pool.ask(Say("fail")), pool.ask(Say("fail")))
        GO.set()
        assert [type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)] == [ValueError] * 2
        with pytest.raises(ValueError, match="no"):
            await pool.ask(Say("fail"))
        assert DONE == ["fail", "fail"]
        assert await pool.ask(Say("after")) == b"after"

    with_pool(what)


def test_who_leaves_takes_nothing_from_who_stays() -> None:
    async def what(pool: Pool) -> None:
        first, second = await started(pool.ask(Say("x")), pool.ask(Say("x")))
        first.cancel()
        GO.set()
        assert await second == b"x"

    with_pool(what)


@pytest.mark.parametrize("at_work", [True, False], ids=["at work", "waiting"])
def test_what_nobody_waits_for_any_more_is_dropped(monkeypatch: pytest.MonkeyPatch, at_work: bool) -> None:
    monkeypatch.setattr(pools, "LEASE", 0)

    async def what(pool: Pool) -> None:
        first, left = await started(pool.ask(Say("endless")), pool.ask(Say("left")))
        leaves = first if at_work else left
        leaves.cancel()
        if at_work:
            assert await until(lambda: "ended" in DONE)
            GO.set()
            assert await left == b"left"
        else:
            assert await until(lambda: pool.waiting == 0)
            GO.set()
            await first
            assert DONE == ["endless"]

    with_pool(what)


def test_what_is_made_of_several_jobs_is_dropped_with_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "LEASE", 0)

    async def what(pool: Pool) -> None:
        async def both() -> list[Any]:
            return await asyncio.gather(pool.ask(Say("endless")), pool.ask(Say("other")))

        one, two = await started(pool.once("both", both), pool.once("both", both))
        one.cancel()
        await asyncio.sleep(0.05)
        assert DONE == []  # somebody waits still
        two.cancel()
        assert await until(lambda: DONE == ["ended"] and pool.waiting == 0)

    with_pool(what)


def test_who_asks_again_soon_finds_the_work_going_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def what(pool: Pool) -> None:
        (first,) = await started(pool.ask(Say("slow")))
        first.cancel()
        (again,) = await started(pool.ask(Say("slow")))
        GO.set()
        assert await again == b"slow"
        assert DONE == ["slow"]

    with_pool(what)


async def until(true: Callable[[], bool]) -> bool:
    """Wait for something that must come soon."""
    for _ in range(3000):
        if true():
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.mark.parametrize("much", [TIME, MEMORY, SIZE])
def test_what_took_too_much_is_refused_in_words_and_not_tried_again(much: str) -> None:
    GO.set()

    async def what(pool: Pool) -> None:
        GO.set()
        for _ in range(3):
            with pytest.raises(Refusal) as refusal:
                await pool.ask(Say(much))
            assert refusal.value.status == 422
            for language in languages():
                assert len(texts(language)(refusal.value.key, **refusal.value.names)) > 20
        assert [much] == DONE
        assert await pool.ask(Say("other")) == b"other"

    with_pool(what)


def test_runs_that_take_too_much_together_are_done_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []

    class Small:
        def work(self, item: Any, wanted: Callable[[], bool]) -> Any:
            done.append(item[0])
            if not isinstance(item[0], Simulate) or "3" in item[0].case.settings[0]:
                raise TooMuch(MEMORY)
            return b"done"

        def stop(self) -> None:
            pass

    async def whole() -> None:
        async with Pool(Small, 1) as pool:
            asked = [pool.ask(Simulate(Case("pond", settings=(f"effort={n}",)), 0, 16)) for n in range(5)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert [isinstance(each, Refusal) for each in answers] == [False, False, False, True, False]

    asyncio.run(whole())
    assert len(done) == 6


@pytest.mark.validate
@pytest.mark.parametrize(
    ("order", "bounds", "key"),
    [
        ("think without end", Bounds(seconds=1.0), "refused.much.time"),
        ("remember too much", Bounds(memory=600 * 2**20), "refused.much.memory"),
    ],
)
def test_a_job_that_takes_too_much_ends_and_the_others_are_answered(order: str, bounds: Bounds, key: str) -> None:
    async def whole() -> None:
        async with Pool(lambda: Workers(do, 2, bounds), 2) as pool:
            greedy = asyncio.ensure_future(pool.ask(Order(order)))
            others = await asyncio.gather(*(pool.ask(Order(f"{n}")) for n in range(10)))
            assert others == [f"{n}" for n in range(10)]
            with pytest.raises(Refusal) as refused:
                await greedy
            assert refused.value.key == key

    asyncio.run(whole())


@pytest.mark.parametrize(
    "answer",
    [b"x" * 30_000, {"story": ["a long history"] * 3_000}, ["x" * 10] * 2_000, Packed.of({"a": list(range(9_000))})],
    ids=["bytes", "data", "texts", "packed"],
)
def test_what_is_kept_is_counted_as_large_as_it_is(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setattr(pools, "ROOM", 100_000)

    class Same:
        def work(self, item: Any, wanted: Callable[[], bool]) -> Any:
            return answer

        def stop(self) -> None:
            pass

    async def whole() -> None:
        async with Pool(Same, 1) as pool:
            for n in range(40):
                await pool.ask(Yaml(Case("", f"a long text {n}" * 100)))
            kept = [len(pickle.dumps((job, found))) for job, (found, _) in pool._kept.items()]
            assert 0 < sum(kept) <= 100_000

    asyncio.run(whole())


def test_one_answer_does_not_take_the_place_of_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "ROOM", 1_000)

    async def what(pool: Pool) -> None:
        GO.set()
        await pool.ask(Say("small"))
        await pool.ask(Say("x" * 600))
        await pool.ask(Say("small"))
        assert DONE == ["small", "x" * 600]

    with_pool(what)


@dataclass(frozen=True)
class AtOnce:
    """A job that waits for nothing."""

    def work(self, *inputs: Any) -> bytes:
        return b"done"


def test_one_of_several_workers_keeps_itself_free_for_what_somebody_looks_at() -> None:
    async def what(pool: Pool) -> None:
        later = await started(*(pool.ask(Say(f"later {n}"), urgency=SHARPER) for n in range(3)))
        assert await asyncio.wait_for(pool.ask(AtOnce()), 5) == b"done"  # while the others still wait for their word
        GO.set()
        await asyncio.gather(*later)

    with_pool(what, jobs=2)


def test_what_somebody_looks_at_takes_along_only_what_is_as_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    together: list[int] = []

    async def what(pool: Pool) -> None:
        monkeypatch.setattr(
            pool, "_carry_out", lambda jobs, inputs, wanted: together.append(len(jobs)) or [b""] * len(jobs)
        )
        asked = [
            pool.ask(Simulate(Case("pond", settings=(f"effort={n}",)), 0, 16), urgency=urgency)
            for n, urgency in enumerate([NOW, NOW, NOW, PERHAPS, PERHAPS, PERHAPS, PERHAPS])
        ]
        await asyncio.gather(*asked)

    with_pool(what)
    assert together == [3, 4]


def test_a_run_and_the_one_that_follows_are_one_and_so_are_those_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    together: list[list[Simulate]] = []

    async def what(pool: Pool) -> None:
        monkeypatch.setattr(pool, "_carry_out", lambda jobs, inputs, wanted: together.append(jobs) or [b""] * len(jobs))
        cases = [Case("pond", settings=(f"effort={n}",)) for n in range(7)] + [Case("pond", settings=("freezes=[]",))]
        runs = [Simulate(case, *part) for case in cases for part in ((0, 256), (256, 744))][:-3]
        await asyncio.gather(*(pool.ask(run, urgency=PERHAPS) for run in runs))
        assert sorted(str(run) for jobs in together for run in jobs) == sorted(map(str, runs))

    with_pool(what)
    shapes = [[(run.case.settings[0], run.first) for run in jobs] for jobs in together]
    assert shapes[0] == [(f"effort={n}", first) for n in range(4) for first in (0, 256)]  # 4,096 rows hold four of them
    assert shapes[1] == [(f"effort={n}", first) for n in (4, 5) for first in (0, 256)]
    assert shapes[2] == [("effort=6", 0)]
