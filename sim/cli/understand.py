"""Verbs that ask why: which uncertain input matters, and from where failures come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import report, store
from sim.cli.options import (
    Asked,
    Computing,
    Failed,
    Refused,
    at_work,
    json_option,
    print_json,
    read,
    refusing,
    run_options,
    work_options,
)
from sim.cli.presenting import Task, present, say_sensitivity, tell_sensitivity

if TYPE_CHECKING:
    from sim.experiments.cost import Cost
    from sim.experiments.results_cache import Progress
    from sim.experiments.run import Results
    from sim.experiments.sensitivity import Sensitivity
    from sim.experiments.works import RunWork
    from sim.scenario import Scenario

place_argument = click.argument("place", metavar="FILE|RESULT", type=click.Path(path_type=Path))


# ---- which input matters ---------------------------------------------------------------------------------------------


@click.command(cls=Computing)
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
    asked: Asked,
) -> None:
    """Rank the uncertain inputs of a scenario by how far they move a result.

    FILE is run first, or its run found, as by `sim run`; RESULT is the folder of a run, and nothing is simulated. With
    --design sobol the scenario is simulated anew. Results land in results/<file's stem>/<run id>/.

    \b
    Examples:
      sim sensitivity baseline -n 4000
      sim sensitivity baseline --design sobol --measure utility.Armenia
    """
    from sim.experiments.sensitivity import Unanswerable

    _go_together(design, method, points)
    source = Source(place, asked)
    with refusing(Unanswerable):
        task = _by_design(source, measure, points) if design == "sobol" else _by_run(source, measure, method or "pawn")
        present(asked, task)


def _go_together(design: str, method: str | None, points: int | None) -> None:
    """Errors: Refused, where one option has no meaning beside another."""
    if design == "sobol" and method:
        raise Refused("sim: a Sobol design has a method of its own. Leave out --method, or --design sobol.")
    if design == "given" and points:
        raise Refused("sim: --points is the size of a Sobol design. Add --design sobol, or leave out --points.")


def _by_run(source: Source, measure: str, method: str) -> Task[Sensitivity]:
    """The analysis of a run's histories."""
    from sim.experiments.sensitivity import measure_of, sensitivity
    from sim.experiments.sobol import inputs_of

    scenario = source.scenario()
    measure_of(scenario, measure)
    inputs_of(scenario)

    def analyse(tell: Progress) -> Sensitivity:
        return sensitivity(source.results(tell), measure, method)

    return _task(source, scenario, (measure, method, 0), analyse, source.cost)


def _by_design(source: Source, measure: str, points: int | None) -> Task[Sensitivity]:
    """The analysis of a Sobol design."""
    from sim.experiments.cost import estimate
    from sim.experiments.sobol import HISTORIES, POINTS, inputs_of, sobol

    asked = source.asked
    histories, points = asked.replications or HISTORIES, points or POINTS
    scenario = replace(source, asked=replace(asked, replications=histories)).scenario(simulated=True)

    def analyse(tell: Progress) -> Sensitivity:
        return sobol(scenario, measure, histories, points, jobs=asked.jobs, on_progress=tell)

    def cost() -> Cost:
        places = points * (len(inputs_of(scenario)) + 2)
        return estimate(scenario, places * histories, told=0)

    return _task(source, scenario, (measure, "sobol", points), analyse, cost)


def _task(
    source: Source,
    scenario: Scenario,
    about: tuple[str, str, int],
    analyse: Callable[[Progress], Sensitivity],
    cost: Callable[[], Cost | None],
) -> Task[Sensitivity]:
    from sim.experiments.works import plan_sensitivity

    work = plan_sensitivity(scenario, source.asked.out, source.stem, about, analyse, say_sensitivity)
    return Task(work, scenario.name, cost, report.write_sensitivity, lambda kept: tell_sensitivity(kept.result))


# ---- from where failures come ----------------------------------------------------------------------------------------


@click.command(cls=Computing)
@place_argument
@click.option(
    "--failures",
    default="unsettled",
    show_default=True,
    help="What fails: histories (unsettled, unagreed.GROUP), settlements (unlasting) or agreements (collapsed.GROUP).",
)
@work_options
@json_option
def explain(place: Path, failures: str, asked: Asked) -> None:
    """Say in which region of its uncertain inputs a scenario fails.

    FILE is run first, or its run found, as by `sim run`; RESULT is the folder of a run, and nothing is simulated. The
    region is found in one half of the histories and counted in the other.

    \b
    Examples:
      sim explain baseline -n 4000
      sim explain baseline --failures unagreed.treaty --json
    """
    from sim.experiments import explain as reasons
    from sim.experiments.sensitivity import Unanswerable
    from sim.experiments.sobol import inputs_of
    from sim.report.explain_table import explain_table

    source = Source(place, asked)
    with refusing(Unanswerable):
        scenario = source.scenario()
        reasons.failure_of(scenario, failures)
        inputs_of(scenario)
        with at_work(scenario.name, source.cost()) as show:
            results = source.results(show)
        found = reasons.explain(results, failures)
    if asked.as_json:
        print_json(reasons.summary(found))
    else:
        click.echo(explain_table(found))


# ---- the histories ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A scenario file, whose run is found or made, or the folder of a run, of which nothing can be changed."""

    place: Path
    asked: Asked

    @property
    def stem(self) -> str:
        """The name of the scenario's folder of results."""
        return self.place.resolve().parent.name if self.place.is_dir() else self.place.stem

    def scenario(self, simulated: bool = False) -> Scenario:
        """The scenario, as the options say; `simulated` anew, even that of a run can be changed.  Errors: Refused."""
        changes = self.asked.changes
        if not self.place.is_dir():
            return read([self.place], changes)[0]
        if not all((self.place / name).is_file() for name in (*store.FILES, "run.json")):
            raise Refused(
                f"sim: {self.place} is no folder of a run. Name a scenario file, or a folder in which `sim run` wrote "
                "run.json and outcomes.parquet."
            )
        if changes and not simulated:
            raise Refused(
                f"sim: {self.place} is a run, so -n, --seed and --set come too late. Name its scenario file instead."
            )
        return read([self.place / "scenario.yaml"], changes)[0]

    def _run(self) -> RunWork:
        from sim.experiments.works import plan_run

        work = plan_run(self.scenario(), self.asked.out, self.stem, self.asked.jobs)
        return replace(work, folder=self.place) if self.place.is_dir() else work

    def cost(self) -> Cost | None:
        """What the run will cost; None where it is there."""
        from sim.experiments.cost import estimate
        from sim.experiments.results_cache import summary_of

        work = self._run()
        return estimate(work.scenario) if not self.place.is_dir() and summary_of(work) is None else None

    def results(self, tell: Progress) -> Results:
        """The run: read, or found or made first.  Errors: Failed; Busy, CannotWrite."""
        from sim.experiments.results_cache import keep, load

        work = self._run()
        found = load(work) if self.place.is_dir() else keep(work, tell)
        if found is None:
            raise Failed(f"the run in {work.folder} cannot be read. Delete that folder, and run the scenario again.")
        return found
