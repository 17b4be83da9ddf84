"""How far an answer depends on constants that nobody has measured: the same comparison in many plausible models.

In each model a scenario *helps*, if the 95 % interval of its paired difference lies on the better side of 0, *hurts*,
if it lies on the other, or is *undecided*. (Of a measure that is neither better nor worse, more counts as help.) The
answer is shares of models; they are no probabilities, since nobody knows how likely a model is.

What the difference depends on is ranked by the PAWN index of each constant over the models (`sensitivity`), against
what as many constants without effect would reach. Where the scenario hurts (or helps, if more models say so) is a box
of constants by PRIM, found in the even models and counted in the odd ones (`explain`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array, Mask
from sim.experiments.explain import Region, region_in
from sim.experiments.models_work import ModelDesign
from sim.experiments.sensitivity import FEWEST, index_of, level_of
from sim.measures import DEFINITIONS
from sim.statistics.prim import Half

if TYPE_CHECKING:
    import pandas as pd

BAND = {"q05": 0.05, "median": 0.5, "q95": 0.95}
LISTED = 10  # constants that a summary lists
STRONGEST = 10  # constants among which a box is looked for: the first by what the learning half says


@dataclass(frozen=True)
class Answer:
    """What the models say of a scenario and a measure.

    helps, hurts, undecided: shares of the models; difference: its median and its 5 % and 95 % quantiles over the models
    (NaN: none has a number); depends_on: each constant, `path, index, lowest, highest` (the mean difference in the
    lowest and the highest tenth of its values), largest index first, empty where there are too few models; level: the
    index that chance alone reaches; of: `hurts` or `helps`, whichever more models say; box: where most of these lie,
    None where nothing tells; unmoved: the share of models in which the difference is exactly 0.
    """

    scenario: str
    measure: str
    models: int
    helps: float
    hurts: float
    undecided: float
    difference: Mapping[str, float]
    depends_on: Sequence[Mapping[str, Any]]
    level: float
    of: str
    box: Region | None
    unmoved: float

    @property
    def matter(self) -> list[Mapping[str, Any]]:
        """The constants that are told from chance."""
        return told_from_chance(self.depends_on, self.level)

    @property
    def summary(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "n": self.models,
            "helps": self.helps,
            "hurts": self.hurts,
            "undecided": self.undecided,
            "unmoved": self.unmoved,
            "difference": dict(self.difference),
            "depends_on": [dict(row) for row in self.depends_on[:LISTED]],
            "chance": self.level,
            "box": None if self.box is None else {"of": self.of, **_box(self.box)},
        }


def told_from_chance(rows: Sequence[Mapping[str, Any]], level: float) -> list[Mapping[str, Any]]:
    """The constants that move a difference by more than chance alone would."""
    return [row for row in rows if row["index"] > level]


def _box(region: Region) -> dict[str, Any]:
    limits = [{"path": limit.input, "above": limit.above, "up_to": limit.up_to} for limit in region.limits]
    return {"limits": limits, "models": region.histories, "share": region.density, "coverage": region.coverage}


@dataclass(frozen=True)
class Models:
    """A comparison in many models.

    constants: one row a model, the value of each by its path; ranges: the plausible ones; differences: a row for each
    model, scenario and measure (`agreed.treaty`): `scenario, measure, model, difference, low, high`.
    """

    constants: pd.DataFrame
    ranges: Mapping[str, tuple[float, float]]
    differences: pd.DataFrame

    def __len__(self) -> int:
        return len(self.constants)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What each model says, and what its constants are."""
        return {"models": self.differences, "constants": self.constants}

    def of(self, scenario: str, measure: str) -> pd.DataFrame:
        """What each model says of one scenario and measure, and in which `way`: helps, hurts or undecided."""
        here = (self.differences["scenario"] == scenario) & (self.differences["measure"] == measure)
        return _with_ways(self.differences[here].reset_index(drop=True), measure)

    @cached_property
    def answers(self) -> dict[tuple[str, str], Answer]:
        """By scenario and measure."""
        found: dict[tuple[str, str], Answer] = {}
        for key, table in self.differences.groupby(["scenario", "measure"], sort=False):
            scenario, measure = map(str, key)
            found[scenario, measure] = self._answer(scenario, measure, table)
        return found

    def depends_on(self, scenario: str, measure: str) -> list[Mapping[str, Any]]:
        """The constants on which a difference depends, as `Answer.matter` has them, without the rest of the answer."""
        change = self.of(scenario, measure)["difference"].to_numpy(float)
        return told_from_chance(*self._ranked(change, ~np.isnan(change)))

    def _answer(self, scenario: str, measure: str, table: pd.DataFrame) -> Answer:
        change, ways = table["difference"].to_numpy(float), _with_ways(table, measure)["way"].to_numpy()
        helped, hurt, known = ways == "helps", ways == "hurts", ~np.isnan(change)
        rows, level = self._ranked(change, known)
        commoner = "helps" if helped.sum() > hurt.sum() else "hurts"
        return Answer(
            scenario,
            measure,
            len(table),
            float(helped.mean()),
            float(hurt.mean()),
            float((~helped & ~hurt).mean()),
            {name: float(np.quantile(change[known], q)) if known.any() else np.nan for name, q in BAND.items()},
            rows,
            level,
            commoner,
            self._box(change, ways == commoner, known),
            float((change == 0).mean()),
        )

    def _ranked(self, change: Array, known: Mask) -> tuple[list[dict[str, Any]], float]:
        """Each constant with its index, the largest first, and what chance alone reaches."""
        values = change[known]
        if len(values) < FEWEST or np.ptp(values) == 0 or not self.ranges:
            return [], float("nan")
        rows: list[dict[str, Any]] = []
        for path in self.ranges:
            column = self.constants[path].to_numpy(float)[known]
            low, high = np.quantile(column, [0.1, 0.9])
            ends = {"lowest": float(values[column <= low].mean()), "highest": float(values[column >= high].mean())}
            rows.append({"path": path, "index": index_of(column, values), **ends})
        rows.sort(key=itemgetter("index"), reverse=True)
        return rows, level_of(values, len(rows))

    def _box(self, change: Array, counted: Mask, known: Mask) -> Region | None:
        """Where the models that are counted lie."""
        if known.sum() < 2 * FEWEST or not self.ranges:
            return None
        even = np.arange(len(change)) % 2 == 0
        learning, checking = known & even, known & ~even
        ranking = [
            (-index_of(self.constants[path].to_numpy(float)[learning], change[learning]), place, path)
            for place, path in enumerate(self.ranges)
        ]
        names = tuple(path for _, _, path in sorted(ranking)[:STRONGEST])
        values = self.constants[list(names)].to_numpy(float)
        halves = (Half(values[half], counted[half]) for half in (learning, checking))
        return region_in(names, *halves).region


