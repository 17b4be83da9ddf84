"""`sim export`: the pages Explore and Watch as one HTML file."""

from __future__ import annotations

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
    """Write a page that works from a USB stick: Explore and Watch, without a server and without a network.

    It holds a grid of runs behind its sliders (effort of the mediators, freezes), and a few histories to watch.

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
    from sim.web.export import TooLarge
    from sim.web.grid import grid

    try:
        with refusing(), at_work(scenario.name, estimate(scenario, grid(scenario).size * replications)) as show:
            return make(scenario, replications, language, jobs, show)
    except TooLarge as error:
        raise Refused(f"sim: {error}.") from None
