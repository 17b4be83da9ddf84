"""The solutions at published numbers, by their axioms, and against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.bargaining import solutions
from sim.bargaining.preferences import Package, Preferences
from sim.bargaining.solutions import NAMES, frontier, on_lines
from tests.seldom import examples

from .groups import all_utilities, random_group

seeds = st.integers(0, 2**32 - 1)
quick = examples(0.8)


def solve_polyline(points, no_agreement=(0.0, 0.0)):
    """Solutions on a frontier given by its corner points (2, N).  -> name: utilities (2,)"""
    points = np.asarray(points, dtype=float)
    found = on_lines(points[:, :-1], points[:, 1:], np.array(no_agreement))
    return {name: points[:, n] + share * (points[:, n + 1] - points[:, n]) for name, (n, share) in found.items()}


def solve_points(points, no_agreement):
    """Solutions among single points (P, N)."""
    points = np.asarray(points, dtype=float)
    found = on_lines(points, points, np.array(no_agreement))
    return {name: points[:, n] for name, (n, _) in found.items()}


# ---- published numbers -----------------------------------------------------------------------------------------------

x = np.linspace(1, 0, 20_001)
PARABOLA = np.stack([x, 1 - x**2])


@pytest.mark.parametrize(
    ("name", "scale", "expected"),
    [
        ("nash", 1, (0.577350, 0.666667)),
        ("kalai_smorodinsky", 1, (0.618034, 0.618034)),
        ("egalitarian", 1, (0.618034, 0.618034)),
        ("utilitarian", 1, (0.5, 0.75)),
        ("nash", 2, (0.577350, 1.333333)),
        ("kalai_smorodinsky", 2, (0.618034, 1.236068)),
        ("egalitarian", 2, (0.780776, 0.780776)),
        ("utilitarian", 2, (0.25, 1.875)),
    ],
)
def test_the_solutions_on_a_parabola(name, scale, expected):
    """Nash at x = 1 / root 3, Kalai-Smorodinsky at the golden ratio; neither moves with the second party's units."""
    np.testing.assert_allclose(solve_polyline(PARABOLA * [[1], [scale]])[name], expected, atol=1e-4)


# [United States, Panama]: Raiffa 1982; points of Brams and Taylor 1996, pages.nyu.edu/adjustedwinner/panama.htm
PANAMA = {
    "defense rights": [22, 9],
    "use rights": [22, 15],
    "land and water": [15, 15],
    "expansion rights": [14, 3],
    "duration": [11, 15],
    "expansion routes": [6, 5],
    "compensation": [4, 11],
    "jurisdiction": [2, 7],
    "US military rights": [2, 7],
    "defense role of Panama": [2, 13],
}
# [Israel, Egypt]: Brams and Togman 1996, from memory, as scenarios/camp-david-1978.yaml says
CAMP_DAVID = {
    "Sinai": [35, 55],
    "diplomatic recognition": [10, 5],
    "West Bank and Gaza": [20, 10],
    "linkage": [10, 5],
    "Palestinian rights": [5, 20],
    "Jerusalem": [20, 5],
}


def divide(points):
    """Each issue is won by one side or split: a scale with opposite ideal points."""
    worth = np.array(list(points.values()), dtype=float) / 100
    none = np.zeros((1, 1))
    wants = [
        Preferences.of(np.zeros(1), worth[:, :1], none),
        Preferences.of(worth[:, 1].sum(keepdims=True), -worth[:, 1:], none),
    ]
    return frontier(wants, np.zeros(2)).solutions["egalitarian"]


@pytest.mark.parametrize(
    ("points", "both", "split"),
    [(PANAMA, 0.66, "land and water"), (CAMP_DAVID, 0.658333, "Sinai")],
)
def test_equal_shares_of_published_points(points, both, split):
    """Adjusted Winner (Brams and Taylor 1996) gives both sides the same: 66 points on the canal, 65.8 at Camp David."""
    fair = divide(points)
    np.testing.assert_allclose(fair.utilities, both, atol=1e-6)
    shares = dict(zip(points, fair.package.levels[:, 0], strict=True))
    assert [issue for issue, share in shares.items() if 0 < share < 1] == [split]


