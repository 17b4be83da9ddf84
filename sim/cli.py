"""The verbs of `sim`: reads arguments, prints; computes nothing.

Imports nothing heavy before a verb needs it, so that `sim --help` answers at once. What goes wrong is raised, and
becomes a sentence and an exit code in `__main__.py`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim import store
from sim.terminal import progress, tell, visible

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.scenario import Scenario

REPORT = "report.html"

Verb = TypeVar("Verb", bound=Callable[..., Any])
Summary = dict[str, Any]


class Refused(Exception):
    """What the user asked for cannot be done; the text says why, and what to do."""


class Failed(Exception):
    """A run did not come to its end; the text says why."""


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


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="sim", prog_name="sim")
@click.pass_context
def verbs(context: click.Context) -> None:
    """Run peace talks a thousand times: parties, mediators, working groups and freezes, under the same chance.

    An illustration for teaching, not a forecast.

    \b
    Examples:
      sim run scenarios/baseline.yaml
      sim new mine
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


# ---- run -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """One run: its scenario (seed and replications as asked for), its place, what it is to have besides the tables."""

    scenario: Scenario
    text: str
    folder: Path
    jobs: int
    drawn: tuple[str, ...]
    force: bool


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
        _plan(scenario, out / file.stem, jobs or _cores(), drawn, force)
        for file, scenario in zip(files, _read(files, settings), strict=True)
    ]
    for plan in plans:
        if _found(plan) is None:
            store.prepare(plan.folder)
    if as_json:
        summaries = [_carry_out(plan) for plan in plans]
        _print_json(summaries if len(summaries) > 1 else summaries[0])
    else:
        for plan in plans:
            _show_run(plan)


def _plan(scenario: Scenario, place: Path, jobs: int, drawn: tuple[str, ...], force: bool) -> Plan:
    from sim.scenario import as_yaml

    text = as_yaml(scenario)
    return Plan(scenario, text, store.run_folder(place.parent, place.name, text), jobs, drawn, force)


def _found(plan: Plan) -> Summary | None:
    """The summary of the run, if all of it lies in its folder and need not be computed again."""
    return None if plan.force else store.find_run(plan.folder, plan.drawn)


def _carry_out(plan: Plan) -> Summary:
    """The summary of the run: found, or computed and written."""
    found = _found(plan)
    if found is not None:
        return found
    with store.claim(plan.folder):
        found = _found(plan)  # again: another process may have written it while this one waited
        return found if found is not None else _write(plan)


def _write(plan: Plan) -> Summary:
    """Compute what is missing of a run: all of it, or only what is drawn."""
    kept = None if plan.force or store.find_run(plan.folder) is None else store.load_run(plan.folder, plan.scenario)
    if kept is not None:
        store.add_to_run(plan.folder, partial(_draw, plan, kept))
        return kept.summary
    results = _simulate(plan.scenario, plan.jobs)
    return store.save_run(plan.folder, results, plan.text, partial(_draw, plan, results))


def _simulate(scenario: Scenario, jobs: int) -> Results:
    from sim.experiments.executors import WorkerDied
    from sim.experiments.run import run as simulate

    try:
        with progress(scenario.name) as show:
            return simulate(scenario, jobs=jobs, on_progress=show)
    except WorkerDied as error:
        raise Failed(str(error)) from error


def _draw(plan: Plan, results: Results, folder: Path) -> None:
    if not plan.drawn:
        return
    from sim.experiments.frontier import frontier
    from sim.report import write_report

    write_report(results, folder, frontier(plan.scenario)["groups"], plan.text)


def _show_run(plan: Plan) -> None:
    from sim.report.table import summary_table

    began, before = time.perf_counter(), _found(plan)
    summary = _carry_out(plan) if before is None else before
    took = f"in {time.perf_counter() - began:.1f} s" if before is None else "before; --force computes it again"
    place = f"Report: {plan.folder / REPORT}" if plan.drawn else f"Results: {plan.folder}"
    click.echo(f"{summary_table(plan.scenario, summary)}\n")
    _print(f"{place}\nComputed {took}.\n")


def _cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---- look at one scenario --------------------------------------------------------------------------------------------


