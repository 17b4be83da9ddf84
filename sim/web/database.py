"""Open the database of rooms: a sentence says what is wrong with it before the server tells anybody to come."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import URL, Engine, ForeignKey, String, UniqueConstraint, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from sim.installed import adding
from sim.store import CannotWrite
from sim.web.texts import CannotStart

KINDS = ("sqlite", "postgresql")
DRIVER = "postgresql+psycopg"
PATIENCE = 10  # seconds that a server over the network may take to answer
PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
REMEDY = "Choose another one with --data or --database."
REMEDIES = {
    "locked": "Another program has it open for itself alone: end that program, or choose another --data.",
    "readonly": "Choose a place that you may write to, with --data.",
    "unable to open": "Choose a folder that is there and that you may write to, with --data.",
    "disk": "Free some space, or choose another place with --data.",
}


def _wrong(url: str, why: str) -> CannotStart:
    examples = "Examples: sqlite:///folder/rooms.sqlite, postgresql+psycopg://user@host/name."
    return CannotStart(f"--database {url}: {why}. {examples}")


def opened(url: str) -> Engine:
    """A database with our tables in it, which are made if there are none.  Errors: CannotStart, CannotWrite."""
    engine = _engine(_known(url))
    with said(engine.url):
        Base.metadata.create_all(engine)
        _examine(engine)
    return engine


def _known(text: str) -> URL:
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise _wrong("…", "this is no address of a database") from None  # and may hold a password
    if kind not in KINDS:
        raise _wrong(_shown(url), f"rooms are kept in {' or '.join(KINDS)}, not in {kind}")
    if kind == "sqlite" and (url.database in (None, "", ":memory:") or url.query.get("mode") == "memory"):
        raise _wrong(_shown(url), "a database in memory forgets everything; name a file")
    return url.set(drivername=DRIVER) if url.drivername == "postgresql" else url


def _engine(url: URL) -> Engine:
    remote = url.get_backend_name() == "postgresql"
    waits = {"connect_timeout": PATIENCE} if remote and "connect_timeout" not in url.query else {}
    try:
        engine = create_engine(url, pool_pre_ping=True, connect_args=waits)
    except ImportError as error:
        need = f"{error.name} is not installed. What rooms need is, with: {adding('postgres')}"
        raise _wrong(_shown(url), need) from error
    except (SQLAlchemyError, TypeError, ValueError) as error:
        raise _wrong(_shown(url), _reason(error)) from error
    if engine.dialect.is_async:
        raise _wrong(_shown(url), f"{url.drivername} answers later (it is asynchronous); use {DRIVER}")
    if not remote:
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Readers do not wait for a writer, writers wait for each other, and what goes takes its parts with it."""
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _examine(engine: Engine) -> None:
    """Errors: OSError, where there is something else, or something broken."""
    found = inspect(engine)
    for table in Base.metadata.sorted_tables:
        lacks = {column.name for column in table.columns} - {each["name"] for each in found.get_columns(table.name)}
        if lacks:
            raise OSError(f"its table {table.name} is of another program or version: it has no {min(lacks)}")
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            state = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if state != "ok":
                raise OSError(f"it is damaged ({state})")


@contextmanager
def said(url: URL) -> Iterator[None]:
    """What goes wrong with a database becomes a sentence.  Errors: CannotWrite."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, ValueError) as error:
        reason = _reason(error)
        remedy = next((remedy for word, remedy in REMEDIES.items() if word in reason), REMEDY)
        raise CannotWrite(f"the database {_shown(url)}", OSError(reason), remedy) from error


def _shown(url: URL) -> str:
    """The address without what may be secret in it."""
    return url.set(query={}).render_as_string(hide_password=True)


def _reason(error: BaseException) -> str:
    """The first line of what the driver says."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


# What the database holds: classes and what they did, games, scenarios of one's own.
#
# Nothing about a person is stored: no name, no address; a browser is known by the hash of a random token. Everything
# of a room goes when it expires.


LENGTH = 6  # letters and digits of a room's code
LIFE = dt.timedelta(days=30)  # of a room, from the day it was opened; of games and scenarios, from the last change

Opens = Callable[[], AbstractContextManager[Session]]
"""What opens a session, and commits it in the end."""


def now() -> dt.datetime:
    """The time, as the database keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Base(DeclarativeBase):
    """Tables of the database."""


class Secret(Base):
    """What the server must remember and nobody may know."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(100))


class Room(Base):
    """A class. `teacher` is the hash of the teacher's token.

    `question` and `shown` are of rooms from before there were plans; `sim/web/plans.py` takes them over.
    """

    __tablename__ = "rooms"
    code: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)
    teacher: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(String(2000), default="")
    shown: Mapped[bool] = mapped_column(default=False)
    expires: Mapped[dt.datetime]


class Activity(Base):
    """What a class does together: one entry of a room's plan.

    place: its place in the plan; kind: a name in `sim/web/activities.py`; words: the question as the class reads it;
    setup: what is run for it, as a query; minutes: of its timer, 0 for none; of: the activity that asked this before.
    """

    __tablename__ = "activities"
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(300))
    setup: Mapped[str] = mapped_column(String(2000))
    minutes: Mapped[int]
    of: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))


class Stage(Base):
    """Where a room is in its plan.

    phase: as in `sim/web/plans.py`; halt: "", "pause" or "stop"; ends: when the timer runs out; left: its seconds while
    it is held.
    """

    __tablename__ = "stages"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    activity: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="SET NULL"))
    phase: Mapped[str] = mapped_column(String(10))
    halt: Mapped[str] = mapped_column(String(10))
    ends: Mapped[dt.datetime | None]
    left: Mapped[int | None]


class Answer(Base):
    """What a member answered in an activity: a number from 0 to 100, or a sentence, which the teacher may hide."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("member", "activity"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    member: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    activity: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    number: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(300))
    hidden: Mapped[bool]


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


class Build(Base):
    """A scenario that a browser builds: its file as it is now, and as it was before the last change.

    owner: hash of the browser's token; name: the scenario's, as lists show it; room: where it is shared, if anywhere.
    """

    __tablename__ = "builds"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    room: Mapped[str | None] = mapped_column(ForeignKey("rooms.code", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str]
    before: Mapped[str] = mapped_column(default="")
    expires: Mapped[dt.datetime]
