"""Runs wait in a line until another process computes them; a page waits for neither.

- Equal jobs are one job, however many ask (*coalescing*), and its answer is kept until room is needed.
- What somebody looks at goes first, then what makes it sharper, then what somebody may ask for next. One worker, where
  there are several, does nothing but the first, so that it never waits for long work that nobody looks at.
- One model computes runs that differ in numbers only, or that follow on each other, which takes little longer than one
  of them; what is less urgent does not hold up what somebody looks at.
- The line is short and fair: more than it holds is refused at once, rather than answered when nobody waits any more.
- Nobody works on what nobody waits for; the pool ends what takes too much of the machine, and tells whoever asked.
"""

from __future__ import annotations

import asyncio
import pickle
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Protocol

from sim.experiments.workers import TooMuch, Unwanted
from sim.scenario import Scenario
from sim.web.choices import Side, sliders
from sim.web.jobs import ROWS, Abreast, Case, Job, Simulate
from sim.web.line import NOW, PERHAPS, Line, busy
from sim.web.texts import Refusal

ROOM = 16 * 1024 * 1024  # bytes of answers that are kept, and of the jobs that they answer
LEASE = 15.0  # seconds that something is still worked on when the last who waited has gone: a page asks again and again

Task = tuple[Job, Sequence[Any]]


class Workers(Protocol):
    """Who works; see `sim.experiments.workers.Workers`."""

    def work(self, item: Task, wanted: Callable[[], bool]) -> Any:
        """Its result, waited for, as long as it is wanted.  Errors: TooMuch, Unwanted; whatever the job raises."""
        ...

    def stop(self) -> None:
        """End everybody."""
        ...


