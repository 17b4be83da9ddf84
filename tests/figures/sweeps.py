"""Made-up sweeps in the shape of real ones: no model runs here, only the table of cells that figures read."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Mask
from sim.experiments.apart import Apart, Layout, Pairs
from sim.experiments.uncertain import Sensitivity
from sim.measures import Measure, measures
from sim.scenario import Scenario, as_yaml, load_text
from tests.figures import synthetic

Row = Mapping[str, Any]
TALKS = (["Armenia", "Azerbaijan"], ["transport", "border", "treaty"], ["Russia"])
NASTY = (synthetic.NASTY[:2], synthetic.NASTY[2:5], synthetic.NASTY[:3])


@dataclass(frozen=True)
class Sweep:
    scenario: Scenario
    paths: tuple[str, ...]
    levels: dict[str, list[Any]]
    replications: int
    seed: int
    cells: pd.DataFrame
    idle: tuple[str, ...] = ()
    apart: Mapping[str, Apart] = field(default_factory=dict)
    outcomes: pd.DataFrame | None = None
    measures: tuple[Measure, ...] = ()


def rising(row: Row) -> float:
    """A share between 0.2 and 0.8 that rises with every number that varies."""
    numbers = [value for value in row.values() if isinstance(value, int | float)]
    return 0.2 + 0.6 * (1 - math.exp(-sum(numbers) / max(len(numbers), 1)))


def grid(
    vary: Mapping[str, Sequence[Any]],
    share: Callable[[Row], float] = rising,
    talks: tuple[list[str], list[str], list[str]] = TALKS,
    replications: int = 250,
    settings: tuple[str, ...] = (),
) -> Sweep:
    """Every combination of the levels, the last path fastest."""
    rows = [dict(zip(vary, levels, strict=True)) for levels in itertools.product(*vary.values())]
    scenario = synthetic.scenario(*talks)
    scenario = load_text(as_yaml(scenario), settings=settings) if settings else scenario
    levels = {path: list(values) for path, values in vary.items()}
    return _sweep(rows, tuple(vary), levels, share, scenario, replications)


def sample(ranges: Mapping[str, tuple[float, float] | list[str]], count: int = 40) -> Sweep:
    """Cells that lie anywhere within the ranges; lists are names to choose from."""
    rng = np.random.default_rng(3)
    rows = [{path: _anywhere(between, rng) for path, between in ranges.items()} for _ in range(count)]
    return _sweep(rows, tuple(ranges), {}, rising, synthetic.scenario(*TALKS), 250)


def _anywhere(between: tuple[float, float] | list[str], rng: np.random.Generator) -> Any:
    if isinstance(between, list):
        return between[int(rng.integers(len(between)))]
    return float(rng.uniform(*between))


def _sweep(
    rows: Sequence[Row],
    paths: tuple[str, ...],
    levels: dict[str, list[Any]],
    share: Callable[[Row], float],
    scenario: Scenario,
    replications: int,
) -> Sweep:
    shares = [share(row) for row in rows]
    cells = pd.DataFrame(
        [
            {**row, "n": replications, **_numbers(measures(scenario), each, replications)}
            for row, each in zip(rows, shares, strict=True)
        ]
    )
    design = SimpleNamespace(paths=paths, levels=levels, size=len(rows), scenario=scenario)
    luck = (np.arange(replications) + 0.5) / replications  # the same in every cell
    found = apart(Layout.of(design), [luck < each for each in shares])
    return Sweep(scenario, paths, levels, replications, 7, cells, apart=dict.fromkeys(("settled", "lasting"), found))


def apart(layout: Layout, came: Sequence[Mask]) -> Apart:
    """How far cells lie apart in which this came about in which history."""
    pairs = Pairs(layout, np.array([each.mean() for each in came]))
    pairs.begin([came[place] for place in pairs.anchors])
    for place, each in enumerate(came):
        pairs.hear(place, each)
    pairs.end()
    return pairs.apart()


def _numbers(asked: Sequence[Measure], share: float, n: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for measure in asked:
        value, half = share, 1.96 * math.sqrt(share * (1 - share) / n)
        if measure.kind == "median":
            value, half = (math.nan if share < 0.5 else 150 - 100 * share), 6.0
        if measure.name == "mediator_weeks":
            value = 78 * share
        found |= {measure.column: value, f"{measure.column}.low": value - half, f"{measure.column}.high": value + half}
    return found


def sensitivity(
    inputs: Sequence[str], method: str = "PAWN", talks: Any = TALKS, measure: str = "settled"
) -> Sensitivity:
    """Indices that fall from 0.6; the last one's interval holds 0."""
    index = np.round(0.6 * 0.8 ** np.arange(len(inputs)), 4)
    table = pd.DataFrame({"input": list(inputs), "index": index, "low": index - 0.03, "high": index + 0.03})
    table = table.assign(lowest=0.72, highest=0.72 - index / 2)
    both = method == "Sobol"
    for name, shift in (("total", 0.1), ("total_low", 0.05), ("total_high", 0.15)):
        table[name] = index + shift if both else np.nan
    level, points = (np.nan, 64 * (len(inputs) + 2)) if both else (0.05, 0)
    return Sensitivity(synthetic.scenario(*talks), 250, 7, method, measure, table, level, points)
