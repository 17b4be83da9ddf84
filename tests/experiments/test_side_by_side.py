"""Variants side by side in one model: each gets the histories that it would have alone, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.simulate import DifferInKind, abreast, each_of, families, simulate
from sim.scenario import Scenario, load
from sim.scenario.field_types import Block
from sim.scenario.schema import Observed
from tests.seldom import examples

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


@examples(0.25)
@given(st.lists(SETTINGS, min_size=1, max_size=4), st.integers(0, 600), st.integers(1, 30))
def test_each_variant_has_its_own_histories(moved: list[dict[str, float]], first: int, count: int) -> None:
    variants = [variant(each) for each in moved]
    for scenario, table in zip(variants, abreast(variants, first, count), strict=True):
        pd.testing.assert_frame_equal(table, simulate(scenario, first, count, told=0).outcomes, check_exact=True)


@pytest.mark.validate
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


def leaves(node: Any, path: str = "") -> Iterator[str]:
    """Paths of all numbers of a scenario that are no whole ones."""
    if isinstance(node, float):
        yield path
    elif isinstance(node, Block):
        for name in type(node).model_fields:
            yield from leaves(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, dict):
        for name, part in node.items():
            yield from leaves(part, f"{path}.{name}")


def moved(node: Any, path: Sequence[str]) -> Any:
    """The same with one number a little smaller."""
    if not path:
        return node * 0.9 if node else 0.05
    if isinstance(node, dict):
        return {**node, path[0]: moved(node[path[0]], path[1:])}
    return node.model_copy(update={path[0]: moved(getattr(node, path[0]), path[1:])})


@pytest.mark.validate
@pytest.mark.parametrize("part", range(6))
def test_every_number_of_the_baseline_may_differ(part: int) -> None:
    """Each number of the file and of its defaults, several at once: every variant has its own histories."""
    clock = {"clock": load(SCENARIOS / "baseline.yaml").clock.model_copy(update={"weeks": 45, "hold_weeks": 8})}
    short = load(SCENARIOS / "baseline.yaml").model_copy(update={**clock, "observed": Observed(agreed={})})
    paths = [path for path in leaves(short) if "labels" not in path]
    assert len(paths) > 120
    variants = [short]
    for path in paths[part::6]:
        variants.append(moved(variants[-1], path.split(".")))
    few = [short, *variants[1::4], variants[-1]]
    for scenario, table in zip(few, abreast(few, 0, 6), strict=True):
        pd.testing.assert_frame_equal(table, simulate(scenario, 0, 6, told=0).outcomes, check_exact=True)


@pytest.mark.parametrize("setting", ["clock.weeks=40", "seed=5", "working_groups.fish.exchanges=4"])
def test_whole_numbers_are_structure(setting: str) -> None:
    with pytest.raises(DifferInKind):
        abreast([load(TINY), load(TINY, [setting])], 0, 2)


def test_variants_of_several_kinds_come_in_families() -> None:
    variants = [
        load(TINY, [f"mediators.Chair.effort={effort}", f"seed={seed}"]) for effort in (0.1, 0.9) for seed in (1, 2)
    ]
    assert families(variants) == [[0, 2], [1, 3]]
    for number, table in each_of(variants, 0, 5):
        alone = simulate(variants[number], 0, 5, told=0).outcomes
        pd.testing.assert_frame_equal(table, alone, check_exact=True)
