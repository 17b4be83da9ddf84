"""What a run says in numbers: shares, means and medians, each with its 95 % interval.

- A *share* has Wilson's interval (Wilson 1927), which stays within 0..1 and is honest at 0 and 1.
- A *mean* has the percentile bootstrap interval (Efron 1979), with resamples of its own fixed seed.
- A *median week* counts the replications that never agree: they were watched to the end and are censored there (Kaplan
  and Meier 1958), so it is None where fewer than half agree. Its interval is read off the log-log band of the curve
  (Brookmeyer and Crowley 1982); an end that the curve does not reach is None.

The summary is made from the outcomes table alone, so it does not depend on processes or chunks. It holds plain numbers
and None, never NaN: it is what `--json` prints.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.arrays import Array

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

RESAMPLES = 999
MANY = 5_000  # numbers above which the bootstrap interval of a mean is the normal one, and takes seconds to find out
BATCH = 4_000_000  # numbers that the bootstrap holds at once
FEWEST = 6
"""With fewer replications no interval of a median has 95 %, whatever the times are (2 * 0.5 ** n > 0.05)."""

Summary = dict[str, Any]


def summarise(scenario: Scenario, outcomes: pd.DataFrame) -> Summary:
    """The summary of a run as `--json` prints it, but for the folder of the results.

    outcomes: the contract's table, one row a replication; at least one row.
    """
    end = scenario.weeks
    return {
        "scenario": scenario.name,
        "replications": len(outcomes),
        "seed": scenario.seed,
        "settled": share(_values(outcomes, "settled")),
        "lasting": share(_values(outcomes, "lasting")),
        "settled_week": median_week(_values(outcomes, "settled_week"), end),
        "groups": {name: _group(outcomes, name, end) for name in scenario.working_groups},
        "utility": {name: mean(_values(outcomes, f"utility.{name}")) for name in scenario.parties},
        "joint_utility": mean(_values(outcomes, "joint_utility")),
        "fairness": mean(_values(outcomes, "fairness")),
        "mediator_weeks": {name: mean(_values(outcomes, f"mediator_weeks.{name}")) for name in scenario.mediators},
    }


def _group(outcomes: pd.DataFrame, name: str, end: int) -> Summary:
    return {
        "agreed": share(_values(outcomes, f"agreed.{name}")),
        "collapsed": share(_values(outcomes, f"collapsed.{name}")),
        "week": median_week(_values(outcomes, f"week.{name}"), end),
    }


def _values(outcomes: pd.DataFrame, column: str) -> Array:
    return outcomes[column].to_numpy(dtype=float)


def share(yes: Array) -> Summary:
    """How often something happened, with Wilson's interval.  yes (R,) of 0 and 1"""
    count = int(yes.sum())
    interval = stats.binomtest(count, len(yes)).proportion_ci(method="wilson")
    return {"share": count / len(yes), "low": float(interval.low), "high": float(interval.high)}


def mean(values: Array) -> Summary:
    """The mean of the numbers that are there (NaN is none), with its bootstrap interval (normal where there are many).

    values (R,).  All None where there is no number; the interval None where there is only one.
    """
    there = values[~np.isnan(values)]
    if there.size == 0:
        return {"mean": None, "low": None, "high": None}
    if there.size == 1:
        return {"mean": float(there[0]), "low": None, "high": None}
    if there.size > MANY:
        low, high = stats.norm.interval(0.95, there.mean(), stats.sem(there))
        return {"mean": float(there.mean()), "low": float(low), "high": float(high)}
    interval = stats.bootstrap(
        (there,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=max(1, BATCH // there.size),
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return {"mean": float(there.mean()), "low": float(interval.low), "high": float(interval.high)}


def median_week(weeks: Array, end: int) -> Summary:
    """The week by which half of the replications are there, by Kaplan-Meier.

    weeks (R,): NaN where it never came to it; those were watched until week `end`.
    """
    came = weeks[~np.isnan(weeks)]
    nothing: Summary = {"median": None, "low": None, "high": None}
    if came.size == 0:
        return nothing
    never = np.full(len(weeks) - came.size, float(end))
    without = stats.ecdf(stats.CensoredData(uncensored=came, right=never)).sf
    found = nothing | {"median": _half(without.quantiles, without.probabilities)}
    if len(weeks) < FEWEST:
        return found
    low, high = _band(without)
    return found | {"low": _half(without.quantiles, low), "high": _half(without.quantiles, high)}


def _band(without: Any) -> tuple[Array, Array]:
    """The pointwise 95 % band of a curve; at 0 and 1, where the formula has no value, it has no width."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = without.confidence_interval(method="log-log")
    curve = without.probabilities
    sure = (curve == 0) | (curve == 1)
    return np.where(sure, curve, interval.low.probabilities), np.where(sure, curve, interval.high.probabilities)


def _half(weeks: Array, curve: Array) -> float | None:
    """The first week in which a falling curve is at a half or below (rounding of the curve forgiven)."""
    reached = np.flatnonzero(curve <= 0.5 + 1e-9)
    return float(weeks[reached[0]]) if reached.size else None
