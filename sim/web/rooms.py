"""Classes: a room with a short code, members without names, and what they predicted, ran and played.

Nothing about a person is stored: no name, no address; a browser is known by the hash of a random token. Everything of a
room goes when it expires. All calls wait for the database, so pages make them in threads.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, event, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sim.web import database, halts
from sim.web.builds import Builds
from sim.web.database import (
    LENGTH,
    LIFE,
    Answer,
    Build,
    Game,
    Member,
    Own,
    Prediction,
    Room,
    Run,
    Secret,
    opened,
    said,
)
from sim.web.games import Games, Seat
from sim.web.plans import Plans, begun, take_over
from sim.web.safety import hashed
from sim.web.tables import Chair, TableGames
from sim.web.texts import Refusal

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels, so no words; no 0, 1, Y to be misread
MOST_MEMBERS = 200


# ---- what a page knows of a room -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A room as its members see it."""

    code: str
    expires: dt.datetime
    members: int


class Rooms:
    """The database of rooms.

    `games`: those that are played, in a room or alone; `tables`: of people, in a room; `builds`: scenarios that are
    built.
    """

    def __init__(self, url: str) -> None:
        """url: as SQLAlchemy takes it.  Errors: CannotStart; CannotWrite, where it cannot be used."""
        self._engine = opened(url)
        self.games = Games(self._session)
        self.builds = Builds(self._session)
        self.plans = Plans(self._session)
        self.tables = TableGames(self._session)
        with said(self._engine.url):
            self.secret = self._secret()
            self.forget()
            with self._session() as session:
                take_over(session)
                halts.take_over(session, database.now())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            event.listen(session, "before_flush", _check_lengths)
            yield session

    def _secret(self) -> str:
        """The key that sessions and tokens are made with; the same after a restart."""
        with suppress(IntegrityError), self._session() as session:  # another server may begin at this moment
            if session.get(Secret, "forms") is None:
                session.add(Secret(name="forms", value=secrets.token_urlsafe(32)))
        with self._session() as session:
            return session.scalars(select(Secret.value).where(Secret.name == "forms")).one()

    # -- rooms and seats

    def open(self) -> tuple[str, str]:
        """A new room.  -> its code, and the teacher's token, which is known to nobody else."""
        token = secrets.token_urlsafe(24)
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            try:
                with self._session() as session:
                    session.add(Room(code=code, teacher=hashed(token), expires=database.now() + LIFE))
                    session.flush()
                    session.add_all([begun(code), halts.begun(code)])
            except IntegrityError:
                continue  # somebody has this code
            return code, token

    def find(self, code: str) -> Seen | None:
        """The room of a code, if there is one."""
        with self._session() as session:
            room = session.get(Room, code)
            if room is None or room.expires < database.now():
                return None
            members = session.scalar(select(func.count()).select_from(Member).where(Member.room == code)) or 0
            return Seen(room.code, room.expires, members)

    def teaches(self, code: str, token: str) -> bool:
        """Whether this is the token of the room's teacher."""
        with self._session() as session:
            room = session.get(Room, code)
            return room is not None and hmac.compare_digest(room.teacher, hashed(token))

    def join(self, code: str, token: str) -> Seat | None:
        """The seat of this token in a room, a new one if it has none; None if all are taken."""
        for _ in range(20):
            here = self.seat(token)
            if here is not None:
                return here
            try:
                with self._session() as session:
                    numbers = session.scalars(select(Member.number).where(Member.room == code)).all()
                    if len(numbers) >= MOST_MEMBERS:
                        return None
                    member = Member(room=code, number=max(numbers, default=0) + 1, token=hashed(token))
                    session.add(member)
                    session.flush()
                    return Seat(code, member.id, member.number)
            except IntegrityError:
                continue  # two joined at once
        return None

    def seat(self, token: str) -> Seat | None:
        """Whose token this is, if the room is still there."""
        with self._session() as session:
            query = select(Member).join(Room, Room.code == Member.room)
            member = session.scalar(query.where(Member.token == hashed(token), Room.expires >= database.now()))
            return None if member is None else Seat(member.room, member.id, member.number)

    # -- what the teacher does

    def free(self, code: str, number: int | None) -> None:
        """Free one seat of a room, with everything of it; without a number, those of all who did nothing yet."""
        did = (select(table.member).where(table.room == code) for table in (Prediction, Run, Game, Answer, Chair))
        which = [Member.id.not_in(each) for each in did] if number is None else [Member.number == number]
        with self._session() as session:
            session.execute(delete(Member).where(Member.room == code, *which))

    def shut(self, code: str) -> None:
        """Forget a room and everything in it."""
        with self._session() as session:
            session.execute(delete(Room).where(Room.code == code))

    def forget(self) -> None:
        """Remove everything that has expired."""
        with self._session() as session:
            for table in (Room, Game, Own, Build):
                session.execute(delete(table).where(table.expires < database.now()))

    # -- what members do

    def predict(self, seat: Seat, state: str, guess: int) -> None:
        """Keep a prediction; the first one of a member on a state stands."""
        self._add_once(Prediction(room=seat.code, member=seat.member, state=state, guess=guess))

    def ran(self, seat: Seat, state: str, answer: dict[str, Any]) -> None:
        """Keep what a run gave; once for each member and state."""
        settled = answer["rows"][0]
        numbers = {key: settled[key] for key in ("a", "b", "difference", "low", "high")}
        count = answer["replications"]
        self._add_once(Run(room=seat.code, member=seat.member, state=state, replications=count, **numbers))

    def _add_once(self, row: Prediction | Run) -> None:
        try:
            with self._session() as session:
                session.add(row)
        except IntegrityError:
            return  # it is there already, or the room has gone meanwhile

    # -- what the class did

    def pooled(self, code: str) -> dict[str, list[dict[str, Any]]]:
        """All answers, predictions, runs and finished games of a room, each with the number of its member."""
        return {
            "answers": self.plans.table(code),
            "predictions": self._rows(code, Prediction, ("state", "guess")),
            "runs": self._rows(code, Run, ("state", "replications", "a", "b", "difference", "low", "high")),
            "games": self._rows(code, Game, ("role", "scenario", "replication", "score"), Game.score.is_not(None)),
        }

    def _rows(
        self, code: str, table: type[Prediction] | type[Run] | type[Game], columns: tuple[str, ...], *which: Any
    ) -> list[dict[str, Any]]:
        query = select(Member.number, *(getattr(table, name) for name in columns))
        query = query.join(Member, Member.id == table.member).where(table.room == code, *which)
        came = [Game.expires] if table is Game else []  # a game has no number, but all of them live as long
        query = query.order_by(*came, *table.__table__.primary_key)
        with self._session() as session:
            return [dict(zip(("member", *columns), row, strict=True)) for row in session.execute(query)]

    # -- scenarios of one's own

    def keep_scenario(self, text: str) -> str:
        """Keep a scenario's text for as long as a room lives.  -> its key"""
        key = hashed(text)[:32]
        with suppress(IntegrityError), self._session() as session:  # somebody keeps the same text at this moment
            session.merge(Own(key=key, text=text, expires=database.now() + LIFE))
        return key

    def scenario(self, key: str) -> str | None:
        """The text of a key."""
        with self._session() as session:
            found = session.get(Own, key)
            return None if found is None else found.text


def _check_lengths(session: Session, *_: object) -> None:
    """SQLite keeps any text, PostgreSQL none that is longer than its column: neither is asked.  Errors: Refusal."""
    for row in (*session.new, *session.dirty):
        for column in inspect(type(row)).columns:
            most, text = getattr(column.type, "length", None), getattr(row, column.key)
            if most is not None and text is not None and len(text) > most:
                raise Refusal(400, "refused.long", where=column.key, most=most)
