"""What happened: events of the replications that are told, and the weekly state of all.

Every mechanism tells what it does through `tell`; a replication is *told* if its number is low enough. Events are kept
as columns and become rows only when somebody reads them. Shapes: R replications (last axis).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.agents.mediator import Mediator
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Mask, places
from sim.bargaining.preferences import Package

if TYPE_CHECKING:
    import pandas as pd

TOLD = 100  # replications below this number are told, unless somebody asks for more
PATHS = 10  # replications below this number have their trust kept week by week, unless somebody asks for more

Fields = dict[str, Any]


class History:
    """The record of replications `first .. first + R - 1` of a world."""

    def __init__(self, world: World, first: int, told: int, paths: int = PATHS) -> None:
        self.world, self.first = world, first
        self.told = int(np.clip(told - first, 0, world.replications))
        self.followed = int(np.clip(paths - first, 0, world.replications))
        self.tally = Tally(world.spec.weeks, world.replications)
        self._told: list[Fields] = []
        self._trust: dict[str, list[Array]] = {name: [] for name in world.spec.parties}

    # ---- events ------------------------------------------------------------------------------------------------------

    def tell(self, kind: str, where: Mask | None = None, here: Index | None = None, **what: Any) -> None:
        """Something happens in the replications `here` (by default in all), where it holds (by default in each).

        where, and every array among `what`: (R,), or (R',) of the replications `here`.
        Keys: group, actor, to, text; worth, asked, value; package.
        """
        if not self.told:
            return
        here = self.world.everywhere if here is None else here
        told = here.searchsorted(self.told)
        rows = np.arange(told) if where is None else places(where[:told])
        if len(rows):
            fields = {name: _at_rows(rows, value) for name, value in what.items()}
            self._told.append({"kind": kind, "week": self.world.week, "replication": here[rows], **fields})

    def of_week(self, week: int) -> list[Fields]:
        """What was told of a week in the first replication, as it happened: each with its plain `kind` and fields.

        A package among them is a `Package`, or JSON once events were read.
        """
        found = []
        for fields in reversed(self._told):
            if fields["week"] < week:
                break
            if fields["week"] == week and fields["replication"][0] == 0:
                found.append({name: _first(value) for name, value in fields.items()})
        return found[::-1]

    def events(self) -> pd.DataFrame:
        """The told replications' events, by replication and then as they happened."""
        import pandas as pd

        for group in self.world.groups.values():
            self._read_packages(group)
        column = _Columns(self._told)
        replications = column("replication", 0, int) + self.first
        order = np.argsort(replications, kind="stable")
        weeks = column("week", 0, int)[order]
        days = [self.world.spec.date_of(week).isoformat() for week in range(self.world.spec.weeks)]
        dates = np.array(days, dtype=object)
        table = {"replication": replications[order], "week": weeks, "date": dates[weeks]}
        for name in ("group", "actor", "kind", "to", "package"):
            table[name] = column(name, "", object)[order]
        for name in ("worth", "asked", "value"):
            table[name] = column(name, np.nan, float)[order]
        table["text"] = column("text", "", object)[order]
        for party in self.world.spec.parties:
            table[f"utility.{party}"] = column(f"utility.{party}", np.nan, float)[order]
        return pd.DataFrame(table)

    def _read_packages(self, group: Group) -> None:
        """Each package of a group as JSON in the scenario's words, and its utility for everybody, all at once."""
        unread = [fields for fields in self._told if isinstance(fields.get("package"), Package)]
        told = [fields for fields in unread if fields["group"] == group.name]
        if not told:
            return
        here = np.concatenate([fields["replication"] for fields in told])
        package = Package(
            np.concatenate([fields["package"].levels for fields in told], axis=1),
            np.concatenate([fields["package"].combination for fields in told]),
        )
        read: Fields = {"package": _as_json(group, here, package)}
        for party, preferences in group.wants(here).items():
            read[f"utility.{party}"] = preferences.utility(package)
        start = 0
        for fields in told:
            end = start + len(fields["replication"])
            fields.update({name: column[start:end] for name, column in read.items()})
            start = end

    # ---- every week --------------------------------------------------------------------------------------------------

    def write(self, mediators: Sequence[Mediator]) -> None:
        """Count this week's state of every replication."""
        world, share = self.world, self.tally.sum
        week = world.week
        for party in world.parties_by_name.values():
            trust = party.trust_in(party.others)
            self.tally.count(week, ("trust", "", party.name), trust)
            if world.talking and self.followed:
                self._trust[party.name].append(trust[: self.followed].copy())
        for group in world.groups.values():
            share(week, ("frozen", group.name, ""), group.frozen)
            share(week, ("agreed", group.name, ""), group.week_agreed <= week)  # NaN where it never was
            share(week, ("standing", group.name, ""), group.in_force)
        share(week, ("settled", "", ""), world.settled)
        for mediator in mediators:
            share(week, ("effort", "", mediator.name), mediator.effort)
        if week == world.spec.clock.weeks - 1:
            self.tell("end")

    def paths(self) -> pd.DataFrame:
        """Trust of each party in the first replications, week by week: `replication, week, measure, party, value`."""
        import pandas as pd

        names = ["replication", "week", "measure", "party", "value"]
        tables = [] if self.followed else [pd.DataFrame(columns=names)]
        for party, weeks in self._trust.items() if not tables else ():
            values = np.stack(weeks)
            week, replication = np.indices(values.shape)
            columns = [replication.ravel() + self.first, week.ravel(), "trust", party, values.ravel()]
            tables.append(pd.DataFrame(dict(zip(names, columns, strict=True))))
        return pd.concat(tables, ignore_index=True)


class _Columns:
    """The fields of all that was told, in the order in which it was: one column at a call."""

    def __init__(self, told: list[Fields]) -> None:
        self.rows = 0
        self._spans: dict[str, list[tuple[slice, Any]]] = defaultdict(list)
        for fields in told:
            span = slice(self.rows, self.rows + len(fields["replication"]))
            self.rows = span.stop
            for name, value in fields.items():
                self._spans[name].append((span, value))

    def __call__(self, name: str, blank: Any, kind: type) -> Any:
        """A column; blank where a thing told has no such field.  -> (rows,)"""
        column: Any = np.full(self.rows, blank, dtype=kind)
        for span, value in self._spans[name]:
            column[span] = value
        return column


def _as_json(group: Group, here: Index, package: Package) -> list[str]:
    """Packages as JSON texts, issues in the order of the file: points on scales, names of options."""
    settled, columns = group.agenda.at(here).settlements(package), []
    for issue in group.spec.issues:
        names, points, name = group.agenda.options.get(issue), settled[issue], json.dumps(issue)
        if names:
            written = [f"{name}: {json.dumps(option)}" for option in names]
            columns.append([written[place] for place in points.astype(int).tolist()])
        else:
            columns.append([f"{name}: {point!r}" for point in np.round(points, 6).tolist()])
    return ["{" + ", ".join(row) + "}" for row in zip(*columns, strict=True)]


def _first(value: Any) -> Any:
    """The first row of a field."""
    if isinstance(value, Package):
        return value.at(np.array([0]))
    return value[0] if isinstance(value, np.ndarray | list) else value


def _at_rows(rows: Index, value: Any) -> Any:
    """The part of a field that belongs to the told rows."""
    if isinstance(value, Package):
        return value.at(rows)
    return value[rows] if isinstance(value, np.ndarray) else value


# What all replications do week by week, counted so that any number of them takes the same memory.
#
# Counts of chunks add up exactly, in any order: values fall into equal bins, and sums are kept as whole numbers.
# Quantiles are therefore exact to half a bin (0.001).


Counts = npt.NDArray[np.int64]
Key = tuple[str, str, str]  # measure, group, party

BINS = 500  # of [0, 1]
SCALE = 1e12  # sums are counted in units of 1 / SCALE
QUANTILES = {
    "q025": 0.025, "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50,
    "q75": 0.75, "q90": 0.90, "q95": 0.95, "q975": 0.975,
}  # fmt: skip


@dataclass
class Tally:
    """Sums and histograms of measures in [0, 1], for each week.

    sums (weeks,) in units of 1 / SCALE; bins (weeks, BINS + 1), the last one for 1 itself.
    """

    weeks: int
    replications: int
    sums: dict[Key, Counts] = field(default_factory=dict)
    bins: dict[Key, npt.NDArray[np.int32]] = field(default_factory=dict)

    def count(self, week: int, key: Key, values: Array) -> None:
        """Count what a measure is in each replication this week.  values (R,) in [0, 1]"""
        if key not in self.bins:
            self.bins[key] = np.zeros((self.weeks, BINS + 1), dtype=np.int32)
        self.sum(week, key, values)
        self.bins[key][week] += np.bincount((values * BINS).astype(np.intp), minlength=BINS + 1)

    def sum(self, week: int, key: Key, values: Array | Mask) -> None:
        """Count a measure whose mean says all: a share of replications.  values (R,) in [0, 1], or true and false"""
        if key not in self.sums:
            self.sums[key] = np.zeros(self.weeks, dtype=np.int64)
        yes_or_no = values.dtype.kind == "b"
        whole = np.count_nonzero(values) * int(SCALE) if yes_or_no else np.rint(values * SCALE).sum()
        self.sums[key][week] += int(whole)

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.weeks,
            self.replications + other.replications,
            {key: sums + other.sums[key] for key, sums in self.sums.items()},
            {key: bins + other.bins[key] for key, bins in self.bins.items()},
        )

    def means(self, weeks: int) -> list[dict[str, float]]:
        """What each measure is on average, in each of the first weeks: `trust.Armenia`, `agreed.treaty`, `settled`."""
        whole = SCALE * self.replications
        names = {key: ".".join(part for part in key if part) for key in self.sums}
        return [{names[key]: float(sums[week] / whole) for key, sums in self.sums.items()} for week in range(weeks)]

    def table(self) -> pd.DataFrame:
        """One row a measure and week: `week, measure, group, party, mean, q025 ... q975`.

        A share of replications has quantiles too: those of a measure that is 0 or 1.
        """
        import pandas as pd

        return pd.concat([self._rows(key) for key in self.sums], ignore_index=True)

    def _rows(self, key: Key) -> pd.DataFrame:
        import pandas as pd

        measure, group, party = key
        mean = self.sums[key] / (SCALE * self.replications)
        columns = {"week": np.arange(self.weeks), "measure": measure, "group": group, "party": party, "mean": mean}
        quantiles = {name: self._quantile(key, share, mean) for name, share in QUANTILES.items()}
        return pd.DataFrame({**columns, **quantiles})

    def _quantile(self, key: Key, share: float, mean: Array) -> Array:
        if key not in self.bins:
            return np.asarray(mean > 1 - share, dtype=float)
        below = np.cumsum(self.bins[key], axis=1)
        reached = np.argmax(below >= share * self.replications, axis=1)
        return np.asarray(np.minimum((reached + 0.5) / BINS, 1.0))
