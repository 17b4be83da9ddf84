"""`sim serve`: the classroom page."""

from __future__ import annotations

import os
from pathlib import Path

import click

from sim.cli.options import Failed, Refused, say
from sim.installed import adding
from sim.store import CannotWrite


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--lan", is_flag=True, help="Let other devices of the network in; prints the address and a QR code.")
@click.option("--database", metavar="URL", help="Database of rooms, such as postgresql+psycopg://user@host/name.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default="classroom",
    show_default=True,
    help="Folder of the database of rooms, unless --database names one.",
)
@click.option(
    "--jobs", type=click.IntRange(min=0), default=0, help="Processes that run (default 0: one for each core)."
)
def serve(host: str, port: int, lan: bool, database: str | None, data: Path, jobs: int) -> None:
    """Serve the classroom page until it is stopped with Ctrl-C.

    Only this computer reaches it, unless --lan is given. Nothing is loaded from the internet.

    \b
    Examples:
      sim serve
      sim serve --lan --port 8080
    """
    try:
        from sim.web import server
    except ImportError as error:
        raise Refused(f"sim: the classroom page needs {error.name}. Install it with: {adding('web')}") from error
    try:
        place = server.bind(host, port, lan)
    except OSError as error:
        raise Failed(f"cannot listen on {host}:{port}: {error.strerror}. Try another --port.") from error
    try:
        url = database or server.database_in(data)
    except OSError as error:
        raise CannotWrite(data, error) from error

    def ready() -> None:
        say(f"The classroom page: {place.address}\nStop it with Ctrl-C.")
        if lan:
            click.echo(server.qr_code(place.address))

    server.serve(place, url, jobs or os.cpu_count() or 1, ready)
