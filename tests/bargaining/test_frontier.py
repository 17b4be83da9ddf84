"""What `sim frontier --json` says of a scenario."""

from __future__ import annotations

import json

import pytest

from sim.experiments.frontier import frontier
from sim.scenario.schema import Scenario

SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")


def scenario(**changes):
    """Two parties, a group of two scales and an option, and a group of options only."""
    file = {
        "name": "A pie and a bridge",
        "parties": {"North": {"reservation": {"mean": 0.3, "sd": 0.1}}, "South": {"reservation": 0.2}},
        "working_groups": {
            "pie": {
                "issues": {
                    "size": {
                        "positions": {"North": 0.0, "South": 1.0},
                        "weights": {"North": 3, "South": {"low": 1, "high": 3}},
                    },
                    "sort": {"positions": {"North": 1.0, "South": 0.0}, "weights": {"North": 1, "South": 2}},
                    "seat": {"options": {"hill": {"North": 1.0, "South": 0.2}, "coast": {"North": 0.4, "South": 1.0}}},
                }
            },
            "bridge": {
                "issues": {
                    "where": {"options": {"east": {"North": 1.0, "South": 0.0}, "west": {"North": 0.0, "South": 1.0}}},
                    "toll": {
                        "options": {
                            "none": {"North": 0.9, "South": 0.5},
                            "half": {"North": 0.6, "South": 0.6},
                            "full": {"North": 0.5, "South": 0.9},
                            "much": {"North": 0.5, "South": 0.5},
                        }
                    },
                }
            },
        },
    }
    return Scenario.model_validate(file | changes)


def test_it_has_the_keys_that_json_prints():
    found = json.loads(json.dumps(frontier(scenario()), allow_nan=False))
    assert set(found) == {"groups"}
    for name, group in found["groups"].items():
        assert set(group) == {"no_agreement", "packages", "pareto", "complete", *SOLUTIONS}
        assert group["no_agreement"] == {"North": 0.3, "South": 0.2}
        for corner in group["pareto"]:
            assert set(corner) == {"North", "South"}
        for solution in SOLUTIONS:
            assert set(group[solution]) == {"utilities", "package"}
            assert set(group[solution]["package"]) == set(scenario().working_groups[name].issues)


def test_options_only_are_counted_and_listed_one_by_one():
    """8 outcomes; weights are equal. `much` is worse than `none` for one and no better for the other, and so on."""
    bridge = frontier(scenario())["groups"]["bridge"]
    assert bridge["packages"] == 8
    listed = [(round(c["North"], 9), round(c["South"], 9)) for c in bridge["pareto"]]
    assert sorted(listed) == [(0.25, 0.95), (0.3, 0.8), (0.45, 0.75), (0.75, 0.45), (0.8, 0.3), (0.95, 0.25)]
    assert bridge["nash"]["package"] in ({"where": "east", "toll": "full"}, {"where": "west", "toll": "none"})


def test_settlements_are_points_on_scales_and_names_of_options():
    pie = frontier(scenario())["groups"]["pie"]
    assert pie["packages"] is None
    package = pie["nash"]["package"]
    assert isinstance(package["size"], float)
    assert package["seat"] in ("hill", "coast")


def test_the_package_of_a_solution_is_worth_what_it_says():
    """North: weights 3, 1, 1 of 5; South: 2 (the mean of 1 to 3), 2, 1 of 5."""
    values = {"hill": (1.0, 0.2), "coast": (0.4, 1.0)}
    pie = frontier(scenario())["groups"]["pie"]
    for solution in SOLUTIONS:
        package, utilities = pie[solution]["package"], pie[solution]["utilities"]
        north = (3 * (1 - package["size"]) + package["sort"] + values[package["seat"]][0]) / 5
        south = (2 * package["size"] + 2 * (1 - package["sort"]) + values[package["seat"]][1]) / 5
        assert utilities == {"North": pytest.approx(north), "South": pytest.approx(south)}


def test_no_zone_of_agreement_is_said_so():
    hard = {"North": {"reservation": {"by_group": {"pie": 0.95}}}, "South": {"reservation": 0.95}}
    pie = frontier(scenario(parties=hard))["groups"]["pie"]
    assert [pie[solution] for solution in SOLUTIONS] == [None] * 4
    assert pie["pareto"]


def test_a_commitment_pulls_the_frontier_in_where_it_is_left():
    held = [{"group": "pie", "issue": "size", "settlement": 0.5, "hold": 0.2}]
    free, bound = (frontier(scenario(framework=f))["groups"]["pie"] for f in ([], held))
    distance = [abs(group["nash"]["package"]["size"] - 0.5) for group in (free, bound)]
    assert distance[1] < distance[0] - 0.1
    assert max(c["North"] for c in bound["pareto"]) < max(c["North"] for c in free["pareto"])


def test_relabelling_parties_relabels_the_results():
    """Law 2."""
    turned = scenario(parties={"South": {"reservation": 0.2}, "North": {"reservation": {"mean": 0.3, "sd": 0.1}}})
    one, two = frontier(scenario())["groups"]["pie"], frontier(turned)["groups"]["pie"]
    for solution in SOLUTIONS:
        assert one[solution]["utilities"] == pytest.approx(two[solution]["utilities"])
        assert one[solution]["package"] == pytest.approx(two[solution]["package"])
    assert sorted(c["North"] for c in one["pareto"]) == pytest.approx(sorted(c["North"] for c in two["pareto"]))
