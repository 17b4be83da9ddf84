"""Where failures come from: a region of the drawn inputs in which histories fail more often than elsewhere.

A region is a box, some limits on some inputs, as PRIM finds it (`statistics.prim`). It is worth its *coverage*, the
share of all failures that lie in it, and its *density*, the share of the histories in it that fail (Bryant and Lempert
2010). Told is the box with the most failures beyond those of as many histories anywhere (weighted relative accuracy:
Lavrac, Flach and Zupan 1999), which takes both.

Noise explains nothing, though a box can always be found in it. So boxes are looked for among the replications with even
numbers, and all that is told is counted among the odd ones, which had no say in it. There the box must hold more
failures than chance puts into one box of a hundred; else nothing is explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.sensitivity import FEWEST
from sim.experiments.shown import Shown
from sim.experiments.uncertain import Unanswerable, uncertain
from sim.measures import Measure, failures
from sim.statistics.prim import RARE, Box, Half, boxes_of, everywhere
from sim.statistics.summary import ShareCount

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.scenario import Scenario
    from sim.scenario.given import Given

WIDE = 0.8  # coverage of the wider box told beside the best one
NARROW = 0.1  # of the histories, at least, in the narrower one


@dataclass(frozen=True)
class Limit:
    """An input lies above one number and up to another; one of them may be infinite."""

    input: str
    above: float
    up_to: float


@dataclass(frozen=True)
class Region:
    """A box of the drawn inputs, counted among the histories that were kept for checking."""

    limits: tuple[Limit, ...]
    histories: int
    failed: int
    failed_anywhere: int

    @property
    def coverage(self) -> dict[str, float]:
        """The share of all failures that lie here: `share, low, high`."""
        return _share(self.failed, self.failed_anywhere)

    @property
    def density(self) -> dict[str, float]:
        """The share of the histories here that fail: `share, low, high`."""
        return _share(self.failed, self.histories)


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """From where the failures of a run come.

    judged, failed: histories that could fail, and that did; checked, checked_failed: the same of the half that was kept
    for checking; enough: were there failures and successes to learn from; inputs: what was drawn; region: the box told,
    None where nothing drawn explains the failures; p: how often chance alone puts so many of the failures into such a
    box; others: a wider and a narrower box on the way to it, where there are such.
    """

    scenario: Scenario
    replications: int
    seed: int
    failures: str
    judged: int
    failed: int
    checked: int
    checked_failed: int
    enough: bool
    inputs: tuple[str, ...]
    region: Region | None
    others: tuple[Region, ...]
    p: float


def explain(
    given: Given | Results,
    failures: str = "unsettled",
    replications: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
) -> Explanation:
    """The region of the drawn inputs from which most failures come, in a run or in one of the scenario that is given.

    failures: one of `sim.measures.failures`.
    Errors: Unanswerable for unknown failures, nothing uncertain, fewer than 2 * `FEWEST` replications.
    """
    from sim.experiments.run import results_of

    results = results_of(given, replications, seed, jobs)
    names, learned, checked = _halves(results, failure_of(results.scenario, failures))
    found = region_in(names, learned, checked)
    return Explanation(
        scenario=results.scenario,
        replications=results.replications,
        seed=results.seed,
        failures=failures,
        judged=len(learned.failed) + len(checked.failed),
        failed=int(learned.failed.sum() + checked.failed.sum()),
        checked=len(checked.failed),
        checked_failed=int(checked.failed.sum()),
        enough=learned.enough and checked.enough,
        inputs=names,
        region=found.region,
        others=found.others,
        p=found.p,
    )


@dataclass(frozen=True)
class Told:
    """The box told, a wider and a narrower one, and how often chance alone would do as well; no box if it does."""

    region: Region | None
    others: tuple[Region, ...]
    p: float


def region_in(names: tuple[str, ...], learned: Half, checked: Half) -> Told:
    """The box with the most failures beyond chance, found in one half and counted in the other.  names: of inputs"""
    boxes = boxes_of(learned) if learned.enough and checked.enough else [everywhere(len(names))]
    told = max(boxes, key=learned.beyond)
    p = checked.by_chance(told)
    if p >= RARE:
        return Told(None, (), p)
    others = tuple(_region(box, names, checked) for box in _others(boxes, told, learned))
    return Told(_region(told, names, checked), others, p)


def _halves(results: Results, failure: Measure) -> tuple[tuple[str, ...], Half, Half]:
    """The uncertain inputs, the replications to learn from and those to check on.  Errors: Unanswerable."""
    outcomes = results.outcomes
    if failure.among:
        outcomes = outcomes[outcomes[failure.among].to_numpy(bool)]
    if len(outcomes) < 2 * FEWEST:
        raise Unanswerable(
            f"{len(outcomes):,} histories are too few to learn from one half and check on the other (at least "
            f"{2 * FEWEST} are needed); run more of them, such as -n 1000"
        )
    inputs = uncertain(results.scenario, outcomes)
    failed = outcomes[failure.column].to_numpy(bool) == (failure.definition.better < 0)
    values, even = inputs.to_numpy(float), outcomes["replication"].to_numpy() % 2 == 0
    return tuple(map(str, inputs)), Half(values[even], failed[even]), Half(values[~even], failed[~even])


# ---- what counts as a failure ----------------------------------------------------------------------------------------


def failure_of(scenario: Scenario, name: str) -> Measure:
    """The failure with this name.  Errors: Unanswerable, with those that there are."""
    known = failures(scenario)
    if name not in known:
        raise Unanswerable(f"unknown failures {name!r}: write one of {', '.join(known)}")
    return known[name]


# ---- what is told ----------------------------------------------------------------------------------------------------


def _region(box: Box, names: tuple[str, ...], checked: Half) -> Region:
    """The box with what it holds of the histories kept for checking."""
    here = box.holds(checked.values)
    limits = [Limit(names[n], float(box.above[n]), float(box.up_to[n])) for n in box.limited]
    return Region(tuple(limits), int(here.sum()), int(checked.failed[here].sum()), int(checked.failed.sum()))


def _others(boxes: list[Box], told: Box, learned: Half) -> list[Box]:
    """The narrowest box that still holds most failures, and the one of some size in which most fail."""
    here = {n: box.holds(learned.values) for n, box in enumerate(boxes)}
    wide = [n for n in here if learned.failed[here[n]].sum() >= WIDE * learned.failed.sum()]
    dense = [n for n in here if here[n].mean() >= NARROW]
    several = (boxes[wide[-1]], boxes[max(dense, key=lambda n: learned.failed[here[n]].mean())])
    different = {str(_limits(box)): box for box in several if box.limited and _limits(box) != _limits(told)}
    return list(different.values())


def _limits(box: Box) -> list[list[float]]:
    return [box.above.tolist(), box.up_to.tolist()]


def _share(part: int, whole: int) -> dict[str, float]:
    return ShareCount(part, whole).estimate() if whole else {"share": np.nan, "low": np.nan, "high": np.nan}
