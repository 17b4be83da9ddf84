"""What theory would have the parties agree on, and how far an agreement is from it.

Only packages that are worth at least no agreement to everyone count. With `gain` a party's utility beyond no agreement:

    nash                  largest product of gains (Nash 1950)
    kalai_smorodinsky     largest smallest ratio of gain to the best gain that the party could have
                          (Kalai and Smorodinsky 1975)
    egalitarian           largest smallest gain (Kalai 1977)
    utilitarian           largest sum of gains

The solutions are the best of the packages that there are, not of lotteries among them: where options make the
frontier jump, they are on one side of the gap. Of packages that are equally good, the one with the larger sum of
gains (for `utilitarian`: with the larger smallest gain); of those still equal, the first in the order of the
combinations and, on it, from the first party's ideal onwards.

Exact for two parties (in closed form on each straight stretch of the frontier) and for groups of options only. For
three and more with scales: linear programs, exact to 1e-9, and a concave one for `nash`, to 1e-9 of utility. Where
three and more have so many combinations that some are left out (`combinations.FRONT`), the best of the others.

Shapes: P parties, S stretches, N lines or combinations; for the gaps R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from sim.arrays import Array, total
from sim.bargaining import combinations, pareto
from sim.bargaining.offers import Queue, egalitarian_package, nash_package
from sim.bargaining.pareto import SAME
from sim.bargaining.preferences import Package, Preferences, bounded

NAMES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
TIE_BREAK = 1e-6  # weight of the second criterion in a linear program

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Solution:
    """A package (R = 1) and its utilities (P,)."""

    utilities: Array
    package: Package


@dataclass(frozen=True)
class Frontier:
    """Corner points (P, N) of a group's Pareto frontier, and the solutions by name; None where no package is worth at
    least no agreement to everyone. complete: are all corners listed? Where there are too many, those are that are best
    under sampled weights on the parties."""

    corners: Array
    solutions: dict[str, Solution | None]
    complete: bool


def frontier(preferences: Sequence[Preferences], no_agreement: Array, tell: Progress | None = None) -> Frontier:
    """Pareto frontier and solutions of a group, from preferences with R = 1 and utilities (P,) of no agreement.

    `tell` hears the share that is done.
    """
    rises = np.stack([p.rises[:, 0] for p in preferences])
    choices = zip(*(p.choices for p in preferences), strict=True)
    # a combination that is worse for everyone is so wherever the scales stand
    base = np.stack([p.base for p in preferences])
    worthwhile, moves, complete = combinations.undominated(base, [np.stack(each)[:, :, 0] for each in choices])
    if len(preferences) > 2 and rises.size:
        corners, every = pareto.corners(rises, moves)
        complete &= every
        found = _by_programs(rises, moves - no_agreement[:, None], tell)
    else:
        levels = _levels_along(preferences)
        curve = rises @ levels
        corners = pareto.two_party_corners(curve, moves) if rises.size else moves
        found = _on_copies(curve, levels, moves, no_agreement)
    solutions: dict[str, Solution | None] = dict.fromkeys(NAMES)
    for name, (n, at) in found.items():
        package = Package(at[:, None], worthwhile[[n]])
        solutions[name] = Solution(bounded(moves[:, n] + rises @ at), package)
    return Frontier(bounded(corners), solutions, complete)


# ---- on straight lines -----------------------------------------------------------------------------------------------


def on_lines(starts: Array, ends: Array, no_agreement: Array) -> dict[str, tuple[int, float]]:
    """The solutions on a frontier made of straight lines, or points: which line, and where on it (0 start, 1 end).

    starts, ends (P, N): utilities; lines (start not equal to end) for two parties only.  Empty where no point is worth
    `no_agreement` (P,) to everyone.
    """
    gains, slopes = starts - no_agreement[:, None], ends - starts
    low, high = _rational(gains, slopes)
    lines = np.flatnonzero(low <= high)
    if len(lines) == 0:
        return {}
    gains, slopes, low, high = gains[:, lines], slopes[:, lines], low[lines], high[lines]

    def at(share: Array) -> tuple[Array, Array]:
        """Gains (P, 3, N) and places (3, N) at the two ends that are rational and at `share` between them."""
        shares = np.stack([low, np.clip(share, low, high), high])
        return np.maximum(gains[:, None] + shares * slopes[:, None], 0), shares

    best = at(low)[0].max(axis=(1, 2))
    ratio = np.where(best > SAME, 1 / np.maximum(best, SAME), np.nan)[:, None]
    stops = {
        "nash": -_over(gains[0] * slopes[-1] + gains[-1] * slopes[0], 2 * slopes[0] * slopes[-1]),
        "kalai_smorodinsky": _meet(gains * np.nan_to_num(ratio), slopes * np.nan_to_num(ratio)),
        "egalitarian": _meet(gains, slopes),
        "utilitarian": _meet(gains, slopes),
    }
    found = {}
    for name, stop in stops.items():
        there, shares = at(stop)
        smallest, whole = there.min(axis=0), there.sum(axis=0)
        relative = np.nan_to_num(np.fmin.reduce(there * ratio[:, None], axis=0), nan=1.0)
        scores = {
            "nash": (there.prod(axis=0), whole),
            "kalai_smorodinsky": (relative, whole),
            "egalitarian": (smallest, whole),
            "utilitarian": (whole, smallest),
        }
        n, which = divmod(_first_best(*(score.T.ravel() for score in scores[name])), 3)
        found[name] = (int(lines[n]), float(shares[which, n]))
    return found


def _rational(gains: Array, slopes: Array) -> tuple[Array, Array]:
    """From where to where on each line everybody gains or loses nothing; low > high where nowhere.  -> (N,), (N,)"""
    flat = np.abs(slopes) <= SAME * 1e-3
    turn = -_over(gains, np.where(flat, 1.0, slopes))
    low = np.where(~flat & (slopes > 0), turn, 0.0).max(axis=0)
    high = np.where(~flat & (slopes < 0), turn, 1.0).min(axis=0)
    ends = np.stack([gains + np.clip(low, 0, 1) * slopes, gains + np.clip(high, 0, 1) * slopes])
    rational = np.any(np.all(ends >= -SAME, axis=1), axis=0)
    low = np.clip(low, 0, 1)
    return low, np.where(rational, np.maximum(np.clip(high, 0, 1), low), -1.0)


def _over(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below != 0)


def _meet(gains: Array, slopes: Array) -> Array:
    """Where on each line the first and the last party's gains are equal.  -> (N,)"""
    return _over(gains[0] - gains[-1], slopes[-1] - slopes[0])


