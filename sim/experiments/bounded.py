"""Processes that work on one item at a time, none of which may take more of the machine than it is allowed.

A process that uses too much time or memory, or whose work nobody waits for any more, is ended and another one takes its
place; the others go on. Its time is that of the processor, so that a busy machine ends nobody's work.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Generic

import psutil

from sim.experiments.executors import TRIES, Item, Result, WorkerDied, open_pool

LOOK = 0.05
"""Seconds between two looks at a process."""

TIME, MEMORY, SIZE = "time", "memory", "size"


class TooMuch(Exception):
    """An item that took more than its bounds: of `TIME` or `MEMORY`; or whose answer has too much `SIZE`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Unwanted(Exception):
    """Nobody waits for the item any more."""


@dataclass(frozen=True)
class Bounds:
    """What an item may take: seconds of a processor, bytes of memory (of its whole process)."""

    seconds: float = 60.0
    memory: int = 2**30


class Bounded(Generic[Item, Result]):
    """So many processes that take items of one task, until they are stopped."""

    def __init__(self, task: Callable[[Item], Result], jobs: int, bounds: Bounds | None = None) -> None:
        self._task, self._bounds = task, bounds or Bounds()
        self._life, self._held = multiprocessing.Pipe(duplex=False)
        self._workers = [_Worker(self._life) for _ in range(jobs)]
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._stopped = False
        for worker in self._workers:
            self._free.put(worker)

    def work(self, item: Item, wanted: Callable[[], bool] = lambda: True) -> Result:
        """The result of an item, waited for; `wanted` is asked time and again whether anybody still waits.

        Errors: TooMuch, Unwanted; WorkerDied where no process survives the item; whatever the task raises.
        """
        worker = self._free.get()
        try:
            for _ in range(TRIES):
                if self._stopped:
                    raise Unwanted
                with suppress(BrokenExecutor):
                    return self._watched(worker, worker.start(self._task, item), wanted)
                worker.end()  # it died: perhaps of something else than this item
            raise WorkerDied(item)
        finally:
            self._free.put(worker)

    def _watched(self, worker: _Worker, future: Future[Result], wanted: Callable[[], bool]) -> Result:
        """The result, once it is there. Who takes too much meanwhile is ended, and who has grown large, after it."""
        while not wait([future], timeout=LOOK).done:
            excess = worker.excess(self._bounds)
            if excess or not wanted():
                worker.end()
                raise TooMuch(excess) if excess else Unwanted
        if worker.memory > self._bounds.memory / 2:
            worker.end()  # what the next item takes would be counted on top
        return future.result()

    def stop(self) -> None:
        """End every process at once, whatever it does."""
        self._stopped = True
        self._held.close()
        for worker in self._workers:
            worker.end()
        self._life.close()


class _Worker:
    """One process, started when it is needed."""

    def __init__(self, life: Connection) -> None:
        self._life = life
        self._pool: ProcessPoolExecutor | None = None

    def start(self, task: Callable[[Item], Result], item: Item) -> Future[Result]:
        """Put an item to work.  Errors: BrokenExecutor."""
        if self._pool is None:
            pool = open_pool(1, self._life)
            self._process, self._pool = psutil.Process(pool.submit(os.getpid).result()), pool
        self._began = self._seconds
        return self._pool.submit(task, item)

    def excess(self, bounds: Bounds) -> str:
        """What the item at work has too much of; "" if nothing."""
        if self._seconds - self._began > bounds.seconds:
            return TIME
        return MEMORY if self.memory > bounds.memory else ""

    @property
    def memory(self) -> int:
        """Bytes that the process holds; 0 if it is gone."""
        with suppress(psutil.Error):
            return int(self._process.memory_info().rss)
        return 0

    @property
    def _seconds(self) -> float:
        with suppress(psutil.Error):
            times = self._process.cpu_times()
            return float(times.user + times.system)
        return 0.0

    def end(self) -> None:
        """End the process, whatever it does."""
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(psutil.Error):
                self._process.kill()
            pool.shutdown(wait=True, cancel_futures=True)
