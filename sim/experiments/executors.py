"""The same task on many items, in this process or in several, with the results in the order of the items.

What is promised of the processes:

- they die with the process that started them, however it ends: each watches a pipe that only that process holds open;
- a worker that dies takes no result with it: what it may have worked on is tried again, alone, so that the item that
  kills its workers is found and named and no other is blamed;
- Ctrl-C is the starting process's business alone: workers do not hear it;
- few items are under way at a time, so memory does not grow with their number.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

AHEAD = 2
"""Items under way for each process: one at work, one waiting."""

TRIES = 3
"""Workers that an item may kill, each alone with it, before it counts as fatal."""

STOPPING = (signal.SIGINT, signal.SIGTERM)

Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerDied(Exception):
    """An item that no worker survives; the text names it."""

    def __init__(self, item: object) -> None:
        super().__init__(
            f"the process that worked on {item} died, and so did {TRIES} others that tried it again. "
            "Is there enough memory? Try fewer --jobs."
        )


def in_order(task: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Generator[Result, None, None]:
    """What `task` gives for each item, in the order of the items, as soon as it is there.

    `jobs` 1 works here; more start so many processes, and then task, items and results must be picklable. Close the
    iterator (or exhaust it) and the processes are gone.
    Errors: WorkerDied; whatever `task` raises.
    """
    if jobs == 1:
        yield from map(task, items)
        return
    workers = Workers(task, jobs)
    under_way: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            under_way.append((item, workers.start(item)))
            if len(under_way) == AHEAD * jobs:
                yield workers.finish(*under_way.popleft())
        while under_way:
            yield workers.finish(*under_way.popleft())
    finally:
        workers.stop()


class Workers(Generic[Item, Result]):
    """Processes that take items of one task, until they are stopped."""

    def __init__(self, task: Callable[[Item], Result], jobs: int) -> None:
        self._task, self._jobs = task, jobs
        self._life, self._held = multiprocessing.Pipe(duplex=False)
        self._pool = self._open(jobs)
        self._lone: ProcessPoolExecutor | None = None  # one worker, for items that may have killed one

    def start(self, item: Item) -> Future[Result]:
        """Put an item to work, in a new pool if the last one broke."""
        try:
            return self._submit(self._pool, item)
        except BrokenExecutor:
            self._pool = self._open(self._jobs)
            return self._submit(self._pool, item)

    def finish(self, item: Item, future: Future[Result]) -> Result:
        """The result of an item; worked out again, alone, if a worker died meanwhile."""
        with suppress(BrokenExecutor):
            return future.result()
        for _ in range(TRIES):
            self._lone = self._lone or self._open(1)
            try:
                return self._submit(self._lone, item).result()
            except BrokenExecutor:
                self._lone = None
        raise WorkerDied(item)

    def stop(self) -> None:
        """End every process at once, whatever it does."""
        self._held.close()
        for pool in (self._pool, self._lone):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
        self._life.close()

    def _submit(self, pool: ProcessPoolExecutor, item: Item) -> Future[Result]:
        with _undisturbed():  # this is where a pool starts its processes
            return pool.submit(self._task, item)

    def _open(self, jobs: int) -> ProcessPoolExecutor:
        return open_pool(jobs, self._life)


def open_pool(jobs: int, life: Connection) -> ProcessPoolExecutor:
    """Processes that hear no Ctrl-C, and end when the process that holds the other end of this pipe lets go of it."""
    return ProcessPoolExecutor(jobs, mp_context=_context(), initializer=_live_with, initargs=(life,))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals wait: a process whose start is broken off would be known to nobody."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no other thread hears them
        return
    came: list[int] = []
    handlers = {each: signal.signal(each, lambda signum, _: came.append(signum)) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
        if came:
            signal.raise_signal(came[0])


def _live_with(life: Connection) -> None:
    """Called once in each worker: hear no Ctrl-C; end when the process that holds the pipe ends or lets go of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()


def _end_with(life: Connection) -> None:
    with suppress(EOFError, OSError):
        life.recv()  # nobody ever sends: this returns when the other end is closed
    os._exit(1)


def _context() -> Any:
    """Processes that are not forked from this one, whose threads a fork would not survive."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    _start_server()
    return multiprocessing.get_context("forkserver")


def _start_server() -> None:
    """Start the process that workers are forked from, deaf to Ctrl-C from its first moment on, as its children are.

    The tracker first: starting it would make this thread hear again.
    """
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
