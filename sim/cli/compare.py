"""`sim compare`: scenarios are run under the same chance, and what differs is printed and kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim import store
from sim.cli.options import (
    Refused,
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
    from sim.experiments.kept_comparison import Plan


@click.command()
@files_argument("REFERENCE FILE...")
@run_options
def compare(
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
    """Run scenarios under the same chance and say what each changes.

    The first file is the reference, whose seed and number of replications all have; --set changes every file. Each run
    is kept as by `sim run`, the comparison in results/compare/<run id>/.

    \b
    Examples:
      sim compare baseline cooling-off-4
      sim compare baseline "freeze-*" -n 400 --no-plots
    """
    if len(files) < 2:
        raise Refused(
            f"sim: there is nothing to compare {files[0]} with. Name the reference and at least one other file: "
            f"sim compare {files[0]} OTHER.yaml"
        )
    scenarios = read(files, asked(settings, replications, seed))

    from sim.arrays import total
    from sim.experiments import kept_comparison, results_cache
    from sim.experiments.cost import estimate

    drawn = () if no_plots else (results_cache.REPORT,)
    plan = kept_comparison.plan_comparison(scenarios, out, [file.stem for file in files], drawn)
    computed = force or kept_comparison.find(plan) is None
    if computed:
        for folder in (plan.folder, *(run.folder for run in plan.runs)):
            store.prepare(folder)
    began = time.perf_counter()
    carry_out = kept_comparison.compute if force else kept_comparison.complete
    with at_work(f"{len(files)} scenarios", total(map(estimate, scenarios)) if computed else None) as show:
        summary = carry_out(plan, jobs or cores(), show)
    if csv:
        write_csv([plan.folder, *(run.folder for run in plan.runs)])
    if as_json:
        print_json(summary)
    else:
        took = f"in {time.perf_counter() - began:.1f} s" if computed else "before; --force computes it again"
        click.echo(_told(plan, summary, took))
    see_drawn((plan.folder, plan.drawn))


def _told(plan: Plan, summary: dict[str, Any], took: str) -> str:
    """What differs, where it is kept and how long it took, as text."""
    from sim.answers.comparison_table import comparison_table

    table = comparison_table([run.scenario for run in plan.runs], plan.names, summary)
    return f"{table}\n\n{location(plan.folder, plan.drawn)}\nComputed {took}."
