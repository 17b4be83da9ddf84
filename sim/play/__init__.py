"""A person takes a seat: mediates, or negotiates for one party, in one history of the one model.

The model pauses where the mediator or the party would decide, and goes on with what the person decided. A game is its
decisions: (scenario, seed, replication, role, options, decisions) gives the rest, so that leaving, coming back, a
restart of the server and "the same without turn 7" are all the same thing, a replay.

    game = start("mediator", text, seed=2023, replication=3, options={"mediator": "Russia"})
    while not game.over:
        game = game.decide(choose(game.view()))
    game.end()
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from sim.play.game import Data, Setup
from sim.play.mediate import Mediate
from sim.play.negotiate import Negotiate
from sim.play.rules import Illegal, mapping, one_of, whole
from sim.play.turns import Game
from sim.scenario import load_text

__all__ = ["ROLES", "Game", "Illegal", "restore", "start"]

ROLES: dict[str, type[Game]] = {game.role: game for game in (Mediate, Negotiate)}
LAST_REPLICATION, LAST_SEED = 9_999_999, 2**63 - 1


def start(role: str, scenario: str, seed: int | None = None, replication: int = 0, options: Data | None = None) -> Game:
    """Take a seat in one history of a scenario (its text, complete).

    role: "mediator" or "party"; seed: by default the scenario's; options by role: {"mediator": name} or {"party":
    name}, by default the first.
    Errors: ScenarioError; Illegal for anything else that is not allowed.
    """
    game = ROLES[one_of("role", role, ROLES, "a person mediates or negotiates")]
    read = load_text(scenario)
    seed = read.seed if seed is None else whole("seed", seed, 0, LAST_SEED, "a seed is a whole number")
    whole("replication", replication, 0, LAST_REPLICATION, "a replication is a number of a history")
    return game(Setup(read, scenario, seed, replication, game.options_of(read, {} if options is None else options)))


def restore(saved: Any) -> Game:
    """A game as it was saved, every decision checked again.  Errors: as `start` and `Game.decide`."""
    keys = ("role", "scenario", "seed", "replication", "options", "decisions")
    saved = copy.deepcopy(mapping("saved", saved, keys, "a saved game has these keys"))
    decisions = saved.pop("decisions", [])
    if not isinstance(decisions, list):
        raise Illegal("saved.decisions", decisions, "decisions are a list", "give them as they were saved")
    game = replace(start(**saved), decisions=tuple(decisions))
    game.pause  # noqa: B018  (the replay checks every decision)
    return game
