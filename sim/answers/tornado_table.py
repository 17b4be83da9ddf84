"""Which constant moves a difference, as a sentence and a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import words
from sim.answers.tables import Table, as_text
from sim.words.language import ENGLISH
from sim.words.numbers import NONE
from sim.words.readings import reading

if TYPE_CHECKING:
    from sim.experiments.tornado import Tornado

LISTED = 12
HEAD = ("", "plausible range", "at its low end", "at its high end", "moves it by")
NOTE = (
    "Each number is set to both ends of its plausible range, all others as the files have them, under the same luck. "
    "Numbers in which the files differ are the question and stay."
)


def tornado_table(found: Tornado) -> str:
    """The constants that move the difference most, as `sim sensitivity --of difference` prints them."""
    unit = reading(found.reference, found.measure).measure.unit

    def show(value: float) -> str:
        return NONE if value != value else ENGLISH.signed(unit.scale * value, unit.digits)

    rows = [
        (
            row["path"],
            f"{row['from']:g} to {row['to']:g}",
            show(row["lowest"]),
            show(row["highest"]),
            show(row["moved"]),
        )
        for row in found.rows[:LISTED]
    ]
    counted = f"{words.thousands(found.reference.replications)} pairs of histories each, seed {found.reference.seed}"
    title = f"{found.scenario.name}, against {found.reference.name}"
    here = f"{show(found.difference)} ({show(found.low)} to {show(found.high)})"
    said = f"{found.measure}: {here} as the files are; {counted}."
    turning = [row["path"] for row in found.rows if row["turns"]]
    said += f" The sign turns with {words.both(turning)}." if turning else " No number alone turns the sign."
    return as_text(title, said, Table(unit.heading, HEAD, rows, folded=True), note=NOTE)
