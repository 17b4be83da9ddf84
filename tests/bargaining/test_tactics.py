"""Published shapes of the tactics, and where two of them meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from sim.bargaining.offers import TradeOff
from sim.bargaining.preferences import Preferences
from sim.bargaining.solutions import frontier
from sim.bargaining.tactics import (
    Exponential,
    Hold,
    Mirror,
    Mix,
    Own,
    RelativeMirror,
    Resource,
    Standing,
    TimeDependent,
    View,
    Zeuthen,
)
from tests.seldom import one_in

from .groups import random_group


def nobody():
    raise AssertionError("this tactic does not look at the offers")


def view(reservation=0.4, elapsed=0.0, time_left=1.0, asked=1.0, offered=(np.nan,) * 4, standing=nobody):
    """One replication, or as many as the longest argument has."""
    numbers = np.broadcast_arrays(reservation, elapsed, time_left, asked)
    width = np.atleast_1d(numbers[0] + 0.0).shape
    reservation, elapsed, time_left, asked = (np.zeros(width) + n for n in numbers)
    heard = np.broadcast_to(np.reshape(np.array(offered, dtype=float), (4, -1)), (4, *width))
    return View(reservation, elapsed, time_left, asked, asked, lambda: heard, standing)


def ask(tactic, **what):
    return tactic.aspiration(view(**what))


# ---- the clock: Faratin, Sierra and Jennings (1998) ------------------------------------------------------------------

moments = np.linspace(0, 1, 101)
BETAS = [0.05, 0.5, 1.0, 2.0, 30.0]


@pytest.mark.parametrize("beta", BETAS)
def test_polynomial_family_starts_at_everything_and_ends_at_the_reservation(beta):
    curve = ask(TimeDependent(beta), elapsed=moments)
    assert curve[0] == 1
    assert curve[-1] == pytest.approx(0.4)
    assert np.all(np.diff(curve) <= 0)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("kappa", [0.01, 0.2])
def test_exponential_family_starts_at_kappa_and_ends_at_the_reservation(beta, kappa):
    curve = ask(Exponential(beta, kappa), elapsed=moments)
    assert curve[0] == pytest.approx(1 - 0.6 * kappa)
    assert curve[-1] == pytest.approx(0.4)
    assert np.all(np.diff(curve) <= 0)


def test_polynomial_family_at_half_time():
    """1 - elapsed ** (1 / beta): 1/4 given at beta 1/2, half at 1, root of a half at 2."""
    for beta, given in ((0.5, 0.25), (1, 0.5), (2, 0.5**0.5)):
        assert ask(TimeDependent(beta), reservation=0.0, elapsed=0.5) == pytest.approx(1 - given)


def test_exponential_family_at_half_time():
    """kappa ** ((1 - elapsed) ** beta)."""
    for beta in (0.5, 1, 2):
        assert ask(Exponential(beta, 0.05), reservation=0.0, elapsed=0.5) == pytest.approx(1 - 0.05 ** (0.5**beta))


@pytest.mark.parametrize("family", [TimeDependent(0.7), Exponential(0.7, 0.05)])
def test_of_two_clocks_the_later_one_counts(family):
    """A calendar of which 0.4 is used is like 0.4 of the rounds, at `calendar` 0.5 like 0.2, at 0 like nothing."""
    for elapsed in (0.0, 0.1, 0.3, 0.6):
        for calendar in (0.0, 0.5, 1.0):
            asked = ask(replace(family, calendar=calendar), elapsed=elapsed, time_left=0.6)
            assert asked == ask(family, elapsed=max(elapsed, calendar * (1 - 0.6)))


@pytest.mark.parametrize("family", [TimeDependent, Exponential])
def test_whoever_has_the_larger_beta_gives_earlier(family):
    """Boulware (beta < 1) asks for more than Conceder (beta > 1) at every moment between start and end."""
    curves = [ask(family(beta), elapsed=moments[1:-1]) for beta in (0.2, 0.5, 1.0, 2.0, 5.0)]
    for tougher, softer in pairwise(curves):
        assert np.all(tougher > softer)


def test_boulware_bends_one_way_and_conceder_the_other():
    bends = [np.diff(ask(TimeDependent(beta), elapsed=moments), 2) for beta in (0.5, 1.0, 2.0)]
    assert np.all(bends[0] < 0)
    np.testing.assert_allclose(bends[1], 0, atol=1e-12)
    assert np.all(bends[2] > 0)


@pytest.mark.parametrize("beta", [0.3, 0.5, 1.0, 2.0])
def test_two_time_dependent_curves_cross_where_the_formula_says(beta):
    """On one pie, a = 1 - t ** (1 / beta) each: the demands are together 1 at t = 0.5 ** beta."""
    crossing = 0.5**beta
    both = 2 * ask(TimeDependent(beta), reservation=0.0, elapsed=np.array([crossing - 1e-6, crossing, crossing + 1e-6]))
    assert both[0] > 1
    assert both[1] == pytest.approx(1)
    assert both[2] < 1


def test_curves_of_unlike_parties_cross_in_the_closed_form():
    """Reservations a, b, both linear: 2 - (2 - a - b) * t = 1, so t = 1 / (2 - a - b)."""
    a, b = 0.42, 0.3
    t = 1 / (2 - a - b)
    demands = [ask(TimeDependent(1.0), reservation=r, elapsed=t) for r in (a, b)]
    assert sum(demands) == pytest.approx(1)


def test_resource_runs_on_with_the_calendar_only():
    left = np.linspace(0, 1, 11)
    curve = ask(Resource(3.0), time_left=left, elapsed=0.7)
    np.testing.assert_allclose(curve, 0.4 + 0.6 * (1 - np.exp(-3 * left)))
    assert curve[0] == pytest.approx(0.4)
    assert ask(Resource(0.0)) == pytest.approx(0.4)


def test_hold_asks_for_the_same_always_unless_no_agreement_is_better():
    assert np.all(ask(Hold(0.8), elapsed=moments) == 0.8)
    assert ask(Hold(0.3), reservation=0.4) == 0.4


# ---- imitation -------------------------------------------------------------------------------------------------------


def test_a_mirror_gives_what_it_was_given():
    assert ask(Mirror(1.0), asked=0.9, offered=(0.35, 0.3, 0.3, 0.3)) == pytest.approx(0.85)
    assert ask(Mirror(2.0), asked=0.9, offered=(0.35, 0.3, 0.3, 0.3)) == pytest.approx(0.8)
    assert ask(Mirror(0.0), asked=0.9, offered=(0.35, 0.3, 0.3, 0.3)) == 0.9


@pytest.mark.parametrize("tactic", [Mirror(1.0), RelativeMirror(1.0)])
def test_mirrors_answer_once_a_round(tactic):
    """They reckon from what they asked for when the last round ended, so a second exchange moves them no further."""
    heard = view(asked=0.9, offered=(0.37, 0.3, 0.3, 0.3))
    first = tactic.aspiration(heard)
    np.testing.assert_array_equal(tactic.aspiration(replace(heard, asked=first)), first)


def test_a_mirror_answers_a_retreat_with_a_retreat():
    assert ask(Mirror(1.0), asked=0.9, offered=(0.25, 0.3, 0.3, 0.3)) == pytest.approx(0.95)


def test_a_mirror_averages_over_its_window():
    assert ask(Mirror(1.0, 3), asked=0.9, offered=(0.36, 0.35, 0.31, 0.3)) == pytest.approx(0.88)


@pytest.mark.parametrize("tactic", [Mirror(), Mirror(1.0, 3), RelativeMirror(), RelativeMirror(2.0, 2)])
def test_mirrors_never_move_first(tactic):
    assert ask(tactic, asked=0.9) == 0.9
    assert ask(tactic, asked=0.9, offered=(0.3, np.nan, np.nan, np.nan)) == 0.9
    assert ask(tactic, asked=0.9, offered=(0.3,) * 4) == 0.9


def test_a_relative_mirror_withholds_less_as_the_others_do():
    """They withheld 0.7, now 0.63, a tenth less: so does it, or a tenth of that squared."""
    heard = (0.37, 0.3, 0.3, 0.3)
    assert ask(RelativeMirror(1.0), asked=0.9, offered=heard) == pytest.approx(0.81)
    assert ask(RelativeMirror(2.0), asked=0.9, offered=heard) == pytest.approx(0.9 * 0.81)


def test_a_mix_is_the_weighted_mean():
    parts = TimeDependent(0.5), Hold(0.8), Mirror(1.0)
    what = {"elapsed": 0.3, "asked": 0.9, "offered": (0.35, 0.3, 0.3, 0.3)}
    expected = (2 * ask(parts[0], **what) + 1 * ask(parts[1], **what) + 5 * ask(parts[2], **what)) / 8
    assert ask(Mix(parts, (2.0, 1.0, 5.0)), **what) == pytest.approx(expected)


def test_a_mix_of_clock_and_mirror_may_take_back():
    """The known defect of mixing imitation with a clock."""
    mix = Mix((TimeDependent(0.5), Mirror(1.0)), (1.0, 1.0))
    assert ask(mix, asked=0.7, elapsed=0.3, offered=(0.3,) * 4) > 0.7


# ---- Zeuthen ---------------------------------------------------------------------------------------------------------


def negotiate(wants, reservations, step, knows_the_curve=True, rounds=2000):
    """Two Zeuthen parties propose in turn at once, with everything known, until one takes the other's offer.

    -> utilities (2,) of what they agree on
    """
    asked = [np.ones(1), np.ones(1)]
    trade = [TradeOff.between(wants[0], [wants[1]]), TradeOff.between(wants[1], [wants[0]])]
    for _ in range(rounds):
        offers = [trade[i].best_for_others(asked[i]) for i in (0, 1)]
        for i in (0, 1):
            if wants[i].utility(offers[1 - i]) >= asked[i] - 1e-9:
                return np.array([w.utility(offers[1 - i])[0] for w in wants])
        asked = [
            np.clip(
                Zeuthen(step).aspiration(zeuthen_view(i, wants, reservations, trade, offers, asked, knows_the_curve)),
                reservations[i],
                1,
            )
            for i in (0, 1)
        ]
    raise AssertionError("no agreement")


def zeuthen_view(i, wants, reservations, trade, offers, asked, knows_the_curve):
    def gain(of, offer):
        return (wants[of].utility(offer) - reservations[of])[None]

    rival = 1 - i

    def curve(asks):
        offer = trade[i].best_for_others(asks)
        return gain(i, offer)[0], gain(rival, offer)

    known = curve if knows_the_curve else None
    standing = Standing(
        gain(i, offers[i]), gain(i, offers[rival]), gain(rival, offers[rival]), gain(rival, offers[i]), known
    )
    return view(reservation=reservations[i], asked=asked[i], standing=lambda: standing)


@pytest.mark.parametrize("seed", one_in(3, range(12)))
@pytest.mark.parametrize("issues", [1, 3, 6])
def test_zeuthen_against_zeuthen_ends_at_the_nash_solution(seed, issues):
    """Law 6, on frontiers with one straight line and with many."""
    rng, step = np.random.default_rng(seed), 0.004
    wants = random_group(rng, 2, issues, opposed=issues > 1 or seed % 2 == 0).preferences()
    reservations = rng.uniform(0.1, 0.45, 2)
    best = frontier(wants, reservations).solutions["nash"]
    assert best is not None
    found = negotiate(wants, reservations, step)
    assert np.prod(best.utilities - reservations) - np.prod(found - reservations) < 2 * step
    assert np.prod(found - reservations) <= np.prod(best.utilities - reservations) + 1e-9


@pytest.mark.parametrize("deals", [3, 5, 8])
def test_over_a_few_deals_zeuthen_ends_at_the_largest_product(deals):
    """To the step: between two deals whose products differ by less, either may be signed."""
    for seed in range(4):
        worths = np.sort(np.random.default_rng(seed).uniform(0, 1, (2, deals)))
        worths = (worths - worths[:, :1]) / np.ptp(worths, axis=1, keepdims=True)
        one, other = worths[0], worths[1, ::-1]
        wants = [Preferences.of(np.zeros(1), np.zeros((0, 1)), each[:, None]) for each in (one, other)]
        assert np.prod(negotiate(wants, np.zeros(2), 0.01)) >= (one * other).max() - 0.02


def kinked():
    """Two issues that the parties value ten to one: the frontier has one sharp corner, at (10/11, 10/11)."""
    none = np.zeros((1, 1))
    return [
        Preferences.of(np.zeros(1), np.array([[10 / 11], [1 / 11]]), none),
        Preferences.of(np.ones(1), np.array([[-1 / 11], [-10 / 11]]), none),
    ]


def test_zeuthen_stops_at_a_kink():
    for reservations in ([0.1, 0.1], [0.3, 0.1], [0.05, 0.6]):
        found = negotiate(kinked(), np.array(reservations), 0.002)
        np.testing.assert_allclose(found, 10 / 11, atol=0.006)


def test_zeuthen_without_the_curve_agrees_on_a_straight_line():
    wants = random_group(np.random.default_rng(1), 2, 1, opposed=True).preferences()
    found = negotiate(wants, np.array([0.1, 0.3]), 0.002, knows_the_curve=False)
    np.testing.assert_allclose(found, [0.4, 0.6], atol=0.006)


def test_the_party_that_risks_less_concedes_and_the_other_waits():
    """Gains 0.6 from mine and 0.2 from theirs against 0.6 and 0.3: my product 0.18 is above their 0.12."""
    standing = Standing(*(np.array([[g]]) for g in (0.6, 0.2, 0.6, 0.3)))
    assert ask(Zeuthen(), asked=0.9, reservation=0.3, standing=lambda: standing) == 0.9
    turned = Standing(*(np.array([[g]]) for g in (0.6, 0.3, 0.6, 0.2)))
    assert ask(Zeuthen(), asked=0.9, reservation=0.3, standing=lambda: turned) < 0.9


def test_zeuthen_waits_for_a_first_offer():
    silence = Standing(*(np.full((1, 1), np.nan) for _ in range(4)))
    assert ask(Zeuthen(), asked=1.0, standing=lambda: silence) == 1.0


# ---- tactics of one's own --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Says:
    """A tactic that says what it is told to."""

    what: object

    def aspiration(self, view):
        return self.what


@pytest.mark.parametrize(
    "what", [np.nan, 3, -0.1, np.inf, [0.5], [0.5, np.nan, 0.5], [0.5, 0.5, 1.1], [[0.5, 0.5, 0.5]]], ids=str
)
def test_nonsense_from_a_tactic_of_ones_own_is_refused(what):
    with pytest.raises(ValueError, match=r"Says, the tactic of Ann, .* from 0 to 1"):
        Own("Ann", Says(what)).aspiration(view(np.full(3, 0.4)))


@pytest.mark.parametrize("what", [0, 1, 0.5, [0.0, 0.5, 1.0]], ids=str)
def test_an_answer_for_all_or_for_each_is_taken(what):
    np.testing.assert_array_equal(Own("Ann", Says(what)).aspiration(view(np.full(3, 0.4))), np.zeros(3) + what)
