"""What the database holds: classes and what they did, games, scenarios of one's own.

Nothing about a person is stored: no name, no address; a browser is known by the hash of a random token. Everything of a
room goes when it expires.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LENGTH = 6  # letters and digits of a room's code


class Base(DeclarativeBase):
    """Tables of the database."""


class Secret(Base):
    """What the server must remember and nobody may know."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(100))


class Room(Base):
    """A class. `teacher` is the hash of the teacher's token, `question` the state of the page Explore that was set."""

    __tablename__ = "rooms"
    code: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)
    teacher: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(String(2000), default="")
    shown: Mapped[bool] = mapped_column(default=False)
    expires: Mapped[dt.datetime]


class Member(Base):
    """A browser that joined; `number` is how the table calls it."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("room", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    token: Mapped[str] = mapped_column(String(64), unique=True)


class Prediction(Base):
    """How many histories of 100 a member said would settle in B, before it saw them."""

    __tablename__ = "predictions"
    __table_args__ = (UniqueConstraint("member", "state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    member: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(2000))
    guess: Mapped[int]


class Run(Base):
    """What a member ran: settled in A, in B, and the difference with its interval, in shares."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("member", "state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    member: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(2000))
    replications: Mapped[int]
    a: Mapped[float]
    b: Mapped[float]
    difference: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]


class Game(Base):
    """A game that a browser plays or played, in a class or alone.

    owner: hash of the browser's token; scenario: its name on the page; start: everything needed to begin it again, as
    JSON; score: once it is over.
    """

    __tablename__ = "games"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    room: Mapped[str | None] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    member: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    scenario: Mapped[str] = mapped_column(String(200))
    replication: Mapped[int]
    start: Mapped[str]
    score: Mapped[float | None]
    expires: Mapped[dt.datetime]


class Decision(Base):
    """What was decided in a game, in order, as JSON. Rows are only ever added, and no number twice."""

    __tablename__ = "decisions"
    game: Mapped[str] = mapped_column(ForeignKey("games.key", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[str]


class Own(Base):
    """A scenario that somebody pasted, after it was read strictly, by the hash of its text."""

    __tablename__ = "scenarios"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str]
    expires: Mapped[dt.datetime]
