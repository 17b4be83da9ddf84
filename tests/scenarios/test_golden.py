"""The shipped scenarios give what they gave: a summary of each, kept in golden.json.

After a change of the model that is meant, write the file anew and read what moved:

    python -m tests.scenarios.test_golden && git diff tests/scenarios/golden.json

Another processor may round a last bit otherwise, and a history that stands on a knife's edge then ends otherwise. So
three of the 300 histories may differ (`FLIPPED`), and means by a hundredth (`CLOSE`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.scenario import load
from sim.scenario.schema import Scenario
from tests.scenarios.shipped_runs import FOLDER, NAMES, case, outcomes

GOLDEN = Path(__file__).with_name("golden.json")
FIRST = 300  # replications
FLIPPED = 3 / FIRST
CLOSE = 0.01  # utilities are 0 to 1; rounds and weeks are compared in parts of what they were

Summary = dict[str, dict[str, float]]


def summary(spec: Scenario, histories: pd.DataFrame) -> Summary:
    """Shares and means of some histories, rounded so that the file can be read."""
    groups = spec.working_groups
    columns = {
        "shares": ["settled", "lasting", *(f"agreed.{group}" for group in groups)],
        "utility": [f"utility.{party}" for party in spec.parties],
        "amounts": [*(f"rounds.{group}" for group in groups), *(f"mediator_weeks.{name}" for name in spec.mediators)],
    }
    return {part: _means(histories, names) for part, names in columns.items()}


def _means(histories: pd.DataFrame, columns: list[str]) -> dict[str, float]:
    return {column: round(float(histories[column].mean()), 5) for column in columns}


def now(name: str) -> Summary:
    return summary(load(FOLDER / f"{name}.yaml"), outcomes(name).head(FIRST))


def kept() -> dict[str, Summary]:
    read: dict[str, Summary] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return read


def moved(was: Summary, found: Summary) -> list[str]:
    """What is not as it was, one line each."""
    lines = []
    for part, slack in (("shares", FLIPPED), ("utility", CLOSE), ("amounts", CLOSE)):
        for key in sorted(was[part].keys() | found[part].keys()):
            old, new = was[part].get(key), found[part].get(key)
            room = slack * max(1.0, abs(old or 0.0)) + 1e-5
            if old is None or new is None or not abs(new - old) <= room:
                lines.append(f"{key}: was {old}, is {new}")
    return lines


@pytest.mark.parametrize("name", [case(name) for name in NAMES])
def test_a_scenario_gives_what_it_gave(name: str) -> None:
    assert moved(kept()[name], now(name)) == []


def test_every_shipped_scenario_is_kept_and_no_other() -> None:
    assert sorted(kept()) == NAMES


@pytest.mark.parametrize(
    ("part", "key", "change", "noticed"),
    [
        ("shares", "settled", 0.01, False),
        ("shares", "settled", 0.014, True),
        ("utility", "utility.Armenia", -0.009, False),
        ("utility", "utility.Armenia", -0.011, True),
        ("amounts", "rounds.treaty", 0.15, False),
        ("amounts", "rounds.treaty", 0.5, True),
        ("amounts", "mediator_weeks.Russia", float("nan"), True),
    ],
)
def test_a_flip_is_forgiven_and_a_change_is_not(part: str, key: str, change: float, noticed: bool) -> None:
    was: dict[str, Any] = kept()["baseline"]
    found = {name: dict(values) for name, values in was.items()}
    found[part][key] += change
    assert bool(moved(was, found)) is noticed


def write() -> None:
    """Write golden.json anew."""
    text = json.dumps({name: now(name) for name in NAMES}, indent=1, allow_nan=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
