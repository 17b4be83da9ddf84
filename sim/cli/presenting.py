"""How every verb that keeps a result goes on: it is found or made, drawn, written as CSV, printed.

Here alone results meet what draws and tells them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import click

from sim import report, store
from sim.cli.options import LARGE, Asked, Failed, at_work, print_json
from sim.experiments import results_cache
from sim.experiments.results_cache import REPORT, Draw, Summary, Work
from sim.report.helper import helped
from sim.terminal import unheard, visible

if TYPE_CHECKING:
    from sim.experiments.blame import Blame
    from sim.experiments.compare import Comparison
    from sim.experiments.run import Results
    from sim.experiments.sweep import Sweep
    from sim.experiments.uncertain import Sensitivity
    from sim.experiments.whatif import WhatIf

Result = TypeVar("Result")


@dataclass(frozen=True)
class Kept(Generic[Result]):
    """What a verb has found or made.  work: of the kind that gives this result; made: it, where it is at hand"""

    work: Any
    summary: Summary
    made: Result | None = None

    @cached_property
    def result(self) -> Result:
        """The result itself, read when it is needed."""
        found: Result = results_cache.keep(self.work, unheard) if self.made is None else self.made
        return found


def present(asked: Asked, draw: Draw[Result], tell: Callable[[Kept[Result]], str], *works: Work[Result]) -> None:
    """Find what a verb asks for or make it; draw it, write it as CSV, print it.

    Errors: Failed, where a figure could not be drawn; everything else is there then. Busy, CannotWrite, as `make`.
    """
    for work in works[1:]:  # before hours are spent on the first
        if _missing(work, asked):
            work.prepare(unheard)
    summaries: list[Summary] = []
    with helped(wanted=asked.jobs > 1 and not asked.no_plots) as get_ready:
        for work in works:
            began, made = time.perf_counter(), None
            computed = _missing(work, asked)
            if computed:
                cost = work.cost()
                if cost is None or cost.memory <= LARGE:  # or else what is drawn would be there twice
                    get_ready()
                with at_work(work.name, cost) as show:
                    made = results_cache.keep(work, show, None if asked.no_plots else draw, asked.force)
            if asked.csv:
                _write_csv(work)
            summaries.append(results_cache.summary_of(work) or {})
            if not asked.as_json:
                took = f"in {time.perf_counter() - began:.1f} s" if computed else "before; --force computes it again"
                above = "\n" if len(summaries) > 1 else ""
                told = tell(Kept(work, summaries[-1], made))
                click.echo(f"{above}{told}\n\n{location(work.folder, asked.no_plots)}\nComputed {took}.")
    if asked.as_json:
        print_json(summaries if len(works) > 1 else summaries[0])
    if not asked.no_plots:
        _see_drawn([work.folder for work in works])


def _missing(work: Work[Any], asked: Asked) -> bool:
    """Is there something to compute or to draw?"""
    return asked.force or results_cache.summary_of(work, not asked.no_plots) is None


def location(folder: Path, no_plots: bool = False) -> str:
    """Where the report lies, or else the results."""
    page = folder / REPORT
    return visible(f"Report: {page}" if page.is_file() and not no_plots else f"Results: {folder}")


def _write_csv(work: Work[Any]) -> None:
    from sim.experiments.shown import write_csv_beside

    for folder in dict.fromkeys(work.folders):
        with store.claim(folder):
            write_csv_beside(folder)


def _see_drawn(folders: list[Path]) -> None:
    said = [sentence for sentence in map(report.undrawn, folders) if sentence]
    if said:
        raise Failed("\nsim: ".join(said))


# ---- how each is drawn and told --------------------------------------------------------------------------------------


def draw_run(results: Results, folder: Path) -> None:
    """The figures and the report of a run."""
    from sim.experiments.frontier import frontier
    from sim.scenario import as_yaml

    report.write_report(results, folder, frontier(results.scenario)["groups"], as_yaml(results.scenario))


def draw_whatif(found: WhatIf, folder: Path) -> None:
    """The figures and the report of a but-for question; its history is told twice, if both runs tell it."""
    from sim.stories.side_by_side import Shown

    history, comparison = found.history, replace(found.comparison, sentences=found.sentences)
    told = history.factual is comparison.reference and history.counterfactual is comparison.others[0]
    report.write_comparison(comparison, folder, Shown(history.replication, 0, history.why) if told else None)


def tell_run(kept: Kept[Results]) -> str:
    """A run as a table."""
    from sim.answers.summary import summary_table

    return summary_table(kept.work.scenario, kept.summary)


def tell_comparison(kept: Kept[Comparison]) -> str:
    """A comparison as sentences and tables."""
    from sim.answers.comparison_table import comparison_table

    return comparison_table([run.scenario for run in kept.work.runs], kept.work.names, kept.summary)


def tell_whatif(kept: Kept[WhatIf]) -> str:
    """The but-for answer, and one history told twice."""
    from sim.stories.side_by_side import page

    return page(kept.result)


def tell_sweep(kept: Kept[Sweep]) -> str:
    """A table of the cells."""
    from sim.answers.sweep_answer import sweep_table
    from sim.experiments.works_varied import CELLS

    return sweep_table(kept.result, kept.work.folder / CELLS)


def tell_sensitivity(kept: Kept[Sensitivity]) -> str:
    """A table of the inputs."""
    from sim.answers.sensitivity_table import sensitivity_table

    return sensitivity_table(kept.result)


def tell_blame(kept: Kept[Blame]) -> str:
    """A table of the mechanisms."""
    from sim.answers.blame_table import blame_table

    return blame_table(kept.result)
