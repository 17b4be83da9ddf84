"""A grid of runs for a page without a server: what its sliders offer, and what came of each choice.

Two choices meet the same chance, history by history, as they do on the server's page Explore. So that any two can be
set beside each other, the file keeps of every choice

- for each share (settled, agreed on ...) one bit a history: saved and lost are counted exactly;
- for each mean (utility, fairness ...) its number, and a byte a history, which is fine enough for the interval of a
  difference;
- for each median week its number, and how many have settled by each week.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, product
from math import prod
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.experiments.cost import CHUNK
from sim.experiments.executors import in_order
from sim.experiments.simulate import each_of, families
from sim.measures import Measure, measures
from sim.scenario import Scenario
from sim.scenario.load import load_tree, with_values
from sim.web.choices import AFTER, AS_FILE, DATED, NONE, Freeze, Side, Slider, sliders
from sim.web.pairs import curve_weeks, said, settled_by, value

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.tree import Node

Data = dict[str, Any]
Values = dict[str, Any]  # what a cell changes, by path
Progress = Callable[[float], None]

MOST = 120  # choices: about a minute on two processors
FINENESS = ((4, 4, 3), (2, 3, 2), (1, 3, 1))
"""Steps of a slider, lengths of a freeze and its first weeks, from fine to coarse."""
LENGTHS = (4, 12, 20, 28)
NO_NUMBER = 255  # the byte of a history in which there is nothing to measure
FINEST = 254


# ---- what may be chosen ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dial:
    """A slider with few steps. levels: what it takes, that of the file among them."""

    slider: Slider
    levels: tuple[float, ...]

    def numbers(self, level: float) -> tuple[tuple[str, float], ...]:
        """As a side of a choice has it; nothing for what the file has, be it a distribution or steps in time."""
        return () if level == self.slider.own else ((self.slider.name, level),)


@dataclass(frozen=True)
class Grid:
    """Every combination of the dials and freezes; the last goes fastest. starts, lengths: (lowest, highest, step)."""

    dials: tuple[Dial, ...]
    freezes: tuple[Freeze, ...]
    starts: tuple[int, int, int]
    lengths: tuple[int, int, int]

    @property
    def size(self) -> int:
        """How many choices."""
        return prod(len(dial.levels) for dial in self.dials) * len(self.freezes)

    def sides(self) -> Iterator[Side]:
        """All choices, in order."""
        for levels in product(*(dial.levels for dial in self.dials)):
            moved = (dial.numbers(level) for dial, level in zip(self.dials, levels, strict=True))
            numbers = tuple(number for each in moved for number in each)
            yield from (Side(numbers, freeze) for freeze in self.freezes)


def grid(scenario: Scenario) -> Grid:
    """The finest grid that is not too large: effort of two mediators at the most, or else incidents; and freezes."""
    grids = [_grid(scenario, *fineness) for fineness in FINENESS]
    return next((each for each in grids if each.size <= MOST), grids[-1])


def _grid(scenario: Scenario, steps: int, lengths: int, starts: int) -> Grid:
    every = sliders(scenario)
    chosen = [each for each in every if each.kind == "effort"][:2] or [s for s in every if s.kind == "incidents"]
    apart = max(1, scenario.clock.weeks // (starts + 1))
    weeks, first = LENGTHS[:lengths], [n * apart for n in range(starts)]
    freezes = [
        Freeze(AS_FILE),
        Freeze(NONE),
        *(Freeze(AFTER, weeks=n) for n in weeks),
        *(Freeze(DATED, start=start, weeks=n) for start in first for n in weeks),
    ]
    return Grid(
        tuple(_dial(each, steps) for each in chosen),
        tuple(freezes),
        (0, first[-1], apart),
        (weeks[0], weeks[-1], weeks[1] - weeks[0]),
    )


def _dial(slider: Slider, steps: int) -> Dial:
    even = {slider.low + n * (slider.high - slider.low) / steps for n in range(steps + 1)}
    return Dial(slider, tuple(sorted({*even, slider.own})))


# ---- what came of it -------------------------------------------------------------------------------------------------


def computed(scenario: Scenario, made: Grid, replications: int, jobs: int, tell: Progress) -> Data:
    """Run every choice, and pack what a page needs of it.  -> plain data

    `tell` hears the share that is done.  Errors: ScenarioError; WorkerDied.
    """
    tree, cells = load_tree(scenario), [side.values(scenario) for side in made.sides()]
    scenarios = [with_values(tree, cell, good=True) for cell in cells]
    at = [scenarios.index(each) for each in scenarios]  # choices that are the same run once
    numbers = {first: number for number, first in enumerate(dict.fromkeys(at))}
    alike = families([scenarios[first] for first in numbers])
    found = _run(tree, [[cells[list(numbers)[n]] for n in family] for family in alike], replications, jobs, tell)
    tables = [table for _, table in sorted(zip(chain(*alike), found, strict=True), key=itemgetter(0))]
    every = measures(scenario)
    weeks, ends = curve_weeks(scenario), _ends([each.column for each in every if each.kind == "mean"], tables)
    return {
        "replications": replications,
        "dials": [{"name": dial.slider.name, "levels": dial.levels, "own": dial.slider.own} for dial in made.dials],
        "freezes": [_name(each) for each in made.freezes],
        "at": [numbers[first] for first in at],
        "measures": [_measure(each, ends) for each in every],
        "cells": [_packed(scenario, every, ends, table) for table in tables],
        "weeks": weeks,
        "dates": [scenario.date_of(week).isoformat() for week in weeks],
    }


def _name(freeze: Freeze) -> str:
    """As the page's script has it: `dated 39 12`"""
    fields = {"freeze": freeze.kind, **dict(freeze.fields())}
    return " ".join(fields[key] for key in ("freeze", "freeze.start", "freeze.weeks") if key in fields)


