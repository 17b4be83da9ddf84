"""Language, once: how a number, a share, a list, a name of the scenario is said, wherever a person reads it.

Dates stand in `dates`, paths of a scenario in `paths`, whether a difference is more than chance in `verdict`.
"""

from sim.words.names import Settlement, actor, file_part, issue, mediator, package, party, quoted, settlement, short
from sim.words.numbers import both, count, either, number, percent, thousands, times

__all__ = [
    "Settlement", "actor", "both", "count", "either", "file_part", "issue", "mediator", "number", "package", "party",
    "percent", "quoted", "settlement", "short", "thousands", "times",
]  # fmt: skip
