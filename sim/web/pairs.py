"""The answer to "what is the difference?": two sides under the same chance, as plain data that a page can show.

A job like those of `jobs.py`. A worker imports what is heavy only when it works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.web.jobs import Answer, Case, Packed, Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.measures import Measure
    from sim.scenario import Scenario

POINTS = 120  # weeks at which a curve is told, at the most


@dataclass(frozen=True)
class Pair:
    """Two sides under the same chance, from their tables: those of A first, as many of B.  -> Packed"""

    a: Case
    b: Case
    count: int

    def work(self, *tables: Table) -> Packed:
        """Each measure of both with the paired difference, saved and lost, and the curves of settling."""
        import pandas as pd

        from sim.statistics.paired import PairCounts, differences, shared

        half = len(tables) // 2
        a, b = (pd.concat([table.frame() for table in part]) for part in (tables[:half], tables[half:]))
        scenarios = self.a.load(), self.b.load()
        common = shared(*scenarios)
        found = differences(common, a, b, same=scenarios[0] == scenarios[1])
        turned = PairCounts.of(a["settled"].to_numpy(), b["settled"].to_numpy())
        return Packed.of(
            {
                "replications": len(a),
                "rows": [
                    _row(each, a, b, scenarios[0].weeks, row) for each, row in zip(common, _plain(found), strict=True)
                ],
                "saved": turned.saved,
                "lost": turned.lost,
                "curve": _curves(scenarios[0], a, b),
            }
        )


def _row(measure: Measure, a: pd.DataFrame, b: pd.DataFrame, end: int, found: Answer) -> Answer:
    """One measure: what it is of, its value in A and in B, and the difference with its interval."""
    return {
        "column": measure.column,
        **said(measure),
        "a": value(measure, a, end),
        "b": value(measure, b, end),
        **{key: found[key] for key in ("difference", "low", "high", "n")},
    }


def said(measure: Measure) -> Answer:
    """What a page needs to know of a measure to write it: its name, or its label where there is no text for it."""
    unit, label = measure.unit, measure.definition.label.format(measure.owner)
    named = {"kind": measure.kind, "name": measure.name, "of": measure.owner, "label": label}
    return {**named, "scale": unit.scale, "places": unit.places}


def value(measure: Measure, table: pd.DataFrame, end: int) -> float | None:
    """A measure of all histories together; None where there is no number.  end: the last week of the model"""
    from sim.statistics.summary import KINDS

    column = table[measure.column].to_numpy(dtype=float)
    if measure.kind == "median":
        found = KINDS["median"](column, end).estimate()["median"]
        return None if found is None else float(found)
    known = column[column == column]
    return float(known.mean()) if known.size else None


def _plain(table: pd.DataFrame) -> list[Answer]:
    """Rows of plain data; None for NaN."""
    rows = table.to_dict("records")
    return [{str(key): None if value != value else value for key, value in row.items()} for row in rows]


def _curves(scenario: Scenario, *tables: pd.DataFrame) -> Answer:
    """Of 100 histories, how many have settled by each week of the talks."""
    weeks = curve_weeks(scenario)
    a, b = ([100 * n / len(table) for n in settled_by(weeks, table)] for table in tables)
    dates = [scenario.date_of(week).isoformat() for week in weeks]
    return {"weeks": weeks, "dates": dates, "a": a, "b": b}


def curve_weeks(scenario: Scenario) -> list[int]:
    """Weeks at which a curve is told."""
    import numpy as np

    return [int(week) for week in np.unique(np.linspace(0, scenario.clock.weeks, POINTS).astype(int))]


def settled_by(weeks: Sequence[int], table: pd.DataFrame) -> list[int]:
    """How many histories have settled by each week."""
    import numpy as np

    came = np.sort(table["settled_week"].dropna().to_numpy())
    return [int(n) for n in np.searchsorted(came, weeks, side="right")]
