"""What several verbs share: their options, reading scenarios, work that takes long, printing, and two ways to fail."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim import store
from sim.terminal import progress, visible

if TYPE_CHECKING:
    from sim.scenario import Scenario

Verb = TypeVar("Verb", bound=Callable[..., Any])


class Refused(Exception):
    """What the user asked for cannot be done; the text says why, and what to do."""


class Failed(Exception):
    """A run did not come to its end; the text says why."""


# ---- options ---------------------------------------------------------------------------------------------------------


def options(*decorators: Callable[[Any], Any]) -> Callable[[Verb], Verb]:
    """Several options at once, listed in this order by `--help`."""

    def add(verb: Verb) -> Verb:
        for decorator in reversed(decorators):
            verb = decorator(verb)
        return verb

    return add


file_argument = click.argument("file", type=click.Path(path_type=Path))
files_argument = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
set_option = click.option(
    "--set", "settings", metavar="PATH=VALUE", multiple=True, help="Change a value of the scenario; may be repeated."
)
seed_option = click.option("--seed", type=click.IntRange(min=0), help="Seed of all chance (default: the scenario's).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
work_options = options(
    click.option(
        "-n", "--replications", type=click.IntRange(min=1), help="Histories to simulate (default: the scenario's)."
    ),
    seed_option,
    set_option,
    click.option(
        "--out", type=click.Path(path_type=Path), default="results", show_default=True, help="Results folder."
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=0),
        default=0,
        help="Processes at work (default 0: one for each core). The results are the same whatever this says.",
    ),
)
run_options = options(
    work_options,
    click.option("--no-plots", is_flag=True, help="Write the tables only: no figures, no report."),
    click.option("--force", is_flag=True, help="Compute again what lies in the results folder already."),
    json_option,
)


# ---- work ------------------------------------------------------------------------------------------------------------


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def at_work(what: str) -> Iterator[Callable[[float], None]]:
    """A bar while something is computed and written; it is told the share that is done.

    Errors: Failed, where no worker survives what it is given.
    """
    from sim.experiments.executors import WorkerDied

    try:
        with progress(what, "Writing the results") as show:
            yield show
    except WorkerDied as error:
        raise Failed(str(error)) from error


# ---- reading and printing --------------------------------------------------------------------------------------------


def read(files: Sequence[Path], settings: Sequence[str] = ()) -> list[Scenario]:
    """The scenarios, all valid.  Errors: Refused, with the errors of all files."""
    from sim.scenario import ScenarioError, load

    scenarios, reports = [], []
    for file in files:
        try:
            scenarios.append(load(file, settings))
        except ScenarioError as error:
            reports.append(str(error))
    if reports:
        raise Refused("\n".join(reports))
    return scenarios


def asked(settings: Sequence[str], replications: int | None, seed: int | None) -> list[str]:
    """The settings, and those that -n and --seed stand for."""
    also = {"replications": replications, "seed": seed}
    return [*settings, *(f"{key}={value}" for key, value in also.items() if value is not None)]


def say(text: str) -> None:
    """A text on standard output, with nothing in it that steers a terminal."""
    click.echo(visible(text))


def location(folder: Path, drawn: Collection[str]) -> str:
    """Where the report lies, or else the results."""
    report = next((folder / name for name in drawn if (folder / name).is_file()), None)
    return visible(f"Report: {report}" if report else f"Results: {folder}")


def see_drawn(*plans: tuple[Path, Collection[str]]) -> None:
    """After all is written and printed.  plans: folders, each with what was to be drawn there

    Errors: Failed, where a figure could not be drawn; everything else is there.
    """
    from sim.report import undrawn

    said = [sentence for folder, drawn in plans if drawn and (sentence := undrawn(folder))]
    if said:
        raise Failed("\nsim: ".join(said))


def print_json(value: Any) -> None:
    """One JSON value, in ASCII so that every terminal and pipe takes it."""
    click.echo(json.dumps(store.plain_values(value), indent=2, allow_nan=False))
