"""Tables leave out what cannot happen, and only that."""

from __future__ import annotations

import sim
from sim.answers import comparison_table, summary
from sim.answers.tables import Table

SHORT = ["clock.weeks=30", "clock.hold_weeks=1"]
CAN = [*SHORT, "walkouts.breaking_off=0.2"]


def words_of(tables: list[Table]) -> str:
    return "\n".join(" ".join([*table.head, *(row[0] for row in table.rows)]) for table in tables)


def test_talks_that_are_broken_off_have_a_column_where_talks_can_be() -> None:
    never = sim.run(sim.load("seminar", SHORT), replications=8)
    sometimes = sim.run(sim.load("seminar", CAN), replications=8)
    assert "broken off" not in words_of(summary.tables(never.scenario, never.summary))
    assert "broke down" in words_of(summary.tables(never.scenario, never.summary))
    assert "broken off" in words_of(summary.tables(sometimes.scenario, sometimes.summary))
    assert all("broken_off" in group for group in never.summary["groups"].values())


def test_a_comparison_has_its_row_where_one_scenario_lets_it_happen() -> None:
    one, other = sim.load("seminar", SHORT), sim.load("seminar", CAN)
    for changed, there in ((one, False), (other, True)):
        found = sim.compare(one, changed, replications=8)
        scenarios = [run.scenario for run in (found.reference, *found.others)]
        said = comparison_table.comparison_table(scenarios, found.names, found.summary)
        assert ("broken off" in said) == there
