"""`--without`: exactly this is taken away, what names it goes along, and all that is left meets the same chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.chance import Chance
from sim.scenario import Counterfactual, Scenario, ScenarioError, as_yaml, counterfactual, load, load_text
from sim.scenario.to_bargaining import realise
from sim.scenario.tree import Trail, spell
from tests.seldom import examples

FILE = """\
name: Two on a river
clock: {start: 2026-09-07, weeks: 40, hold_weeks: 20}
replications: 60
seed: 5
parties:
  North: {reservation: {mean: 0.4, sd: 0.05}, trust: {South: 0.4, East: 0.3}}
  South: {trust: {North: 0.4, East: 0.3}}
  East: {reservation: {by_group: {river: 0.4, road: 0.3}}}
mediators:
  Envoy: {effort: 0.5, bias: {East: 0.1}}
  Second: {effort: [{from: 0, effort: 0.2}, {from: 10, effort: {low: 0.1, high: 0.3}}, {from: 20, effort: 0.5}]}
working_groups:
  river:
    meets_every: 3
    issues:
      water: {positions: {North: 0, South: 1, East: 0.5}, weights: {North: 2, East: 3}}
      fish: {options: {all: {North: 0, South: 1, East: 0.2}, none: {North: 1, South: 0, East: 0.4},
        half: {North: 0.5, South: 0.5, East: 0.5}}}
  road:
    meets_every: 4
    stakes: {East: 2}
    issues:
      toll: {positions: {North: 0, South: 1, East: 0.5}}
framework:
  - {group: river, issue: water, settlement: 0.5}
  - {group: river, issue: fish, settlement: all}
freezes:
  - {groups: [river], start: 4, weeks: {low: 2, high: 6}, reason: the first}
  - {groups: [road, river], start: 14, weeks: {low: 2, high: 6}, reason: the second, by: East}
  - {groups: [road], start: 24, weeks: {low: 2, high: 6}, reason: the third}
events:
  - {date: 2, kind: shuttle, mediator: Envoy, to: [North, East]}
  - {date: 3, kind: incident, severity: {low: 0.1, high: 0.5}}
  - {date: 5, kind: disruption, group: road, by: East, what: Nobody came., framing: {North: a, South: b, East: c}}
  - {date: 6, kind: incident, severity: {low: 0.1, high: 0.5}}
  - {date: 8, kind: shuttle, mediator: Second, to: [East]}
