"""What workers do for games: they play the decisions again, and tell what the person sees now, or learns at the end.

A replay needs the whole game, but the cache only its digest; so a job is the digest, and the game its input.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.web.jobs import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.play import Game

Data = dict[str, Any]


def digest(start: str, decisions: Sequence[str]) -> str:
    """What tells this game at this point from every other."""
    return hashlib.sha256("\0".join((start, *decisions)).encode()).hexdigest()


def alike(start: str) -> str:
    """Where a game began whose scripted players are this one's too: they are the same in any history."""
    return json.dumps(json.loads(start) | {"replication": 0})


@dataclass(frozen=True)
class Look:
    """The game as its player sees it now.  -> JSON, with a single key `illegal` if the rules do not allow a decision"""

    game: str

    def work(self, start: str, decisions: tuple[str, ...]) -> bytes:
        """Never fails for what a person decided."""
        from sim.play import Illegal

        try:
            game = _after(start, decisions)
            return _json(_shown(game))
        except Illegal as illegal:
            return _json({"illegal": illegal.as_data()})


@dataclass(frozen=True)
class Others:
    """A part of the scripted players of a seat, the same for all whose games began `alike`: its game is one just begun.

    They take long, and nobody waits for them while a game is played: in parts they let decisions pass.  -> Table
    """

    game: str
    part: int
    parts: int

    def work(self, start: str) -> Table:
        """What each planned, and its score."""
        scripted = _begun(start).some_others(self.part, self.parts)
        return Table.of(scripted, list(scripted.columns))


@dataclass(frozen=True)
class Prospects:
    """What can be won in a seat (see `Game.prospects`), the same for all whose games began `alike`.  -> JSON"""

    game: str

    def work(self, start: str, *others: Table) -> bytes:
        """others: all parts of the scripted players."""
        return _json(_begun(start).prospects(_whole(others)))


@dataclass(frozen=True)
class Stakes:
    """What scripted players could win in the history of a game that has just begun.  -> JSON (see `quartiles`)"""

    game: str

    def work(self, start: str) -> bytes:
        """Their plans, each in this history alone."""
        from sim.play.debrief import quartiles

        return _json(quartiles(_begun(start).at_stake()))


@dataclass(frozen=True)
class End:
    """What the player of a game that is over learns, and what it knew of others when it decided last.  -> JSON"""

    game: str

    def work(self, start: str, decisions: tuple[str, ...], prospects: bytes, *others: Table) -> bytes:
        """Errors: Illegal if the game is not over."""
        game = _after(start, decisions)
        last = replace(game, decisions=game.decisions[:-1]).view()
        end = game.end(_whole(others), json.loads(prospects))
        return _json(_shown(game) | {"end": end, "known": last.get("estimates", {})})


def _whole(others: Sequence[Table]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([part.frame() for part in others if part.rows], ignore_index=True)


def _after(start: str, decisions: tuple[str, ...]) -> Game:
    return replace(_begun(start), decisions=tuple(json.loads(decision) for decision in decisions))


@lru_cache(maxsize=8)
def _begun(start: str) -> Game:
    from sim.play import restore

    return restore(json.loads(start))


def _shown(game: Game) -> Data:
    """What the player sees; beside it the first day, the looks of the parties, and what was decided."""
    from sim.figures.style import cues

    scenario = game.setup.scenario
    return {
        "view": game.view(),
        "over": game.over,
        "name": scenario.name,
        "replication": game.setup.replication,
        "options": game.setup.options,
        "began": scenario.clock.start.isoformat(),
        "looks": {name: {"colour": cue.colour} for name, cue in cues(scenario).parties.items()},
        "decisions": list(game.decisions),
    }


def _json(data: Data) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()
