"""Which uncertain number matters: read off the histories of a run, without simulating another one.

Each replication drew a value for every number that the scenario gives as a distribution. Cut one of these inputs into
ten slices with equally many replications each, and ask how far the distribution of a result in a slice lies from its
distribution in all of them. The index is the mean distance over the slices, 0 where the input tells nothing:

- PAWN (Pianosi and Wagener 2015, 2018): the largest distance between the two cumulative shares (Kolmogorov-Smirnov);
- delta (Borgonovo 2007; from given data by classes: Plischke, Borgonovo and Smith 2013): half the summed distance
  between the shares of each class of results.

For a yes/no measure both are the same number with a plain meaning: by how much the share moves, on average, once one
knows in which tenth of its values the input lies. (Delta from densities, as SALib has it, would smooth two spikes into
bells and mean nothing.) PAWN is the default: it needs no classes, so it means the same for shares, weeks and utilities,
and is less biased where replications are few. The mean over the slices rather than their median or maximum: the median
overlooks an input that matters at one end of its range only, and the maximum grows with chance.

Any index grows with chance: a slice never has quite the shares of the whole. The *level* is what chance alone reaches:
what the best of as many dummy inputs as there are real ones (Khorashadi Zadeh and others 2017) passes in one analysis
of twenty. A dummy is the same slices dealt out at random.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.arrays import Array
from sim.experiments.uncertain import (
    Sensitivity,
    Unanswerable,
    measure_of,
    numbers,
    ranked,
    uncertain,
)

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.scenario.given import Given

SLICES = 10
FEWEST = 100  # replications: ten in each slice
RESAMPLES, DUMMIES = 499, 999
SURE = 0.05
"""The share of analyses in which chance may pass its own level."""

Codes = npt.NDArray[np.intp]
Distance = Callable[[Array], Array]


def sensitivity(
    given: Given | Results,
    measure: str = "settled",
    method: str = "pawn",
    replications: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
) -> Sensitivity:
    """How far each uncertain input moves a measure: read off a run, or off one of the scenario that is given.

    method: `pawn` or `delta`; `sobol` simulates a scenario anew, with `replications` histories at each point.
    Weeks are counted up to the end of the talks, those that never agree as its last; replications without a number do
    not count.
    Errors: Unanswerable for an unknown measure or method, nothing uncertain, fewer than `FEWEST` replications.
    """
    from sim.experiments.run import results_of

    if method == "sobol":
        return _by_sobol(given, measure, replications, seed, jobs)
    if method not in METHODS:
        raise Unanswerable(f"unknown method {method!r}: write one of {', '.join(METHODS)}, sobol")
    results = results_of(given, replications, seed, jobs)
    asked, distance = measure_of(results.scenario, measure, results.measures), METHODS[method]
    inputs = uncertain(results.scenario, results.outcomes)
    values = numbers(asked, results.scenario, results.outcomes)
    here = ~np.isnan(values)
    if here.sum() < FEWEST:
        raise Unanswerable(
            f"{here.sum():,} histories have a number for {measure}, too few to tell inputs from chance (at least "
            f"{FEWEST} are needed); run more of them, such as -n 1000"
        )
    table = inputs[here].to_numpy(float)
    found = [_row(str(path), column, values[here], distance) for path, column in zip(inputs, table.T, strict=True)]
    return Sensitivity(
        scenario=results.scenario,
        replications=results.replications,
        seed=results.seed,
        method=NAMES[method],
        measure=measure,
        indices=ranked(found),
        level=level_of(values[here], table.shape[1], distance),
        measures=results.measures,
    )


def _by_sobol(
    given: Given | Results, measure: str, replications: int | None, seed: int | None, jobs: int
) -> Sensitivity:
    from sim.experiments.run import Results
    from sim.experiments.sobol import HISTORIES, sobol
    from sim.scenario.given import scenario_of

    if isinstance(given, Results):
        raise Unanswerable("a Sobol design simulates anew: give the scenario instead of a run")
    return sobol(scenario_of(given), measure, replications or HISTORIES, seed=seed, jobs=jobs)


# ---- what is asked ---------------------------------------------------------------------------------------------------


# ---- indices ---------------------------------------------------------------------------------------------------------


def _kolmogorov_smirnov(apart: Array) -> Array:
    return np.abs(np.cumsum(apart, axis=1)).max(axis=1)  # type: ignore[no-any-return]


def _half_the_sum(apart: Array) -> Array:
    return np.abs(apart).sum(axis=1) / 2  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Method:
    """How far apart shares are, (slices, classes) -> (slices,), and into how many classes results are sorted.

    A thousand classes are as good as none: they move no cumulative share by more than 0.001.
    """

    distance: Distance
    classes: int


METHODS = {"pawn": Method(_kolmogorov_smirnov, 1_000), "delta": Method(_half_the_sum, 10)}
NAMES = {"pawn": "PAWN", "delta": "delta"}


def _row(path: str, column: Array, values: Array, method: Method) -> dict[str, Any]:
    """The index of one input with its bootstrap interval, and the measure at both ends of the input.

    Resampling adds chance of its own to an index, so the interval is moved to where its mean is the index.
    """
    slices, classes = _sliced(column), _classes(values, method.classes)
    ends = {"lowest": values[slices == 0].mean(), "highest": values[slices == SLICES - 1].mean()}
    if classes.max() == 0:
        return {"input": path, "index": np.nan, "low": np.nan, "high": np.nan, **ends}
    index = _index(slices, classes, method)
    rng = np.random.default_rng(1)
    picked = (rng.integers(len(values), size=len(values)) for _ in range(RESAMPLES))
    again = np.array([_index(slices[here], classes[here], method) for here in picked])
    low, high = np.quantile(again, [0.025, 0.975]) - again.mean() + index
    return {"input": path, "index": index, "low": max(low, 0.0), "high": min(high, 1.0), **ends}


def index_of(column: Array, values: Array) -> float:
    """The PAWN index of one input, without interval: what a ranking of very many inputs needs.  column, values (R,)"""
    return _index(_sliced(column), _classes(values, METHODS["pawn"].classes), METHODS["pawn"])


def level_of(values: Array, inputs: int, method: Method = METHODS["pawn"]) -> float:
    """What the largest of so many dummy inputs reaches in all but `SURE` of the cases."""
    slices, classes = _sliced(np.arange(len(values), dtype=float)), _classes(values, method.classes)
    rng = np.random.default_rng(2)
    dummies = np.array([_index(rng.permutation(slices), classes, method) for _ in range(DUMMIES)])
    return float(np.quantile(dummies, (1 - SURE) ** (1 / inputs)))


def _index(slices: Codes, classes: Codes, method: Method) -> float:
    """The mean distance between a slice and the whole."""
    width = int(classes.max()) + 1
    counts = np.bincount(slices * width + classes, minlength=SLICES * width).reshape(SLICES, width)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return float(method.distance(shares - counts.sum(axis=0) / len(slices)).mean())


def _sliced(column: Array) -> Codes:
    """In which of the slices each value lies: equally many in each.  (R,) -> (R,)"""
    ranks = np.empty(len(column), dtype=np.intp)
    ranks[np.argsort(column, kind="stable")] = np.arange(len(column))
    return ranks * SLICES // len(column)


def _classes(values: Array, most: int) -> Codes:
    """The distinct values, numbered as they rise; where there are more than `most`, as equal classes.  (R,) -> (R,)"""
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) <= most:
        return place.astype(np.intp)
    middle = np.cumsum(counts) - counts / 2
    return np.unique((middle * most / len(values)).astype(np.intp)[place], return_inverse=True)[1].astype(np.intp)
