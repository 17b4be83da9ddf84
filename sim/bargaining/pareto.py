"""Pareto frontiers: packages at which nobody can have more without somebody having less, exactly.

The scales of a group give a set of utilities with flat sides, the sum of its stretches (a zonotope); each combination
of options moves it by the utilities that it adds. So one set is studied, and moved as often as there are combinations
worth looking at. One replication at a time.

Shapes: P parties, S stretches, N points or combinations.
"""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np

from sim.arrays import Array, Index, Mask

SAME = 1e-12  # utilities that differ by less are the same
NEAR = 10 * SAME
MOST_NORMALS = 5_000  # so many faces are looked at one by one; beyond, weights are sampled
MOST_POINTS, MOST_WORK = 20_000, 1e9  # so many points of all combinations are compared, in so many steps; beyond, too
SAMPLED = 4_000
COMPARED = 1_000_000  # pairs of points at once: memory that does not grow


def undominated(points: Array) -> Index:
    """Places of the distinct points that no other point dominates, in the order given; of equals, the first.  (P, N)

    Taken best sum first, a point is kept unless one that is kept already is worth no less than it to everyone, but
    for SAME: nobody has to make room again.
    """
    return np.sort(_by_clusters(points) if len(points) == 2 else _by_blocks(points))


def _by_clusters(points: Array) -> Index:
    """For two parties, one sort leaves the frontier and what is next to it (Kung, Luccio and Preparata 1975).

    From the second party's best point onwards the second loses. Where the first gains as well, by more than rounding,
    nothing before reaches anything after: the points between two such places are a cluster, mostly of one point.
    """
    falling = np.argsort(-points[1], kind="stable")
    mine = points[0, falling]
    left = falling[mine >= np.maximum.accumulate(mine) - NEAR]
    gain, loss = np.diff(points[:, left]) * [[1], [-1]]
    cluster = np.cumsum(np.append(True, (gain > 4 * NEAR) & (loss > 4 * NEAR)))
    best_first = np.lexsort((left, -points[:, left].sum(axis=0), cluster))
    waiting, cluster = left[best_first], cluster[best_first]
    kept: list[Index] = []
    while len(waiting):
        best, free = _round(points, waiting, cluster)
        kept.append(best)
        waiting, cluster = waiting[free], cluster[free]
    return np.concatenate(kept)


def _round(points: Array, waiting: Index, cluster: Index) -> tuple[Index, Mask]:
    """The first that waits in each cluster, and which of those that wait it leaves free."""
    first = np.flatnonzero(np.diff(cluster, prepend=0))
    best = waiting[first]
    beside = np.repeat(best, np.diff(first, append=len(cluster)))
    free = ~np.all(points[:, beside] >= points[:, waiting] - SAME, axis=0)
    free[first] = False
    return best, free


