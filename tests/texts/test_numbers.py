"""The numbers of the texts are those of the model. `make validate` runs the larger ones."""

from __future__ import annotations

import math
import re

import pytest

import sim
from tests.scenarios.shipped_runs import NAMES, REPLICATIONS, outcomes

from .reading import HOME, head_of, rows, section, text

FREEZES = section(text("README.md"), "Is a freeze counterproductive?")
FREEZE_ROWS = [row for row in rows(FREEZES) if len(row) == 4]
IF_ROWS = [row for row in rows(FREEZES) if len(row) == 3]
SCENARIOS = text("scenarios/README.md")
SHOWN = [row for row in rows(section(SCENARIOS, "What the scenarios show")) if len(row) == 6]
FACTS = {row[0] for row in rows(section(SCENARIOS, "Stylised facts"))}
PAIRS = 4000  # of the tables of freezes
FEWER = 1000  # of them, that are run here


def numbers(cell: str) -> list[float]:
    """The numbers in a cell of a table."""
    plain = cell.replace("\N{MINUS SIGN}", "-")
    return [float(number) for number in re.findall(r"[+-]?\d+(?:\.\d+)?", plain)]


def test_the_tables_are_there() -> None:
    assert len(FREEZE_ROWS) == 5
    assert len(IF_ROWS) == 2
    assert len(SHOWN) >= 16


@pytest.mark.parametrize("row", FREEZE_ROWS[1:], ids=lambda row: head_of(row[0])[0])
def test_a_row_of_the_freezes_agrees_with_itself(row: list[str]) -> None:
    """Settled, difference, interval, saved and lost say the same."""
    settled, baseline = numbers(row[1])[0], numbers(FREEZE_ROWS[0][1])[0]
    difference, low, high = numbers(row[2])
    saved, lost = numbers(row[3])
    assert difference == pytest.approx(100 * (saved - lost) / PAIRS, abs=0.06)
    assert difference == pytest.approx(settled - baseline, abs=0.11)
    assert low < difference < high


def within_chance(found: sim.Comparison, cell: str) -> None:
    """Is the difference of fewer pairs as near to what a text says as their own interval allows?"""
    row = found.differences.query("measure == 'settled'").iloc[0]
    width = 100 * (row["high"] - row["low"])
    assert numbers(cell)[0] == pytest.approx(100 * row["difference"], abs=0.75 * width)


@pytest.mark.validate
@pytest.mark.parametrize("row", FREEZE_ROWS[1:], ids=lambda row: head_of(row[0])[0])
def test_freezes_do_what_the_readme_says(row: list[str]) -> None:
    """The first quarter of the table's histories."""
    within_chance(sim.compare("baseline", head_of(row[0])[0], replications=FEWER, told=0), row[2])


@pytest.mark.validate
@pytest.mark.parametrize("row", IF_ROWS, ids=lambda row: head_of(row[0])[0])
def test_what_the_freezes_depend_on(row: list[str]) -> None:
    """The two constants that the README names decide as it says."""
    setting = head_of(row[0])
    for name, cell in zip(("cooling-off-4", "cooling-off-12"), row[1:], strict=True):
        pair = [sim.load(each, setting) for each in ("baseline", name)]
        within_chance(sim.compare(*pair, replications=FEWER, told=0), cell)


@pytest.mark.validate
def test_what_a_pause_does_without_the_mechanisms_of_the_literature() -> None:
    """As the README and the last row of the table of mechanisms say."""
    found = sim.compare("mechanisms-off", "mechanisms-off-cooling-off-4", replications=FEWER, told=0)
    added = re.search(r"four weeks add ([\d.]+) points", FREEZES)
    row = re.search(r"all of them: `mechanisms-off` .*?\(\+([\d.]+)\)", SCENARIOS)
    assert added
    assert row
    assert added[1] == row[1]
    within_chance(found, f"+{added[1]}")


@pytest.mark.validate
def test_the_length_of_a_pause() -> None:
    """Of the table of weeks: within three standard errors of a quarter of its histories."""
    lines = [line for line in SCENARIOS.splitlines() if line.startswith(("| weeks after", "| settled |"))]
    weeks, shares = (numbers(line) for line in lines)
    swept = sim.sweep("cooling-off-4", vary={"freezes[0].weeks": [int(week) for week in weeks]}, replications=FEWER)
    for share, found in zip(shares, swept.cells["settled"], strict=True):
        assert share / 100 == pytest.approx(found, abs=0.005 + 3 * math.sqrt(0.25 / FEWER))


@pytest.mark.validate
@pytest.mark.parametrize("row", SHOWN, ids=lambda row: head_of(row[0])[0])
def test_scenarios_show_what_the_table_says(row: list[str]) -> None:
    """The first tenth of the table's histories: within three standard errors of it."""
    found = outcomes(head_of(row[0])[0])
    settled, hold, trust, effort = (numbers(cell)[0] for cell in row[1:5])
    holding = found["lasting"].sum() / found["settled"].sum()
    spent = found.filter(like="mediator_weeks.").sum(axis=1)
    trusting = found.filter(regex=r"^trust\.").mean(axis=1)
    assert settled / 100 == pytest.approx(found["settled"].mean(), abs=0.005 + 3 * 0.5 / math.sqrt(REPLICATIONS))
    assert hold / 100 == pytest.approx(holding, abs=0.005 + 3 * 0.5 / math.sqrt(found["settled"].sum()))
    assert trust == pytest.approx(trusting.mean(), abs=0.005 + 3 * trusting.std() / math.sqrt(REPLICATIONS))
    assert effort == pytest.approx(spent.mean(), abs=0.5 + 3 * spent.std() / math.sqrt(REPLICATIONS))


def test_each_variant_is_in_a_table() -> None:
    named = {head_of(row[0])[0] for row in (*FREEZE_ROWS, *SHOWN)}
    assert set(NAMES) - named == {"camp-david-1978", "seminar", "two-conceders"}


def test_each_fact_that_is_named_is_in_the_table() -> None:
    """In comments of scenarios, in the texts, and in the names of tests."""
    named = set(re.findall(r"\bE\d{1,2}\b", SCENARIOS))
    for path in (HOME / "scenarios").glob("*.yaml"):
        comments = " ".join(re.findall(r"#(.*)", path.read_text(encoding="utf-8")))
        named |= set(re.findall(r"\bE\d{1,2}\b", comments))
    tests = (HOME / "tests" / "model" / "test_directions.py").read_text(encoding="utf-8")
    named |= {name.upper() for name in re.findall(r"def test_(e\d+)_", tests)}
    assert named <= FACTS
    assert len(FACTS) >= 15
