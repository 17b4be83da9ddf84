"""What workers do for tables of people: they play the log again, and tell what each seat sees, or how it ended.

A replay needs the whole log, but the cache only its digest; so a job is the digest, and the log its input.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.web.game_jobs import Data, digest

if TYPE_CHECKING:
    from sim.play.table import Table


def named(start: str, log: str) -> str:
    """What tells this table at this moment from every other."""
    return digest(start, (log,))


@dataclass(frozen=True)
class TableLook:
    """What every seat sees now, and what anybody sees (seat ""); the first day, and the colours of all.  -> JSON"""

    table: str

    def work(self, start: str, log: str) -> bytes:
        """Play it again."""
        from sim.figures.style import cues

        table = _played(start, log)
        scenario = table.setup.scenario
        looks = cues(scenario)
        return _json(
            {
                "views": dict(table.pause.views),
                "over": table.over,
                "began": scenario.clock.start.isoformat(),
                "colours": {name: cue.colour for name, cue in {**looks.parties, **looks.mediators}.items()},
            }
        )


@dataclass(frozen=True)
class TableCheck:
    """May a seat decide this?  -> JSON, with a single key `illegal` if not"""

    table: str
    seat: str
    decision: str

    def work(self, start: str, log: str) -> bytes:
        """Never fails for what a person decided."""
        from sim.play.rules import Illegal
        from sim.play.table import check

        table = _played(start, log)
        try:
            check(json.loads(self.decision), table.setup.scenario, table.view(self.seat), self.seat)
        except Illegal as illegal:
            return _json({"illegal": illegal.as_data()})
        return _json({})


@dataclass(frozen=True)
class TableEnd:
    """How a table ended; what is left of it the model plays.  -> JSON"""

    table: str

    def work(self, start: str, log: str) -> bytes:
        """Play it to the end of the history."""
        return _json(_played(start, log).played_on({}).end())


@dataclass(frozen=True)
class TableSpaces:
    """Utility space of each chapter in the history that the tables play.  -> JSON"""

    table: str

    def work(self, start: str) -> bytes:
        """Frontier, no agreement, and Nash's solution."""
        from sim.web.history_data import spaces

        table = _begun(start)
        scenario = table.setup.scenario.model_copy(update={"seed": table.setup.seed})
        return _json(spaces(scenario, table.setup.replication))


@lru_cache(maxsize=8)
def _begun(start: str) -> Table:
    from sim.play.table import sit_down

    begun = json.loads(start)
    return sit_down(begun["scenario"], begun["seed"], begun["replication"])


@lru_cache(maxsize=8)
def _played(start: str, log: str) -> Table:
    from sim.play.table import Table

    return Table(_begun(start).setup, json.loads(log))


def _json(data: Data) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def read(answer: Any) -> Data:
    """An answer as data."""
    return dict(json.loads(answer))
