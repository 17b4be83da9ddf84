"""Language, once: how a number, a share, a list, a name of the scenario is said, wherever a person reads it.

Dates stand in `dates`, paths of a scenario in `paths`, whether a difference is more than chance in `verdict`.
"""

from sim.words.names import Settlement, file_part, issue, meanings, package, settlement, short
from sim.words.numbers import both, capital, count, counted, either, number, percent, points, some, thousands, times

__all__ = [
    "Settlement", "both", "capital", "count", "counted", "either", "file_part", "issue", "meanings", "number",
    "package", "percent", "points", "settlement", "short", "some", "thousands", "times",
]  # fmt: skip