def _by_blocks(points: Array) -> Index:
    """For any number of parties: block after block, what is kept of it removes what it reaches of those that wait."""
    waiting = np.argsort(-points.sum(axis=0), kind="stable")
    kept: list[Index] = []
    while len(waiting):
        size = max(16, min(COMPARED // len(waiting), 512))
        block = _among_themselves(points, waiting[:size])
        waiting = waiting[size:]
        waiting = waiting[~_reaches(points[:, block], points[:, waiting]).any(axis=0)]
        kept.append(block)
    return np.concatenate(kept)


def _among_themselves(points: Array, block: Index) -> Index:
    """Of these places, best sum first, those whose points no kept one before them reaches."""
    there = points[:, block]
    reaches = np.triu(_reaches(there, there), 1)
    kept: Mask = np.asarray(~reaches.any(axis=0))
    for n in np.flatnonzero(~kept):  # what reached it may not have been kept itself
        kept[n] = not reaches[kept, n].any()
    return block[kept]


def _reaches(these: Array, others: Array) -> Mask:
    """Is a point (P, n) worth no less to everyone than another one (P, N), but for SAME?  -> (n, N)"""
    found = np.ones((these.shape[1], others.shape[1]), dtype=bool)
    for worth, asked in zip(these, others, strict=True):
        found &= worth[:, None] >= asked - SAME
    return found


# ---- two parties -----------------------------------------------------------------------------------------------------


def two_party_corners(curve: Array, moves: Array) -> Array:
    """Corner points of the frontier of copies of a falling concave curve (2, C), moved by `moves` (2, N).  -> (2, n)

    The curve runs from the first party's best point to the second's. Two copies of it cross once, as two straight lines
    would: so the copies on the frontier follow each other in the order of what they give to the first party, and
    one pass over them finds where each takes over from the next (as for the hull of lines, Graham 1972).
    """
    moves = moves[:, np.lexsort((moves[1], -moves[0]))]
    ahead: list[tuple[Array, float]] = []  # copies on the frontier so far, each with the point at which it takes over
    for move in moves.T:
        copy, entry = curve + move[:, None], np.inf
        while ahead and (entry := _crossing(ahead[-1][0], copy)) >= ahead[-1][1]:
            ahead.pop()
        ahead.append((copy, entry if ahead else np.inf))
    found, left_at = [], [entry for _, entry in ahead[1:]] + [-np.inf]
    for (copy, entry), until in zip(ahead, left_at, strict=True):
        x, y = copy[:, ::-1]
        inside = x[(x > until) & (x < entry)]
        ends = [end for end in (entry, until) if x[0] <= end <= x[-1]]
        along = np.concatenate([inside, ends])
        found.append(np.stack([along, np.interp(along, x, y)]))
    points = np.concatenate(found, axis=1)
    points = points[:, np.argsort(-points[0], kind="stable")]
    return points[:, undominated(points)]


def _crossing(ahead: Array, copy: Array) -> float:
    """The most that the first party can have where the second is at least as well off with `copy` (2, C).

    Less of the first party's utility than its curve's end is always to be had, more never.
    """
    end = copy[0, 0]
    at = np.unique(np.concatenate([ahead[0], copy[0]]))
    at = at[at <= end]
    lead = np.interp(at, *copy[:, ::-1]) - np.interp(at, *ahead[:, ::-1])
    if lead[-1] >= 0:
        return float(end)
    last = int(np.flatnonzero(lead >= 0)[-1]) if np.any(lead >= 0) else 0
    share = lead[last] / (lead[last] - lead[last + 1])
    return float(at[last] + share * (at[last + 1] - at[last]))


# ---- any number of parties -------------------------------------------------------------------------------------------


def corners(rises: Array, moves: Array) -> tuple[Array, bool]:
    """Corner points (P, n) of the frontiers of the combinations that no package of any combination dominates; are these
    all?

    rises (P, S >= 1): what covering a stretch adds; moves (P, N): utilities at the low end with each combination.
    Each point is exact. Lines in which the frontiers of different combinations cut each other are not listed. All
    points are found while there are at most MOST_NORMALS possible faces (3 parties: 97 stretches, 4: 28, 5: 15), and
    not too many points to compare them all (see MOST_POINTS, MOST_WORK); beyond that, those that are best for some of
    SAMPLED weights.
    """
    directions = face_normals(rises)
    support = np.maximum(rises.T @ directions, 0).sum(axis=0)  # how far the set reaches in each direction
    points = rises @ _vertices(rises, directions, support)
    several = points.shape[1] * moves.shape[1]
    if several > MOST_POINTS or several * moves.shape[1] * directions.shape[1] > MOST_WORK:
        return _best_for_some(rises, moves), False
    candidates = (points[:, None, :] + moves[:, :, None]).reshape(len(rises), -1)
    candidates = candidates[:, undominated(candidates)]
    free = np.ones(candidates.shape[1], dtype=bool)
    for move in moves.T:
        free[free] = ~_beaten(candidates[:, free] - move[:, None], directions, support)
    return candidates[:, free], not _are_sampled(directions)


def _best_for_some(rises: Array, moves: Array) -> Array:
    """The points that are best under sampled weights on the parties, all of them positive.  -> (P, n)"""
    weights = _weights(len(rises))
    points = rises @ (rises.T @ weights > 0) + moves[:, np.argmax(moves.T @ weights, axis=0)]
    return points[:, undominated(points)]


def _are_sampled(directions: Array) -> bool:
    """Normals of faces include those of the axes."""
    return bool(np.all(directions > 0))


def _weights(parties: int) -> Array:
    return np.random.default_rng(0).dirichlet(np.ones(parties), SAMPLED).T


def face_normals(rises: Array) -> Array:
    """Weights on the parties under which a whole face of the set is best: they tell the whole frontier.  -> (P, n)

    They are at right angles to P - 1 stretches, or to fewer where some parties have weight 0.
    """
    parties = len(rises)
    walls = np.concatenate([np.eye(parties), _distinct_directions(rises).T])
    if comb(len(walls), parties - 1) > MOST_NORMALS:
        return _weights(parties)
    chosen = walls[np.array(list(combinations(range(len(walls)), parties - 1)))]
    _, sizes, axes = np.linalg.svd(chosen)
    normals = axes[sizes[:, -1] > 1e-9, -1]
    normals = normals * np.where(normals.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    normals = np.where(np.abs(normals) < SAME, 0.0, normals)
    normals = normals[np.all(normals >= 0, axis=1)]
    return np.unique(np.round(normals / normals.sum(axis=1, keepdims=True), 13), axis=0).T


def _distinct_directions(rises: Array) -> Array:
    """One stretch of each direction in which parties disagree.  -> (P, n)"""
    disputed = rises[:, np.any(rises > SAME, axis=0) & np.any(rises < -SAME, axis=0)]
    unit = disputed / np.linalg.norm(disputed, axis=0)
    unit = unit * np.sign(unit[np.argmax(np.abs(unit) > 1e-9, axis=0), np.arange(unit.shape[1])])
    distinct: Index = np.unique(np.round(unit, 10), axis=1, return_index=True)[1]
    return np.asarray(unit[:, distinct])


def _vertices(rises: Array, directions: Array, support: Array) -> Array:
    """Levels (S, N) of the undominated corners: each is an end of some face."""
    slopes = rises.T @ directions
    if _are_sampled(directions):  # no face, but a corner for each
        return np.unique((slopes > 0).astype(float), axis=1)
    found = np.concatenate([_ends(rises, slope) for slope in slopes.T], axis=1)
    found = np.unique(found, axis=1)
    tight = np.abs(support[:, None] - directions.T @ (rises @ found)) < 1e-9
    return found[:, [_is_corner(directions[:, mine]) for mine in tight.T]]


def _ends(rises: Array, slope: Array) -> Array:
    """Levels (S, n) of the ends of the face that is best under some weights; parallel stretches move together."""
    level, flat = (slope > 0).astype(float), np.flatnonzero(np.abs(slope) < 1e-9)
    lines: dict[tuple[float, ...], list[tuple[np.intp, bool]]] = {}
    for s in flat:
        length = np.linalg.norm(rises[:, s])
        if length > SAME:
            unit = np.round(rises[:, s] / length, 9) + 0.0
            forward = bool(unit[np.flatnonzero(unit)[0]] > 0)
            lines.setdefault(tuple((unit if forward else -unit) + 0.0), []).append((s, forward))
    ends = []
    for signs in product((False, True), repeat=min(len(lines), 12)):
        end = level.copy()
        for line, sign in zip(lines.values(), signs, strict=False):
            for s, forward in line:
                end[s] = forward == sign
        ends.append(end)
    return np.stack(ends, axis=1)


def _is_corner(normals: Array) -> bool:
    """Is a point with these face normals (P, n) a corner, and best under some weights that are all positive?"""
    return bool(np.all(normals.sum(axis=1) > 1e-9)) and np.linalg.matrix_rank(normals, tol=1e-9) == len(normals)


def _beaten(points: Array, directions: Array, support: Array) -> Mask:
    """Which points (P, N) does another one of the set dominate?

    Those within reach of all faces, unless positive weights exist under which nothing in the set is better.
    """
    slack = support[:, None] - directions.T @ points
    within = np.all(slack >= -1e-10, axis=0)
    best_for_some = np.all(directions @ (np.abs(slack) < 1e-10) > 1e-9, axis=0)
    return np.asarray(within & ~best_for_some)