observed: {agreed: {river: 2027-01-04}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "river.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def spelled(trails: tuple[Trail, ...]) -> list[str]:
    return [spell(trail) for trail in trails]


def refused(file: Path, *paths: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        counterfactual(file, paths)
    return str(caught.value)


def drawn(scenario: Scenario) -> dict[str, list[float]]:
    """What each of the first replications drew, by path."""
    return {path: values.tolist() for path, values in realise(scenario, Chance(scenario.seed, 0, 9))[1].items()}


# ---- places ----------------------------------------------------------------------------------------------------------


def test_several_paths_mean_the_places_of_the_file(file: Path) -> None:
    one_way = load(file, without=["freezes[0]", "freezes[1]"])
    assert [freeze.reason for freeze in one_way.freezes] == ["the third"]
    assert load(file, without=["freezes[1]", "freezes[0]"]) == one_way
    assert load(file, without=["freezes[1]", "freezes[1]"]).freezes != one_way.freezes


def test_settings_and_removals_mean_the_same_places(file: Path) -> None:
    left = load(file, ["freezes[2].weeks=9"], ["freezes[0]"]).freezes
    assert (left[1].reason, left[1].weeks) == ("the third", 9)


def test_what_was_removed_leaves_everything_else_alone(file: Path) -> None:
    before, after = load(file), load(file, without=["freezes[2]"])
    assert after == before.model_copy(update={"freezes": before.freezes[:2]})


def test_nothing_removed_is_the_file(file: Path) -> None:
    assert counterfactual(file, []) == Counterfactual(load(file))


# ---- the same chance -------------------------------------------------------------------------------------------------


ITEMS = [
    *(f"freezes[{n}]" for n in range(3)),
    *(f"events[{n}]" for n in range(5)),
    *(f"framework[{n}]" for n in range(2)),
    *(f"mediators.Second.effort[{n}]" for n in range(2)),
]


@examples(0.6)
@given(st.lists(st.sampled_from(ITEMS), max_size=6))
def test_every_other_draw_stays_as_it_was(paths: list[str]) -> None:
    before, after = drawn(load_text(FILE)), drawn(load_text(FILE, without=paths))
    gone = before.keys() - after.keys()
    assert all(any(path.startswith(f"{taken}.") for taken in paths) for path in gone)
    assert after == {path: values for path, values in before.items() if path not in gone}


def test_draws_survive_a_second_reading(file: Path) -> None:
    """Workers and results folders get the scenario as a file."""
    scenario = load(file, without=["freezes[0]", "events[1]"])
    text = as_yaml(scenario)
    assert load_text(text) == scenario
    assert drawn(load_text(text)) == drawn(scenario)


def test_a_second_removal_keeps_the_first_places(file: Path) -> None:
    once = as_yaml(load(file, without=["freezes[0]"]))
    twice = load_text(once, without=["freezes[0]"])
    assert [freeze.place for freeze in twice.freezes] == [2]


def test_plain_numbers_need_no_place(file: Path) -> None:
    scenario = load(file, [f"freezes[{n}].weeks=3" for n in range(3)], ["freezes[0]"])
    assert [freeze.place for freeze in scenario.freezes] == [None, None]


def test_two_items_of_a_list_never_draw_alike(file: Path) -> None:
    for setting in ("freezes[0].place=1", "mediators.Second.effort[1].place=0"):
        with pytest.raises(ScenarioError, match=r"place [01] is another's in this list"):
            load(file, [setting])
    assert load(file, ["freezes[2].place=7"]).freezes[2].place == 7


def test_histories_agree_until_the_freeze_begins(file: Path) -> None:
    """Nothing differs before week 14, in which the second freeze would have begun; then something does."""
    before, after = (sim.run(scenario).events for scenario in (load(file), load(file, without=["freezes[1]"])))
    first, second = (table[table["week"] < 14].reset_index(drop=True) for table in (before, after))
    pd.testing.assert_frame_equal(first, second)
    assert not before.equals(after)


# ---- what goes along -------------------------------------------------------------------------------------------------

ALONG = {
    "mediators.Envoy": ["events[0]"],
    "mediators": ["events[0]", "events[4]"],
    "working_groups.road": ["events[2]", "freezes[1].groups[0]", "freezes[2]"],
    "working_groups.river.issues.fish": ["framework[1]"],
    "working_groups.river.issues.fish.options.all": ["framework[1]"],
    "events[0]": [],
    "freezes[1].groups[0]": [],
}


@pytest.mark.parametrize(("path", "along"), ALONG.items())
def test_what_names_it_goes_along_and_is_said(file: Path, path: str, along: list[str]) -> None:
    found = counterfactual(file, [path])
    assert spelled(found.taken) == [path]
    named = [each for each in spelled(found.along) if not each.startswith("parties.East.reservation")]
    assert named == along


def test_a_party_goes_with_all_that_is_said_of_it(file: Path) -> None:
    found = counterfactual(file, ["parties.East"])
    assert {"freezes[1]", "events[2]", "events[4]", "events[0].to[1]", "mediators.Envoy.bias.East"} <= set(
        spelled(found.along)
    )
    assert "East" not in as_yaml(found.scenario)
    assert [event.to for event in found.scenario.events if event.kind == "shuttle"] == [["North"]]


def test_removing_what_names_it_too_is_no_matter(file: Path) -> None:
    found = counterfactual(file, ["mediators.Envoy", "events[0]"])
    assert spelled(found.along) == []
    assert len(found.scenario.events) == 4


def test_only_what_comes_by_chance_goes_with_incidents(file: Path) -> None:
    before, after = load(file), load(file, without=["incidents", "walkouts", "contacts"])
    assert after.incidents == before.incidents.model_copy(update={"per_year": 0.0})
    assert {party.walkout for party in after.parties.values()} | {after.walkouts.after_incident} == {0.0}
    assert (after.contacts.intensity, after.events) == (0.0, before.events)
    table = sim.run(after, told=0).outcomes
    assert set(table["incidents"]) == {2}
    assert not np.any(table["walkouts"])


# ---- errors ----------------------------------------------------------------------------------------------------------

ERRORS = {
    "freezes[3]": ("--without:1:8", "freezes", "holds 3", "[0] to [2]"),
    "mediators.Envoi": ("--without:1:11", "did you mean Envoy?"),
    "evnts[0]": ("--without:1:1", "did you mean events?"),
    "linkage": ("the file has no linkage", "without it already"),
    "freezes.reason": ("freezes is a list", "freezes[0]"),
    "clock.weeks.more": ("clock.weeks holds nothing", "as a whole"),
    " ": ("empty path", "freezes[0]"),
    "parties": ("missing key", "parties"),
    "working_groups.road.issues.toll": ("working_groups.road.issues", "at least 1"),
    "working_groups.river.issues.water.positions.East": ("sit at this table", "East: 0.5"),
}


@pytest.mark.parametrize(("path", "said"), ERRORS.items())
def test_errors_say_where_and_what_instead(file: Path, path: str, said: tuple[str, ...]) -> None:
    report = refused(file, path)
    for words in said:
        assert words in report


def test_all_errors_stand_in_one_report(file: Path) -> None:
    report = refused(file, "freezes[0]", "mediators.Envoi", "events[9]")
    assert "--without:2:11" in report
    assert "--without:3:7" in report
