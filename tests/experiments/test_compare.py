"""Scenarios beside a reference: the same histories, exactly equal where nothing differs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.experiments.compare import Comparison, beside, compare, labels, unchanged
from sim.experiments.run import Results, run
from sim.measures import measures
from sim.scenario import Scenario, load, load_text
from sim.statistics import paired
from sim.statistics.paired import KINDS
from sim.words.verdict import sentence

SCENARIOS = Path(__file__).parents[2] / "scenarios"
START = 60


def wells(**changes: Any) -> Scenario:
    """Two groups, a mediator, incidents: short, and in the balance."""
    party = {"reservation": {"mean": 0.4, "sd": 0.05}, "expected_rounds": 8}
    made = {
        "name": "Two wells",
        "clock": {"weeks": 40, "hold_weeks": 5},
        "seed": 11,
        "replications": 120,
        "parties": {"Up": party, "Down": party},
        "mediators": {"Envoy": {"effort": 0.5}},
        "working_groups": {
            "water": {"meets_every": 2, "issues": {"depth": {"positions": {"Up": 0.0, "Down": 1.0}}}},
            "land": {"meets_every": 3, "issues": {"line": {"positions": {"Up": 1.0, "Down": 0.0}}}},
        },
        "incidents": {"per_year": 3},
    }
    return Scenario.model_validate({**made, **changes})


HARDER = {"name": "Two wells, no envoy", "mediators": {}}
FROZEN = {"name": "Two wells, frozen", "freezes": [{"groups": ["water"], "start": 8, "weeks": 20}]}


@cache
def three() -> Comparison:
    """Against the wells: a freeze, and no mediator with a seed and a number of its own that do not count."""
    return compare(wells(), wells(**FROZEN), wells(**HARDER, seed=5, replications=3), told=0)


def runs(comparison: Comparison) -> list[Results]:
    return [comparison.reference, *comparison.others]


# ---- the same histories ----------------------------------------------------------------------------------------------


def test_a_scenario_compared_with_itself_differs_by_exactly_nothing() -> None:
    same = compare(wells(), wells(), told=0)
    assert same.names == ("Two wells", "Two wells (2)")
    table = same.differences
    column = {each.column: each for each in measures(wells())}
    assert len(table) == len(column) > 12
    there = table["difference"].notna()
    assert (table.loc[there, ["difference", "low", "high"]] == 0).all(axis=None)
    gone = [row["measure"] for row, is_there in zip(same.summary["differences"], there, strict=True) if not is_there]
    assert all(
        column[name].kind == "median" and column[name].of(same.reference.summary)["median"] is None for name in gone
    )
    assert (same.transitions[["saved", "lost", "difference", "low", "high"]] == 0).all(axis=None)
    assert (same.transitions["p"] == 1).all()
    [said] = same.sentences
    assert said == "Two wells (2) changes nothing: the same 120 histories, every number equal."


def test_all_have_the_seed_and_the_number_of_the_reference() -> None:
    assert {(each.seed, each.replications, len(each.outcomes)) for each in runs(three())} == {(11, 120, 120)}
    pd.testing.assert_frame_equal(three().others[1].outcomes, run(wells(**HARDER), 120, 11, told=0).outcomes)
    asked = compare(wells(), wells(**HARDER), replications=7, seed=3, told=0)
    assert {(each.seed, each.replications) for each in runs(asked)} == {(3, 7)}


def test_a_freeze_from_week_60_changes_nothing_before_it_history_by_history() -> None:
    text = f"extends: baseline.yaml\nfreezes:\n  - {{groups: [treaty], start: {START}, weeks: 12}}\n"
    settings = ["clock.hold_weeks=0"]
    plain = load(SCENARIOS / "baseline.yaml", settings)
    pair = compare(plain, load_text(text, settings=settings, folder=SCENARIOS), replications=60, told=60)
    old, new = runs(pair)
    events = [each.events[each.events["week"] < START].reset_index(drop=True) for each in (old, new)]
    pd.testing.assert_frame_equal(*events, check_exact=True)
    for group in plain.working_groups:
        weeks = [each.outcomes[f"week.{group}"].where(lambda week: week < START) for each in (old, new)]
        np.testing.assert_array_equal(*weeks)
    assert weeks[0].notna().sum() > 3
    assert not unchanged(old, new)


def test_a_freeze_of_no_weeks_changes_nothing() -> None:
    idle = wells(name="Idle", freezes=[{"groups": ["water"], "start": 8, "weeks": 0}])
    [said] = compare(wells(), idle, replications=30, told=0).sentences
    assert said.startswith("Idle changes none of 30 histories, every number is equal; the difference is within chance")


# ---- what is said of them --------------------------------------------------------------------------------------------


def test_swapped_the_signs_change_and_saved_is_lost() -> None:
    reference, frozen, _ = runs(three())
    there, back = beside([reference, frozen], "ab"), beside([frozen, reference], "ab")
    one, other = there.differences, back.differences
    assert list(one["measure"]) == list(other["measure"])
    np.testing.assert_array_equal(one[["difference", "low", "high"]], -other[["difference", "high", "low"]])
    np.testing.assert_array_equal(one[["n", "narrowed"]], other[["n", "narrowed"]])
    turned = ["both", "saved", "lost", "neither", "p"]
    np.testing.assert_array_equal(
        there.transitions[turned], back.transitions[["both", "lost", "saved", "neither", "p"]]
    )
    assert there.transitions["lost"].sum() > 10


def test_transitions_add_up_and_agree_with_the_differences() -> None:
    table, turned = three().differences, three().transitions
    assert (turned[["both", "saved", "lost", "neither"]].sum(axis=1) == 120).all()
    assert list(turned["group"]) == ["", "water", "land"] * 2
    shares = table[table["measure"].isin(["settled", "agreed"])]
    assert list(shares["scenario"]) == list(turned["scenario"])
    for column in ("difference", "low", "high"):
        np.testing.assert_array_equal(shares[column], turned[column])
    for row, each in zip(turned[turned["group"] == ""].itertuples(), three().others, strict=True):
        old, new = three().reference.outcomes["settled"], each.outcomes["settled"]
        assert (row.saved, row.lost) == ((new & ~old).sum(), (old & ~new).sum())
        assert row.difference == pytest.approx(new.mean() - old.mean())


def test_only_what_both_have_is_compared() -> None:
    fewer = wells(
        name="Water only", working_groups={"water": wells().model_dump()["working_groups"]["water"]}, mediators={}
    )
    pair = compare(wells(), fewer, replications=20, told=0)
    named = set(pair.differences["group"]) | set(pair.differences["party"])
    assert named == {"", "water", "Up", "Down"}
    assert list(pair.transitions["group"]) == ["", "water"]
    assert paired.alone(wells(), fewer) == paired.alone(fewer, wells()) == ["land", "Envoy"]
    assert paired.alone(wells(), wells()) == []


def test_the_summary_is_what_json_prints() -> None:
    found = three().summary
    assert list(found) == ["reference", "scenarios", "differences", "transitions", "sentences"]
    assert found["reference"] == "Two wells"
    assert [each["scenario"] for each in found["scenarios"]] == list(three().names)
    assert list(found["differences"][0]) == [
        "scenario", "measure", "group", "party", "difference", "low", "high", "n", "narrowed",
    ]  # fmt: skip
    assert [row["measure"] for row in found["differences"] if row["scenario"] == "Two wells, frozen"] == [
        each.column for each in measures(wells())
    ]
    assert len(found["sentences"]) == 2


def test_sentences_say_how_many_and_how_sure() -> None:
    row = {"scenario": "S", "both": 500, "saved": 31, "lost": 214, "neither": 255}
    row |= {"difference": -0.183, "low": -0.212, "high": -0.1536}
    said = "S loses 214 and saves 31 of 1,000 histories: 18.3 points fewer settle, 15.4 to 21.2."
    assert sentence(row, False) == said
    turned = row | {"saved": 214, "lost": 0, "difference": 0.183, "low": 0.1536, "high": 0.212, "neither": 286}
    said = "S loses none and saves 214 of 1,000 histories: 18.3 points more settle, 15.4 to 21.2."
    assert sentence(turned, False) == said
    unsure = row | {"difference": 0, "low": -0.012, "high": 0.012}
    assert sentence(unsure, False).endswith("; the difference is within chance: 0.0 points, 1.2 fewer to 1.2 more.")
    nothing = row | {"saved": 0, "lost": 0, "neither": 500} | {"difference": 0, "low": -0.004, "high": 0.004}
    within = "the difference is within chance: 0.0 points, 0.4 fewer to 0.4 more."
    said = "S neither loses nor saves any of 1,000 histories, but other numbers differ"
    assert sentence(nothing, False) == f"{said}; {within}"
    assert sentence(nothing, True) == f"S changes none of 1,000 histories, every number is equal; {within}"
    itself = nothing | {"low": 0, "high": 0}
    assert sentence(itself, True) == "S changes nothing: the same 1,000 histories, every number equal."


@given(st.lists(st.sampled_from(["A", "A (2)", "A (x)", "B"]), min_size=1, max_size=6), st.booleans())
def test_labels_are_all_different(names: list[str], with_stems: bool) -> None:
    found = labels(names, ["x"] * len(names) if with_stems else [])
    assert len(set(found)) == len(found) == len(names)
    assert found[0] == names[0]
    assert all(label.startswith(name) for label, name in zip(found, names, strict=True))


# ---- asking ----------------------------------------------------------------------------------------------------------


def test_it_is_told_how_far_it_is_from_nothing_to_all() -> None:
    heard: list[float] = []
    compare(wells(), wells(**HARDER), replications=2, told=0, on_progress=heard.append)
    assert heard == sorted(heard)
    assert 0 < heard[0] < 0.1
    assert heard[-1] == pytest.approx(1)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one other"):
        compare(wells())
    with pytest.raises(ValueError, match="replications is 0"):
        compare(wells(), wells(), replications=0)
    reference, other, _ = runs(three())
    with pytest.raises(ValueError, match="different seeds"):
        beside([reference, replace(other, seed=12)], "ab")
    with pytest.raises(ValueError, match="same replications"):
        beside([reference, replace(other, outcomes=other.outcomes.head(50))], "ab")


def test_it_has_a_public_name() -> None:
    assert sim.compare is compare


def test_it_draws_itself() -> None:
    told = compare(wells(), wells(**FROZEN), replications=20, told=2)
    drawn = [told.plot(name) for name in ("compare", "compare-agreement", "saved-and-lost")]
    assert [figure.name for figure in drawn] == ["compare", "compare-agreement", "saved-and-lost"]


# ---- coverage --------------------------------------------------------------------------------------------------------

BLOCKS, SIZE = 200, 40
CHECKED = ("settled", "agreed.water", "agreed.land", "utility.Up", "joint_utility", "mediator_weeks.Envoy")


@pytest.mark.validate
def test_intervals_of_the_model_hold_what_they_promise() -> None:
    """200 comparisons of 40 pairs each, against the difference of 8,000 pairs of another seed."""
    scenarios = [wells(), wells(name="Less", mediators={"Envoy": {"effort": 0.2}}, freezes=FROZEN["freezes"])]
    small = [run(scenario, BLOCKS * SIZE, told=0).outcomes for scenario in scenarios]
    large = [run(scenario, BLOCKS * SIZE, seed=99, told=0).outcomes for scenario in scenarios]
    for measure in measures(scenarios[0]):
        if measure.column not in CHECKED:
            continue
        old, new = (table[measure.column].to_numpy(float) for table in small)
        truth = np.subtract(*(table[measure.column].mean() for table in reversed(large)))
        found = [KINDS[measure.kind](old[cut], new[cut]) for cut in map(_cut, range(BLOCKS))]
        covered = np.mean([each.low <= truth <= each.high for each in found])
        assert 0.92 <= covered <= 0.98, (measure.column, covered)


def _cut(number: int) -> slice:
    return slice(number * SIZE, (number + 1) * SIZE)
