"""What many plausible models say of a comparison in numbers: how many agree on each measure, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.tables import Table
from sim.measures import Unit, by_unit, measures, own_of
from sim.words import paths
from sim.words.language import ENGLISH
from sim.words.numbers import NONE

if TYPE_CHECKING:
    from sim.scenario import Scenario

Values = Mapping[str, Any]
Row = tuple[str, ...]

SHARES = ("", "better", "worse", "cannot tell", "median", "5 % to 95 %")
MOVERS = ("", "index", "lowest tenth", "highest tenth")
FEW = 5  # constants that are listed
NOTE = (
    "Each model draws the numbers in which the files do not differ from their plausible ranges, by a Latin hypercube, "
    "and meets the same luck. Better, worse: shares of models in which the 95 % interval of the difference leaves 0; "
    "they are no probabilities. Index: how far the difference moves once a number is known (PAWN); below it, what "
    "chance alone reaches. Lowest, highest tenth: the mean difference there, in points."
)


def models_tables(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values) -> list[Table]:
    """Of each scenario what the models say, and what the share that settles depends on; none without models.

    scenarios, names: the reference first, as in the summary.
    """
    found: list[Table] = []
    for name in names[1:]:
        said = {row["measure"]: row["models"] for row in summary["differences"] if _is_of(row, name)}
        if said:
            found.append(_shares(scenarios[0], name, said, summary["scenarios"][0]))
            found += _movers(scenarios[0], name, said["settled"])
    return found


def _is_of(row: Values, name: str) -> bool:
    """Is it this scenario's, and do models say something of it?"""
    return row["scenario"] == name and "models" in row


def _shares(reference: Scenario, name: str, said: Mapping[str, Values], summary: Values) -> Table:
    """Every measure, below its unit."""
    every = [measure for measure in (*measures(reference), *own_of(summary)) if measure.column in said]
    rows: list[Row] = []
    for unit, here in by_unit(every).items():
        rows.append((unit.heading,))
        for measure in here:
            answer = said[measure.column]
            ways = (words.percent(answer[way]) for way in ("helps", "hurts", "undecided"))
            label = measure.definition.label.format(words.short(measure.owner))
            rows.append((label, *ways, *_band(answer["difference"], unit)))
    many = words.thousands(said["settled"]["n"])
    return Table(f"{name}, in {many} plausible models", SHARES, rows)


def _band(difference: Values, unit: Unit) -> Row:
    if difference["median"] is None or difference["median"] != difference["median"]:
        return (NONE, NONE)
    low, middle, high = (ENGLISH.signed(unit.scale * difference[key], unit.digits) for key in ("q05", "median", "q95"))
    return (middle, f"{low} to {high}")


def _movers(reference: Scenario, name: str, answer: Values) -> list[Table]:
    """The constants that move the share that settles most, and what chance alone reaches; none where too few models."""
    rows: list[Row] = []
    for row in answer["depends_on"][:FEW]:
        ends = (ENGLISH.signed(100 * row[end], 1) for end in ("lowest", "highest"))
        what = f"{paths.phrase(reference, row['path'])}\n{row['path']}"
        rows.append((what, f"{row['index']:.3f}", *ends))
    if not rows:
        return []
    chance = ("chance alone", f"{answer['chance']:.3f}", "", "")
    return [Table(f"{name}: what the share that settles depends on", MOVERS, [*rows, chance], folded=True)]
