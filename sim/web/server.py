"""Binds an address, says which, and serves the classroom page until it is stopped."""

from __future__ import annotations

import gc
import io
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy import URL
from starlette.applications import Starlette

from sim.experiments.workers import Bounds, Workers
from sim.scenario import ScenarioError
from sim.scenario import library as names
from sim.store import CannotWrite
from sim.web.app import application
from sim.web.jobs import do
from sim.web.listening import SHARE, Listening, Patient, most_connections
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
