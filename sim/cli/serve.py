"""`sim serve`: the classroom page."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import click

from sim.cli.options import Refused, jobs_option, say
from sim.installed import adding


def _network(_: click.Context, __: click.Parameter, text: str) -> str:
    try:
        network = ipaddress.ip_network(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither an address, such as 192.0.2.7, nor a network.") from None
    return "" if network is None else str(network[0] if network.num_addresses == 1 else network)


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
@jobs_option("Processes that run (default 0: one for each core).")
@click.option(
    "--behind-proxy",
    metavar="ADDRESS",
    default="",
    callback=_network,
    help="Address of a proxy, or its network: who asks is whom its X-Forwarded-For names. No other is read.",
)
def serve(host: str, port: int, lan: bool, database: str | None, data: Path, jobs: int, behind_proxy: str) -> None:
    """Serve the classroom page until it is stopped with Ctrl-C.

    Only this computer reaches it, unless --lan is given. Nothing is loaded from the internet.

    \b
    Examples:
      sim serve
      sim serve --lan --port 8080
    """
    try:
        from sim.web import server
        from sim.web.refusal import CannotStart
    except ImportError as error:
        raise Refused(f"sim: the classroom page needs {error.name}. Install it with: {adding('web')}") from error
    try:
        server.look_at_library()
        rooms = server.open_rooms(database, data)
        place = server.bind(host, port, lan)
    except CannotStart as error:
        raise Refused(f"sim: {error}") from error

    def ready() -> None:
        say(f"The classroom page: {place.address}\nStop it with Ctrl-C.")
        if lan:
            click.echo(server.qr_code(place.address))

    try:
        server.serve(place, rooms, jobs, ready, behind_proxy)
    except CannotStart as error:
        raise Refused(f"sim: {error}") from error
