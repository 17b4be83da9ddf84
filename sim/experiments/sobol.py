"""First and total Sobol indices of a scenario's uncertain inputs, by simulating anew.

The index of an input is the share of the variance of a result that is gone once the input is known (first), or that is
left when all others are known (total): Sobol 2001; design and estimators of Saltelli and others 2010, by SALib.

A result is the mean over several histories, and every point of the design meets the *same* luck in them: what differs
between two points is what their inputs do, and an input that does nothing has a total of exactly 0. What is left of
chance in the means counts as work that inputs do together; it shrinks as histories are added. All points of a piece are
simulated in one model: its luck gives the inputs of each point in place of drawn ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.chance import Chance, Repeated
from sim.experiments.executors import in_order
from sim.experiments.uncertain import DRAWN, Sensitivity, Unanswerable, measure_of, nothing_uncertain, numbers, ranked
from sim.installed import adding
from sim.scenario import Scenario
from sim.scenario.to_bargaining import realise

if TYPE_CHECKING:
    import pandas as pd

POINTS = 256  # of the base sample, a power of two: the design has (inputs + 2) times as many
HISTORIES = 32  # at each point
SEED = 1  # of the bootstrap; SALib takes 0 for none
RESAMPLES = 499
Progress = Callable[[float], None]


class OneLuck(Repeated):
    """The same luck at every point of a design, where what is drawn is given.

    drawn: uniform numbers (points,) by purpose.
    """

    def __init__(self, seed: int, histories: int, drawn: Mapping[str, Array]) -> None:
        super().__init__(seed, 0, histories, len(next(iter(drawn.values()))))
        self._drawn = drawn

    def once(self, purpose: str, rows: int = 1) -> Array:
        """Numbers drawn once a history, but for what the design gives.  -> (rows, points * H)"""
        if purpose in self._drawn:
            return np.repeat(self._drawn[purpose], self.count)[None]
        return super().once(purpose, rows)


@dataclass(frozen=True)
class Piece:
    """Points of a design that are simulated together: uniform numbers (points, inputs)."""

    first: int
    uniforms: Array

    def __str__(self) -> str:
        return f"points {self.first:,} to {self.first + len(self.uniforms) - 1:,} of the design"


def sobol(
    scenario: Scenario,
    measure: str = "settled",
    histories: int = HISTORIES,
    points: int = POINTS,
    seed: int | None = None,
    jobs: int = 1,
    on_progress: Progress | None = None,
) -> Sensitivity:
    """First and total indices of everything uncertain in a scenario, from points * (inputs + 2) * histories histories.

    Errors: Unanswerable for an unknown measure, nothing uncertain, a mean that some point has no number for, `points`
    that are no power of two, or where SALib is not installed; WorkerDied.
    """
    if seed is not None:
        scenario = scenario.model_copy(update={"seed": seed})
    measure_of(scenario, measure)
    inputs = inputs_of(scenario)
    design = saltelli(len(inputs), points, scenario.seed)
    results = _simulated(scenario, inputs, measure, histories, design, jobs, on_progress or _unheard)
    if np.isnan(results).any():
        raise Unanswerable(
            f"{measure} has no number at {np.isnan(results).sum():,} of {len(results):,} points of the design; "
            "choose another measure, or more histories at each point (-n)"
        )
    return Sensitivity(
        scenario=scenario,
        replications=histories,
        seed=scenario.seed,
        method="Sobol",
        measure=measure,
        indices=indices(inputs, design, results),
        level=float("nan"),
        points=len(design),
    )


def inputs_of(scenario: Scenario) -> list[str]:
    """Paths of everything uncertain, as `drawn.<path>` names it; what cannot vary is none.  Errors: Unanswerable."""
    few = realise(scenario, Chance(scenario.seed, 0, 256))[1]
    paths = [path for path, values in few.items() if np.ptp(values) > 0]
    if not paths:
        raise nothing_uncertain(scenario)
    return paths


# ---- the design and its indices --------------------------------------------------------------------------------------


def saltelli(inputs: int, points: int, seed: int) -> Array:
    """Saltelli's sample over a cube of uniforms.  -> (points * (inputs + 2), inputs)

    Errors: Unanswerable where `points` is no power of two, of which Sobol's sequence is balanced, or without SALib.
    """
    if points < 2 or points & (points - 1):
        raise Unanswerable(f"a design needs a power of two of points, such as {POINTS}, not {points:,}")
    try:
        from SALib.sample import sobol as sample  # type: ignore[import-untyped]
    except ImportError:
        raise Unanswerable(
            f"Sobol indices need SALib, which is not installed. Install it: {adding('analysis')}"
        ) from None
    return sample.sample(_problem(inputs), points, calc_second_order=False, seed=seed)  # type: ignore[no-any-return]


def indices(inputs: list[str], design: Array, results: Array) -> pd.DataFrame:
    """The table of a `Sensitivity`: first and total indices with intervals.

    design: of `saltelli`, (P, inputs); results (P,). Where no result differs from another, there are no indices.
    """
    from SALib.analyze import sobol as analysis  # type: ignore[import-untyped]

    rows = [{"input": path, **_ends(column, results)} for path, column in zip(inputs, design.T, strict=True)]
    if np.ptp(results) == 0:
        return ranked([row | dict.fromkeys(("index", "total"), np.nan) for row in rows])
    found = analysis.analyze(
        _problem(len(inputs)), results, calc_second_order=False, num_resamples=RESAMPLES, seed=SEED
    )
    for place, row in enumerate(rows):
        first, first_half, total, total_half = (found[key][place] for key in ("S1", "S1_conf", "ST", "ST_conf"))
        row |= {"index": first, "low": first - first_half, "high": first + first_half}
        row |= {"total": total, "total_low": total - total_half, "total_high": total + total_half}
    return ranked(rows)


def _problem(inputs: int) -> dict[str, Any]:
    return {"num_vars": inputs, "names": [f"x{n}" for n in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


def _ends(column: Array, results: Array) -> dict[str, float]:
    """The mean result in the lowest and the highest tenth of an input."""
    low, high = np.quantile(column, [0.1, 0.9])
    return {"lowest": results[column <= low].mean(), "highest": results[column >= high].mean()}


# ---- points at work --------------------------------------------------------------------------------------------------


def _simulated(
    scenario: Scenario, inputs: list[str], measure: str, histories: int, design: Array, jobs: int, tell: Progress
) -> Array:
    """The mean of the measure at each point of the design.  -> (P,)"""
    from sim.experiments.cost import rows_at_once

    size = max(1, rows_at_once(scenario) // histories)
    pieces = [Piece(first, design[first : first + size]) for first in range(0, len(design), size)]
    task = partial(_at_points, scenario, inputs, measure, histories)
    found: list[Array] = []
    for part in in_order(task, pieces, min(jobs, len(pieces))):
        found.append(part)
        tell(len(found) / len(pieces))
    return np.concatenate(found)


def _at_points(scenario: Scenario, inputs: list[str], measure: str, histories: int, piece: Piece) -> Array:
    """Means at a few points."""
    from sim.experiments.simulate import simulate

    luck = OneLuck(
        scenario.seed, histories, {f"{DRAWN}{path}": u for path, u in zip(inputs, piece.uniforms.T, strict=True)}
    )
    part = simulate(scenario, 0, len(piece.uniforms) * histories, told=0, chance=luck)
    values = numbers(measure_of(scenario, measure), scenario, part.outcomes).reshape(-1, histories)
    known = ~np.isnan(values)
    return np.where(known, values, 0).sum(axis=1) / np.where(known.any(axis=1), known.sum(axis=1), np.nan)  # type: ignore[no-any-return]


def _unheard(share: float) -> None:
    """Nobody wants to know how far it is."""
