"""Why the talks fail: what each mechanism takes away, in shares that add up, also in a single history.

The gap is the measure with every mechanism switched off, less the measure as it is. One at a time, mechanisms explain
more than the whole of it: a history that two of them had spoiled is saved by neither alone, or by either. Shapley's
shares (`sim.statistics.shapley`) divide it. Every coalition of mechanisms is simulated under the same chance, so that a
history's own shares add up to its own gap.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.coalitions import Coalitions
from sim.experiments.design import ALONE
from sim.experiments.divided import Divided, divide
from sim.experiments.run import asked
from sim.experiments.shown import Tabled
from sim.experiments.sweep_work import Crew
from sim.experiments.switches import SWITCHES, Switch, named
from sim.experiments.uncertain import Unanswerable, measure_of
from sim.measures import Measure
from sim.scenario import Scenario
from sim.scenario.given import Given, scenario_of
from sim.scenario.load import load_tree, of_tree, with_values
from sim.scenario.tree import Node
from sim.statistics import shapley
from sim.terminal import unheard

if TYPE_CHECKING:
    import pandas as pd

ORDERS = 32
"""Orders that are drawn where there are more than `shapley.MOST` mechanisms."""
MOST_ORDERS = 2_000
HEAD = ("replication", "as_is", "all_off")

Progress = Callable[[float], None]


# ---- the question ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What is asked of a scenario.

    tree: the scenario as it was read; switches: the mechanisms that act in it; idle: those that were asked for and do
    not; orders: how many are drawn, 0 for all; replication: the only history, None for all.
    """

    scenario: Scenario
    tree: Node = field(repr=False)
    measure: Measure
    switches: tuple[Switch, ...]
    idle: tuple[Switch, ...]
    orders: int
    replication: int | None

    @cached_property
    def drawn(self) -> shapley.Orders | None:
        """The orders that are drawn; None where all count."""
        if not self.orders:
            return None
        return shapley.drawn_orders(len(self.switches), self.orders, self.scenario.seed)

    @property
    def coalitions(self) -> list[int]:
        """The coalitions to simulate, in ascending order."""
        return list(range(2 ** len(self.switches)) if self.drawn is None else shapley.coalitions_of(self.drawn))

    @property
    def histories(self) -> range:
        """Their numbers."""
        if self.replication is None:
            return range(self.scenario.replications)
        return range(self.replication, self.replication + 1)

    @property
    def words(self) -> tuple[str, ...]:
        """All that the answer depends on, besides the scenario."""
        return (self.measure.column, *(each.name for each in (*self.switches, *self.idle)), *map(str, self._numbers))

    @property
    def _numbers(self) -> tuple[object, ...]:
        return len(self.idle), self.orders, self.replication

    def chunks(self, folder: Path) -> Coalitions:
        """Where the coalitions are simulated and kept."""
        settings = tuple(each.settings(self.scenario) for each in self.switches)
        return Coalitions.of(self.scenario, self.tree, settings, self.coalitions, self.measure, self.histories, folder)


def ask(
    scenario: Scenario,
    of: str = "settled",
    off: Sequence[str] = (),
    orders: int | None = None,
    replication: int | None = None,
) -> Question:
    """A question to a scenario.  off: the mechanisms, by default those that stand in the way; orders: how many are
    drawn, by default all up to `shapley.MOST` mechanisms, else `ORDERS`.

    Errors: Unanswerable for an unknown measure or mechanism, no mechanism that acts, orders that are no pairs.
    """
    measure = measure_of(scenario, of)
    try:
        wanted = named(off)
    except KeyError as error:
        raise Unanswerable(error.args[0]) from None
    if orders is not None and (orders % 2 or not 4 <= orders <= MOST_ORDERS):
        rule = f"orders are drawn in pairs, each with its reverse, 4 to {MOST_ORDERS:,} in all"
        raise Unanswerable(f"{orders} orders cannot be drawn ({rule}); write {ORDERS}")
    if replication is not None and replication < 0:
        raise Unanswerable(f"there is no history {replication} (they count from 0); write 0 or more")
    tree = load_tree(scenario, [ALONE])
    acting = [each for each in wanted if _acts(each, scenario, tree)]
    if not acting:
        raise _nothing_acts(wanted, scenario, tree)
    idle = [each for each in wanted if each not in acting] if off else []
    count = orders or (ORDERS if len(acting) > shapley.MOST else 0)
    return Question(scenario, tree, measure, tuple(acting), tuple(idle), count, replication)


