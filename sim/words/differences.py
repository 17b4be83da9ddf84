"""Measures of a comparison: in which unit each is shown, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim import words
from sim.measures import DEFINITIONS, Unit, by_unit, own_of

Row = Mapping[Any, Any]
"""A row of a table of differences, by column."""


def units(reference: Mapping[str, Any]) -> dict[Unit, list[str]]:
    """Names of the measures of a comparison by unit, those of one's own included.  reference: its run's summary"""
    definitions = [*DEFINITIONS.values(), *(measure.definition for measure in own_of(reference))]
    return {unit: [each.name for each in here] for unit, here in by_unit(definitions).items()}


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
    known = DEFINITIONS.get(row["measure"])
    return known.label.format(words.short(row["group"] or row["party"])) if known else str(row["measure"])
