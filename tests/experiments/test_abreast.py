"""Variants side by side in one model: each gets the histories that it would have alone, to the last bit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiments.abreast import DifferInKind, abreast
from sim.experiments.chunk import simulate
from sim.scenario import Scenario, load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TINY = Path(__file__).parents[1] / "web" / "tiny.yaml"
MOVED = {
    "mediators.Chair.effort": st.floats(0, 1),
    "mediators.Chair.activities.press": st.floats(0, 1),
    "mediators.Chair.activities.draft": st.floats(0, 1),
    "incidents.per_year": st.floats(0, 8),
    "incidents.severity": st.floats(0.05, 0.9),
    "parties.Upper.trust": st.floats(0, 1),
}
SETTINGS = st.fixed_dictionaries(
    {}, optional={path: values.map(lambda x: round(x, 2)) for path, values in MOVED.items()}
)


def variant(moved: dict[str, float], path: Path = TINY) -> Scenario:
    return load(path, [f"{name}={value}" for name, value in moved.items()])


@settings(max_examples=12, deadline=None)
@given(st.lists(SETTINGS, min_size=1, max_size=4), st.integers(0, 600), st.integers(1, 30))
def test_each_variant_has_its_own_histories(moved: list[dict[str, float]], first: int, count: int) -> None:
    variants = [variant(each) for each in moved]
    for scenario, table in zip(variants, abreast(variants, first, count), strict=True):
        pd.testing.assert_frame_equal(table, simulate(scenario, first, count, told=0).outcomes, check_exact=True)


def test_with_drawn_numbers_three_chapters_and_dated_events() -> None:
    baseline = SCENARIOS / "baseline.yaml"
    low, high = (variant({"mediators.Russia.effort": effort}, baseline) for effort in (0.1, 0.9))
    together = abreast([low, high], 500, 24)  # across a block of chance
    for scenario, table in zip((low, high), together, strict=True):
        pd.testing.assert_frame_equal(table, simulate(scenario, 500, 24, told=0).outcomes, check_exact=True)
    assert not together[0]["mediator_weeks.Russia"].equals(together[1]["mediator_weeks.Russia"])


@pytest.mark.parametrize(
    "setting", ["freezes=[{groups: [fish], start: 3, weeks: 4}]", "mediators=null", "linkage=sequence"]
)
def test_variants_that_differ_in_kind_have_no_model_in_common(setting: str) -> None:
    with pytest.raises(DifferInKind):
        abreast([load(TINY), load(TINY, [setting])], 0, 2)
