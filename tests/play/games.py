"""Games for tests: small scenarios as texts, and bots that play a game to its end."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sim.play import Game, start
from sim.scenario import Scenario, as_yaml, load

SCENARIOS = Path(__file__).parents[2] / "scenarios"

Decision = dict[str, Any]

# Numbers whose shares are exact in binary, so that what a person orders is what the script does, bit for bit.
EXACT = (
    "mediators.Chair.effort=0.5",
    "mediators.Chair.activities={shuttle: 4, convene: 4, draft: 4, press: 2, guarantee: 2}",
)


@cache
def read(name: str, *settings: str) -> Scenario:
    """A shipped scenario with settings, read once."""
    return load(SCENARIOS / f"{name}.yaml", settings)


@cache
def text(name: str, *settings: str) -> str:
    """The same as a text that a game starts from."""
    return as_yaml(read(name, *settings))


def begin(role: str, name: str = "seminar", *settings: str, replication: int = 0, **options: Any) -> Game:
    """A game on a shipped scenario."""
    return start(role, text(name, *settings), replication=replication, options=options)


def play(game: Game, choose: Callable[[Any], Decision]) -> Game:
    """The game when it is over."""
    for _ in range(14):
        if game.over:
            return game
        game = game.decide(choose(game.view()))
    raise AssertionError("a game that does not end")


def any_mediator(luck: random.Random) -> Callable[[Any], Decision]:
    """A mediator that does anything that is allowed."""

    def choose(view: Any) -> Decision:
        budget, most = view["budget"]["points"], view["budget"]["most"]
        decision: Decision = {}
        for activity, places in (("shuttle", view["parties"]), ("convene", view["groups"]), ("draft", view["groups"])):
            placed = {place: min(luck.random() * budget / 4, most[activity]) for place in places if luck.random() < 0.5}
            decision[activity] = placed
            budget -= sum(placed.values())
        decision["press"] = luck.random() * budget
        if luck.random() < 0.3:
            decision["pause"] = {group: luck.randint(1, 9) for group in view["pausable"] if luck.random() < 0.4}
        lift = [group for group in view["liftable"] if luck.random() < 0.5]
        decision["lift"] = [group for group in lift if group not in decision.get("pause", {})]
        decision["texts"] = {group: some_text(view, group, luck) for group in view["groups"] if luck.random() < 0.3}
        return decision

    return choose


def any_party(luck: random.Random) -> Callable[[Any], Decision]:
    """A party that does anything that is allowed."""

    def order(view: Any, group: str, table: Any) -> Decision:
        do = luck.choice([each for each in view["do"] if each != "sign" or table["texts"]])
        more: dict[str, Decision] = {
            "delegate": luck.choice([{}, {"least": luck.random()}]),
            "offer": {"offer": some_text(view, group, luck), "least": luck.random()},
            "sign": {"of": luck.choice(list(table["texts"]))} if table["texts"] else {},
        }
        return {"do": do, **more.get(do, {})}

    def choose(view: Any) -> Decision:
        return {name: order(view, name, table) for name, table in view["tables"].items() if luck.random() < 0.8}

    return choose


def some_text(view: Any, group: str, luck: random.Random) -> Decision:
    """Any settlement of every issue."""
    issues = view["groups"][group]["issues"]
    return {
        name: luck.choice(issue["options"]) if issue["options"] else luck.random() for name, issue in issues.items()
    }
