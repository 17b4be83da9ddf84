"""Verbs that ask why: which uncertain input matters, and from where failures come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import store
from sim.cli.options import (
    Failed,
    Refused,
    asked,
    at_work,
    cores,
    json_option,
    location,
    print_json,
    read,
    run_options,
    see_drawn,
    work_options,
    write_csv,
)

if TYPE_CHECKING:
    from sim.experiments.kept_sensitivity import Plan
    from sim.experiments.run import Results
    from sim.experiments.sensitivity import Sensitivity
    from sim.scenario import Scenario

Make = Callable[[], "Sensitivity"]

place_argument = click.argument("place", metavar="FILE|RESULT", type=click.Path(path_type=Path))


# ---- which input matters ---------------------------------------------------------------------------------------------


@click.command()
@place_argument
@click.option("--measure", default="settled", show_default=True, help="A number of the summary, such as agreed.treaty.")
@click.option("--method", type=click.Choice(["pawn", "delta"]), help="How distributions are compared (default: pawn).")
@click.option(
    "--design",
    type=click.Choice(["given", "sobol"]),
    default="given",
    show_default=True,
    help="Read the histories of a run, or simulate a Sobol design of its own (-n: histories at each of its points).",
)
@click.option("--points", type=click.IntRange(min=2), help="Size of a Sobol design, a power of two (default: 256).")
@run_options
def sensitivity(
    place: Path,
    measure: str,
    method: str | None,
    design: str,
    points: int | None,
    replications: int | None,
    seed: int | None,
    settings: Sequence[str],
    out: Path,
    jobs: int,
    no_plots: bool,
    csv: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Rank the uncertain inputs of a scenario by how far they move a result.

    FILE is run first, or its run found, as by `sim run`; RESULT is the folder of a run, and nothing is simulated. With
    --design sobol the scenario is simulated anew. Results land in results/<file's stem>/<run id>/.

    \b
    Examples:
      sim sensitivity baseline -n 4000
      sim sensitivity baseline --design sobol --measure utility.Armenia
    """
    from sim.experiments import kept_sensitivity, results_cache

    _go_together(design, method, points)
    source = Source(place, tuple(settings), replications, seed, out, jobs or cores())
    began, drawn = time.perf_counter(), () if no_plots else (results_cache.REPORT,)
    with answerable():
        if design == "sobol":
            plan, make = _by_design(source, measure, points, drawn)
        else:
            plan, make = _by_run(source, measure, method or "pawn", drawn)
        computed = force or kept_sensitivity.find(plan) is None
        if computed:
            store.prepare(plan.folder)
        found = (kept_sensitivity.compute if force else kept_sensitivity.complete)(plan, make)
    if csv:
        write_csv([plan.folder])
    if as_json:
        print_json(kept_sensitivity.summary(found, plan.folder))
    else:
        took = f"in {time.perf_counter() - began:.1f} s" if computed else "before; --force computes it again"
        click.echo(_told(plan, found, took))
    see_drawn((plan.folder, plan.drawn))


def _told(plan: Plan, found: Sensitivity, took: str) -> str:
    from sim.answers.sensitivity_table import sensitivity_table

    return f"{sensitivity_table(found)}\n\n{location(plan.folder, plan.drawn)}\nComputed {took}."


def _go_together(design: str, method: str | None, points: int | None) -> None:
    """Errors: Refused, where one option has no meaning beside another."""
    if design == "sobol" and method:
        raise Refused("sim: a Sobol design has a method of its own. Leave out --method, or --design sobol.")
    if design == "given" and points:
        raise Refused("sim: --points is the size of a Sobol design. Add --design sobol, or leave out --points.")


def _by_run(source: Source, measure: str, method: str, drawn: tuple[str, ...]) -> tuple[Plan, Make]:
    """The analysis of a run's histories: where it belongs, and how it is made."""
    from sim.experiments.kept_sensitivity import plan_sensitivity
    from sim.experiments.sensitivity import measure_of, sensitivity
    from sim.experiments.sobol import inputs_of

    scenario = source.scenario()
    measure_of(scenario, measure)
    inputs_of(scenario)
    plan = plan_sensitivity(scenario, source.out, source.stem, measure, method, 0, drawn)
    return plan, lambda: sensitivity(source.results(), measure, method)


