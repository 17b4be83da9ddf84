"""A side's utilities as a scenario writes them: a weighted mean of values, each weight and value in 0 to 1.

Where the weights of a profile sum to 1 and its values lie in 0 to 1, they stay as they are. Elsewhere, as where the
worst outcome is worth something, the same utilities are written in another way (`_completed`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sim.domains.profile import Profile

ROUNDING = 1e-12
"""Utilities that leave 0 to 1 by no more are taken for its ends."""
SUM = 1e-13
"""Weights whose sum differs from 1 by no more are taken as they stand."""


@dataclass(frozen=True)
class Fitted:
    """Of one side: the weight of each issue, the value of each option, and the utility of no agreement."""

    weights: Mapping[str, float]
    values: Mapping[str, Mapping[str, float]]
    reservation: float


def fits(profile: Profile) -> bool:
    """Do its utilities lie in 0 to 1, no agreement included?"""
    low, high = with_no_agreement(profile)
    return low >= -ROUNDING and high <= 1 + ROUNDING


def outcomes_range(profile: Profile) -> tuple[float, float]:
    """The least and the most that an outcome is worth."""
    lows, highs = [profile.constant], [profile.constant]
    for worths in _worths(profile).values():
        lows.append(min(worths))
        highs.append(max(worths))
    return math.fsum(lows), math.fsum(highs)


def with_no_agreement(profile: Profile) -> tuple[float, float]:
    """The same, of outcomes and of no agreement, where the profile says what that is worth."""
    ends = [*outcomes_range(profile)]
    if math.isfinite(profile.reservation):
        ends.append(profile.reservation)
    return min(ends), max(ends)


def stretched(profile: Profile) -> Profile:
    """u' = (u - least) / (most - least), for outcomes and no agreement alike: every preference stays as it is."""
    low, high = with_no_agreement(profile)
    length = (high - low) or 1.0
    return replace(
        profile,
        weights={issue: weight / length for issue, weight in profile.weights.items()},
        constant=(profile.constant - low) / length,
        reservation=(profile.reservation - low) / length,
    )


def fitted(profile: Profile) -> Fitted:
    """The utilities of a profile that fits. Where it does not say what no agreement is worth, that is 0."""
    reservation = _share(profile.reservation)
    if _stands(profile):
        return Fitted(profile.weights, profile.values, reservation)
    return _completed(profile, reservation)


def _stands(profile: Profile) -> bool:
    """Are its weights and values such that they can stay?"""
    values = [value for issue in profile.values for value in profile.values[issue].values()]
    return (
        profile.open == list(profile.values)
        and profile.constant == 0
        and abs(math.fsum(profile.weights.values()) - 1) <= SUM
        and min(profile.weights.values()) >= 0
        and min(values) >= 0
        and max(values) <= 1
    )


def _completed(profile: Profile, reservation: float) -> Fitted:
    """The same utilities with weights that sum to 1.

    The weight of an issue is what it can change plus its share of what no issue changes: of the utility of the worst
    outcome, and of what the best one lacks to 1. So 0.2 + 0.5 x, with x from 0 to 1, becomes the weight 1 with values
    from 0.2 to 0.7.
    """
    worths = _worths(profile)
    spans = {issue: max(worths[issue]) - min(worths[issue]) for issue in profile.open}
    whole = math.fsum(spans.values())
    worst, _ = outcomes_range(profile)
    weights: dict[str, float] = {}
    values: dict[str, dict[str, float]] = {}
    for issue, span in spans.items():
        share = span / whole if whole > 0 else 1 / len(spans)
        weight = span + share * max(1 - whole, 0.0)
        above = share * worst - min(worths[issue])
        values[issue] = _values(profile.values[issue], [worth + above for worth in worths[issue]], weight)
        weights[issue] = weight
    return Fitted(weights, values, reservation)


def _values(options: Mapping[str, float], worths: Sequence[float], weight: float) -> dict[str, float]:
    """What each option is worth, a share of the weight of its issue."""
    if weight == 0:
        return dict.fromkeys(options, 0.0)
    return {option: _share(worth / weight) for option, worth in zip(options, worths, strict=True)}


def _worths(profile: Profile) -> dict[str, list[float]]:
    """Of each issue, what each option adds to the utility."""
    return {
        issue: [profile.weights[issue] * value for value in values.values()] for issue, values in profile.values.items()
    }


def _share(number: float) -> float:
    return min(max(number, 0.0), 1.0)
