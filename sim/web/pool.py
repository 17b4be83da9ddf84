"""Runs wait in a queue and are worked on in other processes; a page waits for neither.

- Equal jobs are one job, however many ask (*coalescing*), and its answer is kept until room is needed.
- What somebody looks at goes first, then what makes it sharper, then what somebody may ask for next. One worker, where
  there are several, does nothing but the first, so that it never waits for long work that nobody looks at.
- Runs that differ in numbers only, or that follow on each other, are done *abreast*, in one model, which takes little
  longer than one of them; what somebody looks at is not held up by what is less urgent.
- The queue is short: more than it holds is refused at once, rather than answered when nobody waits any more.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Protocol

from sim.web.pairs import Packed
from sim.web.refusal import Refusal
from sim.web.work import ROWS, Abreast, Job, Simulate, Table

NOW, SHARPER, PERHAPS = 0, 1, 2
MOST_WAITING = 200
MOST_PERHAPS = 60
ROOM = 16 * 1024 * 1024  # bytes of answers that are kept, about
SMALL_ANSWER = 27_000  # bytes that an answer of plain data takes, about

STOPPED = Refusal(503, "refused.busy", 5)

Task = tuple[Job, Sequence[Any]]


class Workers(Protocol):
    """Who works; see `sim.experiments.executors.Workers`."""

    def start(self, item: Task) -> Any:
        """Put an item to work."""
        ...

    def finish(self, item: Task, future: Any) -> Any:
        """Its result, waited for."""
        ...

    def stop(self) -> None:
        """End everybody."""
        ...


class Pool:
    """The queue, the cache and the workers."""

    def __init__(self, open_workers: Callable[[], Workers], jobs: int) -> None:
        self._open, self.jobs = open_workers, jobs
        self._queue: list[tuple[int, int, Job, Sequence[Any]]] = []
        self._order = itertools.count()
        self._under_way: dict[Hashable, asyncio.Future[Any]] = {}
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._size = 0
        self._at_work: set[Job] = set()
        self._filled = asyncio.Condition()

    async def __aenter__(self) -> Pool:
        self._workers = self._open()
        least = [NOW if self.jobs > 1 else PERHAPS, *[PERHAPS] * (self.jobs - 1)]
        self._runners = [asyncio.create_task(self._serve(urgency)) for urgency in least]
        return self

    async def __aexit__(self, *_: object) -> None:
        for runner in self._runners:
            runner.cancel()
        for future in list(self._under_way.values()):
            future.cancel()
        await asyncio.to_thread(self._workers.stop)
        await asyncio.gather(*self._runners, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """Jobs that nobody works on yet."""
        return len(self._queue)

    def kept(self, job: Job) -> Any:
        """The answer of a job, if it is at hand; else None."""
        if job in self._kept:
            self._kept.move_to_end(job)
            return self._kept[job]
        return None

    async def ask(self, job: Job, inputs: Sequence[Any] = (), urgency: int = NOW) -> Any:
        """The answer of a job, from the cache or from a worker.

        Errors: Refusal (503) when too many wait; whatever the job raises.
        """
        if job in self._kept:
            return self.kept(job)
        future = self._under_way.get(job)
        if future is None:
            if self.waiting >= (MOST_PERHAPS if urgency == PERHAPS else MOST_WAITING):
                raise Refusal(503, "refused.busy", 5)
            future = self._under_way[job] = asyncio.get_running_loop().create_future()
        elif not any(job == waits[2] and urgency < waits[0] for waits in self._queue):
            return await asyncio.shield(future)
        heapq.heappush(self._queue, (urgency, next(self._order), job, inputs))
        async with self._filled:
            self._filled.notify_all()
        return await asyncio.shield(future)

    def perhaps(self, job: Job, inputs: Sequence[Any] = ()) -> None:
        """Somebody may ask for this: work on it if nobody waits for anything else."""
        unwatched(self.ask(job, inputs, PERHAPS))

    async def once(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """What `work` comes to, worked out once for all who ask while it is under way.

        It goes on if one of them leaves.
        """
        future = self._under_way.get(key)
        if future is None:
            future = self._under_way[key] = asyncio.ensure_future(work())
            future.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(future)

    def _over(self, key: Hashable, done: asyncio.Future[Any]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever waited has heard it

    async def _serve(self, least: int) -> None:
        """Work on what is at least so urgent, the most urgent first."""
        while True:
            async with self._filled:
                await self._filled.wait_for(lambda: self._queue and self._queue[0][0] <= least)
                urgency, _, job, inputs = heapq.heappop(self._queue)
            if self._takes(job):
                await self._work(self._together(job, urgency), inputs)

    def _takes(self, job: Job) -> bool:
        """Take a job out of the queue, unless it was made more urgent and taken from its other place."""
        if job not in self._under_way or job in self._at_work:
            return False
        self._at_work.add(job)
        return True

    def _together(self, job: Job, urgency: int) -> list[Job]:
        """This job, which is taken, and those that wait, are as urgent, and can be done in one go with it.

        That is the run that follows on it, if there is one, and then the same runs of other cases of its family.
        """
        if not isinstance(job, Simulate):
            return [job]
        waiting = [each[2] for each in sorted(self._queue, key=lambda each: each[:2]) if each[0] <= urgency]
        free = {each for each in waiting if each in self._under_way and each not in self._at_work}
        runs = [job, *(each for each in free if isinstance(each, Simulate) and each.follows(job))]
        kin = dict.fromkeys(each.case for each in waiting if isinstance(each, Simulate) and each.family == job.family)
        most = max(1, ROWS // sum(run.count for run in runs))  # more would let others wait too long
        alike = ([replace(run, case=case) for run in runs] for case in kin if case != job.case)
        others = list(islice((each for each in alike if free.issuperset(each)), most - 1))
        self._at_work.update(runs, *others)
        return [*runs, *chain.from_iterable(others)]

    async def _work(self, jobs: Sequence[Job], inputs: Sequence[Any]) -> None:
        answers: Sequence[Any] = []
        try:
            answers = await asyncio.to_thread(self._carry_out, jobs, inputs)
        except Exception as error:
            answers = [error] * len(jobs)
        finally:
            for job, answer in zip(jobs, answers or [STOPPED] * len(jobs), strict=True):
                self._answer(job, answer)

    def _answer(self, job: Job, answer: Any) -> None:
        self._at_work.discard(job)
        future = self._under_way.pop(job)
        if not isinstance(answer, Exception):
            self._keep(job, answer)
        if future.done():
            return
        if isinstance(answer, Exception):
            future.set_exception(answer)
            future.exception()  # perhaps nobody waits any more
        else:
            future.set_result(answer)

    def _carry_out(self, jobs: Sequence[Job], inputs: Sequence[Any]) -> Sequence[Any]:
        if len(jobs) == 1:
            return [self._result((jobs[0], inputs))]
        return self._result((Abreast(tuple(jobs)), ()))  # type: ignore[arg-type, no-any-return]

    def _result(self, task: Task) -> Any:
        return self._workers.finish(task, self._workers.start(task))

    def _keep(self, job: Job, answer: Any) -> None:
        self._kept[job] = answer
        self._size += _bytes(answer)
        while self._size > ROOM:
            self._size -= _bytes(self._kept.popitem(last=False)[1])


def unwatched(work: Coroutine[Any, Any, Any]) -> None:
    """Start something whose end nobody waits for; whoever asks for its answer hears how it failed."""
    task = asyncio.ensure_future(work)
    BACKGROUND.add(task)
    task.add_done_callback(_done)


def _done(task: asyncio.Future[Any]) -> None:
    BACKGROUND.discard(task)
    if not task.cancelled():
        task.exception()


BACKGROUND: set[asyncio.Future[Any]] = set()
"""Tasks that only the event loop knows would be lost."""


def _bytes(answer: Any) -> int:
    """How much room an answer takes, about."""
    if isinstance(answer, Table):
        return len(answer.numbers)
    if isinstance(answer, Packed):
        return len(answer.text)
    return len(answer) if isinstance(answer, bytes) else SMALL_ANSWER
