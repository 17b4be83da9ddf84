"""The verbs of `sim`: reads arguments, prints; computes nothing.

Imports nothing heavy before a verb needs it, so that `sim --help` answers at once. What goes wrong is raised, and
becomes a sentence and an exit code in `__main__.py`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim import store

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.scenario import Scenario

REPORT = "report.html"
LONG = 1.0
"""Seconds after which a run counts as long and shows a bar."""

Verb = TypeVar("Verb", bound=Callable[..., Any])
Summary = dict[str, Any]


class Refused(Exception):
    """What the user asked for cannot be done; the text says why, and what to do."""


# ---- options that several verbs share --------------------------------------------------------------------------------


def _options(*decorators: Callable[[Any], Any]) -> Callable[[Verb], Verb]:
    """Several options at once, listed in this order by `--help`."""

    def add(verb: Verb) -> Verb:
        for decorator in reversed(decorators):
            verb = decorator(verb)
        return verb

    return add


_file = click.argument("file", type=click.Path(path_type=Path))
_files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
_set = click.option(
    "--set", "settings", metavar="PATH=VALUE", multiple=True, help="Change a value of the scenario; may be repeated."
)
_seed = click.option("--seed", type=click.IntRange(min=0), help="Seed of all chance (default: the scenario's).")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
_running = _options(
    click.option(
        "-n", "--replications", type=click.IntRange(min=1), help="Histories to simulate (default: the scenario's)."
    ),
    _seed,
    _set,
    click.option(
        "--out", type=click.Path(path_type=Path), default="results", show_default=True, help="Results folder."
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=0),
        default=0,
        help="Processes at work (default 0: one for each core). The results are the same whatever this says.",
    ),
    click.option("--no-plots", is_flag=True, help="Write the tables only: no figures, no report."),
    click.option("--force", is_flag=True, help="Compute again what lies in the results folder already."),
    _json,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sim", prog_name="sim")
def verbs() -> None:
    """Run peace talks a thousand times: parties, mediators, working groups and freezes, under the same chance.

    An illustration for teaching, not a forecast.

    \b
    Examples:
      sim run scenarios/baseline.yaml
      sim new mine
    """


# ---- run -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """One run: its scenario (seed and replications as asked for), its place, what is drawn besides the tables."""

    scenario: Scenario
    text: str
    folder: Path
    jobs: int
    drawn: tuple[str, ...]


@verbs.command()
@_files
@_running
def run(
    files: Sequence[Path],
    replications: int | None,
    seed: int | None,
    settings: Sequence[str],
    out: Path,
    jobs: int,
    no_plots: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Run scenarios, write the results, print a summary of each.

    Results land in results/<file's stem>/<run id>/. The run id is made from the scenario, the seed and the
    replications: what was computed before is found there and not computed again.

    \b
    Examples:
      sim run scenarios/baseline.yaml
      sim run scenarios/*.yaml -n 200 --set mediators.Russia.effort=0.8 --no-plots
    """
    asked = {"replications": replications, "seed": seed}
    settings = [*settings, *(f"{key}={value}" for key, value in asked.items() if value is not None)]
    drawn = () if no_plots else (REPORT,)
    plans = [
        _plan(scenario, out / file.stem, jobs or _cores(), drawn)
        for file, scenario in zip(files, _read(files, settings), strict=True)
    ]
    look = _nowhere if force else _look
    waiting = [plan for plan in plans if look(plan) is None]
    for plan in waiting:
        store.prepare(plan.folder)
    show = partial(_collect, []) if as_json else _show_summary
    ...
