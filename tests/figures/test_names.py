"""Names that people give their parties and groups: whatever they are, everything is computed, drawn and told apart."""

from __future__ import annotations

import pytest

from sim.experiments.compare import beside
from sim.experiments.frontier import frontier
from sim.experiments.run import run
from sim.figures.compare import compare
from sim.figures.compare_agreement import compare_agreement
from sim.figures.saved_and_lost import saved_and_lost
from sim.scenario.schema import Scenario
from tests.figures.drawing import draw_all
from tests.seldom import seldom

COLUMNS = (
    "value", "a.b", "a", "b.a", "date", "group", "kind", "actor", "to", "text", "package", "replication", "week",
    "round", "settled", "settled_week", "lasting", "all", "index", "level_0", "measure", "party", "scenario", "series",
    "n", "low", "high", "mean", "rank", "nan", "None", "0", "utility.round",
)  # fmt: skip
"""Names of columns of our tables and of pandas' own; such as look empty; names with dots in them."""


COMPARED = (compare, compare_agreement, saved_and_lost)


def talks(parties: tuple[str, ...], groups: tuple[str, ...]) -> Scenario:
    """Short talks of these parties in these groups."""
    last = len(parties) - 1
    issue = {"positions": {party: i / last for i, party in enumerate(parties)}}
    return Scenario.model_validate(
        {
            "name": "Names",
            "clock": {"start": "2023-01-02", "weeks": 40, "hold_weeks": 4},
            "parties": {party: {"reservation": 0.2} for party in parties},
            "mediators": {parties[0]: {"effort": 0.5}},
            "working_groups": {group: {"meets_every": 2, "issues": {group: issue}} for group in groups},
        }
    )


FIRST, *OTHERS = [COLUMNS[n : n + 3] for n in range(0, len(COLUMNS), 3)]


@pytest.mark.validate
@pytest.mark.parametrize("chosen", [FIRST, *map(seldom, OTHERS)], ids=" ".join)
def test_names_of_people_never_meet_names_of_columns(chosen: tuple[str, ...]) -> None:
    results = run(talks(chosen, chosen[:2]), replications=12)
    drawn = draw_all(results, frontier(results.scenario)["groups"])
    assert len([figure for figure in drawn if figure.name.startswith("utility-space")]) == 2
    for figure in (*drawn, *(draw(beside([results, results], ["one", "other"])) for draw in COMPARED)):
        assert figure.data.columns.is_unique, figure.name
