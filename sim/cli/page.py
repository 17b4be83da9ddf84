"""The classroom page: `sim serve`, from a server; `sim export`, as one HTML file."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import store
from sim.cli.options import Refused, at_work, file_argument, jobs_option, read, refusing, say, seed_option, set_option
from sim.installed import adding

if TYPE_CHECKING:
    from sim.scenario import Scenario

Export = Callable[["Scenario", int, str, int, Callable[[float], None]], str]

HISTORIES = 1000


# ---- from a server ---------------------------------------------------------------------------------------------------


def _network(_: click.Context, __: click.Parameter, text: str) -> str:
    try:
        network = ipaddress.ip_network(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither an address, such as 192.0.2.7, nor a network.") from None
    if network is None:
        return ""
    return str(network[0] if network.num_addresses == 1 else network)


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
        from sim.web.texts import CannotStart
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


# ---- as a file -------------------------------------------------------------------------------------------------------


@click.command()
@file_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page, such as page.html.",
)
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(1, 10_000),
    default=HISTORIES,
    show_default=True,
    help="Histories of each choice.",
)
@seed_option
@set_option
@click.option("--language", default="en", show_default=True, help="Language of the page, such as ru.")
@jobs_option("Processes at work (default 0: one for each core). The page is the same whatever this says.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
def export(
    file: Path,
    output: Path,
    replications: int,
    seed: int | None,
    settings: Sequence[str],
    language: str,
    jobs: int,
    force: bool,
) -> None:
    """Write a page that works from a USB stick: Explore, Watch and Lessons, without a server and without a network.

    It holds a grid of runs behind its sliders (effort of the mediators, freezes), a few histories to watch, and the
    runs that the lessons ask for.

    \b
    Examples:
      sim export baseline -o page.html
      sim export mine.yaml -o mine.html -n 500 --language ru --force
    """
    scenario = read([file], [*settings, *([] if seed is None else [f"seed={seed}"])])[0]
    make = _exporter(language)
    if output.exists() and not force:
        raise Refused(f"sim: {output} exists already and is left as it is. Choose another name, or add --force.")
    store.prepare(output)
    began = time.perf_counter()
    page = _made(make, scenario, replications, language, jobs)
    store.write_over(output, page)
    say(f"Page: {output} ({len(page.encode()) / 1e6:.1f} MB)\nComputed in {time.perf_counter() - began:.0f} s.")


def _exporter(language: str) -> Export:
    """What makes the page.  Errors: Refused, where it or the language is missing."""
    try:
        from sim.web.export import export as make
        from sim.web.texts import languages
    except ImportError as error:
        raise Refused(f"sim: the page needs {error.name}. Install it with: {adding('web')}") from error
    if language not in languages():
        raise Refused(f"sim: --language is {language}, but takes one of: {', '.join(languages())}.")
    return make


def _made(make: Export, scenario: Scenario, replications: int, language: str, jobs: int) -> str:
    from sim.experiments.cost import estimate
    from sim.web import lesson_cells
    from sim.web.export import TooLarge
    from sim.web.grid import grid

    cost = estimate(scenario, grid(scenario).size * replications) + lesson_cells.cost(replications)
    try:
        with refusing(), at_work(scenario.name, cost) as show:
            return make(scenario, replications, language, jobs, show)
    except TooLarge as error:
        raise Refused(f"sim: {error}.") from None
