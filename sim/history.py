"""What happened: events of the replications that are told, and the weekly state of all.

Every mechanism tells what it does through `tell`; a replication is *told* if its number is below TOLD. Events are kept
as columns and become rows only when somebody reads them. Shapes: R replications (last axis).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array, Index, Mask, at
from sim.bargaining.preferences import Package
from sim.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

    from sim.model import NegotiationModel

TOLD = 100  # replications with events
PATHS = 10  # replications whose trust is kept week by week

Fields = dict[str, Any]


class History:
    """The record of a model's run."""

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model
        self.told = int(np.clip(TOLD - model.first, 0, model.replications))
        self.tally = Tally(model.horizon, model.replications)
        self._told: list[Fields] = []
        self._trust: dict[str, list[Array]] = {name: [] for name in model.spec.parties}

    # ---- events ------------------------------------------------------------------------------------------------------

    def tell_everywhere(self, kind: str, **what: Any) -> None:
        """Something happens in every replication."""
        self.tell(kind, self.model.somewhere(), **what)

    def tell(self, kind: str, where: Mask, here: Index | None = None, **what: Any) -> None:
        """Something happens in the replications where it holds.

        where, and every array among `what`: (R,), or (R',) of the replications `here`.
        Keys: group, actor, to, text; worth, asked, value; package.
        """
        if not self.told:
            return
        here = self.model.everywhere if here is None else here
        rows = np.flatnonzero(where[: np.searchsorted(here, self.told)])
        if len(rows):
            fields = {name: _at_rows(rows, value) for name, value in what.items()}
            package = fields.pop("package", None)
            if package is not None:
                fields |= self._read(fields["group"], package, here[rows])
            self._told.append({"kind": kind, "week": self.model.week, "replication": here[rows], **fields})

    def _read(self, group: str, package: Package, replications: Index) -> Fields:
        """A package as JSON in the scenario's words, and its utility for everybody."""
        table = self.model.groups[group]
        settled = table.agenda.at(replications).settlements(package)
        names = {issue: table.agenda.options.get(issue) for issue in settled}
        texts = []
        for n in range(len(replications)):
            points = {issue: float(settled[issue][n]) for issue in self.model.spec.working_groups[group].issues}
            texts.append(json.dumps({i: names[i][int(x)] if names[i] else round(x, 6) for i, x in points.items()}))  # type: ignore[index]
        worths = {
            f"utility.{party.name}": at(replications, party.seats[group].preferences).utility(package)
            for party in table.members
        }
        return {"package": texts, **worths}

    def events(self) -> pd.DataFrame:
        """The told replications' events, by replication and then as they happened."""
        import pandas as pd

        texts, numbers = ["group", "actor", "kind", "to", "package"], ["worth", "asked", "value"]
        utilities = [f"utility.{party}" for party in self.model.spec.parties]
        columns = ["replication", "week", "date", *texts, *numbers, "text", *utilities]
        blank: Fields = {**dict.fromkeys([*texts, "text"], ""), **dict.fromkeys([*numbers, *utilities], np.nan)}
        rows = [pd.DataFrame({**blank, **fields}) for fields in self._told]
        if not rows:
            return pd.DataFrame({name: pd.Series(dtype=float if name in blank else object) for name in columns})
        table = pd.concat(rows, ignore_index=True)
        table["replication"] += self.model.first
        dates = {week: self.model.spec.date_of(int(week)).isoformat() for week in table["week"].unique()}
        table["date"] = table["week"].map(dates)
        return table.sort_values("replication", kind="stable", ignore_index=True)[columns]

    # ---- every week --------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Count this week's state of every replication."""
        model, count, share = self.model, self.tally.count, self.tally.sum
        week = model.week
        for party in model.parties_by_name.values():
            trust = party.trust_in(party.others)
            count(week, ("trust", "", party.name), trust)
            if model.talking and model.first < PATHS:
                self._trust[party.name].append(trust[: PATHS - model.first].copy())
        for group in model.groups.values():
            share(week, ("frozen", group.name, ""), group.frozen)
            share(week, ("agreed", group.name, ""), ~np.isnan(group.week_agreed))
            share(week, ("standing", group.name, ""), group.in_force)
        share(week, ("settled", "", ""), model.agreements.settled)
        for mediator in model.mediators_by_name.values():
            share(week, ("effort", "", mediator.name), mediator.effort)
        if week == model.spec.clock.weeks - 1:
            self.tell_everywhere("end")

    def paths(self) -> pd.DataFrame:
        """Trust of each party in the first replications, week by week: `replication, week, measure, party, value`."""
        import pandas as pd

        rows = []
        for party, weeks in self._trust.items():
            for week, values in enumerate(weeks):
                numbers = np.arange(len(values)) + self.model.first
                columns = {"replication": numbers, "week": week, "measure": "trust", "party": party, "value": values}
                rows.append(pd.DataFrame(columns))
        names = ["replication", "week", "measure", "party", "value"]
        return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=names)


def _at_rows(rows: Index, value: Any) -> Any:
    """The part of a field that belongs to the told rows."""
    if isinstance(value, Package):
        return value.at(rows)
    return value[rows] if isinstance(value, np.ndarray) else value
