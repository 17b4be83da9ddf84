"""Connections are taken as long as the system has room for them, and fairly.

The system is asked how many files may be open, and to let it be more. When all connections that follow from that are
taken, whoever has said nothing for longest makes room, and first at the address that has the most: so nobody who asks
for something waits for those who hold connections open and ask for nothing. Where none can be spared, whoever comes
waits in the queue of the system, and is not turned away. No address has all connections for what it asks at once.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sim.web.texts import CannotStart

MOST_AT_ONCE = 1_000  # connections
FEWEST = 20
SHARE = 0.75  # of all connections, for what one address asks at once: a school may have one for all
OWN_FILES = 120  # that the server has open at the most, beside connections: 40 pages, 15 databases, itself
WORKERS_FILES = 8  # and for each worker
CROWDED = 0.4  # of all connections: from there on each carries one request, and is not kept for the next
SILENT = 2.0  # seconds after which a connection that says nothing can be spared
AT_ONCE = 16  # connections that are closed at a time, to make room
BREATH = 0.02  # seconds until it is tried again whether there is room
CLOSE = (b"connection", b"close")


def most_connections(jobs: int) -> int:
    """How many connections there may be, after asking the system for as many as are useful.  Errors: CannotStart."""
    own = OWN_FILES + WORKERS_FILES * jobs
    granted = _files(MOST_AT_ONCE + own)
    if granted < own + FEWEST:
        raise CannotStart(
            f"only {granted} files may be open here, and {own + FEWEST} are needed. "
            "Allow more (ulimit -n 1024), or work with fewer --jobs."
        )
    return min(MOST_AT_ONCE, granted - own)


def _files(wanted: int) -> int:
    """How many files may be open, after asking for so many."""
    try:
        import resource
    except ImportError:
        return wanted  # Windows counts no sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)


class Listening(uvicorn.Server):
    """A server that has at most so many connections, and calls `ready` once it serves."""

    def __init__(self, config: uvicorn.Config, most: int, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._most, self._ready = most, ready
        self._accepting: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin; the application first."""
        await super().startup(sockets=[])
        if self.started:
            self._accepting = [asyncio.create_task(self._accept(each)) for each in sockets or []]
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nobody any more, and end."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        await super().shutdown(sockets)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        while True:
            if len(self._open) >= self._most:
                await asyncio.sleep(BREATH)  # whatever has been said meanwhile is heard now
                self._hang_up()
                continue
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:  # the system has no room, or whoever came has gone again
                await asyncio.sleep(BREATH)
                continue
            with suppress(OSError):
                await loop.connect_accepted_socket(self._protocol, connection)

    @property
    def _open(self) -> list[Patient]:
        return [each for each in self.server_state.connections if isinstance(each, Patient)]

    def _protocol(self) -> Patient:
        return Patient(self.config, self.server_state, self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        """Called from time to time: when it gets crowded, answers say that their connection is not kept."""
        ends = await super().on_tick(counter)
        headers = [each for each in self.server_state.default_headers if each != CLOSE]
        crowded = len(self._open) > CROWDED * self._most
        self.server_state.default_headers = [*headers, CLOSE] if crowded else headers
        return ends

    def _hang_up(self) -> None:
        """Close connections that can be spared: of the address that has the most, and those silent for longest."""
        held = Counter(map(_host, self._open))
        since = asyncio.get_running_loop().time() - SILENT
        idle = [each for each in self._open if each.idle and each.heard < since]

        def silence(each: Patient) -> tuple[int, bool, float]:
            return -held[_host(each)], each.transport.get_write_buffer_size() > 0, each.heard

        for each in sorted(idle, key=silence)[:AT_ONCE]:
            each.transport.abort()


def _host(connection: Patient) -> str:
    """Where a connection comes from."""
    return connection.client[0] if connection.client else ""


# The server hangs up on whoever neither asks nor takes what it is sent, and stops working for whoever hangs up.
#
# Without it a thousand open connections that say nothing would be all that the server can hold (*slowloris*). The time
# in which a body must arrive is in `safety`.


PATIENCE = 10.0  # seconds between two looks at a connection; who stands still at both is gone


class Patient(H11Protocol):
    """Looks at its connection from time to time, and cuts it if nothing came of it since the last look."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A browser, or something that says it is one."""
        super().connection_made(transport)
        self.heard = self.loop.time()
        self._before: Any = self._stands
        self._next_look = self.loop.call_later(PATIENCE, self._look)

    def data_received(self, data: bytes) -> None:
        """It says something."""
        self.heard = self.loop.time()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """It went, or was cut."""
        self._next_look.cancel()
        super().connection_lost(exc)
        if self.cycle is not None and not self.cycle.response_complete:
            task: Any = self.cycle.scope.get("task")
            if task is not None:
                task.cancel()

    @property
    def idle(self) -> bool:
        """Whether it is the other side that is to say something."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _look(self) -> None:
        if self._stands is not None and self._stands == self._before:
            self.transport.abort()
            return
        self._before = self._stands
        self._next_look = self.loop.call_later(PATIENCE, self._look)

    @property
    def _stands(self) -> tuple[object, int] | None:
        """Which request this waits for, or how much of an answer waits to be taken; None while the server works."""
        waiting = self.transport.get_write_buffer_size()
        if waiting or self.cycle is None or self.cycle.response_complete:
            return self.cycle, waiting
        return None
