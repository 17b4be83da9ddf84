"""What happened: events of the replications that are told, and the weekly state of all.

Every mechanism tells what it does through `tell`; a replication is *told* if its number is low enough. Events are kept
as columns and become rows only when somebody reads them. Shapes: R replications (last axis).
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.mediator import Mediator
from sim.agents.tables import at_home
from sim.agents.world import Group, World
from sim.arrays import Array, Index, Mask, places
from sim.bargaining.preferences import Package
from sim.tally import Tally

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
        self._groups = [*world.spec.working_groups, ""]
        self._turn, self._by_group = 0, False
        self._trust: dict[str, list[Array]] = {name: [] for name in world.spec.parties}

    # ---- events ------------------------------------------------------------------------------------------------------

    def tell(self, kind: str, where: Mask | None = None, here: Index | None = None, **what: Any) -> None:
        """Something happens in the replications `here` (by default in all), where it holds (by default in each).

        where, and every array among `what`: (R,), or (R',) of the replications `here`.
        Keys: group, by name, or as the number of each row's group in the file; actor, to, text; worth, asked, value;
        package.
        """
        if not self.told:
            return
        here = self.world.everywhere if here is None else here
        told = here < self.told
        rows = places(told if where is None else told & where)
        if len(rows) == 0:
            return
        self._turn += not self._by_group
        fields = {name: _at_rows(rows, value) for name, value in what.items()}
        group = fields.get("group", "")
        fields["group"] = self._groups.index(group) if isinstance(group, str) else group
        said = {"kind": kind, "week": self.world.week, "turn": self._turn}
        self._told.append({**said, "replication": here[rows], **fields})

    @contextmanager
    def group_by_group(self) -> Iterator[None]:
        """What happens meanwhile stands in each history group after group, in whichever order it is told."""
        self._turn, self._by_group = self._turn + 1, True
        try:
            yield
        finally:
            self._by_group = False

    def of_week(self, week: int) -> list[Fields]:
        """What was told of a week in the first replication, as it happened: each with its plain `kind` and fields.

        A package among them is a `Package`, or JSON once events were read.
        """
        begin = bisect_left(self._told, week, key=itemgetter("week"))
        end = bisect_right(self._told, week, key=itemgetter("week"))
        found = []
        for fields in self._told[begin:end]:
            for row in places(fields["replication"] == 0):
                found.append({name: _of_row(row, value) for name, value in fields.items()})
        found.sort(key=itemgetter("turn", "group"))
        return [self._named(fields) for fields in found]

    def _named(self, fields: Fields) -> Fields:
        """One thing that was told, by the name of its group, with a package on the agenda of that group."""
        name = self._groups[fields["group"]]
        if isinstance(fields.get("package"), Package):
            fields["package"] = at_home(fields["package"], self.world.groups[name])
        return {**fields, "group": name}

    def events(self) -> pd.DataFrame:
        """The told replications' events, by replication and then as they happened."""
        import pandas as pd

        self._read_packages()
        column = _Columns(self._told)
        replications, groups = column("replication", 0, int), column("group", -1, int)
        order = np.lexsort((groups, column("turn", 0, int), replications))
        weeks = column("week", 0, int)[order]
        days = [self.world.spec.date_of(week).isoformat() for week in range(self.world.spec.weeks)]
        table = {"replication": replications[order] + self.first, "week": weeks, "date": _at_places(days, weeks)}
        table["group"] = _at_places(self._groups, groups[order])
        for name in ("actor", "kind", "to", "package"):
            table[name] = column.words(name, order)
        for name in ("worth", "asked", "value"):
            table[name] = column(name, np.nan, float)[order]
        table["text"] = column.words("text", order)
        for party in self.world.spec.parties:
            table[f"utility.{party}"] = column(f"utility.{party}", np.nan, float)[order]
        return pd.DataFrame(table)

    def _read_packages(self) -> None:
        """Each package as JSON in the scenario's words, and its utility for everybody, all of a group at once."""
        unread = [fields for fields in self._told if isinstance(fields.get("package"), Package)]
        if not unread:
            return
        column = _Columns(unread)
        groups, here = column("group", -1, int), column("replication", 0, int)
        packages = column.packages()
        read: Fields = {"package": np.full(column.rows, "", dtype=object)}
        read |= {f"utility.{party}": np.full(column.rows, np.nan) for party in self.world.spec.parties}
        for number, group in enumerate(self.world.groups.values()):
            rows = places(groups == number)
            if not len(rows):
                continue
            own = at_home(packages.at(rows), group)
            read["package"][rows] = _as_json(group, here[rows], own)
            for party, preferences in group.wants(here[rows]).items():
                read[f"utility.{party}"][rows] = preferences.utility(own)
        for fields, span in zip(unread, column.spans, strict=True):
            fields.update({name: values[span] for name, values in read.items()})

    # ---- every week --------------------------------------------------------------------------------------------------

    def write(self, mediators: Iterable[Mediator]) -> None:
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

        if not self.followed:
            return pd.DataFrame(columns=["replication", "week", "measure", "party", "value"])
        tables = []
        for party, weeks in self._trust.items():
            values = np.stack(weeks)
            week, replication = np.indices(values.shape)
            numbers = {"replication": replication.ravel() + self.first, "week": week.ravel()}
            tables.append(pd.DataFrame({**numbers, "measure": "trust", "party": party, "value": values.ravel()}))
        return pd.concat(tables, ignore_index=True)


class _Columns:
    """The fields of all that was told, in the order in which it was: one column at a call.

    rows: how many replications it was told of; spans: which of them each thing was told of.
    """

    def __init__(self, told: list[Fields]) -> None:
        self.told = told
        sizes = np.array([len(fields["replication"]) for fields in told], dtype=np.intp)
        ends = np.cumsum(sizes)
        self.rows = int(sizes.sum())
        self.spans = [slice(*span) for span in zip(ends - sizes, ends, strict=True)]
        self._thing = np.repeat(np.arange(len(told)), sizes)

    def __call__(self, name: str, blank: Any, kind: type) -> Any:
        """A column of numbers; blank where a thing told has no such field.  -> (rows,)"""
        once, several = self._read(name, blank)
        column: Any = np.array(once, dtype=kind)[self._thing]
        for thing, values in several:
            column[self.spans[thing]] = values
        return column

    def words(self, name: str, order: Index) -> Any:
        """A column of texts in this order, empty where a thing told has none; each is made into one only once."""
        texts, several = self._read(name, "")
        places = self._thing.copy()
        for thing, values in several:
            places[self.spans[thing]] = np.arange(len(values)) + len(texts)
            texts += list(values)
        return _at_places(texts, places[order])

    def packages(self) -> Package:
        """All packages side by side, as if all were on the longest agenda.  -> levels (S, rows)"""
        each = [fields["package"] for fields in self.told]
        levels = np.zeros((max(len(package.levels) for package in each), self.rows))
        for span, package in zip(self.spans, each, strict=True):
            levels[: len(package.levels), span] = package.levels
        return Package(levels, np.concatenate([package.combination for package in each]))

    def _read(self, name: str, blank: Any) -> tuple[list[Any], list[tuple[int, Any]]]:
        """A field of each thing told, blank where it has none or one for each replication; these, by its place."""
        values = [fields.get(name, blank) for fields in self.told]
        several = [(thing, value) for thing, value in enumerate(values) if isinstance(value, np.ndarray)]
        for thing, _ in several:
            values[thing] = blank
        return values, several


def _at_places(texts: Sequence[str], places: Index) -> Any:
    """A column of texts: the one at each of these places."""
    import pandas as pd

    return pd.Series(texts).array.take(places)


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


def _of_row(row: int, value: Any) -> Any:
    """One row of a field."""
    if isinstance(value, Package):
        return value.at(np.array([row]))
    return value[row] if isinstance(value, np.ndarray) else value


def _at_rows(rows: Index, value: Any) -> Any:
    """The part of a field that belongs to the told rows."""
    if isinstance(value, Package):
        return value.at(rows)
    return value[rows] if isinstance(value, np.ndarray) else value
