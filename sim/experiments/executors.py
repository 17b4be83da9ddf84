"""The same task on many items, in this process or in several, with the results in the order of the items.

Few items are under way at a time, so memory does not grow with their number. What is promised of the processes:
`sim.experiments.workers`.
"""

from __future__ import annotations

import pickle
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from sim.experiments.workers import Item, Result, Workers

AHEAD = 2
"""Items under way for each process: one at work, one waiting."""


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
    threads = ThreadPoolExecutor(jobs)  # each waits for one process
    under_way: deque[Future[Result]] = deque()
    try:
        for item in items:
            under_way.append(threads.submit(workers.work, item))
            if len(under_way) == AHEAD * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        workers.stop()
        threads.shutdown(cancel_futures=True)


def _see_sendable(task: object) -> None:
    """Errors: Unsendable, where pickle says so, or where workers would look in vain in a script that is no file."""
    try:
        content = pickle.dumps(task)
    except Exception as error:
        raise Unsendable(str(error)) from None
    main = sys.modules["__main__"]
    if b"__main__" in content and not (getattr(main, "__file__", None) or getattr(main, "__spec__", None)):
        raise Unsendable("some of it stands in no file, but was typed at a prompt or in a notebook")
