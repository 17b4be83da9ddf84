"""The same task on many items, in this process or in several, with the results in the order of the items.

What is promised of the processes:

- they die with the process that started them, however it ends: each watches a pipe that only that process holds open;
- a worker that dies takes no result with it: what it may have worked on is tried again, alone, so that the item that
  kills its workers is found and named and no other is blamed;
- Ctrl-C is the starting process's business alone: workers do not hear it;
- each reads the script anew that started it; a script that would start more of them then is stopped, and told why;
- few items are under way at a time, so memory does not grow with their number.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

AHEAD = 2
"""Items under way for each process: one at work, one waiting."""

TRIES = 3
"""Workers that an item may kill, each alone with it, before it counts as fatal."""

MOST_PROCESSES = 61 if os.name == "nt" else 10_000
"""That one process can wait for on Windows."""

STOPPING = (signal.SIGINT, signal.SIGTERM)

Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerDied(Exception):
    """An item that no worker survives; the text names it."""

    def __init__(self, item: object) -> None:
        super().__init__(
            f"the process that worked on {item} died, and so did {TRIES} others that tried it again. "
            "Is there enough memory? Try fewer jobs."
        )


class NoGuard(WorkerDied):
    """A script that starts processes whenever it is read, and each of them reads it; the text names it."""

    def __init__(self, script: str) -> None:
        Exception.__init__(
            self,
            f"{script} starts several processes, and each of them reads it from the top and would start several more. "
            'Put what the script does below a line `if __name__ == "__main__":`, or ask for jobs=1.',
        )


class Unsendable(ValueError):
    """Something of one's own (a tactic, a measure) that other processes cannot be given; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"what is to be done cannot be sent to other processes: {why}. Write functions and classes of your own on "
            "the outermost level of a module, or ask for jobs=1."
        )


def in_order(task: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Generator[Result, None, None]:
    """What `task` gives for each item, in the order of the items, as soon as it is there.

    `jobs` 1 works here; more start so many processes, and then task, items and results must be picklable. Close the
    iterator (or exhaust it) and the processes are gone.
    Errors: Unsendable; WorkerDied; whatever `task` raises.
    """
    if jobs == 1:
        yield from map(task, items)
        return
    _see_sendable(task)
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
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            os._exit(1)  # a worker that reads the script that started it: that one will say what is wrong
        self._task, self._jobs = task, min(jobs, MOST_PROCESSES)
        self._life, self._held = multiprocessing.Pipe(duplex=False)
        self._pool = self._open(self._jobs)
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
        _see_guard()
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


def _see_sendable(task: object) -> None:
    """Errors: Unsendable, where pickle says so, or where workers would look in vain in a script that is no file."""
    try:
        content = pickle.dumps(task)
    except Exception as error:
        raise Unsendable(str(error)) from None
    main = sys.modules["__main__"]
    if b"__main__" in content and not (getattr(main, "__file__", None) or getattr(main, "__spec__", None)):
        raise Unsendable("some of it stands in no file, but was typed at a prompt or in a notebook")


def _see_guard() -> None:
    """Errors: NoGuard, where the script that started all cannot be read by a worker without starting more."""
    script = getattr(sys.modules["__main__"], "__file__", None)
    with suppress(OSError, SyntaxError, ValueError):  # not a file, or not one of Python's
        if script and not _guarded(ast.parse(Path(script).read_bytes())):
            raise NoGuard(Path(script).name)


def _guarded(script: ast.Module) -> bool:
    """Is there an `if` on the outermost level that asks for `__name__`?"""
    asked = [part for step in script.body if isinstance(step, ast.If) for part in ast.walk(step.test)]
    return any(isinstance(part, ast.Name) and part.id == "__name__" for part in asked)


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
