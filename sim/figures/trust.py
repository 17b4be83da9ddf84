"""Each party's trust in the others over time: a fan of bands, and ten single histories.

Bands alone are misread as the path of one history (Hullman, Resnick and Adar 2015): thin lines show what single
ones do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.collections import LineCollection

from sim import words
from sim.answers.results_protocol import Results, dates_fitting, last_week, subtitle
from sim.figures import registry, timeaxis
from sim.figures.canvas import Canvas, End, Figure, drawing_style, label_ends
from sim.figures.frames import Cell, cells
from sim.figures.style import COLOUR, SIZE, SPACE, Cue, cues
from sim.figures.text import fit_all

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BANDS = (("q025", "q975", "95 % of histories", 0.16), ("q10", "q90", "80 %", 0.20), ("q25", "q75", "50 %", 0.30))
QUANTILES = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")
LEFT, RIGHT, GAP = 150, 250, 60


@registry.of_run("trust", place=3, whole="Trust, under each scenario")
def trust(results: Results, beside: Sequence[Results] = ()) -> Figure:
    """Median, bands that hold 50, 80 and 95 % of the histories, and ten histories, for each party.

    beside: other runs to be drawn on the same axes, each in a figure of its own.
    """
    title = "How far does each side trust the others?"
    parties, count = list(results.scenario.parties), len(results.scenario.parties)
    with drawing_style():
        canvas = Canvas(title, subtitle(results, "bands hold 50, 80 and 95 % of the histories"), _note(results))
        columns = count if count <= 3 else math.ceil(count / 2)
        panels = cells(canvas, count, columns, LEFT, RIGHT, GAP)
        names = fit_all(parties, panels[0].width - 30, SIZE["label"], 1, words.short)
        for number, (party, name, cell) in enumerate(zip(parties, names, panels, strict=True)):
            axes = _panel(canvas, cell, name, cues(results.scenario).parties[party])
            most = 5 if columns <= 2 else 3
            _fan(axes, results, party, dates_fitting(most, results, beside))
            axes.set_xlim(0, last_week(results, beside))
            if number == columns - 1:
                _name_bands(canvas, axes, results, party)
    return Figure("trust", title, canvas.drawing, _data(results), _alt(results))


def _panel(canvas: Canvas, cell: Cell, name: str, cue: Cue) -> Axes:
    x, top = cell.left, cell.top
    canvas.mark(x + 8, top + 16, cue.marker, cue.colour)
    canvas.text(x + 30, top + 16, name, SIZE["label"])
    axes = canvas.axes(x, top + 46, cell.width, cell.height - 46 - 56)
    axes.tick_params(labelleft=cell.first)
    return axes


def _fan(axes: Axes, results: Results, party: str, most: int) -> None:
    cue, fan = cues(results.scenario).parties[party], _rows(results, party)
    timeaxis.dated(axes, results.scenario, most)
    timeaxis.shade(axes, timeaxis.frozen(results.scenario))
    timeaxis.rules(axes, timeaxis.observed(results.scenario).values())
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["none 0", "", "0.5", "", "full 1"])
    for low, high, _, alpha in BANDS:
        axes.fill_between(fan["week"], fan[low], fan[high], color=cue.colour, alpha=alpha, linewidth=0)
    axes.add_collection(LineCollection(_paths(results, party), colors=COLOUR["ink"], linewidths=1, alpha=0.45))
    axes.plot(fan["week"], fan["q50"], color="white", linewidth=SIZE["line"] + 3)
    axes.plot(fan["week"], fan["q50"], color=cue.colour, linewidth=SIZE["line"] + 1)


def _name_bands(canvas: Canvas, axes: Axes, results: Results, party: str) -> None:
    last = _rows(results, party).iloc[-1]
    named = [*((high, name) for _, high, name, _ in BANDS), ("q50", "median")]
    ends = [End(canvas.pixel(axes, 0, last[quantile])[1], name) for quantile, name in named]
    right, top = canvas.pixel(axes, axes.get_xlim()[1], 1)
    label_ends(canvas, ends, right, top, canvas.pixel(axes, 0, 0)[1], RIGHT - SPACE["edge"] / 2)


def _rows(results: Results, party: str) -> pd.DataFrame:
    weekly = results.weekly
    talks = weekly["week"] < results.scenario.clock.weeks
    return weekly[(weekly["measure"] == "trust") & (weekly["party"] == party) & talks].sort_values("week")


def _paths(results: Results, party: str) -> list[npt.NDArray[np.float64]]:
    paths = results.paths
    mine = paths[(paths["measure"] == "trust") & (paths["party"] == party)].sort_values(["replication", "week"])
    return [rows[["week", "value"]].to_numpy(float) for _, rows in mine.groupby("replication")]


def _note(results: Results) -> str:
    scenario, single = results.scenario, results.paths["replication"].nunique()
    said = [f"Thin lines: {words.count(single, 'single history', 'single histories')}."]
    said.append(timeaxis.frozen_words(timeaxis.frozen(scenario)))
    known = [words.short(group) for group in timeaxis.observed(scenario)]
    if known:
        said.append(f"Dotted: when {words.both(known)} {'was' if len(known) == 1 else 'were'} agreed in fact.")
    return " ".join(part for part in said if part)


def _alt(results: Results) -> str:
    ends = {party: _rows(results, party).iloc[[0, -1]]["q50"] for party in results.scenario.parties}
    moves = [f"{words.short(party)} from {ends[party].iloc[0]:.2f} to {ends[party].iloc[1]:.2f}" for party in ends]
    return f"Fan charts of trust, 0 to 1, over the talks: the median moves for {words.both(moves)}."


def _data(results: Results) -> pd.DataFrame:
    tables = []
    for party in results.scenario.parties:
        bands = _rows(results, party).melt("week", list(QUANTILES), "series", "value")
        tables.append(bands.assign(party=party))
    paths = results.paths[results.paths["measure"] == "trust"]
    tables.append(paths.assign(series=[f"replication {number}" for number in paths["replication"]]))
    return pd.concat(tables, ignore_index=True)[["party", "series", "week", "value"]]