def test_camp_david_splits_sinai_five_to_one():
    levels = divide(CAMP_DAVID).package.levels[:, 0]
    np.testing.assert_allclose(levels, [1 / 6, 1, 1, 1, 0, 1])


# ---- axioms ----------------------------------------------------------------------------------------------------------


def concave(rng: np.random.Generator, corners: int = 6):
    """A falling concave frontier from (1, 0) to (0, 1)."""
    steps = np.sort(rng.dirichlet(np.ones(corners)))[::-1], np.sort(rng.dirichlet(np.ones(corners)))
    angle = np.argsort(np.arctan2(steps[0], steps[1]))
    down, up = steps[0][angle], steps[1][angle]
    return np.stack([1 - np.append(0, np.cumsum(down)), np.append(0, np.cumsum(up))])


@quick
@given(seeds, st.floats(0.1, 10), st.floats(0.1, 10), st.floats(-3, 3), st.floats(-3, 3))
def test_nash_and_kalai_smorodinsky_do_not_know_units(seed, a, b, c, d):
    points, no_agreement = concave(np.random.default_rng(seed)), np.array([0.1, 0.2])
    scale, shift = np.array([a, b]), np.array([c, d])
    one = solve_polyline(points, no_agreement)
    two = solve_polyline(points * scale[:, None] + shift[:, None], no_agreement * scale + shift)
    for name in ("nash", "kalai_smorodinsky"):
        np.testing.assert_allclose(two[name], one[name] * scale + shift, rtol=1e-6, atol=1e-6)


def test_the_utilitarian_solution_knows_units():
    one, two = solve_polyline(PARABOLA), solve_polyline(PARABOLA * [[1], [2]])
    assert abs(two["utilitarian"] / [1, 2] - one["utilitarian"]).max() > 0.1


@quick
@given(seeds)
def test_parties_alike_are_treated_alike(seed):
    """Symmetry: on a mirrored frontier gains are equal."""
    power, corners = np.random.default_rng(seed).uniform(1, 5), int(seed % 9) + 2
    angle = np.linspace(0, np.pi / 2, corners)
    points = np.round(np.stack([np.cos(angle), np.sin(angle)]), 12) ** (2 / power)
    for name, found in solve_polyline(points, (0.05, 0.05)).items():
        assert found[0] == pytest.approx(found[1], abs=1e-9), name


@quick
@given(seeds)
def test_nash_does_not_look_at_alternatives_that_it_would_not_choose(seed):
    """Independence of irrelevant alternatives (Nash 1950), on points of three parties."""
    rng = np.random.default_rng(seed)
    points, no_agreement = rng.uniform(0, 1, (3, 30)), np.full(3, 0.2)
    best = solve_points(points, no_agreement)
    assume(best)
    chosen = int(np.flatnonzero((points == best["nash"][:, None]).all(axis=0))[0])
    rest = np.append(rng.choice(np.delete(np.arange(30), chosen), 12, replace=False), chosen)
    np.testing.assert_array_equal(solve_points(points[:, rest], no_agreement)["nash"], best["nash"])


@quick
@given(seeds, st.floats(0.05, 0.95))
def test_kalai_smorodinsky_gives_a_party_no_less_when_its_side_of_the_frontier_grows(seed, where):
    """Monotonicity (Kalai and Smorodinsky 1975): both best gains stay, the second's possibilities grow."""
    points = concave(np.random.default_rng(seed))
    n = int(np.searchsorted(-points[0], -where))
    n = min(max(n, 1), points.shape[1] - 2)
    grown = points.copy()
    left, right = points[:, n - 1], points[:, n + 1]
    room = 1.0 - points[1, n] if n + 1 == points.shape[1] - 1 else right[1] - points[1, n]
    grown[1, n] += 0.5 * max(min(room, points[1, n] - left[1]), 0)
    assert solve_polyline(grown)["kalai_smorodinsky"][1] >= solve_polyline(points)["kalai_smorodinsky"][1] - 1e-9


# ---- against brute force ---------------------------------------------------------------------------------------------