def _first_best(score: Array, second: Array) -> int:
    """Place of the best score; of equal ones the one with the best second score, then the first."""
    equal = score >= score.max() - SAME * max(1.0, abs(score.max()))
    second = np.where(equal, second, -np.inf)
    return int(np.argmax(second >= second.max() - SAME * max(1.0, abs(second.max()))))


def _levels_along(preferences: Sequence[Preferences]) -> Array:
    """Levels of the scales at each corner on the way from the first party's best package to the second's.  -> (S, C)"""
    queue = Queue.of(preferences[0], preferences[1].rises)
    turns = np.unique(np.append(queue.turn[np.isfinite(queue.turn)], -1.0))  # -1: what costs nothing is given at once
    return np.stack([queue.levels(queue.turn <= turn)[:, 0] for turn in turns], axis=1)


def _on_copies(curve: Array, levels: Array, moves: Array, no_agreement: Array) -> dict[str, tuple[int, Array]]:
    """The solutions on copies of one curve (P, C), moved by `moves` (P, N): which copy, and the levels (S,) there."""
    points = moves[:, :, None] + curve[:, None, :]
    starts, ends = (points[..., :-1], points[..., 1:]) if curve.shape[1] > 1 else (points, points)
    lines = on_lines(starts.reshape(len(moves), -1), ends.reshape(len(moves), -1), no_agreement)
    found = {}
    for name, (line, share) in lines.items():
        n, k = divmod(line, starts.shape[2])
        onwards = levels[:, k + 1] if curve.shape[1] > 1 else levels[:, k]
        found[name] = n, levels[:, k] + share * (onwards - levels[:, k])
    return found


