"""On which side a browser has sat in a game of a room: until that game is over it may sit on no other.

All tables of a room meet the same chance, so a seat shows what every seat of its side shows, and nothing is learnt at
another table of the same side. Whoever has sat on one side and then took a chair on another would know both. A game is
the history that is played: set up anew before it was over, it is the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sim.web.database import Base, Member


class Side(Base):
    """A browser, by the hash of its token, and the seat whose numbers it has seen; it stays when a seat is freed."""

    __tablename__ = "sides"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    game: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    seat: Mapped[str] = mapped_column(String(200))


def known(session: Session, code: str, start: str) -> dict[int, str]:
    """By member of a room the seat that it has sat in, in the game that begins so."""
    query = select(Member.id, Side.seat).join(Side, Side.token == Member.token)
    query = query.where(Member.room == code, Side.room == code, Side.game == _game(start))
    return {row.id: row.seat for row in session.execute(query)}


def keep(session: Session, code: str, start: str, seats: Mapping[int, str]) -> None:
    """These members have seen what these seats show."""
    for member in session.scalars(select(Member).where(Member.id.in_(seats))):
        session.merge(Side(room=code, game=_game(start), token=member.token, seat=seats[member.id]))


def forget(session: Session, code: str, start: str) -> None:
    """The game is over, and what was hidden in it has been shown."""
    session.execute(delete(Side).where(Side.room == code, Side.game == _game(start)))


def _game(start: str) -> str:
    return hashlib.sha256(start.encode()).hexdigest()
