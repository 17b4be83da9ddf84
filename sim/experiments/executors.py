"""The same task on many items, in this process or in several, with the results in the order of the items.

Few items are under way at a time, so memory does not grow with their number. What is promised of the processes:
`sim.experiments.workers`.
"""

from __future__ import annotations

import logging
import pickle
import socket
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
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


# The same task on many items on a Dask cluster, with the results in the order of the items.
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


def on_cluster(task: Callable[[Item], Result], items: Iterable[Item], address: str) -> Generator[Result, None, None]:
    """What `task` gives for each item, in their order, worked out by the cluster whose scheduler has this address.

    Task, items and results must be picklable; few items are under way at a time.
    Errors: NoCluster; ClusterLost; WorkerDied for an item that no worker survives; whatever `task` raises.
    """
    with _connected(address) as client:
        ahead = AHEAD * sum(client.nthreads().values())  # type: ignore[no-untyped-call]
        under_way: deque[tuple[Item, Any]] = deque()
        for item in items:
            with _held_together(item, address):
                under_way.append((item, client.submit(task, item, pure=False)))
            if len(under_way) >= ahead:
                yield _finish(*under_way.popleft(), client, address)
        while under_way:
            yield _finish(*under_way.popleft(), client, address)


def _finish(item: object, future: Any, client: Client, address: str) -> Any:
    """The result of an item, as long as there is somebody who may still work it out."""
    with _held_together(item, address):
        while True:
            try:
                return future.result(timeout=PATIENCE)
            except TimeoutError:
                if future.done():
                    raise  # the task's own
            if not _has_worker(client):
                raise ClusterLost(f"the cluster at {address} has lost its last worker. {GO_ON}")


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
        raise ClusterLost(f"the cluster at {address} went away while it worked. {GO_ON}") from error


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of the scheduler, once there is a worker."""
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
        yield client


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
