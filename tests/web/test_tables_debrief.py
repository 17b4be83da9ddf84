"""All tables in one picture: dots inside the frontier, the script beside them, and nothing said that is not counted."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from sim.play.table import sit_down
from sim.web import table_debrief
from sim.web.history_data import spaces
from sim.web.texts import languages, texts

from .tables_played import HISTORY, drawn_text

DECIDED = {"Upper": [3, 1], "Lower": [0, 4], "Chair": [4, 0]}


@cache
def told() -> Any:
    """Four tables that ask for more and more, and the script."""
    table = sit_down(drawn_text(), replication=HISTORY)

    def end(take: float, shares: dict[str, float]) -> Any:
        groups = {group: {"do": "bargain", "take": take} for group in ("water", "fish")}
        decisions = {"Upper": {"groups": groups}, "Chair": {"effort": 1, "shares": shares}}
        return json.loads(json.dumps(table.played_on(decisions).end())) | {"decided": DECIDED}

    ends = {str(n): end(n / 5, {"draft": 1} if n % 2 else {"guarantee": 1}) for n in range(1, 5)}
    looks = dict.fromkeys(("Upper", "Lower", "Chair"), "#000000")
    scenario = table.setup.scenario
    script = table.played_on({}).end()
    found = {"tables": ends, "script": script, "spaces": spaces(scenario, HISTORY), "colours": looks}
    return found | {"groups": table.view()["groups"], "began": scenario.clock.start.isoformat()}


def test_no_dot_lies_beyond_the_frontier() -> None:
    """Whatever people do, an agreement is one of those that there are."""
    for name, space in told()["spaces"].items():
        one, other = space["parties"]
        corners = sorted((point[one], point[other]) for point in space["pareto"])
        for end in (*told()["tables"].values(), told()["script"]):
            text = end["agreed"][name]
            if text and corners[0][0] <= text["worth"][one] <= corners[-1][0]:
                assert text["worth"][other] <= between(corners, text["worth"][one]) + 1e-6


def between(corners: list[tuple[float, float]], x: float) -> float:
    for (x0, y0), (x1, y1) in pairwise(corners):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / max(x1 - x0, 1e-12)
    raise AssertionError(x)


@pytest.mark.parametrize("language", languages())
def test_three_sentences_a_table(language: str) -> None:
    shown = table_debrief.shown(texts(language), told(), 2)
    assert set(shown["sentences"]) == {1, 2, 3, 4}
    assert all(len(said) == 3 and all(said) for said in shown["sentences"].values())


def test_the_picture_has_each_table_that_agreed_and_names_the_others() -> None:
    shown = table_debrief.shown(texts("en"), told(), 2)
    for picture in shown["pictures"]:
        agreed = {int(n) for n, end in told()["tables"].items() if end["agreed"][picture["name"]]}
        assert {dot["number"] for dot in picture["dots"]} - {table_debrief.SCRIPT} == agreed
        missing = {1, 2, 3, 4} - agreed
        assert all(str(number) in picture["missing"] for number in missing)
        assert bool(picture["missing"]) == bool(missing)
        for dot in picture["dots"]:
            assert table_debrief.EDGE <= dot["x"] <= table_debrief.SIZE - table_debrief.EDGE
            assert (dot["kind"] == "mine") == (dot["number"] == 2)


def test_who_did_and_did_not_are_counted() -> None:
    """Only where tables differ, and something lasted at some and not at all."""
    ends = {int(number): json.loads(json.dumps(end)) for number, end in told()["tables"].items()}
    for number, end in ends.items():
        end["outcome"]["lasting"] = number in (1, 2, 4)
    said = table_debrief._otherwise(texts("en"), 1, ends)
    assert "1 of 2" in said
    assert "2 of 2" in said
    for end in ends.values():
        end["outcome"]["lasting"] = False
    assert "of the tables where" not in table_debrief._otherwise(texts("en"), 1, ends)
