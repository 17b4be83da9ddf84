"""The schema, its JSON copy, and a long example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from sim.scenario import json_schema, load, load_text, shipped
from sim.scenario.folders import read_merged
from sim.scenario.numbers import Normal, Triangular, Uniform
from sim.scenario.problems import Report
from sim.scenario.process_settings import Agreements
from sim.scenario.schema import Scenario
from sim.scenario.tree import plain
from sim.scenario.yaml_reader import read, read_bytes
from tests.seldom import one_in

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def as_json(value: Any) -> Any:
    """Keys as JSON has them: texts."""
    if isinstance(value, dict):
        return {str(key): as_json(part) for key, part in value.items()}
    return [as_json(part) for part in value] if isinstance(value, list) else value


def faults(value: Any) -> list[str]:
    return [f"{list(error.path)}: {error.message[:200]}" for error in VALIDATOR.iter_errors(as_json(value))]


def test_the_committed_schema_is_that_of_the_code() -> None:
    text = (ROOT / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "write it again with `sim schema`"


def test_the_schema_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", one_in(5, FILES), ids=lambda path: path.stem)
def test_shipped_files_suit_the_schema_as_they_are_and_merged(path: Path) -> None:
    document = read_bytes(path.read_bytes(), path.name)
    assert document.root is not None
    assert faults(plain(document.root)) == []
    merged = read_merged(path, Report())
    assert merged is not None
    assert faults(plain(merged)) == []


@pytest.mark.parametrize(
    "text",
    [
        "name: x",
        "extends: a.yaml\nefort: 1",
        "extends: a.yaml\nseed: -1",
        "extends: a.yaml\nmediators: {M: {effort: 2}}",
        "extends: a.yaml\nmediators: {M: {effort: high}}",
        "extends: a.yaml\nfreezes: [{groups: [a]}]",
        "extends: a.yaml\nparties: {A: {tactic: {kind: tit4tat}}}",
        "extends: a.yaml\nparties: {A: {tactic: {kind: mirror, beta: 1}}}",
        "extends: a.yaml\nparties: {A: {reservation: {mean: 0.1, low: 0.2}}}",
        "extends: 5",
        "extends: a.yaml\nlinkage: loose",
    ],
)
def test_the_schema_finds_mistakes(text: str) -> None:
    root = read(text, "x").root
    assert root is not None
    assert faults(plain(root))


@pytest.mark.parametrize(
    "text",
    [
        "mediators: null",
        "mediators: {M: null}",
        "working_groups: {g: {meets_every: 3}}",
        "parties: {A: {tactic: {beta: 1}}}",
        "parties: {A: {reservation: {sd: 0.1}, trust: {B: 0.1}}}",
        "working_groups: {g: {issues: {i: {labels: {0.5: half, 1: null}}}}}",
        "mediators: {M: {effort: [{from: 2023-01-02, effort: 0.1}, {from: 9, effort: {low: 0, high: 1}}]}}",
    ],
)
def test_the_schema_lets_variants_change_and_remove(text: str) -> None:
    root = read(f"extends: a.yaml\n{text}", "x").root
    assert root is not None
    assert faults(plain(root)) == []


def test_every_key_says_what_it_means() -> None:
    whole = json_schema()
    blocks = {"Scenario": whole, **whole["$defs"]}
    for name, block in blocks.items():
        for key, part in block.get("properties", {}).items():
            if "_" not in name and key != "kind":
                assert part.get("description"), f"{name}.{key} has no description"


EXAMPLE = Path(__file__).parent / "example.yaml"


def test_the_long_example_loads() -> None:
    scenario = load(EXAMPLE)
    assert scenario.parties["Armenia"].reservation == Normal(0.42, 0.08, 0, 1)
    assert scenario.parties["Azerbaijan"].expected_rounds == 11
    assert scenario.working_groups["transport"].issues["corridor_control"].labels[0.5] == "third-party operator"
    assert scenario.week_of(scenario.events[0].date) == 2
    assert scenario.group_parties("transport") == ("Armenia", "Azerbaijan")
    assert scenario.weeks == 156 + 260


SHORTEST = """\
name: x
parties: {A: {}, B: {}}
working_groups: {g: {issues: {i: {positions: {A: 0, B: 1}}}}}
"""


def test_only_three_keys_are_needed() -> None:
    scenario = load_text(SHORTEST)
    assert scenario.mediators == {}
    assert scenario.parties["A"].doubt == 0.3


def test_switches_take_zero() -> None:
    """Every mechanism can be switched off: a rate or share of 0."""
    off = {
        "incidents": ("per_year", "spoilers", "hardening", "fading"),
        "walkouts": ("after_incident", "convene"),
        "frozen_week": ("rehardening", "estrangement", "cooling", "forgetting"),
        "trust_dynamics": ("gain", "loss", "fading"),
        "agreements": ("hazard", "collapse_cost"),
        "contacts": ("intensity", "trust"),
        "parties.A": ("absence", "walkout", "doubt", "cost_of_no_deal", "prejudice", "weight_spread", "opposition"),
    }
    settings = [f"{block}.{key}=0" for block, keys in off.items() for key in keys]
    scenario = load_text(SHORTEST, settings=settings)
    assert scenario.incidents.per_year == scenario.parties["A"].walkout == scenario.agreements.hazard == 0


def test_distributions_are_cut_at_the_range_of_their_key() -> None:
    scenario = load_text(
        SHORTEST,
        settings=[
            "parties.A.trust={mean: 0.5, sd: 0.2}",
            "parties.A.expected_rounds={low: 5, high: 9}",
            "parties.B.knowledge={low: 0, mode: 0.1, high: 1}",
            "parties.B.trust={A: {mean: 0.1, sd: 0.1}}",
        ],
    )
    assert scenario.parties["A"].trust == Normal(0.5, 0.2, 0, 1)
    assert scenario.parties["A"].expected_rounds == Uniform(5, 9)
    assert scenario.parties["B"].knowledge == Triangular(0, 0.1, 1)
    assert scenario.parties["B"].trust == {"A": Normal(0.1, 0.1, 0, 1)}


def test_shipped_scenarios_are_listed() -> None:
    listed = shipped()
    assert [item.path.resolve() for item in listed if "/" not in item.stem] == sorted(
        (ROOT / "scenarios").glob("*.yaml")
    )
    assert all(item.name and item.summary and "\n" not in item.summary for item in listed)
    assert len({item.stem for item in listed}) == len(listed)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_scenarios_load(path: Path) -> None:
    assert isinstance(load(path), Scenario)


def test_keys_in_some_replications_lose_the_others_where_there_is_a_number_for_each() -> None:
    rules = Agreements().model_copy(update={"trust": np.array([1.0, 2.0, 3.0])})
    there = rules.at(np.array([2, 0]))
    assert there.trust.tolist() == [3.0, 1.0]
    assert there.hazard == rules.hazard
    plain = Agreements()
    assert plain.at(np.array([0])) is plain
