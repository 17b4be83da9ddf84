"""A person takes a seat: mediates, or negotiates for one party, in one history of the one model.

The model pauses where the mediator or the party would decide, and goes on with what the person decided. A game is its
decisions: (scenario, seed, replication, role, options, decisions) gives the rest, so that leaving, coming back, a
restart of the server and "the same without turn 7" are all the same thing, a replay.

    game = start("mediator", text, seed=2023, replication=3, options={"turn_weeks": 8})
    while not game.over:
        game = game.decide(choose(game.view()))
    game.end()
"""

from __future__ import annotations

from sim.play.game import Game
from sim.play.roles import restore, start
from sim.play.rules import Illegal

__all__ = ["Game", "Illegal", "restore", "start"]
