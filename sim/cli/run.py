"""`sim run`, `sim compare`, `sim whatif`: scenarios are run, each alone or several under the same chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import report
from sim.cli.options import (
    Asked,
    Computing,
    Refused,
    cluster_option,
    file_argument,
    files_argument,
    on_cluster,
    read,
    refusing,
    run_options,
)
from sim.cli.presenting import draw_run, draw_whatif, present, tell_comparison, tell_run, tell_whatif

if TYPE_CHECKING:
    from sim.scenario import Counterfactual, Scenario


@click.command(cls=Computing)
@files_argument()
@run_options
def run(files: Sequence[Path], asked: Asked) -> None:
    """Run scenarios, write the results, print a summary of each.

    Results land in results/<file's stem>/<run id>/. The run id is made from the scenario, the seed and the
    replications: what was computed before is found there and not computed again.

    \b
    Examples:
      sim run baseline
      sim run *.yaml -n 200 --set mediators.Russia.effort=0.8 --no-plots
    """
    scenarios = read(files, asked.changes)

    from sim.experiments.works import plan_run

    works = [plan_run(each, asked.out, file.stem, asked.jobs) for file, each in zip(files, scenarios, strict=True)]
    present(asked, draw_run, tell_run, *works)


@click.command(cls=Computing)
@files_argument("REFERENCE FILE...")
@click.option(
    "--models",
    metavar="N",
    type=click.IntRange(1, 100_000),
    help="Compare in N plausible models too: each draws every number in which the files do not differ from its "
    "plausible range (-n: histories in each, by default 200).",
)
@cluster_option
@run_options
def compare(files: Sequence[Path], models: int | None, cluster: str | None, asked: Asked) -> None:
    """Run scenarios under the same chance and say what each changes.

    The first file is the reference, whose seed and number of replications all have; --set changes every file. Each run
    is kept as by `sim run`, the comparison in results/compare/<run id>/. With --models the answer says in how many
    plausible models each file does better, and on which numbers that depends.

    \b
    Examples:
      sim compare baseline "freeze-*" -n 400 --no-plots
      sim compare baseline cooling-off-4 --models 500
    """
    if len(files) < 2:
        raise Refused(
            f"sim: there is nothing to compare {files[0]} with. Name the reference and at least one other file: "
            f"sim compare {files[0]} OTHER.yaml"
        )
    if models is not None:
        _compare_models(files, models, cluster, asked)
        return
    if cluster is not None:
        raise Refused("sim: a cluster simulates models. Add --models 500, or leave out --cluster.")
    scenarios = read(files, asked.changes)

    from sim.experiments.works import plan_comparison

    work = plan_comparison(scenarios, asked.out, [file.stem for file in files], asked.jobs)
    present(asked, report.write_comparison, tell_comparison, work)


def _compare_models(files: Sequence[Path], models: int, cluster: str | None, asked: Asked) -> None:
    """Compare files in many plausible models."""
    from sim.experiments.compare import HISTORIES
    from sim.experiments.sweep_work import Crew
    from sim.experiments.works_models import plan_models

    asked = replace(asked, replications=asked.replications or HISTORIES)
    scenarios, stems = read(files, asked.changes), [file.stem for file in files]
    work = plan_models(scenarios, asked.out, stems, models, Crew(asked.jobs, cluster))
    with on_cluster():
        present(asked, report.write_comparison, tell_comparison, work)


@click.command(cls=Computing)
@file_argument
@click.option("--without", metavar="PATH", multiple=True, help="Take this away, such as freezes[0]; may be repeated.")
@click.option("--replication", type=click.IntRange(min=0), help="History to tell twice (default: chosen by rule).")
@run_options
def whatif(file: Path, without: Sequence[str], replication: int | None, asked: Asked) -> None:
    """Ask what would have been without something: a freeze, a mediator, an event.

    Which histories that failed would have settled, and the other way round, if exactly this were taken away and all
    chance stayed as it was? One history is told with and without. --set changes the second telling only.

    \b
    Examples:
      sim whatif freeze-treaty-half-year --without "freezes[0]"
      sim whatif baseline --without mediators.Russia --replication 3
    """
    scenario, imagined = _imagine(file, without, asked)

    from sim.answers.whatif_answer import as_json
    from sim.experiments.works import plan_comparison, plan_whatif

    runs = plan_comparison([scenario, imagined.scenario], asked.out, [file.stem, file.stem], asked.jobs)
    work = plan_whatif(runs, imagined, asked.settings, replication, as_json)
    present(asked, draw_whatif, tell_whatif, work)


def _imagine(file: Path, without: Sequence[str], asked: Asked) -> tuple[Scenario, Counterfactual]:
    """The scenario and what it would be without.  Errors: Refused."""
    if not (without or asked.settings):
        raise Refused(
            "sim: nothing is taken away, so nothing would be different. Name a part of the file, such as "
            f'sim whatif {file} --without "freezes[0]", or change it with --set PATH=VALUE.'
        )
    from sim.experiments.whatif import imagine

    with refusing():
        return imagine(file, without, asked.settings, asked.replications, asked.seed)
