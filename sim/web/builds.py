"""Scenarios that are built on the page: each belongs to one browser, and may be shown in the room where that one sits.

Nothing about a person is stored. All calls wait for the database.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from sim.web import database
from sim.web.database import LIFE, Build, Opens
from sim.web.safety import hashed

MOST = 20  # of one browser
NAMED = 120  # characters of a name in a list


@dataclass(frozen=True)
class Built:
    """A scenario that is built: its address, its name and file, the room where it is shared, and whose it is.

    mine: does it belong to the browser that asks? undo: is there a file to go back to?
    """

    key: str
    name: str
    text: str
    room: str | None
    mine: bool
    undo: bool


class Builds:
    """The scenarios of a database that are built."""

    def __init__(self, session: Opens) -> None:
        self._session = session

    def begin(self, owner: str, name: str, text: str) -> str | None:
        """A new scenario of the browser with this token.  -> its key; None where it has too many"""
        key = secrets.token_urlsafe(12)
        row = Build(key=key, owner=hashed(owner), name=name[:NAMED], text=text, expires=database.now() + LIFE)
        with self._session() as session:
            count = session.scalar(select(func.count()).select_from(Build).where(Build.owner == row.owner)) or 0
            if count >= MOST:
                return None
            session.add(row)
        return key

    def find(self, key: str, owner: str, rooms: Iterable[str] = ()) -> Built | None:
        """The scenario of a key, for the browser that it belongs to, and for those in a room where it is shared."""
        with self._session() as session:
            row = session.get(Build, key)
            if row is None:
                return None
            found = _built(row, owner)
            return found if found.mine or found.room in list(rooms) else None

    def mine(self, owner: str) -> list[Built]:
        """All of a browser, by name."""
        return self._those(owner, Build.owner == hashed(owner))

    def shared(self, rooms: Iterable[str], owner: str) -> list[Built]:
        """All that others share in these rooms, by name."""
        return self._those(owner, Build.room.in_(list(rooms)), Build.owner != hashed(owner))

    def _those(self, owner: str, *which: object) -> list[Built]:
        query = select(Build).where(*which).order_by(Build.name, Build.key)  # type: ignore[arg-type]
        with self._session() as session:
            return [_built(row, owner) for row in session.scalars(query)]

    def save(self, key: str, owner: str, before: str, after: str, name: str) -> bool:
        """Put another file in place of the one that was read; False where somebody has changed it meanwhile."""
        mine = (Build.key == key, Build.owner == hashed(owner), Build.text == before)
        new = {"text": after, "before": before, "name": name[:NAMED], "expires": database.now() + LIFE}
        with self._session() as session:
            done = session.execute(update(Build).where(*mine).values(new))
            return bool(done.rowcount)  # type: ignore[attr-defined]

    def before(self, key: str, owner: str) -> str:
        """The file as it was before the last change; "" if there is none."""
        with self._session() as session:
            row = session.get(Build, key)
            return row.before if row is not None and _built(row, owner).mine else ""

    def share(self, key: str, owner: str, room: str | None) -> None:
        """Show it in a room, or no longer."""
        with self._session() as session:
            session.execute(update(Build).where(Build.key == key, Build.owner == hashed(owner)).values(room=room))

    def delete(self, key: str, owner: str) -> None:
        """Forget it."""
        with self._session() as session:
            session.execute(delete(Build).where(Build.key == key, Build.owner == hashed(owner)))


def _built(row: Build, owner: str) -> Built:
    mine = hmac.compare_digest(row.owner, hashed(owner))
    return Built(row.key, row.name, row.text, row.room, mine, bool(row.before))