def scores(gains, ideals):
    """Score of gains (P, N) by each solution's own criterion."""
    gains = np.maximum(gains, 0)
    return {
        "nash": gains.prod(axis=0),
        "kalai_smorodinsky": (gains / ideals[:, None]).min(axis=0),
        "egalitarian": gains.min(axis=0),
        "utilitarian": gains.sum(axis=0),
    }


def sampled_gains(rng, wants, no_agreement):
    """Gains of many packages that nobody loses by: corners of the scales, points between two, all options."""
    stretches = len(wants[0].rises)
    corners = rng.integers(0, 2, (stretches, 4000)).astype(float)
    between = corners * rng.uniform(0, 1, 4000) + rng.permuted(corners, axis=1) * rng.uniform(0, 1, 4000)
    levels = np.concatenate([corners, np.clip(between, 0, 1), rng.uniform(0, 1, (stretches, 4000))], axis=1)
    gains = np.concatenate(
        [
            np.stack([w.base + w.rises.T @ levels + w.combined[o] for w in wants])[:, 0] - no_agreement[:, None]
            for o in range(len(wants[0].combined))
        ],
        axis=1,
    )
    return gains[:, gains.min(axis=0) >= 0]


@examples(0.6)
@given(
    seeds,
    st.sampled_from(
        [(2, 3, ()), (2, 3, (3, 2)), (2, 0, (4, 3)), (3, 2, (3,)), (3, 4, ()), (3, 0, (3, 3)), (4, 2, (2,))]
    ),
)
def test_no_package_beats_a_solution(seed, shape):
    rng = np.random.default_rng(seed)
    wants = random_group(rng, *shape, hold=rng.choice([0.0, 0.05])).preferences()
    no_agreement = rng.uniform(0, 0.5, len(wants))
    found, gains = frontier(wants, no_agreement), sampled_gains(rng, wants, no_agreement)
    if found.solutions["nash"] is None:
        assert gains.shape[1] == 0
        return
    ideals = best_gains(wants, no_agreement)
    assume(ideals.min() > 1e-3)
    sampled = scores(gains, ideals)
    for name in NAMES:
        best = found.solutions[name]
        utilities = np.array([w.utility(best.package)[0] for w in wants])
        np.testing.assert_allclose(best.utilities, utilities, atol=1e-12)
        assert np.min(utilities - no_agreement) >= -1e-9
        mine = scores((utilities - no_agreement)[:, None], ideals)[name][0]
        assert mine >= sampled[name].max(initial=0) - 1e-8, name


def best_gains(wants, no_agreement):
    """The most that each party can gain while nobody loses, by linear programming on each combination."""
    best = np.zeros(len(wants))
    rises = np.stack([w.rises[:, 0] for w in wants])
    for o in range(len(wants[0].combined)):
        shift = np.array([w.base[0] + w.combined[o, 0] for w in wants]) - no_agreement
        for i in range(len(wants)):
            if not rises.size:
                best[i] = max(best[i], shift[i] if shift.min() >= 0 else 0)
                continue
            answer = linprog(-rises[i], A_ub=-rises, b_ub=shift, bounds=(0, 1))
            if answer.status == 0:
                best[i] = max(best[i], shift[i] - answer.fun)
    return best


@pytest.mark.parametrize("parties", [3, 4])
def test_nash_is_exact_for_more_parties(parties):
    """Nothing is left to gain in the direction in which the product grows fastest: a bound on the sum of logs."""
    rng, checked = np.random.default_rng(1), 0
    for _ in range(12):
        wants = random_group(rng, parties, 5).preferences()
        no_agreement = rng.uniform(0.1, 0.4, parties)
        best = frontier(wants, no_agreement).solutions["nash"]
        if best is None:
            continue
        rises = np.stack([w.rises[:, 0] for w in wants])
        slopes, levels = (1 / (best.utilities - no_agreement)) @ rises, best.package.levels[:, 0]
        assert np.where(slopes > 0, slopes * (1 - levels), -slopes * levels).sum() < 1e-9
        checked += 1
    assert checked > 6


