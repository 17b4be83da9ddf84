"""Watch: at a week nothing is told that came later, the frontier is this history's own, every mark is in the key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiments.frontier import frontier_of_history
from sim.experiments.run import Results, run
from sim.kinds import counting_as
from sim.scenario import Scenario, load
from sim.web.history_data import Data, telling
from tests.seldom import seldom

from .conftest import TINY_FILE

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BASELINE = SCENARIOS / "baseline.yaml"


def one(scenario: Scenario, replication: int) -> Results:
    """A history alone, as the page has it told."""
    return replace(run(scenario, replications=1, first=replication, told=replication + 1), replications=replication + 1)


def until(results: Results, week: int) -> Results:
    """The same, had it only come so far."""
    return replace(results, events=results.events[results.events["week"] <= week])


def shown(told: Data, week: int) -> Data:
    """What the page shows of it in a week."""
    last = [numbers for since, numbers in told["story"] if since <= week][-1]
    marks = {kind: [each for each in told[kind] if each["week"] <= week] for kind in ("lanes", "offers", "around")}
    trust = {party: path[: week + 1] for party, path in told["trust"].items()}
    still = {key: value for key, value in told.items() if key not in {*marks, "trust", "story", "paragraphs"}}
    return still | marks | {"trust": trust, "story": [told["paragraphs"][n] for n in last]}


@pytest.mark.parametrize(
    ("file", "replication", "every"), [(TINY_FILE, 2, 1), seldom(BASELINE, 3, 100), seldom(BASELINE, 3, 40)]
)
def test_at_a_week_nothing_is_told_that_came_later(file: Any, replication: int, every: int) -> None:
    results = one(load(file), replication)
    whole = telling(results, replication)
    for week in range(0, whole["weeks"], every):
        assert shown(telling(until(results, week), replication), week) == shown(whole, week)
    assert whole["paragraphs"][whole["story"][-1][1][-1]][0] == "How it ended"
    assert not any(heading == "How it ended" for heading, _ in shown(whole, whole["weeks"] - 1)["story"])


# ---- the frontier ----------------------------------------------------------------------------------------------------


def beyond(offer: Any, frontier: Any) -> float:
    """How far an offer (2,) lies beyond a frontier (2, N) of straight lines: 0 or less where a point of it is as good
    for both.
    """
    starts, ends = (frontier, frontier) if frontier.shape[1] == 1 else (frontier[:, :-1], frontier[:, 1:])
    slopes = ends - starts
    even = np.divide(
        (starts[1] - offer[1]) - (starts[0] - offer[0]),
        slopes[0] - slopes[1],
        out=np.zeros(starts.shape[1]),
        where=slopes[0] != slopes[1],
    )
    places = np.stack([np.zeros_like(even), np.clip(even, 0, 1), np.ones_like(even)])
    left = starts[:, None] + places * slopes[:, None] - offer[:, None, None]
    return -float(left.min(axis=0).max())


@pytest.mark.parametrize(
    ("name", "replications"),
    [("baseline", (3,)), *(seldom(name, (0, 3, 7)) for name in ("baseline", "cooling-off-12", "two-mediators"))],
)
def test_no_offer_of_a_history_lies_beyond_its_frontier(name: str, replications: tuple[int, ...]) -> None:
    scenario, offers = load(SCENARIOS / f"{name}.yaml"), 0
    for replication in replications:
        results = one(scenario, replication)
        spaces = telling(results, replication)["spaces"]
        for each in results.events[results.events["kind"].isin(counting_as("offer"))].to_dict("records"):
            space = spaces[each["group"]]
            corners = np.array([[corner[party] for corner in space["pareto"]] for party in space["parties"]])
            offer = np.array([each[f"utility.{party}"] for party in space["parties"]])
            assert beyond(offer, corners) <= 1e-6
            offers += 1
    assert offers > 33 * len(replications)


def test_histories_differ_in_their_frontiers() -> None:
    scenario = load(BASELINE)
    assert frontier_of_history(scenario, 3) == frontier_of_history(scenario, 3) != frontier_of_history(scenario, 4)


# ---- on the page -----------------------------------------------------------------------------------------------------

KINDS = "each => [...each.querySelectorAll('svg [data-kind]')].map(mark => mark.dataset.kind)"
NAMED = "each => [...each.children].map(row => [row.dataset.kind, row.innerText])"
PICTURE = """async week => {
    const {value} = document.getElementById('week');
    document.getElementById('week').value = week;
    document.getElementById('week').dispatchEvent(new Event('input'));
    const canvas = document.querySelector('#trust canvas');
    await new Promise(requestAnimationFrame);
    return document.getElementById('watch').innerHTML + canvas.toDataURL();
}"""


@pytest.mark.validate
def test_what_the_page_shows_in_a_week_needs_nothing_later(page: Any) -> None:
    results = one(load(TINY_FILE), 2)
    told = telling(results, 2)
    page.route("**/watch/history*", lambda route: route.fulfill(json=told))
    page.goto("/watch?scenario=tiny&replication=2")
    page.wait_for_selector("#timeline svg")
    pictures = [page.evaluate(PICTURE, week) for week in range(told["weeks"])]
    for week in range(0, told["weeks"], 5):
        told = telling(until(results, week), 2)
        told["trust"] = {name: [*path[: week + 1], *[None] * 26][:26] for name, path in told["trust"].items()}
        page.evaluate("import('/static/watch.js').then(watch => watch.begin())")
        assert page.evaluate(PICTURE, week) == pictures[week]


@pytest.mark.validate
def test_every_mark_is_in_the_key_under_its_own_name(page: Any) -> None:
    seen: set[str] = set()
    for replication in (0, 3):
        page.goto(f"/watch?scenario=two-mediators&replication={replication}")
        page.wait_for_selector("#timeline svg")
        page.click("#end")
        for place, key in (("#timeline", "#key"), ("#space", "#space-key")):
            named = page.locator(key).evaluate(NAMED)
            kinds, words = [kind for kind, _ in named], [text.strip() for _, text in named]
            drawn = set(page.locator(place).evaluate(KINDS))
            assert drawn <= set(kinds)
            assert all(words)
            assert len(set(words)) == len(words)
            seen |= drawn
    assert {"round", "incident", "frontier"} < seen
    assert any(kind.startswith("visit ") for kind in seen)


@pytest.mark.validate
def test_a_kind_of_event_that_nobody_described_has_a_mark_and_a_name(page: Any) -> None:
    """In the lane of a group, and around all of them."""
    told = telling(one(load(TINY_FILE), 2), 2)
    more = {"week": 5, "actor": "Upper", "to": "", "value": 0.4}
    told["lanes"].append({"group": "water", "kind": "leaked_text", **more})
    told["around"].append({"group": "", "kind": "leaked_map", **more})
    page.route("**/watch/history*", lambda route: route.fulfill(json=told))
    page.goto("/watch?scenario=tiny&replication=2")
    page.wait_for_selector("#timeline svg")
    assert not {"leaked_text", "leaked_map"} & set(page.locator("#timeline").evaluate(KINDS))
    page.click("#end")
    assert {"leaked_text", "leaked_map"} < set(page.locator("#timeline").evaluate(KINDS))
    named = {kind: words.strip() for kind, words in page.locator("#key").evaluate(NAMED)}
    assert (named["leaked_text"], named["leaked_map"]) == ("leaked text", "leaked map")
