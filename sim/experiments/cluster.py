"""The same task on many items on a Dask cluster, with the results in the order of the items.

The package `distributed` comes with the extra `cluster`. Workers have `sim` installed; a worker that dies takes no
result with it, since Dask gives its items to another one.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sim.experiments.executors import AHEAD, WorkerDied
from sim.installed import adding

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 8
"""Seconds to wait for the scheduler, and then for a first worker."""

GO_ON = "What was finished is kept: the same command goes on from there."

Item = TypeVar("Item")
Result = TypeVar("Result")


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
            under_way.append((item, client.submit(task, item, pure=False)))
            if len(under_way) >= ahead:
                yield _finish(*under_way.popleft(), address)
        while under_way:
            yield _finish(*under_way.popleft(), address)


def _finish(item: object, future: Any, address: str) -> Any:
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        return future.result()
    except KilledWorker:
        raise WorkerDied(item) from None
    except ModuleNotFoundError as error:
        remedy = "Install this version of sim on each of them"
        raise NoCluster(f"the workers of {address} cannot do this work: {error}. {remedy}.") from None
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
    with client:
        _wait_for_worker(client, address)
        yield client


def _wait_for_worker(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise NoCluster(f"the cluster at {address} has no worker. Start some: `dask worker {address}`.") from None