def _nothing_acts(wanted: Sequence[Switch], scenario: Scenario, tree: Node) -> Unanswerable:
    """Why there is nothing to switch off, and what there would be."""
    names, rule = (
        ", ".join(each.name for each in wanted),
        "one acts where the settings that take it away change something",
    )
    others = ", ".join(each.name for each in SWITCHES.values() if _acts(each, scenario, tree))
    remedy = f"write one of {others}" if others else "choose another scenario"
    return Unanswerable(f"none of these mechanisms acts in {scenario.name}: {names} ({rule}); {remedy}")


def _acts(switch: Switch, scenario: Scenario, tree: Node) -> bool:
    """Would the scenario be another one without the mechanism?"""
    return with_values(tree, switch.settings(scenario)) != of_tree(tree)


# ---- the answer ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Blame(Tabled):
    """How much of the gap is due to each mechanism.

    measure: its column; orders: how many were drawn, 0 where all count; replication: the only history, or None;
    counted: histories in which the measure has a number, whatever is switched off; as_is, all_off: its mean over them;
    gap: with everything switched off, less as it is; shares: `mechanism, share, low, high, alone` in the order of the
    shares, where `alone` is what switching off this one alone would add; histories: `replication, as_is, all_off`, and
    a column for each mechanism's share. Columns: `sim/COLUMNS.md`.
    """

    scenario: Scenario
    replications: int
    seed: int
    measure: str
    orders: int
    replication: int | None
    counted: int
    as_is: float
    all_off: float
    gap: Mapping[str, float]
    shares: pd.DataFrame
    histories: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The shares, of all histories together and of each."""
        return {"shares": self.shares, "histories": self.histories}


def blame(
    scenario: Given,
    of: str = "settled",
    off: Sequence[str] = (),
    orders: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    replication: int | None = None,
    jobs: int = 1,
    on_progress: Progress | None = None,
) -> Blame:
    """Divide among its mechanisms what a scenario loses to them, so that the shares add up.

    scenario: itself, a path, or a name that ships; of: a measure of the summary; off: names of mechanisms
    (`sim.experiments.switches`), by default those that stand in the way of the talks; orders: as for `ask`;
    replication: the only history to look at. The results are the same whatever the number of `jobs`.
    Errors: ScenarioError; Unanswerable; ValueError; WorkerDied.
    """
    question = ask(asked(scenario_of(scenario), replications, seed), of, off, orders, replication)
    with tempfile.TemporaryDirectory(prefix="sim-blame-") as folder:
        return answer(question, question.chunks(Path(folder)), Crew(jobs), on_progress or unheard)


def answer(question: Question, chunks: Coalitions, crew: Crew, tell: Progress) -> Blame:
    """Simulate what is not there yet, and divide the gap.  Errors: Unanswerable; CannotWrite; WorkerDied."""
    k, parts = len(question.switches), []
    for histories, values in chunks.values(crew, tell):  # so that memory does not grow with the coalitions
        parts.append(divide(histories, values, k, question.drawn))
    divided = Divided.joined(question.measure.kind, parts)
    if not divided.counted:
        rule = "a share needs a history that has a number whatever is switched off"
        raise Unanswerable(f"{question.measure.column} has none ({rule}); choose another measure")
    return Blame(
        scenario=question.scenario,
        replications=len(question.histories),
        seed=question.scenario.seed,
        measure=question.measure.column,
        orders=question.orders,
        replication=question.replication,
        counted=divided.counted,
        as_is=float(divided.as_is.mean()),
        all_off=float(divided.all_off.mean()),
        gap=divided.gap,
        shares=_ranked(question, divided),
        histories=_histories(question, divided),
    )


# ---- tables ----------------------------------------------------------------------------------------------------------


def _ranked(question: Question, divided: Divided) -> pd.DataFrame:
    """The table of shares, first what makes most of the gap; what does not act here has nothing."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for number, switch in enumerate(question.switches):
        share, half = float(divided.shares[number].mean()), divided.half_width(number)
        ends = {"low": share - half, "high": share + half}
        rows.append({"mechanism": switch.name, "share": share, **ends, "alone": float(divided.alone[number].mean())})
    rows += [{"mechanism": each.name, "share": 0.0, "low": 0.0, "high": 0.0, "alone": 0.0} for each in question.idle]
    onward = divided.gap["difference"] >= 0
    return pd.DataFrame(rows).sort_values("share", ascending=not onward, kind="stable").reset_index(drop=True)


def _histories(question: Question, divided: Divided) -> pd.DataFrame:
    import pandas as pd

    columns = dict(zip(HEAD, (divided.replications, divided.as_is, divided.all_off), strict=True))
    columns |= {each.name: divided.shares[number] for number, each in enumerate(question.switches)}
    columns |= {each.name: np.zeros(divided.counted) for each in question.idle}
    return pd.DataFrame(columns)
