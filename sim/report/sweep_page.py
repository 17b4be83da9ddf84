"""report.html of a sweep and of a sensitivity analysis: question, answer, figures, all numbers, how to do it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import words
from sim.answers import sensitivity_table, sweep_slices
from sim.answers.summary import Table
from sim.answers.sweep_answer import ANSWERED, answer, question
from sim.answers.sweep_slices import Sweep
from sim.figures.canvas import Figure
from sim.figures.sensitivity import ends_words
from sim.measures import measures
from sim.report.page import render
from sim.words import paths
from sim.words.numbers import NONE
from sim.words.readings import Reading, reading
from sim.words.verdict import between, signed

if TYPE_CHECKING:
    from sim.experiments.uncertain import Sensitivity

PAIRED = "Settled: points more or fewer than the reference cell, paired"


def sweep_report(sweep: Sweep, figures: Sequence[Figure]) -> str:
    """The page of a sweep.  -> HTML"""
    return render(
        "sweep.html.j2",
        scenario=sweep.scenario,
        question=question(sweep),
        answer=answer(sweep),
        figures=figures,
        varied=varied(sweep),
        cells=cells(sweep),
        replications=sweep.replications,
        seed=sweep.seed,
    )


def sensitivity_report(found: Sensitivity, figures: Sequence[Figure]) -> str:
    """The page of a sensitivity analysis.  -> HTML"""
    return render(
        "sensitivity.html.j2",
        scenario=found.scenario,
        title=sensitivity_table.asked(found).title,
        answer=sensitivity_table.answer(found),
        figures=figures,
        ranked=ranked(found),
        command=command(found),
    )


# ---- tables of a sweep -----------------------------------------------------------------------------------------------


def varied(sweep: Sweep) -> Table:
    """What was varied: each path with its levels, and what the scenario itself has there."""
    rows = []
    for path in sweep.paths:
        own = paths.said(paths.own(sweep.scenario, path))
        changed = "nothing" if path in sweep.idle else ""
        rows.append((paths.phrase(sweep.scenario, path), path, _levels(sweep, path), own, changed))
    last = "changes" if sweep.idle else ""
    head = ("setting", "path in the file", "levels", "in the file itself", *([last] if last else []))
    return Table("What was varied", head, [row if last else row[:-1] for row in rows])


def _levels(sweep: Sweep, path: str) -> str:
    if sweep_slices.is_grid(sweep):
        return ", ".join(sweep_slices.setting(sweep, path).labels)
    column = sweep.cells[path]
    if pd.api.types.is_numeric_dtype(column):
        return f"{paths.said(float(column.min()))} to {paths.said(float(column.max()))}, drawn"
    return ", ".join(dict.fromkeys(paths.said(value) for value in column))


def cells(sweep: Sweep) -> Table:
    """Every cell: its levels, and the main measures with their intervals; everything else is in cells.parquet."""
    listed = [measure.column for measure in measures(sweep.scenario) if measure.definition.cells]
    shown = [reading(sweep.scenario, column) for column in listed if column in sweep.cells]
    head = (
        *(paths.phrase(sweep.scenario, path) for path in sweep.paths),
        *(sweep_slices.capital(r.title) for r in shown),
    )
    labels = [_labels(sweep, path) for path in sweep.paths]
    columns = [list(_numbers(sweep.cells, each)) for each in shown]
    if f"{ANSWERED}.difference" in sweep.cells:
        head, columns = (*head, PAIRED), [*columns, list(_differences(sweep.cells))]
    rows = list(zip(*labels, *columns, strict=True))
    return Table(f"All {words.count(len(rows), 'cell')}, with 95 % intervals", head, rows)


def _differences(table: pd.DataFrame) -> Iterator[str]:
    edges = (100 * table[f"{ANSWERED}.difference{edge}"].astype(float) for edge in ("", ".low", ".high"))
    for value, low, high in zip(*edges, strict=True):
        yield "the reference" if low == high else f"{signed(value, 1)} ({between(low, high, 1)})"


def _labels(sweep: Sweep, path: str) -> list[str]:
    if not sweep_slices.is_grid(sweep):
        return [paths.said(value) for value in sweep.cells[path]]
    shape = [len(sweep.levels[each]) for each in sweep.paths]
    places = np.indices(shape)[sweep.paths.index(path)].ravel()
    said = [paths.said(level) for level in sweep.levels[path]]
    return [said[place] for place in places]


def _numbers(table: pd.DataFrame, shown: Reading) -> Iterator[str]:
    edges = (table[shown.column + edge].astype(float) for edge in ("", ".low", ".high"))
    for value, low, high in zip(*edges, strict=True):
        sure = np.isnan(value) or np.isnan(low)
        between = f"{shown.bare(low)} or later" if np.isnan(high) else f"{shown.bare(low)}–{shown.bare(high)}"
        yield shown.show(value) if sure else f"{shown.show(value)} ({between})"


# ---- a sensitivity analysis ------------------------------------------------------------------------------------------


def ranked(found: Sensitivity) -> Table:
    """Every input with its indices and their intervals."""
    both = "total" in found.indices and bool(found.indices["total"].notna().any())
    kinds = [("index", "low", "high"), ("total", "total_low", "total_high")][: 1 + both]
    rows = [
        (paths.phrase(found.scenario, str(row["input"])), str(row["input"]), *_indices(row, kinds))
        for row in found.indices.to_dict("records")
    ]
    named = ("first order", "95 % interval", "total", "95 % interval") if both else ("index", "95 % interval")
    ends = [ends_words(found, row) for row in found.indices.to_dict("records")]
    told = ["" if matters else "not told from chance" for matters in found.matters]
    rows = [(*row, *more) for row, *more in zip(rows, ends, told, strict=True)]
    return Table("Every uncertain input", ("input", "path in the file", *named, "lowest → highest tenth", ""), rows)


def _indices(row: dict[Any, Any], kinds: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    for names in kinds:
        value, low, high = (float(row[name]) for name in names)
        yield NONE if np.isnan(value) else f"{value:.3f}"
        yield NONE if np.isnan(low) else f"{low:.3f} to {high:.3f}"


def command(found: Sensitivity) -> str:
    """What to type to have it again."""
    how = f"--method {found.method.lower()}"
    if found.points:
        how = f"--design sobol --points {found.points // (len(found.indices) + 2)}"
    asked = f"--measure {shlex.quote(found.measure)} {how}"
    return f"sim sensitivity scenario.yaml {asked} -n {found.replications} --seed {found.seed}"
