"""Verbs that ask why: which uncertain input matters, from where failures come, and what each mechanism does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import report, store
from sim.cli.options import (
    Asked,
    Computing,
    Refused,
    at_work,
    file_argument,
    json_option,
    print_json,
    read,
    refusing,
    run_options,
    work_options,
)
from sim.cli.presenting import present, tell_blame, tell_sensitivity

if TYPE_CHECKING:
    from sim.experiments.works import RunWork

place_argument = click.argument("place", metavar="FILE|RESULT", type=click.Path(path_type=Path))


# ---- which input matters ---------------------------------------------------------------------------------------------


@click.command(cls=Computing)
@place_argument
@click.argument("reference", metavar="[REFERENCE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--of",
    "what",
    type=click.Choice(["measure", "difference"]),
    default="measure",
    show_default=True,
    help="Rank the inputs of FILE for a measure, or every number with a plausible range for how far FILE differs from "
    "REFERENCE (-n: histories at each end, by default 200).",
)
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
    reference: Path | None,
    what: str,
    measure: str,
    method: str | None,
    design: str,
    points: int | None,
    asked: Asked,
) -> None:
    """Rank the uncertain inputs of a scenario by how far they move a result.

    FILE is run first, or its run found, as by `sim run`; RESULT is the folder of a run, and nothing is simulated
    unless a measure was added since. With --design sobol the scenario is simulated anew. Results land in
    results/<file's stem>/<run id>/. With --of difference both ends of each plausible range are simulated, one number at
    a time; the answer is printed and not kept.

    \b
    Examples:
      sim sensitivity baseline -n 4000
      sim sensitivity --of difference cooling-off-4 baseline
    """
    from sim.answers.sensitivity_table import as_json
    from sim.experiments.sobol import HISTORIES, POINTS
    from sim.experiments.uncertain import Unanswerable
    from sim.experiments.works_varied import plan_sensitivity

    _go_together(design, method, points)
    _one_or_two(what, place, reference)
    if reference is not None:
        _of_difference(place, reference, measure, asked)
        return
    if design == "sobol":
        asked = replace(asked, replications=asked.replications or HISTORIES)
        method, points = "sobol", points or POINTS
    with refusing(Unanswerable):
        run = _run_of(place, asked, anew=design == "sobol")
        work = plan_sensitivity(run, measure, method or "pawn", points or 0, as_json)
        present(asked, report.write_sensitivity, tell_sensitivity, work)


def _go_together(design: str, method: str | None, points: int | None) -> None:
    """Errors: Refused, where one option has no meaning beside another."""
    if design == "sobol" and method:
        raise Refused("sim: a Sobol design has a method of its own. Leave out --method, or --design sobol.")
    if design == "given" and points:
        raise Refused("sim: --points is the size of a Sobol design. Add --design sobol, or leave out --points.")


def _one_or_two(what: str, place: Path, reference: Path | None) -> None:
    """Errors: Refused, where a difference has no reference, or a reference no difference."""
    if what == "difference" and reference is None:
        raise Refused(
            f"sim: a difference needs two files. Name the reference: sim sensitivity --of difference {place} REF"
        )
    if what == "measure" and reference is not None:
        raise Refused(f"sim: {reference} is a second file. Add --of difference, or leave it out.")


def _of_difference(file: Path, reference: Path, measure: str, asked: Asked) -> None:
    """Rank the numbers with a plausible range for a difference.  Errors: Refused, Failed."""
    from sim.answers.tornado_table import tornado_table
    from sim.experiments.compare import HISTORIES
    from sim.experiments.sweep_work import Crew
    from sim.experiments.tornado import tornado
    from sim.experiments.uncertain import Unanswerable

    asked = replace(asked, replications=asked.replications or HISTORIES)
    scenario, before = read([file, reference], asked.changes)
    with refusing(Unanswerable), at_work(scenario.name) as show:
        found = tornado(before, scenario, measure, Crew(asked.jobs), show)
    if asked.as_json:
        print_json(found.summary)
    else:
        click.echo(tornado_table(found))


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

    FILE is run first, or its run found, as by `sim run`; RESULT is the folder of a run, and nothing is simulated
    unless a measure was added since. The region is found in one half of the histories and counted in the other.

    \b
    Examples:
      sim explain baseline -n 4000
      sim explain baseline --failures unagreed.treaty --json
    """
    from sim.answers import explain_table
    from sim.experiments import explain as reasons
    from sim.experiments.results_cache import keep, summary_of
    from sim.experiments.sobol import inputs_of
    from sim.experiments.uncertain import Unanswerable

    with refusing(Unanswerable):
        run = _run_of(place, asked)
        reasons.failure_of(run.scenario, failures)
        inputs_of(run.scenario)
        with at_work(run.name, run.cost() if summary_of(run) is None else None) as show:
            results = keep(run, show)
        found = reasons.explain(results, failures)
    if asked.as_json:
        print_json(explain_table.summary(found))
    else:
        click.echo(explain_table.explain_table(found))


