"""What several verbs share: their options, reading scenarios, work that takes long, printing, and two ways to fail."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
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


@dataclass(frozen=True)
class Asked:
    """What verbs that compute something have in common, as their options say it."""

    settings: tuple[str, ...]
    replications: int | None
    seed: int | None
    out: Path
    jobs: int
    no_plots: bool = False
    csv: bool = False
    force: bool = False
    as_json: bool = False

    @property
    def changes(self) -> list[str]:
        """The settings, and those that -n and --seed stand for."""
        also = {"replications": self.replications, "seed": self.seed}
        return [*self.settings, *(f"{key}={value}" for key, value in also.items() if value is not None)]


class Computing(click.Command):
    """A verb that is handed its common options as one value, `asked`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, then put the common options together."""
        rest = super().parse_args(ctx, args)
        names = {field.name for field in fields(Asked)} & set(ctx.params)
        ctx.params["asked"] = Asked(**{name: ctx.params.pop(name) for name in names})
        return rest


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


def jobs_option(said: str) -> Callable[[Any], Any]:
    """How many processes; by default one for each core."""
    kind = click.IntRange(min=0)
    return click.option("--jobs", type=kind, default=0, callback=lambda _, __, jobs: jobs or cores(), help=said)


out_option = click.option(
    "--out", type=click.Path(path_type=Path), default="results", show_default=True, help="Results folder."
)
cluster_option = click.option(
    "--cluster", metavar="ADDRESS", help="Compute on the Dask cluster whose scheduler has this address."
)
work_options = options(
    click.option(
        "-n", "--replications", type=click.IntRange(min=1), help="Histories to simulate (default: the scenario's)."
    ),
    seed_option,
    set_option,
    out_option,
    jobs_option("Processes at work (default 0: one for each core). The results are the same whatever this says."),
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


@contextmanager
def refusing(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds, and those of scenarios, are refusals, with the sentence that they carry."""
    from sim.scenario import ScenarioError

    try:
        yield
    except ScenarioError as error:
        raise Refused(str(error)) from None
    except kinds as error:
        raise Refused(f"sim: {error}") from None


@contextmanager
def on_cluster() -> Iterator[None]:
    """A cluster that cannot be used is a refusal; one that went away is a failure.  Errors: Refused, Failed."""
    from sim.experiments.executors import ClusterLost, NoCluster

    try:
        with refusing(NoCluster):
            yield
    except ClusterLost as error:
        raise Failed(str(error)) from error


def say(text: str) -> None:
    """A text on standard output, with nothing in it that steers a terminal."""
    click.echo(visible(text))


def print_json(value: Any) -> None:
    """One JSON value, in ASCII so that every terminal and pipe takes it."""
    click.echo(json.dumps(store.plain_values(value), indent=2, allow_nan=False))