@pytest.mark.parametrize("parties", [2, 3])
def test_programs_and_closed_forms_agree(parties):
    """Two parties, or two and a third that wants what the second wants: the same solutions by both roads."""
    rng = np.random.default_rng(2)
    for _ in range(10):
        wants = random_group(rng, 2, 4, (3,)).preferences()
        no_agreement = rng.uniform(0.1, 0.4, 2)
        exact = frontier(wants, no_agreement).solutions
        if exact["nash"] is None:
            continue
        again = wants + wants[1:] * (parties - 2)
        rises = np.stack([w.rises[:, 0] for w in again])
        shifts = (
            np.stack([w.base[0] + w.combined[:, 0] for w in again])
            - np.append(no_agreement, no_agreement[1:])[:parties, None]
        )
        for name, (n, levels) in solutions._by_programs(rises, shifts, None).items():
            if parties == 3 and name in ("nash", "utilitarian"):
                continue  # these count heads
            gains = shifts[:, n] + rises @ levels
            np.testing.assert_allclose(gains[:2], exact[name].utilities - no_agreement, atol=1e-7, err_msg=name)


# ---- ties, and no zone of agreement ----------------------------------------------------------------------------------


def test_of_equally_good_packages_the_one_with_the_larger_sum_then_the_first():
    points = np.array([[0.3, 0.3, 0.5, 0.5], [0.3, 0.6, 0.3, 0.3]])
    assert solve_points(points, (0, 0))["egalitarian"].tolist() == [0.3, 0.6]
    equal = np.array([[0.6, 0.4, 0.6], [0.4, 0.6, 0.4]])
    assert solve_points(equal, (0, 0))["nash"].tolist() == [0.6, 0.4]


def test_a_utilitarian_who_does_not_care_takes_the_equal_division():
    np.testing.assert_allclose(solve_polyline([[1, 0], [0, 1]])["utilitarian"], [0.5, 0.5])
    np.testing.assert_allclose(solve_polyline([[1, 0], [0, 1]], (0.2, 0.0))["utilitarian"], [0.6, 0.4])


@pytest.mark.parametrize("shape", [(2, 3, ()), (2, 2, (2,)), (2, 0, (3,)), (3, 3, ()), (3, 0, (3,))])
def test_without_a_zone_of_agreement_there_is_no_solution(shape):
    wants = random_group(np.random.default_rng(3), *shape).preferences()
    found = frontier(wants, np.full(len(wants), 0.999))
    assert found.corners.shape[1] > 0
    assert found.solutions == dict.fromkeys(NAMES)


@pytest.mark.parametrize("parties", [2, 3])
def test_a_zone_of_one_package_is_found(parties):
    """At the very limit of what is possible for everyone the only package is every solution."""
    wants = random_group(np.random.default_rng(4), parties, 3).preferences()
    edge = frontier(wants, np.full(parties, 0.2)).solutions["egalitarian"].utilities
    for name, best in frontier(wants, edge - 1e-13).solutions.items():
        np.testing.assert_allclose(best.utilities, edge, atol=1e-8, err_msg=name)


def test_an_issue_of_no_weight_changes_nothing():
    group = random_group(np.random.default_rng(5), 2, 3, (2,))
    idle = {issue: weight * (issue not in ("s1", "o0")) for issue, weight in group.weights.items()}
    small = random_group(np.random.default_rng(5), 2, 3, (2,))
    for issue in ("s1",):
        del small.positions[issue]
    small.values.clear()
    kept = {issue: group.weights[issue] for issue in ("s0", "s2")}
    one = frontier(group.preferences(idle), np.array([0.3, 0.3]))
    two = frontier(small.preferences(kept), np.array([0.3, 0.3]))
    np.testing.assert_allclose(one.corners, two.corners, atol=1e-12)
    for name in NAMES:
        np.testing.assert_allclose(one.solutions[name].utilities, two.solutions[name].utilities, atol=1e-12)


# ---- gaps ------------------------------------------------------------------------------------------------------------


def random_packages(rng, wants, width):
    levels = rng.uniform(0, 1, (len(wants[0].rises), width))
    return Package(levels, rng.integers(len(wants[0].combined), size=width))


