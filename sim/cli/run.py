"""`sim run`: scenarios are run and kept, and their summaries printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim import store
from sim.cli.options import (
    asked,
    at_work,
    cores,
    files_argument,
    location,
    print_json,
    read,
    run_options,
    see_drawn,
    write_csv,
)

if TYPE_CHECKING:
    from sim.experiments.results_cache import Plan

Summary = dict[str, Any]
CarryOut = Callable[["Plan", int, Callable[[float], None]], Summary]


@click.command()
@files_argument()
@run_options
def run(
    files: Sequence[Path],
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
    """Run scenarios, write the results, print a summary of each.

    Results land in results/<file's stem>/<run id>/. The run id is made from the scenario, the seed and the
    replications: what was computed before is found there and not computed again.

    \b
    Examples:
      sim run baseline
      sim run *.yaml -n 200 --set mediators.Russia.effort=0.8 --no-plots
    """
    scenarios = read(files, asked(settings, replications, seed))

    from sim.experiments import results_cache

    drawn = () if no_plots else (results_cache.REPORT,)
    plans = [
        results_cache.plan_run(scenario, out, file.stem, drawn) for file, scenario in zip(files, scenarios, strict=True)
    ]
    for plan in plans:
        if force or results_cache.find(plan) is None:
            store.prepare(plan.folder)
    carry_out = results_cache.compute if force else results_cache.complete
    if as_json:
        summaries = [_carry_out(carry_out, plan, jobs or cores(), csv) for plan in plans]
        print_json(summaries if len(summaries) > 1 else summaries[0])
    for number, plan in enumerate(() if as_json else plans):
        began, computed = time.perf_counter(), force or results_cache.find(plan) is None
        summary = _carry_out(carry_out, plan, jobs or cores(), csv)
        took = f"in {time.perf_counter() - began:.1f} s" if computed else "before; --force computes it again"
        click.echo("\n" * (number > 0) + _told(plan, summary, took))
    see_drawn(*((plan.folder, plan.drawn) for plan in plans))


def _carry_out(carry_out: CarryOut, plan: Plan, jobs: int, csv: bool) -> Summary:
    from sim.experiments import results_cache
    from sim.experiments.cost import estimate

    cost = estimate(plan.scenario) if carry_out is results_cache.compute or results_cache.find(plan) is None else None
    with at_work(plan.scenario.name, cost) as show:
        summary = carry_out(plan, jobs, show)
    if csv:
        write_csv([plan.folder])
    return summary


def _told(plan: Plan, summary: Summary, took: str) -> str:
    """A run's summary, its place and how long it took, as text."""
    from sim.answers.table import summary_table

    return f"{summary_table(plan.scenario, summary)}\n\n{location(plan.folder, plan.drawn)}\nComputed {took}."