class Pool:
    """The line, the answers that are kept, and the workers."""

    def __init__(self, open_workers: Callable[[], Workers], jobs: int) -> None:
        self._open, self.jobs = open_workers, jobs
        self._line = Line()
        self._under_way: dict[Hashable, asyncio.Future[Any]] = {}
        self._watching: dict[Hashable, int] = {}  # how many wait for each of them
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()  # answers and their sizes
        self._size = 0
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

    # ---- who asks ----------------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Jobs that nobody works on yet."""
        return len(self._line)

    def kept(self, job: Job) -> Any:
        """The answer of a job, if it is at hand; else None.  Errors: Refusal, where the job took too much before."""
        if job not in self._kept:
            return None
        self._kept.move_to_end(job)
        answer, _ = self._kept[job]
        if isinstance(answer, Refusal):
            raise answer.with_traceback(None)
        return answer

    async def ask(self, job: Job, inputs: Sequence[Any] = (), urgency: int = NOW) -> Any:
        """The answer of a job, from those that are kept or from a worker.

        Errors: Refusal (503) when too many wait, (422) when it takes too much; whatever the job raises.
        """
        if job in self._kept:
            return self.kept(job)
        future = self._under_way.get(job)
        if future is None:
            leaves = self._line.add(job, inputs, urgency)
            if leaves is not None:
                self._answer(leaves.job, self._under_way[leaves.job], busy())
            future = self._under_way[job] = asyncio.get_running_loop().create_future()
        else:
            self._line.hurry(job, urgency)
        async with self._filled:
            self._filled.notify_all()
        return await self._shared(job, future)

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
        return await self._shared(key, future)

    def _over(self, key: Hashable, done: asyncio.Future[Any]) -> None:
        self._forget(key, done)
        if not done.cancelled():
            done.exception()  # whoever waited has heard it

    async def _shared(self, key: Hashable, future: asyncio.Future[Any]) -> Any:
        """Wait together with others; when all of them have left, it is called off after a while."""
        self._watching[key] = self._watching.get(key, 0) + 1
        try:
            return await asyncio.shield(future)
        finally:
            self._watching[key] -= 1
            if not self._watching[key]:
                del self._watching[key]
                if not future.done():
                    asyncio.get_running_loop().call_later(LEASE, self._call_off, key, future)

    def _call_off(self, key: Any, future: asyncio.Future[Any]) -> None:
        if key not in self._watching and not future.done():
            future.cancel()
            self._line.remove(key)
            self._forget(key, future)

    def _forget(self, key: Hashable, future: asyncio.Future[Any]) -> None:
        if self._under_way.get(key) is future:  # and not a later one, after this one was called off
            del self._under_way[key]

    # ---- who works ---------------------------------------------------------------------------------------------------

    async def _serve(self, least: int) -> None:
        """Work on what is at least so urgent, the most urgent first."""
        while True:
            async with self._filled:
                await self._filled.wait_for(lambda: self._line.next(least) is not None)
                first = self._line.next(least)
            assert first is not None
            self._line.take(first)
            await self._work(self._together(first.job, first.place[0]), first.inputs)

    def _together(self, job: Job, urgency: int) -> list[Job]:
        """This job, which is taken, and those that wait, are as urgent, and can be done in one go with it.

        That is the run that follows on it, if there is one, and then the same runs of other cases of its family.
        """
        if not isinstance(job, Simulate):
            return [job]
        free = [each.job for each in self._line if each.place[0] <= urgency and isinstance(each.job, Simulate)]
        runs = [job, *(each for each in free if each.follows(job))]
        kin = dict.fromkeys(each.case for each in free if each.family == job.family)
        most = max(1, ROWS // sum(run.count for run in runs))  # more would let others wait too long
        alike = ([replace(run, case=case) for run in runs] for case in kin if case != job.case)
        others = list(islice((each for each in alike if set(free).issuperset(each)), most - 1))
        together: list[Job] = [*runs, *chain.from_iterable(others)]
        for each in together:
            self._line.remove(each)
        return together

    async def _work(self, jobs: Sequence[Job], inputs: Sequence[Any]) -> None:
        futures = [self._under_way[job] for job in jobs]
        answers: Sequence[Any] = []
        try:
            answers = await asyncio.to_thread(self._carry_out, jobs, inputs, lambda: not all(f.done() for f in futures))
        except Exception as error:
            answers = [error] * len(jobs)
        finally:
            for job, future, answer in zip(jobs, futures, answers or [busy()] * len(jobs), strict=True):
                self._answer(job, future, answer)

    def _answer(self, job: Job, future: asyncio.Future[Any], answer: Any) -> None:
        self._forget(job, future)
        refused = isinstance(answer, TooMuch)
        if refused:
            answer = Refusal(422, f"refused.much.{answer.what}")
        if refused or not isinstance(answer, Exception):
            self._keep(job, answer)  # a refusal too: it would take as much the next time
        if future.done():
            return
        if isinstance(answer, Exception):
            future.set_exception(busy() if isinstance(answer, Unwanted) else answer)
            future.exception()  # perhaps nobody waits any more
        else:
            future.set_result(answer)

    def _carry_out(self, jobs: Sequence[Job], inputs: Sequence[Any], wanted: Callable[[], bool]) -> Sequence[Any]:
        """The answer of each job, or how it failed; together if there are several and that does not take too much."""
        if len(jobs) > 1:
            with suppress(TooMuch):
                return self._workers.work((Abreast(tuple(jobs)), ()), wanted)  # type: ignore[arg-type, no-any-return]
        return [self._alone((job, inputs), wanted) for job in jobs]

    def _alone(self, task: Task, wanted: Callable[[], bool]) -> Any:
        try:
            return self._workers.work(task, wanted)
        except Exception as error:
            return error

    def _keep(self, job: Job, answer: Any) -> None:
        size = len(pickle.dumps((job, answer)))
        if size > ROOM // 2:
            return  # one answer would take the place of hundreds
        self._kept[job] = answer, size
        self._size += size
        while self._size > ROOM:
            self._size -= self._kept.popitem(last=False)[1][1]


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


# Workers compute what a class is likely to ask next, while nobody waits for anything.
#
# Most of what people try is one slider moved, and sliders move in steps: all of these settings of a scenario are a few
# hundred runs, which a worker does abreast in about a minute. Whoever asks for one of them then has the answer at once.


PATIENCE = 0.2  # seconds until it looks again whether everybody is served
LATELY = 3  # scenarios that wait for their turn, the latest first


class Foresight:
    """Works on scenarios that somebody has opened, each of them once, the latest first.

    parts: first replication and number of replications of the runs that an answer is made of, in their order.
    """

    def __init__(self, pool: Pool, parts: Sequence[tuple[int, int]]) -> None:
        self._pool, self._parts = pool, parts
        self._wanted: deque[tuple[Scenario, Case]] = deque(maxlen=LATELY)
        self._seen: set[Case] = set()
        self._called = asyncio.Event()

    def opened(self, scenario: Scenario, case: Case) -> None:
        """Somebody looks at a scenario: all settings with one slider moved may be asked for."""
        if case not in self._seen:
            self._seen.add(case)
            self._wanted.append((scenario, case))
            self._called.set()

    async def work(self) -> None:
        """For ever. A worker that is alone has no time for this."""
        while self._pool.jobs > 1:
            await self._called.wait()
            self._called.clear()
            while self._wanted:
                await self._look_around(*self._wanted.pop())

    async def _look_around(self, scenario: Scenario, case: Case) -> None:
        cases = [case, *one_slider_moved(scenario, case)]
        most = max(1, ROWS // sum(count for _, count in self._parts))
        for start in range(0, len(cases), most):
            while self._pool.waiting:
                await asyncio.sleep(PATIENCE)
            jobs = [Simulate(each, *part) for each in cases[start : start + most] for part in self._parts]
            asked = (self._pool.ask(job, urgency=PERHAPS) for job in jobs)
            await asyncio.gather(*asked, return_exceptions=True)  # whoever asks for it hears how it failed


def one_slider_moved(scenario: Scenario, case: Case) -> Iterator[Case]:
    """The case with each slider at each of its steps, in the words in which a page asks for it."""
    for slider in sliders(scenario):
        for step in range(round((slider.high - slider.low) / slider.step) + 1):
            side = Side(((slider.name, slider.low + step * slider.step),))
            yield Case(case.path, case.text, side.settings(scenario))
