"""Open the database of rooms: a sentence says what is wrong with it before the server tells anybody to come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from sim.installed import adding
from sim.store import CannotWrite
from sim.web.refusal import CannotStart
from sim.web.tables import Base

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
