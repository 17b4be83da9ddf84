"""The verb that makes scenarios of the domains of other simulators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sim import store
from sim.cli.options import Refused, files_argument, refusing, say
from sim.terminal import tell


@click.command(name="import")
@files_argument()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="Write the scenario into this folder (default: the current one).",
)
@click.option("--undiscounted", is_flag=True, help="Leave discount factors out: utilities of the first moment.")
@click.option("--rescale", is_flag=True, help="Stretch utilities that leave 0 to 1, each side's for itself.")
def import_(files: Sequence[Path], folder: Path, undiscounted: bool, rescale: bool) -> None:
    """Write a scenario from the domain and profiles of GENIUS, NegMAS or GeniusWeb.

    Each outcome, and no agreement, is worth to each side what its profile says. What a scenario cannot express is an
    error. Give a profile for each side, and the file of the domain, in any order.

    \b
    Examples:
      sim import domain.xml buyer.xml seller.xml
      sim import party1.json party2.json --to scenarios
    """
    from sim.domains import import_domain

    with refusing():
        imported = import_domain(files, undiscounted=undiscounted, rescale=rescale)
    path = folder / f"{imported.stem}.yaml"
    store.make(folder)
    try:
        store.write_new(path, imported.text)
    except FileExistsError:
        raise Refused(f"sim: {path} exists already and is left as it is. Choose another folder: --to DIR") from None
    for note in imported.notes:
        tell(f"sim: {note}")
    shown = f'"{path}"' if " " in str(path) else path
    say(f"{path} is written. Look at it, then: sim frontier {shown}")