@verbs.command()
@_file
@_set
@_json
def frontier(file: Path, settings: Sequence[str], as_json: bool) -> None:
    """Show the best that the parties could agree on, group by group.

    The Pareto frontier and its Nash, Kalai-Smorodinsky, egalitarian and utilitarian points, at the means of the
    scenario's numbers.

    \b
    Examples:
      sim frontier scenarios/baseline.yaml
      sim frontier mine.yaml --set parties.Armenia.reservation=0.5 --json
    """
    from sim.experiments.frontier import frontier

    scenario = _read([file], settings)[0]
    found = frontier(scenario)
    if as_json:
        _print_json(found)
        return
    from sim.report.frontier_table import frontier_table

    click.echo(frontier_table(scenario, found["groups"]))


@verbs.command()
@_file
@click.option("--replication", type=click.IntRange(min=0), required=True, help="Number of the history, from 0.")
@_seed
@_set
def story(file: Path, replication: int, seed: int | None, settings: Sequence[str]) -> None:
    """Tell one history: dated, in sentences.

    \b
    Examples:
      sim story scenarios/baseline.yaml --replication 3
      sim story mine.yaml --replication 0 --seed 7 --set incidents.per_year=0
    """
    from sim.experiments.run import run as simulate
    from sim.history import TOLD
    from sim.report.story import story

    scenario = _read([file], settings)[0]
    if replication >= TOLD:
        raise Refused(f"sim: replication {replication:,} is not told: only the first {TOLD} are, 0 to {TOLD - 1}.")
    results = simulate(scenario, replications=1, seed=seed, first=replication)
    _print(story(results, replication).text)


# ---- scenario files --------------------------------------------------------------------------------------------------


@verbs.command()
@_files
def check(files: Sequence[Path]) -> None:
    """Validate scenario files; report all their errors at once.

    \b
    Examples:
      sim check mine.yaml
      sim check scenarios/*.yaml
    """
    from sim.scenario import ScenarioError, load

    reports = []
    for file in files:
        try:
            _print(f"{file}: good ({_counted(load(file))})")
        except ScenarioError as error:
            reports.append(str(error))
    if reports:
        raise Refused("\n".join(reports))


def _counted(scenario: Scenario) -> str:
    counted = {
        "working group": len(scenario.working_groups),
        "mediator": len(scenario.mediators),
        "week": scenario.clock.weeks,
    }
    more = [f"{number:,} {what}{'' if number == 1 else 's'}" for what, number in counted.items()]
    return ", ".join([f"{len(scenario.parties)} parties", *more])


@verbs.command()
@_file
@_set
def show(file: Path, settings: Sequence[str]) -> None:
    """Print a scenario as it stands, every default filled in.

    \b
    Examples:
      sim show scenarios/cooling-off-4.yaml
      sim show mine.yaml --set clock.weeks=52 > shorter.yaml
    """
    from sim.scenario import as_yaml

    click.echo(as_yaml(_read([file], settings)[0]), nl=False)


@verbs.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Examples:
      sim schema
      sim schema > scenarios/scenario.schema.json
    """
    from sim.scenario import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@verbs.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a commented starter scenario, NAME.yaml.

    \b
    Examples:
      sim new mine
      sim new lessons/water
    """
    from sim.scenario import ScenarioError, starter

    path = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    try:
        store.write_new(path, starter(path.stem))
    except ScenarioError as error:
        raise Refused(str(error)) from None
    except FileExistsError:
        raise Refused(f"sim: {path} exists already and is left as it is. Choose another name.") from None
    _print(f"{path} is written. Change it, then: sim run {path}")


@verbs.command(name="list")
def list_() -> None:
    """List the scenarios that come with the simulator.

    \b
    Examples:
      sim list
      sim list | grep freeze
    """
    from sim.scenario import shipped

    scenarios = list(shipped())
    width = max((len(stem) for stem, *_ in scenarios), default=0)
    for stem, name, *_ in scenarios:
        _print(f"{stem:<{width}}  {name}")
    if scenarios:
        tell(f"They lie in {Path(scenarios[0][3]).parent}; run one with: sim run {scenarios[0][3]}")


# ---- reading and printing --------------------------------------------------------------------------------------------


def _read(files: Sequence[Path], settings: Sequence[str] = ()) -> list[Scenario]:
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


def _print(text: str) -> None:
    click.echo(visible(text))


def _print_json(value: Any) -> None:
    """One JSON value, in ASCII so that every terminal and pipe takes it."""
    click.echo(json.dumps(store.plain_values(value), indent=2, allow_nan=False))