def _run(
    tree: Node, families: Sequence[Sequence[Values]], replications: int, jobs: int, tell: Progress
) -> list[pd.DataFrame]:
    """The tables of all cells, family by family: what differs in numbers only is run side by side."""
    most = max(1, CHUNK // replications)
    batches = [family[n : n + most] for family in families for n in range(0, len(family), most)]
    found: list[pd.DataFrame] = []
    for tables in in_order(partial(_measured, tree, replications), batches, min(jobs, len(batches))):
        found += tables
        tell(len(found) / sum(map(len, families)))
    return found


def _measured(tree: Node, replications: int, cells: Sequence[Values]) -> list[pd.DataFrame]:
    """What the measures of each scenario are made from. A cell is handed on as its values: nobody reads a file."""
    scenarios = [with_values(tree, cell, good=True) for cell in cells]
    tables = dict(each_of(scenarios, 0, replications))
    return [
        tables[number][[measure.column for measure in measures(scenario)]] for number, scenario in enumerate(scenarios)
    ]


def _ends(columns: Sequence[str], tables: Sequence[pd.DataFrame]) -> dict[str, tuple[float, float]]:
    """The smallest and the largest number of each column in all tables."""
    whole = {name: np.concatenate([table[name].to_numpy() for table in tables]) for name in columns}
    known = {name: numbers[~np.isnan(numbers)] for name, numbers in whole.items()}
    return {name: (float(each.min()), float(each.max())) if each.size else (0.0, 0.0) for name, each in known.items()}


def _measure(each: Measure, ends: dict[str, tuple[float, float]]) -> Data:
    low, high = ends.get(each.column, (0.0, 0.0))
    return {**said(each), "step": (high - low) / FINEST}


def _packed(
    scenario: Scenario, every: Sequence[Measure], ends: dict[str, tuple[float, float]], table: pd.DataFrame
) -> Data:
    columns = [(CODES[each.kind], each.column) for each in every if each.kind in CODES]
    codes = [code(table[name].to_numpy(dtype=float), *ends.get(name, (0, 0))) for code, name in columns]
    return {
        "values": [value(each, table, scenario.weeks) for each in every],
        "codes": base64.b64encode(b"".join(codes)).decode(),
        "settled": settled_by(curve_weeks(scenario), table),
    }


def _bits(column: Array, low: float, high: float) -> bytes:
    return np.packbits(column.astype(bool)).tobytes()


def _bytes(column: Array, low: float, high: float) -> bytes:
    scaled = (column - low) * (FINEST / (high - low)) if high > low else column * 0.0
    return np.where(np.isnan(scaled), NO_NUMBER, np.rint(scaled)).astype(np.uint8).tobytes()


CODES: dict[str, Callable[[Array, float, float], bytes]] = {"share": _bits, "mean": _bytes}