@pytest.mark.parametrize("shape", [(2, 3, ()), (2, 3, (3, 2)), (2, 0, (4, 4)), (3, 3, (2,))])
def test_gaps_measure_the_distance_to_what_theory_finds(shape):
    rng = np.random.default_rng(6)
    wants = random_group(rng, *shape).preferences()
    no_agreement = np.full(len(wants), 0.2)
    packages = random_packages(rng, wants, 30)
    wide = [
        Preferences.of(np.repeat(w.base, 30), np.repeat(w.rises, 30, 1), np.repeat(w.combined, 30, 1)) for w in wants
    ]
    nash = solutions.nash_gap(wide, [np.full(30, r) for r in no_agreement], packages)
    below = solutions.pareto_gap(wide, packages)
    best = np.prod(frontier(wants, no_agreement).solutions["nash"].utilities - no_agreement)
    product = np.prod([np.maximum(w.utility(packages) - r, 0) for w, r in zip(wide, no_agreement, strict=True)], axis=0)
    near = 1e-9 if len(wants) == 2 else 2e-3
    np.testing.assert_allclose(nash, best - product, atol=near)
    for r in range(30):
        now = np.array([w.utility(packages)[r] for w in wide])
        fairest = frontier(wants, now).solutions["egalitarian"].utilities
        assert below[r] <= np.mean(fairest - now) + (1e-9 if len(wants) == 2 else 0.05)
        assert below[r] == pytest.approx(np.mean(fairest - now), abs=1e-9 if len(wants) == 2 else 0.05)


@pytest.mark.parametrize("shape", [(2, 3, ()), (2, 4, (3, 2)), (2, 0, (4, 4))])
def test_gaps_vanish_at_the_nash_solution_and_on_the_frontier(shape):
    wants = random_group(np.random.default_rng(7), *shape).preferences()
    found = frontier(wants, np.full(2, 0.2)).solutions
    reservations = [np.full(1, 0.2)] * 2
    assert solutions.nash_gap(wants, reservations, found["nash"].package) == pytest.approx(0, abs=1e-12)
    for name in NAMES:
        assert solutions.pareto_gap(wants, found[name].package) == pytest.approx(0, abs=1e-9)


def test_what_one_alone_could_gain_is_left_on_the_table_too():
    """Options only: somebody could have more at nobody's cost, though not everybody."""
    wants = [
        Preferences.of(np.zeros(1), np.zeros((0, 1)), np.array([[0.5], [0.5]])),
        Preferences.of(np.zeros(1), np.zeros((0, 1)), np.array([[0.2], [0.8]])),
    ]
    assert solutions.pareto_gap(wants, Package(np.zeros((0, 1)), np.array([0])))[0] == pytest.approx(0.3)
    assert solutions.pareto_gap(wants, Package(np.zeros((0, 1)), np.array([1])))[0] == 0


@pytest.mark.parametrize("shape", [(2, 3, (2,)), (2, 0, (3, 3)), (3, 3, (2,))])
def test_gaps_are_the_same_alone(shape):
    """Law 8, bit for bit."""
    from sim.arrays import at

    rng = np.random.default_rng(8)
    wants = tuple(random_group(rng, *shape, width=257).preferences())
    reservations = tuple(rng.uniform(0, 0.5, 257) for _ in wants)
    package = Package(rng.uniform(0, 1, (len(wants[0].rises), 257)), rng.integers(len(wants[0].combined), size=257))
    nash, below = solutions.nash_gap(wants, reservations, package), solutions.pareto_gap(wants, package)
    for r in (0, 17, 256):
        here = np.array([r])
        mine = at(here, wants)
        assert solutions.nash_gap(mine, at(here, reservations), package.at(here))[0] == nash[r]
        assert solutions.pareto_gap(mine, package.at(here))[0] == below[r]


def test_all_utilities_of_the_helper_are_those_of_the_packages():
    wants = random_group(np.random.default_rng(9), 2, 2, (3,)).preferences()
    levels = np.array([[0.3], [0.6]])[: len(wants[0].rises)]
    for o, worth in enumerate(all_utilities(wants, levels).T):
        np.testing.assert_allclose([w.utility(Package(levels, np.array([o])))[0] for w in wants], worth)
