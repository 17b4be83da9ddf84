"""`sim sweep`: some values of a scenario are varied; every cell is run and kept, and a table of them printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import (
    Failed,
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
    from sim.experiments.cost import Cost
    from sim.experiments.design import Design
    from sim.experiments.kept_sweep import Plan
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep_work import Crew

CarryOut = Callable[["Plan", "Crew", Callable[[float], None]], "Sweep"]


@click.command()
@file_argument
@click.option(
    "--vary",
    metavar="PATH=START:STOP:COUNT|A,B,C",
    multiple=True,
    help="A value to vary and what it takes: COUNT numbers evenly from START to STOP, or a list. May be repeated: "
    "every combination is a cell, the last path fastest. Default: what the file says under `sweep`.",
)
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1, 100_000),
    help="Instead of a grid: N cells of a Latin hypercube sample; a range needs no COUNT then.",
)
@click.option("--cluster", metavar="ADDRESS", help="Compute on the Dask cluster whose scheduler has this address.")
@click.option("--keep-outcomes", is_flag=True, help="Keep every replication of every cell: outcomes.parquet.")
@run_options
def sweep(
    file: Path,
    vary: Sequence[str],
    sample: int | None,
    cluster: str | None,
    keep_outcomes: bool,
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
    """Vary values of a scenario: run every cell of a grid or sample, write a table and figures.

    Results land in results/<file's stem>/<run id>/. A sweep that was stopped, however, goes on where it was with the
    same command; one that was computed before is found. The results are the same whatever --jobs and --cluster say.

    \b
    Examples:
      sim sweep baseline --vary mediators.Russia.effort=0:1:11
      sim sweep mine.yaml --vary "linkage=independent,sequence" --vary incidents.per_year=0:4:5 -n 200
    """
    from sim.experiments import kept_sweep
    from sim.experiments.cost import estimate
    from sim.experiments.sweep_work import Crew

    asked = {"replications": replications, "seed": seed}
    settings = [*settings, *(f"{key}={value}" for key, value in asked.items() if value is not None)]
    began, design = time.perf_counter(), _design(file, settings, vary, sample)
    more = {kept_sweep.OUTCOMES: keep_outcomes, kept_sweep.REPORT: not no_plots}
    plan = kept_sweep.plan_sweep(design, out, file.stem, tuple(name for name, wanted in more.items() if wanted))
    before = not force and kept_sweep.find(plan) is not None
    cost = None if before else estimate(design.scenario, design.size * design.scenario.replications, told=0)
    carry_out = kept_sweep.compute if force else kept_sweep.complete
    found = _carry_out(carry_out, plan, Crew(jobs or cores(), cluster), cost)
    if csv:
        write_csv([plan.folder])
    if as_json:
        print_json(kept_sweep.summary(plan, found))
    else:
        took = "before; --force computes it again" if before else f"in {time.perf_counter() - began:.1f} s"
        click.echo(_told(plan, found, took))
    see_drawn((plan.folder, plan.drawn))


def _told(plan: Plan, found: Sweep, took: str) -> str:
    from sim.answers.sweep_table import sweep_table
    from sim.experiments.kept_sweep import CELLS

    table = sweep_table(found, plan.folder / CELLS)
    return f"{table}\n\n{location(plan.folder, plan.drawn)}\nComputed {took}."


def _design(file: Path, settings: Sequence[str], vary: Sequence[str], sample: int | None) -> Design:
    """What varies, as the options say or else the file.  Errors: Refused."""
    from sim.experiments.design import of_file
    from sim.scenario import ScenarioError

    try:
        return of_file(file, settings, vary, sample)
    except ScenarioError as error:
        raise Refused(str(error)) from None
    except ValueError as error:
        raise Refused(f"sim: {error}") from None


def _carry_out(carry_out: CarryOut, plan: Plan, crew: Crew, cost: Cost | None) -> Sweep:
    from sim.experiments.cluster import ClusterLost, NoCluster
    from sim.scenario import ScenarioError

    try:
        with at_work(plan.design.scenario.name, cost) as show:
            return carry_out(plan, crew, show)
    except ScenarioError as error:
        raise Refused(str(error)) from None
    except NoCluster as error:
        raise Refused(f"sim: {error}") from None
    except ClusterLost as error:
        raise Failed(str(error)) from error
