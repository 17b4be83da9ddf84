"""Binds an address, says which, and serves the classroom page until it is stopped."""

from __future__ import annotations

import gc
import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from sim.experiments.bounded import Bounded
from sim.web.app import application
from sim.web.patience import Patient
from sim.web.safety import LOOPBACK
from sim.web.work import do

MOST_AT_ONCE = 1_000  # connections
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
    """Listen on a host and port; on `lan` for the whole network.  Errors: OSError."""
    listening = socket.create_server((EVERYWHERE if lan else host, port), backlog=512)
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


def serve(place: Place, database: str, jobs: int, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    gc.freeze()  # what was imported stays: looking for garbage among the rest is cheap, and a server does so often
    gc.set_threshold(GARBAGE)
    hosts = {*LOOPBACK, place.host.lower()}
    app = application(database, lambda: Bounded(do, jobs), jobs, hosts, place.address)
    server = uvicorn.Server(manners(app))
    ready()
    server.run(sockets=[place.socket])


def manners(app: Starlette) -> uvicorn.Config:
    """How the server treats connections: quietly, and no more of them and no longer than it can bear."""
    return uvicorn.Config(
        app,
        http=Patient,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=1,
        limit_concurrency=MOST_AT_ONCE,
        h11_max_incomplete_event_size=16 * 1024,
    )


def database_in(folder: Path) -> str:
    """The database of a data folder, which is made if it is not there.  Errors: OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / FILE).resolve()}"
