"""The same task on many items, in this process or in several; results in the order of the items, or as they come.

Few items are under way at a time, so memory does not grow with their number. What is promised of the processes:
`sim.experiments.workers`.
"""

from __future__ import annotations

import logging
import pickle
import socket
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from sim import store
from sim.experiments.workers import Item, Result, WorkerDied, Workers
from sim.installed import adding

if TYPE_CHECKING:
    from distributed import Client

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
    under_way: deque[Future[Result]] = deque()
    with processes(task, jobs) as submit:
        for item in items:
            under_way.append(submit(item))
            if len(under_way) == AHEAD * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def as_done(
    task: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Generator[tuple[Item, Result], None, None]:
    """Each item with what `task` gives for it, whichever is done first; an item is asked for when it is needed.

    All else as of `in_order`.
    """
    if jobs == 1:
        yield from ((item, task(item)) for item in items)
        return
    with processes(task, jobs) as submit:
        for item, future in _whichever_first(submit, items, lambda: AHEAD * jobs, _first_of):
            yield item, future.result()


@contextmanager
def processes(task: Callable[[Item], Result], jobs: int) -> Iterator[Callable[[Item], Future[Result]]]:
    """Submits items to so many processes, which are gone in the end.  Errors: Unsendable."""
    _see_sendable(task)
    workers = Workers(task, jobs)
    threads = ThreadPoolExecutor(jobs)  # each waits for one process
    try:
        yield lambda item: threads.submit(workers.work, item)
    finally:
        workers.stop()
        threads.shutdown(cancel_futures=True)


def _whichever_first(
    submit: Callable[[Item], Any],
    items: Iterable[Item],
    ahead: Callable[[], int],
    first: Callable[[Sequence[Any]], Any],
) -> Iterator[tuple[Item, Any]]:
    """Items with their futures, which are done. ahead: how many may be under way now; first: waits for one of them."""
    coming, under_way = iter(items), dict[Any, Item]()
    while True:
        for item in islice(coming, max(ahead() - len(under_way), 0)):
            under_way[submit(item)] = item
        if not under_way:
            return
        future = first(list(under_way))
        yield under_way.pop(future), future


def _first_of(futures: Sequence[Future[Any]]) -> Future[Any]:
    return next(iter(wait(futures, return_when=FIRST_COMPLETED).done))


def _see_sendable(task: object) -> None:
    """Errors: Unsendable, where pickle says so, or where workers would look in vain in a script that is no file."""
    try:
        content = pickle.dumps(task)
    except Exception as error:
        raise Unsendable(str(error)) from None
    main = sys.modules["__main__"]
    if b"__main__" in content and not (getattr(main, "__file__", None) or getattr(main, "__spec__", None)):
        raise Unsendable("some of it stands in no file, but was typed at a prompt or in a notebook")


# The same task on many items on a Dask cluster, with the results as they come.
#
# The package `distributed` comes with the extra `cluster`. Workers have `sim` installed; a worker that dies takes no
# result with it, since Dask gives its items to another one.


PATIENCE = 8
"""Seconds to wait for the scheduler, and then for a first worker."""

GO_ON = "What was finished is kept: the same command goes on from there."
SAME = "Install this version of sim on the scheduler and on each worker."
RULES_THERE = "__import__('sim.store').store.RULES"
"""The rules by which sim computes, asked of another machine."""


class NoCluster(Exception):
    """A cluster that cannot be used; the text says why, and what to do."""


class ClusterLost(Exception):
    """A cluster that went away while it worked; the text says what remains."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that was found good, as long as it is connected."""

    client: Client
    address: str

    @property
    def threads(self) -> int:
        """Items that it works on at once: workers may come and go."""
        try:
            return max(1, sum(self.client.nthreads().values()))  # type: ignore[no-untyped-call]
        except OSError as error:
            raise _gone(self.address) from error

    def as_done(self, task: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
        """Each item with what `task` gives for it, whichever is done first; an item is asked for when it is needed.

        Task, items and results must be picklable; few items are under way at a time.
        Errors: ClusterLost; WorkerDied for an item that no worker survives; whatever `task` raises.
        """
        submit = partial(self.client.submit, task, pure=False)
        with _held_together("", self.address):
            for item, future in _whichever_first(submit, items, lambda: AHEAD * self.threads, self._first_of):
                with _held_together(item, self.address):
                    result = future.result()
                yield item, result

    def _first_of(self, futures: Sequence[Any]) -> Any:
        """One that is done, as long as there is somebody who may still work it out."""
        from distributed import wait

        while True:
            try:
                with self.client.as_current():
                    done = wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
                return next(iter(done))
            except TimeoutError:
                if not _has_worker(self.client):
                    raise ClusterLost(f"the cluster at {self.address} has lost its last worker. {GO_ON}") from None


@contextmanager
def _held_together(item: object, address: str) -> Iterator[None]:
    """What may happen to a cluster while it works, in words."""
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        yield
    except KilledWorker:
        raise WorkerDied(item) from None
    except ModuleNotFoundError as error:
        raise NoCluster(f"a worker of {address} cannot do this work ({error}). {SAME}") from None
    except (CancelledError, CommClosedError) as error:
        raise _gone(address) from error


def _gone(address: str) -> ClusterLost:
    return ClusterLost(f"the cluster at {address} went away while it worked. {GO_ON}")


@contextmanager
def cluster_at(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler has this address, once there is a worker.  Errors: NoCluster."""
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise NoCluster(f"a cluster needs Dask, which is not here. Install it: {adding('cluster')}") from None
    try:
        # A client would try again and again where nobody listens.
        with closing(socket.create_connection(get_address_host_port(address), timeout=PATIENCE)):
            client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise NoCluster(f"{address} is no address of a scheduler ({error}). Write it as tcp://host:8786") from None
    except OSError as error:
        why = f"no scheduler answers at {address} ({error.strerror or error})"
        raise NoCluster(f"{why}. Start one with `dask scheduler`, or check the address.") from None
    with _silent("distributed"), client:
        if not _has_worker(client):
            raise NoCluster(f"the cluster at {address} has no worker. Start some: `dask worker {address}`.")
        _check_version(client, address)
        yield Cluster(client, address)


def _has_worker(client: Client) -> bool:
    """Is there a worker, or does one come soon?"""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        return False
    return True


def _check_version(client: Client, address: str) -> None:
    """Do the workers and the scheduler, which reads the tasks too, have this version of sim?

    Asked by `eval`, since what is asked with must be there without sim.  Errors: NoCluster.
    """
    found: dict[str, Any] = client.run(eval, RULES_THERE, on_error="return")
    try:
        found |= {"the scheduler": client.run_on_scheduler(eval, RULES_THERE)}  # type: ignore[no-untyped-call]
    except ImportError as error:
        found |= {"the scheduler": error}
    for where, rules in found.items():
        if isinstance(rules, Exception):
            raise NoCluster(f"{where} of the cluster at {address} cannot do this work ({rules}). {SAME}")
        if rules != store.RULES:
            raise NoCluster(f"{where} of the cluster at {address} has another version of sim. {SAME}")


@contextmanager
def _silent(package: str) -> Iterator[None]:
    """Without what a package logs: what goes wrong is said once, in words."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith(package)]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
