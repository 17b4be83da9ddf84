"""Utility space: packages within reach of nobody's wishes, the path of offers, the distance to Nash."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from sim.answers.results_protocol import told
from sim.figures.utility_space import halton, sample, utility_space
from tests.figures import synthetic
from tests.figures.cases import CASES, SIZES, case


def test_sampled_packages_have_the_scenarios_utilities() -> None:
    scenario = synthetic.scenario(*CASES["three"])
    cloud = sample(scenario, "water", 500)
    assert ((cloud >= 0) & (cloud <= 1)).all().all()
    corners = [
        {"issue_0": a, "issue_1": b, "issue_2": c, "disputes": option}
        for a in (0, 1) for b in (0, 1) for c in (0, 1) for option in ("arbitration", "joint commission")
    ]  # fmt: skip
    for party in scenario.parties:
        extreme = [synthetic.utility(scenario, "water", party, corner) for corner in corners]
        assert (
            cloud[f"utility.{party}"].max() <= max(extreme) + 1e-9 or party == "Millford"
        )  # whose ideal points lie between


def test_leaving_the_framework_costs() -> None:
    held = [{"group": "water", "issue": "issue_0", "settlement": 0.5, "hold": 0.2}]
    free, bound = (synthetic.scenario(*CASES["three"], framework=kept) for kept in ([], held))
    assert sample(bound, "water")["utility.Uplake"].mean() < sample(free, "water")["utility.Uplake"].mean() - 0.03


def test_the_agreement_is_as_far_from_nash_as_the_words_say() -> None:
    found = case("two")
    number = next(
        r for r in found.results.events["replication"].unique()
        if (told(found.results, r).query("group == 'border'")["kind"] == "signature").any()
    )  # fmt: skip
    figure = utility_space(found.results, number, "border", found.frontiers)
    nash = np.array(list(found.frontiers["border"]["nash"]["utilities"].values()))
    agreed = figure.data.query("kind == 'agreement'")[["utility.Armenia", "utility.Azerbaijan"]].to_numpy()[0]
    assert f"{np.linalg.norm(agreed - nash):.2f} from the Nash solution" in figure.alt


def test_offers_are_the_last_of_each_round_and_party() -> None:
    found = case("two")
    events = told(found.results, 0).query("group == 'treaty'")
    figure = utility_space(found.results, 0, "treaty")
    offers = figure.data.query("kind == 'offer'")
    assert not offers.duplicated(["actor", "round"]).any()
    rounds = events[events["kind"] == "round"]["value"]
    assert set(offers["round"]) <= set(rounds)


@pytest.mark.parametrize("size", SIZES)
def test_plots_have_equal_axes(size: str) -> None:
    for figure in case(size).figures:
        if figure.name.startswith("utility-space"):
            for axes in figure.drawing.axes:
                box = axes.get_window_extent()
                assert box.width == pytest.approx(box.height, abs=0.5)
                assert axes.get_xlim() == axes.get_ylim()


@pytest.mark.parametrize("width", [0, 1, 2, 7])
def test_scales_are_sampled_by_haltons_sequence(width: int) -> None:
    theirs = qmc.Halton(width, scramble=False).random(3000).T if width else np.zeros((0, 3000))
    assert np.array_equal(halton(width, 3000), theirs)
