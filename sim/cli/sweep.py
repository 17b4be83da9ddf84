"""`sim sweep`: some values of a scenario are varied; every cell is run and kept, and a table of them printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sim import report
from sim.cli.options import Asked, Computing, cluster_option, file_argument, on_cluster, refusing, run_options
from sim.cli.presenting import present, tell_sweep


@click.command(cls=Computing)
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
@cluster_option
@click.option("--keep-outcomes", is_flag=True, help="Keep every replication of every cell: outcomes.parquet.")
@run_options
def sweep(
    file: Path,
    vary: Sequence[str],
    sample: int | None,
    cluster: str | None,
    keep_outcomes: bool,
    asked: Asked,
) -> None:
    """Vary values of a scenario: run every cell of a grid or sample, write a table and figures.

    Results land in results/<file's stem>/<run id>/. A sweep that was stopped, however, goes on where it was with the
    same command; one that was computed before is found. The results are the same whatever --jobs and --cluster say.

    \b
    Examples:
      sim sweep baseline --vary mediators.Russia.effort=0:1:11
      sim sweep mine.yaml --vary "linkage=independent,sequence" --vary incidents.per_year=0:4:5 -n 200
    """
    from sim.experiments.design import of_file
    from sim.experiments.sweep_work import Crew
    from sim.experiments.works_varied import plan_sweep

    with refusing(ValueError):
        design = of_file(file, asked.changes, vary, sample)
    work = plan_sweep(design, asked.out, file.stem, Crew(asked.jobs, cluster), keep_outcomes)
    with on_cluster():
        present(asked, report.write_sweep, tell_sweep, work)
