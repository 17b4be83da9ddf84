"""Processes that work on one item at a time, and may be told how much of the machine an item may take.

What is promised of them:

- they die with the process that started them, however it ends: each watches a pipe that only that process holds open;
- a worker that dies takes no result with it: its item is tried again by a new one, so that the item that kills its
  workers is found and named, and no other is blamed;
- one that uses too much time or memory, or whose work nobody waits for any more, is ended, and a new one takes its
  place; the others go on. Its time is that of the processor, so that a busy machine ends nobody's work;
- Ctrl-C is the starting process's business alone: workers do not hear it;
- each reads the script anew that started it; a script that would start more of them then is stopped, and told why.

Each has a pipe of its own for what it sends. `concurrent.futures` keeps the writing end open itself: where a worker is
killed in the middle of a result, whoever reads the rest waits for ever.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

TRIES = 3
"""Workers that an item may kill after the first, before it counts as fatal."""

LOOK = 0.05
"""Seconds between two looks at a process whose work has bounds."""

TIME, MEMORY, SIZE = "time", "memory", "size"

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


class Workers(Generic[Item, Result]):
    """So many processes that take items of one task, until they are stopped; `bounds` None lets an item take anything.

    Task, items and results must be picklable.
    """

    def __init__(self, task: Callable[[Item], Result], jobs: int, bounds: Bounds | None = None) -> None:
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            os._exit(1)  # a worker that reads the script that started it: that one will say what is wrong
        self._task, self._bounds = task, bounds
        self._life, self._held = multiprocessing.Pipe(duplex=False)
        self._workers = [_Worker(self._life) for _ in range(jobs)]
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._stopped = False
        for worker in self._workers:
            self._free.put(worker)

    def work(self, item: Item, wanted: Callable[[], bool] = lambda: True) -> Result:
        """The result of an item, waited for; of work with bounds, `wanted` is asked whether anybody still waits.

        Errors: TooMuch, Unwanted; WorkerDied where no process survives the item; whatever the task raises.
        """
        worker = self._free.get()
        try:
            for _ in range(1 + TRIES):
                if self._stopped:
                    raise Unwanted
                with suppress(_Died):
                    worker.start(self._task, item)
                    self._watch(worker, wanted)
                    return worker.result()  # type: ignore[no-any-return]
                _see_guard()
            raise Unwanted if self._stopped else WorkerDied(item)
        finally:
            self._free.put(worker)

    def _watch(self, worker: _Worker, wanted: Callable[[], bool]) -> None:
        """Wait until it has something to say; it is ended if it takes too much meanwhile."""
        if self._bounds is None:
            return
        began = worker.seconds
        while not worker.speaks(LOOK):
            excess = ""
            if worker.seconds - began > self._bounds.seconds:
                excess = TIME
            elif worker.memory > self._bounds.memory:
                excess = MEMORY
            if excess or not wanted():
                worker.end()
                raise TooMuch(excess) if excess else Unwanted
        worker.large = worker.memory > self._bounds.memory / 2

    def stop(self) -> None:
        """End every process at once, whatever it does."""
        self._stopped = True
        self._held.close()
        for worker in self._workers:
            worker.end()
        self._life.close()


class _Died(Exception):
    """The process is gone, and what it had to say with it."""


class _Worker:
    """One process, started when it is needed."""

    def __init__(self, life: Connection) -> None:
        self._life = life
        self._process: Any = None
        self.large = False  # what the next item takes would be counted on top

    def start(self, task: Callable[[Any], Any], item: object) -> None:
        """Put an item to work.  Errors: _Died."""
        if self._process is None:
            self._open()
        try:
            self._ear.send((task, item))
        except OSError:
            self.end()
            raise _Died from None

    def _open(self) -> None:
        context = _context()
        self._ear, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._life), daemon=True)
        process.start()
        theirs.close()  # so that this end hears when the process is gone
        self._process, self._pid = process, process.pid

    def speaks(self, seconds: float) -> bool:
        """Whether there is something to hear within so many seconds: a result, or that it died."""
        return bool(self._ear.poll(seconds))

    def result(self) -> Any:
        """What became of the item, waited for.  Errors: _Died; whatever the task raises."""
        try:
            good, result = self._ear.recv()
        except (EOFError, OSError):
            self.end()
            raise _Died from None
        if self.large:
            self.end()
        if not good:
            raise result
        return result

    @property
    def memory(self) -> int:
        """Bytes that the process holds; 0 if it is gone."""
        return int(_asked(self._pid, lambda process: process.memory_info().rss))

    @property
    def seconds(self) -> float:
        """What it has used of a processor; 0 if it is gone."""
        return float(_asked(self._pid, lambda process: sum(process.cpu_times()[:2])))

    def end(self) -> None:
        """End the process, whatever it does; another thread that waits for it hears that it died."""
        process, self._process, self.large = self._process, None, False
        if process is not None:
            process.kill()
            process.join()


def _asked(pid: int, ask: Callable[[Any], float]) -> float:
    """What the system tells of a process; 0 of one that is gone."""
    import psutil  # an extra: only the classroom page sets bounds

    try:
        return ask(psutil.Process(pid))
    except psutil.Error:
        return 0


# ---- in the process --------------------------------------------------------------------------------------------------


def _serve(ear: Connection, life: Connection) -> None:
    """Work on what comes, one after another, and say what became of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            task, item = ear.recv()
            try:
                said = pickle.dumps((True, task(item)), pickle.HIGHEST_PROTOCOL)
            except BaseException as error:  # sys.exit() of a tactic too: it is no lack of memory
                said = _in_transit(error)
            ear.send_bytes(said)
            del task, item, said  # or it would be held until the next comes


def _in_transit(error: BaseException) -> bytes:
    """An error as another process can read it, with the place where it was raised.

    One that cannot be sent, or that would end whoever hears it, goes as a RuntimeError that names it.
    """
    place = "".join(traceback.format_exception(error))
    error.add_note(place)
    if isinstance(error, Exception):
        with suppress(Exception):
            said = pickle.dumps((False, error))
            pickle.loads(said)
            return said
    other = RuntimeError(f"{type(error).__name__}: {error}")
    other.add_note(place)
    return pickle.dumps((False, other))


def _end_with(life: Connection) -> None:
    """End when the process that holds the other end of the pipe ends or lets go of it."""
    with suppress(EOFError, OSError):
        life.recv()  # nobody ever sends: this returns when the other end is closed
    os._exit(1)


# ---- how processes start ---------------------------------------------------------------------------------------------


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
