"""Shapley's shares: what each of several mechanisms adds, on average over every order in which they are switched off.

    share of i = sum over coalitions S without i of |S|! (k - |S| - 1)! / k! * (v(S and i) - v(S))

Source: Shapley (1953), *A value for n-person games*. Of all ways to divide v(all) - v(none), it alone gives shares that
add up to it, that are equal for two mechanisms that do the same, and 0 for one that does nothing.

Where there are too many coalitions, the average goes over orders that are drawn, each with its reverse (Castro, Gómez
and Tejada 2009; Mitchell and others 2022). Shares still add up: along any order, what is added adds up to the whole.

A coalition is a number whose bit i says that mechanism i is switched off. Shapes: k mechanisms, R histories (last
axis), P orders. Nothing is added over histories, so a history's shares are the same whichever stand beside it.

Two mechanisms that only together save a history share it: with v = 0, 0, 0, 1 for none, the first, the second, both,
each has a half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import factorial

import numpy as np
import numpy.typing as npt

from sim.arrays import Array

Orders = npt.NDArray[np.intp]
MOST = 8
"""Mechanisms over which every order is counted: 2 to the 8th are 256 coalitions."""


# ---- every order -----------------------------------------------------------------------------------------------------


def shares(values: Mapping[int, Array], k: int) -> Array:
    """Shapley's shares of k mechanisms.  values: of each of the 2**k coalitions, (R,) -> (k, R)"""
    found = np.zeros((k, len(values[0])))
    for coalition in range(2**k):
        size = coalition.bit_count()
        for each in range(k):
            if not coalition >> each & 1:
                weight = factorial(size) * factorial(k - size - 1) / factorial(k)
                found[each] += weight * (values[coalition | 1 << each] - values[coalition])
    return found


# ---- orders that are drawn -------------------------------------------------------------------------------------------


def drawn_orders(k: int, count: int, seed: int) -> Orders:
    """So many orders of k mechanisms: by pairs, each followed by its reverse.  -> (count, k)"""
    chance = np.random.default_rng([seed, k])
    forward = np.array([chance.permutation(k) for _ in range(count // 2)])
    return np.stack([forward, forward[:, ::-1]], axis=1).reshape(-1, k)


def coalitions_of(orders: Orders) -> Iterable[int]:
    """The coalitions that come about along these orders, and each mechanism alone; in ascending order."""
    found = {0, *(1 << each for each in range(orders.shape[1]))}
    for order in orders:
        coalition = 0
        for each in order:
            coalition |= 1 << int(each)
            found.add(coalition)
    return sorted(found)


def added(values: Mapping[int, Array], orders: Orders) -> Array:
    """What each mechanism adds along each order.  -> (P, k, R)"""
    found = np.empty((*orders.shape, len(values[0])))
    for number, order in enumerate(orders):
        coalition = 0
        for each in order:
            wider = coalition | 1 << int(each)
            found[number, each] = values[wider] - values[coalition]
            coalition = wider
    return found


def mean_over_orders(contributions: Array) -> Array:
    """Shares from what was added along orders: (P, k, R) -> (k, R), one order after the other, whatever R is."""
    found = np.zeros(contributions.shape[1:])
    for each in contributions:
        found += each
    return found / len(contributions)
