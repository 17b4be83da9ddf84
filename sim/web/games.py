"""Games as they are kept: how each began, and what was decided in it since. The rest follows by a replay.

A decision that was answered is never lost and never changed. All calls wait for the database.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sim.web import database
from sim.web.database import LIFE, Decision, Game, Opens
from sim.web.safety import hashed


@dataclass(frozen=True)
class Seat:
    """A browser's place in a room."""

    code: str
    member: int
    number: int


@dataclass(frozen=True)
class Kept:
    """A game: its role and scenario, how it began and each decision (both as JSON), and its score once it is over."""

    role: str
    scenario: str
    start: str
    decisions: tuple[str, ...]
    score: float | None


class Games:
    """The games of a database; each belongs to the browser that began it."""

    def __init__(self, session: Opens) -> None:
        self._session = session

    def begin(self, start: dict[str, Any], scenario: str, owner: str, seat: Seat | None) -> str:
        """A new game of the browser with this token, pooled in the room where it has a seat.  -> its key

        start: as a game is saved; scenario: its name on the page.
        """
        key = secrets.token_urlsafe(12)
        game = Game(
            key=key,
            owner=hashed(owner),
            room=seat.code if seat else None,
            member=seat.member if seat else None,
            role=str(start["role"]),
            scenario=scenario,
            replication=int(start["replication"]),
            start=json.dumps(start),
            score=None,
            expires=database.now() + LIFE,
        )
        with self._session() as session:
            session.add(game)
        return key

    def find(self, key: str, owner: str) -> Kept | None:
        """The game of a key, for the browser that it belongs to; None for everybody else."""
        with self._session() as session:
            game = session.get(Game, key)
            if game is None or not hmac.compare_digest(game.owner, hashed(owner)):
                return None
            rows = session.scalars(select(Decision.decision).where(Decision.game == key).order_by(Decision.number))
            return Kept(game.role, game.scenario, game.start, tuple(rows), game.score)

    def decide(self, key: str, number: int, decision: str) -> bool:
        """Keep the decision of a number, from 0; False if that one is taken already."""
        try:
            with self._session() as session:
                session.add(Decision(game=key, number=number, decision=decision))
        except IntegrityError:
            return False
        return True

    def score(self, key: str, points: float) -> None:
        """Keep the score of a game that is over."""
        with self._session() as session:
            game = session.get(Game, key)
            if game is not None:
                game.score = points
