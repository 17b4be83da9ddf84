"""Best packages for three parties and more, one replication at a time: linear programs, and Nash's concave one.

With its combination of options given, a package's gains are `shift + rises @ levels`. Combinations are tried best
first: what one of them teaches about the price of each party's gain bounds all the others (branch and bound, Land and
Doig 1960), so that few are solved.

Shapes: P parties, S stretches, N combinations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog, minimize

from sim.arrays import Array

SETTLED = 1e-12  # a sum of logs that can rise by no more is at its maximum
EXACT = 1e-9  # scores that differ by less are the same: the tolerance of the linear programs


@dataclass(frozen=True)
class Found:
    """The best package with one combination: its score, its levels (S,), and a bound on what any combination can reach:

    constant + prices (P,) @ gains, at the gains that are best under these prices.
    """

    score: float
    levels: Array
    prices: Array
    constant: float = 0.0


Solve = Callable[[Array], Found]


def over_combinations(solve: Solve, rises: Array, shifts: Array) -> tuple[float, dict[int, Array]]:
    """The best score over all combinations, and the levels of each combination that reaches it.  shifts (P, N)"""
    bounds = np.full(shifts.shape[1], np.inf)
    best, tried = -np.inf, dict[int, Found]()
    while bounds.max() >= best - EXACT and bounds.max() > -np.inf:
        n = int(np.argmax(bounds))
        found = tried[n] = solve(shifts[:, n])
        best = max(best, found.score)
        if np.isfinite(found.constant):
            reach = np.maximum(found.prices @ rises, 0).sum()
            bounds = np.minimum(bounds, found.constant + found.prices @ shifts + reach)
        bounds[n] = -np.inf
    return best, {n: found.levels for n, found in sorted(tried.items()) if found.score >= best - EXACT}


def linear(rises: Array, toward: Array, floors: Array, reward: float, least: float) -> Solve:
    """Maximise toward @ gains + reward * t such that gains >= floors * t, for least <= t <= 1.

    With floors 1 and a reward for t: the largest smallest gain; with other floors: the largest smallest ratio of gain
    to floor.
    """

    def solve(shift: Array) -> Found:
        program: Any = linprog(
            np.append(-(toward @ rises), -reward),
            A_ub=np.hstack([-rises, floors[:, None]]),
            b_ub=shift,
            bounds=[(0, 1)] * rises.shape[1] + [(least, 1)],
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if program.status != 0:  # no package with this combination is worth as much to everyone
            return Found(-np.inf, np.zeros(rises.shape[1]), toward, np.inf)
        prices = toward - program.ineqlin.marginals
        left = float(reward - floors @ (prices - toward))  # worth of more t at these prices: 0 unless t is at a limit
        return Found(toward @ shift - program.fun, np.clip(program.x[:-1], 0, 1), prices, max(left, left * least))

    return solve


def nash(rises: Array) -> Solve:
    """Maximise the product of gains (as a sum of logs), to 1e-9 of utility.

    Sequential quadratic programming (Kraft 1988) finds which stretches are shared, Newton's method the shares.
    """
    fairest = linear(rises, np.zeros(len(rises)), np.ones(len(rises)), 1.0, -1.0)

    def solve(shift: Array) -> Found:
        start = fairest(shift)
        if start.score <= EXACT:
            return Found(-np.inf, start.levels, np.ones(len(rises)), np.inf)

        def loss(levels: Array) -> tuple[float, Array]:
            gains = np.maximum(shift + rises @ levels, EXACT)
            return float(-np.log(gains).sum()), -(1 / gains) @ rises

        limits, levels = [(0, 1)] * rises.shape[1], start.levels
        for tolerance in (1e-10, 1e-15):  # nearly always the first one will do
            options: Any = {"ftol": tolerance, "maxiter": 300}
            levels = minimize(loss, levels, jac=True, bounds=limits, method="SLSQP", options=options).x
            levels = _polish(rises, shift, _snap(levels))
            if _missing(rises, shift, levels) < SETTLED:
                break
        gains = shift + rises @ levels
        score = float(np.log(gains).sum())
        return Found(score, levels, 1 / gains, score - len(rises))

    return solve


def _snap(levels: Array) -> Array:
    return np.where(levels < 1e-6, 0.0, np.where(levels > 1 - 1e-6, 1.0, levels))


def _polish(rises: Array, shift: Array, levels: Array) -> Array:
    """A few steps of Newton's method on the stretches that are shared, while they help."""
    for _ in range(10):
        gains = shift + rises @ levels
        slopes = (1 / gains) @ rises
        shared = ~(((levels <= 0) & (slopes <= 0)) | ((levels >= 1) & (slopes >= 0)))
        step = np.zeros_like(levels)
        step[shared] = np.linalg.lstsq(rises[:, shared] / gains[:, None], np.ones(len(gains)), rcond=1e-10)[0]
        better = np.clip(levels + step, 0, 1)
        if not _missing(rises, shift, better) < _missing(rises, shift, levels):
            break
        levels = better
    return levels


def _missing(rises: Array, shift: Array, levels: Array) -> float:
    """A bound on how far the sum of logs is below its maximum (the gap of Frank and Wolfe 1956)."""
    gains = shift + rises @ levels
    if gains.min() <= 0:
        return np.inf
    slopes = (1 / gains) @ rises
    return float(np.where(slopes > 0, slopes * (1 - levels), -slopes * levels).sum())
