"""The tables of the texts agree with themselves, and name what there is. Their numbers: `test_claims.py`."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.shipped_runs import NAMES

from .reading import HOME, head_of, rows, section, text

FREEZES = section(text("README.md"), "Is a freeze counterproductive?")
FREEZE_ROWS = [row for row in rows(FREEZES) if len(row) == 4]
SCENARIOS = text("scenarios/README.md")
SHOWN = [row for row in rows(section(SCENARIOS, "What the scenarios show")) if len(row) == 6]
FACTS = {row[0] for row in rows(section(SCENARIOS, "Stylised facts"))}
PAIRS = 4000  # of the tables of freezes


def numbers(cell: str) -> list[float]:
    """The numbers in a cell of a table."""
    plain = cell.replace("\N{MINUS SIGN}", "-")
    return [float(number) for number in re.findall(r"[+-]?\d+(?:\.\d+)?", plain)]


def test_the_tables_are_there() -> None:
    assert len(FREEZE_ROWS) == 5
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


def test_each_variant_is_in_a_table() -> None:
    named = {head_of(row[0])[0] for row in (*FREEZE_ROWS, *SHOWN)}
    assert set(NAMES) - named == {"camp-david-1978", "seminar", "two-conceders"}


def test_each_fact_that_is_named_is_in_the_table() -> None:
    """In comments of scenarios, and in the texts."""
    named = set(re.findall(r"\bE\d{1,2}\b", SCENARIOS))
    for path in (HOME / "scenarios").glob("*.yaml"):
        comments = " ".join(re.findall(r"#(.*)", path.read_text(encoding="utf-8")))
        named |= set(re.findall(r"\bE\d{1,2}\b", comments))
    assert named <= FACTS
