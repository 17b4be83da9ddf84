"""Tables of people in a room: who sits where, and what each seat decided at each moment, with its message.

A decision that was answered is never lost and never changed; the rest of a table is a replay of its log. Everything
goes with the room. All calls wait for the database.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from sim.web import database, halts, sides
from sim.web.database import Base, Member, Opens
from sim.web.lots import dealt

LONGEST_MESSAGE = 280  # characters
MOST_TABLES = 60
DELEGATE = '{"do": "delegate"}'
NOT_TAKEN = 0  # the member of a decision that the model made


# ---- what is kept ----------------------------------------------------------------------------------------------------


class Sitting(Base):
    """The tables of a room: the scenario's name on the page, how each table begins (as JSON), and the rules.

    minutes: that a seat has to decide; messages: may be sent; dealt: the tables play; finished: the model plays on.
    """

    __tablename__ = "sittings"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    stem: Mapped[str] = mapped_column(String(200))
    start: Mapped[str]
    minutes: Mapped[int]
    messages: Mapped[bool]
    dealt: Mapped[bool] = mapped_column(default=False)
    finished: Mapped[bool] = mapped_column(default=False)


class Chair(Base):
    """Where a member sits: at most one chair each; two may share one."""

    __tablename__ = "chairs"
    member: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("sittings.room", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    seat: Mapped[str] = mapped_column(String(200))


class TableState(Base):
    """One table: the moment that is open, from 0, and since when by the clock of the room's tables; is it over?"""

    __tablename__ = "tables"
    room: Mapped[str] = mapped_column(ForeignKey("sittings.room", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[int] = mapped_column(default=0)
    opened: Mapped[dt.datetime]
    over: Mapped[bool] = mapped_column(default=False)


class Move(Base):
    """What a seat decided at a moment, as JSON. Rows are only ever added, one for each seat and moment.

    member: the number of whoever decided, `NOT_TAKEN` for the model.
    """

    __tablename__ = "moves"
    room: Mapped[str] = mapped_column(ForeignKey("sittings.room", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[int] = mapped_column(primary_key=True)
    seat: Mapped[str] = mapped_column(String(200), primary_key=True)
    decision: Mapped[str]
    message: Mapped[str] = mapped_column(String(LONGEST_MESSAGE), default="")
    member: Mapped[int]


# ---- what a page knows -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules:
    """The tables of a room, as they were set up; why they stand still now, and how long they have in all."""

    code: str
    stem: str
    start: str
    minutes: int
    messages: bool
    dealt: bool
    finished: bool
    halt: halts.Halt

    @property
    def clock(self) -> dt.datetime:
        """The time of these tables, which stands still while they do."""
        return database.now() - self.halt.stood


@dataclass(frozen=True)
class Moved:
    """A decision as it is kept."""

    moment: int
    seat: str
    decision: str
    message: str
    member: int


@dataclass(frozen=True)
class Seen:
    """A table: the open moment and since when it is, who sits where (numbers of members), all decisions."""

    number: int
    moment: int
    opened: dt.datetime
    over: bool
    people: dict[str, list[int]]
    moves: tuple[Moved, ...]

    @property
    def log(self) -> str:
        """The decisions of the closed moments, as JSON."""
        moments: list[dict[str, Any]] = [{} for _ in range(self.moment)]
        for each in self.moves:
            if each.moment < self.moment:
                moments[each.moment][each.seat] = json.loads(each.decision)
        return json.dumps(moments, ensure_ascii=False, sort_keys=True)

    @property
    def now(self) -> dict[str, Moved]:
        """What was decided in the open moment, by seat."""
        return {each.seat: each for each in self.moves if each.moment == self.moment}


class TableGames:
    """The tables of a database."""

    def __init__(self, session: Opens) -> None:
        self._session = session

    # -- setting up

    def set_up(self, code: str, stem: str, start: str, minutes: int, messages: bool) -> None:
        """New tables for a room; those that it had are forgotten."""
        with self._session() as session:
            before = session.get(Sitting, code)
            if before is not None and (before.finished or self._over(session, code)):
                sides.forget(session, code, before.start)
            session.execute(delete(Sitting).where(Sitting.room == code))
            session.expunge_all()
            session.add(Sitting(room=code, stem=stem, start=start, minutes=minutes, messages=messages))

    def rules(self, code: str) -> Rules | None:
        """The tables of a room, if it has any."""
        with self._session() as session:
            found = session.get(Sitting, code)
            if found is None:
                return None
            set_up = (found.stem, found.start, found.minutes, found.messages, found.dealt, found.finished)
            return Rules(code, *set_up, halts.halt(session, code, database.now()))

    def change(self, code: str, **what: bool) -> None:
        """Turn messages on or off (`messages`), or let the model play on (`finished`)."""
        with self._session() as session:
            session.execute(update(Sitting).where(Sitting.room == code).values(**what))

    def deal(self, code: str, seats: Sequence[str], parties: int) -> None:
        """Give every member of the room a chair who has none, by lot; the tables begin."""
        with self._session() as session:
            rules = session.get_one(Sitting, code)
            members = list(session.scalars(select(Member.id).where(Member.room == code)))
            random.SystemRandom().shuffle(members)
            chosen = {row.member: (row.number, row.seat) for row in self._chairs(session, code)}
            given = dealt(members, chosen, sides.known(session, code, rules.start), seats, parties)
            for member, (number, seat) in given.items():
                session.add(Chair(member=member, room=code, number=number, seat=seat))
            everybody = chosen | given
            sides.keep(session, code, rules.start, {member: seat for member, (_, seat) in everybody.items()})
            last = max((number for number, _ in everybody.values()), default=1)
            opened = database.now() - halts.halt(session, code, database.now()).stood
            for number in range(1, last + 1):
                session.add(TableState(room=code, number=number, opened=opened))
            rules.dealt = True

    # -- sitting down

    def sit(self, code: str, member: int, number: int, seat: str) -> bool:
        """Take an empty chair; False where somebody sits there already, or it is not there.

        Who has a chair of this room may change it only before the tables begin; who has sat on a side of this game may
        sit on no other.
        """
        with suppress(IntegrityError), self._session() as session:
            rules = session.get(Sitting, code)
            here = self._chairs(session, code)
            if rules is None or any((row.number, row.seat) == (number, seat) for row in here):
                return False
            mine = next((row for row in here if row.member == member), None)
            if rules.dealt and (mine is not None or session.get(TableState, (code, number)) is None):
                return False
            if sides.known(session, code, rules.start).get(member, seat) != seat:
                return False
            if rules.dealt:
                sides.keep(session, code, rules.start, {member: seat})
            if mine is not None:
                mine.number, mine.seat = number, seat
            else:
                session.add(Chair(member=member, room=code, number=number, seat=seat))
            return True
        return False

    def chair(self, code: str, member: int) -> tuple[int, str] | None:
        """The table and the seat of a member."""
        with self._session() as session:
            found = session.get(Chair, member)
            return None if found is None or found.room != code else (found.number, found.seat)

    def side(self, code: str, member: int) -> str:
        """The only seat that a member may take, "" where it may take any: it has sat there in this game."""
        with self._session() as session:
            rules = session.get(Sitting, code)
            return "" if rules is None else sides.known(session, code, rules.start).get(member, "")

    @staticmethod
    def _over(session: Session, code: str) -> bool:
        """Are all tables over that there are?"""
        over = session.scalars(select(TableState.over).where(TableState.room == code)).all()
        return bool(over) and all(over)

    @staticmethod
    def _chairs(session: Session, code: str) -> list[Chair]:
        return list(session.scalars(select(Chair).where(Chair.room == code)))

    # -- a table

    def people(self, code: str) -> dict[int, dict[str, list[int]]]:
        """Who sits where: numbers of members by table and seat."""
        with self._session() as session:
            query = select(Chair.number, Chair.seat, Member.number).join(Member, Member.id == Chair.member)
            found: dict[int, dict[str, list[int]]] = {}
            for number, seat, member in session.execute(query.where(Chair.room == code).order_by(Member.number)):
                found.setdefault(number, {}).setdefault(seat, []).append(member)
            return found

    def tables(self, code: str) -> list[Seen]:
        """All tables of a room."""
        people = self.people(code)
        with self._session() as session:
            states = session.scalars(select(TableState).where(TableState.room == code).order_by(TableState.number))
            rows = session.scalars(select(Move).where(Move.room == code).order_by(Move.moment)).all()
            moves: dict[int, list[Moved]] = {}
            for row in rows:
                moves.setdefault(row.number, []).append(_moved(row))
            return [_seen(state, people, moves) for state in states]

    def table(self, code: str, number: int) -> Seen | None:
        """One table of a room."""
        people = self.people(code)
        with self._session() as session:
            state = session.get(TableState, (code, number))
            if state is None:
                return None
            rows = session.scalars(select(Move).where(Move.room == code, Move.number == number).order_by(Move.moment))
            return _seen(state, people, {number: [_moved(row) for row in rows]})

    def move(self, code: str, number: int, move: Moved) -> bool:
        """Keep a decision of the open moment; False where the seat has decided already, or the moment is over.

        Nothing is kept either while the tables stand still.
        """
        with suppress(IntegrityError), self._session() as session:
            state, halt = session.get(TableState, (code, number)), halts.halt(session, code, database.now())
            if state is None or state.over or state.moment != move.moment or halt.why:
                return False
            session.add(Move(room=code, number=number, **vars(move)))
            return True
        return False

    def close(self, code: str, seen: Seen, seats: Sequence[str]) -> bool:
        """Close the open moment, and open the next; the model decides for whoever has not.

        -> False where it was not open any more, or the tables stand still
        """
        missing = [seat for seat in seats if seat not in seen.now]
        with suppress(IntegrityError), self._session() as session:
            here = (TableState.room == code, TableState.number == seen.number)
            state = session.scalar(select(TableState).where(*here, TableState.moment == seen.moment).with_for_update())
            halt = halts.halt(session, code, database.now())
            if state is None or halt.why:
                return False
            for seat in missing:
                session.add(
                    Move(
                        room=code,
                        number=seen.number,
                        moment=seen.moment,
                        seat=seat,
                        decision=DELEGATE,
                        member=NOT_TAKEN,
                    )
                )
            state.moment += 1
            state.opened = database.now() - halt.stood
            return True
        return False

    def end(self, code: str, number: int) -> None:
        """A table is over."""
        with self._session() as session:
            here = (TableState.room == code, TableState.number == number)
            session.execute(update(TableState).where(*here).values(over=True))


def _moved(row: Move) -> Moved:
    return Moved(row.moment, row.seat, row.decision, row.message, row.member)


def _seen(state: TableState, people: dict[int, dict[str, list[int]]], moves: dict[int, list[Moved]]) -> Seen:
    number = state.number
    sitting, moved = people.get(number, {}), tuple(moves.get(number, ()))
    return Seen(number, state.moment, state.opened, state.over, sitting, moved)


def due(seen: Seen, seats: Sequence[str], rules: Rules) -> bool:
    """Has everybody decided who sits there, or is the time up? Never while the tables stand still."""
    if rules.halt.why:
        return False
    sitting = [seat for seat in seats if seen.people.get(seat)]
    if sitting and all(seat in seen.now for seat in sitting):
        return True
    return rules.minutes > 0 and rules.clock >= seen.opened + dt.timedelta(minutes=rules.minutes)