# ---- what each mechanism does ----------------------------------------------------------------------------------------


@click.command(cls=Computing)
@file_argument
@click.option(
    "--off",
    metavar="NAME",
    multiple=True,
    help="A mechanism to switch off, such as doubt; may be repeated (default: all that stand in the way of the talks).",
)
@click.option("--of", default="settled", show_default=True, help="A number of the summary, such as agreed.treaty.")
@click.option("--replication", metavar="R", type=click.IntRange(min=0), help="Look at this history only.")
@click.option("--orders", metavar="N", type=int, help="Draw N orders (default: all up to 8 mechanisms, else 32).")
@run_options
def blame(
    file: Path,
    off: Sequence[str],
    of: str,
    replication: int | None,
    orders: int | None,
    asked: Asked,
) -> None:
    """Divide what the talks lose among the mechanisms that stand in their way, so that the shares add up.

    The scenario is simulated with every combination of mechanisms switched off, under the same chance. What is found
    explains the model; it accuses nobody. Results land in results/<file's stem>/<run id>/, and a command that was
    stopped goes on where it was.

    \b
    Examples:
      sim blame baseline -n 200
      sim blame baseline --off incidents --off doubt --replication 3
    """
    from sim.answers.blame_table import as_json
    from sim.experiments.blame import ask
    from sim.experiments.uncertain import Unanswerable
    from sim.experiments.works_blame import plan_blame

    with refusing(Unanswerable):
        question = ask(read([file], asked.changes)[0], of, off, orders, replication)
        work = plan_blame(question, asked.out, file.stem, asked.jobs, as_json)
        present(asked, report.write_blame, tell_blame, work)


# ---- the histories ---------------------------------------------------------------------------------------------------


def _run_of(place: Path, asked: Asked, anew: bool = False) -> RunWork:
    """The run of a scenario file, or the one that lies in a folder, of which nothing can be changed.

    anew: simulated anew, so that even a run can be changed.  Errors: Refused.
    """
    from sim.experiments.works import plan_run

    if not place.is_dir():
        return plan_run(read([place], asked.changes)[0], asked.out, place.stem, asked.jobs)
    if not all((place / name).is_file() for name in (*store.FILES, "run.json")):
        raise Refused(
            f"sim: {place} is no folder of a run. Name a scenario file, or a folder in which `sim run` wrote "
            "run.json and outcomes.parquet."
        )
    if asked.changes and not anew:
        raise Refused(f"sim: {place} is a run, so -n, --seed and --set come too late. Name its scenario file instead.")
    scenario = read([place / "scenario.yaml"], asked.changes)[0]
    run = plan_run(scenario, asked.out, place.resolve().parent.name, asked.jobs)
    return run if anew else replace(run, folder=place)
