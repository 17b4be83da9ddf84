"""`sim whatif`: the but-for question, answered for all histories and shown in one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import store
from sim.cli.options import (
    Refused,
    at_work,
    cores,
    file_argument,
    location,
    print_json,
    run_options,
    see_drawn,
    write_csv,
)

if TYPE_CHECKING:
    from sim.experiments.kept_whatif import Plan
    from sim.experiments.whatif import WhatIf
    from sim.scenario import Counterfactual, Scenario


@click.command()
@file_argument
@click.option("--without", metavar="PATH", multiple=True, help="Take this away, such as freezes[0]; may be repeated.")
@click.option("--replication", type=click.IntRange(min=0), help="History to tell twice (default: chosen by rule).")
@run_options
def whatif(
    file: Path,
    without: Sequence[str],
    replication: int | None,
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
    """Ask what would have been without something: a freeze, a mediator, an event.

    Which histories that failed would have settled, and the other way round, if exactly this were taken away and all
    chance stayed as it was? One history is told with and without. --set changes the second telling only.

    \b
    Examples:
      sim whatif freeze-treaty-half-year --without "freezes[0]"
      sim whatif baseline --without mediators.Russia --replication 3
    """
    scenario, imagined = _imagine(file, without, settings, replications, seed)

    from sim.experiments import kept_whatif, results_cache
    from sim.experiments.cost import estimate

    drawn = () if no_plots else (results_cache.REPORT,)
    plan = kept_whatif.plan_whatif(scenario, imagined, settings, replication, out, file.stem, drawn)
    computed = force or not plan.found
    for folder in plan.folders if computed else ():
        store.prepare(folder)
    began = time.perf_counter()
    carry_out = kept_whatif.compute if force else kept_whatif.complete
    cost = estimate(scenario) + estimate(imagined.scenario) if computed else None
    with at_work(scenario.name, cost) as show:
        found = carry_out(plan, jobs or cores(), show)
    if csv:
        write_csv(plan.folders)
    if as_json:
        print_json(kept_whatif.summary(plan, found))
    else:
        took = f"in {time.perf_counter() - began:.1f} s" if computed else "before; --force computes it again"
        click.echo(_told(plan, found, took))
    see_drawn((plan.comparison.folder, plan.comparison.drawn))


def _imagine(
    file: Path, without: Sequence[str], settings: Sequence[str], replications: int | None, seed: int | None
) -> tuple[Scenario, Counterfactual]:
    """The scenario and what it would be without.  Errors: Refused."""
    if not (without or settings):
        raise Refused(
            "sim: nothing is taken away, so nothing would be different. Name a part of the file, such as "
            f'sim whatif {file} --without "freezes[0]", or change it with --set PATH=VALUE.'
        )
    from sim.experiments.whatif import imagine
    from sim.scenario import ScenarioError

    try:
        return imagine(file, without, settings, replications, seed)
    except ScenarioError as error:
        raise Refused(str(error)) from None


def _told(plan: Plan, found: WhatIf, took: str) -> str:
    from sim.stories.whatif_page import page

    return f"{page(found)}\n\n{location(plan.comparison.folder, plan.comparison.drawn)}\nComputed {took}."
