"""When the tables of a room stand still, and for how long in all: that time is charged to no seat.

Tables stand still while the room is halted, and while their activity is at hand but not open: locked by the teacher or
by its timer, or shown. Their clock is the time less all that they stood still.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sim.web.database import Activity, Base, Room, Stage

TABLE = "table"  # the kind of activity that is done at tables
PLAYING, LOCKED = "predict", "locked"  # phases: in the first alone a table plays; the second stands for all others


class Stood(Base):
    """How long the tables of a room have stood still: since when they do now, if they do, and seconds before that."""

    __tablename__ = "stood"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.datetime | None]
    before: Mapped[float] = mapped_column(default=0.0)


@dataclass(frozen=True)
class Halt:
    """Why tables stand still now, "" while they play, and how long they have stood still in all.

    elsewhere: does the class do something else by now?
    """

    why: str
    stood: dt.timedelta
    elsewhere: bool = False


def halt(session: Session, code: str, now: dt.datetime) -> Halt:
    """How it stands with the tables of a room."""
    stage, kept = session.get(Stage, code), session.get(Stood, code)
    before = dt.timedelta(seconds=kept.before if kept else 0.0)
    if stage is None:
        return Halt("", before)
    why, since = _since(session, stage, now)
    row = _activity(session, stage)
    return Halt(why, before if since is None else before + (now - since), row is not None and row.kind != TABLE)


@contextmanager
def counted(session: Session, stage: Stage, now: dt.datetime) -> Iterator[None]:
    """A change of the stage: how long tables stood still before it is kept, or since when they do after it."""
    _, since = _since(session, stage, now)
    yield
    session.flush()
    session.refresh(stage)
    kept = session.get(Stood, stage.room)
    if kept is None:
        return
    if _why(session, stage, now):
        kept.since = since or now
    else:
        kept.since = None
        kept.before += (now - since).total_seconds() if since else 0.0


def _since(session: Session, stage: Stage, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    """Why tables stand still, and since when; a timer that ran out has told nobody."""
    why, kept = _why(session, stage, now), session.get(Stood, stage.room)
    if not why:
        return "", None
    if kept is not None and kept.since is not None:
        return why, kept.since
    return why, min(stage.ends or now, now)


def _why(session: Session, stage: Stage, now: dt.datetime) -> str:
    if stage.halt:
        return stage.halt
    row = _activity(session, stage)
    if row is None or row.kind != TABLE:
        return ""
    over = stage.ends is not None and stage.ends <= now
    return LOCKED if stage.phase != PLAYING or over else ""


def _activity(session: Session, stage: Stage) -> Activity | None:
    return session.get(Activity, stage.activity) if stage.activity is not None else None


def begun(code: str) -> Stood:
    """Of a new room."""
    return Stood(room=code, since=None, before=0.0)


def take_over(session: Session, now: dt.datetime) -> None:
    """Rooms from before this was counted; one that is halted has been so since now."""
    for code in session.scalars(select(Room.code).where(Room.code.not_in(select(Stood.room)))):
        stage = session.get(Stage, code)
        session.add(Stood(room=code, since=now if stage is not None and stage.halt else None, before=0.0))