def _by_design(source: Source, measure: str, points: int | None, drawn: tuple[str, ...]) -> tuple[Plan, Make]:
    """The analysis of a Sobol design: where it belongs, and how it is made."""
    from sim.experiments.cost import estimate
    from sim.experiments.kept_sensitivity import plan_sensitivity
    from sim.experiments.sobol import HISTORIES, POINTS, inputs_of, sobol

    histories, points = source.replications or HISTORIES, points or POINTS
    scenario = replace(source, replications=histories).scenario(simulated=True)
    plan = plan_sensitivity(scenario, source.out, source.stem, measure, "sobol", points, drawn)

    def make() -> Sensitivity:
        places = points * (len(inputs_of(scenario)) + 2)
        with at_work(scenario.name, estimate(scenario, places * histories, told=0)) as show:
            return sobol(scenario, measure, histories, points, jobs=source.jobs, on_progress=show)

    return plan, make


# ---- from where failures come ----------------------------------------------------------------------------------------


@click.command()
@place_argument
@click.option(
    "--failures",
    default="unsettled",
    show_default=True,
    help="What fails: histories (unsettled, unagreed.GROUP), settlements (unlasting) or agreements (collapsed.GROUP).",
)
@work_options
@json_option
def explain(
    place: Path,
    failures: str,
    replications: int | None,
    seed: int | None,
    settings: Sequence[str],
    out: Path,
    jobs: int,
    as_json: bool,
) -> None:
    """Say in which region of its uncertain inputs a scenario fails.

    FILE is run first, or its run found, as by `sim run`; RESULT is the folder of a run, and nothing is simulated. The
    region is found in one half of the histories and counted in the other.

    \b
    Examples:
      sim explain baseline -n 4000
      sim explain baseline --failures unagreed.treaty --json
    """
    from sim.answers import explain_table
    from sim.experiments import explain as reasons
    from sim.experiments.sobol import inputs_of

    source = Source(place, tuple(settings), replications, seed, out, jobs or cores())
    with answerable():
        reasons.failure_of(source.scenario(), failures)
        inputs_of(source.scenario())
        found = reasons.explain(source.results(), failures)
    if as_json:
        print_json(explain_table.summary(found))
        return
    click.echo(explain_table.explain_table(found))


# ---- the histories ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A scenario file, whose run is found or made, or the folder of a run, of which nothing can be changed."""

    place: Path
    settings: tuple[str, ...]
    replications: int | None
    seed: int | None
    out: Path
    jobs: int

    @property
    def stem(self) -> str:
        """The name of the scenario's folder of results."""
        return self.place.resolve().parent.name if self.place.is_dir() else self.place.stem

    def scenario(self, simulated: bool = False) -> Scenario:
        """The scenario, as the options say; `simulated` anew, even that of a run can be changed.  Errors: Refused."""
        if not self.place.is_dir():
            return read([self.place], asked(self.settings, self.replications, self.seed))[0]
        if not all((self.place / name).is_file() for name in (*store.FILES, "run.json")):
            raise Refused(
                f"sim: {self.place} is no folder of a run. Name a scenario file, or a folder in which `sim run` wrote "
                "run.json and outcomes.parquet."
            )
        changes = asked(self.settings, self.replications, self.seed)
        if changes and not simulated:
            raise Refused(
                f"sim: {self.place} is a run, so -n, --seed and --set come too late. Name its scenario file instead."
            )
        return read([self.place / "scenario.yaml"], changes)[0]

    def results(self) -> Results:
        """The run: read, or found or made first.  Errors: Refused, Failed; Busy, CannotWrite."""
        from sim.experiments import results_cache
        from sim.experiments.cost import estimate

        scenario, folder = self.scenario(), self.place
        if not self.place.is_dir():
            plan = results_cache.plan_run(scenario, self.out, self.stem, ())
            cost = None
            if results_cache.find(plan) is None:
                store.prepare(plan.folder)
                cost = estimate(scenario)
            with at_work(scenario.name, cost) as show:
                results_cache.complete(plan, self.jobs, show)
            scenario, folder = plan.scenario, plan.folder
        found = results_cache.load(folder, scenario)
        if found is None:
            raise Failed(f"the run in {folder} cannot be read. Delete that folder, and run the scenario again.")
        return found


@contextmanager
def answerable() -> Iterator[None]:
    """A question that the scenario cannot answer is refused, with the sentence that says why."""
    from sim.experiments.sensitivity import Unanswerable

    try:
        yield
    except Unanswerable as error:
        raise Refused(f"sim: {error}") from None
