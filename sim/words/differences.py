"""Measures of a comparison: in which block and unit each is shown, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim import words

Row = Mapping[Any, Any]
"""A row of a table of differences, by column."""


@dataclass(frozen=True)
class Block:
    """Measures that share a unit: `scale` makes the shown number; no axis is narrower than `least`."""

    heading: str
    measures: tuple[str, ...]
    scale: float
    digits: int
    least: float


BLOCKS = (
    Block("Shares, in points of 100", ("settled", "lasting", "agreed", "collapsed"), 100, 1, 1),
    Block("Median weeks to agreement", ("settled_week", "week"), 1, 1, 1),
    Block("Utilities and fairness", ("utility", "joint_utility", "fairness"), 1, 3, 0.01),
    Block("Mediators' work, in weeks", ("mediator_weeks",), 1, 1, 0.5),
)

NAMES = {
    "settled": "settled",
    "lasting": "settled and held",
    "agreed": "agreed: {}",
    "collapsed": "broke down: {}",
    "settled_week": "settlement",
    "week": "{}",
    "utility": "utility of {}",
    "joint_utility": "joint utility",
    "fairness": "fairness",
    "mediator_weeks": "work of {}",
}


def blocks(reference: Mapping[str, Any]) -> tuple[Block, ...]:
    """The blocks of a comparison, those of measures of one's own included.  reference: the summary of its run"""
    own = reference.get("measures", {})
    shares = tuple(name for name, estimate in own.items() if "share" in estimate)
    means = tuple(name for name in own if name not in shares)
    asked = Block("Own measures, in points of 100", shares, 100, 1, 1), Block("Own measures", means, 1, 3, 0.01)
    return (*BLOCKS, *(block for block in asked if block.measures))


def measured(differences: pd.DataFrame) -> pd.DataFrame:
    """The table of differences with the dotted name of each measure as `column`."""
    owner = differences["group"].astype(str) + differences["party"].astype(str)
    dotted = differences["measure"] + "." + owner
    return differences.assign(column=dotted.where(owner != "", differences["measure"]))


def by_scenario(rows: pd.DataFrame) -> dict[str, Row]:
    """The rows of one measure, by scenario."""
    return {str(row["scenario"]): row for row in rows.to_dict("records")}


def row_name(row: Row) -> str:
    """What a measure is called: `agreed: treaty`, `utility of Armenia`."""
    owner = words.short(row["group"] or row["party"])
    return NAMES.get(row["measure"], str(row["measure"])).replace("{}", owner)