# ---- three parties and more ------------------------------------------------------------------------------------------


def _by_programs(rises: Array, shifts: Array, tell: Progress | None) -> dict[str, tuple[int, Array]]:
    """The solutions by mathematical programs; shifts (P, N): gains at the low end with each combination.

    The second criterion enters a linear program with a small weight, which leaves the first one's best packages best
    unless a party's weights of two issues are as 1 to TIE_BREAK.
    """
    from sim.bargaining import programs  # scipy.optimize takes a while to import, and two parties do not need it

    ones = np.ones(len(rises))

    done = count(1)

    def best(toward: Array, floors: Array, reward: float, least: float = 0.0) -> tuple[int, Array]:
        if tell is not None:
            tell(next(done) / (len(ones) + 4))  # the frontier and each linear program count alike
        _, levels = programs.over_combinations(programs.linear(rises, toward, floors, reward, least), rises, shifts)
        return next(iter(levels.items()), (-1, ones))

    def gains(n: int, levels: Array) -> Array:
        return shifts[:, n] + rises @ levels

    found = {"egalitarian": best(TIE_BREAK * ones, ones, 1.0, -1.0)}
    if gains(*found["egalitarian"]).min() < -programs.EXACT:
        return {}
    found["utilitarian"] = best(ones, ones, TIE_BREAK)
    ideals = np.array([gains(*best(party, ones, TIE_BREAK))[i] for i, party in enumerate(np.eye(len(rises)))])
    found["kalai_smorodinsky"] = best(TIE_BREAK * ones, np.where(ideals > programs.EXACT, ideals, 0.0), 1.0)
    score, levels = programs.over_combinations(programs.nash(rises), rises, shifts)
    found["nash"] = next(iter(levels.items())) if np.isfinite(score) else found["utilitarian"]
    return found


# ---- how far an agreement is from them, in many replications at once -------------------------------------------------


def nash_gap(preferences: Sequence[Preferences], reservations: Sequence[Array], package: Package) -> Array:
    """How far the product of gains is below the largest that there is; 0 at the Nash solution.  -> (R,)

    In products of utilities, a loss counting as no gain. Exact for two parties; for more the largest product is that of
    `nash_package`, which may be a little too small.
    """
    ideal = nash_package(preferences, reservations, [np.ones_like(r) for r in reservations])
    return np.maximum(_product(preferences, reservations, ideal) - _product(preferences, reservations, package), 0)


def _product(preferences: Sequence[Preferences], reservations: Sequence[Array], package: Package) -> Array:
    product = np.ones(())
    for wants, reservation in zip(preferences, reservations, strict=True):
        product = product * np.maximum(wants.utility(package) - reservation, 0)
    return product


def pareto_gap(preferences: Sequence[Preferences], package: Package) -> Array:
    """What the parties leave on the table: 0 on the Pareto frontier, more below it.  -> (R,)

    The parties' mean gain from the package to the one that helps most the one that it helps least (Kalai 1977 with
    the agreement as the starting point): where utility can be passed on, what everybody could have more at once.
    Exact for two parties; for more a lower bound (see `egalitarian_package`).
    """
    now = [wants.utility(package) for wants in preferences]
    better = egalitarian_package(preferences, now)
    gains = [wants.utility(better) - worth for wants, worth in zip(preferences, now, strict=True)]
    nobody_loses = np.minimum.reduce(gains) >= -SAME
    return np.where(nobody_loses, np.maximum(total(gains) / len(gains), 0), 0)
