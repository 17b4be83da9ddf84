"""What several verbs share: their options, reading scenarios, work that takes long, printing, and two ways to fail."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim import store
from sim.terminal import progress, tell, visible

if TYPE_CHECKING:
    from sim.experiments.cost import Cost
    from sim.scenario import Scenario

LONG, LARGE = 10.0, 1_000_000_000  # seconds and bytes that are worth a word before

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


def expanded(context: click.Context, parameter: click.Parameter, files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files, those that a pattern such as *.yaml means in its place: not every shell looks for them itself."""
    return tuple(each for file in files for each in _meant(file))


def _meant(file: Path) -> list[Path]:
    said = str(file)
    if os.path.exists(file) or not has_magic(said):
        return [file]
    from sim.scenario import library

    found = sorted(glob(said)) or library.matches(said)
    return [Path(each) for each in found] or [file]


file_argument = click.argument("file", type=click.Path(path_type=Path))


def files_argument(metavar: str = "FILE...") -> Callable[[Any], Any]:
    """One file or more, where patterns are looked up."""
    kind = click.Path(path_type=Path)
    return click.argument("files", metavar=metavar, nargs=-1, required=True, type=kind, callback=expanded)


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
    click.option("--csv", is_flag=True, help="Write the tables as CSV too, for spreadsheets, R and Stata: csv/."),
    click.option("--force", is_flag=True, help="Compute again what lies in the results folder already."),
    json_option,
)


# ---- work ------------------------------------------------------------------------------------------------------------


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def at_work(what: str, cost: Cost | None = None) -> Iterator[Callable[[float], None]]:
    """A bar while something is computed and written; it is told the share that is done.

    What costs much is said before.  Errors: Failed, where no worker survives what it is given.
    """
    from sim.experiments.workers import WorkerDied

    if cost is not None and (cost.seconds > LONG or cost.memory > LARGE):
        tell(f"sim: {what} will take up to {_time(cost.seconds)} of one processor and {_size(cost.memory)} of memory.")
    try:
        with progress(what, "Writing the results") as show:
            yield show
    except WorkerDied as error:
        raise Failed(str(error)) from error


def _time(seconds: float) -> str:
    """A length of time in words, as roughly as it is known."""
    units = ((3600.0, "hour"), (60.0, "minute"), (1.0, "second"))
    length, unit = next((length, unit) for length, unit in units if seconds >= 1.5 * length or length == 1)
    whole = round(seconds / length)
    return f"{whole:,} {unit}{'' if whole == 1 else 's'}"


def _size(memory: int) -> str:
    return f"{max(memory / 1e9, 0.1):.1f} GB"


def write_csv(folders: Iterable[Path]) -> None:
    """Write the tables that are kept in these folders as CSV beside them.  Errors: Busy, CannotWrite."""
    from sim.experiments.shown import write_csv_beside

    for folder in dict.fromkeys(folders):
        with store.claim(folder):
            write_csv_beside(folder)


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
