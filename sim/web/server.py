"""Binds an address, says which, and serves the classroom page until it is stopped."""

from __future__ import annotations

import asyncio
import gc
import io
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import URL
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from sim.experiments.workers import Bounds, Workers
from sim.scenario import ScenarioError
from sim.scenario import library as names
from sim.store import CannotWrite
from sim.web.app import application
from sim.web.jobs import do
from sim.web.pages.explore import DEFAULT
from sim.web.rooms import Rooms
from sim.web.safety import LOOPBACK
from sim.web.site import library
from sim.web.texts import CannotStart

EVERYWHERE = "0.0.0.0"
FILE = "classroom.sqlite"
GARBAGE = 10_000  # new objects after which a server looks for garbage


@dataclass(frozen=True)
class Place:
    """Where the server listens, and where others find it."""

    socket: socket.socket
    host: str  # the name that a browser is given

    @property
    def address(self) -> str:
        """As a browser takes it."""
        return f"http://{self.host}:{self.socket.getsockname()[1]}"


def bind(host: str, port: int, lan: bool) -> Place:
    """Listen on a host and port; on `lan` for the whole network.  Errors: CannotStart."""
    if not host:
        raise CannotStart("--host is empty. Name an address of this computer, or let the whole network in with --lan.")
    try:
        listening = socket.create_server((EVERYWHERE if lan else host, port), backlog=512)
    except (OSError, UnicodeError) as error:
        why = str(getattr(error, "strerror", None) or error).partition(" (while")[0]
        raise CannotStart(f"cannot listen on {host}:{port}: {why}. Try another --port or --host.") from error
    return Place(listening, lan_address() if lan else host)


def lan_address() -> str:
    """This machine's address in its network. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737): it only asks which way it would go
        except OSError:
            return LOOPBACK[0]
        return str(probe.getsockname()[0])


def qr_code(address: str) -> str:
    """An address as a QR code for a terminal."""
    import segno

    text = io.StringIO()
    segno.make(address, error="l").terminal(text, border=1, compact=True)
    return text.getvalue()


def serve(place: Place, rooms: Rooms, jobs: int, ready: Callable[[], None], proxy: str = "") -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called once the page answers.

    proxy: address of the one that is believed for whom it asks.  Errors: CannotStart; whatever hinders the start.
    """
    most = most_connections(jobs)
    gc.freeze()  # what was imported stays: looking for garbage among the rest is cheap, and a server does so often
    gc.set_threshold(GARBAGE)
    hosts = {*LOOPBACK, place.host.lower()}
    app = application(rooms, lambda: Workers(do, jobs, Bounds()), jobs, hosts, place.address, int(SHARE * most))
    server = Listening(manners(app, proxy), most, ready)
    with suppress(SystemExit):  # its own way of saying that it did not start
        server.run(sockets=[place.socket])
    if not server.started:
        raise app.state.failed


def manners(app: Starlette, proxy: str = "") -> uvicorn.Config:
    """How the server treats connections: quietly, and no longer than it can bear."""
    return uvicorn.Config(
        app,
        http=Patient,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=1,
        lifespan="on",
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy,
        h11_max_incomplete_event_size=16 * 1024,
    )


def open_rooms(url: str | None, folder: Path) -> Rooms:
    """The database of rooms: the one of this URL, or else the one in a data folder, which is made if it is not there.

    Errors: CannotStart, CannotWrite.
    """
    if url is not None:
        return Rooms(url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / FILE).resolve()
    except OSError as error:
        raise CannotWrite(folder, error, "Choose another folder with --data.") from error
    return Rooms(URL.create("sqlite", database=str(file)).render_as_string())


def look_at_library() -> None:
    """See that the scenarios that come along are there and can be read.  Errors: CannotStart."""
    try:
        found = library()
    except (ScenarioError, OSError) as error:
        raise CannotStart(f"scenarios that come along cannot be read: install the program anew.\n{error}") from error
    if DEFAULT not in found:
        raise CannotStart(f"no scenarios came along (none are in {names.folder()}): install the program anew.")


# Connections are taken as long as the system has room for them, and fairly.
#
# The system is asked how many files may be open, and to let it be more. When all connections that follow from that are
# taken, whoever has said nothing for longest makes room, and first at the address that has the most: so nobody who asks
# for something waits for those who hold connections open and ask for nothing. Where none can be spared, whoever comes
# waits in the queue of the system, and is not turned away. No address has all connections for what it asks at once.


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