def _with_ways(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The models with what each of them says, as `way`."""
    up, down = ("hurts", "helps") if _better(measure) < 0 else ("helps", "hurts")
    ways = np.where(table["low"] > 0, up, np.where(table["high"] < 0, down, "undecided"))
    return table.assign(way=ways)


def _better(measure: str) -> int:
    """1 if more of it is better, -1 if less is, 0 if neither."""
    known = DEFINITIONS.get(measure.partition(".")[0])
    return known.better if known is not None else 0


def models_as_found(design: ModelDesign, names: Sequence[str], differences: pd.DataFrame) -> Models:
    """What `gather` found, with scenarios by name (the reference first) and measures as a summary names them."""
    import pandas as pd

    from sim.words.readings import measured

    table = measured(differences).sort_values("model", kind="stable", ignore_index=True)
    table = table.assign(measure=table["column"], scenario=[names[place] for place in table["scenario"]])
    table = table[["scenario", "measure", "model", "difference", "low", "high"]]
    constants = pd.DataFrame(design.values, columns=[constant.path for constant in design.drawn])
    return Models(constants, ranges_of(design), table)


def ranges_of(design: ModelDesign) -> dict[str, tuple[float, float]]:
    """The plausible range of each constant, by its path."""
    return {constant.path: (constant.low, constant.high) for constant in design.drawn}
